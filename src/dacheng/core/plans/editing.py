"""Editing cells of a plan (改格): what was set stands, every sum stays true, and each consequence is told.

In the month of an edit, what is below the edited row follows in its present proportion. What is above
follows too, up to the first row that does not move there (pinned, its year pinned, or given to the
viewer from above); that row's other children take the difference between them. A row whose own year
is pinned gives or takes the difference in its other months.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import group_sums, in_yuan
from dacheng.core.period import ym_text
from dacheng.core.plans.schema import BUFFER, RESERVE
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.decomposing import Family, families
from dacheng.core.targets.feasibility import Breakdown, Naming, Stated, clashes, nth_part
from dacheng.core.targets.margins import Pins, fit
from dacheng.core.targets.rebalancing import as_it_stands, break_back

WHOLE_YEAR = -1
"""The month of an edit of a row's year."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A cell as somebody wants it.

    Args:
        position: of the row. month: 0 to months - 1, or ``WHOLE_YEAR``. amount: minor units.
    """

    position: int
    month: int
    amount: int


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that becomes another one; ``asked`` for one that was edited itself."""

    position: int
    month: int
    before: int
    after: int
    asked: bool


def edited(
    sheet: Sheet,
    edits: Sequence[Edit],
    name: Naming = nth_part,
    *,
    level_only: bool = False,
    held: bool = False,
    moving: Collection[int] = (),
) -> Sheet:
    """Return a sheet with edited cells and all that follows from them.

    Args:
        level_only: what is above stays; siblings take the difference (同级分摊).
        held: the topmost row is given from above: it does not follow.
        moving: rows whose pinned year changes with the edits.

    Raises:
        RuleError: a cell stands already, is pinned or bounded, or nobody is left to take a difference; names it.

    Source: R041; guide of the decomposition grid.
    """
    wanted = _months_of_years(sheet, edits, name)
    amount = sheet.amount
    given = np.zeros(amount.shape, dtype=np.bool_)
    for one in wanted:
        _check_edit(sheet, one, name)
        given[one.position, one.month] = True
        amount[one.position, one.month] = one.amount
    asked = {*moving, *(one.position for one in edits if one.month == WHOLE_YEAR)}
    _keep_pinned_years(sheet, amount, given, asked, name)
    still = _still(sheet, level_only, held)
    _exchange(sheet, amount, given, still)
    derived = np.zeros(amount.shape, dtype=np.bool_)
    levels = families(sheet.tree)
    for level in reversed(levels):
        _carry_up(level, amount, given, still, derived)
    for level in levels:
        _carry_down(sheet, level, amount, given, derived, name)
    return sheet.with_amounts(amount)


def changes(before: Sheet, after: Sheet, edits: Sequence[Edit] = ()) -> list[Change]:
    """Return the cells that differ, the edited ones first, then by row and month."""
    was, now = before.amount, after.amount
    asked = {(one.position, one.month) for one in edits}
    found = [
        Change(row, month, int(was[row, month]), int(now[row, month]), bool({(row, month), (row, WHOLE_YEAR)} & asked))
        for row, month in np.argwhere((was != now) | (before.cells.amount.known != after.cells.amount.known)).tolist()
    ]
    return sorted(found, key=lambda one: not one.asked)


def settled(sheet: Sheet, name: Naming = nth_part) -> Sheet:
    """Return a sheet in which children meet parents that were changed elsewhere: each keeps its proportion."""
    amount = sheet.amount
    nothing = np.zeros(amount.shape, dtype=np.bool_)
    for level in families(sheet.tree):
        _carry_down(sheet, level, amount, nothing, nothing, name)
    return sheet.with_amounts(amount)


