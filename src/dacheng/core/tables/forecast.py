"""The forecast table (业绩预测表): target, done, what is still open, and what both gaps are (R148, R126)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray, paired
from dacheng.core.book import Book, Rows
from dacheng.core.cash.open_cash import open_cash
from dacheng.core.crediting import part_of
from dacheng.core.deals.columns import noted
from dacheng.core.deals.schema import BEST, COMMIT
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, in_unit
from dacheng.core.fiscal import days_gone, fiscal_year_of
from dacheng.core.period import Period
from dacheng.core.report import Flag, MeasureId, PeriodName, UnitId, report
from dacheng.core.table import Drill, Note, Table, TableColumn, Values, table_of
from dacheng.core.targets import attainment as board_report
from dacheng.core.targets.attaining import attainment_ratio, linear_progress
from dacheng.core.targets.board import (
    Board,
    depth_of,
    gathered,
    heads_of,
    laid_out,
    measures_in,
    tops_of,
    with_owners,
)
from dacheng.core.targets.cascading import OWN, Grid
from dacheng.core.targets.due import due_amount, elapsed_of
from dacheng.core.targets.open_deals import OpenDeals, closing_deals, open_amounts
from dacheng.core.targets.results import ALWAYS, counting
from dacheng.core.targets.schema import CASH, CONTRACT
from dacheng.core.tree import UNKNOWN

A_WEEK = 7
WHOLE = ("unit", "measure", "period")
_OF_ROW = {"unit": "unit_id", "measure": "measure_id", "direct": "direct", "owner": "person_id"}


def _open(name: str, label: Text, help: Text, **fixed: str) -> TableColumn:
    """Return a column of open amounts, whose numbers open the deals behind them."""
    return TableColumn(
        name,
        "money",
        label,
        help=help,
        drill=Drill("targets/open", take=_OF_ROW, fixed=fixed, carry=("period",)),
        total_drill=Drill("targets/open", fixed=fixed, carry=WHOLE),
    )


_SHARED = {column.name: column for column in board_report.COLUMNS}
COLUMNS = (
    *(_SHARED[name] for name in ("unit_id", "person_id", "depth", "direct", "measure_id", "target", "done")),
    _open(
        "commit",
        Text("承诺", "Commit"),
        Text(
            "类别为承诺、期间内预计签约且未逾期的在途金额，不加权",
            "Open amounts of the category commit, expected to sign in the period and not overdue, not weighted",
        ),
        category="commit",
    ),
    _open(
        "best",
        Text("力争", "Best case"),
        Text("类别为力争的在途金额，不加权", "Open amounts of the category best case, not weighted"),
        category="best",
    ),
    _open(
        "weighted",
        Text("加权额", "Weighted"),
        Text(
            "承诺、力争、管道的金额 × 赢率，逐单四舍五入到分后相加",
            "Amounts of commit, best case and pipeline × win rate, rounded per row, then summed",
        ),
    ),
    TableColumn(
        "forecast",
        "money",
        Text("预测合计", "Forecast"),
        judged="more",
        help=Text("业绩 + 加权额", "Done + weighted"),
    ),
    TableColumn(
        "forecast_ratio",
        "ratio",
        Text("预测达成率", "Forecast attainment"),
        judged="more",
        help=Text(
            "预测合计 ÷ 目标，不封顶；目标为 0 或没有目标时不适用",
            "Forecast ÷ target, not capped; n/a without a target or at 0",
        ),
    ),
    _SHARED["gap"],
    TableColumn(
        "forecast_gap",
        "money",
        Text("预测缺口", "Forecast gap"),
        judged="less",
        difference=True,
        help=Text("目标 − 预测合计：在途也补不上的", "Target − forecast: what the pipeline does not cover"),
    ),
    TableColumn(
        "previous",
        "money",
        Text("上次预测", "A week ago"),
        help=Text("截至日 7 天前的预测合计，同一期间", "The forecast of the same period 7 days before the as-of day"),
    ),
    TableColumn(
        "change",
        "money",
        Text("变化", "Change"),
        judged="more",
        difference=True,
        help=Text("预测合计 − 上次预测", "Forecast − a week ago"),
    ),
    replace(_SHARED["attainment_ratio"], optional=True),
    replace(_SHARED["due_ratio"], optional=True),
    _SHARED["time_ratio"],
)


@report(
    "tables/forecast",
    title=Text("业绩预测表", "Forecast"),
    help=Text(
        "目标、业绩与预测，按组织、个人与指标。预测合计 = 业绩 + 期间内预计签约、未逾期的在途加权额；逾期的不计，见注。"
        "承诺、力争是该类别的金额，不加权，只供对照。距目标 = 目标 − 业绩；预测缺口 = 目标 − 预测合计。"
        "毛利按不含税金额 × 预计毛利率。回款的加权额是未收款项和将签合同在期间内预计来的：按付款历史，"
        "历史不够时按应收日；规则 cash.counted_from 没有开始时不适用。上次预测是 7 天前同一口径的数。",
        "Target, done and forecast by unit, person and measure. Forecast = done + weighted open amounts expected to "
        "sign in the period and not overdue; overdue ones are left out, see the note. Commit and best case are amounts "
        "of the category, not weighted, for comparison. Gap = target − done; forecast gap = target − forecast. Margin "
        "is amount excl. tax × expected margin. Weighted of cash is what open terms and contracts to come are "
        "expected to bring in the period, by paying history, or due days where it is too short; n/a before the rule "
        "cash.counted_from. A week ago is the same figure 7 days before.",
    ),
    columns=COLUMNS,
)
def forecast(
    book: Book,
    *,
    unit: UnitId | None = None,
    measure: MeasureId | None = None,
    period: PeriodName | None = None,
    people: Flag = False,
) -> Table:
    """Set target, done and what is open against each other, with both gaps (业绩预测表).

    A total is given for one measure only: measures do not add up.

    Args:
        measure: default every measure that has a target, a result or an open deal.
        period: default the fiscal year of the as-of day.

    Source: R126, R148; settled decision "Forecast"; golden case G18.
    """
    span = fiscal_year_of(book, period)
    now = outlook(book, span, unit, measure, people)
    then = outlook(book.at(book.as_of_day - A_WEEK), span, unit, measure, True)
    previous = _previous(now, then)
    totals = _totals(book, now, then) if len(now.board.grid.measures) == 1 else {}
    rows, of_whom = board_report.rows_of(now.board, depth_of(book.tree, tops_of(book, unit), now.board))
    return table_of(
        COLUMNS,
        rows,
        {**of_whom, **_figures(book, now, previous)},
        key=("unit_id", "person_id", "measure_id"),
        totals=totals,
        notes=_notes(now),
    )


@dataclass(frozen=True)
class Sums:
    """Sums of credits of open deals, shape (s, m) each.

    Args:
        value: minor units.
        there, counted: how many credits there are, and how many of them have a known amount.
    """

    value: IntArray
    there: IntArray
    counted: IntArray

    @property
    def known(self) -> BoolArray:
        """Return where the sum is known: there are no deals, or some have an amount."""
        known: BoolArray = (self.there == 0) | (self.counted > 0)
        return known

    def summed(self, which: BoolArray) -> Sums:
        """Return the sum of some subjects as one."""
        return Sums(*(one[which].sum(axis=0, keepdims=True) for one in (self.value, self.there, self.counted)))


@dataclass(frozen=True)
class Outlook:
    """A board with what is still open of each subject and measure.

    Args:
        heads: which subjects together are everything, each counted once.
        commit, best: unweighted amounts of the category; weighted: of all that count.
        unweighted: shape (m,), how many deals have no weighted amount in each measure.
        overdue: credits of the deals that should have closed and so are not counted.
    """

    board: Board
    heads: BoolArray
    commit: Sums
    best: Sums
    weighted: Sums
    unweighted: IntArray
    overdue: Rows

    @property
    def known(self) -> BoolArray:
        """Return where a forecast is known: where done is; open deals without an amount are told in a note."""
        return self.board.done_known

    @property
    def open_ones(self) -> dict[str, Sums]:
        """Return the columns of open amounts."""
        return {"commit": self.commit, "best": self.best, "weighted": self.weighted}

    @property
    def forecast(self) -> IntArray:
        """Return done + weighted, shape (s, m)."""
        return self.board.done + self.weighted.value

    def summed(self) -> Outlook:
        """Return one subject: the sum of the heads."""
        commit, best, weighted = (one.summed(self.heads) for one in (self.commit, self.best, self.weighted))
        board = self.board.only(self.heads).summed()
        return Outlook(board, np.ones(1, dtype=np.bool_), commit, best, weighted, self.unweighted, self.overdue)


def outlook(book: Book, span: Period, unit: int | None, measure: int | None, people: bool) -> Outlook:
    """Return units and people with target, done and what is open, in tree order."""
    whose = in_unit(book, unit) & INSIDE
    closing = closing_deals(book, span, whose)
    late = closing["expected_day"] < book.as_of_day
    rows = _in_tree(book, closing.only(~late))
    cash = _cash(book, span, whose) if measure in (None, CASH) else None
    found = with_owners(gathered(book, span, unit, measure), rows, measure)
    measures = measures_in(found)
    if measure is None and len(rows):
        measures = np.union1d(measures, [CONTRACT])
    if cash is not None and len(cash.rows):
        found = with_owners(found, cash.rows, CASH)
        measures = np.union1d(measures, [CASH])
    grid = Grid(measures if measure is None else np.array([measure], dtype=np.int64), span)
    board = laid_out(book, grid, found, unit, people)
    worth = [open_amounts(book, rows, one, span) for one in grid.measures.tolist()]
    coming = [cash or one if own == CASH else one for own, one in zip(grid.measures.tolist(), worth, strict=True)]
    counted = rows["part"] == 0
    unweighted = np.array([(~one.rated & counted).sum() for one in worth], dtype=np.int64)
    heads = heads_of(tops_of(book, unit), board)
    return Outlook(board, heads, *_open_sums(book, board, worth, coming), unweighted, closing.only(late))


def _cash(book: Book, span: Period, whose: Filter) -> OpenDeals | None:
    """Return the cash that is expected in a period, at units that stand; None where receipts are no results."""
    if not counting(book, span).expects_cash:
        return None
    found = open_cash(book, span, whose)
    return found.only(book.tree.position_of(found.rows["unit_id"]) != UNKNOWN)


def _in_tree(book: Book, rows: Rows) -> Rows:
    return rows.only(book.tree.position_of(rows["unit_id"]) != UNKNOWN)


def _open_sums(
    book: Book, board: Board, worth: Sequence[OpenDeals], coming: Sequence[OpenDeals]
) -> tuple[Sums, Sums, Sums]:
    """Return commit, best case and weighted of each subject and measure.

    Args:
        worth, coming: a measure each: what open deals are worth, and what the forecast counts of it.
    """

    def of_category(category: int) -> Sums:
        chosen = [one.only(one.rows["category"] == category) for one in worth]
        return _summed(book, board, [(one.rows, one.amount, one.known) for one in chosen])

    weighted = [(one.rows, one.weighted, one.rated) for one in coming]
    return of_category(COMMIT), of_category(BEST), _summed(book, board, weighted)


def _summed(book: Book, board: Board, measures: Sequence[tuple[Rows, IntArray, BoolArray]]) -> Sums:
    """Return the sums of each subject, shape (s, m), of rows with amounts, a measure each."""
    if not measures:
        return Sums(*(np.zeros((len(board), 0), dtype=np.int64) for _ in range(3)))
    columns = []
    for rows, amount, known in measures:
        place, there = _subjects(board, rows)
        at_unit = book.tree.position_of(rows["unit_id"])
        parts = (amount * known, np.ones_like(amount), known.astype(np.int64))
        columns.append([_of_subjects(book, board, at_unit, place[there], one, one[there]) for one in parts])
    return Sums(*(np.stack(one, axis=1) for one in zip(*columns, strict=True)))


def _subjects(board: Board, rows: Rows) -> tuple[IntArray, BoolArray]:
    """Return at which subject the owner of each row stands at its unit, and whether there is one."""
    own = paired(board.unit_id, board.person_id)
    wanted = paired(rows["unit_id"], rows["owner_id"])
    if not len(own):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
    order = np.argsort(own, kind="stable")
    place = order[np.minimum(np.searchsorted(own, wanted, sorter=order), len(own) - 1)]
    return place, own[place] == wanted


def _of_subjects(
    book: Book, board: Board, at_unit: IntArray, at_person: IntArray, amounts: IntArray, of_people: IntArray
) -> IntArray:
    """Return the sum of each subject: a unit with everything below it, a person at his unit.

    Args:
        at_unit: where in the tree each amount stands. at_person, of_people: the subject of those of a person shown.
    """
    tree = book.tree
    by_unit = np.zeros((len(tree), 1), dtype=np.int64)
    np.add.at(by_unit[:, 0], at_unit, amounts)
    rolled = tree.roll_up(by_unit, np.arange(len(tree)))[:, 0]
    found = np.where(board.person_id == OWN, rolled[tree.position_of(board.unit_id)], 0)
    np.add.at(found, at_person, of_people)
    return found


def _previous(now: Outlook, then: Outlook) -> tuple[IntArray, BoolArray]:
    """Return the forecast of each subject and measure a week ago, flattened, and where there was one."""
    keys = _keys(then.board)
    was = dict(zip(keys, zip(then.forecast.reshape(-1), then.known.reshape(-1), strict=True), strict=True))
    found = [was.get(key, (0, False)) for key in _keys(now.board)]
    values = np.array([value if known else 0 for value, known in found], dtype=np.int64)
    return values, np.array([known for _, known in found], dtype=np.bool_)


def _keys(board: Board) -> list[tuple[int, int, int]]:
    pairs = zip(board.unit_id.tolist(), board.person_id.tolist(), strict=True)
    return [(unit, person, measure) for unit, person in pairs for measure in board.grid.measures.tolist()]


def _figures(
    book: Book, now: Outlook, previous: tuple[IntArray, BoolArray]
) -> dict[str, Values | tuple[Values, BoolArray]]:
    """Return the figures of each subject and measure, flattened to one row each."""
    board = now.board
    grid, span = board.grid, board.grid.period
    months = grid.months(board.target.value)
    target = months.sum(axis=-1).reshape(-1)
    planned = board_report.any_month(grid, board.target.known)
    done, done_known = board.done.reshape(-1), board.done_known.reshape(-1)
    total, known = now.forecast.reshape(-1), now.known.reshape(-1)
    due = due_amount(months, elapsed_of(span, book.as_of_day, book.calendar, book.months)).reshape(-1)
    gone, days = days_gone(book, span)
    was, had = previous
    return {
        "target": (target, planned),
        "done": (done, done_known),
        **{name: (one.value.reshape(-1), one.known.reshape(-1)) for name, one in now.open_ones.items()},
        "forecast": (total, known),
        "forecast_ratio": attainment_ratio(total, target, planned & known),
        "gap": (target - done, planned & done_known),
        "forecast_gap": (target - total, planned & known),
        "previous": (was, had),
        "change": (total - was, known & had),
        "attainment_ratio": attainment_ratio(done, target, planned & done_known),
        "due_ratio": attainment_ratio(due, target, planned),
        "time_ratio": np.full(len(target), linear_progress(gone, days).value),
    }


def _totals(book: Book, now: Outlook, then: Outlook) -> dict[str, int | float | None]:
    """Return the total row of one measure: the same figures of the sum of the topmost rows."""
    whole, was = now.summed(), then.summed()
    same = was.board.grid.measures.tolist() == whole.board.grid.measures.tolist()
    before = was.forecast.reshape(-1)[:1], was.known.reshape(-1)[:1] & same
    totals: dict[str, int | float | None] = {}
    for name, value in _figures(book, whole, before).items():
        amount, known = value if isinstance(value, tuple) else (value, np.ones(1, dtype=np.bool_))
        totals[name] = amount[0].item() if len(known) and known[0] else None  # nothing is seen by who has no unit
    return totals


def _notes(now: Outlook) -> tuple[Note, ...]:
    late = now.overdue
    overdue, amount = int((late["part"] == 0).sum()), int(part_of(late["whole"], late).sum())
    weighable = np.isin(now.board.grid.measures, ALWAYS)
    unweighted = int(np.max(now.unweighted[weighable], initial=0))
    return noted(
        Note.of_amounts(
            "overdue",
            Text(
                f"期间内预计签约、已逾期的 {overdue} 单不计入预测，金额 {{}}。",
                f"Overdue in the period and so not in the forecast: {overdue}, worth {{}}.",
            ),
            [amount],
            overdue,
        ),
        Note(
            "without-weight",
            Text(
                f"{unweighted} 单在某个指标上没有金额、毛利率或赢率，不计入加权额。",
                f"Without an amount, margin or win rate in some measure and so not weighted: {unweighted}.",
            ),
            unweighted,
        ),
    )
