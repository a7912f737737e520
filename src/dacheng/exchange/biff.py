"""Read from a legacy .xls what the cell reader does not tell: errors, hidden rows, password, date system.

Two small layers: the compound file (sectors in chains) that holds the stream "Workbook",
and the stream itself, a list of records. Runs in the child only.

Source: [MS-CFB] §2 and [MS-XLS] §2.4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from dacheng.exchange.refusal import damaged, password_protected
from dacheng.exchange.sheetscan import SheetFacts, WorkbookFacts

END_OF_CHAIN = 0xFFFFFFFA
"""Sector numbers from here on are marks, not places."""

ROOT, STREAM = 5, 2
FORMULA, DATE_MODE, FILE_PASS, BOUND_SHEET, BOOL_ERR, ROW, END = 0x06, 0x22, 0x2F, 0x85, 0x205, 0x208, 0x0A
ROW_HIDDEN = 0x20

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def scan_legacy(file: BinaryIO) -> WorkbookFacts:
    """Return the facts of every sheet of an .xls, by the sheet's place: ``0``, ``1`` …

    Raises:
        FileRefused: encrypted, or not a workbook.
    """
    file.seek(0)
    try:
        stream = _workbook_stream(file.read())
        return _facts(stream)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise damaged(f"xls: {error}"[:200]) from error


# Compound file -------------------------------------------------------------------------------


def _workbook_stream(whole: bytes) -> bytes:
    sector = 1 << struct.unpack_from("<H", whole, 30)[0]
    if sector not in (512, 4096):
        raise damaged("xls: sector size")
    first_directory, cutoff, first_mini = (struct.unpack_from("<L", whole, at)[0] for at in (48, 56, 60))
    chain = _sector_chain(whole, sector)
    entries = dict(_directory(_joined(whole, chain, first_directory, sector, sector)))
    if "encryptedpackage" in entries:
        raise password_protected()
    name = next((name for name in ("workbook", "book") if name in entries), None)
    if name is None:
        raise damaged("compound file without a workbook")
    start, size = entries[name]
    if size >= cutoff:
        return _joined(whole, chain, start, sector, sector)[:size]
    mini_table = _numbers(_joined(whole, chain, first_mini, sector, sector))
    mini = _joined(whole, chain, entries["root entry"][0], sector, sector)
    return _joined(mini, mini_table, start, 64, 0)[:size]


def _sector_chain(whole: bytes, sector: int) -> tuple[int, ...]:
    """Return for every sector the next one of its chain (the FAT)."""
    blocks = list(struct.unpack_from("<109L", whole, 76))
    following: int = struct.unpack_from("<L", whole, 68)[0]
    for _ in range(len(whole) // sector):
        if following >= END_OF_CHAIN:
            break
        *more, following = struct.unpack_from(f"<{sector // 4}L", whole, (following + 1) * sector)
        blocks += more
    places = ((block + 1) * sector for block in blocks if block < END_OF_CHAIN)
    return _numbers(b"".join(whole[at : at + sector] for at in places))


def _numbers(table: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(table) // 4}L", table[: len(table) // 4 * 4])


def _joined(whole: bytes, chain: tuple[int, ...], start: int, sector: int, header: int) -> bytes:
    """Return the bytes of one chain; a chain longer than the table runs in a circle."""
    pieces = []
    while start < END_OF_CHAIN:
        pieces.append(whole[header + start * sector : header + (start + 1) * sector])
        if len(pieces) > len(chain):
            raise damaged("xls: sectors in a circle")
        start = chain[start]
    return b"".join(pieces)


def _directory(table: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    for at in range(0, len(table) - 127, 128):
        length, kind = struct.unpack_from("<HB", table, at + 64)
        if kind in (ROOT, STREAM):
            name = table[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le")
            yield name.lower(), struct.unpack_from("<2L", table, at + 116)


# Records -------------------------------------------------------------------------------------


def _facts(stream: bytes) -> WorkbookFacts:
    from_1904, starts = False, []
    for kind, body in _records(stream, 0):
        if kind == FILE_PASS:
            raise password_protected()
        if kind == DATE_MODE:
            from_1904 = body[:1] == b"\1"
        if kind == BOUND_SHEET:
            starts.append(struct.unpack_from("<L", body)[0])
    return WorkbookFacts({str(place): _sheet(stream, start) for place, start in enumerate(starts)}, from_1904)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield kind and body of each record up to the end of a substream."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<2H", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        if kind == END:
            return
        at += 4 + size


def _sheet(stream: bytes, start: int) -> SheetFacts:
    facts = SheetFacts()
    for kind, body in _records(stream, start):
        if kind == ROW:
            row, flags = struct.unpack_from("<H10xH", body)
            if flags & ROW_HIDDEN:
                facts.hidden_rows.append(row + 1)
        elif kind == BOOL_ERR and body[7]:
            _take_error(facts, body, body[6])
        elif kind == FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
            _take_error(facts, body, body[8])
    return facts


def _take_error(facts: SheetFacts, body: bytes, code: int) -> None:
    row, column = struct.unpack_from("<2H", body)
    facts.add_error(row + 1, column, ERRORS.get(code, "#ERROR"))
