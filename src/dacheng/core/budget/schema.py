"""Budgets (费用预算), their lines and months, releases (释放) and expenses (费用) (R034–R039)."""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

DRAFT, APPROVED, LOCKED = 1, 2, 3
BUDGET_STATES = (
    (DRAFT, "draft", Text("草稿", "Draft")),
    (APPROVED, "approved", Text("批准", "Approved")),
    (LOCKED, "locked", Text("锁定", "Locked")),
)

FIXED, VARIABLE, PROJECT = 1, 2, 3
LINE_KINDS = (
    (FIXED, "fixed", Text("固定", "Fixed")),
    (VARIABLE, "variable", Text("变动", "Variable")),
    (PROJECT, "project", Text("项目", "Project")),
)

HIGH_POTENTIAL, NEW_MARKETS, OTHER_PURPOSE = 1, 2, 3
PURPOSES = (
    (HIGH_POTENTIAL, "high-potential", Text("高潜力触达", "High potential")),
    (NEW_MARKETS, "new-markets", Text("新市场试错", "New markets")),
    (OTHER_PURPOSE, "other", Text("其他", "Other")),
)

PROPOSED, GRANTED, REJECTED = 1, 2, 3
RELEASE_STATES = (
    (PROPOSED, "proposed", Text("提议", "Proposed")),
    (GRANTED, "approved", Text("批准", "Approved")),
    (REJECTED, "rejected", Text("驳回", "Rejected")),
)

FIRST, BY_BAND, BY_HAND, EXCEPTION = 1, 2, 3, 4
RELEASE_KINDS = (
    (FIRST, "first", Text("首期全额", "First, in full")),
    (BY_BAND, "band", Text("按达成档位", "By attainment")),
    (BY_HAND, "manual", Text("人工", "By hand")),
    (EXCEPTION, "exception", Text("例外追加", "Exception")),
)

COMMITTED, SPENT = 1, 2
EXPENSE_STATES = (
    (COMMITTED, "committed", Text("承诺", "Committed")),
    (SPENT, "actual", Text("实际", "Actual")),
)

NOT_ASKED, AWAITING, AGREED, DECLINED = 1, 2, 3, 4
OVERSPENDS = (
    (NOT_ASKED, "none", Text("不用批", "Not needed")),
    (AWAITING, "waiting", Text("待批", "Waiting")),
    (AGREED, "approved", Text("批准", "Approved")),
    (DECLINED, "rejected", Text("驳回", "Rejected")),
)
COUNTING = (NOT_ASKED, AGREED)
"""How an expense stands that takes of a budget: within what is released, or approved beyond it."""

_UNIT = Column("unit_id", "ref", Text("组织", "Unit"), ref="units")
_OF_BUDGET = Column("unit_id", "ref", Text("组织", "Unit"), ref="units", derived=True)
_FIRST_MONTH = Column("first_ym", "ym", Text("首月", "First month"))
_LAST_MONTH = Column("last_ym", "ym", Text("末月", "Last month"))
_APPROVER = Column("approver_id", "ref", Text("批准人", "Approver"), ref="people", nullable=True)
_PURPOSE = Column("purpose", "choice", Text("用途", "Purpose"), choices=PURPOSES, nullable=True)

