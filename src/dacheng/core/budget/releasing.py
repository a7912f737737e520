"""Release of the budget by attainment (费用释放): the proposal for the next period from the ledger so far.

The fixed part and the project lines are released as planned; of the variable part each period gets the share of
the band in which the cumulative attainment lies, the first period gets all. What is not released is frozen::

    frozen = variable budget of the periods gone by − variable released

so that released + frozen is the budget at any time and nothing is ever released twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from dacheng.core.arrays import IntArray
from dacheng.core.budget.budgeting import BudgetPlan
from dacheng.core.errors import Finding, RuleError, Text
from dacheng.core.money import BP_PER_WHOLE, in_yuan, percent, round_half_away
from dacheng.core.table import Note


@dataclass(frozen=True, slots=True)
class Band:
    """A band of attainment (达成区间), from ``lower`` up to the next band.

    Args:
        lower: the lowest attainment in it, exact; None for the lowest band, which has no bottom.
        release_bp: share of the next period's variable budget, 0 to 10,000.
        unfreezes: whether it also releases the whole frozen balance.
    """

    lower: Fraction | None
    release_bp: int
    unfreezes: bool = False


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands in order, the lowest first, without gap or overlap.

    Raises:
        RuleError: none, the first one has a bottom, bounds do not rise, or a share is not 0–100 %.
    """

    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        if not self.bands or self.bands[0].lower is not None:
            _refuse_bands(Text("最低一档必须没有下限", "the lowest band must have no lower bound"))
        lowers = [band.lower for band in self.bands[1:]]
        if None in lowers:
            _refuse_bands(Text("只有最低一档可以没有下限", "only the lowest band may have no lower bound"))
        known = [lower for lower in lowers if lower is not None]
        if any(low >= high for low, high in pairwise(known)):
            seen = " · ".join(f"{float(one):.2%}" for one in known)
            _refuse_bands(Text(f"下限必须逐档升高，现在是 {seen}", f"lower bounds must rise, seen {seen}"))
        for band in self.bands:
            if not 0 <= band.release_bp <= BP_PER_WHOLE:
                share = percent(band.release_bp)
                _refuse_bands(Text(f"释放比例 {share} 不在 0–100 % 之间", f"the share {share} is not within 0–100 %"))

    def at(self, attainment: Fraction) -> Band:
        """Return the band of an attainment, compared unrounded: 59.999 % is below 60 %."""
        return [one for one in self.bands if one.lower is None or one.lower <= attainment][-1]


BandsOf = Bands | Sequence[Bands]
"""The bands of all periods, or those of each of the plan's periods, as the rule may change in the year."""


def bands_at(bands: BandsOf, period: int) -> Bands:
    """Return the bands by which a period is released, by its position in the plan."""
    return bands if isinstance(bands, Bands) else bands[period]


def _refuse_bands(why: Text) -> None:
    raise RuleError(
        Text(f"费用释放规则的档位不成立：{why.zh}。", f"The bands of the release rule do not hold: {why.en}."),
        Text(
            "请从低到高写每档的下限与释放比例，最低一档不写下限。",
            "Write lower bound and share of each band, the lowest first and without a bound.",
        ),
    )


def cumulative_attainment(done: int | None, target: int | None) -> Fraction | None:
    """Return done ÷ target up to the end of a period, exact; None where the band must be chosen by hand.

    None when the target is not set, zero or negative (a ratio to it says nothing), or nothing is known of the result.

    Source: R036; golden case G09.

    >>> cumulative_attainment(39_900_000_00, 42_000_000_00)
    Fraction(19, 20)
    """
    return Fraction(done, target) if done is not None and target is not None and target > 0 else None


