"""Delivery projects (交付项目): planned for a contract, followed; milestones reached or slipped (R150, R160, R161)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import not_allowed
from dacheng.core.delivery.schema import MILESTONES, OBSTACLES, PROJECTS
from dacheng.core.delivery.triggering import Triggered
from dacheng.core.errors import Conflict, DachengError, NotAllowed, NotFound, Text
from dacheng.service import projects as service
from dacheng.service.contracts import contract_view
from dacheng.service.labels import DatabaseNames
from dacheng.service.projects import ProjectView
from dacheng.service.reports import run_report
from dacheng.store.standing import Standing
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.changing import Change, changed_page
from dacheng.web.fields import Wording, both_values, event_rows, wording
from dacheng.web.forms import DayField, chosen
from dacheng.web.forms import said as sentence
from dacheng.web.links import report_url, standpoint
from dacheng.web.person_changes import version_sent
from dacheng.web.project_forms import project_form, step_forms, steps_told
from dacheng.web.standpoint import asof_bar
from dacheng.web.tabling import showing, table_view
from dacheng.web.toasts import say

SHOWN = (
    "manager_id", "start_day", "done_bp", "budget", "spent", "estimate", "obstacle", "obstacle_note", "step",
    "step_due_day",
)  # fmt: skip
COSTS = ("budget", "spent", "estimate")
STANDING = (
    "project_id", "light", "planned_finish", "expected_finish", "slip", "at_completion", "overrun", "overrun_ratio",
    "cpi", "margin_change", "waits", "due_expected", "due_slip",
)  # fmt: skip
STEPS = (
    "milestone_id", "planned_day", "expected", "reached", "slip", "reason", "share_ratio", "planned_ex", "waits",
    "due_expected",
)  # fmt: skip


@login_required
def project_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one delivery project: how it stands, its milestones, its history."""
    asked = asking(request)
    view = service.project_view(asked.viewer, uid, asked.book)
    said = wording(request, view.names)
    rows = event_rows(said, PROJECTS, view.history)
    context = {
        "heading": called(view),
        "scope": _("，").join(part for part in (said.named("units", view.unit_id), str(view.row["code"])) if part),
        "crumbs": _crumbs(view),
        "asof": asof_bar(request, asked.book, comparable=False),
        "buttons": _buttons(view),
        "figures": _figures(said, view),
        "contract": {
            "name": said.label(PROJECTS.column("contract_id")),
            "label": view.contract.name,
            "url": reverse("web:contract", args=[view.contract.uid]),
        },
        "tables": _tables(request, asked, view),
        "recognise": figures.money(view.recognisable, said.unit) if view.recognisable else "",
        "unit": figures.unit_words(said.unit, said.currency, said.language),
        "history": rows,
        "granted": view.granted,
        "uid": uid,
    }
    return _shown(request, "projects/project.html", context)


