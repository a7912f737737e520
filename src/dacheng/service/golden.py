"""Golden cases (业务样例): a business situation as a folder of CSVs, with the figures worked out by hand.

A case is a folder with ``case.toml``, ``book/*.csv`` and ``expected/*.csv``. An expected
file is what ``dacheng report … --format csv`` prints; it may leave out columns, never rows.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from dacheng.core.book import Book
from dacheng.core.errors import DachengError, RuleError, Text
from dacheng.core.relation import csv_name
from dacheng.service.folders import FolderNames, OpenFolder
from dacheng.service.printing import csv_rows, written
from dacheng.service.questions import parsed_day, understood_basis
from dacheng.service.reports import Answer, run_report

CASE_FILE = "case.toml"


@dataclass(frozen=True, slots=True)
class Asked:
    """One report of a case.

    Args:
        params: parameters as text, as in a URL.
        expected: file name under ``expected``.
        totals: column -> the total as text; only those named are compared.
    """

    report: str
    params: Mapping[str, str] = field(default_factory=dict)
    expected: str = ""
    totals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as ``case.toml`` describes it."""

    as_of_day: int
    today: int
    viewer: str
    basis: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that is not what was worked out.

    Args:
        file: the expected file; empty when the case itself cannot be run.
        row: the file's own row number, 1 = the header; 0 = a total.
    """

    case: str
    file: str
    row: int
    column: str
    expected: str
    seen: str

    def __str__(self) -> str:
        place = f"{self.case}/{self.file}" + (f" row {self.row}" if self.row else " total")
        return f"{place} {self.column}: expected {self.expected or '–'}, seen {self.seen or '–'}"


def run_cases(folder: Path) -> Iterator[tuple[str, list[Difference]]]:
    """Run every case in a folder and below it, by name.

    Raises:
        RuleError: there is no case at all.
    """
    found = sorted(path.parent for path in folder.rglob(CASE_FILE))
    if not found:
        raise RuleError(
            Text(f"{folder} 里没有业务样例。", f"There is no golden case in {folder}."),
            Text(f"业务样例是含 {CASE_FILE} 的文件夹。", f"A case is a folder with {CASE_FILE}."),
        )
    for path in found:
        yield path.relative_to(folder).as_posix() if path != folder else path.name, run_case(path)


def run_case(folder: Path) -> list[Difference]:
    """Run a case; return what differs from what was worked out, cell by cell."""
    name = folder.name
    try:
        case = read_case(folder / CASE_FILE)
        opened = OpenFolder.read(folder / "book")
        book = opened.book(
            as_of_day=case.as_of_day, today=case.today, basis=understood_basis(case.basis), viewer=case.viewer
        )
    except DachengError as error:
        return [Difference(name, CASE_FILE, 1, "", "", error.sentence("en"))]
    return [one for asked in case.asked for one in _differences(folder, asked, book, opened.names)]


def read_case(path: Path) -> Case:
    """Read ``case.toml``.

    Raises:
        RuleError: it cannot be read, or has words that a case does not know.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        tables = found.pop("report", None)
        if isinstance(tables, str):
            tables = [{"name": tables, **{key: found.pop(key) for key in _OF_A_REPORT & found.keys()}}]
        days = {key: parsed_day(str(found.pop(key))) for key in ("as_of", "today") if key in found}
        viewer, basis = found.pop("viewer", ""), found.pop("basis", "then")
        asked = tuple(_asked(dict(one)) for one in tables or ())
        if not asked or "as_of" not in days or found:
            raise KeyError(", ".join(found) or "as_of, report")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise RuleError(
            Text(f"{path} 看不懂：{error}。", f"{path} is not understood: {error}."),
            Text(
                "写 as_of、可选的 today viewer basis，以及 report 与 params 或若干 [[report]]。",
                "Write as_of, optional today, viewer, basis, and report with params or [[report]] tables.",
            ),
        ) from error
    return Case(days["as_of"], days.get("today", days["as_of"]), str(viewer), str(basis), asked)


_OF_A_REPORT = {"params", "expected", "totals"}


def _asked(table: dict[str, Any]) -> Asked:
    report = str(table.pop("name"))
    params, totals = table.pop("params", {}), table.pop("totals", {})
    expected = table.pop("expected", f"{report.replace('/', '_')}.csv")
    if table:
        raise KeyError(", ".join(table))
    return Asked(report, _texts(params), str(expected), _texts(totals))


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(int(value)) if isinstance(value, bool) else str(value) for name, value in values.items()}


def _differences(folder: Path, asked: Asked, book: Book, names: FolderNames) -> list[Difference]:
    path = folder / "expected" / asked.expected
    try:
        expected = _read_expected(path)
        answer = run_report(asked.report, asked.params, book=book, names=names)
    except DachengError as error:
        return [Difference(folder.name, asked.expected, 1, "", "", error.sentence("en"))]
    cells = compared(expected, csv_rows(answer.table, names))
    return [Difference(folder.name, asked.expected, *cell) for cell in (*cells, *_totals(asked, answer))]


def compared(
    expected: tuple[Sequence[str], Sequence[Sequence[str]]], seen: tuple[Sequence[str], Sequence[Sequence[str]]]
) -> Iterator[tuple[int, str, str, str]]:
    """Yield (row, column, expected, seen) of each cell that differs, rows in order.

    Args:
        expected: header and rows; only its columns are compared.
    """
    (wanted, rows), (header, found) = expected, seen
    for name in wanted:
        if name not in header:
            yield 1, name, name, ""
    for number, (row, other) in enumerate(zip_longest(rows, found), 2):
        here = dict(zip(wanted, row or (), strict=False))
        there = dict(zip(header, other or (), strict=False))
        for name in wanted:
            if name in header and (row is None or other is None or here.get(name, "") != there[name]):
                yield (
                    number,
                    name,
                    here.get(name, "") if row else "(no row)",
                    there.get(name, "") if other else "(no row)",
                )


def _totals(asked: Asked, answer: Answer) -> Iterator[tuple[int, str, str, str]]:
    table = answer.table
    seen = {csv_name(name): written(table.column(name), value, {}) for name, value in table.totals.items()}
    for name, text in asked.totals.items():
        if seen.get(name, "(no total)") != text:
            yield 0, name, text, seen.get(name, "(no total)")


def _read_expected(path: Path) -> tuple[list[str], list[list[str]]]:
    if not path.exists():
        raise RuleError(
            Text(f"缺少 {path.name}。", f"{path.name} is missing."),
            Text("把手算的结果写进 expected。", "Write what you worked out into expected/."),
        )
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.reader(file) if line]
    return (lines[0], lines[1:]) if lines else ([], [])
