"""What makes a breakdown impossible, and how it is said (catalogue section 6)."""

from __future__ import annotations

import doctest
from collections.abc import Sequence

import numpy as np
import pytest

from dacheng.core.errors import RuleError, Text
from dacheng.core.targets import feasibility
from dacheng.core.targets.allocating import allocate
from dacheng.core.targets.feasibility import Breakdown, Clash, Stated, clashes, finding_of, refusal_of

NAMES = [Text("华东", "East"), Text("华南", "South"), Text("华北", "North")]
COMPANY = Text("公司", "Company")


def regions(
    total: int,
    weights: Sequence[int] = (1, 1, 1),
    *,
    floor: Sequence[int | None] = (None,) * 3,
    cap: Sequence[int | None] = (None,) * 3,
    pin: Sequence[int | None] = (None,) * 3,
) -> Breakdown:
    return Breakdown.of([total], list(weights), floor=Stated.of(floor), cap=Stated.of(cap), pin=Stated.of(pin))


def said(clash: Clash) -> str:
    return finding_of(clash, NAMES.__getitem__, lambda _: COMPANY).message.zh


def only(found: list[Clash]) -> Clash:
    assert len(found) == 1
    return found[0]


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(feasibility).failed == 0


def test_pins_beyond_the_total_are_refused_with_the_excess_and_their_names() -> None:
    clash = only(clashes(regions(100_00, pin=[70_00, None, 50_00])))

    assert (clash.kind, clash.children, clash.missed_by) == ("fixed-beyond-total", (0, 2), 20_00)
    assert said(clash) == "“公司”共 100.00，固定值合计 120.00，超出 20.00：华东、华北。"


def test_pins_and_floors_beyond_the_total_are_refused() -> None:
    clash = only(clashes(regions(100_00, pin=[60_00, None, None], floor=[None, 30_00, 20_00])))

    assert (clash.kind, clash.children) == ("least-beyond-total", (0, 1, 2))
    assert said(clash) == "“公司”共 100.00，固定值与下限合计 110.00，超出 10.00：华东、华南、华北。"


def test_pins_and_caps_short_of_the_total_are_refused() -> None:
    clash = only(clashes(regions(100_00, cap=[20_00, 30_00, None], pin=[None, None, 40_00])))

    assert (clash.kind, clash.children) == ("most-short-of-total", (0, 1, 2))
    assert said(clash) == "“公司”共 100.00，固定值与上限合计只有 90.00，还差 10.00：华东、华南、华北。"


def test_one_without_a_cap_takes_what_the_others_may_not() -> None:
    assert clashes(regions(100_00, cap=[20_00, 30_00, None])) == []


def test_a_floor_above_its_cap_is_a_fault_of_that_child_alone() -> None:
    clash = only(clashes(regions(100_00, floor=[50_00, None, None], cap=[40_00, None, None])))

    assert said(clash) == "“公司”下华东的下限 50.00 高于上限 40.00。"


def test_a_pin_outside_its_own_bounds_is_refused_with_the_distance() -> None:
    found = clashes(regions(100_00, pin=[50_00, 5_00, None], cap=[40_00, None, None], floor=[None, 10_00, None]))

    assert [said(one) for one in found] == [
        "“公司”下华南的固定值 5.00 越过界限 10.00，差 5.00。",
        "“公司”下华东的固定值 50.00 越过界限 40.00，差 10.00。",
    ]


def test_weights_all_zero_are_refused_only_if_something_is_left() -> None:
    left, nothing = clashes(regions(100_00, [0, 0, 0], pin=[70_00, None, None])), clashes(regions(0, [0, 0, 0]))

    assert said(only(left)) == "“公司”还有 30.00 要分，但权重全部为 0：华南、华北。"
    assert nothing == []


def test_all_pinned_and_not_the_total_leaves_nobody() -> None:
    clash = only(clashes(regions(100_00, pin=[30_00, 30_00, 30_00])))

    assert said(clash) == "“公司”共 100.00，已固定 90.00，差 10.00 没有人可分。"


def test_a_total_without_children_leaves_nobody_too() -> None:
    clash = only(clashes(Breakdown.of([5], [])))

    assert (clash.kind, clash.children, clash.missed_by) == ("nobody-left", (), 5)


def test_a_negative_weight_is_refused_with_its_name() -> None:
    clash = only(clashes(regions(100_00, [1, -2, 1])))

    assert said(clash) == "“公司”下华南的权重是 -2，不能为负。"


def test_under_a_negative_total_caps_are_what_is_taken_at_least() -> None:
    clash = only(clashes(regions(-100_00, cap=[-60_00, -60_00, None])))

    assert (clash.kind, clash.seen, clash.limit) == ("least-beyond-total", -120_00, -100_00)
    assert said(clash) == "“公司”共 -100.00，固定值与上限合计 -120.00，超出 20.00：华东、华南。"


def test_a_pin_beyond_the_total_is_possible_when_a_credit_makes_up_for_it() -> None:
    assert clashes(regions(100_00, pin=[120_00, None, None], cap=[None, -20_00, None])) == []


def test_everything_that_is_wrong_is_returned_at_once() -> None:
    found = clashes(regions(100_00, [1, -1, 1], pin=[130_00, None, None], floor=[None, None, 9], cap=[None, None, 8]))

    assert [one.kind for one in found] == ["negative-weight", "floor-above-cap", "fixed-beyond-total"]


def test_each_total_has_its_own_clashes() -> None:
    pins = Stated.of([9, None, 12, None])

    found = clashes(Breakdown.of([10, 10], [1, 1, 1, 1], np.array([0, 0, 1, 1]), pin=pins))

    assert [(one.group, one.children) for one in found] == [(1, (2,))]


def test_the_error_says_the_first_clash_the_way_out_and_how_many_more_there_are() -> None:
    found = clashes(regions(100_00, [1, -1, 1], pin=[130_00, None, None]))

    error = refusal_of(found, NAMES.__getitem__, lambda _: COMPANY)

    assert error.sentence("zh") == (
        "“公司”下华南的权重是 -1，不能为负。（另有 1 处冲突。） 权重请填 0 或正数；不参与分解的填 0。"
    )
    assert error.sentence("en") == (
        "The weight of South under Company is -1. (1 more.) Enter a weight of zero or more; zero leaves it out."
    )


def test_nothing_is_moved_when_it_is_impossible_and_children_without_names_are_numbered() -> None:
    with pytest.raises(RuleError, match=r"fixed adds up to 120\.00, 20\.00 too much: part 1, part 3"):
        allocate(regions(100_00, pin=[70_00, None, 50_00]))


def test_an_amount_beyond_any_is_refused() -> None:
    with pytest.raises(RuleError, match="超出可记录的范围"):
        regions(100, cap=[10**14 + 1, None, None])
