"""A core Table as the view that templates render: labels, units, doors, changed marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY
from dacheng.core.period import ym_text
from dacheng.core.table import FRACTIONS, Drill, Table, TableColumn
from dacheng.service.choices import choice_ids
from dacheng.service.deals import may_create
from dacheng.service.names import Name
from dacheng.service.reports import Answer
from dacheng.service.settings import currency
from dacheng.web import figures
from dacheng.web.asking import asking
from dacheng.web.links import changed, report_url, standpoint, with_query

Value = int | float | None
NUMERIC = ("money", "count", "days", *FRACTIONS, "day", "ym", "year")
INDENT = "\u2003"
RECORD_PAGES = {
    "deals": "web:deal", "contracts": "web:contract", "customers": "web:customer",
    "budgets": "web:budget", "expenses": "web:expense", "goals": "web:goal", "themes": "web:theme",
    "market_facts": "web:market-fact", "ogsm_nodes": "web:ogsm-node",
    "projects": "web:project", "milestones": "web:milestone",
    "checklist_items": "web:checklist", "factors": "web:factor", "factor_figures": "web:factor-figure",
    "payment_terms": "web:term", "receipts": "web:receipt",
}  # fmt: skip
"""Relations whose records have a page that a report may open."""

ON_A_CARD = {
    "owner_id", "stage_id", "amount", "weighted", "expected_day", "red_flags", "closed_day", "loss_reason_id",
    "signed_day", "posted_day", "stalled", "overdue", "day", "category", "open_deals", "open_amount", "done",
    "last_day", "person_id", "attainment_ratio", "deals", "uncarried", "missing", "linked_amount", "coverage_ratio",
    "year", "size", "own_share_ratio", "kind", "fault", "assignee_id", "answer", "waiting_days",
    "due_day", "open", "band", "received", "done_day", "late", "part", "factor_id", "value", "figure", "share_ratio",
    "part_ratio", "light", "expected_finish", "expected", "slip", "overrun", "waits", "obstacle", "customer_id",
}  # fmt: skip
"""Columns of a list of records that a phone shows on each card, unless columns are chosen."""


@dataclass
class Showing:
    """What it takes to write the cells of one answer for one reader.

    Args:
        unit: the money unit of the page; names: relation -> id -> name;
            offered: relation -> ids that filters offer, None = all.
        picks: rows can be selected; edits: column -> the value of a row as HTML that is edited in place,
            empty where it cannot be.
    """

    request: HttpRequest
    answer: Answer
    unit: figures.Unit
    language: str
    names: Mapping[str, Mapping[int, Name]] = field(default_factory=dict)
    offered: Mapping[str, list[int] | None] = field(default_factory=dict)
    picks: bool = False
    edits: Mapping[str, Callable[[int], str]] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        """Return the table shown."""
        return self.answer.table

    def amount_words(self, minor: int) -> str:
        """Return an amount in a sentence, with the unit of the page."""
        words = figures.unit_words(self.unit, currency(), self.language)
        between = " in " if figures.is_english(self.language) and self.unit != "yuan" else " "
        return f"{figures.money(minor, self.unit)}{between}{words}"


def showing(request: HttpRequest, answer: Answer) -> Showing:
    """Return the showing of an answer, with the names of the visible ids: one query per relation."""
    unit = request.GET.get("show", "") or request.user.money_unit
    shown = Showing(request, answer, unit if unit in figures.UNITS else "wan", get_language() or "zh-hans")
    shown.offered = choices_of(answer)
    shown.names = names_of(answer, shown.offered)
    return shown


def choices_of(answer: Answer) -> dict[str, list[int] | None]:
    """Return what the report's filters offer: relation -> ids, None = all that stand."""
    relations = {one.kind.ref for one in answer.report.parameters if one.kind.name == "ref"}
    return {relation: choice_ids(answer.book, relation) for relation in sorted(relations)}


def names_of(answer: Answer, offered: Mapping[str, list[int] | None]) -> Mapping[str, Mapping[int, Name]]:
    """Return the names of all ids in an answer's ref columns, bars and filters, in one query."""
    ids: dict[str, set[int]] = {relation: set(listed or ()) for relation, listed in offered.items()}
    for column in answer.table.columns:
        if column.kind == "ref":
            ids.setdefault(column.ref, set()).update(answer.table.values[column.name].tolist())
    for bars in answer.table.bars:
        if bars.by.kind == "ref":
            ids.setdefault(bars.by.ref, set()).update(bars.keys.tolist())
    everything = [relation for relation, listed in offered.items() if listed is None]
    return answer.names.names_of({**ids, **dict.fromkeys(everything)})


