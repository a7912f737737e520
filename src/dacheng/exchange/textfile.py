"""Read a csv of unknown encoding and delimiter as records of text (文本表格).

Encodings: UTF-8 with or without mark, UTF-16 LE/BE, GB18030 (with GBK and GB2312 in it),
Big5, and Windows-1252 where every other reading fails.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from dacheng.core.errors import Finding, Text
from dacheng.exchange.limits import Limits
from dacheng.exchange.refusal import FileRefused, refused
from dacheng.exchange.sniffing import HEAD_BYTES, looks_like_utf16

CHUNK_BYTES = 256 * 1024
SAMPLE_BYTES = 256 * 1024
SAMPLE_RECORDS = 50
CHINESE = ("gb18030", "cp950")
WESTERN = "cp1252"
DELIMITERS = ",;\t|"
SURE = 0.7
"""Share of common characters from which a reading counts as sure."""


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a csv is written, and what should be said about it."""

    encoding: str
    delimiter: str
    findings: tuple[Finding, ...] = ()


def form_of(file: BinaryIO, *, encoding: str = "", delimiter: str = "") -> TextForm:
    """Return encoding and delimiter of a csv; what the caller knows is not guessed.

    Raises:
        FileRefused: no known encoding reads the whole file.
    """
    findings: tuple[Finding, ...] = ()
    if not encoding:
        encoding, findings = _encoding_of(file)
    if failure := _first_failure(file, encoding):
        raise _unreadable_text(failure)
    file.seek(0)
    sample = codecs.getincrementaldecoder(encoding)("replace").decode(file.read(SAMPLE_BYTES))
    return TextForm(encoding, delimiter or _delimiter_of(sample), findings)


def records(file: BinaryIO, form: TextForm, limits: Limits) -> Iterator[list[str]]:
    """Yield every record, blank ones as an empty list, so that their count is the row number.

    Raises:
        FileRefused: a text longer than a cell may be, often an unclosed quotation mark.
    """
    file.seek(0)
    csv.field_size_limit(limits.cell_characters)
    text = io.TextIOWrapper(file, form.encoding, newline="")
    reader = csv.reader(text, delimiter=form.delimiter)
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            if number == 1 and _names_the_delimiter(record):
                record = []
            yield record
    except csv.Error as error:
        raise _unreadable_record(number + 1, limits) from error


def _names_the_delimiter(record: list[str]) -> bool:
    """Tell whether the first record is Excel's own hint ``sep=;``, which the delimiter itself cuts in two."""
    return "".join(record).lower() == "sep=" or (len(record) == 1 and record[0].lower().startswith("sep="))


# Encoding ------------------------------------------------------------------------------------


def _encoding_of(file: BinaryIO) -> tuple[str, tuple[Finding, ...]]:
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", ()
    if wide := looks_like_utf16(head):
        return ("utf-16" if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else wide), ()
    if not _first_failure(file, "utf-8"):
        return "utf-8", ()
    return _chinese_or_western(file)


def _chinese_or_western(file: BinaryIO) -> tuple[str, tuple[Finding, ...]]:
    """Choose by strict decoding of the whole file, then by the share of common characters."""
    sample = _sample(file)
    failures = {encoding: _first_failure(file, encoding) for encoding in CHINESE}
    shares = _common_shares(sample)
    best = max(CHINESE, key=lambda encoding: (failures[encoding] is None, shares[encoding]))
    if failures[best] is None and shares[best] >= SURE:
        return best, ()
    if _is_western(sample) and not _first_failure(file, WESTERN):
        return WESTERN, (_unsure("Windows-1252"),)
    return best, (_unsure(best),)


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a file stops being text: its line and the bytes."""

    line: int
    seen: str


def _first_failure(file: BinaryIO, encoding: str) -> Failure | None:
    """Decode the whole file strictly; memory stays at one chunk."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 0
    chunk = b"-"
    while chunk:
        chunk = file.read(CHUNK_BYTES)
        try:
            lines += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(encoding, "ignore")
            return Failure(lines + before.count("\n") + 1, error.object[error.start :][:4].hex(" "))
    return None


