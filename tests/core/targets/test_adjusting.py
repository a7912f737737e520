"""The adjustment register: base + effective signed lines = final (R030, R031)."""

from __future__ import annotations

import doctest

from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.targets import adjusting
from dacheng.core.targets.adjusting import Adjustment, adjusted

LEAVE = Adjustment(7, 120, -300_000_00, evidence="批假单 2026-17", approver="王总")


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(adjusting).failed == 0


def test_lines_hold_in_the_order_of_their_days_and_each_shows_the_target_after_it() -> None:
    backlog = Adjustment(8, 100, 50_000_00, evidence="合同 C-7", approver="王总")

    found = adjusted(1_000_000_00, [LEAVE, backlog], 200)

    assert [(step.line.kind, step.after) for step in found.steps] == [(8, 1_050_000_00), (7, 750_000_00)]
    assert (found.final, found.notes) == (750_000_00, ())


def test_without_evidence_or_approver_a_line_is_not_effective_and_says_so() -> None:
    found = adjusted(100_00, [Adjustment(2, 1, -10_00, approver="王总"), Adjustment(4, 1, -5_00, evidence=" ")], 9)

    assert [step.why_not and step.why_not.zh for step in found.steps] == ["缺依据", "缺依据、缺批准人"]
    assert found.final == 100_00
    assert found.notes[0].count == 2 and "-15.00 元" in found.notes[0].text.zh


def test_a_line_holds_from_its_day_on() -> None:
    before, on = (adjusted(1_000_000_00, [LEAVE], day) for day in (119, 120))

    assert (before.final, on.final) == (1_000_000_00, 700_000_00)
    assert before.steps[0].why_not is not None and "1970-05-01" in before.steps[0].why_not.zh


def test_without_lines_the_base_is_final() -> None:
    assert adjusted(-5, [], 0).final == -5


LINES = st.builds(
    Adjustment,
    st.integers(1, 9),
    st.integers(0, 20),
    st.integers(-(10**12), 10**12),
    st.sampled_from(["", "依据"]),
    st.sampled_from(["", "王总"]),
)


@settings(max_examples=40)
@given(st.integers(-(10**12), 10**12), st.lists(LINES, max_size=6), st.integers(0, 20))
def test_base_and_effective_lines_make_the_final_target(base: int, lines: list[Adjustment], day: int) -> None:
    found = adjusted(base, lines, day)

    effective = [one.amount for one in lines if one.evidence and one.approver and one.day <= day]
    assert found.final == base + sum(effective)
    assert sum(step.why_not is None for step in found.steps) == len(effective)
