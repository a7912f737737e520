"""The season of past results (季节系数): what each month is of an ordinary one, and what options change (R045)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import RuleError, Text
from dacheng.core.history.figures import last_full_year, notes_of, years_until
from dacheng.core.history.past import MONTHS_EN, Past, Wanted, past_of, seasons_in
from dacheng.core.money import round_half_away
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.report import Flag, MeasureId, PeriodName, SegmentId, UnitId, report
from dacheng.core.table import Note, Table, TableColumn, Values, table_of
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.targets.seasonality import Index, Off, Season, from_profile, pooled, seasonal_index

MONTHS = tuple((number, str(number), Text(f"{number}月", name)) for number, name in enumerate(MONTHS_EN, 1))
SPRING = (1, 2)
"""Calendar months between which Spring Festival moves."""

COLUMNS = (
    TableColumn("month", "choice", Text("月份", "Month"), choices=MONTHS),
    TableColumn(
        "average",
        "money",
        Text("历年平均", "Average"),
        help=Text("该月各年业绩的平均", "Average of the month over the years"),
    ),
    TableColumn(
        "index",
        "number",
        Text("季节系数", "Index"),
        places=2,
        help=Text(
            "该月平均 ÷ 各月平均的平均；1 是平常月份，12 个月相加为 12",
            "The month ÷ an average month; 1 is an ordinary one",
        ),
    ),
    TableColumn(
        "share_ratio",
        "ratio",
        Text("占全年", "Share of the year"),
        help=Text("季节系数 ÷ 12；分解目标用精确的分数", "Index ÷ 12; a target is spread by the exact fractions"),
    ),
    TableColumn(
        "before",
        "number",
        Text("原系数", "Index before"),
        places=2,
        optional=True,
        help=Text("不剔除、不合并时的系数", "The index with nothing left out and nothing pooled"),
    ),
    TableColumn(
        "change",
        "number",
        Text("变化", "Change"),
        places=2,
        difference=True,
        optional=True,
        help=Text("季节系数 − 原系数", "Index − index before"),
    ),
    TableColumn(
        "years",
        "count",
        Text("年数", "Years"),
        help=Text("平均里有几年的数", "How many years the average is of"),
    ),
)


@report(
    "history/seasons",
    title=Text("季节系数", "Seasons"),
    help=Text(
        "从历史业绩算每个月的季节系数 = 该月历年平均 ÷ 各月平均的平均。可以剔除一次性业绩，"
        "可以把 1、2 月合并平摊（春节前后移动）。完整财年不够时按平均，并提示。",
        "The seasonal index of each month from past results = its average over the years ÷ that of all months. "
        "One-offs can be left out, and January and February pooled, because Spring Festival moves between them. With "
        "too few full fiscal years the months are taken as even, and it is said.",
    ),
    columns=COLUMNS,
)
def seasons(
    book: Book,
    *,
    measure: MeasureId = CONTRACT,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    division: SegmentId | None = None,
    regular: Flag = False,
    pooled: Flag = False,
) -> Table:
    """Tell the season of past results (季节系数).

    Args:
        period: the fiscal years that it touches; default as many full ones as the rule asks for.
        regular: without one-offs. pooled: January and February share their index equally.

    Source: R045; golden case G11.
    """
    span = _whole_years(book, period)
    past = past_of(book, measure=measure, span=span, wanted=Wanted(unit, segment=division))
    season, off = season_of(book, past, span, without_one_offs=regular, spring=pooled)
    return table_of(
        COLUMNS,
        Rows({"month": np.array(_calendar_months(span), dtype=np.int64)}),
        _columns(season, known=off is None),
        key=("month",),
        notes=notes_of(book, measure, past, *_told(season, off)),
    )


def season_of(
    book: Book, past: Past, span: Period, *, without_one_offs: bool = False, spring: bool = False
) -> tuple[Season, Off | None]:
    """Return the season of results of whole fiscal years; an even one, and why, where they give none.

    Args:
        without_one_offs: one-off lines are left out. spring: January and February share their index.
    """
    history = seasons_in(past.only(past.known), span)
    if not without_one_offs:
        history = replace(history, excluded=None)
    found = seasonal_index(history, book.rules.number("history.years"))
    if isinstance(found, Off):
        return from_profile(company_profile(book, _calendar_months(span)), found.reason), found
    months = _calendar_months(span)
    return (pooled_spring(found, months) if spring else found), None


def company_profile(book: Book, months: Sequence[int]) -> list[int]:
    """Return what each month counts by the company's own profile, the rules ``season.month_1`` to 12.

    Args:
        months: calendar months, 1 to 12.

    Raises:
        RuleError: all of them count nothing.

    Source: R045 "fewer than 3 years → equal or company profile".
    """
    profile = [book.rules.number(f"season.month_{one}") for one in months]
    if not any(profile):
        raise RuleError(
            Text("公司季节曲线的这些月份都是 0。", "The company's profile gives these months nothing."),
            Text("在规则里改 season.month_1 到 season.month_12。", "Change the rules season.month_1 to 12."),
        )
    return profile


def pooled_spring(season: Season, months: list[int]) -> Season:
    """Let January and February share their index equally.

    Args:
        months: the calendar month of each period, 1 to 12.
    """
    return pooled(season, [months.index(one) for one in SPRING])


def _whole_years(book: Book, period: Period | None) -> Period:
    if period is None:
        return years_until(book, last_full_year(book))
    fiscal = book.rules.fiscal
    first, last = int(fiscal.year_of(period.from_ym)), int(fiscal.year_of(period.to_ym - 1))
    return Period(fiscal.year(first).from_ym, fiscal.year(last).to_ym)


def _calendar_months(span: Period) -> list[int]:
    return [(span.from_ym + one) % MONTHS_PER_YEAR + 1 for one in range(MONTHS_PER_YEAR)]


def _columns(season: Season, *, known: bool) -> dict[str, tuple[Values, BoolArray]]:
    always = np.ones(MONTHS_PER_YEAR, dtype=np.bool_)
    told = always & known
    averages = [round_half_away(*one.as_integer_ratio()) for one in season.averages] if known else [0] * MONTHS_PER_YEAR
    before = season.before if known else None
    was = always & (before is not None)
    change: Index = season.effect() or (Fraction(),) * MONTHS_PER_YEAR
    return {
        "average": (np.array(averages, dtype=np.int64), told),
        "index": (_floats(season.index), always),
        "share_ratio": (_floats(season.index) / MONTHS_PER_YEAR, always),
        "before": (_floats(before or season.index), was),
        "change": (_floats(change), was),
        "years": (np.array(season.counts, dtype=np.int64), told),
    }


def _floats(index: Index) -> Values:
    return np.array([float(one) for one in index], dtype=np.float64)


def _told(season: Season, off: Off | None) -> list[Note]:
    code = "few-years" if off else "season"
    return [Note(code, text, 1) for text in season.notes]
