"""Whether an expense would overspend (超支) the budget it is charged to, or the line it names (R037)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.budget.charging import EXPENSES, OF_PROJECT, UNBUDGETED, Charged, charging
from dacheng.core.budget.schema import COUNTING, NOT_ASKED
from dacheng.core.budget.standing import lines_in, unit_budgets
from dacheng.core.filtering import equal

READ = (
    "unit_id", "person_id", "line_id", "day", "posted_day", "amount", "state", "category_id", "purpose", "customer_id",
    "deal_id", "settles_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Room:
    """What stands against an expense; minor units.

    Args:
        unit_id: whose budget it is charged to. released: what is released of its part of that budget.
        used: what that part would have used with it. line_amount, line_used: the same of the line it names; None =
            it names none, or one without an amount.
    """

    unit_id: int
    released: int
    used: int
    line_amount: int | None = None
    line_used: int = 0

    @property
    def over(self) -> int:
        """Return how far it would overspend, the larger of budget and line; 0 = it fits."""
        line = 0 if self.line_amount is None else self.line_used - max(self.line_amount, 0)
        return max(self.used - max(self.released, 0), line, 0)


def room_for(book: Book, expense: Mapping[str, Any], own: int = 0) -> Room | None:
    """Return what stands against an expense that is to be recorded or changed.

    None where nothing holds it back: it has no budget, or uses no more than was used without it, as a refund does,
    or money spent that settles a commitment of as much.

    Args:
        expense: its columns as they would stand. own: its number, where it stands already.

    Source: R037; invariant I20.
    """
    before = book.gather(EXPENSES)
    others = before.only(before["expense_id"] != own)
    number = int(others["expense_id"].max(initial=0)) + 1
    without, found = charging(book, others), charging(book, _with(others, expense, number))
    at = int(np.searchsorted(found.rows["expense_id"], number))
    part, unit, first = (int(one[at]) for one in (found.part, found.unit, found.first_ym))
    if part == UNBUDGETED or _used(found, unit, first, part) <= _used(without, unit, first, part):
        return None
    budget = next(one for one in unit_budgets(book, unit, direct=True) if one.span.from_ym == first)
    released = sum(one.project if part == OF_PROJECT else one.fixed + one.variable for one in budget.ledger)
    line = _line_amount(book, expense.get("line_id"))
    return Room(unit, released, _used(found, unit, first, part), line, _used_of_line(found, expense.get("line_id")))


def _with(rows: Rows, expense: Mapping[str, Any], number: int) -> Rows:
    """Return rows with one more at the end, that counts."""
    values = {name: expense.get(name) for name in READ} | {"expense_id": number, "overspend": NOT_ASKED}
    return Rows(
        {name: np.append(column, int(values[name] or 0)) for name, column in rows.columns.items()},
        {name: np.append(rows.known(name), values[name] is not None) for name in rows.columns},
    )


def _used(found: Charged, unit: int, first: int, part: int) -> int:
    own = (found.unit == unit) & (found.first_ym == first) & (found.part == part)
    return int((found.actual + found.committed)[own].sum())


def _used_of_line(found: Charged, line: int | None) -> int:
    own = found.rows.known("line_id") & (found.rows["line_id"] == (line or 0))
    return int((found.actual + found.committed)[own & np.isin(found.rows["overspend"], COUNTING)].sum())


def _line_amount(book: Book, line: int | None) -> int | None:
    """Return the amount of a line; None without one."""
    if not line:
        return None
    found = lines_in(book, equal(line_id=line))
    return int(found["amount"][0]) if len(found) and found.known("amount")[0] else None
