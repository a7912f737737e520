"""``dacheng plan``: a plan made, weighed, broken down, cut, edited, taken out as a workbook and brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dacheng.cli.adjusting import add_adjusting
from dacheng.cli.factors import add_factors
from dacheng.cli.plan_cutting import add_cutting
from dacheng.cli.plan_importing import bringing_in
from dacheng.cli.plan_letters import add_letters
from dacheng.cli.plan_opening import (
    Amount,
    DryRun,
    Measure,
    Month,
    PlanOf,
    Row,
    opened_plan,
    plain,
    say_proved,
)
from dacheng.cli.plan_rows import add_rows
from dacheng.cli.plan_workbook import add_workbook
from dacheng.cli.talking import Database, language, say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text
from dacheng.core.period import ym_text

if TYPE_CHECKING:
    from dacheng.core.plans.editing import Change
    from dacheng.service.plans import OpenPlan


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="目标方案 · plans of targets", no_args_is_help=True)
    app.add_typer(group, name="plan")

    @group.callback()
    def plan(db: Database = None) -> None:
        """目标方案：新建、加权、分解、切分、改格、调剂、导出与带回 · work on a plan of targets."""
        use_database(db)

    for commands in (
        _making,
        add_factors,
        add_rows,
        _breaking_down,
        add_cutting,
        _editing,
        _moving,
        _splitting,
        add_workbook,
        bringing_in,
        add_adjusting,
        add_letters,
    ):
        commands(group)


def _making(group: typer.Typer) -> None:
    @group.command()
    def create(
        name: Annotated[str, typer.Argument(help="名称 · name", metavar="NAME")],
        unit: Annotated[str, typer.Option("--unit", help="组织编码或名称 · unit")],
        period: Annotated[str, typer.Option("--period", help="期间，如 2027 · period", metavar="2027")],
    ) -> None:
        """按当前组织新建方案 · make a plan of the organisation as it is."""
        from dacheng.service.plan_naming import start_plan

        made = start_plan(SYSTEM, datetime.now(UTC), name, unit, period)
        say(Text(f"已建方案“{made.name}”。", f"The plan {made.name} was made."))
        print(made.code)

    @group.command()
    def weigh(
        counts: Annotated[
            list[str] | None,
            typer.Argument(help="如 history=30 potential=70，合计 100 · percent; default as chosen or by rules"),
        ] = None,
        plan: PlanOf = "",
        measure: Measure = "contract",
        fit: Annotated[
            list[str] | None,
            typer.Option(
                "--fit", help="适配系数和理由，如 李雷=125:老客户多 · fit of a row and why", metavar="ROW=%:REASON"
            ),
        ] = None,
    ) -> None:
        """按潜力、历史、产能、公司自己的因子和个人适配给各行加权 · weigh rows by factors and fit."""
        from dacheng.service.plan_naming import counts_typed, fits_typed
        from dacheng.service.plans import weigh as weighed

        one = opened_plan(plan, measure)
        said, fits = counts_typed(counts or []), fits_typed(one, fit or [])
        changed = weighed(SYSTEM, datetime.now(UTC), one.uid, one.sheet.measure_id, said, fits)
        say(Text(f"{changed} 行的权重变了。", f"Weights changed: {changed}."))


def _breaking_down(group: typer.Typer) -> None:
    @group.command()
    def shares(
        stated: Annotated[
            list[str], typer.Argument(help="比例，如 华东=40 华南=30，合计 100 · shares of the rows", metavar="ROW=%")
        ],
        under: Annotated[str, typer.Option("--under", help="谁的直接下级，默认最上一行 · of which row")] = "",
        plan: PlanOf = "",
        measure: Measure = "contract",
    ) -> None:
        """按比例设直接下级的权重，没有填的会点名 · state the shares of the rows below one; they make 100 %."""
        from dacheng.service.plan_naming import position_named, shares_typed
        from dacheng.service.plan_shares import state_shares

        one = opened_plan(plan, measure)
        head = position_named(one, under) if under else 0
        changed = state_shares(SYSTEM, datetime.now(UTC), one, head, shares_typed(one, stated))
        say(Text(f"{changed} 行的权重变了。", f"Weights changed: {changed}."))

    @group.command("break-down")
    def break_down(
        total: Amount,
        plan: PlanOf = "",
        measure: Measure = "contract",
        by: Annotated[
            str,
            typer.Option("--months", help="月份按 · months by season|profile|evenly|working|4-4-5|4-5-4|5-4-4|typed"),
        ] = "",
        season: Annotated[
            list[str] | None,
            typer.Option("--season", help="各月权重；typed 时是比例 · weights of months, or shares", metavar="8,6,…"),
        ] = None,
        uplift: Annotated[
            list[str] | None, typer.Option("--uplift", help="节日上浮 · festival uplift", metavar="2027-02=30%")
        ] = None,
        spring: Annotated[
            bool, typer.Option("--spring", help="1、2 月合起来按工作日分 · share January and February by working days")
        ] = False,
    ) -> None:
        """把总额分解到各行各月 · break a total down to every row and month."""
        from dacheng.service.plan_naming import amount_typed, months_typed
        from dacheng.service.plans import break_down as broken_down

        one = opened_plan(plan, measure)
        months = months_typed(by, season or [], uplift or [], spring=spring, standing=one.sheet.plan.frozen)
        done = broken_down(SYSTEM, datetime.now(UTC), one.uid, one.sheet.measure_id, amount_typed(total), months)
        for told in done.months.told:
            say(told)
        say(Text(f"月份按：{done.months.source.zh}。", f"Months follow: {done.months.source.en}."))
        say_proved(plan, measure, done.done)


def _editing(group: typer.Typer) -> None:
    @group.command("set")
    def set_cell(
        row: Row,
        amount: Amount,
        plan: PlanOf = "",
        measure: Measure = "contract",
        month: Month = "",
        dry_run: DryRun = False,
    ) -> None:
        """改一格，并列出随之变动的格 · set a cell and list what follows."""
        from dacheng.core.plans.editing import Edit
        from dacheng.service.plan_naming import amount_typed, position_named
        from dacheng.service.plans import edit_cells, effects

        one = opened_plan(plan, measure)
        edits = [Edit(position_named(one, row), _month(one, month), amount_typed(amount))]
        if dry_run:
            _listed(one, effects(one, edits))
            return
        done = edit_cells(SYSTEM, datetime.now(UTC), one.uid, one.sheet.measure_id, edits, {})
        _listed(one, done.changes)

    @group.command()
    def pin(row: Row, plan: PlanOf = "", measure: Measure = "contract", month: Month = "", off: bool = False) -> None:
        """固定或放开一格或全年 · pin a cell or a year, or release it."""
        from dacheng.service.plan_naming import position_named
        from dacheng.service.plans import set_row_terms

        one = opened_plan(plan, measure)
        at = position_named(one, row)
        changed = set_row_terms(SYSTEM, datetime.now(UTC), one, [(at, _month(one, month), {"pinned": int(not off)})])
        say(Text(f"{changed} 格变了。", f"Cells changed: {changed}."))


def _moving(group: typer.Typer) -> None:
    @group.command()
    def move(
        giver: Row, taker: Row, amount: Amount, plan: PlanOf = "", measure: Measure = "contract", month: Month = ""
    ) -> None:
        """从一行调剂给另一行 · move an amount from one row to another."""
        from dacheng.service.plan_naming import amount_typed, position_named
        from dacheng.service.plans import move_amount

        one = opened_plan(plan, measure)
        give, get = (int(one.sheet.tree.unit_ids[position_named(one, text)]) for text in (giver, taker))
        at, month_at, much = datetime.now(UTC), _month(one, month), amount_typed(amount)
        done = move_amount(SYSTEM, at, one.uid, one.sheet.measure_id, give, get, month_at, much)
        _listed(one, done.changes)

    @group.command()
    def place(
        row: Row,
        under: Annotated[str, typer.Argument(help="到哪个组织下面，行号或名称 · the unit's row", metavar="UNDER")],
        plan: PlanOf = "",
        measure: Measure = "contract",
        dry_run: DryRun = False,
    ) -> None:
        """换上级：一行连同下级、各指标到另一个组织下面 · take a row under another unit."""
        from dacheng.core.plans.editing import changes
        from dacheng.service.books import open_database
        from dacheng.service.plan_naming import opened, position_named
        from dacheng.service.plan_placing import place_row, placed

        at = datetime.now(UTC)
        book = open_database(SYSTEM, at=at)
        one = opened(book, plan, measure)
        taken, unit = position_named(one, row), position_named(one, under)
        found = changes(one.sheet, placed(book, one, taken, unit))
        if not dry_run:
            ids = one.sheet.tree.unit_ids
            place_row(SYSTEM, at, one.uid, int(ids[taken]), int(ids[unit]))
        _listed(one, found)


def _splitting(group: typer.Typer) -> None:
    @group.command()
    def pareto(
        row: Row,
        plan: PlanOf = "",
        measure: Measure = "contract",
        period: Annotated[
            str, typer.Option("--period", help="何时带来的，默认上年同期 · default a year before", metavar="2026")
        ] = "",
        into: Annotated[
            str, typer.Option("--into", help="拆成客户、人员或产品 · customer | owner | product", metavar="WHO")
        ] = "customer",
        dry_run: Annotated[bool, typer.Option("--dry-run", help="只看 · look only")] = False,
    ) -> None:
        """把一行按 80/20 拆成点名客户、人员或产品和其余合并 · split a row into named members and all others."""
        from dacheng.core.period import parse_period
        from dacheng.service.books import open_database
        from dacheng.service.plan_naming import opened, position_named
        from dacheng.service.plan_parts import members_named, proposed_parts, split_row
        from dacheng.store.actions.plan_undo import entry_of_save
        from dacheng.store.history import microseconds

        at = datetime.now(UTC)
        book = open_database(SYSTEM, at=at)
        one = opened(book, plan, measure)
        position = position_named(one, row)
        span = parse_period(period, book.rules.fiscal) if period else None
        if dry_run:
            found = proposed_parts(book, one, position, span, members_named(into))
        else:
            row_id = int(one.sheet.tree.unit_ids[position])
            found = split_row(SYSTEM, at, one.uid, one.sheet.measure_id, row_id, span, members_named(into))
            entry = entry_of_save(SYSTEM, microseconds(at))
            say(Text(f"已拆分；dacheng plan undo {entry} 可撤销。", f"Split; take it back with plan undo {entry}."))
        print("name,brought,year")
        for part in found.parts:
            print(",".join([part.name.in_language(language()), plain(part.brought), plain(part.amount)]))


def _month(one: OpenPlan, text: str) -> int:
    from dacheng.service.wire import month_of

    return one.month(month_of(text) if text else None)


def _listed(one: OpenPlan, changes: Sequence[Change]) -> None:
    print("row,name,month,before,after,asked")
    for change in changes:
        month = ym_text(one.sheet.plan.from_ym + change.month)
        before, after = plain(change.before), plain(change.after)
        code, name = one.codes[change.position], one.name(change.position).in_language(language())
        print(",".join([code, name, month, before, after, str(int(change.asked))]))
