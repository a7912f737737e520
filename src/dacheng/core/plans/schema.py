"""Plans (目标方案): targets on their way, beside those that hold (R031, R033, R041; ADR 0014).

A plan has rows of its own, so that it stays what it was when the organisation changes, and so that
a vacancy, a product line or a group of customers can carry a target beside units and people.
"""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.period import FAR_DAY
from dacheng.core.relation import Column, Relation

DRAFT, PROPOSED, APPROVED, LOCKED, SUPERSEDED = range(1, 6)
STATES = (
    (DRAFT, "draft", Text("草稿", "Draft")),
    (PROPOSED, "proposed", Text("已提出", "Proposed")),
    (APPROVED, "approved", Text("已批准", "Approved")),
    (LOCKED, "locked", Text("已锁定", "Locked")),
    (SUPERSEDED, "superseded", Text("被替代", "Superseded")),
)

UNIT, PERSON, VACANCY, CHANNEL, CUSTOMER, POOL, SEGMENT, BUFFER, RESERVE, PRODUCT = range(1, 11)
KINDS = (
    (UNIT, "unit", Text("组织", "Unit")),
    (PERSON, "person", Text("人员", "Person")),
    (VACANCY, "vacancy", Text("待招", "Vacancy")),
    (CHANNEL, "channel", Text("渠道", "Channel partner")),
    (CUSTOMER, "customer", Text("客户", "Account")),
    (POOL, "pool", Text("其余合并", "All others")),
    (SEGMENT, "segment", Text("划分项", "Segment")),
    (BUFFER, "buffer", Text("缓冲", "Buffer")),
    (RESERVE, "reserve", Text("未分配", "Not assigned")),
    (PRODUCT, "product", Text("产品", "Product")),
)
"""A buffer stands below zero: what the others are asked for beyond the total of the row above."""

ORGANISATION = 0
"""The cut of a plan that is no cut: units with what stands below them. Other cuts are dimensions of segments."""

UNSAID, OFFERED, COUNTERED, ACCEPTED, IMPOSED = range(5)
AGREEMENTS = (
    (UNSAID, "", Text("", "")),
    (OFFERED, "offered", Text("已提出", "Offered")),
    (COUNTERED, "countered", Text("已还价", "Countered")),
    (ACCEPTED, "accepted", Text("已认同", "Accepted")),
    (IMPOSED, "imposed", Text("未认同", "Not agreed")),
)

OFFER, COUNTER, ACCEPT, IMPOSE, COMMENT = range(1, 6)
TALKS = (
    (OFFER, "offer", Text("提出", "Offered")),
    (COUNTER, "counter", Text("还价", "Countered")),
    (ACCEPT, "accept", Text("认同", "Accepted")),
    (IMPOSE, "impose", Text("直接下达", "Imposed")),
    (COMMENT, "comment", Text("说明", "Comment")),
)
"""What may be said of a target in a plan."""

ADJUSTMENTS = (
    (1, "ramp", Text("入职爬坡", "Joiner with ramp")),
    (2, "vacancy", Text("空岗", "Vacancy")),
    (3, "territory", Text("区域合并或拆分", "Territory merged or split")),
    (4, "mega_deal", Text("大单剔除", "Mega deal carved out")),
    (5, "policy", Text("政策冲击", "Policy shock")),
    (6, "product", Text("产品停售", "Product discontinued")),
    (7, "leave", Text("长假", "Long leave")),
    (8, "backlog", Text("上年结转", "Backlog carried over")),
    (9, "transfer", Text("交接", "Hand-over")),
    (10, "leaver", Text("离职", "Leaver")),
)
"""Special situations (特殊情况) of R030, as (number, code, label)."""

BY_SEASON, RAMPED, BY_OWN, EVENLY, BY_DAYS, WHOLE = range(1, 7)
PRORATINGS = (
    (BY_SEASON, "season", Text("按季节系数", "By season")),
    (RAMPED, "ramped", Text("按季节系数和爬坡", "By season and ramp")),
    (BY_OWN, "own", Text("按本行各月", "By the row's own months")),
    (EVENLY, "evenly", Text("按月平均", "Every month alike")),
    (BY_DAYS, "days", Text("按天数", "By days")),
    (WHOLE, "whole", Text("整额", "The whole amount")),
)
"""How much of a year's amount falls into the months of an adjustment."""

