"""``dacheng engage`` and ``dacheng disengage``: somebody works in another unit beside his home, or no longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from dacheng.cli.talking import Database, say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text

if TYPE_CHECKING:
    from dacheng.service.engaging import Engaging


class Kind(StrEnum):
    """How somebody works elsewhere."""

    SECONDMENT = "secondment"
    PART_TIME = "part-time"


Person = Annotated[str, typer.Argument(help="工号或姓名 · who: code or name", metavar="PERSON")]
Unit = Annotated[str, typer.Argument(help="所到组织 · the host unit: code or name", metavar="UNIT")]
Share = Annotated[str, typer.Option("--share", help="占用比例 · share of full time: 50%", metavar="PERCENT")]
KindOf = Annotated[Kind, typer.Option("--kind", help="借调或兼职 · which kind")]
On = Annotated[str, typer.Option("--on", help="从哪天起，默认今天 · from which day", metavar="DATE")]
Last = Annotated[
    str, typer.Option("--last", help="最后一天，默认不结束 · the last day; default no end", metavar="DATE")
]
Reason = Annotated[str, typer.Option("--reason", help="原因 · why", metavar="TEXT")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看影响 · look only")]


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""

    @app.command()
    def engage(
        person: Person,
        unit: Unit,
        share: Share,
        db: Database = None,
        kind: KindOf = Kind.SECONDMENT,
        on: On = "",
        last: Last = "",
        reason: Reason = "",
        dry_run: DryRun = False,
    ) -> None:
        """让一个人在归属以外的组织工作 · let somebody work in another unit beside his home."""
        use_database(db)
        from dacheng.service.engaging import Engaging

        _do(Engaging(person, unit, kind.value, share, on, last, reason), dry_run)

    @app.command()
    def disengage(
        person: Person,
        unit: Unit,
        db: Database = None,
        kind: KindOf = Kind.SECONDMENT,
        on: On = "",
        dry_run: DryRun = False,
    ) -> None:
        """结束借调或兼职 · let somebody work in another unit no longer."""
        use_database(db)
        from dacheng.service.engaging import Engaging

        _do(Engaging(person, unit, kind.value, on=on), dry_run)


def _do(wanted: Engaging, dry_run: bool) -> None:
    from dacheng.service.engaging import engage as engaged

    done = engaged(SYSTEM, datetime.now(UTC), wanted, dry_run=dry_run)
    for one in done.told:
        say(one)
    if dry_run or not done.changed:
        say(Text("没有写入。", "Nothing was written."))
        return
    say(Text("已记下；dacheng undo 编号 可撤销。", "Recorded; take it back with undo ENTRY."))
    print(done.entry)
