"""Opportunities and strategy: attributes and goals of one, one assigned, an assignment answered (R025, R026, R028)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, not_allowed
from dacheng.core.deals.schema import DEALS
from dacheng.core.errors import DachengError, NotAllowed, NotFound
from dacheng.core.schema import RELATIONS
from dacheng.core.strategy.schema import WAITING
from dacheng.service.deals import DealView
from dacheng.service.strategy import DealStrategyView, deal_strategy_view, offered, shown_strategy
from dacheng.store.actions import assigning, goals
from dacheng.web.asking import Asking, asking
from dacheng.web.fields import Wording
from dacheng.web.forms import BLANK, chosen, reason
from dacheng.web.forms import said as sentence
from dacheng.web.links import report_url
from dacheng.web.record_forms import RecordForm
from dacheng.web.strategy_records import strategy_crumbs, wording_of
from dacheng.web.toasts import say

OF_DEAL = RELATIONS["deal_strategy"]
NEW = ("name", "owner_id", "customer_id", "product_id", "stage_id", "amount", "expected_day")
SHOWN = ("came_from", "strategic_type", "horizon", "answer")


def strategy_shown(said: Wording, asked: Asking, deal: DealView) -> dict[str, Any]:
    """Return the panel of an opportunity's page: attributes, the goals it carries, whether it waits for the reader.

    Args:
        deal: that he sees, with what he may do with it.
    """
    uid = deal.uid
    view = shown_strategy(asked.viewer, deal.deal_id, deal.rights, asked.book)
    facts = [
        {"label": said.label(OF_DEAL.column(name)), "text": said.shown(OF_DEAL.column(name), view.said[name])}
        for name in SHOWN
        if view.said.get(name) is not None
    ]
    facts += [{"label": _("指派给"), "text": view.assignee}] if view.assignee else []
    facts += [{"label": _("拒绝原因"), "text": view.reason}] if view.reason else []
    return {
        "strategy_facts": facts,
        "carried_goals": [
            {"label": one.in_language(said.language), "url": reverse("web:goal", args=[one.uid])} for one in view.goals
        ],
        "strategy_url": reverse("web:deal-strategy", args=[uid]) if "deal.edit" in view.rights else "",
        "answer_url": reverse("web:deal-assignment", args=[uid]) if view.waits_for_viewer else "",
    }


@login_required
def deal_strategy_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """State the strategic attributes of an opportunity, link it to a goal, or assign it to its owner."""
    asked = asking(request)
    deal, view = deal_strategy_view(asked.viewer, uid, asked.book)
    if "deal.edit" not in view.rights:
        raise not_allowed("deal.edit")
    form = StrategyForm(request.POST or None, asked=asked, view=view, said=wording_of(request))

    def save() -> HttpResponse:
        _state(asked, uid, view, form)
        if "assign" in request.POST:
            assigning.assign_deal(actor=asked.viewer, at=asked.at, uid=uid)
        return redirect("web:deal", uid=uid)

    page: dict[str, Any] = {"heading": _("战略属性"), "scope": deal.name, "submit": _("存好")}
    if "deal.assign" in view.rights and view.said.get("answer") != WAITING:
        page |= {"more_submit": {"name": "assign", "label": _("存好并请负责人承接")}}
    return _page(request, form, save, page, reverse("web:deal", args=[uid]))


class StrategyForm(forms.Form):
    """Where an opportunity comes from, its type and horizon, and a goal that it is to carry."""

    def __init__(self, *args: Any, asked: Asking, view: DealStrategyView, said: Wording, **kwargs: Any) -> None:
        self.columns = [OF_DEAL.column(name) for name in SHOWN[:3]]
        initial = {one.name: _code(one.choices, view.said.get(one.name)) for one in self.columns}
        super().__init__(*args, initial=initial, **kwargs)
        for one in self.columns:
            codes = [(code, label.in_language(said.language)) for _number, code, label in one.choices]
            self.fields[one.name] = chosen(said.label(one), codes, required=False)
        carried = {name.uid for name in view.goals}
        options = [
            (one.uid, one.in_language(said.language))
            for _number, one in offered(asked.book, "goals")
            if one.uid not in carried
        ]
        if asked.viewer.holds(*POLICY["goal.edit"]) and options:
            self.fields["goal"] = forms.ChoiceField(
                label=_("再承接一个目标"), choices=[BLANK, *options], required=False
            )

    def stated(self) -> dict[str, Any]:
        """Return the attributes as an action takes them; where nothing was said of the origin, it is left."""
        found = {one.name: _number(one.choices, self.cleaned_data[one.name]) for one in self.columns}
        return {name: value for name, value in found.items() if name != "came_from" or value is not None}


def _state(asked: Asking, uid: UUID, view: DealStrategyView, form: StrategyForm) -> None:
    stated = form.stated()
    if "deal.edit" in view.rights and any(view.said.get(name) != value for name, value in stated.items()):
        assigning.set_strategy(actor=asked.viewer, at=asked.at, uid=uid, values=stated)
    if form.cleaned_data.get("goal"):
        goals.link_deals(actor=asked.viewer, at=asked.at, uid=UUID(form.cleaned_data["goal"]), deals=[uid])


@login_required
def answer_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take over an opportunity that the company assigned, or refuse it with a reason."""
    asked = asking(request)
    deal, _view = deal_strategy_view(asked.viewer, uid, asked.book)
    if not asked.viewer.holds(*POLICY["deal.accept"]):
        raise not_allowed("deal.accept")
    form = AnswerForm(request.POST or None)

    def save() -> HttpResponse:
        accepted = "refuse" not in request.POST
        why = form.cleaned_data["reason"]
        assigning.answer_assignment(actor=asked.viewer, at=asked.at, uid=uid, accepted=accepted, reason=why)
        return redirect("web:deal", uid=uid)

    page: dict[str, Any] = {
        "heading": _("承接确认"),
        "scope": deal.name,
        "submit": _("承接"),
        "more_submit": {"name": "refuse", "label": _("拒绝")},
        "effects": [_("承接后记下日期，这条商机算你的。"), _("拒绝要写原因，公司据此改派。")],
    }
    return _page(request, form, save, page, reverse("web:deal", args=[uid]))


