"""Target cells as the grid edits them: their versions, and who set them when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dacheng.store.bulk import among, select_rows

Key = tuple[int, int, int]
"""Unit, person (0 = the unit's own) and month of a cell of one measure."""


@dataclass(frozen=True, slots=True)
class CellRecord:
    """A cell that was set at least once: its number and its version."""

    record_id: int
    version: int


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell set by an entry of the log.

    Args:
        at: microseconds since 1970-01-01 UTC; actor_id: who, 0 = the system.
        from_day: the day it takes effect.
        before, after: minor units; None = no target.
        entry: the entry's name outside, its hash.
    """

    record_id: int
    at: int
    actor_id: int
    action: str
    from_day: int
    before: int | None
    after: int | None
    entry: str


def cell_records(units: Iterable[int], measure_id: int, from_ym: int, to_ym: int) -> dict[Key, CellRecord]:
    """Return the cells of units in the months ``[from_ym, to_ym)``."""
    months = f"measure_id = {int(measure_id)} AND ym >= {int(from_ym)} AND ym < {int(to_ym)}"
    conditions = [among("unit_id", units), (months, None), ("NOT removed", None)]
    rows = select_rows("rec_targets", ["unit_id", "person_id", "ym", "id", "version"], conditions)
    return {(unit, person, ym): CellRecord(at, version) for unit, person, ym, at, version in rows}


def cell_changes(ids: Iterable[int], *, limit: int = 0) -> list[CellChange]:
    """Return who set cells when, the latest first.

    Args:
        limit: at most so many; 0 = all.
    """
    columns = ["seq", "record_id", "from_day", "before", "after"]
    conditions = [("relation = 'targets'", None), among("record_id", ids)]
    order = ("seq DESC", f"position DESC{f' LIMIT {int(limit)}' if limit else ''}")
    rows = select_rows("log_change", columns, conditions, order=order)
    entries = _entries({row[0] for row in rows})
    return [
        CellChange(record_id, *entries[seq][:3], from_day, _amount(before), _amount(after), entries[seq][3])
        for seq, record_id, from_day, before, after in rows
    ]


def _entries(seqs: Iterable[int]) -> dict[int, Sequence[object]]:
    rows = select_rows("log", ["seq", "at", "actor_id", "action", "hash"], [among("seq", seqs)])
    return {row[0]: row[1:] for row in rows}


def _amount(text: str) -> int | None:
    value = json.loads(text).get("amount") if text else None
    return None if value is None else int(value)
