"""``dacheng project``: deliveries planned, followed, reached, slipped, recognised; reports delivery/… list them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from dacheng.cli.talking import Database, say
from dacheng.core.access import SYSTEM
from dacheng.core.delivery.schema import MILESTONE_KINDS, OBSTACLES
from dacheng.core.errors import Text

Project = Annotated[str, typer.Argument(help="项目号 · project no.", metavar="PROJECT")]
Milestone = Annotated[str, typer.Argument(help="里程碑编号 · milestone no.", metavar="MILESTONE")]
On = Annotated[str, typer.Option("--on", help="日期 · day, 2026-06-30")]
KINDS = " | ".join(code for _, code, _ in MILESTONE_KINDS)
REASONS = " | ".join(code for _, code, _ in OBSTACLES)


def register(app: typer.Typer, use_database: Callable[[str | None], None]) -> None:
    """Add the commands."""
    group = typer.Typer(help="交付项目 · delivery projects", no_args_is_help=True)
    app.add_typer(group, name="project")

    @group.callback()
    def project(db: Database = None) -> None:
        """交付项目：计划、跟进、完成、推迟、确收 · plan, follow, reach, slip, recognise."""
        use_database(db)

    @group.command()
    def plan(
        contract: Annotated[str, typer.Argument(help="合同号 · contract no.", metavar="CONTRACT")],
        milestone: Annotated[list[str], typer.Option("--milestone", help=f"名称;类型;计划日;确收比例 · {KINDS}")],
        start: Annotated[str, typer.Option("--start", help="计划开工 · planned start")],
        code: Annotated[str, typer.Option("--code", help="项目号 · project no.")] = "",
        name: Annotated[str, typer.Option("--name", help="名称 · name")] = "",
        manager: Annotated[str, typer.Option("--manager", help="项目经理工号 · employee no. of its manager")] = "",
        budget: Annotated[str, typer.Option("--budget", help="预算成本 · budget")] = "",
    ) -> None:
        """登记交付项目 · record the delivery project of a contract."""
        from dacheng.service.projects import plan_named

        values = {"code": code, "name": name, "start_day": start, "manager_id": manager, "budget": budget}
        plan_named(SYSTEM, datetime.now(UTC), contract, values=values, milestones=milestone)
        say(Text(f"{contract} 的交付项目已登记。", f"The delivery project of {contract} is recorded."))

    @group.command()
    def follow(
        project: Project,
        spent: Annotated[str, typer.Option("--spent", help="实际成本 · actual cost")] = "",
        estimate: Annotated[str, typer.Option("--estimate", help="预计完工成本 · estimate at completion")] = "",
        budget: Annotated[str, typer.Option("--budget", help="预算成本 · budget")] = "",
        done: Annotated[str, typer.Option("--done", help="完工进度 · done, 48%")] = "",
        obstacle: Annotated[str, typer.Option("--obstacle", help=REASONS)] = "",
        note: Annotated[str, typer.Option("--note", help="障碍说明 · what the obstacle is")] = "",
        step: Annotated[str, typer.Option("--step", help="行动 · next step")] = "",
        step_due: Annotated[str, typer.Option("--step-due", help="行动到期 · next step due")] = "",
    ) -> None:
        """跟进成本、进度和障碍 · costs, progress, what stands in the way."""
        from dacheng.service.projects import follow_named

        values = {
            "spent": spent, "estimate": estimate, "budget": budget, "done_bp": done, "obstacle": obstacle,
            "obstacle_note": note, "step": step, "step_due_day": step_due,
        }  # fmt: skip
        follow_named(SYSTEM, datetime.now(UTC), project, values)
        say(Text(f"{project} 已存。", f"{project} is saved."))

    _steps(group)


def _steps(group: typer.Typer) -> None:
    """Add the commands of one milestone, and of what is earned."""

    @group.command()
    def reach(milestone: Milestone, on: On = "") -> None:
        """里程碑完成；不写日期就取消完成 · reached on a day; without one that is taken back."""
        from dacheng.service.projects import reach_named

        reach_named(SYSTEM, datetime.now(UTC), milestone, on)
        say(
            Text(f"{milestone} 在 {on} 完成。", f"{milestone} was reached on {on}.")
            if on
            else Text(f"{milestone} 改为未完成。", f"{milestone} is not reached.")
        )

    @group.command()
    def slip(
        milestone: Milestone,
        on: On,
        reason: Annotated[str, typer.Option("--reason", help=REASONS)] = "",
        note: Annotated[str, typer.Option("--note", help="推迟说明 · what happened")] = "",
    ) -> None:
        """改预计日并说明原因 · expect it on another day and say why."""
        from dacheng.service.projects import slip_named

        slip_named(SYSTEM, datetime.now(UTC), milestone, on, reason, note)
        say(Text(f"{milestone} 预计 {on}。", f"{milestone} is expected on {on}."))

    @group.command()
    def recognise(
        project: Project,
        on: On,
        way: Annotated[str, typer.Option("--way", help="milestone | over-time")] = "milestone",
    ) -> None:
        """按里程碑或完工进度确收 · recognise what is earned."""
        from dacheng.service.projects import recognise_named

        recognise_named(SYSTEM, datetime.now(UTC), project, way, on)
        say(Text(f"{project} 已确收。", f"What {project} earned is recognised."))
