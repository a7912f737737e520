"""Background jobs: asked for once, done with the person's rights, cancelled, taken up again after a kill, let go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from dacheng.conf.jobs import is_gone, now, worker_name
from dacheng.core.errors import NotAllowed, NotFound, RuleError
from dacheng.core.jobs import EXPORT
from dacheng.service import import_jobs, imports, job_running, jobs
from dacheng.service.books import open_database
from dacheng.service.exporting import exported
from dacheng.service.job_kinds import RUNS
from dacheng.service.job_running import tidy
from dacheng.service.job_signs import FAR
from dacheng.service.labels import DatabaseNames
from dacheng.service.report_jobs import ask_export, asked_export
from dacheng.service.reports import run_report
from dacheng.service.uploads import Brought, keep
from dacheng.service.working import work_off
from dacheng.store.access import viewer_of
from dacheng.store.actions.accounts import disable_account, invite
from dacheng.store.canonical import canonical_hash
from dacheng.store.models import ImportBatch, Job
from tests.store.company import AT, SYSTEM, TODAY, actor, number

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def results(tmp_path, monkeypatch):
    """Return the folder where results are kept."""
    monkeypatch.setattr(settings, "RESULTS", tmp_path / "results")
    return tmp_path / "results"


@pytest.fixture
def li(shared_database):
    """Return 李雷, who has an account, in the small company."""
    invite(actor=SYSTEM, at=AT, person_id=number("people", "li"))
    return actor("li")


def ask(viewer, kind="csv", **given):
    """Ask for the list of opportunities as a person sees it."""
    book = open_database(viewer, at=AT)
    return ask_export(viewer, AT, asked_export(book, "deals/list", kind, given, (), None), "zh-hans")


def seen_by(viewer, kind="csv"):
    """Return the same file as it is given at once."""
    answer = run_report("deals/list", {}, book=open_database(viewer, at=AT), names=DatabaseNames())
    return exported(answer, kind, columns=(), language="zh-hans")


def worked(results, clock=lambda: AT):
    """Let a worker do all there is to do."""
    ending = threading.Event()
    rounds = iter([False, True])
    work_off(
        clock=clock, root=results, worker=worker_name(), is_gone=is_gone, ending=ending, alone=lambda: next(rounds)
    )


def shown(viewer, uid):
    return jobs.own_job(viewer, uid, "en")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_a_job_writes_the_bytes_that_the_person_would_get_at_once(li, results, kind, monkeypatch):
    monkeypatch.setattr("dacheng.conf.jobs.now", lambda: AT)
    uid = ask(li, kind)

    worked(results)

    path, name, _ = jobs.result_of(li, uid, results)
    assert path.read_bytes() == seen_by(li, kind)
    assert name == f"deals-list-2026-06-15.{kind}"
    assert shown(li, uid).progress == 1.0


def test_a_job_sees_with_the_rights_of_when_it_runs(li, results):
    uid = ask(li)
    disable_account(actor=SYSTEM, at=AT, person_id=li.person_id)

    worked(results)

    found = shown(li, uid)
    assert (found.state, found.problem.en) == ("failed", "Your account is disabled.")
    assert list(results.iterdir()) == []


def test_the_same_export_under_way_is_one_job_and_no_one_has_too_many(li, results):
    assert ask(li) == ask(li)

    for kind in ("xlsx", "json"):
        ask(li, kind)
    for basis in ("1", "2"):
        ask(li, "csv", sort=basis)

    with pytest.raises(RuleError, match="5"):
        ask(li, "csv", sort="3")


def test_a_job_of_somebody_else_is_not_there(li, results):
    uid, other = ask(li), viewer_of(number("people", "wang"), TODAY)
    worked(results)

    assert jobs.own_jobs(other, "en") == []
    for refused in (
        lambda: jobs.own_job(other, uid, "en"),
        lambda: jobs.cancel_job(other, AT, uid),
        lambda: jobs.result_of(other, uid, results),
    ):
        with pytest.raises(NotFound):
            refused()


def test_an_administrator_sees_that_there_is_a_job_and_nothing_of_it(li, results):
    ask(li)

    (seen,) = jobs.all_jobs(actor("admin"), "en")

    assert (seen.by, seen.state, seen.kind.en) == ("李雷", "waiting", "Export of a report")
    assert (seen.what, seen.file_name, seen.total, seen.size) == ("", "", 0, 0)
    with pytest.raises(NotAllowed):
        jobs.all_jobs(li, "en")


def test_a_job_that_waits_is_cancelled_at_once_and_never_done(li, results):
    uid = ask(li)

    jobs.cancel_job(li, AT, uid)
    worked(results)

    assert shown(li, uid).state == "cancelled"
    with pytest.raises(NotFound):
        jobs.result_of(li, uid, results)


def test_a_job_that_runs_stops_at_its_next_step(li, results, monkeypatch):
    uid = ask(li)
    real = RUNS[EXPORT]

    def cancelled_meanwhile(work):
        jobs.cancel_job(li, AT, uid)
        return real(work)

    monkeypatch.setitem(RUNS, EXPORT, cancelled_meanwhile)
    worked(results)

    assert shown(li, uid).state == "cancelled"
    assert list(results.iterdir()) == []


def test_a_worker_that_is_told_to_end_gives_the_job_back(li, results, monkeypatch):
    uid, ending = ask(li), threading.Event()
    real = RUNS[EXPORT]

    def told_to_end(work):
        ending.set()
        return real(work)

    with monkeypatch.context() as patch:
        patch.setitem(RUNS, EXPORT, told_to_end)
        job_running.run(uid, clock=lambda: AT, worker="w", root=results, ending=ending)
    given_back = shown(li, uid).state
    worked(results)

    assert (given_back, shown(li, uid).state, Job.objects.get(uid=uid).attempt) == ("waiting", "done", 1)


def test_a_result_is_let_go_on_the_day_of_the_rule(li, results):
    uid = ask(li)
    worked(results)

    ended = shown(li, uid).ended_at

    worked(results, lambda: ended + timedelta(days=6, hours=23))
    kept = shown(li, uid).state
    worked(results, lambda: ended + timedelta(days=7))

    assert (kept, shown(li, uid).state) == ("done", "expired")
    assert list(results.iterdir()) == []


def test_a_job_whose_workers_die_three_times_has_failed(li, results):
    uid = ask(li)
    for at in range(3):
        moment = AT + timedelta(minutes=at)
        Job.objects.filter(uid=uid, state="waiting").update(state="running", attempt=at + 1, beat_at=0, worker="gone:1")
        tidy(moment, results, lambda worker: False)

    found = shown(li, uid)
    assert found.state == "failed" and "three times" in found.problem.en


def killed_while_writing(url: str, home: Path) -> None:
    """Let a worker in another process begin the file, then kill it."""
    environment = {"DATABASE_URL": url, "DACHENG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "dacheng.conf.settings"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.store.job_until_killed"],
        cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert worker.stdout and worker.stdout.readline() == "writing\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait(30)
    worker.stdout.close()


def test_a_job_goes_on_after_its_worker_was_killed_and_its_file_is_there_once(li, shared_database, results):
    uid = ask(li)

    killed_while_writing(shared_database, results.parent)
    written = [file for file in results.iterdir() if FAR not in file.suffixes]  # how far it was may have been told
    left = shown(li, uid).state, [file.read_bytes() for file in written]
    worked(results, now)

    assert left == ("running", [b"half a file"])
    assert (shown(li, uid).state, Job.objects.get(uid=uid).attempt) == ("done", 2)
    assert [file.read_bytes() for file in results.iterdir()] == [jobs.result_of(li, uid, results)[0].read_bytes()]
    assert jobs.result_of(li, uid, results)[0].read_bytes() == seen_by(li)


def test_a_job_that_is_cancelled_while_it_writes_has_written_nothing(shared_database, results, monkeypatch):
    invite(actor=SYSTEM, at=AT, person_id=number("people", "ops"))
    ops, before = actor("ops"), canonical_hash()
    monkeypatch.setattr(settings, "UPLOADS", results.parent / "uploads")
    text = "客户编号,客户名称\n" + "".join(f"K{at},客户{at}\n" for at in range(50))
    kept = keep(settings.UPLOADS, ops.person_id, now(), [Brought("客户.csv", [text.encode()])])
    uid = import_jobs.ask_commit(kept, ops, now(), "zh-hans", refused=0)
    real, asking = imports.commit, threading.Thread(target=lambda: jobs.cancel_job(ops, now(), uid))

    def written_slowly(*given, step, **rest):
        done = real(*given, step=step, **rest)  # all is written; its transaction holds the database
        asking.start()
        for at in range(200):
            time.sleep(0.05)
            step("writing", at, 200)
        return done

    monkeypatch.setattr(imports, "commit", written_slowly)
    worked(results, now)
    asking.join()

    assert shown(ops, uid).state == "cancelled"
    assert canonical_hash() == before and ImportBatch.objects.count() == 0
    assert list(results.iterdir()) == []


def test_how_far_a_job_is_can_be_read_while_it_holds_the_database(shared_database, results, monkeypatch):
    invite(actor=SYSTEM, at=AT, person_id=number("people", "ops"))
    ops, seen = actor("ops"), []
    monkeypatch.setattr(settings, "UPLOADS", results.parent / "uploads")
    kept = keep(settings.UPLOADS, ops.person_id, now(), [Brought("客户.csv", ["客户编号,客户名称\nK9,九\n".encode()])])
    uid = import_jobs.ask_commit(kept, ops, now(), "zh-hans", refused=0)
    real = imports.commit

    def written_slowly(*given, step, **rest):
        done = real(*given, step=step, **rest)
        step("writing", 3, 4)
        reader = threading.Thread(target=lambda: until(lambda: seen.append(shown(ops, uid)) or seen[-1].done == 3, 10))
        reader.start()
        reader.join()
        return done

    monkeypatch.setattr(imports, "commit", written_slowly)
    worked(results, now)

    assert (seen[-1].state, seen[-1].phase.en, seen[-1].progress) == ("running", "Writing", 0.75)
    assert shown(ops, uid).state == "done"


BESIDE = """
import signal, time
from dacheng.cli.jobs import worker_beside
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
with worker_beside():
    print("up", flush=True)
    time.sleep(120)
"""


def until(condition, seconds: float = 60) -> bool:
    """Wait until something is so; tell whether it came."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return bool(condition())


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGKILL])
def test_the_worker_beside_a_server_does_what_is_asked_and_ends_with_it(li, shared_database, results, told):
    environment = {"DATABASE_URL": shared_database, "DACHENG_HOME": str(results.parent)}
    server = subprocess.Popen(
        [sys.executable, "-c", BESIDE], cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert server.stdout and server.stdout.readline() == "up\n"
    uid = ask(li)

    done = until(lambda: shown(li, uid).state == "done")
    server.send_signal(told)
    server.wait(30)
    server.stdout.close()

    worker = Job.objects.get(uid=uid).worker
    assert done and until(lambda: is_gone(worker))
