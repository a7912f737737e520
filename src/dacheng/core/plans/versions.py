"""Two versions of a plan as a report (方案版本对比): each row and month with its difference (R033, R041)."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.paging import sliced
from dacheng.core.plans.adjusting import by_kind, counting, lines_of
from dacheng.core.plans.comparing import ABSENT, Compared, compared
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.tables import MONTHS_SHOWN, WHO, PlanId, nothing, sheet_asked
from dacheng.core.report import MeasureId, Rowspan, report
from dacheng.core.table import EVERY_ROW, Table, TableColumn, Values, table_of
from dacheng.core.targets.schema import CONTRACT

MADE_FROM_ANOTHER = "SELECT plan_id FROM plans WHERE base_id > 0 ORDER BY plan_id DESC LIMIT 1"
_MAYBE = ("person_id", "customer_id", "segment_id", "product_id")
NOT_THERE = Text("空 = 那个版本没有这一行", "Blank = that version has no such row")
OF_WHAT_WAS = Text("差额 ÷ 对比版本", "The difference as a part of what was")
DIFF = (
    *WHO,
    TableColumn("was", "money", Text("对比版本全年", "Year compared with"), help=NOT_THERE),
    TableColumn("year", "money", Text("本版全年", "Whole year"), help=NOT_THERE),
    TableColumn("difference", "money", Text("差额", "Difference"), difference=True),
    TableColumn("change_ratio", "ratio", Text("变动", "Change"), help=OF_WHAT_WAS, difference=True),
    TableColumn(
        "adjusted",
        "money",
        Text("其中登记的调整", "By adjustments"),
        help=Text("本版调整登记里已批准的行", "Approved lines of the version's register"),
        difference=True,
    ),
    TableColumn(
        "otherwise",
        "money",
        Text("其余改动", "Otherwise"),
        help=Text("差额 − 登记的调整", "The difference less what adjustments make of it"),
        difference=True,
    ),
    TableColumn(
        "people", "count", Text("涉及人数", "People"), help=Text("目标变动的人，含下级", "Whose target changes")
    ),
    *(
        TableColumn(f"d{at + 1}", "money", Text(f"第 {at + 1} 月差额", f"Month {at + 1}, difference"), difference=True)
        for at in range(MONTHS_SHOWN)
    ),
)  # fmt: skip


@report(
    "plans/diff",
    title=Text("方案版本对比", "Versions of a plan compared"),
    help=Text(
        "方案一个指标与另一个版本逐行逐月的差：同一组织、同一人、同一客户的行是同一行，只在一个版本里的行也列出来。"
        "改前 + 登记的调整 + 其余改动 = 改后。"
        "不填方案 = 最近一个由别的版本复制来的；不填对比版本 = 它来自的版本。",
        "One measure of a plan less another version of it, by row and month: rows of the same unit, person and account "
        "are the same row, and rows of one version only are listed too. Before + adjustments + otherwise = after. "
        "Without a plan the latest that was made from another version; without a version the one it was made from.",
    ),
    columns=DIFF,
    listed=False,
)
def plan_diff(
    book: Book,
    *,
    plan: PlanId | None = None,
    base: PlanId | None = None,
    measure: MeasureId = CONTRACT,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """Return two versions of a plan beside each other (方案版本对比, R033, R041).

    Args:
        base: the version to compare with; left out, the one that the plan was made from.
    """
    after = sheet_asked(book, _latest_made_from_another(book) if plan is None else plan, measure)
    before = None if after is None else _base(book, after, base, measure)
    if after is None or before is None:
        return table_of(DIFF, nothing(DIFF), key=("plan_row_id",))
    both = compared(before, after)
    order = sliced(np.arange(len(both)), page)
    was, year = both.was.sum(axis=1)[order], both.now.sum(axis=1)[order]
    lines = _adjusted(book, both)[order]
    there, here = both.at_before[order] != ABSENT, both.at_after[order] != ABSENT
    ratio = np.divide(year - was, was, out=np.zeros(len(order)), where=was > 0)
    facts = {name: _of_both(both, order, name) for name in ("kind", "unit_id", *_MAYBE)}
    values: dict[str, Values | tuple[Values, BoolArray]] = {
        "kind": facts["kind"],
        "unit_id": facts["unit_id"],
        **{name: (facts[name], facts[name] != 0) for name in _MAYBE},
        "was": (was, there),
        "year": (year, here),
        "difference": year - was,
        "adjusted": lines,
        "otherwise": year - was - lines,
        "people": both.touched[order],
        "change_ratio": (ratio, there & here & (was > 0)),
        **{f"d{at + 1}": _month_of(both, order, at) for at in range(MONTHS_SHOWN)},
    }
    ids = np.where(here, after.tree.unit_ids[both.at_after[order]], before.tree.unit_ids[both.at_before[order]])
    return table_of(DIFF, Rows({"plan_row_id": ids}), values, key=("plan_row_id",), count=len(both), page=page)


def _latest_made_from_another(book: Book) -> int | None:
    found = book.gather(MADE_FROM_ANOTHER)["plan_id"]
    return int(found[0]) if len(found) else None


def _adjusted(book: Book, both: Compared) -> IntArray:
    """Return what the approved lines of the later version make of each row, shape (k,): its own and those below it."""
    sheet = both.after
    lines = by_kind(sheet, counting(lines_of(book, sheet.plan.plan_id))).sum(axis=1)
    here = both.at_after != ABSENT
    found: IntArray = np.where(here, lines[both.at_after], 0)
    return found


def _base(book: Book, after: Sheet, base: int | None, measure: int) -> Sheet | None:
    """Return the version that a plan is compared with."""
    base = after.plan.base_id if base is None else base
    return sheet_asked(book, base, measure) if base else None


def _of_both(both: Compared, order: IntArray, name: str) -> IntArray:
    """Return a column of rows of either version."""
    here = both.at_after[order] != ABSENT
    after, before = getattr(both.after, name), getattr(both.before, name)
    found: IntArray = np.where(here, after[both.at_after[order]], before[both.at_before[order]])
    return found


def _month_of(both: Compared, order: IntArray, at: int) -> tuple[IntArray, BoolArray]:
    if at >= both.after.plan.months:
        return np.zeros(len(order), dtype=np.int64), np.zeros(len(order), dtype=np.bool_)
    return both.difference[order, at], np.ones(len(order), dtype=np.bool_)
