"""What happened to deals day by day inside a view, in one pass over their versions (R119, R120).

A *view* is the viewer's scope narrowed by unit and owner, each day by that day's own
organisation. Nothing after the as-of day and nothing outside the view is ever looked at,
so a manager and the company see the same history of his unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Ever, Rows
from dacheng.core.deals.schema import OPEN
from dacheng.core.period import FAR_DAY, FIRST_DAY

Organisation = tuple[int, int, Book]
"""From a day to a day the tree of a Book is the organisation."""


def organisations(book: Book) -> list[Organisation]:
    """Return the organisations from the beginning to the as-of day; the Book's own one where it counts for all days."""
    days = [FIRST_DAY]
    if book.basis == "then":
        begun = np.unique(book.spans("units")["from_day"])
        days += begun[(begun > FIRST_DAY) & (begun <= book.as_of_day)].tolist()
    ends = [*days[1:], FAR_DAY]
    return [(first, end, book if len(days) == 1 else book.at(first)) for first, end in zip(days, ends, strict=True)]


def units_in(book: Book, unit: int, direct: bool = False) -> IntArray:
    """Return the units at which a row of the Book's day is in a unit; the same as ``filtering.in_unit``."""
    below = [unit] if direct or unit not in book.tree else book.tree.subtree(unit)
    return np.array(below, dtype=np.int64)


def versions_in_view(
    book: Book,
    unit: int | None,
    direct: bool = False,
    owner: int | None = None,
    of: str = "deals",
    ever: Ever | None = None,
) -> Rows:
    """Return the versions of deals in a view up to the as-of day, by deal and day.

    ``to_day`` ends with the day after the as-of day at the latest.

    Args:
        of: ``credits`` for the versions of all parts that the view has, for what deals were worth.
        ever: only of deals that ever had a value in a range.
    """
    rows = book.spans(of, ever)
    rows = rows.only(np.lexsort((rows["from_day"], rows["deal_id"]))) if of == "credits" else rows
    keep = (rows["unit_id"] != OUTSIDE) & (rows["from_day"] <= book.as_of_day)
    if owner is not None:
        keep &= rows["owner_id"] == owner
    rows = cut(rows.only(keep), FIRST_DAY, book.as_of_day + 1)
    return rows if unit is None else in_unit_then(rows, unit, direct, organisations(book))


def in_unit_then(rows: Rows, unit: int, direct: bool, through_time: Sequence[Organisation]) -> Rows:
    """Return the parts of versions that lay in a unit, each day by that day's own organisation, by deal and day."""
    if direct:
        return rows.only(rows["unit_id"] == unit)
    parts = [
        cut(rows.only(np.isin(rows["unit_id"], units_in(book, unit))), first, end) for first, end, book in through_time
    ]
    rows = joined(parts)
    return rows.only(np.lexsort((rows["from_day"], rows["deal_id"])))


def of_deals(rows: Rows, deals: IntArray) -> Rows:
    """Return the versions of some deals, by deal and day.

    Args:
        rows: sorted by deal and day; deals: ascending.
    """
    first, end = (np.searchsorted(rows["deal_id"], deals, side=side) for side in ("left", "right"))
    many = end - first
    begin = np.cumsum(many) - many
    at = np.arange(int(many.sum())) - np.repeat(begin, many) + np.repeat(first, many)
    return rows.only(at)


def cut(rows: Rows, first: int, end: int) -> Rows:
    """Return the parts of versions that lie in ``[first, end)``."""
    from_day, to_day = np.maximum(rows["from_day"], first), np.minimum(rows["to_day"], end)
    there = from_day < to_day
    return Rows({**rows.columns, "from_day": from_day, "to_day": to_day}, rows.masks).only(there)


def joined(parts: Sequence[Rows]) -> Rows:
    """Return the rows of several one after the other."""
    names = list(parts[0].columns)
    masks = parts[0].masks
    return Rows(
        {name: np.concatenate([part[name] for part in parts]) for name in names},
        {name: np.concatenate([part.known(name) for part in parts]) for name in masks},
    )


@dataclass(frozen=True)
class Stays:
    """Stays (停留) of deals in stages as the view saw them, by deal and day; shape (n,) each.

    Args:
        versions: the last version of each stay.
        entered: the day the stage was entered; seen: whether the view saw that.
        until: the day on which it ended, the as-of day for one that goes on.
        standing: whether it goes on at the end of the as-of day.
        going: the place of the following stay, when the stage was left for it; else -1.
        last: whether it is the deal's last stay that the view saw.
    """

    versions: Rows
    entered: IntArray
    seen: BoolArray
    until: IntArray
    standing: BoolArray
    going: IntArray
    last: BoolArray

    def __len__(self) -> int:
        return len(self.entered)

    @property
    def deal_id(self) -> IntArray:
        """Return the deal of each stay."""
        return self.versions["deal_id"]

    @property
    def stage_id(self) -> IntArray:
        """Return the stage of each stay."""
        return self.versions["stage_id"]

    @property
    def days(self) -> IntArray:
        """Return the days of each stay, so far: the day it ended − the day the stage was entered."""
        days: IntArray = self.until - self.entered
        return days


def stays_of(rows: Rows, as_of_day: int) -> Stays:
    """Return the stays behind versions that are sorted by deal and day and end with the as-of day."""
    deal, stage_day = rows["deal_id"], rows["stage_day"]
    fresh = np.ones(len(rows), dtype=np.bool_)
    fresh[1:] = (deal[1:] != deal[:-1]) | (stage_day[1:] != stage_day[:-1])
    starts = np.flatnonzero(fresh)
    ends = np.append(starts[1:], len(rows))[: len(starts)] - 1
    last = rows.only(ends)
    entered = stage_day[starts]
    seen: BoolArray = rows["from_day"][starts] == entered
    until = last["to_day"]
    same_deal = np.zeros(len(starts), dtype=np.bool_)
    same_deal[:-1] = deal[starts][1:] == deal[starts][:-1]
    follows = same_deal.copy()
    follows[:-1] &= seen[1:] & (entered[1:] == until[:-1])
    going = np.where(follows, np.arange(len(starts)) + 1, -1)
    standing: BoolArray = ~same_deal & (until > as_of_day)
    return Stays(last, entered, seen, np.minimum(until, as_of_day), standing, going, ~same_deal)


def worth_of(deals: IntArray, versions: Rows) -> tuple[IntArray, BoolArray]:
    """Return the last amount known of each whole deal while a view saw it open, and where there is one.

    Args:
        deals: ascending; versions: of the credits in the view, by deal and day.
    """
    seen, worth, known = worth_before_closing(of_deals(versions, deals))
    amounts, there = np.zeros(len(deals), dtype=np.int64), np.zeros(len(deals), dtype=np.bool_)
    at = np.searchsorted(deals, seen)
    amounts[at], there[at] = worth, known
    return amounts, there


def worth_before_closing(rows: Rows) -> tuple[IntArray, IntArray, BoolArray]:
    """Return deals, ascending, with the last amount known of each while it was open, and where one is.

    A deal that never had an amount while open is not among the known ones.

    Args:
        rows: versions of credits sorted by deal and day.
    """
    deals = np.unique(rows["deal_id"])
    told = rows.known("whole") & (rows["state"] == OPEN)
    amount, known = np.zeros(len(deals), dtype=np.int64), np.zeros(len(deals), dtype=np.bool_)
    at = np.searchsorted(deals, rows["deal_id"][told])
    amount[at] = rows["whole"][told]  # of several of one deal the last stays
    known[at] = True
    return deals, amount, known
