"""Delivery projects (交付项目), their milestones (里程碑), and what counts as revenue: recognition (确收) (R150, R160,
R161; ADR 0015)."""

from __future__ import annotations

from dacheng.core.cash.schema import COUNTED_ON, OWNER, POSTED
from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

BY_MILESTONE, OVER_TIME, BY_FINANCE = 1, 2, 3
RECOGNITION_WAYS = (
    (BY_MILESTONE, "milestone", Text("按里程碑", "By milestone")),
    (OVER_TIME, "over-time", Text("按期间", "Over time")),
    (BY_FINANCE, "finance", Text("财务确认", "By finance")),
)

RECOGNITIONS = Relation(
    name="recognitions",
    label=Text("收入确认", "Recognitions"),
    key=("recognition_id",),
    columns=(
        Column("recognition_id", "id", Text("收入确认", "Recognition")),
        Column("code", "text", Text("编号", "No.")),
        Column("name", "text", Text("摘要", "What for"), default=""),
        Column("contract_id", "ref", Text("合同", "Contract"), ref="contracts"),
        Column("day", "day", Text("确收日", "Recognised on")),
        POSTED,
        Column("way", "choice", Text("方式", "Way"), choices=RECOGNITION_WAYS, default=BY_FINANCE),
        Column(
            "amount_ex",
            "money",
            Text("确收不含税", "Recognised excl. tax"),
            help=Text("冲回写负数", "What is taken back is negative"),
        ),
        Column(
            "amount",
            "money",
            Text("确收含税", "Recognised incl. tax"),
            derived=True,
            help=Text("按合同自己的税折算，尾差归最后一笔", "By the contract's own tax, the rest to the last one"),
        ),
        Column("cost", "money", Text("成本", "Cost"), nullable=True, field_class="money-private"),
        OWNER,
        COUNTED_ON,
    ),
    place="owner",
    place_column="owner_id",
    place_day="effective_day",
    entity=True,
    help=Text("归属随合同。", "Stand where their contract stands."),
)

ARRIVAL, PROGRESS, ACCEPTANCE, OTHER_STEP = range(1, 5)
MILESTONE_KINDS = (
    (ARRIVAL, "delivery", Text("到货", "Delivery")),
    (PROGRESS, "progress", Text("进度", "Progress")),
    (ACCEPTANCE, "acceptance", Text("验收", "Acceptance")),
    (OTHER_STEP, "other", Text("其他", "Other")),
)

OBSTACLES = (
    (1, "customer-not-ready", Text("客户现场未就绪", "Customer's site not ready")),
    (2, "acceptance", Text("验收争议", "Acceptance disputed")),
    (3, "scope", Text("需求变更", "Scope changed")),
    (4, "supply", Text("供货", "Supply")),
    (5, "staff", Text("人手", "Staff")),
    (6, "technical", Text("技术", "Technical")),
    (7, "payment", Text("客户未付款", "Customer has not paid")),
    (8, "other", Text("其他", "Other")),
)
"""What stands in the way of a delivery (障碍类型)."""

_CONTRACT = Column("contract_id", "ref", Text("合同", "Contract"), ref="contracts")

PROJECTS = Relation(
    name="projects",
    label=Text("交付项目", "Delivery projects"),
    key=("project_id",),
    columns=(
        Column("project_id", "id", Text("交付项目", "Delivery project")),
        Column("code", "text", Text("项目号", "Project no.")),
        Column("name", "text", Text("名称", "Name"), default=""),
        _CONTRACT,
        Column("manager_id", "ref", Text("项目经理", "Project manager"), ref="people", nullable=True),
        Column("start_day", "day", Text("计划开工", "Planned start")),
        Column(
            "budget",
            "money",
            Text("预算成本", "Budget"),
            nullable=True,
            field_class="money-private",
            help=Text("空 = 没有预算，算不出超支", "Blank = no budget, so no overrun follows"),
        ),
        Column("spent", "money", Text("实际成本", "Actual cost"), nullable=True, field_class="money-private"),
        Column(
            "estimate",
            "money",
            Text("预计完工成本", "Estimate at completion"),
            nullable=True,
            field_class="money-private",
            help=Text(
                "项目经理的估计；空 = 预算 ÷ CPI",
                "What the project manager thinks it costs in all; blank = budget ÷ CPI",
            ),
        ),
        Column("done_bp", "bp", Text("完工进度", "Done"), nullable=True),
        Column("obstacle", "choice", Text("障碍类型", "Obstacle"), choices=OBSTACLES, nullable=True),
        Column("obstacle_note", "text", Text("障碍说明", "What the obstacle is"), default=""),
        Column("step", "text", Text("行动", "Next step"), default=""),
        Column("step_due_day", "day", Text("行动到期", "Next step due"), nullable=True),
        OWNER,
        COUNTED_ON,
    ),
    place="owner",
    place_column="owner_id",
    place_day="effective_day",
    entity=True,
    help=Text("归属随合同。", "Stand where their contract stands."),
)

MILESTONES = Relation(
    name="milestones",
    label=Text("交付里程碑", "Milestones"),
    key=("milestone_id",),
    columns=(
        Column("milestone_id", "id", Text("里程碑", "Milestone")),
        Column("code", "text", Text("编号", "No.")),
        Column("name", "text", Text("名称", "Name"), default=""),
        Column("project_id", "ref", Text("交付项目", "Delivery project"), ref="projects"),
        Column("contract_id", "ref", Text("合同", "Contract"), ref="contracts", derived=True),
        Column(
            "kind",
            "choice",
            Text("类型", "Kind"),
            choices=MILESTONE_KINDS,
            default=OTHER_STEP,
            help=Text(
                "到货、验收完成后，合同里「到货后」「验收后」的付款条件有了应收日",
                "Once delivered or accepted, terms that wait for delivery or acceptance have their due day",
            ),
        ),
        Column("planned_day", "day", Text("计划日", "Planned")),
        Column(
            "forecast_day",
            "day",
            Text("预计日", "Forecast"),
            nullable=True,
            help=Text("空 = 按计划", "Blank = as planned"),
        ),
        Column("reached_day", "day", Text("完成日", "Reached"), nullable=True),
        Column(
            "share_bp",
            "bp",
            Text("确收比例", "Share recognised"),
            nullable=True,
            help=Text("完成后可以确认合同额的多少", "How much of the contract may be recognised once it is reached"),
        ),
        Column(
            "term_id",
            "ref",
            Text("触发的付款条件", "Term it triggers"),
            ref="payment_terms",
            nullable=True,
            help=Text(
                "空 = 按类型触发合同的全部到货款或验收款", "Blank = all terms of the contract that wait for its kind"
            ),
        ),
        Column("reason", "choice", Text("推迟原因", "Why it slipped"), choices=OBSTACLES, nullable=True),
        Column("reason_note", "text", Text("推迟说明", "What happened"), default=""),
        OWNER,
        COUNTED_ON,
    ),
    place="owner",
    place_column="owner_id",
    place_day="effective_day",
    entity=True,
    help=Text("归属随合同。", "Stand where their contract stands."),
)

RELATIONS = (RECOGNITIONS,)
DELIVERED = (PROJECTS, MILESTONES)
"""They name payment terms, and so come after those."""
