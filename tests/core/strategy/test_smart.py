"""What a goal must say before it is in force, and what cannot be measured (R023, R024)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.strategy.ogsm import NO_FAULT, NO_MEASURE, NO_NUMBER, UNBOUND, check_kinds, check_line, fault_of
from dacheng.core.strategy.schema import (
    AMOUNT,
    COUNT,
    GOAL,
    GROWTH,
    LINKED_AMOUNT,
    MEASURE,
    OBJECTIVE,
    READING,
    SHARE,
    STRATEGY,
    WON_AMOUNT,
    WON_DEALS,
)
from dacheng.core.strategy.smart import CHECKS, check_goal, check_in_force, missing_checks

WHOLE = {"form": COUNT, "metric": READING, "target_count": 200, "due_ym": 12 * 2026 + 11, "person_id": 3, "theme_id": 1}


def test_a_goal_that_says_everything_lacks_nothing_and_may_be_in_force():
    check_in_force("县域门店", WHOLE)

    assert missing_checks(WHOLE) == ()


@pytest.mark.parametrize(
    ("column", "check"),
    [
        ("target_count", "number"),
        ("metric", "unit"),
        ("due_ym", "deadline"),
        ("person_id", "owner"),
        ("theme_id", "link"),
    ],
)
def test_each_thing_left_out_fails_its_own_check_and_keeps_the_goal_a_draft(column: str, check: str):
    goal = {**WHOLE, column: None}

    with pytest.raises(RuleError, match="只能是草稿") as refused:
        check_in_force("县域门店", goal)

    assert missing_checks(goal) == (check,) and CHECKS[check].zh in refused.value.message.zh


def test_a_number_of_another_kind_is_no_number():
    assert missing_checks({**WHOLE, "form": AMOUNT}) == ("number",)


@given(st.fixed_dictionaries({}, optional={name: st.none() | st.integers(1, 4) for name in WHOLE}))
def test_saying_more_never_fails_more_checks(said: dict[str, int | None]):
    more = {**said, "due_ym": 24311}

    assert set(missing_checks(more)) <= set(missing_checks(said))


@pytest.mark.parametrize(
    "goal",
    [
        {"form": SHARE, "metric": LINKED_AMOUNT},
        {"form": COUNT, "metric": WON_AMOUNT},
        {"form": AMOUNT, "metric": WON_DEALS},
        {"form": GROWTH, "metric": LINKED_AMOUNT},
        {"form": SHARE, "metric": WON_AMOUNT, "product_id": None},
        {"start_ym": 24312, "due_ym": 24311},
        {"due_ym": 12 * 1999},
    ],
)
def test_what_cannot_be_measured_is_refused_with_the_way_out(goal: dict[str, int | None]):
    with pytest.raises(RuleError) as refused:
        check_goal("目标", goal)

    assert refused.value.remedy.zh and refused.value.remedy.en


def test_a_share_by_a_reading_needs_no_product():
    check_goal("占比", {"form": SHARE, "metric": READING})


def node(number: int, kind: int, parent: int | None = None, goal: int | None = None) -> dict[str, int | None]:
    return {"node_id": number, "kind": kind, "parent_id": parent, "source_id": None, "goal_id": goal}


def test_a_page_says_of_every_entry_what_it_lacks():
    nodes = [node(1, OBJECTIVE), node(2, GOAL, 1), node(3, STRATEGY, 2), node(4, STRATEGY, 2), node(5, MEASURE, 4)]
    number = {"form": COUNT, "metric": READING, "target_count": 200}

    assert [fault_of(one, nodes, None) for one in nodes] == [NO_FAULT, NO_NUMBER, NO_MEASURE, NO_FAULT, UNBOUND]
    assert fault_of(nodes[1], nodes, number) == fault_of(nodes[4], nodes, number) == NO_FAULT


def test_an_entry_that_would_serve_itself_is_refused():
    check_line(4, {4: (3,), 3: (2,), 2: (1,)})

    with pytest.raises(RuleError, match="绕成一圈"):
        check_line(4, {4: (3,), 3: (2,), 2: (4, 1)})


@pytest.mark.parametrize(
    ("kind", "above", "handed"), [(GOAL, STRATEGY, None), (MEASURE, GOAL, None), (STRATEGY, None, GOAL)]
)
def test_an_entry_stands_only_under_the_kind_before_it(kind: int, above: int | None, handed: int | None):
    check_kinds(OBJECTIVE, None, STRATEGY)

    with pytest.raises(RuleError, match="不能放在"):
        check_kinds(kind, above, handed)
