"""Release of budgets period by period (费用释放): what was released, what is due now, what is frozen (R036, R038)."""

from __future__ import annotations

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.budget.plan import NAMES, notes_of
from dacheng.core.budget.proposing import Due, due_releases
from dacheng.core.budget.schema import DRAFT, PROPOSED
from dacheng.core.budget.standing import UnitBudget, unit_budgets
from dacheng.core.errors import Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.report import Flag, PeriodName, UnitId, report
from dacheng.core.table import Drill, Table, TableColumn, column_of, table_of

RELEASED, WAITING, DUE, LATER, NOT_APPROVED = 1, 2, 3, 4, 5
STATES = (
    (RELEASED, "released", Text("已释放", "Released")),
    (WAITING, "proposed", Text("待批准", "Waiting for approval")),
    (DUE, "due", Text("可提议", "Due")),
    (LATER, "later", Text("未到期", "Later")),
    (NOT_APPROVED, "draft", Text("预算未批准", "Budget not approved")),
)

OF_ROW = {"unit": "unit_id", "first": "first_ym", "last": "last_ym"}


def _planned(name: str, label: Text) -> TableColumn:
    drill = Drill("budget/cells", take=OF_ROW, fixed={"direct": 1, "kind": name})
    return TableColumn(name, "money", label, drill=drill, help=Text("预算里这一期的部分", "Its part in the budget"))


COLUMNS = (
    column_of("releases", "unit_id"),
    column_of("releases", "budget_id"),
    column_of("releases", "first_ym"),
    column_of("releases", "last_ym"),
    TableColumn("state", "choice", Text("状态", "State"), choices=STATES),
    _planned("fixed", Text("固定预算", "Fixed budget")),
    _planned("variable", Text("变动预算", "Variable budget")),
    _planned("project", Text("项目预算", "Project budget")),
    TableColumn(
        "attainment_ratio",
        "ratio",
        Text("累计达成率", "Attainment so far"),
        help=Text(
            "预算首月到上一期末的业绩 ÷ 目标；已释放的是当时的数，其余是现在的数",
            "Done ÷ target from the first month to the end of the period before; of a released one as it was then, "
            "of others as it is now",
        ),
    ),
    TableColumn(
        "release_ratio",
        "ratio",
        Text("释放比例", "Share released"),
        help=Text("按累计达成率所在档位，变动预算释放的比例", "What of the variable part its band releases"),
    ),
    TableColumn(
        "proposed",
        "money",
        Text("本期应释放", "To release"),
        help=Text(
            "固定 + 变动按档位 + 解冻 − 少释放 + 项目；只有可提议的一期有",
            "Fixed + variable by band + unfrozen − taken off + project; only of the period that is due",
        ),
    ),
    TableColumn(
        "released",
        "money",
        Text("已释放", "Released"),
        drill=Drill("budget/releases", take=OF_ROW, fixed={"direct": 1}),
        total_drill=Drill("budget/releases", carry=("unit", "direct", "period")),
        help=Text("已批准的释放之和", "Sum of the approved releases"),
    ),
    TableColumn(
        "unfrozen",
        "money",
        Text("解冻", "Unfrozen"),
        optional=True,
        help=Text("最高一档把以前冻结的一并释放", "The highest band releases what was frozen before"),
    ),
    TableColumn(
        "reduced",
        "money",
        Text("少释放", "Taken off"),
        optional=True,
        help=Text(
            "业绩下调后，先前多释放的不追回，本期少释放",
            "Results were lowered after a release: nothing is clawed back, this one is smaller",
        ),
    ),
    TableColumn(
        "frozen",
        "money",
        Text("冻结余额", "Frozen balance"),
        help=Text("到这一期末为止的变动预算 − 已释放的变动", "Variable budget through the period − variable released"),
    ),
)


