"""Targets through the year (年中变更): pro-rating a person's year, a new total.

Closed periods are never touched, and every result sums exactly: relief + remaining target = the full one,
frozen + remaining = the new total. What a hand-over divides, ``core.handover`` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import Weights, in_yuan, round_half_away, split, whole_weights
from dacheng.core.period import date_of

Span = tuple[int, int]
"""Days in a row, ``[from_day, to_day)``."""


def presence(bounds: Sequence[int], spans: Sequence[Span]) -> tuple[Fraction, ...]:
    """Return which share of the days of each period somebody is there, 0 to 1, exact.

    A joiner has one span to the end of the year, a leaver one from its beginning, a long leave makes two.

    Args:
        bounds: n + 1 ascending days: the first day of each period and the day after the last one.
        spans: the days present, in order and apart from each other; what lies outside the bounds does not count.

    Raises:
        RuleError: spans overlap, are out of order, or end before they begin.

    Source: R030 (joiner, leave), section 6 "People".

    >>> [str(one) for one in presence([0, 10, 20, 30], [(5, 12), (15, 99)])]
    ['1/2', '7/10', '1']
    """
    _check_spans(spans)
    return tuple(
        Fraction(sum(max(min(to, end) - max(begin, first), 0) for begin, to in spans), end - first)
        for first, end in pairwise(bounds)
    )


def _check_spans(spans: Sequence[Span]) -> None:
    ends_early = next(((begin, to) for begin, to in spans if begin > to), None)
    overlap = next(((first[1], then[0]) for first, then in pairwise(spans) if first[1] > then[0]), None)
    wrong = ends_early or overlap
    if wrong:
        first, then = date_of(wrong[0]), date_of(wrong[1])
        raise RuleError(
            Text(
                f"在岗期间重叠或颠倒：{first} 与 {then}。",
                f"The days present overlap or run backwards: {first}, {then}.",
            ),
            Text("请按先后写各段，互不重叠。", "List the spans in order and apart from each other."),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Prorated:
    """The part of a year's target that somebody carries.

    Args:
        full, amounts: shape (n,), minor units of each period: of the whole year, and carried.
        present, ramp: share of each period's days, and of full capacity in it, 0 to 1, exact.
        share: carried ÷ whole year, exact.
    """

    full: IntArray
    amounts: IntArray
    present: tuple[Fraction, ...]
    ramp: tuple[Fraction, ...]
    share: Fraction

    @property
    def total(self) -> int:
        """Return what is carried, minor units."""
        return int(self.amounts.sum())

    @property
    def relief(self) -> int:
        """Return what is not carried (减免), to be entered as a signed line or given to others; minor units."""
        return int(self.full.sum()) - self.total


def prorate(
    target: int, weights: Weights, present: Sequence[Fraction], ramp: Sequence[Fraction] | None = None
) -> Prorated:
    """Return the part of a year's target for the time somebody is there and how far he is trained.

    Defined as::  total = target × Σ weight × present × ramp ÷ Σ weight, rounded half away from zero once,
    spread over the periods by weight × present × ramp.

    The weights say by what: seasonal weights of quarters or months (by season), 1 for each month (by calendar), the
    days of each period (by days).

    Args:
        target: minor units of the full year, any sign.
        weights: shape (n,), >= 0, not all zero.
        present: shape (n,), 0 to 1: see ``presence``.
        ramp: shape (n,), 0 to 1; None = fully trained throughout.

    Raises:
        RuleError: lengths differ, a share is not 0–1, a weight is negative, all are zero.

    Source: R030, R033; golden case G44.

    >>> prorate(6_000_000_00, [18, 24, 23, 35], [Fraction(at > 0) for at in range(4)]).total
    492000000
    """
    trained = tuple(ramp) if ramp is not None else (Fraction(1),) * len(present)
    _check_shares(Text("在岗比例", "share present"), present, len(weights))
    _check_shares(Text("爬坡比例", "ramp"), trained, len(weights))
    full = split(target, weights)
    exact = [Fraction(int(one)) for one in whole_weights(weights)]
    carried = [weight * here * able for weight, here, able in zip(exact, present, trained, strict=True)]
    share = sum(carried, Fraction()) / sum(exact)
    total = round_half_away(target * share.numerator, share.denominator)
    amounts = split(total, carried) if share else np.zeros_like(full)
    return Prorated(full, amounts, tuple(present), trained, share)


def _check_shares(name: Text, shares: Sequence[Fraction], periods: int) -> None:
    if len(shares) != periods:
        raise RuleError(
            Text(
                f"有 {periods} 个期间，{name.zh}却有 {len(shares)} 个。",
                f"There are {periods} periods but {len(shares)} values of {name.en}.",
            ),
            Text("请给每个期间一个比例。", "Give each period one value."),
        )
    for at, share in enumerate(shares, start=1):
        if not 0 <= share <= 1:
            raise RuleError(
                Text(
                    f"第 {at} 个期间的{name.zh}是 {float(share):.2%}。",
                    f"The {name.en} of period {at} is {float(share):.2%}.",
                ),
                Text("请填 0 到 100% 之间的比例。", "Enter a share from 0 to 100%."),
            )


@dataclass(frozen=True, slots=True, eq=False)
class Retargeted:
    """A year's target before and after a change.

    Args:
        before, after: shape (n,), minor units of each period; equal in the first ``frozen`` ones.
        by_change: shape (n,), the delta-only view: only the change of the total, spread by the weights.
        frozen: how many periods stand.
    """

    before: IntArray
    after: IntArray
    by_change: IntArray
    frozen: int

    @property
    def change(self) -> IntArray:
        """Return after − before of each period, shape (n,)."""
        return self.after - self.before

    @property
    def frozen_amount(self) -> int:
        """Return the target of the periods that stand, minor units."""
        return int(self.before[: self.frozen].sum())


def retarget(before: IntArray, total: int, weights: Weights, *, effective: int, closed: int) -> Retargeted:
    """Change a year's target from a period on: earlier periods stand, the rest is spread by the weights of its own.

    The delta-only view keeps what there was and spreads only the change; the two differ where the remaining periods
    had not followed the weights.

    Args:
        before: shape (n,), minor units. total: the new year's target, minor units.
        weights: shape (n,), >= 0, not all zero from ``effective`` on; those before do not count.
        effective: position of the first period that changes, 0 to n - 1. closed: how many periods are closed.

    Returns:
        ``after`` and ``before + by_change`` both sum to ``total``.

    Raises:
        RuleError: it reaches into a closed period, no period is left, the periods that stand leave a remainder of
            the other sign, or a weight is missing, negative or all are zero.

    Source: R033, section 6 "retroactive"; golden case G45.

    >>> found = retarget(np.array([18, 24, 23, 35]), 110, [18, 24, 23, 35], effective=2, closed=2)
    >>> found.after.tolist(), found.by_change.tolist()
    ([18, 24, 27, 41], [0, 0, 4, 6])
    """
    _check_effective(effective, closed, len(before))
    _check_length(weights, len(before))
    rest = weights[effective:]
    remaining = total - int(before[:effective].sum())
    if remaining * total < 0 or (remaining and not total):
        _refuse_remainder(total, remaining)
    after, by_change = before.copy(), np.zeros_like(before)
    after[effective:] = split(remaining, rest)
    by_change[effective:] = split(total - int(before.sum()), rest)
    return Retargeted(before, after, by_change, effective)


def _check_length(weights: Weights, periods: int) -> None:
    if len(weights) != periods:
        raise RuleError(
            Text(
                f"有 {periods} 个期间，权重却有 {len(weights)} 个。", f"{periods} periods but {len(weights)} weights."
            ),
            Text("请给每个期间一个权重。", "Give each period one weight."),
        )


def _check_effective(effective: int, closed: int, periods: int) -> None:
    if effective < closed:
        raise RuleError(
            Text(
                f"变更从第 {effective + 1} 期起，而前 {closed} 期已关账。",
                f"The change begins in period {effective + 1}, but {closed} period(s) are closed.",
            ),
            _way_out(closed, periods),
        )
    if not effective < periods:
        raise RuleError(
            Text(f"本年 {periods} 期之后没有可变更的期间。", f"No period is left after the {periods} of the year."),
            Text("请改下一年的目标。", "Change next year's target instead."),
        )


def _way_out(closed: int, periods: int) -> Text:
    if closed >= periods:
        return Text("全年已关账，请改下一年的目标。", "The year is closed: change next year's target.")
    return Text(f"请从第 {closed + 1} 期起生效。", f"Let it take effect from period {closed + 1} on.")


def _refuse_remainder(total: int, remaining: int) -> None:
    whole, stands, rest = (in_yuan(one) for one in (total, total - remaining, remaining))
    raise RuleError(
        Text(
            f"新的全年目标是 {whole} 元，已定的期间已有 {stands} 元，其余期间要承担 {rest} 元，符号相反。",
            f"The new total is {whole} and the periods that stand have {stands}: {rest} would be left for the others.",
        ),
        Text(f"全年目标请定为 {stands} 元，或离 0 更远。", f"Set the total to {stands}, or further from zero."),
    )
