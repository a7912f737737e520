"""Branches (下级组织): which part of the visible organisation a row belongs to, one level down.

Used by charts that break a figure down by unit: the parts are disjoint, cover every
row, and name only units that the viewer sees.
"""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book
from dacheng.core.tree import UNKNOWN, Tree


def branch_heads(book: Book, unit: int | None) -> IntArray:
    """Return the units one level down, in tree order.

    Below a unit: its children. Without one: the children of the viewer's topmost unit,
    or his topmost units themselves when he has several.
    """
    if unit is not None:
        return children(book.tree, unit)
    tops = topmost(book)
    return children(book.tree, int(tops[0])) if len(tops) == 1 else tops


def topmost(book: Book) -> IntArray:
    """Return the viewer's units that stand below no other unit of his, in tree order."""
    positions = np.sort(book.tree.position_of(np.array(book.scope.units, dtype=np.int64)))
    seen = np.zeros(len(book.tree) + 1, dtype=np.bool_)  # one more: position -1 is above the top
    seen[positions] = True
    found: IntArray = book.tree.unit_ids[positions[~seen[book.tree.parent_position[positions]]]]
    return found


def children(tree: Tree, unit: int) -> IntArray:
    """Return the units directly below a unit, in tree order; none when it is not in the tree."""
    at = tree.position_of(unit)
    if at == UNKNOWN:
        return np.zeros(0, dtype=np.int64)
    below: IntArray = tree.unit_ids[tree.parent_position == at]
    return below


def branch_of(tree: Tree, heads: IntArray, unit_ids: IntArray) -> IntArray:
    """Return for each unit the head it stands under, or the unit itself when it is under none.

    Args:
        heads: shape (k,), in tree order, none below another.
        unit_ids: shape (n,).
    """
    if not len(heads):
        return unit_ids
    starts = tree.position_of(heads)
    at = tree.position_of(unit_ids)
    nearest = np.maximum(np.searchsorted(starts, at, side="right") - 1, 0)
    under: BoolArray = (at >= starts[nearest]) & (at < tree.ends[starts[nearest]])
    return np.where(under, heads[nearest], unit_ids)
