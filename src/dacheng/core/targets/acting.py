"""Action targets (动作目标): what a result asks for in visits, leads and reports, and what a plan implies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from dacheng.core.errors import RuleError, Text
from dacheng.core.table import Note


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action of the plan: visits, visits to A-class leads, requirement reports.

    Args:
        per_week: planned in a week, >= 0.
    """

    name: Text
    per_week: int


@dataclass(frozen=True, slots=True)
class Implied:
    """The conversion that a plan silently assumes, with its base.

    Args:
        planned: actions in all weeks: the base. conversion: wins ÷ planned, exact; None without actions.
        why: why it is unknown, or cannot come true; None when it is a plain share.
    """

    action: PlannedAction
    planned: int
    conversion: Fraction | None
    why: Text | None = None


def implied_conversions(wins: int, weeks: int, actions: Sequence[PlannedAction]) -> tuple[Implied, ...]:
    """Return the conversion that a plan implies per action of each kind.

    Defined as::  wins ÷ (actions per week × weeks)

    Args:
        wins: wanted in the whole time, for example A-class customers of a month, >= 0. weeks: > 0.

    Raises:
        RuleError: negative numbers, or no weeks.

    Source: R053; golden case G13 (both conversions are shown with their base).

    >>> visits, leads = PlannedAction(Text("拜访", "Visits"), 8), PlannedAction(Text("A类线索", "A leads"), 3)
    >>> [str(one.conversion) for one in implied_conversions(10, 4, [visits, leads])]
    ['5/16', '5/6']
    """
    _check_counts(wins, weeks, actions)
    return tuple(_implied(wins, weeks, action) for action in actions)


def _implied(wins: int, weeks: int, action: PlannedAction) -> Implied:
    planned = action.per_week * weeks
    if not planned:
        return Implied(action, 0, None, Text("没有计划这一动作", "None of it is planned"))
    why = Text("动作少于要赢的数，做不到", "Fewer actions than wins: it cannot be done") if wins > planned else None
    return Implied(action, planned, Fraction(wins, planned), why)


def _check_counts(wins: int, weeks: int, actions: Sequence[PlannedAction]) -> None:
    seen = [
        (Text("要赢的数", "Wins"), wins, 0),
        (Text("周数", "Weeks"), weeks, 1),
        *((one.name, one.per_week, 0) for one in actions),
    ]
    for name, value, least in seen:
        if value < least:
            raise RuleError(
                Text(f"动作目标的「{name.zh}」是 {value}。", f"“{name.en}” of the action target is {value}."),
                Text(f"请填不小于 {least} 的整数。", f"Enter a whole number of {least} or more."),
            )


@dataclass(frozen=True, slots=True)
class ActionTarget:
    """How many actions a week a result asks for.

    Args:
        wins_per_week: exact.
        rate: conversion per action that was used, exact; None where there is none.
        measured: whether the rate is the own measured one, else the prior.
        needed: actions per week, exact; whole: the same rounded up; both None where there is no rate.
        planned: actions per week of the plan, None where there is none.
        off: why nothing can be told; None where it can.
        notes: that the prior was used.
    """

    wins_per_week: Fraction
    rate: Fraction | None
    measured: bool
    needed: Fraction | None
    planned: int | None
    off: Text | None
    notes: tuple[Note, ...]

    @property
    def whole(self) -> int | None:
        """Return the actions per week, rounded up."""
        return None if self.needed is None else ceil(self.needed)

    @property
    def short(self) -> int | None:
        """Return how many actions a week the plan falls short; None where either is unknown."""
        return None if self.whole is None or self.planned is None else max(self.whole - self.planned, 0)


def action_target(
    wins: int, weeks: int, *, converted: int, tried: int, prior: Fraction | None, planned: PlannedAction | None = None
) -> ActionTarget:
    """Return how many actions a week a result asks for at the measured conversion.

    Defined as::  (wins ÷ weeks) ÷ (converted ÷ tried), rounded up

    A conversion of zero, or none measured, cannot divide: the prior (of the team) is used instead, and said.

    Args:
        wins: wanted in the whole time, >= 0. weeks: > 0.
        converted, tried: actions that led to a win, of all actions measured, 0 <= converted <= tried.
        prior: the rate to use where none is measured, 0 to 1; None = there is none.

    Raises:
        RuleError: negative numbers, no weeks, more conversions than actions, a prior outside 0–1.

    Source: R053 (measured 0 → team or prior rate); golden case G13.

    >>> action_target(10, 4, converted=20, tried=100, prior=None).whole
    13
    """
    _check_counts(wins, weeks, () if planned is None else (planned,))
    _check_measured(converted, tried, prior)
    measured = converted > 0
    rate = Fraction(converted, tried) if measured else prior or None
    per_week = Fraction(wins, weeks)
    return ActionTarget(
        wins_per_week=per_week,
        rate=rate,
        measured=measured,
        needed=per_week / rate if rate else None,
        planned=planned.per_week if planned else None,
        off=None if rate else _OFF,
        notes=() if measured or not rate else (_prior_used(tried),),
    )


_OFF = Text("没有量得的转化率，也没有可用的先验值。", "No conversion has been measured and there is no prior rate.")


def _prior_used(tried: int) -> Note:
    seen = Text(f"{tried} 次动作没有一次转化", f"none of {tried} actions converted")
    if not tried:
        seen = Text("还没有动作记录", "no action has been recorded")
    return Note(
        "targets/prior-conversion",
        Text(f"{seen.zh}，按团队或先验转化率计算。", f"As {seen.en}, the team's or a prior rate is used."),
        1,
    )


def _check_measured(converted: int, tried: int, prior: Fraction | None) -> None:
    if not 0 <= converted <= tried:
        raise RuleError(
            Text(
                f"{tried} 次动作里有 {converted} 次转化。",
                f"{converted} of {tried} actions are said to have converted.",
            ),
            Text("转化数应在 0 与动作数之间。", "Conversions lie between 0 and the number of actions."),
        )
    if prior is not None and not 0 <= prior <= 1:
        raise RuleError(
            Text(f"先验转化率是 {float(prior):.2%}。", f"The prior conversion is {float(prior):.2%}."),
            Text("请填 0 到 100% 之间的比率。", "Enter a rate from 0 to 100%."),
        )
