"""What is to be written of a plan that was worked on: every column that is another one afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.plans.drafting import CELL_TERMS, YEAR_TERMS
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.feasibility import Stated
from dacheng.store.actions.plan_cells import CellChange

Versions = Mapping[tuple[int, int], int]
"""Row and month -> the version of the cell as it stands; month 0 = the terms of its year."""


def cell_changes(before: Sheet, after: Sheet, versions: Versions, *, anew: bool) -> list[CellChange]:
    """Return what is to be written: what differs; what a breakdown gave anew as well."""
    columns = [*CELL_TERMS, "amount", *(["automatic"] if anew else [])]
    months = _differing(before.cells, after.cells, columns)
    if anew:
        months["automatic"] |= ~before.cells.automatic.known
        months["amount"] |= months["automatic"]
    for column in ("amount", "automatic"):
        if column in months:
            months[column] &= ~before.frozen
    years = _differing(before.years, after.years, YEAR_TERMS)
    if before.shared_top:
        for differs in (*months.values(), *years.values()):
            differs[0] = False
    first = before.plan.from_ym
    found = [
        (row, first + month, {name: _value(after.cells, name, (row, month)) for name in names})
        for (row, month), names in _places(months).items()
    ]
    found += [
        (row, 0, {name: _value(after.years, name, row) for name in names}) for (row,), names in _places(years).items()
    ]
    ids = after.tree.unit_ids
    return [
        CellChange(
            row_id=int(ids[row]),
            measure_id=before.measure_id,
            ym=ym,
            values=values,
            version=versions.get((int(ids[row]), ym), 0),
        )
        for row, ym, values in found
    ]


def _differing(before: Any, after: Any, columns: Iterable[str]) -> dict[str, BoolArray]:
    """Return for each column where it is another one afterwards."""
    found: dict[str, BoolArray] = {}
    for name in columns:
        was, now = getattr(before, name), getattr(after, name)
        if isinstance(was, Stated):
            found[name] = (was.known != now.known) | (was.known & now.known & (was.value != now.value))
        else:
            found[name] = np.asarray(was != now)
    return found


def _places(differing: Mapping[str, BoolArray]) -> dict[tuple[int, ...], list[str]]:
    """Return for each place the columns that differ there."""
    found: dict[tuple[int, ...], list[str]] = {}
    for name, differs in differing.items():
        for place in np.argwhere(differs).tolist():
            found.setdefault(tuple(place), []).append(name)
    return found


def _value(stated: Any, name: str, at: Any) -> int | None:
    column = getattr(stated, name)
    if isinstance(column, Stated):
        return int(column.value[at]) if column.known[at] else None
    return int(column[at])
