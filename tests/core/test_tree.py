"""The organisation tree: preorder positions, roll-ups, what stands under what."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core import tree as tree_module
from dacheng.core.errors import RuleError
from dacheng.core.tree import UNKNOWN, Tree

Parents = dict[int, int]


@st.composite
def organisations(draw: st.DrawFn) -> Parents:
    """Unit id -> parent id, in any order of ids and rows."""
    ids = draw(st.lists(st.integers(1, draw(st.sampled_from((40, 10**12)))), min_size=1, max_size=25, unique=True))
    parents = {ids[0]: 0}
    for at in range(1, len(ids)):
        parents[ids[at]] = ids[draw(st.integers(0, at - 1))]
    return dict(draw(st.permutations(list(parents.items()))))


def tree_of(parents: Parents) -> Tree:
    return Tree.of(list(parents), list(parents.values()))


def below(parents: Parents, unit: int) -> list[int]:
    """The unit and all below it in preorder, by plain recursion."""
    children = sorted(child for child, parent in parents.items() if parent == unit)
    return [unit, *(one for child in children for one in below(parents, child))]


def above(parents: Parents, unit: int) -> list[int]:
    return [] if parents[unit] == 0 else [parents[unit], *above(parents, parents[unit])]


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(tree_module).failed == 0


@given(organisations())
def test_positions_are_preorder_with_children_by_unit_id(parents: Parents) -> None:
    tree = tree_of(parents)
    top = next(unit for unit, parent in parents.items() if parent == 0)

    assert tree.unit_ids.tolist() == below(parents, top)
    for position, unit in enumerate(tree.unit_ids.tolist()):
        assert tree.position_of(unit) == position
        assert tree.subtree(unit) == tuple(below(parents, unit))
        assert tree.ends[position] == position + len(below(parents, unit))
        assert tree.ancestors(unit) == tuple(above(parents, unit))
        assert tree.depth[position] == len(above(parents, unit))
        assert tree.parent_position[position] == tree.position_of(parents[unit])


@settings(max_examples=40)
@given(organisations())
def test_a_unit_is_under_itself_and_its_ancestors_only(parents: Parents) -> None:
    tree = tree_of(parents)

    for head in parents:
        expected = {unit for unit in parents if head in (unit, *above(parents, unit))}
        assert {unit for unit in parents if tree.is_under(unit, head)} == expected
        assert set(tree.unit_ids[tree.is_under(tree.unit_ids, head)].tolist()) == expected


@settings(max_examples=40)
@given(organisations(), st.data())
def test_a_roll_up_is_the_sum_over_each_subtree(parents: Parents, data: st.DataObject) -> None:
    tree = tree_of(parents)
    rows = data.draw(
        st.lists(st.tuples(st.sampled_from(list(parents)), st.integers(-(10**14), 10**14), st.integers()), max_size=20)
    )
    values = [(amount, number % 1000) for _, amount, number in rows]
    positions = tree.position_of(np.array([unit for unit, _, _ in rows], dtype=np.int64))

    both = tree.roll_up(np.array(values, dtype=np.int64).reshape(-1, 2), positions)
    first = tree.roll_up(np.array([amount for amount, _ in values], dtype=np.int64), positions)

    for position, unit in enumerate(tree.unit_ids.tolist()):
        inside = [value for (owner, _, _), value in zip(rows, values, strict=True) if owner in below(parents, unit)]
        assert both[position].tolist() == [sum(one[0] for one in inside), sum(one[1] for one in inside)]
        assert first[position] == both[position, 0]


def test_a_roll_up_keeps_the_cent_that_floating_point_would_lose() -> None:
    tree = Tree.of([1, 2], [0, 1])

    rolled = tree.roll_up(np.array([2**53, 1]), np.array([0, 1]))

    assert rolled.tolist() == [2**53 + 1, 1]


@settings(max_examples=40)
@given(organisations(), st.randoms())
def test_the_order_of_rows_never_matters(parents: Parents, random: object) -> None:
    rows = list(parents.items())
    random.shuffle(rows)  # type: ignore[attr-defined]

    one, other = tree_of(parents), tree_of(dict(rows))

    assert one.unit_ids.tolist() == other.unit_ids.tolist()
    assert one.ends.tolist() == other.ends.tolist()


def test_an_unknown_unit_has_no_position_and_is_under_nothing() -> None:
    tree = Tree.of([5, 7], [0, 5])

    assert tree.position_of(np.array([7, 6, 99, -1])).tolist() == [1, UNKNOWN, UNKNOWN, UNKNOWN]
    assert (7 in tree, 6 in tree) == (True, False)
    assert not tree.is_under(6, 5) and not tree.is_under(5, 6)
    assert tree.is_under(np.array([5, 6, 7]), 5).tolist() == [True, False, True]
    assert tree.is_under(np.array([5, 6]), 6).tolist() == [False, False]


@pytest.mark.parametrize("ask", ["subtree", "ancestors"])
def test_asking_about_an_unknown_unit_is_refused_by_name(ask: str) -> None:
    with pytest.raises(RuleError, match="单位 6"):
        getattr(Tree.of([5], [0]), ask)(6)


def test_a_company_without_units_is_an_empty_tree() -> None:
    tree = Tree.of([], [])

    assert len(tree) == 0 and 1 not in tree
    assert tree.roll_up(np.zeros((0, 3), dtype=np.int64), np.zeros(0, dtype=np.int64)).shape == (0, 3)


def test_rows_of_an_unknown_unit_are_never_dropped_silently() -> None:
    tree = Tree.of([5], [0])

    with pytest.raises(RuleError, match="1 行"):
        tree.roll_up(np.array([10, 20]), tree.position_of(np.array([5, 6])))


@pytest.mark.parametrize(
    ("units", "parents", "said"),
    [
        ([1, 2, 3, 2], [0, 1, 1, 3], "单位 2 出现了两次"),
        ([1, 2, 3], [0, 9, 1], "单位 2 的上级不存在"),
        ([1, 2, 3], [0, 1, 0], "多个没有上级的单位：1, 3"),
        ([1, 2, 3, 4, 5], [0, 4, 2, 3, 2], "成环：2 → 4 → 3 → 2"),
        ([1, 2], [0, 2], "成环：2 → 2"),
        ([1, 2], [2, 1], "成环：1 → 2 → 1"),
    ],
)
def test_a_unit_without_one_place_is_refused_by_name(units: list[int], parents: list[int], said: str) -> None:
    with pytest.raises(RuleError, match=said):
        Tree.of(units, parents)


def test_a_long_chain_of_command_is_a_tree_too() -> None:
    tree = Tree.of(np.arange(1, 3001), np.arange(3000))

    assert tree.depth[-1] == 2999
    assert len(tree.ancestors(3000)) == 2999
