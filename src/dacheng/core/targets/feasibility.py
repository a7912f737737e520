"""What can be broken down (分解可行性): pins, floors and caps against their total, before anything is moved.

Bounds and pins are plain numbers with their sign: ``floor <= amount <= cap``, whatever the
total. Under a total of zero or more nobody falls below 0 and under a negative total nobody
rises above 0, unless a cap, a floor or a pin says so. So under a negative total (毛利 or a
net credit) the cap is what a child must take at least, and the floor what it takes at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray, WholeArray
from dacheng.core.errors import Finding, RuleError, Text
from dacheng.core.money import check_minor, group_sums, in_yuan, of_group, sizes_in_order

UNCAPPED = 2**62
"""The most of a child without a cap, more than any amount."""

Kind: TypeAlias = Literal[
    "negative-weight",
    "floor-above-cap",
    "fixed-outside-bounds",
    "fixed-beyond-total",
    "least-beyond-total",
    "most-short-of-total",
    "no-weight",
    "nobody-left",
]
Naming: TypeAlias = Callable[[int], Text]

_NAMED_AT_MOST = 10


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """Amounts that were stated for some and not for others: nothing said is not zero.

    Args:
        value: shape (n,), minor units; of no meaning where not known.
        known: shape (n,).
    """

    value: IntArray
    known: BoolArray

    @classmethod
    def of(cls, amounts: Sequence[int | None]) -> Stated:
        """Return amounts of which None was not stated.

        >>> Stated.of([5, None, 0]).known.tolist()
        [True, False, True]
        """
        known = np.array([one is not None for one in amounts], dtype=np.bool_)
        return cls(np.array([one or 0 for one in amounts], dtype=np.int64), known)

    @classmethod
    def nothing(cls, children: int) -> Stated:
        """Return that nothing was stated for so many children."""
        return cls(np.zeros(children, dtype=np.int64), np.zeros(children, dtype=np.bool_))

    def of_rows(self, rows: IntArray | BoolArray | slice) -> Stated:
        """Return what was stated for some rows."""
        return Stated(self.value[rows], self.known[rows])

    def or_else(self, other: Stated) -> Stated:
        """Return what was stated here, elsewhere what was stated there."""
        return Stated(np.where(self.known, self.value, other.value), self.known | other.known)

    def only_where(self, keep: BoolArray) -> Stated:
        """Return what was stated, only for those that are kept."""
        return Stated(self.value, self.known & keep)

    def mirrored_where(self, mirrored: BoolArray, other: Stated) -> Stated:
        """Return what was stated, for the mirrored the other's negated."""
        value = np.where(mirrored, -other.value, self.value)
        return Stated(value, np.where(mirrored, other.known, self.known))


