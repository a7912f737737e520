"""Win rates, sales velocity and the pipeline a target needs (赢单率与流速): of units and people (R116, R120, R012)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import part_of, pooled
from dacheng.core.deals.closed import closed_in, priced
from dacheng.core.deals.columns import noted
from dacheng.core.deals.funnel import ENOUGH
from dacheng.core.deals.histories import Organisation, in_unit_then, of_deals, organisations, versions_in_view
from dacheng.core.deals.reverse import PRIOR_DEALS
from dacheng.core.deals.schema import OPEN
from dacheng.core.deals.winning import Subject, Value, figures_of
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.period import Period
from dacheng.core.report import Flag, PeriodName, UnitId, report
from dacheng.core.table import CellKind, Drill, Judged, Note, Table, TableColumn, Values, table_of
from dacheng.core.targets import attainment as board_report
from dacheng.core.targets.board import (
    Board,
    depth_of,
    gathered,
    heads_of,
    laid_out,
    places_of,
    tops_of,
    with_owners,
)
from dacheng.core.targets.cascading import OWN, Grid
from dacheng.core.targets.open_deals import whole_amount
from dacheng.core.targets.results import counting
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN

OPEN_DEALS = """
    SELECT deal_id, owner_id, unit_id, amount, whole, tax_bp, margin_bp, part, share_bp, before_bp
    FROM credits"""
OF_ROW = {"unit": "unit_id", "direct": "direct", "owner": "person_id"}


def _closed(outcome: str) -> tuple[Drill, Drill]:
    """Return where a figure of what was won or lost opens, in a row and in the total."""
    return (
        Drill("deals/closed", take=OF_ROW, fixed={"outcome": outcome}, carry=("period",)),
        Drill("deals/closed", fixed={"outcome": outcome}, carry=("period", "unit")),
    )


TO_WON, TO_LOST = _closed("won"), _closed("lost")
TO_OPEN = Drill("tables/pipeline", take=OF_ROW), Drill("tables/pipeline", carry=("unit",))
_SHARED = {column.name: column for column in board_report.COLUMNS}


def _figure(
    name: str,
    kind: CellKind,
    label: Text,
    help: Text,
    doors: tuple[Drill | None, Drill | None] = (None, None),
    *,
    judged: Judged = "",
    optional: bool = False,
) -> TableColumn:
    """Return a column of figures."""
    return TableColumn(
        name, kind, label, help=help, drill=doors[0], total_drill=doors[1], judged=judged, optional=optional
    )


def _of_contract(name: str) -> TableColumn:
    """Return a column of the attainment board for contract value."""
    column = _SHARED[name]
    if not isinstance(column.drill, Drill) or column.total_drill is None:
        return column
    fixed = {"measure": "contract"}
    carried = tuple(one for one in column.total_drill.carry if one != "measure")
    return replace(
        column,
        drill=replace(column.drill, take={k: v for k, v in column.drill.take.items() if k != "measure"}, fixed=fixed),
        total_drill=replace(column.total_drill, carry=carried, fixed=fixed),
    )


RATES = (
    _figure("won", "count", Text("赢单", "Won"), Text("期间内赢的单数", "Won in the period"), TO_WON, judged="more"),
    _figure(
        "lost", "count", Text("丢单", "Lost"), Text("期间内丢的单数", "Lost in the period"), TO_LOST, judged="less"
    ),
    _figure(
        "win_ratio",
        "ratio",
        Text("赢单率", "Win rate by count"),
        Text("赢单 ÷（赢单 + 丢单），按单数", "Won ÷ (won + lost), by count"),
        judged="more",
    ),
    _figure(
        "won_amount",
        "money",
        Text("赢单金额", "Amount won"),
        Text("赢单的金额", "What was won"),
        TO_WON,
        judged="more",
    ),
    _figure(
        "lost_amount",
        "money",
        Text("丢单金额", "Amount lost"),
        Text(
            "丢单前、本范围内最后一次已知的在途金额",
            "The last amount known while it was open in this scope, of each that was lost",
        ),
        TO_LOST,
        judged="less",
    ),
    _figure(
        "win_amount_ratio",
        "ratio",
        Text("金额赢单率", "Win rate by amount"),
        Text(
            "赢单金额 ÷（赢单金额 + 丢单金额）；没有金额的丢单不算",
            "Amount won ÷ (amount won + amount lost); losses without an amount do not count",
        ),
        judged="more",
    ),
    _figure(
        "used_ratio",
        "ratio",
        Text("计算用赢单率", "Rate used"),
        Text(
            f"赢单率；有结果的不足 {ENOUGH} 单时向合计的赢单率收缩："
            f"（赢单 + {PRIOR_DEALS} × 合计）÷（有结果 + {PRIOR_DEALS}）",
            f"The win rate; with fewer than {ENOUGH} decided drawn towards that of the total: "
            f"(won + {PRIOR_DEALS} × total) ÷ (decided + {PRIOR_DEALS})",
        ),
        optional=True,
    ),
    _figure(
        "cycle",
        "number",
        Text("成交周期", "Sales cycle"),
        Text("赢单从创建到赢单的平均天数", "Average days from creation to winning, of what was won"),
        judged="less",
    ),
)
PIPELINE = (
    _figure("open_deals", "count", Text("在途单数", "Open"), Text("截至日在途", "Open on the as-of day"), TO_OPEN),
    _figure(
        "open_amount",
        "money",
        Text("在途金额", "Pipeline amount"),
        Text("截至日在途、已知的金额", "Known amounts open on the as-of day"),
        TO_OPEN,
        judged="more",
    ),
    _figure(
        "effective",
        "number",
        Text("等效商机数", "Effective number"),
        Text(
            "（Σ 金额）² ÷ Σ 金额²：在途金额相当于几个同样大的商机",
            "(Σ amount)² ÷ Σ amount²: how many deals of one size the open amounts are worth",
        ),
        judged="more",
    ),
    _figure(
        "velocity",
        "money",
        Text("流速/天", "Velocity a day"),
        Text(
            "在途单数 × 平均金额 × 计算用赢单率 ÷ 成交周期，即在途金额 × 赢单率 ÷ 周期",
            "Open × average amount × rate used ÷ sales cycle, that is pipeline amount × rate ÷ cycle",
        ),
        judged="more",
    ),
    _figure(
        "velocity_90",
        "money",
        Text("流速/90 天", "Velocity in 90 days"),
        Text("90 天的流速，只舍入一次", "The velocity of 90 days, rounded once"),
        judged="more",
        optional=True,
    ),
)
NEED = (
    _of_contract("target"),
    _of_contract("done"),
    _SHARED["gap"],
    _figure(
        "needed",
        "money",
        Text("需要的在途", "Pipeline needed"),
        Text(
            "距目标 ÷ 计算用赢单率；已达到目标为 0",
            "Gap ÷ rate used; 0 once the target is reached",
        ),
        judged="less",
    ),
    _figure(
        "multiple",
        "number",
        Text("需要的倍数", "Multiple needed"),
        Text("1 ÷ 计算用赢单率", "1 ÷ rate used"),
        judged="less",
        optional=True,
    ),
    _figure(
        "coverage",
        "number",
        Text("充足度", "Coverage"),
        Text(
            "在途金额（合同额口径）÷ 距目标，倍；已达到目标时不适用",
            "Pipeline amount in terms of contract value ÷ gap, times; n/a once the target is reached",
        ),
        judged="more",
    ),
)
COLUMNS = (*(_SHARED[name] for name in ("unit_id", "person_id", "depth", "direct")), *RATES, *PIPELINE, *NEED)


@report(
    "tables/winning",
    title=Text("赢单率与流速", "Win rates and velocity"),
    help=Text(
        "期间内关闭的单赢了多少、用了多久，截至日的在途按这个速度每天带来多少，以及距目标需要多少在途。赢单率按单数，"
        "金额赢单率按金额；不足 30 单时，流速与需要的在途用向合计收缩的赢单率。目标与业绩是合同额。",
        "How much of what was closed in the period was won and how long it took, what the open pipeline brings a day "
        "at that speed, and how much pipeline the gap asks for. Win rates by count and by amount; with fewer than 30 "
        "decided velocity and need use the rate drawn towards the total. Target and done are of contract value.",
    ),
    columns=COLUMNS,
)
def winning(book: Book, *, unit: UnitId | None = None, period: PeriodName | None = None, people: Flag = False) -> Table:
    """Tell win rates, velocity and the pipeline needed of units, and of people (赢单率与流速).

    Args:
        period: of what was closed and of the target; default the fiscal year of the as-of day.

    Source: R012, R116, R120, R122; golden cases G02b, G20, G48, G58.
    """
    found = _looked_up(book, fiscal_year_of(book, period), unit)
    board = _board(book, unit, people, found)
    heads = heads_of(tops_of(book, unit), board)
    whole = _whole(found, board.only(heads).summed(), unit)
    pooled = whole.rate
    subjects = _subjects(found, board)
    rows, of_whom = board_report.rows_of(board, depth_of(book.tree, tops_of(book, unit), board))
    return table_of(
        COLUMNS,
        rows,
        {**of_whom, **_columns([figures_of(one, pooled) for one in subjects])},
        key=("unit_id", "person_id"),
        totals=figures_of(whole, pooled),
        notes=_notes(whole, subjects),
    )


@dataclass(frozen=True)
class LookedUp:
    """What the report reads: credits of open and closed deals in the tree, their versions, and the organisations.

    Args:
        worth: what each open credit is worth in terms of contract value, 0 where not known.
    """

    book: Book
    span: Period
    open_ones: Rows
    worth: IntArray
    closed: Rows
    versions: Rows
    through_time: Sequence[Organisation]


def _looked_up(book: Book, span: Period, unit: int | None) -> LookedUp:
    wanted = in_unit(book, unit) & INSIDE & equal(state=OPEN)
    open_ones = _in_tree(
        book, book.gather(f"{OPEN_DEALS} {wanted.where} ORDER BY deal_id, part, owner_id", **wanted.params)
    )
    whole, known = whole_amount(open_ones, CONTRACT, before_tax=counting(book, span).before_tax)
    closed = _in_tree(book, closed_in(book, span, in_unit(book, unit)))
    versions = of_deals(versions_in_view(book, None, of="credits"), np.unique(closed["deal_id"]))
    worth = part_of(np.where(known, whole, 0), open_ones)
    return LookedUp(book, span, open_ones, worth, closed, versions, organisations(book))


def _in_tree(book: Book, rows: Rows) -> Rows:
    return rows.only(book.tree.position_of(rows["unit_id"]) != UNKNOWN)


def _board(book: Book, unit: int | None, people: bool, found: LookedUp) -> Board:
    """Return units and people with target and done of contract value, in tree order."""
    reached = gathered(book, found.span, unit, CONTRACT)
    for rows in (found.open_ones, found.closed):
        reached = with_owners(reached, rows, CONTRACT)
    grid = Grid(np.array([CONTRACT], dtype=np.int64), found.span)
    return laid_out(book, grid, reached, unit, people)


def _whole(found: LookedUp, board: Board, unit: int | None) -> Subject:
    """Return everything as one subject: as the view of the unit asked for saw it."""
    seen = found.versions if unit is None else in_unit_then(found.versions, unit, False, found.through_time)
    return Subject(
        pooled(found.open_ones, "amount"), int(found.worth.sum()), priced(found.closed, seen), *_planned(board, 0)
    )


def _subjects(found: LookedUp, board: Board) -> list[Subject]:
    tree = found.book.tree
    open_at, closed_at = (places_of(tree, board, rows) for rows in (found.open_ones, found.closed))
    subjects = []
    for at, (unit, person) in enumerate(zip(board.unit_id.tolist(), board.person_id.tolist(), strict=True)):
        closed = found.closed.only(closed_at[at])
        seen = in_unit_then(
            of_deals(found.versions, np.unique(closed["deal_id"])), unit, person != OWN, found.through_time
        )
        worth = int(found.worth[open_at[at]].sum())
        open_ones = pooled(found.open_ones.only(open_at[at]), "amount")
        subjects.append(Subject(open_ones, worth, priced(closed, seen), *_planned(board, at)))
    return subjects


def _planned(board: Board, at: int) -> tuple[int | None, int | None]:
    """Return target and done of a subject."""
    target = int(board.target.value[at].sum()) if board.target.known[at].any() else None
    return target, int(board.done[at, 0]) if board.done_known[at, 0] else None


def _columns(rows: list[dict[str, Value]]) -> dict[str, tuple[Values, BoolArray]]:
    """Return the figures of rows as columns with what is known."""
    found: dict[str, tuple[Values, BoolArray]] = {}
    for column in (*RATES, *PIPELINE, *NEED):
        values = [one[column.name] for one in rows]
        known = np.array([value is not None for value in values], dtype=np.bool_)
        plain = [value or 0 for value in values]
        whole = column.kind in ("count", "money")
        found[column.name] = np.array(plain, dtype=np.int64) if whole else np.array(plain, dtype=np.float64), known
    return found


def _notes(whole: Subject, subjects: list[Subject]) -> tuple[Note, ...]:
    few = sum(0 < one.decided < ENOUGH for one in subjects)
    unpriced = int((~whole.closed.known & whole.closed.counted).sum())
    without = int((~whole.open_ones.known("amount") & (whole.open_ones["part"] == 0)).sum())
    return noted(
        Note(
            "small-samples",
            Text(
                f"{few} 行有结果的不足 {ENOUGH} 单：流速和需要的在途用收缩的赢单率。",
                f"Rows with fewer than {ENOUGH} decided, whose velocity and need use the shrunk rate: {few}.",
            ),
            few,
        ),
        Note(
            "lost-without-amount",
            Text(
                f"{unpriced} 单丢单没有已知的金额，不计入金额赢单率。",
                f"Lost without a known amount and so not in the rate by amount: {unpriced}.",
            ),
            unpriced,
        ),
        Note(
            "without-amount",
            Text(
                f"{without} 单在途没有金额，不计入流速和充足度。",
                f"Open without an amount and so not in velocity and coverage: {without}.",
            ),
            without,
        ),
    )
