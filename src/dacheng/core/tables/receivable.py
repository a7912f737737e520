"""The receivable table (应收未收表): every open payment term, one row each (R151, G21, G24)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.cash.ageing import Ageing, weighted_days
from dacheng.core.cash.schema import TERM_KINDS
from dacheng.core.cash.standing import ASKED, BANDS, OVERDUE, STATES, TODAY, WAITING, Standing, in_band, in_state, stand
from dacheng.core.deals.columns import noted, outside_note
from dacheng.core.delivery.waiting import expected_due
from dacheng.core.dunning.standing import dunned
from dacheng.core.dunning.worklist import DUNNED_COLUMNS
from dacheng.core.errors import Text
from dacheng.core.filtering import EVERYTHING, INSIDE, Filter, among, days_of, equal, in_unit, of_contract
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import in_order, ranked, sliced
from dacheng.core.report import (
    CustomerId,
    Flag,
    ParameterKind,
    PeriodName,
    PersonId,
    Rowspan,
    UnitId,
    coded,
    number_of,
    report,
    sorted_by,
    sorting,
)
from dacheng.core.table import EVERY_ROW, Bars, Drill, Note, Table, TableColumn, Values, column_of, table_of

ContractId = Annotated[int, ParameterKind("ref", "contracts")]
TermId = Annotated[int, ParameterKind("ref", "payment_terms")]

IN_SUMS = "SELECT term_id, unit_id, due_day, amount, allocated, written_off, open, disputed FROM payment_terms"
ON_PAGE = """
    SELECT term_id, contract_id, customer_id, owner_id, kind, expected_day, chance_bp, reason, collector_id
    FROM payment_terms"""
BILLED = """
    SELECT term_id, MAX(day) AS billed_day, CAST(SUM(amount) AS BIGINT) AS billed FROM invoices {where}
    GROUP BY term_id ORDER BY term_id"""
UNALLOCATED = "SELECT CAST(SUM(received) AS BIGINT) AS received, COUNT(*) AS there FROM allocations {where}"
TO_NOTHING = Filter(("term_id IS NULL",))

SORTS = ("due_day", "open", "amount", "allocated", "written_off", "days")
FILTERS = ("unit", "direct", "owner", "customer", "contract", "kind", "state", "band", "due", "disputed", "settled")
MONEY = ("amount", "allocated", "written_off", "open")
SAME_ROWS = Drill("tables/receivable", carry=FILTERS)

COLUMNS = (
    column_of("payment_terms", "term_id"),
    column_of("payment_terms", "contract_id"),
    column_of("payment_terms", "customer_id"),
    column_of("payment_terms", "owner_id"),
    column_of("units", "unit_id", label=Text("组织", "Unit"), optional=True),
    column_of("payment_terms", "kind"),
    column_of("payment_terms", "due_day"),
    TableColumn(
        "due_expected",
        "day",
        Text("预计应收日", "Expected to fall due"),
        optional=True,
        help=Text(
            "待触发的：所等里程碑的预计日加约定天数；里程碑推迟它就推迟，应收日要等完成才有",
            "Of what waits: the forecast of its milestone and the days agreed; it slips with the milestone, and is no "
            "due day until that is reached",
        ),
    ),
    TableColumn(
        "billed_day",
        "day",
        Text("开票日", "Invoiced on"),
        optional=True,
        help=Text("这一期最近一张发票的日子", "The day of its latest invoice"),
    ),
    TableColumn(
        "billed",
        "money",
        Text("已开票", "Invoiced"),
        optional=True,
        drill=Drill("receivable/invoices", take={"term": "term_id"}),
        help=Text("这一期的发票之和，红字为负", "Its invoices; credit notes are negative"),
    ),
    column_of("payment_terms", "amount", total_drill=SAME_ROWS),
    column_of(
        "payment_terms",
        "allocated",
        drill=Drill("receivable/allocations", take={"term": "term_id"}),
        total_drill=SAME_ROWS,
        help=Text("核销到这一期的收款", "What receipts were set against it"),
    ),
    column_of("payment_terms", "written_off", optional=True, judged="less", total_drill=SAME_ROWS),
    column_of("payment_terms", "open", judged="less", total_drill=SAME_ROWS),
    TableColumn(
        "state",
        "choice",
        Text("状态", "State"),
        choices=STATES,
        help=Text("应收日当天是今日到期，过了才算逾期", "On its due day it is due, overdue from the next day on"),
    ),
    TableColumn(
        "days",
        "days",
        Text("逾期天数", "Days overdue"),
        judged="less",
        help=Text("截至日 − 应收日；负数 = 还有几天到期", "As-of day − due day; below zero: days until it is due"),
    ),
    TableColumn(
        "band",
        "choice",
        Text("账龄", "Ageing"),
        choices=BANDS,
        help=Text("按逾期天数分段，规则 receivable.band_* 可改", "By days overdue; the rules receivable.band_*"),
    ),
    TableColumn(
        "provision",
        "money",
        Text("计提坏账", "Provision"),
        optional=True,
        judged="less",
        help=Text(
            "未收 × 该段比例，逐条四舍五入，规则 receivable.provision_*", "Open × the band's rate, rounded per row"
        ),
    ),
    column_of("payment_terms", "expected_day"),
    column_of("payment_terms", "chance_bp", name="chance_ratio", optional=True),
    column_of("payment_terms", "disputed", optional=True),
    column_of("payment_terms", "reason", optional=True),
    column_of("payment_terms", "collector_id", optional=True),
    *(replace(one, optional=True) for one in DUNNED_COLUMNS),
)


@report(
    "tables/receivable",
    title=Text("应收未收表", "Receivables"),
    help=Text(
        "截至日未收的付款条件，一期一行。未收 = 应收额 − 已收 − 已核销坏账；应收未收 = 到了应收日还没收的，"
        "逾期 = 过了应收日的。没有应收日的是待触发。还没核销的收款不减任何一期，单列在说明里。"
        "没有合同的发票自成一条。因授权才可见的单列在后，不计入合计。",
        "Payment terms that are not collected by the as-of day, one row each. Open = amount − collected − written "
        "off; receivable = due by the day and open, overdue = past due. A term without a due day waits for its event. "
        "Receipts that are allocated to nothing lower no term and are told in a note. An invoice without a contract "
        "is a row of its own. Rows seen only by a grant come last and enter no total.",
    ),
    columns=COLUMNS,
)
def receivable(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
    kind: Annotated[str, coded(TERM_KINDS)] | None = None,
    state: Annotated[str, coded(ASKED)] | None = None,
    band: Annotated[str, coded(BANDS)] | None = None,
    due: PeriodName | None = None,
    disputed: Flag = False,
    settled: Flag = False,
    sort: Annotated[str, sorting(*SORTS)] = "due_day",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List what is not collected (应收未收表).

    Args:
        state: default everything open; ``due`` is what is due today or overdue.
        due: the months they fall due in. settled: what is settled too.

    Source: R151; settled decision "Receivable"; golden cases G21 and G24.
    """
    whose = equal(owner_id=owner, customer_id=customer) & of_contract(book, contract) & in_unit(book, unit, direct)
    wanted = (
        whose
        & (EVERYTHING if settled and state is None else in_state(book, number_of(ASKED, state)))
        & in_band(book, number_of(BANDS, band))
        & equal(kind=number_of(TERM_KINDS, kind), disputed=1 if disputed else None)
        & days_of("due_day", due, book.months)
    )
    found = stand(book, book.gather(f"{IN_SUMS} {wanted.where}", **wanted.params))
    at = sliced(_order(found, sort), page)
    return table_of(
        _named(book),
        found.rows.only(at),
        _columns(book, found, at),
        key=("term_id",),
        totals={name: found.total(found.inside, name) for name in MONEY} | {"provision": _provided(found)},
        count=len(found.rows),
        outside=~found.inside[at],
        outside_count=int((~found.inside).sum()),
        notes=_notes(book, found, whose),
        bars=_bars(book, found),
        page=page,
        sort=sort,
    )


