"""Agreeing on targets (协商目标): my targets, a row of a plan with its thread, and what is open in a plan (R031)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.errors import Conflict, DachengError, NotAllowed, NotFound, RuleError, Text
from dacheng.core.period import ym_text
from dacheng.core.plans.schema import PLAN_TALKS
from dacheng.service.plan_talks import RowTalk, grant_counter, own_targets, progress, row_talk, waiting_for
from dacheng.service.wire import month_of
from dacheng.store.actions import plan_talks as actions
from dacheng.store.actions.plan_talks import Aim
from dacheng.store.identity import hidden
from dacheng.store.standing import standing_uid
from dacheng.web.asking import Asking, asking
from dacheng.web.fields import Wording, wording
from dacheng.web.forms import MoneyField, reason
from dacheng.web.forms import said as sentence
from dacheng.web.links import changed
from dacheng.web.own_progress import own_progress
from dacheng.web.plan_tabs import AGREEMENT, plan_tabs
from dacheng.web.plan_talk_view import agreement_view, talk_view, waiting_lines
from dacheng.web.standpoint import unit_picker
from dacheng.web.target_tabs import target_tabs
from dacheng.web.toasts import say

WORDS: Mapping[str, Callable[..., int]] = {
    "offer": actions.offer_target,
    "impose": actions.impose_target,
    "comment": actions.comment_target,
}
"""What a button says -> the action that says it."""


class TalkForm(forms.Form):
    """What somebody answers: of the year or a month, perhaps another amount, and why."""

    def __init__(self, said: Wording, talk: RowTalk, sent: Any = None, *, code: str) -> None:
        super().__init__(sent, auto_id=f"id_{code}_%s")
        months = [(ym_text(ym), ym_text(ym)) for ym in range(talk.plan.from_ym, talk.plan.until_ym)]
        self.fields["month"] = forms.ChoiceField(label=_("哪个月"), choices=[("", _("全年")), *months], required=False)
        self.fields["amount"] = MoneyField(said.unit, label=said.label(PLAN_TALKS.column("amount")), required=False)
        self.fields["said"] = reason(required=False)


@login_required
def my_targets(request: HttpRequest) -> HttpResponse:
    """Show the reader's own targets of the plans that were proposed to him."""
    request.section = "targets"
    asked = asking(request)
    talks = own_targets(asked.viewer, asked.book)
    context = {
        "heading": _("我的目标"),
        "crumbs": [{"label": _("目标"), "url": reverse("web:targets")}, {"label": _("我的目标"), "url": ""}],
        "tabs": target_tabs(request, "mine"),
        "asof": {"unit": unit_picker(request)},
        "waiting": waiting_lines(waiting_for(asked.viewer, asked.book)),
        "progress": own_progress(request, asked),
        "talks": [_shown(request, one, first=at == 0) | {"from_mine": True} for at, one in enumerate(talks)],
        "empty": {
            "sentence": _("还没有提给你的目标。"),
            "hint": _("方案提出后，你自己那一行会出现在这里，可以接受，也可以还价。"),
            "link": {"label": _("看达成榜"), "url": reverse("web:targets")},
        },
    }
    return render(request, "plans/mine.html", context)


@login_required
def talk_page(request: HttpRequest, uid: UUID, row: UUID) -> HttpResponse:
    """Show a row of a plan with its threads, or answer one of its targets."""
    request.section = "targets"
    asked = asking(request)
    talk = row_talk(asked.viewer, asked.book, uid, row)
    refused: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            _answer(request, asked, talk)
            say(request, _("已存。"))
            return redirect("web:my-targets" if request.POST.get("from") == "mine" else _address(talk))
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            refused = {"code": request.POST.get("measure", ""), "error": sentence(problem)}
            status = 409 if isinstance(problem, Conflict) else 422
    context = {
        "heading": talk.called.in_language(get_language() or "zh-hans"),
        "scope": talk.plan_name,
        "crumbs": _crumbs(talk),
        "asof": {"unit": unit_picker(request)},
        "talk": _shown(request, talk, first=True, refused=refused),
    }
    return render(request, "plans/talk.html", context, status=status)


