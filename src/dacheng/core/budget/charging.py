"""Which budget an expense is charged to (费用归属): its line's, else the nearest one above that stands (R037).

An expense that names a line is charged to the budget of that line. Any other is charged to the approved budget of
its unit in the month it is posted in, or to that of the nearest unit above that has one; so a unit with a budget of
its own is never counted in the one above it, and every expense is charged once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.budget.schema import AWAITING, COMMITTED, COUNTING, DRAFT, PROJECT, PURPOSES, SPENT
from dacheng.core.budget.standing import BUDGETS, lines_in
from dacheng.core.errors import Text
from dacheng.core.filtering import EVERYTHING
from dacheng.core.tree import UNKNOWN

EXPENSES = """
    SELECT expense_id, unit_id, person_id, line_id, day, posted_day, amount, state, category_id, purpose, customer_id,
        deal_id, settles_id, overspend FROM expenses ORDER BY expense_id"""

ORDINARY, OF_PROJECT, UNBUDGETED = 1, 2, 3
PARTS = (
    (ORDINARY, "ordinary", Text("固定与变动", "Fixed and variable")),
    (OF_PROJECT, "project", Text("项目", "Project")),
    (UNBUDGETED, "none", Text("没有预算", "No budget")),
)
UNTOLD = 4
PURPOSES_AND_NONE = (*PURPOSES, (UNTOLD, "untold", Text("未注明", "Not told")))
NO_UNIT = 0


@dataclass(frozen=True, eq=False)
class Charged:
    """Expenses with what they are charged to.

    Args:
        rows: as gathered, by number.
        unit: shape (n,), the unit of the budget; ``NO_UNIT`` without one.
        first_ym: shape (n,), the first month of the budget; without one of the fiscal year it is posted in.
        part, purpose: shape (n,), numbers of ``PARTS`` and ``PURPOSES_AND_NONE``; the purpose of its line counts
            where it names none.
        actual, committed: shape (n,), minor units: money spent, and what a commitment may still cost; of what waits
            for approval, or was rejected, nothing.
        waiting: shape (n,), minor units of what would overspend and waits for approval.
        posted_ym: shape (n,).
    """

    rows: Rows
    unit: IntArray
    first_ym: IntArray
    part: IntArray
    purpose: IntArray
    actual: IntArray
    committed: IntArray
    waiting: IntArray
    posted_ym: IntArray


def charged(book: Book) -> Charged:
    """Return every expense in scope with what it is charged to; three gathers."""
    return charging(book, book.gather(EXPENSES))


def charging(book: Book, rows: Rows) -> Charged:
    """Return expenses, by number, with what each is charged to; ``rows`` as ``EXPENSES`` gathers them."""
    budgets = book.gather(f"{BUDGETS} WHERE state <> {DRAFT} ORDER BY budget_id")
    lines = lines_in(book, EVERYTHING)
    posted = book.months.ym_of(rows["posted_day"])
    budget = _budgets(book, rows, posted, budgets, lines)
    there = budget != UNKNOWN
    line = _line(rows, lines)
    unit = np.where(there, _taken(budgets["unit_id"], budget), NO_UNIT)
    return Charged(
        rows=rows,
        unit=unit,
        first_ym=np.where(there, _taken(budgets["first_ym"], budget), _years(book, posted)),
        part=np.where(~there, UNBUDGETED, np.where(_taken(lines["kind"], line) == PROJECT, OF_PROJECT, ORDINARY)),
        purpose=_purposes(rows, lines, line),
        actual=np.where(_counts(rows) & (rows["state"] == SPENT), rows["amount"], 0),
        committed=_still_open(rows),
        waiting=np.where(rows["overspend"] == AWAITING, rows["amount"], 0),
        posted_ym=posted,
    )


def _counts(rows: Rows) -> BoolArray:
    """Return which expenses take of a budget."""
    counts: BoolArray = np.isin(rows["overspend"], COUNTING)
    return counts


def _still_open(rows: Rows) -> IntArray:
    """Return what each commitment may still cost: less the actual expenses that settle it, not below zero.

    Source: ``spending.spent_by``, line by line.
    """
    settled = np.zeros(len(rows), dtype=np.int64)
    paid = _counts(rows) & (rows["state"] == SPENT) & rows.known("settles_id")
    at = np.searchsorted(rows["expense_id"], rows["settles_id"][paid])
    at = np.minimum(at, max(len(rows) - 1, 0))
    right = rows["expense_id"][at] == rows["settles_id"][paid] if len(rows) else paid[paid]
    np.add.at(settled, at[right], np.maximum(rows["amount"][paid][right], 0))
    return np.where(_counts(rows) & (rows["state"] == COMMITTED), np.maximum(rows["amount"] - settled, 0), 0)


def _line(rows: Rows, lines: Rows) -> IntArray:
    """Return the place of each expense's line, ``UNKNOWN`` without one or where it is not seen."""
    if not len(lines):
        return np.full(len(rows), UNKNOWN)
    at = np.minimum(np.searchsorted(lines["line_id"], rows["line_id"]), len(lines) - 1)
    found = rows.known("line_id") & (lines["line_id"][at] == rows["line_id"])
    return np.where(found, at, UNKNOWN)


