"""What a method of setting a target returns: an amount, or why it is off, with what led to it (测算结果)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from dacheng.core.errors import Text
from dacheng.core.money import check_minor, round_half_away
from dacheng.core.table import Note

Figure: TypeAlias = int | Fraction
FigureKind = Literal["money", "ratio", "number", "count"]
"""As in a Table: ``money`` minor units · ``ratio`` 0–1 shown as % · ``number`` one with a fraction · ``count``."""

NOT_KNOWN = Text("不知道。", "Not known.")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One figure that leads to a result, exact until it is shown.

    Args:
        name: stable name of the figure, for example ``target.cagr``.
        value: None where it is not known.
        of: what it belongs to where there are several, as it was named: a year, a factor, a step.
        why: why it would not be known, where more can be said than that it is not; see ``reason``.
    """

    name: str
    label: Text
    value: Figure | None
    kind: FigureKind
    of: str = ""
    why: Text | None = None

    @property
    def reason(self) -> Text | None:
        """Return why there is no value; None where there is one."""
        return None if self.value is not None else self.why or NOT_KNOWN


@dataclass(frozen=True, slots=True)
class Confidence:
    """How complete what a method needs is (可信度).

    Args:
        known, asked: how many of the inputs are known, of how many that count.
        missing: what is not known.
        low: why it deserves little trust even where it is complete, such as rates of few deals.
    """

    known: int
    asked: int
    missing: tuple[Text, ...] = ()
    low: tuple[Text, ...] = ()

    @property
    def ratio(self) -> Fraction:
        """Return the part that is known, 0–1; 0 where nothing is asked."""
        return Fraction(self.known, self.asked) if self.asked else Fraction()

    @classmethod
    def of(cls, asked: Iterable[tuple[Text, bool]], low: Sequence[Text] = ()) -> Confidence:
        """Return the confidence in what was asked: (what it is, whether it is known)."""
        listed = list(asked)
        missing = tuple(label for label, known in listed if not known)
        return cls(len(listed) - len(missing), len(listed), missing, tuple(low))


NO_CONFIDENCE = Confidence(0, 0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method says, and what a screen needs to explain it.

    Args:
        amount: minor units; None exactly where the method is ``off``.
        off: why the method is switched off.
        asks: what a person must answer in writing before the amount may be approved.
    """

    amount: int | None
    off: Text | None
    evidence: tuple[Evidence, ...] = ()
    confidence: Confidence = NO_CONFIDENCE
    notes: tuple[Note, ...] = ()
    asks: tuple[Note, ...] = ()

    def figure(self, name: str, of: str = "") -> Figure | None:
        """Return the value of a figure of the evidence.

        Raises:
            KeyError: there is no such figure.
        """
        return figure_of(self.evidence, name, of)


def figure_of(evidence: Iterable[Evidence], name: str, of: str = "") -> Figure | None:
    """Return the value of a figure; KeyError where there is none of that name."""
    for one in evidence:
        if (one.name, one.of) == (name, of):
            return one.value
    raise KeyError((name, of))


def rounded(value: Fraction) -> int:
    """Return an exact amount in minor units, halves away from zero.

    Raises:
        RuleError: beyond ±10^14 分.

    >>> rounded(Fraction(5, 2)), rounded(Fraction(-5, 2))
    (3, -3)
    """
    amount = round_half_away(value.numerator, value.denominator)
    check_minor(amount)
    return amount
