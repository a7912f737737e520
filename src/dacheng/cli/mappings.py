"""``dacheng mappings``: mappings that were saved under a name, listed, read, written and dropped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dacheng.cli.talking import REFUSED, Database, say, tell
from dacheng.core.access import SYSTEM
from dacheng.core.errors import NotFound, Text

if TYPE_CHECKING:
    from dacheng.service.import_mappings import Saved

Name = Annotated[str, typer.Argument(help="映射名 · name of the mapping", metavar="NAME")]
File = Annotated[Path, typer.Argument(help="YAML，或 show 给出的 JSON · YAML, or JSON as shown", metavar="FILE")]
Version = Annotated[int | None, typer.Option(help="哪一版 · which version", metavar="N")]
KEYS = ("mapping", "tables", "aliases")


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="存好的导入映射 · saved mappings")
    app.add_typer(group, name="mappings")

    @group.callback(invoke_without_command=True)
    def mappings(context: typer.Context, db: Database = None) -> None:
        """列出存好的导入映射 · list saved mappings."""
        use_database(db)
        if context.invoked_subcommand is None:
            from dacheng.service.import_mappings import every

            _list(every(SYSTEM))

    @group.command()
    def show(name: Name, version: Version = None) -> None:
        """打印一个映射 · print a mapping."""
        from dacheng.service.import_mappings import read

        one = read(SYSTEM, name, version)
        told = {"name": one.name, "version": one.version, **{key: getattr(one, key) for key in KEYS}}
        print(one.mapping if "\n" in one.mapping else json.dumps(told, ensure_ascii=False, indent=2))

    @group.command()
    def history(name: Name) -> None:
        """列出一个映射的各版 · list its versions."""
        from dacheng.service.import_mappings import versions

        _list(versions(SYSTEM, name))

    @group.command()
    def save(name: Name, file: File) -> None:
        """存为这个名称的下一版 · save as the next version of a name."""
        from dacheng.service import import_mappings, imports

        try:
            number = import_mappings.save(SYSTEM, datetime.now(UTC), name, **_told(file))
        except imports.YamlRefused as refusal:
            tell(refusal.findings)
            raise typer.Exit(REFUSED) from None
        print(number)

    @group.command()
    def drop(name: Name) -> None:
        """不再用这个映射 · drop a mapping."""
        from dacheng.service.import_mappings import drop as dropped

        dropped(SYSTEM, datetime.now(UTC), name)
        say(Text(f"已删除映射「{name}」；各版仍可查看。", f"The mapping “{name}” is dropped; its versions stay."))


def _list(listed: Iterable[Saved]) -> None:
    from dacheng.store.history import moment

    for one in listed:
        ended = Text("已删除", "dropped") if one.dropped else Text("", "")
        print(one.name, one.version, moment(one.at).isoformat(timespec="seconds"), one.by, _words(ended), sep="\t")


def _words(text: Text) -> str:
    from dacheng.cli.talking import language

    return text.in_language(language())


def _told(file: Path) -> dict[str, Any]:
    """Return what a file says: YAML as it is, JSON by its keys.

    Raises:
        NotFound: it cannot be read.
    """
    try:
        text = file.read_text("utf-8-sig")
        return (
            {key: one for key, one in json.loads(text).items() if key in KEYS}
            if file.suffix == ".json"
            else {"mapping": text + "\n"}
        )
    except (OSError, ValueError, AttributeError) as error:
        raise NotFound(
            Text(f"读不了 {file}：{error}。", f"{file} cannot be read: {error}."),
            Text(
                "给出 UTF-8 的 YAML，或 mappings show 打印的 JSON。", "Give YAML, or JSON as `mappings show` prints it."
            ),
        ) from error
