"""The page of a strategic goal: value, SMART lights, what carries it; put in force, linked, ended (R023–R025)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import POLICY, not_allowed
from dacheng.core.errors import DachengError, NotAllowed, NotFound
from dacheng.core.relation import Column
from dacheng.core.strategy.schema import ACTIVE, AMOUNT, COUNT, DRAFT, GOALS
from dacheng.core.strategy.smart import CHECKS, target_of
from dacheng.service.strategy import GoalView, deals_called, goal_view, seen_record
from dacheng.store.actions import goals
from dacheng.web import figures
from dacheng.web.asking import asking
from dacheng.web.fields import Wording, wording
from dacheng.web.forms import said as sentence
from dacheng.web.links import report_url, with_query
from dacheng.web.standpoint import asof_bar
from dacheng.web.strategy_records import strategy_crumbs
from dacheng.web.toasts import say

FACTS = ("unit_id", "person_id", "theme_id", "parent_id", "aim", "form", "metric", "product_id", "due_ym", "horizon")
STEPS = {"activate": ACTIVE, "draft": DRAFT}


@login_required
def goal_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one goal as it stood at the end of the as-of day."""
    request.section = "targets"
    asked = asking(request)
    view = goal_view(asked.viewer, uid, asked.book)
    said = wording(request, view.names)
    name = str(view.record.row["name"])
    active = view.goal["state"] == ACTIVE
    context = {
        "heading": name,
        "scope": _("，").join([said.shown(GOALS.column("state"), view.goal["state"]), str(view.record.row["code"])]),
        "crumbs": strategy_crumbs(name),
        "asof": asof_bar(request, asked.book, comparable=False),
        "figures": _figures(said, view),
        "checks": [{"label": said_of(CHECKS[one], said), "met": one not in view.missing} for one in CHECKS],
        "facts": [_fact(said, view, GOALS.column(one)) for one in FACTS if view.goal[one]],
        "source": str(view.record.row["source"]),
        "deals": [_deal(said, uid, view, at) for at in range(len(view.deals))],
        "uncarried": active and not view.deals,
        "counted_url": with_query(report_url("strategy/value"), [("goal", str(view.record.row["code"]))]),
        "editable": view.editable,
        "active": active,
        "version": view.record.row["version"],
        "uid": uid,
        "buttons": _buttons(uid) if view.editable else [],
    }
    return render(request, "strategy/goal.html", context)


class LinkForm(forms.Form):
    """Which opportunities carry the goal: a number or name on each line."""

    deals = forms.CharField(max_length=8000, widget=forms.Textarea(attrs={"rows": 6, "autofocus": True}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deals"].label = _("商机号或名称，一行一个")


@login_required
def link_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Link opportunities to a goal."""
    request.section = "targets"
    asked = asking(request)
    record = seen_record("goals", uid, asked.book)
    if not asked.viewer.holds(*POLICY["goal.edit"]):
        raise not_allowed("goal.edit")
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = deals_called(asked.book, form.cleaned_data["deals"].splitlines())
            goals.link_deals(actor=asked.viewer, at=asked.at, uid=uid, deals=found)
            say(request, _("已存。"))
            return redirect("web:goal", uid=uid)
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    context = {
        "heading": _("关联商机"),
        "scope": str(record.row["name"]),
        "crumbs": strategy_crumbs(_("关联商机")),
        "form": form,
        "submit": _("关联商机"),
        "cancel_url": reverse("web:goal", args=[uid]),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def goal_step(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put a goal in force, make it a draft again, end it, or unlink an opportunity."""
    asked = asking(request)
    step = request.POST.get("step", "")
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() else 0
    try:
        if step == "end":
            goals.end_goal(actor=asked.viewer, at=asked.at, uid=uid, version=seen)
            return redirect(report_url("strategy/goals"))
        if step == "unlink":
            goals.unlink_deal(actor=asked.viewer, at=asked.at, uid=uid, deal=_uid(request.POST.get("deal", "")))
        else:
            state = STEPS.get(step, DRAFT)
            goals.edit_goal(actor=asked.viewer, at=asked.at, uid=uid, values={"state": state}, version=seen)
        say(request, _("已存。"))
    except (NotAllowed, NotFound):
        raise
    except DachengError as problem:
        say(request, sentence(problem))
    return redirect("web:goal", uid=uid)


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def said_of(text: Any, said: Wording) -> str:
    """Return a text in the reader's language."""
    return str(text.in_language(said.language))


def _buttons(uid: UUID) -> list[dict[str, Any]]:
    return [
        {"label": _("修改"), "url": reverse("web:goal-edit", args=[uid])},
        {"label": _("关联商机"), "url": reverse("web:goal-link", args=[uid]), "primary": True},
    ]


def _figures(said: Wording, view: GoalView) -> list[dict[str, str]]:
    form = view.goal["form"]
    attained = figures.MISSING if view.attainment is None else figures.ratio(view.attainment)
    return [
        {"label": _("目标"), "text": in_its_unit(said, form, target_of(view.goal))},
        {"label": _("现值"), "text": in_its_unit(said, form, view.value.value)},
        {"label": _("达成率"), "text": attained},
    ]


def in_its_unit(said: Wording, form: int | None, value: int | None) -> str:
    """Return a figure of a goal as people read it: a count, an amount with its unit, or a percentage."""
    if value is None:
        return figures.MISSING
    if form == COUNT:
        return figures.count(value)
    if form == AMOUNT:
        return f"{figures.money(value, said.unit)} {figures.unit_words(said.unit, said.currency, said.language)}"
    return figures.ratio(value / 10_000)


def _fact(said: Wording, view: GoalView, column: Column) -> dict[str, str]:
    value = view.goal[column.name]
    text = said.named(column.ref, value) if column.kind == "ref" else said.shown(column, value)
    if column.kind == "ym" and value is not None:
        text = figures.month(value)
    return {"label": said.label(column), "text": text}


def _deal(said: Wording, uid: UUID, view: GoalView, at: int) -> dict[str, Any]:
    name, own = view.deals[at]
    return {
        "label": name.in_language(said.language),
        "url": reverse("web:deal", args=[name.uid]),
        "uid": name.uid,
        "own": own,
    }
