"""Targets (目标): dated cells of unit or person × month × measure (R016, R029, R033)."""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

CONTRACT, MARGIN, CASH = 1, 2, 3
BASES = (
    (1, "incl", Text("含税", "incl. tax")),
    (2, "excl", Text("不含税", "excl. tax")),
)

MEASURES = Relation(
    name="measures",
    label=Text("指标", "Measures"),
    key=("measure_id",),
    columns=(
        Column("measure_id", "id", Text("指标", "Measure")),
        Column("code", "text", Text("编码", "Code")),
        Column("name", "text", Text("名称", "Name")),
        Column("name_en", "text", Text("英文名", "English name"), default=""),
        Column("basis", "choice", Text("税口径", "Tax basis"), choices=BASES, default=1),
    ),
    entity=True,
)

TARGETS = Relation(
    name="targets",
    label=Text("目标", "Targets"),
    key=("unit_id", "person_id", "measure_id", "ym"),
    columns=(
        Column("unit_id", "ref", Text("组织", "Unit"), ref="units"),
        Column(
            "person_id",
            "ref",
            Text("人员", "Person"),
            ref="people",
            default=0,
            help=Text("空 = 组织自己的目标", "Blank = the unit's own target"),
        ),
        Column("measure_id", "ref", Text("指标", "Measure"), ref="measures"),
        Column("ym", "ym", Text("月份", "Month")),
        Column("amount", "money", Text("目标", "Target"), nullable=True),
    ),
    place="unit",
    place_column="unit_id",
    help=Text(
        "从约定生效的那天起可见，与所属月份无关。", "Visible from the day it was agreed, whatever month it is for."
    ),
)

RELATIONS = (MEASURES, TARGETS)
