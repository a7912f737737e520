"""Seasonal index: golden G11, missing amounts, mega deals, festivals, and why there is none."""

from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError, Text
from dacheng.core.targets import seasonality
from dacheng.core.targets.seasonality import (
    History,
    Off,
    Season,
    from_profile,
    pooled,
    seasonal_index,
    seasonal_parts,
    uplifted,
)

WAN = 10_000_00
QUARTERS = np.array([[1200, 2000, 1800, 3000], [1500, 2200, 2000, 3500], [1800, 2400, 2200, 3600]]) * WAN


def known(amounts: np.ndarray) -> np.ndarray:
    return np.ones(amounts.shape, dtype=np.bool_)


def season_of(history: History, least_years: int = 3) -> Season:
    found = seasonal_index(history, least_years)
    assert isinstance(found, Season)
    return found


def reason_of(history: History, least_years: int = 3) -> Text:
    found = seasonal_index(history, least_years)
    assert isinstance(found, Off)
    return found.reason


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(seasonality).failed == 0


def test_three_years_of_quarters_give_the_golden_index() -> None:
    season = season_of(History(QUARTERS, known(QUARTERS)))

    assert [f"{float(one / WAN):.4f}" for one in season.averages] == [
        "1500.0000",
        "2200.0000",
        "2000.0000",
        "3366.6667",
    ]
    assert f"{float(season.overall / WAN):.4f}" == "2266.6667"
    assert [f"{float(one):.6f}" for one in season.index] == ["0.661765", "0.970588", "0.882353", "1.485294"]
    assert sum(season.index) == 4
    assert season.counts == (3, 3, 3, 3)
    assert season.notes == ()


def test_forty_million_is_spread_by_the_exact_fractions() -> None:
    parts = seasonal_parts(40_000_000_00, season_of(History(QUARTERS, known(QUARTERS))))

    assert parts.tolist() == [
        int(Decimal(one) * 100) for one in ("6617647.06", "9705882.35", "8823529.41", "14852941.18")
    ]


def test_a_missing_amount_is_left_out_and_not_taken_as_nothing() -> None:
    amounts, is_known = QUARTERS.copy(), known(QUARTERS)
    amounts[0, 0], is_known[0, 0] = -999, False

    season = season_of(History(amounts, is_known))

    assert season.averages[0] == Fraction(1650 * WAN)
    assert season.averages[1:] == season_of(History(QUARTERS, known(QUARTERS))).averages[1:]
    assert season.counts == (2, 3, 3, 3)
    assert "1 amounts are missing" in season.notes[0].en


def test_a_mega_deal_is_taken_out_and_its_effect_is_shown() -> None:
    excluded = np.zeros_like(QUARTERS)
    excluded[2, 3] = 600 * WAN

    season = season_of(History(QUARTERS, known(QUARTERS), excluded))

    assert season.averages[3] == Fraction((3000 + 3500 + 3000) * WAN, 3)
    assert season.before == season_of(History(QUARTERS, known(QUARTERS))).index
    effect = season.effect()
    assert effect is not None
    assert [one > 0 for one in effect] == [True, True, True, False]
    assert sum(effect) == 0
    assert "6,000,000.00" in season.notes[0].zh


def test_exclusion_can_make_an_index_where_there_was_none() -> None:
    amounts, excluded = np.array([[-50, 100]]), np.array([[-80, 0]])

    season = season_of(History(amounts, known(amounts), excluded), 1)

    assert season.before is None
    assert season.effect() is None
    assert season.averages == (30, 100)


@pytest.mark.parametrize(("weights", "expected"), [(None, ["3/4", "3/4"]), ([10, 20], ["1/2", "1"])])
def test_january_and_february_share_their_index_evenly_or_by_working_days(
    weights: list[int] | None, expected: list[str]
) -> None:
    amounts = np.array([[50, 100, 150, 100]])

    season = pooled(season_of(History(amounts, known(amounts)), 1), [0, 1], weights)

    assert [str(one) for one in season.index[:2]] == expected
    assert season.index[2:] == (Fraction(3, 2), Fraction(1))
    assert len(season.notes) == 1


