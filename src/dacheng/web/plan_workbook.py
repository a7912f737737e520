"""A plan as a workbook in the browser (方案工作簿): edited offline, compared three ways, brought back (R041)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.errors import Conflict, DachengError, NotAllowed, NotFound, Text
from dacheng.core.plans.editing import Change
from dacheng.core.plans.merging import Merged, Place
from dacheng.service.exporting import FORMATS
from dacheng.service.plan_exports import EXPORTS, plan_csv
from dacheng.service.plan_workbook import Returned, compare_workbook, take, write_plan_workbook
from dacheng.service.uploads import Brought, Kept, gone, keep
from dacheng.service.uploads import opened as waiting
from dacheng.web import figures
from dacheng.web.forms import said
from dacheng.web.hand_tables import columns_of
from dacheng.web.imports import XLSX, finding_view
from dacheng.web.plan_asking import Opened, opened, plan_address, plan_crumbs
from dacheng.web.plan_grid_page import undo_address
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say

MOST_SHOWN = 200
"""Cells of an outcome that the page shows; the others are counted."""

CHOICE = re.compile(r"c\.([0-9a-f]{32})\.([0-9]{1,6})")
FROM_FILE, AS_IT_STANDS = "mine", "theirs"


class WorkbookForm(forms.Form):
    """The workbook that comes back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = forms.FileField(
            label=_("改好的工作簿"),
            help_text=_("从这里下载、改过月份列的 xlsx。先看比较，再写入。"),
            widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        )


@login_required
def workbook_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return one measure of a plan as a workbook that can be brought back, or as another system's sheet."""
    found = opened(request, uid)
    if shape := request.GET.get("as", ""):
        return _sheet_file(found, shape)
    stream = BytesIO()
    language = get_language() or "zh-hans"
    write_plan_workbook(found.book, found.grid.opened, found.grid.shown.name, stream, language)
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    name = f"{found.grid.shown.name} V{found.grid.shown.plan.number} {found.grid.measure.in_language(language)}.xlsx"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{iri_to_uri(name)}"
    return response


def _sheet_file(found: Opened, shape: str) -> HttpResponse:
    """Return one measure of a plan in the shape of another system."""
    text = plan_csv(found.grid.opened, found.grid.measure.code, shape)
    response = HttpResponse(text, content_type=FORMATS["csv"])
    name = f"{found.grid.shown.name} V{found.grid.shown.plan.number} {shape}.csv"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{iri_to_uri(name)}"
    return response


@login_required
def workbook_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Download the plan's workbook, or bring one back: it is compared first."""
    found = _editable(request, uid)
    form = WorkbookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            brought = [Brought(file.name, file.chunks())]
            kept = keep(settings.UPLOADS, found.viewer.person_id, found.at, brought, _waits_for(found))
            _compared(found, kept)
            return redirect(_look_address(request, uid, kept.token))
        except DachengError as problem:
            form.add_error(None, said(problem))
    context = _frame(request, found) | {
        "form": form,
        "file_url": plan_address(request, "plan-workbook-file", uid),
        "sheets": [
            {"url": plan_address(request, "plan-workbook-file", uid, **{"as": code}), "label": _label(label)}
            for code, label in EXPORTS
        ],
        "import_url": f"{reverse('web:plan-import')}?plan={uid}",
        "cancel_url": plan_address(request, "plan", uid),
    }
    return render(request, "plans/workbook.html", context, status=422 if form.errors else 200)


@login_required
def look_page(request: HttpRequest, uid: UUID, token: str) -> HttpResponse:
    """Show what a workbook would change, cell by cell, or write it."""
    found = _editable(request, uid)
    kept = waiting(settings.UPLOADS, token, found.viewer.person_id, found.at)
    if kept.mapping != _waits_for(found):
        raise gone()
    back = _compared(found, kept)
    if request.method != "POST":
        return _looked(request, found, back)
    if request.POST.get("seen") != back.seen:
        return _looked(request, found, back, _("方案在你看的时候又变了，请再看一遍。"), 409)
    try:
        written = take(found.viewer, found.at, uid, back, _preferred(request.POST.dict(), found, back))
    except (NotAllowed, NotFound):
        raise
    except Conflict as problem:
        return _looked(request, found, _compared(found, kept), said(problem), 409)
    except DachengError as problem:
        return _looked(request, found, back, said(problem), 422)
    kept.drop()
    say(
        request,
        _("已存 %(cells)s。") % {"cells": counted(written, "格")},
        undo_url=undo_address(found) if written else "",
    )
    return redirect(plan_address(request, "plan", uid))


def _label(label: Text) -> str:
    return label.in_language(get_language() or "zh-hans")


def _editable(request: HttpRequest, uid: UUID) -> Opened:
    found = opened(request, uid)
    if not found.grid.editable.any():
        raise not_allowed("plan.edit")
    return found


def _compared(found: Opened, kept: Kept) -> Returned:
    """Return what differs between a workbook and the plan as it stands."""
    one, file = found.grid, kept.uploads()[0]
    return compare_workbook(found.viewer, found.at, one.shown.uid, one.measure_id, file.content, file.name)


def _waits_for(found: Opened) -> str:
    """Return what a waiting workbook is for: an upload of one plan is none of another."""
    return f"plan {found.grid.shown.uid.hex} {found.grid.measure_id}"


def _look_address(request: HttpRequest, uid: UUID, token: str) -> str:
    address, mark, query = plan_address(request, "plan-workbook", uid).partition("?")
    return f"{address}{token}/{mark}{query}"


