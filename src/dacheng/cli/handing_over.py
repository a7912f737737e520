"""``dacheng reassign`` and ``dacheng undo``: somebody's open opportunities to another, and a step taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from dacheng.cli.talking import REFUSED, Database, say, tell
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text

From = Annotated[str, typer.Option("--from", help="现在的负责人 · who owns them now: code or name", metavar="PERSON")]
To = Annotated[str, typer.Option("--to", help="新负责人 · the new owner", metavar="PERSON")]
On = Annotated[str, typer.Option("--on", help="从哪天起，默认今天 · from which day", metavar="DATE")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看影响 · look only")]
Entry = Annotated[str, typer.Argument(help="一步的编号 · the name of a step", metavar="ENTRY")]


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""

    @app.command()
    def reassign(owner: From, to: To, db: Database = None, on: On = "", dry_run: DryRun = False) -> None:
        """把一个人在途的商机全部转给另一个人 · hand all open opportunities of a person over."""
        use_database(db)
        from dacheng.service.handing_over import handed_over

        at = datetime.now(UTC)
        done = handed_over(SYSTEM, at, owner=owner, to=to, on=on, dry_run=dry_run)
        tell(done.findings)
        for one in done.units:
            say(one)
        if dry_run or done.findings:
            say(Text("没有写入。", "Nothing was written."))
            raise typer.Exit(REFUSED if done.findings else 0)
        count = f"{done.changed:,}"
        say(Text(f"已转 {count} 条；dacheng undo 编号 可撤销。", f"{count} handed over; take it back with undo ENTRY."))
        if done.entry:
            print(done.entry)

    @app.command()
    def undo(entry: Entry, db: Database = None) -> None:
        """撤销一步 · take a step back."""
        use_database(db)
        from dacheng.service.undoing import undo_edit

        undone = undo_edit(actor=SYSTEM, at=datetime.now(UTC), entry=entry)
        say(Text(f"已撤销 {len(undone.uids):,} 条。", f"Undone: {len(undone.uids):,}."))
