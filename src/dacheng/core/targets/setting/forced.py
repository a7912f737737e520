"""强制增长法 (forced growth): the highest of what growth, profit, market share and the board demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import Text
from dacheng.core.table import Note
from dacheng.core.targets.setting.bounds import check_amount, check_growth, check_margin, check_ratio
from dacheng.core.targets.setting.outcome import Confidence, Evidence, FigureKind, Outcome, rounded
from dacheng.core.targets.setting.wording import in_number, in_percent

RATE, PROFIT, SHARE, MANDATE = "rate", "profit", "market_share", "mandate"
DRIVERS: tuple[tuple[str, Text], ...] = (
    (RATE, Text("增长率推动", "By a rate of growth")),
    (PROFIT, Text("利润倒推", "By profit")),
    (SHARE, Text("市场份额推动", "By market share")),
    (MANDATE, Text("董事会指令", "By mandate of the board")),
)


@dataclass(frozen=True, slots=True)
class ForcedInputs:
    """What forced growth rests on; None = not known, and what needs it is off.

    Args:
        last_year: minor units. growth: 0.25 = 25 %.
        fixed_cost, profit: minor units. margin_ratio: gross margin, at most 1.
        market_size: minor units of the planned year. market_share: 0–1. market_source: where both come from.
        mandate: minor units.
        market_growth: how the market grows, for comparison.
        capacity: minor units that the people there can bring (R019). capacity_factor: from how many times
            the capacity on the approver must say how.
    """

    last_year: int | None
    growth: Fraction | None
    fixed_cost: int | None
    profit: int | None
    margin_ratio: Fraction | None
    market_size: int | None
    market_share: Fraction | None
    mandate: int | None
    market_growth: Fraction | None
    capacity: int | None
    capacity_factor: Fraction
    market_source: str = ""


@dataclass(frozen=True, slots=True)
class Driven:
    """What one driver demands, minor units; or why it demands nothing."""

    code: str
    amount: int | None
    off: Text | None = None


def by_force(inputs: ForcedInputs) -> Outcome:
    """Return the target by forced growth (强制增长法).

    Defined as::  T = max(last year × (1 + g), (fixed cost + profit) ÷ GM%, market × share, mandate)
    Of drivers that are known; each is rounded once. A target that grows less than the market is noted; one
    above ``capacity_factor`` times the capacity asks the approver for a note.

    Returns:
        Off where no driver is known.

    Raises:
        RuleError: a growth of −100 % or less, a margin above 100 %, a share outside 0–1, a negative size or mandate.

    Source: R014, R019, R020; golden case G04.
    """
    _check(inputs)
    found = drivers(inputs)
    known = [(one.amount, one.code) for one in found if one.amount is not None]
    amount = max((one for one, _ in known), default=None)
    off = None if known else Text("增长率、利润、份额、指令都推不出目标。", "None of its drivers leads to a target.")
    return Outcome(
        amount=amount,
        off=off,
        evidence=(*_inputs_evidence(inputs), *_driver_evidence(found), *_growth_evidence(inputs, amount)),
        confidence=_confidence(inputs),
        notes=tuple(_notes(inputs, known, amount)),
        asks=_asks(inputs, amount),
    )


def drivers(inputs: ForcedInputs) -> tuple[Driven, ...]:
    """Return what each driver demands, in the order of ``DRIVERS``."""
    return _by_rate(inputs), _by_profit(inputs), _by_share(inputs), _by_mandate(inputs)


def _by_rate(inputs: ForcedInputs) -> Driven:
    if inputs.last_year is None or inputs.growth is None:
        return _unknown(RATE, inputs)
    if inputs.last_year <= 0:
        return Driven(RATE, None, Text("上年实际不大于 0，不能按增长率推。", "Last year is not above zero."))
    return Driven(RATE, rounded(inputs.last_year * (1 + inputs.growth)))


def _by_profit(inputs: ForcedInputs) -> Driven:
    if inputs.fixed_cost is None or inputs.profit is None or inputs.margin_ratio is None:
        return _unknown(PROFIT, inputs)
    asked = inputs.fixed_cost + inputs.profit
    if inputs.margin_ratio <= 0:
        off = Text("毛利率不大于 0，卖得再多也到不了利润。", "At a margin of zero or less no sales reach the profit.")
        return Driven(PROFIT, None, off)
    if asked <= 0:
        return Driven(PROFIT, None, Text("固定费用加利润不大于 0。", "Fixed cost and profit are not above zero."))
    return Driven(PROFIT, rounded(asked / inputs.margin_ratio))


def _by_share(inputs: ForcedInputs) -> Driven:
    if inputs.market_size is None or inputs.market_share is None:
        return _unknown(SHARE, inputs)
    return Driven(SHARE, rounded(inputs.market_size * inputs.market_share))


def _by_mandate(inputs: ForcedInputs) -> Driven:
    return _unknown(MANDATE, inputs) if inputs.mandate is None else Driven(MANDATE, inputs.mandate)


def _unknown(code: str, inputs: ForcedInputs) -> Driven:
    lacking = [one.label for one in _asked(inputs) if one.driver == code and one.value is None]
    zh, en = "、".join(one.zh for one in lacking), ", ".join(one.en for one in lacking)
    return Driven(code, None, Text(f"没有{zh}。", f"Not known: {en}."))


@dataclass(frozen=True, slots=True)
class Asked:
    """One input, with the driver that needs it."""

    driver: str
    name: str
    label: Text
    value: int | Fraction | None
    kind: FigureKind = "money"


def _asked(inputs: ForcedInputs) -> list[Asked]:
    return [
        Asked(RATE, "last_year", Text("上年实际", "last year"), inputs.last_year),
        Asked(RATE, "growth", Text("要求的增长率", "the growth demanded"), inputs.growth, "ratio"),
        Asked(PROFIT, "fixed_cost", Text("固定费用", "fixed cost"), inputs.fixed_cost),
        Asked(PROFIT, "profit", Text("目标利润", "the profit demanded"), inputs.profit),
        Asked(PROFIT, "margin_ratio", Text("毛利率", "the gross margin"), inputs.margin_ratio, "ratio"),
        Asked(SHARE, "market_size", Text("市场规模", "the market size"), inputs.market_size),
        Asked(SHARE, "market_share", Text("目标市场份额", "the share demanded"), inputs.market_share, "ratio"),
        Asked(MANDATE, "mandate", Text("董事会指令", "a mandate of the board"), inputs.mandate),
    ]


def _check(inputs: ForcedInputs) -> None:
    check_growth(inputs.growth, Text("强制增长法", "Forced growth"))
    check_growth(inputs.market_growth, Text("市场", "The market"))
    check_ratio(inputs.market_share, Text("目标市场份额", "The market share demanded"))
    check_margin(inputs.margin_ratio)
    check_amount(inputs.market_size, Text("市场规模", "The market size"))
    check_amount(inputs.mandate, Text("董事会指令", "The mandate of the board"))
    check_amount(inputs.capacity, Text("产能", "The capacity"))


def _inputs_evidence(inputs: ForcedInputs) -> list[Evidence]:
    return [
        Evidence(one.name, Text(one.label.zh, one.label.en.capitalize()), one.value, one.kind)
        for one in _asked(inputs)
        if one.value is not None
    ]


def _driver_evidence(found: Sequence[Driven]) -> list[Evidence]:
    labels = dict(DRIVERS)
    return [Evidence(f"by.{one.code}", labels[one.code], one.amount, "money", why=one.off) for one in found]


def _implied(inputs: ForcedInputs, amount: int | None) -> Fraction | None:
    """Return the growth that the target means; None where last year is not above zero or not known."""
    if amount is None or inputs.last_year is None or inputs.last_year <= 0:
        return None
    return Fraction(amount, inputs.last_year) - 1


def _growth_evidence(inputs: ForcedInputs, amount: int | None) -> list[Evidence]:
    implied = _implied(inputs, amount)
    why = Text("没有大于 0 的上年实际。", "Last year is not known or not above zero.")
    found = [Evidence("implied_growth", Text("相当于增长", "Growth it means"), implied, "ratio", why=why)]
    if inputs.market_growth is not None:
        found.append(Evidence("market_growth", Text("市场增长", "Market growth"), inputs.market_growth, "ratio"))
    if inputs.capacity is not None:
        found.append(Evidence("capacity", Text("产能", "Capacity"), inputs.capacity, "money"))
    if amount is not None and inputs.capacity:
        times = Fraction(amount, inputs.capacity)
        found.append(Evidence("times_capacity", Text("相当于产能的倍数", "Times the capacity"), times, "number"))
    return found


def _confidence(inputs: ForcedInputs) -> Confidence:
    asked = [(one.label, one.value is not None) for one in _asked(inputs)]
    source = Text("市场数据的来源", "the source of the market figures")
    return Confidence.of([*asked, (source, bool(inputs.market_source))])


def _notes(inputs: ForcedInputs, known: Sequence[tuple[int, str]], amount: int | None) -> list[Note]:
    if amount is None:
        return []
    top = next(dict(DRIVERS)[code] for one, code in known if one == amount)
    notes = [
        Note("driven-by", Text(f"取最大的一项：{top.zh}。", f"The highest stands: {top.en[0].lower()}{top.en[1:]}."))
    ]
    implied = _implied(inputs, amount)
    if implied is not None and inputs.market_growth is not None and implied < inputs.market_growth:
        grows, market = in_percent(implied, 4), in_percent(inputs.market_growth, 4)
        words = Text(
            f"目标相当于增长 {grows}，低于市场增长 {market}：会丢市场份额。",
            f"The target grows by {grows}, the market by {market}: it loses market share.",
        )
        notes.append(Note("losing-share", words))
    if inputs.market_size is not None and not inputs.market_source:
        notes.append(Note("no-source", Text("市场规模未注明来源。", "No source is stated for the market size.")))
    return notes


def _asks(inputs: ForcedInputs, amount: int | None) -> tuple[Note, ...]:
    if amount is None or inputs.capacity is None or amount <= inputs.capacity_factor * inputs.capacity:
        return ()
    times = in_number(inputs.capacity_factor)
    pattern = Text(
        f"目标 {{}} 超过产能 {{}} 的 {times} 倍：审批人要写明怎么补上产能。",
        f"The target {{}} is more than {times} times the capacity {{}}: the approver must say where it comes from.",
    )
    return (Note.of_amounts("beyond-capacity", pattern, (amount, inputs.capacity)),)
