"""Contracts (合同) with product lines; they count on their effective day (R016, R222)."""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

NORMAL, FRAMEWORK, CALL_OFF, AMENDMENT, CREDIT = range(1, 6)
KINDS = (
    (NORMAL, "normal", Text("普通合同", "Contract")),
    (FRAMEWORK, "framework", Text("框架合同", "Framework")),
    (CALL_OFF, "call-off", Text("框架下单", "Call-off")),
    (AMENDMENT, "amendment", Text("变更", "Amendment")),
    (CREDIT, "credit", Text("冲减", "Credit")),
)
"""A framework is no order: what is called off counts. An amendment or a credit counts on its own day, with its sign."""

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
            "posted_day",
            "day",
            Text("记账日", "Posted"),
            derived=True,
            help=Text("期间已关账时记入下一个开放期间", "In the next open period when the month is closed"),
        ),
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