def table_view(shown: Showing, chosen: Iterable[str] = ()) -> dict[str, Any]:
    """Return the context of parts/table.html.

    Args:
        chosen: names of the columns to show; none = those that are not optional.
    """
    table = shown.table
    columns = columns_shown(table, chosen)
    merged = _customer_first(columns)
    cards = table.column(table.key[0]).ref in RECORD_PAGES
    chosen = set(chosen)
    return {
        "cards": cards,
        "title": table.title.in_language(shown.language),
        "caption": table.title.in_language(shown.language),
        "columns": [
            _heading(shown, column, at == 0) | {"more": cards and not chosen and column.name not in ON_A_CARD}
            for at, column in enumerate(columns)
            if column not in merged
        ],
        "pick": shown.picks and len(table) > 0,
        "total": _total(shown, [column for column in columns if column not in merged]),
        "rows": [_row(shown, columns, row) for row in range(len(table))],
        "notes": [
            note.said(shown.language, shown.amount_words) for note in table.notes if _wanted(note.column, columns)
        ],
        "footer": "",
        "empty": _empty(shown),
    }


NEXT_STEPS = {
    "targets": ("web:targets-grid", gettext_noop("填目标")),
    "deals": ("web:new-deal", gettext_noop("新建商机")),
    "tables": ("web:new-deal", gettext_noop("新建商机")),
    "customers": ("web:new-deal", gettext_noop("新建商机")),
    "budget": ("web:new-budget", gettext_noop("编制预算")),
    "history": ("web:imports", gettext_noop("导入历史业绩")),
    "strategy": ("web:strategy", gettext_noop("五步")),
    "plans": ("web:plans", gettext_noop("目标方案")),
}
"""Area of a report -> where what it lacks is written."""


def _empty(shown: Showing) -> dict[str, Any]:
    """Say why there is nothing, and the next step: let go of the conditions, or write the first row."""
    report, given = shown.answer.report, shown.answer.given
    empty: dict[str, Any] = {"sentence": _("没有符合条件的行。"), "hint": _("放宽条件，或换一个截至日。")}
    narrowed = {one.name: "" for one in report.parameters if given.get(one.name) and not one.required}
    narrowed = {name: "" for name in narrowed if name in shown.request.GET and name not in ("sort", "limit", "offset")}
    if narrowed:
        return empty | {"link": {"label": _("清除条件"), "url": changed(shown.request, narrowed)}}
    step = NEXT_STEPS.get(report.name.split("/")[0])
    if step is None or not _may_go(shown, step[0]):
        return empty
    return empty | {"link": {"label": _(step[1]), "url": reverse(step[0])}}


def _may_go(shown: Showing, page: str) -> bool:
    """Tell whether the viewer may do what the page of a next step is for."""
    if page == "web:imports":
        return asking(shown.request).viewer.holds(*POLICY["import.commit"])
    return page != "web:new-deal" or may_create(asking(shown.request).viewer)


def columns_shown(table: Table, chosen: Iterable[str]) -> list[TableColumn]:
    """Return the columns to show, in the table's own order."""
    wanted = set(chosen)
    if wanted:
        return [column for column in table.columns if column.name in wanted]
    return [column for column in table.columns if not column.optional and not _blank(table, column)]


def _blank(table: Table, column: TableColumn) -> bool:
    """Tell whether a column of words or days has nothing to say in any row, as people do on a board of units."""
    if not len(table) or column.kind not in ("ref", "flag", "choice", "days"):
        return False
    told = table.known(column.name)
    if column.kind in ("ref", "flag"):  # 0 is nobody, and no
        told = told & (table.values[column.name] != 0)
    return not told.any()


def _customer_first(columns: list[TableColumn]) -> list[TableColumn]:
    """Return the customer column where it is written before the deal in one cell: 客户 600, 商机 400."""
    refs = [column.ref if column.kind == "ref" else "" for column in columns[:2]]
    return columns[1:2] if refs == ["deals", "customers"] else []


