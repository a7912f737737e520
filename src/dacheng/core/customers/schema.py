"""Customers (客户): whom we sell to, and their contacts (联系人): the people we deal with there (R095, R097)."""

from __future__ import annotations

from dacheng.core.deciding import PARTS
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
        Column(
            "segment_id",
            "ref",
            Text("客户类型", "Customer type"),
            ref="segments",
            nullable=True,
            help=Text(
                "划分项里的一种客户类型，从某天起；方案和客单价按它切分，空 = 还没有分",
                "A segment of customer types, from a day on; plans and tickets are cut by it, blank = not sorted yet",
            ),
        ),
        Column(
            "partner_id",
            "ref",
            Text("所属渠道", "Account of the partner"),
            ref="customers",
            nullable=True,
            help=Text(
                "同一渠道的几个客户都指向其中一个，从某天起；渠道目标把它们合成一行，空 = 自成一家",
                "Accounts of one partner name one of them, from a day on; channel targets take them as one row, "
                "blank = it stands by itself",
            ),
        ),
        MERGED_INTO,
    ),
    entity=True,
)

CONTACTS = Relation(
    name="contacts",
    label=Text("联系人", "Contacts"),
    key=("contact_id",),
    columns=(
        Column("contact_id", "id", Text("联系人", "Contact")),
        Column("code", "text", Text("联系人号", "Contact no.")),
        Column("name", "text", Text("姓名", "Name")),
        Column("customer_id", "ref", Text("客户", "Account"), ref="customers"),
        Column("title", "text", Text("职务", "Job title"), default=""),
        Column("department", "text", Text("部门", "Department"), default=""),
        Column("phone", "text", Text("电话", "Phone"), default="", field_class="contact-private", form="phone"),
        Column("email", "text", Text("邮箱", "E-mail"), default="", field_class="contact-private", form="email"),
        Column(
            "part",
            "choice",
            Text("决策角色", "Part in the decision"),
            choices=PARTS,
            nullable=True,
            help=Text("空 = 还不知道", "Blank = not known yet"),
        ),
        Column(
            "reports_to_id",
            "ref",
            Text("汇报给", "Reports to"),
            ref="contacts",
            nullable=True,
            help=Text("同一客户的另一位联系人，不能成环", "Another contact of the same account, never in a circle"),
        ),
        Column(
            "left",
            "flag",
            Text("已离开", "Left"),
            default=0,
            help=Text("从某天起不在这个客户了", "No longer with this account, from a day on"),
        ),
        Column("note", "text", Text("备注", "Note"), default=""),
    ),
    place="customer",
    place_column="customer_id",
    entity=True,
    help=Text(
        "个人信息：姓名、电话、邮箱在内的整条记录，只给能看到该客户某条商机或合同的人，以及看全公司的人。",
        "Personal data: the whole record, with name, phone and e-mail, is for those who see an opportunity or a "
        "contract of the account, and for those who see the whole company.",
    ),
)

RELATIONS = (CUSTOMERS, CONTACTS)
