"""``dacheng inventory``: rows of an opportunity inventory read from a file, looked at, then written at once (R013)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dacheng.cli.talking import REFUSED, Database, language, say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="机会盘点 · opportunity inventory", no_args_is_help=True)
    app.add_typer(group, name="inventory")

    @group.callback()
    def inventory(db: Database = None) -> None:
        """机会盘点：先看每行读法，再一次写入 · read rows first, then write them at once."""
        use_database(db)

    @group.command()
    def fill(
        file: Annotated[str, typer.Argument(help="文本文件，- = 标准输入 · text file; - = standard input")],
        period: Annotated[str, typer.Option("--period", help="财年 · fiscal year, such as 2027")] = "",
        write: Annotated[bool, typer.Option("--write", help="都读得通就写入 · write where nothing is wrong")] = False,
    ) -> None:
        """列出每行怎么读、错在哪里；--write 一次写入 · say how each row is read; --write fills them all at once."""
        from dacheng.service.books import open_database
        from dacheng.service.inventory import fill_block

        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
        at = datetime.now(UTC)
        book = open_database(SYSTEM, at=at)
        read = fill_block(SYSTEM, book, at, text, period=period, money_unit="yuan", write=write)
        for one in read:
            print(one.row, one.problem.sentence(language()) if one.problem else "ok", *one.cells, sep="\t")
        wrong = sum(one.problem is not None for one in read)
        if wrong:
            say(Text(f"{wrong} 行要改，什么都没有写入。", f"Rows to correct: {wrong}. Nothing was written."))
            raise typer.Exit(REFUSED)
        if write:
            say(Text(f"填入 {len(read)} 行。", f"Lines filled: {len(read)}."))
        else:
            say(Text(f"{len(read)} 行都可以填；加 --write 写入。", f"{len(read)} lines can be filled; add --write."))
