"""The four tables together (四表合一): one workbook or one PDF of a Book, with what changed since the last one (R152).

Of a frozen Book the numbers never change; of the Book of now the pack says that its data are live.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import dacheng.core.reports  # noqa: F401  registers every report
from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.document import Block, Document, Grid, Heading, Line
from dacheng.core.errors import NotFound, Text
from dacheng.core.money import in_yuan
from dacheng.core.period import date_of
from dacheng.core.report import report_named
from dacheng.core.table import Table, TableColumn
from dacheng.core.tables.pack import FOLLOWED, changes_of
from dacheng.exchange import pdf_file
from dacheng.exchange.writing import OutColumn as SheetColumn
from dacheng.exchange.writing import OutSheet, write_xlsx
from dacheng.service.exporting import FORMATS
from dacheng.service.freezing import Frozen, frozen_before, frozen_named, opened
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Names
from dacheng.service.printing import Labels, labels_of, written
from dacheng.service.reports import Answer, run_report
from dacheng.service.workbooks import sheet_of

TABLES: Mapping[str, tuple[str, ...]] = {
    "tables/pipeline": (
        "deal_id", "customer_id", "owner_id", "stage_id", "amount", "weighted", "expected_day", "stage_ratio",
        "category", "red_flags",
    ),
    "tables/forecast": (
        "unit_id", "measure_id", "target", "done", "weighted", "forecast", "forecast_ratio", "gap", "forecast_gap",
        "change",
    ),
    "tables/unrecognised": (
        "contract_id", "customer_id", "owner_id", "amount_ex", "recognised_ex", "unrecognised_ex", "done_ratio",
        "quarter_ex", "passed_ex", "light",
    ),
    "tables/receivable": (
        "term_id", "contract_id", "customer_id", "owner_id", "due_day", "amount", "allocated", "open", "days", "band",
        "expected_day",
    ),
}  # fmt: skip
"""The four tables, and of each the columns that a sheet of paper has room for."""

PAPER_ROWS = 24
"""Rows of a table on paper; the workbook has all."""

ORDER = {"tables/receivable": "-open"}
CHANGES = Text("变化", "Changes")
TITLE = Text("四表", "Four tables")
KINDS = {"xlsx": FORMATS["xlsx"], "pdf": pdf_file.TYPE}


@dataclass(frozen=True)
class Standing:
    """A Book with its names; frozen = None when its data are live."""

    book: Book
    names: Names
    frozen: Frozen | None = None


@dataclass(frozen=True)
class Pack:
    """The four tables of a Book, and what changed since an earlier one.

    Args:
        unit: a unit's code; empty = everything that is seen.
    """

    now: Standing
    before: Standing | None
    unit: str
    changes: Table

    def answers(self, limit: int = 0) -> list[Answer]:
        """Return the four tables; limit 0 = all their rows."""
        found = []
        for name in TABLES:
            given = {"unit": self.unit, "sort": ORDER.get(name, "")}
            if limit and report_named(name).takes("page"):
                given["limit"] = str(limit)
            given = {key: value for key, value in given.items() if value}
            found.append(run_report(name, given, book=self.now.book, names=self.now.names))
        return found


def live(book: Book) -> Standing:
    """Return the Book of now."""
    return Standing(book, DatabaseNames())


def thawed(frozen: Frozen, viewer: Viewer, at: datetime) -> Standing:
    """Return a frozen Book as somebody may see it. Raises as ``freezing.opened``."""
    book, facts = opened(frozen, viewer, at)
    return Standing(book, facts.names, frozen)


def pack_of(now: Standing, before: Standing | None, unit: str = "") -> Pack:
    """Return the four tables with what changed.

    Args:
        unit: a unit's code; empty = everything that is seen.

    Raises:
        RuleError: there is no such unit.
    """
    told = [_followed(one, unit) if one else None for one in (now, before)]
    assert told[0] is not None
    return Pack(now, before, unit, changes_of(told[0], told[1]))


def frozen_pack(name: str, viewer: Viewer, at: datetime, unit: str = "") -> Pack:
    """Return the four tables of a frozen Book, with what changed since the one before it.

    Raises:
        NotFound: there is no such frozen Book. RuleError: its files, or the unit, are not there.
    """
    frozen = frozen_named(name)
    earlier = frozen_before(frozen)
    return pack_of(thawed(frozen, viewer, at), thawed(earlier, viewer, at) if earlier else None, unit)


def pack_file(pack: Pack, kind: str, language: str) -> tuple[str, str, bytes]:
    """Return the name, type and content of a pack's file.

    Args:
        kind: xlsx or pdf.

    Raises:
        NotFound: there is no such kind. RuleError: the PDF part is not installed.
    """
    if kind not in KINDS:
        raise NotFound(Text(f"没有 {kind} 这种文件。", f"There is no file of kind {kind}."))
    name = f"{TITLE.in_language(language)}-{date_of(pack.now.book.as_of_day)}.{kind}".replace(" ", "-")
    writers: Mapping[str, Callable[[Pack, str], bytes]] = {"xlsx": _workbook, "pdf": _paper}
    return name, KINDS[kind], writers[kind](pack, language)


def _followed(standing: Standing, unit: str) -> list[Table | None]:
    """Return the tables of what is followed; None for a measure that the company does not have."""
    found: list[Table | None] = []
    for asked in FOLLOWED:
        measure = asked.given.get("measure")
        if measure and not standing.names.find("measures", measure):
            found.append(None)
            continue
        given = dict(asked.given) | ({"unit": unit} if unit else {})
        if report_named(asked.report).takes("page"):
            given["limit"] = "1"
        found.append(run_report(asked.report, given, book=standing.book, names=standing.names).table)
    return found


def origin(pack: Pack, language: str) -> list[str]:
    """Return what the pack was made of: the day, whether it is frozen, with which SHA-256, and what it is beside."""
    english, now = language.startswith("en"), pack.now
    day = date_of(now.book.as_of_day)
    if now.frozen is None:
        first = f"As of {day}: live data, not frozen." if english else f"截至 {day}，实时数据，没有存档。"
    else:
        digest = now.frozen.digest
        first = f"Frozen Book of {day}, SHA-256 {digest}" if english else f"{day} 的存档，SHA-256 {digest}"
    if pack.before is None or pack.before.frozen is None:
        return [first, "There is no earlier frozen Book." if english else "之前没有存档，没有变化可比。"]
    earlier = pack.before.frozen
    told = f"{date_of(earlier.day)} ({earlier.digest[:8]})"
    return [first, f"Changes since the frozen Book of {told}" if english else f"变化对比 {told} 的存档"]


# The workbook -------------------------------------------------------------------------------------


def _workbook(pack: Pack, language: str) -> bytes:
    stream = io.BytesIO()
    sheets = [_changes_sheet(pack, language), *(sheet_of(one, [], language) for one in pack.answers())]
    write_xlsx(sheets, stream, language=language)
    return stream.getvalue()


def _changes_sheet(pack: Pack, language: str) -> OutSheet:
    table = pack.changes
    columns = [
        SheetColumn(one.label.in_language(language), "money" if one.kind == "money" else "text")
        for one in table.columns
    ]
    rows = [[_label(table.columns[0], row[0], language), *row[1:]] for row in table.rows()]
    return OutSheet(CHANGES.in_language(language), columns, rows, notes=origin(pack, language))


def _label(column: TableColumn, value: object, language: str) -> str:
    return next((label.in_language(language) for number, _, label in column.choices if number == value), "")


# Paper --------------------------------------------------------------------------------------------


def _paper(pack: Pack, language: str) -> bytes:
    return pdf_file.pdf_file(paper(pack, language))


def paper(pack: Pack, language: str) -> Document:
    """Return the pack as a document: the changes first, then the largest rows of each table."""
    title = TITLE.in_language(language)
    blocks: list[Block] = [Line(one, "quiet") for one in origin(pack, language)]
    blocks += [Heading(CHANGES.in_language(language)), _changes_grid(pack.changes, language)]
    for answer in pack.answers(PAPER_ROWS):
        blocks.append(Heading(answer.table.title.in_language(language)))
        blocks.append(_grid(answer, TABLES[answer.report.name], language))
        blocks += [Line(one, "quiet") for one in _said_below(answer, language)]
    day = date_of(pack.now.book.as_of_day).isoformat()
    digest = pack.now.frozen.digest[:8] if pack.now.frozen else ""
    return Document(
        f"{title} {day}", language, blocks, " · ".join(one for one in (title, day, digest) if one), wide=True
    )


def _changes_grid(table: Table, language: str) -> Grid:
    rows = [
        [_label(table.columns[0], row[0], language), *("–" if one is None else in_yuan(int(one)) for one in row[1:])]
        for row in table.rows()
    ]
    return Grid([one.label.in_language(language) for one in table.columns], rows, frozenset({1, 2, 3}))


def _grid(answer: Answer, names: tuple[str, ...], language: str) -> Grid:
    table = answer.table
    columns = [table.column(name) for name in names]
    labels = labels_of(table, answer.names)
    rows = [[_shown(one, table.cell(one.name, at), labels, language) for one in columns] for at in range(len(table))]
    if table.totals:
        word = "Total" if language.startswith("en") else "合计"
        totals = [_shown(one, table.totals.get(one.name), {}, language) for one in columns]
        rows.insert(0, [word, *("" if one == "–" else one for one in totals[1:])])
    right = frozenset(at for at, one in enumerate(columns) if one.numeric)
    return Grid([one.label.in_language(language) for one in columns], rows, right)


def _shown(column: TableColumn, value: int | float | None, labels: Labels, language: str) -> str:
    if value is None:
        return "–"
    if column.kind == "ref":
        name = labels.get(column.ref, {}).get(int(value))
        return "" if name is None else name.in_language(language) or name.code
    if column.kind == "choice":
        return _label(column, value, language)
    return in_yuan(int(value)) if column.kind == "money" else written(column, value, labels)


def _said_below(answer: Answer, language: str) -> list[str]:
    """Return what stands below a table: rows that only the workbook has, and its notes."""
    table, english = answer.table, language.startswith("en")
    rest = table.count - len(table)
    more = f"{rest:,} more rows stand in the workbook." if english else f"其余 {rest:,} 行在工作簿里。"
    return [*([more] if rest > 0 else []), *(note.text.in_language(language) for note in table.notes)]
