"""Deals (商机, Opportunity on screen) with their stages (R149)."""

from __future__ import annotations

from dacheng.core.deciding import PARTS
from dacheng.core.errors import Text
from dacheng.core.period import FAR_DAY
from dacheng.core.relation import MERGED_INTO, Column, Relation

WHOLE_BP = 10_000
"""A whole in basis points; what an owner has of a deal that is not shared."""

OPEN, WON, LOST = 0, 1, 2
STATES = (
    (OPEN, "open", Text("在途", "Open")),
    (WON, "won", Text("赢单", "Won")),
    (LOST, "lost", Text("丢单", "Lost")),
)
COMMIT, BEST, PIPELINE, OMITTED = 1, 2, 3, 4
CATEGORIES = (
    (COMMIT, "commit", Text("承诺", "Commit")),
    (BEST, "best", Text("力争", "Best case")),
    (PIPELINE, "pipeline", Text("管道", "Pipeline")),
    (OMITTED, "omitted", Text("不计", "Omitted")),
)
GRADES = (
    (1, "A", Text("A", "A")),
    (2, "B", Text("B", "B")),
    (3, "C", Text("C", "C")),
    (4, "D", Text("D", "D")),
)

STAGE_SETS = Relation(
    name="stage_sets",
    label=Text("阶段集", "Stage sets"),
    key=("set_id",),
    columns=(
        Column("set_id", "id", Text("阶段集", "Stage set")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("名称", "Name")),
    ),
    entity=True,
)

STAGES = Relation(
    name="stages",
    label=Text("阶段", "Stages"),
    key=("stage_id",),
    columns=(
        Column("stage_id", "id", Text("阶段", "Stage")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("名称", "Name")),
        Column("set_id", "ref", Text("阶段集", "Stage set"), ref="stage_sets"),
        Column("position", "count", Text("顺序", "Order")),
        Column("state", "choice", Text("状态", "State"), choices=STATES, default=OPEN),
        Column(
            "weight_bp",
            "bp",
            Text("阶段赢率", "Stage win rate"),
            help=Text("可按日期修改的规则", "A dated rule that may be edited"),
        ),
        Column(
            "baseline_bp",
            "bp",
            Text("转化率基准", "Conversion baseline"),
            nullable=True,
            help=Text(
                "进入本阶段后应有多少继续往下走；空 = 没有基准。可按日期修改。",
                "What share should move on from the stage; blank = no baseline. A dated rule.",
            ),
        ),
        Column(
            "benchmark_days",
            "count",
            Text("标准停留天数", "Usual days"),
            nullable=True,
            help=Text(
                "达到它的 1.5 倍标为停留过久；空 = 只按规则 deals.stalled_days。可按日期修改。",
                "1.5 times as long is stalled; blank = the rule deals.stalled_days only. A dated rule.",
            ),
        ),
    ),
    entity=True,
)

LOSS_REASONS = Relation(
    name="loss_reasons",
    label=Text("丢单类别", "Loss categories"),
    key=("loss_reason_id",),
    columns=(
        Column("loss_reason_id", "id", Text("丢单类别", "Loss category")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("名称", "Name")),
        Column("name_en", "text", Text("英文名", "English name"), default=""),
        Column("position", "count", Text("顺序", "Order")),
        Column("offered", "flag", Text("可选", "Offered"), default=1),
    ),
    entity=True,
    help=Text(
        "从某天起不再提供的类别，之前记下的仍按它计。",
        "A category that is no longer offered from a day on keeps what was recorded with it.",
    ),
)

