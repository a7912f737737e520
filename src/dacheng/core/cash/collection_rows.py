"""What a figure of the collection forecast opens to: the payment terms and the opportunities behind it (R151)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book
from dacheng.core.cash.collecting import BY_MONTH, STEPS, ends_of, past_due, whose_of
from dacheng.core.cash.expecting import Coming, deals_coming, learned, terms_coming
from dacheng.core.cash.habit_notes import enough_note
from dacheng.core.crediting import Pool
from dacheng.core.deals import columns as shown
from dacheng.core.errors import Text
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import ranked, sliced
from dacheng.core.report import CustomerId, Day, Flag, PersonId, Rowspan, UnitId, choice, coded, number_of, report
from dacheng.core.table import EVERY_ROW, Table, TableColumn, column_of, table_of

DUE, COMING = 1, 2
SOURCES = (
    (DUE, "due", Text("应收未收", "Receivable")),
    (COMING, "coming", Text("已签将到期", "Signed, due later")),
)
UNIT = column_of("units", "unit_id", label=Text("组织", "Unit"), optional=True)
HISTORY = TableColumn(
    "history",
    "money",
    Text("预计回款", "Expected"),
    help=Text("这段日子里按付款历史会来的", "What comes in these days by paying history"),
)
BY_DUE = TableColumn(
    "by_due",
    "money",
    Text("按应收日", "By due date"),
    help=Text("这段日子里按应收日会来的", "What comes in these days by due date"),
)
TERM_COLUMNS = (
    column_of("payment_terms", "term_id"),
    column_of("payment_terms", "contract_id"),
    column_of("payment_terms", "customer_id"),
    column_of("payment_terms", "owner_id"),
    UNIT,
    column_of("payment_terms", "kind"),
    column_of("payment_terms", "due_day"),
    column_of("payment_terms", "expected_day", optional=True),
    TableColumn("days", "days", Text("逾期天数", "Days overdue"), help=Text("截至日 − 应收日", "As-of day − due day")),
    HISTORY,
    BY_DUE,
    column_of("payment_terms", "open"),
)
DEAL_COLUMNS = (shown.DEAL, shown.CUSTOMER, shown.OWNER, shown.UNIT, shown.SHARE, shown.EXPECTED, HISTORY, BY_DUE)


@report(
    "receivable/collection_terms",
    title=Text("回款预测明细", "Collection forecast by term"),
    help=Text(
        "一段日子里预计会来的款，一期一行，最多的在前；两种方法都是零的不列。没有选日子时是整个预测期。",
        "What is expected to come in a stretch of days, one row a payment term, the most first; those of which nothing "
        "comes by either method are left out. Without days: the whole forecast.",
    ),
    columns=TERM_COLUMNS,
    listed=False,
)
def collection_terms(
    book: Book,
    *,
    source: Annotated[str, coded(SOURCES)] | None = None,
    since: Day | None = None,
    until: Day | None = None,
    step: Annotated[str, choice(*STEPS)] = BY_MONTH,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List the payment terms behind a figure of the collection forecast (回款预测明细).

    Args:
        since, until: the first and last day; default the day after the as-of day to the end of the forecast.
            Nothing is expected on days that are over.
        step: whose weeks or months that end is.
    """
    start, ends = _stretch(book, since, until, step)
    known = learned(book)
    found = terms_coming(book, known, ends, whose_of(book, unit, direct, owner, customer), start)
    rows, is_due = found.rows, past_due(found.rows, book.as_of_day)
    which = {None: np.ones(len(rows), dtype=np.bool_), DUE: is_due, COMING: ~is_due}[number_of(SOURCES, source)]
    history, by_due = found.history[:, 0], found.by_due[:, 0]
    listed = np.flatnonzero(which & ((history != 0) | (by_due != 0)))
    apart = ~found.inside[listed]
    at = listed[sliced(_first_most(history[listed], apart, rows["term_id"][listed]), page)]
    judged = np.full(len(at), known.due is not None)
    return table_of(
        TERM_COLUMNS,
        rows.only(at),
        {
            "unit_id": (rows["unit_id"][at], found.inside[at]),
            "days": (book.as_of_day - rows["due_day"][at], rows.known("due_day")[at]),
            "history": (history[at], judged),
            "by_due": by_due[at],
        },
        key=("term_id",),
        totals=_totals(found, listed, known.due is not None) | {"open": int(rows["open"][listed][~apart].sum())},
        count=len(listed),
        outside=rows["unit_id"][at] == OUTSIDE,
        outside_count=int(apart.sum()),
        notes=shown.noted(enough_note(book, known), shown.outside_note(int(apart.sum()))),
        page=page,
    )


