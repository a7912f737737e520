"""差异归因 (attribution): which part of a difference between two products each factor made (R022).

    chain((100, 50_000, 1.2), (120, 55_000, 1.1))      # 1,200,000 + 720,000 − 660,000
    shapley((100, 50_000, 1.2), (120, 55_000, 1.1))    # the mean over every order

Both add up to the difference exactly; only the chain depends on the order of its steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations
from math import floor, prod

Factors = Sequence[Fraction]


def chain(before: Factors, after: Factors, order: Sequence[int] | None = None) -> tuple[Fraction, ...]:
    """Return what each factor changes when one after the other moves to its later value (连环替代法).

    Args:
        before, after: shape (n,), the factors of the two products.
        order: positions in the order of the steps; None = as they stand.

    Returns:
        Shape (n,), as the factors stand whatever the order; they sum to the difference of the products.

    Source: R022; golden case G20c.
    """
    standing, parts = list(before), [Fraction()] * len(before)
    for at in range(len(before)) if order is None else order:
        whole = prod(standing, start=Fraction(1))
        standing[at] = Fraction(after[at])
        parts[at] = prod(standing, start=Fraction(1)) - whole
    return tuple(parts)


def shapley(before: Factors, after: Factors) -> tuple[Fraction, ...]:
    """Return the mean of what each factor changes over every order of the steps (Shapley 值).

    No order is preferred: factors that change alike get alike, and one that does not change gets nothing.

    Returns:
        Shape (n,), summing to the difference of the products; n is small, as n! orders are walked.

    Source: R022; golden case G20c; L. S. Shapley 1953.
    """
    orders = list(permutations(range(len(before))))
    walked = [chain(before, after, order) for order in orders]
    return tuple(sum(column, Fraction()) / len(orders) for column in zip(*walked, strict=True))


def to_whole(parts: Sequence[Fraction], whole: int) -> tuple[int, ...]:
    """Round parts of any sign so that they add up to a whole exactly (最大余额法).

    Each part is rounded down; the units left over go to the largest remainders, ties to the earlier part.

    Args:
        whole: minor units, less than one unit from the sum of the parts.

    >>> to_whole([Fraction(2, 3), Fraction(2, 3), Fraction(-1, 3)], 1)
    (1, 1, -1)
    """
    floors = [floor(one) for one in parts]
    left = whole - sum(floors)
    assert 0 <= left <= len(parts), (parts, whole)
    falling = sorted(range(len(parts)), key=lambda at: (floors[at] - parts[at], at))
    for at in falling[:left]:
        floors[at] += 1
    return tuple(floors)
