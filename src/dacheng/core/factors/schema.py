"""Factors that a breakdown goes by (分解因子): three that are counted here, and the company's own with figures (R048).

A figure such as 门店数 or 装机量 is a state on a day and no result: it is never added over months and no target is
set for it, so it is no line of history. The latest figure of a unit or person up to the as-of day holds.
"""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

POTENTIAL, HISTORY, CAPACITY = 1, 2, 3
"""Factors that are counted here; those of the company have numbers beyond them, and figures."""

COUNTED = ((POTENTIAL, "potential"), (HISTORY, "history"), (CAPACITY, "capacity"))
"""Number and code; what each counts unless a plan says otherwise is the rule ``plan.weight_<code>``."""

NOBODY = 0
"""The person of a figure that is a unit's."""

FACTORS = Relation(
    name="factors",
    label=Text("分解因子", "Factors"),
    key=("factor_id",),
    columns=(
        Column("factor_id", "id", Text("分解因子", "Factor")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("名称", "Name"), help=Text("例如 门店数、装机量", "Such as stores or sites")),
        Column("name_en", "text", Text("英文名", "English name"), default=""),
        Column(
            "counted_in",
            "text",
            Text("计量单位", "Counted in"),
            default="",
            help=Text("例如 家、套；只给人看", "Such as stores or sets; for people to read"),
        ),
    ),
    entity=True,
    help=Text(
        "目标分解按什么加权：潜力、历史、产能，和公司自己的因子。",
        "What rows of a plan are weighed by: potential, history, capacity, and factors of the company's own.",
    ),
)

FACTOR_FIGURES = Relation(
    name="factor_figures",
    label=Text("因子的数", "Figures of factors"),
    key=("figure_id",),
    columns=(
        Column("figure_id", "id", Text("因子的数", "Figure")),
        Column("code", "text", Text("编号", "No.")),
        Column("name", "text", Text("来源", "Source"), default="", help=Text("例如 渠道部台账", "Such as a register")),
        Column("factor_id", "ref", Text("分解因子", "Factor"), ref="factors"),
        Column("unit_id", "ref", Text("组织", "Unit"), ref="units"),
        Column(
            "person_id",
            "ref",
            Text("人员", "Person"),
            ref="people",
            default=NOBODY,
            help=Text("空 = 整个组织的数", "Blank = of the unit with everybody in it"),
        ),
        Column(
            "day",
            "day",
            Text("截至", "As of"),
            month_end=True,
            help=Text("从这天起用这个数，直到更晚的一个", "It holds from this day on until a later one"),
        ),
        Column("value", "count", Text("数", "Figure"), help=Text("整数；不知道就不填这一行", "A whole number")),
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
    help=Text(
        "公司自己的因子在一个组织或一个人那里是多少，一天一个数。",
        "What a factor of the company's own is at a unit or of a person, one figure a day.",
    ),
)

PLAN_FACTORS = Relation(
    name="plan_factors",
    label=Text("方案的因子", "Factors of plans"),
    key=("plan_id", "unit_id", "measure_id", "factor_id"),
    columns=(
        Column("plan_id", "ref", Text("方案", "Plan"), ref="plans"),
        Column("unit_id", "ref", Text("组织", "Unit"), ref="units", help=Text("从它往下", "For the rows below it")),
        Column("measure_id", "ref", Text("指标", "Measure"), ref="measures"),
        Column("factor_id", "ref", Text("分解因子", "Factor"), ref="factors"),
        Column("percent", "count", Text("算百分之几", "Percent"), help=Text("一个选择合计 100", "Together 100")),
    ),
    help=Text(
        "设权重时选的因子各算多少；没有选过的按规则。都是 0 = 收回，按上级的。",
        "What factors were chosen to count; where nobody chose the rules say. All 0 = as chosen above.",
    ),
)

RELATIONS = (FACTORS, FACTOR_FIGURES, PLAN_FACTORS)