@report(
    "receivable/collection_deals",
    title=Text("将签合同的回款明细", "Collection forecast by opportunity"),
    help=Text(
        "一段日子里，未逾期的在途商机预计带来的回款：金额 × 赢率，预计签约之后按近来合同的付款。分成的只算各自的部分。",
        "What open opportunities are expected to bring in a stretch of days: amount × win rate, paid after the "
        "expected signing as contracts were of late. Of a shared one each person has his own part.",
    ),
    columns=DEAL_COLUMNS,
    listed=False,
)
def collection_deals(
    book: Book,
    *,
    since: Day | None = None,
    until: Day | None = None,
    step: Annotated[str, choice(*STEPS)] = BY_MONTH,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List the open opportunities behind a figure of the collection forecast.

    Args:
        since, until, step: as of ``receivable/collection_terms``.
    """
    start, ends = _stretch(book, since, until, step)
    known = learned(book)
    found = deals_coming(book, known, ends, whose_of(book, unit, direct, owner, customer), start)
    pool = Pool.of(found.rows)
    rows = pool.rows(found.rows)
    history, by_due = pool.sum(found.history[:, 0]), pool.sum(found.by_due[:, 0])
    listed = np.flatnonzero((history != 0) | (by_due != 0))
    apart = shown.outside(rows)[listed]
    at = listed[sliced(_first_most(history[listed], apart, rows["deal_id"][listed]), page)]
    judged = np.full(len(at), known.due is not None)
    pooled = Coming(rows, pool.counted, history[:, None], by_due[:, None], ~shown.outside(rows))
    return table_of(
        DEAL_COLUMNS,
        rows.only(at),
        {
            "unit_id": (rows["unit_id"][at], rows["unit_id"][at] != OUTSIDE),
            "share_ratio": rows["share_bp"][at] / BP_PER_WHOLE,
            "history": (history[at], judged),
            "by_due": by_due[at],
        },
        key=("deal_id",),
        totals=_totals(pooled, listed, known.due is not None),
        count=len(listed),
        outside=shown.outside(rows)[at],
        outside_count=int(apart.sum()),
        notes=shown.noted(enough_note(book, known), shown.outside_note(int(apart.sum()))),
        page=page,
    ).with_parts(int((~apart & ~pool.counted[listed]).sum()))


def _stretch(book: Book, since: int | None, until: int | None, step: str) -> tuple[int, IntArray]:
    """Return the day before a stretch and its last day, the latter as shape (1,); empty where it is over."""
    first = max(book.as_of_day + 1, since or 0)
    last = int(ends_of(book, step)[-1]) if until is None else until
    return first - 1, np.array([max(last, first - 1)], dtype=np.int64)


def _first_most(amounts: IntArray, apart: BoolArray, key: IntArray) -> IntArray:
    return ranked(amounts, np.ones(len(amounts), dtype=np.bool_), True, outside=apart, key=key)


def _totals(found: Coming, listed: IntArray, judged: bool) -> dict[str, int]:
    inside = listed[found.inside[listed]]
    history = {"history": int(found.history[inside, 0].sum())} if judged else {}
    return history | {"by_due": int(found.by_due[inside, 0].sum())}
