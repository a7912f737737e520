"""Background jobs: asked for by a person, watched, cancelled, their result his alone (后台任务)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from dacheng.core.access import SYSTEM, Viewer, allow
from dacheng.core.errors import NotFound, Text
from dacheng.core.jobs import CANCELLED, DONE, KINDS, OPEN, PHASES, RUNNING, STATES
from dacheng.core.tree import Tree
from dacheng.service.job_queue import enqueue, file_of
from dacheng.service.job_signs import HowFar, Signs
from dacheng.service.labels import DatabaseNames
from dacheng.store import jobs as store
from dacheng.store.history import moment
from dacheng.store.identity import given_uid, hidden

LABEL = Text("后台任务", "Background job")
SHOWN = 100
NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class ShownJob:
    """A job as a person sees it; of somebody else's, only what says nothing about the business.

    Args:
        what: what it is about; empty for somebody else's.
        by: the name of whose it is.
        phase: what it is at, while it runs; done, total: rows of that phase.
        kept_until: until when its file can be fetched; None = it has none.
        outcome: what it did, as plain data.
    """

    uid: UUID
    code: str
    kind: Text
    what: str
    by: str
    own: bool
    state: str
    word: Text
    asked_at: datetime
    ended_at: datetime | None
    kept_until: datetime | None
    phase: Text
    done: int
    total: int
    problem: Text
    outcome: Mapping[str, Any]
    file_name: str
    size: int

    @property
    def progress(self) -> float | None:
        """Return how far it is in its phase, 0–1; None while nothing is known."""
        return None if not self.total else min(1.0, self.done / self.total)

    @property
    def open(self) -> bool:
        """Tell whether it waits or runs."""
        return self.state in OPEN

    @property
    def ready(self) -> bool:
        """Tell whether its file can be fetched."""
        return self.own and self.state == DONE and bool(self.file_name)


def ask(viewer: Viewer, at: datetime, kind: str, *, title: Text, parameters: Mapping[str, Any], language: str) -> UUID:
    """Ask for a job; returns its public id. The same one under way is that one.

    Raises:
        RuleError: the person has too many jobs under way.
    """
    return store.ask(store.Asked(kind, viewer.person_id, title, parameters, language), at, enqueue)


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


def own_job(viewer: Viewer, uid: UUID, language: str) -> ShownJob:
    """Return one of a person's own jobs.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return _shown([_own(viewer, uid)], viewer, language)[0]


def latest_job(viewer: Viewer, kinds: Collection[str], name: str, value: str, language: str) -> ShownJob | None:
    """Return a person's latest job of some kinds whose parameter ``name`` is a value; None when there is none."""
    found = store.latest_of(viewer.person_id, kinds, name, value)
    return _shown([found], viewer, language)[0] if found else None


def parameters_of(viewer: Viewer, uid: UUID) -> Mapping[str, Any]:
    """Return what one of a person's own jobs was asked for with. Raises as ``own_job``."""
    return dict(_own(viewer, uid).parameters)


def cancel_job(viewer: Viewer, at: datetime, uid: UUID) -> bool:
    """Cancel one of a person's own jobs; tell whether it is over or will be at its next step, with nothing done.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    return _cancel(_own(viewer, uid), at)


def cancel_any(uid: str, at: datetime) -> bool:
    """Cancel a job of anybody, as ``cancel_job``: for the owner of the machine.

    Raises:
        NotFound: there is none.
    """
    found = store.job_called(given_uid(uid, LABEL))
    if found is None:
        raise hidden(LABEL)
    return _cancel(found, at)


def result_of(viewer: Viewer, uid: UUID, root: Path) -> tuple[Path, str, str]:
    """Return the file, the name and the content type of the result of a person's own job.

    Raises:
        NotFound: there is none, it is somebody else's, it is not ready, or its result is kept no longer.
    """
    job = _own(viewer, uid)
    file = file_of(root, job)
    if job.state != DONE or not job.file_name or not file.is_file():
        raise NotFound(
            Text("这个任务没有可以下载的文件。", "This job has no file to download."),
            Text("看一下它的状态；结果过期了就再做一次。", "Look at its state; ask again if the result expired."),
        )
    return file, job.file_name, job.content_type


def _cancel(job: Any, at: datetime) -> bool:
    """Cancel a job: the sign goes before, for a job that writes holds the database until it sees it."""
    if job.state == RUNNING:
        Signs.of(settings.RESULTS, job.uid, job.attempt).ask_to_stop()
    store.cancel(job.uid, at)
    now = store.job_called(job.uid)
    return now is not None and (now.state == CANCELLED or now.stopping)


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
    far = _far(job) if own else HowFar("", 0, 0)
    return ShownJob(
        uid=job.uid,
        code=job.kind,
        kind=KINDS.get(job.kind, Text(job.kind, job.kind)),
        what=_text(job.title).in_language(language) if own else "",
        by=by.in_language(language) if by else "",
        own=own,
        state=job.state,
        word=STATES[job.state],
        asked_at=moment(job.asked_at),
        ended_at=moment(job.ended_at) if job.ended_at else None,
        kept_until=moment(job.expires_at) if job.expires_at else None,
        phase=PHASES.get(far.phase, NOTHING),
        done=far.done,
        total=far.total,
        problem=_text(job.problem) if own else NOTHING,
        outcome=job.outcome if own else {},
        file_name=job.file_name if own else "",
        size=job.size if own else 0,
    )


def _far(job: Any) -> HowFar:
    """Return how far a job is: as it tells itself while it runs, else as it ended."""
    told = Signs.of(settings.RESULTS, job.uid, job.attempt).told() if job.state == RUNNING else None
    return told or HowFar(job.phase, job.done, job.total)


def _text(told: Mapping[str, str]) -> Text:
    return Text(told.get("zh", ""), told.get("en", ""))
