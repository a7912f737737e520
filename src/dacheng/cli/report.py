"""``dacheng report``: a registered report on a database or on a folder of CSVs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dacheng.cli.talking import Database, language, say
from dacheng.core.errors import RuleError, Text

Data = Annotated[
    Path | None, typer.Option("--data", help="CSV 文件夹或事实导出，代替数据库 · a folder instead of a database")
]


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""

    @app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def report(
        context: typer.Context,
        name: Annotated[
            str, typer.Argument(help="报表 · report, for example tables/pipeline; list = all", metavar="NAME")
        ],
        db: Database = None,
        data: Data = None,
        as_of: Annotated[str, typer.Option(help="截至日 · as-of day", metavar="DATE")] = "",
        basis: Annotated[str, typer.Option(help="then 当时口径 | today 今日口径")] = "then",
        viewer: Annotated[str, typer.Option(help="以谁的权限 · as whom: employee no.; empty = everything")] = "",
        known_at: Annotated[str, typer.Option(help="当时已知 · as known at, ISO moment")] = "",
        format: Annotated[str, typer.Option(help="csv | import.csv | json | xlsx")] = "csv",
        output: Annotated[Path | None, typer.Option("-o", "--output", help="写到文件 · write to a file")] = None,
    ) -> None:
        """出一张报表；其余 --参数 值 是报表自己的参数 · run a report; other options are its parameters."""
        given = _parameters(context.args)
        use_database(db)
        from dacheng.service.answering import answer_database, answer_folder, catalogue
        from dacheng.service.exporting import FORMATS, exported

        if name == "list":
            for one in catalogue(language()):
                print(one)
            return
        at = datetime.now(UTC)
        asked = {"as_of": as_of, "basis": basis, "viewer": viewer, "known_at": known_at}
        answer = (
            answer_folder(data, name, given, at=at, **asked) if data else answer_database(name, given, at=at, **asked)
        )
        kind = _kind(format, output)
        if kind not in FORMATS:
            raise RuleError(
                Text(f"没有格式 {kind}。", f"There is no format {kind}."),
                Text(f"可选：{'、'.join(FORMATS)}。", f"Choose one of: {', '.join(FORMATS)}."),
            )
        _write(exported(answer, kind, columns=(), language=language()), output)
        for line in answer.remarks(language()):
            say(Text(line, line))


def _kind(format: str, output: Path | None) -> str:
    """Return the format: of the file's ending when there is a file and it says so."""
    ending = output.suffix.lstrip(".").lower() if output else ""
    return ending if ending in ("csv", "json", "xlsx") and not format.endswith(f".{ending}") else format


def _write(body: bytes, output: Path | None) -> None:
    if output:
        output.write_bytes(body)
    else:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()


def _parameters(args: list[str]) -> dict[str, str]:
    """Return ``--name value`` and ``--name=value`` as parameters.

    Raises:
        RuleError: something else stands there.
    """
    given: dict[str, str] = {}
    rest = list(args)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--") or ("=" not in word and not rest):
            raise RuleError(
                Text(f"看不懂「{word}」。", f"“{word}” is not understood."),
                Text("参数写成 --unit 华东。", "Write parameters as --unit EAST."),
            )
        name, equals, value = word.removeprefix("--").partition("=")
        given[name.replace("-", "_")] = value if equals else rest.pop(0)
    return given
