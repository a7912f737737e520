"""Expenses against what is released (费用台账与超支): postings, open commitments, warnings.

A refund is a negative expense. A commitment is open as far as no actual expense has settled it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.closing import Closed, posting_day
from dacheng.core.errors import Finding, Text
from dacheng.core.money import BP_PER_WHOLE, in_yuan, percent
from dacheng.core.period import date_of


@dataclass(frozen=True, slots=True)
class Expense:
    """One line of the expense ledger.

    Args:
        code: by which other lines name it.
        day: the expense's own day.
        amount: minor units; a refund, or a commitment given back, is negative.
        committed: a commitment (已承诺) rather than money spent.
        settles: code of the commitment that an actual expense settles; empty = none.
    """

    code: str
    day: int
    amount: int
    committed: bool = False
    settles: str = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """On which day an expense counts.

    Args:
        day: the expense's own day, kept. posted_day: the same, or the first open day after the closed months.
    """

    day: int
    posted_day: int

    @property
    def why(self) -> Text | None:
        """Return why it counts later; None when it counts on its own day."""
        if self.day == self.posted_day:
            return None
        own, counted = date_of(self.day), date_of(self.posted_day)
        return Text(
            f"发生日 {own} 所在期间已关账，计入 {counted}，原日期保留。",
            f"The period of {own} is closed: it counts on {counted} and keeps its own day.",
        )


def post(day: int, closed: Closed) -> Posting:
    """Return on which day an expense of a day counts: one of a closed period in the next open one.

    Source: R037; invariant I5.
    """
    return Posting(day, posting_day(day, closed))


class Spent(NamedTuple):
    """Minor units.

    Args:
        actual: money spent less refunds. committed: what open commitments may still cost, >= 0.
    """

    actual: int
    committed: int

    @property
    def used(self) -> int:
        """Return what is taken of the released budget."""
        return self.actual + self.committed


def spent_by(expenses: Iterable[Expense]) -> Spent:
    """Return what was spent and what is still committed.

    Defined as::  committed = Σ over commitments max(commitment − actual expenses that settle it, 0)

    A refund lowers what was spent and opens no commitment again.

    Source: R037.

    >>> lines = [Expense("P1", 0, 100_00, committed=True), Expense("E1", 3, 30_00, settles="P1")]
    >>> spent_by(lines)
    Spent(actual=3000, committed=7000)
    """
    actual, commitments, settled = 0, defaultdict[str, int](int), defaultdict[str, int](int)
    for one in expenses:
        if one.committed:
            commitments[one.code] += one.amount
        else:
            actual += one.amount
            settled[one.settles] += max(one.amount, 0)
    open_ones = (max(amount - settled[code], 0) for code, amount in commitments.items())
    return Spent(actual, sum(open_ones))


class Usage(NamedTuple):
    """How far released budgets are used; every array has the shape of the amounts.

    Args:
        used: committed + actual. left: released − used, negative when overspent.
        reached: how many of the warning shares are reached, 0 to all. overspent: more is used than released.
    """

    used: IntArray
    left: IntArray
    reached: IntArray
    overspent: BoolArray


def usage(released: ArrayLike, committed: ArrayLike, actual: ArrayLike, warn_bp: Sequence[int]) -> Usage:
    """Return how far released budgets are used and which warning shares are reached, exactly (预警).

    A share is reached when used >= released × share; with nothing released, by any use at all.

    Args:
        released, committed, actual: minor units, broadcast against each other.
        warn_bp: warning shares in basis points, ascending, for example 8,000 and 10,000.

    Source: R037; invariant I20.

    >>> usage([100_00], [20_00], [60_00], [8_000, 10_000]).reached.tolist()
    [1]
    """
    budget, promised, spent = np.broadcast_arrays(*(np.asarray(one, np.int64) for one in (released, committed, actual)))
    used = promised + spent
    reached = np.zeros(used.shape, dtype=np.int64)
    for share in warn_bp:
        reached += (used > 0) & (used >= _least(np.maximum(budget, 0), share))
    return Usage(used, budget - used, reached, used > np.maximum(budget, 0))


def _least(budget: IntArray, share_bp: int) -> IntArray:
    """Return the smallest whole amount that is at least a share of a budget, without overflow."""
    tens, rest = divmod(budget, BP_PER_WHOLE)
    return tens * share_bp - (-rest * share_bp) // BP_PER_WHOLE


def check_expense(budget: Text, released: int, used: int, amount: int, warn_bp: Sequence[int]) -> list[Finding]:
    """Return the warnings that a further expense or commitment brings: the highest share it reaches, and overspending.

    A warning that stood before is not repeated, except that what overspends is told each time; a refund brings none.

    Args:
        budget: the budget as its users know it. released, used: minor units before it. amount: minor units.
        warn_bp: as in ``usage``.

    Source: R037 (预警 80/100 %).
    """
    if amount <= 0:
        return []
    before, after = (usage(released, 0, one, warn_bp) for one in (used, used + amount))
    if after.overspent:
        return [_overspent(budget, released, used + amount)]
    if after.reached > before.reached:
        return [_reached(budget, released, used + amount, warn_bp[int(after.reached) - 1])]
    return []


def _overspent(budget: Text, released: int, used: int) -> Finding:
    spent, limit, over = (in_yuan(one) for one in (used, released, used - released))
    return Finding(
        "budget/overspent",
        Text(
            f"「{budget.zh}」已释放 {limit} 元，这样将用到 {spent} 元，超支 {over} 元。",
            f"“{budget.en}” has {limit} released; this would use {spent}, {over} too much.",
        ),
        Text(
            "请登记超支并由批准人确认，或等下一期释放，或改记项目预算。",
            "Record the overspend with an approver, wait for the next release, or use a project line.",
        ),
        severity="warn",
        value=spent,
    )


def _reached(budget: Text, released: int, used: int, share_bp: int) -> Finding:
    spent, limit, share = in_yuan(used), in_yuan(released), percent(share_bp)
    return Finding(
        "budget/nearly-used",
        Text(
            f"「{budget.zh}」将用到 {spent} 元，达到已释放 {limit} 元的 {share}。",
            f"“{budget.en}” would use {spent}: {share} of the {limit} released is reached.",
        ),
        Text("请安排剩余费用，或准备下一期的释放。", "Plan what is left, or prepare the next release."),
        severity="warn",
        value=spent,
    )
