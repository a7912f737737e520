"""Rows of the planning grid as HTML: typed cells are inputs, sums are text.

The structure is described in ``templates/parts/grid.html``, the island in ``assets/grid.js``.
The input holds the exact decimal, so that the form posts it unchanged without JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from dacheng.web import figures

View = Mapping[str, Any]


def grid_rows(grid: View) -> SafeString:
    """Return the body rows of a planning grid."""
    return mark_safe("".join(_row(grid, row) for row in grid["rows"]))


def _row(grid: View, row: View) -> str:
    key = escape(row["key"])
    look = " ".join(name for name in ("parent" if row.get("is_parent") else "", row.get("look") or "") if name)
    cells = {cell["column"]: cell for cell in row["cells"]}
    inside = "".join(
        _cell(grid, row, column, cells.get(column["key"])) + _difference(grid, row, column)
        for column in grid["columns"]
    )
    return (
        f'<tr data-row="{key}" data-parent="{escape(row.get("parent") or "")}" data-kind="{escape(row["kind"])}"'
        f' class="{escape(look)}"><th scope="row" id="{grid["id"]}-r-{key}" class="level-{int(row.get("level") or 0)}">'
        f"{escape(row['label'])}</th>{inside}</tr>\n"
    )


def _difference(grid: View, row: View, column: View) -> str:
    """Return the cell after a column that says own minus children (上减下)."""
    if grid.get("difference") != column["key"]:
        return ""
    return f'<td data-difference="{escape(column["key"])}"></td>' if row.get("is_parent") else "<td></td>"


def _cell(grid: View, row: View, column: View, cell: View | None) -> str:
    at, summed = escape(column["key"]), bool(column.get("parts"))
    value = cell.get("value") if cell else None
    states = " ".join(cell.get("states") or ()) if cell else ""
    if summed or row["kind"] == "sum":
        look = f"{'sum ' if summed else ''}{states}".strip()
        return f'<td data-at="{at}" class="{look}">{figures.money(value, grid["unit"], grid["places"])}</td>'
    return f'<td data-at="{at}" class="{states}">{_input(grid, row, column, cell or {})}</td>'


def _input(grid: View, row: View, column: View, cell: View) -> str:
    value, version = cell.get("value"), cell.get("version") or ""
    name = f"c.{row['key']}.{column['key']}.{version}"
    labels = f"{grid['id']}-r-{row['key']} {grid['id']}-c-{column['key']}"
    locked = " readonly" if cell.get("locked") else ""
    return (
        f'<input name="{escape(name)}" value="{figures.exact(value, grid["unit"])}" inputmode="decimal"'
        f' autocomplete="off" aria-labelledby="{escape(labels)}" data-minor="{"" if value is None else int(value)}"'
        f' data-version="{escape(version)}"{locked}>'
    )
