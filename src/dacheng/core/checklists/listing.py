"""What stands on checklists (清单): every item, due or done, of the viewer's plans, people and years."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.book import Book
from dacheng.core.checklists.schema import KINDS
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, equal, in_unit
from dacheng.core.plans.listing import plans_seen
from dacheng.core.report import Flag, ParameterKind, PersonId, UnitId, coded, number_of, report
from dacheng.core.table import Note, Table, TableColumn, column_of, table_of

ITEMS = """
    SELECT item_id, kind, part, unit_id, plan_id, person_id, year, position, required, due_day, done_day, done_by_id
    FROM checklist_items"""
PlanId = Annotated[int, ParameterKind("ref", "plans")]
WAITING = Filter(("done_day IS NULL",))

COLUMNS = (
    column_of("checklist_items", "item_id"),
    column_of("checklist_items", "kind"),
    column_of("checklist_items", "part"),
    column_of("checklist_items", "plan_id"),
    column_of("checklist_items", "unit_id"),
    column_of("checklist_items", "person_id"),
    column_of("checklist_items", "year", optional=True),
    column_of("checklist_items", "required", optional=True),
    column_of("checklist_items", "due_day"),
    TableColumn(
        "late",
        "flag",
        Text("逾期", "Overdue"),
        help=Text("没有完成，期限在截至日之前", "Not done, and due before the as-of day"),
    ),
    column_of("checklist_items", "done_day"),
    column_of("checklist_items", "done_by_id", optional=True),
)


@report(
    "plans/checklists",
    title=Text("清单", "Checklists"),
    help=Text(
        "分解前检查、新经理 30/60/90 天、微咨询工作表、指标管理年历的每一项：属于哪个方案、谁、哪一年，期限和完成日。"
        "打开一项就看到它所在的整张清单。",
        "Every item of checklists: before a breakdown, of a new manager's first 90 days, of a micro-consult, of the "
        "year's calendar; of which plan, person or year, when due and when done. An item opens its whole checklist.",
    ),
    columns=COLUMNS,
)
def checklists(
    book: Book,
    *,
    kind: Annotated[str, coded(KINDS)] | None = None,
    plan: PlanId | None = None,
    person: PersonId | None = None,
    unit: UnitId | None = None,
    undone: Flag = False,
) -> Table:
    """List the items of checklists in the order of each list (清单).

    Args:
        undone: only what is not done.

    Source: R051, R058, R059, R222.
    """
    wanted = INSIDE & in_unit(book, unit) & equal(kind=number_of(KINDS, kind), plan_id=plan, person_id=person)
    wanted = wanted & WAITING if undone else wanted
    order = "ORDER BY kind, unit_id, plan_id, year, person_id, position, item_id"
    rows = book.gather(f"{ITEMS} {wanted.where} {order}", **wanted.params)
    rows = rows.only((rows["plan_id"] == 0) | np.isin(rows["plan_id"], plans_seen(book)["plan_id"]))
    done = rows.known("done_day")
    late = ~done & rows.known("due_day") & (rows["due_day"] < book.as_of_day)
    return table_of(
        COLUMNS,
        rows,
        {
            "plan_id": (rows["plan_id"], rows["plan_id"] != 0),
            "person_id": (rows["person_id"], rows["person_id"] != 0),
            "year": (rows["year"], rows["year"] != 0),
            "done_by_id": (rows["done_by_id"], rows["done_by_id"] != 0),
            "late": late.astype(np.int64),
        },
        key=("item_id",),
        notes=_noted(len(rows), int(done.sum()), int(late.sum())),
    )


def _noted(every: int, done: int, late: int) -> tuple[Note, ...]:
    if not every:
        return ()
    text = Text(
        f"{every} 项，完成 {done} 项，逾期 {late} 项。", f"Items: {every}, of which done {done} and overdue {late}."
    )
    return (Note("done", text, every - done),)
