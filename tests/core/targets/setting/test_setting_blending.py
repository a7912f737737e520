"""目标三角校准, the methods blended (golden case G05)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError, Text
from dacheng.core.targets.setting.blending import BlendInputs, Said, blended, dispersion_of
from dacheng.core.targets.setting.naming import FORCED, FUNNEL, INVENTORY, WEIGHTED
from dacheng.core.targets.setting.outcome import Confidence, Outcome

YUAN = 100
CODES = (WEIGHTED, FUNNEL, INVENTORY, FORCED)
NO_DATA = Text("没有数据。", "No data.")


def said(code: str, yuan: int | None, weight: str) -> Said:
    if yuan is None:
        return Said(code, Outcome(None, NO_DATA), Fraction(weight))
    return Said(code, Outcome(yuan * YUAN, None, confidence=Confidence(3, 4)), Fraction(weight))


def of(*amounts: int | None, weights: tuple[str, ...] = ("0.25", "0.25", "0.35", "0.15")) -> BlendInputs:
    rows = tuple(said(code, one, weight) for code, one, weight in zip(CODES, amounts, weights, strict=True))
    return BlendInputs(rows, 100_000 * YUAN, Fraction(1, 2), (FUNNEL, INVENTORY))


G05 = of(112_132_800, 108_000_000, 72_700_000, 125_000_000)


def test_g05_blend_range_and_tiers() -> None:
    found = blended(G05)

    assert found.outcome.amount == 99_228_200 * YUAN
    assert [found.outcome.figure(name) for name in ("low", "high", "median")] == [
        72_700_000 * YUAN,
        125_000_000 * YUAN,
        110_066_400 * YUAN,
    ]
    assert found.tiers is not None
    assert (found.tiers.floor, found.tiers.target, found.tiers.stretch) == (
        72_700_000 * YUAN,
        99_200_000 * YUAN,
        125_000_000 * YUAN,
    )


def test_g05_dispersion_and_what_is_to_be_found() -> None:
    found = blended(G05).outcome

    dispersion = found.figure("dispersion")
    assert dispersion is not None and f"{float(dispersion) * 100:.2f}" == "47.52"
    assert found.figure("to_find") == 26_528_200 * YUAN
    assert found.asks == ()


def test_every_method_stands_beside_the_blend() -> None:
    lines = blended(G05).lines

    assert [one.gap for one in lines] == [
        12_904_600 * YUAN,
        8_771_800 * YUAN,
        -26_528_200 * YUAN,
        25_771_800 * YUAN,
    ]
    assert [one.part for one in lines] == [
        28_033_200 * YUAN,
        27_000_000 * YUAN,
        25_445_000 * YUAN,
        18_750_000 * YUAN,
    ]


def test_a_method_that_is_off_weighs_nothing_and_the_rest_is_renormalised_visibly() -> None:
    found = blended(of(100, 80, 60, None))

    assert [one.used for one in found.lines] == [Fraction(25, 85), Fraction(25, 85), Fraction(35, 85), 0]
    assert [one.declared for one in found.lines][3] == Fraction(15, 100)
    assert found.lines[3].off == NO_DATA and found.lines[3].part is None
    assert found.outcome.notes[0].text.zh == "强制增长法没有结果，权重 15% 按比例分给了其余方法。"


def test_without_an_inventory_what_is_to_be_found_is_not_known() -> None:
    found = blended(of(100, 80, None, 90)).outcome

    assert found.figure("to_find") is None


def test_all_methods_off_ask_for_a_target_by_hand() -> None:
    found = blended(of(None, None, None, None))

    assert found.tiers is None and found.outcome.amount is None
    assert found.outcome.off is not None and "手工" in found.outcome.off.zh
    assert [one.off for one in found.lines] == [NO_DATA] * 4


def test_only_methods_without_weight_are_on() -> None:
    found = blended(of(100, None, None, None, weights=("0", "0.5", "0.5", "0")))

    assert found.outcome.off is not None and "权重都是 0" in found.outcome.off.zh


def test_methods_too_far_apart_ask_for_a_reason() -> None:
    asks = blended(replace(G05, dispersion_limit=Fraction(47, 100))).outcome.asks

    assert [one.text.zh for one in asks] == ["各方法的离散度 47.5% 超过 47%：要写明取值的理由。"]


def test_exactly_at_the_limit_asks_nothing_and_a_median_of_zero_asks() -> None:
    at_limit = of(100, 100, 75, 125)
    median_zero = of(0, 0, 0, 100)

    assert dispersion_of([100, 100, 75, 125]) == Fraction(1, 2)
    assert blended(at_limit).outcome.asks == ()
    assert [one.code for one in blended(median_zero).outcome.asks] == ["too-far-apart"]
    assert blended(median_zero).outcome.figure("dispersion") is None


def test_a_tier_out_of_order_is_moved_to_the_target_and_told() -> None:
    found = blended(of(200_000, 900_000, None, 200_000, weights=("0.8", "0.1", "0", "0.1")))
    rounded_up = blended(of(160_000, 160_000, 160_000, 160_000))

    assert found.tiers is not None and found.tiers.floor == found.tiers.target == 300_000 * YUAN
    assert "floor-above-target" in [one.code for one in found.outcome.notes]
    assert rounded_up.tiers is not None and rounded_up.tiers.stretch == 200_000 * YUAN
    assert "stretch-below-target" in [one.code for one in rounded_up.outcome.notes]


def test_methods_that_all_say_the_same_need_no_note_but_that_the_inventory_covers() -> None:
    found = blended(of(100_000, 100_000, 100_000, 100_000))

    assert [one.code for one in found.outcome.notes] == ["inventory-covers"]
    assert found.tiers is not None and found.tiers.floor == found.tiers.stretch == 100_000 * YUAN


def test_the_floor_is_not_known_where_its_methods_are_off() -> None:
    found = blended(of(100, None, None, 90))

    assert found.tiers is not None and found.tiers.floor is None
    assert next(one.why for one in found.outcome.evidence if one.name == "floor") is not None


def test_declared_weights_must_be_whole_unless_confirmed() -> None:
    short = of(100, 80, 60, 90, weights=("0.25", "0.25", "0.35", "0.1"))

    with pytest.raises(RuleError, match="各方法的权重合计 95%"):
        blended(short)
    confirmed = blended(replace(short, normalise=True))

    assert confirmed.lines[0].declared == Fraction(25, 95)
    assert confirmed.outcome.notes[0].code == "normalised"


@pytest.mark.parametrize(
    ("inputs", "seen"),
    [
        (replace(G05, step=0), "步长是 0.00"),
        (replace(G05, said=(*G05.said, G05.said[0])), "重复"),
        (replace(G05, said=(said("guess", 1, "1"),)), "guess"),
        (of(-1, 1, 1, 1), "加权测算法的结果是 -1.00"),
    ],
)
def test_what_cannot_be_blended_is_refused(inputs: BlendInputs, seen: str) -> None:
    with pytest.raises(RuleError) as refused:
        blended(inputs)

    assert seen in refused.value.message.zh and refused.value.remedy.en


@settings(max_examples=60)
@given(st.lists(st.tuples(st.none() | st.integers(0, 10**12), st.integers(0, 5)), min_size=4, max_size=4))
def test_the_blend_lies_in_the_range_and_its_parts_add_up(rows: list[tuple[int | None, int]]) -> None:
    whole = sum(weight for _, weight in rows) or 1
    weights = tuple(str(Fraction(weight, whole)) for _, weight in rows)
    if not any(weight for _, weight in rows):
        weights = ("1", "0", "0", "0")

    found = blended(of(*(amount for amount, _ in rows), weights=weights))

    on = [amount * YUAN for amount, _ in rows if amount is not None]
    if found.outcome.amount is None or found.tiers is None:
        assert found.outcome.off is not None
        return
    assert min(on) <= found.outcome.amount <= max(on)
    assert sum(one.part or 0 for one in found.lines) == found.outcome.amount
    assert sum(one.used for one in found.lines) == 1
    assert (found.tiers.floor or 0) <= found.tiers.target <= found.tiers.stretch
