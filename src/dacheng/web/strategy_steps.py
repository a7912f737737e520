"""The five steps of the annual plan (看市场→定目标→定策略→定计划→定预算): how far each is, its versions (R027)."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import POLICY, not_allowed
from dacheng.core.book import Book
from dacheng.core.errors import DachengError, NotAllowed, NotFound
from dacheng.core.report import REPORTS
from dacheng.core.strategy.smart import check_year
from dacheng.core.strategy.steps import DONE, STATES, Step, early, steps_of
from dacheng.service.annual_plans import Compared, LockedPlan, compared, lock, locked_plan, locked_plans
from dacheng.service.strategy import offered
from dacheng.store.actions.annual_plans import EDIT
from dacheng.web.asking import Asking, asking
from dacheng.web.forms import said
from dacheng.web.links import report_url, standpoint, with_query
from dacheng.web.standpoint import asof_bar
from dacheng.web.strategy_tabs import OVERVIEW, strategy_tabs
from dacheng.web.toasts import say
from dacheng.web.when import shown_moment

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


class LockForm(forms.Form):
    """Whose plan is locked, and what is to be said of it."""

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ChoiceField(label=_("组织"), choices=units)
        self.fields["note"] = forms.CharField(
            label=_("说明"), required=False, max_length=300, help_text=_("有步骤没完成时，写明为什么现在锁。")
        )


@login_required
def steps_page(request: HttpRequest) -> HttpResponse:
    """Show the five steps, each with its state, its numbers and where it is done; beside them those of a version."""
    return _page(request, None)


@login_required
@require_POST
def lock_steps(request: HttpRequest) -> HttpResponse:
    """Give the five steps of a fiscal year a version."""
    asked = asking(request)
    if not asked.viewer.holds(*POLICY[EDIT]):
        raise not_allowed(EDIT)
    form = LockForm(request.POST, units=_units(asked))
    if form.is_valid():
        given = form.cleaned_data
        try:
            lock(asked.viewer, asked.at, UUID(given["unit"]), _year(request, asked.book), given["note"])
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
        else:
            say(request, _("已锁定。"))
            return redirect(with_query(reverse("web:strategy"), [("year", str(_year(request, asked.book)))]))
    return _page(request, form)


def _page(request: HttpRequest, form: LockForm | None) -> HttpResponse:
    request.section = "targets"
    asked = asking(request)
    book, language = asked.book, get_language() or "zh-hans"
    year = _year(request, book)
    versions = locked_plans(book, year)
    chosen = locked_plan(book, year, request.GET["version"]) if request.GET.get("version") else None
    pairs = compared(asked.viewer, asked.at, chosen, book) if chosen else []
    steps = tuple(one.now for one in pairs) or steps_of(book, year)
    locks = asked.viewer.holds(*POLICY[EDIT]) and book.as_of_day == book.today
    context = {
        "heading": _("从机会点到订货"),
        "scope": _("%(year)s 财年") % {"year": year},
        "crumbs": [
            {"label": _("目标"), "url": reverse("web:targets")},
            {"label": _("战略"), "url": ""},
        ],
        "tabs": strategy_tabs(request, OVERVIEW),
        "asof": asof_bar(request, book, comparable=False),
        "years": _years(request, book, year),
        "steps": [
            _shown(request, steps, at, language) | {"then": _then(pair, language) if pair else None}
            for at, pair in zip_longest(range(len(steps)), pairs)
        ],
        "chosen": _version(request, chosen, steps, language) if chosen else None,
        "form": (form or LockForm(units=_units(asked))) if locks else None,
        "lock_url": with_query(reverse("web:lock-steps"), [("year", str(year))]),
        "versions": [_version(request, one, steps, language) for one in versions],
    }
    return render(request, "strategy/steps.html", context, status=422 if form is not None else 200)


def _year(request: HttpRequest, book: Book) -> int:
    """Return the fiscal year that is asked for, else that of the Book's day."""
    given = request.GET.get("year", "")
    if given.isdecimal() and len(given) == len("2026"):
        check_year(int(given))
        return int(given)
    return _own_year(book)


def _own_year(book: Book) -> int:
    return book.rules.fiscal.year_of(book.months.ym_of(book.as_of_day))


def _years(request: HttpRequest, book: Book, year: int) -> list[dict[str, Any]]:
    """Return this fiscal year and the next, and the one that is looked at: plans are made a year ahead."""
    own = _own_year(book)
    return [
        {
            "label": _("%(year)s 财年") % {"year": one},
            "url": with_query(reverse("web:strategy"), [*standpoint(request), ("year", str(one))]),
            "active": one == year,
        }
        for one in sorted({own, own + 1, year})
    ]


def _units(asked: Asking) -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    return [(one.uid, one.in_language(language)) for _number, one in offered(asked.book, "units")]


def _version(request: HttpRequest, one: LockedPlan, steps: tuple[Step, ...], language: str) -> dict[str, Any]:
    names = {step.code: step.name.in_language(language) for step in steps}
    query = [*standpoint(request), ("year", str(one.year)), ("version", one.name)]
    return {
        "label": _("第 %(number)s 版") % {"number": one.number},
        "unit": one.unit.in_language(language),
        "at": shown_moment(one.at),
        "by": one.by.in_language(language),
        "note": one.note,
        "unfinished": _("、").join(names[code] for code in one.unfinished if code in names),
        "url": with_query(reverse("web:strategy"), query),
    }


def _then(one: Compared, language: str) -> dict[str, Any]:
    """Return how a step was when it was locked; the same is said once."""
    return {
        "told": one.then.told.in_language(language),
        "state": STATES[one.then.state].in_language(language),
        "changed": one.changed,
    }


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
