"""Deal sizes (单均金额): what a win of each kind brings, and how many of them close the gap (R012)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import pooled
from dacheng.core.deals import columns as shown
from dacheng.core.deals.averages import (
    AVERAGES,
    MEAN,
    MEDIAN,
    TRIMMED,
    Segment,
    share_of,
    wins_of_segment,
)
from dacheng.core.deals.closed import closed_in
from dacheng.core.deals.schema import WON
from dacheng.core.deals.segments import (
    NONE,
    PRODUCT,
    SEGMENTATIONS,
    SEGMENTS,
    Segmentation,
    itself,
    segmentation,
    segments_of,
    together,
)
from dacheng.core.errors import Text
from dacheng.core.filtering import equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import round_half_away
from dacheng.core.period import Period
from dacheng.core.report import Flag, PeriodName, PersonId, UnitId, choice, report
from dacheng.core.table import Drill, Table, TableColumn, fractions_known, table_of, whole_known
from dacheng.core.targets.cells import cells
from dacheng.core.targets.done import done
from dacheng.core.targets.schema import CONTRACT

ALL = Drill("deals/closed", fixed={"outcome": "won"}, carry=("period", "unit", "direct", "owner"))


def _opening(one: Segmentation) -> Drill:
    """Return where the figures of a segment open: the wins that they are made of."""
    return Drill("deals/closed", take=one.take, fixed={"outcome": "won"}, carry=one.carry)


def _average(name: str, label: Text, help: Text) -> TableColumn:
    return TableColumn(name, "money", label, help=help, judged="more")


FIGURES = (
    TableColumn(
        "won",
        "count",
        Text("赢单", "Won"),
        help=Text("期间内赢的单数", "Won in the period"),
        total_drill=ALL,
    ),
    TableColumn(
        "won_amount",
        "money",
        Text("赢单金额", "Amount won"),
        help=Text("赢单已知的金额", "Known amounts of what was won"),
        total_drill=ALL,
    ),
    TableColumn(
        "share_ratio", "ratio", Text("占金额", "Share"), help=Text("赢单金额 ÷ 合计", "Amount won ÷ that of all")
    ),
    _average(MEAN, Text("平均每单", "Mean"), Text("赢单金额 ÷ 有金额的单数", "Amount won ÷ wins with a known amount")),
    _average(
        MEDIAN,
        Text("中位数", "Median"),
        Text(
            "从小到大排在中间的一单；双数取中间两单的平均", "The one in the middle; of an even number the middle of two"
        ),
    ),
    _average(
        TRIMMED,
        Text("截尾平均", "Trimmed mean"),
        Text(
            "去掉最大和最小各十分之一（不足一单的舍去，五单以上至少各去一单）后的平均",
            "The mean without a tenth at each end, rounded down; from five wins on at least one",
        ),
    ),
    TableColumn(
        "needed",
        "number",
        Text("还要赢", "Wins needed"),
        judged="less",
        help=Text("距目标 × 占金额 ÷ 所选的单均金额", "Gap × share ÷ the chosen average"),
    ),
)
COLUMNS = (*(column for one in SEGMENTATIONS for column in (one.of, one.apart)), *FIGURES)


def columns_of(one: Segmentation) -> tuple[TableColumn, ...]:
    """Return the columns of a table of these segments."""
    opens = replace(FIGURES[0], drill=_opening(one)), replace(FIGURES[1], drill=_opening(one))
    return (one.of, one.apart, *opens, *FIGURES[2:])


@report(
    "tables/sizes",
    title=Text("单均金额", "Deal sizes"),
    help=Text(
        "期间内的赢单按产品、下级组织或级别分开看：一单平均多大，补上合同额的缺口还要赢几单。少数几个大单会拉高平均数，"
        "所以并列给出中位数和截尾平均。每一类按它占的金额分担缺口。有分成的单，各组织只算自己人的份额，单数算在负责人那里。",
        "What was won in the period, by product, unit below or grade: how large a win is, and how many more close the "
        "gap. A few large wins raise the mean, so the median and the trimmed mean stand beside it. Each segment bears "
        "the gap in proportion to its amount. Of a shared deal a unit has the parts of its people; it counts with its "
        "owner.",
    ),
    columns=COLUMNS,
)
def sizes(
    book: Book,
    *,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    segment: Annotated[str, choice(*SEGMENTS)] = PRODUCT,
    average: Annotated[str, choice(*AVERAGES)] = MEAN,
) -> Table:
    """Tell what a win of each segment brings (单均金额).

    Args:
        period: default the fiscal year of the as-of day. segment: what wins are told apart by.
        average: which of the three the gap is divided by.

    Source: R012.
    """
    span = fiscal_year_of(book, period)
    credits = wins_in(book, span, unit, direct, owner)
    segments, kind = segments_of(book, credits, segment, unit), segmentation(segment)
    gap = gap_of(book, span, unit, direct, owner)
    keys = np.array([one.key for one in segments], dtype=np.int64)
    needed = [None if gap is None else wins_of_segment(gap, one, segments, average) for one in segments]
    won = pooled(credits, "amount")
    return table_of(
        columns_of(kind),
        Rows({"won": np.array([one.won for one in segments], dtype=np.int64)}),
        {
            kind.of.name: (keys, keys != NONE),
            kind.apart.name: itself(book, keys, segment, unit),
            "won_amount": whole_known([one.amount if one.amounts or one.parts else None for one in segments]),
            "share_ratio": fractions_known([share_of(one, segments) for one in segments]),
            **{kind: _averages(segments, kind) for kind, _ in AVERAGES},
            "needed": fractions_known(needed),
        },
        key=(kind.of.name,),
        totals=_totals(won, needed),
        notes=shown.noted(shown.without_amount_note(int((~won.known("amount") & _own(won)).sum()))),
    )


def wins_in(book: Book, span: Period, unit: int | None, direct: bool, owner: int | None) -> Rows:
    """Return the credits of a view for the deals that were won in a period, by deal."""
    return closed_in(book, span, equal(state=WON, owner_id=owner) & in_unit(book, unit, direct))


def gap_of(book: Book, span: Period, unit: int | None, direct: bool, owner: int | None) -> int | None:
    """Return what a target of contract value still asks for, minor units; None without a target or what is done."""
    planned = cells(book, unit=unit, direct=direct, person=owner, measure=CONTRACT, period=span)
    reached = done(book, unit=unit, direct=direct, owner=owner, measure=CONTRACT, period=span).totals["amount"]
    known = planned.count and reached is not None
    return int(planned.totals["amount"] or 0) - int(reached or 0) if known else None


def _own(won: Rows) -> BoolArray:
    own: BoolArray = won["part"] == 0
    return own


def _totals(won: Rows, needed: list[Fraction | None]) -> dict[str, int | float | None]:
    """Return the totals; averages are those of all wins, without products."""
    whole, priced = together(won), won.known("amount").any()
    known = [one for one in needed if one is not None]
    return {
        "won": int(_own(won).sum()),
        "won_amount": whole.amount if priced or not len(won) else None,
        **{kind: _minor(whole.average(kind)) for kind, _ in AVERAGES},
        "needed": float(sum(known)) if needed and len(known) == len(needed) else None,
    }


def _averages(segments: list[Segment], kind: str) -> tuple[IntArray, BoolArray]:
    return whole_known([_minor(one.average(kind)) for one in segments])


def _minor(value: Fraction | None) -> int | None:
    return None if value is None else round_half_away(value.numerator, value.denominator)
