"""``dacheng duplicates`` and ``dacheng merge``: what may be there twice, and two records made one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from dacheng.cli.talking import REFUSED, Database, language, say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text
from dacheng.core.schema import RELATIONS


class Kind(StrEnum):
    """What can be merged."""

    customers = "customers"
    deals = "deals"


What = Annotated[Kind, typer.Argument(help="客户或商机 · accounts or opportunities", metavar="KIND")]
Goes = Annotated[str, typer.Argument(help="并掉的那条 · the one that goes: code or name", metavar="GOES")]
Stays = Annotated[str, typer.Argument(help="留下的那条 · the one that stays: code or name", metavar="STAYS")]
Take = Annotated[list[str] | None, typer.Option("--take", help="取并掉那条的值 · keep its value", metavar="COLUMN")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看影响 · look only")]


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""

    @app.command()
    def duplicates(kind: What, db: Database = None) -> None:
        """列出疑似重复的客户或商机 · list what may be there twice."""
        use_database(db)
        from dacheng.service.books import open_database
        from dacheng.service.merging import duplicates as found

        at = datetime.now(UTC)
        for one in found(kind.value, SYSTEM, at, open_database(SYSTEM, at=at)):
            alike = f"{one.pair.likeness:.0%}"
            print("\t".join([one.first.code, one.first.name, one.second.code, one.second.name, alike]))

    @app.command()
    def merge(
        kind: What,
        goes: Goes,
        stays: Stays,
        db: Database = None,
        take: Take = None,
        dry_run: DryRun = False,
    ) -> None:
        """把一条并入另一条 · merge a record into another one."""
        use_database(db)
        from dacheng.service.books import open_database
        from dacheng.service.merging import Merging, called, preview
        from dacheng.service.merging import merge as merged
        from dacheng.service.undoing import entry_written

        at = datetime.now(UTC)
        book = open_database(SYSTEM, at=at)
        first, second = (called(kind.value, text, book) for text in (goes, stays))
        step = Merging(first, second, tuple(take or ()))
        if dry_run:
            seen = preview(kind.value, SYSTEM, at, step)
            _tell(seen.moved)
            for one in seen.said:
                say(one)
            say(seen.refused.message if seen.refused else Text("没有写入。", "Nothing was written."))
            raise typer.Exit(REFUSED if seen.refused else 0)
        _tell(merged(kind.value, SYSTEM, at, step).moved)
        say(Text("已合并；dacheng undo 编号 可撤销。", "Merged; take it back with undo ENTRY."))
        print(entry_written(SYSTEM, at))


def _tell(moved: Mapping[str, int]) -> None:
    for name, many in moved.items():
        if many:
            print(f"{RELATIONS[name].label.in_language(language())}\t{many}")