@report(
    "budget/release",
    title=Text("费用释放", "Release"),
    help=Text(
        "预算按期释放。首期全额；以后固定与项目照预算，变动按上一期末的累计达成率所在档位，其余冻结；最高一档解冻全部余额。"
        "档位与比例是可改的规则。业绩在释放之后下调：已释放的不追回，下一期少释放。没有目标时由批准人填写。",
        "Budgets are released period by period. The first in full; later the fixed part and projects as planned, the "
        "variable part by the band of the attainment at the end of the period before, the rest is frozen; the highest "
        "band unfreezes all. Bands and shares are rules that can be changed. Results lowered after a release are not "
        "clawed back: the next release is smaller. Without a target an approver sets the amount.",
    ),
    columns=COLUMNS,
)
def release(book: Book, *, unit: UnitId | None = None, direct: Flag = False, period: PeriodName | None = None) -> Table:
    """Show for every budget and period what was released and what is due (费用释放).

    Args:
        period: default the fiscal year of the as-of day; budgets that have a month of it are shown whole.

    Source: R036, R038; golden case G09.
    """
    budgets = unit_budgets(book, unit, direct, fiscal_year_of(book, period))
    due = due_releases(book, budgets)
    rows = [row for one in due for row in _rows(one)]
    names = [column.name for column in COLUMNS if column.kind != "ratio"]
    found = Rows.of([*names, "attained", "of_target", "release_bp"], rows)
    known = found.known("of_target") & (found["of_target"] > 0) & found.known("attained")
    ratio = np.where(known, found["attained"] / np.where(known, found["of_target"], 1), 0.0)
    notes = notes_of(budgets) + tuple(note for one in due if one.proposal for note in one.proposal.notes)
    return table_of(
        COLUMNS,
        found,
        {
            "attainment_ratio": (ratio, known),
            "release_ratio": (found["release_bp"] / BP_PER_WHOLE, found.known("release_bp")),
        },
        key=("unit_id", "first_ym"),
        totals={name: _sum(found, name) for name in (*NAMES.values(), "released")},
        notes=tuple({note.code: note for note in notes}.values()),
    )


def _sum(rows: Rows, name: str) -> int:
    return int(rows[name][rows.known(name)].sum())


def _rows(due: Due) -> list[tuple[int | None, ...]]:
    """Return one row for each period of release of a budget."""
    return [_row(due, at) for at in range(len(due.budget.plan.periods))]


def _row(due: Due, at: int) -> tuple[int | None, ...]:
    budget, period = due.budget, due.budget.plan.periods[at]
    own = budget.approved.only(budget.approved["first_ym"] == period.from_ym)
    plan = budget.plan
    planned = tuple(int(amounts[at]) for amounts in (plan.fixed, plan.variable, plan.project))
    start = (budget.unit_id, budget.budget_id, period.from_ym, period.to_ym - 1)
    if len(own):
        released = sum(int(own[name].sum()) for name in NAMES.values())
        last = (int(own["unfrozen"].sum()), int(own["reduced"].sum()), _frozen(budget, at))
        return (*start, RELEASED, *planned, None, released, *last, *_decided(own))
    proposal = due.proposal if due.proposal and due.proposal.period == at else None
    if proposal is None:
        state = NOT_APPROVED if budget.state == DRAFT else LATER
        return (*start, state, *planned, None, None, None, None, None, None, None, None)
    total = None if proposal.total is None else proposal.total + proposal.project
    rests = due.rests_on
    share = proposal.band.release_bp if proposal.band else None if proposal.by_hand else BP_PER_WHOLE
    after = (proposal.unfrozen, proposal.reduced, proposal.frozen_after)
    return (*start, _state(budget, at), *planned, total, None, *after, rests.done, rests.target, share)


def _decided(own: Rows) -> tuple[int | None, int | None, int | None]:
    """Return what the first release of a period was computed from, as it was then."""
    found = [int(own[name][0]) if own.known(name)[0] else None for name in ("done", "target", "release_bp")]
    return found[0], found[1], found[2]


def _state(budget: UnitBudget, at: int) -> int:
    waiting = (budget.releases["state"] == PROPOSED) & (budget.releases["first_ym"] == budget.plan.periods[at].from_ym)
    return WAITING if waiting.any() else DUE


def _frozen(budget: UnitBudget, at: int) -> int:
    """Return the frozen balance at the end of a period that was released."""
    through = [one.variable for one in budget.ledger if one.period <= at]
    return max(int(budget.plan.variable[: at + 1].sum()) - sum(through), 0)
