"""Breaking totals down among children with weights, floors, caps and pins, exact to the 分 (目标分解).

Pinned children have their pin. The others share what is left in proportion to weight,
held between their bounds::

    amount = clip(price × weight, floor, cap)

with the one price at which the amounts add up (a continuous quadratic knapsack). Who is
held at a bound is guessed in floating point, checked in whole numbers, and decided again
in whole numbers where the check fails. Those who are not held then split what is left by
largest remainder; no bound can be passed by that, because bounds are whole.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dacheng.core.arrays import BoolArray, FloatArray, IntArray, WholeArray
from dacheng.core.errors import Text
from dacheng.core.money import (
    MAX_MINOR,
    check_minor,
    floor_shares,
    group_sums,
    largest_remainders,
    of_group,
    sizes_in_order,
)
from dacheng.core.targets.feasibility import (
    Breakdown,
    Naming,
    Room,
    Stated,
    clashes,
    nth_part,
    nth_total,
    refusal_of,
)

SHARED, PINNED, GIVEN, AT_FLOOR, AT_CAP, NO_WEIGHT, HELD_BELOW = range(7)

ORIGIN_LABELS = {
    SHARED: Text("按权重", "By weight"),
    PINNED: Text("固定", "Pinned"),
    GIVEN: Text("上报", "As submitted"),
    AT_FLOOR: Text("取下限", "At its floor"),
    AT_CAP: Text("取上限", "At its cap"),
    NO_WEIGHT: Text("权重为 0", "No weight"),
    HELD_BELOW: Text("由下级的固定值或界限决定", "Held by pins or bounds below"),
}
"""How an amount came about."""

_LOW, _FREE, _HIGH = -1, 0, 1
_ORIGIN_OF_SIDE = np.array([SHARED, AT_CAP, AT_FLOOR], dtype=np.int8)
"""By the side in real numbers: 0, 1 and, from the end, -1. Under a negative total the least is the cap."""
_NEAR = 32_768
"""So many children are in hand at once: a few hundred kB of each figure, which stay near the processor."""
_SURE = 1e-12
"""Two products of floats that differ by more than this share of their size differ in truth: each carries at most
five roundings of 1.1e-16."""


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """What each child gets and how it came about.

    Args:
        amount: shape (n,), minor units; the children of a group add up to its total.
        origin: shape (n,), one of ``SHARED`` … ``NO_WEIGHT``.
        unit: shape (n,), -1, 0 or 1: the minor unit that rounding added.
        shared: shape (m,), minor units: what was left for those who share by weight.
        sharing: shape (m,), whole: their weights together; 0 where nobody shares.
    """

    amount: IntArray
    origin: NDArray[np.int8]
    unit: IntArray
    shared: IntArray
    sharing: WholeArray

    def share_of(self, breakdown: Breakdown, child: int) -> Fraction | None:
        """Return a child's share of what was shared, 0–1; None for one who did not share."""
        if self.origin[child] != SHARED:
            return None
        return Fraction(int(breakdown.weights[child]), int(self.sharing[breakdown.group[child]]))


