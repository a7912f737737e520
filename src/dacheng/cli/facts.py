"""``dacheng facts``: every fact as Parquet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from dacheng.cli.talking import Database, say
from dacheng.core.errors import Text


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""
    group = typer.Typer(help="事实表 · fact tables", no_args_is_help=True)
    app.add_typer(group, name="facts")

    @group.callback()
    def facts() -> None:
        """事实表 · fact tables."""

    @group.command("export")
    def export(
        output: Annotated[Path, typer.Option("-o", "--output", help="写到这个文件夹 · folder to write", metavar="DIR")],
        db: Database = None,
    ) -> None:
        """导出全部事实为 Parquet · write all facts as Parquet."""
        use_database(db)
        from dacheng.service.facts_export import export_facts

        manifest, rows, digest = export_facts(output)
        print(digest)
        say(
            Text(
                f"已导出 {rows:,} 条事实，{len(manifest.files)} 个文件，到 {output}。",
                f"{rows:,} facts in {len(manifest.files)} files of {output}.",
            )
        )
