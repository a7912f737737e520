"""What is kept beside open records and follows from postings, day by day (ADR 0015)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dacheng.core.cash.schema import ACCEPTANCE_BILL, PAYMENT_TERMS
from dacheng.core.facts import Steps, Version

_AT = PAYMENT_TERMS.positions
ON_MATURITY, ON_RECEIPT = "maturity", "receipt"
"""Words of the rule ``cash.bills``: when an acceptance bill counts as cash."""


def running(postings: Iterable[tuple[int, int]]) -> Steps:
    """Return what postings come to from each day on.

    Args:
        postings: (posted day, amount), in any order.

    >>> running([(20, 5), (10, 3), (20, -1)])
    [(10, 3), (20, 7)]
    """
    of_day: dict[int, int] = {}
    for day, amount in postings:
        of_day[day] = of_day.get(day, 0) + amount
    steps: list[tuple[int, int | None]] = []
    so_far = 0
    for day in sorted(of_day):
        so_far += of_day[day]
        steps.append((day, so_far))
    return steps


def derive_term(versions: list[Version]) -> list[Version]:
    """Fill what is open of a payment term: its amount less what was collected and written off."""
    return [replace(one, values=_with_open(one.values)) for one in versions]


def _with_open(values: tuple[int | None, ...]) -> tuple[int | None, ...]:
    amount, allocated, written_off = (values[_AT[name]] or 0 for name in ("amount", "allocated", "written_off"))
    found = list(values)
    found[_AT["open"]] = amount - allocated - written_off
    return tuple(found)


def cash_day(kind: int, day: int, maturity_day: int | None, bills: str) -> int:
    """Return the day on which a receipt is cash: a bill when it matures, unless the rule says when it comes.

    >>> cash_day(2, 100, 190, ON_MATURITY), cash_day(2, 100, 190, ON_RECEIPT), cash_day(1, 100, None, ON_MATURITY)
    (190, 100, 100)
    """
    if kind != ACCEPTANCE_BILL or maturity_day is None or bills == ON_RECEIPT:
        return day
    return max(day, maturity_day)
