"""加权测算法 (weighted estimate): a base from the years before, times one plus the weighted growth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from dacheng.core.errors import RuleError, Text
from dacheng.core.table import Note
from dacheng.core.targets.setting.bounds import check_choice, check_growth
from dacheng.core.targets.setting.compounding import projected, yearly_growth
from dacheng.core.targets.setting.outcome import Confidence, Evidence, Outcome, rounded
from dacheng.core.targets.setting.sharing import Shares, shares_of
from dacheng.core.targets.setting.wording import listed

LAST_YEAR, HISTORY, CAGR = "last_year", "history", "cagr"
BASES: tuple[tuple[str, Text], ...] = (
    (LAST_YEAR, Text("上年实际", "Last year")),
    (HISTORY, Text("历年加权", "Weighted history")),
    (CAGR, Text("按复合增长率外推", "Projected by CAGR")),
)
YEARS, FACTORS = Text("历年", "the years"), Text("增长因素", "the growth factors")


@dataclass(frozen=True, slots=True)
class YearActual:
    """What was achieved in a year before the planned one.

    Args:
        amount: minor units; None = not known, which is not zero.
        weight: in the weighted history, 0–1.
        excluded: minor units of it that one-off mega deals brought and that are left out of every base.
    """

    year: int
    amount: int | None
    weight: Fraction
    excluded: int = 0

    @property
    def counted(self) -> int | None:
        """Return the amount without what is left out."""
        return None if self.amount is None else self.amount - self.excluded


@dataclass(frozen=True, slots=True)
class GrowthFactor:
    """One thing that is expected to make the business grow, such as the market or new capacity.

    Args:
        weight: 0–1. growth: expected growth, 0.12 = 12 %; None = not known.
        source: where the growth comes from; empty = not stated.
    """

    name: str
    weight: Fraction
    growth: Fraction | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class WeightedInputs:
    """What the weighted estimate rests on.

    Args:
        years: ascending, the last one is the year before the planned one.
        base: which base makes the amount, of ``BASES``; the evidence tells all three.
        normalise: somebody confirmed that weights which do not sum to 100 % are brought to it.
    """

    years: tuple[YearActual, ...]
    factors: tuple[GrowthFactor, ...]
    base: str
    normalise: bool = False


@dataclass(frozen=True, slots=True)
class Base:
    """A base and the target on it, minor units; or why it is off."""

    code: str
    amount: int | None
    target: int | None
    off: Text | None = None


def by_weights(inputs: WeightedInputs) -> Outcome:
    """Return the target by the weighted estimate (加权测算法).

    Defined as::  T = B × (1 + Σ wᵢ·gᵢ)
    B is the last year, Σ w_t × actual_t, or last year × (1 + CAGR) with the root unrounded in the next
    step. T is rounded once. Amounts left out (mega deals) are in no base; the evidence tells what they change.

    Returns:
        Off where the chosen base is off: a year that it needs is not known, a base is not above zero or grows
        beyond any amount, fewer than two years for CAGR, or the growth of a factor is not known.

    Raises:
        RuleError: years or factors are none, out of order or twice the same; weights are negative or do not sum
            to 100 % unconfirmed; a growth of −100 % or less; no such base.

    Source: R011, R020; golden case G01.
    """
    _check(inputs)
    of_years = shares_of([one.weight for one in inputs.years], _years(inputs), YEARS, normalise=inputs.normalise)
    names = [one.name for one in inputs.factors]
    of_factors = shares_of([one.weight for one in inputs.factors], names, FACTORS, normalise=inputs.normalise)
    index = growth_index(inputs.factors, of_factors)
    found = bases(inputs.years, of_years.used, index)
    chosen = next(one for one in found if one.code == inputs.base)
    off = chosen.off or (_unknown_growth(inputs.factors) if index is None else None)
    return Outcome(
        amount=None if off else chosen.target,
        off=off,
        evidence=(
            *_history_evidence(inputs.years, of_years),
            *_growth_evidence(inputs, of_factors, index),
            *_base_evidence(found, _unknown_growth(inputs.factors)),
            *_excluded_evidence(inputs, of_years, index, chosen),
        ),
        confidence=_confidence(inputs),
        notes=(*of_years.notes(YEARS), *of_factors.notes(FACTORS), *_notes(inputs, found)),
    )


def growth_index(factors: Sequence[GrowthFactor], shares: Shares) -> Fraction | None:
    """Return Σ wᵢ·gᵢ; None while the growth of a factor that weighs is not known."""
    index = Fraction()
    for factor, share in zip(factors, shares.used, strict=True):
        if factor.growth is None and share:
            return None
        index += share * (factor.growth or 0)
    return index


def bases(years: Sequence[YearActual], weights: Sequence[Fraction], index: Fraction | None) -> tuple[Base, ...]:
    """Return the three bases, each with the target on it.

    Args:
        weights: shape (years,), summing to 1. index: weighted growth; None = targets are not known.
    """
    return (
        _kept(LAST_YEAR, lambda: _exact(LAST_YEAR, years[-1:], (Fraction(1),), index)),
        _kept(HISTORY, lambda: _exact(HISTORY, years, weights, index)),
        _kept(CAGR, lambda: _cagr(years, index)),
    )


def _kept(code: str, make: Callable[[], Base]) -> Base:
    """Return a base; off where it grows beyond any amount, so that it does not take the others with it."""
    try:
        return make()
    except RuleError as beyond:
        return Base(code, None, None, beyond.message)


def _exact(code: str, years: Sequence[YearActual], weights: Sequence[Fraction], index: Fraction | None) -> Base:
    """Return a base that is a weighted sum of years."""
    weighing = [(one, weight) for one, weight in zip(years, weights, strict=True) if weight]
    unknown = [str(one.year) for one, _ in weighing if one.counted is None]
    if unknown:
        return Base(code, None, None, _unknown_years(unknown))
    base = sum((weight * (one.counted or 0) for one, weight in weighing), Fraction())
    if base <= 0:
        return Base(code, rounded(base), None, _not_above_zero(code))
    return Base(code, rounded(base), None if index is None else rounded(base * (1 + index)))


def _cagr(years: Sequence[YearActual], index: Fraction | None) -> Base:
    ends = _ends(years)
    if isinstance(ends, Text):
        return Base(CAGR, None, None, ends)
    return Base(CAGR, projected(*ends), None if index is None else projected(*ends, 1 + index))


def _ends(years: Sequence[YearActual]) -> tuple[int, int, int] | Text:
    """Return the first and the last known amount and the years between; or why CAGR cannot be told."""
    if years[-1].counted is None:
        return _unknown_years([str(years[-1].year)])
    known = [(one.year, one.counted) for one in years if one.counted is not None]
    (first_year, first), (last_year, last) = known[0], known[-1]
    if first_year == last_year:
        return Text("有业绩的年份不到两年，算不出复合增长率。", "CAGR needs two years with results; there are fewer.")
    return _not_above_zero(CAGR) if first <= 0 or last <= 0 else (first, last, last_year - first_year)


def growth_before(years: Sequence[YearActual]) -> Fraction | Text:
    """Return the compound growth a year that known years had; or why it cannot be told.

    >>> str(growth_before([YearActual(2023, 100, Fraction()), YearActual(2025, 144, Fraction())]))
    '1/5'
    """
    ends = _ends(years)
    return ends if isinstance(ends, Text) else yearly_growth(*ends)


def _unknown_years(years: Sequence[str]) -> Text:
    return Text(f"{'、'.join(years)} 年的业绩不知道。", f"What was achieved in {', '.join(years)} is not known.")


def _not_above_zero(code: str) -> Text:
    label = dict(BASES)[code]
    return Text(
        f"「{label.zh}」的基数不大于 0，不能在它上面算增长。",
        f"The base “{label.en}” is not above zero: nothing grows on it.",
    )


def _unknown_growth(factors: Sequence[GrowthFactor]) -> Text | None:
    unknown = [one.name for one in factors if one.growth is None and one.weight]
    names = listed(unknown)
    message = Text(
        f"增长因素{names.zh}没有增长率：请填写，或把权重改为 0。",
        f"The growth of {names.en} is not known: fill it in, or give it no weight.",
    )
    return message if unknown else None


def _years(inputs: WeightedInputs) -> list[str]:
    return [str(one.year) for one in inputs.years]


def _check(inputs: WeightedInputs) -> None:
    check_choice(inputs.base, BASES, Text("加权测算法的基数", "base of the weighted estimate"))
    years = [one.year for one in inputs.years]
    if not years or years != sorted(set(years)):
        seen = ", ".join(map(str, years)) or "–"
        raise RuleError(
            Text(
                f"加权测算法的年份应从早到晚、各一次，现在是：{seen}。",
                f"The years of the weighted estimate must stand once each, earliest first; seen: {seen}.",
            ),
            Text("请至少给一年，并检查重复的年份。", "Give one year at least, and look for one that stands twice."),
        )
    for factor in inputs.factors:
        check_growth(factor.growth, Text(f"增长因素「{factor.name}」", f"The growth factor “{factor.name}”"))


def _history_evidence(years: Sequence[YearActual], shares: Shares) -> list[Evidence]:
    found = []
    for one, share in zip(years, shares.used, strict=True):
        name = str(one.year)
        found.append(Evidence("actual", Text("实际", "Actual"), one.amount, "money", name))
        if one.excluded:
            found.append(Evidence("excluded", Text("剔除的大单", "Left out"), one.excluded, "money", name))
        found.append(Evidence("year_weight", Text("年份权重", "Weight of the year"), share, "ratio", name))
    return found


def _growth_evidence(inputs: WeightedInputs, shares: Shares, index: Fraction | None) -> list[Evidence]:
    found = []
    for one, share in zip(inputs.factors, shares.used, strict=True):
        found.append(Evidence("growth", Text("增长率", "Growth"), one.growth, "ratio", one.name))
        found.append(Evidence("factor_weight", Text("因素权重", "Weight of the factor"), share, "ratio", one.name))
    why = _unknown_growth(inputs.factors)
    return [
        *found,
        Evidence("growth_index", Text("加权增长率", "Weighted growth"), index, "ratio", why=why),
        _told(inputs),
    ]


def _told(inputs: WeightedInputs) -> Evidence:
    """Return the growth a year that the known years had, where it can be told."""
    found, label = growth_before(inputs.years), Text("复合增长率", "CAGR")
    if isinstance(found, Text):
        return Evidence("cagr", label, None, "ratio", why=found)
    return Evidence("cagr", label, found, "ratio")


def _base_evidence(found: Sequence[Base], unknown_growth: Text | None) -> list[Evidence]:
    evidence = []
    for one in found:
        label = dict(BASES)[one.code]
        zh, en = f"基数：{label.zh}", f"Base: {label.en}"
        evidence.append(Evidence(f"base.{one.code}", Text(zh, en), one.amount, "money", why=one.off))
        target = Text(f"测算：{label.zh}", f"Target on {label.en}")
        why = one.off or (unknown_growth if one.target is None else None)
        evidence.append(Evidence(f"target.{one.code}", target, one.target, "money", why=why))
    return evidence


def _excluded_evidence(inputs: WeightedInputs, shares: Shares, index: Fraction | None, chosen: Base) -> list[Evidence]:
    """Return what leaving out mega deals changes in the target of the chosen base."""
    if not any(one.excluded for one in inputs.years):
        return []
    whole = [replace(one, excluded=0) for one in inputs.years]
    with_all = next(one for one in bases(whole, shares.used, index) if one.code == chosen.code)
    effect = chosen.target - with_all.target if chosen.target is not None and with_all.target is not None else None
    return [
        Evidence("target.with_excluded", Text("不剔除时的测算", "Target with them"), with_all.target, "money"),
        Evidence(
            "excluded_effect",
            Text("剔除的影响", "What leaving out changes"),
            effect,
            "money",
            why=chosen.off or with_all.off or _unknown_growth(inputs.factors),
        ),
    ]


def _confidence(inputs: WeightedInputs) -> Confidence:
    years = [(Text(f"{one.year} 年业绩", f"results of {one.year}"), one.amount is not None) for one in inputs.years]
    growths = [
        (Text(f"「{one.name}」的增长率", f"the growth of “{one.name}”"), one.growth is not None)
        for one in inputs.factors
    ]
    sources = [
        (Text(f"「{one.name}」的来源", f"the source of “{one.name}”"), bool(one.source)) for one in inputs.factors
    ]
    return Confidence.of([*years, *growths, *sources])


def _notes(inputs: WeightedInputs, found: Sequence[Base]) -> list[Note]:
    notes = []
    if next(one for one in found if one.code == CAGR).amount is not None:
        contains = Text(
            "复合增长率外推的基数已含历史增长，再乘增长率会重复计算一部分。",
            "The base projected by CAGR already contains past growth; the weighted growth comes on top of it.",
        )
        notes.append(Note("cagr-contains-growth", contains))
    unsourced = [one.name for one in inputs.factors if not one.source]
    if unsourced:
        names = listed(unsourced)
        notes.append(
            Note(
                "no-source",
                Text(f"{names.zh}未注明来源。", f"No source is stated for {names.en}."),
                len(unsourced),
            )
        )
    return notes
