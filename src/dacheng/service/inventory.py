"""The opportunity inventory for its page (机会盘点): lines with what became of them, a block from a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import POLICY, Viewer, may
from dacheng.core.book import Book
from dacheng.core.errors import DachengError, NotFound, RuleError, Text
from dacheng.core.estimates.question import year_asked
from dacheng.core.estimates.schema import KIND_CHOICES
from dacheng.core.period import parse_period
from dacheng.core.table import Table
from dacheng.exchange.values import parse_ratio
from dacheng.service.entering import entered_money
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.printing import Labels, labels_of
from dacheng.service.questions import identified
from dacheng.service.reports import run_report
from dacheng.service.seeing import SeenNames
from dacheng.store.actions import inventory as actions
from dacheng.store.standing import standing

__all__ = [
    "COLUMNS", "InventoryView", "LineRow", "Reading", "actions", "fill_block", "inventory_view", "lines_of_block",
    "readings_of_block",
]  # fmt: skip

REPORT = "targets/inventory"
COLUMNS = (
    Text("内容", "What"),
    Text("类别", "Kind"),
    Text("客户", "Account"),
    Text("商机", "Opportunity"),
    Text("金额", "Amount"),
    Text("概率", "Probability"),
    Text("年内比例", "In-year share"),
    Text("负责人", "Owner"),
)
"""The columns of a block, in their order; the last may be left out: the lines are then one's own."""

