"""The six grips on one page (六大抓手): what each is measured by, its goal, and where it opens (R157–R161, G22)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.delivery.progress import GREEN, LIGHTS, RED, YELLOW
from dacheng.core.delivery.project_table import delivery_projects
from dacheng.core.errors import Text
from dacheng.core.filtering import in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.grips.closings import closings_of
from dacheng.core.grips.measuring import amount_accuracy, part_of
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.period import Period
from dacheng.core.report import PeriodName, UnitId, report
from dacheng.core.table import Drill, Note, Page, RowDrills, Table, TableColumn, Values, table_of
from dacheng.core.tables.delivery_chain import delivery_chain
from dacheng.core.tables.forecast import forecast
from dacheng.core.tables.pipeline import pipeline
from dacheng.core.tables.signed_terms import signed_terms
from dacheng.core.targets.attainment import attainment
from dacheng.core.targets.schema import CASH, CONTRACT

GRIPS = (
    (1, "opportunities", Text("① 商机量与准确度", "① Opportunities: volume and accuracy")),
    (2, "support", Text("② 商机与回款支撑度", "② Support of target and cash")),
    (3, "cash", Text("③ 签出来、干出来", "③ Signed and worked into cash")),
    (4, "customers", Text("④ 客户经营程度", "④ Customers")),
    (5, "forecast", Text("⑤ 预测准确度", "⑤ Forecast accuracy")),
    (6, "overrun", Text("⑥ 超支超期", "⑥ Over budget, late")),
)
ADEQUACY, AMOUNTS, MONTHS, SOUND, SUPPORT, CASH_SUPPORT, ADVANCE, PAID_IN, CHAIN, CUSTOMERS, ACCURACY, OVERRUN, LATE = (
    range(1, 14)
)
MEASURES = (
    (ADEQUACY, "adequacy", Text("商机充足度", "Adequacy")),
    (AMOUNTS, "amount", Text("金额准确度", "Accuracy of amounts")),
    (MONTHS, "date", Text("时间准确度", "Accuracy of months")),
    (SOUND, "sound", Text("真实性", "Without a red flag")),
    (SUPPORT, "support", Text("商机支撑度", "Pipeline support")),
    (CASH_SUPPORT, "cash", Text("回款支撑度", "Cash support")),
    (ADVANCE, "advance", Text("预付占比", "Advance share")),
    (PAID_IN, "days", Text("加权收款天数", "Days until paid")),
    (CHAIN, "chain", Text("签约到收齐", "Signing to cash")),
    (CUSTOMERS, "customers", Text("客户经营指数", "Index of customers")),
    (ACCURACY, "forecast", Text("上月预测准确度", "Forecast of the last month")),
    (OVERRUN, "overrun", Text("超支率", "Overrun")),
    (LATE, "late", Text("超期项目占比", "Late projects")),
)
GRIP_OF = {ADEQUACY: 1, AMOUNTS: 1, MONTHS: 1, SOUND: 1, SUPPORT: 2, CASH_SUPPORT: 2, ADVANCE: 3, PAID_IN: 3, CHAIN: 3,
           CUSTOMERS: 4, ACCURACY: 5, OVERRUN: 6, LATE: 6}  # fmt: skip
NOTHING_LISTED = Page(0, 1)
"""Of the tables that a grip is read from only the totals are wanted."""

WHOSE = ("unit",)


@dataclass(frozen=True, slots=True)
class Grip:
    """One figure of a grip.

    Args:
        part, whole: minor units. there, every: how many of how many.
        value: a ratio, or days where ``days``; None = not known.
        better: whether more or less of it is.
    """

    measure: int
    value: Fraction | float | None
    part: int | None = None
    whole: int | None = None
    there: int | None = None
    every: int | None = None
    better: Literal["more", "less"] = "more"
    days: bool = False


COLUMNS = (
    TableColumn("grip", "choice", Text("抓手", "Grip"), choices=GRIPS),
    TableColumn("line", "choice", Text("指标", "Measure"), choices=MEASURES),
    TableColumn(
        "part",
        "money",
        Text("金额", "Amount"),
        drill=RowDrills("line", {}),
        help=Text(
            "在途、加权、预付、预测、超支这些分子",
            "The upper part of the ratio: open, weighted, advance, forecast, overrun",
        ),
    ),
    TableColumn(
        "whole",
        "money",
        Text("比什么", "Beside"),
        drill=RowDrills("line", {}),
        help=Text(
            "还差的额、目标、已约定、业绩、预算这些分母",
            "The lower part: still to be won, target, agreed, done, budget",
        ),
    ),
    TableColumn(
        "there",
        "count",
        Text("个数", "Count"),
        drill=RowDrills("line", {}),
        help=Text("按个数算的分子", "The upper part of a ratio of counts"),
    ),
    TableColumn(
        "every",
        "count",
        Text("总数", "Of"),
        drill=RowDrills("line", {}),
        help=Text("按个数算的分母", "The lower part of a ratio of counts"),
    ),
    TableColumn(
        "ratio",
        "ratio",
        Text("比率", "Ratio"),
        help=Text(
            "充足度 = 期内在途 ÷ 还差的额；金额准确度 = 1 − Σ|结果 − 期初金额| ÷ Σ期初金额；"
            "时间准确度 = 按月关闭 ÷ 关闭；真实性 = 没有红旗的 ÷ 在途；支撑度 = 加权额 ÷ 还差的额；"
            "回款支撑度 = 预测 ÷ 回款目标；预付占比 = 预付 ÷ 已约定；"
            "预测准确度 = 1 − |预测 − 业绩| ÷ 业绩；超支率 = 超支 ÷ 预算；超期占比 = 超期 ÷ 项目",
            "Adequacy = open in the period ÷ still to be won; accuracy of amounts = 1 − Σ|came − at the start| ÷ Σ at "
            "the start, of months = closed as expected ÷ closed; without a red flag ÷ open; support = weighted ÷ still "
            "to be won; cash = forecast ÷ cash target; advance ÷ agreed; forecast accuracy = 1 − |forecast − done| ÷ "
            "done; overrun ÷ budget; late ÷ projects",
        ),
    ),
    TableColumn(
        "days",
        "number",
        Text("天数", "Days"),
        help=Text(
            "按付款条件加权的收款天数；签约到收齐的平均天数", "Days until paid by terms; mean days from signing to cash"
        ),
    ),
    TableColumn("goal_ratio", "ratio", Text("目标", "Goal"), help=Text("规则 grips.*", "The rules grips.*")),
    TableColumn("goal_days", "days", Text("目标天数", "Goal in days"), help=Text("规则 grips.*", "The rules grips.*")),
    TableColumn(
        "light",
        "choice",
        Text("灯", "Light"),
        choices=LIGHTS,
        help=Text(
            "到目标为绿，到目标的规则 grips.near 那么多为黄，否则为红；越少越好的反过来",
            "Green at its goal, yellow from the rule grips.near of it, else red; reversed where less is better",
        ),
    ),
)


@report(
    "grips/six",
    title=Text("六大抓手", "Six grips"),
    help=Text(
        "一个组织一段时间的六大抓手：商机量与准确度、商机与回款支撑度、签出来干出来、客户经营程度、预测准确度、超支超期。"
        "每个数都取自它打开的那张表；没有数据的是空的，不算灯。",
        "The six grips of a unit and a period: opportunities and how accurate they are, support of target and cash, "
        "terms as signed and contracts worked into cash, customers, forecast accuracy, projects over budget or late. "
        "Every figure is that of the table it opens; without data it is blank and has no light.",
    ),
    columns=COLUMNS,
)
def six_grips(book: Book, *, period: PeriodName | None = None, unit: UnitId | None = None) -> Table:
    """Measure the six grips of a unit (六大抓手).

    Args:
        period: default the fiscal year of the as-of day.

    Source: R157–R161; golden case G22.
    """
    span = fiscal_year_of(book, period)
    found = [*_opportunities(book, span, unit), *_money(book, span, unit), *_delivery(book, unit)]
    found.sort(key=lambda one: one.measure)
    last = _last_month(book)
    opens = _opens(span.code(book.rules.fiscal), last.code(book.rules.fiscal))
    goals = [_goal(book, one) for one in found]
    ratios = [None if one.days or one.value is None else float(one.value) for one in found]
    days = [float(one.value) if one.days and one.value is not None else None for one in found]
    return table_of(
        tuple(replace(one, drill=RowDrills("line", opens[one.name])) if one.name in opens else one for one in COLUMNS),
        Rows({"line": np.array([one.measure for one in found], dtype=np.int64)}),
        {
            "grip": np.array([GRIP_OF[one.measure] for one in found], dtype=np.int64),
            **{name: _whole(getattr(one, name) for one in found) for name in ("part", "whole", "there", "every")},
            "ratio": _fraction(ratios),
            "days": _fraction(days),
            "goal_ratio": _fraction(
                None if one.days or goal is None else goal / BP_PER_WHOLE
                for one, goal in zip(found, goals, strict=True)
            ),
            "goal_days": _whole(goal if one.days else None for one, goal in zip(found, goals, strict=True)),
            "light": _whole(_light(book, one, goal) for one, goal in zip(found, goals, strict=True)),
        },
        key=("line",),
        notes=_notes(found),
    )


def _opportunities(book: Book, span: Period, unit: int | None) -> Iterable[Grip]:
    """Measure ① and the support of ②: what is open beside what is still to be won, and how it came out before."""
    board = attainment(book, unit=unit, measure=CONTRACT, period=span).totals
    target, done = board.get("target"), board.get("done")
    gap = None if target is None or done is None or target <= done else int(target - done)
    closing = pipeline(book, unit=unit, closing=span, upcoming=True, page=NOTHING_LISTED)
    every = pipeline(book, unit=unit, page=NOTHING_LISTED)
    flagged = pipeline(book, unit=unit, flagged=True, page=NOTHING_LISTED)
    closed = closings_of(book, span, in_unit(book, unit))
    money = closed.money()
    amount, weighted = (_int(closing.totals.get(name)) for name in ("amount", "weighted"))
    punctual, there = int((closed.in_month & closed.counted).sum()), int(closed.counted.sum())
    sound = every.counted - flagged.counted
    return (
        Grip(ADEQUACY, _over(amount, gap), part=amount, whole=gap),
        Grip(
            AMOUNTS,
            amount_accuracy(closed.pairs),
            part=int(money["error"][0][closed.known].sum()),
            whole=int(closed.estimated[closed.known].sum()),
        ),
        Grip(MONTHS, part_of(punctual, there), there=punctual, every=there),
        Grip(SOUND, part_of(sound, every.counted), there=flagged.counted, every=every.counted),
        Grip(SUPPORT, _over(weighted, gap), part=weighted, whole=gap),
    )


def _money(book: Book, span: Period, unit: int | None) -> Iterable[Grip]:
    """Measure the cash of ②, ③ and ⑤."""
    cash = forecast(book, unit=unit, measure=CASH, period=span).totals
    expected, target = _int(cash.get("forecast")), _int(cash.get("target"))
    terms = signed_terms(book, unit=unit, period=span).totals
    advance, agreed = _int(terms.get("advance")), _int(terms.get("agreed"))
    chain = delivery_chain(book, unit=unit, period=span).totals
    last = _last_month(book)
    foretold = _int(
        forecast(book.at(book.months.from_day(last)), unit=unit, measure=CONTRACT, period=last).totals.get("forecast")
    )
    came = _int(attainment(book, unit=unit, measure=CONTRACT, period=last).totals.get("done"))
    return (
        Grip(CASH_SUPPORT, _over(expected, target), part=expected, whole=target),
        Grip(ADVANCE, _over(advance, agreed), part=advance, whole=agreed),
        Grip(PAID_IN, terms.get("days"), better="less", days=True),
        Grip(CHAIN, chain.get("whole"), better="less", days=True),
        Grip(CUSTOMERS, None),
        Grip(ACCURACY, _accuracy(foretold, came), part=foretold, whole=came),
    )


def _delivery(book: Book, unit: int | None) -> Iterable[Grip]:
    """Measure ⑥; costs only for who may see them."""
    every = delivery_projects(book, unit=unit)
    late = delivery_projects(book, unit=unit, alert="late", page=NOTHING_LISTED)
    over, budget = (_int(every.totals.get(name)) for name in ("overrun", "budget"))
    return (
        Grip(OVERRUN, _over(over, budget), part=over, whole=budget, better="less"),
        Grip(LATE, part_of(late.counted, every.counted), there=late.counted, every=every.counted, better="less"),
    )


def _last_month(book: Book) -> Period:
    """Return the last month that has ended by the Book's day."""
    ym = book.months.ym_of(book.as_of_day + 1) - 1
    return Period(ym, ym + 1)


