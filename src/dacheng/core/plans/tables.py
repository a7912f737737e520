"""A plan as tables: rows with their months (方案表), the cells of a row (方案格), and the proof (分解证明)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import NotFound, Text
from dacheng.core.history.schema import DIMENSIONS
from dacheng.core.paging import sliced
from dacheng.core.plans.month_sources import MonthSource, source_of
from dacheng.core.plans.proving import Sums, sums_of
from dacheng.core.plans.schema import BUFFER, ORGANISATION, PERSON, UNIT
from dacheng.core.plans.sheet import Sheet, sheet_of
from dacheng.core.report import Flag, MeasureId, ParameterKind, Rowspan, coded, number_of, report
from dacheng.core.table import EVERY_ROW, Drill, Note, Table, TableColumn, Values, column_of, table_of
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN

PlanId = Annotated[int, ParameterKind("ref", "plans")]
PlanRowId = Annotated[int, ParameterKind("ref", "plan_rows")]

MONTHS_SHOWN = 12
LATEST = "SELECT plan_id FROM plans ORDER BY plan_id DESC LIMIT 1"

TO_CELLS = Drill("plans/cells", take={"row": "plan_row_id"}, carry=("plan", "measure"))

TO_DAYS = Drill("plans/days", take={"row": "plan_row_id", "period": "ym"}, carry=("plan", "measure"))

WHO = (
    column_of("plan_rows", "plan_row_id", label=Text("行", "Row")),
    column_of("plan_rows", "kind"),
    column_of("plan_rows", "unit_id"),
    column_of("plan_rows", "person_id"),
    column_of("plan_rows", "customer_id", optional=True),
    column_of("plan_rows", "segment_id", optional=True),
    column_of("plan_rows", "product_id", optional=True),
)
DEPTH = TableColumn("depth", "count", Text("层级", "Level"), optional=True)
OWN = TableColumn(
    "own",
    "flag",
    Text("个人行", "Person's row"),
    optional=True,
    help=Text("1 = 只含此人在此组织的数", "1 = only this person's figures at this unit"),
)
JUDGED = (*WHO[:2], *(replace(column, optional=True) for column in WHO[2:4]), DEPTH)
"""What every table that judges rows begins with: units and people, no accounts and segments."""

SHEET = (
    *WHO,
    DEPTH,
    column_of("plan_terms", "weight", optional=True),
    column_of("plan_terms", "pinned", label=Text("全年固定", "Year pinned"), optional=True),
    TableColumn(
        "year", "money", Text("全年", "Whole year"), help=Text("各月之和", "The sum of its months"), drill=TO_CELLS
    ),
    TableColumn(
        "submitted",
        "money",
        Text("自下而上", "Bottom-up"),
        help=Text("下级自己报的全年数", "What was submitted from below for the year"),
    ),
    *(TableColumn(f"m{at + 1}", "money", Text(f"第 {at + 1} 月", f"Month {at + 1}")) for at in range(MONTHS_SHOWN)),
)


@report(
    "plans/sheet",
    title=Text("方案表", "Plan by row and month"),
    help=Text(
        "方案一个指标的各行各月。每行等于它直接下级之和；缓冲是负数行，未分配是正数行。不填方案 = 最近的一个。",
        "One measure of a plan by row and month. A row is the sum of those directly below it; a buffer stands below "
        "zero, what is not assigned above. Without a plan the latest one.",
    ),
    columns=SHEET,
    listed=False,
)
def plan_sheet(
    book: Book,
    *,
    plan: PlanId | None = None,
    measure: MeasureId = CONTRACT,
    cut: Annotated[str, coded(DIMENSIONS)] | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """Return a plan by row and month, rows in the order of its tree (方案表).

    Args:
        cut: what stands below the lowest units; left out, people and whatever else carries a target.
    """
    one = sheet_asked(book, plan, measure, cut)
    if one is None:
        return table_of(SHEET, nothing(SHEET), key=("plan_row_id",))
    order = sliced(np.arange(1 if one.shared_top else 0, len(one)), page)
    known = np.any(one.cells.amount.known, axis=1)
    values = who(one, order) | {
        "weight": one.years.weight[order],
        "pinned": one.years.pinned[order].astype(np.int64),
        "year": (one.year[order], known[order]),
        "submitted": (one.years.submitted.value[order], one.years.submitted.known[order]),
        **{f"m{at + 1}": _month(one, order, at) for at in range(MONTHS_SHOWN)},
    }
    rows = Rows({"plan_row_id": one.tree.unit_ids[order]})
    return table_of(
        SHEET, rows, values, key=("plan_row_id",), count=len(one) - int(one.shared_top), page=page, notes=_notes(one)
    )


CELLS = (
    column_of("plan_rows", "plan_row_id", label=Text("行", "Row")),
    column_of("plan_cells", "ym"),
    column_of(
        "plan_cells",
        "amount",
        drill=TO_DAYS,
    ),
    column_of("plan_cells", "automatic"),
    column_of("plan_cells", "pinned"),
    column_of("plan_cells", "floor"),
    column_of("plan_cells", "cap"),
    column_of("plan_cells", "submitted"),
    column_of("plan_cells", "agreed"),
)


@report(
    "plans/cells",
    title=Text("方案格", "Cells of a plan"),
    help=Text(
        "一行各月的数、上次分解的自动值、固定、界限和自下而上的数；合计等于该行全年。",
        "A row's months with what the last breakdown gave, pins, bounds and what was submitted; they make its year.",
    ),
    columns=CELLS,
    listed=False,
)
def plan_cells(
    book: Book,
    *,
    plan: PlanId | None = None,
    measure: MeasureId = CONTRACT,
    row: PlanRowId | None = None,
    top: Flag = False,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """Return the cells of a plan that hold anything, of all rows or of one (方案格).

    Args:
        top: only the topmost rows of those that the viewer sees.
    """
    one = sheet_asked(book, plan, measure)
    if one is None:
        return table_of(CELLS, nothing(CELLS), key=("plan_row_id", "ym"))
    chosen = _chosen(one, row, top=top)
    there = np.argwhere(_anything(one)[chosen])
    at, month = chosen[there[:, 0]], there[:, 1]
    shown = sliced(np.arange(len(at)), page)
    cells, where = one.cells, (at[shown], month[shown])
    rows = Rows({"plan_row_id": one.tree.unit_ids[at[shown]], "ym": one.plan.from_ym + month[shown]})
    values: dict[str, Values | tuple[Values, BoolArray]] = {
        **{
            name: (stated.value[where], stated.known[where])
            for name, stated in (
                ("amount", cells.amount),
                ("automatic", cells.automatic),
                ("floor", cells.floor),
                ("cap", cells.cap),
                ("submitted", cells.submitted),
            )
        },
        "pinned": cells.pinned[where].astype(np.int64),
        "agreed": cells.agreed[where],
    }
    totals = {"amount": int(one.amount[chosen].sum())} if row is not None or top else {}
    return table_of(CELLS, rows, values, key=("plan_row_id", "ym"), totals=totals, count=len(at), page=page)


PROOF = (
    *WHO,
    TableColumn("year", "money", Text("自己", "Its own"), drill=TO_CELLS),
    TableColumn("below", "money", Text("直接下级之和", "Directly below it")),
    TableColumn(
        "buffer",
        "money",
        Text("其中缓冲", "Buffer in it"),
        help=Text("下达比自己多出的部分", "Assigned beyond its own"),
    ),
    TableColumn("difference", "money", Text("差异", "Difference"), difference=True),
    TableColumn("broken", "count", Text("不一致的月份", "Months that do not hold"), judged="less"),
)


@report(
    "plans/proof",
    title=Text("分解证明", "Proof of a breakdown"),
    help=Text(
        "每个有下级的行：自己 = 直接下级之和，逐月重新相加；差异应全部为 0.00。",
        "Every row that has others below it: its own = the sum directly below it, added up anew month by month; every "
        "difference should be 0.00.",
    ),
    columns=PROOF,
    listed=False,
)
def plan_proof(
    book: Book,
    *,
    plan: PlanId | None = None,
    measure: MeasureId = CONTRACT,
    cut: Annotated[str, coded(DIMENSIONS)] | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """Add up every sum of a plan anew (分解证明, R041, invariants I1 and I2).

    Args:
        cut: as in ``plans/sheet``.
    """
    one = sheet_asked(book, plan, measure, cut)
    if one is None:
        return table_of(PROOF, nothing(PROOF), key=("plan_row_id",))
    sums = sums_of(one)
    order = sliced(np.arange(len(sums.parents)), page)
    at = sums.parents[order]
    below = sums.below.sum(axis=1)
    values = who(one, at) | {
        "year": sums.amount.sum(axis=1)[order],
        "below": below[order],
        "buffer": _buffers(one)[at],
        "difference": sums.difference.sum(axis=1)[order],
        "broken": np.count_nonzero(sums.difference, axis=1)[order].astype(np.int64),
    }
    rows = Rows({"plan_row_id": one.tree.unit_ids[at]})
    told = Note(
        "checked",
        _told(sums),
        sums.checked,
    )
    followed = [source_of(book, one, int(at)) for at in np.flatnonzero(one.tree.depth == int(one.shared_top))]
    said = {source.words.en: months_told(source) for source in followed if source}
    notes = (told, *said.values())
    return table_of(PROOF, rows, values, key=("plan_row_id",), count=len(sums.parents), page=page, notes=notes)


def months_told(source: MonthSource) -> Note:
    """Return what months followed as a note of a table (R042)."""
    return Note("months", Text(f"月份按：{source.words.zh}。", f"Months follow: {source.words.en}."), 1)


def latest_plan(book: Book) -> int | None:
    """Return the plan that was made last; None when there is none."""
    found = book.gather(LATEST)["plan_id"]
    return int(found[0]) if len(found) else None


def sheet_asked(book: Book, plan: int | None, measure: int, cut: str | None = None) -> Sheet | None:
    """Return the sheet that was asked for; None when there is no plan, or nothing of it is the viewer's."""
    plan = latest_plan(book) if plan is None else plan
    if plan is None:
        return None
    try:
        one = sheet_of(book, plan, measure, number_of(DIMENSIONS, cut) or ORGANISATION)
    except NotFound:
        return None
    return one if len(one) else None


