"""Whether promises were kept: by the postings from their making to their day, the first due first (R151, ADR 0015)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dacheng.core.errors import Text

PENDING, KEPT, PART, BROKEN = range(1, 5)
PROMISE_STATES = (
    (PENDING, "open", Text("未到期", "Not due yet")),
    (KEPT, "kept", Text("兑现", "Kept")),
    (PART, "part", Text("部分兑现", "Kept in part")),
    (BROKEN, "broken", Text("落空", "Broken")),
)


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised of one payment term.

    Args:
        made, by: the day it was made and the day it is to be paid by. amount: minor units.
    """

    number: int
    made: int
    by: int
    amount: int

    def state(self, kept: int, today: int) -> int:
        """Return which of ``PROMISE_STATES`` it is in at the end of a day; its own day is not over before the next."""
        if kept >= self.amount:
            return KEPT
        if today <= self.by:
            return PENDING
        return PART if kept > 0 else BROKEN


def kept_of(promises: Iterable[Promise], postings: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return what was kept of the promises of one term: number -> minor units, 0 to the promised amount.

    A posting keeps the promises that were made by its day and whose day is not over, the first due first; no posting
    keeps two. What is taken back is no longer kept, the last due first.

    Args:
        postings: day and amount, below zero = taken back, in order of days.

    >>> kept_of([Promise(1, 10, 20, 300), Promise(2, 12, 40, 500)], [(15, 400), (30, 200), (50, 900)])
    {1: 300, 2: 300}
    """
    ordered = sorted(promises, key=lambda one: (one.by, one.made, one.number))
    found = {one.number: 0 for one in ordered}
    for day, amount in postings:
        left = abs(amount)
        for one in ordered if amount > 0 else reversed(ordered):
            if amount > 0 and not one.made <= day <= one.by:
                continue
            part = min(left, one.amount - found[one.number] if amount > 0 else found[one.number])
            found[one.number] += part if amount > 0 else -part
            left -= part
    return found