def shown_text(shown: Showing, column: TableColumn, value: Value) -> str:
    """Return one value as people read it."""
    if value is None:
        return figures.MISSING
    if column.kind == "money":
        return figures.money(int(value), shown.unit)
    if column.kind in ("count", "days"):
        return figures.count(int(value))
    if column.kind == "ratio":
        return figures.ratio(float(value))
    if column.kind == "pp":
        return figures.points(float(value), 1)
    if column.kind == "number":
        return figures.number(float(value), column.places)
    if column.kind == "day":
        return figures.day(int(value), shown.answer.book.as_of_day)
    return word_of(shown, column, int(value))


def named(shown: Showing, relation: str, record_id: int) -> str:
    """Return the name of an id; empty for 0, which is nobody."""
    name = shown.names.get(relation, {}).get(record_id)
    return name.in_language(shown.language) if name else ""


def door(shown: Showing, drill: Drill, row: int | None) -> str:
    """Return the address that a number opens: the drill's report with its parameters."""
    table, answer = shown.table, shown.answer
    pairs = [(name, answer.given[name]) for name in drill.carry if answer.given.get(name)]
    pairs += [(name, str(value)) for name, value in drill.fixed.items()]
    if row is not None:
        for parameter, column_name in drill.take.items():
            column = table.column(column_name)
            pairs.append((parameter, code_of(shown, column, table.cell(column_name, row))))
    return report_url(drill.report, [*pairs, *_stood(shown, drill, row)])


def _stood(shown: Showing, drill: Drill, row: int | None) -> list[tuple[str, str]]:
    """Return from where the opened report is seen: as this page, or as of the day of the row."""
    pairs = standpoint(shown.request)
    if not drill.day or row is None:
        return pairs
    column = shown.table.column(drill.day)
    kept = [(name, value) for name, value in pairs if name not in ("as_of", "compare")]
    return [*kept, ("as_of", code_of(shown, column, shown.table.cell(drill.day, row)))]


def how_url(shown: Showing) -> str:
    """Return the address of 怎么算的 of an answer: the rule of its report and of every column."""
    pairs = [(name, value) for name, value in shown.answer.given.items() if value and shown.answer.report.takes(name)]
    return with_query(reverse("web:how", args=[shown.answer.report.name]), [*pairs, *standpoint(shown.request)])


def record_url(shown: Showing, relation: str, record_id: int) -> str:
    """Return the page of a record; empty where it has none."""
    if relation not in RECORD_PAGES:
        return ""
    name = shown.names.get(relation, {}).get(record_id)
    return reverse(RECORD_PAGES[relation], args=[name.uid]) if name and name.uid else ""


def _heading(shown: Showing, column: TableColumn, first: bool) -> dict[str, Any]:
    sortable = shown.answer.report.takes("sort")
    names = [name for name, _ in sortable.kind.choices] if sortable else []
    current = shown.table.sort
    view: dict[str, Any] = {
        "key": column.name,
        "label": column.label.in_language(shown.language),
        "help": column.help.in_language(shown.language),
        "align": "num" if column.kind in NUMERIC else "text",
        "first": first,
        "sorted": "",
    }
    if column.name in names:
        turned = column.name if current == f"-{column.name}" else f"-{column.name}"
        view["sort_url"] = changed(shown.request, {"sort": turned})
        view["sorted"] = {column.name: "asc", f"-{column.name}": "desc"}.get(current, "")
    return view


def _total(shown: Showing, columns: list[TableColumn]) -> dict[str, Any] | None:
    totals = shown.table.totals
    if not totals:
        return None
    cells: list[dict[str, Any]] = [{"text": _total_label(shown), "kind": "strong"}]
    for column in columns[1:]:
        if column.name not in totals:
            cells.append({"text": ""})
            continue
        cell: dict[str, Any] = {"text": shown_text(shown, column, totals[column.name]), "kind": "strong"}
        if column.numeric and column.total_drill:
            cell |= {"href": door(shown, column.total_drill, None), "hx": True}
        cell |= _was(shown, column, totals[column.name], shown.table.before_totals.get(column.name, None))
        cells.append(cell)
    return {"cells": cells}


def _total_label(shown: Showing) -> str:
    rows = shown.table.counted
    return _("合计") + " " + ngettext("%(rows)s 行", "%(rows)s 行", rows) % {"rows": figures.count(rows)}


