"""Products (产品) and their list prices."""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

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
    ),
    entity=True,
)

RELATIONS = (PRODUCTS,)
