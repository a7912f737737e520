"""What the company's own past says of an estimate's inputs: yearly figures, the funnel, margin, people, three years.

What is not known stays unknown. The year before the planned one may not be over yet: then its
figure is the forecast, done and weighted open deals, and said to be one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import pooled
from dacheng.core.deals.averages import average_of
from dacheng.core.deals.funnel import steps_of
from dacheng.core.deals.passing import ENTERED, LOST_HERE, ON, Passing, passing
from dacheng.core.deals.reverse import open_amounts, standing
from dacheng.core.deals.schema import OPEN
from dacheng.core.deals.segments import together
from dacheng.core.estimates.driving import PastSet, past_sets
from dacheng.core.estimates.inputs import YEARS_BACK
from dacheng.core.estimates.question import Question
from dacheng.core.filtering import INSIDE, Filter, between, equal, in_unit
from dacheng.core.history.past import Past as Results
from dacheng.core.history.past import Wanted, opening_receivables
from dacheng.core.history.past import past_of as results_of
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.org.capacity import capacity_of, staff_of
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.tables.forecast import outlook
from dacheng.core.tables.sizes import wins_in
from dacheng.core.targets.results import APPROVED, ORDERS, counting
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.targets.setting.guidance import BusinessFacts
from dacheng.core.targets.setting.history import History, history_of
from dacheng.core.tree import UNKNOWN

CONTRACTS = """
    SELECT contract_id, customer_id, posted_day, amount FROM contract_credits {where}
    ORDER BY contract_id, part, owner_id"""
MARGINS = """
    SELECT CAST(SUM(amount_ex - cost) AS BIGINT) AS margin,
        CAST(SUM(CASE WHEN cost IS NOT NULL THEN amount_ex END) AS BIGINT) AS amount_ex
    FROM contract_credits {where}"""
WITH_CUSTOMER = Filter(("customer_id IS NOT NULL",))
FTE_AT = 1
"""Where full-time equivalents stand among the figures of capacity."""


@dataclass(frozen=True, slots=True)
class PastStep:
    """A stage of the funnel as the last twelve months show it.

    Args:
        moved, closed: how many moved on, of how many that were decided. prior: baseline, else all stages' rate.
        open_amount: minor units; None = not known.
    """

    stage_id: int
    moved: int
    closed: int
    prior: Fraction | None
    open_amount: int | None


@dataclass(frozen=True, slots=True)
class Past:
    """What the company's past says; None = not known.

    Args:
        actual: minor units of the three years before, the latest first. one_offs: of them, what large single deals
            brought that may be left out. receivable: what customers owe at the start of the year.
        forecast: the latest of them is not over and its figure a forecast.
        leads: how many deals entered the first stage in the last twelve whole months.
        average: minor units a win brought in them; wins: how many there were.
        margin: gross margin of contracts of known cost in them, 0–1.
        people: full-time equivalents at the unit and below on the as-of day.
        drivers: of the three years before, the latest first; none but of contract value.
    """

    actual: tuple[int | None, ...]
    one_offs: tuple[int, ...]
    receivable: int | None
    forecast: bool
    leads: int | None
    steps: tuple[PastStep, ...]
    average: Fraction | None
    wins: int
    margin: Fraction | None
    people: Fraction | None
    facts: BusinessFacts
    history: History
    drivers: tuple[PastSet, ...] = ()


def past_of(book: Book, asked: Question) -> Past:
    """Return what the company's past says of an estimate's inputs, as far as the viewer sees it."""
    span = last_twelve_months(book)
    won = pooled(wins_in(book, span, asked.unit_id, False, None), "amount")
    segment = together(won)
    contract = asked.measure_id == CONTRACT
    steps, leads = _funnel(book, asked.unit_id, span) if contract else ((), None)
    found = results_of(book, measure=asked.measure_id, span=_years_before(asked), wanted=Wanted(asked.unit_id))
    found = found.only(found.known)
    rows = _with_lines(_contracts(book, asked), found)
    back = range(1, YEARS_BACK + 1)
    return Past(
        actual=tuple(_done(book, asked, found, one) for one in back),
        one_offs=tuple(_sum(found.amount[found.one_off & (found.year == asked.number - one)]) for one in back),
        receivable=opening_receivables(book, day=book.months.from_day(asked.year), unit=asked.unit_id),
        forecast=_is_open(book, _year_before(asked, 1)),
        leads=leads,
        steps=steps,
        average=average_of(segment.amounts, book.rules.word("setting.average"), segment.parts) if contract else None,
        wins=segment.won,
        margin=_margin(book, asked.unit_id, span),
        people=_people(book, asked.unit_id),
        facts=_facts(book, rows, span, segment.amounts, segment.won),
        history=_history(book, asked, rows),
        drivers=past_sets(book, asked.unit_id, [_year_before(asked, one) for one in back]) if contract else (),
    )


def last_twelve_months(book: Book) -> Period:
    """Return the twelve whole months before the month of the as-of day."""
    month = int(book.months.ym_of(book.as_of_day))
    return Period(month - MONTHS_PER_YEAR, month)


def _year_before(asked: Question, back: int) -> Period:
    months = back * MONTHS_PER_YEAR
    return Period(asked.year.from_ym - months, asked.year.to_ym - months)


def _is_open(book: Book, year: Period) -> bool:
    """Tell whether a year has begun and is not over at the end of the as-of day."""
    return book.months.from_day(year) <= book.as_of_day < book.months.to_day(year) - 1


def _done(book: Book, asked: Question, found: Results, back: int) -> int | None:
    """Return what a year brought; of one that is not over, its forecast; None where nothing is recorded."""
    year, own = _year_before(asked, back), found.year == asked.number - back
    if _is_open(book, year) and asked.measure_id in counting(book, year).known:
        forecast = _forecast(book, asked, year)
        return None if forecast is None else forecast + _sum(found.amount[own & found.brought])
    return _sum(found.amount[own]) if own.any() else None


def _sum(amounts: IntArray) -> int:
    return int(amounts.sum())


def _years_before(asked: Question) -> Period:
    return Period(_year_before(asked, YEARS_BACK).from_ym, asked.year.from_ym)


def _forecast(book: Book, asked: Question, year: Period) -> int | None:
    whole = outlook(book, year, asked.unit_id, asked.measure_id, False)
    if not len(whole.board):
        return None
    summed = whole.summed()
    there = summed.board.done_known.all() and (summed.weighted.counted.sum() or summed.board.done.sum())
    return int(summed.forecast.sum()) if there else None


# The funnel --------------------------------------------------------------------------------------


def _funnel(book: Book, unit: int, span: Period) -> tuple[tuple[PastStep, ...], int | None]:
    """Return the open stages of the set that most deals entered in a period, and how many entered its first one."""
    passed = passing(book, period=span, by="cohort", unit=unit, cohort_alone=True)
    stages, _ = steps_of(passed)
    chosen = _busiest(passed, stages.only(stages["state"] == OPEN))
    if not len(chosen):
        return (), None
    on, lost = (
        np.array([len(passed.line(number, int(one))) for one in chosen["stage_id"]], dtype=np.int64)
        for number in (ON, LOST_HERE)
    )
    amounts, known = standing(chosen, open_amounts(book, unit, False, None))["open_amount"]
    steps = tuple(
        PastStep(
            int(chosen["stage_id"][at]),
            int(on[at]),
            int(on[at] + lost[at]),
            _prior(chosen, at, on, lost),
            int(amounts[at]) if known[at] else None,
        )
        for at in range(len(chosen))
    )
    entered = [len(passed.line(ENTERED, one.stage_id)) for one in steps]
    there = any(entered) or any(one.open_amount for one in steps)
    return (steps if there else ()), entered[0] or None


def _busiest(passed: Passing, stages: Rows) -> Rows:
    """Return the stages of the set that most deals entered; of sets alike the first."""
    sets = np.unique(stages["set_id"])
    entered = [
        sum(len(passed.line(ENTERED, int(one))) for one in stages["stage_id"][stages["set_id"] == own]) for own in sets
    ]
    return stages.only(stages["set_id"] == sets[int(np.argmax(entered))]) if len(sets) else stages


def _prior(stages: Rows, at: int, on: IntArray, lost: IntArray) -> Fraction | None:
    if stages.known("baseline_bp")[at]:
        return Fraction(int(stages["baseline_bp"][at]), BP_PER_WHOLE)
    decided = int((on + lost).sum())
    return Fraction(int(on.sum()), decided) if decided else None


# Margin and people -------------------------------------------------------------------------------


def _margin(book: Book, unit: int, span: Period) -> Fraction | None:
    wanted = _posted(book, unit, span)
    found = book.gather(MARGINS.format(where=wanted.where), **wanted.params)
    known = found.known("margin")[0] and found.known("amount_ex")[0]
    amount_ex = int(found["amount_ex"][0])
    return Fraction(int(found["margin"][0]), amount_ex) if known and amount_ex > 0 else None


def _posted(book: Book, unit: int, span: Period) -> Filter:
    end = min(book.months.to_day(span), book.as_of_day + 1)
    posted = between("posted_day", book.months.from_day(span), end) & INSIDE & in_unit(book, unit) & APPROVED
    return posted if book.rules.frameworks_count else posted & ORDERS


def _people(book: Book, unit: int) -> Fraction | None:
    at = book.tree.position_of(unit)
    if at == UNKNOWN:
        return None
    fte = int(capacity_of(book.tree, staff_of(book))[at, FTE_AT])
    return Fraction(fte, BP_PER_WHOLE) if fte > 0 else None


# Three years of contracts ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Contracts:
    customer: IntArray
    day: IntArray
    amount: IntArray
    known: BoolArray


def _contracts(book: Book, asked: Question) -> _Contracts:
    """Return the contracts of the unit that count in the years before and the one before those, without one-offs."""
    first = _year_before(asked, YEARS_BACK + 1).from_ym
    wanted = _posted(book, asked.unit_id, Period(first, asked.year.from_ym)) & equal(part=0, one_off=0) & WITH_CUSTOMER
    rows = book.gather(CONTRACTS.format(where=wanted.where), **wanted.params)
    return _Contracts(rows["customer_id"], rows["posted_day"], rows["amount"], rows.known("amount"))


def _with_lines(rows: _Contracts, found: Results) -> _Contracts:
    """Return contracts followed by single sales that were brought in line by line, of known customers, no one-offs."""
    lines = found.only(found.brought & found.single & ~found.one_off & (found.customer_id > 0))
    return _Contracts(
        np.concatenate((rows.customer, lines.customer_id)),
        np.concatenate((rows.day, lines.day)),
        np.concatenate((rows.amount, lines.amount)),
        np.concatenate((rows.known, lines.known)),
    )


def _history(book: Book, asked: Question, rows: _Contracts) -> History:
    year = np.asarray(book.rules.fiscal.year_of(book.months.ym_of(rows.day)), dtype=np.int64)
    return history_of(
        rows.customer,
        year,
        rows.amount,
        rows.known,
        first=asked.number - YEARS_BACK,
        last=asked.number - 1,
        enough=book.rules.number("setting.enough_years"),
    )


def _facts(book: Book, rows: _Contracts, span: Period, wins: Sequence[int], won: int) -> BusinessFacts:
    """Return what the last twelve months say of the business; whether a market is new, a person must say."""
    start = book.months.from_day(span)
    recent = (rows.day >= start) & rows.known
    whole = int(rows.amount[recent].sum())
    earlier = np.unique(rows.customer[rows.day < start])
    again = int(rows.amount[recent & np.isin(rows.customer, earlier)].sum())
    largest = sorted(wins, reverse=True)[: book.rules.number("setting.largest_deals")]
    positive = sum(wins)
    return BusinessFacts(
        repeat_share=_share(again, whole),
        deals=won or None,
        largest_share=_share(sum(largest), positive),
    )


def _share(part: int, whole: int) -> Fraction | None:
    """Return a part of a whole, 0–1; None where credits make it no share."""
    return Fraction(part, whole) if whole > 0 and 0 <= part <= whole else None
