"""``dacheng plan add|partner|undo``: a row added by hand, an account joined to a partner, a step taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from dacheng.cli.plan_opening import PlanOf, begun
from dacheng.cli.talking import say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text


def add_rows(group: typer.Typer) -> None:
    """Add the commands."""
    _adding(group)
    _joining(group)
    _undoing(group)


def _adding(group: typer.Typer) -> None:
    @group.command()
    def add(
        under: Annotated[str, typer.Argument(help="加在哪个组织下面，行号或名称 · the unit's row", metavar="UNDER")],
        kind: Annotated[str, typer.Option("--kind", help="vacancy|channel|customer|pool|buffer|reserve")] = "channel",
        name: Annotated[str, typer.Option("--name", help="名称，默认客户名 · default the account's name")] = "",
        account: Annotated[str, typer.Option("--account", help="渠道的客户，编码或名称 · account")] = "",
        month: Annotated[str, typer.Option("--from", help="起始月；待招必填 · first month", metavar="2027-03")] = "",
        plan: PlanOf = "",
    ) -> None:
        """加一行：渠道、待招、客户、其余合并、缓冲或未分配 · add a row of a partner, vacancy or account."""
        from dacheng.service.plan_naming import add_row, position_named

        book, one = begun(plan, "contract")
        values = {"kind": kind, "name": name, "account": account, "month": month}
        print(add_row(SYSTEM, datetime.now(UTC), book, one, position_named(one, under), **values))
        say(Text("已加一行。填它的数，或重新分解。", "Added. Enter its figures, or break the plan down again."))


def _joining(group: typer.Typer) -> None:
    @group.command("partner")
    def join(
        account: Annotated[str, typer.Argument(help="客户，编码或名称 · account", metavar="ACCOUNT")],
        partner: Annotated[
            str, typer.Argument(help="所属渠道的客户，空 = 自成一家 · the partner's account, blank = none")
        ] = "",
    ) -> None:
        """同一渠道的几个客户合成一行：让一个客户归入渠道 · let an account belong to a partner's."""
        from dacheng.service.books import open_database
        from dacheng.service.plan_naming import join_partner

        at = datetime.now(UTC)
        join_partner(SYSTEM, at, open_database(SYSTEM, at=at), account, partner)
        say(Text("已改；渠道目标把它们合成一行。", "Done; channel targets take them as one row."))


def _undoing(group: typer.Typer) -> None:
    @group.command("undo")
    def undo_step(
        entry: Annotated[str, typer.Argument(help="编号，拆分时给出 · as the split told it", metavar="ENTRY")],
        plan: PlanOf = "",
    ) -> None:
        """撤销方案的一步：拆分、改格、加行或换上级 · take a split, a save, a new row or a move back."""
        from dacheng.store.actions.plan_undo import undo_plan_cells

        one = begun(plan, "contract")[1]
        count = undo_plan_cells(actor=SYSTEM, at=datetime.now(UTC), uid=one.uid, entry_hash=entry)
        say(Text(f"已撤销，{count} 条记录变回原样。", f"Undone; records as they were before: {count}."))
