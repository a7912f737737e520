"""``dacheng plan cut`` and ``set-cut``: the lowest units divided by segments, looked at, written, edited (R044)."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dacheng.cli.plan_opening import (
    Amount,
    DryRun,
    Measure,
    PlanOf,
    Row,
    begun,
    dimension_of,
    plain,
    say_proved,
)
from dacheng.cli.talking import language, say
from dacheng.core.access import SYSTEM

if TYPE_CHECKING:
    from dacheng.core.plans.cutting import CutChange
    from dacheng.service.names import Name
    from dacheng.service.plans import OpenPlan


def add_cutting(group: typer.Typer) -> None:
    """Add the commands."""
    for commands in (_cutting, _setting, _drawing):
        commands(group)


def _cutting(group: typer.Typer) -> None:
    @group.command()
    def cut(
        dimension: Annotated[
            str,
            typer.Argument(help="line 产品类别 | customer 客户类型 | region 区域 | other；默认按产品类型 · by motion"),
        ] = "",
        plan: PlanOf = "",
        measure: Measure = "contract",
        weight: Annotated[
            list[str] | None,
            typer.Option("--weight", help="划分项的权重，不写的不切 · weight of a segment", metavar="SEGMENT=75"),
        ] = None,
        dry_run: DryRun = False,
    ) -> None:
        """把最下级组织再按划分项分开，两边都精确 · cut the lowest units by segments, both margins exact."""
        from dacheng.service.plan_matrix import (
            cut_by_default,
            dimension_code,
            look_at_cut,
            segments_of,
            totals_by,
            weights_typed,
        )
        from dacheng.service.plans import cut as cut_down

        book, one = begun(plan, measure)
        if not dimension:
            default = cut_by_default(book, one.sheet)
            if default.why.zh:
                say(default.why)
            dimension = dimension_code(default.dimension)
        number = dimension_of(dimension)
        segments = segments_of(book, number)
        weights = weights_typed(segments, weight or [])
        if dry_run:
            look = look_at_cut(book, one.uid, one.sheet.measure_id, number, weights)
            _listed_cells(look.opened, segments, look.changes)
            return
        totals = totals_by(one.sheet, weights) if weights is not None else None
        done = cut_down(SYSTEM, datetime.now(UTC), one.uid, one.sheet.measure_id, number, totals)
        say_proved(plan, measure, done, dimension)


def _setting(group: typer.Typer) -> None:
    @group.command("set-cut")
    def set_cut(
        unit: Row,
        segment: Annotated[str, typer.Argument(help="划分项编码或名称 · segment", metavar="SEGMENT")],
        amount: Amount,
        by: Annotated[str, typer.Option("--by", help="哪个维度 · dimension: line|customer|region|other")] = "line",
        plan: PlanOf = "",
        measure: Measure = "contract",
        dry_run: DryRun = False,
    ) -> None:
        """改切分表的一格；组织全年和划分项合计不变 · set a cell of a cut, both totals stay."""
        from dacheng.core.plans.cutting import cut_changes, recut
        from dacheng.service.plan_matrix import cell_named, segments_of
        from dacheng.service.plan_naming import amount_typed
        from dacheng.service.plans import recut_cells, table_seen

        book, one = begun(plan, measure, by)
        number, segments = dimension_of(by), segments_of(book, dimension_of(by))
        at, much = cell_named(one, segments, unit, segment), amount_typed(amount)
        after = recut(one.sheet, {at: much}, one.name)
        if not dry_run:
            row, seen = int(one.sheet.tree.unit_ids[at]), table_seen(one.sheet)
            recut_cells(SYSTEM, datetime.now(UTC), one.uid, one.sheet.measure_id, number, {row: much}, seen)
        _listed_cells(one, segments, cut_changes(one.sheet, after, {at}))


def _drawing(group: typer.Typer) -> None:
    @group.command("types")
    def draw_types(
        by: Annotated[str, typer.Option("--by", help="按客户的什么 · industry | region")] = "industry",
        dry_run: DryRun = False,
    ) -> None:
        """从客户的行业或地区得出客户类型，方案按它切分 · draw customer types from accounts."""
        from dacheng.service.account_types import look_at_types, told
        from dacheng.service.books import open_database
        from dacheng.store.actions.segments import draw_segments

        at = datetime.now(UTC)
        if dry_run:
            drawn = look_at_types(SYSTEM, open_database(SYSTEM, at=at), by)
        else:
            drawn = draw_segments(actor=SYSTEM, at=at, by=by)
        say(told(drawn))
        lines = csv.writer(sys.stdout, lineterminator="\n")
        lines.writerow(["type", "accounts", "typed"])
        lines.writerows([one.name, len(one.accounts), one.typed] for one in drawn)


def _listed_cells(one: OpenPlan, segments: Mapping[int, Name], changes: Sequence[CutChange]) -> None:
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(["unit", "segment", "before", "after", "asked"])
    for change in changes:
        unit, segment = one.name(change.unit), segments[change.segment_id]
        named = [unit.in_language(language()), segment.in_language(language())]
        lines.writerow([*named, plain(change.before), plain(change.after), int(change.asked)])
