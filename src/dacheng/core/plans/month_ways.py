"""What the months of a plan follow (月份按什么): own season, working days, weeks, shares typed (R042, R045).

Whoever breaks a total down chooses; what each month then counted is kept with the row it was broken
down from, so that every cell can say what it came of although the calendar or the past changes later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.history.past import season_history
from dacheng.core.history.seasons import SPRING, company_profile
from dacheng.core.money import BP_PER_WHOLE, Weights, percent, split, whole_weights
from dacheng.core.months import WEEK, WEEKS
from dacheng.core.period import MONTHS_PER_YEAR, ym_text
from dacheng.core.plans.schema import (
    ALIKE,
    MONTH_WAYS,
    PROFILE,
    SEASON,
    TYPED,
    WEEKS_445,
    WEEKS_454,
    WEEKS_544,
    WORKING,
)
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.weighing import whole_of_shares
from dacheng.core.targets.seasonality import Index, Off, Season, pooled, seasonal_index, uplifted

PATTERNS = {WEEKS_445: "4-4-5", WEEKS_454: "4-5-4", WEEKS_544: "5-4-4"}
MOVABLE = (SEASON, PROFILE)
"""Ways in which January and February are what they were, so that Spring Festival may have moved between them."""

LARGEST_UPLIFT = 10 * BP_PER_WHOLE
_BITS = 52


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose for the months of a breakdown.

    Args:
        by: one of ``MONTH_WAYS``. spring: January and February are shared by their working days.
        lifts: month (ym) -> uplift for a festival, basis points, above −10,000.
        shares: of each month of the plan in basis points, for ``TYPED``; None = nothing stated.
        weights: of each month of the plan, whole numbers >= 0, for ``TYPED`` instead of shares.
    """

    by: int = SEASON
    spring: bool = False
    lifts: Mapping[int, int] = field(default_factory=dict)
    shares: Sequence[int | None] = ()
    weights: Weights = ()


OWN_SEASON = Choice()


@dataclass(frozen=True, slots=True, eq=False)
class MonthWeights:
    """What the months of a plan count, and what that is of.

    Args:
        by: what they follow in the end: a short past leads to the company's profile, or to months alike.
        weight, lift_bp: shape (months,). years: the first and last fiscal year of the season, 0 without one.
        told: what a reader should know, such as why there is no season.
    """

    by: int
    weight: IntArray
    lift_bp: IntArray
    spring: bool = False
    years: tuple[int, int] = (0, 0)
    told: tuple[Text, ...] = ()

    @property
    def source(self) -> Text:
        """Return what the months follow, in words."""
        return source_in_words(self.by, self.years, spring=self.spring)

    def share(self, month: int, standing: int = 0) -> Fraction:
        """Return a month's part of all open months, 0–1.

        Args:
            standing: how many months at the beginning stand as they are.
        """
        whole = int(self.weight[standing:].astype(object).sum())
        return Fraction(int(self.weight[month]), whole) if whole and month >= standing else Fraction()


def source_in_words(by: int, years: tuple[int, int], *, spring: bool) -> Text:
    """Return what months follow, with the years of the season and whether Spring Festival was moved."""
    label = next(label for number, _, label in MONTH_WAYS if number == by)
    span = Text(f"（{years[0]}–{years[1]} 年）", f" ({years[0]}–{years[1]})") if years[1] else Text("", "")
    moved = (
        Text("，1、2 月按工作日分（春节）", ", January and February by working days (Spring Festival)")
        if spring
        else Text("", "")
    )
    return Text(f"{label.zh}{span.zh}{moved.zh}", f"{label.en}{span.en}{moved.en}")


def season_of(book: Book, sheet: Sheet) -> tuple[IntArray, Text]:
    """Return the weight of each month of a plan by what the same months brought before, and what that is of.

    Where the past does not give a seasonal index it is the company's own profile, or months alike, and why.

    Source: R045; golden case G11.
    """
    found = month_weights(book, sheet, OWN_SEASON)
    return found.weight, found.told[0] if found.told else found.source


