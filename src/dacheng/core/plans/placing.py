"""Taking a row of a plan under another unit (换上级): its amounts go with it, every sum stays true (R041).

What is past is not moved: amounts of months that stand remain where they are, with the row above that had them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.plans.schema import BUFFER, RESERVE, SEGMENT, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.feasibility import Naming, Stated, nth_part
from dacheng.core.tree import UNKNOWN

STAY = (SEGMENT, BUFFER, RESERVE)
"""Kinds of rows that belong to the row above them and stay there."""


def check_place(sheet: Sheet, row: int, under: int, name: Naming = nth_part) -> None:
    """Refuse a place that a row cannot take.

    Args:
        row, under: positions.

    Raises:
        RuleError: the row stays with its unit, is the topmost one, or is there already; or the place is no unit,
            or below the row itself.
    """
    who, where = name(row), name(under)
    above = int(sheet.tree.parent_position[row])
    if int(sheet.kind[row]) in STAY or above == UNKNOWN or (sheet.shared_top and above == 0):
        raise RuleError(
            Text(f"“{who.zh}”不能换上级。", f"{who.en} cannot be taken under another row."),
            Text(
                "能换的是下级组织、人员、待招、渠道、客户。", "Units below, people, vacancies, partners, accounts can."
            ),
        )
    if int(sheet.kind[under]) != UNIT:
        raise RuleError(
            Text(f"“{where.zh}”不是组织。", f"{where.en} is no unit."), Text("请选组织那一行。", "Choose a unit's row.")
        )
    if row <= under < int(sheet.tree.ends[row]):
        raise RuleError(
            Text(f"“{where.zh}”在“{who.zh}”自己下面。", f"{where.en} is below {who.en} itself."),
            Text("请选它以外的组织。", "Choose a unit outside it."),
        )
    if above == under:
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


def has_past(sheet: Sheet, row: int) -> bool:
    """Tell whether a row, or one below it, has amounts in months that stand: these remain where they are."""
    return bool(np.any(sheet.amount[row : int(sheet.tree.ends[row]), : sheet.plan.frozen]))


def re_homed(sheet: Sheet, row: int, under: int, name: Naming = nth_part) -> Sheet:
    """Return the amounts as they are once a row stands under another unit, from the first month that may change.

    The row and what is below it keep their own; months that stand stay in the sums they are in.

    Raises:
        RuleError: as ``check_place``; or nothing of it may change any more, or a pinned row above would have to.

    Source: R041.
    """
    check_place(sheet, row, under, name)
    lose, gain = chains(sheet, row, under)
    moving = np.where(sheet.frozen, 0, sheet.amount[row])
    if has_past(sheet, row) and not np.any(sheet.present[row] & ~sheet.frozen):
        raise RuleError(
            Text(
                f"“{name(row).zh}”只有已生效的月份，过去的数留在原上级。",
                f"{name(row).en} has months that stand only; what is past stays where it is.",
            ),
            Text("请选以后月份还在的行。", "Choose a row that goes on in later months."),
        )
    for one in (*lose.tolist(), *gain.tolist()):
        if np.any(moving) and (sheet.years.pinned[one] or np.any(sheet.cells.pinned[one] & (moving != 0))):
            raise RuleError(
                Text(f"“{name(one).zh}”是固定的，要随之变动。", f"{name(one).en} is pinned and would have to change."),
                Text("先放开它。", "Release it first."),
            )
    amount = sheet.amount
    amount[lose] -= moving
    amount[gain] += moving
    known = sheet.cells.amount.known.copy()
    known[gain] |= sheet.cells.amount.known[row] & ~sheet.frozen
    return replace(sheet, cells=replace(sheet.cells, amount=Stated(amount, known)))


def _above(sheet: Sheet, position: int) -> list[int]:
    found = []
    while position != UNKNOWN:
        found.append(position)
        position = int(sheet.tree.parent_position[position])
    return found
