"""指派商机 (assigned opportunities): what the company asked whom to take over, and whether he did (R028)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.book import Book
from dacheng.core.deals import columns as shown
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, equal, in_unit
from dacheng.core.report import Flag, PersonId, UnitId, coded, number_of, report
from dacheng.core.strategy.schema import ANSWERS, WAITING
from dacheng.core.table import Table, TableColumn, column_of, table_of

ASKED = """
    SELECT deal_id, customer_id, owner_id, unit_id, stage_id, state, amount, assignee_id, asked_day, answer,
        answered_day, strategic_type, horizon
    FROM (SELECT d.deal_id, d.customer_id, d.owner_id, d.unit_id, d.stage_id, d.state, d.amount, s.assignee_id,
            s.asked_day, s.answer, s.answered_day, s.strategic_type, s.horizon
        FROM deals d JOIN deal_strategy s ON s.deal_id = d.deal_id
        WHERE s.assignee_id IS NOT NULL AND s.asked_day IS NOT NULL AND s.answer IS NOT NULL) a"""
LATE = Filter((f"answer = {WAITING}", "asked_day < :late_since"))

COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.UNIT,
    column_of("deal_strategy", "assignee_id"),
    column_of("deal_strategy", "asked_day"),
    column_of("deal_strategy", "answer"),
    column_of("deal_strategy", "answered_day"),
    TableColumn(
        "waiting_days",
        "days",
        Text("已等", "Waiting"),
        judged="less",
        help=Text("截至日 − 指派日，还没答复的", "As-of day − day assigned, of those not answered"),
    ),
    TableColumn(
        "overdue",
        "flag",
        Text("逾期未承接", "Not accepted in time"),
        help=Text("等的天数超过规则 strategy.accept_days", "Waiting longer than the rule strategy.accept_days allows"),
    ),
    column_of("deal_strategy", "strategic_type"),
    column_of("deal_strategy", "horizon", optional=True),
    shown.STAGE,
    column_of("deals", "amount"),
)


@report(
    "strategy/assigned",
    title=Text("指派商机", "Assigned opportunities"),
    help=Text(
        "公司指派的商机和承接情况：待承接、已承接、已拒绝。超过规则天数没承接的标红；拒绝要写原因，留在这里等改派。",
        "Opportunities that the company assigned: waiting, accepted, refused. Red when not accepted within the days of "
        "the rule; a refusal needs a reason and stays here until it is assigned anew.",
    ),
    columns=COLUMNS,
)
def assigned(
    book: Book,
    *,
    answer: Annotated[str, coded(ANSWERS)] | None = None,
    overdue: Flag = False,
    person: PersonId | None = None,
    unit: UnitId | None = None,
) -> Table:
    """List the opportunities that the company assigned, the longest waiting first (指派商机).

    Source: R028.
    """
    late_since = book.as_of_day - book.rules.number("strategy.accept_days")
    wanted = INSIDE & in_unit(book, unit) & equal(answer=number_of(ANSWERS, answer), assignee_id=person)
    wanted = wanted & Filter(LATE.conditions, {"late_since": late_since}) if overdue else wanted
    rows = book.gather(f"{ASKED} {wanted.where} ORDER BY answer, asked_day, deal_id", **wanted.params)
    waiting = rows["answer"] == WAITING
    known = rows.known("amount")
    return table_of(
        COLUMNS,
        rows,
        {
            "waiting_days": (book.as_of_day - rows["asked_day"], waiting),
            "overdue": (waiting & (rows["asked_day"] < late_since)).astype(np.int64),
        },
        key=("deal_id",),
        totals={"amount": int(rows["amount"][known].sum()) if known.any() or not len(rows) else None},
        notes=shown.noted(shown.without_amount_note(int((~known).sum()))),
    )
