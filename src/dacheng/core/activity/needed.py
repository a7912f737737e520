"""From result to action (从结果到动作): what a gap asks for a week, from wins down to visits (R047, R053).

The gap less what is on its way by weight must still be won: so many wins of the average size, so many deals
entering each stage by the funnel's own conversions, so many actions by what they led to so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Annotated

import numpy as np

from dacheng.core.activity.schema import KINDS, LEAD
from dacheng.core.activity.weeks import DONE, WEEK, planned_now
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import pooled
from dacheng.core.deals.averages import AVERAGES, MEAN
from dacheng.core.deals.columns import noted
from dacheng.core.deals.funnel import steps_of
from dacheng.core.deals.passing import passing
from dacheng.core.deals.reverse import chances
from dacheng.core.deals.schema import OPEN, WON
from dacheng.core.deals.segments import together
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, between, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import BP_PER_WHOLE, round_half_away
from dacheng.core.period import Period
from dacheng.core.report import Flag, PeriodName, PersonId, UnitId, choice, report
from dacheng.core.table import Drill, Note, Table, TableColumn, column_of, fractions_known, table_of, whole_known
from dacheng.core.tables.open_list import open_in_forecast
from dacheng.core.tables.sizes import gap_of, wins_in
from dacheng.core.targets.acting import action_target
from dacheng.core.targets.schema import CONTRACT

OWN, TEAM, PRIOR = 1, 2, 3
ORIGINS = (
    (OWN, "own", Text("自己的", "Own")),
    (TEAM, "team", Text("所见全体的", "Everybody's you see")),
    (PRIOR, "prior", Text("默认值", "Default")),
)
WINS = "SELECT deal_id FROM credits {where}"
VIEW = ("unit", "direct", "owner")
COLUMNS = (
    column_of("stages", "stage_id"),
    column_of("action_targets", "kind"),
    TableColumn(
        "rate_ratio",
        "ratio",
        Text("到赢单", "To winning"),
        judged="more",
        help=Text(
            "阶段：从它起各阶段收缩转化率相乘。动作：同期赢单 ÷ 动作次数，最多 100%",
            "Stages: shrunk conversions from it on, multiplied. Actions: wins ÷ actions of the same weeks, at most 1",
        ),
    ),
    TableColumn(
        "origin",
        "choice",
        Text("比率来自", "Rate of"),
        choices=ORIGINS,
        help=Text(
            "自己量得的；没有转化时用你所见全体的，再没有用规则里的默认值",
            "Measured; where nothing converted that of everybody you see, else the default of the rules",
        ),
    ),
    TableColumn(
        "tried",
        "count",
        Text("基数", "Base"),
        optional=True,
        help=Text("量这个比率的动作次数", "How many actions the rate was measured on"),
    ),
    TableColumn(
        "needed",
        "count",
        Text("共需", "Needed"),
        judged="less",
        help=Text("还要赢的单数 ÷ 到赢单，向上取整", "Wins still needed ÷ to winning, rounded up"),
    ),
    TableColumn(
        "per_week",
        "count",
        Text("每周", "A week"),
        judged="less",
        help=Text("共需 ÷ 剩余周数，向上取整", "Needed ÷ weeks left, rounded up"),
    ),
    TableColumn(
        "planned",
        "count",
        Text("每周计划", "Planned a week"),
        judged="more",
        drill=Drill("targets/action_board", take={"action": "kind"}, carry=("unit", "direct")),
        help=Text("本周的动作目标之和", "The action targets of this week together"),
    ),
    TableColumn(
        "short",
        "count",
        Text("差", "Short"),
        judged="less",
        difference=True,
        help=Text("每周 − 每周计划，不小于 0", "A week − planned, not below 0"),
    ),
)


@dataclass(frozen=True)
class Asked:
    """What must still be won, and by when; None where it is not known.

    Args:
        gap, weighted: minor units: target − done, and the weighted open pipeline of the period.
        average: minor units of a win of the period. weeks: left, rounded up; 0 = the period is over.
    """

    gap: int | None
    weighted: int
    average: Fraction | None
    weeks: int

    @property
    def wins(self) -> int | None:
        """Return how many wins are needed, rounded up."""
        if self.gap is None or not self.average or self.average < 0 or not self.weeks:
            return None
        return ceil(Fraction(max(self.gap - self.weighted, 0)) / self.average)


@report(
    "targets/actions",
    title=Text("从结果到动作", "From result to action"),
    help=Text(
        "要补的差距 = 目标 − 业绩 − 期间内在途的加权额；还要赢的单数 = 差距 ÷ 期间内赢单的单均金额，向上取整。"
        "再按漏斗自己的转化率推到每个阶段要进多少单，按动作量得的转化率推到每周要做几次；与每周的动作目标相比差多少。"
        "一次转化都没有的比率不能作除数，用所见全体的或默认值，并注明。",
        "Still to be won = target − done − weighted pipeline of the period; wins needed = that ÷ the average win "
        "of the period, rounded up. From there by the funnel's own conversions to what must enter each stage, and by "
        "what actions led to so far to how many are needed a week; and how far the action targets fall short. A rate "
        "without any conversion cannot divide: everybody's or the default is used, and said.",
    ),
    columns=COLUMNS,
)
def actions(
    book: Book,
    *,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    average: Annotated[str, choice(*AVERAGES)] = MEAN,
) -> Table:
    """Tell what a gap asks for a week, stage by stage and action by action (从结果到动作).

    Args:
        period: of target, done, wins, conversions; default the fiscal year of the as-of day.

    Source: R047, R053; golden cases G02, G13.
    """
    span = fiscal_year_of(book, period)
    asked = _asked(book, span, unit, direct, owner, average)
    stages, rates = steps_of(passing(book, period=span, by="cohort", unit=unit, direct=direct, owner=owner))
    wanted = in_unit(book, unit, direct)
    found = [_of_action(book, asked, kind, wanted, owner) for kind, _, _ in KINDS]
    planned = planned_now(book, wanted & equal(person_id=owner))
    upper = [_Row(stage, 0, rate, None, None) for stage, rate in _to_win(stages, chances(stages, rates))]
    lower = [_Row(0, kind, *one) for (kind, _, _), one in zip(KINDS, found, strict=True)]
    rows = [*upper, *lower]
    needed = [_divided(asked.wins, one.rate) for one in rows]
    weekly = [None if one is None else ceil(Fraction(one) / asked.weeks) for one in needed]
    plans = [planned.get(one.kind) for one in rows]
    return table_of(
        COLUMNS,
        Rows({"stage_id": np.array([one.stage for one in rows], dtype=np.int64)}),
        {
            "stage_id": whole_known([one.stage or None for one in rows]),
            "kind": whole_known([one.kind or None for one in rows]),
            "rate_ratio": fractions_known([one.rate for one in rows]),
            "origin": whole_known([one.origin for one in rows]),
            "tried": whole_known([one.tried for one in rows]),
            "needed": whole_known([None if one is None else ceil(one) for one in needed]),
            "per_week": whole_known(weekly),
            "planned": whole_known(plans),
            "short": whole_known([_short(one, plan) for one, plan in zip(weekly, plans, strict=True)]),
        },
        key=("stage_id", "kind"),
        notes=_notes(asked, sum(one.origin in (TEAM, PRIOR) for one in lower)),
    )


@dataclass(frozen=True, slots=True)
class LeadsNeeded:
    """New leads that a gap asks for.

    Args:
        needed, per_week: leads until the end of the period and of a week, rounded up; None = not known.
        origin: whose conversion it is, one of ``ORIGINS``.
    """

    needed: int | None
    per_week: int | None
    origin: int | None


def leads_needed(book: Book, span: Period, unit: int | None, direct: bool = False) -> LeadsNeeded:
    """Return the leads that ``targets/actions`` asks for, by the mean win (R047)."""
    asked = _asked(book, span, unit, direct, None, MEAN)
    rate, origin, _base = _of_action(book, asked, LEAD, in_unit(book, unit, direct), None)
    needed = _divided(asked.wins, rate)
    if needed is None:
        return LeadsNeeded(None, None, origin)
    return LeadsNeeded(ceil(needed), ceil(needed / asked.weeks), origin)


@dataclass(frozen=True, slots=True)
class _Row:
    """One step: a stage or an action, with its share of wins, whose that is, and on how many it was measured."""

    stage: int
    kind: int
    rate: Fraction | None
    origin: int | None
    tried: int | None


def _asked(book: Book, span: Period, unit: int | None, direct: bool, owner: int | None, average: str) -> Asked:
    open_now = open_in_forecast(book, measure=CONTRACT, period=span, unit=unit, direct=direct, owner=owner)
    won = together(pooled(wins_in(book, span, unit, direct, owner), "amount"))
    left = book.months.to_day(span) - (book.as_of_day + 1)
    return Asked(
        gap=gap_of(book, span, unit, direct, owner),
        weighted=int(open_now.totals["weighted"] or 0),
        average=won.average(average),
        weeks=max(ceil(Fraction(left, WEEK)), 0),
    )


def _to_win(stages: Rows, ahead: list[Fraction | None]) -> list[tuple[int, Fraction | None]]:
    """Return open stages with what share of them will be won, and each set's winning stage, which wins all."""
    found = []
    for stage, state, rate in zip(stages["stage_id"].tolist(), stages["state"].tolist(), ahead, strict=True):
        if state in (OPEN, WON):
            found.append((stage, Fraction(1) if state == WON else rate))
    return found


