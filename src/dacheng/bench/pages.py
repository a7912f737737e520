"""Goal 17: pages over HTTP for eight people at once, with a write between any two requests."""

from __future__ import annotations

import gzip
import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from dacheng.bench.measuring import Line, family_of, memory_of, milliseconds
from dacheng.bench.writers import Writer

PAGES = {
    "cockpit": "/",
    "pipeline": "/reports/tables/pipeline/",
    "attainment": "/reports/targets/attainment/",
    "deal list": "/reports/deals/list/",
}
EVERYBODY = "whole company, a write before each request"

PEOPLE = 8
WORKERS = 2
WARM, ALONE, MIXED = 4 * WORKERS, 60, 10
"""Requests of a page before any is timed, so that every worker has begun; requests alone; rounds of each person."""

PATIENCE = 90
"""Seconds after which no more requests of a page are timed; at least twenty are."""

ODOO_PAGES = "Odoo (recorded) 11 kanban pages/s, p50 654 ms"


@dataclass
class Visit:
    """One signed-in session and the times of its requests, milliseconds."""

    session: str
    times: list[float] = field(default_factory=list)


def pages(scale: str, url: str, sessions: list[str], port: int, at: datetime, *, replica: bool) -> list[Line]:
    """Measure every page alone with a write before each request, then eight people mixed, and the memory of it all.

    Args:
        replica: let the columnar replica answer, which the worker beside the server keeps up to date.
    """
    where = ", with the columnar replica" if replica else ""
    goal = "p95 ≤ 200 ms at 100 k on SQLite"
    with serving(url, port, replica=replica) as server:
        writer = Writer(at)
        lines = [
            alone("17", f"page {name}{where}, {EVERYBODY}", path, scale, sessions[0], port, writer, goal)
            for name, path in PAGES.items()
        ]
        lines += [_mixed(scale, sessions, port, where, one) for one in (None, writer)]
        lines.append(_memory(scale, server, where))
        return lines if replica else [*lines, _first_load(sessions[0], port)]


@contextmanager
def serving(url: str, port: int, *, replica: bool) -> Iterator[int]:
    """Run a server over a database as long as the block lasts; gives its process."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port), str(WORKERS)],
        env=os.environ | {"DATABASE_URL": url, "DACHENG_REPLICA": "on" if replica else "off"},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield server.pid
    finally:
        server.terminate()
        server.wait(20)


SERVER = """
import sys
from dacheng.conf.main import use_database
use_database(None)
from dacheng.cli.serve import run_server
run_server("127.0.0.1", int(sys.argv[1]), int(sys.argv[2]))
"""


def alone(row: str, work: str, path: str, scale: str, session: str, port: int, writer: Writer, goal: str) -> Line:
    """Measure one page for one session, with a write before each request."""
    times = []
    begun = time.perf_counter()
    for turn in range(WARM + ALONE):
        writer.write()
        spent = _get(port, path, session)
        if turn >= WARM:
            times.append(spent)
        if len(times) >= 20 and time.perf_counter() - begun > PATIENCE:
            break
    p95 = statistics.quantiles(times, n=20)[-1]
    return Line(
        row, work, scale, f"p50 {milliseconds(statistics.median(times))}, p95 {milliseconds(p95)}", "–", "–", goal
    )


def _mixed(scale: str, sessions: list[str], port: int, where: str, writer: Writer | None) -> Line:
    """Let people walk through the pages side by side, while nothing is recorded or a writer records once a second."""
    visits = [Visit(sessions[at % len(sessions)]) for at in range(PEOPLE)]
    begun = time.perf_counter()
    threads = [threading.Thread(target=_walk, args=(visit, port)) for visit in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        while writer and thread.is_alive():
            writer.write()
            thread.join(timeout=1)
        thread.join()
    spent = time.perf_counter() - begun
    times = [one for visit in visits for one in visit.times]
    return Line(
        "17",
        f"{PEOPLE} people, pages mixed, scopes mixed, {'a write every second' if writer else 'no writes'}{where}",
        scale,
        f"{len(times) / spent:.1f} pages/s, p50 {milliseconds(statistics.median(times))}",
        ODOO_PAGES,
        f"{len(times) / spent / 11:.1f}×",
        "≥ 4× pages/s",
        "what was answered is remembered until something is recorded",
    )


def _memory(scale: str, server: int, where: str) -> Line:
    """Return what the server, its web processes and the worker beside them hold, shared pages counted once."""
    held = sum(memory_of(one) for one in family_of(server))
    work = f"memory of server, {WORKERS} web processes and worker{where}"
    return Line("17", work, scale, f"{held} MB", "–", "–", "≤ 600 MB")


def _walk(visit: Visit, port: int) -> None:
    for _turn in range(MIXED):
        for path in PAGES.values():
            visit.times.append(_get(port, path, visit.session))


def _get(port: int, path: str, session: str) -> float:
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Cookie": f"sessionid={session}", "Host": "localhost"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise AssertionError(f"{path} answered {answer.status}")
    return (time.perf_counter() - begun) * 1000


def _first_load(session: str, port: int) -> Line:
    """Return the bytes of a first visit: the page and the assets every page loads, gzipped."""
    dist = Path(__file__).resolve().parent.parent / "web" / "static" / "dist"
    assets = [file for file in dist.glob("*.gz") if file.name.count(".") == 3]
    common = [file for file in assets if file.name.split(".")[0] in ("app",) or file.name.startswith("shared")]
    total = sum(file.stat().st_size for file in common)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/", headers={"Cookie": f"sessionid={session}", "Host": "localhost"})
    total += len(gzip.compress(connection.getresponse().read()))
    return Line("17", "first load, gzipped", "–", f"{total / 1000:.0f} kB", "Odoo (recorded) 6.9 MB", "–", "≤ 250 kB")


def _wait(port: int) -> None:
    for _turn in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/sign-in/", headers={"Host": "localhost"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")
