"""What a line of the register of adjustments does to a plan (调整的影响): its row, and every row above it.

Nothing beside it moves: siblings keep what they have, months gone by stand. What stands below the row takes the
difference in its present proportion, within its bounds. A line with another row takes from it what it gives, so that
nothing changes above the row under which both stand. So base + lines = final holds at every row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.period import date_of, ym_text
from dacheng.core.plans.editing import settled
from dacheng.core.plans.month_ways import season_of
from dacheng.core.plans.prorating import prorated, ramp_of, span_in
from dacheng.core.plans.schema import ADJUSTMENTS, GRANTED, PRORATINGS, WHOLE
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.feasibility import Naming, Stated, nth_part
from dacheng.core.tree import UNKNOWN

LINES = """
    SELECT adjustment_id, plan_row_id, other_row_id, unit_id, person_id, measure_id, kind, start_day, end_day,
        prorating, full_amount, amount, base_amount, evidenced, state, requested_by_id, decided_by_id, part_of_id
    FROM plan_adjustments {where} ORDER BY adjustment_id"""
NO_ROW = NO_LINE = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register as the Book knows it; amounts in minor units, signed.

    Args:
        other_row_id: who takes what the row gives; ``NO_ROW`` = the totals above change.
        full_amount: of all months. amount: of those from its first day on. base_amount: the row's year when approved.
        part_of_id: the line of a unit that this one is somebody's part of; ``NO_LINE`` = a line of its own.
    """

    adjustment_id: int
    plan_row_id: int
    other_row_id: int
    unit_id: int
    person_id: int
    measure_id: int
    kind: int
    start_day: int
    end_day: int
    prorating: int
    full_amount: int
    amount: int
    base_amount: int | None
    evidenced: int
    state: int
    requested_by_id: int
    decided_by_id: int
    part_of_id: int = NO_LINE

    @property
    def effective(self) -> bool:
        """Tell whether the plan has it: it is approved, by somebody, on evidence."""
        return self.state == GRANTED


def lines_of(book: Book, plan_id: int) -> list[Line]:
    """Return the lines of a plan that the viewer sees, in the order in which they were asked for."""
    rows = book.gather(LINES.format(where="WHERE plan_id = :plan"), plan=plan_id)
    stated: list[dict[str, Any]] = rows.records()
    return [Line(**one) for one in stated]