def month_weights(book: Book, sheet: Sheet, choice: Choice = OWN_SEASON) -> MonthWeights:
    """Return what each month of a plan counts by what was chosen.

    Defined as::  working = working days of the month;  weeks = 4, 4, 5, … of the fiscal quarter
    spring: the two months together as before, shared by the working days of the plan's own year
    uplift: weight × (1 + uplift), the others less in proportion

    Raises:
        RuleError: shares are no whole, names who is left; the calendar does not know a month; an uplift takes
            everything away or is of no month of the plan; there is no January and February to move between.

    Source: R042, R045; golden cases G11, G68.
    """
    _check_choice(sheet, choice)
    by, index, years, told = _index(book, sheet, choice)
    season = Season(index, None, (), Fraction(1), ())
    if choice.spring:
        season = _moved(book, sheet, season)
    if choice.lifts:
        season = uplifted(season, {ym - sheet.plan.from_ym: bp for ym, bp in choice.lifts.items()})
    lift = np.array([choice.lifts.get(sheet.plan.from_ym + at, 0) for at in range(sheet.plan.months)], dtype=np.int64)
    return MonthWeights(by, _fitting(season.index), lift, choice.spring, years, told)


def spring_pairs(sheet: Sheet) -> list[tuple[int, int]]:
    """Return the positions of January and February wherever a plan has both of them open."""
    first, second = (one - 1 for one in SPRING)
    months = [(sheet.plan.from_ym + at) % MONTHS_PER_YEAR for at in range(sheet.plan.months)]
    return [
        (at, at + 1)
        for at in range(sheet.plan.frozen, len(months) - 1)
        if (months[at], months[at + 1]) == (first, second)
    ]


def even_shares(found: MonthWeights, standing: int) -> list[int]:
    """Return the shares of the open months in basis points, together exactly 100 %, to begin typing from."""
    return split(BP_PER_WHOLE, found.weight[standing:]).tolist() if found.weight[standing:].any() else []


def _check_choice(sheet: Sheet, choice: Choice) -> None:
    if choice.spring and not (choice.by in MOVABLE and spring_pairs(sheet)):
        raise RuleError(
            Text("春节移动用不上。", "Spring Festival has nothing to move between here."),
            Text(
                "它用于按季节系数或公司曲线、1 月和 2 月都还开放的方案。",
                "It is for plans by season or profile whose January and February are both open.",
            ),
        )
    plan = sheet.plan
    outside = [ym for ym in choice.lifts if not plan.from_ym + plan.frozen <= ym < plan.until_ym]
    if outside:
        raise RuleError(
            Text(
                f"节日上浮的 {ym_text(outside[0])} 不是方案还开放的月份。",
                f"The uplift of {ym_text(outside[0])} is of no open month of the plan.",
            ),
            Text(
                f"可用 {ym_text(plan.from_ym + plan.frozen)} 到 {ym_text(plan.until_ym - 1)}。",
                f"{ym_text(plan.from_ym + plan.frozen)} to {ym_text(plan.until_ym - 1)} can have one.",
            ),
        )
    high = [(ym, bp) for ym, bp in choice.lifts.items() if bp > LARGEST_UPLIFT]
    if high:
        raise RuleError(
            Text(
                f"{ym_text(high[0][0])} 上浮 {percent(high[0][1])}，太高。",
                f"An uplift of {percent(high[0][1])} in {ym_text(high[0][0])} is too much.",
            ),
            Text(f"最多 {percent(LARGEST_UPLIFT)}。", f"It is at most {percent(LARGEST_UPLIFT)}."),
        )


Found = tuple[int, Index, tuple[int, int], tuple[Text, ...]]
"""What the months follow, the index of each, the years it is of, and what is told of it."""


def _index(book: Book, sheet: Sheet, choice: Choice) -> Found:
    if choice.by == SEASON:
        return _own_season(book, sheet)
    if choice.by == PROFILE:
        return PROFILE, _by_profile(book, sheet), (0, 0), ()
    if choice.by == WORKING:
        return WORKING, _whole(working_days(book, sheet)), (0, 0), ()
    if choice.by in PATTERNS:
        return choice.by, _whole(weeks_of(book, sheet, PATTERNS[choice.by])), (0, 0), ()
    if choice.by == TYPED:
        return TYPED, _typed(sheet, choice), (0, 0), ()
    return ALIKE, (Fraction(1),) * sheet.plan.months, (0, 0), ()


def _own_season(book: Book, sheet: Sheet) -> Found:
    fiscal, plan = book.rules.fiscal, sheet.plan
    years = book.rules.number("history.years")
    last = int(fiscal.year_of(plan.from_ym)) - 1
    past = season_history(book, measure=sheet.measure_id, last=last, years=years, unit=plan.unit_id or None)
    found = seasonal_index(past, years)
    if isinstance(found, Off):
        return _without_past(book, sheet, found.reason)
    first = fiscal.year(last + 1).from_ym
    index = tuple(found.index[(plan.from_ym + at - first) % MONTHS_PER_YEAR] for at in range(plan.months))
    if any(index):
        return SEASON, index, (last - years + 1, last), ()
    span = f"{last - years + 1}–{last}"
    return _without_past(
        book, sheet, Text(f"{span} 年的这些月份没有业绩。", f"These months of {span} brought nothing.")
    )