def moved(
    sheet: Sheet, giver: int, taker: int, month: int, amount: int, name: Naming = nth_part, *, held: bool = False
) -> Sheet:
    """Return a sheet in which an amount goes from one row to another, in a month or over the year (调剂).

    Over the year each month gives and takes the same, so that rows above both stay as they are.

    Raises:
        RuleError: the giver has less, nothing is moved, or as ``edited``.
    """
    has = int(sheet.year[giver]) if month == WHOLE_YEAR else int(sheet.amount[giver, month])
    if amount <= 0:
        raise RuleError(
            Text(f"调剂金额是 {in_yuan(amount)}，必须大于 0。", f"The amount to move is {in_yuan(amount)}."),
            Text("请填写大于 0 的金额。", "Enter an amount above zero."),
        )
    if 0 <= has < amount:
        who = name(giver)
        raise RuleError(
            Text(
                f"“{who.zh}”只剩 {in_yuan(has)}，要调出 {in_yuan(amount)}，差 {in_yuan(amount - has)}。",
                f"{who.en} has {in_yuan(has)} left; {in_yuan(amount)} is {in_yuan(amount - has)} too much.",
            ),
            Text("请减少金额，或换一行调出。", "Move less, or take it from another row."),
        )
    gives = _months_of_years(sheet, [Edit(giver, month, has - amount)], name)
    before = sheet.amount
    gets = [
        Edit(taker, one.month, int(before[taker, one.month]) + int(before[giver, one.month]) - one.amount)
        for one in gives
    ]
    return edited(sheet, [*gives, *gets], name, held=held, moving=(giver, taker))


def _months_of_years(sheet: Sheet, edits: Sequence[Edit], name: Naming) -> list[Edit]:
    """Return edits of months: an edited year is broken back over the months of its row that may move."""
    found: list[Edit] = []
    for one in edits:
        if one.month != WHOLE_YEAR:
            found.append(one)
            continue
        before = sheet.amount[one.position]
        after = _over_months(sheet, one.position, one.amount, before, sheet.fixed[one.position], name)
        found += [Edit(one.position, month, int(after[month])) for month in np.flatnonzero(after != before).tolist()]
    return found


def _over_months(sheet: Sheet, row: int, year: int, months: IntArray, fixed: BoolArray, name: Naming) -> IntArray:
    """Return the months of a row that add up to a year; fixed ones stay."""
    bounds = Stated(sheet.cells.floor.value[row], sheet.cells.floor.known[row])
    caps = Stated(sheet.cells.cap.value[row], sheet.cells.cap.known[row])
    breakdown = Breakdown.of(
        [year],
        np.ones(len(months), dtype=np.int64),
        floor=bounds.only_where(~fixed),
        cap=caps.only_where(~fixed),
        pin=Stated(months, fixed),
    )
    return break_back(breakdown, months, lambda at: _month(sheet, at), lambda _: name(row)).amount


def _check_edit(sheet: Sheet, one: Edit, name: Naming) -> None:
    when = _month(sheet, one.month)
    if sheet.frozen[one.month]:
        raise RuleError(
            Text(f"{when.zh}在方案生效之前，不能再改。", f"{when.en} lies before the plan takes effect."),
            Text("请改生效月以后的月份。", "Change a month from its first effective one on."),
        )
    if not sheet.present[one.position, one.month]:
        who = name(one.position)
        raise RuleError(
            Text(f"“{who.zh}”在{when.zh}还没有到任或已经离开。", f"{who.en} is not there in {when.en}."),
            Text("请改他在任的月份。", "Change a month in which it is."),
        )
    floor, cap = sheet.cells.floor, sheet.cells.cap
    at = (one.position, one.month)
    for bound, beyond, word in (
        (floor, floor.known[at] and one.amount < floor.value[at], Text("下限", "floor")),
        (cap, cap.known[at] and one.amount > cap.value[at], Text("上限", "cap")),
    ):
        if beyond:
            who = name(one.position)
            limit = in_yuan(int(bound.value[at]))
            raise RuleError(
                Text(
                    f"“{who.zh}”{when.zh}的{word.zh}是 {limit}，填的是 {in_yuan(one.amount)}。",
                    f"The {word.en} of {who.en} in {when.en} is {limit}; {in_yuan(one.amount)} was entered.",
                ),
                Text("请改在界限之内，或先改界限。", "Stay within it, or change the bound first."),
            )


