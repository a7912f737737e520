"""What was achieved before (历史业绩), in one view: contracts and won deals that count, and lines brought in.

    past = past_of(book, measure=CONTRACT, span=Period(12 * 2024, 12 * 2027))
    yearly_totals(book, measure=CONTRACT, first=2024, last=2026).by_unit      # the base of a plan, unit by unit
    season_history(book, measure=CONTRACT, last=2026)                         # for ``targets.seasonality``
    segment_totals(…), child_totals(…), opening_receivables(…)                # weights and balances

Contracts, won deals and receipts count as in ``targets.results``, so that a month here says what the board of that
month says; lines are added to them, those of 回款 only for months before receipts count. A company whose contracts of
a month are both here and in lines is told so by the reports: nothing is left out silently. All amounts are minor units
of one measure in its own tax basis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, among, between, equal, in_unit
from dacheng.core.history.schema import CUSTOMER, OPENING, SINGLE, TOTAL, UNDIVIDED
from dacheng.core.org.branches import branch_heads, branch_of
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.targets.results import ALWAYS, Counting, amount_in, cash_from, counting, won_amount_in
from dacheng.core.targets.schema import CASH, MARGIN
from dacheng.core.targets.seasonality import History
from dacheng.core.tree import UNKNOWN

A_CONTRACT, A_WON_DEAL, A_LINE, A_RECEIPT = 1, 2, 3, 4

CONTRACTS = """
    SELECT contract_id AS number, customer_id, unit_id, posted_day AS day, amount, amount_ex, cost, one_off
    FROM contract_credits {where} ORDER BY contract_id, part, owner_id"""
WON_DEALS = """
    SELECT deal_id AS number, customer_id, unit_id, closed_day AS day, amount, whole, tax_bp, part, share_bp, before_bp
    FROM credits {where} ORDER BY deal_id, part, owner_id"""
RECEIPTS = """
    SELECT allocation_id AS number, customer_id, unit_id, posted_day AS day, received
    FROM allocation_credits {where} ORDER BY allocation_id, part, owner_id"""
TYPES = """
    SELECT c.customer_id, c.segment_id FROM customers c JOIN segments s ON s.segment_id = c.segment_id
    WHERE s.dimension = :dimension ORDER BY c.customer_id"""
OWED = "SELECT CAST(SUM(open) AS BIGINT) AS owed FROM payment_terms {where}"
LINES = """
    SELECT actual_id AS number, customer_id, unit_id, day, segment_id, amount, kind, one_off
    FROM actuals {where} ORDER BY actual_id"""
BALANCES = "SELECT actual_id, unit_id, day, amount FROM actuals {where} ORDER BY day, actual_id"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which results are wanted.

    Args:
        unit: everything below it; direct: only what is placed at the unit itself.
        segment: only lines of it; undivided: only what no segment cuts, contracts too.
        regular: without one-off lines (大单).
        typed: contracts, won deals and receipts stand under the type of their account; else no segment cuts them.
    """

    unit: int | None = None
    direct: bool = False
    segment: int | None = None
    undivided: bool = False
    regular: bool = False
    typed: bool = False


EVERYTHING = Wanted()


@dataclass(frozen=True)
class Past:
    """Results of one measure, shape (n,) each; of a shared contract everybody's part by itself.

    Args:
        source: A_CONTRACT, A_WON_DEAL, A_LINE or A_RECEIPT; number: of the contract, deal, line or allocation.
        customer_id: 0 where none is told. segment_id: 0 where none cuts it.
        ym, year: the company's month and fiscal year in which it counts.
        amount: minor units, 0 where not ``known``.
        single: it is one sale and not a total of many. one_off: it may be left out of estimates.
    """

    source: IntArray
    number: IntArray
    customer_id: IntArray
    unit_id: IntArray
    segment_id: IntArray
    day: IntArray
    ym: IntArray
    year: IntArray
    amount: IntArray
    known: BoolArray
    single: BoolArray
    one_off: BoolArray
    homeless: int = 0

    def __len__(self) -> int:
        return len(self.source)

    def only(self, keep: BoolArray) -> Past:
        """Return the chosen results."""
        return _made(lambda name: getattr(self, name)[keep], self.homeless)

    @property
    def brought(self) -> BoolArray:
        """Return where a result is a line that was brought in."""
        lines: BoolArray = self.source == A_LINE
        return lines


