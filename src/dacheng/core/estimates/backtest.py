"""回测 (back-testing): each method run on years that are over, as it would have been before they began (R015).

    trials_of(book, asked)[FUNNEL]    # Trial(2024, estimated, came), Trial(2025, …)

The Book of the last day before a year holds what was known of deals, contracts, rules and typed inputs then; the
same methods run on it. Nothing of the year itself, and no input that was typed later, enters. Both sides are placed
by today's organisation (今日口径): a unit that lost a region since is not blamed for that region's results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Annotated

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.estimates.assessing import assessed, said_by_methods
from dacheng.core.estimates.material import Called, called_in, material_of
from dacheng.core.estimates.preparing import weighted_inputs
from dacheng.core.estimates.question import Question, question_of
from dacheng.core.estimates.schema import SCHEMES
from dacheng.core.estimates.setting import METHOD, METHOD_CHOICES
from dacheng.core.history.figures import last_full_year
from dacheng.core.history.past import yearly_totals
from dacheng.core.report import Flag, MeasureId, PeriodName, UnitId, coded, number_of, report
from dacheng.core.table import Drill, Note, Table, TableColumn, fractions_known, table_of, whole_known
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.targets.setting.backtesting import Tested, Trial, range_of, reason_of
from dacheng.core.targets.setting.naming import METHODS, WEIGHTED
from dacheng.core.targets.setting.outcome import Outcome
from dacheng.core.targets.setting.weighted import GrowthFactor, WeightedInputs, growth_before
from dacheng.core.tree import UNKNOWN

LABELS = dict(METHODS)
TRIALS = Drill(
    "targets/setting_trials",
    take={"method": "method"},
    carry=("unit", "period", "measure", "scheme"),
    fixed={"comparable": 1},
)

RANGES = (
    METHOD,
    TableColumn("amount", "money", Text("测算结果", "Result"), help=Text("空 = 现在没有结果", "Blank: none now")),
    TableColumn(
        "years",
        "count",
        Text("可比的年份", "Years compared"),
        help=Text("那年之前测得出、之后有业绩的年份", "Years that had an estimate before and a result after"),
        drill=TRIALS,
    ),
    TableColumn(
        "error_ratio",
        "ratio",
        Text("平均误差", "Mean error"),
        help=Text("|测算 − 实际| ÷ 实际的平均", "Mean of |estimate − came| ÷ came"),
    ),
    TableColumn(
        "low",
        "money",
        Text("区间低端", "Range from"),
        help=Text("测算结果 × 各年 实际 ÷ 测算 的最小值", "Result × the lowest came ÷ estimate of the years"),
    ),
    TableColumn(
        "high",
        "money",
        Text("区间高端", "Range to"),
        help=Text("测算结果 × 各年 实际 ÷ 测算 的最大值", "Result × the highest came ÷ estimate of the years"),
    ),
)
YEARS = (
    METHOD,
    TableColumn("year", "count", Text("财年", "Fiscal year")),
    TableColumn(
        "estimated",
        "money",
        Text("当时的测算", "Estimate then"),
        help=Text("年初前一天所知道的、填过的", "By what was known and typed on the day before the year began"),
    ),
    TableColumn("came", "money", Text("实际", "Came")),
    TableColumn(
        "error_ratio",
        "ratio",
        Text("误差", "Error"),
        help=Text("（测算 − 实际）÷ 实际", "(Estimate − came) ÷ came"),
    ),
)


@report(
    "targets/setting_backtest",
    title=Text("测算回测", "Back-test of the methods"),
    help=Text(
        "每种方法对已过去的几年各算一次，只用那年开始前一天知道的；与实际相比，得平均误差，和现在这个数的区间。"
        "两边都按今日口径的组织。"
        "那时没有填增长率的，加权测算用那时的复合增长率。年份不够的不给区间，并说明原因。",
        "Each method is run on years that are over, by what was known on the day before each began, and compared with "
        "what came: the mean error, and a range beside today's figure. Both "
        "are placed by today's organisation. Where nobody had typed growth then, the "
        "weighted estimate takes the compound growth that there was then. With too few years there is no range, and "
        "the reason is told.",
    ),
    columns=RANGES,
)
def ranges(
    book: Book,
    *,
    unit: UnitId | None = None,
    period: PeriodName | None = None,
    measure: MeasureId = CONTRACT,
    scheme: Annotated[str, coded(SCHEMES)] = "A",
) -> Table:
    """Return the error and the range of each method by back-testing (测算回测).

    Args:
        unit: default the viewer's topmost one. period: of the fiscal year, default the next one.

    Source: R015.
    """
    asked = question_of(book, unit, period, measure, scheme)
    if asked is None:
        return _nothing(RANGES)
    now = assessed(material_of(book, asked), called_in("zh")).outcomes
    found = ranges_of(book, now, trials_of(book, asked))
    error, low, high = (
        fractions_known([one.error for one in found.values()]),
        whole_known([one.low for one in found.values()]),
        whole_known([one.high for one in found.values()]),
    )
    return table_of(
        RANGES,
        Rows({"method": _numbers(range(1, len(METHODS) + 1))}),
        {
            "amount": whole_known([now[code].amount for code in found]),
            "years": _numbers([one.years for one in found.values()]),
            "error_ratio": error,
            "low": low,
            "high": high,
        },
        key=("method",),
        notes=[_of_method(code, one.off) for code, one in found.items() if one.off is not None],
    )


@report(
    "targets/setting_trials",
    title=Text("测算回测逐年", "Back-test year by year"),
    help=Text(
        "每种方法在每个已过去的年份：当时会算出多少，实际多少，差多少。空 = 当时算不出或没有业绩，原因见注。",
        "Each method in each year that is over: what it would have said, what came, and the error. Blank = it could "
        "not be told, as the notes say.",
    ),
    columns=YEARS,
    listed=False,
)
def trials(
    book: Book,
    *,
    unit: UnitId | None = None,
    period: PeriodName | None = None,
    measure: MeasureId = CONTRACT,
    scheme: Annotated[str, coded(SCHEMES)] = "A",
    method: Annotated[str, coded(METHOD_CHOICES)] | None = None,
    comparable: Flag = False,
) -> Table:
    """Return what each method would have said of years that are over, and what came (测算回测逐年).

    Args:
        method: only this one. comparable: only years that had an estimate before and a result after.
            The others as of ``targets/setting_backtest``.

    Source: R015.
    """
    number_of(METHOD_CHOICES, method)
    asked = question_of(book, unit, period, measure, scheme)
    if asked is None:
        return _nothing(YEARS)
    tried = trials_of(book, asked)
    found = [(at, code, one) for at, code, _ in METHOD_CHOICES if method in (None, code) for one in tried[code]]
    lacking = [(code, one) for _, code, one in found if not one.comparable]
    found = [(at, code, one) for at, code, one in found if one.comparable or not comparable]
    return table_of(
        YEARS,
        Rows({"method": _numbers([at for at, _, _ in found]), "year": _numbers([one.year for _, _, one in found])}),
        {
            "estimated": whole_known([one.estimated for _, _, one in found]),
            "came": whole_known([one.came for _, _, one in found]),
            "error_ratio": fractions_known([one.error for _, _, one in found]),
        },
        key=("method", "year"),
        notes=[_of_method(code, reason_of(one), one.year) for code, one in lacking],
    )


def ranges_of(book: Book, now: Mapping[str, Outcome], trials: Mapping[str, Sequence[Trial]]) -> dict[str, Tested]:
    """Return what trials say of each method, method -> range."""
    enough = book.rules.number("setting.backtest_enough")
    return {code: range_of(now[code].amount, trials[code], enough) for code, _ in METHODS}


def trials_of(book: Book, asked: Question) -> dict[str, list[Trial]]:
    """Run every method on the years before the asked one that are over, method -> years ascending."""
    last = min(asked.number - 1, last_full_year(book))
    first = last - book.rules.number("setting.backtest_years") + 1
    alike = replace(book, basis="today", today=book.as_of_day)
    came = yearly_totals(
        alike.at(book.as_of_day), measure=asked.measure_id, first=first, last=last, unit=asked.unit_id
    ).whole
    found: dict[str, list[Trial]] = {code: [] for code, _ in METHODS}
    for year in range(first, last + 1):
        for code, (amount, why) in _said_before(alike, asked, year).items():
            found[code].append(Trial(year, amount, came.get(year), why))
    return found


def _said_before(book: Book, asked: Question, year: int) -> dict[str, tuple[int | None, Text | None]]:
    """Return what each method would have said on the day before a year began; or why it would have been off."""
    months = book.rules.fiscal.year(year)
    then = book.at(book.months.from_day(months) - 1)
    if then.tree.position_of(asked.unit_id) == UNKNOWN:
        absent = Text("今天的组织里没有它。", "it is not in today's organisation.")
        return {code: (None, absent) for code, _ in METHODS}
    given = material_of(then, replace(asked, year=months, number=year))
    weighted = _weighted_then(weighted_inputs(given, called_in("zh")))
    inputs, unknown = (weighted_inputs(given, Called()), weighted) if isinstance(weighted, Text) else (weighted, None)
    zh, en = (said_by_methods(given, called_in(one), inputs) for one in ("zh", "en"))
    found = {code: (zh[code].amount, _why(zh[code].off, en[code].off)) for code, _ in METHODS}
    return found if unknown is None else found | {WEIGHTED: (None, unknown)}


def _weighted_then(inputs: WeightedInputs) -> WeightedInputs | Text:
    """Return the inputs of the weighted estimate; where no growth was typed then, with the compound growth so far.

    Returns:
        Or why there is no growth to go by.
    """
    if any(one.growth is not None for one in inputs.factors):
        return inputs
    growth = growth_before(inputs.years)
    if isinstance(growth, Text):
        return growth
    return replace(inputs, factors=(GrowthFactor("CAGR", Fraction(1), growth),))


def _why(zh: Text | None, en: Text | None) -> Text | None:
    return None if zh is None or en is None else Text(zh.zh, en.en)


def _of_method(code: str, why: Text, year: int | None = None) -> Note:
    label, told = LABELS[code], "" if year is None else f" {year}"
    return Note(f"off-{code}{told.strip()}", Text(f"{label.zh}{told}：{why.zh}", f"{label.en}{told}: {why.en}"))


def _numbers(values: Sequence[int] | range) -> IntArray:
    return np.array(values, dtype=np.int64)


def _nothing(columns: tuple[TableColumn, ...]) -> Table:
    none = np.zeros(0, dtype=np.int64)
    message = Text("你不管理任何组织，没有可回测的测算。", "You look after no unit, so there is nothing to test.")
    keys = ("method",) if columns is RANGES else ("method", "year")
    rows = Rows({one.name: none for one in columns})
    return table_of(columns, rows, key=keys, notes=(Note("no-unit", message),))