@dataclass(frozen=True, slots=True)
class Release:
    """One approved release of the ledger.

    A period has one release by its turn; an exception is a further row, set by a person, of a period already released.

    Args:
        period: position of the plan's period it is for, from 0.
        fixed, variable, project: minor units, >= 0; ``variable`` with what was unfrozen.
        by_rule: False where a person set the amount (manual band, exception): it then stands as it is.
        approver: who approved it.
    """

    period: int
    fixed: int
    variable: int
    project: int = 0
    by_rule: bool = True
    approver: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to release for the next period, and why.

    Args:
        period: its position in the plan.
        attainment, band: the cumulative attainment before it and its band; None in the first period; band None
            with ``by_hand`` where no attainment is known.
        fixed, project: minor units, as planned.
        planned: variable budget of the period; share: the band's part of it; None by hand.
        unfrozen: out of the frozen balance. reduced: taken off, because results were restated downwards, or the
            budget lowered, after a release.
        frozen_before, frozen_after: frozen balance, minor units; after is None by hand.
    """

    period: int
    attainment: Fraction | None
    band: Band | None
    by_hand: bool
    fixed: int
    project: int
    planned: int
    share: int | None
    unfrozen: int
    reduced: int
    frozen_before: int
    frozen_after: int | None
    notes: tuple[Note, ...]

    @property
    def variable(self) -> int | None:
        """Return the variable part to release; None where a person must choose it."""
        return None if self.share is None else self.share + self.unfrozen - self.reduced

    @property
    def total(self) -> int | None:
        """Return fixed + variable, without project lines, which are reported apart."""
        return None if self.variable is None else self.fixed + self.variable


def next_period(ledger: Sequence[Release]) -> int:
    """Return the position of the first period for which nothing has been released yet."""
    return max((one.period for one in ledger), default=-1) + 1


def frozen_balance(plan: BudgetPlan, ledger: Sequence[Release]) -> int:
    """Return the frozen balance (冻结余额): variable budget of the periods released so far − variable released, >= 0.

    Source: R036.
    """
    return max(_through(plan.variable, next_period(ledger)) - _released(ledger), 0)


def propose_release(
    plan: BudgetPlan, ledger: Sequence[Release], attained: Sequence[Fraction | None], bands: BandsOf
) -> Proposal:
    """Propose the release of the next period from the ledger so far.

    The first period is released in full. Later ones get the share of the band of the cumulative attainment; a band
    that unfreezes adds the whole frozen balance. Where results of earlier periods were restated downwards, what
    was released too much stays with its unit and is taken off this release, to no less than zero.

    Args:
        attained: cumulative attainment at the end of each period gone by, as it stands **now**; None = no target.
            At least as many as periods have been released.
        bands: of all periods, or of each: what was released before goes by the bands that held then.

    Returns:
        A proposal with ``released so far + proposal <= budget through that period`` and no negative part.

    Raises:
        RuleError: every period is released, or the attainment of a period gone by was not handed in.

    Source: R036, R038; golden case G09.
    """
    period = next_period(ledger)
    _check_asked(plan, period, attained)
    attainment = attained[period - 1] if period else None
    band = bands_at(bands, period).at(attainment) if attainment is not None else None
    by_hand = period > 0 and band is None
    due = _due_now(plan, ledger, attained, bands)
    parts = _NOTHING if by_hand else _variable(plan, ledger, band, due)
    frozen = frozen_balance(plan, ledger)
    return Proposal(
        period=period,
        attainment=attainment,
        band=band,
        by_hand=by_hand,
        fixed=_planned_left(plan.fixed, period, (one.fixed for one in ledger)),
        project=_planned_left(plan.project, period, (one.project for one in ledger)),
        planned=int(plan.variable[period]),
        share=parts.share,
        unfrozen=parts.unfrozen,
        reduced=parts.reduced,
        frozen_before=frozen,
        frozen_after=None if parts.share is None else _frozen_after(plan, ledger, parts),
        notes=_notes(period, by_hand, parts.reduced),
    )


class _Variable(NamedTuple):
    share: int | None
    unfrozen: int
    reduced: int

    @property
    def given(self) -> int:
        return (self.share or 0) + self.unfrozen - self.reduced


_NOTHING = _Variable(None, 0, 0)


def _variable(plan: BudgetPlan, ledger: Sequence[Release], band: Band | None, due: int) -> _Variable:
    """Return the parts of the next period's variable release.

    ``kept`` is what may have been released so far: all of it when the band unfreezes, else no more than was due.
    """
    period, released = next_period(ledger), _released(ledger)
    kept = _through(plan.variable, period) if band and band.unfreezes else min(due, released)
    share, unfrozen = _share(plan, period, band), max(kept - released, 0)
    given = max(share + kept - released, 0)
    return _Variable(share, unfrozen, share + unfrozen - given)


def _released(ledger: Sequence[Release]) -> int:
    return sum(one.variable for one in ledger)


def _frozen_after(plan: BudgetPlan, ledger: Sequence[Release], parts: _Variable) -> int:
    return max(_through(plan.variable, next_period(ledger) + 1) - _released(ledger) - parts.given, 0)


def _share(plan: BudgetPlan, period: int, band: Band | None) -> int:
    """Return the part of a period's variable budget that its band releases; all without a band."""
    planned = int(plan.variable[period])
    return planned if band is None else round_half_away(planned * band.release_bp, BP_PER_WHOLE)


def _due_now(plan: BudgetPlan, ledger: Sequence[Release], attained: Sequence[Fraction | None], bands: BandsOf) -> int:
    """Return the variable part that the rule would have released so far, had today's results been known.

    What a person set, and what was decided on an attainment that is not known any more, stands as it is.
    """
    due = 0
    for period in range(next_period(ledger)):
        rows = [one for one in ledger if one.period == period]
        attainment = attained[period - 1] if period else None
        if any(one.by_rule for one in rows) and (attainment is not None or not period):
            band = bands_at(bands, period).at(attainment) if attainment is not None else None
            frozen = _through(plan.variable, period) - due
            ruled = _share(plan, period, band) + (frozen if band and band.unfreezes else 0)
        else:
            ruled = sum(one.variable for one in rows if one.by_rule)
        due = min(
            due + ruled + sum(one.variable for one in rows if not one.by_rule), _through(plan.variable, period + 1)
        )
    return due


