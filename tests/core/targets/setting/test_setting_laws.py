"""Laws of every setting method, whatever is known: an amount or a reason, and no figure missing in silence."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from dacheng.core.errors import RuleError, Text
from dacheng.core.targets.setting.blending import BlendInputs, Said, blended
from dacheng.core.targets.setting.forced import ForcedInputs, by_force
from dacheng.core.targets.setting.funnelling import FunnelInputs, Step, by_funnel
from dacheng.core.targets.setting.inventory import InventoryLine, by_inventory
from dacheng.core.targets.setting.naming import FORCED, FUNNEL, INVENTORY, WEIGHTED
from dacheng.core.targets.setting.outcome import Evidence, Outcome
from dacheng.core.targets.setting.weighted import BASES, GrowthFactor, WeightedInputs, YearActual, by_weights

HALF = Fraction(1, 2)
MONEY = (None, 1_000_00)
SHARES = (None, HALF)


def weighted() -> list[Outcome]:
    return [
        by_weights(
            WeightedInputs(
                (YearActual(2024, first, HALF), YearActual(2025, last, HALF, excluded=1)),
                (GrowthFactor("市场", Fraction(1), growth),),
                base,
            )
        )
        for first, last, growth, (base, _) in product(MONEY, MONEY, SHARES, BASES)
    ]


def funnel() -> list[Outcome]:
    return [
        by_funnel(FunnelInputs(leads, (Step("签约", stated=stated, open_amount=money),), average, "mean", 30, 10))
        for leads, stated, money, average in product((None, 7), SHARES, MONEY, (None, Fraction(5, 3)))
    ]


def inventory() -> list[Outcome]:
    return [
        by_inventory([InventoryLine("行", "named", amount, chance, HALF, customer)]).outcome
        for amount, chance, customer in product(MONEY, SHARES, (None, 1))
    ]


def forced() -> list[Outcome]:
    return [
        by_force(ForcedInputs(last, growth, cost, 1, margin, None, None, mandate, None, None, Fraction(2)))
        for last, growth, cost, margin, mandate in product(MONEY, SHARES, MONEY, SHARES, MONEY)
    ]


def all_outcomes() -> list[Outcome]:
    return [*weighted(), *funnel(), *inventory(), *forced()]


def test_a_method_has_an_amount_or_a_reason_and_never_both() -> None:
    found = all_outcomes()

    assert [one for one in found if (one.amount is None) != (one.off is not None)] == []
    assert {one.amount is None for one in found} == {True, False}


def test_a_figure_is_known_or_says_why_not() -> None:
    figures = [figure for one in all_outcomes() for figure in one.evidence]

    assert [one for one in figures if (one.value is None) != (one.reason is not None)] == []


def test_a_figure_that_gives_no_reason_of_its_own_is_just_not_known() -> None:
    label = Text("上年", "Last year")

    assert Evidence("last_year", label, None, "money").reason == Text("不知道。", "Not known.")
    assert Evidence("last_year", label, 0, "money").reason is None


def test_confidence_is_whole_exactly_where_nothing_is_missing() -> None:
    found = [one.confidence for one in all_outcomes()]

    assert all(0 <= one.ratio <= 1 and (one.ratio == 1) == (not one.missing) for one in found)


MILLION = 1_000_000_00


def g01() -> Outcome:
    years = ((2023, 80, "0.2"), (2024, 92, "0.3"), (2025, 100, "0.5"))
    factors = (("市场", "0.4", "0.12"), ("产能", "0.3", "0.2"), ("新品", "0.3", "0.3"))
    actuals = tuple(YearActual(year, amount * MILLION, Fraction(weight)) for year, amount, weight in years)
    growths = tuple(GrowthFactor(name, Fraction(weight), Fraction(growth)) for name, weight, growth in factors)
    return by_weights(WeightedInputs(actuals, growths, "history"))


def g02() -> Outcome:
    steps = tuple(Step(one, Fraction(one)) for one in ("0.3", "0.5", "0.4", "0.6"))
    return by_funnel(FunnelInputs(1200, steps, Fraction(5 * MILLION, 2), "mean", 30, 10))


def g03() -> Outcome:
    kept = ((20, "0.95", "1"), (15, "0.6", "1"), (30, "0.8", "0.7"))
    new = ((24, "0.5", "1"), (40, "0.3", "0.8"), (35, "0.2", "0.9"))
    return by_inventory(
        [InventoryLine("行", "named", one * MILLION, Fraction(p), Fraction(share), 1) for one, p, share in kept + new]
    ).outcome


def by_rate_only() -> Outcome:
    unknown = [None] * 8
    return by_force(ForcedInputs(100 * MILLION, Fraction(1, 4), *unknown, capacity_factor=Fraction(2)))


def test_g05_from_the_four_methods_themselves() -> None:
    outcomes = (g01(), g02(), g03(), by_rate_only())
    shares = (Fraction(25, 100), Fraction(25, 100), Fraction(35, 100), Fraction(15, 100))
    said = tuple(map(Said, (WEIGHTED, FUNNEL, INVENTORY, FORCED), outcomes, shares))

    found = blended(BlendInputs(said, 100_000_00, HALF, (FUNNEL, INVENTORY)))

    assert [one.amount for one in outcomes] == [112_132_800_00, 108_000_000_00, 72_700_000_00, 125_000_000_00]
    assert found.outcome.amount == 99_228_200_00


def test_an_amount_beyond_what_can_be_kept_is_refused() -> None:
    with pytest.raises(RuleError, match="超出可记录的范围"):
        by_force(ForcedInputs(None, None, 10**13, 0, Fraction(1, 100), None, None, None, None, None, Fraction(2)))


def test_a_base_that_grows_beyond_any_amount_is_off_and_the_others_stand() -> None:
    years = (YearActual(2024, 1, HALF), YearActual(2025, 10**14, HALF))

    found = by_weights(WeightedInputs(years, (GrowthFactor("市场", Fraction(1), Fraction(0)),), "last_year"))

    assert found.amount == 10**14
    assert found.figure("target.cagr") is None
    assert next(
        "超出可记录的范围" in one.reason.zh for one in found.evidence if one.name == "target.cagr" and one.reason
    )
