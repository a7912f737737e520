"""The strategy chain (战略承接): market, themes, goals, OGSM, and what of it deals carry (R003, R020–R028, R055)."""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

NEW_CUSTOMER, NEW_REGION, NEW_PRODUCT, RIVAL, LANDSCAPE, BUSINESS = range(1, 7)
STRATEGIC_TYPES = (
    (NEW_CUSTOMER, "new-customer", Text("山头-新客户", "Mountain-top: new customer")),
    (NEW_REGION, "new-region", Text("山头-新区域", "Mountain-top: new region")),
    (NEW_PRODUCT, "new-product", Text("山头-新产品", "Mountain-top: new product")),
    (RIVAL, "rival", Text("竞争", "Competition")),
    (LANDSCAPE, "landscape", Text("格局", "Position in the market")),
)
AIMS = (*STRATEGIC_TYPES, (BUSINESS, "business", Text("经营", "Business")))

COUNT, SHARE, AMOUNT, GROWTH = 1, 2, 3, 4
FORMS = (
    (COUNT, "count", Text("数量", "Count")),
    (SHARE, "share", Text("占比", "Share")),
    (AMOUNT, "amount", Text("金额", "Amount")),
    (GROWTH, "growth", Text("增长", "Growth")),
)

WON_AMOUNT, WON_DEALS, NEW_CUSTOMERS, LINKED_AMOUNT, LINKED_DEALS, READING = 1, 2, 3, 4, 5, 6
METRICS = (
    (WON_AMOUNT, "won-amount", Text("赢单金额", "Amount won")),
    (WON_DEALS, "won-deals", Text("赢单数", "Opportunities won")),
    (NEW_CUSTOMERS, "new-customers", Text("新客户数", "New customers")),
    (LINKED_AMOUNT, "linked-amount", Text("承接商机赢单金额", "Amount won of linked opportunities")),
    (LINKED_DEALS, "linked-deals", Text("承接商机赢单数", "Linked opportunities won")),
    (READING, "reading", Text("手工读数", "Manual reading")),
)

HORIZONS = (
    (1, "H1", Text("短期（1 年内）", "H1: within a year")),
    (2, "H2", Text("中期（1–2 年）", "H2: one to two years")),
    (3, "H3", Text("长期（2 年以上）", "H3: over two years")),
)

DRAFT, ACTIVE = 0, 1
GOAL_STATES = ((DRAFT, "draft", Text("草稿", "Draft")), (ACTIVE, "active", Text("生效", "In force")))

OBJECTIVE, GOAL, STRATEGY, MEASURE = 1, 2, 3, 4
NODE_KINDS = (
    (OBJECTIVE, "O", Text("O 目的", "O objective")),
    (GOAL, "G", Text("G 目标", "G goal")),
    (STRATEGY, "S", Text("S 策略", "S strategy")),
    (MEASURE, "M", Text("M 衡量与计划", "M measure and plan")),
)

FROM_SALES, FROM_STRATEGY, FROM_ACCOUNT_TEAM, FROM_MARKETING = 1, 2, 3, 4
ORIGINS = (
    (FROM_SALES, "sales", Text("销售", "Sales")),
    (FROM_STRATEGY, "strategy", Text("战略指派", "Assigned by strategy")),
    (FROM_ACCOUNT_TEAM, "account-team", Text("客户团队", "Account team")),
    (FROM_MARKETING, "marketing", Text("市场", "Marketing")),
)
WAITING, ACCEPTED, REFUSED = 0, 1, 2
ANSWERS = (
    (WAITING, "waiting", Text("待承接", "Waiting")),
    (ACCEPTED, "accepted", Text("已承接", "Accepted")),
    (REFUSED, "refused", Text("已拒绝", "Refused")),
)

