"""The preview of an import: what is new, what changes, what stays out and why; then one button writes it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.errors import DachengError, NotFound
from dacheng.core.jobs import CANCELLED, DONE, FAILED, IMPORT, IMPORT_LOOK
from dacheng.core.schema import RELATIONS
from dacheng.service.import_choosing import name_to_save
from dacheng.service.import_jobs import ask_commit, ask_look, is_large, is_looked_at, is_of_reading, latest_of_files
from dacheng.service.import_looking import Look, commit, look, names_in, refused_workbook
from dacheng.service.imports import ImportRefused
from dacheng.service.jobs import ShownJob
from dacheng.service.uploads import Kept, gone, opened
from dacheng.store.actions.imports import ComingChange
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.fields import Wording, wording
from dacheng.web.forms import said as sentence
from dacheng.web.import_readings import explained_words, shown_readings
from dacheng.web.imports import counts_table, crumbs, finding_view, steps, totals, workbook
from dacheng.web.paging import first_row, pager
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say

PAGE = 50
TOLD_BESIDE = frozenset({"import/unread-columns"})
"""Findings that the page tells where it says how each table was read."""


@login_required
def look_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show what writing the files would do; nothing is written."""
    asked = asking(request)
    try:
        kept = _kept(asked, token)
    except NotFound:
        return _written(asked, token)
    return _shown(request, asked, kept) if is_looked_at(kept) else _being_read(asked, kept)


@login_required
@require_POST
def read_files(request: HttpRequest, token: str) -> HttpResponse:
    """Read large files once more, after that was cancelled or did not end well."""
    asked = asking(request)
    kept = _kept(asked, token)
    return redirect("web:job", uid=ask_look(kept, asked.viewer, asked.at, get_language() or "zh-hans"))


@login_required
@require_POST
def commit_files(request: HttpRequest, token: str) -> HttpResponse:
    """Write the files, all that is sound or nothing."""
    asked = asking(request)
    kept = _kept(asked, token)
    agreed = request.POST.get("refused", "0")
    refused = int(agreed) if agreed.isdecimal() else 0
    if is_large(kept):
        language = get_language() or "zh-hans"
        return redirect("web:job", uid=ask_commit(kept, asked.viewer, asked.at, language, refused=refused))
    try:
        done = commit(kept, asked.viewer, asked.at, refused=refused)
    except ImportRefused as problem:
        return _shown(request, asked, kept, problem)
    if done.uid is None:
        say(request, _("都和现有的一样，没有写入。"))
        return redirect("web:imports")
    written = sum(counts["created"] + counts["changed"] for counts in done.counts.values())
    undo_url = reverse("web:import-undo", args=[done.uid])
    say(request, _("已写入 %(count)s 条。") % {"count": figures.count(written)}, undo_url=undo_url)
    return redirect("web:import-batch", uid=done.uid)


@login_required
@require_POST
def confirm_spelling(request: HttpRequest, token: str) -> HttpResponse:
    """Read a word as what somebody says it means, and look again."""
    asked = asking(request)
    kept = _kept(asked, token)
    if not is_looked_at(kept):
        return redirect("web:import-look", token=token)
    seen = look(kept, asked.viewer, asked.at)
    known = {(one.column, one.value) for one in seen.spellings} | explained_words(seen)
    column, value, meant = (request.POST.get(name, "").strip() for name in ("column", "value", "meant"))
    if (column, value) in known and meant:
        kept.confirm(column, value, meant)
    return redirect("web:import-look", token=token)


@login_required
@require_POST
def drop_files(request: HttpRequest, token: str) -> HttpResponse:
    """Drop the files; nothing was written."""
    _kept(asking(request), token).drop()
    say(request, _("已放弃，什么都没有写入。"))
    return redirect("web:imports")


@login_required
def refused_file(request: HttpRequest, token: str) -> HttpResponse:
    """Return the rows that stay out, with a reason beside each."""
    asked = asking(request)
    body = refused_workbook(_kept(asked, token), asked.viewer, asked.at, get_language() or "zh-hans")
    if not body:
        return redirect("web:import-look", token=token)
    return workbook(body, "refused-rows.xlsx")


def _kept(asked: Asking, token: str) -> Kept:
    return opened(settings.UPLOADS, token, asked.viewer.person_id, asked.at)


def _being_read(asked: Asking, kept: Kept) -> HttpResponse:
    """Lead to the job that reads the files or writes them, or that read them so and was stopped; else ask for one."""
    language = get_language() or "zh-hans"
    latest = latest_of_files(kept.token, asked.viewer, language)
    if latest is not None and (latest.open or _was_stopped(latest, asked, kept)):
        return redirect("web:job", uid=latest.uid)
    return redirect("web:job", uid=ask_look(kept, asked.viewer, asked.at, language))


