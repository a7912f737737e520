"""A decomposition that is edited (回填、调剂、撤销单位、加成): break-back, moves, orphans, over-assignment.

Every edit keeps every sum: what a cell gains or loses is carried up to the top or to the unit where it
comes from, and what lies below a changed cell follows in its present proportion. Pins stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod
from typing import NoReturn

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray, WholeArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import BP_PER_WHOLE, group_sums, in_yuan, percent, round_half_away, split_many
from dacheng.core.targets.allocating import Allocation, allocate
from dacheng.core.targets.decomposing import Family, Terms, bounds_from_below, families
from dacheng.core.targets.feasibility import Breakdown, Naming, Stated, nth_part, nth_total
from dacheng.core.tree import UNKNOWN, Tree


def as_it_stands(breakdown: Breakdown, present: IntArray) -> Breakdown:
    """Return a breakdown that keeps present proportions: what stands is the weight.

    Where those without a pin stand at 0 together, the weights hold as they are. One that stands on
    the other side of 0 than its siblings together (a credit) keeps its amount.

    Args:
        present: shape (n,), minor units.
    """
    free = ~breakdown.pin.known
    together = group_sums(np.where(free, present, 0), breakdown.group, len(breakdown.totals))
    facing = np.sign(together).astype(np.int64)[breakdown.group]
    kept = Stated(present, free & (np.sign(present) * facing < 0))
    weights = np.where(facing == 0, breakdown.weights, np.abs(present))
    return replace(breakdown, weights=weights, pin=breakdown.pin.or_else(kept))


def break_back(
    breakdown: Breakdown, present: IntArray, child: Naming = nth_part, total: Naming = nth_total
) -> Allocation:
    """Break edited totals back: pins stay, the others keep their proportion, all within their bounds (回填).

    Args:
        breakdown: with the totals as edited. present: shape (n,), minor units, the amounts before.

    Raises:
        RuleError: as ``allocate``.

    Source: R041; peer case "Regions 1/2/3/4 M".

    >>> pinned = Breakdown.of([60], [1, 1, 1], pin=Stated.of([10, None, None]))
    >>> break_back(pinned, np.array([10, 20, 5])).amount.tolist()
    [10, 40, 10]
    """
    return allocate(as_it_stands(breakdown, present), child, total)


def edit(tree: Tree, terms: Terms, present: IntArray, edited: Mapping[int, int], name: Naming = nth_part) -> IntArray:
    """Set cells of a tree to amounts; what is above adds up again, what is below follows.

    Args:
        present: shape (n,), minor units, by position, every sum true.
        edited: position -> its new amount; none above another one.

    Returns:
        Shape (n,), minor units, every sum true.

    Raises:
        RuleError: an edit would break a pin or a bound, here, above or below, or take more than there is.

    >>> tree = Tree.of([1, 2, 3, 4], [0, 1, 1, 2])
    >>> edit(tree, Terms.of([1] * 4), np.array([100, 60, 60, 40]), {1: 80}).tolist()
    [120, 80, 80, 40]
    """
    _check_apart(tree, sorted(edited), name)
    change = np.zeros(len(tree), dtype=np.int64)
    for position, amount in edited.items():
        for at in _path(tree, position):
            change[at] += amount - int(present[position])
    amounts = present + change
    _check_cells(terms, present, amounts, name)
    _follow(tree, terms, present, amounts, edited, name)
    return amounts


def move(
    tree: Tree, terms: Terms, present: IntArray, giver: int, taker: int, amount: int, name: Naming = nth_part
) -> IntArray:
    """Move an amount from one cell to another; units above both stay as they are (调剂).

    Args:
        giver, taker: positions, none above the other. amount: minor units, > 0.

    Raises:
        RuleError: as ``edit``; also when nothing is moved.

    Source: R041.

    >>> tree = Tree.of([1, 2, 3], [0, 1, 1])
    >>> move(tree, Terms.of([1] * 3), np.array([100, 60, 40]), 1, 2, 15).tolist()
    [100, 45, 55]
    """
    if amount <= 0:
        raise RuleError(
            Text(f"调剂金额是 {in_yuan(amount)}，必须大于 0。", f"The amount to move is {in_yuan(amount)}."),
            Text(
                "请填写大于 0 的金额；反方向请交换双方。", "Enter an amount above zero; swap the two to move it back."
            ),
        )
    _check_apart(tree, [giver, taker], name)
    moved = {giver: int(present[giver]) - amount, taker: int(present[taker]) + amount}
    return edit(tree, terms, present, moved, name)


def rehome(
    tree: Tree,
    terms: Terms,
    present: IntArray,
    orphan: int,
    heirs: Sequence[int],
    name: Naming = nth_part,
) -> IntArray:
    """Give what a closed unit or a leaver still has to others, in their present proportion (撤销单位的目标归属).

    The orphan and all below it end at 0, its pins and bounds with it. An heir's pin and bounds hold.

    Args:
        orphan: its position. heirs: positions, none above another one or the orphan.

    Raises:
        RuleError: the heirs cannot take it all, or as ``edit``.

    Source: R041; catalogue section 6 "org closed mid-year".

    >>> tree = Tree.of([1, 2, 3, 4], [0, 1, 1, 1])
    >>> rehome(tree, Terms.of([1] * 4), np.array([100, 50, 20, 30]), 1, [2, 3]).tolist()
    [100, 0, 40, 60]
    """
    _check_apart(tree, [orphan, *heirs], name)
    taking = np.asarray(heirs, dtype=np.int64)
    total = int(np.sum(present[taking])) + int(present[orphan])
    bounds = (terms.floor.of_rows(taking), terms.cap.of_rows(taking), terms.pin.of_rows(taking))
    shared = Breakdown(np.array([total]), np.zeros(len(taking), dtype=np.int64), terms.weights[taking], *bounds)
    together = Text(f"{name(orphan).zh}与承接者", f"{name(orphan).en} with its heirs")
    found = break_back(shared, present[taking], lambda at: name(int(taking[at])), lambda _: together)
    edited = dict(zip(taking.tolist(), found.amount.tolist(), strict=True))
    released = np.ones(len(tree), dtype=np.bool_)
    released[orphan : tree.ends[orphan]] = False
    kept = replace(
        terms,
        floor=terms.floor.only_where(released),
        cap=terms.cap.only_where(released),
        pin=terms.pin.only_where(released),
    )
    return edit(tree, kept, present, {orphan: 0, **edited}, name)


def _path(tree: Tree, position: int) -> list[int]:
    """Return a node and all above it."""
    path: list[int] = []
    while position != UNKNOWN:
        path.append(position)
        position = int(tree.parent_position[position])
    return path


def _check_apart(tree: Tree, positions: Sequence[int], name: Naming) -> None:
    ordered = sorted(positions)
    for upper, lower in pairwise(ordered):
        if lower < tree.ends[upper]:  # in preorder the nearest that follows is below, if any is
            raise RuleError(
                Text(
                    f"“{name(lower).zh}”就是“{name(upper).zh}”，或在它的下级。",
                    f"{name(lower).en} is {name(upper).en} itself or below it.",
                ),
                Text("请选择互不隶属的单元格。", "Choose cells of which none is above another one."),
            )


def _check_cells(terms: Terms, present: IntArray, amounts: IntArray, name: Naming) -> None:
    """Refuse the first changed cell that breaks its pin or bounds, or falls below 0 without a floor that allows it."""
    changed = amounts != present
    fixed = changed & terms.pin.known & (amounts != terms.pin.value)
    low = changed & terms.floor.known & (amounts < terms.floor.value)
    high = changed & terms.cap.known & (amounts > terms.cap.value)
    gone = changed & (present >= 0) & (amounts < 0) & ~terms.floor.known
    for broken, rule, limit in (
        (fixed, Text("固定为", "is pinned at"), terms.pin.value),
        (low, Text("的下限是", "has the floor"), terms.floor.value),
        (high, Text("的上限是", "has the cap"), terms.cap.value),
        (gone, Text("只有", "has only"), present),
    ):
        if np.any(broken):
            at = int(np.argmax(broken))
            _refuse_cell(name(at), rule, int(limit[at]), int(amounts[at]))


def _refuse_cell(who: Text, rule: Text, limit: int, wanted: int) -> NoReturn:
    seen, off = in_yuan(wanted), in_yuan(abs(wanted - limit))
    bound = in_yuan(limit)
    raise RuleError(
        Text(
            f"“{who.zh}”{rule.zh} {bound}，改动后会是 {seen}，差 {off}。",
            f"{who.en} {rule.en} {bound}; it would become {seen}, {off} off.",
        ),
        Text("请减少金额，或先取消固定、放宽界限。", "Use a smaller amount, or release the pin or bound first."),
    )


def _follow(
    tree: Tree, terms: Terms, present: IntArray, amounts: IntArray, edited: Mapping[int, int], name: Naming
) -> None:
    """Break what lies below the edited cells back, in place, the highest level first."""
    below = np.zeros(len(tree), dtype=np.bool_)
    for position in edited:
        if amounts[position] != present[position]:
            below[position + 1 : tree.ends[position]] = True
    standing = replace(terms, weights=np.where(present != 0, 1, terms.weights))
    effective = replace(bounds_from_below(tree, int(amounts[0]), standing), weights=terms.weights)
    for level in families(tree):
        rows = level.rows[below[level.rows]]
        if rows.size:
            amounts[rows] = _followed(Family.at(tree, rows), effective, present, amounts, name)


def _followed(family: Family, terms: Terms, present: IntArray, amounts: IntArray, name: Naming) -> IntArray:
    breakdown = terms.family(family, amounts[family.parents])
    found = break_back(
        breakdown,
        present[family.rows],
        lambda at: name(int(family.rows[at])),
        lambda at: name(int(family.parents[at])),
    )
    return found.amount


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Targets with over-assignment kept apart (加成), by position of a tree.

    Args:
        base: shape (n,), minor units: sums exactly. buffer: shape (n,), minor units: what is assigned on top.
    """

    base: IntArray
    buffer: IntArray

    @property
    def assigned(self) -> IntArray:
        """Return what each node is asked for: base and buffer."""
        return self.base + self.buffer


