"""``dacheng golden``: the worked cases of a folder, compared cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from dacheng.cli.talking import REFUSED, say
from dacheng.core.errors import Text


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""

    @app.command()
    def golden(
        folder: Annotated[Path, typer.Argument(help="一个算例，或装着算例的文件夹 · a case, or a folder of them")],
    ) -> None:
        """核对手算的例子，逐格比较 · compare worked cases cell by cell."""
        use_database(None)  # settings, of which answers are remembered by; no database is read
        from dacheng.service.golden import run_cases

        cases = wrong = 0
        for name, differences in run_cases(folder):
            cases += 1
            wrong += bool(differences)
            print(f"{'≠' if differences else '='}\t{name}", flush=True)
            for one in differences:
                print(f"\t{one}", flush=True)
        say(Text(f"{cases} 个例子，{wrong} 个不符。", f"{cases} cases, {wrong} with differences."))
        if wrong:
            raise typer.Exit(REFUSED)
