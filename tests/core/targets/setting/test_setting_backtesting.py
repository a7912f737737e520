"""回测区间: what came of a method's own figures of years before, as a range beside the figure it gives now (R015)."""

from __future__ import annotations

from fractions import Fraction

from dacheng.core.errors import Text
from dacheng.core.targets.setting.backtesting import Trial, range_of


def test_a_range_is_the_figure_times_the_lowest_and_the_highest_that_came() -> None:
    found = range_of(1000, [Trial(2024, 100, 90), Trial(2025, 100, 125)], enough=2)

    assert (found.low, found.high, found.off) == (900, 1250, None)
    assert found.error == (Fraction(10, 90) + Fraction(25, 125)) / 2


def test_a_method_that_always_said_too_much_has_its_range_below_its_figure() -> None:
    found = range_of(1000, [Trial(2024, 200, 100), Trial(2025, 100, 80)], enough=2)

    assert (found.low, found.high) == (500, 800)


def test_too_few_years_give_no_range_and_tell_what_stood_in_the_way() -> None:
    off = Trial(2024, None, 100, Text("漏斗没有阶段。", "no stages."))

    found = range_of(1000, [off, Trial(2025, 100, 90)], enough=2)

    assert (found.low, found.high, found.years) == (None, None, 1)
    assert found.off is not None and "1 年，不到 2 年" in found.off.zh and "2024 年：漏斗没有阶段" in found.off.zh
    assert found.error == Fraction(10, 90)


def test_a_year_that_brought_nothing_or_is_not_recorded_is_not_compared() -> None:
    found = range_of(1000, [Trial(2023, 100, 0), Trial(2024, 100, None), Trial(2025, 100, 90)], enough=1)

    assert (found.years, found.low, found.high) == (1, 900, 900)


def test_a_method_that_is_off_now_keeps_its_error_and_has_no_range() -> None:
    found = range_of(None, [Trial(2025, 100, 80)], enough=1)

    assert found.error == Fraction(1, 4) and found.low is None and found.off is not None