@dataclass(frozen=True, slots=True, eq=False)
class Breakdown:
    """Totals that are broken down, each among its own children. Make it with ``Breakdown.of``.

    Args:
        totals: shape (m,), minor units, any sign, within ±10^14.
        group: shape (n,), for each child the position of its total, 0 to m - 1.
        weights: shape (n,), whole numbers >= 0.
        floor, cap, pin: shape (n,), minor units with their sign.
    """

    totals: IntArray
    group: IntArray
    weights: WholeArray
    floor: Stated
    cap: Stated
    pin: Stated

    @classmethod
    def of(
        cls,
        totals: IntArray | Sequence[int],
        weights: WholeArray | Sequence[int],
        group: IntArray | None = None,
        *,
        floor: Stated | None = None,
        cap: Stated | None = None,
        pin: Stated | None = None,
    ) -> Breakdown:
        """Return a breakdown; without a group all are children of the first total.

        Raises:
            RuleError: an amount is beyond ±10^14 分.
        """
        weighing = np.asarray(weights) if len(weights) else np.zeros(0, dtype=np.int64)
        children = len(weighing)
        stated = [one or Stated.nothing(children) for one in (floor, cap, pin)]
        for one in stated:
            check_minor(one.value[one.known])
        all_totals = np.asarray(totals, dtype=np.int64)
        check_minor(all_totals)
        below = np.zeros(children, dtype=np.int64) if group is None else group
        return cls(all_totals, below, weighing, *stated)


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """The least and the most of each child, seen from the side of its total: no total is negative here.

    Args:
        sign: shape (m,), -1 for a total that is mirrored.
        totals: shape (m,), minor units, >= 0.
        low, high: shape (n,), minor units; the same where a child cannot move: pinned, without
            weight, or held by its bounds. ``high`` is ``UNCAPPED`` without a cap.
    """

    sign: IntArray
    totals: IntArray
    low: IntArray
    high: IntArray

    @classmethod
    def of(cls, breakdown: Breakdown) -> Room:
        """Return the room of every child; the bounds of each must not cross."""
        sign = np.where(breakdown.totals < 0, -1, 1)
        held, least, most = breakdown.pin.known, breakdown.floor, breakdown.cap
        if np.any(sign < 0):
            facing = of_group(sign, breakdown.group)
            least = breakdown.floor.mirrored_where(facing < 0, breakdown.cap)
            most = breakdown.cap.mirrored_where(facing < 0, breakdown.floor)
        high = most.value - UNCAPPED
        high *= most.known
        high += UNCAPPED
        low = np.maximum(least.value, 0)
        low *= least.known
        np.minimum(low, high, out=low)
        np.copyto(high, low, where=np.asarray(breakdown.weights <= 0, dtype=np.bool_))
        if np.any(held):
            pinned = breakdown.pin.value * of_group(sign, breakdown.group)
            for bound in (low, high):
                np.copyto(bound, pinned, where=held)
        return cls(sign, np.abs(breakdown.totals), low, high)


@dataclass(frozen=True, slots=True)
class Clash:
    """One thing that makes a breakdown impossible.

    Args:
        group: the position of the total.
        children: the positions of those concerned.
        seen, limit: minor units with their sign (a weight for ``negative-weight``).
    """

    kind: Kind
    group: int
    children: tuple[int, ...]
    seen: int
    limit: int

    @property
    def missed_by(self) -> int:
        """Return by how much the limit is missed, >= 0."""
        return abs(self.seen - self.limit)


def clashes(breakdown: Breakdown, room: Room | None = None) -> list[Clash]:
    """Return everything that makes a breakdown impossible, faults of single children first.

    A sum is looked at as if the faults of single children were put right, so that what is
    said of it holds either way. Nothing here depends on the order in which pins were set.

    Args:
        room: of this breakdown, when it is there already.

    Source: R041; catalogue section 6 "Targets/decomposition".

    >>> [(one.kind, one.missed_by) for one in clashes(Breakdown.of([100], [1, 1], pin=Stated.of([130, None])))]
    [('fixed-beyond-total', 30)]
    """
    faults = faults_of(breakdown)
    if faults:
        breakdown, room = put_right(breakdown), None
    return faults + list(_sums_that_clash(breakdown, room or Room.of(breakdown)))


def faults_of(breakdown: Breakdown) -> list[Clash]:
    """Return what is wrong with single children, whatever the totals."""
    group, weights = breakdown.group, breakdown.weights
    negative = np.flatnonzero(weights < 0).tolist()
    weighed = [Clash("negative-weight", int(group[at]), (at,), int(weights[at]), 0) for at in negative]
    return [*weighed, *_crossing(breakdown), *_outside(breakdown)]


def _crossing(breakdown: Breakdown) -> Iterator[Clash]:
    for at in np.flatnonzero(_crossed(breakdown)).tolist():
        floor, cap = int(breakdown.floor.value[at]), int(breakdown.cap.value[at])
        yield Clash("floor-above-cap", int(breakdown.group[at]), (at,), floor, cap)


def _crossed(breakdown: Breakdown) -> BoolArray:
    floor, cap = breakdown.floor, breakdown.cap
    return floor.known & cap.known & (floor.value > cap.value)


def _outside(breakdown: Breakdown) -> Iterator[Clash]:
    pin, floor, cap = breakdown.pin, breakdown.floor, breakdown.cap
    if not np.any(pin.known):
        return
    below = pin.known & floor.known & (pin.value < floor.value)
    above = pin.known & cap.known & (pin.value > cap.value)
    for outside, bound in ((below, floor), (above, cap)):
        for at in np.flatnonzero(outside).tolist():
            pinned, limit = int(pin.value[at]), int(bound.value[at])
            yield Clash("fixed-outside-bounds", int(breakdown.group[at]), (at,), pinned, limit)


