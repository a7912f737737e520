"""An estimate worked out (目标测算): four methods, blend, tiers, what is to be found, capacity, three measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from dacheng.core.errors import RuleError, Text
from dacheng.core.estimates.figures import Figures
from dacheng.core.estimates.inputs import BY_CODE
from dacheng.core.estimates.markets import Place
from dacheng.core.estimates.material import Called, Chosen, Material
from dacheng.core.estimates.preparing import (
    blend_inputs,
    capacity_in,
    drivers_in,
    facts_in,
    forced_inputs,
    funnel_inputs,
    inventory_in,
    limits_in,
    margin_facts_in,
    triple_in,
    weighted_inputs,
)
from dacheng.core.rules import Rules
from dacheng.core.table import Note
from dacheng.core.targets.setting.blending import Blend, blended
from dacheng.core.targets.setting.capacity import Capacity
from dacheng.core.targets.setting.drivers import DriverSet
from dacheng.core.targets.setting.forced import by_force
from dacheng.core.targets.setting.funnelling import FunnelInputs, Reverse, backwards, by_funnel
from dacheng.core.targets.setting.guidance import Guidance, MarginAdvice, margin_advice, methods_that_fit
from dacheng.core.targets.setting.inventory import Assessed, Inventory
from dacheng.core.targets.setting.naming import FORCED, FUNNEL, INVENTORY, WEIGHTED
from dacheng.core.targets.setting.outcome import Outcome
from dacheng.core.targets.setting.triple import Triple
from dacheng.core.targets.setting.weighted import WeightedInputs, by_weights

Made = TypeVar("Made")
HIGH, MIDDLE, LOW = "high", "middle", "low"
LEVELS: tuple[tuple[str, Text], ...] = (
    (HIGH, Text("高", "High")),
    (MIDDLE, Text("中", "Middle")),
    (LOW, Text("低", "Low")),
)


@dataclass(frozen=True)
class Assessment:
    """An estimate worked out.

    Args:
        outcomes: method -> what it says. blend: None where it is refused, and then ``refused`` says why.
        floor, target, stretch: chosen, else proposed; None = neither.
        to_find: minor units of the target beyond the inventory; None = not known. need: what it asks of the funnel.
        triple: None where there is no contract target. drivers: that are planned beside the methods.
    """

    material: Material
    outcomes: Mapping[str, Outcome]
    inventory: Sequence[Assessed]
    blend: Blend | None
    refused: Text | None
    floor: int | None
    target: int | None
    stretch: int | None
    to_find: int | None
    need: Reverse | None
    capacity: Capacity | None
    no_capacity: Text | None
    triple: Triple | None
    no_triple: Text | None
    fits: Guidance
    margin: MarginAdvice
    drivers: DriverSet

    @property
    def asks(self) -> tuple[Note, ...]:
        """Return what must be answered in writing before the estimate may be submitted."""
        blend = self.blend.outcome.asks if self.blend else ()
        return (*blend, *self.outcomes[FORCED].asks)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return what a reader of the whole must know."""
        own = [note for one in self.outcomes.values() for note in one.notes]
        blend = self.blend.outcome.notes if self.blend else ()
        capacity = self.capacity.notes if self.capacity else ()
        triple = self.triple.asks if self.triple else ()
        refused = (Note("blend-refused", self.refused),) if self.refused else ()
        own += drawn_notes(self.material.figures)
        return (*refused, *self.asks, *blend, *own, *capacity, *triple, *self.material.past.history.notes)


