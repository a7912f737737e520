"""Taking a row of a plan under another unit (换上级): its amounts go with it, every sum stays true (R041)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.plans.schema import BUFFER, RESERVE, SEGMENT, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.feasibility import Naming, Stated, nth_part
from dacheng.core.tree import UNKNOWN

STAY = (UNIT, SEGMENT, BUFFER, RESERVE)
"""Kinds of rows that belong where they are: a unit follows the organisation, the others their unit."""


def check_place(sheet: Sheet, row: int, under: int, name: Naming = nth_part) -> None:
    """Refuse a place that a row cannot take.

    Args:
        row, under: positions.

    Raises:
        RuleError: the row stays with its unit, has rows below it, or is there already; or the place is no unit.
    """
    who, where = name(row), name(under)
    if int(sheet.kind[row]) in STAY or int(sheet.tree.ends[row]) > row + 1:
        raise RuleError(
            Text(f"“{who.zh}”不能换上级。", f"{who.en} cannot be taken under another row."),
            Text("能换的是人员、待招、渠道、客户。", "People, vacancies, partners and accounts can."),
        )
    if int(sheet.kind[under]) != UNIT:
        raise RuleError(
            Text(f"“{where.zh}”不是组织。", f"{where.en} is no unit."), Text("请选组织那一行。", "Choose a unit's row.")
        )
    if int(sheet.tree.parent_position[row]) == under:
        raise RuleError(
            Text(f"“{who.zh}”已经在“{where.zh}”下面。", f"{who.en} is below {where.en} already."),
            Text("请选另一个组织。", "Choose another unit."),
        )


def chains(sheet: Sheet, row: int, under: int) -> tuple[IntArray, IntArray]:
    """Return the rows above that lose a row and those that gain it, up to the first that both have in common."""
    before, after = _above(sheet, int(sheet.tree.parent_position[row])), _above(sheet, under)
    both = set(before) & set(after)
    lose, gain = ([one for one in chain if one not in both] for chain in (before, after))
    return np.array(lose, dtype=np.int64), np.array(gain, dtype=np.int64)


def re_homed(sheet: Sheet, row: int, under: int, name: Naming = nth_part) -> Sheet:
    """Return the amounts as they are once a row stands under another unit; the row keeps its own.

    Raises:
        RuleError: as ``check_place``; or a month that stands, or a pinned row above, would have to change.

    Source: R041.
    """
    check_place(sheet, row, under, name)
    amount, moving = sheet.amount, sheet.amount[row]
    lose, gain = chains(sheet, row, under)
    if np.any(moving[sheet.frozen]):
        raise RuleError(
            Text(f"“{name(row).zh}”在已生效的月份有数。", f"{name(row).en} has amounts in months that stand."),
            Text("用“调剂”把以后月份的数调给新的一行。", "Move the amounts of later months to another row instead."),
        )
    for one in (*lose.tolist(), *gain.tolist()):
        if sheet.years.pinned[one] or np.any(sheet.cells.pinned[one] & (moving != 0)):
            raise RuleError(
                Text(f"“{name(one).zh}”是固定的，要随之变动。", f"{name(one).en} is pinned and would have to change."),
                Text("先放开它。", "Release it first."),
            )
    amount[lose] -= moving
    amount[gain] += moving
    known = sheet.cells.amount.known.copy()
    known[gain] |= sheet.cells.amount.known[row]
    return replace(sheet, cells=replace(sheet.cells, amount=Stated(amount, known)))


def _above(sheet: Sheet, position: int) -> list[int]:
    found = []
    while position != UNKNOWN:
        found.append(position)
        position = int(sheet.tree.parent_position[position])
    return found
