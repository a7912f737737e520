"""80/20 in a plan (方案里的 80/20 分解): a row becomes named accounts and one row for all others (R046)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import split
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.plans.schema import PERSON, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.feasibility import Naming, nth_part
from dacheng.core.targets.pareto import Pareto
from dacheng.core.targets.ranking import CUSTOMER, NOBODY, brought, ranked


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Who gets a part of a row.

    Args:
        customers: shape (k,), the top set, the largest first. brought: shape (k,), minor units.
        others: how many accounts the pooled row stands for. others_brought: what they brought together.
        period: the months in which it was brought.
    """

    customers: IntArray
    brought: IntArray
    others: int
    others_brought: int
    period: Period

    @property
    def weights(self) -> IntArray:
        """Return what each part brought, shape (k,), or (k + 1,) with the pooled one last."""
        return np.append(self.brought, self.others_brought) if self.others else self.brought


def parts_of(book: Book, sheet: Sheet, row: int, name: Naming = nth_part, period: Period | None = None) -> Parts:
    """Return into which accounts a row of a plan is split by what they brought.

    Args:
        row: position. period: when it was brought; None = the same months a year before.

    Raises:
        RuleError: the row is no unit or person, has rows below it or no target yet, or too few accounts brought
            something for 80/20 to be meaningful.

    Source: R046; golden case G40.
    """
    _check_row(sheet, row, name)
    plan = sheet.plan
    span = period or Period(plan.from_ym - MONTHS_PER_YEAR, plan.until_ym - MONTHS_PER_YEAR)
    person = int(sheet.person_id[row]) if int(sheet.kind[row]) == PERSON else None
    unit = None if person else int(sheet.unit_id[row])
    ids, amounts = brought(book, CUSTOMER, span, unit, False, person)
    known = ids != NOBODY
    found = ranked(book, amounts[known])
    _check_meaningful(found, name(row), span.label(book.rules.fiscal))
    return Parts(
        customers=ids[known][found.order[: found.top]],
        brought=found.amounts[: found.top],
        others=len(found.order) - found.top,
        others_brought=int(found.amounts[found.top :].sum()),
        period=span,
    )


def by_months(months: IntArray, weights: IntArray) -> IntArray:
    """Split every month of a row by the same weights, so that every month and every year comes out exactly.

    What has added up by the end of each month is split, so that the year of each part is what the year of the row
    gives it; a fen that a month cannot divide goes to the next ones.

    Args:
        months: shape (m,), minor units. weights: shape (k,), >= 0, not all zero.

    Returns:
        Shape (k, m); each column adds up to its month, each row to ``split(months.sum(), weights)``.

    >>> by_months(np.array([100, 100]), np.array([2, 1])).tolist()
    [[67, 66], [33, 34]]
    """
    added_up = np.array([split(int(one), weights) for one in np.cumsum(months)], dtype=np.int64)
    return np.diff(added_up, axis=0, prepend=0).T


def _check_row(sheet: Sheet, row: int, name: Naming) -> None:
    who = name(row)
    if int(sheet.kind[row]) not in (UNIT, PERSON):
        raise RuleError(
            Text(f"“{who.zh}”不是组织也不是人员。", f"{who.en} is neither a unit nor a person."),
            Text("请选组织或人员那一行。", "Choose the row of a unit or of a person."),
        )
    below = int(np.count_nonzero(sheet.tree.parent_position == row))
    if below:
        raise RuleError(
            Text(f"“{who.zh}”已经分给下面 {below} 行。", f"{who.en} is shared among {below} rows below it already."),
            Text("请选它下面还没有再分的一行。", "Choose a row below it that has none of its own."),
        )
    if not np.any(sheet.cells.amount.known[row]):
        raise RuleError(
            Text(f"“{who.zh}”还没有目标。", f"{who.en} has no target yet."),
            Text("请先分解方案，或填它的数。", "Break the plan down first, or enter its figures."),
        )


def _check_meaningful(found: Pareto, who: Text, when: Text) -> None:
    if found.off is None:
        return
    raise RuleError(
        Text(
            f"“{who.zh}”在{when.zh}有业绩的客户{found.off.zh}",
            f"Accounts that brought something to {who.en} in {when.en}: {found.off.en}",
        ),
        Text(
            "可以换一个期间，换一个客户更多的组织或人员，或逐行加客户。",
            "Choose another period, a unit or person with more accounts, or add accounts row by row.",
        ),
    )
