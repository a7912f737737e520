"""What was done and promised of open terms by a day: last step, promise, level, risk, the next step (R151)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.dunning.escalating import Escalation, risk_of
from dacheng.core.dunning.keeping import BROKEN, PART, PENDING, Promise, kept_of
from dacheng.core.filtering import EVERYTHING, Filter
from dacheng.core.table import Values

STEPS = "SELECT term_id, day, kind, dunning_step_id FROM dunning_steps {where} ORDER BY term_id, day, dunning_step_id"
PROMISED = "SELECT promise_id, term_id, day, promised_day, amount FROM promises {where} ORDER BY promise_id"
PAID = """
    SELECT term_id, posted_day, CAST(SUM(amount) AS BIGINT) AS amount FROM allocations {where}
    GROUP BY term_id, posted_day ORDER BY posted_day, term_id"""
PROMISED_TERMS = "term_id IN (SELECT term_id FROM promises)"


@dataclass(frozen=True, slots=True)
class Promised:
    """Promises and what was kept of them by a day, shape (n,) each; as gathered."""

    rows: Rows
    kept: IntArray
    state: IntArray


def promised(book: Book, wanted: Filter, terms: Filter = EVERYTHING) -> Promised:
    """Return the promises made by the Book's day of some terms, and how they stand.

    Args:
        wanted: conditions on promises that keep or drop all promises of a term.
        terms: a condition on ``term_id`` that keeps at least these terms.
    """
    made = wanted & Filter(("day <= :today",), {"today": book.as_of_day})
    rows = book.gather(PROMISED.format(where=made.where), **made.params)
    posted = terms & Filter((PROMISED_TERMS, "posted_day <= :today"), {"today": book.as_of_day})
    paid = book.gather(PAID.format(where=posted.where), **posted.params) if len(rows) else None
    postings: dict[int, list[tuple[int, int]]] = defaultdict(list)
    if paid is not None:
        for term, day, amount in zip(*(paid[name].tolist() for name in paid.columns), strict=True):
            postings[term].append((day, amount))
    of_term: dict[int, list[Promise]] = defaultdict(list)
    names = ("promise_id", "term_id", "day", "promised_day", "amount")
    told = [
        (term, Promise(number, day, by, amount))
        for number, term, day, by, amount in zip(*(rows[name].tolist() for name in names), strict=True)
    ]
    for term, one in told:
        of_term[term].append(one)
    kept: dict[int, int] = {}
    for term, promises in of_term.items():
        kept |= kept_of(promises, postings[term])
    return Promised(
        rows,
        np.array([kept[one.number] for _, one in told], dtype=np.int64),
        np.array([one.state(kept[one.number], book.as_of_day) for _, one in told], dtype=np.int64),
    )


@dataclass(frozen=True, eq=False)
class Dunned:
    """Terms as they were dunned by a day, shape (n,) each; days and amounts of what is not there are 0.

    Args:
        steps: how many. step_day, step_kind: of the last one.
        promise_day, promise_amount, promise_state: of the promise that waits, else of the last one.
        level, risk: numbers of ``LEVELS`` and ``RISKS``. next_day: when to do the next step.
        broke: whether a promise was not kept in full.
    """

    steps: IntArray
    step_day: IntArray
    step_kind: IntArray
    promise_day: IntArray
    promise_amount: IntArray
    promise_state: IntArray
    level: IntArray
    risk: IntArray
    next_day: IntArray
    broke: BoolArray

    def only(self, chosen: BoolArray) -> Dunned:
        """Return some of the terms."""
        return Dunned(*(getattr(self, one.name)[chosen] for one in fields(self)))

    def columns(self, at: IntArray) -> dict[str, Values | tuple[Values, BoolArray]]:
        """Return the columns that tables show of some terms, in their order."""
        stepped, told = self.steps[at] > 0, self.promise_state[at] > 0
        last = {name: (getattr(self, name)[at], stepped) for name in ("step_day", "step_kind")}
        promise = {name: (getattr(self, name)[at], told) for name in ("promise_day", "promise_amount", "promise_state")}
        return {"level": self.level[at], "risk": self.risk[at], "steps": self.steps[at], **last, **promise}


def dunned(book: Book, terms: Rows, narrow: Filter) -> Dunned:
    """Return how terms were dunned by the Book's day.

    Args:
        terms: with ``term_id``, ``due_day`` (or none), ``open`` and ``disputed``.
        narrow: a condition on ``term_id`` that keeps at least these terms.
    """
    place = {term: at for at, term in enumerate(terms["term_id"].tolist())}
    steps, step_day, step_kind = _steps(book, place, narrow)
    waits, broken = _promises(book, place, narrow)
    dated = terms.known("due_day")
    due = terms["due_day"]
    overdue = np.where(dated, book.as_of_day - due, 0)
    level = Escalation.of(book.rules).level(overdue, terms["open"], broken)
    first = np.where(dated, due - book.rules.number("dunning.before_days"), book.as_of_day + 1)
    after_step = np.where(steps > 0, step_day + book.rules.number("dunning.every_days"), first)
    next_day = np.where(waits[2] == PENDING, np.maximum(waits[0] + 1, after_step), after_step)
    return Dunned(
        steps,
        step_day,
        step_kind,
        *waits,
        level,
        risk_of(level, terms["disputed"] == 1),
        next_day.astype(np.int64),
        broken,
    )


def _steps(book: Book, place: dict[int, int], narrow: Filter) -> tuple[IntArray, IntArray, IntArray]:
    """Return how many steps there were, day and kind of the last one; rows come by term and day."""
    count, day, kind = (np.zeros(len(place), dtype=np.int64) for _ in range(3))
    if not place:
        return count, day, kind
    by_then = narrow & Filter(("day <= :today",), {"today": book.as_of_day})
    done = book.gather(STEPS.format(where=by_then.where), **by_then.params)
    if not len(done):
        return count, day, kind
    ends = np.flatnonzero(np.append(done["term_id"][1:] != done["term_id"][:-1], True))
    many = np.diff(ends, prepend=-1)
    at = np.array([place.get(term, -1) for term in done["term_id"][ends].tolist()], dtype=np.int64)
    there = at >= 0
    count[at[there]] = many[there]
    day[at[there]], kind[at[there]] = done["day"][ends[there]], done["kind"][ends[there]]
    return count, day, kind


def _promises(
    book: Book, place: dict[int, int], narrow: Filter
) -> tuple[tuple[IntArray, IntArray, IntArray], BoolArray]:
    """Return day, amount and state of the promise that waits, else of the last one, and which terms broke one."""
    day, amount, state = (np.zeros(len(place), dtype=np.int64) for _ in range(3))
    broken = np.zeros(len(place), dtype=np.bool_)
    if not place:
        return (day, amount, state), broken
    found = promised(book, narrow, narrow)
    names = ("term_id", "promised_day", "amount")
    rows = zip(*(found.rows[name].tolist() for name in names), found.state.tolist(), strict=True)
    for term, by, worth, how in sorted(rows, key=lambda row: (row[3] == PENDING, row[1])):
        if (at := place.get(term)) is None:
            continue
        broken[at] |= how in (BROKEN, PART)
        if state[at] == PENDING and how == PENDING:
            continue  # of several that wait the first due one
        day[at], amount[at], state[at] = by, worth, how
    return (day, amount, state), broken
