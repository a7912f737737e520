"""Contenders that are libraries: met only where they are installed (requirements-bench.lock)."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from dacheng.bench.measuring import MEGABYTE


def installed(*libraries: str) -> bool:
    """Tell whether libraries can be imported."""
    return all(find_spec(name) is not None for name in libraries)


def memory_for(work: Callable[[], object]) -> str:
    """Do some work and return by how many megabytes the memory of this process rose meanwhile; Linux only."""
    Path("/proc/self/clear_refs").write_text("5")  # the highest is counted from here
    before = _kilobytes("VmRSS")
    work()
    return f"{max(_kilobytes('VmHWM') - before, 0) // MEGABYTE} MB"


def _kilobytes(name: str) -> int:
    told = Path("/proc/self/status").read_text()
    return int(told.partition(f"\n{name}:")[2].split()[0])
