"""Dated rules: every default is a value with a start day, a unit and a source.

Rules live in ``defaults/rules.yaml`` and, changed, in the company's own table; a
report sees the values in force on its as-of day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FiscalYear, ym_at

RuleValue = int | str


@dataclass(frozen=True, slots=True)
class RuleKind:
    """What a rule means and which values it takes.

    Args:
        unit: what the number counts, for example days or month.
        source: where the default comes from.
        lowest, highest: inclusive range of a whole number.
        choices: (code, label) of the words it may be; none for a number.
        reads: of a table written as text: reads it, and refuses what does not hold; None for all others.
    """

    name: str
    label: Text
    help: Text
    unit: Text
    source: str
    lowest: int = 0
    highest: int = 0
    choices: tuple[tuple[str, Text], ...] = ()
    reads: Callable[[str], object] | None = None

    def check(self, value: RuleValue) -> None:
        """Refuse a value out of range, naming the range."""
        if self.reads is not None:
            self.reads(str(value))
            return
        codes = [code for code, _ in self.choices]
        if codes and value not in codes:
            self._refuse(value, " · ".join(codes))
        if not self.choices and not (isinstance(value, int) and self.lowest <= value <= self.highest):
            self._refuse(value, f"{self.lowest} – {self.highest}")

    def _refuse(self, value: RuleValue, range_words: str) -> None:
        raise RuleError(
            Text(f"规则「{self.label.zh}」不能是 {value}。", f"The rule “{self.label.en}” cannot be {value}."),
            Text(f"可取 {range_words}。", f"Allowed: {range_words}."),
        )


@dataclass(frozen=True, slots=True)
class DatedRule:
    """A value of a rule from a day on, until the next one."""

    name: str
    from_day: int
    value: RuleValue


@dataclass(frozen=True, slots=True)
class Rules:
    """The values in force on one day.

    Args:
        dated: the values of all days that they were taken from.
    """

    values: Mapping[str, RuleValue] = field(default_factory=dict)
    dated: tuple[DatedRule, ...] = field(default=(), compare=False, repr=False)

    def on(self, day: int) -> Rules:
        """Return the rules in force at the end of another day."""
        return in_force(self.dated, day)

    def number(self, name: str) -> int:
        """Return a whole-number rule; KeyError when no default ships for it."""
        value = self.values[name]
        assert isinstance(value, int), name
        return value

    def word(self, name: str) -> str:
        """Return a rule that is one of a few words; KeyError when no default ships for it."""
        value = self.values[name]
        assert isinstance(value, str), name
        return value

    @property
    def fiscal(self) -> FiscalYear:
        """Return the fiscal year of the company (R029)."""
        return FiscalYear(self.number("fiscal.start_month"))

    @property
    def won_without_contract_counts(self) -> bool:
        """Tell whether a won deal without a contract counts as 合同额 with its won amount."""
        return self.number("done.won_without_contract") == 1

    @property
    def annual_over(self) -> int:
        """Return the months of a term above which a contract is shown by its annual value (R222)."""
        return self.number("orders.annual_over")

    @property
    def frameworks_count(self) -> bool:
        """Tell whether a framework contract counts as an order, not only what is called off (R222)."""
        return self.number("orders.frameworks") == 1

    @property
    def cash_counted_from(self) -> int | None:
        """Return the month number from which receipts are 回款; None = they do not count as done (R148)."""
        told = self.number("cash.counted_from")
        return None if told == 0 else ym_at(told // 100, told % 100)

    @property
    def stalled_days(self) -> int:
        """Return the days in a stage from which a deal is flagged as stalled."""
        return self.number("deals.stalled_days")

    @property
    def pushed_limit(self) -> int:
        """Return the number of pushed signing dates from which a deal is flagged."""
        return self.number("deals.pushed_limit")


def in_force(rules: Iterable[DatedRule], day: int) -> Rules:
    """Return the rules in force at the end of a day; the latest start wins."""
    values: dict[str, RuleValue] = {}
    dated = tuple(rules)
    for rule in sorted(dated, key=lambda rule: rule.from_day):
        if rule.from_day <= day:
            values[rule.name] = rule.value
    return Rules(values, dated)
