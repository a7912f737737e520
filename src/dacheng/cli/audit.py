"""``dacheng audit``: proof that nothing was changed behind the log."""

from __future__ import annotations

from collections.abc import Callable

import typer

from dacheng.cli.talking import REFUSED, Database, say, tell
from dacheng.core.errors import Text


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""
    group = typer.Typer(help="核对日志 · check the log", no_args_is_help=True)
    app.add_typer(group, name="audit")

    @group.callback()
    def audit() -> None:
        """核对日志 · check the log."""

    @group.command()
    def verify(db: Database = None) -> None:
        """核对哈希链、事实和记录 · check the hash chain, the facts and the records."""
        use_database(db)
        from dacheng.service.auditing import verified

        findings = verified()
        tell(findings)
        if findings:
            raise typer.Exit(REFUSED)
        say(Text("日志、事实和记录都一致。", "The log, the facts and the records agree."))
