"""``dacheng expense``: record, decide on overspends, keep categories; ``dacheng report budget/expenses`` lists."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from dacheng.cli.talking import Database, say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text

Code = Annotated[str, typer.Argument(help="单号 · expense no.", metavar="CODE")]
CategoryCode = Annotated[str, typer.Argument(help="类别编码 · category code", metavar="CODE")]


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="费用 · expenses", no_args_is_help=True)
    app.add_typer(group, name="expense")

    @group.callback()
    def expense(db: Database = None) -> None:
        """费用：登记、超支审批、类别 · record expenses, decide on overspends, keep the categories."""
        use_database(db)

    _recording(group)
    _deciding(group)
    categories = typer.Typer(help="费用类别 · categories of expenses", no_args_is_help=True)
    group.add_typer(categories, name="category")
    _keeping(categories)


def _recording(group: typer.Typer) -> None:
    @group.command()
    def record(
        day: Annotated[str, typer.Argument(help="日期 · day", metavar="2027-04-01")],
        amount: Annotated[str, typer.Argument(help="金额，退款写负数 · amount; a refund is negative")],
        unit: Annotated[str, typer.Option("--unit", help="部门 · unit")] = "",
        person: Annotated[str, typer.Option("--person", help="经办人 · person")] = "",
        name: Annotated[str, typer.Option("--for", help="事由 · what for")] = "",
        category: Annotated[str, typer.Option("--category", help="类别 · category")] = "",
        line: Annotated[str, typer.Option("--line", help="预算行号 · budget line no.")] = "",
        settles: Annotated[str, typer.Option("--settles", help="结算的承诺 · commitment no.")] = "",
        committed: Annotated[bool, typer.Option("--committed", help="是承诺 · a commitment")] = False,
        reason: Annotated[str, typer.Option("--reason", help="超支理由 · why beyond the budget")] = "",
    ) -> None:
        """登记一笔；会超支的要写理由、等批准 · record one; what would overspend needs a reason and waits."""
        from dacheng.core.budget.schema import AWAITING
        from dacheng.service.expenses import record_named
        from dacheng.store.standing import standing_uid

        given = {"day": day, "amount": amount, "unit_id": unit, "person_id": person, "name": name, "reason": reason}
        given |= {"category_id": category, "line_id": line, "settles_id": settles}
        given |= {"state": "committed" if committed else "actual"}
        made = record_named(SYSTEM, datetime.now(UTC), {key: text for key, text in given.items() if text})
        row = standing_uid("expenses", made.uid).row
        if row["overspend"] == AWAITING:
            say(Text("会超支，已送批准人；批准前不占用预算。", "It would overspend and waits for approval."))
        else:
            say(Text("已登记。", "Recorded."))
        print(row["code"])


def _deciding(group: typer.Typer) -> None:
    @group.command()
    def approve(code: Code, answer: Annotated[str, typer.Option("--answer", help="批复 · answer")] = "") -> None:
        """批准超支，从今天起计入预算 · approve an overspend: it counts from today on."""
        from dacheng.service.expenses import decide_named

        decide_named(SYSTEM, datetime.now(UTC), code, approve=True, answer=answer)
        say(Text(f"费用 {code} 已批准，计入预算。", f"{code} is approved and counts."))

    @group.command()
    def reject(code: Code, answer: Annotated[str, typer.Option("--answer", help="原因 · why")]) -> None:
        """驳回超支，不计入预算 · reject an overspend: it does not count."""
        from dacheng.service.expenses import decide_named

        decide_named(SYSTEM, datetime.now(UTC), code, approve=False, answer=answer)
        say(Text(f"费用 {code} 已驳回，不计入预算。", f"{code} is rejected and does not count."))


def _keeping(group: typer.Typer) -> None:
    @group.command("list")
    def listed() -> None:
        """列出类别 · list the categories."""
        from dacheng.service.categories import EXPENSES

        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(["code", "name", "name_en", "position", "offered"])
        for one in EXPENSES.listed():
            rows.writerow([one.code, one.name, one.name_en, one.position, int(one.offered)])

    @group.command()
    def add(
        name: Annotated[str, typer.Argument(help="名称 · name")],
        english: Annotated[str, typer.Option("--en", help="英文名 · English name")] = "",
        position: Annotated[int, typer.Option("--position", help="顺序 · order")] = 99,
    ) -> None:
        """新建类别 · add a category."""
        from dacheng.service.categories import EXPENSES

        typed = {"name": name, "name_en": english, "position": str(position), "offered": "1"}
        made = EXPENSES.create(SYSTEM, datetime.now(UTC), typed)
        print(EXPENSES.one(made.uid).code)

    @group.command()
    def change(
        code: CategoryCode,
        name: Annotated[str | None, typer.Option("--name", help="名称 · name")] = None,
        english: Annotated[str | None, typer.Option("--en", help="英文名 · English name")] = None,
        position: Annotated[int | None, typer.Option("--position", help="顺序 · order")] = None,
        offered: Annotated[bool | None, typer.Option("--offered/--retired", help="可选或停用 · offered or not")] = None,
        start: Annotated[str, typer.Option("--from", help="从哪天起，默认今天 · from which day on")] = "",
    ) -> None:
        """改名、改顺序、停用 · rename, reorder or retire a category from a day on."""
        from dacheng.service.categories import EXPENSES
        from dacheng.service.questions import parsed_day

        one = EXPENSES.called(code)
        given = {"name": name, "name_en": english, "position": position}
        typed = {key: str(value) for key, value in given.items() if value is not None}
        typed |= {} if offered is None else {"offered": str(int(offered))}
        on = parsed_day(start) if start else None
        EXPENSES.edit(SYSTEM, datetime.now(UTC), one.uid, typed, version=one.version, on=on)
        say(Text(f"类别 {code} 已存。", f"The category {code} is saved."))
