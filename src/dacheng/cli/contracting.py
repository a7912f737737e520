"""``dacheng contract``: late signings decided; ``dacheng report deals/contracts --intake waiting`` lists them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from dacheng.cli.talking import Database, say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text

Code = Annotated[str, typer.Argument(help="合同号 · contract no.", metavar="CODE")]


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="合同 · contracts", no_args_is_help=True)
    app.add_typer(group, name="contract")

    @group.callback()
    def contract(db: Database = None) -> None:
        """合同：批准补签、标一次性 · decide on late signings, mark one-off contracts."""
        use_database(db)

    @group.command()
    def approve(
        code: Code, reason: Annotated[str, typer.Option("--reason", help="意见 · what is said of it")] = ""
    ) -> None:
        """批准补签，从今天起计入订货 · approve a late signing: an order from today on."""
        from dacheng.service.contracts import decide_named

        decide_named(SYSTEM, datetime.now(UTC), code, approve=True, reason=reason)
        say(Text(f"合同 {code} 已批准，计入订货。", f"{code} is approved and counts as an order."))

    @group.command()
    def refuse(code: Code, reason: Annotated[str, typer.Option("--reason", help="理由 · why")]) -> None:
        """驳回补签，不计订货 · refuse a late signing: no order."""
        from dacheng.service.contracts import decide_named

        decide_named(SYSTEM, datetime.now(UTC), code, approve=False, reason=reason)
        say(Text(f"合同 {code} 已驳回，不计订货。", f"{code} is refused and is no order."))

    @group.command("one-off")
    def one_off(
        code: Code,
        reason: Annotated[str, typer.Option("--reason", help="理由 · why")],
        back: Annotated[bool, typer.Option("--back", help="不再算一次性 · take the mark back")] = False,
    ) -> None:
        """标为一次性合同：测算时剔除，业绩照算 · leave a contract out of estimates, not of results."""
        from dacheng.service.contracts import one_off_named

        one_off_named(SYSTEM, datetime.now(UTC), code, one_off=not back, reason=reason)
        if back:
            say(Text(f"合同 {code} 不再算一次性。", f"{code} is one-off no more."))
        else:
            say(Text(f"合同 {code} 已标为一次性，测算时剔除。", f"{code} is one-off and left out of estimates."))
