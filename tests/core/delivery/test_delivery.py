"""Recognition with and without tax, what is left of a contract, and overruns (G21, G22)."""

from __future__ import annotations

import doctest
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.cash.schema import AFTER_ACCEPTANCE
from dacheng.core.delivery import overrunning, planning, recognising, triggering
from dacheng.core.delivery.overrunning import Progress, schedule_overrun
from dacheng.core.delivery.planning import still_planned
from dacheng.core.delivery.recognising import Both, unrecognised, with_tax
from dacheng.core.delivery.schema import ACCEPTANCE
from dacheng.core.delivery.triggering import Agreement, Step, Triggered, triggered
from dacheng.core.errors import RuleError
from dacheng.core.money import share_of


@pytest.mark.parametrize("module", [recognising, overrunning, planning, triggering])
def test_the_examples_in_the_docstrings_hold(module) -> None:
    assert doctest.testmod(module).failed == 0


def test_g21_recognised_with_tax_and_what_is_collected_beyond_it() -> None:
    contract = Both(1_130_000_00, 1_000_000_00)

    recognised = with_tax(600_000_00, Both(0, 0), contract)

    assert recognised == 678_000_00
    assert unrecognised(contract.excl, 600_000_00).left == 400_000_00
    assert recognised - 700_000_00 == -22_000_00


@given(st.integers(1, 10**9), st.integers(0, 2000), st.lists(st.integers(0, 10**8), max_size=6))
def test_recognitions_of_a_whole_contract_come_to_the_contract(excl, rate, parts) -> None:
    contract = Both(excl + excl * rate // 10_000, excl)
    parts = [*parts, excl - sum(parts)]
    so_far = Both(0, 0)
    for part in parts:
        so_far = Both(so_far.incl + with_tax(part, so_far, contract), so_far.excl + part)

    assert so_far == contract


def test_nothing_is_recognised_of_a_cancelled_contract_but_what_was_is_taken_back() -> None:
    with pytest.raises(RuleError, match="不能确认收入"):
        with_tax(100, Both(0, 0), Both(0, 0))
    assert with_tax(-100, Both(113, 100), Both(0, 0)) == -113


def test_g22_overrun_of_cost_and_schedule() -> None:
    by_manager = Progress(1_000_000_00, estimate=1_150_000_00)
    by_performance = Progress(1_000_000_00, cost=600_000_00, done_bp=4_800)

    assert float(by_manager.overrun or 0) == pytest.approx(0.15)
    assert float(by_performance.performance or 0) == pytest.approx(0.8)
    assert by_performance.at_completion == 1_250_000_00
    assert float(schedule_overrun(120, 138) or 0) == pytest.approx(0.15)


@pytest.mark.parametrize(
    "progress", [Progress(1_000), Progress(1_000, 0, 5_000), Progress(1_000, 500, 0), Progress(None, 5, 5)]
)
def test_without_progress_or_cost_there_is_no_performance(progress) -> None:
    assert progress.performance is None
    assert progress.at_completion is None
    assert progress.overrun is None
    assert schedule_overrun(0, 10) is None


def test_a_project_without_a_budget_has_no_overrun() -> None:
    assert Progress(0, estimate=10).overrun is None


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 400), st.booleans()), min_size=1, max_size=8),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
)
def test_what_milestones_still_bring_is_never_more_than_what_is_left_and_never_below_zero(steps, whole, done) -> None:
    shares, days, reached = (np.array(one) for one in zip(*steps, strict=True))
    ones = np.ones(len(steps), dtype=np.int64)

    planned = still_planned(ones, whole * ones, done * ones, shares, days, reached)

    covered = share_of(np.array([whole]), min(int(shares.sum()), 10_000))[0]
    assert (planned >= 0).all()
    assert planned.sum() == max(covered - done, 0)


def test_a_term_that_several_milestones_bring_waits_for_the_last_of_them() -> None:
    term = Agreement(7, AFTER_ACCEPTANCE, 30)
    first, last = Step(ACCEPTANCE, None, 100, 100), Step(ACCEPTANCE, None, 200, None)

    assert triggered([term], [first, last])[7] == Triggered(None, 230)
    assert triggered([term], [first, replace(last, reached=210)])[7] == Triggered(240, 240)
    assert triggered([term], []) == {}
