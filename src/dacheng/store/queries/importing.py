"""What stands already, as an import asks for it: by code or name, a few queries at any size."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import among, select_rows
from dacheng.store.standing import ids_of_codes, record_table, standing_keys


@dataclass(frozen=True, slots=True)
class Found:
    """A record that stands: code, name, and the columns that were asked for, by their latest values."""

    code: str
    name: str
    values: dict[str, Any]


def records_called(relation: str, texts: Collection[str], columns: Sequence[str] = ()) -> list[Found]:
    """Return the records whose code or name is one of the texts, exactly; each once."""
    if not texts:
        return []
    names = [name for name in ("code", "name") if name in {one.name for one in RELATIONS[relation].labels}]
    found = {one.code: one for name in names for one in _read(relation, columns, [among(name, texts)])}
    return list(found.values())


def records_listed(relation: str, limit: int, columns: Sequence[str] = ()) -> list[Found]:
    """Return the first records, by number."""
    return _read(
        relation, columns, [(f"id IN (SELECT id FROM {record_table(relation)} ORDER BY id LIMIT {int(limit)})", None)]
    )


def top_unit_code() -> str:
    """Return the code of the unit at the top; empty when there is none."""
    tops = select_rows(record_table("units"), ["code"], [("parent_id = 0 AND NOT removed", None)], order=("id",))
    return str(tops[0][0]) if tops else ""


def homes_of(people: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """Return where people are at home by now: person's code -> (first day, unit's code), ascending."""
    numbers = ids_of_codes("people", people) if people else {}
    found = standing_keys("assignments", [(number,) for number in numbers.values()])
    at = RELATIONS["assignments"].positions["unit_id"]
    units = {int(version.values[at] or 0) for one in found.values() for version in one.versions}
    codes = dict(select_rows(record_table("units"), ["id", "code"], [among("id", units)])) if units else {}
    return {
        code: [(one.from_day, codes[int(one.values[at] or 0)]) for one in found[(number,)].versions]
        for code, number in numbers.items()
        if (number,) in found
    }


def _read(relation: str, columns: Sequence[str], conditions: list[tuple[str, Any]]) -> list[Found]:
    has_name = "name" in {one.name for one in RELATIONS[relation].labels}
    wanted = ["code", "name" if has_name else "code", *columns]
    rows = select_rows(record_table(relation), wanted, [*conditions, ("NOT removed", None)], order=("id",))
    return [Found(row[0], row[1] if has_name else "", dict(zip(columns, row[2:], strict=True))) for row in rows]
