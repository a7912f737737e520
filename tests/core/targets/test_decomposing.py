"""A total down a whole tree, its proof, and edits of it (golden cases G10, G12, peer cases)."""

from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError, Text
from dacheng.core.targets import decomposing, rebalancing
from dacheng.core.targets.allocating import HELD_BELOW, PINNED, SHARED
from dacheng.core.targets.decomposing import Terms, cascade, clashes_of_tree, proof_of
from dacheng.core.targets.feasibility import Breakdown, Stated, finding_of
from dacheng.core.targets.rebalancing import break_back, edit, move, over_assigned, rehome
from dacheng.core.tree import Tree

# Positions: 0 company, 1 East, 2 and 3 its people, 4 South, 5 and 6 its people.
TWO_REGIONS = Tree.of([1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 2, 1, 5, 5])
NAMES = [Text(zh, en) for zh, en in zip("司东甲乙南丙丁", ["Co", "East", "A", "B", "South", "C", "D"], strict=True)]
MAYBE = st.none() | st.none() | st.integers(0, 60)
NODE = st.tuples(st.integers(0, 5), MAYBE, MAYBE, st.none() | MAYBE)


def yuan(*texts: str) -> list[int]:
    return [int(Decimal(text) * 100) for text in texts]


def at(**amounts: int) -> Stated:
    """State amounts by the English names of nodes."""
    return Stated.of([amounts.get(name.en) for name in NAMES])


def terms_of(nodes: list[tuple[int, int | None, int | None, int | None]]) -> Terms:
    weights, floors, caps, pins = zip(*nodes, strict=True)
    return Terms.of(list(weights), floor=Stated.of(floors), cap=Stated.of(caps), pin=Stated.of(pins))


@pytest.mark.parametrize("module", [decomposing, rebalancing])
def test_the_examples_in_the_docstrings_hold(module) -> None:
    assert doctest.testmod(module).failed == 0


def test_g10_goes_down_a_tree_with_a_proof_of_every_sum() -> None:
    parents = [0, 1, 1, 1, 2, 2, *[5] * 8, *[6] * 12]
    tree = Tree.of(range(1, 27), parents)
    weight_of = {2: 40, 3: 30, 4: 30, 5: 8 * 200, 6: 12 * 180}

    found = cascade(tree, 100_000_000_00, Terms.of([weight_of.get(unit, 1) for unit in tree.unit_ids.tolist()]))
    amount = dict(zip(tree.unit_ids.tolist(), found.amount.tolist(), strict=True))

    assert [amount[unit] for unit in (2, 3, 4)] == yuan("40000000.00", "30000000.00", "30000000.00")
    assert [amount[unit] for unit in (5, 6)] == yuan("17021276.60", "22978723.40")
    assert [amount[unit] for unit in range(7, 15)] == yuan(*["2127659.58"] * 4, *["2127659.57"] * 4)
    assert [amount[unit] for unit in range(15, 27)] == yuan(*["1914893.62"] * 8, *["1914893.61"] * 4)
    assert found.proof().holds
    assert tree.unit_ids[found.proof().parents].tolist() == [1, 2, 5, 6]


def test_a_proof_shows_the_sum_that_does_not_hold() -> None:
    proof = proof_of(TWO_REGIONS, np.array([100, 60, 30, 30, 41, 20, 20]))

    assert proof.parents.tolist() == [0, 1, 4]
    assert proof.difference.tolist() == [-1, 0, 1]
    assert not proof.holds


def test_every_cell_says_where_its_amount_comes_from() -> None:
    terms = Terms.of([1, 3, 1, 2, 1, 1, 1], pin=at(C=5), cap=at(D=15))

    found = cascade(TWO_REGIONS, 100, terms)

    assert found.amount.tolist() == [100, 80, 27, 53, 20, 5, 15]
    assert found.origin.tolist() == [SHARED, SHARED, SHARED, SHARED, HELD_BELOW, PINNED, SHARED]
    assert (found.cell(2).share, found.cell(2).unit) == (Fraction(1, 3), 1)
    assert found.cell(5).origin == Text("固定", "Pinned")


def test_what_is_pinned_far_below_raises_all_above_it() -> None:
    found = cascade(TWO_REGIONS, 100, Terms.of([1] * 7, pin=at(C=70)))

    assert found.amount.tolist() == [100, 30, 15, 15, 70, 70, 0]
    assert found.origin[4] == HELD_BELOW


def test_pins_far_below_that_no_longer_fit_are_named_not_their_units() -> None:
    found = clashes_of_tree(TWO_REGIONS, 100, Terms.of([1] * 7, pin=at(A=60, D=55)))

    said = [finding_of(one, NAMES.__getitem__, NAMES.__getitem__).message.en for one in found]
    assert said == ["Co is 1.00; fixed amounts and floors add up to 1.15, 0.15 too much: A, D."]


