"""加权测算法, the weighted estimate (golden case G01)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.targets.setting.compounding import projected, rounded_root
from dacheng.core.targets.setting.weighted import (
    CAGR,
    HISTORY,
    LAST_YEAR,
    GrowthFactor,
    WeightedInputs,
    YearActual,
    by_weights,
)

MILLION = 1_000_000_00


def share(text: str) -> Fraction:
    return Fraction(text)


YEARS = (
    YearActual(2023, 80 * MILLION, share("0.2")),
    YearActual(2024, 92 * MILLION, share("0.3")),
    YearActual(2025, 100 * MILLION, share("0.5")),
)
FACTORS = (
    GrowthFactor("市场", share("0.4"), share("0.12"), "行业协会"),
    GrowthFactor("产能", share("0.3"), share("0.2"), "人力计划"),
    GrowthFactor("新品", share("0.3"), share("0.3"), "产品规划"),
)
G01 = WeightedInputs(YEARS, FACTORS, HISTORY)


def with_years(*years: YearActual, base: str = HISTORY) -> WeightedInputs:
    return WeightedInputs(years, FACTORS, base)


def test_g01_every_base_and_its_target() -> None:
    found = by_weights(G01)

    figures = {name: found.figure(name) for name in ("base.history", "target.last_year", "base.cagr", "target.cagr")}
    assert found.amount == 112_132_800_00
    assert figures == {
        "base.history": 93_600_000_00,
        "target.last_year": 119_800_000_00,
        "base.cagr": 111_803_398_87,
        "target.cagr": 133_940_471_85,
    }


def test_g01_growth_index_and_cagr() -> None:
    found = by_weights(G01)

    cagr = found.figure("cagr")
    assert found.figure("growth_index") == Fraction("0.198")
    assert cagr is not None and f"{float(cagr) * 100:.4f}" == "11.8034"


@pytest.mark.parametrize(("base", "amount"), [(LAST_YEAR, 119_800_000_00), (CAGR, 133_940_471_85)])
def test_the_chosen_base_makes_the_amount(base: str, amount: int) -> None:
    found = by_weights(replace(G01, base=base))

    assert found.amount == amount


def test_it_says_that_the_cagr_base_already_contains_growth() -> None:
    assert "cagr-contains-growth" in [one.code for one in by_weights(G01).notes]


def test_weights_that_do_not_sum_to_100_percent_are_refused_with_the_sum() -> None:
    years = (YearActual(2024, 10, share("0.5")), YearActual(2025, 10, share("0.4")))

    with pytest.raises(RuleError) as refused:
        by_weights(with_years(*years))

    assert refused.value.message.zh == "历年的权重合计 90%，不是 100%。"
    assert "confirm" in refused.value.remedy.en


def test_confirmed_weights_are_brought_to_100_percent_and_shown() -> None:
    years = (YearActual(2024, 90_00, share("0.3")), YearActual(2025, 180_00, share("0.6")))

    found = by_weights(replace(with_years(*years), normalise=True))

    assert [found.figure("year_weight", one) for one in ("2024", "2025")] == [Fraction(1, 3), Fraction(2, 3)]
    assert found.figure("base.history") == 150_00
    assert found.notes[0].text.zh == "历年的权重合计 90%，已按确认归一到 100%。"


@pytest.mark.parametrize("sum_of_weights", ["0.9999", "1.0001"])
def test_a_hundredth_of_a_percent_too_much_or_too_little_is_refused(sum_of_weights: str) -> None:
    with pytest.raises(RuleError):
        by_weights(with_years(YearActual(2025, 10, share(sum_of_weights)), base=LAST_YEAR))


def test_a_negative_weight_is_refused_by_name() -> None:
    factors = (GrowthFactor("市场", Fraction(2), Fraction(0)), GrowthFactor("价格", Fraction(-1), Fraction(0)))

    with pytest.raises(RuleError, match="「价格」的权重是 -100%"):
        by_weights(replace(G01, factors=factors))


def test_no_growth_factor_at_all_is_refused() -> None:
    with pytest.raises(RuleError, match="还没有填增长因素"):
        by_weights(replace(G01, factors=()))


def test_one_year_has_no_cagr_but_its_own_base() -> None:
    found = by_weights(with_years(YearActual(2025, 100 * MILLION, Fraction(1)), base=CAGR))

    assert found.amount is None and found.off is not None and "不到两年" in found.off.zh
    assert found.figure("target.last_year") == 119_800_000_00


@pytest.mark.parametrize(("first", "last"), [(0, 100), (-5, 100), (100, 0), (100, -5)])
def test_cagr_from_or_to_a_year_that_is_not_above_zero_is_off(first: int, last: int) -> None:
    years = (YearActual(2024, first, share("0.5")), YearActual(2025, last, share("0.5")))

    found = by_weights(with_years(*years, base=CAGR))

    assert found.amount is None and found.off is not None and "不大于 0" in found.off.zh


@pytest.mark.parametrize("last", [-100, -101])
def test_a_base_of_zero_or_less_is_off(last: int) -> None:
    years = (YearActual(2024, 100, share("0.5")), YearActual(2025, last, share("0.5")))

    found = by_weights(with_years(*years))

    assert found.amount is None and found.off is not None and "「历年加权」的基数不大于 0" in found.off.zh


def test_a_missing_year_is_not_a_year_of_zero() -> None:
    years = (YearActual(2024, None, share("0.5")), YearActual(2025, 100, share("0.5")))

    found = by_weights(with_years(*years))

    assert found.amount is None and found.off is not None and "2024" in found.off.zh
    assert found.figure("actual", "2024") is None
    assert "2024 年业绩" in [one.zh for one in found.confidence.missing]


def test_a_factor_without_growth_switches_it_off_unless_it_has_no_weight() -> None:
    unknown = GrowthFactor("价格", Fraction(0), None)
    weighing = (GrowthFactor("价格", Fraction(1), None),)

    off = by_weights(replace(G01, factors=weighing))

    assert off.amount is None and off.off is not None and "「价格」" in off.off.zh
    assert by_weights(replace(G01, factors=(*FACTORS, unknown))).amount == 112_132_800_00


def test_a_growth_of_minus_100_percent_is_refused() -> None:
    factors = (GrowthFactor("市场", Fraction(1), Fraction(-1)),)

    with pytest.raises(RuleError, match="「市场」的增长率是 -100%"):
        by_weights(replace(G01, factors=factors))


@pytest.mark.parametrize("years", [(), (2025, 2024), (2025, 2025)])
def test_years_out_of_order_are_refused(years: tuple[int, ...]) -> None:
    actuals = tuple(YearActual(one, 10, Fraction(1, len(years))) for one in years)

    with pytest.raises(RuleError, match="从早到晚"):
        by_weights(with_years(*actuals))


def test_an_unknown_base_is_refused_with_the_choices() -> None:
    with pytest.raises(RuleError, match="没有加权测算法的基数「best」") as refused:
        by_weights(replace(G01, base="best"))

    assert refused.value.remedy.en == "Choose one of last_year, history, cagr."


def test_a_mega_deal_left_out_shows_what_that_changes() -> None:
    years = (*YEARS[:2], replace(YEARS[2], excluded=20 * MILLION))

    found = by_weights(with_years(*years, base=LAST_YEAR))

    assert found.amount == 95_840_000_00
    assert found.figure("target.with_excluded") == 119_800_000_00
    assert found.figure("excluded_effect") == -23_960_000_00


def test_confidence_counts_years_growths_and_sources() -> None:
    factors = (replace(FACTORS[0], source=""), *FACTORS[1:])

    found = by_weights(replace(G01, factors=factors))

    assert found.confidence.ratio == Fraction(8, 9)
    assert [one.zh for one in found.confidence.missing] == ["「市场」的来源"]
    assert found.notes[-1].text.zh == "「市场」未注明来源。"


AMOUNT = st.integers(1, 10**14)


@settings(max_examples=40)
@given(st.lists(st.tuples(AMOUNT, st.integers(1, 9)), min_size=1, max_size=5), st.integers(-99, 300))
def test_the_history_agrees_with_plain_fractions(actuals: list[tuple[int, int]], growth: int) -> None:
    whole = sum(weight for _, weight in actuals)
    years = tuple(YearActual(2000 + at, amount, Fraction(w, whole)) for at, (amount, w) in enumerate(actuals))
    factors = (GrowthFactor("全部", Fraction(1), Fraction(growth, 100)),)

    found = by_weights(WeightedInputs(years, factors, HISTORY)).amount

    exact = Fraction(sum(amount * weight for amount, weight in actuals) * (100 + growth), 100 * whole)
    assert found is not None and abs(found - exact) <= Fraction(1, 2)


@settings(max_examples=40)
@given(st.fractions(0, 10**30, max_denominator=10**6), st.integers(1, 9))
def test_a_rounded_root_is_the_nearest_whole_number(value: Fraction, degree: int) -> None:
    root = rounded_root(value, degree)

    assert (Fraction(max(2 * root - 1, 0), 2)) ** degree <= value < Fraction(2 * root + 1, 2) ** degree


@settings(max_examples=30)
@given(AMOUNT, st.integers(1, 9))
def test_what_did_not_grow_is_projected_as_it_is(amount: int, years: int) -> None:
    assert projected(amount, amount, years) == amount