def _keep_pinned_years(sheet: Sheet, amount: IntArray, given: BoolArray, asked: set[int], name: Naming) -> None:
    """Let the other months of an edited row with a pinned year take the difference, in place.

    Args:
        asked: rows whose year itself was edited.
    """
    for row in set(np.flatnonzero(np.any(given, axis=1) & sheet.years.pinned).tolist()) - asked:
        fixed = sheet.fixed[row] | given[row]
        after = _over_months(sheet, row, int(sheet.year[row]), amount[row], fixed, name)
        given[row] |= after != amount[row]
        amount[row] = after


def _still(sheet: Sheet, level_only: bool, held: bool) -> BoolArray:
    """Return the cells that do not move by themselves, shape (n, m)."""
    still = _hard(sheet) | sheet.years.pinned[:, np.newaxis]
    if level_only:
        inner = sheet.tree.ends > np.arange(len(sheet)) + 1
        still = still | inner[:, np.newaxis]
    if len(sheet):
        still[0] |= held or level_only
    return still


def _hard(sheet: Sheet) -> BoolArray:
    """Return the cells that stand unless they are edited themselves: fixed ones, buffers and what is kept back."""
    apart = np.isin(sheet.kind, (BUFFER, RESERVE))
    return sheet.fixed | apart[:, np.newaxis]


def _exchange(sheet: Sheet, amount: IntArray, given: BoolArray, still: BoolArray) -> None:
    """Let siblings of pinned years swap months with an edited row, where nobody else can, in place.

    Only where the edited rows of a family keep their years as well: what they take of one month they give in another.
    """
    hard = _hard(sheet)
    before = sheet.amount
    for level in families(sheet.tree):
        touched = np.any(given[level.rows], axis=1)
        for parent in np.unique(level.parents[level.group[touched]]).tolist():
            rows = level.rows[level.parents[level.group] == parent]
            months = np.flatnonzero(np.any(amount[rows] != before[rows], axis=0))
            if not np.any(still[parent, months]) or np.any(amount[rows].sum(axis=1) != sheet.year[rows]):
                continue
            free = ~(hard | given)[np.ix_(rows, months)] & ~sheet.years.pinned[rows][:, np.newaxis]
            if not np.any(free):
                _swap(sheet, rows, months, amount, given, hard)


def _swap(sheet: Sheet, rows: IntArray, months: IntArray, amount: IntArray, given: BoolArray, hard: BoolArray) -> None:
    """Fit the siblings' months to what is left of their parent's, their years as they are, in place."""
    takers = rows[~np.any(given[rows], axis=1)]
    if not takers.size:
        return
    at = np.ix_(takers, months)
    before = sheet.amount
    column = before[np.ix_(rows, months)].sum(axis=0) - amount[np.ix_(np.setdiff1d(rows, takers), months)].sum(axis=0)
    pins = Pins(before[at], hard[at])
    fitted = fit(np.maximum(before[at], 0), before[at].sum(axis=1), column, pins=pins).cells
    given[at] |= fitted != amount[at]
    amount[at] = fitted


def _flat(level: Family, months: int) -> IntArray:
    """Return for each row and month of a level the number of its parent's month, shape (k · months,)."""
    return (level.group[:, np.newaxis] * months + np.arange(months)).ravel()


def _carry_up(level: Family, amount: IntArray, given: BoolArray, still: BoolArray, derived: BoolArray) -> None:
    """Let parents that may move have the sum of their children where one of them was set or follows one, in place."""
    shape = (len(level.parents), amount.shape[1])
    group = _flat(level, shape[1])
    moving = np.bincount(group, (given | derived)[level.rows].ravel(), minlength=shape[0] * shape[1]).reshape(shape) > 0
    follows = moving & ~given[level.parents] & ~still[level.parents]
    sums = group_sums(amount[level.rows].ravel(), group, shape[0] * shape[1]).reshape(shape)
    derived[level.parents] |= follows
    amount[level.parents] = np.where(follows, sums, amount[level.parents])


