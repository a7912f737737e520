"""Delivery projects as a table (交付项目): cost and finish beside budget and plan, alerts, what it does to margin and
to the day the receivable falls due (⑥ 超支超期: R161, G22)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book
from dacheng.core.deals.columns import columns_seen, noted, outside_note
from dacheng.core.delivery.forthcoming import NOTHING, forthcoming, steps_of
from dacheng.core.delivery.progress import FINISHED, LIGHTS, RED, STAGES, Projects, projects, rows_of
from dacheng.core.delivery.waiting import expected_terms
from dacheng.core.errors import Text
from dacheng.core.filtering import equal, in_unit, prefixed
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import ranked, sliced, summed_by
from dacheng.core.report import (
    CustomerId,
    Flag,
    ParameterKind,
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
from dacheng.core.table import EVERY_ROW, Drill, Note, Table, TableColumn, Values, column_of, fractions_known, table_of

ContractId = Annotated[int, ParameterKind("ref", "contracts")]
ProjectId = Annotated[int, ParameterKind("ref", "projects")]

OVER, LATE, BLOCKED, NO_BUDGET, ANY_RED = "over", "late", "blocked", "no-budget", "red"
ALERTS = (
    (ANY_RED, Text("红灯", "Red")),
    (OVER, Text("超支", "Over budget")),
    (LATE, Text("超期", "Late")),
    (BLOCKED, Text("有障碍", "Blocked")),
    (NO_BUDGET, Text("没有预算", "Without a budget")),
)
FILTERS = ("unit", "direct", "owner", "customer", "contract", "manager", "state", "alert")
SAME_ROWS = Drill("delivery/projects", carry=FILTERS)
SORTS = ("expected_finish", "overrun", "slip", "start_day")
PRIVATE = ("budget", "spent", "at_completion", "by_performance", "overrun", "overrun_ratio", "cpi", "margin_change")

COLUMNS = (
    column_of("projects", "project_id"),
    column_of("projects", "contract_id"),
    column_of("contracts", "customer_id"),
    column_of("projects", "owner_id", optional=True),
    column_of("units", "unit_id", label=Text("组织", "Unit"), optional=True),
    column_of("projects", "manager_id"),
    TableColumn("stage", "choice", Text("状态", "State"), choices=STAGES),
    TableColumn(
        "light",
        "choice",
        Text("红黄绿", "Light"),
        choices=LIGHTS,
        help=Text(
            "超支或超期到了规则 delivery.overrun_red、delivery.slip_red 为红，有障碍而行动已过期也为红；有一点就是黄",
            "Red from the rules delivery.overrun_red and delivery.slip_red on, or blocked with its next step overdue; "
            "yellow where anything is over, late or in the way",
        ),
    ),
    column_of("projects", "start_day", optional=True),
    TableColumn(
        "planned_finish", "day", Text("计划完工", "Planned finish"), help=Text("最后一个里程碑", "Last milestone")
    ),
    TableColumn(
        "expected_finish",
        "day",
        Text("预计完工", "Expected finish"),
        help=Text(
            "最后一个里程碑的预计或完成日；过了还没完成的不早于截至日",
            "Of its last milestone; not before the as-of day while it is not reached",
        ),
    ),
    TableColumn(
        "slip",
        "days",
        Text("超期天数", "Days late"),
        judged="less",
        help=Text("预计完工 − 计划完工", "Expected − planned finish"),
    ),
    TableColumn(
        "slip_ratio",
        "ratio",
        Text("超期率", "Longer than planned"),
        judged="less",
        optional=True,
        help=Text("超期天数 ÷ 计划工期", "Days late ÷ days planned"),
    ),
    column_of("projects", "done_bp", name="done_ratio"),
    column_of("projects", "budget", total_drill=SAME_ROWS),
    column_of("projects", "spent", total_drill=SAME_ROWS),
    TableColumn(
        "at_completion",
        "money",
        Text("预计完工成本", "Estimate at completion"),
        total_drill=SAME_ROWS,
        help=Text("EAC：项目经理的估计；没有就是预算 ÷ CPI", "EAC: the project manager's estimate, else budget ÷ CPI"),
    ),
    TableColumn(
        "overrun",
        "money",
        Text("超支", "Overrun"),
        judged="less",
        total_drill=SAME_ROWS,
        help=Text("预计完工成本 − 预算；没有预算算不出", "Estimate at completion − budget; unknown without a budget"),
    ),
    TableColumn(
        "overrun_ratio",
        "ratio",
        Text("超支率", "Overrun of budget"),
        judged="less",
        help=Text("超支 ÷ 预算", "Overrun ÷ budget"),
    ),
    TableColumn(
        "cpi",
        "number",
        Text("CPI", "CPI"),
        judged="more",
        places=2,
        help=Text(
            "挣值 ÷ 实际成本，挣值 = 预算 × 完工进度；任一为 0 或未知时不算",
            "Earned value (budget × done) ÷ actual cost; not told where either is zero or unknown",
        ),
    ),
    TableColumn(
        "by_performance",
        "money",
        Text("按绩效预计", "Estimate by CPI"),
        optional=True,
        help=Text("预算 ÷ CPI", "Budget ÷ CPI"),
    ),
    TableColumn(
        "margin_change",
        "money",
        Text("毛利影响", "Effect on margin"),
        judged="more",
        total_drill=SAME_ROWS,
        help=Text("超支从毛利里出：− 超支", "What is over budget is taken from margin: − overrun"),
    ),
    TableColumn(
        "waits",
        "money",
        Text("等它的应收", "Receivable that waits"),
        total_drill=SAME_ROWS,
        help=Text(
            "要等它的里程碑完成才有应收日的未收额；超期几天，应收日就晚几天",
            "Open terms that have no due day until its milestones are reached: as late as they are",
        ),
    ),
    TableColumn(
        "due_expected",
        "day",
        Text("预计应收日", "Expected to fall due"),
        help=Text("其中最早的一期", "The earliest of them"),
    ),
    TableColumn(
        "due_slip",
        "days",
        Text("应收推迟", "Receivable later by"),
        judged="less",
        help=Text("等它的应收按金额加权，比计划晚几天", "Days later than planned of what waits, weighted by amount"),
    ),
    column_of("projects", "obstacle"),
    column_of("projects", "step_due_day"),
)


@report(
    "delivery/projects",
    title=Text("交付项目", "Delivery projects"),
    help=Text(
        "截至日的交付项目，一个一行。超支 = 预计完工成本 − 预算，超期 = 预计完工 − 计划完工；"
        "超支减毛利，超期让等验收、等到货的应收日往后。没有预算的算不出超支，单列说明。「提醒」选出超支超期的。"
        "因授权才可见的单列在后，不计入合计。",
        "Delivery projects on the as-of day, one row each. Overrun = estimate at completion − budget, late = expected "
        "− planned finish; what is over is taken from margin, what is late moves the due day of terms that wait for "
        "delivery or acceptance. Without a budget no overrun follows, which is told. “Alert” picks out what is over or "
        "late. Rows seen only by a grant come last and enter no total.",
    ),
    columns=COLUMNS,
)
def delivery_projects(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
    manager: PersonId | None = None,
    state: Annotated[str, coded(STAGES)] | None = None,
    alert: Annotated[str, choice(*ALERTS)] | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-expected_finish",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List delivery projects with overrun and slip (交付项目, ⑥ 超支超期).

    Source: R161; golden case G22.
    """
    where = in_unit(book, unit, direct)
    of = equal(owner_id=owner, contract_id=contract)
    wanted = prefixed("p", where & of & equal(manager_id=manager)) & prefixed("c", equal(customer_id=customer))
    rows = rows_of(book, wanted)
    steps = forthcoming(book, NOTHING, steps_of(book, prefixed("m", where & of)) if len(rows) else NOTHING)
    found = projects(book, rows, steps)
    private = "money-private" in book.scope.classes
    found = found.only(_kept(found, number_of(STAGES, state), alert, private))
    outside = found.rows["unit_id"] == OUTSIDE
    waits = _waits(found, *expected_terms(book, steps), steps.rows["project_id"], steps.slip)
    values = _values(found, outside) | waits
    at = sliced(_order(found, values, outside, sort), page)
    shown = columns_seen(book, COLUMNS, PRIVATE)
    return table_of(
        shown,
        found.rows.only(at),
        {name: _part(value, at) for name, value in values.items()},
        key=("project_id",),
        totals={
            name: total for name, total in _totals(values, ~outside).items() if name in {one.name for one in shown}
        },
        count=len(found.rows),
        outside=outside[at],
        outside_count=int(outside.sum()),
        notes=_notes(book, found, values, outside),
        page=page,
        sort=sort,
    )


