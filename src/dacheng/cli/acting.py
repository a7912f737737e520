"""``dacheng action last``: how fresh the action board is; ``dacheng report targets/action_board`` shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import typer

from dacheng.cli.talking import Database, say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="动作 · actions", no_args_is_help=True)
    app.add_typer(group, name="action")

    @group.callback()
    def action(db: Database = None) -> None:
        """动作：最后什么时候登记 · when actions were last entered."""
        use_database(db)

    @group.command()
    def last() -> None:
        """最后登记动作的时刻，超过 24 小时会说 · when an action was last entered; says when over 24 hours ago."""
        from dacheng.core.period import date_of
        from dacheng.service.activity import last_entry
        from dacheng.service.books import open_database

        at = datetime.now(UTC)
        book = open_database(SYSTEM, at=at)
        found = last_entry(book)
        if found is None:
            say(Text("还没有登记过动作。", "No action was ever entered."))
            return
        print(found.at.isoformat(timespec="minutes") if found.at else date_of(found.day).isoformat())
        if found.stale(book, at):
            say(Text("已超过 24 小时没有登记。", "Nothing was entered for over 24 hours."))
