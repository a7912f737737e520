"""Budgets as they stand in a Book: plan by month and by period of release, and what was released (R034–R036)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.budget.budgeting import BudgetPlan
from dacheng.core.budget.drafting import release_periods
from dacheng.core.budget.releasing import Release
from dacheng.core.budget.schema import BY_BAND, FIRST, FIXED, GRANTED, PROJECT, VARIABLE
from dacheng.core.filtering import Filter, among, in_unit
from dacheng.core.period import Period

BUDGETS = "SELECT budget_id, unit_id, first_ym, last_ym, measure_id, release_months, state FROM budgets"
LINES = "SELECT line_id, budget_id, unit_id, kind, purpose, effective, amount FROM budget_lines"
CELLS = "SELECT line_id, ym, amount FROM budget_cells"
RELEASES = """
    SELECT release_id, budget_id, unit_id, first_ym, last_ym, kind, state, done, target, release_bp, fixed, variable,
        project, unfrozen, reduced FROM releases"""

KINDS = (FIXED, VARIABLE, PROJECT)


@dataclass(frozen=True, eq=False)
class UnitBudget:
    """One budget of a unit.

    Args:
        months: shape (3, n): fixed, variable and project of each month, minor units; effective lines only.
        outside: what effective projects spend in months that the budget does not have.
        waiting: project lines that nobody has approved yet, minor units; waiting_lines: how many.
        unknown: variable lines without a target.
        releases: every release of it, approved or not, in order.
    """

    budget_id: int
    unit_id: int
    span: Period
    measure_id: int
    release_months: int
    state: int
    months: IntArray
    outside: int
    waiting: int
    waiting_lines: int
    unknown: int
    releases: Rows

    @cached_property
    def plan(self) -> BudgetPlan:
        """Return the budget over its periods of release."""
        periods = release_periods(self.span, self.release_months)
        starts = [one.from_ym - self.span.from_ym for one in periods]
        fixed, variable, project = np.add.reduceat(self.months, starts, axis=1)
        return BudgetPlan(periods, fixed, variable, project, self.outside)

    @cached_property
    def approved(self) -> Rows:
        """Return the approved releases, in order."""
        return self.releases.only(self.releases["state"] == GRANTED)

    @cached_property
    def ledger(self) -> tuple[Release, ...]:
        """Return the approved releases as the rules of release read them."""
        return tuple(ledger_of(self.approved, self.plan.periods))


def ledger_of(rows: Rows, periods: Sequence[Period]) -> list[Release]:
    """Return approved releases as entries of a ledger over the periods of a plan."""
    starts = {one.from_ym: at for at, one in enumerate(periods)}
    names = ("first_ym", "fixed", "variable", "project", "kind")
    return [
        Release(starts[first], fixed, variable, project, by_rule=kind in (FIRST, BY_BAND), approver="·")
        for first, fixed, variable, project, kind in zip(*(rows[name].tolist() for name in names), strict=True)
        if first in starts
    ]


def unit_budgets(
    book: Book, unit: int | None = None, direct: bool = False, period: Period | None = None
) -> list[UnitBudget]:
    """Return the budgets in scope, in tree order and by their first month; four gathers.

    Args:
        period: only budgets that have a month of it.
    """
    rows = _gathered(book, BUDGETS, in_unit(book, unit, direct), "budget_id")
    if period is not None:
        rows = rows.only((rows["first_ym"] < period.to_ym) & (rows["last_ym"] >= period.from_ym))
    ids = rows["budget_id"].tolist()
    lines = _gathered(book, LINES, among("budget_id", ids), "line_id")
    cells = _gathered(book, CELLS, among("line_id", lines["line_id"].tolist()), "line_id, ym")
    releases = _gathered(book, RELEASES, among("budget_id", ids), "release_id")
    order = np.lexsort((rows["first_ym"], rows["unit_id"], book.tree.position_of(rows["unit_id"])))
    of_line = _by(cells, "line_id")
    of_budget, released = _by(lines, "budget_id"), _by(releases, "budget_id")
    return [_one(rows, at, of_budget, of_line, released) for at in order.tolist()]


def _gathered(book: Book, select: str, wanted: Filter, key: str) -> Rows:
    return book.gather(f"{select} {wanted.where} ORDER BY {key}", **wanted.params)


def _by(rows: Rows, name: str) -> dict[int, Rows]:
    """Return rows by the value of a column, in their order."""
    places = defaultdict[int, list[int]](list)
    for at, value in enumerate(rows[name].tolist()):
        places[value].append(at)
    found = {value: rows.only(np.array(listed)) for value, listed in places.items()}
    return defaultdict(lambda: rows.only(np.zeros(0, dtype=np.int64)), found)


def _one(rows: Rows, at: int, lines: dict[int, Rows], cells: dict[int, Rows], releases: dict[int, Rows]) -> UnitBudget:
    number = int(rows["budget_id"][at])
    span = Period(int(rows["first_ym"][at]), int(rows["last_ym"][at]) + 1)
    own = lines[number]
    months, outside = _months(own, cells, span)
    waiting = (own["effective"] == 0) & own.known("amount")
    of_budget = releases[number]
    return UnitBudget(
        budget_id=number,
        unit_id=int(rows["unit_id"][at]),
        span=span,
        measure_id=int(rows["measure_id"][at]),
        release_months=int(rows["release_months"][at]),
        state=int(rows["state"][at]),
        months=months,
        outside=outside,
        waiting=int(own["amount"][waiting].sum()),
        waiting_lines=int(waiting.sum()),
        unknown=int(((own["kind"] == VARIABLE) & ~own.known("amount")).sum()),
        releases=of_budget.only(np.lexsort((of_budget["release_id"], of_budget["first_ym"]))),
    )


def _months(lines: Rows, cells: dict[int, Rows], span: Period) -> tuple[IntArray, int]:
    """Return what effective lines have in each month by kind, and what lies outside the budget."""
    found = np.zeros((len(KINDS), len(span)), dtype=np.int64)
    outside = 0
    for line, kind, effective in zip(*(lines[one].tolist() for one in ("line_id", "kind", "effective")), strict=True):
        if not effective:
            continue
        own = cells[line]
        inside = (own["ym"] >= span.from_ym) & (own["ym"] < span.to_ym)
        np.add.at(found[KINDS.index(kind)], own["ym"][inside] - span.from_ym, own["amount"][inside])
        outside += int(own["amount"][~inside].sum())
    return found, outside


def lines_in(book: Book, wanted: Filter) -> Rows:
    """Return the lines of budgets in scope, by number."""
    return _gathered(book, LINES, wanted, "line_id")


def cells_in(book: Book, lines: Rows) -> Rows:
    """Return the months of some lines with their unit, kind and purpose, by line and month."""
    cells = _gathered(book, CELLS, among("line_id", lines["line_id"].tolist()), "line_id, ym")
    at = np.searchsorted(lines["line_id"], cells["line_id"])
    taken = {name: lines[name][at] for name in ("unit_id", "budget_id", "kind", "purpose")}
    return Rows({**cells.columns, **taken}, {"purpose": lines.known("purpose")[at]})
