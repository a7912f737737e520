"""Steps of an opportunity: to another stage with one click, won or lost with what that asks for, handed over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import not_allowed
from dacheng.core.deals.schema import DEALS, WHOLE_BP
from dacheng.core.deals.standards import StageNeeds
from dacheng.core.errors import Conflict, DachengError, RuleError
from dacheng.service.deals import DealView, close_deal, deal_view, move_filled, reassign_deals, verify_loss
from dacheng.service.people import viewer_now
from dacheng.web.asking import Asking, asking
from dacheng.web.deals import called, scope_of
from dacheng.web.fields import Wording, both_values, wording
from dacheng.web.forms import DayField, MoneyField, chosen, reason
from dacheng.web.forms import said as sentence
from dacheng.web.stage_form import asked_form, filled_in
from dacheng.web.standpoint import money_unit
from dacheng.web.undoing import say_saved

Outcome = Literal["won", "lost"]


@login_required
@require_POST
def move(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Move an opportunity to another stage from today on."""
    at = datetime.now(UTC)
    actor = viewer_now(request.user.person_id, at)
    stage, version = request.POST.get("stage", ""), _version(request)
    try:
        unit = money_unit(request)
        move_filled(actor, at, uid, stage=stage, typed=filled_in(request), version=version, money_unit=unit)
    except RuleError as problem:
        if not isinstance(problem, StageNeeds) and not filled_in(request):
            raise
        return _asked_first(request, uid, stage, problem)
    except Conflict as problem:
        return _moved_meanwhile(request, uid, stage, problem)
    say_saved(request, actor, at)
    return redirect("web:deal", uid=uid)


