"""``dacheng backup`` and ``dacheng restore``: the whole database as one file, and back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dacheng.cli.talking import REFUSED, Database, language, say, tell
from dacheng.core.errors import Text

if TYPE_CHECKING:
    from dacheng.core.backup import Manifest


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""

    @app.command()
    def backup(
        output: Annotated[Path, typer.Option("-o", "--output", help="写到文件 · file to write", metavar="FILE")],
        db: Database = None,
    ) -> None:
        """整库备份成一个文件 · write the whole database as one file."""
        use_database(db)
        from dacheng.service.backing_up import back_up

        manifest, fingerprint = back_up(output)
        print(fingerprint)
        _say_done(manifest, Text(f"已备份到 {output}", f"Backed up to {output}"))

    @app.command()
    def restore(
        file: Annotated[Path, typer.Argument(help="备份文件 · the backup", metavar="FILE")],
        db: Database = None,
        despite_findings: Annotated[
            bool, typer.Option("--despite-findings", help="日志不符也恢复 · even if the log does not fit")
        ] = False,
    ) -> None:
        """从备份恢复到一个空库 · fill an empty database from a backup."""
        use_database(db)
        from dacheng.service.backing_up import RestoreRefused
        from dacheng.service.backing_up import restore as restored

        try:
            manifest, fingerprint = restored(file, despite_findings=despite_findings, say=say)
        except RestoreRefused as refusal:
            tell(refusal.findings)
            print(refusal.sentence(language()), file=sys.stderr)
            raise typer.Exit(REFUSED) from None
        print(fingerprint)
        _say_done(manifest, Text(f"已从 {file} 恢复", f"Restored from {file}"))
        say(
            Text(
                "备份里没有密码和令牌：用 dacheng init --admin 姓名 打印登录链接。",
                "A backup holds no passwords or tokens: dacheng init --admin NAME prints a sign-in link.",
            )
        )


def _say_done(manifest: Manifest, what: Text) -> None:
    rows = sum(table.rows for table in manifest.tables)
    company, tables = manifest.origin.company, len(manifest.tables)
    say(
        Text(
            f"{what.zh}：{company}，{tables} 张表，{rows:,} 行。",
            f"{what.en}: {company}, {tables} tables, {rows:,} rows.",
        )
    )