def _chosen(one: Sheet, row: int | None, *, top: bool) -> IntArray:
    """Return the positions of one row, of the topmost ones, or of all but what only puts several together.

    A row of another plan is none of this one.
    """
    if row is not None:
        at = int(one.tree.position_of(row))
        return np.array([at] if at != UNKNOWN else [], dtype=np.int64)
    uppermost = int(one.shared_top)
    return np.flatnonzero(one.tree.depth == uppermost) if top else np.arange(uppermost, len(one))


def who(one: Sheet, order: IntArray) -> dict[str, Values | tuple[Values, BoolArray]]:
    """Return what rows are, whose, and how deep, by position."""
    return {
        "kind": one.kind[order],
        "unit_id": one.unit_id[order],
        "depth": one.tree.depth[order],
        "own": (one.kind[order] == PERSON).astype(np.int64),
        **{name: (column[order], column[order] != 0) for name, column in whose(one).items()},
    }


def whose(one: Sheet) -> dict[str, IntArray]:
    """Return the person, account, segment and product of each row, by column, shape (n,); 0 = none."""
    return {
        "person_id": one.person_id,
        "customer_id": one.customer_id,
        "segment_id": one.segment_id,
        "product_id": one.product_id,
    }


def _month(one: Sheet, order: IntArray, at: int) -> tuple[IntArray, BoolArray]:
    if at >= one.plan.months:
        return np.zeros(len(order), dtype=np.int64), np.zeros(len(order), dtype=np.bool_)
    return one.amount[order, at], one.cells.amount.known[order, at]


