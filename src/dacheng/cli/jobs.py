"""``dacheng work`` and ``dacheng jobs``: the worker of background jobs, and what it has to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from multiprocessing import Process
from typing import Annotated

import typer

from dacheng.cli.talking import Database, language, say
from dacheng.core.errors import Text

WORKER = "dacheng.conf.jobs"
"""The module that works off jobs."""

SECONDS_TO_STOP = 5


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""

    @app.command()
    def work(db: Database = None) -> None:
        """只运行后台任务的工作进程 · run the worker of background jobs alone."""
        use_database(db)
        import_module(WORKER).work()

    @app.command()
    def jobs(
        db: Database = None,
        cancel: Annotated[str, typer.Option(help="取消这个任务 · cancel this job", metavar="UID")] = "",
    ) -> None:
        """列出后台任务，或取消一个 · list background jobs, or cancel one."""
        use_database(db)
        from dacheng.service.jobs import cancel_any, every_job

        if cancel:
            cancel_any(cancel, datetime.now(UTC))
            say(Text(f"已取消任务 {cancel}。", f"Job {cancel} is cancelled."))
            return
        for one in every_job(language()):
            far = "" if one.progress is None else f"{one.progress:.0%}"
            moment = one.asked_at.isoformat(timespec="seconds")
            print(one.uid, moment, one.kind.in_language(language()), one.by, one.state, far, sep="\t")


@contextmanager
def worker_beside() -> Iterator[None]:
    """Run a worker beside this process until the block ends; it also ends when this process dies."""
    worker = Process(target=_work_beside, args=(os.getpid(),), name="worker")
    worker.start()
    try:
        yield
    finally:
        worker.terminate()
        worker.join(SECONDS_TO_STOP)
        worker.kill()


def _work_beside(parent: int) -> None:
    os.setsid()  # who closes the terminal ends the server, and the server its worker
    import_module("dacheng.conf.main").use_database(None)
    import_module(WORKER).work(parent)
