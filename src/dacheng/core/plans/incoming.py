"""Targets that another system's sheet says (外来目标), brought into a plan so that no money counts twice.

Such sheets list a department and the people in it side by side, often the same money twice. A row of
the plan keeps what its own line says; where the lines below say something else, the difference stands
as a row of its own: what is not assigned, or a buffer where more was assigned. So both figures are
kept, every sum holds, and nothing is added to itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import in_yuan, split
from dacheng.core.period import MONTHS_PER_YEAR, ym_text
from dacheng.core.plans.merging import Merged, Place, merged
from dacheng.core.plans.schema import BUFFER, RESERVE, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.feasibility import Naming, Stated, nth_part
from dacheng.core.tree import UNKNOWN

LineKind = Literal["company", "unit", "person", ""]
"""What a line is of; empty = the sheet does not say."""

Take = Literal["own", "below"]
"""What counts where a row and rows below it both have a line: its own, or what those below add up to."""


@dataclass(frozen=True, slots=True)
class Part:
    """An amount over some months in a row.

    Args:
        months: how many, from ``from_ym``. amount: minor units.
        weights: of January to December, whole numbers, by which it is spread; empty = by the season asked for.
    """

    from_ym: int
    months: int
    amount: int
    weights: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A target as a sheet says it.

    Args:
        code, name: how the sheet calls whose it is; one of them may be empty.
        above: how it calls what that stands under; empty = it does not say.
        measure: code of the measure; empty = the one that was asked for.
        row: of the sheet, 1-based.
    """

    kind: LineKind
    code: str
    name: str
    parts: tuple[Part, ...]
    measure: str = ""
    above: str = ""
    sheet: str = ""
    row: int = 0

    @property
    def total(self) -> int:
        """Return what all its parts add up to, minor units."""
        return sum(one.amount for one in self.parts)

    @property
    def called(self) -> str:
        """Return how people find it in the sheet."""
        return self.name or self.code


@dataclass(frozen=True, slots=True)
class Double:
    """A row of the plan that has a line, and so have rows below it (重复计).

    Args:
        position: of the row. below: positions of the nearest rows below it that have a line.
        own, under: minor units of the months in which both say something.
        apart: places of the months, in which they differ.
    """

    position: int
    below: tuple[int, ...]
    own: int
    under: int
    apart: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Brought:
    """What a sheet makes of one measure of a plan.

    Args:
        sheet: as it would be. cells: what differs from what stands, cell by cell of the lines.
        kept_back: position of a row -> shape (months,), what is to stand below it beyond the rows there are:
            above zero what is not assigned, below zero a buffer.
        still: places that have a line and cannot move: they stand, are pinned, or nobody is there.
        doubles: rows that have a line above others that have one.
        once: minor units of the lines, each money once: of the topmost row that has a line.
    """

    sheet: Sheet
    cells: Sequence[Merged]
    kept_back: Mapping[int, IntArray]
    still: Sequence[Place]
    doubles: Sequence[Double]
    once: int


def spread(parts: Sequence[Part], season: Sequence[int] = ()) -> dict[int, int]:
    """Return the months of parts, minor units by ``ym``; every part is spread exactly.

    Args:
        season: weights of January to December for parts that bring none; empty = months are alike.

    >>> spread([Part(24312, 3, 100)])
    {24312: 34, 24313: 33, 24314: 33}
    """
    found: dict[int, int] = {}
    for part in parts:
        weights = part.weights or tuple(season)
        months = range(part.from_ym, part.from_ym + part.months)
        counts = [weights[ym % MONTHS_PER_YEAR] if weights else 1 for ym in months]
        for ym, amount in zip(months, split(part.amount, counts if any(counts) else [1] * len(counts)), strict=True):
            found[ym] = found.get(ym, 0) + int(amount)
    return found


def doubles_of(sheet: Sheet, said: Stated) -> list[Double]:
    """Return the rows that have a line above others that have one, in the tree's order.

    Args:
        said: what lines say of each row and month, shape (n, months).
    """
    lined = np.any(said.known, axis=1)
    found = []
    for at in np.flatnonzero(lined).tolist():
        below = _nearest(sheet, lined, at)
        if not below:
            continue
        under = np.where(said.known[below], said.value[below], 0).sum(axis=0)
        both = said.known[at] & np.any(said.known[below], axis=0)
        apart = np.flatnonzero(both & (under != said.value[at]))
        own, sums = int(said.value[at][both].sum()), int(under[both].sum())
        found.append(Double(at, tuple(below), own, sums, tuple(apart.tolist())))
    return found


def brought(
    sheet: Sheet,
    said: Stated,
    *,
    take: Take = "own",
    preferred: Collection[Place] = (),
    held: bool = False,
    name: Naming = nth_part,
) -> Brought:
    """Return a plan with what a sheet says of it; what somebody changed since the sheet came last is kept.

    A cell is compared three ways: what came last (its automatic value), what the sheet says, what stands.

    Args:
        said: shape (n, months), minor units. preferred: places of conflicts in which the sheet goes first.
        held: the topmost row is given from above.

    Raises:
        RuleError: a cell lies beyond its floor or cap; names it.
    """
    doubles = doubles_of(sheet, said)
    counted = _without_above(sheet, said) if take == "below" else said
    cells = _compared(sheet, counted)
    wanted = {
        one.place: one.mine
        for one in cells
        if one.outcome in ("mine", "both") or (one.outcome == "conflict" and one.place in preferred)
    }
    fixed = sheet.fixed.copy()
    if held:
        fixed[_tops(sheet)] = True
    amount, known, still = sheet.amount, sheet.cells.amount.known.copy(), []
    changed = np.zeros(amount.shape, dtype=np.bool_)
    for place, value in wanted.items():
        at, month = sheet.position(place[0]), place[1] - sheet.plan.from_ym
        if fixed[at, month]:
            still += [place] if value != amount[at, month] or not known[at, month] else []
            continue
        amount[at, month], known[at, month], changed[at, month] = value or 0, True, True
    kept_back = _added_up(sheet, amount, known, changed, counted.known | fixed)
    after = replace(sheet, cells=replace(sheet.cells, amount=Stated(amount, known)))
    _check_bounds(sheet, after, changed, name)
    return Brought(after, cells, kept_back, still, doubles, _once(sheet, said))


