"""What happened to the pipeline between two days: each deal in exactly one movement (R120).

A *view* is the scope of the Book narrowed by unit and owner, each day by its own
organisation. Only rows in the view are ever looked at, so a manager and the company see
the same movements of his unit, and nothing outside a scope can be told from inside.

The pipeline of a day is the view's open deals, with a signing period only those expected
to sign in it. A deal that enters is, in this order:

1. 重新打开 reopened — it was in the view, closed;
2. 移入签约期 pulled in — it was in the view, open, expected outside the signing period;
3. 新增 new — it was not in the view and was created after the first day;
4. 转入 transferred in — it was not in the view and existed already.

A deal that leaves is: 赢单 won or 丢单 lost when it is closed in the view, 移出签约期
slipped out when it is open in the view, 转出 transferred out when the view has it no more.
A deal in both pipelines is 金额增加 or 金额减少 when its amount differs. The amount of a shared
deal is that of the parts the view has; a deal of which the view has more or less than before is
转入 or 转出 with what that changes. A deal that came
and closed between the two days is in neither pipeline and in no movement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import pooled
from dacheng.core.deals.schema import LOST, OPEN, WON
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, among, days_of, equal, in_unit
from dacheng.core.period import Period

OPENING, NEW, REOPENED, PULLED_IN, TRANSFERRED_IN, UP = 1, 2, 3, 4, 5, 6
DOWN, SLIPPED_OUT, TRANSFERRED_OUT, WON_OUT, LOST_OUT, CLOSING = 7, 8, 9, 10, 11, 12
UNCHANGED = 0
ABSENT = -1

MOVES = (
    (OPENING, "opening", Text("期初", "Opening")),
    (NEW, "new", Text("新增", "New")),
    (REOPENED, "reopened", Text("重新打开", "Reopened")),
    (PULLED_IN, "pulled-in", Text("移入签约期", "Pulled in")),
    (TRANSFERRED_IN, "transferred-in", Text("转入", "Transferred in")),
    (UP, "amount-up", Text("金额增加", "Amount up")),
    (DOWN, "amount-down", Text("金额减少", "Amount down")),
    (SLIPPED_OUT, "slipped-out", Text("移出签约期", "Slipped out")),
    (TRANSFERRED_OUT, "transferred-out", Text("转出", "Transferred out")),
    (WON_OUT, "won", Text("赢单", "Won")),
    (LOST_OUT, "lost", Text("丢单", "Lost")),
    (CLOSING, "closing", Text("期末", "Closing")),
)

PIPELINE = "SELECT deal_id, unit_id, amount, created_day, part, share_bp FROM credits"
STANDING = "SELECT deal_id, unit_id, state, part, share_bp FROM credits"

View = Callable[[Book], Filter]


def view_of(unit: int | None, direct: bool, owner: int | None) -> View:
    """Return the filter of a view for the Book of either day."""
    return lambda book: INSIDE & in_unit(book, unit, direct) & equal(owner_id=owner)


@dataclass(frozen=True)
class Movements:
    """Every deal that is in the pipeline of either day, by id.

    Args:
        move: shape (n,), the movement, ``UNCHANGED`` for a deal that stayed as it was.
        before, after: shape (n,), the amount on each day; 0 where there is none.
        in_before, in_after: whether the deal is in the pipeline of that day.
        before_known, after_known: whether it is and has an amount.
        counted_before, counted_after: whether it is and counts: not where the view has only a part of it.
    """

    deal_id: IntArray
    move: IntArray
    before: IntArray
    after: IntArray
    in_before: BoolArray
    in_after: BoolArray
    before_known: BoolArray
    after_known: BoolArray
    counted_before: BoolArray
    counted_after: BoolArray

    def counted(self, move: int) -> BoolArray:
        """Return which deals of a line count."""
        if move in (OPENING, CLOSING):
            return self.counted_before if move == OPENING else self.counted_after
        return self.of(move) & (self.counted_before | self.counted_after)

    def of(self, move: int) -> BoolArray:
        """Return the deals of one line of the waterfall; opening and closing are whole pipelines."""
        if move == OPENING:
            return self.in_before
        if move == CLOSING:
            return self.in_after
        moved: BoolArray = self.move == move
        return moved

    def effect(self, move: int) -> IntArray:
        """Return what each deal adds to a line: its amount in opening and closing, else the change."""
        if move == OPENING:
            return self.before
        return self.after if move == CLOSING else self.after - self.before

    @property
    def without_amount(self) -> int:
        """Return how many deals have no amount on a day on which they are in the pipeline."""
        unknown = (self.counted_before & ~self.before_known) | (self.counted_after & ~self.after_known)
        return int(unknown.sum())


def movements(earlier: Book, later: Book, view: View, closing: Period | None) -> Movements:
    """Compare the pipelines of two days of the same viewer."""
    before, after = (_pipeline(book, view, closing) for book in (earlier, later))
    deal_id = np.union1d(before["deal_id"], after["deal_id"])
    in_before, was, was_known = _spread(before, deal_id)
    in_after, now, now_known = _spread(after, deal_id)
    had, has = _shares(before, deal_id), _shares(after, deal_id)
    changed = [has > had, has < had, now > was, now < was]
    move = np.select(changed, [TRANSFERRED_IN, TRANSFERRED_OUT, UP, DOWN], UNCHANGED)
    entered, left = in_after & ~in_before, in_before & ~in_after
    move[entered] = _entering(earlier, view, after, deal_id[entered])
    move[left] = _leaving(later, view, deal_id[left])
    counted = (np.isin(deal_id, rows["deal_id"][rows["part"] == 0]) for rows in (before, after))
    return Movements(deal_id, move, was, now, in_before, in_after, was_known, now_known, *counted)


def _pipeline(book: Book, view: View, closing: Period | None) -> Rows:
    wanted = view(book) & equal(state=OPEN) & days_of("expected_day", closing, book.months)
    rows = book.gather(f"{PIPELINE} {wanted.where}", **wanted.params)
    rows = pooled(rows, "amount")
    return rows.only(np.argsort(rows["deal_id"]))  # quicker than a database that walks its key to have them sorted


def _spread(rows: Rows, deal_id: IntArray) -> tuple[BoolArray, IntArray, BoolArray]:
    """Return for each of the deals whether it is among the rows, its amount, and whether that is known."""
    there = np.isin(deal_id, rows["deal_id"])
    amount, known = np.zeros(len(deal_id), dtype=np.int64), np.zeros(len(deal_id), dtype=np.bool_)
    amount[there] = np.where(rows.known("amount"), rows["amount"], 0)
    known[there] = rows.known("amount")
    return there, amount, known


def _shares(rows: Rows, deal_id: IntArray) -> IntArray:
    """Return what share of each deal is in the view; 0 where it is not among the rows."""
    share = np.zeros(len(deal_id), dtype=np.int64)
    share[np.searchsorted(deal_id, rows["deal_id"])] = rows["share_bp"]
    return share


def _entering(earlier: Book, view: View, after: Rows, deal_id: IntArray) -> IntArray:
    stood = _states(earlier, view, deal_id)
    created = after["created_day"][np.searchsorted(after["deal_id"], deal_id)]
    return np.select(
        [stood == OPEN, stood != ABSENT, created > earlier.as_of_day], [PULLED_IN, REOPENED, NEW], TRANSFERRED_IN
    )


def _leaving(later: Book, view: View, deal_id: IntArray) -> IntArray:
    stands = _states(later, view, deal_id)
    return np.select([stands == OPEN, stands == WON, stands == LOST], [SLIPPED_OUT, WON_OUT, LOST_OUT], TRANSFERRED_OUT)


def _states(book: Book, view: View, deal_id: IntArray) -> IntArray:
    """Return the state of each deal in the view, ``ABSENT`` where the view does not have it."""
    wanted = view(book) & among("deal_id", deal_id.tolist())
    rows = book.gather(f"{STANDING} {wanted.where}", **wanted.params)
    state = np.full(len(deal_id), ABSENT, dtype=np.int64)
    state[np.searchsorted(deal_id, rows["deal_id"])] = rows["state"]
    return state
