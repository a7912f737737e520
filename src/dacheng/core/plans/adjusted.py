"""What adjustments make of every row of a plan, by kind (基数加调整): base + each kind = result (R030)."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.money import group_sums
from dacheng.core.paging import sliced
from dacheng.core.plans.adjusting import by_kind, counting
from dacheng.core.plans.register import lines_seen
from dacheng.core.plans.schema import ADJUSTMENTS
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.tables import DEPTH, OWN, TO_CELLS, WHO, PlanId, nothing, sheet_asked, who
from dacheng.core.report import MeasureId, Rowspan, report
from dacheng.core.table import EVERY_ROW, Drill, Note, Table, TableColumn, Values, table_of
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN

_ROW = {"row": "plan_row_id"}
_CARRIED = ("plan", "measure")
TO_LINES = Drill("plans/adjustments", take=_ROW, carry=_CARRIED)

ADJUSTED = (
    *WHO,
    DEPTH,
    OWN,
    TableColumn(
        "base",
        "money",
        Text("基数", "Base"),
        help=Text("结果 − 已批准的调整", "The result less the approved adjustments"),
    ),
    *(
        TableColumn(
            code,
            "money",
            label,
            help=Text("已批准的行；空 = 没有，或互相抵消", "Approved lines; blank = none, or they cancel out"),
            difference=True,
            drill=Drill("plans/adjustments", take=_ROW, fixed={"kind": code}, carry=_CARRIED),
        )
        for _, code, label in ADJUSTMENTS
    ),
    TableColumn("adjusted", "money", Text("调整合计", "Adjustments"), difference=True, drill=TO_LINES),
    TableColumn(
        "year", "money", Text("结果", "Result"), help=Text("方案里的全年", "The year in the plan"), drill=TO_CELLS
    ),
)


@report(
    "plans/adjusted",
    title=Text("基数加调整", "Base and adjustments"),
    help=Text(
        "方案每一行：基数 + 各类已批准的调整 = 结果，全年。组织行含下级；组织的一行调整按批准时分到各人的份额算。"
        "点开一格看登记的行。不填方案 = 最近的一个。",
        "Every row of a plan over the whole year: base + the approved adjustments of each kind = result. A unit "
        "includes what is below it; a line of a unit counts by the parts it was spread to when it was approved. A "
        "figure opens to its lines. Without a plan the latest one.",
    ),
    columns=ADJUSTED,
    listed=False,
)
def plan_adjusted(
    book: Book, *, plan: PlanId | None = None, measure: MeasureId = CONTRACT, page: Rowspan = EVERY_ROW
) -> Table:
    """Return base, adjustments by kind and result of every row of a plan (基数加调整, R030)."""
    one = sheet_asked(book, plan, measure)
    if one is None:
        return table_of(ADJUSTED, nothing(ADJUSTED), key=("plan_row_id",))
    lines = counting(lines_seen(book, one.plan.plan_id))
    made = by_kind(one, lines)
    order = sliced(np.arange(int(one.shared_top), len(one)), page)
    total = made.sum(axis=1)
    known = np.any(one.cells.amount.known, axis=1)[order]
    values: dict[str, Values | tuple[Values, BoolArray]] = who(one, order) | {
        "base": ((one.year - total)[order], known),
        "adjusted": total[order],
        "year": (one.year[order], known),
        **{code: (made[order, number - 1], made[order, number - 1] != 0) for number, code, _ in ADJUSTMENTS},
    }
    rows = Rows({"plan_row_id": one.tree.unit_ids[order]})
    count = len(one) - int(one.shared_top)
    return table_of(ADJUSTED, rows, values, key=("plan_row_id",), count=count, page=page, notes=(_sums(one, made),))


def _sums(one: Sheet, made: IntArray) -> Note:
    """Prove base, each kind and result up the tree: every row is the sum of those directly below it."""
    parts = np.column_stack((one.year - made.sum(axis=1), made, one.year))
    inner = np.flatnonzero(one.tree.ends > np.arange(len(one)) + 1)
    inner = inner[inner >= int(one.shared_top)]
    below = np.flatnonzero(one.tree.parent_position != UNKNOWN)
    width = parts.shape[1]
    group = (one.tree.parent_position[below][:, np.newaxis] * width + np.arange(width)).ravel()
    sums = group_sums(parts[below].ravel(), group, len(one) * width).reshape(len(one), width)
    broken = int(np.count_nonzero(parts[inner] != sums[inner]))
    checked = len(inner) * width
    words = Text(f"共核对 {checked:,} 项相加，{broken} 项不一致。", f"{checked:,} sums checked, {broken} do not hold.")
    return Note("sums", words, broken)
