"""Which method fits (如何灵活使用), and whether to assess gross margin (毛利考核是否适合): rules over facts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import Text
from dacheng.core.targets.setting.bounds import check_ratio
from dacheng.core.targets.setting.naming import FORCED, FUNNEL, INVENTORY, WEIGHTED
from dacheng.core.targets.setting.wording import in_percent


@dataclass(frozen=True, slots=True)
class BusinessFacts:
    """What a business is like; None = not known.

    Args:
        repeat_share: part of last year's amount that came from customers who had bought before, 0–1.
        deals: how many deals were won last year.
        largest_share: part of last year's amount that its largest deals brought, 0–1.
        new_market, must_win: it is a new market; strategy says that it must be won.
    """

    repeat_share: Fraction | None
    deals: int | None
    largest_share: Fraction | None
    new_market: bool | None = None
    must_win: bool | None = None


@dataclass(frozen=True, slots=True)
class GuidanceLimits:
    """From where on a fact speaks for a method.

    Args:
        repeat_share: from it on business repeats, 0–1.
        many_deals: from so many on there are many; few_deals: up to so many there are few.
        largest_share: from it on a few large deals decide, 0–1.
    """

    repeat_share: Fraction
    many_deals: int
    few_deals: int
    largest_share: Fraction


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A method and why it fits; one of ``outcome.METHODS``."""

    method: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Guidance:
    """Which methods fit, in the order of the methods, and which facts are not known."""

    suggestions: tuple[Suggestion, ...]
    unknown: tuple[Text, ...]


def methods_that_fit(facts: BusinessFacts, limits: GuidanceLimits) -> Guidance:
    """Return the methods that fit a business, each with the fact that speaks for it.

    Stable repeat business → weighted; many small deals → funnel; few deals, or a few large ones that
    decide → inventory; a new market or one that must be won → forced. Several may fit; none may.

    Raises:
        RuleError: a share outside 0–1.

    Source: R015.
    """
    check_ratio(facts.repeat_share, Text("老客户业绩占比", "The share of repeat business"))
    check_ratio(facts.largest_share, Text("大单占比", "The share of the largest deals"))
    found = (*_repeats(facts, limits), *_many(facts, limits), *_few(facts, limits), *_strategic(facts))
    return Guidance(found, _unknown(facts))


def _repeats(facts: BusinessFacts, limits: GuidanceLimits) -> tuple[Suggestion, ...]:
    if facts.repeat_share is None or facts.repeat_share < limits.repeat_share:
        return ()
    seen = in_percent(facts.repeat_share, 1)
    reason = Text(
        f"老客户业绩占 {seen}，业务稳定重复。", f"{seen} comes from customers who had bought before: it repeats."
    )
    return (Suggestion(WEIGHTED, reason),)


def _many(facts: BusinessFacts, limits: GuidanceLimits) -> tuple[Suggestion, ...]:
    if facts.deals is None or facts.deals < limits.many_deals or facts.largest_share is None:
        return ()
    if facts.largest_share >= limits.largest_share:
        return ()
    seen = in_percent(facts.largest_share, 1)
    reason = Text(
        f"一年 {facts.deals} 单，最大的几单只占 {seen}，单多而小。",
        f"{facts.deals} deals a year and the largest bring only {seen}: many small ones.",
    )
    return (Suggestion(FUNNEL, reason),)


def _few(facts: BusinessFacts, limits: GuidanceLimits) -> tuple[Suggestion, ...]:
    if facts.largest_share is not None and facts.largest_share >= limits.largest_share:
        seen = in_percent(facts.largest_share, 1)
        reason = Text(f"最大的几单占 {seen}，少数大客户决定结果。", f"The largest deals bring {seen}: a few decide.")
        return (Suggestion(INVENTORY, reason),)
    if facts.deals is not None and facts.deals <= limits.few_deals:
        reason = Text(f"一年只有 {facts.deals} 单，应逐单盘点。", f"Only {facts.deals} deals a year: look at each.")
        return (Suggestion(INVENTORY, reason),)
    return ()


