"""A workbook as it was read: sheets of rows that stay on disk until they are asked for (工作簿)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from dacheng.core.errors import Finding, NotFound, Text
from dacheng.exchange.cells import Row, column_letters, decode_row
from dacheng.exchange.sniffing import FileKind

BLOCK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Area:
    """A merged range; rows 1-based, columns 0-based, all inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{column_letters(self.left)}{self.top}:{column_letters(self.right)}{self.bottom}"


@dataclass(frozen=True, slots=True)
class SpooledRows:
    """The rows of one sheet, read from the spool each time they are iterated; any number at once."""

    spool: BinaryIO = field(repr=False)
    start: int
    end: int

    def __iter__(self) -> Iterator[Row]:
        rest = b""
        at = self.start
        while at < self.end:
            block = os.pread(self.spool.fileno(), min(BLOCK_BYTES, self.end - at), at)
            at += len(block)
            *lines, rest = (rest + block).split(b"\n")
            yield from map(decode_row, lines)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet, or a csv.

    Args:
        name: empty for a csv.
        rows: those that are not blank, in order; may be iterated again and again.
        hidden: the whole sheet is hidden.
        merged: merged ranges, at most the first 1,000 of ``merged_count``.
        hidden_rows: first and last of each run of hidden rows, likewise.
        row_count, column_count: rows that are not blank; columns from A to the last used one.
    """

    name: str
    rows: Iterable[Row] = ()
    row_count: int = 0
    column_count: int = 0
    hidden: bool = False
    merged: tuple[Area, ...] = ()
    merged_count: int = 0
    hidden_rows: tuple[tuple[int, int], ...] = ()
    hidden_count: int = 0


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file as it was read.

    Args:
        name: what the person calls the file.
        encoding, delimiter: of a csv, else empty.
        from_1904: day 0 of bare serial numbers is 1904-01-01 (dates of sheets are converted already).
        findings: what was noticed about the file as a whole.
    """

    kind: FileKind
    name: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
    from_1904: bool = False
    findings: tuple[Finding, ...] = ()

    def sheet(self, name: str = "") -> Sheet:
        """Return the sheet of that name (case and outer spaces aside); empty = the first visible one with rows.

        Raises:
            NotFound: no such sheet; the message lists those that there are.
        """
        wanted = name.strip().casefold()
        for sheet in self.sheets:
            if (sheet.name.strip().casefold() == wanted) if wanted else (sheet.row_count and not sheet.hidden):
                return sheet
        names = "、".join(sheet.name for sheet in self.sheets[:20])
        raise NotFound(
            Text(
                f"文件“{self.name}”中没有工作表“{name}”。", f"The file “{self.name}” has no sheet “{name}” with rows."
            ),
            Text(f"现有工作表：{names}。", f"It has: {names}."),
        )
