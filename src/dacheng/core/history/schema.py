"""History (历史业绩): what was achieved before, brought in line by line, and what it is cut by (R021, R045).

Contracts of Dacheng itself are not copied here: reports of ``core.history`` add both. A balance is a kind of
line and no measure of its own, because targets are set for measures, and a balance of two months is no sum.
"""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

LINE, CUSTOMER, REGION, OTHER = 1, 2, 3, 4
DIMENSIONS = (
    (LINE, "line", Text("产品类别", "Product category")),
    (CUSTOMER, "customer", Text("客户类型", "Customer type")),
    (REGION, "region", Text("区域", "Region")),
    (OTHER, "other", Text("其他", "Other")),
)

SINGLE, TOTAL, OPENING, SOLD_ON = 1, 2, 3, 4
KINDS = (
    (SINGLE, "single", Text("单笔", "Single")),
    (TOTAL, "total", Text("合计", "Total")),
    (OPENING, "opening", Text("期初应收", "Opening receivables")),
    (SOLD_ON, "sell_through", Text("渠道售出", "Sell-through")),
)
"""What a partner sold on is no result of ours: what he bought from us is (R057)."""

UNDIVIDED = 0
"""The segment of a line that is cut by none."""

SEGMENTS = Relation(
    name="segments",
    label=Text("划分项", "Segments"),
    key=("segment_id",),
    columns=(
        Column("segment_id", "id", Text("划分项", "Segment")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("名称", "Name")),
        Column("name_en", "text", Text("英文名", "English name"), default=""),
        Column("dimension", "choice", Text("维度", "Dimension"), choices=DIMENSIONS, default=LINE),
    ),
    entity=True,
    help=Text(
        "业绩和目标除组织之外还按什么划分：产品类别、客户类型、区域。",
        "What results and targets are cut by beside units: product category, customer type, region.",
    ),
)

ACTUALS = Relation(
    name="actuals",
    label=Text("历史业绩明细", "Lines of history"),
    key=("actual_id",),
    columns=(
        Column("actual_id", "id", Text("明细", "Line")),
        Column("code", "text", Text("明细号", "Line no.")),
        Column(
            "name",
            "text",
            Text("摘要", "Description"),
            default="",
            help=Text("例如卖的是什么", "Such as what was sold"),
        ),
        Column("unit_id", "ref", Text("组织", "Unit"), ref="units"),
        Column(
            "person_id",
            "ref",
            Text("人员", "Person"),
            ref="people",
            default=0,
            help=Text("空 = 组织的业绩，不属于某个人", "Blank = the unit's, nobody's in particular"),
        ),
        Column("customer_id", "ref", Text("客户", "Account"), ref="customers", nullable=True),
        Column(
            "segment_id",
            "ref",
            Text("划分项", "Segment"),
            ref="segments",
            default=UNDIVIDED,
            help=Text("空 = 没有划分", "Blank = not cut by any"),
        ),
        Column("measure_id", "ref", Text("指标", "Measure"), ref="measures"),
        Column(
            "day",
            "day",
            Text("计入日", "Counted on"),
            month_end=True,
            help=Text("按月的数计入当月最后一天", "A monthly figure counts on the last day of its month"),
        ),
        Column("amount", "money", Text("金额", "Amount")),
        Column(
            "kind",
            "choice",
            Text("类型", "Kind"),
            choices=KINDS,
            default=SINGLE,
            help=Text(
                "合计没有单笔，不算客单价；期初应收是当天开始时的余额，渠道售出是渠道卖给下家的，都不计入业绩",
                "A total tells no ticket; opening receivables are a balance at the start of the day, and sell-through "
                "is what a partner sold on: both are no results",
            ),
        ),
        Column(
            "one_off",
            "flag",
            Text("一次性", "One-off"),
            default=0,
            help=Text("大单等一次性业绩，测算时可以剔除", "Such as a mega deal; it may be left out of estimates"),
        ),
    ),
    place="unit",
    place_column="unit_id",
    seen_by_person=False,  # lines of margin tell cost, which a rep does not see of his own contracts either
    entity=True,
    help=Text(
        "以前各年的业绩，从计入日起可见；达成自己的合同不重复记在这里。",
        "What was achieved before, seen from the day it counts on; contracts of Dacheng itself are not repeated here.",
    ),
)

RELATIONS = (SEGMENTS, ACTUALS)
