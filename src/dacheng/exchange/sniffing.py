"""Tell what a file is by its content; its name is never asked (识别文件类型)."""

from __future__ import annotations

import re
from typing import BinaryIO, Literal

from dacheng.core.errors import Text
from dacheng.exchange.container import check_zip
from dacheng.exchange.limits import Limits
from dacheng.exchange.refusal import SAVE_AS_XLSX, FileRefused, refused

FileKind = Literal["xlsx", "xls", "csv"]

HEAD_BYTES = 8192
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

MARKS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"SQLite format 3", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"\x09\x08", "Excel 5"),
    (b"\x09\x04", "Excel 4"),
)
"""First bytes of what people also upload; named so that the refusal can name it."""

OTHER_ZIPS = (
    ("xl/workbook.bin", ".xlsb"),
    ("content.xml", "OpenDocument"),
    ("word/document.xml", "Word"),
    ("ppt/presentation.xml", "PowerPoint"),
)

CLEARLY_MORE = 10
"""一 (4E 00) and its like put single zero bytes on the other side."""

MARKUP = re.compile(r"\s*<(!doctype|html|head|body|table|div|style|meta|\?xml|workbook)\b", re.IGNORECASE)


def kind_of(file: BinaryIO, limits: Limits) -> FileKind:
    """Return the kind of a file by its content.

    Raises:
        FileRefused: empty, not a table, or a zip that fails the pre-check.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head.strip(b"\0 \t\r\n"):
        raise _empty()
    if head.startswith(b"PK"):
        return _zip_kind(check_zip(file, limits))
    if head.startswith(COMPOUND_FILE):
        return "xls"
    for mark, name in MARKS:
        if head.startswith(mark):
            raise not_a_table(name)
    _check_text(head)
    return "csv"


def _zip_kind(names: frozenset[str]) -> FileKind:
    for part, name in OTHER_ZIPS:
        if part in names:
            raise not_a_table(name)
    if "[content_types].xml" in names and any(name.startswith("xl/workbook") for name in names):
        return "xlsx"
    raise not_a_table("zip")


def _check_text(head: bytes) -> None:
    """Refuse markup and bytes that are no text; a web page named .xls is what many systems export."""
    plain = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if MARKUP.match(plain.replace(b"\0", b"").decode("latin-1")):
        raise not_a_table("HTML / XML")
    if b"\0" in head and not looks_like_utf16(head):
        raise not_a_table("binary")


def looks_like_utf16(head: bytes) -> str:
    """Return the UTF-16 variant by its mark, or by where the zero bytes of ASCII lie; empty if neither."""
    if head.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if head.startswith(b"\xfe\xff"):
        return "utf-16-be"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    few = len(head) // 20
    if odd > max(few, CLEARLY_MORE * even):
        return "utf-16-le"
    if even > max(few, CLEARLY_MORE * odd):
        return "utf-16-be"
    return ""


def not_a_table(what: str) -> FileRefused:
    """Return the refusal of a file that is not xlsx, xls or csv."""
    return refused(
        "file/not-a-table",
        Text(
            f"文件内容是 {what}，不是可导入的 xlsx、xls 或 csv（不看扩展名）。",
            f"The content is {what}, not xlsx, xls or csv (the extension is not asked).",
        ),
        SAVE_AS_XLSX,
        value=what,
    )


def _empty() -> FileRefused:
    return refused(
        "file/empty",
        Text("文件是空的。", "The file is empty."),
        Text("请确认导出已完成，再上传一次。", "Check that the export finished, then upload it again."),
    )