def allocate(breakdown: Breakdown, child: Naming = nth_part, total: Naming = nth_total) -> Allocation:
    """Break each total down among its children so that they add up to it exactly.

    A zero weight gets 0, or its floor. A negative total is the mirror of a positive one, with
    every bound and pin negated and floor and cap exchanged. A total of 0 gives 0 to all who have
    no pin and no floor. Without bounds and pins the amounts are those of ``money.split_many``.

    Args:
        child, total: the names of children and totals by position, for a refusal.

    Raises:
        RuleError: the breakdown is impossible, in the words of ``feasibility.refusal_of``.

    Source: R041; golden case G10; peer cases "Targets, variance, allocation".

    >>> allocate(Breakdown.of([100], [1, 1, 2], cap=Stated.of([None, None, 30]))).amount.tolist()
    [35, 35, 30]
    >>> allocate(Breakdown.of([-100], [1, 1, 2], pin=Stated.of([-10, None, None]))).amount.tolist()
    [-10, -30, -60]
    """
    batches = _batches(breakdown)
    if len(batches) > 1:
        found = _of_batches(breakdown, batches)
        if found is not None:
            return found
    room = Room.of(breakdown)
    against = clashes(breakdown, room)
    if against:
        raise refusal_of(against, child, total)
    return allocate_possible(breakdown, room)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Families that stand side by side: their children and their totals."""

    children: slice
    totals: slice

    def of(self, breakdown: Breakdown) -> Breakdown:
        """Return the breakdown of these families alone; nothing but the groups is copied."""
        rows = self.children
        bounds = (breakdown.floor.of_rows(rows), breakdown.cap.of_rows(rows), breakdown.pin.of_rows(rows))
        group = breakdown.group[rows] - self.totals.start
        return Breakdown(breakdown.totals[self.totals], group, breakdown.weights[rows], *bounds)


def _batches(breakdown: Breakdown) -> list[_Batch]:
    """Return families in batches of about so many children as the processor keeps near; one where they do not stand
    in order."""
    group, children, totals = breakdown.group, len(breakdown.group), len(breakdown.totals)
    if children <= 2 * _NEAR or totals == 1 or np.any(group[1:] < group[:-1]):
        return [_Batch(slice(0, children), slice(0, totals))]
    heads = np.unique(group[_NEAR : children - _NEAR // 2 : _NEAR])
    cuts = np.searchsorted(group, heads)
    heads, cuts = heads[cuts > 0], cuts[cuts > 0]
    return [
        _Batch(slice(*rows), slice(*families))
        for rows, families in zip(
            pairwise([0, *cuts.tolist(), children]), pairwise([0, *heads.tolist(), totals]), strict=True
        )
    ]


def _of_batches(breakdown: Breakdown, batches: list[_Batch]) -> Allocation | None:
    """Break batch after batch down, so that what is in hand stays small; None when one of them is impossible."""
    parts: list[Allocation] = []
    for batch in batches:
        part = batch.of(breakdown)
        room = Room.of(part)
        if clashes(part, room):
            return None
        parts.append(allocate_possible(part, room))
    return Allocation(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Allocation)))


def allocate_possible(breakdown: Breakdown, room: Room) -> Allocation:
    """Return what ``allocate`` returns, of a breakdown in which ``clashes`` found nothing."""
    return _Sharing.of(breakdown, room).allocation()


def allocate_rest(breakdown: Breakdown, given: Stated) -> Allocation:
    """Keep what children said themselves and break the rest down among those who said nothing (自下而上).

    A given 0 stays 0. A pin goes before what its child said.

    Args:
        given: shape (n,), minor units: submissions from below.

    Raises:
        RuleError: as ``allocate``; also when all have spoken and do not meet the total.

    Source: R041; peer case "null ≠ 0".

    >>> evenly = Breakdown.of([100], [1, 1, 1, 1])
    >>> allocate_rest(evenly, Stated.of([30, 0, None, None])).amount.tolist()
    [30, 0, 35, 35]
    """
    found = allocate(replace(breakdown, pin=breakdown.pin.or_else(given)))
    said = given.known & ~breakdown.pin.known
    return replace(found, origin=np.where(said, np.int8(GIVEN), found.origin))


@dataclass(frozen=True, slots=True, eq=False)
class _Sharing:
    """Those who can move, and what is left for them; seen from the side of the totals.

    Args:
        movers: shape (k,), their positions among the children.
        left: shape (m,), minor units, 0 to 10^14: the total without those who cannot move.
        weights, low, high, group: shape (k,); weights > 0, low < high, low >= 0.
        whole: shape (m,), the weights of all movers of a group.
        size: shape (m,), how many move in a group, where those of a group stand together; else None.
    """

    breakdown: Breakdown
    room: Room
    movers: IntArray
    left: IntArray
    weights: WholeArray
    low: IntArray
    high: IntArray
    group: IntArray
    whole: WholeArray
    size: IntArray | None

    @classmethod
    def of(cls, breakdown: Breakdown, room: Room) -> _Sharing:
        moves = room.low < room.high
        movers = np.flatnonzero(moves)
        values = (breakdown.weights, room.low, room.high, breakdown.group)
        weights, low, high, group = values if len(movers) == len(moves) else (one[movers] for one in values)
        left = room.totals
        if len(movers) < len(moves):
            left = left - group_sums(room.low * ~moves, breakdown.group, len(room.totals))
        size = sizes_in_order(group, len(left))
        whole = group_sums(weights, group, len(left), size)
        left = np.where(whole > 0, left, 0)
        check_minor(left)  # pins of the other sign may leave more than any amount
        return cls(breakdown, room, movers, left.astype(np.int64), weights, low, high, group, whole, size)

    def allocation(self) -> Allocation:
        """Return who gets what."""
        share = (self.weights / of_group(self.whole, self.group, self.size)).astype(np.float64, copy=False)
        bounds = (self.low.astype(np.float64), self.high.astype(np.float64))
        sums = (self.left.astype(np.float64), (self.whole > 0).astype(np.float64))
        side = _sides(*sums, share, *bounds, self.group, self.size)
        settled = _Settled.of(self, share, side)
        if np.any(settled.wrong):
            again = self._decided_again(side, settled.wrong[self.group])
            settled = _Settled.of(self, share, again)
        return self._signed(settled)

    def _decided_again(self, side: NDArray[np.int8], rows: BoolArray) -> NDArray[np.int8]:
        """Return the sides, for some rows decided in fractions."""
        again = side.copy()
        weights = np.array([Fraction(one) for one in self.weights[rows].tolist()], dtype=object)
        low, high = self.low[rows].astype(object), self.high[rows].astype(object)
        whole, left = self.whole.astype(object), self.left.astype(object)
        again[rows] = _sides(left, whole, weights, low, high, self.group[rows])
        return again

    def _signed(self, settled: _Settled) -> Allocation:
        amount, unit, side, left = settled.amount, settled.unit, settled.side, settled.left
        origin = np.full(len(self.room.low), SHARED, dtype=np.int8)
        if len(self.movers) < len(origin):
            amount, unit = self.room.low.copy(), np.zeros(len(origin), dtype=np.int64)
            amount[self.movers], unit[self.movers] = settled.amount, settled.unit
            self._say_who_is_held(origin)
        if np.any(self.room.sign < 0):
            facing = of_group(self.room.sign, self.breakdown.group)
            amount, unit = amount * facing, unit * facing
            side, left = side * facing[self.movers], left * self.room.sign
        origin[self.movers] = _ORIGIN_OF_SIDE[side]
        return Allocation(amount, origin, unit, left, settled.whole)

    def _say_who_is_held(self, origin: NDArray[np.int8]) -> None:
        """Write the origin of those who cannot move."""
        held = np.flatnonzero(self.room.low == self.room.high)
        low, weightless = self.room.low[held], self.breakdown.weights[held] == 0
        bound = _ORIGIN_OF_SIDE[np.where(low > 0, _LOW, _HIGH) * self.room.sign[self.breakdown.group[held]]]
        without_pin = np.where((low == 0) & weightless, NO_WEIGHT, bound)
        origin[held] = np.where(self.breakdown.pin.known[held], PINNED, without_pin)


def _sides(
    left: WholeArray | FloatArray,
    whole: WholeArray | FloatArray,
    weights: WholeArray | FloatArray,
    low: WholeArray | FloatArray,
    high: WholeArray | FloatArray,
    group: IntArray,
    size: IntArray | None = None,
) -> NDArray[np.int8]:
    """Decide who is held at its least, who at its most, and who shares by weight.

    In rounds (Bitran and Hax): all share what is left by weight; if those above their most have
    more too much than those below their least have too little, then the price can only rise and
    the former are held for good, else the latter. The same lines work in floats (a guess) and in
    fractions (the truth).

    Args:
        left, whole: shape (m,), what there is and the weights of all. weights, low, high, group: shape (k,),
            weights > 0. size: of ``of_group``.
    """
    side = np.zeros(len(group), dtype=np.int8)
    left, whole = left.copy(), whole.copy()
    leaves_low, meets_high = low / weights, high / weights  # the prices at which it does
    while True:
        price = of_group(left / np.where(whole > 0, whole, 1), group, size)
        above, below = np.flatnonzero(price > meets_high), np.flatnonzero(price < leaves_low)
        if not above.size and not below.size:
            return side
        excess = _added(np.maximum(price[above] * weights[above] - high[above], 0), group[above], left)
        deficit = _added(np.maximum(low[below] - price[below] * weights[below], 0), group[below], left)
        above = above[of_group(excess >= deficit, group[above])]
        below = below[of_group(deficit >= excess, group[below])]
        for held, bound, where in ((above, high, _HIGH), (below, low, _LOW)):
            side[held], leaves_low[held], meets_high[held] = where, -np.inf, np.inf
            left -= _added(bound[held], group[held], left)
            whole -= _added(weights[held], group[held], left)


def _added(values: WholeArray | FloatArray, group: IntArray, like: WholeArray | FloatArray) -> WholeArray | FloatArray:
    """Return the sums of groups in the type of another array."""
    sums = np.zeros(len(like), dtype=like.dtype)
    if len(like) == 1:
        sums[0] = values.sum()
    else:
        np.add.at(sums, group, values)
    return sums


@dataclass(frozen=True, slots=True, eq=False)
class _Settled:
    """What the movers get when some are held at a side, and in which groups that is not so in truth.

    Args:
        side, amount, unit: shape (k,). left, whole: shape (m,), of those who share. wrong: shape (m,).
    """

    side: NDArray[np.int8]
    amount: IntArray
    unit: IntArray
    left: IntArray
    whole: WholeArray
    wrong: BoolArray

    @classmethod
    def of(cls, sharing: _Sharing, share: FloatArray, side: NDArray[np.int8]) -> _Settled:
        groups, group, size, free = len(sharing.left), sharing.group, sharing.size, side == _FREE
        amount = sharing.low * ~free
        np.copyto(amount, sharing.high, where=side == _HIGH)
        weights = sharing.weights * free
        left = sharing.left - group_sums(amount, group, groups, size)
        whole = group_sums(weights, group, groups, size)
        possible = (left >= 0) & (left <= MAX_MINOR) & ((whole > 0) | (left == 0))
        left = np.where(possible, left, 0).astype(np.int64)
        quotient, unit, outside = _shared_out(sharing, weights, left, whole)
        amount += quotient
        truly = _true_side(sharing, share, side, amount, left, whole)
        amount += unit
        wrong = ~possible
        wrong[group[(outside & free) | (truly * side < 0)]] = True
        if not np.all(whole):
            wrong |= _both_sides(group, side, groups) & (whole == 0)
        return cls(side * (truly != 0), amount, unit, left, whole, wrong)


def _shared_out(
    sharing: _Sharing, weights: WholeArray, left: IntArray, whole: WholeArray
) -> tuple[IntArray, IntArray, BoolArray]:
    """Return the whole part and the rounding unit of each, and who would pass a bound.

    Args:
        weights: shape (k,), of those who share; 0 for those who do not, who get nothing.
    """
    group, size = sharing.group, sharing.size
    wholes = np.maximum(whole, 1)
    quotient, remainder = floor_shares(of_group(left, group, size), weights, of_group(wholes, group, size))
    over = left - group_sums(quotient, group, len(left), size)
    unit = largest_remainders(remainder, wholes, group, over).astype(np.int64)
    outside = (quotient < sharing.low) | (quotient + (remainder > 0) > sharing.high)
    return quotient, unit, outside


def _true_side(
    sharing: _Sharing,
    share: FloatArray,
    side: NDArray[np.int8],
    bound: IntArray,
    left: IntArray,
    whole: WholeArray,
) -> NDArray[np.int8]:
    """Return on which side of the amount it is held at each mover's share by weight lies: -1, 0 or 1.

    That is the sign of ``left * weight - bound * whole``: of floats where they are far apart, of
    Python integers where they are not. Where nobody shares there is no price, and the side stays.
    """
    true = side.copy()
    held = np.flatnonzero(side != _FREE)
    if not np.all(whole):
        held = held[(whole > 0)[sharing.group[held]]]
    group, amount = sharing.group[held], bound[held]
    part = (whole / np.where(sharing.whole > 0, sharing.whole, 1)).astype(np.float64)
    ideal, wanted = of_group(left, group) * share[held], amount * of_group(part, group)
    true[held] = np.sign(ideal - wanted)
    near = np.abs(ideal - wanted) <= _SURE * (np.abs(ideal) + np.abs(wanted))
    close, group = held[near], group[near]
    apart = left[group].astype(object) * sharing.weights[close] - amount[near].astype(object) * whole[group]
    true[close] = np.sign(apart).astype(np.int8)
    return true


def _both_sides(group: IntArray, side: NDArray[np.int8], groups: int) -> BoolArray:
    """Tell in which groups some are held at their least and others at their most."""
    at_low, at_high = np.zeros((2, groups), dtype=np.bool_)
    at_low[group[side == _LOW]] = True
    at_high[group[side == _HIGH]] = True
    return at_low & at_high
