"""One opportunity (商机): its figures edited in place, its stage path, its contracts, its history (R149)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import Viewer, not_allowed
from dacheng.core.deals.schema import DEALS, LOST, OPEN, WON
from dacheng.core.errors import DachengError, NotFound
from dacheng.core.period import FAR_DAY
from dacheng.core.relation import Column
from dacheng.service.choices import options_of
from dacheng.service.deals import EDITABLE, DealView, create, deal_view, edit_field, may_create
from dacheng.service.merging import moved_to
from dacheng.service.settings import currency
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.assigning_pages import strategy_shown
from dacheng.web.credit_panel import splits_shown
from dacheng.web.fields import Wording, edited_in_place, event_rows, only_shown, wording
from dacheng.web.forms import said as sentence
from dacheng.web.inline import Value, answer
from dacheng.web.key_people import key_people_shown
from dacheng.web.links import pairs_of, with_query
from dacheng.web.standpoint import asof_bar, money_unit
from dacheng.web.undoing import say_saved, with_undo

ASKED = ("name", "customer_id", "owner_id", "stage_id", "amount", "expected_day", "product_id", "next_step")
REQUIRED = ("name", "owner_id", "stage_id")


@login_required
def deal_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one opportunity as it stood at the end of the as-of day."""
    asked = asking(request)
    try:
        view = deal_view(asked.viewer, uid, asked.book)
    except NotFound:
        stays = moved_to("deals", uid, asked.book)
        if stays is None:
            raise
        return redirect(with_query(reverse("web:deal", args=[stays]), pairs_of(request)))
    said = wording(request, view.names)
    name = called(view)
    context = {
        "heading": name,
        "scope": scope_of(said, view),
        "crumbs": [{"label": _("商机"), "url": reverse("web:deals")}, {"label": name, "url": ""}],
        "asof": asof_bar(request, asked.book, comparable=False),
        "edits": [_edit(said, view, column) for column in EDITABLE if column != "name"],
        "name_edit": _edit(said, view, "name"),
        "stages": _stages(said, view),
        "buttons": _buttons(view),
        "facts": _facts(said, asked, view),
        "contracts": _contracts(said, view),
        "customer": _customer(said, view),
        "why_url": with_query(reverse("web:why"), [("deal", view.row["code"])]),
        "history": _history(said, asked, view),
        **key_people_shown(said, asked, view),
        **splits_shown(said, asked, view),
        **strategy_shown(said, asked, view),
        "granted": view.granted,
        "past": asked.book.as_of_day != asked.book.today,
    }
    request.section = "deals"
    return render(request, "deals/deal.html", context)


