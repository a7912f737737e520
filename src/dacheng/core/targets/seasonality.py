"""How a year spreads over its periods, from the past (季节系数): exact fractions, and why there are none.

Defined as::  index of a period = average of the period over the years ÷ average of all periods
An index is 1 for an ordinary period and all indices add up to the number of periods. An amount is
spread by the fractions themselves, never by an index that was printed and rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import BP_PER_WHOLE, Weight, in_yuan, percent, round_half_away, split

Index: TypeAlias = tuple[Fraction, ...]
"""One for each period, >= 0, adding up to the number of periods."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What each period of the past brought.

    Args:
        amounts: shape (years, periods), 分; read only where known.
        known: shape (years, periods); a missing amount is not 0.
        excluded: shape (years, periods), 分, what is taken out of each amount, such as mega deals (大单).
        names: what the periods are called in messages; without, their numbers.
    """

    amounts: IntArray
    known: BoolArray
    excluded: IntArray | None = None
    names: Sequence[Text] = ()

    def name(self, period: int) -> Text:
        """Return what a period is called."""
        if period < len(self.names):
            return self.names[period]
        return Text(f"第 {period + 1} 期", f"period {period + 1}")


@dataclass(frozen=True, slots=True)
class Season:
    """A seasonal index with what it was computed from.

    Args:
        index: what to spread by. before: the index with nothing excluded, pooled or raised; None when
            the past gives none before something is excluded.
        averages: of each period, 分, after exclusion; overall: their average.
        counts: how many years each average is of. notes: what a reader should know.
    """

    index: Index
    before: Index | None
    averages: Index
    overall: Fraction
    counts: tuple[int, ...]
    notes: tuple[Text, ...] = ()

    def effect(self) -> Index | None:
        """Return what exclusion, pooling and uplift have changed in the index of each period."""
        if self.before is None:
            return None
        return tuple(now - then for now, then in zip(self.index, self.before, strict=True))


@dataclass(frozen=True, slots=True)
class Off:
    """There is no index, and why."""

    reason: Text


def seasonal_index(history: History, least_years: int) -> Season | Off:
    """Return the index of each period, or why the past does not give one.

    A period is averaged over the years in which it is known. The average of all is that of the
    period averages, so that a missing amount does not move the other periods against each other.

    Args:
        least_years: from how many years on an index is meant, at least 1; a year counts when any of
            its periods is known, and each period must be known in one of them.

    Source: R045; golden case G11. [inferred] how missing amounts are averaged.

    >>> found = seasonal_index(History(np.array([[1, 3]]), np.array([[True, True]])), 1)
    >>> [str(one) for one in found.index]
    ['1/2', '3/2']
    """
    counts = history.known.sum(axis=0)
    off = _too_short(history, least_years) or _unknown(history, counts)
    if off:
        return off
    taken = np.zeros_like(history.amounts) if history.excluded is None else history.excluded
    before, averages = _averages(history, 0 * taken), _averages(history, taken)
    off = _unusable(history, averages)
    if off:
        return off
    untouched = None if _unusable(history, before) else _as_index(before)
    notes = (*_missing(history), *_exclusions(taken, history.known))
    overall = sum(averages, Fraction(0)) / len(averages)
    return Season(_as_index(averages), untouched, averages, overall, tuple(counts.tolist()), notes)


def pooled(season: Season, periods: Sequence[int], weights: Sequence[Weight] | None = None) -> Season:
    """Let some periods share their index together, such as January and February (春节).

    The festival moves between them from year to year, so that each alone says little.

    Args:
        periods: positions, each once. weights: what each has of the sum, such as the working days of
            the year that is planned; without, the same share each.

    Raises:
        RuleError: a period stands twice, a weight is negative or all are zero.

    >>> season = Season((Fraction(1, 2), Fraction(3, 2)), (), (), Fraction(1), ())
    >>> [str(one) for one in pooled(season, [0, 1], [16, 24]).index]
    ['4/5', '6/5']
    """
    twice = [period for period in periods if list(periods).count(period) > 1]
    if twice:
        raise RuleError(
            Text(f"第 {twice[0] + 1} 期在合并中出现了两次。", f"Period {twice[0] + 1} stands twice in the pool."),
            Text("每一期只写一次。", "Name each period once."),
        )
    shares = [Fraction(1)] * len(periods) if weights is None else [Fraction(weight) for weight in weights]
    split(0, shares)  # refuses weights that share nothing
    together = sum((season.index[period] for period in periods), Fraction(0))
    index = list(season.index)
    for period, share in zip(periods, shares, strict=True):
        index[period] = together * share / sum(shares)
    named = ", ".join(str(period + 1) for period in periods)
    by = Text("平均", "equally") if weights is None else Text("按工作日等权重", "by weights such as working days")
    note = Text(f"第 {named} 期合并后{by.zh}分摊。", f"Periods {named} are pooled and shared {by.en}.")
    return replace(season, index=tuple(index), notes=(*season.notes, note))


def uplifted(season: Season, uplifts: Mapping[int, int]) -> Season:
    """Raise some periods for a festival and bring the others down, so that the sum stays (节日上浮).

    Defined as::  raised = index × (1 + uplift);  index = raised × periods ÷ sum of raised

    Args:
        uplifts: position of a period -> basis points, > -10,000; 3,000 is +30 %.

    Raises:
        RuleError: an uplift takes away everything or more.

    Source: R045, S2 节日 30 %/40 %; [inferred] that the others come down in proportion.

    >>> season = Season((Fraction(1), Fraction(1)), (), (), Fraction(1), ())
    >>> [str(one) for one in uplifted(season, {1: 10_000}).index]
    ['2/3', '4/3']
    """
    for period, bp in uplifts.items():
        if bp <= -BP_PER_WHOLE:
            raise RuleError(
                Text(
                    f"第 {period + 1} 期上浮 {percent(bp)}，什么都不剩。", f"Period {period + 1}: uplift {percent(bp)}."
                ),
                Text("上浮须大于 -100%。", "An uplift is above -100%."),
            )
    raised = [one * (BP_PER_WHOLE + uplifts.get(at, 0)) for at, one in enumerate(season.index)]
    notes = tuple(
        Text(f"第 {period + 1} 期节日上浮 {percent(bp)}。", f"Period {period + 1} is raised by {percent(bp)}.")
        for period, bp in sorted(uplifts.items())
    )
    return replace(season, index=_as_index(raised), notes=(*season.notes, *notes))


def from_profile(weights: Sequence[Weight], because: Text) -> Season:
    """Return a season that a company hands in, or an equal one, where the past gives none.

    Args:
        weights: one for each period, >= 0, not all zero. because: why it is used, such as ``Off.reason``.

    Raises:
        RuleError: a weight is negative or all are zero.

    Source: R045 "fewer than 3 years → equal or company profile, flagged"; golden case G11b.
    """
    split(0, weights)  # refuses weights that share nothing
    exact = [Fraction(weight) for weight in weights]
    index, equal = _as_index(exact), len(set(exact)) == 1
    used = (
        Text("平均分摊。", "Spread equally.")
        if equal
        else Text("使用公司季节曲线。", "The company's own profile is used.")
    )
    overall = sum(exact, Fraction(0)) / len(exact)
    return Season(index, index, tuple(exact), overall, (0,) * len(exact), (because, used))


def seasonal_parts(amount: int, season: Season) -> IntArray:
    """Spread an amount by the exact fractions of a season, to the 分.

    Returns:
        Shape (periods,), 分, adding up to the amount; largest remainders, ties to the earlier.

    Source: golden case G11.
    """
    return split(amount, list(season.index))


def _averages(history: History, taken: IntArray) -> Index:
    sums = np.where(history.known, history.amounts - taken, 0).sum(axis=0)
    return tuple(Fraction(int(one), int(count)) for one, count in zip(sums, history.known.sum(axis=0), strict=True))


def _as_index(weights: Sequence[Fraction]) -> Index:
    whole = sum(weights, Fraction(0))
    return tuple(one * len(weights) / whole for one in weights)


def _too_short(history: History, least_years: int) -> Off | None:
    years = int(history.known.any(axis=1).sum())
    if years >= least_years:
        return None
    return Off(
        Text(
            f"只有 {years} 年的历史，季节系数至少要 {least_years} 年。",
            f"There are {years} years of history; an index needs at least {least_years}.",
        )
    )


def _unknown(history: History, counts: IntArray) -> Off | None:
    never = np.flatnonzero(counts == 0)
    if not never.size:
        return None
    name = history.name(int(never[0]))
    return Off(Text(f"{name.zh} 在任何一年都没有数据。", f"Of {name.en} no year is known."))


def _unusable(history: History, averages: Index) -> Off | None:
    for period, average in enumerate(averages):
        if average < 0:
            name = history.name(period)
            seen = in_yuan(round_half_away(average.numerator, average.denominator))
            return Off(Text(f"{name.zh} 的平均是 {seen} 元，不能为负。", f"{name.en} averages {seen}, below zero."))
    if not any(averages):
        return Off(Text("各期的平均都是 0。", "All periods average zero."))
    return None


def _missing(history: History) -> tuple[Text, ...]:
    partly = history.known[history.known.any(axis=1)]
    count = int((~partly).sum())
    if not count:
        return ()
    return (
        Text(f"缺 {count} 个期间的数据，按其余年份平均。", f"{count} amounts are missing and left out of averages."),
    )


def _exclusions(taken: IntArray, known: BoolArray) -> tuple[Text, ...]:
    where = known & (taken != 0)
    if not where.any():
        return ()
    amount = in_yuan(int(taken[where].sum()))
    count = int(where.sum())
    return (Text(f"{count} 个期间剔除了 {amount} 元。", f"{amount} was taken out of {count} amounts."),)
