"""``dacheng close``, ``freeze`` and ``four-tables``: closing months, freezing Books, their four tables as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dacheng.cli.talking import Database, language, say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text

if TYPE_CHECKING:
    from dacheng.service.freezing import Frozen

Month = Annotated[str, typer.Argument(help="月份 · month, 2026-10", metavar="MONTH")]


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    _months(app, use_database)
    _books(app, use_database)


def _months(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands of months."""

    @app.command()
    def close(
        month: Month,
        db: Database = None,
        no_freeze: Annotated[bool, typer.Option("--no-freeze", help="只关账，不存档 · close only")] = False,
    ) -> None:
        """关账，并存下月末的数 · close a month, and freeze the Book of its last day."""
        use_database(db)
        from dacheng.service.closing import close_month, closing
        from dacheng.service.freezing import freeze as frozen_of
        from dacheng.service.wire import month_of

        at, ym = datetime.now(UTC), month_of(month)
        close_month(SYSTEM, at, ym)
        say(Text(f"已关账到 {month}。", f"Closed through {month}."))
        if not no_freeze:
            _told(frozen_of(SYSTEM, at, int(closing(at).months.last_day_of(ym))))

    @app.command()
    def reopen(
        month: Month,
        reason: Annotated[str, typer.Option("--reason", help="原因 · reason")],
        db: Database = None,
    ) -> None:
        """重新打开最后关的那个月 · reopen the last closed month."""
        use_database(db)
        from dacheng.service.closing import reopen_month
        from dacheng.service.wire import month_of

        reopen_month(SYSTEM, datetime.now(UTC), month_of(month), reason)
        say(Text(f"{month} 已重新打开。", f"{month} is open again."))


def _books(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands of frozen Books."""

    @app.command()
    def freeze(
        day: Annotated[str, typer.Argument(help="截至日 · as-of day", metavar="DATE")], db: Database = None
    ) -> None:
        """存下一天的数 · freeze the Book of a day to Parquet with its SHA-256."""
        use_database(db)
        from dacheng.service.freezing import freeze as frozen_of
        from dacheng.service.questions import parsed_day

        _told(frozen_of(SYSTEM, datetime.now(UTC), parsed_day(day)))

    @app.command("four-tables")
    def four_tables(
        output: Annotated[Path, typer.Option("-o", "--output", help=".xlsx | .pdf", metavar="FILE")],
        frozen: Annotated[str, typer.Option("--frozen", help="存档，不给就是实时 · a frozen Book")] = "",
        as_of: Annotated[str, typer.Option(help="实时的截至日 · as-of day of live data", metavar="DATE")] = "",
        unit: Annotated[str, typer.Option(help="组织编码 · unit")] = "",
        viewer: Annotated[str, typer.Option(help="谁看，不给就是全公司 · person")] = "",
        db: Database = None,
    ) -> None:
        """四表合成一个工作簿或 PDF · the four tables as one workbook or PDF."""
        use_database(db)
        from dacheng.service.answering import seen_by
        from dacheng.service.books import open_database
        from dacheng.service.four_tables import frozen_pack, live, pack_file, pack_of
        from dacheng.service.questions import asked_day

        at = datetime.now(UTC)
        who = seen_by(viewer, at)
        if frozen:
            pack = frozen_pack(frozen, who, at, unit)
        else:
            pack = pack_of(live(open_database(who, at=at, as_of_day=asked_day(as_of))), None, unit)
        _, _, content = pack_file(pack, output.suffix.lstrip("."), language())
        output.write_bytes(content)
        say(Text(f"已写 {output}。", f"Written to {output}."))


def _told(frozen: Frozen) -> None:
    print(frozen.digest)
    say(
        Text(
            f"存档 {frozen.name}：{frozen.facts:,} 条事实。四表用 four-tables --frozen {frozen.name} 取。",
            f"Frozen as {frozen.name}: {frozen.facts:,} facts. Fetch it by four-tables --frozen {frozen.name}.",
        )
    )