class AnswerForm(forms.Form):
    """Why it is refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = reason(_("拒绝的原因"), required=False)


@login_required
def assign_page(request: HttpRequest) -> HttpResponse:
    """Create an opportunity for somebody, who is asked to take it over."""
    asked = asking(request)
    if not asked.viewer.holds(*POLICY["deal.assign"]):
        raise not_allowed("deal.assign")
    said = wording_of(request)
    form = RecordForm(
        request.POST or None,
        relation=DEALS,
        names=NEW,
        said=said,
        offered=lambda relation, also: offered(asked.book, relation, also),
    )
    codes = [(code, label.in_language(said.language)) for _n, code, label in OF_DEAL.column("strategic_type").choices]
    form.fields["strategic_type"] = chosen(said.label(OF_DEAL.column("strategic_type")), codes, required=False)

    def save() -> HttpResponse:
        kind = _number(OF_DEAL.column("strategic_type").choices, form.cleaned_data["strategic_type"])
        values = {name: value for name, value in form.values().items() if value not in ("", None)}
        strategy = {"strategic_type": kind} if kind else None
        made = assigning.assign_new_deal(actor=asked.viewer, at=asked.at, values=values, strategy=strategy)
        return redirect("web:deal", uid=made.uid)

    page: dict[str, Any] = {
        "heading": _("指派商机"),
        "submit": _("指派"),
        "effects": [_("负责人要确认承接；超过规则的天数没有承接，标红。")],
    }
    return _page(request, form, save, page, report_url("strategy/assigned"))


def _page(request: HttpRequest, form: forms.Form, save: Any, page: dict[str, Any], back: str) -> HttpResponse:
    """Show a form, or save it; what a rule refuses is said in it."""
    request.section = "targets"
    if request.method == "POST" and form.is_valid():
        try:
            response: HttpResponse = save()
            say(request, _("已存。"))
            return response
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    context = {"form": form, "crumbs": strategy_crumbs(str(page["heading"])), "cancel_url": back}
    return render(request, "forms/page.html", context | page, status=422 if form.errors else 200)


def _code(choices: Any, number: int | None) -> str:
    return next((code for one, code, _label in choices if one == number), "")


def _number(choices: Any, code: str) -> int | None:
    return next((number for number, one, _label in choices if one == code), None)
