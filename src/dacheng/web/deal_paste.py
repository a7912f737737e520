"""A block from Excel pasted into the list of opportunities: read, previewed with findings, written as one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
from dacheng.core.errors import DachengError, Finding, Text
from dacheng.service.deal_edits import (
    DealRow,
    RowsRefused,
    WrittenDeals,
    edit_deals,
    finding_of,
    may_edit_many,
    names_of_plan,
    preview_deals,
    seen_text,
    unit_effects,
    versions_shown,
)
from dacheng.service.deal_paste import BLOCK, PASTED, Pasted, own_uid, pasted_deals, plain_block, told_block
from dacheng.service.edit_jobs import ask_edit, ask_look, is_large, looked_at
from dacheng.store.identity import hidden
from dacheng.web.asking import Asking, asking
from dacheng.web.deal_preview import changes_table, effects_table
from dacheng.web.fields import wording
from dacheng.web.forms import DayField
from dacheng.web.forms import said as sentence
from dacheng.web.imports import finding_view
from dacheng.web.standpoint import money_unit, unit_picker
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say
from dacheng.web.undoing import undo_of

MOST_TEXT = 500_000
"""Characters: each may take nine bytes on its way, and a form five megabytes."""


class PasteForm(forms.Form):
    """A block with its titles, and the day from which it holds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = forms.Textarea(attrs={"rows": 10, "class": "block", "spellcheck": "false", "wrap": "off"})
        self.fields["text"] = forms.CharField(
            label=_("粘贴的内容"), widget=area, strip=False, max_length=MOST_TEXT, help_text=_known_titles()
        )
        self.fields["on"] = DayField(label=_("从哪天起"))


