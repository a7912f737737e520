"""The attainment board (达成榜): target against done for units and people (R041, R054, R196)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.fiscal import days_gone, fiscal_year_of
from dacheng.core.period import Period, ym_text
from dacheng.core.report import Flag, MeasureId, PeriodName, UnitId, report
from dacheng.core.table import Drill, Note, Table, TableColumn, Values, table_of
from dacheng.core.targets.attaining import Ratios, attainment_ratio, linear_progress, required_run_rate
from dacheng.core.targets.board import (
    Board,
    depth_of,
    gathered,
    heads_of,
    laid_out,
    measures_in,
    tops_of,
)
from dacheng.core.targets.cascading import OWN, Grid
from dacheng.core.targets.due import Elapsed, due_amount, elapsed_of
from dacheng.core.targets.results import cash_from
from dacheng.core.targets.schema import CASH, CONTRACT, MARGIN

ROW = {"unit": "unit_id", "measure": "measure_id", "direct": "direct"}
WHOLE = ("unit", "measure", "period")
TO_CELLS = Drill("targets/cells", take=ROW | {"person": "person_id"}, carry=("period",))
TO_RESULTS = Drill("targets/done", take=ROW | {"owner": "person_id"}, carry=("period",))
ALL_CELLS = Drill("targets/cells", carry=WHOLE)
ALL_RESULTS = Drill("targets/done", carry=WHOLE)

COLUMNS = (
    TableColumn("unit_id", "ref", Text("组织", "Unit"), ref="units"),
    TableColumn(
        "person_id",
        "ref",
        Text("人员", "Person"),
        ref="people",
        help=Text("空 = 组织本身，含所有下级", "Blank = the unit itself with everything below it"),
    ),
    TableColumn(
        "depth",
        "count",
        Text("层级", "Level"),
        optional=True,
        help=Text(
            "0 = 你所见的最上级；个人比所在组织低一级", "0 = the topmost you see; a person is one below the unit"
        ),
    ),
    TableColumn(
        "direct",
        "flag",
        Text("个人行", "Person's row"),
        optional=True,
        help=Text("1 = 只含此人在此组织的数", "1 = only this person's figures at this unit"),
    ),
    TableColumn("measure_id", "ref", Text("指标", "Measure"), ref="measures"),
    TableColumn(
        "target",
        "money",
        Text("目标", "Target"),
        drill=TO_CELLS,
        total_drill=ALL_CELLS,
        help=Text(
            "期间各月目标之和。组织某月自己有目标的取自己的，没有的取下级组织与个人之和。",
            "Sum of the period's months. A unit that has its own target in a month counts with it, "
            "else with the sum of its child units and people.",
        ),
    ),
    TableColumn(
        "done",
        "money",
        Text("业绩", "Done"),
        judged="more",
        drill=TO_RESULTS,
        total_drill=ALL_RESULTS,
        help=Text(
            "截至日为止记入期间的业绩，组织 = 其下所有人之和。",
            "What is posted in the period up to the as-of day; a unit is the sum of everybody below it.",
        ),
    ),
    TableColumn(
        "gap",
        "money",
        Text("距目标", "Gap"),
        judged="less",
        difference=True,
        help=Text("目标 − 业绩", "Target − done"),
    ),
    TableColumn(
        "attainment_ratio",
        "ratio",
        Text("达成率", "Attainment"),
        judged="more",
        help=Text(
            "业绩 ÷ 目标，不封顶；目标为 0 或没有目标时不适用",
            "Done ÷ target, not capped; n/a without a target or at 0",
        ),
    ),
    TableColumn(
        "due",
        "money",
        Text("应到", "Due by now"),
        help=Text(
            "已结束月份的目标 + 当月目标 × 已过工作日 ÷ 当月工作日",
            "Targets of the months that have ended + the current month's × its working days passed ÷ its working days",
        ),
    ),
    TableColumn(
        "due_ratio",
        "ratio",
        Text("季节进度", "Seasonal progress"),
        optional=True,
        help=Text("应到 ÷ 目标", "Due by now ÷ target"),
    ),
    TableColumn(
        "due_gap",
        "pp",
        Text("与季节进度之差", "Against the plan"),
        judged="more",
        difference=True,
        help=Text("达成率 − 季节进度", "Attainment − seasonal progress"),
    ),
    TableColumn(
        "time_ratio",
        "ratio",
        Text("时间进度", "Time gone"),
        optional=True,
        help=Text("期间已过天数 ÷ 总天数", "Days gone by ÷ days of the period"),
    ),
    TableColumn(
        "pace_gap",
        "pp",
        Text("进度差", "Pace gap"),
        judged="more",
        difference=True,
        optional=True,
        help=Text("达成率 − 时间进度", "Attainment − time gone"),
    ),
    TableColumn(
        "required",
        "money",
        Text("月均需完成", "Needed a month"),
        judged="less",
        help=Text(
            "距目标 ÷ 尚未结束的月数（含当月）；期间已结束时不适用",
            "Gap ÷ months that have not ended, the current one included; n/a when the period is over",
        ),
    ),
    TableColumn(
        "below",
        "money",
        Text("分解合计", "Breakdown"),
        optional=True,
        help=Text("下级组织与个人目标之和", "Sum of the targets of child units and people"),
    ),
    TableColumn(
        "below_gap",
        "money",
        Text("上减下", "Top minus bottom"),
        optional=True,
        help=Text("目标 − 分解合计", "Target − breakdown"),
    ),
    TableColumn(
        "left_out",
        "count",
        Text("未计入", "Left out"),
        judged="less",
        optional=True,
        help=Text("没有该指标金额、未计入业绩的笔数", "Results without an amount in this measure"),
    ),
)


@report(
    "targets/attainment",
    title=Text("达成榜", "Attainment"),
    help=Text(
        "目标与业绩，按组织、个人与指标。目标：组织当月自己有目标的取自己的，没有的取下级之和。业绩：合同额 = 合同"
        "（按记账月，归生效日负责人的组织）+ 规则允许时没有合同的赢单；毛利 = 不含税合同额 − 成本，两者都有才算。"
        "距目标 = 目标 − 业绩；达成率 = 业绩 ÷ 目标，不封顶，目标为 0 时不适用。应到 = 已结束月份的目标 + 当月目标按"
        "工作日折算；月均需完成 = 距目标 ÷ 尚未结束的月数。",
        "Target against done by unit, person and measure. Target: a unit's own for a month where it has one, else the "
        "sum below it. Done: contract value = contracts (by posting month, at the owner's unit of the effective day) + "
        "won opportunities without a contract where the rule says so; margin = amount excl. tax − cost where both are "
        "known. Gap = target − done; attainment = done ÷ target, not capped, n/a at a target of zero. Due by now = "
        "targets of the months that have ended + the current month's by working days; needed a month = gap ÷ months "
        "not ended.",
    ),
    columns=COLUMNS,
)
def attainment(
    book: Book,
    *,
    unit: UnitId | None = None,
    measure: MeasureId | None = None,
    period: PeriodName | None = None,
    people: Flag = False,
) -> Table:
    """Compare target and done of every unit, and of people, by measure (达成榜).

    Units come in tree order, each followed by its people; a viewer without units sees
    his own rows. A total is given for one measure only: measures do not add up.

    Args:
        measure: default every measure that has a target or something done.
        period: default the fiscal year of the as-of day.
        people: also everybody who has a target or a result in the period.

    Source: R041, R054, R196; golden cases G41, G62.
    """
    span = fiscal_year_of(book, period)
    found = gathered(book, span, unit, measure)
    grid = Grid(measures_in(found) if measure is None else np.array([measure], dtype=np.int64), span)
    board = laid_out(book, grid, found, unit, people)
    elapsed = elapsed_of(span, book.as_of_day, book.calendar, book.months)
    due = due_amount(grid.months(board.target.value), elapsed)
    tops = tops_of(book, unit)
    heads = heads_of(tops, board)
    whole = board.only(heads).summed()
    totals = _total_row(book, whole, due[heads].sum(axis=0)) if len(grid.measures) == 1 else {}
    rows, of_whom = rows_of(board, depth_of(book.tree, tops, board))
    return table_of(
        COLUMNS,
        rows,
        {**of_whom, **_figures(book, board, due)},
        key=("unit_id", "person_id", "measure_id"),
        totals=totals,
        notes=(*_notes(whole, elapsed, found.homeless), *noted(*cash_notes(book, span, whole))),
    )


def rows_of(board: Board, depth: IntArray) -> tuple[Rows, Mapping[str, Values | tuple[Values, BoolArray]]]:
    """Return who each row is about: every subject once a measure."""
    each = len(board.grid.measures)
    of_person = np.repeat(board.person_id != OWN, each)
    rows = Rows(
        {
            "unit_id": np.repeat(board.unit_id, each),
            "measure_id": np.tile(board.grid.measures, len(board)),
            "depth": np.repeat(depth, each),
            "direct": of_person.astype(np.int64),
        }
    )
    return rows, {"person_id": (np.repeat(board.person_id, each), of_person)}


def _figures(book: Book, board: Board, due: IntArray) -> dict[str, Values | tuple[Values, BoolArray]]:
    """Return the figures of each subject and measure, flattened to one row each."""
    grid, span = board.grid, board.grid.period
    target, below = (grid.months(one.value).sum(axis=-1).reshape(-1) for one in (board.target, board.below))
    due = due.reshape(-1)
    planned = any_month(grid, board.target.known)
    broken_down = any_month(grid, board.below.known)
    done, known = board.done.reshape(-1), board.done_known.reshape(-1)
    both = planned & known
    attained = attainment_ratio(done, target, both)
    seasonal = attainment_ratio(due, target, planned)
    gone = linear_progress(*days_gone(book, span))
    remaining = len(span) - book.months.elapsed(span, book.as_of_day)
    return {
        "target": (target, planned),
        "done": (done, known),
        "gap": (target - done, both),
        "attainment_ratio": attained,
        "due": (due, planned),
        "due_ratio": seasonal,
        "due_gap": _difference(attained, seasonal),
        "time_ratio": np.full(len(target), gone.value),
        "pace_gap": _difference(attained, gone),
        "required": required_run_rate(target, done, remaining, both),
        "below": (below, broken_down),
        "below_gap": (target - below, planned & broken_down),
        "left_out": (board.left_out.reshape(-1), known),
    }


def any_month(grid: Grid, known: BoolArray) -> BoolArray:
    """Return for each subject and measure, flattened, whether any month is known."""
    found: BoolArray = known.reshape(len(known), len(grid.measures), len(grid.period)).any(axis=-1).reshape(-1)
    return found


def _difference(ratios: Ratios, others: Ratios) -> Ratios:
    known = ratios.known & others.known
    return Ratios(np.where(known, ratios.value - others.value, 0.0), known)


def _total_row(book: Book, whole: Board, due: IntArray) -> dict[str, int | float | None]:
    """Return the total of one measure: the same figures of the sum of the topmost rows."""
    totals: dict[str, int | float | None] = {}
    for name, value in _figures(book, whole, due).items():
        amount, known = value if isinstance(value, tuple) else (value, np.ones(1, dtype=np.bool_))
        totals[name] = amount[0].item() if known[0] else None
    return totals


MEASURE_LABELS: Mapping[int, Text] = {CONTRACT: Text("合同额", "contract value"), MARGIN: Text("毛利", "margin")}


def _notes(whole: Board, elapsed: Elapsed, homeless: int) -> tuple[Note, ...]:
    measures = whole.grid.measures
    partly = [
        _partly_known(int(measure), int(own), int(own - left_out))
        for measure, own, left_out in zip(measures, whole.own[0], whole.left_out[0], strict=True)
        if measure in MEASURE_LABELS and left_out
    ]
    without = int((~np.isin(measures, (*whole.measured, CASH))).sum())
    return noted(
        *partly,
        Note(
            "without-results",
            Text(
                f"{without} 个指标还没有业绩来源，业绩不适用。",
                f"Measures whose results are not recorded yet: {without}.",
            ),
            without,
        ),
        Note(
            "no-calendar",
            Text("工作日历没有当月，应到按自然日折算。", "The working calendar lacks this month: due by all days."),
            int(not elapsed.by_working_days),
            column="due",
        ),
        Note(
            "homeless",
            Text(
                f"{homeless} 行属于当日不存在的组织，没有计入。",
                f"Rows of units that do not stand that day: {homeless}.",
            ),
            homeless,
        ),
    )


def cash_notes(book: Book, span: Period, whole: Board) -> tuple[Note, ...]:
    """Tell where receipts are not the 回款 of a period, or only of its later months (rule ``cash.counted_from``)."""
    asked, counted = CASH in whole.grid.measures, CASH in whole.measured
    start, first = cash_from(book), book.months.from_day(span)
    begins = ym_text(book.months.ym_of(start)) if start is not None else ""
    return (
        Note(
            "cash-not-counted",
            Text(
                "这个期间的回款不按收款记录算，业绩不适用：规则 cash.counted_from 定从哪个月起算。",
                "Receipts are not the cash done of this period, so it is n/a: the rule cash.counted_from says from "
                "which month they are.",
            ),
            int(asked and not counted),
            column="done",
        ),
        Note(
            "cash-counted-from",
            Text(
                f"回款从 {begins} 起按收款记录算，期间里更早的月份不在业绩里。",
                f"Receipts are cash done from {begins} on; earlier months of the period are not in it.",
            ),
            int(asked and counted and start is not None and start > first),
            column="done",
        ),
    )


def _partly_known(measure: int, there: int, counted: int) -> Note:
    label = MEASURE_LABELS[measure]
    return Note(
        f"partly-known-{measure}",
        Text(
            f"{label.zh}按 {there} 笔业绩中的 {counted} 笔计，其余没有金额或你无权查看。",
            f"Done of {label.en} counts {counted} of {there} results; the others have none or are not shown.",
        ),
        there - counted,
    )
