"""综合得分 (composite score): attainment of several measures by their weights, with floor and cap (R018)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import RuleError, Text
from dacheng.core.targets.setting.sharing import shares_of
from dacheng.core.targets.setting.wording import in_percent

MEASURES = Text("考核指标", "the measures")
FULL_SCORE = 100


@dataclass(frozen=True, slots=True)
class Part:
    """One measure of a score.

    Args:
        weight: 0–1. attainment: actual ÷ target, as it is; None = n/a, such as a target of zero.
    """

    measure: str
    weight: Fraction
    attainment: Fraction | None


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """One measure of a score as it counted.

    Args:
        weight: the weight used. counted: attainment after floor and cap; None = n/a.
        points: weight × counted × 100.
    """

    part: Part
    weight: Fraction
    counted: Fraction | None
    points: Fraction | None


@dataclass(frozen=True, slots=True)
class Score:
    """Points, 100 = every measure exactly reached; None where one is n/a, and then ``why``."""

    points: Fraction | None
    parts: tuple[ScoredPart, ...]
    why: Text | None = None


def check_weights(weights: Sequence[Fraction], measures: Sequence[str]) -> None:
    """Refuse weights of measures that do not sum to exactly 100 %.

    Raises:
        RuleError: a negative weight, none at all, or another sum, which is shown.

    Source: R018.
    """
    shares_of(weights, measures, MEASURES)


def score_of(parts: Sequence[Part], floor: Fraction, cap: Fraction, *, renormalise: bool) -> Score:
    """Return the composite score of measures (综合得分).

    Defined as::  Σ weight × clip(attainment) × 100;  below the floor → 0, above the cap → the cap
    Exactly at the floor counts. A negative attainment scores 0 and is shown as it is.

    Args:
        floor, cap: 0.6 = 60 %; 0 <= floor <= cap.
        renormalise: the scheme says that a measure that is n/a is left out and the others share its weight;
            else the score is n/a too.

    Raises:
        RuleError: the weights do not sum to 100 %, or the floor is negative or above the cap.

    Source: R018; golden case G07.
    """
    check_weights([one.weight for one in parts], [one.measure for one in parts])
    _check_bounds(floor, cap)
    whole = sum((one.weight for one in parts if one.attainment is not None), Fraction())
    lacking = [one for one in parts if one.attainment is None and one.weight]
    if not whole or (lacking and not renormalise):
        return Score(None, tuple(_scored(one, one.weight, floor, cap) for one in parts), _not_told(lacking))
    shares = [one.weight / whole if one.attainment is not None else Fraction() for one in parts]
    scored = tuple(_scored(one, share, floor, cap) for one, share in zip(parts, shares, strict=True))
    return Score(sum((one.points for one in scored if one.points is not None), Fraction()), scored)


def counted(attainment: Fraction, floor: Fraction, cap: Fraction) -> Fraction:
    """Return an attainment as it counts: nothing below the floor, the cap at most.

    >>> [str(counted(Fraction(one, 100), Fraction(3, 5), Fraction(6, 5))) for one in (-20, 59, 60, 150)]
    ['0', '0', '3/5', '6/5']
    """
    return Fraction() if attainment < floor else min(attainment, cap)


def _scored(part: Part, weight: Fraction, floor: Fraction, cap: Fraction) -> ScoredPart:
    if part.attainment is None:
        return ScoredPart(part, weight, None, None)
    own = counted(part.attainment, floor, cap)
    return ScoredPart(part, weight, own, weight * own * FULL_SCORE)


def _check_bounds(floor: Fraction, cap: Fraction) -> None:
    if 0 <= floor <= cap:
        return
    low, high = in_percent(floor), in_percent(cap)
    raise RuleError(
        Text(
            f"得分的起算线是 {low}，封顶是 {high}：起算线应在 0 与封顶之间。",
            f"The floor of the score is {low}, its cap {high}: the floor lies between 0 and the cap.",
        ),
        Text("例如起算 60%，封顶 120%。", "For example a floor of 60% and a cap of 120%."),
    )


def _not_told(lacking: Sequence[Part]) -> Text:
    names = "、".join(one.measure for one in lacking)
    return Text(
        f"{names}的达成率不适用（没有目标），得分算不出。", f"The attainment of {names} is n/a, so there is no score."
    )
