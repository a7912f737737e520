"""kill -9 at a random moment of an import: all of it is there or nothing, and the next run completes it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dacheng.core.access import SYSTEM
from dacheng.store.actions.imports import commit_import
from dacheng.store.audit import verify
from dacheng.store.canonical import canonical_hash
from dacheng.store.history import head_seq
from dacheng.store.models import Customer, Deal, ImportBatch
from tests.store.company import AT
from tests.store.import_until_killed import ROWS, batch

ROOT = Path(__file__).resolve().parents[2]


def importing(url: str) -> subprocess.Popen[str]:
    """Start another process that imports once it is told to."""
    settings = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "dacheng.conf.settings"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.import_until_killed"],
        cwd=ROOT,
        env=os.environ | settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stdout.readline() == "ready\n"
    return process


def killed_after(url: str, seconds: float) -> None:
    """Let an import run for a moment, then kill its process."""
    process = importing(url)
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    for pipe in (process.stdin, process.stdout):
        assert pipe
        pipe.close()


def seconds_of_a_whole_import(url: str) -> float:
    process = importing(url)
    assert process.stdin and process.stdout
    began = time.monotonic()
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"
    taken = time.monotonic() - began
    process.wait(30)
    return taken


def check_kills(times: int, copied: Callable[[str], str], vendor: str, opened) -> None:
    whole = seconds_of_a_whole_import(copied(vendor))
    moments = random.Random(times)
    for _ in range(times):
        with opened(vendor, with_company=True, alone=True) as url:
            before, head = canonical_hash(), head_seq()

            killed_after(url, moments.uniform(0, whole * 1.1))

            written = Deal.objects.filter(code__startswith="X").count()
            batches = (Customer.objects.filter(code__startswith="N").count(), ImportBatch.objects.count())
            assert (written, *batches) in ((0, 0, 0), (ROWS, 100, 1))
            assert (canonical_hash() == before) == (written == 0) == (head_seq() == head)
            assert verify() == []
            again = commit_import(actor=SYSTEM, at=AT, batch=batch())
            assert again.counts["deals"]["created" if written == 0 else "unchanged"] == ROWS
            assert Deal.objects.filter(code__startswith="X").count() == ROWS


@pytest.mark.parametrize("vendor", ["sqlite", "postgres"])
def test_a_killed_import_is_whole_or_not_there(copied, opened, vendor):
    check_kills(3, copied, vendor, opened)


@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["sqlite", "postgres"])
def test_an_import_killed_a_hundred_times_is_whole_or_not_there(copied, opened, vendor):
    check_kills(100, copied, vendor, opened)