def test_a_capped_unit_with_more_pinned_below_is_refused_before_anything_is_moved() -> None:
    with pytest.raises(RuleError, match=r"East is 0\.40; what is fixed adds up to 0\.50, 0\.10 too much: A"):
        cascade(TWO_REGIONS, 100, Terms.of([1] * 7, cap=at(East=40), pin=at(A=50)), NAMES.__getitem__)


def test_a_unit_whose_people_have_no_weight_is_refused_rather_than_gone_around() -> None:
    found = clashes_of_tree(TWO_REGIONS, 100, Terms.of([1, 1, 0, 0, 1, 1, 1]))

    assert [(one.kind, one.group, one.children) for one in found] == [("no-weight", 1, (2, 3))]


def test_a_negative_total_goes_down_as_the_mirror() -> None:
    terms, mirror = Terms.of([1] * 7, pin=at(C=70), cap=at(A=3)), Terms.of([1] * 7, pin=at(C=-70), floor=at(A=-3))

    up, down = cascade(TWO_REGIONS, 100, terms), cascade(TWO_REGIONS, -100, mirror)

    assert down.amount.tolist() == (-up.amount).tolist() == [-100, -30, -3, -27, -70, -70, 0]


@given(st.integers(0, 150), st.lists(NODE, min_size=7, max_size=7))
@settings(max_examples=50)
def test_any_tree_that_is_possible_adds_up_within_its_bounds_and_no_other_is_made(total: int, nodes: list) -> None:
    terms = terms_of(nodes)

    found = clashes_of_tree(TWO_REGIONS, total, terms)

    if found:
        with pytest.raises(RuleError):
            cascade(TWO_REGIONS, total, terms)
        return
    amount = cascade(TWO_REGIONS, total, terms).amount
    assert proof_of(TWO_REGIONS, amount).holds and amount[0] == total
    for seen, (_, floor, cap, pin) in list(zip(amount.tolist(), nodes, strict=True))[1:]:
        assert pin is None or seen == pin
        assert (floor is None or seen >= floor) and (cap is None or seen <= cap)
        assert seen >= 0
    for leaf in (2, 3, 5, 6):
        weight, floor, _, pin = nodes[leaf]
        assert weight > 0 or pin is not None or amount[leaf] == (floor or 0)


@given(st.integers(1, 12), st.lists(st.tuples(st.none() | st.integers(0, 6), st.booleans()), min_size=4, max_size=4))
@settings(max_examples=50)
def test_a_tree_is_refused_only_if_no_amounts_fit(total: int, people: list) -> None:
    stated = [None, None, *[one for one, _ in people[:2]], None, *[one for one, _ in people[2:]]]
    capped = [None, None, *[one for _, one in people[:2]], None, *[one for _, one in people[2:]]]
    pin = Stated.of([None if cap else one for one, cap in zip(stated, capped, strict=True)])
    cap = Stated.of([one if cap else None for one, cap in zip(stated, capped, strict=True)])

    found = clashes_of_tree(TWO_REGIONS, total, Terms.of([1] * 7, pin=pin, cap=cap))

    most = sum(99 if one is None else one for one, _ in people)
    least = sum(one for one, capped_only in people if one is not None and not capped_only)
    assert bool(found) == (not least <= total <= most)


def test_a_region_set_to_zero_gives_what_it_had_to_the_others_in_their_proportion() -> None:
    present = np.array(yuan("1000000", "2000000", "3000000", "4000000"))
    pinned = Breakdown.of([10_000_000_00], [1] * 4, pin=Stated.of([None, None, None, 0]))

    found = break_back(pinned, present)

    assert found.amount.tolist() == yuan("1666666.67", "3333333.33", "5000000.00", "0.00")


def test_where_all_stand_at_zero_the_weights_say_who_gets_what() -> None:
    found = break_back(Breakdown.of([90], [1, 2]), np.array([0, 0]))

    assert found.amount.tolist() == [30, 60]


def test_a_credit_among_siblings_keeps_its_amount_when_their_total_is_edited() -> None:
    found = break_back(Breakdown.of([200], [1, 1, 1]), np.array([90, 30, -20]))

    assert found.amount.tolist() == [165, 55, -20]


PRESENT = np.array([100, 60, 40, 20, 40, 10, 30])


def test_an_edited_unit_carries_up_and_breaks_back_below() -> None:
    found = edit(TWO_REGIONS, Terms.of([1] * 7, pin=at(A=40)), PRESENT, {1: 75})

    assert found.tolist() == [115, 75, 40, 35, 40, 10, 30]


def test_a_move_between_units_keeps_the_top_and_one_between_people_their_units_too() -> None:
    between_units = move(TWO_REGIONS, Terms.of([1] * 7), PRESENT, 1, 4, 30)
    between_people = move(TWO_REGIONS, Terms.of([1] * 7), PRESENT, 2, 5, 15)

    assert between_units.tolist() == [100, 30, 20, 10, 70, 18, 52]
    assert between_people.tolist() == [100, 45, 25, 20, 55, 25, 30]