def _through(amounts: IntArray, period: int) -> int:
    """Return what the periods before a position have together."""
    return int(amounts[:period].sum())


def _planned_left(amounts: IntArray, period: int, released: Iterable[int]) -> int:
    """Return what is planned through a period and not released yet."""
    return max(_through(amounts, period + 1) - sum(released), 0)


def _check_asked(plan: BudgetPlan, period: int, attained: Sequence[Fraction | None]) -> None:
    if period >= len(plan.periods):
        raise RuleError(
            Text(f"预算的 {len(plan.periods)} 个期间都已释放。", f"All {len(plan.periods)} periods are released."),
            Text("请在下一年的预算上释放，或立项目预算。", "Release next year's budget, or set up a project line."),
        )
    if len(attained) < period:
        name = plan.periods[len(attained)].label()
        raise RuleError(
            Text(f"缺少截至{name.zh}的累计达成。", f"The cumulative attainment through {name.en} is missing."),
            Text("没有目标的期间请明确给出“无”。", "Hand in None for a period without a target."),
        )


_FIRST = Note("budget/first-in-full", Text("第一期全额释放。", "The first period is released in full."), 1)
_BY_HAND = Note(
    "budget/by-hand",
    Text("没有可比的目标，档位为“人工”：请批准人填写变动部分。", "No target to compare: an approver sets the amount."),
    1,
)
_REDUCED = Text(
    "业绩下调或预算调低后，先前多释放的不追回，本期少释放 {}。",
    "Results or budget were lowered after a release: nothing is clawed back, this release is {} smaller.",
)


def _notes(period: int, by_hand: bool, reduced: int) -> tuple[Note, ...]:
    notes = [] if period else [_FIRST]
    if by_hand:
        notes.append(_BY_HAND)
    elif reduced:
        notes.append(Note.of_amounts("budget/reduced", _REDUCED, [reduced], 1))
    return tuple(notes)


def check_release(plan: BudgetPlan, ledger: Sequence[Release], release: Release) -> list[Finding]:
    """Return what speaks against entering a release in the ledger; empty when it may be entered.

    The law: each part released through a period is never more than its budget through that period.

    Source: R036, R038; law "released ≤ budget".
    """
    following = next_period(ledger)
    in_turn = release.period == following or (not release.by_rule and 0 <= release.period < following)
    if not in_turn or release.period >= len(plan.periods):
        return [_out_of_turn(plan, ledger, release)]
    found = [] if release.approver.strip() else [_without_approver(plan, release)]
    for name, label, amounts in _parts(plan):
        amount, through = getattr(release, name), max(release.period + 1, following)
        left = _through(amounts, through) - sum(getattr(one, name) for one in ledger)
        if amount < 0 or amount > max(left, 0):
            found.append(_beyond(plan, release, label, amount, max(left, 0)))
    return found


def _parts(plan: BudgetPlan) -> tuple[tuple[str, Text, IntArray], ...]:
    return (
        ("fixed", Text("固定", "fixed"), plan.fixed),
        ("variable", Text("变动", "variable"), plan.variable),
        ("project", Text("项目", "project"), plan.project),
    )


def _out_of_turn(plan: BudgetPlan, ledger: Sequence[Release], release: Release) -> Finding:
    following = next_period(ledger)
    if following < len(plan.periods):
        name = plan.periods[following].label()
        remedy = Text(
            f"下一个要释放的是{name.zh}；已释放的期间只能由人工追加。",
            f"The next one to release is {name.en}; to a released one a person can add an exception.",
        )
    else:
        remedy = Text("各期间都已释放。", "Every period is released.")
    seen = release.period + 1
    message = Text(f"不能释放第 {seen} 个期间。", f"Period {seen} cannot be released.")
    return Finding("budget/release-out-of-turn", message, remedy, value=str(seen))


def _without_approver(plan: BudgetPlan, release: Release) -> Finding:
    name = plan.periods[release.period].label()
    message = Text(f"{name.zh}的释放没有批准人。", f"The release of {name.en} has no approver.")
    return Finding("budget/release-without-approver", message, Text("请填写批准人。", "Name who approves it."))


def _beyond(plan: BudgetPlan, release: Release, part: Text, amount: int, left: int) -> Finding:
    name, shown, most = plan.periods[release.period].label(), in_yuan(amount), in_yuan(left)
    return Finding(
        "budget/release-beyond-budget",
        Text(
            f"{name.zh}的{part.zh}部分要释放 {shown} 元，预算只剩 {most} 元。",
            f"The {part.en} part of {name.en} would release {shown}; the budget has {most} left.",
        ),
        Text(f"请填 0 至 {most} 元，或先调整预算。", f"Release 0 to {most}, or change the budget first."),
        value=shown,
    )