@dataclass(frozen=True)
class Yearly:
    """Totals a fiscal year, {year: minor units}; a year without any known result is not there.

    Args:
        by_unit: by unit one level down, what belongs to the unit itself under its own number; they add up to ``whole``.
    """

    whole: Mapping[int, int]
    by_unit: Mapping[int, Mapping[int, int]]


def past_of(book: Book, *, measure: int, span: Period, wanted: Wanted = EVERYTHING) -> Past:
    """Return the results of a measure in a period, up to the as-of day, in at most four gathers, five by type.

    Results at units that do not stand in the Book's organisation are left out and counted in ``homeless``.
    """
    counts = counting(book, span)
    placed = in_unit(book, wanted.unit, wanted.direct) & INSIDE
    found = _recorded(book, measure, counts, placed, wanted.regular) if wanted.segment is None else []
    if wanted.typed and found:
        types = account_types(book)
        found = [replace(part, segment_id=types.of(part.customer_id)) for part in found]
    lines = _gathered(book, LINES, _of_lines(book, measure, counts.first, counts.end, wanted) & placed)
    found.append(_past(book, lines, A_LINE, lines["amount"], lines.known("amount")))
    whole = _made(lambda name: np.concatenate([getattr(part, name) for part in found]), 0)
    inside = book.tree.position_of(whole.unit_id) != UNKNOWN
    return replace(whole.only(inside), homeless=int((~inside).sum()))


@dataclass(frozen=True, eq=False)
class AccountTypes:
    """The type of each account that has one, as it stands on the as-of day (客户类型).

    Args:
        accounts: shape (k,), ids, ascending. segments: shape (k,), their segments.
    """

    accounts: IntArray
    segments: IntArray

    def of(self, customer_id: IntArray) -> IntArray:
        """Return the segment of each account, shape as given; 0 = it has none."""
        if not len(self.accounts):
            return np.zeros(len(customer_id), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.accounts, customer_id), len(self.accounts) - 1)
        found: IntArray = np.where(self.accounts[at] == customer_id, self.segments[at], UNDIVIDED)
        return found


def account_types(book: Book) -> AccountTypes:
    """Return the types of accounts, as far as they are of the dimension of customer types (R043)."""
    rows = book.gather(TYPES, dimension=CUSTOMER)
    return AccountTypes(rows["customer_id"], rows["segment_id"])


def recorded_by_type(book: Book, *, measure: int, span: Period, unit: int | None = None) -> Past | None:
    """Return what is recorded here by the type of the account, without what has none; None = no account has any.

    Source: R043, R021.
    """
    if not len(account_types(book).accounts):
        return None
    past = past_of(book, measure=measure, span=span, wanted=Wanted(unit, typed=True))
    return past.only(past.known & ~past.brought & (past.segment_id != UNDIVIDED))


def _recorded(book: Book, measure: int, counts: Counting, placed: Filter, regular: bool) -> list[Past]:
    """Return what is recorded here: contracts, those marked as one-off only if wanted, and won deals, or receipts."""
    if measure == CASH and counts.counts_cash:
        receipts = _gathered(book, RECEIPTS, counts.cash & placed)
        return [_past(book, receipts, A_RECEIPT, receipts["received"], receipts.known("received"))]
    if measure not in ALWAYS:
        return []
    contracts = _gathered(book, CONTRACTS, counts.contracts & placed & equal(one_off=0 if regular else None))
    found = [_past(book, contracts, A_CONTRACT, *amount_in(measure, counts, contracts))]
    if counts.won_deals:
        deals = _gathered(book, WON_DEALS, counts.deals & placed)
        found.append(_past(book, deals, A_WON_DEAL, *won_amount_in(measure, counts, deals)))
    return found