def over_assigned(tree: Tree, base: IntArray, buffer_bp: Sequence[int]) -> Layers:
    """Add to each level what its parents ask for beyond their own base (逐级加成、留余地).

    The factors of the levels multiply down the tree. The assigned amounts of a node's children add
    up to its base × the factors so far, rounded once; the base is not touched.

    Args:
        base: shape (n,), minor units, by position. buffer_bp: basis points >= 0 of each level, the first
            from the top to its children; levels further down add nothing.

    Raises:
        RuleError: a buffer is negative; names the level.

    Source: R031, R041; golden case G12; peer case 115,500.

    >>> tree = Tree.of([1, 2, 3], [0, 1, 1])
    >>> over_assigned(tree, np.array([100_00, 60_00, 40_00]), [500]).assigned.tolist()
    [10000, 6300, 4200]
    """
    _check_buffers(buffer_bp)
    buffer = np.zeros(len(tree), dtype=np.int64)
    for depth, family in enumerate(families(tree), start=1):
        factor = prod(BP_PER_WHOLE + bp for bp in buffer_bp[:depth])
        whole = BP_PER_WHOLE ** min(depth, len(buffer_bp))
        buffer[family.rows] = _buffer_of(family, base[family.rows], factor - whole, whole)
    return Layers(base, buffer)


