"""``dacheng plan adjust``: adjustments of a plan asked for, looked at with their effect, approved, rejected."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from dacheng.cli.talking import language, say
from dacheng.core.access import SYSTEM
from dacheng.core.errors import Text
from dacheng.core.money import in_yuan

if TYPE_CHECKING:
    from dacheng.core.book import Book
    from dacheng.service.plan_adjustments import Effect, Register
    from dacheng.service.plans import OpenPlan

PlanOf = Annotated[str, typer.Option("--plan", help="方案编号或名称，默认最近的 · which plan; default the latest")]
Measure = Annotated[str, typer.Option("--measure", help="指标编码 · measure", metavar="CODE")]
Row = Annotated[str, typer.Argument(help="行号或名称 · row no. or name", metavar="ROW")]
LineNo = Annotated[str, typer.Argument(help="调整编号 · no. of the line", metavar="TZ-…")]
Said = Annotated[str, typer.Option("--said", help="批复 · words")]


def add_adjusting(plans: typer.Typer) -> None:
    """Add the commands below ``dacheng plan``."""
    group = typer.Typer(help="调整登记 · the register of adjustments", no_args_is_help=True)
    plans.add_typer(group, name="adjust")
    for commands in (_asking, _looking, _deciding):
        commands(group)


def _asking(group: typer.Typer) -> None:
    @group.command()
    def request(
        row: Row,
        kind: Annotated[str, typer.Option("--kind", help="ramp vacancy transfer leave leaver mega_deal …")],
        start: Annotated[str, typer.Option("--from", help="生效日 · the first day", metavar="2027-04-01")],
        reason: Annotated[str, typer.Option("--reason", help="原因 · why")],
        full: Annotated[
            str, typer.Option("--full", help="全期金额，带正负号；空 = 减去本行目标 · signed, of all months")
        ] = "",
        end: Annotated[str, typer.Option("--until", help="最后一天 · the last day", metavar="2027-06-30")] = "",
        rule: Annotated[str, typer.Option("--rule", help="season ramped own evenly days whole")] = "",
        other: Annotated[str, typer.Option("--to", help="对方行 · the row that takes it", metavar="ROW")] = "",
        evidence: Annotated[str, typer.Option("--evidence", help="依据 · evidence")] = "",
        plan: PlanOf = "",
        measure: Measure = "contract",
    ) -> None:
        """登记一行调整，批准前不生效 · ask for a dated signed line; it has no effect before it is approved."""
        from dacheng.core.period import FAR_DAY
        from dacheng.core.plans.schema import ADJUSTMENTS, PRORATINGS
        from dacheng.core.report import number_of
        from dacheng.service.plan_adjustments import Wish, ask_for, register_of
        from dacheng.service.plan_naming import amount_typed, position_named
        from dacheng.service.questions import parsed_day

        book, one = _opened(plan, measure)
        wish = Wish(
            row=position_named(one, row),
            kind=number_of(ADJUSTMENTS, kind) or 0,
            start=parsed_day(start),
            end=parsed_day(end) + 1 if end else FAR_DAY,
            full=amount_typed(full) if full else None,
            how=number_of(PRORATINGS, rule) if rule else None,
            other=position_named(one, other) if other else None,
            reason=reason,
            evidence=evidence,
        )
        made = ask_for(SYSTEM, datetime.now(UTC), book, one, wish)
        again, _ = _opened(plan, measure)
        line = next(shown for shown in register_of(SYSTEM, again, one.uid).lines if shown.uid == made.uid)
        say(Text(f"已登记 {in_yuan(line.line.amount)}，等批准。", f"{in_yuan(line.line.amount)} waits for approval."))
        print(line.code)


def _looking(group: typer.Typer) -> None:
    @group.command("list")
    def listed(plan: PlanOf = "") -> None:
        """列出一个方案的调整 · list the adjustments of a plan."""
        from dacheng.core.period import date_of
        from dacheng.core.plans.schema import ADJUSTMENTS, DECISIONS

        kinds, states = ({number: code for number, code, _ in one} for one in (ADJUSTMENTS, DECISIONS))
        register = _register(plan)[1]
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(["line", "kind", "row", "from", "amount", "state", "reason"])
        for one in register.asked_for:
            row = register.names["plan_rows"].get(one.line.plan_row_id)
            day = date_of(one.line.start_day).isoformat()
            amount = in_yuan(one.line.amount).replace(",", "")
            name = row.in_language(language()) if row else ""
            rows.writerow(
                [one.code, kinds[one.line.kind], name, day, amount, states[one.line.state], one.words("name")]
            )

    @group.command()
    def effect(line: LineNo, plan: PlanOf = "") -> None:
        """批准前看每一行的影响 · what a line would change at every row."""
        from dacheng.service.plan_adjustments import effect_of, line_called

        book, register, uid = _register(plan)
        _print_effect(effect_of(book, uid, line_called(register, line).line))


def _deciding(group: typer.Typer) -> None:
    @group.command()
    def approve(line: LineNo, said: Said = "", plan: PlanOf = "") -> None:
        """批准并写入方案 · approve a line and write it into the plan."""
        from dacheng.service.plan_adjustments import approve as approved
        from dacheng.service.plan_adjustments import line_called

        _, register, uid = _register(plan)
        approved(SYSTEM, datetime.now(UTC), uid, line_called(register, line).uid, said)
        say(Text("已批准，写入方案。", "Approved and written into the plan."))

    @group.command()
    def reject(line: LineNo, said: Said, plan: PlanOf = "") -> None:
        """驳回，要写原因 · reject a line with a reason."""
        from dacheng.service.plan_adjustments import line_called
        from dacheng.store.actions.plan_adjustments import reject_adjustment

        _, register, _uid = _register(plan)
        reject_adjustment(actor=SYSTEM, at=datetime.now(UTC), uid=line_called(register, line).uid, said=said)
        say(Text("已驳回。", "Rejected."))

    @group.command()
    def withdraw(line: LineNo, plan: PlanOf = "") -> None:
        """撤回一行等批准的调整 · take a line back that waits."""
        from dacheng.service.plan_adjustments import line_called
        from dacheng.store.actions.plan_adjustments import withdraw_adjustment

        _, register, _uid = _register(plan)
        withdraw_adjustment(actor=SYSTEM, at=datetime.now(UTC), uid=line_called(register, line).uid)
        say(Text("已撤回。", "Withdrawn."))


def _opened(plan: str, measure: str) -> tuple[Book, OpenPlan]:
    from dacheng.service.books import open_database
    from dacheng.service.plan_naming import opened

    book = open_database(SYSTEM, at=datetime.now(UTC))
    return book, opened(book, plan, measure)


def _register(plan: str) -> tuple[Book, Register, UUID]:
    from dacheng.service.books import open_database
    from dacheng.service.plan_adjustments import register_of
    from dacheng.service.plan_naming import plan_named

    book = open_database(SYSTEM, at=datetime.now(UTC))
    uid = plan_named(book, plan)
    return book, register_of(SYSTEM, book, uid), uid


def _print_effect(effect: Effect) -> None:
    from dacheng.core.plans.comparing import ABSENT

    if effect.found is None:
        raise effect.refused or AssertionError("an effect is found or refused")
    found = effect.found
    print("row,name,before,after,difference,people")
    was, now = found.was.sum(axis=1).tolist(), found.now.sum(axis=1).tolist()
    for at, position in enumerate(found.at_after.tolist()):
        if position != ABSENT and found.moved[at]:
            name = effect.one.name(position).in_language(language())
            amounts = [in_yuan(one).replace(",", "") for one in (was[at], now[at], now[at] - was[at])]
            print(",".join([effect.one.codes[position], name, *amounts, str(int(found.touched[at]))]))