def _nearest(sheet: Sheet, lined: BoolArray, at: int) -> list[int]:
    """Return the rows below one that have a line, without those below another of them."""
    found, next_one = [], at + 1
    while next_one < int(sheet.tree.ends[at]):
        if lined[next_one]:
            found.append(next_one)
            next_one = int(sheet.tree.ends[next_one])
        else:
            next_one += 1
    return found


def _without_above(sheet: Sheet, said: Stated) -> Stated:
    """Return what lines say without rows above others that say something of the same month."""
    known = said.known.copy()
    for at in range(len(sheet)):
        known[at] &= ~np.any(said.known[at + 1 : int(sheet.tree.ends[at])], axis=0)
    return Stated(said.value, known)


def _once(sheet: Sheet, said: Stated) -> int:
    """Return the sum of the lines without those below another one of the same month."""
    above = np.zeros(said.known.shape, dtype=np.bool_)
    parents = sheet.tree.parent_position
    for at in range(1, len(sheet)):
        if parents[at] != UNKNOWN:
            above[at] = above[parents[at]] | said.known[parents[at]]
    return int(said.value[said.known & ~above].sum())


def _compared(sheet: Sheet, said: Stated) -> list[Merged]:
    ids, first = sheet.tree.unit_ids.tolist(), sheet.plan.from_ym
    mine, base, theirs = {}, {}, {}
    for at, month in np.argwhere(said.known).tolist():
        place = (ids[at], first + month)
        mine[place] = int(said.value[at, month])
        base[place] = _value(sheet.cells.automatic, at, month)
        theirs[place] = _value(sheet.cells.amount, at, month)
    return merged(base, mine, theirs)


def _value(stated: Stated, at: int, month: int) -> int | None:
    return int(stated.value[at, month]) if stated.known[at, month] else None


def _tops(sheet: Sheet) -> BoolArray:
    top: BoolArray = sheet.tree.depth <= (1 if sheet.shared_top else 0)
    return top


def _added_up(
    sheet: Sheet, amount: IntArray, known: BoolArray, changed: BoolArray, stands: BoolArray
) -> dict[int, IntArray]:
    """Add rows up from below, in place; return what is to be kept back where a row stands by itself."""
    children = _children(sheet)
    kept_back: dict[int, IntArray] = {}
    for at in reversed(range(1 if sheet.shared_top else 0, len(sheet))):
        below = children.get(at, [])
        if int(sheet.kind[at]) != UNIT or not below:
            continue
        moved = changed[at] | np.any(changed[below], axis=0)
        off = np.where(moved, amount[at] - amount[below].sum(axis=0), 0)
        own = stands[at] & known[at]
        amount[at] = np.where(moved & ~own, amount[at] - off, amount[at])
        known[at] |= moved
        changed[at] |= moved & ~own
        rest = np.where(own, off, 0)
        if np.any(rest):
            _keep_back(sheet, at, below, rest, amount, known, changed, kept_back)
    return kept_back


def _children(sheet: Sheet) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for at, above in enumerate(sheet.tree.parent_position.tolist()):
        if above != UNKNOWN:
            found.setdefault(above, []).append(at)
    return found


def _keep_back(
    sheet: Sheet,
    at: int,
    below: list[int],
    rest: IntArray,
    amount: IntArray,
    known: BoolArray,
    changed: BoolArray,
    kept_back: dict[int, IntArray],
) -> None:
    """Put a difference to the rows for it below a row; what finds none is kept back in a row to be added."""
    where = {int(sheet.kind[one]): one for one in below if int(sheet.kind[one]) in (RESERVE, BUFFER)}
    net = rest + sum((amount[one] for one in where.values()), np.zeros_like(rest))
    months = rest != 0
    left = np.where(months, net, 0)
    for kind, part in ((RESERVE, np.maximum(net, 0)), (BUFFER, np.minimum(net, 0))):
        if kind in where:
            one = where[kind]
            amount[one] = np.where(months, part, amount[one])
            known[one] |= months
            changed[one] |= months
            left = left - np.where(months, part, 0)
    if np.any(left):
        kept_back[at] = left


def _check_bounds(before: Sheet, after: Sheet, changed: BoolArray, name: Naming) -> None:
    amount, cells = after.amount, before.cells
    low = changed & cells.floor.known & (amount < cells.floor.value)
    high = changed & cells.cap.known & (amount > cells.cap.value)
    for at, month in np.argwhere(low | high).tolist():
        who, when = name(at), ym_text(before.plan.from_ym + month)
        bound = cells.floor if low[at, month] else cells.cap
        word = Text("下限", "floor") if low[at, month] else Text("上限", "cap")
        limit, seen = in_yuan(int(bound.value[at, month])), in_yuan(int(amount[at, month]))
        raise RuleError(
            Text(
                f"“{who.zh}”{when} 的{word.zh}是 {limit}，文件带来的是 {seen}。",
                f"The {word.en} of {who.en} in {when} is {limit}; the file brings {seen}.",
            ),
            Text("改界限，或改文件里的数。", "Change the bound, or the figure in the file."),
        )
