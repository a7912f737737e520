"""The inputs of each method of an estimate, from what was typed, the past and the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from dacheng.core.estimates.driving import latest_told
from dacheng.core.estimates.figures import BP_PER_PERCENT, Figures
from dacheng.core.estimates.inputs import BASE_WORDS, MARGIN_FACTS, MOST_GROUPS, YEARS_BACK
from dacheng.core.estimates.material import Called, Chosen, Material
from dacheng.core.money import BP_PER_WHOLE, MINOR_PER_UNIT
from dacheng.core.rules import Rules
from dacheng.core.targets.schema import CASH, CONTRACT, MARGIN
from dacheng.core.targets.setting.blending import BlendInputs, Said
from dacheng.core.targets.setting.capacity import Capacity, Headcount, capacity_of
from dacheng.core.targets.setting.drivers import UNKNOWN, Drivers, DriverSet
from dacheng.core.targets.setting.forced import ForcedInputs
from dacheng.core.targets.setting.funnelling import FunnelInputs, Step
from dacheng.core.targets.setting.guidance import BusinessFacts, GuidanceLimits, MarginFacts
from dacheng.core.targets.setting.inventory import Inventory, by_inventory
from dacheng.core.targets.setting.naming import FUNNEL, INVENTORY, METHODS
from dacheng.core.targets.setting.outcome import Outcome
from dacheng.core.targets.setting.triple import Triple, TripleInputs, triple_of
from dacheng.core.targets.setting.weighted import GrowthFactor, WeightedInputs, YearActual

FLOOR_OF = (FUNNEL, INVENTORY)
"""The methods that work from below: the lowest of them is proposed as floor."""


def weighted_inputs(given: Material, called: Called) -> WeightedInputs:
    one, last = given.figures, given.asked.number
    years = tuple(
        YearActual(
            last - back, one.whole("actual", back), one.share("year_weight", back), one.whole("excluded", back) or 0
        )
        for back in range(YEARS_BACK, 0, -1)
    )
    factors = tuple(
        GrowthFactor(
            name,
            one.share("factor_weight", at),
            one.ratio("growth", at),
            source=name if ("growth", at) in one.sourced else "",
        )
        for at, name in enumerate(called.factors, 1)
        if one.share("factor_weight", at) or ("growth", at) in one.typed
    )
    base = BASE_WORDS[(one.whole("base") or 1) - 1]
    return WeightedInputs(years, factors, base, normalise=bool(one.flag("normalise")))


def funnel_inputs(given: Material, called: Called) -> FunnelInputs:
    one, past, rules = given.figures, given.past, given.rules
    many = max([len(past.steps), *one.lines("conversion"), *one.lines("open_amount")])
    average = one.whole("average") if ("average", 0) in one.typed else past.average
    return FunnelInputs(
        leads=one.whole("leads"),
        steps=tuple(_step(given, at, called.steps[at - 1]) for at in range(1, many + 1)),
        average=None if average is None else Fraction(average),
        average_kind=rules.word("setting.average"),
        enough=rules.number("setting.enough_deals"),
        prior_deals=rules.number("setting.prior_deals"),
    )


def _step(given: Material, at: int, name: str) -> Step:
    one, steps = given.figures, given.past.steps
    past = steps[at - 1] if at <= len(steps) else None
    stated = one.ratio("conversion", at) if ("conversion", at) in one.typed else None
    opened = one.whole("open_amount", at) if ("open_amount", at) in one.typed else past.open_amount if past else 0
    if past is None:
        return Step(name, stated, open_amount=opened)
    return Step(name, stated, past.moved, past.closed, past.prior, opened)


def inventory_in(given: Material, called: Called) -> Inventory:
    lines = [replace(line, name=called.lines.get(number, f"#{number}")) for number, line in given.lines]
    return by_inventory(lines)


def forced_inputs(given: Material, capacity: Capacity | None) -> ForcedInputs:
    one, rules = given.figures, given.rules
    markets = [("market_size", 0), ("market_share", 0)]
    return ForcedInputs(
        last_year=one.whole("actual", 1),
        growth=one.ratio("forced_growth"),
        fixed_cost=one.whole("fixed_cost"),
        profit=one.whole("profit"),
        margin_ratio=one.ratio("margin"),
        market_size=one.whole("market_size"),
        market_share=one.ratio("market_share"),
        mandate=one.whole("mandate"),
        market_growth=one.ratio("growth", 1),
        capacity=capacity.after_attrition if capacity else None,
        capacity_factor=_percent(rules, "setting.capacity_factor"),
        market_source="stated" if any(place in one.sourced for place in markets) else "",
    )


def drivers_in(given: Material) -> DriverSet:
    """Return the drivers that are planned: what was typed, else exactly those of the latest year that is told."""
    year = latest_told(given.past.drivers)
    past = year.drivers.groups if year else (UNKNOWN, UNKNOWN)
    new, existing = (_drivers(given.figures, line, one) for line, one in enumerate(past, 1))
    return DriverSet(new, existing)


def _drivers(one: Figures, line: int, past: Drivers) -> Drivers:
    people, ticket, repeat = one.whole("buyers", line), one.whole("ticket", line), one.ratio("repeat", line)
    typed = one.typed
    return Drivers(
        Fraction(people) if ("buyers", line) in typed and people is not None else past.customers,
        Fraction(ticket) if ("ticket", line) in typed and ticket is not None else past.ticket,
        1 + repeat if ("repeat", line) in typed and repeat is not None else past.purchases,
    )


def blend_inputs(given: Material, outcomes: Mapping[str, Outcome]) -> BlendInputs:
    one, rules = given.figures, given.rules
    return BlendInputs(
        said=tuple(
            Said(code, outcomes[code], one.share("method_weight", at)) for at, (code, _) in enumerate(METHODS, 1)
        ),
        step=rules.number("setting.step") * MINOR_PER_UNIT,
        dispersion_limit=_percent(rules, "setting.dispersion_limit"),
        floor_of=FLOOR_OF,
        normalise=bool(one.flag("normalise")),
    )


def capacity_in(given: Material, target: int | None) -> Capacity | None:
    """Return what people can bring; None where nobody and no productivity is known."""
    one = given.contract
    groups = []
    for at in range(1, MOST_GROUPS + 1):
        people, each = one.whole("people", at), one.whole("productivity", at)
        if people is None or each is None:
            continue
        start = one.whole("start_month", at)
        exact = given.past.people if at == 1 and ("people", 1) not in one.typed else None
        groups.append(
            Headcount(
                name=str(at),
                people=exact or Fraction(people),
                productivity=each,
                ramp=one.share("ramp", at),
                vacancy=bool(one.flag("vacancy", at)),
                start_ym=None if start is None else given.asked.year.from_ym + start - 1,
            )
        )
    if not groups:
        return None
    return capacity_of(groups, one.share("attrition"), given.asked.year, target)


def triple_in(given: Material, target: int | None) -> Triple | None:
    one, chosen = given.contract, given.chosen
    contract = target if given.asked.measure_id == CONTRACT else chosen.get(CONTRACT, Chosen()).target
    if contract is None:
        return None
    return triple_of(
        TripleInputs(
            contract_incl=contract,
            tax_bp=one.whole("tax") or 0,
            margin_ratio=one.ratio("margin"),
            opening_receivable=one.whole("opening_receivable"),
            opening_rate=one.ratio("opening_rate"),
            in_year_rate=one.ratio("in_year_rate"),
            tolerance=_percent(given.rules, "setting.tolerance"),
            stated_margin=chosen.get(MARGIN, Chosen()).target,
            stated_cash=chosen.get(CASH, Chosen()).target,
        )
    )


def facts_in(given: Material) -> BusinessFacts:
    one, past = given.figures, given.past.facts
    return BusinessFacts(
        past.repeat_share, past.deals, past.largest_share, one.flag("new_market"), one.flag("must_win")
    )


def limits_in(rules: Rules) -> GuidanceLimits:
    return GuidanceLimits(
        _percent(rules, "setting.repeat_share"),
        rules.number("setting.many_deals"),
        rules.number("setting.few_deals"),
        _percent(rules, "setting.largest_share"),
    )


def margin_facts_in(one: Figures) -> MarginFacts:
    return MarginFacts(*(one.flag("margin_fact", at) for at in range(1, len(MARGIN_FACTS) + 1)))


def _percent(rules: Rules, name: str) -> Fraction:
    return Fraction(rules.number(name) * BP_PER_PERCENT, BP_PER_WHOLE)