class CloseForm(forms.Form):
    """What an outcome asks for: won its amount, lost its reason, both the day."""

    def __init__(self, *args: Any, outcome: Outcome, view: DealView, said: Wording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if outcome == "won":
            self.fields["amount"] = MoneyField(said.unit, label=said.label(DEALS.column("amount")))
        else:
            if categories := _categories(view, said):
                self.fields["category"] = chosen(said.label(DEALS.column("loss_reason_id")), categories)
            self.fields["reason"] = reason(_("丢单原因"), help_text=_("写给以后看的人：输给谁，为什么。"))
        self.fields["on"] = DayField(label=_("赢单日") if outcome == "won" else _("丢单日"))


@login_required
def close(request: HttpRequest, uid: UUID, outcome: Outcome) -> HttpResponse:
    """Close an opportunity as won or lost."""
    asked = asking(request)
    view = deal_view(asked.viewer, uid, asked.book)
    _check_right(view, "deal.edit")
    said = wording(request, view.names)
    initial = {"on": asked.book.today, "amount": view.row["amount"], "reason": view.row["lost_reason"]}
    initial["category"] = _category_uid(view, view.row["loss_reason_id"])
    form = CloseForm(request.POST or None, initial=initial, outcome=outcome, view=view, said=said)
    won = outcome == "won"
    labels = {"heading": _("赢单") if won else _("丢单"), "submit": _("记为赢单") if won else _("记为丢单")}

    def save() -> None:
        given = form.cleaned_data
        close_deal(
            actor=asked.viewer,
            at=asked.at,
            uid=uid,
            outcome=outcome,
            version=_version(request),
            on=given["on"],
            amount=given.get("amount"),
            reason=given.get("reason", ""),
            category=UUID(given["category"]) if given.get("category") else None,
        )

    return _step(request, asked, view, form, save, labels)


@login_required
def verify(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say which category of loss a review found, beside the one the owner chose."""
    asked = asking(request)
    view = deal_view(asked.viewer, uid, asked.book)
    _check_right(view, "deal.verify_loss")
    said = wording(request, view.names)
    found = view.row["verified_reason_id"] or view.row["loss_reason_id"]
    form = forms.Form(request.POST or None, initial={"category": _category_uid(view, found)})
    label = said.label(DEALS.column("verified_reason_id"))
    form.fields["category"] = chosen(label, _categories(view, said), required=False)
    labels = {
        "heading": _("核实丢单"),
        "submit": _("存为核实结果"),
        "effects": [
            _("负责人选的是「%(told)s」，写的是「%(reason)s」。")
            % {
                "told": said.named("loss_reasons", view.row["loss_reason_id"]) or _("未填"),
                "reason": view.row["lost_reason"],
            },
            _("核实结果与负责人选的并列，不改他写的。"),
        ],
    }

    def save() -> None:
        category = form.cleaned_data["category"]
        verify_loss(
            actor=asked.viewer,
            at=asked.at,
            uid=uid,
            category=UUID(category) if category else None,
            version=_version(request),
        )

    return _step(request, asked, view, form, save, labels)


def _categories(view: DealView, said: Wording) -> list[tuple[str, str]]:
    """Return the categories of loss that are offered, with those that stand in the deal."""
    names = view.names.get("loss_reasons", {})
    ids = [one for one in view.choices.get("loss_reasons", []) if one in names]
    return [(names[one].uid, names[one].in_language(said.language)) for one in ids]


def _category_uid(view: DealView, number: int | None) -> str:
    name = view.names.get("loss_reasons", {}).get(number or 0)
    return name.uid if name else ""


@login_required
def hand_over(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hand an open opportunity to another owner from a day on."""
    asked = asking(request)
    view = deal_view(asked.viewer, uid, asked.book)
    _check_right(view, "deal.reassign")
    said = wording(request, view.names)
    names = view.names.get("people", {})
    others = [one for one in view.choices.get("people", []) if one != view.row["owner_id"] and one in names]
    form = forms.Form(request.POST or None, initial={"on": asked.book.today})
    form.fields["to"] = chosen(
        _("新负责人"), [(names[one].uid, names[one].in_language(said.language)) for one in others]
    )
    form.fields["on"] = DayField(label=_("从哪天起"))
    labels = {
        "heading": _("转移"),
        "submit": _("转移商机"),
        "effects": [
            _("从这天起算在新负责人和他的组织；之前的历史留在 %(owner)s。")
            % {"owner": said.named("people", view.row["owner_id"])},
            _("原负责人不再看得到它，除非他管着新负责人的组织。"),
            *_parts_said(view),
        ],
    }

    def save() -> None:
        given = form.cleaned_data
        reassign_deals(actor=asked.viewer, at=asked.at, uids=[uid], to=UUID(given["to"]), on=given["on"])

    return _step(request, asked, view, form, save, labels)


def _parts_said(view: DealView) -> list[str]:
    """Return what becomes of the split of a shared deal."""
    if view.row["own_bp"] == WHOLE_BP:
        return []
    return [_("分成照旧；新负责人若已有一份，那份到这天为止，此后都归他负责。")]


def _check_right(view: DealView, right: str) -> None:
    """Refuse the form of a step to who sees the deal only; the action asks again under the lock."""
    if right not in view.rights:
        raise not_allowed(right)


def _step(
    request: HttpRequest,
    asked: Asking,
    view: DealView,
    form: forms.Form,
    save: Callable[[], None],
    labels: dict[str, Any],
) -> HttpResponse:
    """Show a step's form, or take the step; what the form read wrongly and what a rule refuses is said in it."""
    clash: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            save()
            say_saved(request, asked.viewer, asked.at)
            return redirect("web:deal", uid=view.uid)
        except Conflict as problem:
            form.add_error(None, sentence(problem))
            clash = both_values(request, DEALS, problem)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    context = _frame(wording(request, view.names), view, labels["heading"])
    context |= labels | {"form": form, "clash": clash, "hidden": [("version", view.version)]}
    request.section = "deals"
    return render(request, "forms/page.html", context, status=_status(form, bool(clash)))


def _asked_first(request: HttpRequest, uid: UUID, stage: str, problem: RuleError) -> HttpResponse:
    """Ask for what the stage needs; saving it moves the deal in the same step."""
    asked = asking(request)
    view = deal_view(asked.viewer, uid, asked.book)
    form = asked_form(request, asked, problem)
    context = _frame(wording(request, view.names), view, _("移动阶段")) | {
        "form": form,
        "effects": [sentence(problem)],
        "hidden": [("version", view.version), ("stage", stage)],
        "submit": _("存好并移动"),
    }
    request.section = "deals"
    return render(request, "forms/page.html", context, status=422)


def _moved_meanwhile(request: HttpRequest, uid: UUID, stage: str, problem: Conflict) -> HttpResponse:
    """Ask again whether to move, now that somebody else changed the deal."""
    asked = asking(request)
    view = deal_view(asked.viewer, uid, asked.book)
    wanted = next((one for one in view.names.get("stages", {}).values() if one.uid == stage), None)
    label = wanted.in_language(wording(request, view.names).language) if wanted else ""
    form = forms.Form({})
    form.is_valid()
    form.add_error(None, sentence(problem))
    context = _frame(wording(request, view.names), view, _("移动阶段")) | {
        "form": form,
        "clash": both_values(request, DEALS, problem),
        "hidden": [("version", view.version), ("stage", stage)],
        "submit": _("移到%(stage)s") % {"stage": label},
    }
    request.section = "deals"
    return render(request, "forms/page.html", context, status=409)


def _frame(said: Wording, view: DealView, step: str) -> dict[str, Any]:
    url = reverse("web:deal", args=[view.uid])
    return {
        "heading": step,
        "scope": _("%(deal)s，%(scope)s") % {"deal": called(view), "scope": scope_of(said, view)},
        "crumbs": [
            {"label": _("商机"), "url": reverse("web:deals")},
            {"label": called(view), "url": url},
            {"label": step, "url": ""},
        ],
        "cancel_url": url,
    }


def _version(request: HttpRequest) -> int:
    """Return the version that the page showed; one that cannot be stands for an older one."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0


def _status(form: forms.Form, clash: bool) -> int:
    return 409 if clash else 422 if form.errors else 200
