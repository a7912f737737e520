"""A plan's grid as ``parts/grid.html`` shows it, and the cells that differ while one types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from dacheng.core.plans.bottom_up import answered, answered_below, from_below
from dacheng.core.plans.drafting import at_bounds
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import BUFFER, IMPOSED, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.feasibility import Stated
from dacheng.service.plan_beside import Beside
from dacheng.service.plan_grid import PlanGrid, is_soft, may_be_taken
from dacheng.web import figures
from dacheng.web.plan_columns import PlanColumn
from dacheng.web.target_grid_view import DEEPEST, MANY, MINOR, YEAR

AMOUNT, SUBMITTED = "amount", "submitted"
"""What the cells hold: the plan's amounts, or what came from below."""


@dataclass(frozen=True)
class PlanLook:
    """A plan as one reader sees it.

    Args:
        layer: ``AMOUNT`` or ``SUBMITTED``. compared: what came from below stands beside it.
        address: the address of a row's year as a ``cell``, or where it is folded of its own ``grid``.
        typed: (row key, column key) -> what was typed and not saved.
        beside: another version, of which every cell tells how it differs; the grid is then read, not typed.
        marks: position -> what is told beside the name of a row.
        lights: position -> signs of the three lights of a row. health_url: the page that tells what they mean.
    """

    grid: PlanGrid
    columns: Sequence[PlanColumn]
    unit: figures.Unit
    address: Callable[[str, str], str]
    layer: str = AMOUNT
    compared: bool = False
    english: bool = False
    typed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    beside: Beside | None = None
    marks: Mapping[int, str] = field(default_factory=dict)
    lights: Mapping[int, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    health_url: str = ""

    @cached_property
    def places(self) -> int:
        """Return the decimals: none where months are large, as people plan."""
        if self.unit == "yi":
            return 2
        largest = int(np.abs(self.grid.sheet.amount).max(initial=0))
        return 0 if largest >= MANY * MINOR[self.unit] or not largest else 2

    def money(self, value: int | None) -> str:
        """Return an amount as the grid shows it."""
        return figures.money(value, self.unit, self.places)

    def signed(self, value: int | None) -> str:
        """Return a difference with its sign; empty where it is not known."""
        return "" if value is None else figures.money_delta(value, self.unit, self.places)


@dataclass(frozen=True)
class PlanFigures:
    """Everything that is shown of a sheet: one for what stands, one for what a draft makes of it."""

    look: PlanLook
    sheet: Sheet

    @cached_property
    def months(self) -> Stated:
        """Return what the months hold, shape (n, m)."""
        return self.sheet.cells.amount if self.look.layer == AMOUNT else self.sheet.cells.submitted

    @cached_property
    def below(self) -> tuple[Stated, Stated]:
        """Return what came from below, of months and of the year."""
        return from_below(self.sheet)

    @cached_property
    def _bounds(self) -> tuple[Any, Any]:
        return at_bounds(self.sheet)

    def value(self, row: int, column: PlanColumn) -> int | None:
        """Return what a cell holds; a buffer is shown above zero."""
        if self.look.layer == SUBMITTED and column.key == YEAR:
            years = self.sheet.years.submitted
            return int(years.value[row]) if years.known[row] else None
        months = list(column.months)
        known = self.months.known[row, months]
        if not known.any():
            return None
        total = int(self.months.value[row, months][known].sum())
        return -total if int(self.sheet.kind[row]) == BUFFER else total

    def states(self, row: int, column: PlanColumn) -> list[str]:
        """Return the signs of a cell."""
        if column.summed or self.look.layer == SUBMITTED:
            return []
        if column.key == YEAR:
            return self._year_states(row)
        at, cells = (row, column.months[0]), self.sheet.cells
        low, high = self._bounds
        signs = {"pinned": cells.pinned[at], "at-low": low[at], "at-high": high[at] and not low[at]}
        signs["not-agreed"] = cells.agreed[at] == IMPOSED
        return [name for name, holds in signs.items() if holds]

    def _year_states(self, row: int) -> list[str]:
        years, year = self.sheet.years, int(self.sheet.year[row])
        low, high = (bool(one.known[row] and one.value[row] == year) for one in (years.floor, years.cap))
        signs = {"pinned": years.pinned[row], "at-low": low, "at-high": high and not low}
        signs["not-agreed"] = years.agreed[row] == IMPOSED
        return [name for name, holds in signs.items() if holds]

    def difference(self, row: int) -> int | None:
        """Return a row's year minus what came from below (上减下); None where nothing did."""
        years = self.below[1]
        return int(self.sheet.year[row] - years.value[row]) if years.known[row] else None

    @cached_property
    def _answered(self) -> tuple[Any, Any]:
        return answered_below(self.sheet)

    def beside(self, row: int) -> str:
        """Return what stands beside a row's year: its difference; while some have not submitted, how many have."""
        difference = self.difference(row)
        if difference is not None:
            return self.look.signed(difference)
        told, people = (int(one[row]) for one in self._answered)
        if not told or not self.look.grid.has_below(row):
            return ""
        return f"{told}/{people}"

    def of_column(self, column: PlanColumn, stated: tuple[Stated, Stated], rows: Sequence[int]) -> int | None:
        """Return the sum of rows in a column, of months and years as ``below`` gives them; None unless all known."""
        months, years = stated
        if column.key == YEAR:
            return int(years.value[list(rows)].sum()) if years.known[list(rows)].all() else None
        at = np.ix_(list(rows), list(column.months))
        return int(months.value[at].sum()) if months.known[at].all() else None


def plan_view(look: PlanLook, figures_now: PlanFigures) -> dict[str, Any]:
    """Return columns, rows, foot and proof for ``parts/grid.html``."""
    grid = look.grid
    differs = any(figures_now.difference(row) is not None for row in grid.positions)
    view = {
        "unit": look.unit,
        "places": look.places,
        "columns": [
            {"key": one.key, "label": one.label, "parts": one.key if one.summed else ""} for one in look.columns
        ],
        "difference": YEAR if not look.beside and (look.compared or differs) else "",
        "rows": [_row(look, figures_now, row) for row in grid.positions],
        "foot": _foot(look, figures_now),
        "proof": [{"before": one["before"], "text": one["text"]} for one in proof(look, figures_now)["items"]],
        "stands": proof(look, figures_now),
        "lights": bool(look.lights),
        "health_url": look.health_url,
        "fixed": bool(look.beside) or not any(grid.editable[row] for row in grid.positions),
        "alone": False,
    }
    return view


def _row(look: PlanLook, shown: PlanFigures, row: int) -> dict[str, Any]:
    grid, sheet = look.grid, shown.sheet
    has_below = grid.has_below(row)
    heads = set(grid.heads)
    above = int(sheet.tree.parent_position[row])
    level = int(sheet.tree.depth[row] - min(sheet.tree.depth[one] for one in heads))
    key = grid.keys[row]
    return {
        "key": key,
        "parent": "" if row in heads else grid.keys[above],
        "label": row_label(look, shown, row),
        "level": min(level, DEEPEST),
        "kind": "own",
        "is_parent": has_below,
        "compared": True,
        "look": _row_look(look, sheet, row),
        "url": look.address("cell", key),
        "open_url": look.address("grid", key) if row in grid.folded else "",
        "difference": shown.beside(row),
        "lights": look.lights.get(row, ()),
        "movable": not look.beside and may_be_taken(grid, row),
        "takes": bool(grid.editable[row]) and int(sheet.kind[row]) == UNIT,
        "cells": [_cell(look, shown, row, column) for column in look.columns],
    }


def _row_look(look: PlanLook, sheet: Sheet, row: int) -> str:
    if look.beside and look.beside.new(row):
        return "new"
    return "soft" if is_soft(sheet, row) else ""


def row_label(look: PlanLook, shown: PlanFigures, row: int) -> str:
    """Return what a row is called; a buffer with how much more is asked for."""
    name = look.grid.opened.name(row)
    label = name.en if look.english and name.en else name.zh
    above = int(shown.sheet.tree.parent_position[row])
    if int(shown.sheet.kind[row]) == BUFFER and above >= 0 and shown.sheet.years.buffer_bp[above]:
        return f"{label} {figures.signed(figures.ratio(int(shown.sheet.years.buffer_bp[above]) / 10_000))}"
    return f"{label} · {look.marks[row]}" if row in look.marks else label


def _cell(look: PlanLook, shown: PlanFigures, row: int, column: PlanColumn) -> dict[str, Any]:
    grid, sheet = look.grid, shown.sheet
    key = grid.keys[row]
    found: dict[str, Any] = {
        "column": column.key,
        "value": shown.value(row, column),
        "states": shown.states(row, column),
        "under": _under(look, shown, row, column),
    }
    if column.summed:
        return found
    month = column.months[0] if column.is_month else None
    stands = month is not None and bool(sheet.frozen[month] or not sheet.present[row, month])
    ym = 0 if month is None else sheet.plan.from_ym + month
    return found | {
        "version": grid.version(row, ym),
        "plain": bool(look.beside) or stands or not bool(grid.editable[row]),
        "typed": look.typed.get((key, column.key)),
    }


def _under(look: PlanLook, shown: PlanFigures, row: int, column: PlanColumn) -> list[tuple[str, str]]:
    """Return the difference from another version, as an amount and as a part of it, each with its tone."""
    if look.beside is None:
        return []
    now, was = shown.value(row, column), look.beside.was(row, column.months)
    if now == was:
        return []
    difference = (now or 0) - (was or 0)
    part = [figures.signed(figures.ratio(difference / was))] if was and was > 0 and now is not None else []
    return [(text, "up" if difference > 0 else "down") for text in (look.signed(difference), *part)]


def differing(look: PlanLook, before: PlanFigures, after: PlanFigures) -> list[dict[str, Any]]:
    """Return the cells that a draft changes, among those that are shown."""
    found = []
    for row in look.grid.positions:
        if not _row_differs(before.sheet, after.sheet, row):
            continue
        for column in look.columns:
            value, states = after.value(row, column), after.states(row, column)
            if value != before.value(row, column) or states != before.states(row, column):
                found.append(cell_json(look, row, column, value, states))
    return found


def cell_json(
    look: PlanLook, row: int, column: PlanColumn, value: int | None, states: Sequence[str], **more: Any
) -> dict[str, Any]:
    """Return a cell as the island reads it; amounts as text, because they may be larger than JavaScript counts."""
    text = None if value is None else str(value)
    return {"row": look.grid.keys[row], "column": column.key, "value": text, "states": list(states), **more}


def _row_differs(before: Sheet, after: Sheet, row: int) -> bool:
    """Tell quickly whether anything of a row may look otherwise."""
    if before is after:
        return False
    pairs = [(before.amount[row], after.amount[row])]
    for name in ("pinned", "agreed"):
        pairs += [(getattr(one, name)[row], getattr(other, name)[row]) for one, other in _both(before, after)]
    for name in ("floor", "cap", "submitted"):
        for one, other in _both(before, after):
            was, now = getattr(one, name), getattr(other, name)
            pairs += [(was.value[row], now.value[row]), (was.known[row], now.known[row])]
    return any(not np.array_equal(one, other) for one, other in pairs)


def _both(before: Sheet, after: Sheet) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    return (before.cells, after.cells), (before.years, after.years)


def foot_texts(look: PlanLook, shown: PlanFigures) -> dict[str, dict[str, str]]:
    """Return the lines below the rows: what is handed down, what came from below, and the difference."""
    rows = next_level(look, shown)
    if not rows:
        return {}
    amount = shown.sheet.cells.amount
    years = Stated(shown.sheet.year, np.any(amount.known, axis=1))
    down = {one.key: shown.of_column(one, (amount, years), rows) for one in look.columns}
    found = {"down": {key: look.money(value) for key, value in down.items()}}
    up = {one.key: shown.of_column(one, shown.below, rows) for one in look.columns}
    if look.compared or any(value is not None for value in up.values()):
        found["up"] = {key: look.money(value) for key, value in up.items()}
        found["over"] = {key: _rest(look, down[key], up[key]) for key in down}
    return found


def _rest(look: PlanLook, down: int | None, up: int | None) -> str:
    return figures.MISSING if down is None or up is None else look.signed(down - up)


def _foot(look: PlanLook, shown: PlanFigures) -> list[dict[str, Any]]:
    labels = {"down": _("下达合计"), "up": _("自下而上"), "over": _("上减下")}
    return [{"label": labels[kind], "kind": kind, "cells": cells} for kind, cells in foot_texts(look, shown).items()]


def next_level(look: PlanLook, shown: PlanFigures) -> list[int]:
    """Return the rows directly below the topmost ones, without their buffers."""
    heads = set(look.grid.heads)
    parents = shown.sheet.tree.parent_position
    return [row for row in look.grid.positions if int(parents[row]) in heads and int(shown.sheet.kind[row]) != BUFFER]


def proof(look: PlanLook, shown: PlanFigures) -> dict[str, Any]:
    """Return what the proof bar says: whether every sum of the plan holds, and the identity in words."""
    sums = sums_of(shown.sheet)
    sound = sums.broken == 0
    off = int(sums.difference.sum()) if not sound else 0
    return {
        "tone": "good" if sound else "bad",
        "label": _("Σ 一致") if sound else _("Σ 不一致"),
        "counted": _("%(count)s 项，差异 %(off)s")
        % {
            "count": figures.count(sums.checked if sound else sums.broken),
            "off": figures.money_delta(off, look.unit, 2),
        },
        "items": _identity(look, shown),
    }


def _identity(look: PlanLook, shown: PlanFigures) -> list[dict[str, str]]:
    """Return the identity: the top, its buffer, what is handed down; then what came from below."""
    heads, below = list(look.grid.heads), next_level(look, shown)
    name = row_label(look, shown, heads[0]) if len(heads) == 1 else _("合计")
    year = shown.sheet.year
    top = int(year[heads].sum())
    items = [{"before": name, "text": look.money(top)}]
    if not below:
        return items
    down = int(year[below].sum())
    if down != top:
        items.append({"before": _("+ 缓冲"), "text": look.money(down - top)})
    items.append({"before": _("= 下达合计"), "text": look.money(down)})
    years = shown.below[1]
    if years.known[below].all():
        up = int(years.value[below].sum())
        items.append({"before": _("自下而上"), "text": look.money(up)})
        items.append({"before": _("上减下"), "text": look.signed(down - up)})
    elif (told := answered(shown.sheet))[0]:
        items.append({"before": _("自下而上已报"), "text": f"{told[0]} / {told[1]}"})
    return items
