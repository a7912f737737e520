"""Actions entered in seconds, action targets, and the board on a wall (R053, R054)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.activity.schema import KINDS, MOST_A_DAY
from dacheng.core.activity.weeks import monday_of
from dacheng.core.errors import RuleError, Text
from dacheng.service import activity as service
from dacheng.service.activity import Acted, Actor, LastEntry
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.store.actions.activity import Done, WeeklyPlan
from dacheng.store.history import microseconds
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import DayField, MonthField
from dacheng.web.links import changed, report_url, standpoint
from dacheng.web.when import shown_moment

BOARD = "targets/action_board"
PAUSE = "pause"
RENEWED_EVERY = 60
"""Seconds after which a wall reads its figures again."""

MOST_A_WEEK = 7 * MOST_A_DAY


@dataclass(frozen=True)
class Entering:
    """A page on which somebody's actions are entered.

    Args:
        people: for whom he may; one of them is chosen.
    """

    asked: Asking
    people: Sequence[Actor]
    one: Actor

    def field(self) -> forms.ChoiceField:
        """Return the choice of a person; only oneself needs none."""
        options = [(str(who.uid), who.name) for who in self.people]
        return forms.ChoiceField(label=_("人员"), choices=options, initial=str(self.one.uid))


@login_required
def record_page(request: HttpRequest) -> HttpResponse:
    """Record what somebody did on a day: a number for each action, blank where nothing changes."""
    found = _entering(request, "action.record")
    form = _form(request, found, MOST_A_DAY)
    form.fields["on"] = DayField(label=_("日期"), initial=found.asked.book.as_of_day)
    form.order_fields(["person", "on"])

    def save() -> str:
        given = form.cleaned_data
        done = [Done(_uid(found, given), given["on"], kind, times) for kind, times in _entered(given)]
        service.record_actions(actor=found.asked.viewer, at=found.asked.at, done=done)
        return report_url(BOARD)

    rule = _("空着 = 不变；再填同一天就是改。重点线索拜访同时也是拜访，两处都填。")
    so_far = _told(service.done_on(found.asked.book, found.one.person_id, found.asked.book.as_of_day))
    notes = [
        rule,
        *([_("%(name)s 今天已登记：%(actions)s") % {"name": found.one.name, "actions": so_far}] if so_far else []),
    ]
    return changed_page(request, form, save, _change(_("登记动作"), notes))


@login_required
def plan_page(request: HttpRequest) -> HttpResponse:
    """Set what somebody plans a week in a month, blank where nothing changes."""
    found = _entering(request, "action.plan")
    book = found.asked.book
    month = int(book.months.ym_of(monday_of(book.as_of_day)))
    form = _form(request, found, MOST_A_WEEK)
    form.fields["month"] = MonthField(label=_("月份"), initial=month)
    form.order_fields(["person", "month"])

    def save() -> str:
        given = form.cleaned_data
        plans = [WeeklyPlan(_uid(found, given), kind, given["month"], times) for kind, times in _entered(given)]
        service.plan_actions(actor=found.asked.viewer, at=found.asked.at, plans=plans)
        return report_url(BOARD)

    rule = _("每周做几次；空着 = 不变。一周按它的星期一所在的月份取计划。")
    so_far = _told(service.planned_in(book, found.one.person_id, month))
    notes = [
        rule,
        *([_("%(name)s 本月每周：%(actions)s") % {"name": found.one.name, "actions": so_far}] if so_far else []),
    ]
    return changed_page(request, form, save, _change(_("动作目标"), notes))


def _entering(request: HttpRequest, right: str) -> Entering:
    """Return whose actions are entered: the one asked for, else the first.

    Raises:
        NotAllowed: the viewer may do it for nobody.
    """
    asked = asking(request)
    people = service.people_for(asked.viewer, asked.book, right)
    if not people:
        raise not_allowed(right)
    wanted = request.POST.get("person") or request.GET.get("person", "")
    return Entering(asked, people, next((one for one in people if str(one.uid) == wanted), people[0]))


def _form(request: HttpRequest, found: Entering, most: int) -> forms.Form:
    """Return a form with a number for each action; what stands is told beside it, not filled in."""
    form = forms.Form(request.POST or None)
    form.fields["person"] = found.field()
    for _kind, code, label in KINDS:
        widget = forms.NumberInput(attrs={"inputmode": "numeric", "class": "num", "min": "0"})
        name = label.in_language(get_language() or "zh-hans")
        form.fields[code] = forms.IntegerField(label=name, min_value=0, max_value=most, required=False, widget=widget)
    return form


def _entered(given: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the numbers that were entered, by kind.

    Raises:
        RuleError: none was.
    """
    found = [(kind, given[code]) for kind, code, _label in KINDS if given[code] is not None]
    if not found:
        raise RuleError(
            Text("什么都没有填。", "Nothing was entered."),
            Text("至少填一种动作的次数。", "Enter a number for one action at least."),
        )
    return found