def _preferred(fields: Mapping[str, str], found: Opened, back: Returned) -> frozenset[Place]:
    """Return the places of conflicts in which somebody chose the file's value."""
    if fields.get("conflicts") == FROM_FILE:
        return frozenset(cell.place for cell in back.of("conflict"))
    chosen = ((CHOICE.fullmatch(name), text) for name, text in fields.items())
    ids = found.grid.sheet.tree.unit_ids
    return frozenset(
        (int(ids[found.grid.position(match[1])]), int(match[2]))
        for match, text in chosen
        if match and text == FROM_FILE
    )


def _frame(request: HttpRequest, found: Opened) -> dict[str, Any]:
    shown = found.grid.shown
    return {
        "heading": _("方案工作簿"),
        "scope": _("，").join([shown.name, found.grid.measure.in_language(get_language() or "zh-hans")]),
        "crumbs": plan_crumbs(shown, _("方案工作簿"), plan_address(request, "plan", shown.uid)),
    }


def _looked(request: HttpRequest, found: Opened, back: Returned, problem: str = "", status: int = 200) -> HttpResponse:
    conflicts, mine, others = back.of("conflict"), back.of("mine"), back.of("theirs", "both")
    language = get_language() or "zh-hans"
    refused = back.refused.in_language(language) if isinstance(back.refused, Text) else back.refused
    context = _frame(request, found) | {
        "problem": problem or refused,
        "answer": _answer(back),
        "seen": back.seen,
        "submit": "" if refused or not (mine or conflicts) else _submit(len(mine), len(conflicts)),
        "conflicts": [_conflict(found, back, cell) for cell in conflicts[:MOST_SHOWN]],
        "conflicts_more": _more(conflicts),
        "conflicts_many": len(conflicts) > 1,
        "taken": _table(found, back, mine, _("文件里改的"), (_("导出时"), _("写入"))),
        "others": _table(found, back, others, _("别人改的，保持不变"), (_("导出时"), _("现在"))),
        "follows": _followed(found, back) if back.follows else None,
        "findings": [finding_view(one) for one in back.findings[:MOST_SHOWN]],
        "cancel_url": plan_address(request, "plan-workbook", found.grid.shown.uid),
    }
    return render(request, "plans/workbook_look.html", context, status=status)


def _answer(back: Returned) -> str:
    """Return the comparison in one sentence."""
    mine, conflicts = len(back.of("mine")), len(back.of("conflict"))
    if not mine and not conflicts:
        return _("文件和方案没有要写入的差别。")
    parts = [_("写入 %(cells)s") % {"cells": counted(mine, "格")}]
    if conflicts:
        parts.append(_("两边都改了 %(cells)s，请选") % {"cells": counted(conflicts, "格")})
    if others := len(back.of("theirs")):
        parts.append(_("别人改了 %(cells)s，保持不变") % {"cells": counted(others, "格")})
    if both := len(back.of("both")):
        parts.append(_("两边改成一样 %(cells)s") % {"cells": counted(both, "格")})
    return _("；").join(parts) + _("。")


def _submit(mine: int, conflicts: int) -> str:
    if not conflicts:
        return _("写入 %(cells)s") % {"cells": counted(mine, "格")}
    return _("按所选写入")


def _more(cells: Sequence[Any]) -> str:
    over = len(cells) - MOST_SHOWN
    return _("还有 %(cells)s没有列出。") % {"cells": counted(over, "格")} if over > 0 else ""


def _conflict(found: Opened, back: Returned, cell: Merged) -> dict[str, Any]:
    row, label = _called(found, back, cell.place)
    unit = found.look.unit
    return {
        "name": f"c.{found.grid.keys[row]}.{cell.place[1]}",
        "label": label,
        "base": figures.money(cell.base, unit, 2),
        "mine": figures.money(cell.mine, unit, 2),
        "theirs": figures.money(cell.theirs, unit, 2),
    }


def _called(found: Opened, back: Returned, place: Place) -> tuple[int, str]:
    """Return the position of a cell's row and how the cell is called."""
    row = back.one.sheet.position(place[0])
    name = back.one.name(row)
    called = name.en if found.look.english and name.en else name.zh
    return row, f"{called} {figures.month(place[1])}"


def _table(
    found: Opened, back: Returned, cells: Sequence[Merged], title: str, heads: tuple[str, str]
) -> dict[str, Any] | None:
    """Return cells with what they were and what they are to be."""
    lines = [
        (_called(found, back, cell.place)[1], cell.base, cell.mine if cell.outcome == "mine" else cell.theirs)
        for cell in cells[:MOST_SHOWN]
    ]
    return _lines(found, title, heads, lines, _more(cells)) if cells else None


def _followed(found: Opened, back: Returned) -> dict[str, Any]:
    changes: Sequence[Change] = back.follows
    first, ids = back.one.sheet.plan.from_ym, back.one.sheet.tree.unit_ids
    lines = [
        (_called(found, back, (int(ids[one.position]), first + one.month))[1], one.before, one.after)
        for one in changes[:MOST_SHOWN]
    ]
    return _lines(found, _("随之变动的上级和同级"), (_("现在"), _("之后")), lines, _more(changes))


def _lines(
    found: Opened,
    title: str,
    heads: tuple[str, str],
    lines: Iterable[tuple[str, int | None, int | None]],
    more: str,
) -> dict[str, Any]:
    unit = found.look.unit
    titles = (_("格"), *heads, _("差"))
    return {
        "title": title,
        "look": "plain",
        "cards": True,
        "columns": columns_of(titles),
        "rows": [
            {
                "cells": [
                    {"text": label},
                    {"text": figures.money(before, unit, 2), "tone": "ink3"},
                    {"text": figures.money(after, unit, 2), "kind": "strong"},
                    {"text": figures.money_delta((after or 0) - (before or 0), unit, 2), "tone": "acct"},
                ]
            }
            for label, before, after in lines
        ],
        "footer": more,
    }
