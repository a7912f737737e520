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
                help="空的 PostgreSQL；不给则不用数据库 · an empty PostgreSQL; else none is used",
                metavar="URL",
            ),
        ] = None,
        deals: Annotated[int, typer.Option(help="商机数量 · number of opportunities")] = 100_000,
        folder: Annotated[Path, typer.Option(help="数据库放在 · where databases are kept")] = Path("var/bench"),
        output: Annotated[Path, typer.Option("-o", "--output")] = Path("docs/reference/benchmarks.md"),
    ) -> None:
        """量性能，写结果页 · measure, and write the page of results."""
        at = datetime.combine(datetime.now(UTC).date(), time(4), UTC)
        if not postgres:
            use_database(None)
            from dacheng.bench.running import plans, run

            _print(run(plans(), output, at))
            return
        from dacheng.bench.databases import load, sqlite_file

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
