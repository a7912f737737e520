"""The register of adjustments of a plan (调整登记): its lines, a new one, one line with its effect (R030)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dacheng.core.access import not_allowed
from dacheng.core.errors import Conflict, DachengError, NotAllowed, NotFound
from dacheng.core.plans.schema import ADJUSTMENTS, PLAN_ADJUSTMENTS, PRORATINGS
from dacheng.service.labels import DatabaseNames
from dacheng.service.plan_adjustments import (
    LineShown,
    Register,
    Wish,
    approve,
    ask_for,
    effect_of,
    line_shown,
    register_of,
    rows_to_adjust,
)
from dacheng.service.plan_listing import plan_shown
from dacheng.service.plans import OpenPlan, measure_named, open_plan
from dacheng.store.actions import plan_adjustments as actions
from dacheng.store.identity import hidden
from dacheng.web.asking import Asking
from dacheng.web.fields import Wording, wording
from dacheng.web.forms import DayField, MoneyField, chosen, day_after, reason
from dacheng.web.forms import said as sentence
from dacheng.web.links import changed, report_url
from dacheng.web.plan_adjustment_view import line_view, parts_table, register_table
from dacheng.web.plan_asking import asked_now, plan_crumbs, state_words
from dacheng.web.standpoint import unit_picker
from dacheng.web.toasts import say


class AdjustmentForm(forms.Form):
    """What an adjustment needs: whose target, why, from which day, how much of all months."""

    evidence = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("批假单、任命文件、客户函的编号或链接。没有依据不能批准。"),
    )

    def __init__(self, *args: Any, said: Wording, one: OpenPlan, rows: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = said.language
        kinds = [(str(number), label.in_language(language)) for number, _code, label in ADJUSTMENTS]
        rules = [(str(number), label.in_language(language)) for number, _code, label in PRORATINGS]
        every = list(range(int(one.sheet.shared_top), len(one.sheet)))
        column = PLAN_ADJUSTMENTS.column
        self.fields["row"] = chosen(
            _("给谁"),
            _rows(one, rows, language),
            help_text=_("选组织时，批准那一刻按下级现有的比例分到各人，固定的不动。"),
        )
        self.fields["kind"] = chosen(said.label(column("kind")), kinds)
        self.fields["start_day"] = DayField(label=said.label(column("start_day")))
        self.fields["end_day"] = DayField(
            label=_("最后一天"), required=False, help_text=_("空着表示到方案期末；长假、空岗要填。")
        )
        self.fields["full_amount"] = MoneyField(
            said.unit,
            label=said.label(column("full_amount")),
            required=False,
            help_text=_("带正负号，按全期说；空着表示减去本行全部目标。"),
        )
        self.fields["prorating"] = chosen(
            said.label(column("prorating")), rules, required=False, help_text=_("空着按规则：每类有默认的分摊规则。")
        )
        self.fields["other"] = chosen(
            said.label(column("other_row_id")),
            _rows(one, every, language),
            required=False,
            help_text=_("交接给谁，或由谁承担；空着表示上级合计随之变动。"),
        )
        self.fields["reason"] = reason()
        self.order_fields(
            ["row", "kind", "start_day", "end_day", "full_amount", "prorating", "other", "reason", "evidence"]
        )

    def wish(self, one: OpenPlan) -> Wish:
        """Return what was asked for."""
        given = self.cleaned_data
        return Wish(
            row=one.position(given["row"]),
            kind=int(given["kind"]),
            start=given["start_day"],
            end=day_after(given["end_day"]),
            full=given["full_amount"],
            how=int(given["prorating"]) if given["prorating"] else None,
            other=one.position(given["other"]) if given["other"] else None,
            reason=given["reason"],
            evidence=given["evidence"],
        )


def _rows(one: OpenPlan, rows: list[int], language: str) -> list[tuple[str, str]]:
    """Return rows to choose from: each with the unit above it."""
    above = one.sheet.tree.parent_position
    return [
        (
            one.codes[at],
            " · ".join(one.name(int(number)).in_language(language) for number in (above[at], at) if number >= 0),
        )
        for at in rows
    ]


@login_required
def register_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """List the adjustments of a plan."""
    asked = asked_now(request)
    shown = plan_shown(asked.viewer, asked.book, uid)
    register = register_of(asked.viewer, asked.book, uid)
    said = wording(request, register.names)
    one = _opened(request, asked, uid)
    new = {"label": _("登记调整"), "url": reverse("web:new-plan-adjustment", args=[uid]), "primary": True}
    may_ask = bool(rows_to_adjust(asked.viewer, asked.book, one))
    plan = DatabaseNames().names("plans", [shown.plan.plan_id])[shown.plan.plan_id]
    by_kind = {"label": _("基数加调整"), "url": report_url("plans/adjusted", [("plan", plan.code)])}
    context = {
        "heading": _("调整登记"),
        "scope": _("，").join([shown.name, state_words(shown)]),
        "crumbs": plan_crumbs(shown, _("调整登记")),
        "asof": {"unit": unit_picker(request)},
        "buttons": [by_kind, *([new] if may_ask else [])],
        "table": register_table(said, uid, register, new if may_ask else None),
    }
    return render(request, "plans/adjustments.html", context)


@login_required
def new_adjustment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for an adjustment of a row of a plan."""
    asked = asked_now(request)
    shown = plan_shown(asked.viewer, asked.book, uid)
    one = _opened(request, asked, uid)
    rows = rows_to_adjust(asked.viewer, asked.book, one)
    if not rows:
        raise not_allowed("plan.answer")
    said = wording(request, {})
    earliest = asked.book.months.first_day_of(one.sheet.plan.from_ym + one.sheet.plan.frozen)
    initial = {"start_day": max(earliest, asked.book.today), "row": request.GET.get("row", "")}
    form = AdjustmentForm(request.POST or None, said=said, one=one, rows=rows, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask_for(asked.viewer, asked.at, asked.book, one, form.wish(one))
            say(request, _("已登记，等批准。下面是批准后的影响。"))
            return redirect("web:plan-adjustment", uid=uid, line=made.uid)
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    names = DatabaseNames().names_of({"measures": None})["measures"]
    measure = names[one.sheet.measure_id].in_language(said.language)
    tabs = [
        {
            "label": names[number].in_language(said.language),
            "count": None,
            "url": changed(request, {"measure": names[number].code}),
            "active": number == one.sheet.measure_id,
        }
        for number in sorted(names)
    ]
    context = {
        "heading": _("登记调整"),
        "scope": _("，").join([shown.name, state_words(shown), measure]),
        "crumbs": plan_crumbs(shown, _("登记调整")),
        "tabs": tabs,
        "form": form,
        "submit": _("登记"),
        "cancel_url": reverse("web:plan-adjustments", args=[uid]),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


@login_required
def adjustment_page(request: HttpRequest, uid: UUID, line: UUID) -> HttpResponse:
    """Show a line with its effect at every row, or decide about it."""
    asked = asked_now(request)
    shown = plan_shown(asked.viewer, asked.book, uid)
    register, one = line_shown(asked.viewer, asked.book, uid, line)
    refused, status = "", 200
    if request.method == "POST":
        try:
            _decide(request, asked, uid, one)
            say(request, _("已存。"))
            return redirect("web:plan-adjustment", uid=uid, line=line)
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            refused, status = sentence(problem), 409 if isinstance(problem, Conflict) else 422
    effect = effect_of(asked.book, uid, one.line) if one.may else None
    said = wording(request, register.names)
    context = {
        "heading": _("调整 %(code)s") % {"code": one.code},
        "scope": _("，").join([shown.name, state_words(shown)]),
        "crumbs": [
            *plan_crumbs(shown, _("调整登记"), ""),
            {"label": one.code, "url": ""},
        ],
        "asof": {"unit": unit_picker(request)},
        "refused": refused or (sentence(effect.refused) if effect and effect.refused else ""),
        **line_view(said, one, effect),
        "parts": parts_table(said, uid, register, one),
        "whole": _whole(uid, register, one),
    }
    context["crumbs"][-2]["url"] = reverse("web:plan-adjustments", args=[uid])
    return render(request, "plans/adjustment.html", context, status=status)


def _whole(uid: UUID, register: Register, one: LineShown) -> dict[str, str] | None:
    """Return the line that a line is a part of, as a link."""
    whole = register.whole_of(one.line)
    return {"label": whole.code, "url": reverse("web:plan-adjustment", args=[uid, whole.uid])} if whole else None


def _decide(request: HttpRequest, asked: Asking, uid: UUID, one: LineShown) -> None:
    """Approve, reject or withdraw a line, or complete its evidence.

    Raises:
        DachengError: as the actions do; NotFound: what to do is none.
    """
    sent: Mapping[str, str] = request.POST
    version = int(sent["version"]) if sent.get("version", "").isdecimal() else None
    who: dict[str, Any] = {"actor": asked.viewer, "at": asked.at, "uid": one.uid, "version": version}
    words = sent.get("said", "")
    do = sent.get("do", "")
    if do == "approve":
        approve(asked.viewer, asked.at, uid, one.uid, words, version)
    elif do == "reject":
        actions.reject_adjustment(**who, said=words)
    elif do == "withdraw":
        actions.withdraw_adjustment(**who)
    elif do == "edit":
        actions.edit_adjustment(**who, values={"evidence": sent.get("evidence", "")})
    else:
        raise hidden(PLAN_ADJUSTMENTS.label)


def _opened(request: HttpRequest, asked: Asking, uid: UUID) -> OpenPlan:
    """Return the measure of a plan that an address asks for; without one contract value."""
    return open_plan(asked.book, uid, measure_named(request.GET.get("measure", "") or "contract"))
