"""What a step on many opportunities would do, as people read it before they decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dacheng.core.deals.effects import OpenSums, UnitEffect
from dacheng.core.deals.schema import DEALS
from dacheng.service.deal_edits import DealPlan, PlannedRow, parts_ended, seen_text
from dacheng.web import figures
from dacheng.web.fields import Wording
from dacheng.web.templatetags.figures import counted

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Decision:
    """What was typed: a value, or a block of them, and the day from which it holds."""

    value: str
    on: int | None


@dataclass(frozen=True, slots=True)
class Whole:
    """How many rows a step has of which a page shows the first, and what names those that change."""

    rows: int
    written: int
    refused: int
    named: tuple[str, str]


def preview_view(
    said: Wording,
    plan: DealPlan,
    effects: Sequence[UnitEffect],
    decision: Decision,
    *,
    met: bool,
    whole: Whole | None = None,
) -> dict[str, Any]:
    """Return the context of deals/bulk_preview.html.

    Args:
        met: the step was decided already, and somebody else had changed a row meanwhile.
        whole: of a step of which the plan holds the first rows only.
    """
    written, refused = plan.written, plan.refused
    whole = whole or Whole(len(plan.rows), len(written), len(refused), ("seen", seen_text(written)))
    return {
        "problem": _("还没有写入：有的商机刚被别人改过。") if met else "",
        "answer": answer(whole.written, whole.refused, whole.rows),
        "submit": _submit(whole.written, whole.refused) if whole.written else "",
        "hidden": [
            ("value", decision.value),
            ("on", "" if decision.on is None else figures.as_date(decision.on).isoformat()),
            whole.named,
        ],
        "effects": effects_table(said, effects) if effects else None,
        "refused": refused_table(said, refused, whole.refused) if refused else None,
        "changes": changes_table(said, written, whole.written) if written else None,
    }


def answer(written: int, refused: int, rows: int) -> str:
    """Return the preview's one sentence."""
    same = rows - written - refused
    parts = [_("会改 %(count)s") % {"count": counted(written, "条")}]
    if refused:
        parts.append(_("不能改 %(count)s") % {"count": counted(refused, "条")})
    if same:
        parts.append(_("本来就是这样 %(count)s") % {"count": counted(same, "条")})
    return _("，").join(parts) + _("。")


def _submit(written: int, refused: int) -> str:
    count = counted(written, "条")
    if refused:
        return _("改 %(count)s，留下 %(refused)s") % {"count": count, "refused": counted(refused, "条")}
    return _("改 %(count)s") % {"count": count}


def effects_table(said: Wording, effects: Sequence[UnitEffect]) -> dict[str, Any]:
    """Return the open sums of units before and after, with a total."""
    unit = figures.unit_words(said.unit, said.currency, said.language)
    heads = [
        (_("组织"), ""), (_("单数"), ""), (_("改后"), ""), (_("在途金额"), unit), (_("改后"), unit), (_("差"), unit),
        (_("加权额"), unit), (_("改后"), unit), (_("差"), unit),
    ]  # fmt: skip
    columns = [
        {"key": f"e{at}", "label": label, "unit": one, "align": "num" if at else "text", "first": at == 0}
        for at, (label, one) in enumerate(heads)
    ]
    rows = [
        {"id": f"effect-{at}", "cells": _effect_cells(said, said.named("units", one.unit_id), one)}
        for at, one in enumerate(effects)
    ]
    whole = UnitEffect(0, sum_of(one.before for one in effects), sum_of(one.after for one in effects))
    return {
        "title": _("各组织的在途"),
        "caption": _("各组织的在途"),
        "columns": columns,
        "total": {"cells": _effect_cells(said, _("合计"), whole)} if len(effects) > 1 else None,
        "rows": rows,
        "look": "plain",
        "footer": _("你看得到的在途商机，直接属于各组织的；改后按从那天起、到今天结束时的样子。"),
    }


def sum_of(sums: Iterable[OpenSums]) -> OpenSums:
    """Return the sum of open sums."""
    return sum(sums, start=OpenSums())