def _was_stopped(job: ShownJob, asked: Asking, kept: Kept) -> bool:
    return job.code == IMPORT_LOOK and job.state in (CANCELLED, FAILED) and is_of_reading(job, kept, asked.viewer)


def _written(asked: Asking, token: str) -> HttpResponse:
    """Lead to what became of files that wait no more: they were written in the background.

    Raises:
        NotFound: they were not.
    """
    latest = latest_of_files(token, asked.viewer, get_language() or "zh-hans")
    if latest is None or latest.code != IMPORT or latest.state != DONE:
        raise gone()
    return redirect("web:job", uid=latest.uid)


def _shown(request: HttpRequest, asked: Asking, kept: Kept, problem: DachengError | None = None) -> HttpResponse:
    seen = look(kept, asked.viewer, asked.at)
    said = wording(request, names_in(seen.changes))
    findings = [one for one in seen.findings if one.rule not in TOLD_BESIDE]
    first = first_row(request, len(findings), PAGE)
    context = {
        "heading": _("导入预览"),
        "scope": _("%(name)s，读了 %(rows)s") % {"name": kept.title, "rows": counted(seen.rows_read, "行")},
        "crumbs": [*crumbs(), {"label": _("导入预览"), "url": ""}],
        "steps": steps("look", kept.token),
        "problem": sentence(problem) if problem else "",
        "token": kept.token,
        "save_name": name_to_save(kept),
        "answer": _answer(seen),
        "totals": [*totals(seen.counts), _refused(seen)],
        "table": counts_table(seen.counts) if seen.counts else None,
        "refused": seen.refused,
        "commit_label": _commit_label(seen),
        "spellings": seen.spellings,
        "readings": shown_readings(seen),
        "findings": [finding_view(one) for one in findings[first : first + PAGE]],
        "findings_count": counted(len(findings), "处"),
        "pager": pager(request, first, len(findings), PAGE),
        "changes": _changes(said, seen) if seen.changes else None,
    }
    request.section = "settings"
    return render(request, "imports/look.html", context, status=422 if problem else 200)


def _answer(seen: Look) -> str:
    """Return the page's one sentence."""
    if seen.impossible:
        return _("现在还不能写入，原因在下面。")
    if not seen.writes:
        return _("都和现有的一样，没有要写入的。")
    if seen.refused:
        return _("可以写入 %(count)s，另有 %(refused)s不收。") % {
            "count": counted(seen.writes, "条"),
            "refused": counted(seen.refused, "行"),
        }
    return _("可以写入 %(count)s。") % {"count": counted(seen.writes, "条")}


def _refused(seen: Look) -> dict[str, str]:
    return {"label": _("不收的行"), "text": figures.count(seen.refused), "tone": "bad" if seen.refused else ""}


def _commit_label(seen: Look) -> str:
    """Return the words of the button: the verb with the count; empty when there is nothing to write."""
    if seen.impossible or not seen.writes:
        return ""
    count = counted(seen.writes, "条")
    if seen.refused:
        return _("写入 %(count)s，留下 %(refused)s") % {"count": count, "refused": counted(seen.refused, "行")}
    return _("写入 %(count)s") % {"count": count}


def _changes(said: Wording, seen: Look) -> dict[str, Any]:
    """Return what would change, a line each value, as parts/table.html shows it."""
    heads = [
        ("record", _("记录"), "text"),
        ("column", _("改什么"), "text"),
        ("before", _("现在"), "text"),
        ("after", _("改成"), "text"),
        ("day", _("从哪天起"), "num"),
        ("place", _("所在行"), "text"),
    ]
    more = seen.all_changes - len(seen.changes)
    return {
        "title": _("会改动的"),
        "caption": _("会改动的"),
        "cards": True,
        "columns": [
            {"key": key, "label": label, "align": align, "first": key == "record"} for key, label, align in heads
        ],
        "rows": [row for one in seen.changes for row in _change_rows(said, one)],
        "footer": _("另有 %(more)s没有列出。") % {"more": counted(more, "条")} if more else "",
    }


def _change_rows(said: Wording, one: ComingChange) -> list[dict[str, Any]]:
    relation = RELATIONS[one.relation]
    name = said.named(one.relation, one.record_id) or one.code or relation.label.in_language(said.language)
    place = " ".join(part for part in (one.sheet, str(one.row or "")) if part)
    rows = []
    for column_name, (before, after) in one.columns.items():
        column = relation.column(column_name)
        unnamed = column.kind == "ref" and after and not said.named(column.ref, after)
        rows.append(
            {
                "cells": [
                    {"text": name, "title": name},
                    {"text": said.label(column)},
                    {"text": said.shown(column, before), "tone": "ink3"},
                    {"text": _("（本次新增）") if unnamed else said.shown(column, after), "kind": "strong"},
                    {"text": figures.day(one.day)},
                    {"text": place, "tone": "ink3"},
                ]
            }
        )
    return rows
