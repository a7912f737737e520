"""Budget from the target (根据业绩目标制定费用预算): fixed + rate × target + project lines, then over the periods.

The fixed part is spread evenly or by weights, the variable part by seasonality, a project line over its own
months; every spread sums to its whole exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import Weights, check_minor, in_yuan, round_half_away, split
from dacheng.core.months import CALENDAR_MONTHS, Months
from dacheng.core.period import Period
from dacheng.core.table import Note
from dacheng.core.targets.spreading import spread


@dataclass(frozen=True, slots=True)
class RatedTarget:
    """How much of the target of one measure may be spent (费用率).

    Args:
        rate: expense ÷ target, >= 0, exact.
        target: minor units of the year; None where no target has been set, which is not a target of zero.
    """

    measure: Text
    rate: Fraction
    target: int | None


@dataclass(frozen=True, slots=True)
class VariablePart:
    """What one measure's target brings to the variable budget.

    Args:
        amount: minor units, >= 0; None where the target has not been set.
        why: why it is zero or unknown; None where it is rate × target.
    """

    rated: RatedTarget
    amount: int | None
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project budget (战略项目、POC、市场活动、提前投入), exempt from release by attainment.

    Args:
        amount: minor units of the whole project, >= 0.
        period: its months, which may reach into other years.
        approver: who approved it; empty = not yet, then it is not effective.
    """

    name: str
    amount: int
    period: Period
    approver: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of one unit and year, by its three parts.

    Args:
        fixed: minor units. projects: those with an approver; waiting: those without.
    """

    fixed: int
    parts: tuple[VariablePart, ...]
    projects: tuple[ProjectLine, ...]
    waiting: tuple[ProjectLine, ...]

    @property
    def variable(self) -> int:
        """Return what the known targets bring; ``notes`` says how many are unknown."""
        return sum(part.amount or 0 for part in self.parts)

    @property
    def from_target(self) -> int:
        """Return fixed + variable, without the project lines, which are reported apart."""
        return self.fixed + self.variable

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return what was left out or set to zero, with the counts."""
        unknown = sum(part.amount is None for part in self.parts)
        zero = sum(part.amount == 0 and part.why is not None for part in self.parts)
        waiting = [line.amount for line in self.waiting]
        found = (
            Note("budget/target-unknown", _UNKNOWN.filled(count=unknown), unknown),
            Note("budget/target-not-positive", _ZERO.filled(count=zero), zero),
            Note.of_amounts("budget/project-without-approver", _WAITING, [sum(waiting)], len(waiting)),
        )
        return tuple(note for note in found if note.count)


_UNKNOWN = Text(
    "{count} 个指标还没有目标，变动预算未含它们。", "{count} measure(s) have no target yet and are left out."
)
_ZERO = Text(
    "{count} 个指标的目标为零或负，变动预算按 0 计。", "{count} target(s) are zero or negative: variable part 0."
)
_WAITING = Text("没有批准人的项目预算共 {}，尚未生效。", "Project lines without an approver are not effective: {}.")


def budget_of(fixed: int, rated: Sequence[RatedTarget], projects: Sequence[ProjectLine] = ()) -> Budget:
    """Return the budget that the targets of a year bring.

    Defined as::  fixed + Σ rate × target (each rounded half away from zero once) + approved project lines

    A negative or zero target brings 0 and says so; a target that has not been set is left out and said.

    Args:
        fixed: minor units, >= 0.

    Raises:
        RuleError: a negative fixed part, rate or project amount, or an amount beyond ±10^14.

    Source: R034, R038; golden case G08.

    >>> of_contracts = RatedTarget(Text("合同额", "Contracts"), Fraction(5, 100), 100_000_000_00)
    >>> budget_of(3_000_000_00, [of_contracts]).from_target
    800000000
    """
    _refuse_negative(Text("固定预算", "The fixed budget"), fixed)
    for line in projects:
        _refuse_negative(Text(f"项目预算「{line.name}」", f"The project line “{line.name}”"), line.amount)
    return Budget(
        fixed=fixed,
        parts=tuple(_part(one) for one in rated),
        projects=tuple(line for line in projects if line.approver.strip()),
        waiting=tuple(line for line in projects if not line.approver.strip()),
    )


