"""The replica between processes: a worker killed at any point of a refresh, two web processes that read beside it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from dacheng.core.access import SYSTEM
from dacheng.engine.connection import ConnectionEngine
from dacheng.engine.replica import ReplicaEngine
from dacheng.exchange.replica_manifest import MANIFEST, read_replica_manifest
from dacheng.service import replicating
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.replica_folder import replica_folder
from dacheng.service.replica_reading import close_replicas, engine_at
from dacheng.service.reports import run_report
from dacheng.store.actions.deals import edit_deal
from dacheng.store.history import microseconds
from dacheng.store.queries.rules import head_and_rules
from tests.store.company import AT, uid
from tests.store.test_replica import facts

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Keep replicas in a folder of the test, and have one wanted."""
    monkeypatch.setattr(settings, "REPLICAS", tmp_path / "replica")
    monkeypatch.setattr(settings, "REPLICA", "on")
    close_replicas()
    yield tmp_path
    close_replicas()


def edit(code, amount, minutes=0):
    at = AT + timedelta(minutes=minutes)
    edit_deal(actor=SYSTEM, at=at, uid=uid("deals", code), values={"amount": amount}, version=None)


def refresh():
    return replicating.refresh(microseconds(AT), step=lambda: None, is_gone=lambda _number: True)


def started(program, *arguments, home, url):
    """Start a program of the tests on a database."""
    told = {"DATABASE_URL": url, "DACHENG_HOME": str(home), "DACHENG_REPLICA": "on"}
    told |= {"DJANGO_SETTINGS_MODULE": "dacheng.conf.settings", "DACHENG_SECRET_KEY": "of a test"}
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.store.{program}", *arguments],
        cwd=ROOT,
        env=os.environ | told,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed_at(point, *, home, url):
    """Kill a refresh at a point; tell whether it came to it."""
    with started("replica_until_killed", str(point), home=home, url=url) as worker:
        said = worker.stdout.readline()
        worker.send_signal(signal.SIGKILL)
    return said == f"at {point}\n"


def check_after_a_kill():
    """What answers is right at once; the next refresh completes and leaves nothing behind."""
    close_replicas()
    head = head_and_rules()
    assert facts(engine_at(head.seq, head.hash)) == facts(ConnectionEngine())
    manifest = refresh()
    source = engine_at(head.seq, head.hash)
    assert isinstance(source, ReplicaEngine)
    assert facts(source) == facts(ConnectionEngine())
    kept = {one.name for one in replica_folder().iterdir() if not one.name.startswith("spill-")}
    assert kept == {"lock", MANIFEST, *(one.name for one in manifest.segments)}


FIRST_BUILD, CATCHING_UP = (0, 9, 29), (0, 4, 19, 20)


@pytest.mark.parametrize("point", FIRST_BUILD)
def test_a_worker_killed_while_it_builds_leaves_nothing_half_done(point, shared_database, home):
    assert killed_at(point, home=home, url=shared_database)

    assert read_replica_manifest(replica_folder()) is None
    check_after_a_kill()


@pytest.mark.parametrize("point", CATCHING_UP)
def test_a_worker_killed_while_it_catches_up_leaves_the_old_replica_or_the_new_one(point, shared_database, home):
    before = refresh()
    edit("D1", 77_00)

    assert killed_at(point, home=home, url=shared_database)

    assert read_replica_manifest(replica_folder()).seq in (before.seq, before.seq + 1)
    check_after_a_kill()


@pytest.mark.slow
def test_a_worker_killed_a_hundred_times_on_its_way_never_leaves_anything_half_done(shared_database, home):
    kills = 0
    for point in range(100):
        edit("D1", point * 100, minutes=point)
        kills += killed_at(point % 25, home=home, url=shared_database)
        check_after_a_kill()

    assert kills > 60


def test_two_web_processes_see_every_change_at_once_while_the_replica_is_replaced(shared_database, home):
    refresh()
    readers = [started("replica_reader", home=home, url=shared_database) for _ in range(2)]
    answers = []
    for turn in range(6):
        edit("D1", turn * 100, minutes=turn)
        if turn % 2:
            refresh()
        for reader in readers:
            reader.stdin.write("asked\n")
            reader.stdin.flush()
            by_replica, rows = json.loads(reader.stdout.readline())
            table = run_report("deals/list", {}, book=open_database(SYSTEM, at=AT), names=DatabaseNames()).table
            answers.append((by_replica, rows == json.loads(json.dumps(table.rows()))))
    for reader in readers:
        reader.stdin.close()
        reader.stdout.close()
        reader.wait(20)

    assert answers == [(True, True)] * 12
