"""Terms that wait for a milestone (待触发): what is open of them, and when they are expected to be due (R151, R160)."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book
from dacheng.core.delivery.forthcoming import Forthcoming
from dacheng.core.delivery.triggering import TRIGGERED_BY, WAITING_FOR, Agreement, Step, triggered
from dacheng.core.filtering import EVERYTHING, Filter, among
from dacheng.core.period import FAR_DAY

WAITING_TERMS = """
    SELECT term_id, contract_id, falls_due, days_after, open FROM payment_terms {where} ORDER BY term_id"""
STEPS_OF = """
    SELECT contract_id, kind, term_id, planned_day, forecast_day, reached_day FROM milestones {where}
    ORDER BY milestone_id"""
MOST_NAMED = 500
"""More contracts than this are read whole: a list of thousands of numbers costs more."""


def expected_terms(book: Book, found: Forthcoming) -> tuple[IntArray, IntArray, BoolArray]:
    """Return what of the receivable waits for each milestone, when it is expected to fall due, and where it waits.

    A term that several milestones bring waits for the one that comes last.

    Returns:
        Open amounts in minor units, days (the earliest of its terms), where there are any; shape (n,) each.
    """
    rows = found.rows
    waits, due = np.zeros(len(rows), dtype=np.int64), np.full(len(rows), FAR_DAY)
    of: dict[tuple[int, int, int | None], list[int]] = defaultdict(list)
    names = zip(rows["contract_id"].tolist(), rows["kind"].tolist(), rows["term_id"].tolist(), strict=True)
    for at, ((contract, kind, term), named, reached) in enumerate(
        zip(names, rows.known("term_id").tolist(), found.reached.tolist(), strict=True)
    ):
        if not reached:
            of[contract, 0 if named else kind, term if named else None].append(at)
    terms = _waiting(book, sorted({contract for contract, _kind, _term in of})) if of else []
    for term, contract, falls_due, days, open_amount in terms:
        bring = of.get((contract, 0, term)) or of.get((contract, TRIGGERED_BY.get(falls_due, -1), None))
        if bring:
            last = max(bring, key=lambda at: (int(found.expected[at]), at))
            waits[last] += open_amount
            due[last] = min(int(due[last]), int(found.expected[last]) + days)
    there = due < FAR_DAY
    return waits, np.where(there, due, 0), there


def expected_due(book: Book, term_ids: IntArray) -> tuple[IntArray, BoolArray]:
    """Return when terms that wait are expected to be due by the milestones of their contracts, and where that is told.

    Args:
        term_ids: shape (n,), of terms without a due day.
    """
    day, there = np.zeros(len(term_ids), dtype=np.int64), np.zeros(len(term_ids), dtype=np.bool_)
    if not len(term_ids):
        return day, there
    narrow = among("term_id", term_ids.tolist()) if len(term_ids) <= MOST_NAMED else _falls()
    agreed: dict[int, list[Agreement]] = defaultdict(list)
    terms = book.gather(WAITING_TERMS.format(where=narrow.where), **narrow.params)
    names = ("contract_id", "term_id", "falls_due", "days_after")
    for contract, *one in zip(*(terms[name].tolist() for name in names), strict=True):
        agreed[contract].append(Agreement(*one))
    steps = _steps_of(book, sorted(agreed))
    found = {
        term: one.expected
        for contract, those in agreed.items()
        for term, one in triggered(those, steps[contract]).items()
    }
    for at, term in enumerate(term_ids.tolist()):
        if term in found:
            day[at], there[at] = found[term], True
    return day, there


def _waiting(book: Book, contracts: list[int]) -> list[tuple[int, int, int, int, int]]:
    """Return (term, contract, what it waits for, days after, open) of terms of contracts without a due day."""
    wanted = Filter(("due_day IS NULL", "open <> 0")) & _falls() & _of(contracts)
    terms = book.gather(WAITING_TERMS.format(where=wanted.where), **wanted.params)
    names = ("term_id", "contract_id", "falls_due", "days_after", "open")
    return list(zip(*(terms[name].tolist() for name in names), strict=True)) if len(terms) else []


def _steps_of(book: Book, contracts: list[int]) -> dict[int, list[Step]]:
    wanted = _of(contracts)
    rows = book.gather(STEPS_OF.format(where=wanted.where), **wanted.params)
    found: dict[int, list[Step]] = defaultdict(list)
    for one in rows.records():
        expected = one["planned_day"] if one["forecast_day"] is None else one["forecast_day"]
        found[int(one["contract_id"])].append(Step(int(one["kind"]), one["term_id"], int(expected), one["reached_day"]))
    return found


def _falls() -> Filter:
    return among("falls_due", WAITING_FOR)


def _of(contracts: list[int]) -> Filter:
    return among("contract_id", contracts) if len(contracts) <= MOST_NAMED else EVERYTHING
