"""The child process that opens a file nobody trusts (读取子进程).

``python -m dacheng.exchange.worker REQUEST < file > spool``: the file is read from standard
input, rows go to standard output as lines of JSON, then one line that sums up, then its
offset in 20 digits. Before the first byte is read the process limits itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, BinaryIO

from dacheng.core.errors import Text
from dacheng.exchange.biff import scan_legacy
from dacheng.exchange.cells import column_letters, encode_row, plain_cells
from dacheng.exchange.limits import Limits
from dacheng.exchange.refusal import FileRefused, damaged, finding_as_json, password_protected, refused
from dacheng.exchange.sheetscan import SheetFacts, WorkbookFacts, scan_workbook, too_large
from dacheng.exchange.textfile import form_of, records

MOST_RANGES = 1_000
"""Merged ranges and runs of hidden rows that are told one by one."""

GRACE = 5
"""The hard limit lies this much above the soft one: at the soft one the process is told, not killed."""

Plain = dict[str, Any]


class Spool:
    """Where rows are written; it refuses what passes the limits."""

    def __init__(self, out: BinaryIO, limits: Limits) -> None:
        self.out = out
        self.limits = limits
        self.cells = 0
        self.written = 0

    def write_sheet(self, name: str, rows: Iterable[tuple[int, list[Any]]]) -> Plain:
        """Write the rows that are not blank; return where they lie and how many there are.

        Raises:
            FileRefused: too many rows, columns or cells, or a text that is too long.
        """
        start, count, width = self.written, 0, 0
        for number, values in rows:
            cells = plain_cells(values)
            if number > self.limits.rows:
                raise too_large(name, self.limits, f"> {self.limits.rows:,} rows", number)
            if not cells:
                continue
            self._write_row(name, number, cells)
            count += 1
            width = max(width, len(cells))
            if count == self.limits.first_rows:
                break
        return {"name": name, "start": start, "end": self.written, "rows": count, "columns": width}

    def _write_row(self, sheet: str, number: int, cells: list[object]) -> None:
        line = encode_row(number, cells)
        self.cells += len(cells)
        if len(cells) > self.limits.columns:
            raise too_large(sheet, self.limits, f"{len(cells):,} > {self.limits.columns:,} columns", number)
        if self.cells > self.limits.cells or self.written + len(line) > self.limits.spool_bytes:
            raise too_large(sheet, self.limits, f"> {self.limits.cells:,} cells", number)
        if len(line) > self.limits.cell_characters:
            _check_texts(sheet, number, cells, self.limits)
        self.out.write(line)
        self.written += len(line)

    def finish(self, summary: Plain) -> None:
        """Write the line that sums up and where it begins; a spool without it is incomplete."""
        self.out.write(json.dumps(summary, ensure_ascii=False).encode() + b"\n")
        self.out.write(f"{self.written:020d}".encode())
        self.out.flush()


def _check_texts(sheet: str, number: int, cells: list[object], limits: Limits) -> None:
    for position, cell in enumerate(cells):
        if isinstance(cell, str) and len(cell) > limits.cell_characters:
            column = column_letters(position)
            raise refused(
                "file/long-text",
                Text(
                    f"单元格 {column}{number} 有 {len(cell):,} 个字符，上限 {limits.cell_characters:,}。",
                    f"Cell {column}{number} holds {len(cell):,} characters; at most {limits.cell_characters:,}.",
                ),
                Text("请缩短该单元格的内容。", "Shorten the text of this cell."),
                sheet=sheet,
                row=number,
                column=column,
            )


# Kinds ---------------------------------------------------------------------------------------


def read_text(file: BinaryIO, spool: Spool, request: Plain) -> Plain:
    """Read a csv as one sheet."""
    form = form_of(file, encoding=request["encoding"], delimiter=request["delimiter"])
    sheet = spool.write_sheet("", enumerate(records(file, form, spool.limits), start=1))
    findings = [finding_as_json(finding) for finding in form.findings]
    return {"sheets": [sheet], "findings": findings, "encoding": form.encoding, "delimiter": form.delimiter}


def read_modern(file: BinaryIO, spool: Spool, request: Plain) -> Plain:
    """Read an xlsx."""
    facts = scan_workbook(file, spool.limits)
    return _read_book(file, spool, facts, lambda name, place: facts.sheets.get(name))


def read_legacy(file: BinaryIO, spool: Spool, request: Plain) -> Plain:
    """Read an xls."""
    facts = scan_legacy(file)
    return _read_book(file, spool, facts, lambda name, place: facts.sheets.get(str(place)))


def _read_book(
    file: BinaryIO, spool: Spool, facts: WorkbookFacts, facts_of: Callable[[str, int], SheetFacts | None]
) -> Plain:
    import python_calamine as calamine

    file.seek(0)
    try:
        book = calamine.load_workbook(file)
    except calamine.PasswordError as error:
        raise password_protected() from error
    if len(book.sheet_names) > spool.limits.sheets:
        raise too_large("*", spool.limits, f"{len(book.sheet_names):,} > {spool.limits.sheets:,} sheets")
    sheets = []
    for place, sheet in enumerate(book.sheets_metadata):
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet:
            described = _read_sheet(book.get_sheet_by_index(place), spool, facts_of(sheet.name, place) or SheetFacts())
            sheets.append(described | {"hidden": sheet.visible != calamine.SheetVisibleEnum.Visible})
    return {"sheets": sheets, "findings": [], "from_1904": facts.from_1904}


def _read_sheet(sheet: Any, spool: Spool, facts: SheetFacts) -> Plain:
    last_row = sheet.end[0] + 1 if sheet.end else 0
    if last_row > spool.limits.rows or sheet.height * sheet.width > spool.limits.cells:
        raise too_large(sheet.name, spool.limits, f"{sheet.height:,} × {sheet.width:,}", last_row)
    described = spool.write_sheet(sheet.name, _with_errors(_numbered(sheet), facts.errors))
    merged = sheet.merged_cell_ranges or []
    runs = list(_runs(facts.hidden_rows))
    return described | {
        "merged": [[top + 1, left, bottom + 1, right] for (top, left), (bottom, right) in merged[:MOST_RANGES]],
        "merged_count": len(merged),
        "hidden_rows": runs[:MOST_RANGES],
        "hidden_count": len(facts.hidden_rows),
    }


def _numbered(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield row number and values from column A on; the reader starts rows at 1 but columns at its first one."""
    if sheet.start is None:
        return
    left = [None] * sheet.start[1]
    for number, values in enumerate(sheet.iter_rows(), start=1):
        yield number, left + values


