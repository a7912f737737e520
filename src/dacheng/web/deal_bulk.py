"""Many opportunities at once (批量修改): choose what to change, see what it does, write it as one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.deals.schema import DEALS
from dacheng.core.errors import DachengError, RuleError, Text
from dacheng.core.relation import Column
from dacheng.service.choices import options_of
from dacheng.service.deal_edits import (
    BULK_COLUMNS,
    LISTS,
    DealRow,
    RowsRefused,
    edit_deals,
    may_edit_many,
    may_reassign_many,
    names_of_plan,
    preview_deals,
    rows_to_one_value,
    uids_of_filter,
    unit_effects,
    versions_shown,
)
from dacheng.service.deal_paste import BLOCK
from dacheng.service.edit_jobs import ask_edit, ask_look, is_large, looked_at
from dacheng.service.settings import currency
from dacheng.store.identity import given_uid
from dacheng.web.asking import Asking, asking
from dacheng.web.deal_preview import Decision, Whole, preview_view
from dacheng.web.fields import Wording, wording
from dacheng.web.forms import DayField, chosen
from dacheng.web.forms import said as sentence
from dacheng.web.links import Pairs, changed, pairs_of, report_url
from dacheng.web.standpoint import money_unit
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say
from dacheng.web.undoing import undo_of

OWN = ("deal", "all", "report", "column")
"""Parameters of the address that are not the report's."""


