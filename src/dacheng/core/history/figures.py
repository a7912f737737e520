"""What the reports of history share: parameters, columns and notes."""

from __future__ import annotations

from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.history.past import Past, sees
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.table import Drill, Note, TableColumn

POSTED = TableColumn(
    "posted",
    "money",
    Text("合同与赢单", "Contracts and won"),
    help=Text(
        "达成里的合同，和按规则计入的无合同赢单", "Contracts here, and won opportunities without one by the rule"
    ),
)
BROUGHT = TableColumn(
    "brought",
    "money",
    Text("导入的明细", "Lines brought in"),
    help=Text("历史业绩明细之和", "Sum of the lines of history"),
)
AMOUNT = TableColumn(
    "amount",
    "money",
    Text("业绩", "Result"),
    judged="more",
    help=Text("合同与赢单 + 导入的明细", "Contracts and won + lines brought in"),
)
GROWTH = TableColumn("growth_ratio", "ratio", Text("同比", "On the year before"), judged="more")

RESULTS = "targets/done"
LINES = "history/lines"
CARRIED = ("measure", "unit", "division", "regular")


def to_results(period: str, **take: str) -> Drill:
    """Return the drill to contracts and won deals of a period that a column names."""
    return Drill(RESULTS, take={"period": period, **take}, carry=("measure", "unit", "regular"))


def to_lines(period: str, **take: str) -> Drill:
    """Return the drill to lines of a period that a column names."""
    return Drill(LINES, take={"period": period, **take}, carry=CARRIED)


def last_full_year(book: Book) -> int:
    """Return the last fiscal year that has ended on the as-of day."""
    fiscal = book.rules.fiscal
    return int(fiscal.year_of(book.months.ym_of(book.as_of_day + 1))) - 1


def years_until(book: Book, last: int) -> Period:
    """Return so many fiscal years as a trend needs by rule, up to a year, inclusive."""
    first = last - book.rules.number("history.years") + 1
    return Period(book.rules.fiscal.year(first).from_ym, book.rules.fiscal.year(last).to_ym)


def usual_period(book: Book) -> Period:
    """Return the period of a question that names none: the full fiscal years of a trend, and the running one."""
    full = years_until(book, last_full_year(book))
    return Period(full.from_ym, full.to_ym + MONTHS_PER_YEAR)


def notes_of(book: Book, measure: int, past: Past, *more: Note) -> tuple[Note, ...]:
    """Return what a reader of past results must know, without what does not apply."""
    return noted(_hidden(book, measure), _unknown(past), _homeless(past), _both(past), *more)


def _hidden(book: Book, measure: int) -> Note:
    return Note(
        "hidden",
        Text("你无权查看毛利的历史明细，它们不在这里。", "Lines of margin are not shown to you and are left out."),
        int(not sees(book, measure)),
    )


def _unknown(past: Past) -> Note:
    count = int((~past.known).sum())
    return Note(
        "without-amount",
        Text(f"{count} 笔没有该指标的金额，不计入。", f"Without an amount in this measure, and left out: {count}."),
        count,
    )


def _homeless(past: Past) -> Note:
    return Note(
        "no-unit",
        Text(
            f"{past.homeless} 笔的组织在截至日还没有，不计入。",
            f"At units that do not stand on the as-of day, and left out: {past.homeless}.",
        ),
        past.homeless,
    )


def _both(past: Past) -> Note:
    """Tell how many months hold contracts and lines: perhaps the same sale stands twice."""
    inside: BoolArray = past.known
    count = len(set(past.ym[inside & past.brought].tolist()) & set(past.ym[inside & ~past.brought].tolist()))
    return Note(
        "both",
        Text(
            f"{count} 个月既有达成里的合同，也有导入的明细，两者相加；请确认没有重复。",
            f"Months that hold both contracts and lines brought in, which are added: {count}. "
            "Make sure that nothing stands twice.",
        ),
        count,
    )
