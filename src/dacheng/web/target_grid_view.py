"""The target grid as the view that ``parts/grid.html`` shows: columns, rows, sums and the proof."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from dacheng.core.period import FiscalYear, Period, ym_text
from dacheng.service.target_grid import GridCell, GridRow, TargetGrid
from dacheng.web import figures

YEAR = "year"
DEEPEST = 4
"""Levels below are drawn like this one."""

MANY = 100
"""Where a month has this many units or more, all are shown in whole ones."""

MINOR: Mapping[str, int] = {"yuan": 100, "wan": 1_000_000, "yi": 10_000_000_000}

Values = dict[str, int | None]
"""Column key -> minor units."""


def grid_columns(period: Period, fiscal: FiscalYear, language: str) -> list[dict[str, Any]]:
    """Return the columns in order: year, halves, quarters, months; a sum before its parts."""
    year = int(fiscal.year_of(period.from_ym))
    columns: list[dict[str, Any]] = [{"key": YEAR, "label": _("全年"), "parts": "h1 h2"}]
    for half in (1, 2):
        columns.append({"key": f"h{half}", "label": f"H{half}", "parts": f"q{2 * half - 1} q{2 * half}"})
        for quarter in (2 * half - 1, 2 * half):
            months = fiscal.quarter(year, quarter).months().tolist()
            parts = " ".join(ym_text(ym) for ym in months)
            columns.append({"key": f"q{quarter}", "label": f"Q{quarter}", "parts": parts})
            columns += [{"key": ym_text(ym), "label": month_label(ym, language), "parts": ""} for ym in months]
    return columns


def month_label(ym: int, language: str) -> str:
    """Return a month as the head of a column."""
    number = ym % 12 + 1
    return calendar.month_abbr[number] if figures.is_english(language) else f"{number}月"


@dataclass(frozen=True)
class GridLook:
    """A grid as one reader sees it.

    Args:
        address: the address of a row's ``history`` or, where it is folded, of its own ``grid``.
        typed: (row key, column key) -> what was typed and not saved.
    """

    grid: TargetGrid
    columns: Sequence[Mapping[str, Any]]
    unit: figures.Unit
    address: Callable[[str, GridRow], str]
    typed: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def places(self) -> int:
        """Return the decimals: none where months are large, as people plan."""
        if self.unit == "yi":
            return 2
        cells = (cell for row in self.grid.rows for cell in row.cells.values())
        largest = max((abs(cell.counted or 0) for cell in cells), default=0)
        return 0 if largest >= MANY * MINOR[self.unit] or not largest else 2

    def money(self, value: int | None) -> str:
        """Return an amount as the grid shows it."""
        return figures.money(value, self.unit, self.places)

    def signed(self, value: int | None) -> str:
        """Return a difference with its sign; empty where it is not known."""
        return "" if value is None else figures.money_delta(value, self.unit, self.places)


def grid_view(look: GridLook) -> dict[str, Any]:
    """Return columns, rows, foot and proof of the grid for ``parts/grid.html``."""
    has_levels = any(row.has_below for row in look.grid.rows)
    return {
        "unit": look.unit,
        "places": look.places,
        "columns": look.columns,
        "difference": YEAR if has_levels else "",
        "rows": [_row(look, row) for row in look.grid.rows],
        "foot": _foot(look),
        "proof": _proof(look),
        "fixed": not look.grid.editable,
        "alone": not look.grid.editable and not has_levels,
    }


def _row(look: GridLook, row: GridRow) -> dict[str, Any]:
    counted = summed(look.columns, {ym_text(ym): cell.counted for ym, cell in row.cells.items()})
    return {
        "key": row.key,
        "parent": row.parent,
        "label": row.name.name,
        "level": min(row.level, DEEPEST),
        "kind": "either" if row.has_below else "own",
        "is_parent": row.has_below,
        "look": "soft" if row.moved else "",
        "url": look.address("history", row),
        "open_url": look.address("grid", row) if row.folded else "",
        "difference": look.signed(difference(row)),
        "cells": [
            {"column": column["key"], "value": counted[column["key"]]}
            if column["parts"]
            else _cell(look, row, column["key"])
            for column in look.columns
        ],
    }


def _cell(look: GridLook, row: GridRow, key: str) -> dict[str, Any]:
    ym = ym_of_key(key)
    cell = row.cells[ym]
    plain = not row.editable or ym <= look.grid.closed_through
    derived = plain and cell.own is None and cell.below is not None
    return {
        "column": key,
        "value": cell.own,
        "version": cell.version,
        "plain": plain,
        "sum": cell.below if row.has_below else None,
        "below": cell.below if row.folded else None,
        "states": ["derived"] if derived else [],
        "typed": look.typed.get((row.key, key)),
    }


def summed(columns: Sequence[Mapping[str, Any]], months: Values) -> Values:
    """Return months with the sums of halves, quarters and the year; a sum of nothing known is not known."""
    found: Values = dict(months)
    for column in reversed(columns):
        if column["parts"]:
            known = [value for part in column["parts"].split() if (value := found[part]) is not None]
            found[column["key"]] = sum(known) if known else None
    return found


def difference(row: GridRow) -> int | None:
    """Return own minus below (上减下) of the year; None when one of the two says nothing."""
    cells = row.cells.values()
    below = [cell.below for cell in cells if cell.below is not None]
    if not below or all(cell.own is None for cell in cells):
        return None
    return sum(cell.counted or 0 for cell in cells) - sum(below)


def _foot(look: GridLook) -> list[dict[str, Any]]:
    """Return what the next level adds up to and what is left; nothing where there is no next level."""
    if not any(row.has_below for row in look.grid.rows):
        return []
    top, below = top_and_below(look)
    rest = {key: _rest(look, top[key], below[key]) for key in top}
    lines = [
        {"label": _("下级合计"), "kind": "below", "cells": {key: look.money(value) for key, value in below.items()}},
        {"label": _("上减下"), "kind": "rest", "cells": rest},
    ]
    if len(_heads(look)) == 1:
        return lines
    tops = {key: look.money(value) for key, value in top.items()}
    return [{"label": _("目标合计"), "kind": "top", "cells": tops}, *lines]


def _rest(look: GridLook, top: int | None, below: int | None) -> str:
    return figures.MISSING if top is None or below is None else look.signed(top - below)


def _proof(look: GridLook) -> list[dict[str, Any]]:
    """Return the identity in words: the top, the next level, and what is left."""
    top, below = (values[YEAR] or 0 for values in top_and_below(look))
    heads = _heads(look)
    name = heads[0].name.name if len(heads) == 1 else _("目标合计")
    items = [{"before": name, "sum": "top", "at": YEAR, "text": look.money(top)}]
    if any(row.has_below for row in look.grid.rows):
        items += [
            {"before": _("下级合计"), "sum": "below", "at": YEAR, "text": look.money(below)},
            {"before": _("上减下"), "sum": "rest", "at": YEAR, "text": look.signed(top - below)},
        ]
    return items


def top_and_below(look: GridLook) -> tuple[Values, Values]:
    """Return the sums of the topmost rows, and of what is directly below them."""
    months = [column["key"] for column in look.columns if not column["parts"]]

    def total(pick: Callable[[GridCell], int | None]) -> Values:
        found: Values = {}
        for key in months:
            picked = (pick(row.cells[ym_of_key(key)]) for row in _heads(look))
            known = [value for value in picked if value is not None]
            found[key] = sum(known) if known else None
        return summed(look.columns, found)

    return total(lambda cell: cell.counted), total(lambda cell: cell.below)


def _heads(look: GridLook) -> list[GridRow]:
    return [row for row in look.grid.rows if not row.parent]


def ym_of_key(key: str) -> int:
    """Return the month of a column key such as 2026-03."""
    year, month = key.split("-")
    return 12 * int(year) + int(month) - 1
