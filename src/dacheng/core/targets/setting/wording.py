"""Shares and amounts inside sentences."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from dacheng.core.errors import Text


def in_percent(value: Fraction, places: int = 8) -> str:
    """Return a ratio as percent, with up to so many decimals and no zeros behind.

    >>> in_percent(Fraction(198, 1000)), in_percent(Fraction(9999, 10_000)), in_percent(Fraction(60))
    ('19.8%', '99.99%', '6000%')
    """
    scaled = round(value * 100 * 10**places)
    whole, rest = divmod(abs(scaled), 10**places)
    return f"{'-' if scaled < 0 else ''}{whole}.{rest:0{places}d}".rstrip("0").rstrip(".") + "%"


def in_number(value: Fraction) -> str:
    """Return a plain number as somebody would type it.

    >>> in_number(Fraction(60)), in_number(Fraction(-1, 4))
    ('60', '-0.25')
    """
    return f"{float(value):.10g}"


def listed(names: Sequence[str]) -> Text:
    """Return names one after the other.

    >>> listed(["A", "B"]).zh, listed(["A", "B"]).en
    ('「A」、「B」', '“A”, “B”')
    """
    return Text("、".join(f"「{one}」" for one in names), ", ".join(f"“{one}”" for one in names))


def plain(name: str) -> str:
    """Return a name somebody typed so that it may stand in a pattern with ``{}`` for amounts.

    >>> plain("{A}").format()
    '{A}'
    """
    return name.replace("{", "{{").replace("}", "}}")
