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

ENDING = threading.Event()
"""Set when this process is told to end."""


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
    working.work_off(
        clock=now,
        root=settings.RESULTS,
        worker=worker_name(),
        is_gone=is_gone,
        ending=ENDING,
        alone=lambda: parent is not None and os.getppid() != parent,
    )


def now() -> datetime:
    """Return the moment."""
    return datetime.now(UTC)


def worker_name() -> str:
    """Return the name of this process as a worker: its machine and its number."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_gone(worker: str) -> bool:
    """Tell whether a worker of this machine has ended; of another machine nothing is known."""
    host, _, number = worker.rpartition(":")
    if host != socket.gethostname() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _end(number: int, frame: FrameType | None) -> None:
    ENDING.set()
