"""Timing contenders side by side: interleaved, medians, answers compared before any time counts."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

REPEATS = 7
MEGABYTE = 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the result.

    Args:
        row: number in the goals' table. ours, theirs: milliseconds, or requests a second for pages.
        goal: in words, with whom. note: what the reader must know.
    """

    row: str
    work: str
    scale: str
    ours: str
    theirs: str
    ratio: str
    goal: str
    note: str = ""


def interleaved(contenders: Mapping[str, Callable[[], object]], repeats: int = REPEATS) -> dict[str, float]:
    """Return the median milliseconds of each contender, run in turn A B A B, one warm-up first."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repeats + 1):
        for name, work in contenders.items():
            begun = time.perf_counter()
            work()
            if turn:
                times[name].append((time.perf_counter() - begun) * 1000)
    return {name: statistics.median(measured) for name, measured in times.items()}


def same(one: object, other: object, what: str) -> None:
    """Refuse to time answers that differ."""
    if one != other:
        raise AssertionError(f"{what}: the answers differ: {str(one)[:200]} … {str(other)[:200]}")


def peak_megabytes() -> int:
    """Return the peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEGABYTE


def memory_of(process: int) -> int:
    """Return the megabytes of a process, its share of what it shares with others; Linux only."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(told.partition("\nPss:")[2].split()[0]) // MEGABYTE


def family_of(process: int) -> list[int]:
    """Return a process and all that it started, and those started in turn; Linux only."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    children = [int(one) for task in tasks for one in task.read_text().split()]
    return [process, *(below for child in children for below in family_of(child))]


def milliseconds(value: float) -> str:
    """Return a time with three significant digits."""
    return f"{value:.3g} ms"


def times_faster(ours: float, theirs: float) -> str:
    """Return how many times faster ours is."""
    return f"{theirs / ours:.1f}×"
