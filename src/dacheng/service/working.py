"""The loop of a worker: tidy up, do what waits, rest a moment (后台工作进程)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, close_old_connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from dacheng.service.job_running import Clock, tidy

REST_SECONDS = 1.0
AFTER_FAULT_SECONDS = 5.0
TIDY_EVERY = 5
"""Rounds between two looks at what others left."""


def work_off(
    *,
    clock: Clock,
    root: Path,
    worker: str,
    is_gone: Callable[[str], bool],
    ending: threading.Event,
    alone: Callable[[], bool],
) -> None:
    """Work until told to end; a database that is away is waited for.

    Args:
        is_gone: tells of a worker's name whether it is known not to live.
        alone: tells that nobody is left to work for.
    """
    round_number = 0
    while not ending.is_set() and not alone():
        try:
            if round_number % TIDY_EVERY == 0:
                tidy(clock(), root, is_gone)
            if round_number % 3600 == 0:
                call_command("prune_db_task_results", min_age_days=1, verbosity=0)
            _empty_queue(worker, ending)
            ending.wait(REST_SECONDS)
        except DatabaseError:
            close_old_connections()
            ending.wait(AFTER_FAULT_SECONDS)
        round_number += 1


def _empty_queue(worker: str, ending: threading.Event) -> None:
    """Do what waits, one after the other, until nothing does or the worker is told to end."""
    while not ending.is_set() and DBTaskResult.objects.ready().exists():
        one = Worker(
            queue_names=["default"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=1,
            worker_id=worker,
            excluded_queue_names=[],
        )
        one.run()
