"""Growth a year that compounds (复合增长率): roots rounded exactly, by whole numbers."""

from __future__ import annotations

from fractions import Fraction

from dacheng.core.money import check_minor

_DIGITS = 12
"""A growth rate is a root and has no end of digits: it is told to so many decimals."""


def rounded_root(value: Fraction, degree: int) -> int:
    """Return the root of a value as a whole number, halves away from zero.

    Exact: ⌊x + ½⌋ is (⌊2x⌋ + 1) ÷ 2 rounded down, and ⌊2x⌋ is found among whole numbers.

    Args:
        value: >= 0. degree: >= 1.

    >>> rounded_root(Fraction(25, 4), 2), rounded_root(Fraction(624, 100), 2), rounded_root(Fraction(7), 1)
    (3, 2, 7)
    """
    doubled = value * 2**degree
    return (_floor_root(doubled.numerator // doubled.denominator, degree) + 1) // 2


def yearly_growth(first: int, last: int, years: int) -> Fraction:
    """Return the growth a year that leads from one amount to another, to twelve decimals.

    Defined as::  (last ÷ first)^(1 ÷ years) − 1

    Args:
        first, last: minor units, > 0. years: between them, >= 1.

    Source: glossary; golden case G01.

    >>> float(yearly_growth(80, 100, 2))
    0.11803398875
    """
    scale = 10**_DIGITS
    return Fraction(rounded_root(Fraction(last, first) * scale**years, years), scale) - 1


def projected(first: int, last: int, years: int, factor: Fraction = Fraction(1)) -> int:
    """Return last × (last ÷ first)^(1 ÷ years) × factor in minor units, rounded once.

    Args:
        first, last: minor units, > 0. years: between them, >= 1. factor: >= 0.

    Raises:
        RuleError: beyond 10^14 分.

    Source: R011; golden case G01.

    >>> projected(8_000_000_000, 10_000_000_000, 2)
    11180339887
    """
    amount = rounded_root(Fraction(last, first) * (last * factor) ** years, years)
    check_minor(amount)
    return amount


def _floor_root(value: int, degree: int) -> int:
    """Return the largest whole number whose power is at most the value, by Newton's steps from above."""
    if value < 2 or degree == 1:
        return value
    root = 1 << -(-value.bit_length() // degree)
    while True:
        closer = ((degree - 1) * root + value // root ** (degree - 1)) // degree
        if closer >= root:
            return root
        root = closer
