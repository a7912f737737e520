"""Release of the budget by attainment bands (R036, R038; golden case G09; law: released ≤ budget)."""

from __future__ import annotations

import doctest
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.budget import releasing
from dacheng.core.budget.budgeting import BudgetPlan
from dacheng.core.budget.releasing import (
    Band,
    Bands,
    Proposal,
    Release,
    check_release,
    cumulative_attainment,
    frozen_balance,
    next_period,
    propose_release,
)
from dacheng.core.errors import RuleError
from dacheng.core.period import parse_period

BANDS = Bands((Band(None, 7_000), Band(Fraction(60, 100), 8_500), Band(Fraction(80, 100), 10_000, unfreezes=True)))
QUARTERS = tuple(parse_period(f"2026-Q{number}") for number in (1, 2, 3, 4))


def plan_of(fixed: list[int], variable: list[int], project: list[int] | None = None) -> BudgetPlan:
    return BudgetPlan(QUARTERS, np.array(fixed), np.array(variable), np.array(project or [0] * 4))


G08 = plan_of([750_000_00] * 4, [900_000_00, 1_200_000_00, 1_150_000_00, 1_750_000_00])
FIRST = Release(0, 750_000_00, 900_000_00)
Q1, H1 = cumulative_attainment(12_600_000_00, 18_000_000_00), cumulative_attainment(39_900_000_00, 42_000_000_00)


def granted(proposal: Proposal) -> Release:
    assert proposal.variable is not None
    return Release(proposal.period, proposal.fixed, proposal.variable, proposal.project, approver="王总")


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(releasing).failed == 0


def test_g09_the_first_quarter_is_released_in_full() -> None:
    proposal = propose_release(G08, [], [], BANDS)

    assert (proposal.fixed, proposal.variable, proposal.total) == (750_000_00, 900_000_00, 1_650_000_00)
    assert (proposal.band, proposal.by_hand, proposal.frozen_after) == (None, False, 0)
    assert [note.code for note in proposal.notes] == ["budget/first-in-full"]


def test_g09_seventy_percent_freezes_a_part_of_the_second_quarter() -> None:
    proposal = propose_release(G08, [FIRST], [Q1], BANDS)

    assert proposal.attainment == Fraction(70, 100)
    assert (proposal.variable, proposal.frozen_after) == (1_020_000_00, 180_000_00)
    assert proposal.total == 1_770_000_00


def test_g09_ninety_five_percent_releases_the_third_quarter_and_the_frozen_balance() -> None:
    ledger = [FIRST, granted(propose_release(G08, [FIRST], [Q1], BANDS))]

    proposal = propose_release(G08, ledger, [Q1, H1], BANDS)

    assert proposal.attainment == Fraction(95, 100)
    assert (proposal.share, proposal.unfrozen, proposal.frozen_before) == (1_150_000_00, 180_000_00, 180_000_00)
    assert (proposal.variable, proposal.total, proposal.frozen_after) == (1_330_000_00, 2_080_000_00, 0)


@pytest.mark.parametrize(
    ("attained", "release_bp", "unfreezes"),
    [
        ("59.99", 7_000, False),
        ("59.999999", 7_000, False),
        ("60", 8_500, False),
        ("79.99", 8_500, False),
        ("79.999999", 8_500, False),
        ("80", 10_000, True),
        ("250", 10_000, True),
        ("0", 7_000, False),
        ("-10", 7_000, False),
    ],
)
def test_g09_a_bound_belongs_to_the_band_above_and_is_compared_unrounded(
    attained: str, release_bp: int, unfreezes: bool
) -> None:
    attainment = Fraction(attained) / 100

    band = propose_release(G08, [FIRST], [attainment], BANDS).band

    assert band is not None
    assert (band.release_bp, band.unfreezes) == (release_bp, unfreezes)


@pytest.mark.parametrize(("done", "target"), [(100, None), (100, 0), (-50, -100), (None, 100)])
def test_without_a_comparable_target_a_person_chooses(done: int | None, target: int | None) -> None:
    proposal = propose_release(G08, [FIRST], [cumulative_attainment(done, target)], BANDS)

    assert proposal.by_hand and proposal.band is None
    assert (proposal.variable, proposal.total, proposal.frozen_after) == (None, None, None)
    assert (proposal.fixed, proposal.planned) == (750_000_00, 1_200_000_00)
    assert "人工" in proposal.notes[0].text.zh


