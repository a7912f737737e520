"""The register of adjustments of a plan as a table (调整登记): base + approved lines = final (R030)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import NotFound, Text
from dacheng.core.paging import sliced
from dacheng.core.period import FAR_DAY
from dacheng.core.plans.adjusting import NO_ROW, Line, counting, lines_of
from dacheng.core.plans.schema import ADJUSTMENTS, DRAFT, NOBODY, REQUESTED
from dacheng.core.plans.sheet import Sheet, plan_of
from dacheng.core.plans.tables import PlanId, PlanRowId, latest_plan, sheet_asked
from dacheng.core.report import MeasureId, Rowspan, coded, number_of, report
from dacheng.core.table import EVERY_ROW, Note, Table, TableColumn, Values, column_of, table_of
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN

_WAITING = Text(
    "有待批准的调整，合计 {}，还没有生效。", "Adjustments that wait for approval come to {}; they have no effect."
)

COLUMNS = (
    column_of("plan_adjustments", "adjustment_id"),
    column_of("plan_adjustments", "kind"),
    column_of("plan_adjustments", "plan_row_id", label=Text("行", "Row")),
    column_of("plan_adjustments", "other_row_id"),
    column_of("plan_adjustments", "unit_id", optional=True),
    column_of("plan_adjustments", "measure_id"),
    column_of("plan_adjustments", "start_day"),
    column_of("plan_adjustments", "end_day", optional=True),
    column_of("plan_adjustments", "prorating", optional=True),
    column_of("plan_adjustments", "full_amount", optional=True),
    column_of("plan_adjustments", "amount"),
    TableColumn(
        "effective",
        "money",
        Text("其中生效", "Effective"),
        help=Text(
            "已批准的才在方案里；分到下级各人的一行算在各人那里；选了行时是对那一行的影响",
            "Only what is approved is in the plan; a line that was spread counts where its parts are; with a row "
            "chosen, what it makes of that row",
        ),
    ),
    column_of("plan_adjustments", "base_amount", optional=True),
    TableColumn(
        "final_amount",
        "money",
        Text("批准后全期目标", "Target after approval"),
        help=Text("批准时的目标 + 调整额", "The target when approved + the adjustment"),
        optional=True,
    ),
    column_of("plan_adjustments", "evidenced"),
    column_of("plan_adjustments", "state"),
    column_of("plan_adjustments", "requested_by_id"),
    column_of("plan_adjustments", "decided_by_id"),
    column_of("plan_adjustments", "part_of_id", optional=True),
)


@report(
    "plans/adjustments",
    title=Text("调整登记", "Register of adjustments"),
    help=Text(
        "方案的调整行：类别、生效日、带正负号的金额、谁申请、谁批准。没有批准人和依据的不生效。不填方案 = 最近的一个。",
        "Lines of a plan: kind, first day, signed amount, who asked, who approved. Without approver and evidence a "
        "line has no effect. Without a plan the latest one.",
    ),
    columns=COLUMNS,
    listed=False,
)
def plan_adjustments(
    book: Book,
    *,
    plan: PlanId | None = None,
    row: PlanRowId | None = None,
    kind: Annotated[str, coded(ADJUSTMENTS)] | None = None,
    measure: MeasureId | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List the lines of a plan in the order in which they were asked for (调整登记).

    A line of a draft is seen by those who look after its unit. ``effective`` adds up over the approved lines, a
    hand-over counts at the row that it is of.

    Args:
        row: only effective lines of the row and those below it; ``effective`` is what each makes of the row.
        measure: only its lines; with a row and without a measure those of contracts.
    """
    every = lines_seen(book, plan)
    held = {one.adjustment_id: one.amount for one in counting(every)}
    lines = [one for one in every if kind is None or one.kind == number_of(ADJUSTMENTS, kind)]
    if row is not None:
        measure = CONTRACT if measure is None else measure
        sheet = sheet_asked(book, plan, measure)
        held = {} if sheet is None else _made_of(sheet, row, counting(every))
        lines = [one for one in lines if one.adjustment_id in held]
    lines = [one for one in lines if measure is None or one.measure_id == measure]
    shown = [lines[at] for at in sliced(np.arange(len(lines)), page).tolist()]
    rows = Rows({"adjustment_id": _column(shown, "adjustment_id")})
    effective = np.array([one.adjustment_id in held for one in shown], dtype=np.bool_)
    made = np.array([held.get(one.adjustment_id, 0) for one in shown], dtype=np.int64)
    amount, base = _column(shown, "amount"), np.array([one.base_amount or 0 for one in shown], dtype=np.int64)
    found = np.array([one.base_amount is not None for one in shown], dtype=np.bool_)
    names = (
        "kind",
        "plan_row_id",
        "unit_id",
        "measure_id",
        "start_day",
        "prorating",
        "full_amount",
        "evidenced",
        "state",
    )
    ends = _column(shown, "end_day")
    refs = {name: _column(shown, name) for name in ("other_row_id", "requested_by_id", "decided_by_id", "part_of_id")}
    values: dict[str, Values | tuple[Values, BoolArray]] = {
        **{name: _column(shown, name) for name in names},
        **{name: (column, column != NOBODY) for name, column in refs.items()},
        "end_day": (ends - 1, ends != FAR_DAY),
        "amount": amount,
        "effective": (made, effective),
        "base_amount": (base, found),
        "final_amount": (base + amount, found),
    }
    totals = {"effective": sum(held.get(one.adjustment_id, 0) for one in lines)}
    return table_of(
        COLUMNS, rows, values, key=("adjustment_id",), totals=totals, count=len(lines), page=page, notes=_notes(lines)
    )


def lines_seen(book: Book, plan: int | None) -> list[Line]:
    """Return the lines of a plan, or of the latest one, that the viewer may know of; none where there is no plan."""
    plan = latest_plan(book) if plan is None else plan
    if plan is None:
        return []
    try:
        draft = plan_of(book, plan).state == DRAFT
    except NotFound:
        return []
    lines = lines_of(book, plan)
    return [one for one in lines if not draft or book.scope.whole or one.unit_id in book.scope.units]


def _made_of(sheet: Sheet, row: int, lines: Sequence[Line]) -> dict[int, int]:
    """Return line -> what it makes of a row, of the lines that are of the row or of one below it."""
    top = int(sheet.tree.position_of(row))
    found: dict[int, int] = {}
    for line in lines:
        for number, sign in ((line.plan_row_id, 1), (line.other_row_id, -1)):
            at = int(sheet.tree.position_of(number)) if number != NO_ROW else UNKNOWN
            if top != UNKNOWN and top <= at < int(sheet.tree.ends[top]):
                found[line.adjustment_id] = found.get(line.adjustment_id, 0) + sign * line.amount
    return found


def _notes(lines: Sequence[Line]) -> tuple[Note, ...]:
    waiting = [one.amount for one in lines if one.state == REQUESTED]
    if not waiting:
        return ()
    return (Note.of_amounts("plans/adjustments-waiting", _WAITING, [sum(waiting)], len(waiting)),)


def _column(lines: Sequence[Line], name: str) -> IntArray:
    return np.array([getattr(one, name) for one in lines], dtype=np.int64)