def _carry_down(
    sheet: Sheet, level: Family, amount: IntArray, given: BoolArray, derived: BoolArray, name: Naming
) -> None:
    """Let children meet a parent whom they do not add up to: the free ones keep their proportion, in place."""
    months = amount.shape[1]
    group = _flat(level, months)
    totals = amount[level.parents].ravel()
    off = group_sums(amount[level.rows].ravel(), group, len(totals)) != totals
    if not np.any(off):
        return
    concerned = np.flatnonzero(off[group])
    family = _Family(sheet, level, concerned, group[concerned], totals)
    hard = _hard(sheet) | given | sheet.years.pinned[:, np.newaxis]
    first = family.breakdown(amount, hard | derived)
    again = np.unique([one.group for one in clashes(as_it_stands(first, family.of(amount)))]).astype(np.int64)
    if again.size:  # rows that follow an edit below them give way where nobody else can
        there = np.isin(family.group, again)
        kept = np.where(there, family.of(hard), family.of(hard | derived))
        first = family.with_pins(amount, kept)
    found = break_back(first, family.of(amount), family.child(name), family.total(name)).amount
    amount[family.rows, family.months] = found


@dataclass(frozen=True, slots=True, eq=False)
class _Family:
    """Cells of a level whose sums do not hold, with the month of the parent each belongs to.

    Args:
        cells: which of the level's cells, row by row.
        numbers: for each the number of its total. totals: of every parent and month of the level.
    """

    sheet: Sheet
    level: Family
    cells: IntArray
    numbers: IntArray
    totals: IntArray

    @property
    def parents(self) -> IntArray:
        """Return the numbers of the totals concerned, ascending."""
        return np.unique(self.numbers)

    @property
    def group(self) -> IntArray:
        """Return for each cell which of the totals concerned is its own."""
        return np.searchsorted(self.parents, self.numbers)

    @property
    def rows(self) -> IntArray:
        """Return the position of each cell's row."""
        return self.level.rows[self.cells // self.sheet.plan.months]

    @property
    def months(self) -> IntArray:
        """Return the month of each cell."""
        return self.cells % self.sheet.plan.months

    def of(self, values: Any) -> Any:
        """Return the values of the cells, of an array of shape (n, m)."""
        return values[self.rows, self.months]

    def breakdown(self, amount: IntArray, fixed: BoolArray) -> Breakdown:
        """Return how the totals are to be met; fixed cells, shape (n, m), stay."""
        return self.with_pins(amount, self.of(fixed))

    def with_pins(self, amount: IntArray, fixed: BoolArray) -> Breakdown:
        """Return how the totals are to be met; fixed cells, one a cell, stay."""
        cells = self.sheet.cells
        floor, cap = (Stated(self.of(one.value), self.of(one.known) & ~fixed) for one in (cells.floor, cells.cap))
        weights = self.sheet.years.weight[self.rows]
        pin = Stated(self.of(amount), fixed)
        return Breakdown(self.totals[self.parents], self.group, weights, floor, cap, pin)

    def child(self, name: Naming) -> Naming:
        """Return how a cell is called."""
        rows = self.rows
        return lambda at: name(int(rows[at]))

    def total(self, name: Naming) -> Naming:
        """Return how a total is called: its row and its month."""
        months = self.sheet.plan.months

        def called(at: int) -> Text:
            number = int(self.parents[at])
            who, when = name(int(self.level.parents[number // months])), _month(self.sheet, number % months)
            return Text(f"{who.zh} {when.zh}", f"{who.en} {when.en}")

        return called


def _month(sheet: Sheet, month: int) -> Text:
    text = ym_text(sheet.plan.from_ym + month)
    return Text(text, text)