def test_a_result_restated_downwards_claws_nothing_back_and_makes_the_next_release_smaller() -> None:
    ledger = [FIRST, Release(1, 750_000_00, 1_020_000_00)]
    now = [Fraction(50, 100), Fraction(55, 100)]

    proposal = propose_release(G08, ledger, now, BANDS)

    # Q2 would have been 840,000 at 70 %: 180,000 too much, taken off 805,000.
    assert (proposal.share, proposal.reduced, proposal.variable) == (805_000_00, 180_000_00, 625_000_00)
    assert proposal.frozen_after == 3_250_000_00 - 900_000_00 - 1_020_000_00 - 625_000_00
    assert "180,000.00 元" in proposal.notes[0].text.zh and "nothing is clawed back" in proposal.notes[0].text.en


def test_a_restatement_is_taken_off_once_and_the_rest_waits_when_a_release_is_too_small() -> None:
    plan = plan_of([0] * 4, [100, 1_000, 100, 500])
    ledger = [Release(0, 0, 100), Release(1, 0, 1_000)]

    third = propose_release(plan, ledger, [Fraction(1, 2)] * 2, BANDS)
    fourth = propose_release(plan, [*ledger, granted(third)], [Fraction(1, 2)] * 3, BANDS)

    assert (third.variable, third.reduced) == (0, 70)
    assert (fourth.variable, fourth.reduced) == (120, 230)


def test_a_band_that_unfreezes_forgives_an_earlier_restatement() -> None:
    ledger = [FIRST, Release(1, 750_000_00, 1_020_000_00)]

    proposal = propose_release(G08, ledger, [Fraction(50, 100), Fraction(80, 100)], BANDS)

    assert (proposal.variable, proposal.reduced, proposal.frozen_after) == (1_330_000_00, 0, 0)


def test_a_result_restated_upwards_unfreezes_nothing_by_itself() -> None:
    ledger = [FIRST, Release(1, 750_000_00, 840_000_00)]

    proposal = propose_release(G08, ledger, [Fraction(75, 100), Fraction(75, 100)], BANDS)

    assert (proposal.unfrozen, proposal.variable, proposal.frozen_before) == (0, 977_500_00, 360_000_00)


def test_what_a_person_released_stands_when_results_are_restated() -> None:
    ledger = [FIRST, Release(1, 750_000_00, 1_200_000_00, by_rule=False, approver="王总")]

    proposal = propose_release(G08, ledger, [Fraction(10, 100)] * 2, BANDS)

    assert (proposal.reduced, proposal.variable) == (0, 805_000_00)


def test_project_lines_are_released_as_planned_whatever_the_attainment() -> None:
    plan = plan_of([0] * 4, [100, 100, 100, 100], [10, 20, 0, 70])

    proposal = propose_release(plan, [Release(0, 0, 100, 10)], [Fraction(0)], BANDS)

    assert (proposal.project, proposal.variable, proposal.total) == (20, 70, 70)


def test_a_lowered_budget_makes_the_next_release_smaller() -> None:
    lowered = plan_of([100] * 4, [50, 50, 50, 50])

    proposal = propose_release(lowered, [Release(0, 100, 90)], [Fraction(1)], BANDS)

    assert (proposal.share, proposal.reduced, proposal.variable) == (50, 40, 10)


def test_after_the_last_period_nothing_is_left_to_propose() -> None:
    ledger = [Release(period, 0, 0) for period in range(4)]

    with pytest.raises(RuleError, match="4 个期间都已释放"):
        propose_release(G08, ledger, [Fraction(1)] * 4, BANDS)


def test_an_attainment_that_was_not_handed_in_is_asked_for() -> None:
    with pytest.raises(RuleError, match="缺少截至2026年二季度的累计达成"):
        propose_release(G08, [FIRST, Release(1, 0, 0)], [Q1], BANDS)


@pytest.mark.parametrize(
    ("bands", "seen"),
    [
        ((), "最低一档必须没有下限"),
        ((Band(Fraction(0), 5_000),), "最低一档必须没有下限"),
        ((Band(None, 5_000), Band(None, 6_000)), "只有最低一档可以没有下限"),
        ((Band(None, 0), Band(Fraction(8, 10), 1), Band(Fraction(6, 10), 2)), "80.00% · 60.00%"),
        ((Band(None, 0), Band(Fraction(1, 2), 1), Band(Fraction(1, 2), 2)), "50.00% · 50.00%"),
        ((Band(None, 10_001),), "100.01%"),
        ((Band(None, -1),), "-0.01%"),
    ],
)
def test_bands_that_do_not_hold_are_refused(bands: tuple[Band, ...], seen: str) -> None:
    with pytest.raises(RuleError) as refused:
        Bands(bands)

    assert seen in refused.value.message.zh


GOOD = Release(1, 750_000_00, 1_200_000_00, approver="王总")


