"""``dacheng checklist``: a checklist started, its items ticked; ``dacheng report plans/checklists`` lists them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from dacheng.cli.talking import Database, say
from dacheng.core.access import SYSTEM
from dacheng.core.checklists.schema import KINDS
from dacheng.core.errors import Text

CODES = " | ".join(code for _, code, _ in KINDS)


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="清单 · checklists", no_args_is_help=True)
    app.add_typer(group, name="checklist")

    @group.callback()
    def checklist(db: Database = None) -> None:
        """清单：开一张、勾完成 · start a checklist, tick its items."""
        use_database(db)

    @group.command()
    def start(
        kind: Annotated[str, typer.Argument(help=CODES, metavar="KIND")],
        plan: Annotated[str, typer.Option("--plan", help="方案 · plan")] = "",
        person: Annotated[str, typer.Option("--person", help="新经理 · new manager")] = "",
        unit: Annotated[str, typer.Option("--unit", help="组织 · unit")] = "",
        year: Annotated[int, typer.Option("--year", help="年份 · fiscal year")] = 0,
    ) -> None:
        """开一张清单 · start a checklist from its template."""
        from dacheng.service.checklists import start_named

        count = start_named(SYSTEM, datetime.now(UTC), kind, plan=plan, person=person, unit=unit, year=year)
        say(Text(f"清单已开，{count} 项。", f"The checklist was started with {count} items."))

    @group.command()
    def tick(
        codes: Annotated[list[str], typer.Argument(help="事项编码 · item codes", metavar="CODE…")],
        note: Annotated[str, typer.Option("--note", help="说明 · note")] = "",
        off: Annotated[bool, typer.Option("--off", help="取消 · take the tick back")] = False,
    ) -> None:
        """勾完成 · tick items as done."""
        from dacheng.service.checklists import tick_named

        changed = tick_named(SYSTEM, datetime.now(UTC), codes, done=not off, note=note)
        say(Text(f"{changed} 项已存。", f"Items saved: {changed}."))
