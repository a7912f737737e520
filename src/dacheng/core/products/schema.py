"""Products (产品): their list prices, and whether they flow or are made to order (R056)."""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

FLOW, CUSTOM = 1, 2
MOTIONS = (
    (FLOW, "flow", Text("流量型", "Flow")),
    (CUSTOM, "custom", Text("定制型", "Custom")),
)
"""How a product is sold: many small sales through a region, or each one to a customer's own needs."""

PRODUCTS = Relation(
    name="products",
    label=Text("产品", "Products"),
    key=("product_id",),
    columns=(
        Column("product_id", "id", Text("产品", "Product")),
        Column("code", "text", Text("产品号", "Product no.")),
        Column("name", "text", Text("名称", "Name")),
        Column("line", "text", Text("产品线", "Product line"), default=""),
        Column("list_price", "money", Text("目录价", "List price"), nullable=True),
        Column(
            "motion",
            "choice",
            Text("产品类型", "Motion"),
            choices=MOTIONS,
            nullable=True,
            help=Text(
                "流量型：目标按时间与区域分；定制型：按客户类型与客户数分；空 = 没有说",
                "Flow: targets go by time and region; custom: by customer type and number of accounts; blank = unsaid",
            ),
        ),
    ),
    entity=True,
)

RELATIONS = (PRODUCTS,)