def lines_wanted(book: Book, measure: int, span: Period, wanted: Wanted) -> Filter:
    """Return the filter of the lines that count in a period up to the as-of day."""
    first, end = book.months.from_day(span), min(book.months.to_day(span), book.as_of_day + 1)
    placed = in_unit(book, wanted.unit, wanted.direct) & INSIDE
    return _of_lines(book, measure, first, end, wanted) & placed


def last_day_known(book: Book, measure: int, wanted: Wanted = EVERYTHING) -> int | None:
    """Return the last day up to the as-of day on which a line was brought in; None = there is none."""
    placed = in_unit(book, wanted.unit, wanted.direct) & INSIDE
    lines = _gathered(book, LINES, _of_lines(book, measure, 0, book.as_of_day + 1, wanted) & placed)
    return int(lines["day"].max()) if len(lines) else None


def sees(book: Book, measure: int) -> bool:
    """Tell whether the viewer may see lines of a measure: 毛利 tells cost, which not everybody may see."""
    return measure != MARGIN or "money-private" in book.scope.classes


def yearly_totals(
    book: Book, *, measure: int, first: int, last: int, unit: int | None = None, without_one_offs: bool = False
) -> Yearly:
    """Return what each fiscal year from the first to the last brought, in all and one level down.

    Args:
        unit: None = everything the viewer sees.
    """
    span = Period(book.rules.fiscal.year(first).from_ym, book.rules.fiscal.year(last).to_ym)
    past = past_of(book, measure=measure, span=span, wanted=Wanted(unit, regular=without_one_offs))
    past = past.only(past.known)
    branch = branches(book, unit, past)
    by_unit = {
        int(one): _totals(past.year[branch == one], past.amount[branch == one]) for one in np.unique(branch).tolist()
    }
    return Yearly(_totals(past.year, past.amount), by_unit)


def season_history(
    book: Book, *, measure: int, last: int, years: int = 3, unit: int | None = None, segment: int | None = None
) -> History:
    """Return what each month of the last years brought, for a seasonal index.

    A month without results between the first and the last one that have some brought nothing; before and after
    them nothing is known. One-off lines are ``excluded``; hand in the History without them to count them.

    Args:
        last: fiscal year, the last one; years: how many up to it.

    Returns:
        Amounts of shape (years, 12), by month of the fiscal year.
    """
    fiscal = book.rules.fiscal
    span = Period(fiscal.year(last - years + 1).from_ym, fiscal.year(last).to_ym)
    past = past_of(book, measure=measure, span=span, wanted=Wanted(unit, segment=segment))
    return seasons_in(past.only(past.known), span)


def seasons_in(past: Past, span: Period) -> History:
    """Return results of whole years as shape (years, 12); see ``season_history``."""
    amounts, excluded = np.zeros((2, len(span)), dtype=np.int64)
    at = past.ym - span.from_ym
    np.add.at(amounts, at, past.amount)
    np.add.at(excluded, at[past.one_off], past.amount[past.one_off])
    known = np.zeros(len(span), dtype=np.bool_)
    if len(at):
        known[at.min() : at.max() + 1] = True
    first = span.from_ym % MONTHS_PER_YEAR
    names = [month_name((first + one) % MONTHS_PER_YEAR) for one in range(MONTHS_PER_YEAR)]
    shape = (-1, MONTHS_PER_YEAR)
    return History(amounts.reshape(shape), known.reshape(shape), excluded.reshape(shape), names)


def segment_totals(book: Book, *, measure: int, span: Period, unit: int | None = None) -> Mapping[int, int]:
    """Return what each segment brought in a period; 0 = what none cuts, contracts among it."""
    past = past_of(book, measure=measure, span=span, wanted=Wanted(unit))
    past = past.only(past.known)
    return _totals(past.segment_id, past.amount)


def child_totals(book: Book, *, measure: int, span: Period, unit: int) -> Mapping[int, int]:
    """Return what each child unit brought in a period; the unit's own number holds what belongs to it directly."""
    past = past_of(book, measure=measure, span=span, wanted=Wanted(unit))
    past = past.only(past.known)
    return _totals(branches(book, unit, past), past.amount)


