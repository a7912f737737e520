"""The payment terms of the invented company: what was agreed, when each is due and paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.period import FAR_DAY


@dataclass(frozen=True, slots=True)
class Agreed:
    """One term of a kind of contract: its share in percent, what it waits for, and how long after it is due."""

    share: int
    waits: int
    days: int
    kind: int
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Terms, contract by contract, shape (n,); ``contract`` is a position, the id the position + 1.

    Args:
        known: the day its due day is known: what it waited for happened; ``FAR_DAY`` = not by the as-of day.
        due: only where known. never: disputed and not paid.
        paid: shape (n, 2), days of its one or two payments, ``FAR_DAY`` = not by the as-of day; parts: their amounts.
        given_up: the day what is open was written off, ``FAR_DAY`` = not.
    """

    contract: IntArray
    agreed: tuple[Agreed, ...]
    which: IntArray
    number: IntArray
    amount: IntArray
    known: IntArray
    due: IntArray
    never: BoolArray
    paid: IntArray
    parts: IntArray
    given_up: IntArray

    @property
    def open_to(self) -> IntArray:
        """Return what is never paid of each term that is given up: all of it."""
        return np.where(self.given_up < FAR_DAY, self.amount, 0)
