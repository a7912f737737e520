"""The cockpit (驾驶舱): will we make it, what is missing, what changed, what needs me (R001, R054)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY
from dacheng.core.deals.schema import BEST, COMMIT, PIPELINE
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.table import Table
from dacheng.core.targets.support import GAP, UNSUPPORTED
from dacheng.service.labels import DatabaseNames
from dacheng.service.plan_talks import waiting_for
from dacheng.service.reports import Answer, run_report
from dacheng.service.settings import currency
from dacheng.web import figures, marks
from dacheng.web.asking import Asking, asking
from dacheng.web.charting import waterfall_chart
from dacheng.web.first_steps import checklist
from dacheng.web.hand_tables import columns_of
from dacheng.web.links import pairs_of, report_url, standpoint, with_query
from dacheng.web.plan_talk_view import waiting_lines
from dacheng.web.standpoint import WEEK, asof_bar
from dacheng.web.tabling import Showing, door, how_url, named, record_url, showing, shown_text
from dacheng.web.templatetags.figures import counted
from dacheng.web.viewing import pinned_views

MOST_TODOS = 7
FLAGGED = {"flagged": "1", "sort": "-weighted", "limit": str(MOST_TODOS)}
NOTHING: Mapping[str, str] = {}
TONES: Mapping[int, marks.Tone] = {COMMIT: "acc", BEST: "acc2", PIPELINE: "acc3", UNSUPPORTED: "bad"}


@login_required
def cockpit_page(request: HttpRequest) -> HttpResponse:
    """Show the cockpit of whoever signed in: a rep's own deals, a president's regions."""
    request.section = "cockpit"
    asked = asking(request)
    board = showing(request, _ask(asked, "targets/attainment", compare_day=_compare_day(asked)))
    heads = head_rows(board.table)
    context: dict[str, Any] = {
        "asof": asof_bar(request, asked.book, compare_day=_compare_day(asked)),
        "crumbs": [{"label": _("驾驶舱"), "url": request.path}],
        "scope": scope_of(board, heads),
        "steps": checklist(request, asked.viewer, asked.at),
    }
    context["waiting"] = waiting_lines(waiting_for(asked.viewer, asked.book))
    context["pinned"] = pinned_views(request, asked)
    if not heads:
        return render(request, "cockpit/empty.html", context | {"empty": _empty(asked)})
    since = figures.day(_compare_day(asked), asked.book.as_of_day)
    context |= {
        "answer": _answer(board, heads, since),
        "measures": _measures(board, heads, since),
        "phone_measures": [phone_measure(board, row) for row in heads],
        "changes_url": with_query(reverse("web:cockpit-changes"), pairs_of(request)),
        "todos": _todos(showing(request, _ask(asked, "tables/pipeline", FLAGGED))),
        "todos_url": report_url("tables/pipeline", [("flagged", "1"), *standpoint(request)]),
        "todos_how_url": with_query(reverse("web:how", args=["tables/pipeline"]), standpoint(request)),
        "units": _units(board, heads, since),
    }
    return render(request, "cockpit/cockpit.html", context)


@login_required
def changes_page(request: HttpRequest) -> HttpResponse:
    """Show what closes the gap and what changed since the compared day.

    The cockpit asks for this part after its own figures, which it need not wait for.
    """
    request.section = "cockpit"
    asked = asking(request)
    moved = _ask(asked, "deals/waterfall", {"since": _iso(_compare_day(asked))})
    shown = showing(request, moved)
    waterfall = waterfall_chart(shown, moved_only=True)
    context = {
        "gap": gap_of(showing(request, _ask(asked, "targets/support"))),
        "waterfall": waterfall | {"how_url": how_url(shown)} if waterfall else None,
        "crumbs": [{"label": _("驾驶舱"), "url": reverse("web:cockpit")}, {"label": _("在途变动"), "url": ""}],
    }
    template = "cockpit/changes.html" if request.headers.get("HX-Request") else "cockpit/changes_page.html"
    return render(request, template, context)


def _compare_day(asked: Asking) -> int:
    """Return the day to compare with: a week before, unless the address names one."""
    return asked.book.as_of_day - WEEK if asked.compare_day is None else asked.compare_day


def _ask(asked: Asking, name: str, given: Mapping[str, str] = NOTHING, *, compare_day: int | None = None) -> Answer:
    return run_report(name, given, book=asked.book, names=DatabaseNames(), compare_day=compare_day)


def _iso(day: int | None) -> str:
    return figures.as_date(day).isoformat() if day is not None else ""


def head_rows(table: Table) -> list[int]:
    """Return the rows of the topmost subject that is shown, one for each measure."""
    if not len(table):
        return []
    top = (table.cell("unit_id", 0), table.cell("person_id", 0))
    return [row for row in range(len(table)) if (table.cell("unit_id", row), table.cell("person_id", row)) == top]


def scope_of(board: Showing, heads: list[int]) -> str:
    """Return whose figures of which year they are, and how many working days of it are left."""
    book = board.answer.book
    fiscal = book.rules.fiscal
    year = fiscal_year_of(book, None)
    end = book.months.to_day(year)
    left = book.calendar.working_days(book.as_of_day + 1, end) if end <= book.calendar.end_day else None
    parts = [_subject(board, heads[0])] if heads else []
    parts.append(year.label(fiscal).in_language(board.language))
    if left is not None:
        parts.append(_("剩 %(days)s") % {"days": counted(left, "个工作日")})
    return _("，").join(parts)


def _subject(board: Showing, row: int) -> str:
    person = board.table.cell("person_id", row)
    if person is not None:
        return named(board, "people", int(person))
    return named(board, "units", int(board.table.cell("unit_id", row) or 0))


def _answer(board: Showing, heads: list[int], since: str) -> dict[str, Any]:
    """Return the figures of the one sentence: done, target, ahead of or behind the seasonal plan, what changed."""
    table, row = board.table, heads[0]
    target, attained = table.cell("target", row), table.cell("attainment_ratio", row)
    against, change = table.cell("due_gap", row), table.change("done", row)
    return {
        "measure": named(board, "measures", int(table.cell("measure_id", row) or 0)),
        "done": _text(board, "done", row),
        "done_url": _door(board, "done", row),
        "unit": figures.unit_words(board.unit, currency(), board.language),
        "has_target": target is not None,
        "gap": _text(board, "gap", row),
        "short": (table.cell("gap", row) or 0) > 0,
        "attained": figures.ratio(attained),
        "behind": against is not None and against < 0,
        "against": figures.points(abs(against), 1).lstrip("+") if against is not None else "",
        "change": figures.money_delta(int(change), board.unit) if change else "",
        "since": since,
    }


def _measures(board: Showing, heads: list[int], since: str) -> dict[str, Any]:
    titles = [
        _("指标"), _("已完成"), _target(board), _("达成率"), "", _("应到"), _("距目标"), _since(since), _("月均需完成"),
    ]  # fmt: skip
    columns = columns_of(titles, words=(0, 4))
    due = board.table.cell("due_ratio", heads[0])
    scale = marks.bullet_scale(
        done=_("已完成"),
        target=_target(board),
        due=_("应到 %(share)s") % {"share": figures.ratio(due, 0)},
        due_share=due or 0.0,
    )
    columns[4] |= {"label": scale, "align": "text bullet-head"}
    return {
        "title": _("各项指标"),
        "how_url": how_url(board),
        "look": "roomy",
        "columns": columns,
        "rows": [{"id": f"measure-{at}", "cells": _measure_cells(board, row)} for at, row in enumerate(heads)],
    }


def _target(board: Showing) -> str:
    return board.table.column("target").label.in_language(board.language)


def _since(day: str) -> str:
    return _("比 %(day)s") % {"day": day}


def _measure_cells(board: Showing, row: int) -> list[dict[str, Any]]:
    table = board.table
    change = table.change("done", row)
    return [
        {"text": named(board, "measures", int(table.cell("measure_id", row) or 0))},
        {"text": _text(board, "done", row), "href": _door(board, "done", row), "hx": True},
        {"text": _text(board, "target", row), "href": _door(board, "target", row), "hx": True, "tone": "ink2"},
        {"text": _text(board, "attainment_ratio", row), "kind": "strong"},
        {"text": _bullet(board, row), "kind": "bullet"},
        {"text": _text(board, "due", row), "tone": "ink2"},
        {"text": _text(board, "gap", row), "tone": "bad" if (table.cell("gap", row) or 0) > 0 else "good"},
        {"text": figures.money_delta(None if change is None else int(change), board.unit), "tone": _tone(change)},
        {"text": _text(board, "required", row), "tone": "ink2"},
    ]


def phone_measure(board: Showing, row: int) -> dict[str, Any]:
    """Return the context of parts/bullet.html for a measure."""
    return {
        "label": named(board, "measures", int(board.table.cell("measure_id", row) or 0)),
        "share": _text(board, "attainment_ratio", row),
        "mark": _bullet(board, row),
        "url": _door(board, "done", row),
        "done": _text(board, "done", row),
        "target": _text(board, "target", row),
        "gap_label": _("距目标"),
        "gap": _text(board, "gap", row),
        "gap_tone": "bad" if (board.table.cell("gap", row) or 0) > 0 else "good",
    }


def _bullet(board: Showing, row: int) -> Any:
    table = board.table
    done, target = table.cell("done", row), table.cell("target", row)
    measure = named(board, "measures", int(table.cell("measure_id", row) or 0))
    return marks.bullet(
        None if done is None else int(done),
        None if target is None else int(target),
        label=_("%(measure)s 达成率 %(share)s") % {"measure": measure, "share": _text(board, "attainment_ratio", row)},
        due=table.cell("due_ratio", row),
    )


def gap_of(shown: Showing) -> dict[str, Any] | None:
    """Return what closes the gap; None without a target or with nothing left to close."""
    table = shown.table
    rows = {int(table.cell("part", row) or 0): row for row in range(len(table))}
    gap = table.cell("amount", rows[GAP])
    if gap is None or gap <= 0:
        return None
    parts = [_gap_part(shown, rows[part], tone) for part, tone in TONES.items()]
    labels, aligned = marks.gap_labels(parts)
    return {
        "title": _("距目标"),
        "how_url": how_url(shown),
        "text": figures.money(int(gap), shown.unit),
        "hint": _("靠什么补；合同额，加权"),
        "mark": marks.gap(parts, label="; ".join(f"{part.label} {part.text}" for part in parts)),
        "parts": [
            {"label": part.label, "text": part.text, "tone": part.tone, **label._asdict()}
            | {"url": _category_url(shown, category)}
            for (category, part), label in zip(zip(TONES, parts, strict=True), labels, strict=True)
        ],
        "aligned": aligned,
    }


def _gap_part(shown: Showing, row: int, tone: marks.Tone) -> marks.GapPart:
    amount = int(shown.table.cell("amount", row) or 0)
    if tone == "bad" and amount <= 0:
        tone = "good"  # more is on its way than is missing
    deals = shown.table.cell("deals", row)
    label = shown_text(shown, shown.table.column("part"), shown.table.cell("part", row))
    words = label if deals is None else f"{label} {counted(int(deals), '单')}"
    return marks.GapPart(words, amount, figures.money(amount, shown.unit), tone)


def _category_url(shown: Showing, category: int) -> str:
    """Return the address of the open deals that a part of the gap is made of."""
    codes = {COMMIT: "commit", BEST: "best", PIPELINE: "pipeline"}
    if category not in codes:
        return ""
    book = shown.answer.book
    closing = fiscal_year_of(book, None).code(book.rules.fiscal)
    parts = [("category", codes[category]), ("closing", closing), ("upcoming", "1")]
    return report_url("tables/pipeline", [*parts, *standpoint(shown.request)])


def _todos(shown: Showing) -> list[dict[str, Any]]:
    """Return the flagged deals with the most at stake, each with why it needs somebody."""
    table, book = shown.table, shown.answer.book
    found = []
    for row in range(len(table)):
        reasons = [word for flag, word in _flag_words() if table.cell(flag, row)]
        expected = table.cell("expected_day", row)
        overdue = bool(table.cell("overdue", row))
        found.append(
            {
                "mark": reasons[0][:1] if reasons else "",
                "subject": named(shown, "customers", int(table.cell("customer_id", row) or 0)),
                "task": named(shown, "deals", int(table.cell("deal_id", row) or 0)),
                "why": _("、").join(reasons)
                + f" · {shown_text(shown, table.column('amount'), table.cell('amount', row))}",
                "due": figures.day(None if expected is None else int(expected), book.as_of_day),
                "tone": "bad" if overdue else "",
                "url": record_url(shown, "deals", int(table.cell("deal_id", row) or 0)),
            }
        )
    return found


def _flag_words() -> tuple[tuple[str, str], ...]:
    return ("overdue", _("逾期未签")), ("stalled", _("停留过久")), ("pushed", _("多次推迟"))


def _units(board: Showing, heads: list[int], since: str) -> dict[str, Any] | None:
    """Return the branches right below the top, for the first measure: attainment beside the seasonal plan."""
    table, first = board.table, heads[0]
    depth = (table.cell("depth", first) or 0) + 1
    measure = table.cell("measure_id", first)
    rows = [
        row
        for row in range(len(table))
        if table.cell("depth", row) == depth
        and table.cell("measure_id", row) == measure
        and table.cell("person_id", row) is None
    ]
    if not rows:
        return None
    titles = [
        _("组织"),
        _("已完成"),
        _target(board),
        _("达成率"),
        _("对目标"),
        _("与季节进度之差"),
        _("距目标"),
        _since(since),
    ]
    columns = columns_of(titles, words=(0, 4))
    name = named(board, "measures", int(measure or 0))
    return {
        "title": _("下级组织的%(measure)s") % {"measure": name},
        "how_url": how_url(board),
        "columns": columns,
        "rows": [{"id": f"unit-{at}", "cells": _unit_cells(board, row)} for at, row in enumerate(rows)],
    }


def _unit_cells(board: Showing, row: int) -> list[dict[str, Any]]:
    table = board.table
    change, against = table.change("done", row), table.cell("due_gap", row)
    return [
        {"text": named(board, "units", int(table.cell("unit_id", row) or 0)), "kind": "strong"},
        {"text": _text(board, "done", row), "href": _door(board, "done", row), "hx": True},
        {"text": _text(board, "target", row), "href": _door(board, "target", row), "hx": True, "tone": "ink2"},
        {"text": _text(board, "attainment_ratio", row), "kind": "strong"},
        {"text": _bullet(board, row), "kind": "bullet"},
        {"text": _text(board, "due_gap", row), "tone": _tone(against)},
        {"text": _text(board, "gap", row), "tone": "bad" if (table.cell("gap", row) or 0) > 0 else "good"},
        {"text": figures.money_delta(None if change is None else int(change), board.unit), "tone": _tone(change)},
    ]


def _tone(value: int | float | None) -> str:
    return "" if not value else "good" if value > 0 else "bad"


def _text(board: Showing, name: str, row: int) -> str:
    return shown_text(board, board.table.column(name), board.table.cell(name, row))


def _door(board: Showing, name: str, row: int) -> str:
    drill = board.table.opening(name, row)
    return door(board, drill, row) if drill else ""


def _empty(asked: Asking) -> dict[str, Any]:
    """Say why there is nothing, and the next step."""
    holds = asked.viewer.holds
    if asked.viewer.held:
        fill = {"label": _("填目标"), "url": reverse("web:targets-grid")}
        bring = {"label": _("导入"), "url": reverse("web:imports")}
        return {
            "sentence": _("还没有目标，也没有业绩。"),
            "hint": _("先填目标，或导入商机和合同。"),
            "action": fill if holds(*POLICY["target.set"]) else None,
            "link": bring if holds(*POLICY["import.commit"]) else None,
        }
    return {
        "sentence": _("你的账号还没有角色，所以看不到业务数据。"),
        "hint": _("请管理员在「组织与权限」里给你一个角色。"),
    }