def put_right(breakdown: Breakdown) -> Breakdown:
    """Give those at fault a weight and no bounds."""
    sound = (breakdown.weights >= 0) & ~_crossed(breakdown)
    return replace(
        breakdown,
        weights=np.where(sound, breakdown.weights, 1),
        floor=breakdown.floor.only_where(sound),
        cap=breakdown.cap.only_where(sound),
    )


def _sums_that_clash(breakdown: Breakdown, room: Room) -> Iterator[Clash]:
    group, groups = breakdown.group, len(room.totals)
    free = room.high == UNCAPPED
    size = sizes_in_order(group, groups)
    least = group_sums(room.low, group, groups, size)
    most = group_sums(room.high * ~free, group, groups, size)
    boundless = np.zeros(groups, dtype=np.bool_)
    boundless[group[np.flatnonzero(free)]] = True
    for at in np.flatnonzero(least > room.totals).tolist():
        yield _too_much(breakdown, room, at)
    for at in np.flatnonzero(~boundless & (most < room.totals)).tolist():
        yield _too_little(breakdown, room, at)


def _too_much(breakdown: Breakdown, room: Room, total: int) -> Clash:
    rows = np.flatnonzero(breakdown.group == total)
    low, held = room.low[rows], breakdown.pin.known[rows]
    fixed, others = sum(low[held].tolist()), sum(low[~held].tolist())
    alone = fixed + min(others, 0) > room.totals[total]
    seen = fixed + min(others, 0) if alone else fixed + others
    concerned = rows[(low > 0) & held] if alone else rows[low > 0]
    kind: Kind = "fixed-beyond-total" if alone else "least-beyond-total"
    return _of_total(kind, breakdown, room, total, concerned, seen)


def _too_little(breakdown: Breakdown, room: Room, total: int) -> Clash:
    rows = np.flatnonzero(breakdown.group == total)
    held, weighing = breakdown.pin.known[rows], breakdown.weights[rows] > 0
    kind, concerned = _who_cannot_take(rows, held, weighing)
    return _of_total(kind, breakdown, room, total, concerned, sum(room.high[rows].tolist()))


def _who_cannot_take(rows: IntArray, held: BoolArray, weighing: BoolArray) -> tuple[Kind, IntArray]:
    if np.all(held):
        return "nobody-left", rows
    if not np.any(weighing & ~held):
        return "no-weight", rows[~held]
    return "most-short-of-total", rows[weighing | held]


def _of_total(kind: Kind, breakdown: Breakdown, room: Room, total: int, concerned: IntArray, seen: int) -> Clash:
    sign = int(room.sign[total])
    return Clash(kind, total, tuple(concerned.tolist()), seen * sign, int(breakdown.totals[total]))


def nth_part(at: int) -> Text:
    """Return how a child without a name is called."""
    return Text(f"第 {at + 1} 份", f"part {at + 1}")


def nth_total(at: int) -> Text:
    """Return how a total without a name is called."""
    return Text(f"第 {at + 1} 个总额", f"total {at + 1}")


