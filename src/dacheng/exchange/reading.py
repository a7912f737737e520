"""Read a workbook or a csv that somebody uploaded, without trusting a byte of it (读取文件).

The parent looks at the first bytes and at a zip's list of entries; a child process with
limits reads the cells and spools them to disk. So this process grows by a few hundred
kilobytes, whatever the file is.

>>> book = read_workbook("客户,金额\\n北辰,12.50\\n".encode("gb18030"), "客户.xls")
>>> [row.cells for row in book.sheet().rows]
[('客户', '金额'), ('北辰', '12.50')]
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from dacheng.core.errors import NotFound, Text
from dacheng.exchange.cells import NOT_CALCULATED, Cell, ErrorCell, Row
from dacheng.exchange.layout import Header, SheetTable, find_table
from dacheng.exchange.limits import MEGABYTE, Limits
from dacheng.exchange.refusal import FileRefused, finding_from_json, refused
from dacheng.exchange.sandbox import read_in_child, request_for
from dacheng.exchange.sheets import Area, Sheet, SpooledRows, Workbook
from dacheng.exchange.sniffing import kind_of
from dacheng.exchange.texts import header_key

__all__ = [
    "read_workbook", "find_table", "header_key",
    "Workbook", "Sheet", "Row", "Cell", "ErrorCell", "NOT_CALCULATED", "Area", "SheetTable", "Header",
    "Limits", "FileRefused",
]  # fmt: skip

DEFAULT_LIMITS = Limits()

Source = str | Path | bytes | BinaryIO


def read_workbook(
    source: Source, name: str = "", limits: Limits = DEFAULT_LIMITS, *, encoding: str = "", delimiter: str = ""
) -> Workbook:
    """Return the sheets of an xlsx, xls or csv, told apart by content.

    Args:
        source: a path, the bytes, or a binary file that can be read from its start.
        name: what the person calls the file; only for messages.
        encoding, delimiter: of a csv, where the person knows better than the guess.

    Raises:
        FileRefused: hostile, damaged, too large or no table; its finding says where and why.
        NotFound: there is no such file.
    """
    with _opened(source) as file:
        _check_size(file, limits)
        kind = kind_of(file, limits)
        request = request_for(kind, limits, encoding=encoding, delimiter=delimiter)
        spool, summary = read_in_child(file, request, limits)
    sheets = tuple(_sheet(described, spool) for described in summary["sheets"])
    return Workbook(
        kind,
        name or (str(source) if isinstance(source, str | Path) else ""),
        sheets,
        summary.get("encoding", ""),
        summary.get("delimiter", ""),
        summary.get("from_1904", False),
        tuple(map(finding_from_json, summary["findings"])),
    )


def _opened(source: Source) -> AbstractContextManager[BinaryIO]:
    """Return the source as a file on disk, which the child can be given as its input."""
    if isinstance(source, str | Path):
        try:
            return open(source, "rb")
        except OSError as error:
            raise NotFound(
                Text(f"无法打开文件 {source}：{error.strerror}。", f"Cannot open {source}: {error.strerror}."),
                Text("请核对路径和权限。", "Check the path and the permission."),
            ) from error
    if not isinstance(source, bytes) and _is_plain_file(source):
        return nullcontext(source)
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    if isinstance(source, bytes):
        copy.write(source)
    else:
        source.seek(0)
        shutil.copyfileobj(source, copy)
    copy.flush()
    return copy


def _is_plain_file(file: BinaryIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except (OSError, AttributeError):
        return False


def _check_size(file: BinaryIO, limits: Limits) -> None:
    if not _is_plain_file(file):
        raise refused(
            "file/not-a-table",
            Text("这不是普通文件。", "This is not an ordinary file."),
            Text("请选择一个 xlsx、xls 或 csv 文件。", "Choose an xlsx, xls or csv file."),
        )
    size = os.fstat(file.fileno()).st_size
    if size > limits.file_bytes:
        seen, most = f"{size / MEGABYTE:,.1f} MB", f"{limits.file_bytes // MEGABYTE:,} MB"
        raise refused(
            "file/too-large",
            Text(f"文件有 {seen}，上限 {most}。", f"The file has {seen}; at most {most} are read."),
            Text("请拆成几个文件再导入。", "Split it into several files."),
            value=seen,
        )


def _sheet(described: dict[str, Any], spool: BinaryIO) -> Sheet:
    return Sheet(
        described["name"],
        SpooledRows(spool, described["start"], described["end"]),
        described["rows"],
        described["columns"],
        described.get("hidden", False),
        tuple(Area(*corners) for corners in described.get("merged", ())),
        described.get("merged_count", 0),
        tuple((first, last) for first, last in described.get("hidden_rows", ())),
        described.get("hidden_count", 0),
    )
