"""Milestones (交付里程碑) one by one, and by month what they will let be recognised (计划确收) (R150, R160)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.deals.columns import noted, outside_note
from dacheng.core.delivery.forthcoming import (
    COMING,
    FAMILIES,
    PASSED,
    READY,
    THIS_QUARTER,
    Forthcoming,
    counted,
    forthcoming,
    steps_of,
)
from dacheng.core.delivery.schema import MILESTONE_KINDS
from dacheng.core.delivery.waiting import expected_terms
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, equal, in_unit, prefixed
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import ranked, sliced, summed_by
from dacheng.core.report import (
    CustomerId,
    Flag,
    ParameterKind,
    PeriodName,
    PersonId,
    Rowspan,
    UnitId,
    choice,
    coded,
    number_of,
    report,
    sorted_by,
    sorting,
)
from dacheng.core.table import EVERY_ROW, Bars, Drill, Note, Table, TableColumn, Values, column_of, table_of

ContractId = Annotated[int, ParameterKind("ref", "contracts")]
ProjectId = Annotated[int, ParameterKind("ref", "projects")]

FILTERS = (
    "unit",
    "direct",
    "owner",
    "customer",
    "contract",
    "project",
    "manager",
    "kind",
    "coming",
    "period",
    "undone",
)
SAME_ROWS = Drill("delivery/milestones", carry=FILTERS)
SORTS = ("expected", "planned_ex", "slip")

NOW = (READY, THIS_QUARTER)
SEEN = (
    ("now", Text("本季可确收", "To be recognised by the end of the quarter")),
    *((code, label) for _, code, label in COMING),
)

PLANNED = TableColumn(
    "planned_ex",
    "money",
    Text("待确收", "To be recognised"),
    help=Text(
        "确收比例 × 合同额不含税，减去已经确收的：先减已完成的，再按日子",
        "Its share of the contract excl. tax, less what is recognised: of what was reached first, then by day",
    ),
)

COLUMNS = (
    column_of("milestones", "milestone_id"),
    column_of("milestones", "project_id"),
    column_of("milestones", "contract_id", optional=True),
    column_of("projects", "manager_id"),
    column_of("milestones", "owner_id", optional=True),
    column_of("units", "unit_id", label=Text("组织", "Unit"), optional=True),
    column_of("milestones", "kind"),
    column_of("milestones", "planned_day"),
    TableColumn(
        "expected",
        "day",
        Text("预计或完成日", "Expected or reached"),
        help=Text(
            "完成了是完成日，否则是预计日，没有预计按计划", "When it was reached, else its forecast, else as planned"
        ),
    ),
    TableColumn("reached", "flag", Text("完成", "Reached")),
    TableColumn(
        "slip",
        "days",
        Text("推迟天数", "Days late"),
        judged="less",
        help=Text(
            "预计或完成日 − 计划日；过了日子没完成的算到截至日",
            "Expected or reached − planned; one whose day has passed counts to the as-of day",
        ),
    ),
    column_of("milestones", "reason"),
    TableColumn("coming", "choice", Text("什么时候", "When"), choices=COMING, optional=True),
    column_of("milestones", "share_bp", name="share_ratio"),
    TableColumn(PLANNED.name, PLANNED.kind, PLANNED.label, help=PLANNED.help, total_drill=SAME_ROWS),
    TableColumn(
        "waits",
        "money",
        Text("等它的应收", "Receivable that waits"),
        help=Text(
            "还没有应收日、要等这个里程碑完成的付款条件的未收额", "Open terms without a due day that wait for it"
        ),
    ),
    TableColumn(
        "due_expected",
        "day",
        Text("预计应收日", "Expected to fall due"),
        help=Text("预计日加约定天数；只是预计，应收日要等完成", "Its expected day and the days agreed: no due day yet"),
    ),
)


@report(
    "delivery/milestones",
    title=Text("交付里程碑", "Milestones"),
    help=Text(
        "截至日的里程碑，一个一行：计划、预计与完成，推迟多少天和为什么，完成后可确收多少，多少应收在等它。"
        "推迟只改变预计应收日；完成的那天起，等它的付款条件才有应收日。因授权才可见的单列在后，不计入合计。",
        "Milestones on the as-of day, one row each: planned, expected, reached, how late and why, what it lets be "
        "recognised and what receivable waits for it. A slip moves only the expected due day; a term has its due day "
        "once the milestone is reached. Rows seen only by a grant come last and enter no total.",
    ),
    columns=COLUMNS,
)
def milestones(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
    project: ProjectId | None = None,
    manager: PersonId | None = None,
    kind: Annotated[str, coded(MILESTONE_KINDS)] | None = None,
    coming: Annotated[str, choice(*SEEN)] | None = None,
    period: PeriodName | None = None,
    undone: Flag = False,
    sort: Annotated[str, sorting(*SORTS)] = "-expected",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List milestones (交付里程碑).

    Args:
        period: the months in which they are expected; what was reached counts in the month of the as-of day.
        undone: only those that were not reached.

    Source: R150, R160.
    """
    found = _gathered(book, in_unit(book, unit, direct), owner, customer, contract)
    keep = np.ones(len(found.rows), dtype=np.bool_)
    for name, value in (("project_id", project), ("manager_id", manager), ("kind", number_of(MILESTONE_KINDS, kind))):
        if value is not None:
            keep &= found.rows.known(name) & (found.rows[name] == value)
    if coming is not None:
        keep &= np.isin(found.coming, NOW) if coming == "now" else found.coming == number_of(COMING, coming)
    if period is not None:
        months = book.months
        keep &= (found.month_day >= months.from_day(period)) & (found.month_day < months.to_day(period))
    if undone:
        keep &= ~found.reached
    found = found.only(keep)
    outside = found.rows["unit_id"] == OUTSIDE
    waits, due, waiting = expected_terms(book, found)
    at = sliced(_order(found, outside, sort), page)
    return table_of(
        COLUMNS,
        found.rows.only(at),
        _columns(found, at) | {"waits": (waits[at], waiting[at]), "due_expected": (due[at], waiting[at])},
        key=("milestone_id",),
        totals={PLANNED.name: _planned_in_all(found, outside)},
        count=len(found.rows),
        outside=outside[at],
        outside_count=int(outside.sum()),
        notes=_notes(found, outside),
        page=page,
        sort=sort,
    )


