"""Filters: conditions of a gather with the whole numbers they take (筛选).

A filter is text of the portable subset over one relation's columns; the numbers go in
as named parameters, so the same few texts serve every value and are checked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dacheng.core.book import OUTSIDE, Book
from dacheng.core.months import Months
from dacheng.core.period import Period


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that must all hold, and their parameters; no condition lets every row through."""

    conditions: tuple[str, ...] = ()
    params: Mapping[str, int | Sequence[int]] = field(default_factory=dict)

    def __and__(self, other: Filter) -> Filter:
        return Filter((*self.conditions, *other.conditions), {**self.params, **other.params})

    @property
    def where(self) -> str:
        """Return the WHERE clause, empty when every row is wanted."""
        return f"WHERE {' AND '.join(self.conditions)}" if self.conditions else ""


EVERYTHING = Filter()
FAMILY = """
    SELECT contract_id FROM contracts WHERE contract_id = :contract OR amends_id = :contract ORDER BY contract_id"""
INSIDE = Filter((f"unit_id <> {OUTSIDE}",))
"""Rows that enter sums: not those seen only by a grant."""


def equal(**values: int | None) -> Filter:
    """Keep rows whose columns have these values; None does not filter.

    >>> equal(owner_id=3, stage_id=None).where
    'WHERE owner_id = :owner_id'
    """
    given = {column: value for column, value in values.items() if value is not None}
    return Filter(tuple(f"{column} = :{column}" for column in given), given)


def among(column: str, values: Iterable[int] | None) -> Filter:
    """Keep rows whose column has one of the values; None does not filter, no values keep nothing."""
    if values is None:
        return EVERYTHING
    return Filter((f"{column} IN (:{column}s)",), {f"{column}s": tuple(values)})


def days_of(column: str, period: Period | None, months: Months) -> Filter:
    """Keep rows whose day lies in a period; a row without the day is not in it."""
    return EVERYTHING if period is None else between(column, months.from_day(period), months.to_day(period))


def between(column: str, first: int, end: int) -> Filter:
    """Keep rows whose column lies in ``[first, end)``."""
    return Filter(
        (f"{column} >= :{column}_from", f"{column} < :{column}_to"), {f"{column}_from": first, f"{column}_to": end}
    )


def prefixed(alias: str, wanted: Filter) -> Filter:
    """Return a filter as one on a relation of a join.

    >>> prefixed("m", equal(owner_id=3)).where
    'WHERE m.owner_id = :owner_id'
    """
    return Filter(tuple(f"{alias}.{one}" for one in wanted.conditions), wanted.params)


def of_contract(book: Book, contract: int | None) -> Filter:
    """Keep rows of a contract and of what changed it, as reports put changes to the contract; None does not filter."""
    if contract is None:
        return EVERYTHING
    family = book.gather(FAMILY, contract=contract)["contract_id"].tolist()
    return among("contract_id", {contract, *family})


def in_unit(book: Book, unit: int | None, direct: bool = False) -> Filter:
    """Keep rows placed at a unit or anywhere below it, in the Book's own organisation.

    A unit that did not stand on the Book's day has no rows. Rows seen only by a grant
    have no unit and are kept only without this filter.

    Args:
        direct: only rows placed at the unit itself.
    """
    if unit is None:
        return EVERYTHING
    if direct or unit not in book.tree:
        return equal(unit_id=unit)
    below = book.tree.subtree(unit)
    return INSIDE if len(below) == len(book.tree) else among("unit_id", below)
