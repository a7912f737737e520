"""``dacheng plan factor`` and ``dacheng plan figure``: factors of the company's own and their figures (R048)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from dacheng.cli.talking import say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text


def add_factors(group: typer.Typer) -> None:
    """Add the commands of factors to those of plans."""

    @group.command()
    def factor(
        name: Annotated[str, typer.Argument(help="名称，如 门店数 · name", metavar="NAME")],
        code: Annotated[str, typer.Option("--code", help="编码，不给就自动编 · code")] = "",
        english: Annotated[str, typer.Option("--english", help="英文名 · English name")] = "",
        counted_in: Annotated[str, typer.Option("--in", help="计量单位，如 家 · counted in")] = "",
    ) -> None:
        """新建公司自己的分解因子 · create a factor of the company's own."""
        from dacheng.store.actions.factors import create_factor
        from dacheng.store.standing import standing_uid

        values = {"name": name, "code": code, "name_en": english, "counted_in": counted_in}
        made = create_factor(actor=SYSTEM, at=datetime.now(UTC), values=values)
        say(Text(f"已建分解因子“{name}”。", f"The factor {name} was made."))
        print(standing_uid("factors", made.uid).row["code"])

    @group.command()
    def figure(
        factor: Annotated[str, typer.Argument(help="因子编码或名称 · factor", metavar="FACTOR")],
        unit: Annotated[str, typer.Argument(help="组织编码或名称 · unit", metavar="UNIT")],
        value: Annotated[int, typer.Argument(help="数，整数 · figure", metavar="FIGURE")],
        person: Annotated[str, typer.Option("--person", help="人员，默认整个组织 · default the whole unit")] = "",
        day: Annotated[str, typer.Option("--day", help="截至哪天，默认今天 · as of", metavar="2026-06-30")] = "",
        source: Annotated[str, typer.Option("--source", help="来源 · source")] = "",
    ) -> None:
        """填写因子在一个组织或一个人那里的数 · state a figure of a factor at a unit or of a person."""
        from dacheng.service.factors import state_figure

        state_figure(SYSTEM, datetime.now(UTC), factor, unit, value, person=person, day=day, source=source)
        place = f"{unit} {person}".strip()
        say(Text(f"“{factor}”在 {place} 是 {value}。", f"{factor} is {value} at {place}."))
