"""强制增长法, forced growth (golden case G04)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.targets.setting.forced import ForcedInputs, by_force

MILLION = 1_000_000_00
G04 = ForcedInputs(
    last_year=100 * MILLION,
    growth=Fraction(25, 100),
    fixed_cost=30 * MILLION,
    profit=12 * MILLION,
    margin_ratio=Fraction(35, 100),
    market_size=1150 * MILLION,
    market_share=Fraction(11, 100),
    mandate=None,
    market_growth=None,
    capacity=None,
    capacity_factor=Fraction(2),
    market_source="行业协会",
)
NOTHING = replace(
    G04,
    last_year=None,
    growth=None,
    fixed_cost=None,
    profit=None,
    margin_ratio=None,
    market_size=None,
    market_share=None,
)


def test_g04_every_driver_and_the_highest() -> None:
    found = by_force(G04)

    driven = [found.figure(f"by.{code}") for code in ("rate", "profit", "market_share", "mandate")]
    assert driven == [125_000_000_00, 120_000_000_00, 126_500_000_00, None]
    assert found.amount == 126_500_000_00
    assert found.notes[0].text.zh == "取最大的一项：市场份额推动。"


def test_g05_by_rate_only() -> None:
    assert by_force(replace(NOTHING, last_year=100 * MILLION, growth=Fraction(1, 4))).amount == 125 * MILLION


def test_a_mandate_above_all_stands() -> None:
    assert by_force(replace(G04, mandate=130 * MILLION)).amount == 130 * MILLION


def test_a_driver_tells_what_it_lacks() -> None:
    found = by_force(replace(G04, profit=None, margin_ratio=None))

    why = next(one.reason for one in found.evidence if one.name == "by.profit")
    assert why is not None and why.zh == "没有目标利润、毛利率。"
    assert "目标利润" in [one.zh for one in found.confidence.missing]


@pytest.mark.parametrize(
    ("change", "driver"),
    [
        ({"last_year": 0}, "by.rate"),
        ({"margin_ratio": Fraction()}, "by.profit"),
        ({"margin_ratio": Fraction(-1, 10)}, "by.profit"),
        ({"profit": -30 * MILLION}, "by.profit"),
        ({"profit": -40 * MILLION}, "by.profit"),
    ],
)
def test_a_driver_that_leads_nowhere_is_off_and_the_others_stand(change: dict[str, object], driver: str) -> None:
    found = by_force(replace(G04, **change))  # type: ignore[arg-type]

    assert found.figure(driver) is None and found.amount == 126_500_000_00
    assert next(one.reason for one in found.evidence if one.name == driver) is not None


def test_without_any_driver_it_is_off() -> None:
    found = by_force(NOTHING)

    assert found.amount is None and found.off is not None
    assert found.confidence.ratio == Fraction(1, 9)


@pytest.mark.parametrize(("market_growth", "loses"), [("0.27", True), ("0.265", False), ("0.1", False)])
def test_growing_less_than_the_market_loses_share(market_growth: str, loses: bool) -> None:
    found = by_force(replace(G04, market_growth=Fraction(market_growth)))

    assert found.figure("implied_growth") == Fraction("0.265")
    assert ("losing-share" in [one.code for one in found.notes]) is loses


@pytest.mark.parametrize(("capacity", "asks"), [(6_325_000_000, 0), (6_324_999_999, 1), (0, 1)])
def test_more_than_twice_the_capacity_asks_the_approver(capacity: int, asks: int) -> None:
    found = by_force(replace(G04, capacity=capacity))

    assert len(found.asks) == asks


def test_a_market_without_a_source_is_told() -> None:
    notes = by_force(replace(G04, market_source="")).notes

    assert "市场规模未注明来源。" in [one.text.zh for one in notes]


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"growth": Fraction(-1)}, "强制增长法的增长率是 -100%"),
        ({"market_growth": Fraction(-2)}, "市场的增长率是 -200%"),
        ({"margin_ratio": Fraction(35)}, "毛利率是 3500%"),
        ({"market_share": Fraction(11)}, "目标市场份额是 11"),
        ({"mandate": -1}, "董事会指令是 -0.01 元"),
    ],
)
def test_inputs_that_cannot_be_are_refused_with_what_was_seen(change: dict[str, object], seen: str) -> None:
    with pytest.raises(RuleError) as refused:
        by_force(replace(G04, **change))  # type: ignore[arg-type]

    assert seen in refused.value.message.zh and refused.value.remedy.en


@settings(max_examples=40)
@given(st.integers(1, 10**13), st.integers(-99, 300), st.integers(0, 10**13))
def test_no_driver_demands_more_than_the_target(last_year: int, growth: int, mandate: int) -> None:
    inputs = replace(G04, last_year=last_year, growth=Fraction(growth, 100), mandate=mandate)

    found = by_force(inputs)

    driven = [one.value for one in found.evidence if one.name.startswith("by.") and one.value is not None]
    assert found.amount == max(driven)
