"""Estimates (目标测算) with their inputs, and the lines of the opportunity inventory (机会盘点) (R011–R021)."""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.estimates.inputs import INPUTS
from dacheng.core.relation import Column, Relation
from dacheng.core.targets.setting.naming import KINDS, VERDICTS

SCHEMES = (
    (1, "A", Text("方案 A", "Plan A")),
    (2, "B", Text("方案 B", "Plan B")),
    (3, "C", Text("方案 C", "Plan C")),
)
DRAFT, SUBMITTED, ADOPTED = 0, 1, 2
STATES = (
    (DRAFT, "draft", Text("草稿", "Draft")),
    (SUBMITTED, "submitted", Text("送审", "Submitted")),
    (ADOPTED, "adopted", Text("采用", "Adopted")),
)
KIND_CHOICES = tuple((number, code, label) for number, (code, label) in enumerate(KINDS, 1))
VERDICT_CHOICES = tuple((number, code, label) for number, (code, label) in enumerate(VERDICTS))
OPEN_VERDICT = 0

OF_ESTIMATE = (
    Column("unit_id", "ref", Text("组织", "Unit"), ref="units"),
    Column("ym", "ym", Text("财年首月", "Year begins"), help=Text("财年的第一个月", "First month of the fiscal year")),
    Column("measure_id", "ref", Text("指标", "Measure"), ref="measures"),
    Column("scheme", "choice", Text("方案", "Plan"), choices=SCHEMES, default=1),
)
ESTIMATE_KEY = ("unit_id", "ym", "measure_id", "scheme")

ESTIMATES = Relation(
    name="estimates",
    label=Text("目标测算", "Estimates of targets"),
    key=ESTIMATE_KEY,
    columns=(
        *OF_ESTIMATE,
        Column("state", "choice", Text("状态", "State"), choices=STATES, default=DRAFT),
        Column("floor", "money", Text("保底", "Floor"), nullable=True),
        Column("target", "money", Text("目标", "Target"), nullable=True),
        Column("stretch", "money", Text("挑战", "Stretch"), nullable=True),
        Column(
            "reason",
            "text",
            Text("取值理由", "Reason"),
            default="",
            help=Text("各方法相差过大时必须写", "Asked for where the methods are far apart"),
        ),
    ),
    place="unit",
    place_column="unit_id",
    help=Text(
        "一个组织一个财年一个指标的一套方案：选定的三档，空 = 按测算的建议。",
        "One plan of a unit, a fiscal year and a measure: the three tiers that were chosen; blank = as proposed.",
    ),
)

ESTIMATE_INPUTS = Relation(
    name="estimate_inputs",
    label=Text("测算输入", "Inputs of estimates"),
    key=(*ESTIMATE_KEY, "input", "line"),
    columns=(
        *OF_ESTIMATE,
        Column(
            "input", "choice", Text("输入", "Input"), choices=tuple((one.number, one.code, one.label) for one in INPUTS)
        ),
        Column(
            "line",
            "count",
            Text("行", "Line"),
            default=0,
            help=Text(
                "第几年之前、第几个因素、第几步；0 = 只有一个",
                "Which year before, factor or step; 0 = the only one",
            ),
        ),
        Column("amount", "money", Text("金额", "Amount"), nullable=True),
        Column("rate_bp", "bp", Text("比率", "Rate"), nullable=True, below_zero=True, above_whole=True),
        Column("number", "count", Text("个数", "Number"), nullable=True),
        Column("sourced", "flag", Text("注明来源", "Source stated"), default=0),
        Column("source", "text", Text("来源", "Source"), default=""),
    ),
    place="unit",
    place_column="unit_id",
    help=Text(
        "手工填写的输入，每个都有历史；没有填的按公司自己的历史。",
        "Inputs that somebody typed, each with its history; what nobody typed comes from the company's own past.",
    ),
)

INVENTORY_LINES = Relation(
    name="inventory_lines",
    label=Text("机会盘点", "Opportunity inventory"),
    key=("inventory_id",),
    columns=(
        Column("inventory_id", "id", Text("盘点行", "Inventory line")),
        Column("code", "text", Text("编号", "No.")),
        Column("name", "text", Text("内容", "What")),
        Column("owner_id", "ref", Text("负责人", "Owner"), ref="people"),
        Column("ym", "ym", Text("财年首月", "Year begins")),
        Column("customer_id", "ref", Text("客户", "Account"), ref="customers", nullable=True),
        Column("deal_id", "ref", Text("商机", "Opportunity"), ref="deals", nullable=True),
        Column("kind", "choice", Text("类别", "Kind"), choices=KIND_CHOICES),
        Column("amount", "money", Text("金额", "Amount"), nullable=True),
        Column("win_bp", "bp", Text("概率", "Probability"), nullable=True),
        Column("in_year_bp", "bp", Text("年内比例", "In-year share"), nullable=True),
        Column("verdict", "choice", Text("质询", "Verdict"), choices=VERDICT_CHOICES, default=OPEN_VERDICT),
        Column("verdict_amount", "money", Text("调减后金额", "Reduced to"), nullable=True),
        Column("comment", "text", Text("质询意见", "Comment"), default=""),
    ),
    place="owner",
    place_column="owner_id",
    entity=True,
    help=Text(
        "来年能卖什么，一行一件；按截至日负责人的组织计。没有客户的列为无主，不计入。",
        "What may be sold in the year, line by line, placed where its owner is; without an account it does not count.",
    ),
)

RELATIONS = (ESTIMATES, ESTIMATE_INPUTS, INVENTORY_LINES)
