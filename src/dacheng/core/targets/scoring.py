"""Weighted scores of scorecards (BSC、部门 PBC): weights sum to 100 %, each metric has a source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import Finding, RuleError, Text

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Metric:
    """One line of a scorecard: a perspective (财务, 客户, …), a commitment (结果, 执行, 团队) or a metric.

    Args:
        weight: percent, >= 0, exact. score: points, exact; None where it has not been or cannot be scored.
        source: where the score comes from (a report, a person who assesses); empty = nowhere.
    """

    name: Text
    weight: Fraction
    score: Fraction | None
    source: str


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """What one metric brings.

    Args:
        weight: percent as it counted, after renormalising; None where it was left out.
        points: weight × score ÷ 100, exact; None where it was left out.
    """

    metric: Metric
    weight: Fraction | None
    points: Fraction | None


@dataclass(frozen=True, slots=True)
class Score:
    """A scorecard's score.

    Args:
        points: sum of the lines, exact; None where ``off`` says why.
        renormalised: the weights of metrics without a score were given to the others.
    """

    points: Fraction | None
    lines: tuple[ScoreLine, ...]
    renormalised: bool
    off: Text | None


def check_scorecard(card: Text, metrics: Sequence[Metric]) -> list[Finding]:
    """Return everything that is wrong with a scorecard; empty when it may be used.

    Weights sum to 100 %, none is negative, and every metric has a source.

    Source: R164; invariant I3.
    """
    found = [_negative(card, one) for one in metrics if one.weight < 0]
    found += [_without_source(card, one) for one in metrics if not one.source.strip()]
    whole = sum((one.weight for one in metrics), Fraction())
    return found if whole == WHOLE else [*found, _not_whole(card, whole)]


def weighted_score(card: Text, metrics: Sequence[Metric], *, renormalise: bool = False) -> Score:
    """Return the weighted score of a card; cards nest: a card's score is a metric of the one above.

    Defined as::  Σ weight × score ÷ 100

    Args:
        renormalise: whether the scheme gives the weight of metrics without a score to the others; else a card with
            such a metric has no score yet. A missing score is never zero.

    Raises:
        RuleError: the first thing that ``check_scorecard`` finds.

    Source: R164; golden case G54; section 6 "target 0".

    >>> parts = [(70, 95), (20, 90), (10, 85)]
    >>> card = [Metric(Text("", ""), Fraction(weight), Fraction(score), "PBC") for weight, score in parts]
    >>> str(weighted_score(Text("PBC", "PBC"), card).points)
    '93'
    """
    for finding in check_scorecard(card, metrics):
        raise RuleError(finding.message, finding.remedy)
    scored = sum((one.weight for one in metrics if one.score is not None), Fraction())
    missing = any(one.score is None and one.weight for one in metrics)
    off = _why_off(metrics) if missing and (not renormalise or not scored) else None
    lines = tuple(_line(one, scored if renormalise else Fraction(WHOLE)) for one in metrics)
    points = None if off else sum((line.points or Fraction() for line in lines), Fraction())
    return Score(points, lines, missing and off is None, off)


def _line(metric: Metric, whole: Fraction) -> ScoreLine:
    if metric.score is None or not whole:
        return ScoreLine(metric, None, None)
    weight = metric.weight * WHOLE / whole
    return ScoreLine(metric, weight, weight * metric.score / WHOLE)


def _why_off(metrics: Sequence[Metric]) -> Text:
    names = [one.name for one in metrics if one.score is None and one.weight]
    return Text(
        f"还没有得分：{'、'.join(one.zh for one in names)}。", f"Not scored yet: {', '.join(one.en for one in names)}."
    )


def _negative(card: Text, metric: Metric) -> Finding:
    seen = f"{float(metric.weight):g}%"
    return Finding(
        "scorecard/negative-weight",
        Text(
            f"「{card.zh}」中「{metric.name.zh}」的权重是 {seen}。",
            f"“{metric.name.en}” of “{card.en}” has a weight of {seen}.",
        ),
        Text("权重不能为负。", "A weight cannot be negative."),
        value=seen,
    )


def _without_source(card: Text, metric: Metric) -> Finding:
    return Finding(
        "scorecard/without-source",
        Text(
            f"「{card.zh}」中「{metric.name.zh}」没有数据来源。",
            f"“{metric.name.en}” of “{card.en}” has no source.",
        ),
        Text("请写明取自哪张报表，或由谁评定。", "Say from which report it comes, or who assesses it."),
    )


def _not_whole(card: Text, whole: Fraction) -> Finding:
    seen = f"{float(whole):g}%"
    return Finding(
        "scorecard/weights-not-100",
        Text(f"「{card.zh}」的权重合计 {seen}，不是 100%。", f"The weights of “{card.en}” sum to {seen}, not 100%."),
        Text("请改成合计 100%。", "Change them to sum to 100%."),
        value=seen,
    )
