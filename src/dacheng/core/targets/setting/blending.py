"""目标三角校准 (triangulation): the methods side by side, blended by declared weights, with three tiers (R015)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.deals.averages import MEDIAN, average_of
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import in_yuan, split
from dacheng.core.table import Note
from dacheng.core.targets.setting.naming import INVENTORY, METHODS
from dacheng.core.targets.setting.outcome import Confidence, Evidence, Outcome, figure_of, rounded
from dacheng.core.targets.setting.sharing import shares_of
from dacheng.core.targets.setting.wording import in_percent

OF_METHODS = Text("各方法", "the methods")


@dataclass(frozen=True, slots=True)
class Said:
    """What a method says and how much it is to weigh.

    Args:
        method: of ``METHODS``. weight: declared, 0–1.
    """

    method: str
    outcome: Outcome
    weight: Fraction


@dataclass(frozen=True, slots=True)
class BlendInputs:
    """What is blended, and how.

    Args:
        said: every method once, on or off; the declared weights sum to 1.
        step: minor units to which the target is rounded, > 0.
        dispersion_limit: beyond it a reason must be written; 0.5 = 50 %.
        floor_of: of which methods the lowest is proposed as floor (保底).
        normalise: somebody confirmed that declared weights which do not sum to 100 % are brought to it.
    """

    said: tuple[Said, ...]
    step: int
    dispersion_limit: Fraction
    floor_of: tuple[str, ...]
    normalise: bool = False


@dataclass(frozen=True, slots=True)
class BlendLine:
    """One method beside the blend.

    Args:
        amount: minor units; None where the method is off.
        declared, used: its weight before and after the weights of methods that are off went to the others.
        part: minor units of the blend that come from it; the parts add up to the blend.
        gap: amount − blend, minor units.
    """

    method: str
    amount: int | None
    off: Text | None
    declared: Fraction
    used: Fraction
    part: int | None
    gap: int | None


@dataclass(frozen=True, slots=True)
class Tiers:
    """The proposal, minor units: 保底 <= 目标 <= 挑战; the floor is None where its methods are off."""

    floor: int | None
    target: int
    stretch: int


@dataclass(frozen=True, slots=True)
class Blend:
    """The methods blended.

    Args:
        outcome: its amount is the blend before it is rounded to the step.
        tiers: None where all methods are off.
    """

    outcome: Outcome
    lines: tuple[BlendLine, ...]
    tiers: Tiers | None


def blended(inputs: BlendInputs) -> Blend:
    """Return the blend of the methods, their range and the proposal of three tiers (目标三角校准).

    Defined as::  blend = Σ wₖ·Tₖ    dispersion = (max − min) ÷ median    to find = blend − inventory
    A method that is off weighs nothing and the others keep their proportion. Range, median and dispersion are
    those of all methods that are on. Target = blend rounded to the step; floor = the lowest of ``floor_of``;
    stretch = the highest of all; a tier that would be out of order is moved to the target, and told.

    Returns:
        Off where no method is on, or none of those that are on weighs.

    Raises:
        RuleError: a method is unknown or stands twice, an amount is negative, the declared weights do not sum
            to 100 % unconfirmed, or the step is not above zero.

    Source: R015; golden case G05.
    """
    _check(inputs)
    names = [str(dict(METHODS)[one.method]) for one in inputs.said]
    declared = shares_of([one.weight for one in inputs.said], names, OF_METHODS, normalise=inputs.normalise)
    used = _used(inputs.said, declared.used)
    off = _off(inputs.said, used)
    if off:
        return _nothing(inputs.said, declared.used, off)
    exact = sum((share * (one.outcome.amount or 0) for one, share in zip(inputs.said, used, strict=True)), Fraction())
    amount = rounded(exact)
    lines = _lines(inputs.said, declared.used, used, amount)
    tiers, moved = _tiers(inputs, exact)
    spread = _spread(inputs.said, amount)
    outcome = Outcome(
        amount=amount,
        off=None,
        evidence=(*_line_evidence(lines), *spread, *_tier_evidence(tiers)),
        confidence=_confidence(inputs.said, used),
        notes=(*declared.notes(OF_METHODS), *_shifted(lines), *moved, *_found(inputs.said, amount)),
        asks=_asks(inputs, spread),
    )
    return Blend(outcome, lines, tiers)


def _nothing(said: Sequence[Said], declared: Sequence[Fraction], off: Text) -> Blend:
    """Return the methods beside a blend that is off."""
    lines = tuple(_line(one, share, Fraction(), None, None) for one, share in zip(said, declared, strict=True))
    return Blend(Outcome(None, off, evidence=tuple(_line_evidence(lines))), lines, None)


def to_step(exact: Fraction, step: int) -> int:
    """Return an amount rounded to a step, minor units, halves away from zero.

    >>> to_step(Fraction(99_228_200_00), 100_000_00)
    9920000000
    """
    return rounded(exact / step) * step


def dispersion_of(amounts: Sequence[int]) -> Fraction | None:
    """Return (max − min) ÷ median; None where the median is not above zero."""
    median = average_of(amounts, MEDIAN)
    return (max(amounts) - min(amounts)) / median if median and median > 0 else None


def _check(inputs: BlendInputs) -> None:
    codes = [one.method for one in inputs.said]
    known = [code for code, _ in METHODS]
    if len(set(codes)) != len(codes) or not set(codes) <= set(known):
        raise RuleError(
            Text(
                f"要融合的方法是 {'、'.join(codes)}：有不认识的或重复的。",
                f"Unknown or repeated methods: {', '.join(codes)}.",
            ),
            Text(f"每种方法一次：{'、'.join(known)}。", f"Each of these once: {', '.join(known)}."),
        )
    if inputs.step <= 0:
        raise RuleError(
            Text(
                f"取整的步长是 {in_yuan(inputs.step)} 元，应大于 0。",
                f"The step is {in_yuan(inputs.step)}, not above zero.",
            ),
            Text("例如 100000.00。", "For example 100000.00."),
        )
    for one in inputs.said:
        if one.outcome.amount is not None and one.outcome.amount < 0:
            label, seen = dict(METHODS)[one.method], in_yuan(one.outcome.amount)
            raise RuleError(
                Text(f"{label.zh}的结果是 {seen} 元，不能为负。", f"{label.en} gives {seen}; it cannot be negative."),
                Text("请核对它的输入，或关掉它。", "Check its inputs, or switch it off."),
            )


def _amounts(said: Sequence[Said]) -> list[int]:
    return [one.outcome.amount for one in said if one.outcome.amount is not None]


def _used(said: Sequence[Said], declared: Sequence[Fraction]) -> list[Fraction]:
    """Return the weights with those of methods that are off given to the others in proportion."""
    on = [share if one.outcome.amount is not None else Fraction() for one, share in zip(said, declared, strict=True)]
    whole = sum(on, Fraction())
    return [share / whole for share in on] if whole else on


def _off(said: Sequence[Said], used: Sequence[Fraction]) -> Text | None:
    if not _amounts(said):
        return Text(
            "各种方法都没有数据：请手工填写目标，并注明是手工目标。",
            "No method has what it needs: enter a target by hand, marked as such.",
        )
    if not any(used):
        return Text(
            "有结果的方法权重都是 0：请改权重，或手工填写目标。",
            "The methods that are on weigh nothing: change the weights, or enter a target by hand.",
        )
    return None


def _lines(
    said: Sequence[Said], declared: Sequence[Fraction], used: Sequence[Fraction], amount: int
) -> tuple[BlendLine, ...]:
    weighed = [share * (one.outcome.amount or 0) for one, share in zip(said, used, strict=True)]
    parts = split(amount, weighed).tolist() if any(weighed) else [0] * len(weighed)
    rows = zip(said, declared, used, parts, strict=True)
    return tuple(_line(one, share, weight, part, amount) for one, share, weight, part in rows)


def _line(one: Said, declared: Fraction, used: Fraction, part: int | None, amount: int | None) -> BlendLine:
    own = one.outcome.amount
    on = own is not None
    gap = own - amount if own is not None and amount is not None else None
    return BlendLine(one.method, own, one.outcome.off, declared, used, part if on else None, gap)


def _tiers(inputs: BlendInputs, exact: Fraction) -> tuple[Tiers, list[Note]]:
    target = to_step(exact, inputs.step)
    lowest = [one.outcome.amount for one in inputs.said if one.method in inputs.floor_of]
    floor = min((one for one in lowest if one is not None), default=None)
    highest = max(_amounts(inputs.said))
    moved = []
    if floor is not None and floor > target:
        pattern = Text(
            "保底方法的最低值 {} 高于目标，保底取目标 {}。", "The floor {} is above the target; it is set to {}."
        )
        moved.append(Note.of_amounts("floor-above-target", pattern, (floor, target)))
    if highest < target:
        pattern = Text(
            "最高的方法 {} 低于取整后的目标，挑战取目标 {}。",
            "The highest, {}, is below the rounded target; stretch is {}.",
        )
        moved.append(Note.of_amounts("stretch-below-target", pattern, (highest, target)))
    return Tiers(None if floor is None else min(floor, target), target, max(highest, target)), moved


def _line_evidence(lines: Sequence[BlendLine]) -> list[Evidence]:
    labels, found = dict(METHODS), []
    for one in lines:
        label = labels[one.method]
        found.append(Evidence("method", label, one.amount, "money", one.method, one.off))
        found.append(Evidence("declared", Text("声明的权重", "Declared weight"), one.declared, "ratio", one.method))
        found.append(Evidence("used", Text("所用的权重", "Weight used"), one.used, "ratio", one.method))
        found.append(
            Evidence("part", Text("融合中的部分", "Part of the blend"), one.part, "money", one.method, one.off)
        )
        found.append(Evidence("gap", Text("与融合值之差", "Gap to the blend"), one.gap, "money", one.method, one.off))
    return found


def _spread(said: Sequence[Said], amount: int) -> list[Evidence]:
    amounts = _amounts(said)
    inventory = next((one.outcome for one in said if one.method == INVENTORY), None)
    known = inventory.amount if inventory else None
    dispersion = dispersion_of(amounts)
    why = Text("中位数不大于 0。", "The median is not above zero.")
    no_inventory = Text("没有盘点。", "There is no inventory.")
    return [
        Evidence("low", Text("最低", "Lowest"), min(amounts), "money"),
        Evidence("high", Text("最高", "Highest"), max(amounts), "money"),
        Evidence("median", Text("中位数", "Median"), average_of(amounts, MEDIAN), "money"),
        Evidence("dispersion", Text("离散度", "Dispersion"), dispersion, "ratio", why=why),
        Evidence(
            "to_find",
            Text("要新找的量", "To find beyond the inventory"),
            None if known is None else amount - known,
            "money",
            why=no_inventory,
        ),
    ]


def _tier_evidence(tiers: Tiers) -> list[Evidence]:
    none = Text("保底所依据的方法都没有结果。", "The methods that the floor is taken from are off.")
    return [
        Evidence("floor", Text("保底", "Floor"), tiers.floor, "money", why=none),
        Evidence("target", Text("目标", "Target"), tiers.target, "money"),
        Evidence("stretch", Text("挑战", "Stretch"), tiers.stretch, "money"),
    ]


def _confidence(said: Sequence[Said], used: Sequence[Fraction]) -> Confidence:
    """Return what is known of what the methods that weigh ask for, together."""
    weighing = [one.outcome.confidence for one, share in zip(said, used, strict=True) if share]
    return Confidence(
        sum(one.known for one in weighing),
        sum(one.asked for one in weighing),
        tuple(text for one in weighing for text in one.missing),
        tuple(text for one in weighing for text in one.low),
    )


def _shifted(lines: Sequence[BlendLine]) -> list[Note]:
    """Return the note that says whose weight went to the others."""
    away = [one for one in lines if one.amount is None and one.declared]
    if not away:
        return []
    labels, share = dict(METHODS), in_percent(sum((one.declared for one in away), Fraction()), 4)
    zh, en = "、".join(labels[one.method].zh for one in away), ", ".join(labels[one.method].en for one in away)
    message = Text(
        f"{zh}没有结果，权重 {share} 按比例分给了其余方法。",
        f"Off: {en}. The weight of {share} went to the other methods in proportion.",
    )
    return [Note("weights-shifted", message, len(away))]


def _found(said: Sequence[Said], amount: int) -> list[Note]:
    for one in said:
        if one.method == INVENTORY and one.outcome.amount is not None and one.outcome.amount >= amount:
            return [Note("inventory-covers", Text("盘点已够融合值，不用新找。", "The inventory covers the blend."))]
    return []


def _asks(inputs: BlendInputs, spread: Sequence[Evidence]) -> tuple[Note, ...]:
    dispersion = figure_of(spread, "dispersion")
    amounts = _amounts(inputs.said)
    limit = in_percent(inputs.dispersion_limit)
    if dispersion is None and max(amounts) > min(amounts):
        message = Text(
            "各方法相差很大而中位数不大于 0：要写明取值的理由。",
            "The methods differ and their median is zero: say why this one.",
        )
        return (Note("too-far-apart", message),)
    if dispersion is None or dispersion <= inputs.dispersion_limit:
        return ()
    told = in_percent(Fraction(dispersion), 1)
    seen = told if told != limit else in_percent(Fraction(dispersion), 4)  # 47.04% is beyond 47%
    message = Text(
        f"各方法的离散度 {seen} 超过 {limit}：要写明取值的理由。",
        f"The methods are {seen} apart, beyond {limit}: say why this target.",
    )
    return (Note("too-far-apart", message),)