_MESSAGES: dict[Kind, Text] = {
    "negative-weight": Text(
        "“{total}”下{children}的权重是 {seen}，不能为负。", "The weight of {children} under {total} is {seen}."
    ),
    "floor-above-cap": Text(
        "“{total}”下{children}的下限 {seen} 高于上限 {limit}。",
        "The floor {seen} of {children} under {total} is above its cap {limit}.",
    ),
    "fixed-outside-bounds": Text(
        "“{total}”下{children}的固定值 {seen} 越过界限 {limit}，差 {off}。",
        "The fixed amount {seen} of {children} under {total} lies outside its bound {limit} by {off}.",
    ),
    "fixed-beyond-total": Text(
        "“{total}”共 {limit}，固定值合计 {seen}，超出 {off}：{children}。",
        "{total} is {limit}; what is fixed adds up to {seen}, {off} too much: {children}.",
    ),
    "least-beyond-total": Text(
        "“{total}”共 {limit}，固定值与{floors}合计 {seen}，超出 {off}：{children}。",
        "{total} is {limit}; fixed amounts and {floors} add up to {seen}, {off} too much: {children}.",
    ),
    "most-short-of-total": Text(
        "“{total}”共 {limit}，固定值与{caps}合计只有 {seen}，还差 {off}：{children}。",
        "{total} is {limit}; fixed amounts and {caps} add up to no more than {seen}, {off} short: {children}.",
    ),
    "no-weight": Text(
        "“{total}”还有 {off} 要分，但权重全部为 0：{children}。",
        "{off} of {total} is left, but all weights are zero: {children}.",
    ),
    "nobody-left": Text(
        "“{total}”共 {limit}，已固定 {seen}，差 {off} 没有人可分。",
        "{total} is {limit} and {seen} is fixed: nobody is left to take the {off} between.",
    ),
}

_REMEDIES: dict[Kind, Text] = {
    "negative-weight": Text(
        "权重请填 0 或正数；不参与分解的填 0。", "Enter a weight of zero or more; zero leaves it out."
    ),
    "floor-above-cap": Text("请降低下限或提高上限。", "Lower the floor or raise the cap."),
    "fixed-outside-bounds": Text("请修改固定值，或放宽界限。", "Change the fixed amount, or widen the bound."),
    "fixed-beyond-total": Text(
        "请取消或减少固定值，或修改总额。", "Release or reduce fixed amounts, or edit the total."
    ),
    "least-beyond-total": Text("请放宽界限或固定值，或修改总额。", "Relax bounds or fixed amounts, or edit the total."),
    "most-short-of-total": Text(
        "请放宽界限或固定值，或修改总额。", "Relax bounds or fixed amounts, or edit the total."
    ),
    "no-weight": Text("至少给一个大于 0 的权重，或改为平均分。", "Give one a weight above zero, or split equally."),
    "nobody-left": Text("请取消一个固定值，或把总额改为合计。", "Release a fixed amount, or set the total to the sum."),
}

_BOUNDS = (Text("下限", "floors"), Text("上限", "caps"))


def finding_of(clash: Clash, child: Naming = nth_part, total: Naming = nth_total) -> Finding:
    """Word a clash: which children, which rule, what was seen, the way out.

    Args:
        child: the name of a child by its position. total: the name of a total by its position.
    """
    return Finding(
        rule=f"breakdown/{clash.kind}",
        message=_message(clash, child, total),
        remedy=_REMEDIES[clash.kind],
        value=_figure(clash, clash.seen),
    )


def refusal_of(found: Sequence[Clash], child: Naming = nth_part, total: Naming = nth_total) -> RuleError:
    """Return the error of a breakdown that cannot be: the first clash and how many more there are."""
    first, more = found[0], len(found) - 1
    message = _message(first, child, total)
    if more:
        message = Text(f"{message.zh}（另有 {more} 处冲突。）", f"{message.en} ({more} more.)")
    return RuleError(message, _REMEDIES[first.kind])


def _message(clash: Clash, child: Naming, total: Naming) -> Text:
    return Text(*(_sentence(clash, child, total, language) for language in ("zh", "en")))


def _sentence(clash: Clash, child: Naming, total: Naming, language: str) -> str:
    mark = "、" if language == "zh" else ", "
    named = mark.join(child(at).in_language(language) for at in clash.children[:_NAMED_AT_MOST])
    more = len(clash.children) - _NAMED_AT_MOST
    floors, caps = _BOUNDS if clash.limit >= 0 else _BOUNDS[::-1]
    return (
        _MESSAGES[clash.kind]
        .in_language(language)
        .format(
            total=total(clash.group).in_language(language),
            children=named + (f" … (+{more})" if more > 0 else ""),
            seen=_figure(clash, clash.seen),
            limit=_figure(clash, clash.limit),
            off=_figure(clash, clash.missed_by),
            floors=floors.in_language(language),
            caps=caps.in_language(language),
        )
    )


def _figure(clash: Clash, figure: int) -> str:
    return f"{figure}" if clash.kind == "negative-weight" else in_yuan(figure)
