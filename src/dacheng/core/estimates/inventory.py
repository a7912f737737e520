"""The opportunity inventory as a list (机会盘点): every line with what became of it (R013)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.estimates.lines import line_rows, zip_lines
from dacheng.core.estimates.question import year_asked
from dacheng.core.filtering import equal, in_unit
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import sliced
from dacheng.core.report import Choices, CustomerId, Flag, PeriodName, PersonId, Rowspan, UnitId, report
from dacheng.core.table import EVERY_ROW, Note, Table, TableColumn, column_of, table_of
from dacheng.core.targets.setting.inventory import FATES, Assessed, Inventory, by_inventory

FATE_CHOICES: Choices = tuple((number, code, label) for number, (code, label) in enumerate(FATES, 1))
FATE_NUMBER = {code: number for number, code, _ in FATE_CHOICES}
COLUMNS = (
    column_of("inventory_lines", "inventory_id"),
    column_of("inventory_lines", "kind"),
    column_of("inventory_lines", "owner_id"),
    TableColumn("unit_id", "ref", Text("组织", "Unit"), ref="units", optional=True),
    column_of("inventory_lines", "customer_id"),
    column_of("inventory_lines", "deal_id"),
    column_of("inventory_lines", "amount"),
    column_of("inventory_lines", "win_bp", name="win_ratio"),
    column_of("inventory_lines", "in_year_bp", name="in_year_ratio"),
    column_of("inventory_lines", "verdict"),
    column_of("inventory_lines", "verdict_amount"),
    TableColumn(
        "fate",
        "choice",
        Text("去向", "What became of it"),
        choices=FATE_CHOICES,
        help=Text(
            "没有客户的是无主，同一商机只计第一行，缺数字的不完整，都不计入",
            "Without an account, a second line of a deal, or lacking a figure: not counted",
        ),
    ),
    TableColumn(
        "expected",
        "money",
        Text("计入", "Counted"),
        judged="more",
        help=Text("质询后的金额 × 概率 × 年内比例，逐行取整到分", "Amount as challenged × probability × in-year share"),
    ),
)


@report(
    "targets/inventory",
    title=Text("机会盘点", "Opportunity inventory"),
    help=Text(
        "来年能卖什么，一行一件：金额 × 概率 × 年内比例，主管逐行质询。没有客户的列为无主；"
        "同一商机填了几次只计第一行；都不计入。",
        "What may be sold in the year, line by line: amount × probability × in-year share, each challenged by a "
        "manager. A line without an account, or of a deal that a line before it counts, is listed and not counted.",
    ),
    columns=COLUMNS,
)
def inventory(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    period: PeriodName | None = None,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List the lines of the opportunity inventory of a fiscal year (机会盘点).

    Args:
        period: of the fiscal year, default the next one.

    Source: R013; golden case G03.
    """
    _, year = year_asked(book, period)
    wanted = in_unit(book, unit, direct) & equal(owner_id=owner, customer_id=customer)
    rows = line_rows(book, year.from_ym, wanted)
    found = by_inventory([line for _, line in zip_lines(rows)])
    at = sliced(np.arange(len(rows), dtype=np.int64), page)
    counted, known = _counted(found.lines)
    shown = rows.only(at)
    return table_of(
        COLUMNS,
        shown,
        {
            "win_ratio": _ratio(shown, "win_bp"),
            "in_year_ratio": _ratio(shown, "in_year_bp"),
            "fate": np.array([FATE_NUMBER[one.fate] for one in found.lines], dtype=np.int64)[at],
            "expected": (counted[at], known[at]),
        },
        key=("inventory_id",),
        totals={"expected": found.outcome.amount},
        count=len(rows),
        page=page,
        notes=_notes(found),
    )


def _counted(lines: Sequence[Assessed]) -> tuple[IntArray, BoolArray]:
    known = np.array([one.fate == "counted" for one in lines], dtype=np.bool_)
    return np.array([one.counted for one in lines], dtype=np.int64), known


def _ratio(rows: Rows, name: str) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], BoolArray]:
    return rows[name] / BP_PER_WHOLE, rows.known(name)


def _notes(found: Inventory) -> tuple[Note, ...]:
    """Return what a reader must know; several lines of one deal as one note, since each line says so itself."""
    own = [one for one in found.outcome.notes if one.code != "same-deal"]
    twice = sum(one.code == "same-deal" for one in found.outcome.notes)
    if twice:
        message = Text(f"{twice} 行的商机前面已经计过，不再计入。", f"Lines of a deal counted already: {twice}.")
        own.append(Note("same-deal", message, twice))
    return tuple(own)
