"""销售漏斗法, the funnel method (golden cases G02, G02b)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.targets.setting.funnelling import FunnelInputs, Step, backwards, by_funnel, pipeline_need

MILLION = 1_000_000_00
NAMES = ("线索", "商机", "方案", "谈判")


def steps(*percents: int) -> tuple[Step, ...]:
    return tuple(Step(name, Fraction(one, 100)) for name, one in zip(NAMES, percents, strict=False))


G02 = FunnelInputs(1200, steps(30, 50, 40, 60), Fraction(5 * MILLION, 2), "mean", enough=30, prior_deals=10)


def test_g02_forwards_from_leads_to_the_target() -> None:
    found = by_funnel(G02)

    entries = [found.figure("entries", name) for name in NAMES]
    assert entries == [1200, 360, 180, 72]
    assert found.figure("wins") == Fraction("43.2")
    assert found.figure("end_to_end") == Fraction("0.036")
    assert found.amount == 108 * MILLION


def test_g02_backwards_from_a_target_to_leads() -> None:
    found = backwards(120 * MILLION, G02)

    assert found.wins == 48
    assert found.entries[0] is not None and f"{float(found.entries[0]):.4f}" == "1333.3333"
    assert found.leads == 1334


def test_g02b_the_open_pipeline_that_a_gap_asks_for() -> None:
    found = pipeline_need(30 * MILLION, 12 * MILLION, Fraction(1, 4), 36 * MILLION)

    assert (found.needed, found.multiple, found.coverage) == (72 * MILLION, 4, 2)


def test_a_target_that_is_won_is_covered() -> None:
    found = pipeline_need(30 * MILLION, 30 * MILLION, None)

    assert found.needed == 0 and found.word is not None and found.word.zh == "已覆盖"


def test_without_a_win_rate_the_pipeline_needed_is_not_told() -> None:
    found = [pipeline_need(30, 12, rate, 9) for rate in (None, Fraction())]

    assert [one.needed for one in found] == [None, None]
    assert [one.coverage for one in found] == [Fraction(1, 2), Fraction(1, 2)]


def test_what_is_open_is_won_over_the_steps_that_are_left() -> None:
    third, fourth = replace(G02.steps[2], open_amount=1000), replace(G02.steps[3], open_amount=1001)

    found = by_funnel(replace(G02, steps=(*G02.steps[:2], third, fourth)))

    assert [found.figure("from_open", name) for name in ("方案", "谈判")] == [240, 601]
    assert found.amount == 108 * MILLION + 841


def test_an_open_amount_that_is_not_known_adds_nothing_and_is_told() -> None:
    some = (*G02.steps[:3], replace(G02.steps[3], open_amount=None))

    found = by_funnel(replace(G02, steps=some))

    assert found.amount == 108 * MILLION
    assert found.notes[0].text.zh == "「谈判」的在途金额不知道，没有计入。"
    assert [one.zh for one in found.confidence.missing] == ["「谈判」的在途金额"]


@pytest.mark.parametrize(("typed", "way_out"), [("60", "60 还是 0.6？"), ("-0.1", "0 到 1 之间")])
def test_a_conversion_outside_0_to_1_is_refused(typed: str, way_out: str) -> None:
    with pytest.raises(RuleError) as refused:
        by_funnel(replace(G02, steps=(Step("签约", Fraction(typed)),)))

    assert f"「签约」的转化率是 {typed}" in refused.value.message.zh
    assert way_out in refused.value.remedy.zh


def test_more_that_moved_on_than_were_decided_is_refused() -> None:
    with pytest.raises(RuleError, match="有结果的 3 单中进入下一步的有 4 单"):
        by_funnel(replace(G02, steps=(Step("签约", moved=4, closed=3),)))


def test_a_conversion_of_three_deals_is_shrunk_and_of_low_confidence() -> None:
    few = Step("签约", moved=3, closed=3, prior=Fraction(3, 10))

    found = by_funnel(replace(G02, steps=(few,)))

    assert found.figure("conversion", "签约") == Fraction(6, 13)
    assert found.figure("measured", "签约") == 1
    assert "只有 3 单有结果" in found.confidence.low[0].zh


@pytest.mark.parametrize(("closed", "used"), [(29, Fraction(15 + 2, 39)), (30, Fraction(1, 2))])
def test_thirty_decided_deals_stand_as_measured(closed: int, used: Fraction) -> None:
    step = Step("签约", moved=15, closed=closed, prior=Fraction(1, 5))

    found = by_funnel(replace(G02, steps=(step,)))

    assert found.figure("conversion", "签约") == used


def test_few_deals_without_a_baseline_switch_it_off() -> None:
    found = by_funnel(replace(G02, steps=(Step("签约", moved=1, closed=2),)))

    assert found.amount is None and found.off is not None and "没有可参照的基准" in found.off.zh


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"leads": None}, "没有线索数"),
        ({"average": None}, "没有大于 0 的单均金额"),
        ({"average": Fraction()}, "没有大于 0 的单均金额"),
        ({"steps": ()}, "漏斗没有阶段"),
        ({"steps": (Step("签约"),)}, "「签约」没有转化率"),
    ],
)
def test_what_is_missing_switches_it_off_with_the_reason(change: dict[str, object], reason: str) -> None:
    found = by_funnel(replace(G02, **change))  # type: ignore[arg-type]

    assert found.amount is None and found.off is not None and reason in found.off.zh


def test_negative_leads_and_an_unknown_average_are_refused() -> None:
    with pytest.raises(RuleError, match="线索数是 -1"):
        by_funnel(replace(G02, leads=-1))
    with pytest.raises(RuleError, match="没有单均金额「mode」"):
        by_funnel(replace(G02, average_kind="mode"))


def test_the_average_says_which_one_it_is() -> None:
    found = by_funnel(replace(G02, average_kind="median"))

    assert next(one.label.zh for one in found.evidence if one.name == "average") == "单均金额（中位数）"


def test_backwards_needs_an_average_and_every_conversion_ahead() -> None:
    zero = replace(G02, steps=(*steps(30), Step("商机", Fraction(0)), Step("签约", Fraction(1, 2))))

    assert backwards(120 * MILLION, replace(G02, average=None)).leads is None
    assert backwards(48 * 5 * MILLION // 2, zero).entries == (None, None, 96)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 100), min_size=1, max_size=4), st.integers(1, 10**4), st.integers(1, 10**9))
def test_the_leads_that_a_target_asks_for_bring_it(percents: list[int], leads: int, average: int) -> None:
    inputs = replace(G02, leads=leads, steps=steps(*percents), average=Fraction(average))

    target = by_funnel(inputs).amount
    assert target is not None
    needed = backwards(target, inputs).leads

    assert needed is not None
    reached = by_funnel(replace(inputs, leads=needed)).amount
    assert reached is not None and reached >= target