BUDGETS = Relation(
    name="budgets",
    label=Text("预算", "Budgets"),
    key=("budget_id",),
    columns=(
        Column("budget_id", "id", Text("预算", "Budget")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("名称", "Name"), default=""),
        _UNIT,
        _FIRST_MONTH,
        _LAST_MONTH,
        Column(
            "measure_id",
            "ref",
            Text("释放依据", "Released by"),
            ref="measures",
            help=Text("按这个指标的累计达成释放变动部分", "The variable part is released by its cumulative attainment"),
        ),
        Column(
            "release_months",
            "count",
            Text("几个月释放一次", "Months of a release"),
            default=3,
            help=Text("1 = 每月，3 = 每季", "1 = monthly, 3 = quarterly"),
        ),
        Column("state", "choice", Text("状态", "State"), choices=BUDGET_STATES, default=DRAFT),
        _APPROVER,
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
    help=Text("一个组织的同一个月只有一份预算。", "A unit has one budget of a month."),
)

BUDGET_LINES = Relation(
    name="budget_lines",
    label=Text("预算行", "Budget lines"),
    key=("line_id",),
    columns=(
        Column("line_id", "id", Text("预算行", "Budget line")),
        Column("code", "text", Text("行号", "Line no.")),
        Column("name", "text", Text("名称", "Name"), default=""),
        Column("budget_id", "ref", Text("预算", "Budget"), ref="budgets"),
        _OF_BUDGET,
        Column("kind", "choice", Text("类型", "Kind"), choices=LINE_KINDS),
        _PURPOSE,
        Column("measure_id", "ref", Text("指标", "Measure"), ref="measures", nullable=True),
        Column("rate_bp", "bp", Text("费用率", "Expense rate"), nullable=True, below_zero=True, above_whole=True),
        Column(
            "target",
            "money",
            Text("依据的目标", "Target it rests on"),
            nullable=True,
            help=Text("保存预算那天的目标", "The target on the day the budget was saved"),
        ),
        Column(
            "amount",
            "money",
            Text("金额", "Amount"),
            nullable=True,
            help=Text("空 = 还没有目标", "Blank = no target yet"),
        ),
        _FIRST_MONTH,
        _LAST_MONTH,
        Column(
            "effective",
            "flag",
            Text("生效", "Effective"),
            default=1,
            help=Text("项目行批准后才生效", "A project line counts once it is approved"),
        ),
        _APPROVER,
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
)

BUDGET_CELLS = Relation(
    name="budget_cells",
    label=Text("预算分月", "Months of a budget"),
    key=("line_id", "ym"),
    columns=(
        Column("line_id", "ref", Text("预算行", "Budget line"), ref="budget_lines"),
        Column("ym", "ym", Text("月份", "Month")),
        _OF_BUDGET,
        Column("amount", "money", Text("金额", "Amount")),
    ),
    place="unit",
    place_column="unit_id",
)

RELEASES = Relation(
    name="releases",
    label=Text("费用释放", "Releases"),
    key=("release_id",),
    columns=(
        Column("release_id", "id", Text("释放", "Release")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("说明", "Reason"), default=""),
        Column("budget_id", "ref", Text("预算", "Budget"), ref="budgets"),
        _OF_BUDGET,
        _FIRST_MONTH,
        _LAST_MONTH,
        Column("kind", "choice", Text("依据", "By"), choices=RELEASE_KINDS),
        Column("state", "choice", Text("状态", "State"), choices=RELEASE_STATES, default=PROPOSED),
        Column("done", "money", Text("累计业绩", "Done so far"), nullable=True),
        Column("target", "money", Text("累计目标", "Target so far"), nullable=True),
        Column("release_bp", "bp", Text("释放比例", "Share released"), nullable=True),
        Column("fixed", "money", Text("固定", "Fixed"), default=0),
        Column(
            "variable",
            "money",
            Text("变动", "Variable"),
            default=0,
            help=Text("含解冻，已减去先前多释放的", "With what was unfrozen, less what was released too much before"),
        ),
        Column("project", "money", Text("项目", "Project"), default=0),
        Column("unfrozen", "money", Text("解冻", "Unfrozen"), default=0),
        Column("reduced", "money", Text("少释放", "Taken off"), default=0),
        Column("frozen", "money", Text("冻结余额", "Frozen balance"), nullable=True),
        _APPROVER,
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
)

EXPENSE_CATEGORIES = Relation(
    name="expense_categories",
    label=Text("费用类别", "Expense categories"),
    key=("category_id",),
    columns=(
        Column("category_id", "id", Text("费用类别", "Expense category")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("名称", "Name")),
        Column("name_en", "text", Text("英文名", "English name"), default=""),
        Column("position", "count", Text("顺序", "Order")),
        Column("offered", "flag", Text("可选", "Offered"), default=1),
    ),
    entity=True,
    help=Text(
        "从某天起停用的类别，之前记下的费用仍按它计。",
        "A category that is retired from a day on keeps the expenses that were recorded with it.",
    ),
)

EXPENSES = Relation(
    name="expenses",
    label=Text("费用", "Expenses"),
    key=("expense_id",),
    columns=(
        Column("expense_id", "id", Text("费用", "Expense")),
        Column("code", "text", Text("单号", "No.")),
        Column("name", "text", Text("事由", "What for"), default=""),
        Column("unit_id", "ref", Text("部门", "Unit"), ref="units"),
        Column(
            "person_id",
            "ref",
            Text("经办人", "Person"),
            ref="people",
            default=0,
            help=Text("空 = 部门的费用", "Blank = the unit's own"),
        ),
        Column("line_id", "ref", Text("预算行", "Budget line"), ref="budget_lines", nullable=True),
        Column("day", "day", Text("日期", "Day")),
        Column(
            "posted_day",
            "day",
            Text("记账日", "Posted"),
            derived=True,
            help=Text("期间已关账时记入下一个开放期间", "In the next open period when the month is closed"),
        ),
        Column(
            "amount",
            "money",
            Text("金额", "Amount"),
            help=Text("退款写负数", "A refund is negative"),
        ),
        Column("state", "choice", Text("状态", "State"), choices=EXPENSE_STATES, default=SPENT),
        Column("category_id", "ref", Text("类别", "Category"), ref="expense_categories", nullable=True),
        _PURPOSE,
        Column("customer_id", "ref", Text("客户", "Account"), ref="customers", nullable=True),
        Column("deal_id", "ref", Text("商机", "Opportunity"), ref="deals", nullable=True),
        Column(
            "settles_id",
            "ref",
            Text("结算的承诺", "Settles"),
            ref="expenses",
            nullable=True,
            help=Text("这笔实际费用结掉哪笔承诺", "The commitment that this expense settles"),
        ),
        Column("reason", "text", Text("超支理由", "Why beyond the budget"), default=""),
        Column(
            "overspend",
            "choice",
            Text("超支审批", "Overspend"),
            choices=OVERSPENDS,
            default=NOT_ASKED,
            derived=True,
            help=Text(
                "会超出已释放预算的费用，批准前与驳回后不占用预算",
                "What would exceed the released budget takes none of it before it is approved, or once it is rejected",
            ),
        ),
        Column("asked_by_id", "ref", Text("谁提出", "Asked by"), ref="people", nullable=True, derived=True),
        Column("approver_id", "ref", Text("批准人", "Approver"), ref="people", nullable=True, derived=True),
        Column("answer", "text", Text("批复", "Answer"), default="", derived=True),
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
    help=Text("从记账日起可见；退款是负数。", "Seen from the posted day on; a refund is negative."),
)

RELATIONS = (BUDGETS, BUDGET_LINES, BUDGET_CELLS, RELEASES, EXPENSE_CATEGORIES, EXPENSES)