def _accuracy(foretold: int | None, came: int | None) -> Fraction | None:
    """Return max(0, 1 − |F − A| ÷ A); None without either, or where nothing came.

    >>> _accuracy(28, 25)
    Fraction(22, 25)
    """
    if foretold is None or came is None or came <= 0:
        return None
    return max(Fraction(0), 1 - Fraction(abs(foretold - came), came))


def _over(part: int | None, whole: int | None) -> Fraction | None:
    return None if part is None or whole is None or whole <= 0 else Fraction(part, whole)


def _int(value: int | float | None) -> int | None:
    return None if value is None else int(value)


def _goal(book: Book, one: Grip) -> int | None:
    """Return the goal of a figure: basis points or days; None of what cannot be measured yet."""
    code = next(code for number, code, _ in MEASURES if number == one.measure)
    return None if one.measure == CUSTOMERS else book.rules.number(f"grips.{code}")


def _light(book: Book, one: Grip, goal: int | None) -> int | None:
    """Return the light of a figure beside its goal; None where either is not known."""
    if one.value is None or goal is None:
        return None
    value, near = Fraction(one.value), Fraction(book.rules.number("grips.near"), BP_PER_WHOLE)
    wanted = Fraction(goal) if one.days else Fraction(goal, BP_PER_WHOLE)
    if one.better == "more":
        return GREEN if value >= wanted else YELLOW if value >= wanted * near else RED
    return GREEN if value <= wanted else YELLOW if value * near <= wanted else RED