def counting(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that the figures of a plan hold: approved ones, one of a unit by its parts below."""
    effective = [one for one in lines if one.effective]
    in_parts = {one.part_of_id for one in effective}
    return [one for one in effective if one.adjustment_id not in in_parts]


def by_kind(sheet: Sheet, lines: Iterable[Line]) -> IntArray:
    """Return what lines of a plan make of each row by kind, shape (n, kinds): its own and those of rows below it.

    Args:
        lines: that count; those of other measures and of rows that the viewer does not see are left out.
    """
    found = np.zeros((len(sheet), len(ADJUSTMENTS)), dtype=np.int64)
    for line in lines:
        for row, sign in ((line.plan_row_id, 1), (line.other_row_id, -1)):
            at = int(sheet.tree.position_of(row)) if row != NO_ROW else UNKNOWN
            if line.measure_id == sheet.measure_id and at != UNKNOWN:
                found[path_up(sheet, at), line.kind - 1] += sign * line.amount
    return found


def default_prorating(book: Book, kind: int) -> int:
    """Return how a kind of adjustment is pro-rated, by the rules of the Book's day."""
    code = next(code for number, code, _ in ADJUSTMENTS if number == kind)
    word = book.rules.word(f"plan.prorate_{code}")
    return next(number for number, known, _ in PRORATINGS if known == word)


def check_start(book: Book, sheet: Sheet, start: int) -> None:
    """Refuse a first day in the months that stand.

    Raises:
        RuleError: names the first day that is possible.

    Source: R033 "retroactive date into a closed period: refuse; effective from the next open one".
    """
    first = book.months.first_day_of(sheet.plan.from_ym + sheet.plan.frozen)
    if start < first:
        day, earliest = date_of(start).isoformat(), date_of(first).isoformat()
        raise RuleError(
            Text(f"{day} 在方案生效之前，那时的目标不再改动。", f"{day} lies before the plan takes effect."),
            Text(f"生效日最早 {earliest}。", f"The first day is not before {earliest}."),
        )


def months_of(book: Book, sheet: Sheet, at: int, full: int, how: int, start: int, end: int) -> IntArray:
    """Return what a line comes to in each month of a plan, shape (m,).

    Args:
        at: position of the row. full: minor units, signed, of all months.
        how: one of ``PRORATINGS``; with ``WHOLE`` the months add up to ``full``. start, end: days, ``[start, end)``.

    Raises:
        RuleError: nothing is there to pro-rate by.
    """
    span = span_in(sheet.plan, book.months, start, end)
    season, _ = season_of(book, sheet)
    ramp = ramp_of(book.rules.word("plan.ramp"))
    open_months = sheet.present[at] & ~sheet.frozen
    return prorated(full, how, span, season.tolist(), sheet.amount[at], open_months, ramp)


def months_of_line(book: Book, sheet: Sheet, line: Line) -> IntArray:
    """Return the months of a line: its amount, which was decided on, by the weights that its rule gives."""
    at = sheet.position(line.plan_row_id)
    months = months_of(book, sheet, at, line.full_amount, line.prorating, line.start_day, line.end_day)
    if int(months.sum()) == line.amount:
        return months
    return months_of(book, sheet, at, line.amount, WHOLE, line.start_day, line.end_day)


def with_line(sheet: Sheet, row: int, months: IntArray, other: int = NO_ROW, name: Naming = nth_part) -> Sheet:
    """Return a plan with an adjustment: the row and all above it get the months, the other row gives them.

    What stands below either follows in its present proportion: pinned cells and years, buffers and what is not
    assigned stay, the others take the difference within their bounds.

    Args:
        row, other: plan rows. months: shape (m,), minor units. name: of a row by its position.

    Raises:
        RuleError: one row stands below the other, a month would leave its bounds, or nobody below can take it.

    Source: R030, R033.
    """
    amount = sheet.amount
    places = [(sheet.position(number), sign) for number, sign in ((row, 1), (other, -1)) if number != NO_ROW]
    for at, sign in places:
        _refuse_inside(sheet, at, [one for one, _ in places if one != at], name)
        for above in path_up(sheet, at):
            amount[above] += sign * months
    inner = [at for at, _ in places if has_below(sheet, at)]
    if inner:
        after = settled(sheet.with_amounts(amount), name).amount
        for at in inner:
            below = slice(at + 1, int(sheet.tree.ends[at]))
            amount[below] = after[below]
    known = sheet.cells.amount.known | (amount != sheet.amount)
    _check_bounds(sheet, amount, name)
    return replace(sheet, cells=replace(sheet.cells, amount=Stated(amount, known)))


def path_up(sheet: Sheet, at: int) -> list[int]:
    """Return a row and every row above it, but not what only puts several together."""
    found = []
    while at != UNKNOWN and not (at == 0 and sheet.shared_top):
        found.append(at)
        at = int(sheet.tree.parent_position[at])
    return found


def has_below(sheet: Sheet, at: int) -> bool:
    """Tell whether others stand below a row."""
    return int(sheet.tree.ends[at]) > at + 1


def _refuse_inside(sheet: Sheet, at: int, others: list[int], name: Naming) -> None:
    for other in others:
        if at < other < int(sheet.tree.ends[at]):
            who, inside = name(at), name(other)
            raise RuleError(
                Text(f"“{inside.zh}”在“{who.zh}”下面，不能互相交接。", f"{inside.en} stands below {who.en}."),
                Text("请选不在同一支的另一行。", "Choose a row that does not stand below the other."),
            )


def _check_bounds(sheet: Sheet, amount: IntArray, name: Naming) -> None:
    changed = amount != sheet.amount
    for bound, beyond, word in (
        (sheet.cells.floor, amount < sheet.cells.floor.value, Text("下限", "floor")),
        (sheet.cells.cap, amount > sheet.cells.cap.value, Text("上限", "cap")),
    ):
        for at, month in np.argwhere(changed & bound.known & beyond).tolist()[:1]:
            who, when = name(at), ym_text(sheet.plan.from_ym + month)
            limit, seen = in_yuan(int(bound.value[at, month])), in_yuan(int(amount[at, month]))
            raise RuleError(
                Text(
                    f"“{who.zh}” {when} 的{word.zh}是 {limit}，调整后是 {seen}。",
                    f"The {word.en} of {who.en} in {when} is {limit}; it would be {seen}.",
                ),
                Text("先改界限，再批准。", "Change the bound first, then approve."),
            )