def _row(shown: Showing, columns: list[TableColumn], row: int) -> dict[str, Any]:
    table = shown.table
    outside = bool(table.outside is not None and table.outside[row])
    key = "-".join(str(table.cell(name, row)) for name in table.key if table.column(name).kind != "ref")
    merged = _customer_first(columns)
    cells = [_cell(shown, column, row, first=at == 0) for at, column in enumerate(columns) if column not in merged]
    for column in merged:
        customer = shown_text(shown, column, table.cell(column.name, row))
        if customer != figures.MISSING:
            cells[0] |= {"text": customer, "sub": cells[0]["text"], "title": f"{customer} {cells[0]['text']}"}
            cells[0]["text_href"] = record_url(shown, column.ref, int(table.cell(column.name, row) or 0))
    return {"id": f"row-{row}-{key}".rstrip("-"), "cells": cells, "outside": outside, "pick": _pick(shown, row)}


def _pick(shown: Showing, row: int) -> dict[str, str] | None:
    """Return what selects a row: the public id of its record and its name."""
    column = shown.table.column(shown.table.key[0])
    name = shown.names.get(column.ref, {}).get(int(shown.table.cell(column.name, row) or 0)) if shown.picks else None
    return {"value": name.uid, "name": name.in_language(shown.language)} if name else None


def _cell(shown: Showing, column: TableColumn, row: int, *, first: bool) -> dict[str, Any]:
    table = shown.table
    value = table.cell(column.name, row)
    cell: dict[str, Any] = {"text": shown_text(shown, column, value)}
    if column.kind == "ref" and value is not None:
        cell |= {"href": record_url(shown, column.ref, int(value)), "title": cell["text"]}
        if not cell["text"] and first:
            cell["text"] = _("合计")
    if first and "depth" in table.values:
        depth = table.cell("depth", row) or 0
        cell["text"] = INDENT * int(depth) + cell["text"]
    if column.numeric:
        cell |= _number_door(shown, column, row)
        cell["tone"] = _tone(column, value)
    if column.name in shown.edits and (edited := shown.edits[column.name](row)):
        cell = {"text": edited, "kind": "html"}
    before = table.before[column.name][row] if table.before is not None else None
    if table.before is not None and column.kind != "days" and bool(table.changed(column.name)[row]):
        known = bool(table.before_masks[column.name][row])
        cell["changed"] = shown_text(shown, column, _plain(column, before) if known else None)
    return cell


def _plain(column: TableColumn, value: Any) -> Value:
    return float(value) if column.kind in FRACTIONS else int(value)


def _number_door(shown: Showing, column: TableColumn, row: int) -> dict[str, Any]:
    if column.drill:
        drill = shown.table.opening(column.name, row)
        return {"href": door(shown, drill, row), "hx": True} if drill else {}
    key = shown.table.column(shown.table.key[0])
    record = shown.table.cell(key.name, row)
    url = record_url(shown, key.ref, int(record)) if key.kind == "ref" and record is not None else ""
    return {"href": url, "hx": True} if url else {}


def _tone(column: TableColumn, value: Value) -> str:
    """Return the tone of a value: a difference is judged by its sign, a negative amount is red."""
    if not value:
        return ""
    if not column.difference:
        return "bad" if column.kind == "money" and value < 0 else ""
    return "good" if (value > 0) == (column.judged == "more") else "bad"


def _was(shown: Showing, column: TableColumn, now: Value, before: Value) -> dict[str, Any]:
    if shown.table.before is None or now == before:
        return {}
    return {"changed": shown_text(shown, column, before)}


def word_of(shown: Showing, column: TableColumn, value: int) -> str:
    """Return a value that is a word: a name, a month, yes, a choice."""
    if column.kind == "ref":
        return named(shown, column.ref, value)
    if column.kind == "ym":
        return ym_text(value)
    if column.kind == "year":
        return str(value)
    if column.kind == "flag":
        return _("是") if value else ""
    labels = {number: label for number, _code, label in column.choices}
    return labels[value].in_language(shown.language) if value in labels else ""


def code_of(shown: Showing, column: TableColumn, value: Value) -> str:
    """Return a value as a URL carries it."""
    if value is None:
        return ""
    if column.kind == "ref":
        name = shown.names.get(column.ref, {}).get(int(value))
        return name.code if name else ""
    if column.kind == "ym":
        return ym_text(int(value))
    if column.kind == "day":
        return figures.as_date(int(value)).isoformat()
    codes = {number: code for number, code, _label in column.choices}
    return codes.get(int(value), str(value))


def _wanted(column: str, columns: list[TableColumn]) -> bool:
    return not column or column in {one.name for one in columns}