@pytest.mark.parametrize(
    ("terms", "giver", "taker", "amount", "said"),
    [
        (Terms.of([1] * 7, pin=at(A=40)), 2, 3, 5, "“甲”固定为 0.40，改动后会是 0.35，差 0.05。"),
        (Terms.of([1] * 7, floor=at(A=38)), 2, 3, 5, "“甲”的下限是 0.38，改动后会是 0.35，差 0.03。"),
        (Terms.of([1] * 7, cap=at(South=50)), 2, 5, 15, "“南”的上限是 0.50，改动后会是 0.55，差 0.05。"),
        (Terms.of([1] * 7), 5, 6, 11, "“丙”只有 0.10，改动后会是 -0.01，差 0.11。"),
        (Terms.of([1] * 7), 5, 6, 0, "调剂金额是 0.00，必须大于 0。"),
        (Terms.of([1] * 7), 1, 3, 5, "“乙”就是“东”，或在它的下级。"),
        (Terms.of([1] * 7, pin=at(A=40)), 1, 4, 25, "“东”共 0.35，固定值合计 0.40，超出 0.05：甲。"),
    ],
)
def test_a_move_that_breaks_a_rule_is_refused_by_name(terms: Terms, giver, taker, amount, said) -> None:
    with pytest.raises(RuleError) as refused:
        move(TWO_REGIONS, terms, PRESENT, giver, taker, amount, NAMES.__getitem__)

    assert refused.value.message.zh == said


def test_a_leavers_target_goes_to_others_in_proportion_and_no_further_than_their_caps() -> None:
    found = rehome(TWO_REGIONS, Terms.of([1] * 7, pin=at(A=40), cap=at(C=12)), PRESENT, 2, [3, 5, 6])

    assert found.tolist() == [100, 35, 0, 35, 65, 12, 53]


def test_a_closed_unit_empties_everything_below_it() -> None:
    found = rehome(TWO_REGIONS, Terms.of([1] * 7, pin=at(A=40)), PRESENT, 1, [4])

    assert found.tolist() == [100, 0, 0, 0, 100, 25, 75]


def test_heirs_that_are_full_are_refused() -> None:
    with pytest.raises(RuleError, match="“甲与承接者”共 0.70，固定值与上限合计只有 0.45，还差 0.25：乙、丙"):
        rehome(TWO_REGIONS, Terms.of([1] * 7, cap=at(B=25, C=20)), PRESENT, 2, [3, 5], NAMES.__getitem__)


@given(st.integers(-60, 200), st.lists(st.integers(0, 9), min_size=7, max_size=7), st.integers(1, 6))
@settings(max_examples=40)
def test_after_any_edit_every_sum_holds(amount: int, weights: list[int], position: int) -> None:
    terms = Terms.of(weights)

    try:
        found = edit(TWO_REGIONS, terms, PRESENT, {position: amount})
    except RuleError:
        assert amount < 0
        return

    assert proof_of(TWO_REGIONS, found).holds
    assert found[position] == amount


def test_g12_over_assignment_of_five_percent_a_level() -> None:
    tree = Tree.of([1, 2, 3], [0, 1, 2])

    one = over_assigned(tree, np.array([40_000_000_00] * 3), [500])
    two = over_assigned(tree, np.array([100_000_000_00] * 3), [500, 500])

    assert one.assigned.tolist() == yuan("40000000.00", "42000000.00", "42000000.00")
    assert two.assigned.tolist() == yuan("100000000.00", "105000000.00", "110250000.00")


def test_eight_equal_territories_with_two_buffers_are_shown_as_two_layers() -> None:
    tree = Tree.of(range(1, 11), [0, 1, *[2] * 8])
    base = cascade(tree, 800_000_00, Terms.of([1] * 10)).amount

    found = over_assigned(tree, base, [500, 1_000])

    assert set(found.base[2:].tolist()) == {100_000_00}
    assert set(found.buffer[2:].tolist()) == {15_500_00}
    assert set(found.assigned[2:].tolist()) == {115_500_00}


def test_a_negative_buffer_is_refused_with_its_level() -> None:
    with pytest.raises(RuleError, match="第 2 级的加成是 -1%"):
        over_assigned(TWO_REGIONS, PRESENT, [500, -100])


@given(st.lists(st.integers(-(10**12), 10**12), min_size=4, max_size=4), st.lists(st.integers(0, 4000), max_size=3))
@settings(max_examples=40)
def test_buffers_leave_the_base_alone_and_add_up_to_the_fen(people: list[int], buffer_bp: list[int]) -> None:
    a, b, c, d = people
    base = np.array([a + b + c + d, a + b, a, b, c + d, c, d])

    found = over_assigned(TWO_REGIONS, base, buffer_bp)
    factor = Fraction(1)
    for depth, bp in enumerate([0, *[*buffer_bp, 0, 0][:2]]):
        factor *= Fraction(10_000 + bp, 10_000)
        here = np.flatnonzero(TWO_REGIONS.depth == depth)
        assert all(abs(found.assigned[one] - int(base[one]) * factor) < 1 for one in here)

    assert found.base.tolist() == base.tolist()
