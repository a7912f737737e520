"""Background jobs (后台任务): one's own with progress, cancel and download; a long export; all, for admins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import POLICY
from dacheng.core.jobs import FAILED
from dacheng.core.report import report_named
from dacheng.service.exporting import FORMATS
from dacheng.service.jobs import ShownJob, all_jobs, cancel_job, own_jobs, result_of
from dacheng.service.report_jobs import ask_export, asked_export, rows_of_export
from dacheng.store.history import microseconds
from dacheng.web.asking import Asking, asking
from dacheng.web.links import pairs_of, report_url, with_query
from dacheng.web.reports import given_of
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say
from dacheng.web.when import shown_moment

REFRESH_SECONDS = 2
KILOBYTE = 1024


@login_required
def jobs_page(request: HttpRequest) -> HttpResponse:
    """Show a person's own jobs; while one is under way the list renews itself."""
    request.section = "settings"
    asked, language = asking(request), get_language() or "zh-hans"
    jobs = own_jobs(asked.viewer, language)
    context = {
        "heading": _("后台任务"),
        "crumbs": settings_crumbs(_("后台任务")),
        "buttons": _buttons(asked),
        "rows": [_row(one, language) for one in jobs],
        "renewing": REFRESH_SECONDS if any(one.open for one in jobs) else 0,
        "empty": {
            "sentence": _("还没有后台任务。"),
            "hint": _("大的导出、导入和批量修改在后台做，进度和结果都在这里。"),
        },
    }
    part = request.headers.get("HX-Target") == "jobs"
    return render(request, "jobs/list.html" if part else "jobs/jobs.html", context)


@login_required
def every_job_page(request: HttpRequest) -> HttpResponse:
    """Show everybody's jobs without what they are about, to whoever keeps the machine."""
    request.section = "settings"
    asked, language = asking(request), get_language() or "zh-hans"
    jobs = all_jobs(asked.viewer, language)
    context = {
        "heading": _("全部后台任务"),
        "crumbs": [*settings_crumbs(_("后台任务"), reverse("web:jobs")), {"label": _("全部"), "url": ""}],
        "table": _table(jobs, language),
    }
    return render(request, "jobs/all.html", context)


@login_required
def export_in_background(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """Say how long an export is and ask for it as a job; the address is that of the file with the same conditions."""
    if kind not in FORMATS:
        raise Http404
    asked, report, language = asking(request), report_named(name), get_language() or "zh-hans"
    request.section = name.split("/")[0]
    given = given_of(request)
    if request.method == "POST":
        parameters = asked_export(asked.book, name, kind, given, request.GET.getlist("col"), asked.compare_day)
        return redirect("web:job", uid=ask_export(asked.viewer, asked.at, parameters, language))
    rows = rows_of_export(asked.book, name, given)
    title = report.title.in_language(language)
    context = {
        "heading": _("后台导出"),
        "crumbs": [
            {"label": title, "url": with_query(report_url(name), pairs_of(request))},
            {"label": _("后台导出"), "url": ""},
        ],
        "answer": _("「%(title)s」有 %(rows)s，在后台写成文件，不用等在这里。")
        % {"title": title, "rows": counted(rows, "行")},
        "kind": kind,
        "back_url": with_query(report_url(name), pairs_of(request)),
    }
    return render(request, "jobs/export.html", context)


@login_required
@require_POST
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Cancel one of one's own jobs."""
    asked = asking(request)
    if cancel_job(asked.viewer, asked.at, uid):
        say(request, _("已取消。"))
    else:
        say(request, _("已经做完，来不及取消。"))
    return redirect("web:job", uid=uid)


@login_required
def result_file(request: HttpRequest, uid: UUID) -> FileResponse:
    """Return the file that a job made."""
    path, name, content_type = result_of(asking(request).viewer, uid, settings.RESULTS)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=content_type)


def _buttons(asked: Asking) -> list[dict[str, Any]]:
    if not asked.viewer.holds(*POLICY["job.read"]):
        return []
    return [{"label": _("全部后台任务"), "url": reverse("web:every-job")}]


def _row(job: ShownJob, language: str) -> dict[str, Any]:
    """Return a job as the list shows it."""
    return {
        "url": reverse("web:job", args=[job.uid]),
        "kind": job.kind.in_language(language),
        "what": job.what,
        "phase": job.phase.in_language(language) if job.open else "",
        "state": job.state,
        "word": job.word.in_language(language),
        "asked": shown_moment(microseconds(job.asked_at)),
        "progress": None if job.progress is None else round(job.progress * 100),
        "rows": counted(job.done, "行") if job.total and job.open else "",
        "problem": job.problem.in_language(language) if job.state == FAILED else "",
        "kept": shown_moment(microseconds(job.kept_until)) if job.ready and job.kept_until else "",
        "size": _size(job.size) if job.ready else "",
        "file_url": reverse("web:job-file", args=[job.uid]) if job.ready else "",
        "cancel_url": reverse("web:job-cancel", args=[job.uid]) if job.open else "",
    }


def _table(jobs: list[ShownJob], language: str) -> dict[str, Any]:
    """Return everybody's jobs as a table: kind, whose, when, how it stands."""
    return {
        "title": _("全部后台任务"),
        "cards": True,
        "columns": [
            {"key": key, "label": label, "align": "text", "first": key == "kind"}
            for key, label in (("kind", _("任务")), ("by", _("谁")), ("asked", _("什么时候")), ("state", _("状态")))
        ],
        "rows": [
            {
                "id": str(job.uid),
                "cells": [
                    {"text": job.kind.in_language(language)},
                    {"text": job.by},
                    {"text": shown_moment(microseconds(job.asked_at))},
                    {"text": job.word.in_language(language), "tone": "bad" if job.state == FAILED else ""},
                ],
            }
            for job in jobs
        ],
        "empty": {"sentence": _("还没有后台任务。"), "hint": ""},
    }


def _size(size: int) -> str:
    """Return a size as people read it: ``812 KB``, ``3.4 MB``."""
    kilobytes = max(1, size / KILOBYTE)
    return f"{kilobytes:,.0f} KB" if kilobytes < KILOBYTE else f"{kilobytes / KILOBYTE:,.1f} MB"
