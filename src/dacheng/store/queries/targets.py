"""Target cells as the grid edits them: their versions, and who set them when."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dacheng.store.bulk import among, fetch_rows, select_rows

_CELLS = "log_change c JOIN rec_targets t ON t.id = c.record_id"
_OF_TARGETS = "c.relation = 'targets'"

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


@dataclass(frozen=True, slots=True)
class Seen:
    """Which cells somebody sees: those at his units, and his own.

    Args:
        whole: every cell is seen.
    """

    units: tuple[int, ...]
    person_id: int
    whole: bool

    def condition(self) -> tuple[str, list[Any]]:
        """Return the condition on cells, with its parameters."""
        if self.whole:
            return "1 = 1", []
        at_units, listed = among("unit_id", self.units)
        return f"({at_units} OR person_id = {int(self.person_id)})", _given(listed)


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


@dataclass(frozen=True, slots=True)
class SavedCells:
    """The cells of one measure that one entry set, as far as they are seen.

    Args:
        first_day, last_day: from when they hold; from_ym, to_ym: the months they are for, both included.
    """

    seq: int
    measure_id: int
    cells: int
    first_day: int
    last_day: int
    from_ym: int
    to_ym: int


def saves_seen(seen: Seen, *, limit: int, offset: int = 0) -> list[int]:
    """Return the sequences of the entries that set cells somebody sees, the latest first."""
    condition, params = seen.condition()
    return [
        row[0]
        for row in fetch_rows(
            f"SELECT DISTINCT c.seq FROM {_CELLS} WHERE {_OF_TARGETS} AND {condition}"
            f" ORDER BY c.seq DESC LIMIT {int(limit)} OFFSET {int(offset)}",
            params,
        )
    ]


def cells_saved(seen: Seen, seqs: Iterable[int]) -> list[SavedCells]:
    """Return what entries set, one row an entry and measure."""
    condition, params = seen.condition()
    chosen, listed = among("seq", seqs)
    rows = fetch_rows(
        "SELECT c.seq, t.measure_id, COUNT(*), MIN(c.from_day), MAX(c.from_day), MIN(t.ym), MAX(t.ym)"
        f" FROM {_CELLS} WHERE {_OF_TARGETS} AND {chosen} AND {condition}"
        " GROUP BY c.seq, t.measure_id ORDER BY c.seq DESC, t.measure_id",
        [*_given(listed), *params],
    )
    return [SavedCells(*row) for row in rows]


def cells_of_entry(seen: Seen, seq: int, *, limit: int, offset: int = 0) -> list[tuple[int, int, int, int, CellChange]]:
    """Return (unit, person, measure, month, change) of each cell an entry set, as far as it is seen."""
    condition, params = seen.condition()
    rows = fetch_rows(
        "SELECT t.unit_id, t.person_id, t.measure_id, t.ym, c.record_id, c.from_day, c.before, c.after"
        f" FROM {_CELLS} WHERE {_OF_TARGETS} AND c.seq = {int(seq)} AND {condition}"
        f" ORDER BY t.measure_id, t.unit_id, t.person_id, t.ym LIMIT {int(limit)} OFFSET {int(offset)}",
        params,
    )
    entries = _entries([seq])
    return [
        (*row[:4], CellChange(row[4], *entries[seq][:3], row[5], _amount(row[6]), _amount(row[7]), entries[seq][3]))
        for row in rows
    ]


def _given(param: Any) -> list[Any]:
    return [] if param is None else [param]


def _entries(seqs: Iterable[int]) -> dict[int, tuple[Any, Any, Any, Any]]:
    rows = select_rows("log", ["seq", "at", "actor_id", "action", "hash"], [among("seq", seqs)])
    return {seq: (at, actor, action, name) for seq, at, actor, action, name in rows}


def _amount(text: str) -> int | None:
    value = json.loads(text).get("amount") if text else None
    return None if value is None else int(value)
