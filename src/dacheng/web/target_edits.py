"""Typed cells of the target grid, as the island or the plain form sends them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from dacheng.core.errors import DachengError, RuleError, Text
from dacheng.core.period import ym_text
from dacheng.service.entering import entered
from dacheng.service.target_grid import GridRow, TargetGrid
from dacheng.service.target_saving import CellEdit, seen_amount
from dacheng.web import figures
from dacheng.web.target_grid_view import ym_of_key

NUMBER = re.compile(r"-?[0-9]{1,18}")
FIELD = re.compile(r"c\.([0-9a-f-]{10,21})\.([0-9]{4}-[0-9]{2})\.([0-9]{0,9})")
MOST_CELLS = 5_000


def json_edits(body: bytes, grid: TargetGrid) -> list[CellEdit]:
    """Return the cells of a save by the island.

    Raises:
        RuleError: it is not what the island sends, or a cell is not in the grid.
    """
    try:
        cells = json.loads(body)["cells"]
        edits = [
            CellEdit(str(one["row"]), ym_of_key(str(one["column"])), _minor(one["value"]), int(one["version"] or 0))
            for one in cells[: MOST_CELLS + 1]
        ]
    except (ValueError, KeyError, TypeError):
        raise _unreadable() from None
    return _within(grid, edits)


def _minor(value: Any) -> int | None:
    if value is None:
        return None
    if not NUMBER.fullmatch(str(value)):
        raise ValueError(value)
    return int(value)


def form_edits(fields: Mapping[str, str], grid: TargetGrid, unit: figures.Unit) -> list[CellEdit]:
    """Return the cells of a form that differ from what its sender saw.

    Raises:
        RuleError: an amount cannot be read; says which row and month.
    """
    edits = []
    for name, text in fields.items():
        field = FIELD.fullmatch(name)
        if not field:
            continue
        row, column, version = field.groups()
        stands = grid.row(row).cells[ym_of_key(column)]
        if text == figures.exact(stands.own, unit):
            continue
        amount = _typed_amount(grid.row(row), column, text, unit)
        edits.append(CellEdit(row, ym_of_key(column), amount, int(version or 0)))
    touched = [edit for edit in edits if edit.amount != seen_amount(grid, edit)]
    return _within(grid, touched)


def _typed_amount(row: GridRow, column: str, text: str, unit: figures.Unit) -> int | None:
    try:
        amount: int | None = entered("targets", "amount", text, money_unit=unit)
        return amount
    except DachengError as problem:
        raise RuleError(
            Text(f"{row.name.name} {column}：{problem.message.zh}", f"{row.name.name} {column}: {problem.message.en}"),
            problem.remedy,
        ) from None


def _within(grid: TargetGrid, edits: list[CellEdit]) -> list[CellEdit]:
    """Refuse months of another year and more cells than one save takes."""
    if len(edits) > MOST_CELLS or any(edit.ym not in grid.period for edit in edits):
        raise _unreadable()
    return edits


def _unreadable() -> RuleError:
    return RuleError(
        Text("没有读懂这次保存。", "This save could not be read."),
        Text("刷新页面再存；一次最多 5,000 格。", "Reload the page and save again; at most 5,000 cells at once."),
    )


def typed_fields(fields: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return (row key, column key) -> what was typed in a form."""
    found = ((FIELD.fullmatch(name), text) for name, text in fields.items())
    return {(match[1], match[2]): text for match, text in found if match}


def cell_name(edit: CellEdit) -> tuple[str, str]:
    """Return (row key, column key) of an edit."""
    return edit.row, ym_text(edit.ym)
