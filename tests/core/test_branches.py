"""Which part of the organisation a unit belongs to, one level down."""

from __future__ import annotations

import numpy as np

from dacheng.core.org.branches import branch_of, children
from dacheng.core.tree import Tree

TREE = Tree.of([1, 2, 3, 4, 5], [0, 1, 1, 2, 3])  # preorder 1 2 4 3 5


def test_a_unit_belongs_to_the_head_it_stands_under_and_else_to_itself():
    units = np.array([1, 2, 3, 4, 5])

    assert branch_of(TREE, np.array([2, 3]), units).tolist() == [1, 2, 3, 2, 3]
    assert branch_of(TREE, np.array([2]), units).tolist() == [1, 2, 3, 2, 5]
    assert branch_of(TREE, np.array([3]), units).tolist() == [1, 2, 3, 4, 3]


def test_without_heads_every_unit_is_its_own_branch():
    assert branch_of(TREE, np.zeros(0, dtype=np.int64), np.array([4, 5])).tolist() == [4, 5]


def test_children_come_in_tree_order_and_an_unknown_unit_has_none():
    assert children(TREE, 1).tolist() == [2, 3]
    assert children(TREE, 9).tolist() == []