def _strategic(facts: BusinessFacts) -> tuple[Suggestion, ...]:
    if facts.new_market:
        reason = Text("新市场没有可依据的历史。", "A new market has no history to go by.")
        return (Suggestion(FORCED, reason),)
    if facts.must_win:
        return (Suggestion(FORCED, Text("战略上必须拿下。", "Strategy says that it must be won.")),)
    return ()


def _unknown(facts: BusinessFacts) -> tuple[Text, ...]:
    asked = (
        (Text("老客户业绩占比", "the share of repeat business"), facts.repeat_share),
        (Text("单数", "the number of deals"), facts.deals),
        (Text("大单占比", "the share of the largest deals"), facts.largest_share),
        (Text("是否新市场", "whether it is a new market"), facts.new_market),
        (Text("是否战略必争", "whether it must be won"), facts.must_win),
    )
    return tuple(label for label, value in asked if value is None)


@dataclass(frozen=True, slots=True)
class MarginFacts:
    """How prices and costs are decided; None = not known.

    Args:
        seller_sets_price: the salesperson may give discounts that matter.
        cost_known: the cost is known when a contract is signed.
        mixed_products: own products are sold together with those of others.
        integrator: solutions are put together for each customer.
        standard_list, central_pricing: there is one price list; prices are decided centrally.
    """

    seller_sets_price: bool | None = None
    cost_known: bool | None = None
    mixed_products: bool | None = None
    integrator: bool | None = None
    standard_list: bool | None = None
    central_pricing: bool | None = None


@dataclass(frozen=True, slots=True)
class MarginAdvice:
    """Whether to assess gross margin.

    Args:
        suggested: None where the facts do not say.
        reasons: what decided it.
        unknown: facts that are not known.
    """

    suggested: bool | None
    reasons: tuple[Text, ...]
    unknown: tuple[Text, ...]


_SPEAKS_FOR: tuple[tuple[str, Text, Text], ...] = (
    (
        "seller_sets_price",
        Text("销售有定价权", "whether the seller sets prices"),
        Text("销售有定价权，让利直接吃掉毛利。", "The seller sets prices: every discount is paid from the margin."),
    ),
    (
        "mixed_products",
        Text("自有与外采混卖", "whether products of others are sold too"),
        Text("自有与外采产品混卖，毛利率相差大。", "Own and bought products are sold together: margins differ widely."),
    ),
    (
        "integrator",
        Text("是否方案集成", "whether solutions are integrated"),
        Text("方案集成逐单组合，毛利由方案决定。", "Solutions are put together deal by deal: these make the margin."),
    ),
)


def margin_advice(facts: MarginFacts) -> MarginAdvice:
    """Return whether gross margin should be assessed, with the reasons.

    No, where the cost is not known at signing (nothing to measure), or where a standard price list and
    central pricing both hold (nothing a seller can move). Otherwise yes where one fact speaks for it and the
    cost is known; else the facts do not say. How the facts weigh against each other is our definition.

    Source: R017.
    """
    unknown = _unknown_margin_facts(facts)
    if facts.cost_known is False:
        reason = Text(
            "签约时成本不清楚，毛利无法考核。", "The cost is not known at signing: there is nothing to assess."
        )
        return MarginAdvice(False, (reason,), unknown)
    if facts.standard_list and facts.central_pricing:
        reason = Text(
            "价格表统一且集中定价，销售影响不了毛利。", "List and prices are central: sellers cannot move it."
        )
        return MarginAdvice(False, (reason,), unknown)
    reasons = tuple(reason for name, _, reason in _SPEAKS_FOR if getattr(facts, name))
    if reasons and facts.cost_known:
        known = Text("签约时成本清楚，可以考核。", "The cost is known at signing: it can be measured.")
        return MarginAdvice(True, (*reasons, known), unknown)
    return MarginAdvice(None, reasons, unknown)


def _unknown_margin_facts(facts: MarginFacts) -> tuple[Text, ...]:
    asked = (
        *((name, label) for name, label, _ in _SPEAKS_FOR),
        ("cost_known", Text("签约时成本是否清楚", "whether the cost is known at signing")),
        ("standard_list", Text("是否有标准价格表", "whether there is one price list")),
        ("central_pricing", Text("是否集中定价", "whether prices are decided centrally")),
    )
    return tuple(label for name, label in asked if getattr(facts, name) is None)
