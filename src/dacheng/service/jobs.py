"""Background jobs: asked for by a person, done by the worker with his rights, their result his alone (后台任务)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from django_tasks.exceptions import TaskResultDoesNotExist

from dacheng.core.access import SYSTEM, Viewer, allow
from dacheng.core.errors import DachengError, NotFound, Text
from dacheng.core.jobs import DONE, EXPORT, KINDS, OPEN, STATES, WAITING
from dacheng.core.rules import in_force
from dacheng.core.tree import Tree
from dacheng.exchange.defaults import default_rules
from dacheng.service.labels import DatabaseNames
from dacheng.service.people import viewer_now
from dacheng.service.report_jobs import export_named, write_asked
from dacheng.store import jobs as store
from dacheng.store.history import company_day, moment
from dacheng.store.identity import given_uid, hidden
from dacheng.store.queries.accounts import may_sign_in
from dacheng.store.queries.rules import sequence_and_rules

Clock = Callable[[], datetime]

BEAT_SECONDS = 3.0
TOLD_SECONDS = 0.5
SILENT_AFTER = timedelta(seconds=30)
"""A worker of which nothing was heard for so long is gone."""

REMEMBERED = timedelta(days=90)
"""How long a job that left no file is still listed."""

LABEL = Text("后台任务", "Background job")
KEPT_DAYS = "jobs.kept_days"
SHOWN = 100

GAVE_UP = Text(
    "做了三次都被中断。请缩小范围再导出；若仍如此，告诉管理员。",
    "It was interrupted three times. Export less at once; if it happens again, tell an administrator.",
)
FAULT = Text("出了意外的错误，已记入服务器日志。", "Something unexpected went wrong; the server's log has it.")
NO_ACCOUNT = Text("你的账号已停用。", "Your account is disabled.")


@dataclass(frozen=True, slots=True)
class ShownJob:
    """A job as a person sees it; of somebody else's, only what says nothing about the business.

    Args:
        what: what it makes; empty for somebody else's.
        by: the name of whose it is.
        progress: 0–1, None while nothing is known.
        kept_until: until when its result can be fetched.
    """

    uid: UUID
    kind: Text
    what: str
    by: str
    own: bool
    state: str
    word: Text
    asked_at: datetime
    ended_at: datetime | None
    kept_until: datetime | None
    done: int
    total: int
    problem: Text
    file_name: str
    size: int

    @property
    def progress(self) -> float | None:
        """Return how far it is."""
        return None if not self.total else min(1.0, self.done / self.total)

    @property
    def open(self) -> bool:
        """Tell whether it waits or runs."""
        return self.state in OPEN

    @property
    def ready(self) -> bool:
        """Tell whether its result can be fetched."""
        return self.own and self.state == DONE


def ask_export(viewer: Viewer, at: datetime, parameters: Mapping[str, Any], language: str) -> UUID:
    """Ask for a report as a file; returns the public id of the job.

    Raises:
        RuleError: the person has too many jobs under way.
    """
    return store.ask(
        kind=EXPORT,
        person_id=viewer.person_id,
        parameters=parameters,
        language=language,
        at=at,
        enqueue=_enqueue,
    )


def own_jobs(viewer: Viewer, language: str) -> list[ShownJob]:
    """Return a person's own jobs, the latest first."""
    return _shown(store.jobs_of(viewer.person_id, SHOWN), viewer, language)


def all_jobs(viewer: Viewer, language: str) -> list[ShownJob]:
    """Return everybody's jobs without what they are about, the latest first.

    Raises:
        NotAllowed: the viewer may not.
    """
    allow(viewer, "job.read", Tree.of([], []))
    return _shown(store.every_job(SHOWN), viewer, language)


def every_job(language: str) -> list[ShownJob]:
    """Return everybody's jobs without what they are about: for the owner of the machine."""
    return _shown(store.every_job(SHOWN), SYSTEM, language)


