"""Money (金额) is a whole number of minor units (分): rounding, shares and exact splits.

One 元 is 100 分; every currency is kept in hundredths of its unit. Rounding is half
away from zero, once, where an amount is stored or stands as a row. Nothing here rests on
floating point: with floats the odd 分 goes to the wrong person in about 2 % of splits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from dacheng.core.arrays import BoolArray, IntArray, WholeArray
from dacheng.core.errors import RuleError, Text

MINOR_DIGITS = 2
MINOR_PER_UNIT = 100
MAX_MINOR = 10**14
"""No amount is larger than 10^14 分 (a trillion 元), so that sums of rows fit int64."""

BP_PER_WHOLE = 10_000
Weight: TypeAlias = int | Decimal | Fraction
Weights: TypeAlias = WholeArray | Sequence[int] | Sequence[Weight]

_PRODUCT_BITS = 62
_FLOAT_BITS = 50
"""A float carries this many bits of a quotient through the roundings of one product and one division."""
_MEMBERS_OF_BUCKET = 4
_MANY, _NEAR = 32_768, 8_192
"""Of so many numbers, so many are worked on at once: what comes and goes meanwhile stays in a core's cache and is not
asked from the system anew each time, which takes longer than the work."""


def percent(share_bp: int) -> str:
    """Return a share in basis points as it is written.

    >>> percent(5_000), percent(3_333)
    ('50%', '33.33%')
    """
    return f"{share_bp / 100:g}%"


@overload
def round_half_away(numerator: int, denominator: int) -> int: ...
@overload
def round_half_away(numerator: IntArray, denominator: IntArray | int) -> IntArray: ...
@overload
def round_half_away(numerator: int, denominator: IntArray) -> IntArray: ...
def round_half_away(numerator: Any, denominator: Any) -> Any:
    """Return numerator / denominator as a whole number, halves away from zero.

    Exact for Python integers of any size and for every int64 but -2^63.

    Args:
        numerator: a whole number, or int64 of any shape.
        denominator: not zero; broadcast against the numerator.

    Raises:
        ZeroDivisionError: a denominator is zero; mark such rows as unknown before.

    >>> round_half_away(5, 2), round_half_away(-5, 2), round_half_away(7, -3)
    (3, -3, -2)
    >>> round_half_away(np.array([149, 150, -150]), 100).tolist()
    [1, 2, -2]
    """
    if not np.all(denominator):
        raise ZeroDivisionError("round_half_away: a denominator is zero")
    size, base = abs(numerator), abs(denominator)
    # "rest >= base - rest" is "2 * rest >= base" without its overflow.
    rounded = size // base + (size % base >= base - size % base)
    same_sign = (numerator < 0) == (denominator < 0)
    return rounded * (2 * same_sign - 1)


@dataclass(frozen=True, slots=True)
class Scale:
    """A change of amounts in proportion, such as +5 %.

    Args:
        bp: basis points that are added to each amount; -10,000 would leave nothing.
    """

    bp: int

    def of(self, amount: int) -> int:
        """Return an amount changed in proportion, to the minor unit, halves away from zero.

        >>> Scale(500).of(12_345), Scale(-1_000).of(-5), Scale(333).of(100)
        (12962, -5, 103)
        """
        return round_half_away(amount * (BP_PER_WHOLE + self.bp), BP_PER_WHOLE)


def share_of(amounts: IntArray, bp: IntArray | int) -> IntArray:
    """Return ``amounts * bp / 10,000``, each rounded half away from zero, exactly.

    Args:
        amounts: minor units, within ±10^14.
        bp: basis points of any sign, up to ±10^8, broadcast against the amounts.

    >>> share_of(np.array([10_001, -10_001]), 5_000).tolist()
    [5001, -5001]
    """
    # Whole ten-thousands are multiplied alone: amount * bp need not fit int64.
    tens, rest = divmod(np.abs(amounts), BP_PER_WHOLE)
    size = tens * np.abs(bp) + round_half_away(rest * np.abs(bp), BP_PER_WHOLE)
    return size * np.sign(amounts) * np.sign(bp)


def to_minor(amount: Decimal) -> int:
    """Return 元 as 分, rounded half away from zero.

    Raises:
        RuleError: not a finite number, or beyond ±10^14 分.

    >>> to_minor(Decimal("1.005")), to_minor(Decimal("-1.005"))
    (101, -101)
    """
    if not amount.is_finite():
        raise RuleError(
            Text(f"金额 {amount} 不是有限的数。", f"The amount {amount} is not a finite number."),
            Text("请填写一个数，例如 1200000.00。", "Enter a number, for example 1200000.00."),
        )
    # The size is looked at before the exact fraction is made: 1e999999999 would fill the memory.
    if not amount or amount.adjusted() < -MINOR_DIGITS - 1:
        return 0
    if amount.adjusted() > len(str(MAX_MINOR)):
        _refuse_size(f"{amount}")
    numerator, denominator = amount.as_integer_ratio()
    minor = round_half_away(numerator * MINOR_PER_UNIT, denominator)
    check_minor(minor)
    return minor


def to_decimal(amount: int) -> Decimal:
    """Return 分 as 元 with two decimals, exactly.

    >>> to_decimal(-5)
    Decimal('-0.05')
    """
    return Decimal(int(amount)).scaleb(-MINOR_DIGITS)


def in_yuan(amount: int) -> str:
    """Return 分 as 元 inside a sentence, exactly, with two decimals.

    >>> in_yuan(-123_456_789)
    '-1,234,567.89'
    """
    return f"{to_decimal(amount):,.2f}"


def check_minor(amounts: IntArray | int) -> None:
    """Refuse amounts beyond ±10^14 分.

    Raises:
        RuleError: names the first such amount in 元.
    """
    beyond = np.flatnonzero(np.abs(np.atleast_1d(amounts)) > MAX_MINOR)
    if beyond.size:
        _refuse_size(f"{to_decimal(np.atleast_1d(amounts)[beyond[0]]):,}")


def _refuse_size(amount: str) -> NoReturn:
    limit = f"{to_decimal(MAX_MINOR):,.0f}"
    raise RuleError(
        Text(f"金额 {amount} 元超出可记录的范围（±{limit} 元）。", f"The amount {amount} is beyond ±{limit}."),
        Text("请核对单位：是否把元当成了万元？", "Check the unit: was 元 read as 万元?"),
    )


def split(total: int, weights: Weights) -> IntArray:
    """Split a total by weights so that the parts add up to it exactly (最大余额法).

    Each part of ``|total|`` is rounded down; the units left over go to the largest
    remainders, ties to the earlier part (Hamilton's method); then the sign is put back.

    Args:
        total: minor units, any sign, within int64.
        weights: shape (n,), >= 0, not all zero; integers, Decimal or Fraction.

    Returns:
        Shape (n,), minor units, summing to ``total``; a zero weight gets 0.

    Raises:
        RuleError: a weight is negative, or all are zero.

    Source: glossary 最大余额法; golden case G10.

    >>> split(-100, np.array([1, 1, 1])).tolist()
    [-34, -33, -33]
    >>> split(100, [Decimal("33.3"), Decimal("66.7")]).tolist()
    [33, 67]
    """
    whole = whole_weights(weights)
    return split_many(np.array([total], dtype=np.int64), whole, np.zeros(len(whole), dtype=np.int64))


def split_many(totals: IntArray, weights: WholeArray, group: IntArray) -> IntArray:
    """Split many totals at once, each among the parts of its own group.

    The same rule as ``split``; a tie goes to the part that stands earlier.

    Args:
        totals: shape (m,), minor units, any sign.
        weights: shape (n,), whole numbers >= 0, not all zero within a group.
        group: shape (n,), for each part the position of its total, 0 to m - 1.

    Returns:
        Shape (n,), minor units; the parts of group g sum to ``totals[g]``.

    Raises:
        RuleError: a weight is negative, or all weights of a group are zero.

    >>> split_many(np.array([100, -5]), np.array([1, 1, 1, 1]), np.array([0, 1, 0, 1])).tolist()
    [50, -3, 50, -2]
    """
    wholes = group_sums(weights, group, len(totals))
    _check_weights(weights, wholes)
    sizes = np.abs(totals)
    quotient, remainder = floor_shares(of_group(sizes, group), weights, of_group(wholes, group))
    left_over = sizes - group_sums(quotient, group, len(totals))
    extra = largest_remainders(remainder, wholes, group, left_over)
    return np.sign(totals)[group] * (quotient + extra)


def whole_weights(weights: Weights) -> WholeArray:
    """Scale weights to whole numbers in the same proportion, once and exactly.

    Args:
        weights: shape (n,), integers, Decimal or Fraction; floats are refused
            because 0.1 is not a tenth.

    Returns:
        Shape (n,), int64, or Python integers where a scaled weight needs more bits.

    >>> whole_weights([Decimal("0.25"), Decimal("0.5"), Fraction(1, 4)]).tolist()
    [1, 2, 1]
    """
    if isinstance(weights, np.ndarray) and np.issubdtype(weights.dtype, np.integer):
        return weights.astype(np.int64)
    exact = [_fraction(weight) for weight in weights]
    scale = math.lcm(*(weight.denominator for weight in exact))
    whole = [int(weight * scale) for weight in exact]
    shared = math.gcd(*whole) or 1
    fits = max(map(abs, whole), default=0) // shared < 2**63
    return np.array([weight // shared for weight in whole], dtype=np.int64 if fits else object)


def _fraction(weight: Weight) -> Fraction:
    if isinstance(weight, float | np.floating):
        raise TypeError(f"weight {weight} is a float; use int, Decimal or Fraction")
    if isinstance(weight, Decimal) and not weight.is_finite():
        raise RuleError(
            Text(f"权重 {weight} 不是有限的数。", f"The weight {weight} is not a finite number."),
            Text("请填写 0 或正数。", "Enter zero or a positive number."),
        )
    return Fraction(weight)


def _check_weights(weights: WholeArray, wholes: WholeArray) -> None:
    negative = np.flatnonzero(weights < 0)
    if negative.size:
        at = int(negative[0])
        raise RuleError(
            Text(f"第 {at + 1} 份的权重是 {weights[at]}，不能为负。", f"The weight of part {at + 1} is {weights[at]}."),
            Text("请设下限为 0，或不让它参与分解。", "Weights are 0 or more: set a floor, or leave the part out."),
        )
    if not np.all(wholes):
        raise RuleError(
            Text("权重全部为 0，无法分解。", "All weights are zero, so nothing can be split."),
            Text("至少给一份大于 0 的权重，或改为平均分。", "Give one part a weight above 0, or split equally."),
        )


def group_sums(values: WholeArray, group: IntArray, groups: int, size: IntArray | None = None) -> WholeArray:
    """Return the sum of each group, shape (groups,), exactly: Python integers where int64 might not hold it.

    Args:
        values: shape (n,), whole numbers of any sign. group: shape (n,), 0 to groups - 1.
        size: as in ``of_group``.

    >>> group_sums(np.array([2**62, 2**62]), np.array([0, 0]), 1).tolist()
    [9223372036854775808]
    """
    largest = max(int(np.max(values, initial=0)), -int(np.min(values, initial=0)))
    safe = largest * len(values) < 2**_PRODUCT_BITS
    adding = values if safe else values.astype(object)
    sums = np.zeros(groups, dtype=adding.dtype)
    if groups == 1:
        sums[0] = adding.sum()
    elif size is None:
        np.add.at(sums, group, adding)
    else:
        some = np.flatnonzero(size)
        sums[some] = np.add.reduceat(adding, (np.cumsum(size) - size)[some]) if some.size else 0
    return sums


def of_group(values: NDArray[Any], group: IntArray, size: IntArray | None = None) -> NDArray[Any]:
    """Return the value of each one's group, to be read only: where there is one group nothing is copied.

    Args:
        values: shape (m,). group: shape (n,), 0 to m - 1.
        size: shape (m,), the members of each group, where those of a group stand together in order.
    """
    if len(values) == 1:
        return np.broadcast_to(values, group.shape)
    return values[group] if size is None else np.repeat(values, size)


def sizes_in_order(group: IntArray, groups: int) -> IntArray | None:
    """Return the members of each group, where those of a group stand together in order; else None."""
    if np.any(group[1:] < group[:-1]):
        return None
    return np.diff(np.searchsorted(group, np.arange(groups + 1)))


def floor_shares(sizes: IntArray, weights: WholeArray, wholes: WholeArray) -> tuple[IntArray, WholeArray]:
    """Return floor(sizes * weights / wholes) and the remainders, exactly and without overflow.

    The quotient is guessed in floats. What it leaves is told modulo 2^64, and as the guess is near, that
    is the truth: whole numbers put the guess right. Where the numbers leave no room for that, Python
    integers do the work.

    Args:
        sizes, weights, wholes: shape (n,), >= 0; 0 <= weight <= whole, whole > 0.
    """
    off = 1 << max(int(np.max(sizes, initial=0)).bit_length() - _FLOAT_BITS, 0)  # at most so much, the guess
    if (off + 1) * int(np.max(wholes, initial=1)) >= 1 << _PRODUCT_BITS:
        product = sizes.astype(object) * weights
        return (product // wholes).astype(np.int64), product % wholes
    weights, wholes = weights.astype(np.int64, copy=False), wholes.astype(np.int64, copy=False)
    if len(sizes) <= _MANY:
        return _near_shares(sizes, weights, wholes, off > 1)
    quotient, remainder = np.empty((2, len(sizes)), dtype=np.int64)
    for start in range(0, len(sizes), _NEAR):
        rows = slice(start, start + _NEAR)
        quotient[rows], remainder[rows] = _near_shares(sizes[rows], weights[rows], wholes[rows], off > 1)
    return quotient, remainder


def _near_shares(sizes: IntArray, weights: IntArray, wholes: IntArray, far: bool) -> tuple[IntArray, IntArray]:
    """Return what ``floor_shares`` does; ``far``: the guess may be off by more than one."""
    guess = sizes.astype(np.float64)
    guess *= weights
    guess /= wholes
    quotient = guess.astype(np.int64)
    remainder = sizes * weights
    remainder -= quotient * wholes
    step = remainder // wholes if far else (remainder >= wholes).astype(np.int64) - (remainder < 0)
    if np.any(step):
        quotient += step
        remainder -= step * wholes
    return quotient, remainder


def largest_remainders(remainder: WholeArray, wholes: WholeArray, group: IntArray, units: WholeArray) -> BoolArray:
    """Tell who has one of the largest remainders of its group, ties to the earlier.

    Remainders are dropped into buckets by size; only the one bucket of a group in which its
    units run out is sorted.

    Args:
        remainder: shape (n,), 0 <= remainder < whole of its group. wholes: shape (m,), of the groups.
        group: shape (n,), 0 to m - 1. units: shape (m,), how many of each group, 0 to its members.

    Returns:
        Shape (n,), true for ``units[g]`` members of group g.
    """
    groups, buckets = len(wholes), len(group) // (_MEMBERS_OF_BUCKET * max(len(wholes), 1)) + 1
    # Division and rounding keep the order within a group, and that is all that is asked of the float.
    size = remainder / of_group(np.asarray(wholes), group)
    size *= buckets
    bucket = np.minimum(size.astype(np.int64), buckets - 1)
    np.subtract(buckets - 1, bucket, out=bucket)
    if groups > 1:
        bucket += group * buckets
    count = np.bincount(bucket, minlength=groups * buckets).reshape(groups, buckets)
    served = np.cumsum(count, axis=1)
    left = units.astype(np.int64)[:, np.newaxis] - (served - count)
    all_get, some_get = left >= count, (left > 0) & (left < count)
    reached = (2 * all_get + some_get).astype(np.int8).ravel()[bucket]
    gets: BoolArray = reached == 2
    rows = np.flatnonzero(reached == 1)
    rank = _rank(remainder[rows], group[rows], groups)
    gets[rows] = rank < left.ravel()[bucket[rows]]
    return gets


def _rank(remainder: WholeArray, group: IntArray, groups: int) -> IntArray:
    """Return the rank of each remainder in its group: 0 is the largest, ties to the earlier."""
    order = _falling(remainder, group, groups)
    counts = np.bincount(group, minlength=groups)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - first
    return rank


def _falling(remainder: WholeArray, group: IntArray, groups: int) -> IntArray:
    """Return the order by group, then the largest remainder first, then the earlier.

    Group, remainder and place are packed into one number where it holds them: sorting that is twice as fast.
    """
    rows, most = len(group), int(np.max(remainder, initial=0)) + 1
    if groups * most * max(rows, 1) >= 1 << _PRODUCT_BITS:
        return np.lexsort((-remainder, group))
    packed = group * most + (most - 1)
    packed -= remainder.astype(np.int64, copy=False)
    packed *= rows
    packed += np.arange(rows)
    packed.sort()
    return packed % rows
