"""What was delivered and counts as revenue: recognition (确收) (R150; ADR 0015)."""

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

RELATIONS = (RECOGNITIONS,)
