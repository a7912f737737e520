"""``dacheng import``: files or a folder become records, all of them or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dacheng.cli.talking import REFUSED, Database, language, say, tell
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Finding, NotFound, RuleError, Text
from dacheng.core.schema import RELATIONS

if TYPE_CHECKING:
    from dacheng.service.imports import Prepared

Paths = Annotated[list[Path] | None, typer.Argument(help="文件或文件夹 · files or folders", metavar="PATH...")]
Mapped = Annotated[str, typer.Option("--mapping", help="映射名或 YAML 文件 · name or file of a mapping")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只预览 · look only")]
Source = Annotated[str, typer.Option(help="来源系统 · the system it comes from")]
Alias = Annotated[
    list[str] | None,
    typer.Option("--alias", help="确认一个写法 · confirm a spelling", metavar="COLUMN:SEEN=MEANT"),
]
Refused = Annotated[Path | None, typer.Option("--refused", help="被拒的行写到这里 · refused rows, xlsx")]
Skip = Annotated[bool, typer.Option("--skip-refused", help="其余的行照样导入 · import the others")]
Undo = Annotated[str, typer.Option(help="撤销这个批次 · undo this batch", metavar="UID")]
Batches = Annotated[bool, typer.Option("--batches", help="列出批次 · list the batches")]
Format = Annotated[str, typer.Option(help="text | json")]


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the command."""

    @app.command("import")
    def importing(
        paths: Paths = None,
        mapping: Mapped = "",
        db: Database = None,
        dry_run: DryRun = False,
        source: Source = "",
        alias: Alias = None,
        refused: Refused = None,
        skip_refused: Skip = False,
        undo: Undo = "",
        batches: Batches = False,
        format: Format = "text",
    ) -> None:
        """导入 xlsx、xls、csv，全部写入或一行不写 · import, all of it or nothing."""
        use_database(db)
        from dacheng.service.setting_up import migrate

        migrate()
        at = datetime.now(UTC)
        if undo:
            _undo(at, undo)
        elif batches:
            _list_batches()
        else:
            asked = _Asked(paths or [], _chosen(mapping), source, _confirmed(alias or []), refused)
            _import(at, asked, dry_run=dry_run, skip_refused=skip_refused, as_json=format == "json")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be imported, and how."""

    paths: list[Path]
    mapping: str
    source: str
    aliases: dict[str, dict[str, str]]
    refused: Path | None


def _import(at: datetime, asked: _Asked, *, dry_run: bool, skip_refused: bool, as_json: bool) -> None:
    from dacheng.service import imports

    prepared = _prepared(at, asked)
    if asked.refused and (rows := imports.refused_rows(prepared, language())):
        asked.refused.write_bytes(rows)
    if dry_run:
        seen = imports.preview(SYSTEM, at, prepared)
        _answer("", seen.counts, (*prepared.findings, *seen.findings), as_json, written=False)
        return
    try:
        done = imports.commit(SYSTEM, at, prepared, without_refused=skip_refused)
    except imports.ImportRefused as refusal:
        findings = dict.fromkeys((*refusal.findings, *prepared.findings))
        _answer("", {}, findings, as_json, written=False)
        raise typer.Exit(REFUSED) from None
    _answer(str(done.uid or ""), done.counts, (*prepared.findings, *done.findings), as_json, written=True)


def _prepared(at: datetime, asked: _Asked) -> Prepared:
    from dacheng.service import imports

    if not asked.paths:
        raise NotFound(
            Text("没有给出文件。", "No file is given."), Text("写上文件或文件夹。", "Name files or a folder.")
        )
    try:
        return imports.prepare(
            imports.files_in(asked.paths),
            on_day=imports.day_of_import(at),
            mapping=asked.mapping,
            name=" ".join(path.resolve().name for path in asked.paths),
            source=asked.source,
            aliases=asked.aliases,
        )
    except imports.YamlRefused as refusal:
        tell(refusal.findings)
        raise typer.Exit(REFUSED) from None


def _answer(
    batch: str, counts: Mapping[str, Mapping[str, int]], findings: Iterable[Finding], as_json: bool, *, written: bool
) -> None:
    """Say what was noticed and how many records it made; as JSON on standard output when asked."""
    listed = tuple(findings)
    if as_json:
        told = {"batch": batch, "written": written, "counts": counts, "findings": [_plain(one) for one in listed]}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    tell(listed)
    for name, how_many in counts.items():
        say(_counted(RELATIONS[name].label, how_many))
    if written and batch:
        print(batch)
        say(Text("以上是批次号；dacheng import --undo 批次号 可整批撤销。", "The batch; undo it with --undo BATCH."))
    elif written:
        say(Text("没有变化。", "Nothing changed."))
    else:
        say(Text("没有写入。", "Nothing was written."))


def _counted(label: Text, counts: Mapping[str, int]) -> Text:
    created, changed, unchanged = (f"{counts.get(key, 0):,}" for key in ("created", "changed", "unchanged"))
    return Text(
        f"{label.zh}：新增 {created}，改变 {changed}，不变 {unchanged}",
        f"{label.en}: {created} new, {changed} changed, {unchanged} unchanged",
    )


def _plain(finding: Finding) -> dict[str, Any]:
    plain = asdict(finding)
    return plain | {name: getattr(finding, name).in_language(language()) for name in ("message", "remedy")}


def _undo(at: datetime, uid: str) -> None:
    from dacheng.service.imports import undo

    undo(SYSTEM, at, uid)
    say(Text(f"已撤销批次 {uid}。", f"Batch {uid} is undone."))


def _list_batches() -> None:
    from dacheng.service.imports import batches

    for one in batches():
        records = sum(counts.get("created", 0) + counts.get("changed", 0) for counts in one.counts.values())
        undone = Text("已撤销", "undone").in_language(language()) if one.undone else ""
        print(one.uid, one.at.isoformat(timespec="seconds"), one.source, one.name, records, undone, sep="\t")


def _chosen(mapping: str) -> str:
    """Return the name of a mapping, or the text of its file."""
    path = Path(mapping)
    if mapping and (path.suffix in (".yaml", ".yml") or path.is_file()):
        try:
            return path.read_text("utf-8-sig") + "\n"
        except (OSError, UnicodeDecodeError) as error:
            raise NotFound(
                Text(f"读不了映射 {mapping}：{error}。", f"The mapping {mapping} cannot be read: {error}."),
                Text("请核对路径；文件用 UTF-8。", "Check the path; the file is UTF-8."),
            ) from error
    return mapping


def _confirmed(aliases: list[str]) -> dict[str, dict[str, str]]:
    """Return ``COLUMN:SEEN=MEANT`` as column -> text -> meaning.

    Raises:
        RuleError: it is not written so.
    """
    confirmed: dict[str, dict[str, str]] = {}
    for alias in aliases:
        column, colon, words = alias.partition(":")
        seen, equals, meant = words.partition("=")
        if not (colon and equals and column.strip() and seen and meant):
            raise RuleError(
                Text(f"看不懂别名「{alias}」。", f"The alias “{alias}” is not understood."),
                Text('写成 --alias "产品:GTXPro=GTX Pro"。', 'Write --alias "product:GTXPro=GTX Pro".'),
            )
        confirmed.setdefault(column, {})[seen.strip()] = meant.strip()
    return confirmed