@login_required
def agreement_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show how far a plan is agreed, unit by unit, and what is open."""
    request.section = "targets"
    asked = asking(request)
    found = progress(asked.book, uid, request.GET.get("measure", ""))
    said = wording(request, {})
    context = {
        "heading": _("认同进度"),
        "scope": found.plan_name,
        "crumbs": [
            {"label": _("目标"), "url": reverse("web:targets")},
            {"label": found.plan_name, "url": reverse("web:plan", args=[uid])},
            {"label": _("认同进度"), "url": ""},
        ],
        "asof": {"unit": unit_picker(request)},
        "tabs": plan_tabs(request, standing_uid("plans", uid).record_id, AGREEMENT),
        "chip": {
            "label": _("指标"),
            "text": found.measure.in_language(said.language),
            "options": [
                {
                    "label": name.in_language(said.language),
                    "url": changed(request, {"measure": name.code}),
                    "active": name.code == found.measure.code,
                }
                for name in found.measures
            ],
        },
        "letters_url": reverse("web:plan-letters", args=[uid, "docx"]),
        **agreement_view(said, uid, found),
    }
    return render(request, "plans/agreement.html", context)


def _shown(
    request: HttpRequest, talk: RowTalk, *, first: bool, refused: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a row as templates/plans/row.html shows it, each target with its form."""
    said = wording(request, talk.names)
    view = talk_view(said, talk, _address(talk), first=first)
    told = refused or {}
    for target in view["targets"]:
        mine = told.get("code") == target["code"]
        target["form"] = TalkForm(said, talk, request.POST if mine else None, code=target["code"])
        target["error"] = told["error"] if mine else ""
    return view


def _answer(request: HttpRequest, asked: Asking, talk: RowTalk) -> None:
    """Say what a form says of one target, or accept all of them.

    Raises:
        DachengError: as the actions do; NotFound: the measure or what to do is none.
    """
    sent = request.POST
    who: dict[str, Any] = {"actor": asked.viewer, "at": asked.at}
    uids = {
        talk.names["measures"][one.measure_id].code: talk.names["measures"][one.measure_id].uid for one in talk.targets
    }
    if sent.get("do") == "accept":
        codes = [code for code in sent.getlist("measure") if code in uids]
        aims = [Aim(talk.plan_uid, talk.uid, UUID(uids[code])) for code in codes]
        actions.accept_target(**who, aims=aims, amounts=[_seen(sent.get(f"seen_{code}", "")) for code in codes])
        return
    code = sent.get("measure", "")
    form = TalkForm(wording(request, talk.names), talk, sent, code=code)
    if code not in uids or not form.is_valid():
        raise RuleError(
            Text("有一项没有写对。", "Something is not filled in right."),
            Text("看一下标出的地方。", "Look at what is marked."),
        )
    month = form.cleaned_data["month"]
    aim = Aim(talk.plan_uid, talk.uid, UUID(uids[code]), month_of(month) if month else 0)
    _say(sent.get("do", ""), who, asked, talk, aim, form)


def _say(do: str, who: dict[str, Any], asked: Asking, talk: RowTalk, aim: Aim, form: TalkForm) -> None:
    said, amount = form.cleaned_data["said"], form.cleaned_data["amount"]
    if do == "counter":
        actions.counter_target(**who, aim=aim, amount=amount, said=said)
    elif do == "grant":
        grant_counter(**who, book=asked.book, talk=talk, measure=aim.measure, ym=aim.ym)
    elif do in WORDS:
        WORDS[do](**who, aim=aim, said=said)
    else:
        raise hidden(PLAN_TALKS.label)


def _seen(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdecimal() else None


def _address(talk: RowTalk) -> str:
    return reverse("web:plan-talk", args=[talk.plan_uid, talk.uid])


def _crumbs(talk: RowTalk) -> list[dict[str, str]]:
    return [
        {"label": _("目标"), "url": reverse("web:targets")},
        {"label": talk.plan_name, "url": reverse("web:plan-agreement", args=[talk.plan_uid])},
        {"label": talk.called.in_language(get_language() or "zh-hans"), "url": ""},
    ]
