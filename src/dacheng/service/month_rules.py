"""What a rule about months will do (分月预览): the days of the months of the first year that it divides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dacheng.core.months import USUAL, months_of, refuse_moved
from dacheng.core.period import MONTHS_PER_YEAR, ym_of
from dacheng.core.rules import DatedRule, RuleValue
from dacheng.store.periods import closed_through, company_months, month_rules

__all__ = ["USUAL", "MonthDays", "months_foreseen"]

WEEK = 7


@dataclass(frozen=True, slots=True)
class MonthDays:
    """A month with its first and last day, and those it has without the change; all days inclusive."""

    ym: int
    first: int
    last: int
    first_before: int
    last_before: int

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return self.last - self.first + 1

    @property
    def weeks(self) -> int | None:
        """Return how many whole weeks it has; None where it has not only whole ones."""
        return self.days // WEEK if self.days % WEEK == 0 else None

    @property
    def moves(self) -> bool:
        """Tell whether the change gives it other days."""
        return (self.first, self.last) != (self.first_before, self.last_before)


def months_foreseen(name: str, value: RuleValue, day: int) -> Sequence[MonthDays]:
    """Return the months that a rule makes from a day on: the last before the first year it divides, and that year.

    Raises:
        RuleError: a month would be without a day, or the days of a closed month would change.
    """
    rules = month_rules()
    before, after = company_months(), months_of([*rules, DatedRule(name, day, value)])
    closed = closed_through()
    if closed:
        refuse_moved(before, after, closed.through)
    first = _first_year([*rules, DatedRule(name, day, value)], day)
    return [
        MonthDays(ym, after.first_day_of(ym), after.last_day_of(ym), before.first_day_of(ym), before.last_day_of(ym))
        for ym in range(first - 1, first + MONTHS_PER_YEAR)
    ]


def _first_year(rules: Sequence[DatedRule], day: int) -> int:
    """Return the first month of the first fiscal year that begins, by the calendar, on or after a day."""
    starts = [one for one in rules if one.name == "fiscal.start_month" and one.from_day <= day]
    start = int(max(starts, key=lambda one: one.from_day).value) if starts else int(USUAL["fiscal.start_month"])
    ym = ym_of(day - 1) + 1 if day else ym_of(day)
    return ym + (start - 1 - ym) % MONTHS_PER_YEAR