DEALS = Relation(
    name="deals",
    label=Text("商机", "Opportunities"),
    key=("deal_id",),
    columns=(
        Column("deal_id", "id", Text("商机", "Opportunity")),
        Column("code", "text", Text("商机号", "Opportunity no.")),
        Column("name", "text", Text("名称", "Name")),
        Column("owner_id", "ref", Text("负责人", "Owner"), ref="people"),
        Column("customer_id", "ref", Text("客户", "Account"), ref="customers", nullable=True),
        Column("product_id", "ref", Text("产品", "Product"), ref="products", nullable=True),
        Column("stage_id", "ref", Text("阶段", "Stage"), ref="stages"),
        Column("stage_day", "day", Text("进入阶段日", "Stage entered"), derived=True),
        Column("state", "choice", Text("状态", "State"), choices=STATES, derived=True),
        Column("amount", "money", Text("金额", "Amount"), nullable=True),
        Column("estimated", "flag", Text("金额为估计", "Amount is an estimate"), default=0),
        Column("tax_bp", "bp", Text("税率", "VAT rate"), nullable=True),
        Column(
            "margin_bp",
            "bp",
            Text("预计毛利率", "Expected margin"),
            nullable=True,
            field_class="money-private",
            below_zero=True,
        ),
        Column("grade", "choice", Text("级别", "Grade"), choices=GRADES, nullable=True),
        Column("category", "choice", Text("预测类别", "Forecast category"), choices=CATEGORIES, default=PIPELINE),
        Column("win_bp", "bp", Text("人工赢率", "Manual win rate"), nullable=True),
        Column("created_day", "day", Text("创建日", "Created"), derived=True),
        Column("expected_day", "day", Text("预计签约日", "Expected signing"), nullable=True, month_end=True),
        Column("first_expected_day", "day", Text("首次预计签约日", "First expected"), nullable=True, derived=True),
        Column("push_count", "count", Text("推迟次数", "Times pushed"), default=0, derived=True),
        Column("closed_day", "day", Text("关闭日", "Closed on"), default=FAR_DAY, derived=True),
        Column("contracted", "flag", Text("已有合同", "Has a contract"), default=0, derived=True),
        Column(
            "own_bp",
            "bp",
            Text("负责人份额", "Owner's share"),
            default=WHOLE_BP,
            derived=True,
            help=Text("100% 减去分成的人的份额之和", "100% less the shares of those it is split with"),
        ),
        Column("next_step", "text", Text("下一步", "Next step"), default=""),
        Column(
            "loss_reason_id",
            "ref",
            Text("丢单类别", "Loss category"),
            ref="loss_reasons",
            nullable=True,
            help=Text("负责人关闭时选的", "What the owner chose on closing"),
        ),
        Column(
            "verified_reason_id",
            "ref",
            Text("核实类别", "Verified category"),
            ref="loss_reasons",
            nullable=True,
            help=Text("主管复核后认定的", "What a manager found on review"),
        ),
        Column("lost_reason", "text", Text("丢单原因", "Lost reason"), default=""),
        MERGED_INTO,
    ),
    place="owner",
    place_column="owner_id",
    place_day="closed_day",
    entity=True,
    help=Text(
        "在途商机按截至日负责人的组织计；已关闭的按关闭日计。",
        "An open deal counts where its owner is on the as-of day, a closed one where he was on the closing day.",
    ),
)

DEAL_SPLITS = Relation(
    name="deal_splits",
    label=Text("业绩分成", "Splits"),
    key=("deal_id", "person_id"),
    columns=(
        Column("deal_id", "ref", Text("商机", "Opportunity"), ref="deals"),
        Column("person_id", "ref", Text("分成的人", "Credited person"), ref="people"),
        Column("share_bp", "bp", Text("比例", "Share")),
        Column(
            "before_bp",
            "bp",
            Text("之前的比例", "Shares before"),
            default=0,
            derived=True,
            help=Text(
                "排在前面的人的比例之和：分到哪一分钱由它定", "The shares of those before: it decides the odd cent"
            ),
        ),
    ),
    place="hidden",
    help=Text(
        "商机的业绩与谁分、各占多少；其余归负责人。", "With whom a deal is shared and how much; the owner has the rest."
    ),
)

DEAL_CONTACTS = Relation(
    name="deal_contacts",
    label=Text("关键人", "Key people"),
    key=("deal_id", "contact_id"),
    columns=(
        Column("deal_id", "ref", Text("商机", "Opportunity"), ref="deals"),
        Column("contact_id", "ref", Text("联系人", "Contact"), ref="contacts"),
        Column(
            "part",
            "choice",
            Text("在商机里的角色", "Part in the opportunity"),
            choices=PARTS,
            nullable=True,
            help=Text(
                "空 = 这条商机没有另说，看客户层面的角色",
                "Blank = the opportunity says nothing: the part at the account holds",
            ),
        ),
    ),
    place="hidden",
    help=Text(
        "客户的联系人在这条商机的决策里是什么角色。",
        "What part a contact of the account has in deciding the opportunity.",
    ),
)

RELATIONS = (STAGE_SETS, STAGES, LOSS_REASONS, DEALS, DEAL_SPLITS, DEAL_CONTACTS)