class ValueForm(forms.Form):
    """The new value of a column and the day from which it holds."""

    def __init__(self, *args: Any, asked: Asking, column: Column, said: Wording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = _value_field(asked, column, said)
        self.fields["on"] = DayField(label=_("从哪天起"))


@login_required
def bulk_page(request: HttpRequest) -> HttpResponse:
    """Choose a column and its value for the selected opportunities; preview; write."""
    request.section = "deals"
    asked = asking(request)
    if not may_edit_many(asked.viewer):
        raise not_allowed("deal.edit")
    columns = [name for name in BULK_COLUMNS if name != "owner_id" or may_reassign_many(asked.viewer)]
    wanted = request.GET.get("column", "")
    column = DEALS.column(wanted if wanted in columns else columns[0])
    said = Wording({}, money_unit(request), currency(), get_language() or "zh-hans")
    initial = {"on": asked.book.today}
    form = ValueForm(request.POST or None, initial=initial, asked=asked, column=column, said=said)
    if request.method == "POST" and form.is_valid():
        try:
            return _decided(request, asked, column, form)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    return _asked(request, asked, columns, column, form)


def _asked(
    request: HttpRequest, asked: Asking, columns: Sequence[str], column: Column, form: forms.Form
) -> HttpResponse:
    """Show the form of a column."""
    language = get_language() or "zh-hans"
    count = _count(request, asked)
    context = _frame(_back(request), count) | {
        "columns": [
            {
                "label": DEALS.column(name).label.in_language(language),
                "url": changed(request, {"column": name}),
                "active": name == column.name,
            }
            for name in columns
        ],
        "form": form,
        "none": not count,
        "submit": _("看影响"),
    }
    return render(request, "deals/bulk.html", context, status=422 if form.errors else 200)


def _decided(request: HttpRequest, asked: Asking, column: Column, form: forms.Form) -> HttpResponse:
    """Show what a value does to the selected deals, or write it where that was seen and decided."""
    text, on, seen = form.cleaned_data["value"], form.cleaned_data["on"], _seen(request, asked)
    unit = money_unit(request)
    if not seen:
        rows = rows_to_one_value(_chosen(request, asked), column.name, text, money_unit=unit)
        if is_large(rows):
            told = {"value": text, "address": request.get_full_path(), "back": _back(request)}
            language = get_language() or "zh-hans"
            return redirect("web:job", uid=ask_look(asked.viewer, asked.at, rows, on, language, asked=told))
        return _previewed(request, asked, rows, Decision(text, on))
    versions = versions_shown(seen)
    rows = [
        DealRow(one.values, one.uid, versions[one.uid])
        for one in rows_to_one_value(versions, column.name, text, money_unit=unit)
        if one.uid
    ]
    if is_large(rows):
        return redirect("web:job", uid=ask_edit(asked.viewer, asked.at, rows, on, get_language() or "zh-hans"))
    try:
        done = edit_deals(actor=asked.viewer, at=asked.at, rows=rows, on=on)
    except RowsRefused:
        return _previewed(request, asked, rows, Decision(text, on), status=409)
    words = _("已改 %(count)s。") % {"count": counted(done.changed, "条")}
    say(request, words, undo_url=undo_of(asked.viewer, asked.at))
    return redirect(_back(request))


@login_required
def looked_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what a step on very many opportunities would do, as it was found out in the background."""
    request.section = "deals"
    asked = asking(request)
    found = looked_at(asked.viewer, uid, get_language() or "zh-hans")
    if BLOCK in found.asked:
        return redirect("web:deal-paste-looked", uid=uid)
    plan = preview_deals(actor=asked.viewer, at=asked.at, rows=found.shown, on=found.on)
    said = wording(request, names_of_plan(plan, found.effects))
    whole = Whole(found.count, found.written, found.refused, ("looked", str(uid)))
    decision, address = Decision(found.asked["value"], found.on), found.asked["address"]
    context = _frame(found.asked["back"], found.count)
    context |= preview_view(said, plan, found.effects, decision, met=False, whole=whole)
    return render(request, "deals/bulk_preview.html", context | {"again_url": address, "post_url": address})


def _seen(request: HttpRequest, asked: Asking) -> str:
    """Return the opportunities that a preview showed, from the page itself or from the job that made it."""
    looked = request.POST.get("looked", "")
    if not looked:
        return request.POST.get("seen", "")
    return looked_at(asked.viewer, given_uid(looked, Text("预览", "Preview")), get_language() or "zh-hans").seen


def _previewed(
    request: HttpRequest, asked: Asking, rows: Sequence[DealRow], decision: Decision, status: int = 200
) -> HttpResponse:
    plan = preview_deals(actor=asked.viewer, at=asked.at, rows=rows, on=decision.on)
    effects = unit_effects(asked.book, plan)
    said = wording(request, names_of_plan(plan, effects))
    context = _frame(_back(request), len(rows)) | preview_view(said, plan, effects, decision, met=status == 409)
    context |= {"again_url": changed(request, {})}
    return render(request, "deals/bulk_preview.html", context, status=status)


def _frame(back: str, count: int) -> dict[str, Any]:
    return {
        "heading": _("批量修改"),
        "scope": _("已选 %(count)s") % {"count": counted(count, "条")},
        "crumbs": [{"label": _("商机"), "url": back}, {"label": _("批量修改"), "url": ""}],
        "cancel_url": back,
    }


def _count(request: HttpRequest, asked: Asking) -> int:
    try:
        return len(_chosen(request, asked))
    except RuleError:
        return 0


def _chosen(request: HttpRequest, asked: Asking) -> list[UUID]:
    """Return the deals that the address selects: those named, or all of the filter.

    Raises:
        RuleError: nothing is selected, or more than one step takes.
    """
    if request.GET.get("all"):
        return uids_of_filter(_report(request), dict(_filter(request)), asked.book)
    return list(versions_shown(" ".join(f"{one}.0" for one in request.GET.getlist("deal"))))


def _filter(request: HttpRequest) -> Pairs:
    """Return the report's own parameters of the address, without the standpoint."""
    apart = (*OWN, "as_of", "compare", "basis", "show", "col", "view", "edit", "offset", "limit")
    return [(name, value) for name, value in pairs_of(request) if name not in apart]


def _back(request: HttpRequest) -> str:
    """Return the list that the selection was made in, with its filter."""
    return report_url(_report(request), [pair for pair in pairs_of(request) if pair[0] not in OWN])


def _report(request: HttpRequest) -> str:
    given = request.GET.get("report", "")
    return given if given in LISTS else LISTS[0]


def _value_field(asked: Asking, column: Column, said: Wording) -> forms.Field:
    label, language = said.label(column), said.language
    if column.kind == "ref":
        return chosen(label, options_of(asked.book, column.ref, language))
    if column.kind == "choice":
        return chosen(label, [(code, name.in_language(language)) for _number, code, name in column.choices])
    if column.kind == "day":
        return forms.CharField(label=label, widget=forms.DateInput(attrs={"type": "date"}))
    hint = (
        _("也可按比例：写 +%(up)s 或 -%(down)s，按那天的金额算，四舍五入到分。") % {"up": "5%", "down": "10%"}
        if column.kind == "money"
        else ""
    )
    return forms.CharField(label=label, max_length=300, help_text=hint)


def bulk_url(report: str) -> str:
    """Return the address that a list sends its selection to."""
    return f"{reverse('web:deal-bulk')}?report={report}"
