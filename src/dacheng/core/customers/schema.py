"""Customers (客户): whom we sell to."""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import MERGED_INTO, Column, Relation

CUSTOMERS = Relation(
    name="customers",
    label=Text("客户", "Accounts"),
    key=("customer_id",),
    columns=(
        Column("customer_id", "id", Text("客户", "Account")),
        Column("code", "text", Text("客户号", "Account no.")),
        Column("name", "text", Text("名称", "Name")),
        Column("industry", "text", Text("行业", "Industry"), default=""),
        Column("region", "text", Text("地区", "Region"), default=""),
        MERGED_INTO,
    ),
    entity=True,
)

RELATIONS = (CUSTOMERS,)
