"""Which milestone gives a payment term its due day (验收后30天): when it is reached, and when it is expected (R160)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dacheng.core.cash.schema import AFTER_ACCEPTANCE, AFTER_DELIVERY, AFTER_EVENT
from dacheng.core.delivery.schema import ACCEPTANCE, ARRIVAL

TRIGGERED_BY: Mapping[int, int] = {AFTER_DELIVERY: ARRIVAL, AFTER_ACCEPTANCE: ACCEPTANCE}
"""What a term waits for -> the kind of milestone that brings it."""

WAITING_FOR = (AFTER_DELIVERY, AFTER_ACCEPTANCE, AFTER_EVENT)
"""Agreements whose day a milestone can bring."""


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone of a contract.

    Args:
        term_id: the term it names; None = every one that waits for its kind.
        expected: the day it is forecast, or planned. reached: None = not yet.
    """

    kind: int
    term_id: int | None
    expected: int
    reached: int | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a payment term waits for, and how many days after it is due."""

    term_id: int
    falls_due: int
    days_after: int


@dataclass(frozen=True, slots=True)
class Triggered:
    """When a term is due: by what happened (None = it still waits), and by what is expected to happen."""

    due_day: int | None
    expected: int


def triggered(terms: Iterable[Agreement], steps: Iterable[Step]) -> dict[int, Triggered]:
    """Return when terms of one contract are due by its milestones; a term that none of them brings is left out.

    A milestone that names a term brings that one alone; others bring what waits for their kind. Where several bring a
    term, the last of them does, and only when all are reached.

    >>> steps = [Step(ARRIVAL, None, 100, 98), Step(ACCEPTANCE, None, 150, None)]
    >>> found = triggered([Agreement(1, AFTER_DELIVERY, 30), Agreement(2, AFTER_ACCEPTANCE, 30)], steps)
    >>> found[1].due_day, found[2].due_day, found[2].expected
    (128, None, 180)
    """
    steps = list(steps)
    found: dict[int, Triggered] = {}
    for term in terms:
        bring = [one for one in steps if one.term_id == term.term_id] or [
            one for one in steps if one.term_id is None and one.kind == TRIGGERED_BY.get(term.falls_due)
        ]
        if not bring or term.falls_due not in WAITING_FOR:
            continue
        reached = [one.reached for one in bring if one.reached is not None]
        expected = max(one.expected if one.reached is None else one.reached for one in bring)
        due = max(reached) + term.days_after if len(reached) == len(bring) else None
        found[term.term_id] = Triggered(due, expected + term.days_after)
    return found