Column = tuple[Values, BoolArray]
MONEY = ("budget", "spent", "at_completion", "overrun", "margin_change", "waits")


def _kept(found: Projects, stage: int | None, alert: str | None, private: bool) -> BoolArray:
    """Tell which projects are wanted; who does not see costs is not told which have no budget."""
    keep = np.ones(len(found.rows), dtype=np.bool_)
    if stage is not None:
        keep &= found.stage == stage
    if alert is not None:
        over, known = found.overrun
        slip, there = found.slip
        keep &= {
            ANY_RED: found.light == RED,
            OVER: known & (over > 0),
            LATE: there & (slip > 0),
            BLOCKED: found.rows.known("obstacle") & (found.stage != FINISHED),
            NO_BUDGET: ~found.rows.known("budget") & private,
        }[alert]
    return keep


def _values(found: Projects, outside: BoolArray) -> dict[str, Column]:
    rows = found.rows
    ends = [one is not None for one in found.finish]
    there = np.array(ends, dtype=np.bool_)
    over, known = found.overrun
    every = np.ones(len(rows), dtype=np.bool_)
    return {
        **{name: (rows[name], rows.known(name)) for name in ("budget", "spent", "start_day")},
        "unit_id": (rows["unit_id"], ~outside),
        "stage": (found.stage, every),
        "light": (found.light, every),
        "planned_finish": (np.array([one.planned if one else 0 for one in found.finish], dtype=np.int64), there),
        "expected_finish": (np.array([one.expected if one else 0 for one in found.finish], dtype=np.int64), there),
        "slip": found.slip,
        "slip_ratio": fractions_known(found.slip_ratio),
        "done_ratio": (rows["done_bp"] / BP_PER_WHOLE, rows.known("done_bp")),
        "at_completion": found.at_completion,
        "by_performance": found.by_performance,
        "overrun": (over, known),
        "overrun_ratio": found.ratios("overrun"),
        "cpi": found.ratios("performance"),
        "margin_change": (-over, known),
    }


