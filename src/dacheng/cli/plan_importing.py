"""``dacheng plan import``: a target sheet of another system looked at, then brought into a plan."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dacheng.cli.talking import language, say, tell
from dacheng.core.access import SYSTEM
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.period import ym_text

if TYPE_CHECKING:
    from dacheng.service.plan_imports import ImportLook, MeasureLook, Sums

Files = Annotated[
    list[Path], typer.Argument(help="文件，互相引用的一起给 · files that belong together", metavar="FILE…")
]
Shape = Annotated[
    str, typer.Option(help="auto|wukong|yudao|erpnext|salesforce|adventureworks|free · how they are read")
]
Into = Annotated[
    str, typer.Option("--plan", help="已有方案的编号或名称；默认新建 · a plan that stands; default a new one")
]
Season = Annotated[str, typer.Option(help="季度和全年怎么分月：even|history · how quarters and years are spread")]
Take = Annotated[
    str, typer.Option(help="部门与人员不等时：own 部门的数|below 下级合计 · what counts where both have a line")
]
Match = Annotated[list[str] | None, typer.Option(help="谁是谁，如 118=李想 · who is who", metavar="TEXT=ROW")]


def bringing_in(group: typer.Typer) -> None:
    """Add the command."""

    @group.command("import")
    def import_plan(
        files: Files,
        shape: Shape = "auto",
        plan: Into = "",
        name: Annotated[str, typer.Option(help="新方案的名称 · name of a new plan")] = "",
        unit: Annotated[str, typer.Option(help="新方案的组织 · unit of a new plan")] = "",
        period: Annotated[str, typer.Option(help="新方案的期间，如 2027 · period of a new plan")] = "",
        measure: Annotated[
            str, typer.Option(help="没写指标的行 · of rows that name none", metavar="CODE")
        ] = "contract",
        year: Annotated[int, typer.Option(help="没写年份的月份 · year of months without one")] = 0,
        every: Annotated[int, typer.Option(help="Salesforce 每行几个月 · months of a row: 1|3")] = 0,
        season: Season = "even",
        take: Take = "own",
        match: Match = None,
        prefer_file: Annotated[bool, typer.Option("--prefer-file", help="冲突按文件 · files go first")] = False,
        apply: Annotated[bool, typer.Option("--apply", help="写入；默认只看 · write; default look only")] = False,
    ) -> None:
        """导入别的系统或自己排的目标表，标出重复计、对不上的人和合计 · bring in a target sheet."""
        from dacheng.service.plan_imports import Aim, bring_plan, look_at_plan
        from dacheng.service.plan_naming import taken_typed

        aim = Aim(
            plan=plan,
            name=name,
            unit=unit,
            period=period,
            measure=measure,
            shape=shape,
            season=season,
            take=taken_typed(take),
            year=year or None,
            every=every,
            matches=_matches(match or []),
        )
        at = datetime.now(UTC)
        given = [(file.read_bytes(), file.name) for file in files]
        found = look_at_plan(SYSTEM, at, given, aim)
        places = found.conflicts if prefer_file else []
        found = look_at_plan(SYSTEM, at, given, aim, places) if places else found
        _shown(found)
        if not apply:
            say(Text("只是预览；加 --apply 写入。", "Nothing was written; add --apply to write it."))
            return
        uid, written = bring_plan(SYSTEM, at, given, aim, places, found.seal)
        say(Text(f"写入“{found.name}”{written} 格。", f"Cells written to {found.name}: {written}."))
        print(uid)


def _matches(texts: list[str]) -> dict[str, str]:
    pairs = [text.rpartition("=") for text in texts]
    if not all(before and after for before, _, after in pairs):
        raise RuleError(
            Text("谁是谁要写成“文件里的=方案里的”。", "Who is who is written as in-the-file=in-the-plan."),
            Text("例：--match 118=李想。", "Such as --match 118=li."),
        )
    return {before: after for before, _, after in pairs}


def _shown(found: ImportLook) -> None:
    """Say what was found, where the money went, and each row that would change."""
    tell(found.findings)
    for look in found.measures:
        say(_sums(look.measure.code, look.sums))
    print("measure,row,name,month,now,file,outcome")
    for look in found.measures:
        for line in _cells(look):
            print(line)


def _sums(code: str, sums: Sums) -> Text:
    parts = (sums.file, sums.once, sums.double, sums.unmatched, sums.outside, sums.twice, sums.plan)
    file, once, double, unmatched, outside, twice, plan = (in_yuan(one) for one in parts)
    return Text(
        f"{code}：文件各行 {file} = 计入 {once} + 重复计 {double} + 未对上 {unmatched} + 期间外 {outside}"
        f" + 重复行 {twice}；方案合计 {plan}。",
        f"{code}: rows of the file {file} = counted {once} + counted already {double} + nobody's {unmatched}"
        f" + other months {outside} + said twice {twice}; the plan has {plan}.",
    )


def _cells(look: MeasureLook) -> list[str]:
    one = look.one
    lines = []
    for cell in look.found.cells:
        at = one.sheet.position(cell.place[0])
        amounts = ["" if value is None else in_yuan(value).replace(",", "") for value in (cell.theirs, cell.mine)]
        who = one.name(at).in_language(language())
        lines.append(",".join([look.measure.code, one.codes[at], who, ym_text(cell.place[1]), *amounts, cell.outcome]))
    return lines
