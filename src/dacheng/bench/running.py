"""Running the benchmarks and writing the page of results."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from dacheng.bench.books import build_replica
from dacheng.bench.bounded import bounded
from dacheng.bench.databases import connect, rows_of
from dacheng.bench.four_tables import four_tables
from dacheng.bench.importing import importing
from dacheng.bench.measuring import Line, peak_megabytes
from dacheng.bench.months import months
from dacheng.bench.pages import pages
from dacheng.bench.planning import planning
from dacheng.bench.plans_in_app import in_app
from dacheng.bench.questions import board, questions
from dacheng.bench.rolling import roll_up
from dacheng.bench.scaling import scaling
from dacheng.bench.writers import session_of
from dacheng.bench.writes import writes
from dacheng.core.access import EXECUTIVE, MANAGER, REP
from dacheng.core.period import day_of

LARGE = 1_000_000
"""From so many deals on, what does not depend on them is measured too, and ten of the company."""

HEAD = """# Benchmarks

A goal is a ratio measured in one run: contenders interleaved A B A B, medians, answers compared before timing.
Timings never gate a test. "Recorded" peers were measured once on two cores and are not run here.
Run `make bench` to measure again.
"""


def measure(deals: int, at: datetime, url: str, postgres: dict[str, object]) -> Iterator[Line]:
    """Measure every goal at one scale, one after the other; the default database and PostgreSQL are loaded already."""
    connect("postgres", postgres)
    scale, day = f"{deals:,} deals", day_of(at.date())
    build_replica(at)
    yield from questions(scale, day)
    yield from board(scale, day)
    yield from writes(scale, at)
    if deals >= LARGE:
        yield from roll_up()
        yield from scaling(deals, day)
    sessions = [session_of(person, at) for person in _people()]
    for replica in (False, True):
        if replica:
            build_replica(at)  # the worker of a server that wants none has removed it
        yield from pages(scale, url, sessions, _free_port(), at, replica=replica)
        if deals >= LARGE:
            yield from four_tables(url, sessions[0], _free_port(), at, replica=replica)
    yield from importing(scale, at)


def tables(at: datetime, url: str) -> Iterator[Line]:
    """Measure the pages of the four tables alone; the default database is loaded already."""
    (executive, *_) = _people()
    session = session_of(executive, at)
    for replica in (False, True):
        if replica:
            build_replica(at)
        yield from four_tables(url, session, _free_port(), at, replica=replica)


def plans(databases: Mapping[str, str], at: datetime) -> Iterator[Line]:
    """Measure the goals of decomposition, which do not depend on deals; the last one also in the app.

    Args:
        databases: how an empty database is called -> its URL.
    """
    yield from bounded()
    yield from months()
    yield from planning()
    yield from in_app(databases, at)


def _free_port() -> int:
    """Return a port that nothing listens on: the server of an earlier run may still be there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _people() -> list[int]:
    """Return an executive first, then managers and reps, so that scopes are mixed."""
    wanted = f"({EXECUTIVE}, {MANAGER}, {REP})"
    sql = f"SELECT role, MIN(person_id), MAX(person_id) FROM fact_roles WHERE role IN {wanted} GROUP BY role"
    found = {row[0]: row[1:] for row in rows_of("default", sql)}
    order = [EXECUTIVE, MANAGER, REP]
    return [int(person) for role in order if role in found for person in dict.fromkeys(found[role])]


def page(lines: Iterable[Line], at: datetime) -> str:
    """Return the page of results as Markdown."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    head = f"{HEAD}\nMeasured {at.date().isoformat()} on {machine}; peak memory of the bench {peak_megabytes()} MB.\n\n"
    table = ["| goal | work | scale | ours | contender | ratio | goal |", "|---|---|---|---|---|---|---|"]
    notes = []
    for line in lines:
        cells = (line.row, line.work, line.scale, line.ours, line.theirs, line.ratio, line.goal)
        table.append("| " + " | ".join(cells) + " |")
        if line.note and (note := f"- Goal {line.row}: {line.note}.") not in notes:
            notes.append(note)
    return head + "\n".join(table) + "\n" + ("\n" + "\n".join(notes) + "\n" if notes else "")


def run(measured: Iterable[Line], out: Path, at: datetime) -> list[Line]:
    """Write the page anew after each result, so that a stop loses nothing."""
    lines: list[Line] = []
    out.parent.mkdir(parents=True, exist_ok=True)
    for line in measured:
        lines.append(line)
        out.write_text(page(lines, at), encoding="utf-8")
    return lines