MARKET_FACTS = Relation(
    name="market_facts",
    label=Text("市场数据", "Market facts"),
    key=("market_id",),
    columns=(
        Column("market_id", "id", Text("市场", "Market")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("细分市场", "Segment")),
        Column("unit_id", "ref", Text("区域", "Region"), ref="units"),
        Column("year", "count", Text("年份", "Year")),
        Column("size", "money", Text("市场规模", "Market size"), nullable=True),
        Column(
            "growth_bp",
            "bp",
            Text("行业增长", "Growth of the market"),
            nullable=True,
            below_zero=True,
            above_whole=True,
        ),
        Column("own_share_bp", "bp", Text("我方份额", "Our share"), nullable=True),
        Column("rivals_share_bp", "bp", Text("对手份额合计", "Rivals' shares together"), nullable=True),
        Column("source", "text", Text("来源", "Source"), default=""),
        Column("sourced_day", "day", Text("来源日期", "Day of the source"), nullable=True),
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
    help=Text("区域 × 细分市场 × 年份，一行一个。", "One row for each region, segment and year."),
)

THEMES = Relation(
    name="themes",
    label=Text("战略主题", "Strategic themes"),
    key=("theme_id",),
    columns=(
        Column("theme_id", "id", Text("战略主题", "Strategic theme")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("名称", "Name")),
        Column("unit_id", "ref", Text("组织", "Unit"), ref="units"),
        Column("year", "count", Text("年份", "Year")),
    ),
    entity=True,
    help=Text(
        "主题的名称不是秘密：承接它的人都看得到。", "The name of a theme is no secret: whoever carries it sees it."
    ),
)

GOALS = Relation(
    name="goals",
    label=Text("战略目标", "Strategic goals"),
    key=("goal_id",),
    columns=(
        Column("goal_id", "id", Text("战略目标", "Strategic goal")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("名称", "Name")),
        Column("unit_id", "ref", Text("组织", "Unit"), ref="units"),
        Column("person_id", "ref", Text("责任人", "Owner"), ref="people", default=0),
        Column("theme_id", "ref", Text("战略主题", "Strategic theme"), ref="themes", nullable=True),
        Column("parent_id", "ref", Text("上级目标", "Goal above"), ref="goals", nullable=True),
        Column("aim", "choice", Text("类别", "Class"), choices=AIMS, default=BUSINESS),
        Column("form", "choice", Text("目标形式", "Kind of target"), choices=FORMS, nullable=True),
        Column(
            "metric",
            "choice",
            Text("指标", "Metric"),
            choices=METRICS,
            nullable=True,
            help=Text("现值从哪里来", "Where the value of now comes from"),
        ),
        Column(
            "product_id",
            "ref",
            Text("产品", "Product"),
            ref="products",
            nullable=True,
            help=Text("只算这个产品；占比 = 这个产品 ÷ 全部产品", "Only this product; a share is of all products"),
        ),
        Column("target_count", "count", Text("目标数量", "Target count"), nullable=True),
        Column("target_amount", "money", Text("目标金额", "Target amount"), nullable=True),
        Column("target_bp", "bp", Text("目标比例", "Target share or growth"), nullable=True, above_whole=True),
        Column("base_count", "count", Text("基数数量", "Base count"), nullable=True),
        Column(
            "base_amount",
            "money",
            Text("基数金额", "Base amount"),
            nullable=True,
            help=Text(
                "增长从它算起；空 = 上一年同期", "What growth begins from; blank = the same months a year before"
            ),
        ),
        Column("reading_count", "count", Text("读数（数量）", "Reading: count"), nullable=True),
        Column("reading_amount", "money", Text("读数（金额）", "Reading: amount"), nullable=True),
        Column(
            "reading_bp",
            "bp",
            Text("读数（比例）", "Reading: share or growth"),
            nullable=True,
            below_zero=True,
            above_whole=True,
        ),
        Column("start_ym", "ym", Text("起始月", "From month"), nullable=True),
        Column("due_ym", "ym", Text("截止月", "Due month"), nullable=True),
        Column("horizon", "choice", Text("期限", "Horizon"), choices=HORIZONS, nullable=True),
        Column("state", "choice", Text("状态", "State"), choices=GOAL_STATES, default=DRAFT),
        Column("source", "text", Text("口径与数据来源", "Definition and source"), default=""),
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
    help=Text(
        "目标和读数从某天起有效。承接它的下级看得到上级目标的名称。",
        "Targets and readings hold from a day on. Whoever carries a goal sees the name of the goal above.",
    ),
)

GOAL_DEALS = Relation(
    name="goal_deals",
    label=Text("目标的商机", "Opportunities of goals"),
    key=("goal_id", "deal_id"),
    columns=(
        Column("goal_id", "ref", Text("战略目标", "Strategic goal"), ref="goals"),
        Column("deal_id", "ref", Text("商机", "Opportunity"), ref="deals"),
    ),
    place="deal",
    place_column="deal_id",
    help=Text(
        "哪些商机承接这个目标；看得到商机的人看得到。", "Which opportunities carry a goal; seen with the opportunity."
    ),
)

DEAL_STRATEGY = Relation(
    name="deal_strategy",
    label=Text("商机的战略属性", "Strategy of opportunities"),
    key=("deal_id",),
    columns=(
        Column("deal_id", "ref", Text("商机", "Opportunity"), ref="deals"),
        Column("came_from", "choice", Text("来源", "Origin"), choices=ORIGINS, default=FROM_SALES),
        Column("strategic_type", "choice", Text("战略类型", "Strategic type"), choices=STRATEGIC_TYPES, nullable=True),
        Column("horizon", "choice", Text("期限", "Horizon"), choices=HORIZONS, nullable=True),
        Column("assignee_id", "ref", Text("指派给", "Assigned to"), ref="people", nullable=True),
        Column("asked_day", "day", Text("指派日", "Assigned on"), nullable=True),
        Column("answer", "choice", Text("承接", "Acceptance"), choices=ANSWERS, nullable=True),
        Column("answered_day", "day", Text("答复日", "Answered on"), nullable=True),
        Column("reason", "text", Text("拒绝原因", "Why it was refused"), default=""),
    ),
    place="deal",
    place_column="deal_id",
    help=Text("看得到商机的人看得到。", "Seen with the opportunity."),
)

OGSM_NODES = Relation(
    name="ogsm_nodes",
    label=Text("OGSM 条目", "OGSM entries"),
    key=("node_id",),
    columns=(
        Column("node_id", "id", Text("条目", "Entry")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("内容", "Text")),
        Column("unit_id", "ref", Text("组织", "Unit"), ref="units"),
        Column("person_id", "ref", Text("责任人", "Owner"), ref="people", default=0),
        Column("year", "count", Text("年份", "Year")),
        Column("kind", "choice", Text("类别", "Kind"), choices=NODE_KINDS),
        Column("parent_id", "ref", Text("上一格", "Entry it serves"), ref="ogsm_nodes", nullable=True),
        Column(
            "source_id",
            "ref",
            Text("承接上级", "Handed down from"),
            ref="ogsm_nodes",
            nullable=True,
            help=Text("上级组织的 S 成为下级的 O，M 成为下级的 G", "An S of the unit above becomes an O, its M a G"),
        ),
        Column("goal_id", "ref", Text("战略目标", "Strategic goal"), ref="goals", nullable=True),
        Column("due_ym", "ym", Text("截止月", "Due month"), nullable=True),
        Column(
            "due_reason",
            "text",
            Text("改期理由", "Why it is due then"),
            default="",
            help=Text("M 的截止月定了以后再改，要写理由", "An M's due month, once set, is changed only with a reason"),
        ),
        Column("position", "count", Text("顺序", "Order"), default=0),
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
)

RELATIONS = (MARKET_FACTS, THEMES, GOALS, GOAL_DEALS, DEAL_STRATEGY, OGSM_NODES)