def cancel_any(uid: str, at: datetime) -> None:
    """Cancel a job of anybody: for the owner of the machine.

    Raises:
        NotFound: there is none.
    """
    found = store.job_called(given_uid(uid, LABEL))
    if found is None:
        raise hidden(LABEL)
    store.cancel(found.uid, at)


def own_job(viewer: Viewer, uid: UUID, language: str) -> ShownJob:
    """Return one of a person's own jobs.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return _shown([_own(viewer, uid)], viewer, language)[0]


def cancel_job(viewer: Viewer, at: datetime, uid: UUID) -> None:
    """Cancel one of a person's own jobs.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    store.cancel(_own(viewer, uid).uid, at)


def result_of(viewer: Viewer, uid: UUID, root: Path) -> tuple[Path, str, str]:
    """Return the file, the name and the content type of the result of a person's own job.

    Raises:
        NotFound: there is none, it is somebody else's, it is not ready, or its result is kept no longer.
    """
    job = _own(viewer, uid)
    file = _file(root, job)
    if job.state != DONE or not file.is_file():
        raise NotFound(
            Text("这个任务没有可以下载的文件。", "This job has no file to download."),
            Text("看一下它的状态；结果过期了就再导出一次。", "Look at its state; export again if the result expired."),
        )
    return file, job.file_name, job.content_type


# The worker's side ----------------------------------------------------------------------------


class Stopped(Exception):
    """The person cancelled the job, or it is another worker's by now."""


class Interrupted(Exception):
    """The worker is told to end; the job goes back to the queue."""


def run(uid: UUID, *, clock: Clock, worker: str, root: Path, ending: threading.Event) -> None:
    """Do a job that waits, with the rights that its person has now.

    Args:
        clock: tells the moment.
        root: where results are kept.
        ending: set when the worker is told to end.
    """
    job = store.take_up(uid, worker, clock())
    if job is None:
        return
    try:
        with _beating(job, clock) as lost:
            _do(job, clock, root, _Steps(job, clock, lost, ending))
    except Stopped:
        store.stopped(job, clock())
    except Interrupted:
        store.put_back(store.give_back(job), clock(), _enqueue, GAVE_UP)
    except DachengError as problem:
        store.fail(job, clock(), Text(problem.sentence("zh"), problem.sentence("en")))
    except Exception:
        store.fail(job, clock(), FAULT)
        raise
    finally:
        _part(root, job).unlink(missing_ok=True)


def tidy(at: datetime, root: Path, is_gone: Callable[[str], bool]) -> None:
    """Put jobs of workers that are gone back in the queue, and remove results that are kept no longer.

    Args:
        is_gone: tells of a worker's name whether it is known not to live.
    """
    silent = [job for job in store.silent(at - SILENT_AFTER) if job.state != WAITING or not _is_queued(job.task)]
    gone = [job for job in store.running() if is_gone(job.worker)]
    for job in {job.pk: job for job in (*silent, *gone)}.values():
        store.put_back(job, at, _enqueue, GAVE_UP)
    for job in store.run_out(at):
        store.expire(job)
    store.forget_before(at - REMEMBERED)
    _sweep(root)


def _do(job: Any, clock: Clock, root: Path, steps: _Steps) -> None:
    if not may_sign_in(job.person_id):
        raise NotFound(NO_ACCOUNT)
    viewer = viewer_now(job.person_id, clock())
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _private(_part(root, job)) as out:
        name, content_type = write_asked(
            job.parameters, out, viewer=viewer, at=clock(), language=job.language, step=steps.at
        )
        out.flush()
        os.fsync(out.fileno())
    size = _part(root, job).stat().st_size
    _part(root, job).rename(_file(root, job))
    ended = clock()
    result = store.Result(name, content_type, size, rows=steps.total)
    if not store.finish(job, ended, result, kept_for=_kept_for(ended)):
        _file(root, job).unlink(missing_ok=True)


