"""``dacheng plan export`` and ``bring-back``: a plan as a workbook, edited offline, every conflict answered (R041)."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dacheng.cli.plan_opening import Measure, PlanOf, opened_plan, plain
from dacheng.cli.talking import REFUSED, asks_here, language, say, tell
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text
from dacheng.core.period import ym_text

if TYPE_CHECKING:
    from dacheng.core.plans.merging import Place
    from dacheng.service.plan_workbook import Returned

File = Annotated[Path, typer.Argument(help="工作簿 · workbook", metavar="FILE")]
Places = Annotated[
    list[str] | None,
    typer.Option(help="哪处冲突，* 为其余全部 · which conflict, * = all others", metavar="ROW@2027-03"),
]
ANSWERS = FILE, STAY, ALL_FILE, ALL_STAY, STOP = ("file", "stay", "all-file", "all-stay", "stop")


def add_workbook(group: typer.Typer) -> None:
    """Add the commands."""
    for commands in (_taking_out, _bringing_back):
        commands(group)


def _taking_out(group: typer.Typer) -> None:
    @group.command("export")
    def export(
        file: File,
        plan: PlanOf = "",
        measure: Measure = "contract",
        shape: Annotated[
            str, typer.Option(help="workbook|yudao|salesforce · as a workbook or another system's csv")
        ] = ("workbook"),
    ) -> None:
        """写成工作簿，可离线修改后带回；或别的系统的表 · write a workbook, or another system's sheet."""
        from dacheng.service.books import open_database
        from dacheng.service.plan_exports import plan_csv
        from dacheng.service.plan_naming import opened
        from dacheng.service.plan_workbook import write_plan_workbook

        book = open_database(SYSTEM, at=datetime.now(UTC))
        if shape != "workbook":
            file.write_bytes(plan_csv(opened(book, plan, measure), measure, shape).encode())
        else:
            with file.open("wb") as stream:
                write_plan_workbook(book, opened(book, plan, measure), "方案", stream, language())
        say(Text(f"已写到 {file}。", f"Written to {file}."))


def _bringing_back(group: typer.Typer) -> None:
    @group.command("bring-back")
    def bring_back(
        file: File,
        plan: PlanOf = "",
        measure: Measure = "contract",
        take: Annotated[bool, typer.Option("--take", help="写入文件里的改动 · write what the file changed")] = False,
        prefer: Annotated[bool, typer.Option("--prefer-file", help="冲突都用文件里的 · the file always wins")] = False,
        file_wins: Places = None,
        stays: Places = None,
    ) -> None:
        """三方比较带回的工作簿，冲突逐处回答 · compare a workbook cell by cell, answer each conflict."""
        from dacheng.service.plan_workbook import compare_workbook
        from dacheng.service.plan_workbook import take as take_found

        one, at = opened_plan(plan, measure), datetime.now(UTC)
        found = compare_workbook(SYSTEM, at, one.uid, one.sheet.measure_id, file.read_bytes(), file.name)
        tell(found.findings)
        _listed(found)
        if found.refused:
            say(found.refused if isinstance(found.refused, Text) else Text(found.refused, found.refused))
            raise typer.Exit(REFUSED)
        if take:
            written = take_found(SYSTEM, at, one.uid, found, _answers(found, file_wins, stays, prefer=prefer))
            say(Text(f"写入 {written} 格。", f"Cells written: {written}."))


def _listed(found: Returned) -> None:
    one, lines = found.one, csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(["row", "name", "month", "base", "file", "now", "outcome"])
    for cell in found.cells:
        at = one.sheet.position(cell.place[0])
        amounts = [plain(value) for value in (cell.base, cell.mine, cell.theirs)]
        name = one.name(at).in_language(language())
        lines.writerow([one.codes[at], name, ym_text(cell.place[1]), *amounts, cell.outcome])


def _answers(
    found: Returned, file_wins: Sequence[str] | None, stays: Sequence[str] | None, *, prefer: bool
) -> frozenset[Place]:
    """Return the conflicts in which the file wins: as the options say, else as somebody at the terminal answers.

    Without either they stay as they are, which is told.

    Raises:
        RuleError: options answer some of the conflicts and leave others, or name what is none.
    """
    from dacheng.service.plan_workbook import ALL_OF_THEM, answered

    if prefer or file_wins or stays:
        return answered(found, [*_each(file_wins), *([ALL_OF_THEM] if prefer else [])], _each(stays))
    if asks_here():
        return _asked(found)
    if left := len(found.of("conflict")):
        say(Text(f"{left} 处冲突保持现状。", f"Conflicts that stay as they are: {left}."))
    return frozenset()


def _each(texts: Sequence[str] | None) -> list[str]:
    return [one.strip() for text in texts or () for one in text.split(",") if one.strip()]


def _asked(found: Returned) -> frozenset[Place]:
    """Ask of each conflict which figure counts; nothing is written when somebody stops."""
    wins: set[Place] = set()
    clashes, one, every = found.of("conflict"), found.one, ""
    for number, cell in enumerate(clashes, 1):
        if not every:
            name, month = one.name(one.sheet.position(cell.place[0])), ym_text(cell.place[1])
            base, mine, now = (plain(value) or "–" for value in (cell.base, cell.mine, cell.theirs))
            told = Text(
                f"冲突 {number}/{len(clashes)}：{name.zh} {month}，导出时 {base}，文件 {mine}，现在 {now}。用哪个",
                f"Conflict {number}/{len(clashes)}: {name.en} {month}, exported {base}, file {mine}, now {now}. Take",
            )
            words = f"{told.in_language(language())} ({', '.join(ANSWERS)})"
            answer = typer.prompt(words, value_proc=_answer, err=True)
            every = answer if answer in (ALL_FILE, ALL_STAY) else ""
            if answer == STOP:
                say(Text("什么也没有写。", "Nothing was written."))
                raise typer.Exit(REFUSED)
        else:
            answer = every
        if answer in (FILE, ALL_FILE):
            wins.add(cell.place)
    return frozenset(wins)


def _answer(typed: str) -> str:
    """Return an answer that somebody typed; another word is asked for again."""
    if typed.strip() not in ANSWERS:
        raise typer.BadParameter(
            Text(f"请答 {'、'.join(ANSWERS)} 之一。", f"Answer one of {', '.join(ANSWERS)}.").in_language(language())
        )
    return typed.strip()
