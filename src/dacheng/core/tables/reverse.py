"""The funnel read backwards (反推漏斗): how many must enter each stage so that the gap closes (R012, R047)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Annotated, Any

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import pooled
from dacheng.core.deals.averages import AVERAGES, MEAN, Segment, wins_by_segment
from dacheng.core.deals.funnel import steps_of
from dacheng.core.deals.passing import passing
from dacheng.core.deals.reverse import (
    OPEN_AMOUNT,
    TO_WIN,
    chances,
    open_amounts,
    standing,
    steps_of_sets,
)
from dacheng.core.deals.schema import OPEN, WON
from dacheng.core.deals.segments import SEGMENTS, segments_of, together
from dacheng.core.deals.velocity import entries_needed, wins_needed
from dacheng.core.errors import Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import round_half_away
from dacheng.core.report import Flag, PeriodName, PersonId, UnitId, choice, report
from dacheng.core.table import Drill, Note, Table, TableColumn, column_of, fractions_known, table_of, whole_known
from dacheng.core.tables.sizes import gap_of, wins_in

COLUMNS = (
    column_of("stages", "stage_id"),
    column_of("stages", "set_id", optional=True),
    TableColumn(
        "shrunk_ratio",
        "ratio",
        Text("收缩转化率", "Shrunk conversion"),
        judged="more",
        help=Text("与销售漏斗的收缩转化率相同", "The shrunk conversion of the funnel"),
    ),
    TO_WIN,
    TableColumn(
        "needed",
        "count",
        Text("还需进入", "Needed to enter"),
        judged="less",
        help=Text(
            "还要赢的单数 ÷ 到赢单，向上取整；假设都走这一阶段集",
            "Wins still needed ÷ to winning, rounded up; as if all took this stage set",
        ),
    ),
    TableColumn(
        "open_deals",
        "count",
        Text("在途单数", "Open"),
        help=Text("截至日在本阶段的", "Open in the stage on the as-of day"),
        drill=Drill("tables/pipeline", take={"stage": "stage_id"}, carry=("unit", "direct", "owner")),
    ),
    replace(OPEN_AMOUNT, optional=False),
    TableColumn(
        "forward_wins",
        "number",
        Text("照此会赢", "Would be won"),
        judged="more",
        help=Text("在途单数 × 到赢单", "Open × to winning"),
    ),
    TableColumn(
        "forward_amount",
        "money",
        Text("照此会签", "Would bring"),
        judged="more",
        help=Text(
            "照此会赢 × 期间内赢单的单均金额，按所选的平均和分法",
            "Would be won × the average of the wins of the period, by the chosen average and segments",
        ),
    ),
)


@report(
    "tables/reverse",
    title=Text("反推漏斗", "Funnel backwards"),
    help=Text(
        "补上合同额的缺口，每个阶段还要进入多少单。还要赢的单数 = 距目标 ÷ 期间内赢单的单均金额；"
        "单均金额可选平均数、中位数、截尾平均，也可按产品、下级组织或级别分开算，见「单均金额」；"
        "还需进入 = 还要赢的单数 ÷ 到赢单。"
        "转化率与销售漏斗相同：期间内创建的商机，收缩后的。在途的单已经进入，可以抵减。"
        "反过来也正推：现在停在每个阶段的单，照这些转化率会赢几单、会签多少；线索是阶段集里的一个阶段时，从线索推起。",
        "How many more must enter each stage to close the gap of contract value. Wins still needed = gap ÷ average "
        "amount won in the period, as mean, median or trimmed mean, also of each product, unit or grade apart, see "
        "“Deal sizes”; needed to enter = wins still needed ÷ to winning. Conversions are those of the "
        "funnel: of what was created in the period, shrunk. What is open in a stage has entered it already. "
        "The same forwards: how many of what stands open in each stage would be won by these conversions, and what "
        "they would bring: from leads on, where a stage set has a stage of leads.",
    ),
    columns=COLUMNS,
)
def reverse(
    book: Book,
    *,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    average: Annotated[str, choice(*AVERAGES)] = MEAN,
    segment: Annotated[str, choice(*SEGMENTS)] | None = None,
) -> Table:
    """Tell how many must enter each stage so that the gap closes (反推漏斗).

    Args:
        period: of target, done, wins and conversions; default the fiscal year of the as-of day.
        average: what a win brings: the mean, or one that a few large wins do not raise.
        segment: what wins are told apart by, each segment bearing the gap by its share, with its own average;
            default all together.

    Source: R012, R047; golden case G02.
    """
    span = fiscal_year_of(book, period)
    stages, rates = steps_of(passing(book, period=span, by="cohort", unit=unit, direct=direct, owner=owner))
    credits = wins_in(book, span, unit, direct, owner)
    segments = segments_of(book, credits, segment, unit) if segment else []
    ask = _ask(gap_of(book, span, unit, direct, owner), pooled(credits, "amount"), average, segments)
    now = open_amounts(book, unit, direct, owner)
    own = now["stage_id"][now["part"] == 0]
    there = np.array([(own == one).sum() for one in stages["stage_id"]], dtype=np.int64)
    ahead = chances(stages, rates)
    forward = [None if one is None else one * int(many) for one, many in zip(ahead, there, strict=True)]
    amounts = [None if one is None or not ask.per_win else _minor(one * ask.per_win) for one in forward]
    stood, stands = standing(stages, now)["open_amount"]
    return table_of(
        COLUMNS,
        stages,
        {
            "shrunk_ratio": fractions_known(rates),
            "to_win_ratio": fractions_known(ahead),
            "needed": _needed(stages, rates, ask.wins),
            "open_deals": (there, stages["state"] == OPEN),
            "open_amount": (stood, stands),
            "forward_wins": fractions_known(forward),
            "forward_amount": whole_known(amounts),
        },
        key=("stage_id",),
        totals={
            "open_deals": int(there.sum()),
            "open_amount": int(stood[stands].sum()) if stands.any() else None,
            "forward_wins": _sum_of(forward),
            "forward_amount": _sum_of(amounts),
        },
        notes=_notes(ask),
    )


@dataclass(frozen=True)
class Ask:
    """What a target still asks for; None where it is not known.

    Args:
        gap: minor units of contract value. average: minor units a win of the period brought.
        per_win: the same, of segments by their shares where there are some.
    """

    gap: int | None
    average: Fraction | None
    per_win: Fraction | None

    @property
    def wins(self) -> Fraction | None:
        """Return how many wins close the gap."""
        return None if self.gap is None or not self.per_win else wins_needed(self.gap, self.per_win)


def _ask(gap: int | None, won: Rows, kind: str, segments: Sequence[Segment]) -> Ask:
    """Return what a target still asks for, of all wins together where there are no segments."""
    average = together(won).average(kind)
    if not average or average < 0:
        return Ask(gap, average, None)
    of_one = wins_by_segment(1, {one.key: one for one in segments}, kind) if segments else 1 / average
    return Ask(gap, average, 1 / of_one if of_one else None)


def _minor(value: Fraction) -> int:
    return round_half_away(value.numerator, value.denominator)


def _sum_of(values: Sequence[Any]) -> Any:
    """Return the sum of what is known; None where nothing is."""
    known = [one for one in values if one is not None]
    total = sum(known)
    return None if not known else float(total) if isinstance(total, Fraction) else total


def _needed(stages: Rows, rates: list[Fraction | None], wins: Fraction | None) -> tuple[IntArray, BoolArray]:
    """Return how many must enter each stage, rounded up; a won one as many as must be won."""
    found: list[Fraction | None] = [wins if state == WON else None for state in stages["state"].tolist()]
    for own in steps_of_sets(stages):
        entries = entries_needed(wins, [rates[at] for at in own]) if wins is not None else [None] * len(own)
        for at, many in zip(own, entries, strict=True):
            found[at] = many
    known = np.array([one is not None for one in found], dtype=np.bool_)
    return np.array([ceil(one or 0) for one in found], dtype=np.int64), known


def _notes(ask: Ask) -> tuple[Note, ...]:
    if ask.wins is None:
        message = Text(
            "没有目标，或期间内没有赢单，算不出还需进入多少单。",
            "Without a target, or without a win in the period, what is needed cannot be told.",
        )
        return (Note("not-told", message, 1),)
    average, wins = ask.average or Fraction(), float(ask.wins)
    message = Text(
        f"距目标 {{}}，期间内赢单的单均金额 {{}}，还要赢 {wins:,.2f} 单。",
        f"Gap {{}}, average amount won in the period {{}}: {wins:,.2f} more wins.",
    )
    amounts = (ask.gap or 0, round_half_away(average.numerator, average.denominator))
    return (Note.of_amounts("wins-needed", message, amounts, ceil(ask.wins)),)
