"""综合得分: attainment by weights, with floor and cap (golden case G07)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.targets.setting.composite import Part, check_weights, score_of

FLOOR, CAP = Fraction(60, 100), Fraction(120, 100)
MEASURES = ("合同额", "毛利", "回款")


def parts(*attained: int | None, weights: tuple[int, ...] = (40, 30, 30)) -> list[Part]:
    return [
        Part(name, Fraction(weight, 100), None if one is None else Fraction(one, 100))
        for name, weight, one in zip(MEASURES, weights, attained, strict=True)
    ]


@pytest.mark.parametrize(
    ("attained", "points"),
    [((110, 90, 80), 95), ((110, 50, 80), 68), ((150, 100, 100), 108), ((100, -20, 100), 70)],
)
def test_g07_scores(attained: tuple[int, int, int], points: int) -> None:
    assert score_of(parts(*attained), FLOOR, CAP, renormalise=False).points == points


def test_exactly_at_the_floor_counts() -> None:
    found = score_of(parts(60, 59, 100), FLOOR, CAP, renormalise=False)

    assert [one.counted for one in found.parts] == [Fraction(3, 5), 0, 1]


def test_a_negative_attainment_scores_nothing_and_is_shown_as_it_is() -> None:
    found = score_of(parts(100, -20, 100), Fraction(), CAP, renormalise=False)

    assert found.parts[1].part.attainment == Fraction(-20, 100)
    assert (found.parts[1].counted, found.points) == (0, 70)


def test_a_measure_without_a_target_makes_the_score_na() -> None:
    found = score_of(parts(100, None, 100), FLOOR, CAP, renormalise=False)

    assert found.points is None and found.why is not None and "毛利" in found.why.zh


def test_it_is_left_out_where_the_scheme_says_so() -> None:
    found = score_of(parts(100, None, 80), FLOOR, CAP, renormalise=True)

    assert [one.weight for one in found.parts] == [Fraction(4, 7), 0, Fraction(3, 7)]
    assert found.points == Fraction(640, 7)


def test_a_measure_without_weight_may_be_na() -> None:
    found = score_of(parts(100, None, 80, weights=(60, 0, 40)), FLOOR, CAP, renormalise=False)

    assert found.points == 92


def test_when_every_measure_is_na_so_is_the_score() -> None:
    assert score_of(parts(None, None, None), FLOOR, CAP, renormalise=True).points is None


@pytest.mark.parametrize("weights", [(40, 30, 29), (40, 30, 31)])
def test_weights_that_do_not_sum_to_100_are_refused(weights: tuple[int, ...]) -> None:
    with pytest.raises(RuleError, match=f"考核指标的权重合计 {sum(weights)}%"):
        check_weights([Fraction(one, 100) for one in weights], MEASURES)


def test_a_floor_above_the_cap_is_refused() -> None:
    with pytest.raises(RuleError, match="起算线是 130%，封顶是 120%"):
        score_of(parts(1, 1, 1), Fraction(130, 100), CAP, renormalise=False)


@settings(max_examples=40)
@given(st.lists(st.integers(-300, 300), min_size=3, max_size=3), st.integers(0, 2), st.integers(0, 100))
def test_more_of_a_measure_never_lowers_the_score(attained: list[int], which: int, more: int) -> None:
    better = [one + more * (at == which) for at, one in enumerate(attained)]

    before = score_of(parts(*attained), FLOOR, CAP, renormalise=False).points
    after = score_of(parts(*better), FLOOR, CAP, renormalise=False).points

    assert before is not None and after is not None and 0 <= before <= after <= 120
