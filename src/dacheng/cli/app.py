"""The command line ``dacheng``: translate in, one inward call, translate out."""

from __future__ import annotations

from collections.abc import Callable

import typer

from dacheng.cli import (
    acting,
    annual_plans,
    audit,
    backup,
    bench,
    checking,
    checklists,
    closing,
    contracting,
    delivering,
    demo,
    engaging,
    exporting,
    facts,
    golden,
    handing_over,
    importing,
    initialise,
    inventory,
    jobs,
    mappings,
    merging,
    planning,
    replica,
    report,
    serve,
    settling,
    spending,
)
from dacheng.cli.talking import speaking

UseDatabase = Callable[[str | None], None]


def build(use_database: UseDatabase) -> Callable[[], None]:
    """Return the command line.

    Args:
        use_database: sets Django up for a database URL.
    """
    app = typer.Typer(
        name="dacheng",
        help="达成 — 销售目标与业绩闭环 · sales targets and performance in one traceable loop",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    working = (
        handing_over,
        engaging,
        merging,
        planning,
        annual_plans,
        checklists,
        contracting,
        inventory,
        delivering,
        settling,
        closing,
        spending,
        acting,
    )
    everyday = (demo, serve, initialise, importing, mappings, report, *working)
    for module in (*everyday, golden, exporting, facts, replica, jobs, backup, audit, checking, bench):
        module.register(app, use_database)
    return speaking(app)
