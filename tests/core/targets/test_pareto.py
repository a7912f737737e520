"""80/20 decomposition (R046; golden case G40)."""

from __future__ import annotations

import doctest
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.targets import pareto as module
from dacheng.core.targets.pareto import Pareto, named_targets, pareto


def ranked(amounts: list[int], line: Fraction = Fraction(4, 5)) -> Pareto:
    return pareto(np.array(amounts, dtype=np.int64), line=line, head=Fraction(1, 5), fewest=5)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_g40_six_of_ten_customers_bring_eighty_percent() -> None:
    found = ranked([30, 20, 12, 8, 7, 6, 5, 4, 4, 4])

    assert (found.total, found.top) == (100, 6)
    assert (found.top_share, found.member_share) == (Fraction(83, 100), Fraction(60, 100))
    assert (found.head, found.head_share) == (2, Fraction(50, 100))
    assert found.cumulated.tolist() == [30, 50, 62, 70, 77, 83, 88, 92, 96, 100]
    assert (found.off, found.notes) == (None, ())


def test_those_who_tie_at_the_line_are_in() -> None:
    found = ranked([40, 20, 10, 10, 10, 10])

    assert (found.top, found.top_share) == (6, 1)


def test_reaching_the_line_exactly_is_enough() -> None:
    assert ranked([50, 30, 10, 6, 4]).top == 2


def test_fewer_than_five_are_not_meaningful_and_still_ranked() -> None:
    found = ranked([10, 40, 30, 20])

    assert found.off is not None and "只有 4 个" in found.off.zh
    assert found.order.tolist() == [1, 2, 3, 0]


def test_members_that_bring_nothing_or_less_are_left_out_and_told() -> None:
    found = ranked([0, 50_00, -20_00])

    assert (found.order.tolist(), found.total) == ([1], 50_00)
    assert found.notes[0].count == 2 and "-20.00 元" in found.notes[0].text.zh


def test_nobody_gives_no_shares() -> None:
    found = ranked([])

    assert (found.top, found.top_share, found.head_share, found.member_share) == (0, None, None, None)


def test_the_top_set_gets_named_targets_and_the_tail_one_pool() -> None:
    found = named_targets(200, ranked([4, 30, 20, 12, 8, 7, 6, 5, 4, 4]))

    assert found.members.tolist() == [1, 2, 3, 4, 5, 6]
    assert (found.amounts.tolist(), found.pooled) == ([60, 40, 24, 16, 14, 12], 34)


def test_a_target_cannot_be_named_to_nobody() -> None:
    with pytest.raises(RuleError, match="权重全部为 0"):
        named_targets(200, ranked([0, -1]))


@pytest.mark.parametrize("line", [Fraction(0), Fraction(80)])
def test_a_line_outside_0_to_100_percent_is_refused(line: Fraction) -> None:
    with pytest.raises(RuleError, match="80/20 线"):
        ranked([1, 2, 3], line)


@settings(max_examples=40)
@given(
    st.lists(st.integers(-3, 12), max_size=12),
    st.fractions(0, 1, max_denominator=10).filter(bool),
    st.integers(-1_000, 1_000),
)
def test_the_top_set_is_the_smallest_that_reaches_the_line_with_its_ties(
    amounts: list[int], line: Fraction, target: int
) -> None:
    found = ranked(amounts, line)

    inside = sorted((one for one in amounts if one > 0), reverse=True)
    fewest = next((n for n in range(len(inside) + 1) if sum(inside[:n]) >= line * sum(inside)), 0)
    if not inside:
        assert found.top == 0
        return
    shared = named_targets(target, found)
    assert found.top == sum(one >= inside[fewest - 1] for one in inside)
    assert shared.amounts.sum() + shared.pooled == target
