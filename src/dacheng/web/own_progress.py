"""How far one's own targets of this year are: each measure, what closes the gap, this week's actions (R053, R054)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.access import NOBODY
from dacheng.core.activity.weeks import monday_of
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.targets.support import GAP
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.web import figures
from dacheng.web.asking import Asking
from dacheng.web.cockpit import head_rows, phone_measure, scope_of
from dacheng.web.links import report_url, standpoint
from dacheng.web.tabling import Showing, how_url, named, record_url, showing, shown_text

MOST_DEALS = 5


def own_progress(request: HttpRequest, asked: Asking) -> dict[str, Any] | None:
    """Return the context of templates/plans/progress.html; None where there is no target and nothing done."""
    board = _shown(request, asked, "targets/attainment")
    heads = head_rows(board.table)
    if not heads:
        return None
    return {
        "scope": scope_of(board, heads),
        "measures": [phone_measure(board, row) for row in heads],
        "how_url": how_url(board),
        "closing": _closing(request, asked),
        "week": _week(request, asked),
    }


def _shown(request: HttpRequest, asked: Asking, name: str, given: Mapping[str, str] | None = None) -> Showing:
    return showing(request, run_report(name, given or {}, book=asked.book, names=DatabaseNames()))


def _closing(request: HttpRequest, asked: Asking) -> dict[str, Any]:
    """Return what is missing of contract value and the open deals of the year that bring most, weighted."""
    book = asked.book
    support = _shown(request, asked, "targets/support").table
    at = next(row for row in range(len(support)) if support.cell("part", row) == GAP)
    gap = support.cell("amount", at)
    year = fiscal_year_of(book, None).code(book.rules.fiscal)
    wanted = {"closing": year, "upcoming": "1", "sort": "-weighted", "limit": str(MOST_DEALS)}
    deals = _shown(request, asked, "tables/pipeline", wanted)
    unit = deals.unit
    missing = gap is not None and gap > 0
    return {
        "title": _("还差 %(gap)s，靠这几单") % {"gap": figures.money(int(gap or 0), unit)}
        if missing
        else _("今年还能签"),
        "weighted": _("加权 %(amount)s") % {"amount": figures.money(_total(deals), unit)},
        "deals": [_deal(deals, row) for row in range(len(deals.table))],
        "url": report_url("tables/pipeline", [("closing", year), ("upcoming", "1"), *standpoint(request)]),
    }


def _total(deals: Showing) -> int:
    return int(deals.table.totals.get("weighted") or 0)


def _deal(deals: Showing, row: int) -> dict[str, Any]:
    table = deals.table
    number = int(table.cell("deal_id", row) or 0)
    category = shown_text(deals, table.column("category"), table.cell("category", row))
    rate = table.cell("win_ratio", row)
    rate = table.cell("stage_ratio", row) if rate is None else rate
    return {
        "name": named(deals, "deals", number),
        "customer": named(deals, "customers", int(table.cell("customer_id", row) or 0)),
        "why": f"{category} {figures.ratio(rate)}" if rate is not None else category,
        "weighted": shown_text(deals, table.column("weighted"), table.cell("weighted", row)),
        "url": record_url(deals, "deals", number),
    }


def _week(request: HttpRequest, asked: Asking) -> dict[str, Any] | None:
    """Return what the reader himself planned and did this week; None where there is nothing of it."""
    book, person = asked.book, asked.viewer.person_id
    if person == NOBODY:
        return None
    board = _shown(request, asked, "targets/action_board")
    table = board.table
    rows = [row for row in range(len(table)) if table.cell("person_id", row) == person]
    if not rows:
        return None
    return {
        "since": _("本周 %(day)s 起") % {"day": figures.day(monday_of(book.as_of_day), book.as_of_day)},
        "actions": [_action(board, row) for row in rows],
        "record_url": reverse("web:action-record"),
    }


def _action(board: Showing, row: int) -> dict[str, Any]:
    table = board.table
    done, planned = int(table.cell("times", row) or 0), table.cell("planned", row)
    left = None if planned is None else int(planned) - done
    return {
        "name": shown_text(board, table.column("kind"), table.cell("kind", row)),
        "done": figures.count(done),
        "planned": figures.MISSING if planned is None else figures.count(int(planned)),
        "left": figures.count(left) if left is not None and left > 0 else "",
        "met": left is not None and left <= 0,
    }
