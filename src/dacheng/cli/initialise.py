"""``dacheng init``: an empty database with its company and its first administrator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from dacheng.cli.talking import Database, language, say
from dacheng.core.errors import Text


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""

    @app.command("init")
    def initialise(
        db: Database = None,
        name: Annotated[str, typer.Option(help="公司名称 · the company's name")] = "",
        currency: Annotated[str, typer.Option(help="币种 · currency, ISO code")] = "CNY",
        pack: Annotated[str, typer.Option(help="行业模板 · pack by industry; list = all")] = "",
        admin: Annotated[str, typer.Option(help="管理员姓名或工号 · administrator, name or employee no.")] = "",
        url: Annotated[str, typer.Option(help="网址 · where it is served")] = "http://localhost:8000",
    ) -> None:
        """建空库、公司和管理员，打印一次性登录链接 · make database, company and administrator."""
        if pack == "list":
            return _list_packs()
        use_database(db)
        from dacheng.service.setting_up import administrator, company_exists, found_company, link_of, migrate

        at = datetime.now(UTC)
        migrate()
        if name or not company_exists():
            found_company(at, name, currency, pack=pack)
            say(Text(f"已建公司：{name}（{currency}）", f"Company: {name} ({currency})"))
        if admin:
            print(link_of(at, administrator(at, admin), url))
            say(
                Text(
                    f"以上是 {admin} 的一次性登录链接，24 小时内有效。",
                    f"The line above is {admin}'s one-time sign-in link, good for 24 hours.",
                )
            )
        else:
            say(
                Text(
                    "还没有给管理员：dacheng init --admin 姓名 会打印登录链接。",
                    "No administrator yet: dacheng init --admin NAME prints a sign-in link.",
                )
            )


def _list_packs() -> None:
    """Print the packs by industry: code, name and what each is about."""
    from dacheng.service.first_steps import packs

    for one in packs():
        print(f"{one.code}\t{one.name.in_language(language())}\t{one.about.in_language(language())}")
