"""kill -9 of the worker at random moments: what a job does is done once or not at all, and the next worker does it."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from dacheng.conf.jobs import is_gone, now, worker_name
from dacheng.service import edit_jobs, import_jobs, jobs
from dacheng.service.books import open_database
from dacheng.service.deal_edits import DealRow
from dacheng.service.report_jobs import ask_export, asked_export
from dacheng.service.uploads import Brought, keep
from dacheng.service.working import work_off
from dacheng.store.actions.accounts import invite
from dacheng.store.actions.imports import commit_import
from dacheng.store.audit import verify
from dacheng.store.canonical import canonical_hash
from dacheng.store.history import head_seq
from dacheng.store.identity import stored_uid
from dacheng.store.models import Deal, ImportBatch, Job, LogEntry
from tests.store.company import AT, SYSTEM, actor, number
from tests.store.import_until_killed import ROWS, batch

ROOT = Path(__file__).resolve().parents[2]
FILE_ROWS = 1500


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Keep uploads and results in a folder of the test, which workers are told of."""
    monkeypatch.setattr(settings, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(settings, "UPLOADS", tmp_path / "uploads")
    return tmp_path


class Workers:
    """Workers in processes of their own, begotten by one that has loaded the product."""

    def __init__(self, folder: Path) -> None:
        environment = {"DACHENG_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "dacheng.conf.settings"}
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.store.work_until_killed"],
            cwd=ROOT, env=os.environ | environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._said() == "ready"

    def begin(self, url: str, home: Path) -> int:
        """Let a worker take up a job; return its process."""
        assert self.parent.stdin
        print(json.dumps([url, str(home)]), file=self.parent.stdin, flush=True)
        return int(self._said().removeprefix("doing "))

    def killed_after(self, url: str, home: Path, seconds: float) -> None:
        """Let a worker take up a job, and kill it a moment later."""
        process = self.begin(url, home)
        time.sleep(seconds)
        kill(process)

    def end(self) -> None:
        for pipe in (self.parent.stdin, self.parent.stdout):
            assert pipe
            pipe.close()
        self.parent.wait(30)

    def _said(self) -> str:
        assert self.parent.stdout
        return self.parent.stdout.readline().strip()


def kill(process: int) -> None:
    """Kill a process and wait until it is no more."""
    os.kill(process, signal.SIGKILL)
    while not is_gone(f"{socket.gethostname()}:{process}"):
        time.sleep(0.005)


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """Return what begets workers."""
    parent = Workers(tmp_path_factory.mktemp("workers"))
    yield parent
    parent.end()


def worked_off() -> None:
    """Let the next worker do all there is to do, here and now."""
    rounds = iter([False, True])
    work_off(
        clock=now, root=settings.RESULTS, worker=worker_name(), is_gone=is_gone, ending=threading.Event(),
        alone=lambda: next(rounds),
    )  # fmt: skip


def an_import() -> tuple[str, UUID]:
    """Ask for a large file to be written; return whose job it is, and the job."""
    invite(actor=SYSTEM, at=AT, person_id=number("people", "ops"))
    lines = [f"N{at},商机{at},li,线索,{at},2026-06-01\n" for at in range(FILE_ROWS)]
    text = "商机编号,商机名称,负责人,阶段,金额,创建日\n" + "".join(lines)
    ops, at = actor("ops"), now()
    kept = keep(settings.UPLOADS, ops.person_id, at, [Brought("商机.csv", [text.encode()])])
    return "ops", import_jobs.ask_commit(kept, ops, at, "zh-hans", refused=0)


def check_import() -> int:
    """Return how many records stand, all or none, with one batch or none."""
    found = Deal.objects.filter(code__startswith="N").count()
    assert (found, ImportBatch.objects.count()) in ((0, 0), (FILE_ROWS, 1))
    return found


def a_bulk_edit() -> tuple[str, UUID]:
    """Ask for an amount of many deals to be changed."""
    commit_import(actor=SYSTEM, at=AT, batch=batch())
    invite(actor=SYSTEM, at=AT, person_id=number("people", "ops"))
    uids = Deal.objects.filter(code__startswith="X").order_by("pk").values_list("uid", flat=True)
    rows = [DealRow({"next_step": "回访"}, stored_uid(uid), 1) for uid in uids]
    return "ops", edit_jobs.ask_edit(actor("ops"), now(), rows, None, "zh-hans")


def check_bulk_edit() -> int:
    """Return how many deals are changed, all or none, in one entry or none."""
    found = Deal.objects.filter(code__startswith="X", next_step="回访").count()
    assert (found, LogEntry.objects.filter(action="deal.bulk_edited").count()) in ((0, 0), (ROWS, 1))
    return found


def an_undo() -> tuple[str, UUID]:
    """Ask for an import to be undone."""
    done = commit_import(actor=SYSTEM, at=AT, batch=batch())
    invite(actor=SYSTEM, at=AT, person_id=number("people", "ops"))
    return "ops", import_jobs.ask_undo(done.uid, actor("ops"), now(), "zh-hans")


def check_undo() -> int:
    """Return how many records are gone, all or none."""
    left = Deal.objects.filter(code__startswith="X", removed=False).count()
    undone = ImportBatch.objects.exclude(undone_seq=None).count()
    assert (left, undone) in ((ROWS, 0), (0, 1))
    return ROWS - left


def an_export() -> tuple[str, UUID]:
    """Ask for all deals as a file."""
    commit_import(actor=SYSTEM, at=AT, batch=batch())
    invite(actor=SYSTEM, at=AT, person_id=number("people", "ops"))
    ops, at = actor("ops"), now()
    asked = asked_export(open_database(ops, at=at), "deals/list", "xlsx", {}, (), None)
    return "ops", ask_export(ops, at, asked, "zh-hans")


def check_export() -> int:
    """Return how many whole files there are: never one without a job that is done, never two."""
    files = [one for one in settings.RESULTS.iterdir() if "." not in one.name] if settings.RESULTS.is_dir() else []
    done = Job.objects.filter(state="done").count()
    assert done <= len(files) <= 1
    return done


KINDS: dict[str, tuple[Callable[[], tuple[str, UUID]], Callable[[], int]]] = {
    "import": (an_import, check_import),
    "bulk edit": (a_bulk_edit, check_bulk_edit),
    "undo": (an_undo, check_undo),
    "export": (an_export, check_export),
}


def seconds_of_a_whole(kind: str, vendor: str, home: Path, opened, workers: Workers) -> float:
    """Return how long a worker takes for a job of a kind."""
    with opened(vendor, with_company=True, alone=True) as url:
        _, uid = KINDS[kind][0]()
        worker = workers.begin(url, home)
        began = time.monotonic()
        while Job.objects.get(uid=uid).state != "done":
            assert time.monotonic() - began < 60
            time.sleep(0.02)
        kill(worker)
        return time.monotonic() - began


def check_kills(kind: str, times: int, vendor: str, home: Path, opened, workers: Workers) -> None:
    ask, check = KINDS[kind]
    whole = seconds_of_a_whole(kind, vendor, home, opened, workers)
    moments = random.Random(times)
    for _ in range(times):
        with opened(vendor, with_company=True, alone=True) as url:
            who, uid = ask()
            before, head = canonical_hash(), head_seq()

            workers.killed_after(url, home, moments.uniform(0, whole * 1.1))

            viewer = actor(who)
            left = check()
            state = jobs.own_job(viewer, uid, "en").state
            assert (state, bool(left)) in (("running", False), ("done", True))
            if kind != "export":
                assert (canonical_hash() == before) == (head_seq() == head) == (left == 0)
            worked_off()
            done = jobs.own_job(viewer, uid, "en")
            assert done.state == "done" and check() and verify() == []
            assert head_seq() == head + (kind != "export")
            worked_off()
            assert head_seq() == head + (kind != "export")


@pytest.mark.parametrize("vendor", ["sqlite", "postgres"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_job_is_done_whole_and_once(kind, vendor, home, opened, workers):
    check_kills(kind, 2, vendor, home, opened, workers)


@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["sqlite", "postgres"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_job_killed_a_hundred_times_is_done_whole_and_once(kind, vendor, home, opened, workers):
    check_kills(kind, 100, vendor, home, opened, workers)
