"""Plans (目标方案): the list, a new one, the next version, the steps from draft to locked (R031, R033)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.errors import DachengError, NotAllowed, NotFound, Text
from dacheng.core.period import ym_text
from dacheng.core.plans.comparing import compared
from dacheng.service.checklists import checklists_of_plan
from dacheng.service.plan_adjustments import version_before
from dacheng.service.plan_listing import LOCK, PlanShown, plan_shown, plans_shown, units_to_plan
from dacheng.service.plans import measure_named
from dacheng.store.actions.plans import STEPS, copy_plan, create_plan, lock_plan, move_plan
from dacheng.web import figures
from dacheng.web.asking import Asking
from dacheng.web.fields import wording
from dacheng.web.forms import chosen, said
from dacheng.web.hand_tables import columns_of
from dacheng.web.links import report_url
from dacheng.web.plan_adjustment_view import effect_table
from dacheng.web.plan_asking import asked_now, months_of, plan_crumbs, state_words
from dacheng.web.standpoint import unit_picker
from dacheng.web.target_tabs import target_tabs
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say

APPROVE = "approve"
ASKED = (APPROVE, LOCK)

EARLIER_YEARS, LATER_YEARS = 30, 10
"""Years around the running one that a plan may be of; further away it is a slip of the hand."""


class PlanForm(forms.Form):
    """What a new plan needs: its name, the unit it is drawn from, the fiscal year."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=100)

    def __init__(self, *args: Any, asked: Asking, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language, book = get_language() or "zh-hans", asked.book
        units = [(one.uid, one.in_language(language)) for one in units_to_plan(asked.viewer, book)]
        self.fields["unit_id"] = chosen(_("组织"), units, help_text=_("它和它以下的组织、带目标的人各有一行。"))
        fiscal = book.rules.fiscal
        this = int(fiscal.year_of(book.months.ym_of(book.today)))
        self.fields["year"] = forms.IntegerField(
            label=_("年度"),
            min_value=this - EARLIER_YEARS,
            max_value=this + LATER_YEARS,
            initial=this + 1,
            help_text=_("财年，以前的也可以。"),
        )
        if len(units) == 1:
            self.initial["unit_id"] = units[0][0]

    def values(self, asked: Asking) -> dict[str, Any]:
        """Return what the action needs."""
        given = self.cleaned_data
        period = asked.book.rules.fiscal.year(given["year"])
        months = {"from_ym": period.from_ym, "until_ym": period.to_ym}
        return {"name": given["name"], "unit_id": UUID(given["unit_id"]), **months}


class CopyForm(forms.Form):
    """What the next version of a plan needs: its name, and the first month that may be changed."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=100)

    def __init__(self, *args: Any, shown: PlanShown, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [(ym, ym_text(ym)) for ym in range(shown.plan.from_ym, shown.plan.until_ym)]
        self.fields["effective_ym"] = forms.TypedChoiceField(
            label=_("生效月"), choices=months, coerce=int, help_text=_("之前的月份保持原样，不再改动。")
        )


@login_required
def plans_page(request: HttpRequest) -> HttpResponse:
    """List the plans that somebody has a part in."""
    asked = asked_now(request)
    shown = plans_shown(asked.viewer, asked.book)
    may_create = bool(units_to_plan(asked.viewer, asked.book))
    lists = {"label": _("清单"), "url": report_url("plans/checklists")}
    new = {"label": _("新建方案"), "url": reverse("web:new-plan"), "primary": True}
    imports = {"label": _("导入目标表"), "url": reverse("web:plan-import")}
    context = {
        "heading": _("目标方案"),
        "crumbs": plan_crumbs(),
        "tabs": target_tabs(request, "plans"),
        "buttons": [lists, *([imports] if may_create else []), *([new] if may_create and shown else [])],
        "table": _table(shown, asked, new if may_create else None),
    }
    return render(request, "plans/plans.html", context)


def _table(shown: list[PlanShown], asked: Asking, new: dict[str, Any] | None) -> dict[str, Any]:
    titles = [_("方案"), _("组织"), _("期间"), _("版本"), _("状态"), _("生效月"), _("来自")]
    empty: dict[str, Any] = {
        "sentence": _("还没有你参与的目标方案。"),
        "hint": _("方案提出之后，你的那一行会出现在这里。"),
    }
    if new:
        empty = {
            "sentence": _("还没有目标方案。"),
            "hint": _("从组织建一个方案，把总目标分解到每个人、每个月。"),
            "action": new,
        }
    return {
        "title": _("目标方案"),
        "cards": True,
        "columns": columns_of(titles, words=(0, 1, 2, 4, 6)),
        "rows": [{"id": f"plan-{at}", "cells": _cells(one, asked)} for at, one in enumerate(shown)],
        "empty": empty,
    }


def _cells(one: PlanShown, asked: Asking) -> list[dict[str, Any]]:
    language = get_language() or "zh-hans"
    return [
        {"text": one.name, "href": reverse("web:plan", args=[one.uid])},
        {"text": one.unit.in_language(language)},
        {"text": months_of(one, asked.book)},
        {"text": f"V{one.plan.number}"},
        {"text": one.state.in_language(language), "kind": "strong"},
        {"text": figures.month(one.plan.effective_ym)},
        {"text": one.base or figures.MISSING},
    ]


@login_required
def new_plan(request: HttpRequest) -> HttpResponse:
    """Create a plan."""
    asked = asked_now(request)
    if not units_to_plan(asked.viewer, asked.book):
        raise not_allowed("plan.edit")
    form = PlanForm(request.POST or None, asked=asked)

    def save() -> str:
        uid = create_plan(actor=asked.viewer, at=asked.at, values=form.values(asked)).uid
        say(request, _("方案已建。填总目标，按季节分到每个人。"))
        return reverse("web:plan", args=[uid])

    page = {"heading": _("新建方案"), "crumbs": plan_crumbs(last=_("新建方案")), "submit": _("建方案")}
    return _form_page(request, form, save, page | {"cancel_url": reverse("web:plans")})


@login_required
def copy_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make the next version of a plan."""
    asked = asked_now(request)
    shown = plan_shown(asked.viewer, asked.book, uid)
    if not shown.may_copy:
        raise not_allowed("plan.edit")
    this_month = asked.book.months.ym_of(asked.book.today)
    month = min(max(this_month, shown.plan.effective_ym), shown.plan.until_ym - 1)
    form = CopyForm(request.POST or None, shown=shown, initial={"name": shown.name, "effective_ym": month})

    def save() -> str:
        made = copy_plan(actor=asked.viewer, at=asked.at, uid=uid, values=form.cleaned_data).uid
        say(request, _("新版本已建，原版本不变。"))
        return reverse("web:plan", args=[made])

    page = {
        "heading": _("生成新版本"),
        "scope": _("来自 %(plan)s") % {"plan": f"{shown.name} V{shown.plan.number}"},
        "crumbs": plan_crumbs(shown, _("生成新版本")),
        "submit": _("生成"),
        "cancel_url": reverse("web:plan", args=[uid]),
    }
    return _form_page(request, form, save, page)


@login_required
def step_page(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    """Move a plan on; approving, which shows what was checked before, and locking are asked first."""
    if step not in (*STEPS, LOCK):
        raise NotFound(Text("没有这一步。", "There is no such step."))
    asked = asked_now(request)
    shown = plan_shown(asked.viewer, asked.book, uid)
    if step not in ASKED and request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if request.method != "POST":
        return _ask_lock(request, shown, asked) if step == LOCK else _ask_approval(request, shown, asked)
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() else None
    if step == LOCK:
        done = lock_plan(actor=asked.viewer, at=asked.at, uid=uid, version=seen)
        cells = counted(done.created + done.changed, "格")
        say(request, _("已锁定，%(cells)s成为目标。") % {"cells": cells})
    else:
        move_plan(actor=asked.viewer, at=asked.at, uid=uid, step=step, version=seen)
        moved = plan_shown(asked.viewer, asked_now(request).book, uid)
        say(request, _("方案现在是%(state)s。") % {"state": state_words(moved)})
    return redirect("web:plan", uid=uid)


def _ask_lock(request: HttpRequest, shown: PlanShown, asked: Asking) -> HttpResponse:
    if LOCK not in shown.steps:
        raise not_allowed("plan.lock")
    effects = [
        _("从 %(month)s 起，方案里组织和人员的数成为目标；已关账和更早的月份不变。")
        % {"month": ym_text(shown.plan.effective_ym)},
        _("同一组织、同一期间先前锁定的方案会标为被替代。"),
        _("锁定之后不能再改，只能生成新版本。"),
    ]
    context = {
        "heading": _("锁定方案"),
        "scope": _("，").join([shown.name, months_of(shown, asked.book), state_words(shown)]),
        "crumbs": plan_crumbs(shown, _("锁定方案")),
        "form": forms.Form(),
        "effects": effects,
        **_effect(request, shown, asked),
        "hidden": [("version", shown.version)],
        "submit": _("锁定"),
        "cancel_url": reverse("web:plan", args=[shown.uid]),
    }
    return render(request, "forms/page.html", context)


def _ask_approval(request: HttpRequest, shown: PlanShown, asked: Asking) -> HttpResponse:
    """Show the checklists of the plan before it is approved; what is open warns and does not bar."""
    if APPROVE not in shown.steps:
        raise not_allowed("plan.approve")
    language = get_language() or "zh-hans"
    lists = checklists_of_plan(asked.viewer, shown.plan.plan_id, asked.book)
    effects = [
        _("批准之后数字不再改，只能退回修改或生成新版本；它的清单也随版本定下来。"),
        *(
            _("%(list)s：%(done)s / %(items)s 项完成。")
            % {"list": one.label.in_language(language), "done": len(one.items) - one.left, "items": len(one.items)}
            for one in lists
        ),
        *(
            _("没有完成：%(item)s") % {"item": item.name.in_language(language)}
            for one in lists
            for item in one.items
            if not item.done
        ),
    ]
    if not lists:
        effects.append(_("这个方案没有开「分解前检查」清单。"))
    context = {
        "heading": _("批准方案"),
        "scope": _("，").join([shown.name, months_of(shown, asked.book), state_words(shown)]),
        "crumbs": plan_crumbs(shown, _("批准方案")),
        "form": forms.Form(),
        "effects": effects,
        **_effect(request, shown, asked),
        "hidden": [("version", shown.version)],
        "submit": _("批准"),
        "cancel_url": reverse("web:plan", args=[shown.uid]),
    }
    return render(request, "forms/page.html", context)


def _effect(request: HttpRequest, shown: PlanShown, asked: Asking) -> dict[str, Any]:
    """Return what every row becomes beside the version that the plan was made from; nothing where it is the first."""
    found = version_before(asked.book, shown, measure_named(request.GET.get("measure", "") or "contract"))
    if found is None:
        return {}
    before, after = found
    table = effect_table(wording(request, {}), before, after, compared(before.sheet, after.sheet))
    return {
        "asof": {"unit": unit_picker(request)},
        "effect_table": table | {"title": _("与 %(base)s 相比") % {"base": shown.base}},
    }


def _form_page(request: HttpRequest, form: forms.Form, save: Callable[[], str], page: dict[str, Any]) -> HttpResponse:
    """Show a form, or save it and go on."""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(save())
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
    return render(request, "forms/page.html", {**page, "form": form}, status=422 if form.errors else 200)