def _with_errors(
    rows: Iterable[tuple[int, list[Any]]], errors: dict[int, dict[int, str]]
) -> Iterator[tuple[int, list[Any]]]:
    """Put error cells where the reader left a blank, also outside the area that it saw."""
    number = 0
    for number, values in rows:
        yield number, _marked(values, errors[number]) if number in errors else values
    for beyond in sorted(row for row in errors if row > number):
        yield beyond, _marked([], errors[beyond])


def _marked(values: list[Any], errors: dict[int, str]) -> list[Any]:
    cells = values + [None] * (max(errors) + 1 - len(values))
    for position, code in errors.items():
        cells[position] = {"e": code}
    return cells


def _runs(numbers: list[int]) -> Iterator[list[int]]:
    """Yield first and last of each run of following numbers."""
    for _, run in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield [members[0], members[-1]]


READERS = {"csv": read_text, "xlsx": read_modern, "xls": read_legacy}


# Process -------------------------------------------------------------------------------------


def restrict(limits: Limits) -> None:
    """Give up what reading a file does not need; where the system lacks a limit the others still hold."""
    try:
        import resource
    except ImportError:  # Windows: the parent still ends the child by the clock
        return
    wanted = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.spool_bytes + limits.cells,
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in wanted.items():
        try:
            resource.setrlimit(kind, (most, most + GRACE))
        except (ValueError, OSError):  # a lower limit stands already, or macOS without RLIMIT_AS
            continue


def read(file: BinaryIO, spool: Spool, request: Plain) -> Plain:
    """Return the summary of a file, or of why it was refused."""
    try:
        return READERS[request["kind"]](file, spool, request)
    except FileRefused as refusal:
        return {"refused": finding_as_json(refusal.finding)}
    except MemoryError:
        return {"exhausted": True}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the Rust reader is no Exception
        return {"refused": finding_as_json(damaged(f"{type(error).__name__}: {error}"[:200]).finding)}


def main() -> None:
    """Read one file as the request on the command line says."""
    request = json.loads(sys.argv[1])
    limits = Limits(**request["limits"])
    restrict(limits)
    spool = Spool(sys.stdout.buffer, limits)
    spool.finish(read(sys.stdin.buffer, spool, request))


if __name__ == "__main__":
    main()
