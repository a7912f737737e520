"""``dacheng serve``: the web server, and beside it the worker of background jobs."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module
from typing import Annotated

import typer

from dacheng.cli.jobs import WORKER, worker_beside
from dacheng.cli.talking import Database
from dacheng.core.errors import RuleError, Text

APPLICATION = "dacheng.conf.wsgi:application"

SECONDS_TO_STOP = 3
"""How long requests under way have to finish when the server is stopped."""


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""

    @app.command()
    def serve(
        db: Database = None,
        host: Annotated[str, typer.Option(help="监听地址 · address")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="端口 · port", min=1, max=65535)] = 8000,
        workers: Annotated[int, typer.Option(help="进程数 · processes", min=1, max=64)] = 2,
        jobs: Annotated[bool, typer.Option(help="也做后台任务 · do background jobs as well")] = True,
    ) -> None:
        """启动服务 · run the web server."""
        use_database(db)
        run_server(host, port, workers, jobs=jobs)


def run_server(host: str, port: int, workers: int, *, jobs: bool = True) -> None:
    """Run the server until it is stopped; the database must be chosen already.

    Args:
        jobs: run the worker of background jobs beside it.

    Raises:
        RuleError: something listens on the port already; two servers would share its requests unseen.
    """
    _refuse_busy(host, port)
    from granian.constants import Interfaces
    from granian.server import Server

    server = Server(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=SECONDS_TO_STOP,  # a worker that is told to stop while it starts would never hear it
    )
    _load_once()
    with worker_beside() if jobs else nullcontext():
        server.serve()


def _load_once() -> None:
    """Load what the processes need before they part, so that memory holds it once."""
    for module in (APPLICATION.partition(":")[0], WORKER):
        import_module(module)


def _refuse_busy(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise RuleError(
                Text(f"端口 {port} 用不了：{problem.strerror}。", f"Port {port} cannot be used: {problem.strerror}."),
                Text("停掉占用它的服务，或换一个：--port 8001。", "Stop what uses it, or choose another: --port 8001."),
            ) from None
