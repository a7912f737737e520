"""Background jobs: the caller's own, asked for, watched, cancelled, fetched."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import FileResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.fields import Done
from dacheng.api.operations import OWN, operation
from dacheng.core.errors import Text
from dacheng.service.jobs import ShownJob, all_jobs, cancel_job, own_job, own_jobs, result_of
from dacheng.service.questions import asked_day
from dacheng.service.report_jobs import ask_export, asked_export, rows_of_export

router = Router(tags=["jobs"])

STANDPOINT = ("as_of", "basis", "compare")
INWARD = ("seen", "effects", "shown")
"""Parts of an outcome that only the pages read."""


class NewExport(Schema):
    """A report to write in the background, as the caller sees it."""

    model_config = ConfigDict(extra="forbid")
    report: str = Field(examples=["deals/list"])
    format: Literal["csv", "import.csv", "json", "xlsx"] = "csv"
    parameters: dict[str, str] = Field(
        {}, description="as in the address of the report, `as_of` and `basis` among them"
    )


class Job(Schema):
    """A job of the caller's; its file can be fetched while `state` is `done`."""

    id: UUID
    kind: str
    what: str
    state: str = Field(description="waiting, running, done, failed, cancelled or expired")
    asked: datetime
    ended: datetime | None
    kept_until: datetime | None
    phase: str = Field(description="what it is at; empty: it does not run")
    done: int = Field(description="rows of that phase; of a job that is done, all it wrote")
    total: int
    outcome: dict[str, Any] = Field(
        description="what a job that is done did: `batch` and `counts` of an import, `changed` and `entry` of a step"
    )
    problem: str
    file: str
    size: int = Field(description="bytes")


class JobList(Schema):
    """The caller's jobs, the latest first."""

    rows: list[Job]


class JobInOverview(Schema):
    """A job of anybody's, without what it is about."""

    id: UUID
    kind: str
    by: str
    state: str
    asked: datetime
    ended: datetime | None


class JobOverview(Schema):
    """Everybody's jobs, the latest first."""

    rows: list[JobInOverview]


class JobFile(Schema):
    """The file itself, as an attachment."""


@operation(router, "GET", "/jobs", JobList, Text("我的后台任务", "List own jobs"), right=OWN)
def list_jobs(request: Call) -> JobList:
    """The caller's own background jobs."""
    caller = request.auth
    return JobList(rows=[told(one, caller.language) for one in own_jobs(caller.viewer, caller.language)])


@operation(router, "GET", "/jobs/all", JobOverview, Text("全部后台任务", "List all jobs"), right="job.read")
def list_all_jobs(request: Call) -> JobOverview:
    """Everybody's jobs: kind, person and state only."""
    caller = request.auth
    rows = [
        JobInOverview(
            id=one.uid,
            kind=one.kind.in_language(caller.language),
            by=one.by,
            state=one.state,
            asked=one.asked_at,
            ended=one.ended_at,
        )
        for one in all_jobs(caller.viewer, caller.language)
    ]
    return JobOverview(rows=rows)


@operation(
    router, "POST", "/jobs/exports", Job, Text("后台导出", "Export in the background"), right=OWN, body=NewExport,
    status=201,
)  # fmt: skip
def ask_for_export(request: Call, body: NewExport) -> Job:
    """Ask for a report as a file, of any length; poll `/jobs/{id}` until it is done. The same export under way is that one."""  # noqa: E501 - one line of Markdown
    caller = request.auth
    book = caller.book(body.parameters)
    given = {name: value for name, value in body.parameters.items() if name not in STANDPOINT}
    rows_of_export(book, body.report, given)  # what is not understood is said now, not by the job
    compare = asked_day(body.parameters.get("compare", ""))
    asked = asked_export(book, body.report, body.format, given, (), compare)
    uid = ask_export(caller.viewer, caller.at, asked, caller.language)
    return told(own_job(caller.viewer, uid, caller.language), caller.language)


@operation(router, "GET", "/jobs/{uuid:uid}", Job, Text("一个后台任务", "Show a job"), right=OWN)
def show_job(request: Call, uid: UUID) -> Job:
    """One of the caller's own jobs."""
    caller = request.auth
    return told(own_job(caller.viewer, uid, caller.language), caller.language)


@operation(
    router, "POST", "/jobs/{uuid:uid}/cancel", Done, Text("取消后台任务", "Cancel a job"), right=OWN, name="cancel_job"
)
def cancel(request: Call, uid: UUID) -> Done:
    """Cancel one of the caller's own jobs, with nothing done; `changed` false: it has ended, and stays as it is."""
    caller = request.auth
    return Done(changed=cancel_job(caller.viewer, caller.at, uid))


@operation(router, "GET", "/jobs/{uuid:uid}/file", JobFile, Text("任务的文件", "Fetch the file of a job"), right=OWN)
def fetch_job_file(request: Call, uid: UUID) -> Any:
    """The file that one of the caller's own jobs made."""
    path, name, content_type = result_of(request.auth.viewer, uid, settings.RESULTS)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=content_type)


def told(job: ShownJob, language: str) -> Job:
    """Return a job as it goes out."""
    return Job(
        id=job.uid,
        kind=job.kind.in_language(language),
        what=job.what,
        state=job.state,
        asked=job.asked_at,
        ended=job.ended_at,
        kept_until=job.kept_until,
        phase=job.phase.in_language(language) if job.open else "",
        done=job.done,
        total=job.total,
        outcome={key: one for key, one in job.outcome.items() if key not in INWARD},
        problem=job.problem.in_language(language),
        file=job.file_name if job.ready else "",
        size=job.size,
    )
