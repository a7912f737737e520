"""Checklists (清单): what is to be done before a plan, by a new manager, or through a year (R051, R058, R059, R222).

A checklist has no record of its own: it is its items, which share what they are about.
"""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

FOUNDATIONS, OPENING, WORKSHEET, CALENDAR = range(1, 5)
KINDS = (
    (FOUNDATIONS, "foundations", Text("分解前检查", "Before breaking down")),
    (OPENING, "opening", Text("新经理 30/60/90 天", "New manager's 30/60/90 days")),
    (WORKSHEET, "worksheet", Text("微咨询工作表", "Micro-consult worksheet")),
    (CALENDAR, "calendar", Text("指标管理年历", "Calendar of the year's targets")),
)
OF_A_PLAN = (FOUNDATIONS, WORKSHEET)
"""Kinds of checklists that belong to a version of a plan and are settled with it."""

PARTS = (
    (0, "other", Text("其他", "Other")),
    (1, "rivals", Text("读懂竞争格局", "Read the competition")),
    (2, "demand", Text("看准需求变化", "See how demand changes")),
    (3, "fit", Text("调整内外部咬合点", "Fit inside to outside")),
    (4, "days30", Text("前 30 天", "First 30 days")),
    (5, "days60", Text("31–60 天", "Days 31–60")),
    (6, "days90", Text("61–90 天", "Days 61–90")),
    (7, "figures", Text("准备一：数据", "Preparation 1: figures")),
    (8, "questions", Text("准备二：问题", "Preparation 2: questions")),
    (9, "publish", Text("发布指标", "Publish targets")),
    (10, "breakdown", Text("分解", "Break down")),
    (11, "sign", Text("签署", "Sign")),
    (12, "monitor", Text("监控", "Monitor")),
    (13, "adjust", Text("调整", "Adjust")),
    (14, "assess", Text("考核", "Assess")),
)
NOTHING = 0
"""The plan or person of an item that is of none."""

CHECKLIST_ITEMS = Relation(
    name="checklist_items",
    label=Text("清单事项", "Checklist items"),
    key=("item_id",),
    columns=(
        Column("item_id", "id", Text("事项", "Item")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("事项", "Item")),
        Column("name_en", "text", Text("英文", "In English"), default=""),
        Column("kind", "choice", Text("清单", "Checklist"), choices=KINDS),
        Column("part", "choice", Text("部分", "Part"), choices=PARTS, default=0),
        Column("unit_id", "ref", Text("组织", "Unit"), ref="units"),
        Column("plan_id", "ref", Text("方案", "Plan"), ref="plans", default=NOTHING),
        Column(
            "person_id",
            "ref",
            Text("谁", "Whose"),
            ref="people",
            default=NOTHING,
            help=Text("新经理本人，或这一项的负责人", "The new manager himself, or who is to do the item"),
        ),
        Column("year", "count", Text("年份", "Year"), default=0),
        Column("position", "count", Text("顺序", "Order"), default=0),
        Column(
            "required",
            "flag",
            Text("必做", "Required"),
            default=0,
            derived=True,
            help=Text("模板要求的，不能从清单上删掉", "Asked for by the template; it cannot be taken off the list"),
        ),
        Column("due_day", "day", Text("期限", "Due"), nullable=True),
        Column("done_day", "day", Text("完成日", "Done on"), nullable=True),
        Column("done_by_id", "ref", Text("谁完成", "Done by"), ref="people", default=NOTHING, derived=True),
        Column("note", "text", Text("说明", "Note"), default=""),
    ),
    place="unit",
    place_column="unit_id",
    entity=True,
    help=Text(
        "方案的清单随版本保存，方案批准后不再改；新一版另开清单。",
        "The checklist of a plan is kept with its version and settled by its approval; the next version has its own.",
    ),
)

CHECKLIST_TEMPLATES = Relation(
    name="checklist_templates",
    label=Text("清单模板", "Checklist templates"),
    key=("template_item_id",),
    columns=(
        Column("template_item_id", "id", Text("模板事项", "Item of a template")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("事项", "Item")),
        Column("name_en", "text", Text("英文", "In English"), default=""),
        Column("kind", "choice", Text("清单", "Checklist"), choices=KINDS),
        Column("part", "choice", Text("部分", "Part"), choices=PARTS, default=0),
        Column("position", "count", Text("顺序", "Order")),
        Column(
            "after_days",
            "count",
            Text("几天后到期", "Due after days"),
            nullable=True,
            help=Text("从开始那天起", "From the day the list begins"),
        ),
        Column(
            "month",
            "count",
            Text("几月底到期", "Due at the end of month"),
            nullable=True,
            below_zero=True,
            help=Text(
                "年历用：财年第几个月；0 = 财年前一个月",
                "Of the calendar: month of the fiscal year; 0 = the one before it",
            ),
        ),
        Column("required", "flag", Text("必做", "Required"), default=0),
        Column("offered", "flag", Text("启用", "In use"), default=1),
    ),
    entity=True,
    help=Text(
        "部分、顺序、期限、必做、启用从某天起生效；已开的清单保留开始时的事项。",
        "Part, order, due day, required and in use hold from a day on; a list keeps the items it began with.",
    ),
)

RELATIONS = (CHECKLIST_TEMPLATES, CHECKLIST_ITEMS)
