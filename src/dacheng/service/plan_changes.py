"""What is to be written of a plan that was worked on: every column that is another one afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.plans.drafting import CELL_TERMS, YEAR_TERMS
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.feasibility import Stated
from dacheng.store.actions.plan_cells import CellChange


def cell_changes(before: Sheet, after: Sheet, *, anew: bool) -> list[CellChange]:
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
    ids = after.tree.unit_ids.tolist()
    return [
        CellChange(row_id=ids[row], measure_id=before.measure_id, ym=ym, values=values)
        for row, ym, values in chain(
            ((row, before.plan.from_ym + month, values) for (row, month), values in _values(after.cells, months)),
            ((row, 0, values) for (row,), values in _values(after.years, years)),
        )
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


def _values(after: Any, differing: Mapping[str, BoolArray]) -> Iterator[tuple[tuple[int, ...], dict[str, int | None]]]:
    """Yield each place where anything differs, by row and month, with the columns that do and their values."""
    places = np.nonzero(np.logical_or.reduce([*differing.values()]))
    found: list[dict[str, int | None]] = [{} for _ in range(len(places[0]))]
    for name, differs in differing.items():
        here = np.flatnonzero(differs[places])
        for at, value in zip(
            here.tolist(), _listed(getattr(after, name), tuple(one[here] for one in places)), strict=True
        ):
            found[at][name] = value
    yield from zip(zip(*(one.tolist() for one in places), strict=True), found, strict=True)


def _listed(column: Any, at: tuple[Any, ...]) -> list[int | None]:
    """Return the values of a column at some places; None where nothing is stated."""
    if not isinstance(column, Stated):
        return [int(one) for one in column[at].tolist()]
    value, known = column.value[at].tolist(), column.known[at].tolist()
    return [one if there else None for one, there in zip(value, known, strict=True)]
