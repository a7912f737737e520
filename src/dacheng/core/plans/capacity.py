"""What the people of a plan can bring (产能): people × productivity × ramp × (1 − attrition) (R019).

Productivity is measured: what a unit brought in the twelve months before, by those of its people in the plan who were
there from its first month. A unit that brought nothing has that of the unit above it. A vacancy counts from its start
month; without one nothing is known of it, which is not zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.plans.schema import NOBODY, PERSON, UNIT, VACANCY
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.weighing import rolled
from dacheng.core.targets.feasibility import Stated
from dacheng.core.targets.setting.outcome import rounded

PEOPLE = "SELECT p.person_id, p.left AS gone, p.fte_bp FROM people p ORDER BY p.person_id"
STARTS = "SELECT plan_row_id, from_ym FROM plan_rows WHERE plan_id = :plan ORDER BY plan_row_id"


@dataclass(frozen=True, slots=True, eq=False)
class PlanCapacity:
    """Capacity of the rows of a plan, arrays of shape (n,).

    Args:
        amount: minor units of the months of the plan; of a unit what its people and vacancies have together.
        known: False where somebody's productivity or a vacancy's start is not known; of a unit where nobody's is.
        months: of productive people, in basis points of one month: share of work × ramp.
        undated: vacancies without a start month.
    """

    amount: IntArray
    known: BoolArray
    months: IntArray
    undated: BoolArray


def year_before(book: Book, sheet: Sheet) -> Period:
    """Return the twelve whole months before a plan, or before the as-of day where the plan is still to come."""
    end = min(sheet.plan.from_ym, book.months.ym_of(book.as_of_day + 1))
    return Period(end - MONTHS_PER_YEAR, end)


def capacity_in(book: Book, sheet: Sheet, history: IntArray) -> PlanCapacity:
    """Return the capacity of every row of a plan.

    Defined as::  productivity a year × productive months ÷ 12 × (1 − attrition)
    productivity = what the unit brought ÷ working shares of its people of the plan from the first month on

    Args:
        history: shape (n,), what each row with everything below it brought in the twelve months before.

    Source: R019; golden case G59.
    """
    people, vacancies = sheet.kind == PERSON, sheet.kind == VACANCY
    starts = _starts(book, sheet)
    undated = vacancies & (starts == 0)
    share = _shares(book, sheet)
    months = _productive(book, sheet, starts) * share.value // BP_PER_WHOLE * (people | vacancies)
    base = rolled(sheet, np.where(people & sheet.present[:, 0], share.value, 0))
    each = _productivity(sheet, history, base)
    stays = Fraction(BP_PER_WHOLE - book.rules.number("plan.attrition_bp"), BP_PER_WHOLE)
    known = (people | vacancies) & ~undated & share.known & np.array([one is not None for one in each], dtype=np.bool_)
    own = np.zeros(len(sheet), dtype=np.int64)
    for at in np.flatnonzero(known).tolist():
        productive = Fraction(int(months[at]), BP_PER_WHOLE * MONTHS_PER_YEAR)
        own[at] = rounded((each[at] or Fraction()) * productive * stays)
    below = rolled(sheet, known.astype(np.int64)) > 0
    return PlanCapacity(rolled(sheet, own), known | (below & (sheet.kind == UNIT)), months, undated)


def _starts(book: Book, sheet: Sheet) -> IntArray:
    """Return the month in which each row begins, 0 where none is told."""
    rows = book.gather(STARTS, plan=sheet.plan.plan_id)
    told = dict(zip(rows["plan_row_id"].tolist(), rows["from_ym"].tolist(), strict=True))
    return np.array([told.get(one, 0) for one in sheet.tree.unit_ids.tolist()], dtype=np.int64)


def _shares(book: Book, sheet: Sheet) -> Stated:
    """Return the working share of each row's person in basis points; a vacancy is a whole person, a leaver none."""
    rows = book.gather(PEOPLE)
    shares = np.where(rows["gone"] == 1, 0, rows["fte_bp"])
    told = dict(zip(rows["person_id"].tolist(), shares.tolist(), strict=True)) | {NOBODY: BP_PER_WHOLE}
    seen = np.array([one in told for one in sheet.person_id.tolist()], dtype=np.bool_)
    return Stated(np.array([told.get(one, 0) for one in sheet.person_id.tolist()], dtype=np.int64), seen)


def _productive(book: Book, sheet: Sheet, starts: IntArray) -> IntArray:
    """Return how much each row works in all months together, in basis points of a month, joiners by their ramp."""
    ramp_months, ramp = (book.rules.number(f"plan.{name}") for name in ("ramp_months", "ramp_bp"))
    months = np.arange(sheet.plan.from_ym, sheet.plan.until_ym)[np.newaxis, :]
    joins = (starts > sheet.plan.from_ym)[:, np.newaxis]
    learning = joins & (months < (starts + ramp_months)[:, np.newaxis])
    total: IntArray = (sheet.present * np.where(learning, ramp, BP_PER_WHOLE)).sum(axis=1)
    return total


def _productivity(sheet: Sheet, history: IntArray, base: IntArray) -> list[Fraction | None]:
    """Return what one full-time person brings in a year at each row: that of the nearest unit above that has one."""
    found: list[Fraction | None] = []
    for at in range(len(sheet)):
        above = int(sheet.tree.parent_position[at])
        own = sheet.kind[at] == UNIT and history[at] > 0 and base[at] > 0
        inherited = found[above] if above >= 0 else None
        found.append(Fraction(int(history[at]) * BP_PER_WHOLE, int(base[at])) if own else inherited)
    return found