def test_a_festival_uplift_brings_the_other_periods_down_in_proportion() -> None:
    season = from_profile([1, 1, 1, 1], Text("", ""))

    raised = uplifted(season, {3: 4_000, 0: 3_000})

    assert raised.index == (Fraction(52, 47), Fraction(40, 47), Fraction(40, 47), Fraction(56, 47))
    assert [note.zh for note in raised.notes[2:]] == ["第 1 期节日上浮 30%。", "第 4 期节日上浮 40%。"]


def test_two_years_are_too_few_and_a_profile_or_equal_shares_stand_in_with_a_flag() -> None:
    reason = reason_of(History(QUARTERS[:2], known(QUARTERS[:2])))

    equal, profile = from_profile([1] * 4, reason), from_profile([6, 5, 9, 20], reason)

    assert reason.zh == "只有 2 年的历史，季节系数至少要 3 年。"
    assert (equal.notes, profile.notes[0]) == ((reason, Text("平均分摊。", "Spread equally.")), reason)
    assert seasonal_parts(10, equal).tolist() == [3, 3, 2, 2]
    assert seasonal_parts(400, profile).tolist() == [60, 50, 90, 200]


def test_the_company_profile_spreads_one_hundred_million_as_in_the_golden_case() -> None:
    weights = [6, 5, 9, 7, 8, 9, 6, 7, 9, 8, 11, 15]

    parts = seasonal_parts(100_000_000_00, from_profile(weights, Text("", "")))

    assert parts.tolist() == [weight * 1_000_000_00 for weight in weights]


def test_a_year_without_any_amount_is_no_year_of_history() -> None:
    is_known = known(QUARTERS)
    is_known[1] = False

    assert "2 years" in reason_of(History(QUARTERS, is_known)).en


def test_a_period_that_was_never_known_is_named() -> None:
    is_known = known(QUARTERS)
    is_known[:, 2] = False
    names = [Text(f"Q{at}", f"Q{at}") for at in range(1, 5)]

    assert reason_of(History(QUARTERS, is_known, names=names)).zh == "Q3 在任何一年都没有数据。"


def test_a_period_below_zero_or_nothing_at_all_gives_no_index() -> None:
    returns, nothing = np.array([[-120, 300]]), np.zeros((1, 2), dtype=np.int64)

    assert reason_of(History(returns, known(returns)), 1).zh == "第 1 期 的平均是 -1.20 元，不能为负。"
    assert reason_of(History(nothing, known(nothing)), 1).en == "All periods average zero."


def test_what_makes_no_sense_is_refused() -> None:
    season = from_profile([1, 1], Text("", ""))

    with pytest.raises(RuleError, match="第 2 期上浮 -100%"):
        uplifted(season, {1: -10_000})
    with pytest.raises(RuleError, match="出现了两次"):
        pooled(season, [1, 1])
    with pytest.raises(RuleError, match="权重全部为 0"):
        pooled(season, [0, 1], [0, 0])
    with pytest.raises(RuleError, match="权重是 -1"):
        from_profile([2, -1], Text("", ""))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 10**10), min_size=4, max_size=4), min_size=3, max_size=5), st.data())
def test_an_index_adds_up_to_the_periods_and_parts_to_the_amount(years: list[list[int]], data: st.DataObject) -> None:
    amounts = np.array(years)
    amounts[0, 0] += 1
    amount = data.draw(st.integers(-(10**12), 10**12))

    season = uplifted(pooled(season_of(History(amounts, known(amounts))), [0, 1], [3, 4]), {2: 3_000})

    parts = seasonal_parts(amount, season)
    assert sum(season.index) == 4
    assert int(parts.sum()) == amount
    assert all(abs(int(part) - amount * one / 4) < 1 for part, one in zip(parts, season.index, strict=True))
