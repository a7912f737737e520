"""The working calendar (工作日历): a month at a time, each day with its source (R029)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import POLICY, Viewer
from dacheng.core.errors import DachengError, NotAllowed
from dacheng.core.period import first_day_of, parse_period, ym_of, ym_text
from dacheng.service.people import viewer_now
from dacheng.service.working_calendar import CalendarMonth, fill_year, missing_year, month_shown, set_days
from dacheng.store.history import company_day
from dacheng.store.periods import company_months
from dacheng.web import figures
from dacheng.web.forms import said
from dacheng.web.links import with_query
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.target_grid_view import month_label
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say

DAYS_OF_WEEK = 7


@login_required
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Show a month, or save which of its days are worked."""
    at = datetime.now(UTC)
    viewer = viewer_now(request.user.person_id, at)
    today = company_day(at)
    text = request.GET.get("month", "")
    month = month_shown(parse_period(text).from_ym if text else company_months().ym_of(today))
    if request.method != "POST":
        return _page(request, viewer, month, today)
    try:
        changed = set_days(viewer, at, _changes(request, month), request.POST.get("source", ""))
    except NotAllowed:
        raise
    except DachengError as problem:
        return _page(request, viewer, month, today, said(problem))
    say(request, ngettext("改了 %(days)s 天。", "改了 %(days)s 天。", changed) % {"days": changed})
    return redirect(_address(month.ym))


@login_required
@require_POST
def fill(request: HttpRequest, year: int) -> HttpResponse:
    """Fill a year that the calendar lacks."""
    at = datetime.now(UTC)
    days = fill_year(viewer_now(request.user.person_id, at), at, year)
    say(request, _("%(year)s 年已填 %(days)s 天。") % {"year": year, "days": days})
    return redirect(_address(12 * year))


def _changes(request: HttpRequest, month: CalendarMonth) -> dict[int, bool]:
    """Return the days whose tick differs from what the form showed; another person's days stay as they are."""
    ticked = set(request.POST.getlist("day"))
    shown = set(request.POST.getlist("was"))
    days = {figures.day(day): day for day in month.days}
    return {days[text]: text in ticked for text in days if (text in ticked) != (text in shown)}


def _page(request: HttpRequest, viewer: Viewer, month: CalendarMonth, today: int, problem: str = "") -> HttpResponse:
    request.section = "settings"
    missing = missing_year(month.ym)
    editable = viewer.holds(*POLICY["calendar.edit"])
    context = {
        "crumbs": settings_crumbs(_("工作日历")),
        "month": ym_text(month.ym),
        "scope": counted(month.working_days, "个工作日") if month.working_days is not None else "",
        "weekdays": _weekdays(),
        "weeks": _weeks(request, month, today),
        "sources": sorted({day.source for day in month.days.values() if day and day.source}),
        "editable": editable and missing is None,
        "months": _months(month.ym),
        "years": _years(month.ym),
        "missing": missing,
        "fill_url": reverse("web:calendar-fill", args=[missing]) if missing and editable else "",
        "action": _address(month.ym),
        "problem": problem,
        "source": request.POST.get("source", ""),
    }
    return render(request, "settings/calendar.html", context, status=422 if problem else 200)


def _weeks(request: HttpRequest, month: CalendarMonth, today: int) -> list[list[dict[str, Any] | None]]:
    """Return the days by weeks from Monday, with blanks before the first and after the last."""
    ticked = set(request.POST.getlist("day")) if request.method == "POST" else None
    cells: list[dict[str, Any] | None] = [None] * figures.as_date(min(month.days)).weekday()
    for day, known in month.days.items():
        text = figures.day(day)
        working = known.working if known else None
        weekend = figures.as_date(day).weekday() >= 5
        cells.append(
            {
                "date": text,
                "number": _number(day, month.ym),
                "working": working,
                "ticked": text in ticked if ticked is not None else working,
                "unusual": working is not None and working == weekend,
                "source": known.source if known else "",
                "today": day == today,
            }
        )
    cells += [None] * (-len(cells) % DAYS_OF_WEEK)
    return [cells[at : at + DAYS_OF_WEEK] for at in range(0, len(cells), DAYS_OF_WEEK)]


def _number(day: int, ym: int) -> str:
    """Return the day of the month; with its month where a month of weeks holds days of another."""
    shown = figures.as_date(day)
    return str(shown.day) if ym_of(day) == ym else f"{shown.month}-{shown.day}"


def _weekdays() -> list[str]:
    language = get_language() or "zh-hans"
    monday = first_day_of(12 * 1970) + 4
    return [figures.weekday(monday + at, language) for at in range(DAYS_OF_WEEK)]


def _months(ym: int) -> list[dict[str, Any]]:
    language = get_language() or "zh-hans"
    year = ym // 12 * 12
    return [
        {"label": month_label(one, language), "url": _address(one), "active": one == ym}
        for one in range(year, year + 12)
    ]


def _years(ym: int) -> list[dict[str, Any]]:
    return [
        {"label": str(year), "url": _address(12 * year + ym % 12), "active": year == ym // 12}
        for year in range(ym // 12 - 1, ym // 12 + 2)
    ]


def _address(ym: int) -> str:
    return with_query(reverse("web:calendar"), [("month", ym_text(ym))])