def _sample(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(SAMPLE_BYTES)


def _common_shares(sample: bytes) -> dict[str, float]:
    """Return for GB18030 and Big5 the share of two-byte characters that are common in it.

    Common = punctuation, letters and first-level characters: rows A1–A9 and B0–D7 with a second
    byte from A1 in GB2312, rows A1–C6 in Big5. Text of one looks rare in the other.
    """
    pairs = _pairs(sample)
    total = max(1, sum(pairs.values()))
    simplified = sum(n for (row, cell), n in pairs.items() if cell >= 0xA1 and (row <= 0xA9 or 0xB0 <= row <= 0xD7))
    traditional = sum(n for (row, _), n in pairs.items() if 0xA1 <= row <= 0xC6)
    return {"gb18030": simplified / total, "cp950": traditional / total}


def _pairs(sample: bytes) -> Counter[bytes]:
    """Return the two-byte characters of a sample with their counts; ASCII is left out."""
    return Counter(re.findall(rb"[\x80-\xff].", sample, re.DOTALL))


def _is_western(sample: bytes) -> bool:
    """Tell whether bytes above ASCII stand alone between ASCII, as accented letters do."""
    runs = re.findall(rb"[\x80-\xff]+", sample)
    return sum(len(run) == 1 for run in runs) > SURE * len(runs)


def _unsure(encoding: str) -> Finding:
    return Finding(
        "file/encoding-guessed",
        Text(f"文件编码不确定，按 {encoding} 读取。", f"The encoding is not certain; the file was read as {encoding}."),
        Text(
            "请核对名称是否正确；若有乱码，请另存为 UTF-8。",
            "Check the names; if they look wrong, save the file as UTF-8.",
        ),
        "warn",
        value=encoding,
    )


def _unreadable_text(failure: Failure) -> FileRefused:
    return refused(
        "file/encoding",
        Text(
            f"第 {failure.line} 行起不是有效的 UTF-8、UTF-16、GB18030 或 Big5 文本（字节 {failure.seen}）。",
            f"From line {failure.line} on this is no UTF-8, UTF-16, GB18030 or Big5 text (bytes {failure.seen}).",
        ),
        Text("请在 Excel 中另存为“CSV UTF-8”。", "Save it in Excel as “CSV UTF-8”."),
        row=failure.line,
        value=failure.seen,
    )


# Delimiter -----------------------------------------------------------------------------------


def _delimiter_of(sample: str) -> str:
    """Return the delimiter that cuts most records into the same number of fields, more than one."""
    lines = sample.lstrip("\ufeff")
    if hint := re.match(r"\"?sep=(.)", lines, re.IGNORECASE):
        return hint[1]
    return max(DELIMITERS, key=lambda delimiter: _regularity(lines, delimiter))


def _regularity(sample: str, delimiter: str) -> tuple[float, int]:
    """Return the share of records that have the most usual width, 0 if that is 1, and the width."""
    widths = Counter(len(record) for record in _first_records(sample, delimiter) if record)
    if not widths:
        return 0.0, 0
    width, count = widths.most_common(1)[0]
    return (count / widths.total() if width > 1 else 0.0), width


def _first_records(sample: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        return list(islice(reader, SAMPLE_RECORDS))
    except csv.Error:
        return []


def _unreadable_record(row: int, limits: Limits) -> FileRefused:
    return refused(
        "file/long-text",
        Text(
            f"第 {row} 行有超过 {limits.cell_characters:,} 个字符的内容，可能是缺少一个引号。",
            f"Row {row} holds a text of more than {limits.cell_characters:,} characters; a quote may be missing.",
        ),
        Text("请检查该行的双引号是否成对。", "Check that the double quotes of this row are paired."),
        row=row,
    )