UNCHOSEN, SEASON, PROFILE, ALIKE, WORKING, WEEKS_445, WEEKS_454, WEEKS_544, TYPED = range(9)
MONTH_WAYS = (
    (UNCHOSEN, "", Text("", "")),
    (SEASON, "season", Text("自己的季节系数", "Its own season")),
    (PROFILE, "profile", Text("公司季节曲线", "The company's profile")),
    (ALIKE, "evenly", Text("各月相同", "Every month alike")),
    (WORKING, "working", Text("各月的工作日", "Working days")),
    (WEEKS_445, "4-4-5", Text("4-4-5 周", "4-4-5 weeks")),
    (WEEKS_454, "4-5-4", Text("4-5-4 周", "4-5-4 weeks")),
    (WEEKS_544, "5-4-4", Text("5-4-4 周", "5-4-4 weeks")),
    (TYPED, "typed", Text("自己填比例", "Shares typed")),
)
"""What the months of a plan follow when a total is broken down (R042)."""

REQUESTED, GRANTED, REJECTED, WITHDRAWN = range(1, 5)
DECISIONS = (
    (REQUESTED, "requested", Text("待批准", "Waiting")),
    (GRANTED, "approved", Text("已批准", "Approved")),
    (REJECTED, "rejected", Text("已驳回", "Rejected")),
    (WITHDRAWN, "withdrawn", Text("已撤回", "Withdrawn")),
)
"""How a line of the register of adjustments stands; only an approved one is effective."""

NOBODY = 0
"""The person of a row that is nobody's own."""

PLANS = Relation(
    name="plans",
    label=Text("目标方案", "Plans"),
    key=("plan_id",),
    columns=(
        Column("plan_id", "id", Text("方案", "Plan")),
        Column("code", "text", Text("编号", "Plan no.")),
        Column("name", "text", Text("名称", "Name")),
        Column("unit_id", "ref", Text("组织", "Unit"), ref="units"),
        Column("from_ym", "ym", Text("起始月", "First month")),
        Column("until_ym", "ym", Text("止于", "Until"), help=Text("最后一月之后的那个月", "The month after the last")),
        Column(
            "effective_ym",
            "ym",
            Text("生效月", "Holds from"),
            help=Text("之前的月份不再改动", "The months before it are not changed any more"),
        ),
        Column("state", "choice", Text("状态", "State"), choices=STATES, default=DRAFT),
        Column("number", "count", Text("版本", "Version"), default=1),
        Column("base_id", "ref", Text("来自版本", "Made from"), ref="plans", default=0),
    ),
    entity=True,
)

_ROW = Column("plan_row_id", "ref", Text("方案行", "Row of a plan"), ref="plan_rows")
_PLAN = Column("plan_id", "ref", Text("方案", "Plan"), ref="plans")
_UNIT = Column("unit_id", "ref", Text("组织", "Unit"), ref="units")
_PERSON = Column("person_id", "ref", Text("人员", "Person"), ref="people", default=NOBODY)
_MEASURE = Column("measure_id", "ref", Text("指标", "Measure"), ref="measures")
_PINNED = Column("pinned", "flag", Text("固定", "Pinned"), default=0)
_FLOOR = Column("floor", "money", Text("下限", "Floor"), nullable=True)
_CAP = Column("cap", "money", Text("上限", "Cap"), nullable=True)
_SUBMITTED = Column(
    "submitted",
    "money",
    Text("自下而上", "Bottom-up"),
    nullable=True,
    help=Text("下级自己报的数；空 = 没有报，0 = 报了 0", "What was submitted from below; blank = nothing, 0 = zero"),
)
_AGREED = Column("agreed", "choice", Text("认同", "Agreement"), choices=AGREEMENTS, default=UNSAID)

