"""The inputs of an estimate in layers: what somebody typed, else market facts, else the past, else the rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from dacheng.core.book import Book, Rows
from dacheng.core.estimates.driving import latest_told
from dacheng.core.estimates.inputs import BASE_WORDS, BY_CODE, BY_NUMBER, FACTORS, YEARS_BACK
from dacheng.core.estimates.markets import Market, Place, market_of
from dacheng.core.estimates.past import Past
from dacheng.core.estimates.question import Question
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.rules import Rules
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.targets.setting.naming import METHODS
from dacheng.core.targets.setting.outcome import rounded

Origin = Literal["typed", "market", "past", "rule", "none"]

BP_PER_PERCENT = 100
TYPED = "SELECT input, line, amount, rate_bp, number, sourced FROM estimate_inputs {where} ORDER BY input, line"


@dataclass(frozen=True, slots=True)
class Figure:
    """One input as it is used.

    Args:
        value: minor units, basis points or a whole number; None = not known.
        beside: what a market fact, the past or the rule says where somebody typed another value.
    """

    value: int | None
    origin: Origin
    beside: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Every input of an estimate, in layers.

    Args:
        sourced: inputs of which somebody said where they come from.
        market: the market facts of the unit; what they answer stands before the past and the rules.
    """

    typed: Mapping[Place, int]
    past: Mapping[Place, int]
    rules: Mapping[Place, int]
    sourced: frozenset[Place] = frozenset()
    market: Market | None = None

    def figure(self, code: str, line: int = 0) -> Figure:
        """Return an input as it is used, with its origin."""
        place = (code, line)
        drawn = self.market.values if self.market else {}
        lower = drawn.get(place, self.past.get(place, self.rules.get(place)))
        if place in self.typed:
            return Figure(self.typed[place], "typed", lower)
        if place in drawn:
            return Figure(drawn[place], "market")
        if place in self.past:
            return Figure(self.past[place], "past")
        return Figure(self.rules[place], "rule") if place in self.rules else Figure(None, "none")

    def whole(self, code: str, line: int = 0) -> int | None:
        """Return an amount in minor units or a number; None = not known."""
        return self.figure(code, line).value

    def ratio(self, code: str, line: int = 0) -> Fraction | None:
        """Return a ratio; None = not known."""
        value = self.whole(code, line)
        return None if value is None else Fraction(value, BP_PER_WHOLE)

    def share(self, code: str, line: int = 0) -> Fraction:
        """Return a ratio for which there is always a rule; nothing where it was taken away."""
        return self.ratio(code, line) or Fraction()

    def flag(self, code: str, line: int = 0) -> bool | None:
        """Return whether something holds; None = nobody said."""
        value = self.whole(code, line)
        return None if value is None else bool(value)

    def lines(self, code: str) -> list[int]:
        """Return the lines of an input that somebody typed."""
        return sorted(line for own, line in self.typed if own == code)


def figures_of(book: Book, asked: Question, past: Past) -> Figures:
    """Return the inputs of an estimate in layers."""
    wanted = asked.filter
    rows = book.gather(TYPED.format(where=wanted.where), **wanted.params)
    typed, sourced = _typed(rows)
    market = market_of(book, asked) if asked.measure_id == CONTRACT else None
    if market and market.sourced:
        sourced |= {place for place in market.values if place not in typed}
    return Figures(typed, _of_past(past), _of_rules(book.rules), sourced, market)


def _typed(rows: Rows) -> tuple[dict[Place, int], frozenset[Place]]:
    typed: dict[Place, int] = {}
    sourced = set()
    for at in range(len(rows)):
        one = BY_NUMBER[int(rows["input"][at])]
        place = (one.code, int(rows["line"][at]))
        if rows.known(one.column)[at]:
            typed[place] = int(rows[one.column][at])
            if rows["sourced"][at]:
                sourced.add(place)
    return typed, frozenset(sourced)


def _of_past(past: Past) -> dict[Place, int]:
    """Return what the past says, rounded as it would be typed; the methods use what is exact."""
    found: dict[Place, int | None] = {("actual", back): past.actual[back - 1] for back in range(1, YEARS_BACK + 1)}
    found |= {("excluded", back): past.one_offs[back - 1] or None for back in range(1, YEARS_BACK + 1)}
    found[("opening_receivable", 0)] = past.receivable
    found[("leads", 0)] = past.leads
    found[("average", 0)] = None if past.average is None else rounded(past.average)
    found[("margin", 0)] = None if past.margin is None else _bp(past.margin)
    if past.people:
        found[("people", 1)] = max(rounded(past.people), 1)
        if past.actual[0] is not None and past.actual[0] > 0:
            found[("productivity", 1)] = rounded(past.actual[0] / past.people)
    for at, step in enumerate(past.steps, 1):
        found[("open_amount", at)] = step.open_amount
        found[("conversion", at)] = _bp(Fraction(step.moved, step.closed)) if step.closed else None
    found |= _of_drivers(past)
    return {place: value for place, value in found.items() if value is not None}


def _of_drivers(past: Past) -> dict[Place, int | None]:
    """Return the drivers of the latest year that is over and of which they are known."""
    year = latest_told(past.drivers)
    found: dict[Place, int | None] = {}
    for line, one in enumerate(year.drivers.groups if year else (), 1):
        found[("buyers", line)] = None if one.customers is None else int(one.customers)
        found[("ticket", line)] = None if one.ticket is None else rounded(one.ticket)
        found[("repeat", line)] = None if one.purchases is None else _bp(one.purchases - 1)
    return found


def _of_rules(rules: Rules) -> dict[Place, int]:
    """Return what the rules say, in basis points."""
    found = {("year_weight", back): rules.number(f"setting.year_weight_{back}") for back in range(1, YEARS_BACK + 1)}
    found |= {("factor_weight", at): rules.number(f"setting.factor_{code}") for at, (code, _) in enumerate(FACTORS, 1)}
    found |= {("method_weight", at): rules.number(f"setting.weight_{code}") for at, (code, _) in enumerate(METHODS, 1)}
    found |= {("attrition", 0): rules.number("setting.attrition"), ("tax", 0): rules.number("setting.vat")}
    percents = {place: value * BP_PER_PERCENT for place, value in found.items()}
    ramps = {("ramp", line): BP_PER_WHOLE for line in BY_CODE["ramp"].line_numbers}
    base = {("base", 0): BASE_WORDS.index(rules.word("setting.base")) + 1}
    return {**percents, **ramps, **base, ("normalise", 0): 0}


def _bp(value: Fraction) -> int:
    return rounded(value * BP_PER_WHOLE)
