"""The loops of a worker: do the jobs that wait, and beside that keep the replica up to date (后台工作进程)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, close_old_connections, connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from dacheng.core.replica import EVERY
from dacheng.core.rules import in_force
from dacheng.exchange.defaults import default_rules
from dacheng.exchange.replica_manifest import read_replica_manifest
from dacheng.service.job_running import Clock, tidy
from dacheng.service.money_check import Nightly
from dacheng.service.replica_folder import replica_folder, why_unusable
from dacheng.service.replica_reading import is_wanted
from dacheng.service.replicating import drop, refresh
from dacheng.store.company import has_company
from dacheng.store.history import company_day, microseconds
from dacheng.store.queries.rules import head_and_rules

REST_SECONDS = 1.0
AFTER_FAULT_SECONDS = 5.0
TIDY_EVERY = 5
"""Rounds between two looks at what others left."""
LOOK_SECONDS = 2.0
"""Between two looks at whether the replica is due."""

SECOND = 1_000_000

log = logging.getLogger(__name__)


class Ending(Exception):
    """The worker is told to end; what is half written is given up."""


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
    round_number, nightly = 0, Nightly()
    while not ending.is_set() and not alone():
        try:
            if round_number % TIDY_EVERY == 0:
                tidy(clock(), root, is_gone)
                nightly.look(clock())
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


def replicate(
    *, clock: Clock, is_gone: Callable[[int], bool], ending: threading.Event, alone: Callable[[], bool]
) -> None:
    """Keep the replica of the database in use up to date until told to end.

    Args:
        is_gone: tells of the number of a process whether it has ended.
        alone: tells that nobody is left to work for.
    """

    def step() -> None:
        if ending.is_set() or alone():
            raise Ending

    try:
        while not ending.wait(LOOK_SECONDS) and not alone():
            try:
                keep_replica(clock(), step=step, is_gone=is_gone)
            except Ending:
                return
            except Exception:  # a full disk, a database that is away: the database answers meanwhile
                log.exception("the replica was not brought up to date")
                close_old_connections()
                ending.wait(AFTER_FAULT_SECONDS)
    finally:
        connections.close_all()


def keep_replica(at: datetime, *, step: Callable[[], None], is_gone: Callable[[int], bool]) -> bool:
    """Bring the replica up to date when it is due, remove it when nobody wants it; tell whether anything was done."""
    head = head_and_rules()
    if not has_company():
        return False
    rules = in_force((*default_rules()[1], *head.rules), company_day(at))
    if not is_wanted(rules):
        return drop()
    folder = replica_folder()
    manifest = read_replica_manifest(folder)
    if manifest and not why_unusable(folder, manifest):
        if 0 <= microseconds(at) - manifest.at < rules.number(EVERY) * SECOND:
            return False
    return refresh(microseconds(at), step=step, is_gone=is_gone) is not None