def _budgets(book: Book, rows: Rows, posted: IntArray, budgets: Rows, lines: Rows) -> IntArray:
    """Return the place of the budget each expense is charged to, ``UNKNOWN`` without one."""
    number = {one: at for at, one in enumerate(budgets["budget_id"].tolist())}
    own: Mapping[int, Sequence[tuple[int, int, int]]] = _by_unit(budgets)
    of_line = [number.get(one, UNKNOWN) for one in lines["budget_id"].tolist()]
    line = _line(rows, lines)
    found = np.full(len(rows), UNKNOWN)
    nearest: dict[tuple[int, int], int] = {}
    for at, (unit, month, place) in enumerate(
        zip(rows["unit_id"].tolist(), posted.tolist(), line.tolist(), strict=True)
    ):
        if place != UNKNOWN and of_line[place] != UNKNOWN:
            found[at] = of_line[place]
            continue
        if (unit, month) not in nearest:
            nearest[unit, month] = _nearest(book, unit, month, own)
        found[at] = nearest[unit, month]
    return found


def _by_unit(budgets: Rows) -> dict[int, list[tuple[int, int, int]]]:
    found = defaultdict[int, list[tuple[int, int, int]]](list)
    names = ("unit_id", "first_ym", "last_ym")
    for at, (unit, first, last) in enumerate(zip(*(budgets[name].tolist() for name in names), strict=True)):
        found[unit].append((first, last, at))
    return found


def _nearest(book: Book, unit: int, month: int, budgets: Mapping[int, Sequence[tuple[int, int, int]]]) -> int:
    """Return the place of the budget of a unit, or of the nearest one above it, that has a month."""
    tree = book.tree
    position = int(tree.position_of(unit))
    while position != UNKNOWN:
        for first, last, at in budgets.get(int(tree.unit_ids[position]), ()):
            if first <= month <= last:
                return at
        position = int(tree.parent_position[position])
    return UNKNOWN


def _years(book: Book, months: IntArray) -> IntArray:
    """Return the first month of the fiscal year in which each month lies."""
    return months - book.rules.fiscal.month_of(months) + 1


def _purposes(rows: Rows, lines: Rows, line: IntArray) -> IntArray:
    of_line = np.where(
        (line != UNKNOWN) & (_taken(lines.known("purpose").astype(np.int64), line) > 0),
        _taken(lines["purpose"], line),
        UNTOLD,
    )
    return np.where(rows.known("purpose"), rows["purpose"], of_line)


def _taken(values: IntArray, at: IntArray) -> IntArray:
    """Return values at places; anything at ``UNKNOWN``."""
    return values[np.maximum(at, 0)] if len(values) else np.zeros(len(at), dtype=np.int64)
