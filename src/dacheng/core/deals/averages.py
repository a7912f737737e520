"""What a win brings on average (单均金额): the mean, the median, and the mean without the extremes (R012).

Exact: amounts are whole numbers and averages fractions, so that the one rounding is the last step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.deals.velocity import wins_needed
from dacheng.core.errors import Text

MEAN, MEDIAN, TRIMMED = "mean", "median", "trimmed"
AVERAGES: tuple[tuple[str, Text], ...] = (
    (MEAN, Text("平均数", "Mean")),
    (MEDIAN, Text("中位数", "Median")),
    (TRIMMED, Text("截尾平均", "Trimmed mean")),
)
TRIMMED_PART = 10
"""A tenth of the wins is left out at each end."""

LEAST_TRIMMED = 5
"""From so many wins on one is left out at each end at least."""


def average_of(amounts: Sequence[int], kind: str = MEAN, parts: int = 0) -> Fraction | None:
    """Return the average of amounts, minor units; None when there is none.

    A part of somebody else's win is money, but no win: the mean divides it among the wins that count,
    and the other averages, which rank wins, leave it out.

    Args:
        amounts: of the wins that count. parts: what the parts of others came to together.
        kind: ``mean``; ``median``, of an even number the middle of the two; ``trimmed``, the mean without a
            tenth of them at each end, rounded down, from five wins on at least one.

    Source: R012.

    >>> wins = [100, 100, 100, 700, 1, 100]
    >>> [str(average_of(wins, kind)) for kind in ("mean", "median", "trimmed")]
    ['367/2', '100', '100']
    """
    if not amounts:
        return None
    ranked = sorted(amounts)
    if kind == MEDIAN:
        middle = len(ranked) // 2
        return Fraction(ranked[middle] + ranked[~middle], 2)
    if kind == TRIMMED and len(ranked) >= LEAST_TRIMMED:
        cut = max(1, len(ranked) // TRIMMED_PART)
        ranked = ranked[cut:-cut]
    return Fraction(sum(ranked) + (parts if kind == MEAN else 0), len(ranked))


@dataclass(frozen=True, slots=True)
class Segment:
    """Wins of one kind, such as those of a product.

    Args:
        key: id of what they have in common, 0 = nothing. amounts: what is known of those that count, minor units.
        won: how many count; one of which a view has only a part counts with its owner.
        parts: known amounts of wins of which the view has only a part.
    """

    key: int
    amounts: tuple[int, ...]
    won: int = 0
    parts: int = 0

    @property
    def amount(self) -> int:
        """Return what they brought together."""
        return sum(self.amounts) + self.parts

    def average(self, kind: str) -> Fraction | None:
        """Return what a win brought on average; None when none has a known amount."""
        return average_of(self.amounts, kind, self.parts)


def share_of(segment: Segment, segments: Sequence[Segment]) -> Fraction | None:
    """Return the part of a segment in what all brought, 0–1; None while all brought nothing."""
    whole = sum(one.amount for one in segments)
    return Fraction(segment.amount, whole) if whole > 0 else None


def wins_of_segment(gap: int, segment: Segment, segments: Sequence[Segment], kind: str) -> Fraction | None:
    """Return how many wins of its own average a segment needs for its part of a gap; None where it is not known.

    Defined as::  gap × share of the amount ÷ average of the segment

    >>> large, small = Segment(1, (700, 100, 100, 100)), Segment(2, (10, 30))
    >>> [str(wins_of_segment(1040, one, (large, small), "median")) for one in (large, small)]
    ['10', '2']
    """
    average, share = segment.average(kind), share_of(segment, segments)
    if segment.parts and not segment.won:
        return Fraction()  # its money is of wins that count elsewhere
    if not average or average < 0 or share is None:
        return None
    return wins_needed(gap, average) * share


def wins_by_segment(gap: int, segments: Mapping[int, Segment], kind: str) -> Fraction | None:
    """Return how many wins all segments need together for a gap; None where one is not known.

    With the mean this is the same as without segments; with the other averages a few large wins
    of one product no longer decide for all.
    """
    needed = [wins_of_segment(gap, one, list(segments.values()), kind) for one in segments.values()]
    known = [one for one in needed if one is not None]
    return sum(known, Fraction()) if known and len(known) == len(needed) else None
