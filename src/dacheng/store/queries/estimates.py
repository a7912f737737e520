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


def market_sources(ids: Iterable[int]) -> list[tuple[str, int | None]]:
    """Return where market facts come from, each source with its day once, in order; an empty text = not stated."""
    rows = select_rows(record_table("market_facts"), ["source", "sourced_day"], [among("id", ids)])
    return sorted({(str(source).strip(), day) for source, day in rows}, key=lambda one: (one[0], one[1] or 0))


def market_source_texts(ids: Iterable[int]) -> dict[int, str]:
    """Return where each market fact comes from; an empty text = not stated."""
    return {
        number: str(source).strip()
        for number, source in select_rows(record_table("market_facts"), ["id", "source"], [among("id", ids)])
    }


def line_names(ids: Iterable[int]) -> dict[int, str]:
    """Return what inventory lines are called."""
    return dict(select_rows(record_table("inventory_lines"), ["id", "name"], [among("id", ids)]))
