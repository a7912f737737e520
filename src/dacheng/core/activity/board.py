"""The action board (行动看板): planned and done this week, of everybody and every action (R053, R054)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.activity.schema import KINDS
from dacheng.core.activity.weeks import Weeks, monday_of, share_gone, weeks_to
from dacheng.core.book import Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, between, equal, in_unit
from dacheng.core.paging import sliced
from dacheng.core.period import Period
from dacheng.core.report import Flag, PeriodName, PersonId, Rowspan, UnitId, coded, number_of, report
from dacheng.core.table import EVERY_ROW, Drill, Note, Table, TableColumn, column_of, table_of

LOOKED_BACK = 14
"""Weeks looked at for a streak: a quarter of full weeks and the current one."""

_ROW = {"unit": "unit_id", "person": "person_id", "action": "kind"}
KIND = column_of("action_targets", "kind")
UNIT = TableColumn("unit_id", "ref", Text("组织", "Unit"), ref="units")
PERSON = column_of("action_targets", "person_id")
COLUMNS = (
    UNIT,
    PERSON,
    KIND,
    TableColumn(
        "planned",
        "count",
        Text("本周计划", "Planned"),
        help=Text("星期一所在月份的每周计划", "Planned a week in the month its Monday is in"),
    ),
    TableColumn(
        "times",
        "count",
        Text("本周完成", "Done"),
        judged="more",
        drill=Drill("targets/actions_done", take=_ROW, fixed={"direct": 1, "week": 1}),
        help=Text("星期一到截至日登记的次数", "Recorded from Monday to the as-of day"),
    ),
    TableColumn("today", "count", Text("当天", "Today"), judged="more", help=Text("截至日当天", "On the as-of day")),
    TableColumn(
        "done_ratio",
        "ratio",
        Text("完成率", "Rate"),
        judged="more",
        help=Text("本周完成 ÷ 本周计划", "Done ÷ planned; n/a without a plan or at 0"),
    ),
    TableColumn(
        "due",
        "number",
        Text("应到", "Due by now"),
        help=Text("本周计划 × 已过工作日 ÷ 本周工作日", "Planned × working days passed ÷ working days of the week"),
    ),
    TableColumn(
        "behind",
        "number",
        Text("落后", "Behind"),
        judged="less",
        difference=True,
        help=Text("应到 − 本周完成", "Due by now − done"),
    ),
    TableColumn(
        "streak",
        "count",
        Text("连续达标周", "Weeks met on end"),
        judged="more",
        help=Text("本周之前连续完成计划的整周数，最多看 13 周", "Full weeks on end before this that met their plan"),
    ),
)


@report(
    "targets/action_board",
    title=Text("行动看板", "Action board"),
    help=Text(
        "本周（星期一到截至日）每个人每种动作的计划与完成。不同的动作不能相加，所以只有选定一种动作才有合计；"
        "重点线索拜访同时也是拜访，两处都登记。",
        "Planned and done this week, Monday to the as-of day, of everybody and every action. Actions of different "
        "kinds do not add up, so there is a total for one kind only; a visit to a key lead is a visit as well, and is "
        "recorded as both.",
    ),
    columns=COLUMNS,
)
def action_board(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    person: PersonId | None = None,
    action: Annotated[str, coded(KINDS)] | None = None,
) -> Table:
    """Compare what was planned this week with what was done (行动看板).

    Source: R053, R054.
    """
    number = number_of(KINDS, action)
    found = weeks_to(book, LOOKED_BACK, in_unit(book, unit, direct) & equal(person_id=person, kind=number))
    found = _in_tree_order(book, found)
    gone, of = share_gone(book, found.monday)
    planned, done, known = found.planned[:, -1], found.done[:, -1], found.known[:, -1]
    due = planned * gone / of
    rated = known & (planned > 0)
    return table_of(
        COLUMNS,
        Rows({"unit_id": found.unit_id, "person_id": found.person_id, "kind": found.kind}),
        {
            "planned": (planned, known),
            "times": done,
            "today": found.today,
            "done_ratio": (done / np.where(planned > 0, planned, 1), rated),
            "due": (due, known),
            "behind": (due - done, known),
            "streak": found.streak,
        },
        key=("unit_id", "person_id", "kind"),
        totals=_totals(found) if number is not None else {},
        notes=_notes(found),
    )


def _in_tree_order(book: Book, found: Weeks) -> Weeks:
    """Return rows as the organisation stands, without those that neither plan nor do anything this week."""
    some = np.flatnonzero(found.known[:, -1] | (found.done[:, -1] > 0))
    order = some[np.lexsort((found.kind[some], found.person_id[some], book.tree.position_of(found.unit_id[some])))]
    return found.only(order)


def _totals(found: Weeks) -> dict[str, int | float | None]:
    """Return plain sums: a rate of all is not the sum of rates."""
    known = found.known[:, -1]
    return {
        "planned": int(found.planned[known, -1].sum()) if known.any() or not len(found) else None,
        "times": int(found.done[:, -1].sum()),
        "today": int(found.today.sum()),
    }


def _notes(found: Weeks) -> tuple[Note, ...]:
    without = int((~found.known[:, -1]).sum())
    return noted(
        Note(
            "without-plan",
            Text(f"{without} 行做了但没有计划。", f"Done without a plan: {without} rows."),
            without,
        )
    )


LIST_COLUMNS = (UNIT, PERSON, column_of("actions_done", "day"), KIND, column_of("actions_done", "times"))
LISTED = "SELECT unit_id, person_id, kind, day, times FROM actions_done {where} ORDER BY day DESC, person_id, kind"


@report(
    "targets/actions_done",
    title=Text("动作明细", "Actions in detail"),
    help=Text("登记的动作，最近的在前。", "Recorded actions, the latest first."),
    columns=LIST_COLUMNS,
    listed=False,
)
def actions_done(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    person: PersonId | None = None,
    action: Annotated[str, coded(KINDS)] | None = None,
    period: PeriodName | None = None,
    week: Flag = False,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List what was recorded (动作明细).

    Args:
        period: default everything up to the as-of day. week: only the week of the as-of day.

    Source: R053.
    """
    wanted = in_unit(book, unit, direct) & equal(person_id=person, kind=number_of(KINDS, action))
    wanted = wanted & _days(book, period, week)
    rows = book.gather(LISTED.format(where=wanted.where), **wanted.params)
    times = int(rows["times"].sum()) if action else None
    return table_of(
        LIST_COLUMNS,
        rows.only(sliced(np.arange(len(rows)), page)),
        key=("person_id", "day", "kind"),
        totals={"times": times} if action else {},
        count=len(rows),
        page=page,
    )


def _days(book: Book, period: Period | None, week: bool) -> Filter:
    first, end = 0, book.as_of_day + 1
    if period is not None:
        first, end = book.months.from_day(period), min(book.months.to_day(period), end)
    if week:
        first = max(first, monday_of(book.as_of_day))
    return between("day", first, end)