NEEDED = 7
BP = 10_000
TAB = re.compile(r"\t|[,，]")


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of the list: its place in the table, its record, what the viewer may do with it."""

    at: int
    uid: UUID
    name: Name
    version: int
    comment: str
    fills: bool
    challenges: bool


@dataclass(frozen=True)
class Reading:
    """One row of a pasted block.

    Args:
        row: counted from 1, without the heading. cells: as they were pasted.
        values: what is filled, as the action takes it; None where the row cannot be read.
        problem: why it is not filled; None = it can be.
    """

    row: int
    cells: Sequence[str]
    values: Mapping[str, Any] | None = None
    problem: DachengError | None = None


@dataclass(frozen=True)
class InventoryView:
    """The inventory of a fiscal year as somebody sees it."""

    year: int
    ym: int
    table: Table
    labels: Labels
    rows: Sequence[LineRow]
    fills: bool

    def row_called(self, code: str) -> LineRow:
        """Return the line of a code.

        Raises:
            NotFound: there is none that the viewer sees.
        """
        for one in self.rows:
            if one.name.code == code:
                return one
        raise NotFound(
            Text("没有这一行盘点。", "There is no such line."), Text("从清单里选一行。", "Choose one from the list.")
        )


def inventory_view(viewer: Viewer, book: Book, *, unit: str = "", period: str = "") -> InventoryView:
    """Return the lines that a viewer sees of a fiscal year, by default the next one.

    Raises:
        RuleError: the unit is not known, or the period is none.
    """
    number, year = year_asked(book, parse_period(period, book.rules.fiscal) if period else None)
    given = {"unit": unit, "period": period}
    table = run_report(REPORT, given, book=book, names=DatabaseNames()).table
    labels = labels_of(table, DatabaseNames())
    today = book.as_of_day == book.today
    ids = table.values["inventory_id"].tolist()
    found = standing(actions.NAME, ids)

    def may_do(action: str, at: int) -> bool:
        owner, place = int(table.values["owner_id"][at]), int(table.values["unit_id"][at])
        return today and may(viewer, action, book.tree, unit_id=place, owner_id=owner)

    rows = [
        LineRow(
            at,
            found[one].uid,
            labels[actions.NAME][one],
            int(found[one].row["version"]),
            str(found[one].row["comment"]),
            may_do("inventory.fill", at),
            may_do("inventory.challenge", at),
        )
        for at, one in enumerate(ids)
        if one in found
    ]
    fills = today and viewer.holds(*POLICY["inventory.fill"])
    return InventoryView(number, year.from_ym, table, labels, rows, fills)


def lines_of_block(viewer: Viewer, book: Book, ym: int, text: str, *, money_unit: str) -> list[dict[str, Any]]:
    """Return what a block pasted from a spreadsheet says, a line a row, as the action takes it.

    Args:
        ym: first month of the fiscal year. money_unit: what a bare number counts.

    Raises:
        RuleError: there is nothing, a row cannot be read, or names what is not known; says which row and column.
    """
    lines = _lines(text)
    names = SeenNames(book, DatabaseNames())
    return [_row(viewer, names, ym, at, one, money_unit) for at, one in enumerate(lines, 1)]


def readings_of_block(
    viewer: Viewer, book: Book, at: datetime, ym: int, text: str, *, money_unit: str
) -> list[Reading]:
    """Return how each row of a pasted block is read and what is wrong with it; nothing is written.

    Args:
        ym: first month of the fiscal year. money_unit: what a bare number counts.

    Raises:
        RuleError: there is nothing, or there are too many rows. NotAllowed: the viewer fills no line at all.

    Source: R013.
    """
    names = SeenNames(book, DatabaseNames())
    read = [_reading(viewer, names, ym, row, one, money_unit) for row, one in enumerate(_lines(text), 1)]
    fine = [one for one in read if one.values is not None]
    found = actions.problems_of_lines(actor=viewer, at=at, rows=[one.values or {} for one in fine])
    problems = {one.row: problem for one, problem in zip(fine, found, strict=True)}
    return [replace(one, problem=one.problem or problems.get(one.row)) for one in read]


def fill_block(
    viewer: Viewer, book: Book, at: datetime, text: str, *, period: str, money_unit: str, write: bool
) -> list[Reading]:
    """Return how each row of a block is read; write them all at once when asked for and every row can be filled.

    Args:
        period: the fiscal year; blank = the next one. money_unit: what a bare number counts.

    Raises:
        RuleError: as ``readings_of_block``, or the period is none.
    """
    _number, year = year_asked(book, parse_period(period, book.rules.fiscal) if period else None)
    read = readings_of_block(viewer, book, at, year.from_ym, text, money_unit=money_unit)
    if write and not any(one.problem for one in read):
        actions.fill_lines(actor=viewer, at=at, rows=[one.values or {} for one in read])
    return read


def _reading(viewer: Viewer, names: SeenNames, ym: int, row: int, line: str, money_unit: str) -> Reading:
    cells = _cells(line)
    try:
        return Reading(row, cells, _row(viewer, names, ym, row, line, money_unit))
    except DachengError as problem:
        return Reading(row, cells, problem=problem)


def _lines(text: str) -> list[str]:
    """Return the rows of a block without its heading.

    Raises:
        RuleError: there is none, or there are too many.
    """
    lines = [one for one in text.splitlines() if one.strip()]
    if lines and lines[0].split("\t")[0].strip() in (COLUMNS[0].zh, COLUMNS[0].en):
        lines = lines[1:]
    if not lines:
        raise RuleError(
            Text("没有一行可以填。", "There is no line to fill."),
            Text("从 Excel 复制几行，粘贴到框里。", "Copy rows from a spreadsheet and paste them."),
        )
    if len(lines) > actions.MOST_LINES:
        raise RuleError(
            Text(f"一次最多 {actions.MOST_LINES} 行，现有 {len(lines)} 行。", f"At most {actions.MOST_LINES} lines."),
            Text("分几次粘贴。", "Paste them in parts."),
        )
    return lines


def _cells(line: str) -> list[str]:
    return [one.strip() for one in (line.split("\t") if "\t" in line else TAB.split(line))]


def _row(viewer: Viewer, names: SeenNames, ym: int, at: int, line: str, money_unit: str) -> dict[str, Any]:
    cells = _cells(line)
    if not NEEDED <= len(cells) <= len(COLUMNS):
        raise RuleError(
            Text(
                f"第 {at} 行有 {len(cells)} 列，应是 {NEEDED} 或 {len(COLUMNS)} 列。",
                f"Row {at}: {len(cells)} cells.",
            ),
            Text("、".join(one.zh for one in COLUMNS), ", ".join(one.en for one in COLUMNS)),
        )
    cells += [""] * (len(COLUMNS) - len(cells))

    def read(column: int, reader: Callable[[str], Any]) -> Any:
        try:
            return reader(cells[column]) if cells[column] else None
        except RuleError as refused:
            where = COLUMNS[column]
            message = Text(
                f"第 {at} 行「{where.zh}」：{refused.message.zh}", f"Row {at}, {where.en}: {refused.message.en}"
            )
            raise RuleError(message, refused.remedy) from None

    owner = read(7, lambda text: _uid(names, "people", text))
    return {
        "name": cells[0],
        "kind": read(1, _kind),
        "customer_id": read(2, lambda text: _uid(names, "customers", text)),
        "deal_id": read(3, lambda text: _uid(names, "deals", text)),
        "amount": read(4, lambda text: entered_money(text, money_unit)),
        "win_bp": read(5, share_of),
        "in_year_bp": read(6, share_of),
        "owner_id": owner or _own(viewer),
        "ym": ym,
    }


def share_of(text: str) -> int | None:
    """Return a share in basis points: 60%, or 0.6; 60 is asked back.

    Raises:
        RuleError: it cannot be read, or may mean two things.
    """
    ratio = parse_ratio(text)
    return None if ratio is None else round(ratio * BP)


def _kind(text: str) -> int:
    for number, code, label in KIND_CHOICES:
        if text in (code, label.zh, label.en):
            return number
    raise RuleError(
        Text(f"没有类别「{text}」。", f"There is no kind “{text}”."),
        Text("、".join(one.zh for _, _, one in KIND_CHOICES), ", ".join(one.en for _, _, one in KIND_CHOICES)),
    )


def _uid(names: SeenNames, relation: str, text: str) -> str:
    number = identified(relation, text, names)
    return _uid_of(names.names(relation, [number]), number)


def _uid_of(found: Mapping[int, Name], number: int) -> str:
    return found[number].uid


def _own(viewer: Viewer) -> str | None:
    """Return the viewer as the owner; None where he is nobody of the company, and the block must name one."""
    if not viewer.person_id:
        return None
    return _uid_of(DatabaseNames().names("people", [viewer.person_id]), viewer.person_id)