class _Steps:
    """Tells how far a job is, and stops it when it is to stop."""

    def __init__(self, job: Any, clock: Clock, lost: threading.Event, ending: threading.Event) -> None:
        self.job, self.clock, self.lost, self.ending = job, clock, lost, ending
        self.told = 0.0
        self.total = 0

    def at(self, done: int, total: int) -> None:
        """Tell that ``done`` of ``total`` rows are written; now and then it is noted.

        Raises:
            Stopped, Interrupted: the job is not to go on.
        """
        self.total = total
        if self.ending.is_set():
            raise Interrupted
        if time.monotonic() - self.told >= TOLD_SECONDS:
            self.told = time.monotonic()
            if not store.beat(self.job, self.clock(), done=done, total=total):
                raise Stopped
        if self.lost.is_set():
            raise Stopped


@contextmanager
def _beating(job: Any, clock: Clock) -> Iterator[threading.Event]:
    """Give signs of life until the block ends; the event tells that the job is to stop."""
    over, lost = threading.Event(), threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            if not store.beat(job, clock()):
                lost.set()
        connection.close()

    thread = threading.Thread(target=beat, name=f"beat-{job.uid}", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        over.set()
        thread.join()


def _enqueue(uid: str) -> str:
    """Put a job in the queue of django-tasks; return the queue's name for it."""
    return str(import_string(settings.JOB_TASK).enqueue(uid).id)


def _is_queued(task: str) -> bool:
    """Tell whether the queue still holds a job that waits; its worker may have been killed as it took it out."""
    try:
        return str(import_string(settings.JOB_TASK).get_result(task).status) == "READY"
    except TaskResultDoesNotExist:
        return False


def _own(viewer: Viewer, uid: UUID) -> Any:
    job = store.job_called(uid)
    if job is None or job.person_id != viewer.person_id:
        raise hidden(LABEL)
    return job


def _shown(jobs: list[Any], viewer: Viewer, language: str) -> list[ShownJob]:
    people = DatabaseNames().names("people", {job.person_id for job in jobs})
    return [_as_shown(job, viewer, people, language) for job in jobs]


def _as_shown(job: Any, viewer: Viewer, people: Mapping[int, Any], language: str) -> ShownJob:
    own = job.person_id == viewer.person_id
    by = people.get(job.person_id)
    return ShownJob(
        uid=job.uid,
        kind=KINDS.get(job.kind, Text(job.kind, job.kind)),
        what=export_named(job.parameters, language) if own else "",
        by=by.in_language(language) if by else "",
        own=own,
        state=job.state,
        word=STATES[job.state],
        asked_at=moment(job.asked_at),
        ended_at=moment(job.ended_at) if job.ended_at else None,
        kept_until=moment(job.expires_at) if job.expires_at else None,
        done=job.done if own else 0,
        total=job.total if own else 0,
        problem=Text(job.problem.get("zh", ""), job.problem.get("en", "")) if own else Text("", ""),
        file_name=job.file_name if own else "",
        size=job.size if own else 0,
    )


def _kept_for(at: datetime) -> timedelta:
    rules = in_force((*default_rules()[1], *sequence_and_rules()[1]), company_day(at))
    return timedelta(days=rules.number(KEPT_DAYS))


def _file(root: Path, job: Any) -> Path:
    return root / f"{job.uid.hex}-{job.attempt}"


def _part(root: Path, job: Any) -> Path:
    return root / f"{job.uid.hex}-{job.attempt}.part"


def _private(path: Path) -> BinaryIO:
    return open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb")


def _sweep(root: Path) -> None:
    """Remove the files that belong to no job that is under way or done."""
    wanted = store.attempts_with_files()
    for file in root.iterdir() if root.is_dir() else ():
        if file.name.removesuffix(".part") not in wanted:
            file.unlink(missing_ok=True)