def opening_receivables(book: Book, *, day: int, unit: int | None = None) -> int | None:
    """Return what customers owed at the start of a day (期初应收), minor units; None where nobody told it.

    From the month on in which receipts count (rule ``cash.counted_from``) it is what was due and open the evening
    before; else of each unit the latest balance on or before the day: a balance is never added to an earlier one.
    """
    own = cash_from(book)
    if own is not None and own < day:
        return _owed(book.at(min(day - 1, book.as_of_day)), unit)
    wanted = equal(kind=OPENING, measure_id=CASH) & between("day", 0, min(day, book.as_of_day) + 1)
    rows = _gathered(book, BALANCES, wanted & in_unit(book, unit) & INSIDE)
    rows = rows.only(book.tree.position_of(rows["unit_id"]) != UNKNOWN)
    latest: dict[int, int] = dict(zip(rows["unit_id"].tolist(), rows["day"].tolist(), strict=True))
    holds = np.array([latest[one] for one in rows["unit_id"].tolist()], dtype=np.int64) == rows["day"]
    return int(rows["amount"][holds].sum()) if len(rows) else None


def _owed(book: Book, unit: int | None) -> int:
    """Return what is due by the Book's day and still open."""
    rows = _gathered(book, OWED, between("due_day", 0, book.as_of_day + 1) & in_unit(book, unit) & INSIDE)
    return int(rows["owed"][0]) if rows.known("owed")[0] else 0


def branches(book: Book, unit: int | None, past: Past) -> IntArray:
    """Return for each result the unit one level down that it belongs to, or where it is itself when to none."""
    return branch_of(book.tree, branch_heads(book, unit), past.unit_id)


def month_name(number: int) -> Text:
    """Return what people call a calendar month, 0 to 11."""
    return Text(f"{number + 1}月", MONTHS_EN[number])


MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _made(column: Callable[[str], Any], homeless: int) -> Past:
    """Return results of which each column is made by its name."""
    return Past(**{one.name: column(one.name) for one in fields(Past) if one.name != "homeless"}, homeless=homeless)


def _of_lines(book: Book, measure: int, first: int, end: int, wanted: Wanted) -> Filter:
    if not sees(book, measure):
        return among("kind", ())
    own = cash_from(book) if measure == CASH else None
    end = end if own is None else min(end, own)
    segment = UNDIVIDED if wanted.undivided else wanted.segment
    found = equal(measure_id=measure, segment_id=segment, one_off=0 if wanted.regular else None)
    return found & among("kind", (SINGLE, TOTAL)) & between("day", first, end)


def _gathered(book: Book, query: str, wanted: Filter) -> Rows:
    return book.gather(query.format(where=wanted.where), **wanted.params)


def _past(book: Book, rows: Rows, source: int, amount: IntArray, known: BoolArray) -> Past:
    nothing, always = np.zeros(len(rows), dtype=np.int64), np.ones(len(rows), dtype=np.bool_)
    is_line = source == A_LINE
    ym = book.months.ym_of(rows["day"])
    return Past(
        source=nothing + source,
        number=rows["number"],
        customer_id=np.where(rows.known("customer_id"), rows["customer_id"], 0),
        unit_id=rows["unit_id"],
        segment_id=rows["segment_id"] if is_line else nothing,
        day=rows["day"],
        ym=ym,
        year=book.rules.fiscal.year_of(ym),
        amount=np.where(known, amount, 0),
        known=known,
        single=rows["kind"] == SINGLE if is_line else always,
        one_off=rows["one_off"] == 1 if source in (A_LINE, A_CONTRACT) else ~always,
    )


def _totals(keys: IntArray, amounts: IntArray) -> dict[int, int]:
    found, at = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(found), dtype=np.int64)
    np.add.at(sums, at.reshape(-1), amounts)
    return dict(zip(found.tolist(), sums.tolist(), strict=True))