def _of_action(
    book: Book, asked: Asked, kind: int, wanted: Filter, owner: int | None
) -> tuple[Fraction | None, int | None, int | None]:
    """Return an action's rate to winning, whose it is, and its base: the own, else everybody's, else the default."""
    own = _measured(book, kind, wanted & equal(person_id=owner), wanted & equal(owner_id=owner))
    wider = own if own[0] else _measured(book, kind, INSIDE, INSIDE)
    default = Fraction(book.rules.number(f"actions.prior_{_rule_of(kind)}"), BP_PER_WHOLE)
    measured = Fraction(*wider) if wider[0] else default
    told = action_target(asked.wins or 0, max(asked.weeks, 1), converted=own[0], tried=own[1], prior=measured)
    origin = OWN if own[0] else TEAM if wider[0] else PRIOR
    return told.rate, (origin if told.rate else None), (wider[1] if wider[0] else own[1])


def _rule_of(kind: int) -> str:
    return next(code for number, code, _ in KINDS if number == kind).replace("-", "_")


def _measured(book: Book, kind: int, whose: Filter, wins: Filter) -> tuple[int, int]:
    """Return how many wins and actions there were in the same weeks: wins count no more often than actions.

    The weeks are those of the rule, and begin no earlier than actions of the kind were recorded.
    """
    first = book.as_of_day + 1 - WEEK * book.rules.number("actions.measured_weeks")
    days = between("day", first, book.as_of_day + 1) & whose & equal(kind=kind)
    rows = book.gather(f"{DONE} {days.where}", **days.params)
    rows = rows.only(rows["times"] > 0)
    if not len(rows):
        return 0, 0
    since = between("closed_day", int(rows["day"].min()), book.as_of_day + 1) & wins
    since = since & INSIDE & equal(state=WON, part=0)
    won = len(book.gather(WINS.format(where=since.where), **since.params))
    tried = int(rows["times"].sum())
    return min(won, tried), tried


