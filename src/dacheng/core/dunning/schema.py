"""Dunning steps and promises (催收与回款承诺): they stand with their term and move no money (R151, ADR 0015)."""

from __future__ import annotations

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation

REMINDER, CALL, LETTER, VISIT, MEETING, STOP, LEGAL = range(1, 8)
STEP_KINDS = (
    (REMINDER, "reminder", Text("到期提醒", "Reminder")),
    (CALL, "call", Text("电话", "Call")),
    (LETTER, "letter", Text("催款函", "Letter")),
    (VISIT, "visit", Text("上门", "Visit")),
    (MEETING, "meeting", Text("高层会谈", "Meeting of executives")),
    (STOP, "stop", Text("暂停供货或服务", "Delivery stopped")),
    (LEGAL, "legal", Text("律师函或诉讼", "Legal action")),
)

_PLACED = (
    Column("contract_id", "ref", Text("合同", "Contract"), ref="contracts", nullable=True, derived=True),
    Column("customer_id", "ref", Text("客户", "Account"), ref="customers", nullable=True, derived=True),
    Column("owner_id", "ref", Text("负责人", "Owner"), ref="people", derived=True),
    Column("effective_day", "day", Text("计业绩日", "Counted on"), derived=True),
)
_BY = Column("person_id", "ref", Text("谁记的", "By"), ref="people", nullable=True)
_TERM = Column("term_id", "ref", Text("付款条件", "Payment term"), ref="payment_terms")

DUNNING_STEPS = Relation(
    name="dunning_steps",
    label=Text("催收记录", "Dunning steps"),
    key=("dunning_step_id",),
    columns=(
        Column("dunning_step_id", "id", Text("催收记录", "Dunning step")),
        Column("code", "text", Text("编号", "No.")),
        Column("name", "text", Text("说了什么", "What was said"), default=""),
        _TERM,
        Column("day", "day", Text("日期", "Day")),
        Column("kind", "choice", Text("方式", "Way"), choices=STEP_KINDS, default=CALL),
        _BY,
        *_PLACED,
    ),
    place="owner",
    place_column="owner_id",
    place_day="effective_day",
    entity=True,
)

PROMISES = Relation(
    name="promises",
    label=Text("回款承诺", "Promises"),
    key=("promise_id",),
    columns=(
        Column("promise_id", "id", Text("回款承诺", "Promise")),
        Column("code", "text", Text("编号", "No.")),
        Column("name", "text", Text("谁承诺的", "Who promised"), default=""),
        _TERM,
        Column("day", "day", Text("承诺日", "Promised on")),
        Column("promised_day", "day", Text("答应付款日", "To be paid by")),
        Column("amount", "money", Text("承诺金额", "Promised")),
        _BY,
        *_PLACED,
    ),
    place="owner",
    place_column="owner_id",
    place_day="effective_day",
    entity=True,
    help=Text("兑现与否看核销，不由人填。", "Whether it is kept follows from the allocations; nobody enters it."),
)

RELATIONS = (DUNNING_STEPS, PROMISES)