def _effect_cells(said: Wording, name: str, one: UnitEffect) -> list[dict[str, Any]]:
    before, after = one.before, one.after
    cells: list[dict[str, Any]] = [
        {"text": name, "kind": "strong"},
        {"text": figures.count(before.count)},
        {"text": figures.count(after.count)},
    ]
    for old, new in ((before.amount, after.amount), (before.weighted, after.weighted)):
        cells += [
            {"text": figures.money(old, said.unit), "tone": "ink2"},
            {"text": figures.money(new, said.unit), "kind": "strong"},
            {
                "text": figures.money_delta(new - old, said.unit),
                "tone": "good" if new > old else "bad" if new < old else "",
            },
        ]
    return cells


def refused_table(said: Wording, refused: Sequence[PlannedRow], count: int = 0) -> dict[str, Any]:
    """Return the rows that cannot be done, each with its reason and what stands there now.

    Args:
        count: of all of them, where these are the first.
    """
    heads = [("deal", _("商机")), ("why", _("原因和办法")), ("now", _("现在的值"))]
    rows = [
        {
            "id": f"refused-{at}",
            "cells": [
                _deal_cell(said, one),
                {"text": one.problem.sentence(said.language) if one.problem else ""},
                {"text": _standing(said, one), "tone": "ink2"},
            ],
        }
        for at, one in enumerate(refused[:MOST_SHOWN])
    ]
    return _table(_("不能改的"), heads, rows, count or len(refused))


def changes_table(said: Wording, written: Sequence[PlannedRow], count: int = 0) -> dict[str, Any]:
    """Return what changes, a line each value.

    Args:
        count: of all rows that change, where these are the first.
    """
    heads = [
        ("deal", _("商机")), ("owner", _("负责人")), ("column", _("改什么")), ("before", _("现在")),
        ("after", _("改成")), ("day", _("从哪天起")), ("note", _("说明")),
    ]  # fmt: skip
    rows = [row for one in written[:MOST_SHOWN] for row in _change_rows(said, one)]
    return _table(_("会改的"), heads, rows, count or len(written))


def _change_rows(said: Wording, one: PlannedRow) -> list[dict[str, Any]]:
    owner = said.named("people", one.record.row["owner_id"]) if one.record else ""
    found = []
    for name, (before, after) in one.columns.items():
        column = DEALS.column(name)
        end = one.until.get(name)
        note = _("%(day)s 又改过，那之后不变") % {"day": figures.day(end)} if end else "" if one.record else _("新商机")
        if name == "owner_id":
            ended = parts_ended(one, said.names.get("people", {}))
            note = " ".join([note, *(text.in_language(said.language) for text in ended)]).strip()
        found.append(
            {
                "id": f"change-{one.at}-{name}",
                "cells": [
                    _deal_cell(said, one),
                    {"text": owner},
                    {"text": said.label(column)},
                    {"text": said.shown(column, before), "tone": "ink3"},
                    {"text": said.shown(column, after), "kind": "strong"},
                    {"text": figures.day(one.day)},
                    {"text": note, "tone": "warn" if end else "ink3"},
                ],
            }
        )
    return found


def _deal_cell(said: Wording, one: PlannedRow) -> dict[str, Any]:
    if one.record is None:
        name = str(one.columns["name"][1]) if "name" in one.columns else _("（看不到的商机）")
        return {"text": name, "title": name}
    name, customer = (
        one.record.row["name"] or one.record.row["code"],
        said.named("customers", one.record.row["customer_id"]),
    )
    return {"text": customer or name, "sub": name if customer else "", "title": f"{customer} {name}".strip()}


def _standing(said: Wording, one: PlannedRow) -> str:
    """Return the values that somebody else has set meanwhile."""
    if one.conflict is None:
        return ""
    told: Mapping[str, Any] = one.conflict.theirs
    return _("；").join(said.shown(DEALS.column(name), value) for name, value in told.items())


def _table(title: str, heads: Sequence[tuple[str, str]], rows: list[dict[str, Any]], count: int) -> dict[str, Any]:
    more = count - MOST_SHOWN
    return {
        "title": title,
        "caption": title,
        "cards": True,
        "columns": [
            {"key": key, "label": label, "align": "num" if key == "day" else "text", "first": at == 0}
            for at, (key, label) in enumerate(heads)
        ],
        "rows": rows,
        "footer": _("另有 %(more)s没有列出。") % {"more": counted(more, "条")} if more > 0 else "",
    }
