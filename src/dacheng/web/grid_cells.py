"""Rows of the planning grid as HTML: typed cells are inputs, sums are text.

The structure is described in ``templates/parts/grid.html``, the island in ``assets/grid.js``.
The input holds the exact decimal, so that the form posts it unchanged without JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from dacheng.web import figures

View = Mapping[str, Any]


def grid_rows(grid: View) -> SafeString:
    """Return the body rows of a planning grid."""
    return mark_safe("".join(_row(grid, row) for row in grid["rows"]))


def _row(grid: View, row: View) -> str:
    key = escape(row["key"])
    named = f"{grid['id']}-r-{key}"
    look = " ".join(name for name in ("parent" if row.get("is_parent") else "", row.get("look") or "") if name)
    cells = {cell["column"]: cell for cell in row["cells"]}
    inside = "".join(
        _cell(grid, row, column, cells.get(column["key"])) + _difference(grid, row, column)
        for column in grid["columns"]
    )
    return (
        f'<tr data-row="{key}" data-parent="{escape(row.get("parent") or "")}" data-kind="{escape(row["kind"])}"'
        f' class="{escape(look)}"><th scope="row" aria-labelledby="{named}" class="level-{int(row.get("level") or 0)}"'
        f"{' data-movable' if row.get('movable') else ''}{' data-takes' if row.get('takes') else ''}>"
        f"{_head(row, named)}</th>{_lights(grid, row)}{inside}</tr>\n"
    )


def _head(row: View, named: str) -> str:
    """Return the name of a row: a door to its history, and beside it one to a grid of its own where it is folded."""
    label = escape(row["label"])
    if row.get("url"):
        name = f'<a class="door" id="{named}" href="{escape(row["url"])}" data-sheet data-name>{label}</a>'
    else:
        name = f'<span id="{named}" data-name>{label}</span>'
    if not row.get("open_url"):
        return name
    return f'{name} <a class="open-grid" href="{escape(row["open_url"])}">{escape(gettext("展开"))}</a>'


def _lights(grid: View, row: View) -> str:
    """Return the cell beside the name with a sign for each light of the row: a link to what they mean."""
    if not grid.get("lights"):
        return ""
    if not row.get("lights"):
        return '<td class="lights"></td>'
    signs = "".join(
        f'<span class="{one["tone"]}" title="{escape(one["title"])}">{one["sign"]}</span>' for one in row["lights"]
    )
    said = gettext("；").join((row["label"], *(one["said"] for one in row["lights"])))
    return f'<td class="lights"><a href="{escape(grid["health_url"])}" aria-label="{escape(said)}">{signs}</a></td>'


def _difference(grid: View, row: View, column: View) -> str:
    """Return the cell after a column that says own minus children (上减下)."""
    if grid.get("difference") != column["key"]:
        return ""
    if not (row.get("is_parent") or row.get("compared")):
        return "<td></td>"
    return f'<td data-difference="{escape(column["key"])}">{escape(row.get("difference") or "")}</td>'


def _cell(grid: View, row: View, column: View, cell: View | None) -> str:
    at, summed = escape(column["key"]), bool(column.get("parts"))
    value = cell.get("value") if cell else None
    states = " ".join(cell.get("states") or ()) if cell else ""
    if summed or row["kind"] == "sum":
        look = f"{'sum ' if summed else ''}{states}".strip()
        shown = figures.money(value, grid["unit"], grid["places"])
        return f'<td data-at="{at}" class="{look}">{shown}{_under(cell)}</td>'
    below = f' data-below="{int(cell["below"])}"' if cell and cell.get("below") is not None else ""
    if cell and cell.get("plain"):
        return _plain(grid, cell, f'data-at="{at}" class="{states}"{below}')
    return f'<td data-at="{at}" class="{states}"{below}>{_input(grid, row, column, cell or {})}</td>'


def _plain(grid: View, cell: View, attributes: str) -> str:
    """Return a cell that this reader does not type; what its children add up to stands in for a missing amount."""
    value = cell.get("value")
    shown = cell.get("sum") if value is None else value
    minor = "" if value is None else int(value)
    text = figures.money(shown, grid["unit"], grid["places"])
    return f'<td {attributes} data-minor="{minor}">{text}{_under(cell)}</td>'


def _under(cell: View | None) -> str:
    """Return the lines under an amount: how it differs from another version."""
    lines = (cell.get("under") or ()) if cell else ()
    return "".join(f' <small class="{escape(tone)}">{escape(text)}</small>' for text, tone in lines)


def _input(grid: View, row: View, column: View, cell: View) -> str:
    value, version = cell.get("value"), cell.get("version") or ""
    name = f"c.{row['key']}.{column['key']}.{version}"
    labels = f"{grid['id']}-r-{row['key']} {grid['id']}-c-{column['key']}"
    locked = " readonly" if cell.get("locked") else ""
    typed = cell["typed"] if cell.get("typed") is not None else figures.exact(value, grid["unit"])
    if cell.get("sum") is not None:
        locked += f' placeholder="{figures.money(cell["sum"], grid["unit"], grid["places"])}"'
    return (
        f'<input name="{escape(name)}" value="{escape(typed)}" inputmode="decimal" size="4"'
        f' autocomplete="off" aria-labelledby="{escape(labels)}" data-minor="{"" if value is None else int(value)}"'
        f' data-version="{escape(version)}"{locked}>'
    )
