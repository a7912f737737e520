"""The record of background jobs: asked for, taken up, under way, ended (后台任务).

Every step is one conditional statement, so that of two workers, or of a worker and a person who cancels, one wins
and the other sees it. Jobs change no record of the company: they are not in its log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from dacheng.core.errors import RuleError, Text
from dacheng.core.jobs import CANCELLED, DONE, EXPIRED, FAILED, OPEN, RUNNING, WAITING
from dacheng.store.history import microseconds
from dacheng.store.identity import new_uids
from dacheng.store.models import Job

MOST_OPEN = 5
"""Jobs of one person that wait or run at a time."""

MOST_ATTEMPTS = 3
"""A job that ended its worker so often is not taken up again."""

Enqueue = Callable[[str], str]
"""Puts the job of a public id in the queue and returns the queue's own name for it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A job that somebody wants.

    Args:
        title: what it is about; parameters: all that a worker needs, as plain data.
        language: of what it says and writes.
    """

    kind: str
    person_id: int
    title: Text
    parameters: Mapping[str, Any]
    language: str


def ask(asked: Asked, at: datetime, enqueue: Enqueue) -> UUID:
    """Put a job in the queue; the same one that waits or runs already is that one.

    Raises:
        RuleError: the person has too many jobs under way.
    """
    with transaction.atomic():
        under_way = Job.objects.filter(person_id=asked.person_id, state__in=OPEN)
        wanted = (asked.kind, dict(asked.parameters))
        same = [one for one in under_way if not one.stopping and (one.kind, one.parameters) == wanted]
        if same:
            return same[0].uid
        if len(under_way) >= MOST_OPEN:
            raise RuleError(
                Text(f"你已有 {MOST_OPEN} 个任务没做完。", f"You have {MOST_OPEN} jobs under way."),
                Text("等一个做完，或取消一个。", "Wait for one to end, or cancel one."),
            )
        (uid,) = new_uids(at, 1)
        moment = microseconds(at)
        Job.objects.create(
            uid=uid,
            kind=asked.kind,
            person_id=asked.person_id,
            title={"zh": asked.title.zh, "en": asked.title.en},
            parameters=dict(asked.parameters),
            language=asked.language,
            asked_at=moment,
            beat_at=moment,
            state=WAITING,
            task=enqueue(str(uid)),
        )
        return uid


def take_up(uid: UUID, worker: str, at: datetime) -> Job | None:
    """Let a worker take up a job that waits; None when another has it, or nobody wants it any more."""
    taken = Job.objects.filter(uid=uid, state=WAITING).update(
        state=RUNNING, attempt=F("attempt") + 1, worker=worker, beat_at=microseconds(at), phase="", done=0, total=0
    )
    return Job.objects.get(uid=uid) if taken else None


def beat(job: Job, at: datetime, phase: str = "", done: int = 0, total: int = 0) -> bool:
    """Give a sign of life, with how far the work is; tell whether it goes on."""
    goes_on = _own(job).filter(stopping=False)
    return bool(goes_on.update(beat_at=microseconds(at), phase=phase, done=done, total=total))


@dataclass(frozen=True, slots=True)
class Result:
    """What a job came to.

    Args:
        file_name: empty = it made none; size: of the file in bytes.
        rows: how many it wrote or changed; outcome: what it did, as plain data.
    """

    file_name: str = ""
    content_type: str = ""
    size: int = 0
    rows: int = 0
    outcome: Mapping[str, Any] = field(default_factory=dict)


def finish(job: Job, at: datetime, result: Result, *, kept_for: timedelta) -> bool:
    """End a job with its result; tell whether it was still this worker's, and nobody had cancelled it.

    In the transaction of what the job did, so that one is never there without the other.
    """
    ended = (
        _own(job)
        .filter(stopping=False)
        .update(
            state=DONE,
            ended_at=microseconds(at),
            expires_at=microseconds(at + kept_for) if result.file_name else None,
            outcome=dict(result.outcome),
            file_name=result.file_name,
            content_type=result.content_type,
            size=result.size,
            done=result.rows,
            total=result.rows,
        )
    )
    return bool(ended)


def fail(job: Job, at: datetime, problem: Text) -> None:
    """End a job that could not be done, with the reason."""
    _own(job).update(state=FAILED, ended_at=microseconds(at), problem={"zh": problem.zh, "en": problem.en})


def stopped(job: Job, at: datetime) -> None:
    """End a job that its person cancelled."""
    _own(job).update(state=CANCELLED, ended_at=microseconds(at))


def cancel(uid: UUID, at: datetime) -> None:
    """Cancel a job: at once while it waits, else the worker stops at its next step. One that ended stays as it is."""
    waiting = Job.objects.filter(uid=uid, state=WAITING)
    if not waiting.update(state=CANCELLED, stopping=True, ended_at=microseconds(at)):
        Job.objects.filter(uid=uid, state=RUNNING).update(stopping=True)


def put_back(job: Job, at: datetime, enqueue: Enqueue, gave_up: Text) -> None:
    """Queue a job again whose worker is gone; cancelled it is over, after ``MOST_ATTEMPTS`` it has failed."""
    with transaction.atomic():
        same = Job.objects.filter(pk=job.pk, attempt=job.attempt, state=job.state, beat_at=job.beat_at)
        if job.stopping:
            same.update(state=CANCELLED, ended_at=microseconds(at))
        elif job.attempt >= MOST_ATTEMPTS:
            problem = {"zh": gave_up.zh, "en": gave_up.en}
            same.update(state=FAILED, ended_at=microseconds(at), problem=problem)
        elif same.update(state=WAITING, beat_at=microseconds(at), worker=""):
            Job.objects.filter(pk=job.pk).update(task=enqueue(str(job.uid)))


def give_back(job: Job) -> Job:
    """Return a job that its worker lays down in good order: that attempt does not count."""
    _own(job).update(attempt=F("attempt") - 1)
    return Job.objects.get(pk=job.pk)


def attempts_with_files() -> tuple[set[str], set[str]]:
    """Return ``uid-attempt`` of every job that runs, and of every one that is done."""
    rows = list(Job.objects.filter(state__in=(RUNNING, DONE)).values_list("state", "uid", "attempt"))
    running, done = ({f"{uid.hex}-{at}" for state, uid, at in rows if state == one} for one in (RUNNING, DONE))
    return running, done


def silent(before: datetime) -> list[Job]:
    """Return the jobs under way of which nothing was heard since a moment."""
    return list(Job.objects.filter(state__in=OPEN, beat_at__lt=microseconds(before)))


def running() -> list[Job]:
    """Return the jobs that run."""
    return list(Job.objects.filter(state=RUNNING))


def run_out(at: datetime) -> list[Job]:
    """Return the jobs whose result is kept no longer."""
    return list(Job.objects.filter(state=DONE, expires_at__lte=microseconds(at)))


def expire(job: Job) -> None:
    """Say that the result of a job is gone."""
    Job.objects.filter(pk=job.pk, state=DONE).update(state=EXPIRED, size=0)


def forget_before(moment: datetime) -> None:
    """Remove the jobs that ended before a moment and have no file, or none any more."""
    without_file = Q(state__in=(FAILED, CANCELLED, EXPIRED)) | Q(state=DONE, expires_at=None)
    Job.objects.filter(without_file, ended_at__lt=microseconds(moment)).delete()


def jobs_of(person_id: int, limit: int) -> list[Job]:
    """Return a person's jobs, the latest first."""
    return list(Job.objects.filter(person_id=person_id).order_by("-asked_at", "-id").defer("parameters")[:limit])


def latest_of(person_id: int, kinds: Collection[str], name: str, value: str) -> Job | None:
    """Return a person's latest job of some kinds whose parameter ``name`` is a value; None when there is none."""
    own = Job.objects.filter(person_id=person_id, kind__in=kinds, **{f"parameters__{name}": value})
    return own.order_by("-asked_at", "-id").first()


def every_job(limit: int) -> list[Job]:
    """Return everybody's jobs, the latest first."""
    return list(Job.objects.order_by("-asked_at", "-id").defer("parameters")[:limit])


def job_called(uid: UUID) -> Job | None:
    """Return the job of a public id; None when there is none."""
    return Job.objects.filter(uid=uid).first()


def _own(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, attempt=job.attempt, state=RUNNING)
