"""Checklists (清单): a whole list with its ticks, a new one, one item changed or taken away (R051, R058, R059)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, Viewer, not_allowed
from dacheng.core.book import Book
from dacheng.core.checklists.schema import CHECKLIST_ITEMS, FOUNDATIONS, KINDS, OF_A_PLAN, OPENING
from dacheng.core.errors import DachengError, NotAllowed, NotFound
from dacheng.core.plans.listing import plans_seen
from dacheng.service.checklists import EDIT, ChecklistItem, ChecklistView, checklist_view, checklists_of_plan, start
from dacheng.service.choices import options_of
from dacheng.service.labels import DatabaseNames
from dacheng.service.plan_listing import PlanShown
from dacheng.service.strategy import seen_record
from dacheng.store.actions.checklists import Tick, append_item, check_items, edit_item, end_item
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.forms import BLANK, DayField, chosen
from dacheng.web.forms import said as sentence
from dacheng.web.links import report_url, with_query
from dacheng.web.record_forms import RecordForm
from dacheng.web.standpoint import asof_bar
from dacheng.web.strategy_records import wording_of
from dacheng.web.toasts import say

LISTED = "plans/checklists"
ITEM = ("name", "name_en", "part", "due_day", "position", "note")


class StartForm(forms.Form):
    """What a new checklist is about: a plan, a person, or a unit and a year."""

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        plans = DatabaseNames().names("plans", plans_seen(book)["plan_id"].tolist())
        kinds = [(code, label.in_language(language)) for _number, code, label in KINDS]
        self.fields["kind"] = forms.ChoiceField(label=_("清单"), choices=kinds)
        self.fields["plan_id"] = chosen(
            _("方案"), [(one.uid, one.in_language(language)) for one in plans.values()], required=False,
            help_text=_("分解前检查、微咨询工作表属于方案的一个版本。"),
        )  # fmt: skip
        self.fields["person_id"] = forms.ChoiceField(
            label=_("新经理"), choices=[BLANK, *options_of(book, "people", language)], required=False,
            help_text=_("30/60/90 天清单是他的。"),
        )  # fmt: skip
        self.fields["start_day"] = DayField(label=_("上任日"), required=False, help_text=_("30/60/90 天从这天起算。"))
        self.fields["unit_id"] = forms.ChoiceField(
            label=_("组织"), choices=[BLANK, *options_of(book, "units", language)], required=False,
            help_text=_("指标管理年历是一个组织一年的。"),
        )  # fmt: skip
        year = int(book.rules.fiscal.year_of(book.months.ym_of(book.today)))
        years = [(str(one), str(one)) for one in (year + 1, year)]
        self.fields["year"] = forms.TypedChoiceField(label=_("年份"), choices=years, coerce=int)

    def values(self) -> dict[str, Any]:
        """Return what starting takes: only what the kind is about."""
        given = self.cleaned_data
        kind = next(number for number, code, _ in KINDS if code == given["kind"])
        names = ("plan_id",) if kind in OF_A_PLAN else ("person_id",) if kind == OPENING else ("unit_id", "year")
        return {"kind": kind, "start_day": given["start_day"], **{name: given[name] for name in names}}


@login_required
def new_checklist(request: HttpRequest) -> HttpResponse:
    """Start a checklist from its template."""
    asked = _asked(request)
    if not asked.viewer.holds(*POLICY[EDIT]):
        raise not_allowed(EDIT)
    form = StartForm(request.POST or None, book=asked.book, initial=dict(request.GET.items()))

    def save() -> str:
        first, *_rest = start(asked.viewer, asked.at, asked.book, form.values())
        say(request, _("清单已开。"))
        return reverse("web:checklist", args=[first])

    page = {
        "heading": _("开清单"),
        "crumbs": _crumbs(_("开清单")),
        "submit": _("开清单"),
        "cancel_url": report_url(LISTED),
    }
    return _form_page(request, form, save, page)


@login_required
def checklist_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show the checklist on which an item stands; tick its items, add one."""
    asked = _asked(request)
    view = checklist_view(asked.viewer, uid, asked.book)
    problem = ""
    if request.method == "POST":
        if not asked.viewer.holds(*POLICY[EDIT]):
            raise not_allowed(EDIT)
        try:
            _save(request, asked, view)
            return redirect("web:checklist", uid=uid)
        except (NotAllowed, NotFound):
            raise
        except DachengError as refused:
            problem = sentence(refused)
    language = get_language() or "zh-hans"
    heading = f"{view.of.in_language(language)} · {view.label.in_language(language)}"
    done = len(view.items) - view.left
    context = {
        "heading": heading,
        "scope": _("%(done)s / %(items)s 项完成") % {"done": done, "items": len(view.items)},
        "crumbs": _crumbs(heading),
        "asof": asof_bar(request, asked.book, comparable=False),
        "groups": _groups(view, language),
        "editable": view.editable,
        "settled": view.plan is not None and not view.editable,
        "plan_url": reverse("web:plan", args=[view.plan.uid]) if view.plan else "",
        "problem": problem,
        "uid": uid,
    }
    return render(request, "plans/checklist.html", context, status=422 if problem else 200)