def assessed(given: Material, called: Called) -> Assessment:
    """Return an estimate worked out: a pure function of what was gathered.

    Source: R011–R019, R021, R022.
    """
    funnel = funnel_inputs(given, called)
    capacity, no_capacity = _tried(lambda: capacity_in(given, None))
    inventory = _tried_inventory(given, called)
    outcomes = _said(given, weighted_inputs(given, called), funnel, inventory, capacity)
    blend, refused = _tried(lambda: blended(blend_inputs(given, outcomes)))
    tiers = blend.tiers if blend else None
    own = given.chosen.get(given.asked.measure_id, Chosen())
    target = own.target if own.target is not None else tiers.target if tiers else None
    counted = inventory.outcome.amount
    to_find = None if target is None or counted is None else target - counted
    need, _ = _tried(lambda: None if to_find is None else backwards(to_find, funnel))
    if capacity is not None:
        capacity, no_capacity = _tried(lambda: capacity_in(given, target))
    triple, no_triple = _tried(lambda: triple_in(given, target))
    return Assessment(
        material=given,
        outcomes=outcomes,
        inventory=inventory.lines,
        blend=blend,
        refused=refused,
        floor=own.floor if own.floor is not None else tiers.floor if tiers else None,
        target=target,
        stretch=own.stretch if own.stretch is not None else tiers.stretch if tiers else None,
        to_find=to_find,
        need=need,
        capacity=capacity,
        no_capacity=no_capacity,
        triple=triple,
        no_triple=no_triple,
        fits=methods_that_fit(facts_in(given), limits_in(given.rules)),
        margin=margin_advice(margin_facts_in(given.contract)),
        drivers=drivers_in(given),
    )


def said_by_methods(given: Material, called: Called, weighted: WeightedInputs) -> dict[str, Outcome]:
    """Return what each method says by itself, method -> outcome.

    Args:
        weighted: what the weighted estimate rests on, usually ``weighted_inputs`` of what was gathered.
    """
    capacity, _ = _tried(lambda: capacity_in(given, None))
    return _said(given, weighted, funnel_inputs(given, called), _tried_inventory(given, called), capacity)


def _said(
    given: Material,
    weighted: WeightedInputs,
    funnel: FunnelInputs,
    inventory: Inventory,
    capacity: Capacity | None,
) -> dict[str, Outcome]:
    return {
        WEIGHTED: _outcome(lambda: by_weights(weighted)),
        FUNNEL: _outcome(lambda: by_funnel(funnel)),
        INVENTORY: inventory.outcome,
        FORCED: _outcome(lambda: by_force(forced_inputs(given, capacity))),
    }


def drawn_notes(figures: Figures) -> list[Note]:
    """Return which inputs come from market facts, and which were typed in their place."""
    market = figures.market
    if market is None:
        return []
    typed = [place for place in market.values if place in figures.typed]
    drawn = [place for place in market.values if place not in figures.typed]
    notes = []
    if drawn:
        names, many = _listed(drawn), len(market.market_ids)
        source = (
            Text("", "") if market.sourced else Text("，未注明来源或日期", ", whose source or its day is not stated")
        )
        words = Text(
            f"{names.zh}取自 {market.year} 年的市场数据（{many} 个市场）{source.zh}。",
            f"{names.en}: from the market facts of {market.year} (markets: {many}){source.en}.",
        )
        notes.append(Note("market-drawn", words, len(drawn)))
    if typed:
        names = _listed(typed)
        words = Text(
            f"{names.zh}按填写的，不取 {market.year} 年的市场数据。",
            f"{names.en}: as typed, not as the market facts of {market.year} say.",
        )
        notes.append(Note("market-typed", words, len(typed)))
    return notes


def _listed(places: Sequence[Place]) -> Text:
    names = [BY_CODE[code].called(line) for code, line in places]
    return Text("、".join(one.zh for one in names), ", ".join(one.en for one in names))


def level_of(outcome: Outcome, rules: Rules) -> str:
    """Return how far a method can be trusted, of ``LEVELS``: what it needs is known, and not of few deals."""
    known = outcome.confidence.ratio * 100
    if outcome.off is not None or known < rules.number("setting.confidence_middle"):
        return LOW
    few = bool(outcome.confidence.low)
    return HIGH if known >= rules.number("setting.confidence_high") and not few else MIDDLE


def _tried(make: Callable[[], Made]) -> tuple[Made | None, Text | None]:
    """Return what is made, or why its inputs are refused."""
    try:
        return make(), None
    except RuleError as refused:
        return None, _why(refused)


def _outcome(make: Callable[[], Outcome]) -> Outcome:
    try:
        return make()
    except RuleError as refused:
        return Outcome(None, _why(refused))


def _tried_inventory(given: Material, called: Called) -> Inventory:
    found, why = _tried(lambda: inventory_in(given, called))
    return found or Inventory(Outcome(None, why), ())


def _why(refused: RuleError) -> Text:
    message, remedy = refused.message, refused.remedy
    return Text(f"{message.zh}{remedy.zh}", f"{message.en} {remedy.en}".strip())
