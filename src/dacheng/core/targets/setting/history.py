"""三年历史 (three years of history): churn, repurchase, average ticket and how it varies, year by year (R021)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import Text
from dacheng.core.table import Note


@dataclass(frozen=True, slots=True)
class YearOfHistory:
    """What contracts say of one year; None = n/a.

    Args:
        customers: how many bought. amount: minor units of contracts of known amount.
        growth: of the amount over the year before; None without one above zero.
        churn: part of the customers of the year before who did not buy; None where nobody had bought.
        repurchase: part of the customers with two contracts or more in the year; None where nobody bought.
        ticket: average known amount of a contract, minor units; None where no amount is known.
        ticket_cv: standard deviation ÷ mean of the known amounts; None where the mean is not above zero.
        unpriced: contracts whose amount is not known; they are in no amount.
    """

    year: int
    customers: int
    contracts: int
    amount: int | None
    growth: Fraction | None
    churn: Fraction | None
    repurchase: Fraction | None
    ticket: Fraction | None
    ticket_cv: float | None
    unpriced: int


@dataclass(frozen=True, slots=True)
class History:
    """Years in their order, and a note where there are fewer than asked for."""

    years: tuple[YearOfHistory, ...]
    notes: tuple[Note, ...]


def history_of(
    customer_id: IntArray, year: IntArray, amount: IntArray, known: BoolArray, *, first: int, last: int, enough: int
) -> History:
    """Return what contracts say of each year from the first to the last, one by one without a gap.

    Churn of the first year looks at the year before it, which may be handed in too. Repurchase counts within
    the year. The variation is of the whole, not of a sample.

    Args:
        customer_id, year, amount, known: shape (n,), one contract each; amount in minor units where known.
        first, last: years, inclusive. enough: from so many years with contracts on there is no banner.

    Source: R021, glossary 流失率/复购率.
    """
    found: list[YearOfHistory] = []
    before = _of_year(customer_id, year, amount, known, first - 1)
    for one in range(first, last + 1):
        own = _of_year(customer_id, year, amount, known, one)
        found.append(_year(one, own, before))
        before = own
    with_contracts = sum(one.contracts > 0 for one in found)
    return History(tuple(found), () if with_contracts >= enough else (_banner(with_contracts, enough),))


@dataclass(frozen=True, slots=True)
class _Contracts:
    customer_id: IntArray
    priced: list[int]

    @property
    def amount(self) -> int | None:
        return sum(self.priced) if self.priced or not len(self.customer_id) else None


def _of_year(customer_id: IntArray, year: IntArray, amount: IntArray, known: BoolArray, one: int) -> _Contracts:
    own = year == one
    return _Contracts(customer_id[own], amount[own & known].tolist())


def _year(one: int, own: _Contracts, before: _Contracts) -> YearOfHistory:
    buyers, times = np.unique(own.customer_id, return_counts=True)
    earlier = np.unique(before.customer_id)
    ticket = Fraction(sum(own.priced), len(own.priced)) if own.priced else None
    return YearOfHistory(
        year=one,
        customers=len(buyers),
        contracts=len(own.customer_id),
        amount=own.amount,
        growth=Fraction(own.amount, before.amount) - 1 if own.amount is not None and (before.amount or 0) > 0 else None,
        churn=_part(int((~np.isin(earlier, buyers)).sum()), len(earlier)),
        repurchase=_part(int((times > 1).sum()), len(buyers)),
        ticket=ticket,
        ticket_cv=_variation(own.priced, ticket) if ticket is not None and ticket > 0 else None,
        unpriced=len(own.customer_id) - len(own.priced),
    )


def _part(of: int, whole: int) -> Fraction | None:
    return Fraction(of, whole) if whole else None


def _variation(amounts: list[int], mean: Fraction) -> float:
    """Return standard deviation ÷ mean; the variance is exact, the root is only shown."""
    variance = Fraction(sum(one * one for one in amounts), len(amounts)) - mean * mean
    return sqrt(variance / (mean * mean))


def _banner(seen: int, enough: int) -> Note:
    message = Text(
        f"只有 {seen} 年有合同，不到 {enough} 年：流失率、复购率和客单价说明不了趋势。",
        f"Only {seen} years have contracts, fewer than {enough}: churn, repurchase and ticket tell no trend.",
    )
    return Note("few-years", message, seen)
