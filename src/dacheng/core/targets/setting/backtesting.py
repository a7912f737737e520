"""回测 (back-testing): what a method would have said of years that are over, beside what came, and its range (R015)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import Text
from dacheng.core.targets.setting.outcome import rounded


@dataclass(frozen=True, slots=True)
class Trial:
    """One method on one year that is over.

    Args:
        estimated: minor units that the method would have said before the year began; None = it was off, ``why``.
        came: minor units that the year brought; None = nothing is recorded.
    """

    year: int
    estimated: int | None
    came: int | None
    why: Text | None = None

    @property
    def comparable(self) -> bool:
        """Tell whether both are known and above zero: only then is one a share of the other."""
        return (self.estimated or 0) > 0 and (self.came or 0) > 0

    @property
    def error(self) -> Fraction | None:
        """Return (estimated − came) ÷ came; above zero = the method said too much. None where not comparable."""
        if not self.comparable:
            return None
        return Fraction((self.estimated or 0) - (self.came or 0), self.came or 1)


@dataclass(frozen=True, slots=True)
class Tested:
    """What trials say of a method.

    Args:
        years: how many could be compared. error: mean of the errors without their sign; None where none could be.
        low, high: minor units between which the method's figure stands; None = no range, and then ``off`` says why.
    """

    years: int
    error: Fraction | None
    low: int | None
    high: int | None
    off: Text | None = None


def range_of(amount: int | None, trials: Sequence[Trial], enough: int) -> Tested:
    """Return the range of a method's figure by what came of its own figures of years before (回测区间).

    Defined as::  low = amount × min(came ÷ estimated),  high = amount × max(came ÷ estimated)
    over the years that can be compared. A method that always said too much has its whole range below its figure.

    Args:
        amount: what the method says of the planned year, minor units; None = it is off now.
        enough: from so many comparable years on there is a range.

    Source: R015.

    >>> found = range_of(1_000_00, [Trial(2024, 100, 90), Trial(2025, 100, 120)], 2)
    >>> found.low, found.high, str(found.error)
    (90000, 120000, '13/72')
    """
    used = [one for one in trials if one.comparable]
    errors = [abs(one.error) for one in used if one.error is not None]
    error = sum(errors, Fraction()) / len(errors) if errors else None
    if len(used) < enough:
        return Tested(len(used), error, None, None, _too_short(trials, len(used), enough))
    if amount is None:
        now = Text("现在没有结果，没有可加区间的数。", "It gives no figure now that a range could stand beside.")
        return Tested(len(used), error, None, None, now)
    shares = [Fraction(one.came or 0, one.estimated or 1) for one in used]
    return Tested(len(used), error, rounded(amount * min(shares)), rounded(amount * max(shares)))


def _too_short(trials: Sequence[Trial], seen: int, enough: int) -> Text:
    """Return that too few years can be compared, with what stood in the way of the latest of the others."""
    lacking = sorted((one for one in trials if not one.comparable), key=lambda one: -one.year)
    zh = f"能回测的年份 {seen} 年，不到 {enough} 年，没有区间。"
    en = f"Years that can be compared: {seen}, fewer than {enough}; there is no range."
    if not lacking:
        return Text(zh, en)
    why = reason_of(lacking[0])
    return Text(f"{zh}{lacking[0].year} 年：{why.zh}", f"{en} {lacking[0].year}: {why.en}")


def reason_of(one: Trial) -> Text:
    """Return why a trial cannot be compared."""
    if one.why is not None:
        return one.why
    if one.came is None:
        return Text("那年没有业绩记录。", "no results of that year are recorded.")
    return Text("测算或业绩不大于 0，比不出误差。", "the estimate or the result is not above zero.")