def _provided(found: Standing) -> int | None:
    """Return the provision of the rows that count; None where none of them has a due day, and so none a band."""
    dated = found.inside & found.dated
    return int(found.provision[dated].sum()) if dated.any() or not found.inside.any() else None


def _order(found: Standing, sort: str) -> IntArray:
    column, descending = sorted_by(sort, *SORTS)
    known = found.dated if column == "days" else found.rows.known(column)
    values = found.days if column == "days" else found.rows[column]
    return ranked(values, known, descending, outside=~found.inside, key=found.rows["term_id"])


def _columns(book: Book, found: Standing, at: IntArray) -> dict[str, Values | tuple[Values, BoolArray]]:
    """Return the columns of the rows on the page beside those gathered."""
    ids = found.rows["term_id"][at]
    narrow = among("term_id", ids.tolist()) if len(at) < len(found.rows) else EVERYTHING
    rows = _described(book.gather(f"{ON_PAGE} {narrow.where}", **narrow.params), ids)
    billed = _billed(book, ids, narrow)
    waits = found.state[at] == WAITING
    day, told = expected_due(book, ids[waits])
    expected, there = np.zeros(len(ids), dtype=np.int64), np.zeros(len(ids), dtype=np.bool_)
    expected[waits], there[waits] = day, told
    return {
        **{name: (rows[name], rows.known(name)) for name in rows.columns if name != "term_id"},
        **billed,
        **dunned(book, found.rows.only(at), narrow).columns(np.arange(len(at))),
        "due_expected": (expected, there),
        "unit_id": (found.rows["unit_id"][at], found.inside[at]),
        "chance_ratio": (rows["chance_bp"] / BP_PER_WHOLE, rows.known("chance_bp")),
        "state": found.state[at],
        "days": (found.days[at], found.dated[at]),
        "band": (found.band[at], found.dated[at]),
        "provision": (found.provision[at], found.dated[at]),
    }


