"""Milestones on one day: when each is expected, how far it slipped, what it still lets be recognised (R150, R160)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray, paired
from dacheng.core.book import Book, Rows
from dacheng.core.contracts.schema import COUNTED, FRAMEWORK
from dacheng.core.delivery.planning import still_planned
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter

FAMILIES = """
    WITH signed AS (
        SELECT CASE WHEN amends_id IS NULL THEN contract_id ELSE amends_id END AS base_id, unit_id, owner_id,
            customer_id, effective_day, amount, amount_ex, recognised_ex, recognised
        FROM contracts {where}
    )
    SELECT base_id, unit_id, owner_id, customer_id, MIN(effective_day) AS first_day, COUNT(*) AS there,
        CAST(SUM(amount) AS BIGINT) AS amount, CAST(SUM(amount_ex) AS BIGINT) AS amount_ex,
        COUNT(amount_ex) AS known_ex, CAST(SUM(recognised_ex) AS BIGINT) AS recognised_ex,
        CAST(SUM(recognised) AS BIGINT) AS recognised
    FROM signed {of} GROUP BY base_id, unit_id, owner_id, customer_id"""
"""A contract with what changed it, where each of them stands."""

STEPS = """
    SELECT m.milestone_id, m.project_id, m.contract_id, m.unit_id, m.owner_id, m.kind, m.planned_day, m.forecast_day,
        m.reached_day, m.share_bp, m.term_id, m.reason, p.manager_id
    FROM milestones m JOIN projects p ON p.project_id = m.project_id
    {where} ORDER BY m.milestone_id"""

NOTHING = Rows(
    {
        name: np.zeros(0, dtype=np.int64)
        for name in (
            "milestone_id", "project_id", "contract_id", "unit_id", "owner_id", "kind", "planned_day", "forecast_day",
            "reached_day", "share_bp", "term_id", "reason", "manager_id",
        )
    }
)  # fmt: skip
"""No milestones: what ``steps_of`` gathers where there are none."""

READY, PASSED, THIS_QUARTER, LATER = range(1, 5)
COMING = (
    (READY, "ready", Text("已完成待确收", "Reached, to be recognised")),
    (PASSED, "passed", Text("计划已过", "Its day has passed")),
    (THIS_QUARTER, "quarter", Text("本季", "This quarter")),
    (LATER, "later", Text("以后", "Later")),
)
"""When a milestone comes, seen from the as-of day."""


def counted(book: Book) -> Filter:
    """Keep contracts that are orders on the Book's day: what can be recognised."""
    return Filter((f"kind <> {FRAMEWORK}", f"intake = {COUNTED}", "posted_day <= :by"), {"by": book.as_of_day})


def quarter_end(book: Book) -> int:
    """Return the first day after the fiscal quarter of the Book's day."""
    fiscal, ym = book.rules.fiscal, book.months.ym_of(book.as_of_day)
    return book.months.to_day(fiscal.quarter(int(fiscal.year_of(ym)), int(fiscal.quarter_of(ym))))


@dataclass(frozen=True, eq=False)
class Forthcoming:
    """Milestones as they stand on a day, shape (n,) each.

    Args:
        rows: as gathered by ``STEPS``. expected: the day each is expected, or was reached.
        slip: days later than planned, below zero earlier; of one overdue and not reached, up to the as-of day.
        reached: which were. coming: numbers of ``COMING``; meant where ``planned`` is not 0 or it is not reached.
        planned: what it still brings to be recognised, minor units excl. tax; where ``known``.
        month_day: the day on which that is expected: the as-of day of what was reached.
    """

    rows: Rows
    expected: IntArray
    slip: IntArray
    reached: BoolArray
    coming: IntArray
    planned: IntArray
    known: BoolArray
    month_day: IntArray

    def only(self, keep: BoolArray | IntArray) -> Forthcoming:
        """Return some of them, in the order of ``keep``."""
        return Forthcoming(
            self.rows.only(keep),
            self.expected[keep],
            self.slip[keep],
            self.reached[keep],
            self.coming[keep],
            self.planned[keep],
            self.known[keep],
            self.month_day[keep],
        )


def steps_of(book: Book, wanted: Filter) -> Rows:
    """Return the milestones of whole contracts, as ``forthcoming`` takes them."""
    return book.gather(STEPS.format(where=wanted.where), **wanted.params)


def forthcoming(book: Book, families: Rows, rows: Rows) -> Forthcoming:
    """Return milestones as they stand on the Book's day.

    A milestone whose contract is not among the families brings nothing that is known.

    Args:
        families: of ``FAMILIES``: of all contracts whose milestones are wanted; none where nothing is asked of plans.
        rows: all milestones of these contracts, or what was recognised would be taken off the wrong ones.
    """
    reached, forecast = rows.known("reached_day"), rows.known("forecast_day")
    expected = np.where(reached, rows["reached_day"], np.where(forecast, rows["forecast_day"], rows["planned_day"]))
    today = book.as_of_day
    held = np.where(reached, expected, np.maximum(expected, today))
    place, there = family_of(families, rows["contract_id"], rows["owner_id"])
    known = there & (families["known_ex"] == families["there"])[place] if len(families) else there
    zero = np.zeros(len(rows), dtype=np.int64)
    whole, done = (
        np.where(known, families[name][place], 0) if len(families) else zero for name in ("amount_ex", "recognised_ex")
    )
    share = np.where(rows.known("share_bp"), rows["share_bp"], 0)
    planned = still_planned(rows["contract_id"], whole, done, share, expected, reached)
    coming = np.select(
        [reached, expected < today, expected < quarter_end(book)], [READY, PASSED, THIS_QUARTER], LATER
    ).astype(np.int64)
    return Forthcoming(
        rows=rows,
        expected=expected,
        slip=held - rows["planned_day"],
        reached=reached,
        coming=coming,
        planned=planned,
        known=known & rows.known("share_bp"),
        month_day=np.where(reached, today, expected),
    )


def family_of(families: Rows, contract: IntArray, owner: IntArray) -> tuple[IntArray, BoolArray]:
    """Return the family row of each contract at its owner, and where there is one."""
    if not len(families):
        return np.zeros(len(contract), dtype=np.int64), np.zeros(len(contract), dtype=np.bool_)
    own = paired(families["base_id"], families["owner_id"])
    order = np.argsort(own, kind="stable")
    wanted = paired(contract, owner)
    at = np.minimum(np.searchsorted(own, wanted, sorter=order), len(own) - 1)
    place = order[at]
    return place, own[place] == wanted
