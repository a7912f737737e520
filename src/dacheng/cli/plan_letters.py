"""``dacheng plan letter``: the target letter of a row of a plan as Word or PDF, or all of a plan as a zip."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dacheng.cli.talking import language, say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text

File = Annotated[
    Path, typer.Argument(help="x.docx | x.pdf | x.zip（全部，Word）| x.pdf.zip · file to write", metavar="FILE")
]
ZIP = ".zip"


def add_letters(group: typer.Typer) -> None:
    """Add the command."""

    @group.command()
    def letter(
        file: File,
        row: Annotated[str, typer.Option("--row", help="行号或名称；写 zip 时不填 · row no. or name")] = "",
        plan: Annotated[str, typer.Option("--plan", help="方案编号或名称，默认最近的 · which plan")] = "",
    ) -> None:
        """目标责任书：一行一份，或全部打包 · the target letter of a row, or all of a plan as a zip."""
        from dacheng.service.books import open_database
        from dacheng.service.letters import letter as letter_of
        from dacheng.service.letters import letter_file, letters_zip
        from dacheng.service.plan_naming import opened, position_named
        from dacheng.service.plan_talks import row_called

        book = open_database(SYSTEM, at=datetime.now(UTC))
        one = opened(book, plan, "contract")
        if file.suffix == ZIP:
            kind = Path(file.stem).suffix.lstrip(".") or "docx"
            content = letters_zip(SYSTEM, book, one.uid, kind, language())
        else:
            code = one.codes[position_named(one, row)]
            found = letter_of(SYSTEM, book, one.uid, row_called(code), language())
            _type, content = letter_file(found, file.suffix.lstrip("."))
        file.write_bytes(content)
        say(Text(f"已写到 {file}。", f"Written to {file}."))