def _without_past(book: Book, sheet: Sheet, reason: Text) -> Found:
    """Return the company's own profile; months alike where the company has not set any."""
    index = _by_profile(book, sheet)
    alike = len(set(index)) == 1
    used = (
        Text(
            "各月相同；公司曲线在规则 season.month_1 到 12 里设。",
            "All alike; rules season.month_1 to 12 set one.",
        )
        if alike
        else Text("用公司季节曲线。", "The company's own profile is used.")
    )
    return (
        ALIKE if alike else PROFILE, index, (0, 0), (Text(f"{reason.zh}{used.zh}", f"{reason.en} {used.en}"),)
    )  # fmt: skip


def _by_profile(book: Book, sheet: Sheet) -> Index:
    months = range(sheet.plan.from_ym, sheet.plan.until_ym)
    return tuple(Fraction(one) for one in company_profile(book, [ym % MONTHS_PER_YEAR + 1 for ym in months]))


def working_days(book: Book, sheet: Sheet) -> IntArray:
    """Return the working days of each open month of a plan by the company's calendar, shape (months,).

    Raises:
        RuleError: the calendar does not know one of these days, or no open month has any.
    """
    first: IntArray = book.months.first_day_of(np.arange(sheet.plan.from_ym, sheet.plan.until_ym + 1))
    found = np.zeros(sheet.plan.months, dtype=np.int64)
    opened = sheet.plan.frozen
    found[opened:] = book.calendar.working_days(first[opened:-1], first[opened + 1 :])
    return found


def weeks_of(book: Book, sheet: Sheet, pattern: str) -> IntArray:
    """Return the weeks of each month of a plan by a pattern, shape (months,).

    Where the company's own months are weeks of that pattern the 53rd week counts as well.

    >>> WEEKS["4-4-5"]
    (4, 4, 5)
    """
    fiscal, plan = book.rules.fiscal, sheet.plan
    months = np.arange(plan.from_ym, plan.until_ym)
    begins = int(fiscal.year(int(fiscal.year_of(plan.from_ym))).from_ym)
    usual = np.array(WEEKS[pattern], dtype=np.int64)[(months - begins) % 3]
    own = np.diff(book.months.first_day_of(np.arange(plan.from_ym, plan.until_ym + 1)))
    last = (months - begins) % MONTHS_PER_YEAR == MONTHS_PER_YEAR - 1
    whole, more = own % WEEK == 0, own // WEEK - usual
    if np.all(whole & ((more == 0) | (last & (more == 1)))):
        return np.asarray(own // WEEK)
    return usual


def _typed(sheet: Sheet, choice: Choice) -> Index:
    months, opened = sheet.plan.months, sheet.plan.frozen
    given = choice.weights if len(choice.weights) else choice.shares
    if len(given) != months:
        raise RuleError(
            Text(f"给了 {len(given)} 个月的比例，方案有 {months} 个月。", f"{len(given)} of {months} months."),
            Text("每个月给一个。", "Give one for each month."),
        )
    if len(choice.weights):
        return tuple(Fraction(int(one)) for one in whole_weights(choice.weights))
    whole = whole_of_shares(choice.shares[opened:], lambda at: _month_name(sheet.plan.from_ym + opened + at))
    if any(one < 0 for one in whole):
        raise RuleError(
            Text("月份的比例不能小于 0。", "A share is below zero."),
            Text("填 0 或更大。", "Enter 0 or more."),
        )
    return (Fraction(),) * opened + tuple(Fraction(one) for one in whole)


def _month_name(ym: int) -> Text:
    return Text(ym_text(ym), ym_text(ym))


def _moved(book: Book, sheet: Sheet, season: Season) -> Season:
    """Let each January and February share what they have together by their working days."""
    days = working_days(book, sheet)
    for pair in spring_pairs(sheet):
        season = pooled(season, pair, [int(days[at]) for at in pair])
    return replace(season, notes=())


def _whole(values: IntArray) -> Index:
    return tuple(Fraction(int(one)) for one in values)


def _fitting(index: Index) -> IntArray:
    """Return whole weights in the same proportion, of at most 52 bits: exact unless they need more."""
    whole = [int(one) for one in whole_weights(list(index))]
    shift = max(0, max(whole, default=0).bit_length() - _BITS)
    return np.array([one >> shift for one in whole], dtype=np.int64)
