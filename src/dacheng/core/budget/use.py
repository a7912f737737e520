"""How far budgets are used (预算执行): released, committed, actual, left, and the warnings (R037, R038)."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.budget.charging import OF_PROJECT, ORDINARY, PARTS, UNBUDGETED, Charged, charged
from dacheng.core.budget.ruling import warnings_in
from dacheng.core.budget.schema import DRAFT
from dacheng.core.budget.spending import usage
from dacheng.core.budget.standing import UnitBudget, unit_budgets
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.report import Flag, PeriodName, UnitId, report
from dacheng.core.table import Drill, Note, Table, TableColumn, column_of, table_of

NEAR, USED_UP, OVERSPENT = 1, 2, 3
WARNINGS = (
    (NEAR, "near", Text("预警", "Nearly used")),
    (USED_UP, "used-up", Text("用完", "Used up")),
    (OVERSPENT, "overspent", Text("超支", "Overspent")),
)
OF_ROW = {"charged_to": "unit_id", "starting": "first_ym", "part": "part"}


def _spent(name: str, label: Text, help: Text) -> TableColumn:
    return TableColumn(name, "money", label, help=help, drill=Drill("budget/expenses", take=OF_ROW))


COLUMNS = (
    column_of("budgets", "unit_id", help=Text("空 = 没有预算的费用", "Blank = expenses without a budget")),
    TableColumn("part", "choice", Text("部分", "Part"), choices=PARTS),
    column_of("budgets", "first_ym"),
    column_of("budgets", "last_ym"),
    TableColumn("planned", "money", Text("预算", "Budget"), help=Text("全期预算", "The budget of all its months")),
    TableColumn("released", "money", Text("已释放", "Released"), help=Text("已批准的释放之和", "Approved releases")),
    _spent("committed", Text("未结承诺", "Still committed"), Text("承诺 − 已结算", "Commitments not settled yet")),
    _spent("actual", Text("实际", "Actual"), Text("已花的钱减退款", "Money spent less refunds")),
    _spent(
        "waiting",
        Text("超支待批", "Waiting"),
        Text(
            "会超支、等批准的费用，不计入占用",
            "Expenses that would overspend and wait for approval; not counted as used",
        ),
    ),
    TableColumn(
        "left",
        "money",
        Text("可用", "Left"),
        judged="more",
        difference=True,
        help=Text("已释放 − 承诺 − 实际，负数是超支", "Released − committed − actual; negative is overspent"),
    ),
    TableColumn(
        "use_ratio",
        "ratio",
        Text("使用率", "Used"),
        help=Text("（承诺 + 实际）÷ 已释放", "(Committed + actual) ÷ released"),
    ),
    TableColumn(
        "warning",
        "choice",
        Text("预警", "Warning"),
        choices=WARNINGS,
        help=Text("达到规则的预警比例、用完或超支", "The warning share of the rules is reached, used up, or overspent"),
    ),
)


@report(
    "budget/usage",
    title=Text("预算执行", "Use of budgets"),
    help=Text(
        "每份已批准的预算：已释放、未结承诺、实际、可用。项目行与固定、变动分开列。一笔费用只记入一份预算；没有预算的费用单列。"
        "达到预警比例、用完、超支时标出。",
        "Every approved budget: released, still committed, actual, left. Project lines stand apart from fixed and "
        "variable. An expense is charged to one budget only; those without one are listed apart. Marked where the "
        "warning share is reached, it is used up, or overspent.",
    ),
    columns=COLUMNS,
)
def use(book: Book, *, unit: UnitId | None = None, direct: Flag = False, period: PeriodName | None = None) -> Table:
    """Show how far budgets are used (预算执行).

    Args:
        period: default the fiscal year of the as-of day; budgets that have a month of it are shown whole.

    Source: R037, R038; invariant I20.
    """
    span = fiscal_year_of(book, period)
    spent = charged(book)
    rows = [row for one in unit_budgets(book, unit, direct, span) if one.state != DRAFT for row in _rows(one, spent)]
    if unit is None:
        rows += _without(book, span, spent)
    names = ("unit_id", "part", "first_ym", "last_ym", "planned", "released", "committed", "actual", "waiting")
    found = Rows.of(names, rows)
    figures = usage(found["released"], found["committed"], found["actual"], warnings_in(book.rules))
    budgeted = found["part"] != UNBUDGETED
    released = np.where(found["released"] > 0, found["released"], 1)
    warning = np.where(figures.overspent, OVERSPENT, figures.reached)
    totals = {name: int(found[name].sum()) for name in ("planned", "released", "committed", "actual", "waiting")}
    return table_of(
        COLUMNS,
        found,
        {
            "unit_id": (found["unit_id"], budgeted),
            "planned": (found["planned"], budgeted),
            "released": (found["released"], budgeted),
            "left": (figures.left, budgeted),
            "use_ratio": (figures.used / released, budgeted & (found["released"] > 0)),
            "warning": (warning, budgeted & (warning > 0)),
        },
        key=("unit_id", "part", "first_ym"),
        totals=totals | {"left": int(figures.left[budgeted].sum())},
        notes=_notes(int((figures.overspent & budgeted).sum()), int((found["waiting"] > 0).sum())),
    )


def _rows(budget: UnitBudget, spent: Charged) -> list[tuple[int, ...]]:
    """Return the ordinary part of a budget, and its projects where it has any."""
    plan = budget.plan
    ordinary = sum(one.fixed + one.variable for one in budget.ledger)
    project = sum(one.project for one in budget.ledger)
    parts = (
        (ORDINARY, int(plan.from_target.sum()), ordinary),
        (OF_PROJECT, int(plan.project.sum()), project),
    )
    found: list[tuple[int, ...]] = []
    for part, planned, released in parts:
        own = (spent.unit == budget.unit_id) & (spent.first_ym == budget.span.from_ym) & (spent.part == part)
        if part == ORDINARY or planned or released or own.any():
            head = (budget.unit_id, part, budget.span.from_ym, budget.span.to_ym - 1, planned, released)
            found.append((*head, *_sums(spent, own)))
    return found


def _without(book: Book, span: Period, spent: Charged) -> list[tuple[int, ...]]:
    """Return a row for each fiscal year of a span in which something was spent without a budget."""
    found: list[tuple[int, ...]] = []
    for first in np.unique(spent.first_ym[spent.part == UNBUDGETED]).tolist():
        if first < span.to_ym and first + MONTHS_PER_YEAR > span.from_ym:
            own = (spent.part == UNBUDGETED) & (spent.first_ym == first)
            found.append((0, UNBUDGETED, first, first + MONTHS_PER_YEAR - 1, 0, 0, *_sums(spent, own)))
    return found


def _sums(spent: Charged, own: IntArray) -> tuple[int, int, int]:
    return int(spent.committed[own].sum()), int(spent.actual[own].sum()), int(spent.waiting[own].sum())


def _notes(overspent: int, waiting: int) -> tuple[Note, ...]:
    text = Text(f"{overspent} 份预算超支。", f"Overspent budgets: {overspent}.")
    asked = Text(
        f"{waiting} 份预算有超支待批，批准前不计。", f"Budgets with overspends that wait, not counted: {waiting}."
    )
    return noted(Note("budget/overspent", text, overspent), Note("budget/waiting", asked, waiting))
