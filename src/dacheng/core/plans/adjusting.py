"""What a line of the register of adjustments does to a plan (调整的影响): its row, and every row above it.

Nothing else moves: siblings keep what they have, months gone by stand. A line with another row takes from it what
it gives, so that nothing changes above the row under which both stand. So base + lines = final holds at every row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.period import date_of, ym_text
from dacheng.core.plans.prorating import prorated, ramp_of, span_in
from dacheng.core.plans.schema import ADJUSTMENTS, GRANTED, PRORATINGS, WHOLE
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.weighing import season_of
from dacheng.core.targets.feasibility import Naming, Stated, nth_part
from dacheng.core.tree import UNKNOWN

LINES = """
    SELECT adjustment_id, plan_row_id, other_row_id, unit_id, person_id, measure_id, kind, start_day, end_day,
        prorating, full_amount, amount, base_amount, evidenced, state, requested_by_id, decided_by_id
    FROM plan_adjustments {where} ORDER BY adjustment_id"""
NO_ROW = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register as the Book knows it; amounts in minor units, signed.

    Args:
        other_row_id: who takes what the row gives; ``NO_ROW`` = the totals above change.
        full_amount: of all months. amount: of those from its first day on. base_amount: the row's year when approved.
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

    @property
    def effective(self) -> bool:
        """Tell whether the plan has it: it is approved, by somebody, on evidence."""
        return self.state == GRANTED


def lines_of(book: Book, plan_id: int) -> list[Line]:
    """Return the lines of a plan that the viewer sees, in the order in which they were asked for."""
    rows = book.gather(LINES.format(where="WHERE plan_id = :plan"), plan=plan_id)
    stated: list[dict[str, Any]] = rows.records()
    return [Line(**one) for one in stated]


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

    Args:
        row, other: plan rows. months: shape (m,), minor units. name: of a row by its position.

    Raises:
        RuleError: a row has others below it, or a month would leave its bounds; names it.

    Source: R030, R033.
    """
    amount = sheet.amount
    for number, sign in ((row, 1), (other, -1)):
        if number != NO_ROW:
            at = sheet.position(number)
            _refuse_inner(sheet, at, name)
            for above in path_up(sheet, at):
                amount[above] += sign * months
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


def _refuse_inner(sheet: Sheet, at: int, name: Naming) -> None:
    if int(sheet.tree.ends[at]) > at + 1:
        who = name(at)
        raise RuleError(
            Text(f"“{who.zh}”下面还有行，调整要落到最下一级。", f"{who.en} has rows below it."),
            Text(
                "请选它下面的人、待招，或加一行「未分配」。", "Choose a person or vacancy below, or add 'not assigned'."
            ),
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
