"""``dacheng serve``: the web server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from dacheng.cli.talking import Database


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""

    @app.command()
    def serve(
        db: Database = None,
        host: Annotated[str, typer.Option(help="监听地址 · address")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="端口 · port", min=1, max=65535)] = 8000,
        workers: Annotated[int, typer.Option(help="进程数 · processes", min=1, max=64)] = 2,
    ) -> None:
        """启动服务 · run the web server."""
        use_database(db)
        run_server(host, port, workers)


def run_server(host: str, port: int, workers: int) -> None:
    """Run the server until it is stopped; the database must be chosen already."""
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "dacheng.conf.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        websockets=False,
        log_enabled=False,
    ).serve()
