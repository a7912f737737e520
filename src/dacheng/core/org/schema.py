"""Organisation: units, people, homes, roles, grants, the calendar and closed periods (R004, R029)."""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

ROLES = (
    (1, "rep", Text("销售", "Sales rep")),
    (2, "manager", Text("销售管理者", "Sales manager")),
    (3, "sales_ops", Text("销售运营", "Sales operations")),
    (4, "executive", Text("高管", "Executive")),
    (5, "admin", Text("系统管理员", "Administrator")),
    (6, "finance", Text("财务", "Finance")),
)
GRANTED = (
    (1, "deal", Text("商机", "Opportunity")),
    (2, "contract", Text("合同", "Contract")),
)
SECONDMENT, PART_TIME = 1, 2
ENGAGED_AS = (
    (SECONDMENT, "secondment", Text("借调", "Secondment")),
    (PART_TIME, "part-time", Text("兼职", "Part-time")),
)
ENGAGED_LABEL = {number: label for number, _, label in ENGAGED_AS}
FULL_TIME = 10_000
"""The working share of who works full time, in basis points."""

UNITS = Relation(
    name="units",
    label=Text("组织", "Units"),
    key=("unit_id",),
    columns=(
        Column("unit_id", "id", Text("组织", "Unit")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("名称", "Name")),
        Column(
            "parent_id",
            "ref",
            Text("上级", "Parent"),
            ref="units",
            default=0,
            help=Text("空 = 最上级，只有一个", "Blank = the top; there is exactly one"),
        ),
        Column("closed", "flag", Text("已撤销", "Closed"), default=0),
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
    help=Text(
        "每个组织每天恰有一个上级；撤销的组织留在原处。", "Every unit has one parent each day; a closed one stays."
    ),
)

PEOPLE = Relation(
    name="people",
    label=Text("人员", "People"),
    key=("person_id",),
    columns=(
        Column("person_id", "id", Text("人员", "Person")),
        Column("code", "text", Text("工号", "Employee no.")),
        Column("name", "text", Text("姓名", "Name")),
        Column("email", "text", Text("邮箱", "E-mail"), default="", field_class="contact-private"),
        Column("left", "flag", Text("已离职", "Left"), default=0),
        Column(
            "fte_bp",
            "bp",
            Text("工作比例", "Working share"),
            default=FULL_TIME,
            help=Text("100% = 全职；人力按它折算", "100% = full time; capacity counts by it"),
        ),
    ),
    place="person",
    place_column="person_id",
    entity=True,
)

ASSIGNMENTS = Relation(
    name="assignments",
    label=Text("归属", "Home units"),
    key=("person_id",),
    columns=(
        Column("person_id", "ref", Text("人员", "Person"), ref="people"),
        Column("unit_id", "ref", Text("归属组织", "Home unit"), ref="units"),
    ),
    place="unit",
    place_column="unit_id",
    help=Text(
        "每人从始至终每天恰有一个归属组织；离职的人留在最后的组织。",
        "Everybody has exactly one home on every day from first to forever; a leaver keeps the last one.",
    ),
)

ENGAGEMENTS = Relation(
    name="engagements",
    label=Text("借调与兼职", "Engagements elsewhere"),
    key=("person_id", "host_id", "kind"),
    columns=(
        Column("person_id", "ref", Text("人员", "Person"), ref="people"),
        Column("host_id", "ref", Text("所到组织", "Host unit"), ref="units"),
        Column("kind", "choice", Text("方式", "Kind"), choices=ENGAGED_AS, default=SECONDMENT),
        Column("share_bp", "bp", Text("占用比例", "Share")),
        Column("reason", "text", Text("原因", "Reason"), default=""),
    ),
    place="person",
    place_column="person_id",
    host="host_id",
    help=Text(
        "归属不变，业绩和目标不动，只用来算人力；一个人每天的占用比例之和不超过他的工作比例。",
        "The home stays and no figure moves, only capacity reads it; shares of a day never exceed the working share.",
    ),
)

ROLES_HELD = Relation(
    name="roles",
    label=Text("角色", "Roles"),
    key=("person_id", "role", "unit_id"),
    columns=(
        Column("person_id", "ref", Text("人员", "Person"), ref="people"),
        Column("role", "choice", Text("角色", "Role"), choices=ROLES),
        Column("unit_id", "ref", Text("范围", "Over unit"), ref="units"),
    ),
    place="hidden",
)

GRANTS = Relation(
    name="grants",
    label=Text("授权", "Grants"),
    key=("person_id", "kind", "object_id"),
    columns=(
        Column("person_id", "ref", Text("人员", "Person"), ref="people"),
        Column("kind", "choice", Text("对象", "Object"), choices=GRANTED),
        Column("object_id", "count", Text("编号", "Object no.")),
        Column("reason", "text", Text("原因", "Reason"), default=""),
    ),
    place="hidden",
)

CALENDAR = Relation(
    name="calendar",
    label=Text("日历", "Calendar"),
    key=("day",),
    columns=(
        Column("day", "day", Text("日期", "Day")),
        Column("ym", "ym", Text("月份", "Month")),
        Column("working", "flag", Text("工作日", "Working day")),
        Column("source", "text", Text("依据", "Source"), default=""),
    ),
    dated=False,
)

PERIODS = Relation(
    name="periods",
    label=Text("期间", "Periods"),
    key=("ym",),
    columns=(
        Column("ym", "ym", Text("月份", "Month")),
        Column("closed", "flag", Text("已关账", "Closed"), default=0),
    ),
)

RELATIONS = (UNITS, PEOPLE, ASSIGNMENTS, ENGAGEMENTS, ROLES_HELD, GRANTS, CALENDAR, PERIODS)
