"""``dacheng check``: whether what is kept of money is what its postings add up to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import typer

from dacheng.cli.talking import REFUSED, Database, language, say
from dacheng.core.errors import Text


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""

    @app.command()
    def check(db: Database = None) -> None:
        """对账：明细重新相加，和记录比 · check the books: add their rows up again and list what does not meet."""
        use_database(db)
        from dacheng.service.exporting import exported
        from dacheng.service.money_check import checked_books, unmet

        answer = checked_books(datetime.now(UTC))
        sys.stdout.buffer.write(exported(answer, "csv", columns=(), language=language()))
        sys.stdout.buffer.flush()
        for line in answer.remarks(language()):
            say(Text(line, line))
        if unmet(answer):
            raise typer.Exit(REFUSED)
