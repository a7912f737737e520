"""Plans as pages list them, and the versions of their cells to change them by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dacheng.store.bulk import Condition, among, select_rows
from dacheng.store.queries.log import entry_heads

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


def fit_reasons(measure_id: int, rows: Iterable[int]) -> dict[int, str]:
    """Return why rows of plans weigh more or less than their factors say, where a reason was given."""
    conditions: list[Condition] = [("measure_id = %s", measure_id), among("plan_row_id", rows), ("NOT removed", None)]
    found = select_rows("rec_plan_terms", ["plan_row_id", "fit_reason"], conditions)
    return {row: reason for row, reason in found if reason}


def row_keys(plan_id: int) -> dict[int, str]:
    """Return the public id of every row of a plan as 32 digits, by its number."""
    rows = select_rows("rec_plan_rows", ["id", "uid"], [("plan_id = %s", plan_id), ("NOT removed", None)])
    return {number: uid.hex if isinstance(uid, UUID) else uid for number, uid in rows}


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What an entry of the log changed of a cell, or with month 0 of the terms of a row.

    Args:
        at: microseconds since 1970-01-01 UTC; actor_id: who, 0 = the system. action: what was done.
        before, after: the columns that changed; no ``before`` where the cell began.
        entry: the entry's name outside, its hash.
    """

    place: Place
    at: int
    actor_id: int
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    entry: str


def changes_of_cells(measure_id: int, places: Iterable[Place], *, limit: int = 0) -> list[PlanChange]:
    """Return what was changed of cells and terms, the latest first.

    Args:
        limit: at most so many of each; 0 = all.
    """
    wanted = set(places)
    found: list[PlanChange] = []
    for relation, kept in (
        ("plan_cells", {one for one in wanted if one[1]}),
        ("plan_terms", {one for one in wanted if not one[1]}),
    ):
        found += _changes(relation, _records_of(relation, measure_id, kept), limit) if kept else []
    return sorted(found, key=lambda one: one.at, reverse=True)


def _records_of(relation: str, measure_id: int, places: set[Place]) -> dict[int, Place]:
    """Return the number of each record with the row and month it is of."""
    conditions: list[Condition] = [("measure_id = %s", measure_id), among("plan_row_id", {row for row, _ in places})]
    columns = ["id", "plan_row_id", *(["ym"] if relation == "plan_cells" else [])]
    rows = select_rows(f"rec_{relation}", columns, conditions)
    found = {row[0]: (row[1], row[2] if len(row) > 2 else 0) for row in rows}
    return {number: place for number, place in found.items() if place in places}


def _changes(relation: str, records: Mapping[int, Place], limit: int) -> list[PlanChange]:
    conditions: list[Condition] = [("relation = %s", relation), among("record_id", records)]
    order = ("seq DESC", f"position DESC{f' LIMIT {int(limit)}' if limit else ''}")
    rows = select_rows("log_change", ["seq", "record_id", "before", "after"], conditions, order=order)
    heads = entry_heads({row[0] for row in rows})
    return [
        PlanChange(
            records[number],
            heads[seq].at,
            heads[seq].actor_id,
            heads[seq].action,
            json.loads(before) if before else {},
            json.loads(after) if after else {},
            heads[seq].entry,
        )
        for seq, number, before, after in rows
    ]
