"""A record's values outside: JSON's own types, exact, and nothing of our numbering.

Money is decimal text in 元 (``"1200000.00"``), a day ISO text, a month ``2026-06``, basis
points a whole number, a flag true or false, a choice its code, a reference a public id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import to_decimal, to_minor
from dacheng.core.period import FAR_DAY, date_of, day_of, parse_period, ym_text
from dacheng.core.relation import Column, FieldClass, Relation
from dacheng.core.schema import RELATIONS
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name, Names

Named = Mapping[str, Mapping[int, Name]]
"""Relation -> id -> name."""

CODE, NAME = "", "_name"
"""Endings of what stands beside a reference ``owner_id``: ``owner``, its code, and ``owner_name``."""


def received(relation: Relation, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of columns as an action takes them; references stay public ids."""
    return {name: _received(relation.column(name), value) for name, value in given.items()}


def sent(relation: Relation, row: Mapping[str, Any], names: Named) -> dict[str, Any]:
    """Return a row's columns as they stand outside, each reference with code and name beside it."""
    values: dict[str, Any] = {}
    for column in relation.columns:
        if column.name not in row or (relation.entity and column.name == relation.key[0]):
            continue
        if column.kind == "ref":
            values |= _reference(column, row[column.name], names)
        else:
            values[column.name] = sent_value(column, row[column.name])
    return values


def sent_value(column: Column, value: Any) -> Any:
    """Return one value, not a reference, as it stands outside; None where it is not known."""
    if value is None or column.is_label:
        return value
    if column.kind == "money":
        return amount_text(value)
    if column.kind == "day":
        return None if value == FAR_DAY else date_of(value).isoformat()
    if column.kind == "ym":
        return ym_text(value)
    if column.kind == "flag":
        return bool(value)
    if column.kind == "choice":
        return next((code for number, code, _ in column.choices if number == value), None)
    return int(value)


def amount_text(amount: int) -> str:
    """Return minor units as decimal text.

    >>> amount_text(-120)
    '-1.20'
    """
    return f"{to_decimal(amount):.2f}"


def amount_of(text: str) -> int:
    """Return decimal text as minor units, exactly.

    >>> amount_of("1200000.5")
    120000050
    """
    return to_minor(Decimal(text))


def month_of(text: str) -> int:
    """Return ``2026-06`` as a month.

    Raises:
        RuleError: it is no month.
    """
    period = parse_period(text)
    if len(period) != 1:
        raise RuleError(
            Text(f"「{text}」不是月份。", f"“{text}” is not a month."), Text("写成 2026-06。", "Write 2026-06.")
        )
    return period.from_ym


def names_in(relation: Relation, rows: Iterable[Mapping[str, Any]], names: Names | None = None) -> Named:
    """Return the names of everything that rows refer to: one question per relation."""
    listed, wanted = list(rows), dict[str, set[int]]()
    for column in relation.columns:
        if column.kind == "ref":
            ids = {row[column.name] for row in listed if row.get(column.name)}
            wanted.setdefault(column.ref, set()).update(ids)
    source = names or DatabaseNames()
    return {ref: source.names(ref, ids) for ref, ids in wanted.items()}


def sent_columns(relation_name: str, row: Mapping[str, Any], seen: frozenset[FieldClass]) -> dict[str, Any]:
    """Return a few columns as they stand outside, with their names: what a conflict tells.

    Args:
        seen: field classes that are shown; columns of others are left out.
    """
    relation = RELATIONS[relation_name]
    shown = {name: value for name, value in row.items() if relation.column(name).field_class in seen}
    return sent(relation, shown, names_in(relation, [shown]))


def _reference(column: Column, value: int | None, names: Named) -> dict[str, Any]:
    name = names.get(column.ref, {}).get(value or 0)
    bare = column.name.removesuffix("_id")
    return {
        column.name: name.uid if name else None,
        bare + CODE: name.code if name else None,
        bare + NAME: name.name if name else None,
    }


def _received(column: Column, value: Any) -> Any:
    if value is None or column.is_label or column.kind in ("ref", "count", "bp"):
        return value
    if column.kind == "money":
        return amount_of(value)
    if column.kind == "day":
        return day_of(value if isinstance(value, date) else date.fromisoformat(value))
    if column.kind == "ym":
        return month_of(value)
    if column.kind == "flag":
        return int(value)
    return next(number for number, code, _ in column.choices if code == value)
