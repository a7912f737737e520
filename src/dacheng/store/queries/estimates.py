"""Estimates as they are edited: versions and sources of inputs, the estimate's own record, names of what it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dacheng.core.estimates.schema import ESTIMATES
from dacheng.store.bulk import among, select_rows
from dacheng.store.standing import Standing, record_table, standing_keys

EstimateKey = tuple[int, int, int, int]
"""Unit, first month of the fiscal year, measure and plan."""


@dataclass(frozen=True, slots=True)
class InputRecord:
    """An input that somebody typed at least once."""

    record_id: int
    version: int
    source: str


def input_records(key: EstimateKey) -> dict[tuple[int, int], InputRecord]:
    """Return the inputs of an estimate by number and line."""
    conditions = [among(name, [value]) for name, value in zip(ESTIMATES.key, key, strict=True)]
    columns = ["input", "line", "id", "version", "source"]
    rows = select_rows(record_table("estimate_inputs"), columns, [*conditions, ("NOT removed", None)])
    return {(number, line): InputRecord(at, version, source) for number, line, at, version, source in rows}


def estimate_record(key: EstimateKey) -> Standing | None:
    """Return the record of an estimate; None where nobody chose, submitted or copied anything."""
    return standing_keys("estimates", [key]).get(key)


def plans_there(unit: int, ym: int, measure: int) -> set[int]:
    """Return the plans of a unit, year and measure for which something was typed or chosen."""
    conditions = [among("unit_id", [unit]), among("ym", [ym]), among("measure_id", [measure]), ("NOT removed", None)]
    found: set[int] = set()
    for name in ("estimates", "estimate_inputs"):
        found |= {row[0] for row in select_rows(record_table(name), ["scheme"], conditions)}
    return found


def line_names(ids: Iterable[int]) -> dict[int, str]:
    """Return what inventory lines are called."""
    return dict(select_rows(record_table("inventory_lines"), ["id", "name"], [among("id", ids)]))
