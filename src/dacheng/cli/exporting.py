"""``dacheng export``: the whole company as a folder of CSVs that any engine can open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from dacheng.cli.talking import Database, say
from dacheng.core.errors import Text


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""

    @app.command()
    def export(
        folder: Annotated[Path, typer.Argument(help="写到这个文件夹 · folder to write")],
        db: Database = None,
    ) -> None:
        """导出全公司为 CSV 文件夹 · write the company as a folder of CSVs."""
        use_database(db)
        from dacheng.service.company_folder import write_folder

        rows, digest = write_folder(folder)
        print(digest)
        say(
            Text(
                f"已写 {rows:,} 行到 {folder}，规范哈希 {digest[:8]}。",
                f"{rows:,} rows in {folder}, hash {digest[:8]}.",
            )
        )
