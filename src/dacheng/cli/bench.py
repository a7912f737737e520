"""``dacheng bench``: measure, and write the page of results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dacheng.cli.talking import say
from dacheng.core.errors import Text

if TYPE_CHECKING:
    from dacheng.bench.measuring import Line


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""

    @app.command()
    def bench(
        postgres: Annotated[
            str | None,
            typer.Option(
                help="空的 PostgreSQL；不给则只量目标分解 · an empty PostgreSQL; else plans are measured alone",
                metavar="URL",
            ),
        ] = None,
        plans_alone: Annotated[
            bool, typer.Option("--plans", help="只量目标分解（第 6 到 8 项）· plans alone (goals 6 to 8)")
        ] = False,
        tables_alone: Annotated[
            bool,
            typer.Option("--tables", help="只量四张表的页面（第 19 项）· pages of the four tables alone (goal 19)"),
        ] = False,
        deals: Annotated[int, typer.Option(help="商机数量 · number of opportunities")] = 100_000,
        folder: Annotated[Path, typer.Option(help="数据库放在 · where databases are kept")] = Path("var/bench"),
        output: Annotated[Path, typer.Option("-o", "--output")] = Path("docs/reference/benchmarks.md"),
    ) -> None:
        """量性能，写结果页 · measure, and write the page of results."""
        at = datetime.combine(datetime.now(UTC).date(), time(4), UTC)
        from dacheng.bench.databases import empty_file, load, sqlite_file

        if tables_alone:
            url = sqlite_file(folder, deals, at.date().isoformat())
            use_database(url)
            from dacheng.bench.running import run, tables

            _print(run(tables(at, url), output, at))
            return
        if plans_alone or not postgres:
            use_database(None)
            from dacheng.bench.running import plans, run

            databases = {"SQLite": empty_file(folder, "plans")} | ({"PostgreSQL": postgres} if postgres else {})
            _print(run(plans(databases, at), output, at))
            return
        day = at.date().isoformat()
        url = sqlite_file(folder, deals, day)
        load(postgres, day, deals)
        use_database(url)
        from dacheng.bench.running import measure, run
        from dacheng.service.database_urls import database

        say(Text(f"量 {deals:,} 个商机。", f"Measuring {deals:,} opportunities."))
        _print(run(measure(deals, at, url, database(postgres)), output, at))


def _print(lines: Iterable[Line]) -> None:
    for line in lines:
        print("\t".join((line.row, line.work, line.scale, line.ours, line.theirs, line.ratio, line.goal)))