@login_required
def paste_page(request: HttpRequest) -> HttpResponse:
    """Paste a block; see what it does; write it."""
    request.section = "deals"
    asked = asking(request)
    if not may_edit_many(asked.viewer):
        raise not_allowed("deal.edit")
    form = PasteForm(request.POST or None, initial={"on": asked.book.today})
    if request.method == "POST" and form.is_valid():
        try:
            return _decided(request, asked, form)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    context = _frame() | {
        "asof": {"unit": unit_picker(request)},
        "form": form,
        "effects": [_("把 Excel 里的几行连同表头复制，粘贴在这里。")],
        "submit": _("看影响"),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


def _decided(request: HttpRequest, asked: Asking, form: forms.Form) -> HttpResponse:
    text, on = form.cleaned_data["text"], form.cleaned_data["on"]
    language = get_language() or "zh-hans"
    found = pasted_deals(text, asked.book, money_unit=money_unit(request), own=own_uid(asked.viewer))
    if "lines" not in request.POST:
        rows = list(found.rows.values())
        if is_large(rows):
            told = {"address": request.get_full_path(), BLOCK: plain_block(found)}
            return redirect("web:job", uid=ask_look(asked.viewer, asked.at, rows, on, language, asked=told))
        return _previewed(request, asked, found, found.rows, (text, on))
    decided = _as_seen(found, request.POST.get("lines", ""), request.POST.get("seen", ""))
    if decided is None:
        return _previewed(request, asked, found, found.rows, (text, on), status=409)
    try:
        done = edit_deals(actor=asked.viewer, at=asked.at, rows=list(decided.values()), on=on)
    except RowsRefused:
        return _previewed(request, asked, found, decided, (text, on), status=409)
    return _written(request, asked, done)


def _written(request: HttpRequest, asked: Asking, done: WrittenDeals) -> HttpResponse:
    count = counted(done.created + done.changed, "条")
    say(request, _("已写入 %(count)s。") % {"count": count}, undo_url=undo_of(asked.viewer, asked.at))
    return redirect("web:deals")


@login_required
def looked_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what a block of very many lines would do, as it was found out in the background; a POST writes it."""
    request.section = "deals"
    asked, language = asking(request), get_language() or "zh-hans"
    found = looked_at(asked.viewer, uid, language)
    if BLOCK not in found.asked:
        raise hidden(Text("预览", "Preview"))
    if request.method == "POST":
        job = ask_edit(asked.viewer, asked.at, found.decided, found.on, language)
        return redirect("web:job", uid=job)
    plan = preview_deals(actor=asked.viewer, at=asked.at, rows=found.shown, on=found.on)
    said = wording(request, names_of_plan(plan, found.effects))
    block = told_block(found.asked[BLOCK])
    refused = [replace(finding_of(one), row=block.numbers[found.places[one.at]]) for one in plan.refused]
    findings = _in_order([*block.findings, *refused])
    new, out = sum(row.uid is None for row in found.decided), len(block.refused) + found.refused
    context = _frame() | {
        "scope": _("读了 %(count)s") % {"count": counted(block.lines, "行")},
        "answer": _answer(found.written, new, out),
        "submit": _submit(found.written, out) if found.written else "",
        "findings": [finding_view(one) for one in findings],
        "findings_count": counted(len(findings), "处"),
        "effects": effects_table(said, found.effects) if found.effects else None,
        "changes": changes_table(said, plan.written, found.written) if plan.written else None,
        "again_url": found.asked["address"],
    }
    return render(request, "deals/bulk_preview.html", context)


def _in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings with what keeps lines out first, by line."""
    return sorted(findings, key=lambda one: (one.severity != "block", one.row or 0))


def _as_seen(found: Pasted, lines: str, seen: str) -> dict[int, DealRow] | None:
    """Return the lines that were decided on, over the versions that were seen; None where they say something else now.

    Raises:
        RuleError: they are none of a preview.
    """
    versions = versions_shown(seen)
    wanted = [int(one) for one in lines.split() if one.isdecimal()]
    rows = {number: found.rows[number] for number in wanted if number in found.rows}
    if len(rows) < len(wanted) or {row.uid for row in rows.values() if row.uid} != set(versions):
        return None
    return {number: replace(row, version=versions.get(row.uid)) if row.uid else row for number, row in rows.items()}


def _previewed(
    request: HttpRequest,
    asked: Asking,
    found: Pasted,
    rows: dict[int, DealRow],
    typed: tuple[str, int | None],
    status: int = 200,
) -> HttpResponse:
    """Show what the readable lines do, and why the others stay out."""
    text, on = typed
    numbers = list(rows)
    plan = preview_deals(actor=asked.viewer, at=asked.at, rows=list(rows.values()), on=on)
    effects = unit_effects(asked.book, plan)
    said = wording(request, names_of_plan(plan, effects))
    refused = [replace(finding_of(one), row=numbers[one.at]) for one in plan.refused]
    findings = _in_order([*found.findings, *refused])
    written, out = plan.written, {one.row for one in findings if one.severity == "block"}
    context = _frame() | {
        "problem": _("还没有写入：有的商机刚被别人改过。") if status == 409 else "",
        "scope": _("读了 %(count)s") % {"count": counted(found.lines, "行")},
        "answer": _answer(len(written), sum(one.new is not None for one in written), len(out)),
        "submit": _submit(len(written), len(out)) if written else "",
        "hidden": [
            ("text", text),
            ("on", request.POST.get("on", "")),
            ("lines", " ".join(str(numbers[one.at]) for one in written)),
            ("seen", seen_text(written)),
        ],
        "findings": [finding_view(one) for one in findings],
        "findings_count": counted(len(findings), "处"),
        "effects": effects_table(said, effects) if effects else None,
        "changes": changes_table(said, written) if written else None,
        "again_url": request.get_full_path(),
    }
    return render(request, "deals/bulk_preview.html", context, status=status)


def _answer(written: int, new: int, refused: int) -> str:
    parts = [_("会写入 %(count)s") % {"count": counted(written, "条")}]
    if new:
        parts.append(_("新建 %(count)s") % {"count": counted(new, "条")})
    if refused:
        parts.append(_("不收 %(count)s") % {"count": counted(refused, "行")})
    return _("，").join(parts) + _("。")


def _submit(written: int, refused: int) -> str:
    count = counted(written, "条")
    if refused:
        return _("写入 %(count)s，留下 %(refused)s") % {"count": count, "refused": counted(refused, "行")}
    return _("写入 %(count)s") % {"count": count}


def _frame() -> dict[str, Any]:
    back = reverse("web:deals")
    return {
        "heading": _("从 Excel 粘贴"),
        "crumbs": [{"label": _("商机"), "url": back}, {"label": _("从 Excel 粘贴"), "url": ""}],
        "cancel_url": back,
    }


def _known_titles() -> str:
    language = get_language() or "zh-hans"
    titles: Sequence[str] = [DEALS.column(name).label.in_language(language) for name in PASTED]
    known = _("有商机号的行改那一条，没有的是新商机；空格不改。认识的列：%(titles)s。")
    return known % {"titles": _("、").join(titles)}
