"""Working on a plan before it is saved (未保存的改动): amounts, pins, bounds, weights, offers from below, together.

What is stated is put in first, so that a cell pinned now stands while amounts move; then the amounts
are edited. All of it is a pure function of the sheet, so a preview and a save give the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.period import ym_text
from dacheng.core.plans.editing import WHOLE_YEAR, Edit, edited
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.feasibility import Naming, Stated, nth_part

CELL_TERMS = ("pinned", "floor", "cap", "submitted", "agreed")
"""What may be stated of a month."""

YEAR_TERMS = (*CELL_TERMS, "weight", "buffer_bp")
"""What may be stated of the whole year of a row."""


@dataclass(frozen=True, slots=True)
class Term:
    """Something stated of a cell or of the year of a row.

    Args:
        position: of the row. month: 0 to months - 1, or ``WHOLE_YEAR``. name: one of ``YEAR_TERMS``.
        value: minor units, basis points, a weight, a flag or an agreement; None = nothing stated.
    """

    position: int
    month: int
    name: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """Changes of a sheet that belong together.

    Args:
        level_only: what is above stays; siblings take the difference (同级分摊).
    """

    edits: Sequence[Edit] = ()
    terms: Sequence[Term] = ()
    level_only: bool = False


def drafted(sheet: Sheet, draft: Draft, name: Naming = nth_part, *, held: bool = False) -> Sheet:
    """Return a sheet with a draft applied.

    Args:
        held: the topmost row is given from above: it does not follow.

    Raises:
        RuleError: a floor lies above its cap or a weight below zero, or as ``edited``; names the row.

    Source: R031, R041.
    """
    stated = _stated(sheet, draft.terms)
    _check_bounds(stated, draft.terms, name)
    if not draft.edits:
        return stated
    return edited(stated, draft.edits, name, level_only=draft.level_only, held=held)


def _stated(sheet: Sheet, terms: Sequence[Term]) -> Sheet:
    """Return the sheet with terms put in."""
    if not terms:
        return sheet
    years = {one: _copied(getattr(sheet.years, one)) for one in YEAR_TERMS}
    cells = {one: _copied(getattr(sheet.cells, one)) for one in CELL_TERMS}
    for one in terms:
        if one.month == WHOLE_YEAR:
            _put(years[one.name], one.position, one.value)
        else:
            _put(cells[one.name], (one.position, one.month), one.value)
    return replace(sheet, years=replace(sheet.years, **years), cells=replace(sheet.cells, **cells))


def _copied(column: Any) -> Any:
    return Stated(column.value.copy(), column.known.copy()) if isinstance(column, Stated) else column.copy()


def _put(column: Any, at: Any, value: int | None) -> None:
    if isinstance(column, Stated):
        column.value[at], column.known[at] = value or 0, value is not None
    else:
        column[at] = value or 0


def _check_bounds(sheet: Sheet, terms: Sequence[Term], name: Naming) -> None:
    for one in terms:
        who = name(one.position)
        if one.name in ("weight", "buffer_bp") and (one.value or 0) < 0:
            raise RuleError(
                Text(f"“{who.zh}”的权重和缓冲不能小于 0。", f"Weight and buffer of {who.en} are not below zero."),
                Text("填 0 或更大的数。", "Enter zero or more."),
            )
        if one.name in ("floor", "cap"):
            _check_pair(sheet, one, name)


def _check_pair(sheet: Sheet, one: Term, name: Naming) -> None:
    """Refuse a floor above its cap."""
    stated = sheet.years if one.month == WHOLE_YEAR else sheet.cells
    at = one.position if one.month == WHOLE_YEAR else (one.position, one.month)
    floor, cap = stated.floor, stated.cap
    if not (floor.known[at] and cap.known[at] and floor.value[at] > cap.value[at]):
        return
    low, high = in_yuan(int(floor.value[at])), in_yuan(int(cap.value[at]))
    who, when = name(one.position), Text("全年", "of the year")
    if one.month != WHOLE_YEAR:
        month = ym_text(sheet.plan.from_ym + one.month)
        when = Text(month, f"in {month}")
    raise RuleError(
        Text(
            f"“{who.zh}”{when.zh}的下限 {low} 高于上限 {high}。",
            f"The floor {low} of {who.en} {when.en} is above its cap {high}.",
        ),
        Text("降低下限，或提高上限。", "Lower the floor or raise the cap."),
    )


def at_bounds(sheet: Sheet) -> tuple[Any, Any]:
    """Return the cells that stand at their floor, and those at their cap, each of shape (n, m)."""
    amount, cells = sheet.amount, sheet.cells
    known = cells.amount.known
    return (
        np.asarray(known & cells.floor.known & (amount == cells.floor.value)),
        np.asarray(known & cells.cap.known & (amount == cells.cap.value)),
    )
