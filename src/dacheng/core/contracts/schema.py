"""Contracts (合同) with product lines; they count on their effective day (R016, R222)."""

from __future__ import annotations

from dacheng.core.currency import CURRENCIES, OWN
from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

NORMAL, FRAMEWORK, CALL_OFF, AMENDMENT, CREDIT, CANCELLATION = range(1, 7)
KINDS = (
    (NORMAL, "normal", Text("普通合同", "Contract")),
    (FRAMEWORK, "framework", Text("框架合同", "Framework")),
    (CALL_OFF, "call-off", Text("框架下单", "Call-off")),
    (AMENDMENT, "amendment", Text("变更", "Amendment")),
    (CREDIT, "credit", Text("冲减", "Credit")),
    (CANCELLATION, "cancellation", Text("取消", "Cancellation")),
)
"""A framework is no order: what is called off counts. What changes a contract counts on its own day, with its sign."""

CHANGES = (AMENDMENT, CREDIT, CANCELLATION)
"""Contracts that change another one."""

SIGNED, AMENDED, CANCELLED = "signed", "amended", "cancelled"
MOVEMENTS = (
    (SIGNED, Text("新签", "Signed")),
    (AMENDED, Text("变更与冲减", "Amended")),
    (CANCELLED, Text("取消", "Cancelled")),
)
MOVED_BY = {SIGNED: (NORMAL, CALL_OFF), AMENDED: (AMENDMENT, CREDIT), CANCELLED: (CANCELLATION,)}
"""What a contract does to the orders, by its kinds; a framework does nothing."""

COUNTED, WAITING, REFUSED = range(1, 4)
INTAKES = (
    (COUNTED, "counted", Text("计入", "Counted")),
    (WAITING, "waiting", Text("补签待批准", "Late, to be approved")),
    (REFUSED, "refused", Text("补签未批准", "Late, refused")),
)
"""Whether a contract is an order: one signed into a closed month counts only once it is approved."""

CONTRACTS = Relation(
    name="contracts",
    label=Text("合同", "Contracts"),
    key=("contract_id",),
    columns=(
        Column("contract_id", "id", Text("合同", "Contract")),
        Column("code", "text", Text("合同号", "Contract no.")),
        Column("name", "text", Text("名称", "Name"), default=""),
        Column("owner_id", "ref", Text("负责人", "Owner"), ref="people"),
        Column("customer_id", "ref", Text("客户", "Account"), ref="customers", nullable=True),
        Column("deal_id", "ref", Text("商机", "Opportunity"), ref="deals", nullable=True),
        Column("signed_day", "day", Text("签订日", "Signed")),
        Column("effective_day", "day", Text("生效日", "Effective")),
        Column(
            "executable_day",
            "day",
            Text("可执行日", "Executable from"),
            nullable=True,
            help=Text(
                "盖章原件、预付款等执行条件齐备的日子；空 = 生效日起就可执行。规则 orders.executable 可改",
                "When papers, advance payment and what else it takes are there; blank = from the effective day. "
                "The rule orders.executable can be changed",
            ),
        ),
        Column(
            "posted_day",
            "day",
            Text("记账日", "Posted"),
            derived=True,
            help=Text(
                "生效日与可执行日中较晚的一天；那个月已关账时记入下一个开放期间",
                "The later of effective and executable, in the next open period when its month is closed",
            ),
        ),
        Column(
            "intake",
            "choice",
            Text("订货认定", "Order intake"),
            choices=INTAKES,
            default=COUNTED,
            derived=True,
            help=Text(
                "补签进已关账期间的合同，批准前不计订货",
                "What is signed into a closed period is no order until it is approved",
            ),
        ),
        Column("intake_note", "text", Text("批准意见", "Said on approval"), default="", derived=True),
        Column("amount", "money", Text("合同额含税", "Amount incl. tax")),
        Column("amount_ex", "money", Text("合同额不含税", "Amount excl. tax"), nullable=True),
        Column("cost", "money", Text("成本", "Cost"), nullable=True, field_class="money-private"),
        Column(
            "kind",
            "choice",
            Text("合同类别", "Kind of contract"),
            choices=KINDS,
            default=NORMAL,
            help=Text(
                "框架合同不算订货，下单才算；规则 orders.frameworks 可改",
                "A framework is no order, its call-offs are, unless the rule orders.frameworks says otherwise",
            ),
        ),
        Column(
            "framework_id",
            "ref",
            Text("所属框架", "Framework"),
            ref="contracts",
            nullable=True,
            help=Text("下单、变更或冲减所属的框架合同", "The framework that a call-off is drawn from"),
        ),
        Column(
            "term_months",
            "count",
            Text("期限（月）", "Term in months"),
            default=0,
            help=Text("多年期合同填月数；空 = 不按期限", "Of a contract of several years; blank = it has no term"),
        ),
        Column(
            "amends_id",
            "ref",
            Text("变更的合同", "Changes"),
            ref="contracts",
            nullable=True,
            help=Text("变更、冲减或取消的是哪份合同", "The contract that an amendment, credit or cancellation changes"),
        ),
        Column("currency", "choice", Text("币种", "Currency"), choices=CURRENCIES, default=OWN),
        Column(
            "foreign_amount",
            "money",
            Text("原币金额", "Amount in its currency"),
            nullable=True,
            help=Text("与合同额之比就是入账汇率", "Its ratio to the amount is the booked rate"),
        ),
        Column(
            "one_off",
            "flag",
            Text("一次性", "One-off"),
            default=0,
            derived=True,
            help=Text(
                "大单等一次性的合同，从标记那天起测算、年份和季节可以剔除；业绩照算",
                "Such as a mega deal: from the day it is marked it may be left out of estimates, years and seasons; it "
                "stays a result",
            ),
        ),
        Column("one_off_note", "text", Text("为什么一次性", "Why one-off"), default="", derived=True),
        Column("recognised_ex", "money", Text("已确收不含税", "Recognised excl. tax"), default=0, derived=True),
        Column("recognised", "money", Text("已确收含税", "Recognised incl. tax"), default=0, derived=True),
    ),
    place="owner",
    place_column="owner_id",
    place_day="effective_day",
    entity=True,
    help=Text("按生效日的负责人与组织计。", "Counts for owner and unit of the effective day."),
)

CONTRACT_LINES = Relation(
    name="contract_lines",
    label=Text("合同行", "Contract lines"),
    key=("line_id",),
    columns=(
        Column("line_id", "id", Text("合同行", "Line")),
        Column("code", "text", Text("行号", "Line no.")),
        Column("contract_id", "ref", Text("合同", "Contract"), ref="contracts"),
        Column("product_id", "ref", Text("产品", "Product"), ref="products", nullable=True),
        Column("amount", "money", Text("金额含税", "Amount incl. tax")),
        Column("tax_bp", "bp", Text("税率", "VAT rate"), nullable=True),
        Column("amount_ex", "money", Text("金额不含税", "Amount excl. tax"), nullable=True),
        Column("cost", "money", Text("成本", "Cost"), nullable=True, field_class="money-private"),
        Column("owner_id", "ref", Text("负责人", "Owner"), ref="people", derived=True),
        Column("effective_day", "day", Text("生效日", "Effective"), derived=True),
    ),
    place="owner",
    place_column="owner_id",
    place_day="effective_day",
    entity=True,
)

RELATIONS = (CONTRACTS, CONTRACT_LINES)