@login_required
def new_project(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Plan the delivery of a contract."""
    asked = asking(request)
    contract = contract_view(asked.viewer, uid, asked.book)
    if not service.may_plan(asked.viewer):
        raise not_allowed(service.RIGHT)
    said = wording(request, contract.names)
    begun = {"start_day": asked.book.today, "name": _("%(name)s 交付") % {"name": contract.row["name"] or ""}}
    form = project_form(request, asked, said, None, {name: one for name, one in begun.items() if str(one).strip()})
    rows = step_forms(request, said, contract.contract_id, [], usual=True)

    def save() -> HttpResponse:
        values = {name: value for name, value in form.values().items() if value not in (None, "")}
        given = values | {"contract_id": uid}
        made = service.record_project(actor=asked.viewer, at=asked.at, values=given, milestones=steps_told(rows))
        return redirect("web:project", uid=made.uid)

    contract_url = reverse("web:contract", args=[uid])
    page = {
        "heading": _("登记交付项目"),
        "submit": _("登记交付项目"),
        "scope": str(contract.row["name"] or contract.row["code"]),
        "crumbs": [{"label": _("商机"), "url": reverse("web:deals")}, {"label": _("登记交付项目"), "url": ""}],
        "cancel_url": contract_url,
    }
    return _saved_page(request, [form], rows, save, page)


@login_required
def follow_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Follow a project: manager, costs, how much is done, what stands in the way, what is next."""
    asked = asking(request)
    view = _editable(asked, uid)
    said = wording(request, view.names)
    form = project_form(request, asked, said, view.record, {})

    def save() -> HttpResponse:
        service.edit_project(
            actor=asked.viewer, at=asked.at, uid=uid, values=form.values(), version=version_sent(request)
        )
        return redirect("web:project", uid=uid)

    return _saved_page(request, [form], None, save, _page_of(view, _("跟进项目"), _("保存")))


@login_required
def plan_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change the milestones of a project as a whole."""
    asked = asking(request)
    view = _editable(asked, uid)
    rows = step_forms(request, wording(request, view.names), view.contract.record_id, view.milestones())

    def save() -> HttpResponse:
        steps, version = steps_told(rows), version_sent(request)
        service.set_milestones(actor=asked.viewer, at=asked.at, project=uid, milestones=steps, version=version)
        return redirect("web:project", uid=uid)

    return _saved_page(request, [], rows, save, _page_of(view, _("改里程碑"), _("保存里程碑")))


@login_required
@require_POST
def recognise(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Recognise what the milestones that were reached have earned, as of today."""
    asked = asking(request)
    try:
        service.recognise_progress(actor=asked.viewer, at=asked.at, project=uid, day=asked.book.today)
        say(request, _("已确收。"))
    except (NotAllowed, NotFound):
        raise
    except DachengError as problem:
        say(request, sentence(problem))
    return redirect("web:project", uid=uid)


@login_required
def milestone_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one milestone: planned, expected, reached, and the terms that wait for it."""
    asked = asking(request)
    one = service.milestone_view(asked.viewer, uid, asked.book)
    view, record = one.project, one.record
    said = wording(request, view.names)
    names = ["kind", "planned_day", "forecast_day", "reached_day", "share_bp", "reason", "reason_note"]
    reached = one.row["reached_day"] is not None
    buttons = [
        {
            "label": _("取消完成") if reached else _("完成"),
            "url": reverse("web:milestone-reach", args=[uid]),
            "primary": not reached,
        }
    ]
    if not reached:
        buttons.insert(0, {"label": _("改预计日"), "url": reverse("web:milestone-slip", args=[uid]), "primary": False})
    terms = [
        {"label": term.name, "text": _told(said, told), "amount": figures.money(int(term.row["open"]), said.unit)}
        for term, told in (one.brings() if asked.book.as_of_day == asked.book.today else ())
    ]
    context = {
        "heading": record.row["name"] or record.row["code"],
        "scope": _("，").join([called(view), str(record.row["code"])]),
        "crumbs": [*_crumbs(view, linked=True), {"label": str(record.row["name"] or record.row["code"]), "url": ""}],
        "buttons": buttons if view.editable else [],
        "figures": [
            {
                "label": said.label(MILESTONES.column(name)),
                "text": said.shown(MILESTONES.column(name), one.row[name]),
            }
            for name in names
        ],
        "terms": terms,
        "unit": figures.unit_words(said.unit, said.currency, said.language),
    }
    return _shown(request, "projects/milestone.html", context)


@login_required
def reach_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say on which day a milestone was reached, or take it back; first what that does to terms."""
    asked = asking(request)
    one = service.milestone_view(asked.viewer, uid, asked.book)
    if not one.project.editable:
        raise not_allowed(service.RIGHT)
    back = one.record.row["reached_day"] is not None
    given = request.POST if request.method == "POST" else None
    form = forms.Form(given, initial={"on": asked.book.today})
    if not back:
        form.fields["on"] = DayField(label=MILESTONES.column("reached_day").label.in_language(_language()))

    def save() -> str:
        on = None if back else form.cleaned_data["on"]
        version = version_sent(request)
        service.reach_milestone(actor=asked.viewer, at=asked.at, uid=uid, on=on, version=version)
        return reverse("web:project", args=[one.project.uid])

    def effects() -> Sequence[Text]:
        return one.effects_of_reaching(None if back else form.cleaned_data["on"])

    heading = _("取消完成") if back else _("里程碑完成")
    change = _change(one.project, one.record, heading, _("取消完成") if back else _("记为完成"))
    return changed_page(request, form, save, change, effects=effects)


@login_required
def slip_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Expect a milestone on another day and say why; first what that does to what is expected."""
    asked = asking(request)
    one = service.milestone_view(asked.viewer, uid, asked.book)
    if not one.project.editable:
        raise not_allowed(service.RIGHT)
    row, language = one.record.row, _language()
    known = row["planned_day"] if row["forecast_day"] is None else row["forecast_day"]
    codes = {number: code for number, code, _label in OBSTACLES}
    initial = {"on": known, "why": codes.get(row["reason"], ""), "note": row["reason_note"]}
    form = forms.Form(request.POST if request.method == "POST" else None, initial=initial)
    form.fields["on"] = DayField(label=_("现在预计哪天"))
    options = [(code, label.in_language(language)) for _number, code, label in OBSTACLES]
    form.fields["why"] = chosen(
        _("推迟原因"), options, required=False, help_text=_("比计划晚就要选；提前或按计划可以不选。")
    )
    form.fields["note"] = forms.CharField(label=_("推迟说明"), max_length=300, required=False)

    def save() -> str:
        told = form.cleaned_data
        why = next((number for number, code in codes.items() if code == told["why"]), None)
        service.slip_milestone(
            actor=asked.viewer,
            at=asked.at,
            uid=uid,
            on=told["on"],
            reason=why,
            note=told["note"],
            version=version_sent(request),
        )
        return reverse("web:project", args=[one.project.uid])

    def effects() -> Sequence[Text]:
        return one.effects_of_slipping(form.cleaned_data["on"])

    change = _change(one.project, one.record, _("改预计日"), _("改预计日"))
    return changed_page(request, form, save, change, effects=effects)


def called(view: ProjectView) -> str:
    """Return what people call the project."""
    return str(view.row["name"] or view.row["code"])


def _language() -> str:
    return get_language() or "zh-hans"


def _editable(asked: Asking, uid: UUID) -> ProjectView:
    view = service.project_view(asked.viewer, uid, asked.book)
    if not view.editable:
        raise not_allowed(service.RIGHT)
    return view


def _told(said: Wording, told: Triggered) -> str:
    """Say when a term is due, or expected to be."""
    if told.due_day is not None:
        return _("应收日 %(day)s") % {"day": figures.day(told.due_day)}
    return _("待触发，预计 %(day)s") % {"day": figures.day(told.expected)}


def _change(view: ProjectView, milestone: Standing, heading: str, submit: str) -> Change:
    return Change(
        heading=heading,
        submit=submit,
        cancel_url=reverse("web:milestone", args=[milestone.uid]),
        scope=_("，").join([str(milestone.row["name"] or milestone.row["code"]), called(view)]),
        crumbs=[*_crumbs(view, linked=True), {"label": heading, "url": ""}],
        version=int(milestone.row["version"]),
        relation=MILESTONES,
        section="deals",
    )


def _crumbs(view: ProjectView, *, linked: bool = False) -> list[dict[str, str]]:
    contract = {"label": view.contract.name, "url": reverse("web:contract", args=[view.contract.uid])}
    own = {"label": called(view), "url": reverse("web:project", args=[view.uid]) if linked else ""}
    return [{"label": _("商机"), "url": reverse("web:deals")}, contract, own]


def _buttons(view: ProjectView) -> list[dict[str, Any]]:
    if not view.editable:
        return []
    return [
        {"label": _("改里程碑"), "url": reverse("web:project-plan", args=[view.uid]), "primary": False},
        {"label": _("跟进项目"), "url": reverse("web:project-follow", args=[view.uid]), "primary": True},
    ]


def _figures(said: Wording, view: ProjectView) -> list[dict[str, str]]:
    names = [name for name in SHOWN if view.sees_cost or name not in COSTS]
    columns = [PROJECTS.column(name) for name in names]
    return [{"label": said.label(one), "text": said.shown(one, view.row[one.name])} for one in columns]


def _tables(request: HttpRequest, asked: Asking, view: ProjectView) -> list[dict[str, Any]]:
    """Return how the project stands and its milestones: the reports of the whole company, of it alone."""
    found: list[dict[str, Any]] = []
    if view.record.first_day > asked.book.as_of_day:
        return found
    contract, project = str(view.contract.row["code"]), str(view.row["code"])
    for name, title, wanted, columns in (
        ("delivery/projects", _("超支超期"), {"contract": contract}, STANDING),
        ("delivery/milestones", _("里程碑"), {"project": project, "sort": "expected"}, STEPS),
    ):
        shown = showing(request, run_report(name, wanted, book=asked.book, names=DatabaseNames()))
        if len(shown.table):
            there = {one.name for one in shown.table.columns}
            table = table_view(shown, tuple(one for one in columns if one in there)) | {"id": name.replace("/", "-")}
            found.append(
                {"title": title, "table": table, "url": report_url(name, [*wanted.items(), *standpoint(request)])}
            )
    return found


def _page_of(view: ProjectView, heading: str, submit: str) -> dict[str, Any]:
    return {
        "heading": heading,
        "submit": submit,
        "scope": called(view),
        "crumbs": [*_crumbs(view, linked=True), {"label": heading, "url": ""}],
        "cancel_url": reverse("web:project", args=[view.uid]),
        "hidden": [("version", view.version)],
    }


def _saved_page(
    request: HttpRequest,
    given: Sequence[forms.Form],
    rows: BaseFormSet | None,
    save: Callable[[], HttpResponse],
    page: dict[str, Any],
) -> HttpResponse:
    """Show a form with rows of milestones, or save it; what a rule refuses is said in it."""
    head = given[0] if given else forms.Form(request.POST if request.method == "POST" else None)
    clash: list[dict[str, str]] = []
    more = "more" in request.POST
    sent = request.method == "POST" and not more
    if sent and all([head.is_valid(), rows is None or rows.is_valid()]):
        try:
            response = save()
            say(request, _("已存。"))
            return response
        except (NotAllowed, NotFound):
            raise
        except Conflict as problem:
            head.add_error(None, sentence(problem))
            clash = both_values(request, PROJECTS, problem)
        except DachengError as problem:
            head.add_error(None, sentence(problem))
    context = {"form": head, "rows": rows, "clash": clash} | page
    return _shown(request, "projects/form.html", context, 409 if clash else 422 if sent else 200)


def _shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    request.section = "deals"
    return render(request, template, context, status=status)
