"""A workbook that we exported says which version of the data it shows (自己的导出)."""

from __future__ import annotations

import re
from datetime import date
from itertools import islice
from typing import NamedTuple

from dacheng.core.period import day_of
from dacheng.exchange.sheets import Workbook

VERSION = re.compile(r"(?:数据版本|Data version) ([0-9a-f]{32}-[0-9]{1,18}) @ (\d{4})-(\d{2})-(\d{2})")
MOST_ROWS = 200
"""The line stands on the sheet of notes, among its first rows."""


class ExportedVersion(NamedTuple):
    """Name of a version of the data, and the day that the file shows."""

    name: str
    day: int


def exported_version(workbook: Workbook) -> ExportedVersion | None:
    """Return the version that a workbook says it shows; None for one that is not ours."""
    for sheet in workbook.sheets:
        if sheet.column_count > 3:
            continue
        for row in islice(sheet.rows, MOST_ROWS):
            for cell in row.cells:
                found = VERSION.fullmatch(cell) if isinstance(cell, str) else None
                if found:
                    return ExportedVersion(found[1], day_of(date(int(found[2]), int(found[3]), int(found[4]))))
    return None