def _described(rows: Rows, ids: IntArray) -> Rows:
    """Return what is only shown of terms, in the order of their ids."""
    return in_order(rows, "term_id", ids) if len(ids) else rows.only(np.zeros(0, dtype=np.int64))


def _billed(book: Book, ids: IntArray, narrow: Filter) -> dict[str, tuple[Values, BoolArray]]:
    """Return what was invoiced of each term and when last; nothing where there is no invoice."""
    wanted = narrow & Filter(("term_id IS NOT NULL",))
    sums = book.gather(BILLED.format(where=wanted.where), **wanted.params)
    place = {term: row for row, term in enumerate(sums["term_id"].tolist())}
    at = np.array([place.get(one, -1) for one in ids.tolist()], dtype=np.int64)
    there = at >= 0
    empty = np.zeros(len(ids), dtype=np.int64)
    return {
        name: (sums[name][np.where(there, at, 0)] if len(sums) else empty, there) for name in ("billed_day", "billed")
    }


def _named(book: Book) -> tuple[TableColumn, ...]:
    """Return the columns, the bands called as the rules of the day cut them."""
    labels = Ageing.of(book.rules).labels
    bands = tuple((number, code, label) for (number, code, _), label in zip(BANDS, labels, strict=True))
    return tuple(replace(one, choices=bands) if one.name == "band" else one for one in COLUMNS)


def _notes(book: Book, found: Standing, whose: Filter) -> tuple[Note, ...]:
    overdue, today, waiting = (found.state == one for one in (OVERDUE, TODAY, WAITING))
    return (
        *noted(
            _told(found, "due", found.due, Text("应收未收 {}，{n} 笔。", "Due and not collected: {} in {n} rows.")),
            _told(found, "today", today, Text("其中今日到期 {}，{n} 笔。", "Of it due today: {} in {n} rows.")),
            _told(found, "overdue", overdue, Text("逾期 {}，{n} 笔。", "Overdue: {} in {n} rows.")),
            _late(found),
            _told(
                found,
                "waiting",
                waiting,
                Text("待触发 {}，{n} 笔没有应收日。", "Waiting: {} in {n} rows without a due day."),
            ),
            _unallocated(book, whose),
        ),
        *noted(outside_note(int((~found.inside).sum()))),
    )


def _told(found: Standing, code: str, which: BoolArray, words: Text) -> Note:
    count = found.count(which)
    pattern = Text(words.zh.replace("{n}", str(count)), words.en.replace("{n}", str(count)))
    return Note.of_amounts(code, pattern, [found.total(which)], count)


def _late(found: Standing) -> Note:
    days = weighted_days(found.rows["open"][found.inside], np.where(found.dated, found.days, 0)[found.inside])
    told = f"{float(days):.1f}" if days is not None else ""
    return Note(
        "weighted-days",
        Text(f"逾期按金额加权 {told} 天。", f"Overdue by {told} days, weighted by amount."),
        1 if days is not None else 0,
    )


def _unallocated(book: Book, whose: Filter) -> Note:
    """Say what was collected and is not set against anything: it must not vanish, yet is of no contract."""
    amount = 0
    if not any(one.startswith("contract_id") for one in whose.conditions):
        wanted = whose & TO_NOTHING & INSIDE
        sums = book.gather(UNALLOCATED.format(where=wanted.where), **wanted.params)
        amount = int(sums["received"][0]) if len(sums) and sums.known("received")[0] else 0
    words = Text("未核销的收款 {}，不减任何一期。", "Collected and allocated to nothing: {}; no row is lowered by it.")
    return Note.of_amounts("unallocated", words, [amount], 1 if amount else 0)


def _bars(book: Book, found: Standing) -> tuple[Bars, ...]:
    """Break what is open down by ageing."""
    shown = found.inside & found.dated
    bands = np.unique(found.band[shown])
    amounts = np.array([found.total(shown & (found.band == band)) for band in bands.tolist()], dtype=np.int64)
    by = next(one for one in _named(book) if one.name == "band")
    return (Bars(Text("按账龄", "By ageing"), by, bands, amounts, "band", _OPEN),) if len(bands) > 1 else ()


_OPEN = next(column for column in COLUMNS if column.name == "open")
