"""Read from an xlsx's own XML what the cell reader does not tell, in one pass and before it starts (工作表预扫描).

The cell reader (calamine) holds a sheet as one dense rectangle and turns an error into an
empty cell. So this looks first for: document type declarations, the real extent, errors,
formulas saved without a result, hidden rows. Runs in the child only.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import IO, BinaryIO
from xml.etree import ElementTree

from dacheng.core.errors import Text
from dacheng.exchange.cells import NOT_CALCULATED, cell_place, column_letters, column_position
from dacheng.exchange.limits import Limits
from dacheng.exchange.refusal import FileRefused, damaged, refused

CHUNK_BYTES = 1024 * 1024
LONGEST_TAG = 64 * 1024
SMALL_PART_BYTES = 8 * CHUNK_BYTES
MEDIA = ("xl/media/", "docprops/thumbnail")
WORKBOOK_PART = "xl/workbook.xml"

DECLARATION = re.compile(
    b"|".join(
        re.escape(form)
        for word in ("<!DOCTYPE", "<!ENTITY")
        for form in (word.encode(), word.encode("utf-16-le").rstrip(b"\0"))
    ),
    re.IGNORECASE,
)
"""In UTF-8 and, because the last zero byte is left out, in both orders of UTF-16."""


@dataclass(slots=True)
class SheetFacts:
    """What the XML of one sheet says beside its values; rows 1-based, columns 0-based."""

    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    cells: int = 0
    first_row: int = 0
    last_row: int = 0
    letters: set[str] = field(default_factory=set)

    def add_error(self, row: int, column: int, code: str) -> None:
        """Note a cell without a value of its own."""
        self.errors.setdefault(row, {})[column] = code


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """Facts of the sheets by name, and whether day 0 is 1904-01-01."""

    sheets: dict[str, SheetFacts]
    from_1904: bool = False


@dataclass(frozen=True, slots=True)
class Tags:
    """Patterns for one namespace prefix; some writers say ``<x:row>``."""

    row: bytes
    cell: bytes
    hidden_row: re.Pattern[bytes]
    error: re.Pattern[bytes]
    uncalculated: re.Pattern[bytes]


FILLED = re.compile(rb' r="([A-Z]+)(\d+)"[^>]*+(?<!/)>')
"""A cell that is not just a format: its tag is not closed at once."""

REFERENCE = re.compile(rb"""\br=["']([A-Z]+\d+)["']""")
TYPED_RESULT = re.compile(rb"""\bt=["'](?:e|str)["']""")
"""An error, or a formula whose result is the empty text: both have a result."""

ROW_NUMBER = re.compile(rb"""\br=["'](\d+)["']""")


def scan_workbook(file: BinaryIO, limits: Limits) -> WorkbookFacts:
    """Return the facts of every worksheet.

    Raises:
        FileRefused: a document type declaration, damage, or more than the limits allow.
    """
    try:
        with zipfile.ZipFile(file) as zipped:
            _refuse_declarations(zipped, limits)
            return _facts(zipped, limits)
    except (zipfile.BadZipFile, ElementTree.ParseError, EOFError, NotImplementedError, KeyError) as error:
        raise damaged(f"xlsx: {error}"[:200]) from error


def _facts(zipped: zipfile.ZipFile, limits: Limits) -> WorkbookFacts:
    parts = {name.replace("\\", "/").lower(): name for name in zipped.namelist()}
    book = _small_part(zipped, parts[WORKBOOK_PART])
    targets = {
        relation.get("Id"): _absolute(relation.get("Target", ""))
        for relation in _small_part(zipped, parts["xl/_rels/workbook.xml.rels"])
    }
    sheets = {}
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        identity = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        part, name = parts.get(targets.get(identity, "")), sheet.get("name", "")
        if part and "worksheets/" in part.lower():
            with zipped.open(part) as stream:
                sheets[name] = scan_sheet(stream, name, limits)
    properties = book.find("{*}workbookPr")
    from_1904 = properties is not None and properties.get("date1904", "0").lower() in ("1", "true", "on")
    return WorkbookFacts(sheets, from_1904)


def _small_part(zipped: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if zipped.getinfo(name).file_size > SMALL_PART_BYTES:
        raise damaged(f"xlsx: {name} is too large")
    return ElementTree.fromstring(zipped.read(name))


def _absolute(target: str) -> str:
    """Return the part that a relation of the workbook names."""
    return posixpath.normpath(posixpath.join("/xl", target.replace("\\", "/"))).lstrip("/").lower()


def _refuse_declarations(zipped: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse XXE and entity bombs in any part, and count the shared texts."""
    left = limits.unpacked_bytes
    for entry in zipped.infolist():
        name = entry.filename.replace("\\", "/").lower()
        if name.startswith(MEDIA):
            continue
        texts, end = 0, b""
        with zipped.open(entry) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                left -= len(chunk)
                if left < 0:
                    raise damaged("xlsx: unpacks to more than it declares")
                if DECLARATION.search(end + chunk):
                    raise _declared(entry.filename)
                texts += chunk.count(b"<si>") + chunk.count(b":si>") + chunk.count(b"<si/>") + chunk.count(b"<si ")
                end = chunk[-32:]
        if name.endswith("sharedstrings.xml") and texts > limits.shared_texts:
            raise _too_many_texts(texts, limits)


def scan_sheet(stream: IO[bytes], sheet: str, limits: Limits) -> SheetFacts:
    """Return the facts of one sheet's XML.

    Raises:
        FileRefused: too many rows, columns, cells or errors, or a cell far from the rest.
    """
    facts = SheetFacts()
    rows = 0
    for text, tags in _pieces(stream):
        rows = _take_rows(facts, text, tags, rows)
        _take_extent(facts, text)
        _take_errors(facts, text, tags)
        _check_extent(facts, sheet, limits)
    return facts


@cache
def _tags(prefix: bytes) -> Tags:
    name = re.escape(prefix)
    value, formula = b"<%sv" % name, b"<%sf" % name
    return Tags(
        row=b"<%srow" % prefix,
        cell=b"<%sc " % prefix,
        hidden_row=re.compile(rb"<%srow\b[^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*>" % name),
        error=re.compile(
            rb"<%sc\s([^>]*\bt=[\"']e[\"'][^>]*)>(?:.{0,9000}?%s[^>]*>([^<]*)<)?" % (name, value), re.DOTALL
        ),
        uncalculated=re.compile(
            rb"<%sc\s([^>]*)>\s*%s(?:[^>]*/>|[^>]*>[^<]*</%sf>)\s*(?:%s\s*/>|%s>\s*</%sv>)?\s*</%sc>"
            % (name, formula, name, value, value, name, name)
        ),
    )


def _pieces(stream: IO[bytes]) -> Iterator[tuple[bytes, Tags]]:
    """Yield the XML in pieces that end before a cell or a row begins, so that no tag is cut."""
    rest = b""
    tags: Tags | None = None
    while chunk := stream.read(CHUNK_BYTES):
        text = rest + chunk
        if tags is None:
            root = re.search(rb"<((?:\w+:)?)worksheet\b", text)
            tags = _tags(root[1] if root else b"")
        cut = max(text.rfind(tags.cell), text.rfind(tags.row))
        if cut <= 0:
            cut = max(text.rfind(b"<"), len(text) - LONGEST_TAG)
        rest = text[cut:]
        yield text[:cut], tags
    if tags is not None:
        yield rest, tags


def _take_rows(facts: SheetFacts, text: bytes, tags: Tags, before: int) -> int:
    """Note the hidden rows; return how many rows there were so far (the number of a row that does not say it)."""
    if b"hidden" in text:
        for row in tags.hidden_row.finditer(text):
            said = ROW_NUMBER.search(row[0])
            number = int(said[1]) if said else before + text.count(tags.row, 0, row.start()) + 1
            facts.hidden_rows.append(number)
    return before + text.count(tags.row)


def _take_extent(facts: SheetFacts, text: bytes) -> None:
    filled = FILLED.findall(text)
    if filled:
        facts.cells += len(filled)
        facts.letters.update(letters.decode() for letters in {letters for letters, _ in filled})
        facts.first_row = facts.first_row or int(filled[0][1])
        facts.last_row = max(facts.last_row, int(filled[-1][1]))


def _take_errors(facts: SheetFacts, text: bytes, tags: Tags) -> None:
    if b't="e"' in text or b"t='e'" in text:
        for cell in tags.error.finditer(text):
            _take_error(facts, cell[1], (cell[2] or b"#ERROR").decode("utf-8", "replace"))
    if tags.row[:-3] + b"f" in text:
        for cell in tags.uncalculated.finditer(text):
            if not TYPED_RESULT.search(cell[1]):
                _take_error(facts, cell[1], NOT_CALCULATED)


def _take_error(facts: SheetFacts, attributes: bytes, code: str) -> None:
    if place := REFERENCE.search(attributes):
        facts.add_error(*cell_place(place[1].decode()), code[:40])


def _check_extent(facts: SheetFacts, sheet: str, limits: Limits) -> None:
    if facts.cells > limits.cells:
        raise too_large(sheet, limits, f"> {limits.cells:,} cells", row=facts.last_row)
    if facts.last_row > limits.rows:
        raise too_large(sheet, limits, f"> {limits.rows:,} rows", row=facts.last_row)
    if sum(map(len, facts.errors.values())) > limits.error_cells:
        raise too_large(sheet, limits, f"> {limits.error_cells:,} error cells", row=facts.last_row)
    positions = [column_position(letters) for letters in facts.letters]
    if positions and max(positions) >= limits.columns:
        raise _far_cell(sheet, limits, facts.last_row, max(positions))
    if positions and (facts.last_row - facts.first_row + 1) * (max(positions) - min(positions) + 1) > limits.cells:
        raise _far_cell(sheet, limits, facts.last_row, max(positions))


def too_large(sheet: str, limits: Limits, seen: str, row: int | None = None) -> FileRefused:
    """Return the refusal of a sheet with more rows or cells than we read at once."""
    return refused(
        "file/too-large",
        Text(
            f"工作表“{sheet}”太大（{seen}；上限 {limits.rows:,} 行、{limits.cells:,} 个单元格）。",
            f"Sheet “{sheet}” is too large ({seen}; at most {limits.rows:,} rows and {limits.cells:,} cells).",
        ),
        Text("请拆成几个文件再导入。", "Split it into several files."),
        sheet=sheet,
        row=row,
        value=seen,
    )


def _far_cell(sheet: str, limits: Limits, row: int, position: int) -> FileRefused:
    letters = column_letters(position) if position < 10**6 else "?"
    return refused(
        "file/far-cell",
        Text(
            f"工作表“{sheet}”用到了 {letters}{row}，范围过大"
            f"（上限 {limits.columns:,} 列、{limits.cells:,} 个单元格）。",
            f"Sheet “{sheet}” reaches to {letters}{row}; its area is too large "
            f"(at most {limits.columns:,} columns and {limits.cells:,} cells).",
        ),
        Text(
            "请删除数据区域以外的单元格（选中多余的行和列，右键删除，保存）后再导入。",
            "Delete the cells outside the data (select the extra rows and columns, delete, save) and import again.",
        ),
        sheet=sheet,
        row=row,
        column=letters,
        value=f"{letters}{row}",
    )


def _declared(part: str) -> FileRefused:
    return refused(
        "file/dtd",
        Text(
            f"文件部件 {part} 含有 DTD 或实体声明，可能是攻击，已拒绝。",
            f"Part {part} declares a document type or an entity, as attacks do; it was refused.",
        ),
        Text("请用 Excel 或 WPS 重新保存该文件。", "Save the file again with Excel or WPS."),
        value=part,
    )


def _too_many_texts(texts: int, limits: Limits) -> FileRefused:
    return refused(
        "file/too-large",
        Text(
            f"共享文本有 {texts:,} 条，超过上限 {limits.shared_texts:,}。",
            f"There are {texts:,} shared texts; at most {limits.shared_texts:,} are read.",
        ),
        Text("请拆成几个文件再导入。", "Split it into several files."),
        value=f"{texts:,}",
    )
