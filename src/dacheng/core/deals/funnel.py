"""The funnel (销售漏斗): how deals pass through the stages, how long they stay, where they are lost (R120, R121)."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, FloatArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals import columns as shown
from dacheng.core.deals.concentration import FEW_LARGE, effective_number
from dacheng.core.deals.passing import (
    BACK,
    COHORTS,
    ENTERED,
    GONE,
    HERE,
    LINES,
    LOST_HERE,
    ON,
    RETURNED,
    SKIPPED,
    STALLED,
    Passing,
    passing,
    ranks,
)
from dacheng.core.deals.reverse import (
    EFFECTIVE,
    OPEN_AMOUNT,
    TO_WIN,
    chances,
    conversions,
    open_amounts,
    standing,
)
from dacheng.core.deals.schema import LOST, OPEN
from dacheng.core.errors import Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.histogram import percentile
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.report import Flag, PeriodName, PersonId, UnitId, choice, report
from dacheng.core.table import Bars, Drill, Note, Table, TableColumn, column_of, fractions_known, table_of

ROLLING_DAYS = 90
ENOUGH = 30
"""Fewer decided deals than this say little of a rate: it is shrunk, and raises no alert (R121)."""

BY = Annotated[str, choice(*COHORTS)]
CARRIED = ("by", "period", "unit", "direct", "owner")


def _line(number: int) -> TableColumn:
    """Return the column of a line, whose number opens its deals."""
    _, code, label = next(one for one in LINES if one[0] == number)
    drill = Drill("deals/stays", take={"stage": "stage_id"}, fixed={"line": code}, carry=CARRIED)
    return TableColumn(code, "count", label, drill=drill, help=LINE_HELP[number], optional=number in RARELY_SHOWN)


RARELY_SHOWN = (GONE, BACK)
LINE_HELP = {
    ENTERED: Text("进入过本阶段的商机，一单一次", "Opportunities that entered the stage, each once"),
    ON: Text("之后到过更后面的阶段，或赢单", "Later reached a further stage, or were won"),
    HERE: Text("截至日仍在本阶段，没有往后走过", "Still in the stage and never further"),
    LOST_HERE: Text("没有往后走过，已丢单", "Lost without coming further"),
    BACK: Text("没有往后走过，现在更前面的阶段", "Never further, now open in an earlier stage"),
    GONE: Text("截至日已不在本范围，或换了阶段集", "No longer in this scope, or in another stage set"),
    SKIPPED: Text("到过后面的阶段，从未进入本阶段", "Reached a further stage without ever entering this one"),
    RETURNED: Text("至少一次从本阶段退回更前面的阶段", "Went back from the stage to an earlier one at least once"),
    STALLED: Text(
        "截至日在本阶段的在途商机中，停留达到规则 deals.stalled_days 或标准停留天数 1.5 倍的；与期间无关",
        "Of those open in the stage now: as long as the rule deals.stalled_days, or 1.5 times the usual days",
    ),
}

COLUMNS = (
    column_of("stages", "stage_id"),
    column_of("stages", "set_id", optional=True),
    _line(ENTERED),
    _line(ON),
    _line(HERE),
    _line(LOST_HERE),
    _line(BACK),
    _line(GONE),
    TableColumn(
        "conversion_ratio",
        "ratio",
        Text("转化率", "Conversion"),
        judged="more",
        help=Text(
            "继续 ÷（继续 + 丢单）；还没有结果的不算", "Moved on ÷ (moved on + lost); the undecided do not count"
        ),
    ),
    TableColumn(
        "shrunk_ratio",
        "ratio",
        Text("收缩转化率", "Shrunk conversion"),
        judged="more",
        help=Text(
            "（继续 + 10 × 先验）÷（继续 + 丢单 + 10）；先验 = 阶段的转化率基准，没有时取全部阶段合起来的转化率",
            "(Moved on + 10 × prior) ÷ (moved on + lost + 10); prior = the stage's baseline, else all stages' rate",
        ),
    ),
    TO_WIN,
    OPEN_AMOUNT,
    EFFECTIVE,
    _line(SKIPPED),
    _line(RETURNED),
    TableColumn(
        "median_days",
        "days",
        Text("停留中位数", "Median days"),
        judged="less",
        help=Text("已离开本阶段的停留天数，一半不超过它", "Of completed stays half are no longer"),
    ),
    TableColumn(
        "p90_days",
        "days",
        Text("停留 P90", "P90 days"),
        judged="less",
        optional=True,
        help=Text("已离开的停留中九成不超过它", "Of completed stays nine in ten are no longer"),
    ),
    column_of("stages", "benchmark_days"),
    TableColumn(
        "dwell_ratio",
        "ratio",
        Text("停留比", "Dwell ratio"),
        judged="less",
        optional=True,
        help=Text("停留中位数 ÷ 标准停留天数", "Median days ÷ usual days"),
    ),
    _line(STALLED),
    TableColumn(
        "recent",
        "count",
        Text("近 90 天有结果", "Decided in 90 days"),
        optional=True,
        help=Text(
            "截至日前 90 天内从本阶段继续或丢单的", "Moved on from the stage or lost in the 90 days up to the as-of day"
        ),
    ),
    TableColumn(
        "recent_ratio",
        "ratio",
        Text("近 90 天转化率", "90-day conversion"),
        judged="more",
        help=Text("其中继续的 ÷ 近 90 天有结果", "Moved on of those decided in 90 days"),
    ),
    column_of("stages", "baseline_bp", name="baseline_ratio"),
    TableColumn(
        "alert",
        "flag",
        Text("低于基准", "Below baseline"),
        help=Text(
            "近 90 天转化率低于基准，且有结果的不少于 30 单",
            "90-day conversion below the baseline with 30 decided or more",
        ),
    ),
)


@report(
    "deals/funnel",
    title=Text("销售漏斗", "Funnel"),
    help=Text(
        "商机怎样走过阶段。默认看期间内创建的商机，也可看期间内进入阶段的。进入的每一单只归一项：继续、仍在、丢单、退回、"
        "转出；跳过和曾退回另记。转化率 = 继续 ÷（继续 + 丢单）；不足 30 单时看收缩转化率。停留只算已离开的。"
        "到赢单 = 从本阶段起的收缩转化率相乘。"
        "只看你范围内、截至日为止的历史。",
        "How opportunities pass through the stages: those created in the period, or what entered a stage in it. Each "
        "that entered is in one line: moved on, still there, lost, back, gone; skipped and returned are told beside. "
        "Conversion = moved on ÷ (moved on + lost); below 30 look at the shrunk one. To winning multiplies the shrunk "
        "conversions from the stage on. Days are of completed "
        "stays. Only the history in your scope up to the as-of day is looked at.",
    ),
    columns=COLUMNS,
)
def funnel(
    book: Book,
    *,
    by: BY = "cohort",
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
) -> Table:
    """Count how deals pass through every stage of every set, with dwell times and baselines (销售漏斗).

    Args:
        period: default the fiscal year of the as-of day.

    Source: R119, R120, R121, R122; golden cases G58.
    """
    span = fiscal_year_of(book, period)
    passed = passing(book, period=span, by=by, unit=unit, direct=direct, owner=owner)
    stages, exact = steps_of(passed)
    counts = {code: _counted(passed, stages, number) for number, code, _ in LINES}
    rates, decided = _rates(counts, exact)
    stays = _dwell(passed, stages)
    recent = _recent(passed, stages)
    now = open_amounts(book, unit, direct, owner)
    return table_of(
        COLUMNS,
        stages,
        {
            **counts,
            **rates,
            **stays,
            **recent,
            "to_win_ratio": fractions_known(chances(stages, exact)),
            **standing(stages, now),
            "baseline_ratio": (stages["baseline_bp"] / BP_PER_WHOLE, stages.known("baseline_bp")),
        },
        key=("stage_id",),
        notes=_notes(now, decided),
        bars=_bars(stages, counts),
    )


def steps_of(passed: Passing) -> tuple[Rows, list[Fraction | None]]:
    """Return open and won stages, set by set in their order, with the exact shrunk conversion of each."""
    stages = _in_order(passed.stages)
    on, lost = (_counted(passed, stages, number)[0] for number in (ON, LOST_HERE))
    return stages, conversions(stages, on, lost)


def _in_order(stages: Rows) -> Rows:
    """Return open and won stages, set by set in their order; lost ones are no step."""
    steps = stages.only(stages["state"] != LOST)
    return steps.only(np.lexsort((steps["stage_id"], steps["position"], ranks(steps), steps["set_id"])))


def _counted(passed: Passing, stages: Rows, number: int) -> tuple[IntArray, BoolArray]:
    """Return how many deals stand in a line of each stage; a closed stage has entries only."""
    known = (stages["state"] == OPEN) | (number == ENTERED)
    values = [len(passed.line(number, int(one))) for one in stages["stage_id"]]
    return np.where(known, np.array(values, dtype=np.int64), 0), known


def _rates(
    counts: dict[str, tuple[IntArray, BoolArray]], exact: list[Fraction | None]
) -> tuple[dict[str, tuple[FloatArray, BoolArray]], IntArray]:
    """Return conversion and shrunk conversion, and how many deals are decided.

    Args:
        exact: the shrunk conversion of each stage.
    """
    on, lost = counts["on"][0], counts["lost"][0]
    decided = on + lost
    return {
        "conversion_ratio": (on / np.maximum(decided, 1), decided > 0),
        "shrunk_ratio": fractions_known(exact),
    }, decided


def _dwell(passed: Passing, stages: Rows) -> dict[str, tuple[IntArray | FloatArray, BoolArray]]:
    """Return the median and the P90 of completed stays, and the median by the usual days."""
    stays = passed.stays
    ended = passed.asked & ~stays.standing & (stays.going >= 0)
    of_stage = [stays.days[ended & (stays.stage_id == one)] for one in stages["stage_id"]]
    known = np.array([len(one) > 0 for one in of_stage], dtype=np.bool_)
    median, late = (
        np.array([percentile(one, share) if len(one) else 0 for one in of_stage], dtype=np.int64) for share in (50, 90)
    )
    usual = stages["benchmark_days"]
    compared = known & stages.known("benchmark_days") & (usual > 0)
    return {
        "median_days": (median, known),
        "p90_days": (late, known),
        "dwell_ratio": (np.where(compared, median / np.maximum(usual, 1), 0.0), compared),
    }


def _recent(passed: Passing, stages: Rows) -> dict[str, tuple[IntArray | FloatArray, BoolArray]]:
    """Return what was decided in the rolling 90 days, and whether that falls short of the baseline."""
    stays = passed.stays
    in_time = (stays.going >= 0) & (stays.until > passed.book.as_of_day - ROLLING_DAYS)
    moved_on = in_time & (passed.next_rank > passed.rank)
    dropped = in_time & (passed.state[stays.going] == LOST) & (passed.set_id[stays.going] == passed.set_id)
    on, lost = (
        np.array([(one & (stays.stage_id == stage)).sum() for stage in stages["stage_id"]], dtype=np.int64)
        for one in (moved_on, dropped)
    )
    decided = on + lost
    ratio = on / np.maximum(decided, 1)
    open_one: BoolArray = stages["state"] == OPEN
    short = stages.known("baseline_bp") & (decided >= ENOUGH) & (on * BP_PER_WHOLE < stages["baseline_bp"] * decided)
    return {
        "recent": (decided, open_one),
        "recent_ratio": (ratio, open_one & (decided > 0)),
        "alert": (short.astype(np.int64), open_one),
    }


def _notes(rows: Rows, decided: IntArray) -> tuple[Note, ...]:
    effective = effective_number(rows["amount"][rows.known("amount")])
    few = int(((decided > 0) & (decided < ENOUGH)).sum())
    return shown.noted(
        Note(
            "few-large",
            Text(
                f"在途金额相当于 {effective:.1f} 个同样大的商机，少于 {FEW_LARGE}：漏斗说明不了什么，请逐单看。",
                f"Worth {effective:.1f} deals of one size, fewer than {FEW_LARGE}: look at them one by one.",
            ),
            int(0 < effective < FEW_LARGE),
        ),
        Note(
            "small-samples",
            Text(
                f"{few} 个阶段有结果的不足 {ENOUGH} 单，请看收缩转化率。",
                f"Stages with fewer than {ENOUGH} decided, where the shrunk rate says more: {few}.",
            ),
            few,
        ),
    )


def _bars(stages: Rows, counts: dict[str, tuple[IntArray, BoolArray]]) -> tuple[Bars, ...]:
    """Draw how many entered each stage, in order; nothing to draw when none did."""
    entered = counts["entered"][0]
    if not entered.any():
        return ()
    column = next(one for one in COLUMNS if one.name == "entered")
    return (Bars(Text("各阶段进入", "Entered by stage"), COLUMNS[0], stages["stage_id"], entered, measure=column),)
