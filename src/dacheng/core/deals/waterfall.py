"""The pipeline waterfall (在途变动) and the deals of each of its lines (R120, G57)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import pooled
from dacheng.core.deals import columns as shown
from dacheng.core.deals.movements import MOVES, UNCHANGED, Movements, View, movements, view_of
from dacheng.core.deals.schema import STATES
from dacheng.core.errors import RuleError, Text
from dacheng.core.filtering import among
from dacheng.core.paging import in_order, sliced
from dacheng.core.period import date_of
from dacheng.core.report import Day, Flag, PeriodName, PersonId, Rowspan, UnitId, coded, number_of, report
from dacheng.core.table import EVERY_ROW, Drill, Page, Table, TableColumn, column_of, table_of

A_WEEK = 7
FILTERS = ("since", "unit", "direct", "owner", "closing")
MOVED = Drill("deals/moves", take={"move": "move"}, carry=FILTERS)

WATERFALL_COLUMNS = (
    TableColumn("move", "choice", Text("变动", "Movement"), choices=MOVES),
    TableColumn("deals", "count", Text("单数", "Opportunities"), drill=MOVED),
    TableColumn(
        "amount",
        "money",
        Text("金额", "Amount"),
        drill=MOVED,
        help=Text("期初 + 各项变动 = 期末", "Opening + all movements = closing"),
    ),
)

MOVES_COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    shown.UNIT,
    shown.STAGE,
    column_of("deals", "state", choices=STATES),
    TableColumn("move", "choice", Text("变动", "Movement"), choices=MOVES),
    TableColumn("before", "money", Text("起始金额", "Amount before")),
    TableColumn("after", "money", Text("截至金额", "Amount after")),
    TableColumn(
        "delta",
        "money",
        Text("影响", "Effect"),
        judged="more",
        help=Text(
            "截至日在途金额 − 起始日在途金额；期初、期末取当日金额",
            "Pipeline amount after − before; for opening and closing the amount of that day",
        ),
    ),
    column_of("deals", "expected_day", name="expected_before", label=Text("起始预计签约", "Expected before")),
    column_of("deals", "expected_day", name="expected_after", label=Text("截至预计签约", "Expected after")),
)

HELP = Text(
    "比较起始日与截至日两天结束时的在途商机，每单只归一项。新增：起始日之后才创建；转入：早已存在，起始日不在本范围；"
    "重新打开：起始日已关闭；移入、移出签约期：两天都在途，预计签约日进入或离开所选签约期；赢单、丢单：按起始日金额减少；"
    "转出：截至日不在本范围；金额增加、减少：两天都在，金额不同。两天之间新增又关闭的不出现。期初 + 各项变动 = 期末。",
    "Compares the pipelines at the end of the two days; every opportunity is in one movement only. New: created after "
    "the first day. Transferred in: existed, but not in this scope. Reopened: was closed. Pulled in, slipped out: open "
    "on both days, the expected signing entered or left the chosen period. Won, lost: leave with the amount of the "
    "first day. Transferred out: no longer in this scope. Amount up, down: there on both days with another amount. "
    "What came and closed in between does not appear. Opening + all movements = closing.",
)


@report("deals/waterfall", title=Text("在途变动", "Pipeline waterfall"), help=HELP, columns=WATERFALL_COLUMNS)
def waterfall(
    book: Book,
    *,
    since: Day | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    closing: PeriodName | None = None,
) -> Table:
    """Lead from the pipeline of one day to that of the as-of day (在途变动).

    Defined as::  opening + new + reopened + pulled in + transferred in + up - down
                  - slipped out - transferred out - won - lost = closing

    Args:
        since: the first day, its end; default a week before the as-of day.
        closing: only deals expected to sign in this period are in either pipeline.

    Source: R120; golden case G57.
    """
    moved = movements(_earlier(book, since), book, view_of(unit, direct, owner), closing)
    lines = [number for number, _, _ in MOVES]
    rows = Rows(
        {
            "move": np.array(lines, dtype=np.int64),
            "deals": np.array([moved.counted(line).sum() for line in lines], dtype=np.int64),
            "amount": np.array([moved.effect(line)[moved.of(line)].sum() for line in lines], dtype=np.int64),
        }
    )
    notes = shown.noted(shown.without_amount_note(moved.without_amount))
    return table_of(WATERFALL_COLUMNS, rows, key=("move",), notes=notes)


@report("deals/moves", title=Text("变动明细", "Pipeline movements"), help=HELP, columns=MOVES_COLUMNS, listed=False)
def moves(
    book: Book,
    *,
    move: Annotated[str, coded(MOVES)] | None = None,
    since: Day | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    closing: PeriodName | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List the deals of one line of the waterfall, the largest effect first (变动明细).

    Without a line: every deal that moved.
    """
    earlier, view = _earlier(book, since), view_of(unit, direct, owner)
    moved = movements(earlier, book, view, closing)
    line = number_of(MOVES, move)
    wanted = moved.move != UNCHANGED if line is None else moved.of(line)
    effect = moved.effect(line or UNCHANGED)
    counted = moved.counted_before | moved.counted_after if line is None else moved.counted(line)
    parts = int((wanted & ~counted).sum())
    at = np.flatnonzero(wanted)
    at = at[np.lexsort((moved.deal_id[at], -np.abs(effect[at])))]
    return _listed(earlier, book, view, moved, effect, at, page).with_parts(parts)