def _part(rated: RatedTarget) -> VariablePart:
    if rated.rate < 0:
        raise RuleError(
            Text(
                f"「{rated.measure.zh}」的费用率是 {float(rated.rate):.2%}，不能为负。",
                f"The expense rate of “{rated.measure.en}” is {float(rated.rate):.2%}; it cannot be negative.",
            ),
            Text("请填 0 或正的费用率。", "Enter a rate of zero or more."),
        )
    if rated.target is None:
        return VariablePart(rated, None, Text("还没有目标", "No target yet"))
    if rated.target <= 0:
        return VariablePart(rated, 0, Text("目标为零或负，按 0 计", "The target is zero or negative: 0"))
    amount = rated.rate * rated.target
    return VariablePart(rated, round_half_away(amount.numerator, amount.denominator))


def _refuse_negative(name: Text, amount: int) -> None:
    check_minor(amount)
    if amount < 0:
        shown = in_yuan(amount)
        raise RuleError(
            Text(f"{name.zh}是 {shown} 元，不能为负。", f"{name.en} is {shown}; it cannot be negative."),
            Text(
                "请填 0 或正数；要减少预算，请改小原来的数。", "Enter zero or more; to cut it, lower the amount itself."
            ),
        )


@dataclass(frozen=True, slots=True, eq=False)
class BudgetPlan:
    """A budget over the periods of its year, in order.

    Args:
        periods: shape (n,), quarters or months, one after the other.
        fixed, variable, project: shape (n,), minor units, >= 0.
        outside: what approved projects spend before or after these periods, minor units.
    """

    periods: tuple[Period, ...]
    fixed: IntArray
    variable: IntArray
    project: IntArray
    outside: int = 0

    @property
    def from_target(self) -> IntArray:
        """Return fixed + variable of each period, shape (n,)."""
        return self.fixed + self.variable

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return what projects spend in other years."""
        if not self.outside:
            return ()
        return (Note.of_amounts("budget/project-in-other-years", _OUTSIDE, [self.outside]),)


_OUTSIDE = Text("跨年项目有 {} 落在本年之外，不计入本年。", "Projects that span years spend {} outside this year.")


def spread_budget(
    budget: Budget,
    periods: Sequence[Period],
    season: Weights,
    *,
    fixed_weights: Weights | None = None,
    months: Months = CALENDAR_MONTHS,
) -> BudgetPlan:
    """Spread a budget over periods: fixed evenly or by weights, variable by season, projects over their own months.

    Args:
        periods: n quarters or months, one after the other without a gap.
        season: shape (n,), >= 0, not all zero.
        fixed_weights: shape (n,), for example working days; None = evenly.
        months: the company's months; projects weigh them as targets do.

    Raises:
        RuleError: periods with a gap or an overlap, weights of another number, negative or all zero.

    Source: R035, R038; golden case G08.
    """
    _check_periods(periods, season, fixed_weights)
    even = np.ones(len(periods), dtype=np.int64)
    project = sum((_of_project(line, periods, months) for line in budget.projects), 0 * even)
    return BudgetPlan(
        periods=tuple(periods),
        fixed=split(budget.fixed, even if fixed_weights is None else fixed_weights),
        variable=split(budget.variable, season),
        project=project,
        outside=sum(line.amount for line in budget.projects) - int(project.sum()),
    )


def _of_project(line: ProjectLine, periods: Sequence[Period], months: Months) -> IntArray:
    """Return what a project spends in each period, shape (n,)."""
    amounts, when = spread(line.amount, line.period, months), line.period.months()
    begins = np.array([period.from_ym for period in periods])
    place = np.searchsorted(begins, when, side="right") - 1
    inside = (place >= 0) & (when < periods[-1].to_ym)
    spent = np.zeros(len(periods), dtype=np.int64)
    np.add.at(spent, place[inside], amounts[inside])
    return spent


def _check_periods(periods: Sequence[Period], season: Weights, fixed_weights: Weights | None) -> None:
    for first, following in pairwise(periods):
        if first.to_ym != following.from_ym:
            raise RuleError(
                Text(
                    f"预算的期间不相连：{first.label().zh}之后是{following.label().zh}。",
                    f"The periods of the budget do not join: {following.label().en} follows {first.label().en}.",
                ),
                Text("请按先后列出相连的季度或月份。", "List quarters or months in order, without gap or overlap."),
            )
    for name, weights in ((Text("季节权重", "seasonal weights"), season), (Text("固定权重", "weights"), fixed_weights)):
        if weights is not None and len(weights) != len(periods):
            raise RuleError(
                Text(
                    f"预算有 {len(periods)} 个期间，{name.zh}却有 {len(weights)} 个。",
                    f"The budget has {len(periods)} periods but {len(weights)} {name.en}.",
                ),
                Text("请给每个期间一个权重。", "Give each period one weight."),
            )
