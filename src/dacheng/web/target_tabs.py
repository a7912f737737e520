"""The tabs of the targets menu: the board, plans, the grid, the strategy, saves, the history, and budgets."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.web.links import report_url, standpoint, with_query

BOARD = "targets/attainment"
PLAN, RELEASE, USAGE = "budget/plan", "budget/release", "budget/usage"
EXPENSES, TILT = "budget/expenses", "budget/tilt"
BY_YEAR, BY_MONTH, SEASONS = "history/years", "history/monthly", "history/seasons"
TICKETS = "history/tickets"
PAST = "past"
ACTIONS, ACTION_BOARD = "targets/actions", "targets/action_board"
EIGHTY_TWENTY, LINKS, LINKED = "targets/pareto", "targets/links", "targets/marketing"
ACTING = (ACTIONS, ACTION_BOARD, LINKED, EIGHTY_TWENTY, LINKS, "targets/actions_done")
"""Reports of actions, which have tabs of their own."""


def target_tabs(request: HttpRequest, active: str) -> list[dict[str, Any]]:
    """Return the tabs; ``active`` is the board's report, ``plans``, ``grid``, ``mine`` or ``saves``."""
    pages = [
        (BOARD, _("达成榜"), report_url(BOARD, standpoint(request))),
        ("plans", _("目标方案"), reverse("web:plans")),
        ("grid", _("目标填报"), reverse("web:targets-grid")),
        ("mine", _("我的目标"), reverse("web:my-targets")),
        ("strategy", _("战略"), with_query(reverse("web:strategy"), standpoint(request))),
        ("saves", _("填报记录"), reverse("web:targets-saves")),
        ("setting", _("目标设定"), reverse("web:setting")),
        ("inventory", _("机会盘点"), reverse("web:inventory")),
        (PAST, _("历史业绩"), reverse("web:past-results")),
        ("budget", _("预算"), report_url(PLAN, standpoint(request))),
        ("action", _("行动"), report_url(ACTIONS, standpoint(request))),
    ]
    return _tabs(pages, active)


def action_tabs(request: HttpRequest, active: str) -> list[dict[str, Any]]:
    """Return the tabs of actions beside the board; ``active`` is a report of theirs."""
    pages = [
        (BOARD, _("达成榜"), report_url(BOARD, standpoint(request))),
        (ACTIONS, _("行动"), report_url(ACTIONS, standpoint(request))),
        (ACTION_BOARD, _("看板"), report_url(ACTION_BOARD, standpoint(request))),
        (LINKED, _("营销联动"), report_url(LINKED, standpoint(request))),
        (EIGHTY_TWENTY, _("80/20"), report_url(EIGHTY_TWENTY, standpoint(request))),
        (LINKS, _("纵横"), report_url(LINKS, standpoint(request))),
    ]
    return _tabs(pages, active)


def budget_tabs(request: HttpRequest, active: str) -> list[dict[str, Any]]:
    """Return the tabs of budgets beside the board; ``active`` is a report of theirs."""
    pages = [
        (BOARD, _("达成榜"), report_url(BOARD, standpoint(request))),
        (PLAN, _("预算"), report_url(PLAN, standpoint(request))),
        (RELEASE, _("释放"), report_url(RELEASE, standpoint(request))),
        (USAGE, _("执行"), report_url(USAGE, standpoint(request))),
        (EXPENSES, _("费用"), report_url(EXPENSES, standpoint(request))),
        (TILT, _("倾斜"), report_url(TILT, standpoint(request))),
    ]
    return _tabs(pages, active)


def history_tabs(request: HttpRequest, active: str) -> list[dict[str, Any]]:
    """Return the tabs of history beside the board; ``active`` is a report of theirs, or ``PAST``."""
    pages = [
        (BOARD, _("达成榜"), report_url(BOARD, standpoint(request))),
        (PAST, _("历史业绩"), with_query(reverse("web:past-results"), standpoint(request))),
        (BY_YEAR, _("历史按年"), report_url(BY_YEAR, standpoint(request))),
        (BY_MONTH, _("历史按月"), report_url(BY_MONTH, standpoint(request))),
        (TICKETS, _("客单价"), report_url(TICKETS, standpoint(request))),
        (SEASONS, _("季节系数"), report_url(SEASONS, standpoint(request))),
    ]
    return _tabs(pages, active)


def _tabs(pages: list[tuple[str, str, str]], active: str) -> list[dict[str, Any]]:
    return [{"label": label, "count": None, "url": url, "active": key == active} for key, label, url in pages]
