"""The tabs of one plan: its grid, its second cut, how even and how heavy it is, and how far it is agreed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from dacheng.core.plans.tables import latest_plan
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import Answer
from dacheng.web.links import pairs_of, report_url, with_query

GRID, MATRIX, AGREEMENT = "plan", "plan-matrix", "plan-agreement"
FAIRNESS, WEIGHTS, HEALTH = "plans/fairness", "plans/weights", "plans/health"
FACTORS, FACTOR_FIGURES = "plans/factors", "plans/figures"
CHANNELS = "plans/channels"
MONTHS, DAYS = "plans/months", "plans/days"
JUDGING = (FAIRNESS, WEIGHTS, FACTORS, HEALTH, CHANNELS, MONTHS, DAYS)
WITHIN = {DAYS: MONTHS}
"""Report -> the tab under which it stands, as it opens a number there."""

KEPT = ("measure", "show")
HEADLINES = ("capacity-check", "spread", "factors", "health", "months")
"""Notes that answer the question of a page: they stand above the table."""


def plan_tabs(request: HttpRequest, plan_id: int, active: str) -> list[dict[str, Any]]:
    """Return the context of parts/tabs.html; ``active`` is one of the names above."""
    plan = DatabaseNames().names("plans", [plan_id])[plan_id]
    kept = [(key, value) for key, value in pairs_of(request) if key in KEPT]
    uid = UUID(plan.uid)
    judging = [("plan", plan.code), *kept]
    pages = [
        ("plans", _("目标方案"), reverse("web:plans")),
        (GRID, _("分解"), with_query(reverse("web:plan", args=[uid]), kept)),
        (MATRIX, _("切分表"), with_query(reverse("web:plan-matrix", args=[uid]), kept)),
        (MONTHS, pgettext_lazy("tabs", "月份"), report_url(MONTHS, judging)),
        (WEIGHTS, pgettext_lazy("tabs", "权重"), report_url(WEIGHTS, judging)),
        (FACTORS, pgettext_lazy("tabs", "因子"), report_url(FACTORS, judging)),
        (FAIRNESS, _("公平与产能"), report_url(FAIRNESS, judging)),
        (HEALTH, _("体检"), report_url(HEALTH, judging)),
        (CHANNELS, _("渠道"), report_url(CHANNELS, [("plan", plan.code)])),
        (AGREEMENT, _("认同进度"), reverse("web:plan-agreement", args=[uid])),
    ]
    return [
        {"label": label, "count": None, "url": url, "active": key == WITHIN.get(active, active)}
        for key, label, url in pages
    ]


def health_address(request: HttpRequest, plan_id: int) -> str:
    """Return the address of the health of a plan, of the measure that is looked at."""
    kept = [(key, value) for key, value in pairs_of(request) if key in KEPT]
    return report_url(HEALTH, [("plan", plan_code(plan_id)), *kept])


def plan_code(plan_id: int) -> str:
    """Return the code of a plan, by which addresses name it."""
    return DatabaseNames().names("plans", [plan_id])[plan_id].code


def report_tabs(request: HttpRequest, answer: Answer) -> list[dict[str, Any]]:
    """Return the tabs of the plan that a report is about; none where there is no plan."""
    plan = plan_asked(answer)
    return plan_tabs(request, plan, answer.report.name) if plan else []


def plan_scope(answer: Answer) -> str:
    """Return which plan a report is about, in words; empty where it is about none, or lists several."""
    name = answer.report.name
    plan = plan_asked(answer) if name.startswith("plans/") and not answer.report.listed else None
    return DatabaseNames().names("plans", [plan])[plan].in_language(get_language() or "zh-hans") if plan else ""


def plan_asked(answer: Answer) -> int | None:
    """Return the plan that a report is about: the one asked for, else the latest; None where there is none."""
    return answer.params.get("plan") or latest_plan(answer.book)