def _anything(one: Sheet) -> BoolArray:
    cells = one.cells
    found: BoolArray = cells.amount.known | cells.submitted.known | cells.floor.known | cells.cap.known | cells.pinned
    return found


def _buffers(one: Sheet) -> IntArray:
    """Return what each row assigns beyond its own, shape (n,)."""
    found = np.zeros(len(one), dtype=np.int64)
    at = np.flatnonzero(one.kind == BUFFER)
    found[one.tree.parent_position[at]] = -one.year[at]
    return found


def _notes(one: Sheet) -> tuple[Note, ...]:
    sums = sums_of(one)
    empty = int(np.count_nonzero((one.kind == UNIT) & ~np.any(one.cells.amount.known, axis=1)))
    told = [
        Note(
            "sums",
            _told(sums),
            sums.broken,
        )
    ]
    if empty:
        told.append(Note("empty", Text(f"{empty} 个组织还没有数", f"Units without figures so far: {empty}"), empty))
    return tuple(told)


def _told(sums: Sums) -> Text:
    return Text(
        f"共核对 {sums.checked:,} 项相加，{sums.broken} 项不一致。",
        f"{sums.checked:,} sums checked, {sums.broken} do not hold.",
    )


def nothing(columns: tuple[TableColumn, ...]) -> Rows:
    """Return no rows of these columns."""
    return Rows({column.name: np.zeros(0, dtype=np.int64) for column in columns})
