"""The errors of the collection forecast (回款预测误差): both methods on days that are over (R151).

Each trial stands at the end of a month's first day, in the Book of that day: what was known then of terms, postings,
opportunities, owners and rules. What came in the days after it is read from today's Book. Both sides are placed by
today's organisation, so that a unit is not blamed for what moved since. Money that came for terms nobody knew of then
is part of what came, as it is of the till; ``of=known`` leaves it out on both sides and judges the habits alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.cash.collecting import Forecast, forecast_of, whose_of
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, between
from dacheng.core.period import Period
from dacheng.core.report import CustomerId, Flag, PeriodName, PersonId, UnitId, choice, report
from dacheng.core.table import Note, Table, TableColumn, fractions_known, table_of, whole_known

EVERYTHING, KNOWN = "all", "known"
OF = (
    (EVERYTHING, Text("全部回款", "All that came")),
    (KNOWN, Text("当时已有的款", "Terms known then")),
)
CAME = """
    SELECT term_id, posted_day, CAST(SUM(amount) AS BIGINT) AS amount, CAST(SUM(received) AS BIGINT) AS received
    FROM allocations {where} GROUP BY term_id, posted_day ORDER BY CASE WHEN term_id IS NULL THEN 1 ELSE 0 END,
    term_id, posted_day"""

COLUMNS = (
    TableColumn("day", "day", Text("试算日", "Standing on"), help=Text("当天结束时知道的", "As known by its end")),
    TableColumn("until", "day", Text("到", "To")),
    TableColumn(
        "history",
        "money",
        Text("按付款历史", "By history"),
        help=Text("当时会预计的回款", "What would have been expected then"),
    ),
    TableColumn("by_due", "money", Text("按应收日", "By due date")),
    TableColumn("came", "money", Text("实际回款", "Came")),
    TableColumn(
        "history_off",
        "money",
        Text("历史法偏差", "History off by"),
        judged="less",
        optional=True,
        help=Text("|按付款历史 − 实际|", "|By history − came|"),
    ),
    TableColumn(
        "due_off",
        "money",
        Text("应收日法偏差", "Due date off by"),
        judged="less",
        optional=True,
        help=Text("|按应收日 − 实际|", "|By due date − came|"),
    ),
    TableColumn(
        "history_error",
        "ratio",
        Text("历史法误差", "Error by history"),
        judged="less",
        help=Text("偏差 ÷ 实际；合计行是 WAPE：偏差之和 ÷ 实际之和", "Off ÷ came; in total WAPE: their sums divided"),
    ),
    TableColumn(
        "due_error",
        "ratio",
        Text("应收日法误差", "Error by due date"),
        judged="less",
        help=Text("偏差 ÷ 实际；合计行是 WAPE：偏差之和 ÷ 实际之和", "Off ÷ came; in total WAPE: their sums divided"),
    ),
)
MONEY = ("history", "by_due", "came", "history_off", "due_off")


@dataclass(frozen=True, slots=True)
class CollectionTrial:
    """What both methods said on a day, and what came in the days after it, minor units.

    Args:
        history: None = too little was seen then.
    """

    day: int
    until: int
    history: int | None
    by_due: int
    came: int

    @property
    def history_off(self) -> int | None:
        """Return how far paying history was off."""
        return None if self.history is None else abs(self.history - self.came)

    @property
    def due_off(self) -> int:
        """Return how far the due dates were off."""
        return abs(self.by_due - self.came)


def wape(off: Sequence[int], came: Sequence[int]) -> Fraction | None:
    """Return the weighted error: how far trials were off, by what came; None where nothing came.

    >>> wape([10, 30], [100, 300]), wape([5], [0])
    (Fraction(1, 10), None)
    """
    return Fraction(sum(off), sum(came)) if sum(came) > 0 else None


@report(
    "receivable/collection_errors",
    title=Text("回款预测误差", "Errors of the collection forecast"),
    help=Text(
        "两种方法在过去每个月的第一天结束时会预计多少、之后若干天实际来了多少（规则 cash.error_days）。"
        "只用当时知道的；组织按今日口径。合计行的误差是 WAPE。全部回款含当时还没有的款：没有开的发票、没有签的合同；"
        "只看当时已有的款时，两边都不含它。历史不足的月份不算误差，两种方法都不算。",
        "What both methods would have expected at the end of the first day of past months, and what came in the days "
        "after it (rule cash.error_days). By what was known then; placed by today's organisation. The error in total "
        "is WAPE. All that came includes terms nobody had then: invoices not posted, contracts not signed; of the "
        "terms known then, both sides leave it out. Months with too little history are judged for neither method.",
    ),
    columns=COLUMNS,
)
def collection_errors(
    book: Book,
    *,
    of: Annotated[str, choice(*OF)] = EVERYTHING,
    tried: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
) -> Table:
    """Back-test the collection forecast by history and by due date (回款预测误差).

    Args:
        of: everything that came, or only of the terms known on each day.
        tried: whose month starts are tried; default the latest ones whose days are over, by rule.

    Source: R151.
    """
    found = [
        one
        for one in trials_of(book, of, tried, unit, direct, owner, customer)
        if one.by_due or one.history or one.came
    ]
    judged = [one for one in found if one.history_off is not None]
    came = [one.came for one in judged]
    errors = {
        "history_error": [None if one.history_off is None else wape([one.history_off], [one.came]) for one in found],
        "due_error": [None if one.history_off is None else wape([one.due_off], [one.came]) for one in found],
    }
    whole = wape([one.history_off or 0 for one in judged], came), wape([one.due_off for one in judged], came)
    return table_of(
        COLUMNS,
        Rows({name: np.array([getattr(one, name) for one in found], dtype=np.int64) for name in ("day", "until")}),
        {name: whole_known([getattr(one, name) for one in found]) for name in MONEY}
        | {name: fractions_known(values) for name, values in errors.items()},
        key=("day",),
        totals={
            **{name: sum(getattr(one, name) or 0 for one in judged) for name in MONEY},
            **{name: float(one) for name, one in zip(errors, whole, strict=True) if one is not None},
        },
        notes=_notes(len(found) - len(judged)),
    )


def trials_of(
    book: Book,
    of: str,
    tried: Period | None,
    unit: int | None,
    direct: bool,
    owner: int | None,
    customer: int | None,
) -> list[CollectionTrial]:
    """Return the trials of days that are over, by day."""
    length = book.rules.number("cash.error_days")
    alike = replace(book, basis="today", today=book.as_of_day)
    now = alike.at(book.as_of_day)
    days = _days(book, tried, length)
    if not days:
        return []
    wanted = (
        whose_of(now, unit, direct, owner, customer)
        & INSIDE
        & between("posted_day", days[0] + 1, days[-1] + length + 1)
    )
    came = now.gather(CAME.format(where=wanted.where), **wanted.params)
    found = []
    for day in days:
        then = alike.at(day)
        expected = forecast_of(
            then, np.array([day + length], dtype=np.int64), whose_of(then, unit, direct, owner, customer)
        )
        found.append(_trial(expected, came, day, day + length, of))
    return found


def _days(book: Book, tried: Period | None, length: int) -> list[int]:
    """Return the month starts to try, ascending: those whose days after are over."""
    last = int(book.months.ym_of(book.as_of_day - length))
    months: IntArray = (
        last + 1 - np.arange(book.rules.number("cash.error_months"), 0, -1, dtype=np.int64)
        if tried is None
        else tried.months()
    )
    starts = [int(book.months.first_day_of(one)) for one in months.tolist()]
    return [one for one in starts if one + length <= book.as_of_day]


def _trial(expected: Forecast, came: Rows, day: int, until: int, of: str) -> CollectionTrial:
    """Return what was expected on a day beside what came."""
    within = (came["posted_day"] > day) & (came["posted_day"] <= until)
    judged = expected.known.due is not None
    if of == KNOWN:
        own = expected.terms.rows["term_id"][expected.terms.inside]
        of_known = within & came.known("term_id") & np.isin(came["term_id"], own)
        history, by_due = (int(one[0]) for one in expected.terms.summed())
        return CollectionTrial(day, until, history if judged else None, by_due, int(came["amount"][of_known].sum()))
    history = sum(int(one[0]) for one in expected.parts.values())
    return CollectionTrial(
        day, until, history if judged else None, int(expected.by_due[0]), int(came["received"][within].sum())
    )


def _notes(unjudged: int) -> tuple[Note, ...]:
    return noted(
        Note(
            "no-history",
            Text(
                f"{unjudged} 个月初的付款历史不足，不算误差，也不在合计里。",
                f"{unjudged} month starts had too little paying history: they have no error and are not in the totals.",
            ),
            unjudged,
        )
    )