@pytest.mark.parametrize(
    ("release", "rules"),
    [
        (GOOD, []),
        (replace(GOOD, approver=" "), ["budget/release-without-approver"]),
        (replace(GOOD, variable=1_200_000_01), ["budget/release-beyond-budget"]),
        (replace(GOOD, variable=-1, fixed=750_000_01), ["budget/release-beyond-budget"] * 2),
        (replace(GOOD, project=1), ["budget/release-beyond-budget"]),
        (replace(GOOD, period=2), ["budget/release-out-of-turn"]),
        (replace(GOOD, period=0), ["budget/release-out-of-turn"]),
        (Release(0, 0, 0, by_rule=False, approver="王总"), []),
        (Release(0, 0, 1, by_rule=False, approver="王总"), ["budget/release-beyond-budget"]),
    ],
)
def test_a_release_is_checked_before_it_enters_the_ledger(release: Release, rules: list[str]) -> None:
    found = check_release(G08, [FIRST], release)

    assert [one.rule for one in found] == rules
    assert all(one.message.en and one.remedy.zh for one in found)


def test_a_release_beyond_the_budget_says_what_is_left() -> None:
    found = check_release(G08, [FIRST], replace(GOOD, variable=1_200_000_01))

    assert found[0].message.zh == "2026年二季度的变动部分要释放 1,200,000.01 元，预算只剩 1,200,000.00 元。"
    assert "0 to 1,200,000.00" in found[0].remedy.en


AMOUNTS = st.lists(st.integers(0, 10**6), min_size=4, max_size=4)
ATTAINED = st.none() | st.fractions(-1, 2, max_denominator=50)
STANDINGS = st.lists(st.lists(ATTAINED, min_size=3, max_size=3), min_size=4, max_size=4)


@settings(max_examples=40)
@given(AMOUNTS, AMOUNTS, AMOUNTS, STANDINGS)
def test_released_is_never_more_than_the_budget_however_results_are_restated(
    fixed: list[int], variable: list[int], project: list[int], standings: list[list[Fraction | None]]
) -> None:
    plan, ledger = plan_of(fixed, variable, project), list[Release]()

    for period, attained in enumerate(standings):
        proposal = propose_release(plan, ledger, attained, BANDS)
        release = Release(
            period, proposal.fixed, proposal.variable or 0, proposal.project, not proposal.by_hand, "王总"
        )
        assert check_release(plan, ledger, release) == []
        ledger.append(release)
        released = sum(one.variable for one in ledger)
        assert released + frozen_balance(plan, ledger) == sum(variable[: period + 1])
        assert proposal.frozen_after in (None, frozen_balance(plan, ledger))

    assert next_period(ledger) == 4
    assert sum(one.fixed for one in ledger) == sum(fixed)
    assert sum(one.project for one in ledger) == sum(project)


@settings(max_examples=25)
@given(AMOUNTS, st.lists(st.fractions(-1, 2, max_denominator=50), min_size=3, max_size=3))
def test_without_restatement_it_is_the_plain_tale_of_share_and_frozen_balance(
    variable: list[int], attained: list[Fraction]
) -> None:
    plan, ledger = plan_of([0] * 4, variable), list[Release]()

    for _ in range(4):
        ledger.append(granted(propose_release(plan, ledger, attained, BANDS)))

    assert [one.variable for one in ledger] == _told(variable, attained)


def _told(variable: list[int], attained: list[Fraction]) -> list[int]:
    frozen, released = 0, [variable[0]]
    for planned, attainment in zip(variable[1:], attained, strict=True):
        if attainment >= Fraction(80, 100):
            released.append(planned + frozen)
            frozen = 0
            continue
        exact = planned * (Fraction(85, 100) if attainment >= Fraction(60, 100) else Fraction(70, 100))
        share = int(exact + Fraction(1, 2))
        frozen += planned - share
        released.append(share)
    return released


@settings(max_examples=25)
@given(AMOUNTS, st.lists(st.fractions(0, 1, max_denominator=20), min_size=3, max_size=3), st.integers(0, 2))
def test_a_lower_restatement_never_makes_the_next_release_larger(
    variable: list[int], attained: list[Fraction], restated: int
) -> None:
    plan = plan_of([0] * 4, variable)
    ledger = [granted(propose_release(plan, [], [], BANDS))]
    for _ in range(2):
        ledger.append(granted(propose_release(plan, ledger, attained, BANDS)))
    lower = [Fraction(0) if at == restated else one for at, one in enumerate(attained)]

    before, after = (propose_release(plan, ledger, standing, BANDS).variable for standing in (attained, lower))

    assert before is not None and after is not None
    assert 0 <= after <= before