def _opens(period: str, last: str) -> dict[str, dict[int, Drill]]:
    """Return what the figures of each column open, by measure."""

    def rows(name: str, **fixed: str) -> Drill:
        return Drill(name, fixed=fixed, carry=WHOSE)

    open_deals = {"closing": period, "upcoming": "1"}
    closings = rows("grips/closings", period=period)
    terms = rows("contracts/terms", period=period, apart="contract")
    cash = rows("tables/forecast", measure="cash", period=period)
    projects = rows("delivery/projects")
    return {
        "part": {
            ADEQUACY: rows("tables/pipeline", **open_deals),
            AMOUNTS: closings,
            SUPPORT: rows("tables/pipeline", sort="-weighted", **open_deals),
            CASH_SUPPORT: cash,
            ADVANCE: terms,
            OVERRUN: projects,
        },
        "whole": {
            AMOUNTS: closings,
            CASH_SUPPORT: cash,
            ADVANCE: terms,
            ACCURACY: rows("targets/done", measure="contract", period=last),
            OVERRUN: projects,
        },
        "there": {
            MONTHS: rows("grips/closings", period=period, punctual="1"),
            SOUND: rows("tables/pipeline", flagged="1"),
            LATE: rows("delivery/projects", alert="late"),
        },
        "every": {MONTHS: closings, SOUND: rows("tables/pipeline"), LATE: projects},
    }


def _whole(values: Iterable[int | None]) -> tuple[Values, BoolArray]:
    told = list(values)
    known = np.array([one is not None for one in told], dtype=np.bool_)
    return np.array([one or 0 for one in told], dtype=np.int64), known


def _fraction(values: Iterable[float | None]) -> tuple[Values, BoolArray]:
    told = list(values)
    known = np.array([one is not None for one in told], dtype=np.bool_)
    return np.array([one or 0.0 for one in told], dtype=np.float64), known


def _notes(found: list[Grip]) -> tuple[Note, ...]:
    blank = [one.measure for one in found if one.value is None and one.measure != CUSTOMERS]
    named = [label for number, _, label in MEASURES if number in blank]
    return noted(
        Note(
            "customers",
            Text(
                "客户经营程度要客情温度、覆盖、触达和满意度，这些还没有记录。",
                "The index of customers needs relationship, coverage, touches and satisfaction: not recorded.",
            ),
            1,
        ),
        Note(
            "blank",
            Text(
                f"没有数据：{'、'.join(one.zh for one in named)}。",
                f"Without data: {', '.join(one.en for one in named)}.",
            ),
            len(named),
        ),
    )
