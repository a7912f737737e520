"""80/20 decomposition (80/20 分解法): named targets for those who bring the most, one for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import split
from dacheng.core.table import Note


@dataclass(frozen=True, slots=True, eq=False)
class Pareto:
    """Members by what they bring, the largest first.

    Args:
        order: shape (k,), positions of the members with a positive amount; ties to the earlier.
        amounts, cumulated: shape (k,), in that order, minor units.
        top: how many reach the line together, those who tie with the last one included.
        head: how many the head share of the members is, rounded up.
        off: why it is not meaningful; None where it is. Order and sums are there all the same.
        notes: members left out because they bring nothing or less.
    """

    order: IntArray
    amounts: IntArray
    cumulated: IntArray
    top: int
    head: int
    off: Text | None
    notes: tuple[Note, ...]

    @property
    def total(self) -> int:
        """Return what all of them bring, minor units."""
        return int(self.amounts.sum())

    @property
    def top_share(self) -> Fraction | None:
        """Return which share of the total the top set brings, exact; None without members."""
        return self._share(self.top)

    @property
    def head_share(self) -> Fraction | None:
        """Return which share of the total the head (for example 20 % of the members) brings, exact."""
        return self._share(self.head)

    @property
    def member_share(self) -> Fraction | None:
        """Return which share of the members the top set is, exact."""
        return Fraction(self.top, len(self.order)) if len(self.order) else None

    def _share(self, members: int) -> Fraction | None:
        return Fraction(int(self.cumulated[members - 1]), self.total) if members else None


def pareto(amounts: IntArray, *, line: Fraction, head: Fraction, fewest: int) -> Pareto:
    """Rank customers, people or products by what they bring and find those who bring most of it together.

    Args:
        amounts: shape (n,), minor units; zero and less are left out and told.
        line: share of the total that the top set reaches, 0 < line <= 1, for example 4/5.
        head: share of the members whose part is told too, 0 < head <= 1, for example 1/5.
        fewest: with fewer members than this the result is not meaningful.

    Raises:
        RuleError: the line or the head is not within 0–100 %.

    Source: R046 (ties at the line are in, fewer than 5 are not meaningful); golden case G40.

    >>> found = pareto(np.array([4, 30, 20]), line=Fraction(4, 5), head=Fraction(1, 5), fewest=2)
    >>> found.order.tolist(), found.top, str(found.top_share)
    ([1, 2, 0], 2, '25/27')
    """
    for name, share in ((Text("80/20 线", "80/20 line"), line), (Text("头部比例", "head share"), head)):
        _check_share(name, share)
    positive = np.flatnonzero(amounts > 0)
    order = positive[np.argsort(-amounts[positive], kind="stable")]
    ranked = amounts[order]
    cumulated: IntArray = np.cumsum(ranked, dtype=np.int64)
    return Pareto(
        order=order,
        amounts=ranked,
        cumulated=cumulated,
        top=_top(ranked, cumulated, line),
        head=ceil(head * len(order)),
        off=None if len(order) >= fewest else _OFF.filled(count=len(order), fewest=fewest),
        notes=_left_out(amounts),
    )


_OFF = Text("只有 {count} 个，少于 {fewest} 个时没有意义。", "Only {count}: below {fewest} it is not meaningful.")
_OUT = Text("金额为零或负的不排名，合计 {}。", "Those with zero or less are not ranked; they come to {}.")


def _top(ranked: IntArray, cumulated: IntArray, line: Fraction) -> int:
    """Return how many reach the line, with those who tie with the last of them."""
    if not len(ranked):
        return 0
    needed = ceil(line * int(cumulated[-1]))
    last = ranked[np.searchsorted(cumulated, needed)]
    return int(np.count_nonzero(ranked >= last))


def _left_out(amounts: IntArray) -> tuple[Note, ...]:
    out = amounts[amounts <= 0]
    return (Note.of_amounts("targets/not-ranked", _OUT, [int(out.sum())], len(out)),) if len(out) else ()


def _check_share(name: Text, share: Fraction) -> None:
    if not 0 < share <= 1:
        raise RuleError(
            Text(f"「{name.zh}」是 {float(share):.2%}。", f"The {name.en} is {float(share):.2%}."),
            Text("请填大于 0、不超过 100% 的比例。", "Enter a share above 0 and up to 100%."),
        )


@dataclass(frozen=True, slots=True, eq=False)
class NamedTargets:
    """A target for each of the top set and one for all the rest.

    Args:
        members: shape (top,), positions. amounts: shape (top,), minor units. pooled: minor units of the tail.
    """

    members: IntArray
    amounts: IntArray
    pooled: int


def named_targets(target: int, ranking: Pareto) -> NamedTargets:
    """Split a target in proportion to what was brought: one for each of the top set, one pooled for the tail.

    Returns:
        ``amounts.sum() + pooled == target``.

    Raises:
        RuleError: nobody is ranked, so that there is nothing to go by.

    Source: R046.
    """
    top = ranking.top
    parts = split(target, np.append(ranking.amounts[:top], ranking.amounts[top:].sum()))
    return NamedTargets(ranking.order[:top], parts[:top], int(parts[top]))