BY_MONTH = (
    TableColumn("ym", "ym", Text("月份", "Month")),
    TableColumn(
        PLANNED.name,
        PLANNED.kind,
        Text("计划确收", "Planned"),
        help=PLANNED.help,
        drill=Drill(
            "delivery/milestones", take={"period": "ym"}, carry=("unit", "direct", "owner", "customer", "contract")
        ),
        total_drill=Drill("delivery/milestones", carry=("unit", "direct", "owner", "customer", "contract")),
    ),
    TableColumn(
        "passed_ex",
        "money",
        Text("其中计划已过", "Of it passed"),
        judged="less",
        help=Text("日子过了还没有完成的里程碑", "Of milestones whose day has passed and that were not reached"),
    ),
    TableColumn("steps", "count", Text("里程碑数", "Milestones")),
)


@report(
    "delivery/months",
    title=Text("计划确收月份分布", "Planned recognition by month"),
    help=Text(
        "未确收的合同额按里程碑的预计日排到月份：完成了还没确收的在本月，过了日子没完成的留在原来的月份。"
        "里程碑没有覆盖的金额没有月份，在未确收表的「未排期」里。",
        "What is unrecognised, in the months in which its milestones are expected: what was reached and not recognised "
        "stands in this month, what has passed stays in its own. What no milestone covers has no month: see “not "
        "planned” in the table of what is unrecognised.",
    ),
    columns=BY_MONTH,
)
def months(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
) -> Table:
    """Sum by month what milestones will let be recognised (计划确收月份分布, R150)."""
    found = _gathered(book, in_unit(book, unit, direct), owner, customer, contract)
    found = found.only(found.known & (found.planned != 0) & (found.rows["unit_id"] != OUTSIDE))
    month = np.asarray(book.months.ym_of(found.month_day), dtype=np.int64)
    yms, amounts = summed_by(month, found.planned)
    _same, passed = summed_by(month, np.where(found.coming == PASSED, found.planned, 0))
    _same, steps = summed_by(month, np.ones(len(month), dtype=np.int64))
    return table_of(
        BY_MONTH,
        Rows({"ym": yms, PLANNED.name: amounts, "passed_ex": passed, "steps": steps}),
        key=("ym",),
        totals={PLANNED.name: int(amounts.sum()), "passed_ex": int(passed.sum()), "steps": int(steps.sum())},
        bars=(Bars(Text("按月", "By month"), BY_MONTH[0], yms, amounts),) if len(yms) > 1 else (),
    )


def _gathered(book: Book, where: Filter, owner: int | None, customer: int | None, contract: int | None) -> Forthcoming:
    """Return the milestones of contracts: of a unit, an owner, a customer, or one alone."""
    whose = equal(owner_id=owner, customer_id=customer) & where & counted(book)
    of = equal(base_id=contract)
    families = book.gather(FAMILIES.format(where=whose.where, of=of.where), **whose.params, **of.params)
    found = forthcoming(book, families, steps_of(book, _of_milestones(where, owner, contract)))
    if customer is None:
        return found
    return found.only(np.isin(found.rows["contract_id"], families["base_id"]))


def _of_milestones(where: Filter, owner: int | None, contract: int | None) -> Filter:
    """Return the filter of contracts as one of their milestones, which stand where they do."""
    own = equal(owner_id=owner, contract_id=contract) & where
    return prefixed("m", own)


def _planned_in_all(found: Forthcoming, outside: BoolArray) -> int | None:
    """Return the sum of what is known; where nothing is, and there are rows, it is not known either."""
    told = found.known & ~outside
    return int(found.planned[told].sum()) if told.any() or outside.all() else None


def _order(found: Forthcoming, outside: BoolArray, sort: str) -> IntArray:
    column, descending = sorted_by(sort, *SORTS)
    values = {"expected": found.expected, "planned_ex": found.planned, "slip": found.slip}[column]
    there = found.known if column == PLANNED.name else np.ones(len(values), dtype=np.bool_)
    return ranked(values, there, descending, outside=outside, key=found.rows["milestone_id"])


def _columns(found: Forthcoming, at: IntArray) -> dict[str, Values | tuple[Values, BoolArray]]:
    rows = found.rows
    return {
        "unit_id": (rows["unit_id"][at], rows["unit_id"][at] != OUTSIDE),
        "expected": found.expected[at],
        "reached": found.reached[at].astype(np.int64),
        "slip": found.slip[at],
        "coming": found.coming[at],
        "share_ratio": (rows["share_bp"][at] / BP_PER_WHOLE, rows.known("share_bp")[at]),
        PLANNED.name: (found.planned[at], found.known[at]),
    }


def _notes(found: Forthcoming, outside: BoolArray) -> tuple[Note, ...]:
    late = (found.coming == PASSED) & ~outside
    count = int(late.sum())
    words = Text(
        f"{count} 个里程碑的日子过了还没有完成，待确收 {{}}。",
        f"Milestones that passed without being reached: {count}, {{}} to be recognised.",
    )
    return noted(
        Note.of_amounts("passed", words, [int(found.planned[late].sum())], count), outside_note(int(outside.sum()))
    )