PLAN_ROWS = Relation(
    name="plan_rows",
    label=Text("方案行", "Rows of plans"),
    key=("plan_row_id",),
    columns=(
        Column("plan_row_id", "id", Text("方案行", "Row of a plan")),
        Column("code", "text", Text("编号", "Row no.")),
        Column("name", "text", Text("名称", "Name"), default=""),
        _PLAN,
        Column("parent_id", "ref", Text("上级行", "Row above"), ref="plan_rows", default=0),
        Column("kind", "choice", Text("类别", "Kind"), choices=KINDS),
        _UNIT,
        _PERSON,
        Column("customer_id", "ref", Text("客户", "Account"), ref="customers", default=0),
        Column("segment_id", "ref", Text("划分项", "Segment"), ref="segments", default=0),
        Column("product_id", "ref", Text("产品", "Product"), ref="products", default=0),
        Column(
            "from_ym",
            "ym",
            Text("起始月", "First month"),
            default=0,
            help=Text("待招或入职的月份；空 = 全期", "When a vacancy or joiner begins; blank = the whole time"),
        ),
        Column("until_ym", "ym", Text("止于", "Until"), default=0, help=Text("空 = 全期", "Blank = the whole time")),
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
)

PLAN_TERMS = Relation(
    name="plan_terms",
    label=Text("分解条件", "Terms of a breakdown"),
    key=("plan_row_id", "measure_id"),
    columns=(
        _ROW,
        _MEASURE,
        _PLAN,
        _UNIT,
        _PERSON,
        Column("weight", "count", Text("权重", "Weight"), default=1, help=Text("同级之间", "Among its siblings")),
        _PINNED,
        _FLOOR,
        _CAP,
        Column(
            "buffer_bp",
            "bp",
            Text("缓冲", "Buffer"),
            default=0,
            help=Text("下达给下级的合计比自己多多少", "How much more is assigned below than the row itself has"),
        ),
        Column(
            "fit_bp",
            "bp",
            Text("适配系数", "Fit"),
            default=10_000,
            above_whole=True,
            help=Text(
                "权重再乘这个系数：客户资源、新市场进度等个人情况", "The weight is multiplied by it: accounts, market"
            ),
        ),
        Column("fit_reason", "text", Text("适配理由", "Reason of the fit"), default=""),
        Column(
            "months_by",
            "choice",
            Text("月份按什么", "Months follow"),
            choices=MONTH_WAYS,
            default=UNCHOSEN,
            help=Text("最近一次分解到这一行时的选择", "What was chosen when it was last broken down"),
        ),
        Column(
            "spring",
            "flag",
            Text("春节移动", "Spring Festival moved"),
            default=0,
            help=Text("1、2 月合起来按工作日分", "January and February shared by their working days"),
        ),
        Column("season_from", "count", Text("季节起始年", "Season from"), default=0),
        Column("season_to", "count", Text("季节最后一年", "Season to"), default=0),
        _SUBMITTED,
        _AGREED,
    ),
    place="unit",
    place_column="unit_id",
    help=Text("全年的条件；月份的条件在方案格里。", "Of the whole year; those of a month stand in the cells."),
)

PLAN_CELLS = Relation(
    name="plan_cells",
    label=Text("方案格", "Cells of plans"),
    key=("plan_row_id", "measure_id", "ym"),
    columns=(
        _ROW,
        _MEASURE,
        Column("ym", "ym", Text("月份", "Month")),
        _PLAN,
        _UNIT,
        _PERSON,
        Column("amount", "money", Text("目标", "Target"), nullable=True),
        Column(
            "automatic",
            "money",
            Text("自动值", "Automatic"),
            nullable=True,
            help=Text("上次分解得出的数", "What the last breakdown gave"),
        ),
        Column(
            "month_weight",
            "count",
            Text("月份权重", "Weight of the month"),
            default=0,
            help=Text(
                "最近一次分解时，这个月占各月的十亿分之几",
                "Parts of a thousand million that the month counted when it was last broken down",
            ),
        ),
        Column(
            "lift_bp",
            "bp",
            Text("节日上浮", "Festival uplift"),
            default=0,
            above_whole=True,
            below_zero=True,
        ),
        _PINNED,
        _FLOOR,
        _CAP,
        _SUBMITTED,
        _AGREED,
    ),
    place="unit",
    place_column="unit_id",
)

PLAN_TALKS = Relation(
    name="plan_talks",
    label=Text("目标协商", "Talks about targets"),
    key=("plan_row_id", "measure_id", "number"),
    columns=(
        _ROW,
        _MEASURE,
        Column("number", "count", Text("序号", "No.")),
        _PLAN,
        _UNIT,
        _PERSON,
        Column("ym", "ym", Text("月份", "Month"), default=0, help=Text("空 = 全年", "Blank = the whole year")),
        Column("kind", "choice", Text("类别", "Kind"), choices=TALKS),
        Column(
            "amount",
            "money",
            Text("金额", "Amount"),
            nullable=True,
            help=Text("提出、认同、下达时的目标，或还的价", "The target as it was then, or the counter-offer"),
        ),
        Column("by_id", "ref", Text("谁", "By"), ref="people", default=NOBODY),
        Column("said", "text", Text("说明", "Words"), default=""),
        Column(
            "seal",
            "text",
            Text("版本指纹", "Fingerprint"),
            default="",
            help=Text("认同的各月目标的指纹", "Of the months that were accepted"),
        ),
    ),
    place="unit",
    place_column="unit_id",
    help=Text("只增不改：谁在哪天对一个目标说了什么。", "Only ever added to: who said what of a target on which day."),
)

PLAN_ADJUSTMENTS = Relation(
    name="plan_adjustments",
    label=Text("调整登记", "Register of adjustments"),
    key=("adjustment_id",),
    columns=(
        Column("adjustment_id", "id", Text("调整", "Adjustment")),
        Column("code", "text", Text("编号", "No.")),
        Column("name", "text", Text("原因", "Reason")),
        _PLAN,
        _ROW,
        Column(
            "other_row_id",
            "ref",
            Text("对方行", "Other row"),
            ref="plan_rows",
            default=0,
            help=Text("交接给谁，或由谁承担；空 = 上级合计随之变动", "Who takes it; blank = the totals above change"),
        ),
        _UNIT,
        _PERSON,
        _MEASURE,
        Column("kind", "choice", Text("类别", "Kind"), choices=ADJUSTMENTS),
        Column("start_day", "day", Text("生效日", "From")),
        Column("end_day", "day", Text("止于", "Until"), default=FAR_DAY, help=Text("空 = 到期末", "Blank = the end")),
        Column("prorating", "choice", Text("分摊规则", "Pro-rating"), choices=PRORATINGS),
        Column(
            "full_amount",
            "money",
            Text("全期金额", "Of all months"),
            help=Text("带正负号，按全期说；再按分摊规则取生效后的部分", "Signed, of all months, before pro-rating"),
        ),
        Column("amount", "money", Text("调整额", "Adjustment"), help=Text("生效之后各月之和", "From its first day on")),
        Column(
            "base_amount",
            "money",
            Text("批准时全期目标", "Target when approved"),
            nullable=True,
            help=Text("批准那一刻、调整之前", "At the moment of the approval, before the line"),
        ),
        Column("evidenced", "flag", Text("有依据", "Has evidence"), default=0),
        Column("state", "choice", Text("状态", "State"), choices=DECISIONS, default=REQUESTED),
        Column("requested_by_id", "ref", Text("申请人", "Requested by"), ref="people", default=NOBODY),
        Column("decided_by_id", "ref", Text("批准人", "Approver"), ref="people", default=NOBODY),
        Column(
            "part_of_id",
            "ref",
            Text("分自", "Part of"),
            ref="plan_adjustments",
            default=0,
            help=Text(
                "一行下面有人的调整，批准时分到各人的那一份", "What a line of a unit came to for somebody below it"
            ),
        ),
        Column("evidence", "text", Text("依据", "Evidence"), default=""),
        Column("decided", "text", Text("批复", "Decision in words"), default=""),
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
    help=Text(
        "有日期、带正负号的调整行；没有批准人和依据的不生效。",
        "Dated signed lines beside a plan; one without approver and evidence is not effective.",
    ),
)

RELATIONS = (PLANS, PLAN_ROWS, PLAN_TERMS, PLAN_CELLS, PLAN_TALKS, PLAN_ADJUSTMENTS)
