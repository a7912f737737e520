"""The 80/20 tilt of the budget (R039; golden case G55)."""

from __future__ import annotations

import doctest
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.budget import tilting
from dacheng.core.budget.tilting import Purpose, tilt
from dacheng.core.errors import RuleError, Text

BIG, TRIAL = Text("高潜力触达", "High potential"), Text("新市场试错", "New-market trials")
FIVE = Fraction(5)


def both(big: int, trial: int) -> list[Purpose]:
    return [Purpose(BIG, 8_000, big), Purpose(TRIAL, 2_000, trial)]


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(tilting).failed == 0


def test_g55_five_million_by_eighty_and_twenty() -> None:
    found = tilt(both(4_000_000_00, 1_000_000_00), FIVE)

    assert [line.by_policy for line in found.lines] == [4_000_000_00, 1_000_000_00]
    assert [(line.deviation_pp, line.flagged) for line in found.lines] == [(0, False), (0, False)]


@pytest.mark.parametrize(("big", "flagged"), [(75_000, False), (74_999, True), (85_000, False), (85_001, True)])
def test_more_than_five_points_off_the_policy_is_flagged_and_five_is_not(big: int, flagged: bool) -> None:
    found = tilt(both(big, 100_000 - big), FIVE)

    assert [line.flagged for line in found.lines] == [flagged, flagged]
    assert found.lines[0].deviation_pp == Fraction(big, 1_000) - 80


@pytest.mark.parametrize("amount", [0, -10])
def test_without_money_there_are_no_shares_and_the_reason_is_told(amount: int) -> None:
    found = tilt(both(amount, 0), FIVE)

    assert found.off is not None and "没有费用" in found.off.zh
    assert [(line.share, line.deviation_pp, line.flagged) for line in found.lines] == [(None, None, False)] * 2


def test_money_without_a_purpose_is_left_out_and_told() -> None:
    found = tilt(both(80, 20), FIVE, without_purpose=7_00)

    assert found.total == 100
    assert "7.00 元" in found.notes[0].text.zh


def test_a_policy_that_does_not_sum_to_a_hundred_is_refused_with_its_sum() -> None:
    with pytest.raises(RuleError, match="合计 90%"):
        tilt([Purpose(BIG, 8_000, 1), Purpose(TRIAL, 1_000, 1)], FIVE)


def test_a_negative_share_is_refused_by_name() -> None:
    with pytest.raises(RuleError, match="高潜力触达」的占比是 -20%"):
        tilt([Purpose(BIG, -2_000, 1), Purpose(TRIAL, 12_000, 1)], FIVE)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=2).filter(any))
def test_deviations_cancel_out_and_the_policy_gives_out_the_whole(amounts: list[int]) -> None:
    found = tilt(both(*amounts), FIVE)

    assert sum(line.by_policy for line in found.lines) == sum(amounts)
    assert sum(line.deviation_pp or 0 for line in found.lines) == 0
