"""The budget of units over time (预算): fixed, variable and project by month, quarter or year (R034, R035, R038)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.budget.schema import BUDGET_STATES, FIXED, PROJECT, VARIABLE
from dacheng.core.budget.standing import KINDS, UnitBudget, unit_budgets
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.report import Flag, PeriodName, UnitId, choice, report
from dacheng.core.table import Drill, Note, Table, TableColumn, column_of, table_of

STEPS = {"month": 1, "quarter": 3, "year": MONTHS_PER_YEAR}
EVERY = choice(("month", Text("月", "Month")), ("quarter", Text("季度", "Quarter")), ("year", Text("全年", "Year")))
NAMES = {FIXED: "fixed", VARIABLE: "variable", PROJECT: "project"}
OF_ROW = {"unit": "unit_id", "first": "first_ym", "last": "last_ym"}
CARRIED = ("unit", "direct", "period")


def _to_cells(kind: str = "") -> tuple[Drill, Drill]:
    fixed = {"kind": kind} if kind else {}
    return Drill("budget/cells", take=OF_ROW, fixed={**fixed, "direct": 1}), Drill(
        "budget/cells", fixed=fixed, carry=CARRIED
    )


def _amount(name: str, label: Text, help: Text, kind: str = "") -> TableColumn:
    drill, total = _to_cells(kind)
    return TableColumn(name, "money", label, help=help, drill=drill, total_drill=total)


COLUMNS = (
    column_of("budgets", "unit_id"),
    column_of("budgets", "budget_id"),
    column_of("budgets", "first_ym"),
    column_of("budgets", "last_ym"),
    TableColumn("state", "choice", Text("状态", "State"), choices=BUDGET_STATES),
    _amount("fixed", Text("固定", "Fixed"), Text("固定预算，平均到各月", "The fixed part, evenly by month"), "fixed"),
    _amount(
        "variable",
        Text("变动", "Variable"),
        Text("费用率 × 目标，按目标自己的季节分到各月", "Rate × target, by the season of the target itself"),
        "variable",
    ),
    _amount(
        "project",
        Text("项目", "Project"),
        Text("已批准的项目预算，不按达成释放", "Approved project lines, not released by attainment"),
        "project",
    ),
    _amount("amount", Text("合计", "Sum"), Text("固定 + 变动 + 项目", "Fixed + variable + project")),
)


@report(
    "budget/plan",
    title=Text("费用预算", "Budget"),
    help=Text(
        "各组织的费用预算。固定平均到各月；变动 = 费用率 × 保存当天的目标，按目标的季节分月；项目在它自己的月份里平均。"
        "月的和等于季、等于年。没有批准人的项目行不计。下级另有预算的，各是各的，上级不再含它。",
        "The budgets of units. Fixed evenly by month; variable = rate × the target of the day it was saved, by the "
        "season of the target; a project evenly over its own months. Months sum to quarters and years. Project lines "
        "without an approver are left out. A unit below with a budget of its own stands beside, not inside.",
    ),
    columns=COLUMNS,
)
def plan(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    period: PeriodName | None = None,
    step: Annotated[str, EVERY] = "quarter",
) -> Table:
    """Show budgets by unit and month, quarter or year (费用预算).

    Args:
        period: default the fiscal year of the as-of day. step: what a row stands for, from the budget's first month.

    Source: R034, R035, R038; golden case G08.
    """
    span = fiscal_year_of(book, period)
    budgets = unit_budgets(book, unit, direct, span)
    rows = [row for one in budgets for row in _rows(one, span, STEPS[step])]
    names = ("unit_id", "budget_id", "first_ym", "last_ym", "state", *NAMES.values())
    found = Rows.of(names, rows)
    sums = sum((found[name] for name in NAMES.values()), np.zeros(len(found), dtype=np.int64))
    totals = {name: int(found[name].sum()) for name in NAMES.values()} | {"amount": int(sums.sum())}
    return table_of(
        COLUMNS,
        found,
        {"amount": sums},
        key=("unit_id", "first_ym"),
        totals=totals,
        notes=notes_of(budgets),
    )


def _rows(budget: UnitBudget, span: Period, step: int) -> list[tuple[int, ...]]:
    """Return one row for each part of the budget's months that lies in a span."""
    found = []
    for start in range(budget.span.from_ym, budget.span.to_ym, step):
        first, end = max(start, span.from_ym), min(start + step, budget.span.to_ym, span.to_ym)
        if first < end:
            amounts = _sums(budget, first, end).tolist()
            found.append((budget.unit_id, budget.budget_id, first, end - 1, budget.state, *amounts))
    return found


def _sums(budget: UnitBudget, first: int, end: int) -> IntArray:
    at = budget.span.from_ym
    sums: IntArray = budget.months[:, first - at : end - at].sum(axis=1)
    assert len(sums) == len(KINDS)
    return sums


def notes_of(budgets: list[UnitBudget]) -> tuple[Note, ...]:
    """Return what is left out of budgets, with counts and amounts."""
    unknown = sum(one.unknown for one in budgets)
    waiting, lines = sum(one.waiting for one in budgets), sum(one.waiting_lines for one in budgets)
    outside = sum(one.outside for one in budgets)
    return noted(
        Note("budget/target-unknown", _UNKNOWN.filled(count=unknown), unknown),
        Note.of_amounts("budget/project-without-approver", _WAITING, [waiting], lines),
        Note.of_amounts("budget/project-in-other-years", _OUTSIDE, [outside], int(outside != 0)),
    )


_UNKNOWN = Text(
    "{count} 个指标在保存预算时还没有目标，变动预算未含它们。",
    "{count} measure(s) had no target when the budget was saved and are left out.",
)
_WAITING = Text("没有批准人的项目预算共 {}，尚未生效。", "Project lines without an approver are not effective: {}.")
_OUTSIDE = Text("跨年项目有 {} 落在预算月份之外，不计入。", "Projects spend {} in months outside their budget.")
