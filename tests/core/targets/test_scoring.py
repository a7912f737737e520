"""Weighted scores of BSC and PBC (R164, I3; golden case G54)."""

from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import share_of
from dacheng.core.targets import scoring
from dacheng.core.targets.scoring import Metric, check_scorecard, weighted_score

BSC = Text("平衡计分卡", "Balanced scorecard")


def metric(name: str, weight: int | str, score: int | None, source: str = "attainment") -> Metric:
    return Metric(Text(name, name), Fraction(weight), None if score is None else Fraction(score), source)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(scoring).failed == 0


def test_g54_a_balanced_scorecard_of_four_perspectives() -> None:
    card = [metric("财务", 50, 96), metric("客户", 20, 88), metric("流程", 15, 100), metric("学习", 15, 80)]

    found = weighted_score(BSC, card)

    assert found.points == Fraction(Decimal("92.60"))
    assert [line.points for line in found.lines] == [48, Fraction("17.6"), 15, 12]


def test_g54_a_pbc_of_results_execution_and_team() -> None:
    found = weighted_score(Text("PBC", "PBC"), [metric("结果", 70, 95), metric("执行", 20, 90), metric("团队", 10, 85)])

    assert (found.points, found.off, found.renormalised) == (93, None, False)


def test_g31_the_growth_of_a_customer_weighs_his_scores_and_multiplies_what_he_brings() -> None:
    scores = [metric("行业前景", 50, 130), metric("决策链长度", 20, 80), metric("预算弹性", 30, 120)]

    points = weighted_score(Text("客户潜力", "Potential of a customer"), scores).points

    assert points == 117
    assert share_of(np.array([5_000_000_00]), int(points) * 100).tolist() == [5_850_000_00]


@pytest.mark.parametrize(("weight", "seen"), [("29.99", "99.99%"), ("30.01", "100.01%"), ("0", "70%")])
def test_weights_that_do_not_sum_to_a_hundred_are_refused_with_their_sum(weight: str, seen: str) -> None:
    with pytest.raises(RuleError, match=f"「平衡计分卡」的权重合计 {seen}"):
        weighted_score(BSC, [metric("财务", 70, 90), metric("客户", weight, 90)])


def test_a_metric_without_source_is_refused_by_name() -> None:
    with pytest.raises(RuleError, match="「平衡计分卡」中「客户」没有数据来源"):
        weighted_score(BSC, [metric("财务", 70, 90), metric("客户", 30, 90, source=" ")])


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = check_scorecard(BSC, [metric("财务", 70, 90, source=""), metric("客户", -5, 90)])

    assert [one.rule for one in found] == [
        "scorecard/negative-weight",
        "scorecard/without-source",
        "scorecard/weights-not-100",
    ]
    assert all(one.message.en and one.remedy.zh and one.remedy.en for one in found)


def test_a_missing_score_is_not_zero_and_keeps_the_card_open() -> None:
    found = weighted_score(BSC, [metric("财务", 60, 90), metric("客户", 40, None)])

    assert found.points is None
    assert found.off is not None and found.off.zh == "还没有得分：客户。"


def test_only_a_scheme_that_says_so_gives_the_weight_of_a_missing_score_to_the_others() -> None:
    card = [metric("财务", 60, 90), metric("客户", 20, 50), metric("学习", 20, None)]

    found = weighted_score(BSC, card, renormalise=True)

    assert (found.points, found.renormalised) == (80, True)
    assert [line.weight for line in found.lines] == [75, 25, None]


def test_nothing_scored_has_no_score_even_then() -> None:
    found = weighted_score(BSC, [metric("财务", 100, None)], renormalise=True)

    assert (found.points, found.renormalised) == (None, False)
    assert found.off is not None


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(-50, 150)), min_size=1, max_size=5))
def test_a_score_lies_between_the_lowest_and_the_highest(parts: list[tuple[int, int]]) -> None:
    card = [metric(str(at), weight, score) for at, (weight, score) in enumerate(parts)]
    card.append(metric("余", 100 - sum(weight for weight, _ in parts), 60))
    if card[-1].weight < 0:
        assert check_scorecard(BSC, card)[0].rule == "scorecard/negative-weight"
        return

    found = weighted_score(BSC, card)

    scores = [one.score for one in card if one.weight and one.score is not None]
    assert found.points is not None and min(scores) <= found.points <= max(scores)