@login_required
def deal_field(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    """Show or save one value edited in place."""
    if name not in EDITABLE:
        raise Http404

    def read() -> Value:
        asked = asking(request)
        view = deal_view(asked.viewer, uid, asked.book)
        said = wording(request, view.names)
        page = reverse("web:deal", args=[uid])
        edit = _placed(request, _edit(said, view, name))
        return Value(said, DEALS.column(name), edit, called(view), view.version, view.history, page)

    def save(actor: Viewer, at: datetime, text: str, version: int) -> None:
        edit_field(actor, at, uid, name=name, text=text, version=version, money_unit=money_unit(request))

    return answer(request, name, read, save, relation="deals", section="deals")


class DealForm(forms.Form):
    """What a new opportunity needs."""

    def __init__(self, *args: Any, asked: Asking, unit: figures.Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = Wording({}, unit, currency(), get_language() or "zh-hans")
        for name in ASKED:
            column = DEALS.column(name)
            self.fields[name] = _form_field(asked, column, said.label(column), name in REQUIRED)


@login_required
def new_deal(request: HttpRequest) -> HttpResponse:
    """Create an opportunity."""
    asked = asking(request)
    if not may_create(asked.viewer):
        raise not_allowed("deal.create")
    begun = {"customer_id": request.GET.get("customer", "")}
    form = DealForm(request.POST or None, initial=begun, asked=asked, unit=money_unit(request))
    if request.method == "POST" and form.is_valid():
        try:
            saved = create(asked.viewer, asked.at, form.cleaned_data, money_unit=money_unit(request))
            say_saved(request, asked.viewer, asked.at)
            return redirect("web:deal", uid=saved.uid)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    request.section = "deals"
    context = {
        "form": form,
        "heading": _("新建商机"),
        "submit": _("建商机"),
        "crumbs": [{"label": _("商机"), "url": reverse("web:deals")}, {"label": _("新建商机"), "url": ""}],
        "cancel_url": reverse("web:deals"),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


def called(view: DealView) -> str:
    """Return what people call the deal."""
    return str(view.row["name"] or view.row["code"])


def scope_of(said: Wording, view: DealView) -> str:
    """Return where the deal stands in words: unit, owner, customer, number."""
    parts = [
        said.named("units", view.unit_id),
        said.named("people", view.row["owner_id"]),
        said.named("customers", view.row["customer_id"]),
        view.row["code"],
    ]
    return _("，").join(part for part in parts if part)


def _form_field(asked: Asking, column: Column, label: str, required: bool) -> forms.Field:
    if column.kind == "ref":
        options = options_of(asked.book, column.ref, get_language() or "zh-hans")
        return forms.ChoiceField(label=label, required=required, choices=[("", figures.MISSING), *options])
    if column.kind == "day":
        return forms.CharField(label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}))
    return forms.CharField(label=label, required=required, max_length=300)


def _edit(said: Wording, view: DealView, name: str) -> dict[str, Any]:
    """Return the context of parts/edit.html, or of plain text where it cannot be edited."""
    column = DEALS.column(name)
    if not _editable(view, name):
        return only_shown(said, column, view.row[name])
    url = reverse("web:deal-field", args=[view.uid, name])
    options = _options(said, view, column) if column.kind in ("ref", "choice") else None
    return edited_in_place(said, column, view.row[name], url=url, version=view.version, options=options)


def _placed(request: HttpRequest, edit: dict[str, Any]) -> dict[str, Any]:
    """Return an edit as it stands in a row of a list, when the address says in which."""
    row = request.GET.get("at", "")
    if not row.isdecimal() or "url" not in edit:
        return edit
    pairs = [("at", row), ("show", request.GET.get("show", ""))]
    return edit | {"id": f"{edit['id']}-{row}", "url": with_query(edit["url"], pairs)}


def _editable(view: DealView, name: str) -> bool:
    return ("deal.reassign" if name == "owner_id" else "deal.edit") in view.rights


def _options(said: Wording, view: DealView, column: Column) -> list[tuple[str, str]]:
    blank = [("", figures.MISSING)] if column.nullable else []
    if column.kind == "choice":
        return blank + [(code, label.in_language(said.language)) for _number, code, label in column.choices]
    ids = view.choices.get(column.ref, [])
    if column.ref == "stages":  # closing asks for more than a stage, so it has buttons of its own
        ids = [step.stage_id for step in view.stages if step.state == OPEN or view.row["state"] != OPEN]
    names = view.names.get(column.ref, {})
    return blank + [(names[one].uid, names[one].in_language(said.language)) for one in ids if one in names]


def _stages(said: Wording, view: DealView) -> list[dict[str, Any]]:
    """Return the stage path; on an open deal every other stage is one click away, winning asks first."""
    movable = "deal.edit" in view.rights and view.row["state"] == OPEN
    steps = []
    for step in view.stages:
        stage = {
            "label": said.named("stages", step.stage_id),
            "state": "current" if step.current else "done" if step.days is not None else "",
            "note": figures.MISSING if step.days is None else _("%(days)s 天") % {"days": step.days},
            "tone": "",
        }
        if movable and not step.current:
            if step.state == WON:
                stage["href"] = reverse("web:deal-won", args=[view.uid])
            else:
                stage["url"] = reverse("web:deal-move", args=[view.uid])
                stage["fields"] = [("stage", view.names["stages"][step.stage_id].uid), ("version", view.version)]
        steps.append(stage)
    return steps


def _buttons(view: DealView) -> list[dict[str, Any]]:
    """Return what can be done with the deal, the likeliest last."""
    state, edit = view.row["state"], "deal.edit" in view.rights
    buttons = []
    if "deal.merge" in view.rights:
        buttons.append({"label": _("合并"), "url": reverse("web:merge", args=["deals", view.uid])})
    if state == OPEN and "deal.reassign" in view.rights:
        buttons.append({"label": _("转移"), "url": reverse("web:deal-hand-over", args=[view.uid])})
    if state == OPEN and edit:
        buttons.append({"label": _("丢单"), "url": reverse("web:deal-lost", args=[view.uid])})
    if state == LOST and "deal.verify_loss" in view.rights:
        verified = view.row["verified_reason_id"]
        url = reverse("web:deal-verify", args=[view.uid])
        buttons.append({"label": _("改核实结果") if verified else _("核实丢单"), "url": url, "primary": not verified})
    if state == WON and "contract.record" in view.rights:
        url = f"{reverse('web:new-contract')}?deal={view.uid}"
        buttons.append({"label": _("登记合同"), "url": url, "primary": not view.contracts})
    if state == OPEN and edit:
        buttons.append({"label": _("赢单"), "url": reverse("web:deal-won", args=[view.uid]), "primary": True})
    return buttons


def _facts(said: Wording, asked: Asking, view: DealView) -> list[dict[str, str]]:
    """Return derived facts: weighted amount, dwell, pushes, dates."""
    weight = view.weight
    facts = [
        (_("系统赢率"), figures.ratio(weight.stage_ratio)),
        (_("加权额"), figures.money(weight.weighted, said.unit)),
        (_("停留天数"), figures.count(asked.book.as_of_day - view.row["stage_day"])),
        (_("创建日"), figures.day(view.row["created_day"])),
        (_("首次预计签约日"), figures.day(view.row["first_expected_day"])),
        (_("推迟次数"), figures.count(view.row["push_count"])),
        (_("关闭日"), figures.MISSING if view.row["closed_day"] == FAR_DAY else figures.day(view.row["closed_day"])),
    ]
    if view.row["estimated"]:
        facts.insert(2, (_("金额来源"), _("按目录价估计")))
    for name in ("loss_reason_id", "verified_reason_id"):
        if view.row[name]:
            facts.append((said.label(DEALS.column(name)), said.named("loss_reasons", view.row[name])))
    if view.row["lost_reason"]:
        facts.append((_("丢单原因"), view.row["lost_reason"]))
    return [{"label": label, "text": text} for label, text in facts]


def _history(said: Wording, asked: Asking, view: DealView) -> list[dict[str, Any]]:
    rows = event_rows(said, DEALS, view.history)
    if asked.book.as_of_day == asked.book.today and "deal.edit" in view.rights:
        with_undo(rows, view.history, asked.viewer, supervises="deal.reassign" in view.rights)
    return rows


def _customer(said: Wording, view: DealView) -> dict[str, str] | None:
    """Return the way to the customer's page, with its contacts; None where the deal has no customer."""
    name = view.names.get("customers", {}).get(view.row["customer_id"] or 0)
    if name is None:
        return None
    return {"label": name.in_language(said.language), "url": reverse("web:customer", args=[name.uid])}


def _contracts(said: Wording, view: DealView) -> list[dict[str, str]]:
    names = view.names.get("contracts", {})
    return [
        {
            "label": said.named("contracts", one.contract_id),
            "url": reverse("web:contract", args=[names[one.contract_id].uid]) if one.contract_id in names else "",
            "day": figures.day(one.effective_day),
            "text": figures.money(one.amount, said.unit),
        }
        for one in view.contracts
    ]
