"""``dacheng work`` and ``dacheng jobs``: the worker of background jobs, and what it has to do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from dacheng.cli.talking import Database, language, say
from dacheng.core.errors import Text

SECONDS_TO_STOP = 5
RUN = "from dacheng.conf.main import main; main()"


def register(
    app: typer.Typer, use_database: Callable[[str | None], None], work_off: Callable[[int | None], None]
) -> None:
    """Add the commands; ``work_off`` works until it is told to end."""

    @app.command()
    def work(
        db: Database = None,
        parent: Annotated[int, typer.Option(hidden=True)] = 0,
    ) -> None:
        """只运行后台任务的工作进程 · run the worker of background jobs alone."""
        use_database(db)
        work_off(parent or None)

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
    command = [sys.executable, "-c", RUN, "work", "--parent", str(os.getpid())]
    with subprocess.Popen(command, start_new_session=True) as worker:
        try:
            yield
        finally:
            worker.terminate()
            try:
                worker.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                worker.kill()
