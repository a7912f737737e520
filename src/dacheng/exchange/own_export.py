"""A file that we exported says which version of the data it shows (自己的导出).

A workbook says it on its sheet of notes, a csv in a column of its own.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import islice
from typing import NamedTuple

from dacheng.core.errors import Text
from dacheng.core.period import day_of
from dacheng.exchange.sheets import Sheet, Workbook
from dacheng.exchange.texts import header_key

VERSION_TITLE = Text("数据版本", "Data version")
VERSION_KEYS = frozenset({header_key(VERSION_TITLE.zh), header_key(VERSION_TITLE.en)})
"""Header keys of the column that names the version."""

NAMED = r"([0-9a-f]{32}-[0-9]{1,18}) @ (\d{4})-(\d{2})-(\d{2})"
NOTED, TOLD = re.compile(rf"(?:数据版本|Data version) {NAMED}"), re.compile(NAMED)
MOST_ROWS = 200
"""The line stands on the sheet of notes, among its first rows."""


class ExportedVersion(NamedTuple):
    """Name of a version of the data, and the day that the file shows."""

    name: str
    day: int


def exported_version(workbook: Workbook) -> ExportedVersion | None:
    """Return the version that the notes of a workbook say it shows; None for one that is not ours."""
    for sheet in workbook.sheets:
        if sheet.column_count > 3:
            continue
        for row in islice(sheet.rows, MOST_ROWS):
            for cell in row.cells:
                found = NOTED.fullmatch(cell) if isinstance(cell, str) else None
                if found:
                    return _version(found)
    return None


def versions_in_rows(sheet: Sheet) -> frozenset[ExportedVersion]:
    """Return the versions that rows of a table say they show; none where it has no such column in its first row.

    A row without one was added by hand. Several versions mean that exports were put together.
    """
    rows = iter(sheet.rows)
    header = next(rows, None)
    keys = [header_key(cell) if isinstance(cell, str) else "" for cell in header.cells] if header else []
    place = next((at for at, key in enumerate(keys) if key in VERSION_KEYS), None)
    if place is None:
        return frozenset()
    texts = {row.cells[place] for row in rows if len(row.cells) > place}
    found = (TOLD.fullmatch(text.strip()) for text in texts if isinstance(text, str))
    return frozenset(_version(one) for one in found if one)


def _version(found: re.Match[str]) -> ExportedVersion:
    return ExportedVersion(found[1], day_of(date(int(found[2]), int(found[3]), int(found[4]))))
