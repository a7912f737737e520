"""The five steps of the annual plan (看市场→定目标→定策略→定计划→定预算): how far each is, where it is done (R027)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dacheng.core.report import REPORTS
from dacheng.core.strategy.steps import DONE, STATES, Step, early, steps_of
from dacheng.web.asking import asking
from dacheng.web.links import report_url, standpoint
from dacheng.web.standpoint import asof_bar
from dacheng.web.strategy_tabs import OVERVIEW, strategy_tabs

LEADS = {
    "market": ("strategy/market", "strategy/horizons"),
    "targets": ("strategy/goals", ""),
    "strategy": ("strategy/ogsm", ""),
    "plan": ("strategy/coverage", "strategy/assigned"),
    "budget": ("budget/plan", ""),
}
"""Step -> the report where it is done, and the one beside it."""

PAGES = {"budget": (("web:plans", gettext_lazy("目标方案和版本")), ("web:targets-grid", gettext_lazy("目标填报")))}
"""Step -> pages beside its report."""


@login_required
def steps_page(request: HttpRequest) -> HttpResponse:
    """Show the five steps, each with its state, its numbers and where it is done."""
    request.section = "targets"
    asked = asking(request)
    book = asked.book
    year = book.rules.fiscal.year_of(book.months.ym_of(book.as_of_day))
    steps = steps_of(book, year)
    language = get_language() or "zh-hans"
    context = {
        "heading": _("从机会点到订货"),
        "scope": _("%(year)s 财年") % {"year": year},
        "crumbs": [
            {"label": _("目标"), "url": reverse("web:targets")},
            {"label": _("战略"), "url": ""},
        ],
        "tabs": strategy_tabs(request, OVERVIEW),
        "asof": asof_bar(request, book, comparable=False),
        "steps": [_shown(request, steps, at, language) for at in range(len(steps))],
    }
    return render(request, "strategy/steps.html", context)


def _shown(request: HttpRequest, steps: tuple[Step, ...], at: int, language: str) -> dict[str, Any]:
    step = steps[at]
    before = early(steps, step.code)
    return {
        "number": at + 1,
        "code": step.code,
        "name": step.name.in_language(language),
        "state": STATES[step.state].in_language(language),
        "done": step.state == DONE,
        "told": step.told.in_language(language),
        "warning": _("前一步「%(step)s」还没有完成。") % {"step": before.name.in_language(language)} if before else "",
        "url": report_url(LEADS[step.code][0], standpoint(request)),
        "beside": _beside(request, step.code, language),
        "do": _("打开「%(step)s」") % {"step": step.name.in_language(language)},
    }


def _beside(request: HttpRequest, code: str, language: str) -> list[dict[str, str]]:
    """Return what else belongs to a step."""
    report = LEADS[code][1]
    pages = [{"label": str(label), "url": reverse(name)} for name, label in PAGES.get(code, ())]
    if report:
        title = REPORTS[report].title.in_language(language)
        pages.append({"label": title, "url": report_url(report, standpoint(request))})
    return pages