@login_required
def item_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change an item, or take it off its list."""
    asked = _asked(request)
    record = seen_record("checklist_items", uid, asked.book)
    view = checklist_view(asked.viewer, uid, asked.book)
    if not asked.viewer.holds(*POLICY[EDIT]):
        raise not_allowed(EDIT)
    form = RecordForm(
        request.POST or None,
        relation=CHECKLIST_ITEMS,
        names=ITEM,
        said=wording_of(request),
        offered=lambda _relation, _also: [],
        record=record,
    )
    typed = request.POST.get("version", "")
    version = int(typed) if typed.isdecimal() else 0

    def save() -> str:
        if "remove" not in request.POST:
            edit_item(actor=asked.viewer, at=asked.at, uid=uid, values=form.values(), version=version)
            return reverse("web:checklist", args=[uid])
        end_item(actor=asked.viewer, at=asked.at, uid=uid, version=version)
        others = [one.record.uid for one in view.items if one.record.uid != uid]
        return reverse("web:checklist", args=[others[0]]) if others else report_url(LISTED)

    page = {
        "heading": _("修改事项"),
        "crumbs": _crumbs(_("修改事项")),
        "submit": _("存好"),
        "more_submit": {"name": "remove", "label": _("删掉这一项")},
        "hidden": [("version", record.row["version"])],
        "cancel_url": reverse("web:checklist", args=[uid]),
    }
    return _form_page(request, form, save, page)


def plan_checklist_links(viewer: Viewer, shown: PlanShown, book: Book) -> list[dict[str, str]]:
    """Return the ways from a plan to its checklists, with how much is open; to a new one where it has none."""
    language = get_language() or "zh-hans"
    found = [
        {
            "label": f"{one.label.in_language(language)} {len(one.items) - one.left}/{len(one.items)}",
            "url": reverse("web:checklist", args=[one.items[0].record.uid]),
        }
        for one in checklists_of_plan(viewer, shown.plan.plan_id, book)
        if one.items
    ]
    if not found and not shown.settled and shown.may_copy:
        about = [("kind", _code(FOUNDATIONS)), ("plan_id", str(shown.uid))]
        found = [{"label": _("分解前检查"), "url": with_query(reverse("web:new-checklist"), about)}]
    return found


def _asked(request: HttpRequest) -> Asking:
    request.section = "targets"
    return asking(request)


def _save(request: HttpRequest, asked: Asking, view: ChecklistView) -> None:
    """Add an item, or save the ticks and notes of the page."""
    if "add" in request.POST:
        first = view.items[0].record.uid
        append_item(actor=asked.viewer, at=asked.at, uid=first, values={"name": request.POST.get("name", "")})
        say(request, _("已加。"))
        return
    ticks = [_tick(request, one) for one in view.items]
    changed = check_items(actor=asked.viewer, at=asked.at, ticks=ticks)
    say(request, _("%(count)s 项已存。") % {"count": changed})


def _tick(request: HttpRequest, one: ChecklistItem) -> Tick:
    uid = one.record.uid
    version = request.POST.get(f"version-{uid}", "")
    return Tick(
        uid=uid,
        done=f"done-{uid}" in request.POST,
        note=request.POST.get(f"note-{uid}", ""),
        version=int(version) if version.isdecimal() else 0,
    )


def _groups(view: ChecklistView, language: str) -> list[dict[str, Any]]:
    """Return the items by part, in their order."""
    groups: list[dict[str, Any]] = []
    for one in view.items:
        part = one.part.in_language(language)
        if not groups or groups[-1]["name"] != part:
            groups.append({"name": part, "items": []})
        groups[-1]["items"].append(
            {
                "uid": one.record.uid,
                "version": one.record.row["version"],
                "name": one.name.in_language(language),
                "required": bool(one.record.row["required"]),
                "done": one.done,
                "note": one.record.row["note"],
                "due": figures.day(one.row["due_day"]) if one.row["due_day"] is not None else "",
                "late": one.late,
                "told": _told(one, language),
            }
        )
    return groups


def _told(one: ChecklistItem, language: str) -> str:
    if not one.done:
        return ""
    day = figures.day(one.row["done_day"])
    return f"{day} {one.done_by.in_language(language)}" if one.done_by else str(day)


def _code(kind: int) -> str:
    return next(code for number, code, _label in KINDS if number == kind)


def _crumbs(last: str) -> list[dict[str, str]]:
    return [
        {"label": _("目标"), "url": reverse("web:targets")},
        {"label": _("清单"), "url": report_url(LISTED)},
        {"label": last, "url": ""},
    ]


def _form_page(request: HttpRequest, form: forms.Form, save: Callable[[], str], page: dict[str, Any]) -> HttpResponse:
    """Show a form, or save it and go on."""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(save())
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    return render(request, "forms/page.html", {**page, "form": form}, status=422 if form.errors else 200)