def _buffer_of(family: Family, base: IntArray, numerator: int, denominator: int) -> IntArray:
    """Return base × numerator / denominator, rounded so that each family's credits and debits add up."""
    side = family.group * 2 + (base < 0)  # a credit is a family of its own: a split has one sign
    sides = 2 * len(family.parents)
    sums = group_sums(base, side, sides).astype(object) * numerator
    totals = round_half_away(sums, np.full(sides, denominator, dtype=object))
    weights: WholeArray = np.abs(base)
    nothing: BoolArray = group_sums(weights, side, sides) == 0
    weights = np.where(nothing[side], 1, weights)
    return _split_present(totals.astype(np.int64), weights, side)


def _split_present(totals: IntArray, weights: WholeArray, side: IntArray) -> IntArray:
    """Split the totals of those sides that have members."""
    there, group = np.unique(side, return_inverse=True)
    return split_many(totals[there], weights, group)


def _check_buffers(buffer_bp: Sequence[int]) -> None:
    for level, bp in enumerate(buffer_bp, start=1):
        if bp < 0:
            raise RuleError(
                Text(
                    f"第 {level} 级的加成是 {percent(bp)}，不能为负。", f"The buffer of level {level} is {percent(bp)}."
                ),
                Text("加成请填 0 或正数。", "Enter a buffer of zero or more."),
            )
