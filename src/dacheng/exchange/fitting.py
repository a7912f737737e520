"""Which mapping was made for files like these: told by their headers alone (像哪个系统的导出)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dacheng.core.errors import Text
from dacheng.exchange.mapping import FileRule, ImportMapping
from dacheng.exchange.matching import best_by_headers, columns_found, sheets_with_rows
from dacheng.exchange.sheets import Sheet, Workbook

LEAST_COLUMNS = 3
"""A table of fewer columns looks like those of many systems."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A mapping that reads the files.

    Args:
        tables: tables that it reads.
        columns: columns of them that it reads.
    """

    name: str
    label: Text
    tables: int
    columns: int


def fitting(workbooks: Sequence[Workbook], mappings: Iterable[ImportMapping]) -> list[Fit]:
    """Return the mappings that read some of the files, the likeliest first."""
    sheets = [sheet for _, sheet in sheets_with_rows(workbooks)]
    found = [_fit(sheets, mapping) for mapping in mappings]
    return sorted((one for one in found if one.tables), key=lambda one: (-one.tables, -one.columns, one.name))


def _fit(sheets: Sequence[Sheet], mapping: ImportMapping) -> Fit:
    read = [_columns(sheet, mapping.files) for sheet in sheets]
    enough = [one for one in read if one >= LEAST_COLUMNS]
    return Fit(mapping.name, mapping.label, len(enough), sum(enough))


def _columns(sheet: Sheet, rules: Sequence[FileRule]) -> int:
    """Return how many columns the best rule reads; one for a file without a header tells nothing by it."""
    titled = [rule for rule in rules if rule.header_row != 0]
    best = best_by_headers(sheet, titled)
    return columns_found(sheet, best) if best else 0