def _told(stands: Mapping[int, int]) -> str:
    language = get_language() or "zh-hans"
    labels = {kind: label.in_language(language) for kind, _code, label in KINDS}
    return " · ".join(f"{labels[kind]} {stands[kind]}" for kind in sorted(stands))


def _uid(found: Entering, given: Mapping[str, Any]) -> Any:
    return next(one.uid for one in found.people if str(one.uid) == given["person"])


def _change(heading: str, notes: Sequence[str]) -> Change:
    crumbs = [{"label": _("行动看板"), "url": report_url(BOARD)}, {"label": heading, "url": ""}]
    return Change(heading, _("保存"), report_url(BOARD), crumbs=crumbs, notes=notes, section="targets")


@login_required
def wall_page(request: HttpRequest) -> HttpResponse:
    """Show teams large enough for a wall: attainment against the seasonal plan, and this week's actions."""
    request.section = "targets"
    asked = asking(request)
    book, names, language = asked.book, DatabaseNames(), get_language() or "zh-hans"
    given = {"unit": request.GET["unit"]} if request.GET.get("unit") else {}
    attained = run_report("targets/attainment", {**given, "measure": "contract"}, book=book, names=names).table
    acted = service.by_unit(run_report(BOARD, given, book=book, names=names).table)
    units = names.names("units", {*attained.values["unit_id"].tolist(), *(unit for unit, _kind in acted)})
    last = service.last_entry(book)
    paused = bool(request.GET.get(PAUSE))
    context = {
        "heading": _("目标看板"),
        "day": figures.as_date(book.as_of_day).isoformat(),
        "teams": _teams(attained, units),
        "acted": _acted(acted, units, language),
        "stale": _said(last) if last and last.stale(book, asked.at) else "",
        "entered": _said(last) if last else "",
        "read_at": shown_moment(microseconds(asked.at)),
        "renewing": 0 if paused or book.as_of_day != book.today else RENEWED_EVERY,
        "pause_url": changed(request, {PAUSE: "" if paused else "1"}) if book.as_of_day == book.today else "",
        "paused": paused,
        "url": request.get_full_path(),
        "back_url": report_url(BOARD, standpoint(request)),
    }
    return render(request, "targets/wall.html", context)


def _said(last: LastEntry) -> str:
    """Return the last entry with day and hour, in the company's time; the day alone where the log tells no moment."""
    return figures.as_date(last.day).isoformat() if last.at is None else shown_moment(microseconds(last.at))


def _teams(table: Any, units: Mapping[int, Any]) -> list[dict[str, Any]]:
    """Return units with their attainment and what is due by now, in percent."""
    rows = []
    for row, unit in enumerate(table.values["unit_id"].tolist()):
        ratio, due = table.cell("attainment_ratio", row), table.cell("due_ratio", row)
        if table.cell("person_id", row) is None and ratio is not None and unit in units:
            behind = due is not None and ratio < due
            rows.append(
                {
                    "name": units[unit].name,
                    "ratio": figures.ratio(ratio),
                    "due": "" if due is None else figures.ratio(due),
                    "value": min(round(ratio * 100), 100),
                    "behind": behind,
                }
            )
    return rows


def _acted(acted: Mapping[tuple[int, int], Acted], units: Mapping[int, Any], language: str) -> list[dict[str, Any]]:
    """Return units with what they planned and did of each action this week."""
    there = {kind for _unit, kind in acted}
    kinds = [(kind, label.in_language(language)) for kind, _code, label in KINDS if kind in there]
    rows = []
    for unit in sorted({unit for unit, _kind in acted}, key=lambda one: units[one].name if one in units else ""):
        cells = [
            {"label": label, "planned": one.planned, "done": one.done, "behind": one.behind}
            for kind, label in kinds
            for one in [acted.get((unit, kind), Acted())]
        ]
        rows.append({"name": units[unit].name if unit in units else "", "cells": cells})
    return rows


def board_buttons(asked: Asking) -> list[dict[str, Any]]:
    """Return what is done most beside the action board."""
    buttons = [{"label": _("大屏"), "url": reverse("web:wall")}]
    if service.people_for(asked.viewer, asked.book, "action.plan"):
        buttons.append({"label": _("动作目标"), "url": reverse("web:action-plan")})
    if service.people_for(asked.viewer, asked.book, "action.record"):
        buttons.append({"label": _("登记动作"), "url": reverse("web:action-record"), "primary": True})
    return buttons
