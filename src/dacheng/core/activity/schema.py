"""Actions (动作): what a person plans to do a week, and what he did on a day (R053, R054)."""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

VISIT, KEY_VISIT, REPORT, LEAD, PROPOSAL, CALL = range(1, 7)
KINDS = (
    (VISIT, "visit", Text("拜访", "Visits")),
    (KEY_VISIT, "key-visit", Text("重点线索拜访", "Visits to key leads")),
    (REPORT, "report", Text("需求报告", "Requirement reports")),
    (LEAD, "lead", Text("新线索", "New leads")),
    (PROPOSAL, "proposal", Text("方案报价", "Proposals")),
    (CALL, "call", Text("电话", "Calls")),
)
"""A visit to a key lead is a visit as well, and is counted in both."""

MOST_A_DAY = 1_000
"""More of one kind of action than this on a day is a slip of the pen."""

_PERSON = Column("person_id", "ref", Text("人员", "Person"), ref="people")
_KIND = Column("kind", "choice", Text("动作", "Action"), choices=KINDS)

ACTION_TARGETS = Relation(
    name="action_targets",
    label=Text("动作目标", "Action targets"),
    key=("person_id", "kind", "ym"),
    columns=(
        _PERSON,
        _KIND,
        Column("ym", "ym", Text("月份", "Month")),
        Column("per_week", "count", Text("每周计划", "Planned a week"), nullable=True),
    ),
    place="person",
    place_column="person_id",
    help=Text(
        "一个人在某月每周计划做几次。一周按它的星期一所在的月份取计划。",
        "How many a person plans a week in a month. A week has the plan of the month its Monday is in.",
    ),
)

ACTIONS_DONE = Relation(
    name="actions_done",
    label=Text("动作记录", "Actions done"),
    key=("person_id", "day", "kind"),
    columns=(
        _PERSON,
        Column("day", "day", Text("日期", "Day")),
        _KIND,
        Column("times", "count", Text("次数", "Times")),
    ),
    place="person",
    place_column="person_id",
    place_day="day",
    help=Text(
        "一个人某天做了几次；归当天所在的组织。再填一次就是改。",
        "How often a person did it on a day, at the unit he was in that day. Entering it again corrects it.",
    ),
)

RELATIONS = (ACTION_TARGETS, ACTIONS_DONE)
