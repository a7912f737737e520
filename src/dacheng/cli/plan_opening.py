"""What the commands of a plan share: which plan, measure, row and month a command line names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dacheng.cli.talking import say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text
from dacheng.core.money import in_yuan

if TYPE_CHECKING:
    from dacheng.core.book import Book
    from dacheng.service.plans import Done, OpenPlan

PlanOf = Annotated[str, typer.Option("--plan", help="方案编号或名称，默认最近的 · which plan; default the latest")]
Measure = Annotated[str, typer.Option("--measure", help="指标编码 · measure", metavar="CODE")]
Row = Annotated[str, typer.Argument(help="行号或名称 · row no. or name", metavar="ROW")]
Amount = Annotated[str, typer.Argument(help="金额，元或 650万 · amount", metavar="AMOUNT")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看影响 · look only")]
Month = Annotated[str, typer.Option("--month", help="月份，默认全年 · default the whole year", metavar="2027-03")]


def begun(plan: str, measure: str, cut: str = "") -> tuple[Book, OpenPlan]:
    """Return the Book of now and a measure of the plan that a command line names, or a cut of it."""
    from dacheng.service.books import open_database
    from dacheng.service.plan_naming import opened

    book = open_database(SYSTEM, at=datetime.now(UTC))
    return book, opened(book, plan, measure, cut)


def opened_plan(plan: str, measure: str, cut: str = "") -> OpenPlan:
    """Return a measure of the plan that a command line names."""
    return begun(plan, measure, cut)[1]


def dimension_of(code: str) -> int:
    """Return the number of a dimension by its code."""
    from dacheng.core.history.schema import DIMENSIONS
    from dacheng.core.report import number_of

    return number_of(DIMENSIONS, code) or 0


def plain(amount: int | None) -> str:
    """Return an amount as a csv carries it."""
    return "" if amount is None else in_yuan(amount).replace(",", "")


def say_proved(plan: str, measure: str, done: Done, cut: str = "") -> None:
    """Say how many cells were written, and that every sum holds."""
    from dacheng.core.plans.proving import sums_of

    sums = sums_of(opened_plan(plan, measure, cut).sheet)
    say(
        Text(
            f"写入 {done.written} 格；{sums.checked:,} 项相加，{sums.broken} 项不一致。",
            f"Cells written: {done.written}; {sums.checked:,} sums, {sums.broken} do not hold.",
        )
    )