def _waits(
    found: Projects, waits: IntArray, due: IntArray, waiting: BoolArray, project: IntArray, slip: IntArray
) -> dict[str, Column]:
    """Return what waits for each project: open amounts, the earliest expected due day, how much later than planned."""
    ids = found.rows["project_id"]
    sums = {name: np.zeros(len(ids), dtype=np.int64) for name in ("waits", "late", "first")}
    there = np.zeros(len(ids), dtype=np.bool_)
    owners, amounts = summed_by(project[waiting], waits[waiting])
    _owners, late = summed_by(project[waiting], waits[waiting] * slip[waiting])
    first: dict[int, int] = {}
    for number, day in zip(project[waiting].tolist(), due[waiting].tolist(), strict=True):
        first[number] = min(day, first.get(number, day))
    place = {number: at for at, number in enumerate(owners.tolist())}
    for at, number in enumerate(ids.tolist()):
        if number in place:
            there[at] = True
            sums["waits"][at], sums["late"][at] = amounts[place[number]], late[place[number]]
            sums["first"][at] = first[number]
    paid = there & (sums["waits"] != 0)
    later = np.where(paid, np.rint(sums["late"] / np.where(paid, sums["waits"], 1)), 0).astype(np.int64)
    return {"waits": (sums["waits"], there), "due_expected": (sums["first"], there), "due_slip": (later, paid)}


def _totals(values: dict[str, Column], inside: BoolArray) -> dict[str, int | float | None]:
    """Return sums of what is known; where nothing is, and there are rows, the sum is not known either."""
    return {name: _sum(*values[name], inside) for name in MONEY}


def _sum(values: Values, known: BoolArray, inside: BoolArray) -> int | None:
    told = known & inside
    return int(values[told].sum()) if told.any() or not inside.any() else None


def _part(value: Column, at: IntArray) -> Column:
    return value[0][at], value[1][at]


def _order(found: Projects, values: dict[str, Column], outside: BoolArray, sort: str) -> IntArray:
    column, descending = sorted_by(sort, *SORTS)
    own, known = values[column]
    return ranked(np.asarray(own, dtype=np.int64), known, descending, outside=outside, key=found.rows["project_id"])


def _notes(book: Book, found: Projects, values: dict[str, Column], outside: BoolArray) -> tuple[Note, ...]:
    private = "money-private" in book.scope.classes
    over, known = found.overrun
    above = known & (over > 0) & ~outside
    slip, there = found.slip
    late = there & (slip > 0) & ~outside
    none = ~found.rows.known("budget") & ~outside
    return noted(
        Note.of_amounts(
            "over",
            Text(
                f"{int(above.sum())} 个项目超支，共 {{}}，从毛利里出。",
                f"Projects over budget: {int(above.sum())}, by {{}} in all, taken from margin.",
            ),
            [int(over[above].sum())],
            int(above.sum()) if private else 0,
        ),
        Note.of_amounts(
            "late",
            Text(
                f"{int(late.sum())} 个项目超期，等它们的应收 {{}}。",
                f"Projects that are late: {int(late.sum())}; {{}} of receivable waits for them.",
            ),
            [int(values["waits"][0][late].sum())],
            int(late.sum()),
        ),
        Note(
            "no-budget",
            Text(
                f"{int(none.sum())} 个项目没有预算，算不出超支和 CPI。",
                f"Projects without a budget, so that no overrun and no CPI follows: {int(none.sum())}.",
            ),
            int(none.sum()) if private else 0,
        ),
        outside_note(int(outside.sum())),
    )
