"""Drivers as the Book shows them (驱动因素的历史): new and existing customers, ticket and purchases of past periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book
from dacheng.core.errors import Text
from dacheng.core.history.past import Past, Wanted, past_of
from dacheng.core.history.years import Sales, single_sales
from dacheng.core.period import Period, ym_at
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.targets.setting.drivers import Drivers, DriverSet

FIRST_YM = ym_at(1970, 1)
"""Who bought at any time before is no new customer."""

NOT_BEGUN = Text("这个期间还没开始。", "The period has not begun.")
NOTHING = Text("没有成交记录。", "There is no sale on record.")
NO_CUSTOMERS = Text("业绩只有合计或没有客户，看不出客户数。", "Its results are totals or name no account.")
NOTHING_BEFORE = Text(
    "没有更早的成交记录，分不出新老客户。",
    "There is no earlier sale on record, so new and existing customers cannot be told apart.",
)


@dataclass(frozen=True, slots=True)
class PastSet:
    """The drivers of a period as its single sales show them.

    Args:
        result: minor units of contract value of the period, as the board counts it; None = nothing is on record.
            What of it names no account or is a total of many sales is in no driver.
        complete: the period is over at the end of the as-of day.
    """

    span: Period
    drivers: DriverSet
    result: int | None
    complete: bool


def past_sets(book: Book, unit: int | None, spans: Sequence[Period]) -> tuple[PastSet, ...]:
    """Return the drivers of each period, up to the as-of day.

    New = whose first sale on record at the unit and below lies in the period; existing = who bought there before.
    Ticket = amount ÷ sales; purchases = sales ÷ customers, so that the product is the amount exactly. Sales are
    those of ``history/years``: contracts, won opportunities that count, and lines of one account on one day.

    Source: R021, R022.
    """
    if not spans:
        return ()
    everything = Period(FIRST_YM, max(one.to_ym for one in spans))
    past = past_of(book, measure=CONTRACT, span=everything, wanted=Wanted(unit))
    past = past.only(past.known)
    sales = single_sales(past)
    return tuple(_set_of(book, span, past, sales.only(sales.customer_id > 0)) for span in spans)


def _set_of(book: Book, span: Period, past: Past, sales: Sales) -> PastSet:
    own, named = _within(past, span), _within(sales, span)
    result = int(past.amount[own].sum()) if own.any() else None
    complete = book.as_of_day >= book.months.to_day(span) - 1
    earlier = np.unique(sales.customer_id[sales.ym < span.from_ym])
    why = _unknown(book, span, own, named, len(earlier))
    if why is not None:
        return PastSet(span, DriverSet(why=why), result, complete)
    bought = sales.only(named)
    again = np.isin(bought.customer_id, earlier)
    return PastSet(span, DriverSet(_drivers(bought.only(~again)), _drivers(bought.only(again))), result, complete)


def _within(rows: Past | Sales, span: Period) -> BoolArray:
    inside: BoolArray = (rows.ym >= span.from_ym) & (rows.ym < span.to_ym)
    return inside


def _unknown(book: Book, span: Period, own: BoolArray, named: BoolArray, earlier: int) -> Text | None:
    """Return why the drivers of a period are not known."""
    if book.as_of_day < book.months.from_day(span):
        return NOT_BEGUN
    if not named.any():
        return NO_CUSTOMERS if own.any() else NOTHING
    return None if earlier else NOTHING_BEFORE


def _drivers(sales: Sales) -> Drivers:
    many, people = len(sales.amount), len(np.unique(sales.customer_id))
    if not many:
        return Drivers(customers=Fraction())
    return Drivers(Fraction(people), Fraction(int(sales.amount.sum()), many), Fraction(many, people))


def latest_told(sets: Sequence[PastSet]) -> PastSet | None:
    """Return the first of the sets that is over and told; None where none is."""
    return next((one for one in sets if one.complete and one.drivers.told), None)