def _divided(wins: int | None, rate: Fraction | None) -> Fraction | None:
    return None if wins is None or not rate else wins / rate


def _short(weekly: int | None, planned: int | None) -> int | None:
    return None if weekly is None or planned is None else max(weekly - planned, 0)


def _notes(asked: Asked, borrowed: int) -> tuple[Note, ...]:
    if asked.wins is None:
        message = Text(
            "没有目标，期间内没有赢单，或期间已过，算不出要做多少。",
            "Without a target, without a win in the period, or after its end, what is needed cannot be told.",
        )
        return (Note("not-told", message, 1),)
    average = asked.average or Fraction()
    message = Text(
        f"距目标 {{}}，在途加权 {{}}，单均 {{}}：{asked.weeks} 周内还要赢 {asked.wins} 单。",
        f"Gap {{}}, weighted pipeline {{}}, average win {{}}: {asked.wins} more wins within {asked.weeks} weeks.",
    )
    amounts = (asked.gap or 0, asked.weighted, round_half_away(average.numerator, average.denominator))
    return noted(
        Note.of_amounts("wins-needed", message, amounts, max(asked.wins, 1)),
        Note(
            "targets/prior-conversion",
            Text(
                f"{borrowed} 种动作自己还没有转化，用所见全体的或默认转化率。",
                f"{borrowed} actions have not led to a win yet: everybody's or the default rate is used.",
            ),
            borrowed,
        ),
    )