def _listed(
    earlier: Book, later: Book, view: View, moved: Movements, effect: IntArray, order: IntArray, page: Page
) -> Table:
    at = sliced(order, page)
    was, stood = _described(earlier, view, moved.deal_id[at])
    now, stands = _described(later, view, moved.deal_id[at])
    latest = {name: np.where(stands, now[name], was[name]) for name in was.columns}
    masks = {name: np.where(stands, now.known(name), was.known(name)) for name in was.columns}
    return table_of(
        MOVES_COLUMNS,
        Rows({**latest, "deal_id": moved.deal_id[at]}, masks),
        {
            "move": (moved.move[at], moved.move[at] != UNCHANGED),
            "before": (moved.before[at], moved.before_known[at]),
            "after": (moved.after[at], moved.after_known[at]),
            "delta": effect[at],
            "expected_before": (was["expected_day"], stood & was.known("expected_day")),
            "expected_after": (now["expected_day"], stands & now.known("expected_day")),
        },
        key=("deal_id",),
        totals={"delta": int(effect[order].sum())},
        count=len(order),
        page=page,
    )


DESCRIBED = """
    SELECT deal_id, customer_id, owner_id, unit_id, stage_id, state, expected_day, part, share_bp
    FROM credits"""


def _described(book: Book, view: View, deal_id: IntArray) -> tuple[Rows, BoolArray]:
    """Return the deals as they stand in a Book's view, and which of them do; others are left blank."""
    wanted = view(book) & among("deal_id", deal_id.tolist())
    found = pooled(book.gather(f"{DESCRIBED} {wanted.where} ORDER BY deal_id, part, owner_id", **wanted.params))
    there = np.isin(deal_id, found["deal_id"])
    placed = in_order(found, "deal_id", deal_id[there])
    columns, masks = {}, {}
    for name in found.columns:
        columns[name], masks[name] = np.zeros(len(deal_id), dtype=np.int64), np.zeros(len(deal_id), dtype=np.bool_)
        columns[name][there], masks[name][there] = placed[name], placed.known(name)
    return Rows(columns, masks), there


def _earlier(book: Book, since: int | None) -> Book:
    """Return the Book of the first day.

    Raises:
        RuleError: it lies after the as-of day.
    """
    day = book.as_of_day - A_WEEK if since is None else since
    if day > book.as_of_day:
        first, last = date_of(day), date_of(book.as_of_day)
        raise RuleError(
            Text(f"起始日 {first} 晚于截至日 {last}。", f"The first day {first} lies after the as-of day {last}."),
            Text("把起始日改到截至日或更早。", "Choose a first day on or before the as-of day."),
        )
    return book.at(day)
