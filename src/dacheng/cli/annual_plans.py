"""``dacheng year``: the five steps of a fiscal year, and locking them as a version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from dacheng.cli.talking import Database, language, say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text

Year = Annotated[int, typer.Argument(help="财年 · fiscal year", metavar="YEAR")]


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="年度计划五步 · the five steps of the annual plan", no_args_is_help=True)
    app.add_typer(group, name="year")

    @group.callback()
    def year(db: Database = None) -> None:
        """年度计划：看市场、定目标、定策略、定计划、定预算 · from the market to the budget."""
        use_database(db)

    _commands(group)


def _commands(group: typer.Typer) -> None:
    @group.command()
    def steps(
        year: Year,
        version: Annotated[str, typer.Option("--version", help="锁定的版本，默认现在 · a locked version")] = "",
    ) -> None:
        """五步各到哪里，和锁定的版本 · how far each step is, and the locked versions."""
        from dacheng.core.strategy.smart import check_year
        from dacheng.core.strategy.steps import STATES, steps_of
        from dacheng.service.annual_plans import compared, locked_plan, locked_plans
        from dacheng.service.books import open_database

        check_year(year)
        at = datetime.now(UTC)
        book = open_database(SYSTEM, at=at)
        if version:
            shown = [one.then for one in compared(SYSTEM, at, locked_plan(book, year, version), book)]
        else:
            shown = list(steps_of(book, year))
        for one in shown:
            words = (one.name, STATES[one.state], one.told)
            print("\t".join(text.in_language(language()) for text in words))
        for locked in locked_plans(book, year):
            unit, by = (name.in_language(language()) for name in (locked.unit, locked.by))
            say(Text(f"第 {locked.number} 版 {unit} {by}：{locked.name} {locked.note}",
                     f"Version {locked.number} of {unit}, {by}: {locked.name} {locked.note}"))  # fmt: skip

    @group.command()
    def lock(
        year: Year,
        unit: Annotated[str, typer.Argument(help="组织，编码或名称 · unit, code or name", metavar="UNIT")],
        note: Annotated[str, typer.Option("--note", help="说明；有步骤没完成时必填 · a note")] = "",
    ) -> None:
        """锁定五步，成为一版 · lock the five steps as a version."""
        from uuid import UUID

        from dacheng.service.annual_plans import lock as lock_of
        from dacheng.service.labels import DatabaseNames
        from dacheng.service.questions import identified

        names = DatabaseNames()
        number = identified("units", unit, names)
        lock_of(SYSTEM, datetime.now(UTC), UUID(names.names("units", [number])[number].uid), year, note)
        say(Text(f"{year} 财年的五步已锁定。", f"The five steps of fiscal year {year} are locked."))
