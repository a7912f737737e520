"""What the six grips (六大抓手) are measured by (R157–R161, glossary §2, golden cases G22, G22b, G64).

Every ratio is exact and None where its denominator is zero or not known: a grip without data is told, not coloured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import RuleError, Text

HUNDRED = 100


def volume_adequacy(open_amount: int, target: int | None, won: int) -> Fraction | None:
    """Return open pipeline ÷ what is still to be won; None without a target or when it is reached.

    >>> round(float(volume_adequacy(34, 30, 12)), 4)
    1.8889
    """
    if target is None or target <= won:
        return None
    return Fraction(open_amount, target - won)


def amount_accuracy(pairs: Sequence[tuple[int, int]]) -> Fraction | None:
    """Return 1 − Σ|estimated − actual| ÷ Σ estimated of deals that were closed, at least 0; None of nothing.

    Args:
        pairs: (estimated, actual) amounts of one unit; a lost deal brought 0.

    >>> round(float(amount_accuracy([(100, 90), (50, 60), (30, 0)])), 4)
    0.7222
    """
    estimated = sum(one for one, _ in pairs)
    if estimated <= 0:
        return None
    return max(Fraction(0), 1 - Fraction(sum(abs(one - came) for one, came in pairs), estimated))


def part_of(count: int, whole: int) -> Fraction | None:
    """Return a count as part of a whole; None of nothing.

    >>> part_of(14, 20)
    Fraction(7, 10)
    """
    return Fraction(count, whole) if whole > 0 else None


@dataclass(frozen=True, slots=True)
class Score:
    """One part of an index.

    Args:
        value: 0 to 100, or above where it is not capped; None = not known. weight: >= 0.
    """

    value: Fraction | None
    weight: int


def index(scores: Sequence[Score]) -> Fraction | None:
    """Return the weighted mean of the scores that are known, over their weights; None when none is.

    Raises:
        RuleError: the weights do not come to 100.

    Source: golden cases G22b and G64.

    >>> index([Score(Fraction(80), 60), Score(None, 40)])
    Fraction(80, 1)
    """
    if sum(score.weight for score in scores) != HUNDRED:
        told = sum(score.weight for score in scores)
        raise RuleError(
            Text(f"权重合计 {told}，不是 100。", f"The weights come to {told}, not to 100."),
            Text("改规则里的权重。", "Change the weights in the rules."),
        )
    known = [(score.value, score.weight) for score in scores if score.value is not None]
    weight = sum(one for _, one in known)
    return sum((value * one for value, one in known), Fraction(0)) / weight if weight else None


def wallet_score(share: Fraction, target_share: Fraction) -> Fraction:
    """Return a wallet share as a score: 100 at its target, no more above it.

    >>> wallet_score(Fraction(45, 100), Fraction(60, 100))
    Fraction(75, 1)
    """
    return min(Fraction(HUNDRED), share / target_share * HUNDRED)


def capped(value: Fraction, standard: Fraction, cap: int) -> Fraction:
    """Return a value beside its standard as a score, at most the cap.

    >>> capped(Fraction(35), Fraction(30), 120)
    Fraction(350, 3)
    """
    return min(Fraction(cap), value / standard * HUNDRED)


def win_quality(
    margin: tuple[Fraction, Fraction],
    waiting: tuple[Fraction, Fraction],
    clarity: Fraction,
    weights: tuple[int, int, int] = (40, 40, 20),
    cap: int = 120,
) -> Fraction | None:
    """Return the quality of a win: margin, payment terms and scope beside their standards (R116, G64).

    Args:
        margin: of the contract and the standard, in percent.
        waiting: days until it is paid (WACD) and the standard; fewer are better.
        clarity: 0 to 100.
        weights: of the three, 100 in all. cap: of the first two.

    >>> quality = win_quality((Fraction(35), Fraction(30)), (Fraction(10825, 100), Fraction(90)), Fraction(100))
    >>> round(float(quality), 2)
    99.92
    """
    days, standard = waiting
    terms = capped(standard, days, cap) if days > 0 else Fraction(cap)
    values = (capped(margin[0], margin[1], cap), terms, clarity)
    return index([Score(value, weight) for value, weight in zip(values, weights, strict=True)])
