"""A contract is the sum of its lines."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.contracts import recording
from dacheng.core.contracts.recording import LineAmounts, check_total, totals
from dacheng.core.errors import RuleError

LINES = st.lists(
    st.integers(1, 10**9).flatmap(
        lambda amount: st.builds(
            LineAmounts,
            st.just(amount),
            st.one_of(st.none(), st.integers(0, amount)),
            st.one_of(st.none(), st.integers(0, 2 * amount)),
        )
    ),
    min_size=1,
    max_size=8,
)


@given(LINES)
def test_amounts_add_up_and_an_unknown_part_makes_the_sum_unknown(lines):
    summed = totals(lines)

    assert summed.amount == sum(line.amount for line in lines)
    for part in ("amount_ex", "cost"):
        parts = [getattr(line, part) for line in lines]
        assert getattr(summed, part) == (None if None in parts else sum(parts))
    check_total(summed.amount, summed)


@given(LINES, st.integers(-1000, 1000).filter(bool))
def test_a_stated_amount_off_by_anything_is_refused(lines, gap):
    summed = totals(lines)

    with pytest.raises(RuleError, match="相差"):
        check_total(summed.amount + gap, summed)


@pytest.mark.parametrize("line", [LineAmounts(-100, -90, -60), LineAmounts(0, 0, 0), LineAmounts(100, 100, 150)])
def test_credit_lines_and_losses_are_lines_too(line):
    assert totals([line]) == line


@pytest.mark.parametrize("line", [LineAmounts(100, 101), LineAmounts(100, -1), LineAmounts(100, None, -1)])
def test_a_line_that_contradicts_itself_is_refused_with_its_number(line):
    with pytest.raises(RuleError, match="第 2 行"):
        totals([LineAmounts(1), line])


def test_a_contract_without_a_line_is_refused():
    with pytest.raises(RuleError, match="没有合同行"):
        totals([])


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(recording).failed == 0
