"""Plans as pages list them, and the versions of their cells to change them by."""

from __future__ import annotations

from collections.abc import Iterable

from dacheng.store.bulk import Condition, among, select_rows

Place = tuple[int, int]
"""A row of a plan and a month; month 0 = the terms of its whole year."""


def cell_versions(plan_id: int, measure_id: int, rows: Iterable[int] | None = None) -> dict[Place, int]:
    """Return the version of every cell of a measure that was ever set, its terms included."""
    conditions: list[Condition] = [("plan_id = %s", plan_id), ("measure_id = %s", measure_id), ("NOT removed", None)]
    if rows is not None:
        conditions.append(among("plan_row_id", rows))
    cells = select_rows("rec_plan_cells", ["plan_row_id", "ym", "version"], conditions)
    terms = select_rows("rec_plan_terms", ["plan_row_id", "version"], conditions)
    return {(row, ym): version for row, ym, version in cells} | {(row, 0): version for row, version in terms}
