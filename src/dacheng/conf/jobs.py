"""The worker: takes jobs out of the queue of django-tasks and does them, until it is told to end."""

from __future__ import annotations

import os
import signal
import socket
import threading
from datetime import UTC, datetime
from types import FrameType
from uuid import UUID

from django.conf import settings
from django_tasks import task

from dacheng.service import job_running, working
from dacheng.service.processes import has_ended

ENDING = threading.Event()
"""Set when this process is told to end."""

SECONDS_TO_END = 3
"""How long the replica has to lay down what it writes."""


@task()
def run_job(uid: str) -> None:
    """Do the job of a public id; what the queue of django-tasks holds."""
    job_running.run(UUID(uid), clock=now, worker=worker_name(), root=settings.RESULTS, ending=ENDING)


def work(parent: int | None = None) -> None:
    """Work until told to end.

    Args:
        parent: a process without which there is nothing to work for: the server that started this one.
    """
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, _end)

    def alone() -> bool:
        return parent is not None and os.getppid() != parent

    beside = {"clock": now, "is_gone": has_ended, "ending": ENDING, "alone": alone}
    replica = threading.Thread(target=working.replicate, kwargs=beside, name="replica", daemon=True)
    replica.start()
    try:
        working.work_off(
            clock=now, root=settings.RESULTS, worker=worker_name(), is_gone=is_gone, ending=ENDING, alone=alone
        )
    finally:
        ENDING.set()
        replica.join(SECONDS_TO_END)


def now() -> datetime:
    """Return the moment."""
    return datetime.now(UTC)


def worker_name() -> str:
    """Return the name of this process as a worker: its machine and its number."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_gone(worker: str) -> bool:
    """Tell whether a worker of this machine has ended; of another machine nothing is known."""
    host, _, number = worker.rpartition(":")
    return host == socket.gethostname() and number.isdigit() and has_ended(int(number))


def _end(number: int, frame: FrameType | None) -> None:
    ENDING.set()
