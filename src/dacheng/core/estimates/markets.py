"""What market facts say of an estimate's inputs (市场数据作输入): growth, size and our share of the unit's markets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book, Rows
from dacheng.core.estimates.inputs import FACTORS
from dacheng.core.estimates.question import Question
from dacheng.core.filtering import INSIDE, equal, in_unit
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.targets.setting.outcome import rounded

FACTS = """
    SELECT market_id, unit_id, size, growth_bp, own_share_bp, sourced_day FROM market_facts {where}
    ORDER BY market_id"""
Place = tuple[str, int]
"""Code and line of an input."""

GROWTH: Place = ("growth", [code for code, _ in FACTORS].index("market") + 1)
SIZE: Place = ("market_size", 0)
SHARE: Place = ("market_share", 0)
DRAWN = (GROWTH, SIZE, SHARE)
"""The inputs that market facts answer where nobody typed them; the share held is the share demanded at least."""


@dataclass(frozen=True, slots=True)
class Market:
    """The markets of a unit in a year, put together.

    Args:
        values: of ``DRAWN``, as they would be typed: minor units or basis points; what is not known is not there.
        sourced: each of them has a source with its day.
    """

    year: int
    market_ids: tuple[int, ...]
    values: Mapping[Place, int]
    sourced: bool


def market_of(book: Book, asked: Question) -> Market | None:
    """Return the markets of a unit for the planned year, else for the year before; None where none is known.

    Facts of the unit itself count; those of units below only where no unit between has facts, so that no market is
    counted twice. Sizes are summed; growth and share of several markets go by size, and are not known where one of
    them is not.

    Source: R020.
    """
    for year in (asked.number, asked.number - 1):
        wanted = equal(year=year) & in_unit(book, asked.unit_id) & INSIDE
        rows = book.gather(FACTS.format(where=wanted.where), **wanted.params)
        if len(rows):
            own = rows.only(_topmost(book, rows))
            sourced = bool(own.known("sourced_day").all())
            return Market(year, tuple(own["market_id"].tolist()), _values(own), sourced)
    return None


def _topmost(book: Book, rows: Rows) -> BoolArray:
    """Tell which facts stand at a unit above which no other unit with facts stands."""
    at = book.tree.position_of(rows["unit_id"])
    starts = np.unique(at)
    ends = book.tree.ends[starts]
    above = (starts[None, :] < at[:, None]) & (at[:, None] < ends[None, :])
    below: BoolArray = np.any(above, axis=1)
    return ~below


def _values(rows: Rows) -> dict[Place, int]:
    size, growth, share = (_column(rows, name) for name in ("size", "growth_bp", "own_share_bp"))
    found = {
        SIZE: sum(one for one in size if one is not None) if None not in size else None,
        GROWTH: _bp(_grown(size, [_ratio(one) for one in growth])),
        SHARE: _bp(_held(size, [_ratio(one) for one in share])),
    }
    return {place: value for place, value in found.items() if value is not None}


def _column(rows: Rows, name: str) -> list[int | None]:
    known = rows.known(name).tolist()
    return [value if there else None for value, there in zip(rows[name].tolist(), known, strict=True)]


def _grown(size: list[int | None], growth: list[Fraction | None]) -> Fraction | None:
    """Return the growth of all markets together: their sizes ÷ what they were a year before − 1."""
    if len(growth) == 1:
        return growth[0]
    now = before = Fraction()
    for amount, rate in zip(size, growth, strict=True):
        if amount is None or rate is None:
            return None
        now, before = now + amount, before + amount / (1 + rate)
    return now / before - 1 if before else None


def _held(size: list[int | None], share: list[Fraction | None]) -> Fraction | None:
    """Return our share of all markets together, weighed by size."""
    if len(share) == 1:
        return share[0]
    whole = own = Fraction()
    for amount, part in zip(size, share, strict=True):
        if amount is None or part is None:
            return None
        whole, own = whole + amount, own + amount * part
    return own / whole if whole else None


def _ratio(bp: int | None) -> Fraction | None:
    return None if bp is None else Fraction(bp, BP_PER_WHOLE)


def _bp(value: Fraction | None) -> int | None:
    return None if value is None else rounded(value * BP_PER_WHOLE)
