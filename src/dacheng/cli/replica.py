"""``dacheng replica``: the copy in columns that answers for a large company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from dacheng.cli.talking import Database, say
from dacheng.core.errors import RuleError, Text

if TYPE_CHECKING:
    from dacheng.core.replica import Manifest

MEGABYTE = 1_000_000


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="列存副本 · columnar replica", no_args_is_help=True)
    app.add_typer(group, name="replica")

    @group.callback()
    def replica() -> None:
        """列存副本 · columnar replica."""

    @group.command("build")
    def build(db: Database = None) -> None:
        """建立或更新列存副本 · build the columnar replica, or bring it up to date."""
        use_database(db)
        from dacheng.service.processes import has_ended
        from dacheng.service.replicating import refresh
        from dacheng.store.history import microseconds

        manifest = refresh(microseconds(datetime.now(UTC)), step=lambda: None, is_gone=has_ended)
        if manifest is None:
            raise RuleError(
                Text("另一个进程正在写这个副本。", "Another process is writing this replica."),
                Text("等它写完。", "Wait until it is done."),
            )
        say(_described(manifest))

    @group.command("status")
    def status(db: Database = None) -> None:
        """看列存副本的状态 · show how the columnar replica stands."""
        use_database(db)
        from dacheng.service.replica_status import replica_status

        stands = replica_status(datetime.now(UTC))
        print(f"wanted\t{'yes' if stands.wanted else 'no'}\nopportunities\t{stands.deals}")
        if stands.manifest:
            print(f"versions\t{stands.manifest.versions}\nbytes\t{stands.manifest.size}\nbehind\t{stands.behind}")
            say(_described(stands.manifest))
        if stands.problem:
            say(Text(f"现在由数据库回答：{stands.problem.zh}", f"The database answers: {stands.problem.en}"))
        if stands.offered:
            say(Text("商机很多，建议开启规则「用列存副本」。", "So many opportunities: switch on replica.use."))

    @group.command("drop")
    def drop(db: Database = None) -> None:
        """删除列存副本 · remove the columnar replica."""
        use_database(db)
        from dacheng.service.replicating import drop as dropped

        gone = dropped()
        say(Text("已删除。", "Removed.") if gone else Text("没有可删的副本。", "There is none to remove."))


def _described(manifest: Manifest) -> Text:
    """Return a replica in a sentence: up to when, how many versions, how large."""
    known = datetime.fromtimestamp(manifest.at / 1_000_000, UTC).isoformat(timespec="seconds")
    size = f"{manifest.size / MEGABYTE:,.1f} MB"
    return Text(
        f"列存副本截至 {known}：{manifest.versions:,} 个版本，{size}。",
        f"The columnar replica knows everything up to {known}: {manifest.versions:,} versions, {size}.",
    )
