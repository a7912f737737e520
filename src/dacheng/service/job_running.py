"""Doing background jobs: taken up by a worker, done once however often it is killed, ended with their effect."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from dacheng.core.errors import DachengError, NotFound, Text
from dacheng.core.jobs import WAITING
from dacheng.core.rules import in_force
from dacheng.exchange.defaults import default_rules
from dacheng.service.job_kinds import RUNS
from dacheng.service.job_queue import enqueue, file_of, is_queued
from dacheng.service.job_signs import HowFar, Signs
from dacheng.service.job_work import Ending, Work
from dacheng.service.people import viewer_now
from dacheng.store import jobs as store
from dacheng.store.history import company_day, lock_chain
from dacheng.store.queries.accounts import may_sign_in
from dacheng.store.queries.rules import sequence_and_rules

Clock = Callable[[], datetime]

BEAT_SECONDS = 3.0
TOLD_SECONDS = 0.5
LOCKED_MILLISECONDS = 200
"""How long a sign of life waits for a database that the job itself holds."""

SILENT_AFTER = timedelta(seconds=30)
"""A worker of which nothing was heard for so long is gone."""

REMEMBERED = timedelta(days=90)
"""How long a job that left no file is still listed."""

KEPT_DAYS = "jobs.kept_days"

GAVE_UP = Text(
    "做了三次都被中断。请缩小范围再做；若仍如此，告诉管理员。",
    "It was interrupted three times. Do less at once; if it happens again, tell an administrator.",
)
FAULT = Text("出了意外的错误，已记入服务器日志。", "Something unexpected went wrong; the server's log has it.")
NO_ACCOUNT = Text("你的账号已停用。", "Your account is disabled.")


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
    signs = Signs.of(root, job.uid, job.attempt)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    steps = _Steps(ending)
    try:
        with _beating(job, clock, signs, steps):
            _do(job, clock, root, steps)
    except Stopped:
        store.stopped(job, clock())
    except Interrupted:
        store.put_back(store.give_back(job), clock(), enqueue, GAVE_UP)
    except DachengError as problem:
        store.fail(job, clock(), Text(problem.sentence("zh"), problem.sentence("en")))
    except Exception:
        store.fail(job, clock(), FAULT)
        raise
    finally:
        _part(root, job).unlink(missing_ok=True)
        signs.clear()


def tidy(at: datetime, root: Path, is_gone: Callable[[str], bool]) -> None:
    """Put jobs of workers that are gone back in the queue, and remove results that are kept no longer.

    Args:
        is_gone: tells of a worker's name whether it is known not to live.
    """
    silent = [job for job in store.silent(at - SILENT_AFTER) if job.state != WAITING or not is_queued(job.task)]
    gone = [job for job in store.running() if is_gone(job.worker)]
    for job in {job.pk: job for job in (*silent, *gone)}.values():
        store.put_back(job, at, enqueue, GAVE_UP)
    for job in store.run_out(at):
        store.expire(job)
    store.forget_before(at - REMEMBERED)
    _sweep(root)


def _do(job: Any, clock: Clock, root: Path, steps: _Steps) -> None:
    if not may_sign_in(job.person_id):
        raise NotFound(NO_ACCOUNT)
    viewer = viewer_now(job.person_id, clock())
    with _private(_part(root, job)) as out:
        ending = RUNS[job.kind](Work(viewer, clock(), job.language, job.parameters, steps.at, out))
        out.flush()
        os.fsync(out.fileno())
    try:
        _end(job, ending, clock, root, steps)
    except BaseException:
        file_of(root, job).unlink(missing_ok=True)
        raise
    ending.after()


def _end(job: Any, ending: Ending, clock: Clock, root: Path, steps: _Steps) -> None:
    """Let a job have its effect and be done, both or neither.

    Raises:
        Stopped: it is not this worker's any more, or was cancelled; then nothing was done.
    """
    size = _part(root, job).stat().st_size
    if ending.file:
        _part(root, job).rename(file_of(root, job))
    name, content_type = ending.file or ("", "")
    with transaction.atomic():
        outcome = ending.outcome
        if ending.act:
            lock_chain()
            outcome = ending.act(clock())
        steps.check()
        ended = clock()
        result = store.Result(name, content_type, size if name else 0, ending.rows, outcome)
        if not store.finish(job, ended, result, kept_for=_kept_for(ended)):
            raise Stopped


class _Steps:
    """Remembers how far a job is, and stops it when it is to stop."""

    def __init__(self, ending: threading.Event) -> None:
        self.ending, self.lost = ending, threading.Event()
        self.far = HowFar("", 0, 0)

    def at(self, phase: str, done: int, total: int) -> None:
        """Note how far the job is.

        Raises:
            Stopped, Interrupted: the job is not to go on.
        """
        self.far = HowFar(phase, done, total)
        self.check()

    def check(self) -> None:
        """Stop where the job is not to go on. Raises as ``at``."""
        if self.ending.is_set():
            raise Interrupted
        if self.lost.is_set():
            raise Stopped


@contextmanager
def _beating(job: Any, clock: Clock, signs: Signs, steps: _Steps) -> Iterator[None]:
    """Tell until the block ends that the job lives and how far it is; let it stop when it is to stop."""
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(job, clock, signs, steps, over), name=f"beat-{job.uid}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(job: Any, clock: Clock, signs: Signs, steps: _Steps, over: threading.Event) -> None:
    told, beaten = HowFar("", 0, 0), time.monotonic()
    _wait_briefly()
    while not over.wait(TOLD_SECONDS):
        far = steps.far
        if far != told:
            signs.tell(far)
        if signs.is_to_stop():
            steps.lost.set()
        if far != told or time.monotonic() - beaten >= BEAT_SECONDS:
            with suppress(DatabaseError):  # the job itself holds the database
                if not store.beat(job, clock(), *far):
                    steps.lost.set()
                beaten = time.monotonic()
        told = far
    connection.close()


def _wait_briefly() -> None:
    """Let this thread's own connection not wait long for a database that is held."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {LOCKED_MILLISECONDS}")


def _kept_for(at: datetime) -> timedelta:
    rules = in_force((*default_rules()[1], *sequence_and_rules()[1]), company_day(at))
    return timedelta(days=rules.number(KEPT_DAYS))


def _part(root: Path, job: Any) -> Path:
    return root / f"{job.uid.hex}-{job.attempt}.part"


def _private(path: Path) -> BinaryIO:
    return open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb")


def _sweep(root: Path) -> None:
    """Remove the files that belong to no job that is under way or done, and the signs of those that are over."""
    running, done = store.attempts_with_files()
    for file in root.iterdir() if root.is_dir() else ():
        attempt, _, ending = file.name.partition(".")
        if attempt not in running and (ending or attempt not in done):
            file.unlink(missing_ok=True)
