"""``dacheng checklist``: a checklist started, its items ticked; ``dacheng report plans/checklists`` lists them."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from dacheng.cli.talking import Database, say
from dacheng.core.access import SYSTEM
from dacheng.core.checklists.schema import KINDS, PARTS
from dacheng.core.errors import Text

CODES = " | ".join(code for _, code, _ in KINDS)


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="清单 · checklists", no_args_is_help=True)
    app.add_typer(group, name="checklist")

    @group.callback()
    def checklist(db: Database = None) -> None:
        """清单：开一张、勾完成 · start a checklist, tick its items."""
        use_database(db)

    @group.command()
    def start(
        kind: Annotated[str, typer.Argument(help=CODES, metavar="KIND")],
        plan: Annotated[str, typer.Option("--plan", help="方案 · plan")] = "",
        person: Annotated[str, typer.Option("--person", help="新经理 · new manager")] = "",
        unit: Annotated[str, typer.Option("--unit", help="组织 · unit")] = "",
        year: Annotated[int, typer.Option("--year", help="年份 · fiscal year")] = 0,
    ) -> None:
        """开一张清单 · start a checklist from its template."""
        from dacheng.service.checklists import start_named

        count = start_named(SYSTEM, datetime.now(UTC), kind, plan=plan, person=person, unit=unit, year=year)
        say(Text(f"清单已开，{count} 项。", f"The checklist was started with {count} items."))

    templates = typer.Typer(help="清单模板 · templates of checklists", no_args_is_help=True)
    group.add_typer(templates, name="template")
    _keeping(templates)
    _changing(templates)

    @group.command()
    def tick(
        codes: Annotated[list[str], typer.Argument(help="事项编码 · item codes", metavar="CODE…")],
        note: Annotated[str, typer.Option("--note", help="说明 · note")] = "",
        off: Annotated[bool, typer.Option("--off", help="取消 · take the tick back")] = False,
    ) -> None:
        """勾完成 · tick items as done."""
        from dacheng.service.checklists import tick_named

        changed = tick_named(SYSTEM, datetime.now(UTC), codes, done=not off, note=note)
        say(Text(f"{changed} 项已存。", f"Items saved: {changed}."))


def _keeping(group: typer.Typer) -> None:
    @group.command("list")
    def listed() -> None:
        """列出模板的事项 · list the items of templates."""
        from dacheng.service.checklist_templates import template_items
        from dacheng.store.history import company_day

        kinds, parts = ({number: code for number, code, _ in one} for one in (KINDS, PARTS))
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(
            ["code", "kind", "part", "position", "name", "name_en", "after_days", "month", "required", "in_use"]
        )
        for one in template_items(company_day(datetime.now(UTC))):
            row = one.row
            head = [row["code"], kinds[one.kind], parts[row["part"]], row["position"], row["name"], row["name_en"]]
            rows.writerow([*head, row["after_days"], row["month"], row["required"], row["offered"]])

    @group.command()
    def add(
        kind: Annotated[str, typer.Argument(help=CODES, metavar="KIND")],
        name: Annotated[str, typer.Argument(help="事项 · item")],
        english: Annotated[str, typer.Option("--en", help="英文 · in English")] = "",
        part: Annotated[str, typer.Option("--part", help="部分 · part")] = "other",
        position: Annotated[int, typer.Option("--position", help="顺序 · order")] = 99,
        after: Annotated[str, typer.Option("--after", help="几天后到期 · due after days")] = "",
        month: Annotated[str, typer.Option("--month", help="年历：几月底到期 · calendar: month")] = "",
        required: Annotated[bool, typer.Option("--required", help="必做 · required")] = False,
    ) -> None:
        """加一项，今天起开的清单才有 · add an item for lists that begin from today on."""
        from dacheng.service.checklist_templates import create_template_item
        from dacheng.store.standing import standing_uid

        given = {"kind": kind, "name": name, "name_en": english, "part": part, "position": str(position)}
        given |= {"after_days": after, "month": month, "required": str(int(required)), "offered": "1"}
        made = create_template_item(SYSTEM, datetime.now(UTC), given)
        print(standing_uid("checklist_templates", made.uid).row["code"])


def _changing(group: typer.Typer) -> None:
    @group.command()
    def change(
        code: Annotated[str, typer.Argument(help="事项编码 · item code", metavar="CODE")],
        name: Annotated[str | None, typer.Option("--name", help="事项 · item")] = None,
        english: Annotated[str | None, typer.Option("--en", help="英文 · in English")] = None,
        part: Annotated[str | None, typer.Option("--part", help="部分 · part")] = None,
        position: Annotated[int | None, typer.Option("--position", help="顺序 · order")] = None,
        required: Annotated[bool | None, typer.Option("--required/--free", help="必做 · required")] = None,
        offered: Annotated[bool | None, typer.Option("--offered/--retired", help="启用或停用 · in use or not")] = None,
        start: Annotated[str, typer.Option("--from", help="从哪天起，默认今天 · from which day on")] = "",
    ) -> None:
        """改事项、顺序、必做、停用 · change or retire an item from a day on."""
        from dacheng.service.checklist_templates import edit_template_item, template_item_called
        from dacheng.service.questions import parsed_day
        from dacheng.store.history import company_day

        at = datetime.now(UTC)
        one = template_item_called(code, company_day(at))
        given = {"name": name, "name_en": english, "part": part, "position": position}
        typed = {key: str(value) for key, value in given.items() if value is not None}
        typed |= {
            key: str(int(value)) for key, value in (("required", required), ("offered", offered)) if value is not None
        }
        edit_template_item(SYSTEM, at, one.uid, typed, version=one.version, on=parsed_day(start) if start else None)
        say(Text(f"模板事项 {code} 已存。", f"The item {code} is saved."))
