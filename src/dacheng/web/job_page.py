"""One background job (后台任务): how far it is, cancelling it, and where what it did is to be seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.jobs import (
    DEAL_EDIT,
    DEAL_LOOK,
    DONE,
    EDIT_UNDO,
    EXPORT,
    FAILED,
    FREEZE,
    IMPORT,
    IMPORT_LOOK,
    IMPORT_UNDO,
    WAITING,
)
from dacheng.service.deal_paste import BLOCK
from dacheng.service.jobs import ShownJob, own_job, parameters_of
from dacheng.web.asking import asking
from dacheng.web.imports import steps
from dacheng.web.leading import led_to
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.templatetags.figures import counted

REFRESH_SECONDS = 1
LONG_WAIT = timedelta(seconds=20)
"""A job that waits longer has others before it, or nobody works."""

NAMED = 40
Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Way:
    """Where to go on from a job that is over.

    Args:
        posts: a button, not a link.
    """

    label: str
    url: str
    primary: bool = False
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a page says of a job that is over.

    Args:
        lead: the page that shows what it did, opened by itself; empty = this one does.
    """

    sentence: str
    ways: tuple[Way, ...] = ()
    lead: str = ""


@login_required
def job_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one of a person's own jobs; while it is under way the page renews itself, then it leads on."""
    request.section = "settings"
    asked, language = asking(request), get_language() or "zh-hans"
    job, parameters = own_job(asked.viewer, uid, language), parameters_of(asked.viewer, uid)
    told = None if job.open else TOLD[job.code](job, parameters)
    watched = request.headers.get("HX-Target") == "job"
    if watched and told and told.lead:
        return led_to(request, told.lead)
    context = {
        "heading": job.kind.in_language(language),
        "scope": job.what,
        "crumbs": [*settings_crumbs(_("后台任务"), reverse("web:jobs")), {"label": job.what[:NAMED], "url": ""}],
        "steps": _steps(job, parameters),
        "job": _view(job, language),
        "told": told,
        "renewing": REFRESH_SECONDS if job.open else 0,
    }
    return render(request, "jobs/one.html" if watched else "jobs/job.html", context)


def to_job(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lead to the page of a job, also where only a part of a page was asked for."""
    return led_to(request, reverse("web:job", args=[uid]))


def _view(job: ShownJob, language: str) -> dict[str, Any]:
    """Return a job as jobs/one.html shows it."""
    late = job.state == WAITING and datetime.now(UTC) - job.asked_at > LONG_WAIT
    return {
        "uid": job.uid,
        "state": job.state,
        "word": job.word.in_language(language),
        "phase": job.phase.in_language(language),
        "progress": None if job.progress is None else round(job.progress * 100),
        "rows": f"{job.done:,} / {counted(job.total, '行')}" if job.total else "",
        "problem": job.problem.in_language(language) if job.state == FAILED else "",
        "late": late,
        "cancel_url": reverse("web:job-cancel", args=[job.uid]) if job.open else "",
        "file_url": reverse("web:job-file", args=[job.uid]) if job.ready else "",
        "file_name": job.file_name,
    }


def _steps(job: ShownJob, parameters: Parameters) -> list[dict[str, str]]:
    """Return the steps of the import that a job is one of."""
    at = {IMPORT_LOOK: "look", IMPORT: "write"}.get(job.code, "")
    return steps(at, parameters["token"]) if at else []


# What each kind came to ------------------------------------------------------------------------


def _told_export(job: ShownJob, parameters: Parameters) -> Told:
    ways = () if job.ready else (Way(_("全部后台任务"), reverse("web:jobs")),)
    return Told(_("文件做好了。") if job.ready else _("没有文件可以下载。"), ways)


def _told_look(job: ShownJob, parameters: Parameters) -> Told:
    token = parameters["token"]
    if job.state == DONE:
        to = "web:import-choose" if job.outcome.get("choose") else "web:import-look"
        url = reverse(to, args=[token])
        return Told(_("文件读完了。"), (Way(_("看预览"), url, primary=True),), url)
    again = Way(_("再读一次"), reverse("web:import-read", args=[token]), primary=True, posts=True)
    drop = Way(_("放弃"), reverse("web:import-drop", args=[token]), posts=True)
    return Told(_("文件没有读完，什么都没有写入。"), (again, drop))


def _told_import(job: ShownJob, parameters: Parameters) -> Told:
    if job.state != DONE:
        look = Way(_("回到预览"), reverse("web:import-look", args=[parameters["token"]]), primary=True)
        return Told(_("什么都没有写入。"), (look,))
    if not job.outcome.get("batch"):
        return Told(_("都和现有的一样，没有写入。"), (Way(_("导入记录"), reverse("web:imports")),))
    counts = job.outcome["counts"].values()
    written = counted(sum(one["created"] + one["changed"] for one in counts), "条")
    url = reverse("web:import-batch", args=[job.outcome["batch"]])
    way = Way(_("看这次导入"), url, primary=True)
    return Told(_("已写入 %(count)s。") % {"count": written}, (way,), "" if job.ready else url)


def _told_import_undo(job: ShownJob, parameters: Parameters) -> Told:
    url = reverse("web:import-batch", args=[parameters["batch"]])
    way = (Way(_("看这次导入"), url, primary=True),)
    if job.state == DONE:
        return Told(_("导入已撤销。"), way, url)
    return Told(_("没有撤销，一条都没有动。"), way)


def _told_deal_look(job: ShownJob, parameters: Parameters) -> Told:
    if job.state == DONE:
        to = "web:deal-paste-looked" if BLOCK in parameters["asked"] else "web:deal-bulk-looked"
        url = reverse(to, args=[job.uid])
        return Told(_("影响算好了。"), (Way(_("看影响"), url, primary=True),), url)
    return Told(_("没有算完，一条都没有改。"), (Way(_("重新选"), parameters["asked"]["address"], primary=True),))


def _told_edit(job: ShownJob, parameters: Parameters) -> Told:
    deals = Way(_("商机"), reverse("web:deals"))
    if job.state != DONE:
        return Told(_("一条都没有改。"), (deals,))
    written = counted(job.outcome["created"] + job.outcome["changed"], "条")
    undo = [Way(_("撤销"), reverse("web:undo", args=[entry]), posts=True) for entry in [job.outcome["entry"]] if entry]
    return Told(_("已改 %(count)s。") % {"count": written}, (deals, *undo))


def _told_edit_undo(job: ShownJob, parameters: Parameters) -> Told:
    ways = (Way(_("商机"), reverse("web:deals")), Way(_("我的改动"), reverse("web:own-changes")))
    if job.state != DONE:
        return Told(_("没有撤销，一条都没有动。"), ways)
    return Told(_("已撤销 %(count)s。") % {"count": counted(job.outcome["records"], "条")}, ways)


def _told_frozen(job: ShownJob, parameters: Parameters) -> Told:
    url = reverse("web:frozen")
    way = (Way(_("看存档"), url, primary=True),)
    return Told(_("存档好了。"), way, url) if job.state == DONE else Told(_("没有存档。"), way)


TOLD: Mapping[str, Callable[[ShownJob, Parameters], Told]] = {
    EXPORT: _told_export,
    IMPORT_LOOK: _told_look,
    IMPORT: _told_import,
    IMPORT_UNDO: _told_import_undo,
    DEAL_LOOK: _told_deal_look,
    DEAL_EDIT: _told_edit,
    EDIT_UNDO: _told_edit_undo,
    FREEZE: _told_frozen,
}
"""Kind of a job -> what its page says once it is over."""
