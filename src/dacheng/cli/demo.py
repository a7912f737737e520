"""``dacheng demo``: the invented company, served, with one sign-in link per role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from dacheng.cli.serve import run_server
from dacheng.cli.talking import language, say
from dacheng.core.errors import Text
from dacheng.demo import generate


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""

    @app.command()
    def demo(
        folder: Annotated[Path, typer.Option(help="数据放在 · where its database is kept")] = Path("var/demo"),
        as_of: Annotated[str, typer.Option(help="演示公司的今天 · its today, ISO", metavar="DATE")] = "",
        scale: Annotated[int, typer.Option(help="商机数量 · number of opportunities; 0 = 3,000")] = 0,
        host: Annotated[str, typer.Option()] = "127.0.0.1",
        port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
        serve: Annotated[bool, typer.Option(help="建好后启动服务 · serve it")] = True,
        fresh: Annotated[bool, typer.Option(help="重新生成 · make it anew")] = False,
    ) -> None:
        """建一家演示公司并打开 · make the demo company and serve it."""
        folder.mkdir(parents=True, exist_ok=True)
        name = f"demo-{scale}.sqlite3" if scale else "demo.sqlite3"
        file = (folder / name).resolve()
        if fresh:
            for leftover in folder.glob(f"{name}*"):
                leftover.unlink()
        use_database(f"sqlite:///{file}")
        from dacheng.service.setting_up import ready_demo, sign_in_links

        at = datetime.now(UTC)
        made = ready_demo(at, date.fromisoformat(as_of) if as_of else None, scale or None, generate)
        say(Text(f"演示公司：{made}", f"Demo company: {made}"))
        for role, person, link in sign_in_links(at, f"http://{_shown(host)}:{port}"):
            print(f"{role.in_language(language())}\t{person}\t{link}", flush=True)
        if serve:
            say(Text(f"打开 http://{_shown(host)}:{port}，Ctrl C 停止。", f"Open http://{_shown(host)}:{port}"))
            run_server(host, port, workers=2)


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1") else host
