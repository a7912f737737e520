"""What a row of our own kind yields, and from which day it holds (自动对应的行).

A file without a history says only what is true now. A closed opportunity then begins
with its outcome on the closing day; if the day it was created is known, it was open
from then on, at the first stage, with an amount that nobody knows any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dacheng.core.deals.schema import LOST, OPEN
from dacheng.core.schema import RELATIONS
from dacheng.exchange.history_rows import history_rules
from dacheng.exchange.mapping import (
    COUNT_ON_THEIR_DAY,
    Condition,
    Constant,
    DayFrom,
    FirstOf,
    FromColumn,
    ImportDay,
    Joined,
    MonthCell,
    MonthTitle,
    Origin,
    Recognised,
    RowRule,
    Step,
    typed_columns,
)
from dacheng.exchange.texts import folded

BEGIN_WITH_THE_IMPORT = frozenset(
    {"contacts", "deals", "deal_splits", "contract_lines", "targets", "periods", "market_facts"}
)
OUTCOME = ("amount", "expected_day", "win_bp", "margin_bp")
"""Columns of an opportunity that are not known of the time before it was closed."""


class StageSeen(NamedTuple):
    """A stage of the company: what a file may call it, and what it means."""

    code: str
    name: str
    group: int
    position: int
    state: int


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What the company already has that a row's meaning depends on."""

    stages: tuple[StageSeen, ...] = ()


def row_rules(
    relation: str,
    keys: Mapping[str, str],
    standpoint: Standpoint,
    *,
    by_month: bool = False,
    said: Collection[str] = (),
) -> tuple[RowRule, ...]:
    """Return what one row yields.

    Args:
        keys: our column -> key of the file's column.
        said: columns of ``keys`` whose words may name a record and need not.
        by_month: each month has a column of its own.
    """
    typed = typed_columns(RELATIONS[relation])
    values: dict[str, Origin] = {typed[name].name: FromColumn(key) for name, key in keys.items() if name in typed}
    values |= {typed[name].name: Recognised(keys[name]) for name in said}
    if relation == "actuals" and "from" not in keys:
        return history_rules(values, keys, by_month=by_month)
    by_name = RELATIONS[relation].entity and "code" not in keys
    if by_name:
        values["code"] = _made_of_names(relation, values, keys)
    if by_month:
        values |= {"ym": MonthTitle(), "amount": MonthCell()}
    if "from" in keys:
        since = DayFrom((keys["from"],), "import" if relation == "deal_splits" else "always")
        until = keys.get("to", "")
        return (RowRule(relation, values, since, history=True, until=until, keyed_by_name=by_name),)
    if relation == "deals":
        return (_deal(values, keys, standpoint, by_name),)
    if relation == "contracts":
        return (_contract(values, keys, by_name),)
    if relation in COUNT_ON_THEIR_DAY and "day" in keys:
        return (RowRule(relation, values, FromColumn(keys["day"]), keyed_by_name=by_name),)
    if relation == "people":
        return (RowRule("people", values, keyed_by_name=by_name), *_place_of_person(values, keys))
    begins = ImportDay() if relation in BEGIN_WITH_THE_IMPORT else None
    return (RowRule(relation, values, begins, keyed_by_name=by_name),)


def _made_of_names(relation: str, values: Mapping[str, Origin], keys: Mapping[str, str]) -> Origin:
    """Return what stands for a code: the name, of a contact with the customer's, since namesakes are many.

    An expense has no name of its own: it is known again by its day, unit, amount and what it was for;
    a market by its region, segment and year; a figure of a factor by what it is of and its day.
    """
    if relation == "expenses":
        return Joined(tuple(keys[name] for name in ("day", "unit", "amount", "name", "person") if name in keys), "·")
    if relation == "factor_figures":
        return Joined(tuple(keys[name] for name in ("factor", "unit", "person", "day") if name in keys), "·")
    if relation == "contacts" and "customer" in keys:
        return Joined((keys["customer"], keys["name"]), "·")
    if relation == "market_facts" and {"unit", "year"} <= keys.keys():
        return Joined((keys["unit"], keys["name"], keys["year"]), "·")
    return values["name"]


def _contract(values: dict[str, Origin], keys: Mapping[str, str], by_name: bool) -> RowRule:
    """A contract is known from the day it was signed; the one day stands for the other where only one is given."""
    days = [keys[name] for name in ("signed", "effective") if name in keys]
    if not days:
        return RowRule("contracts", values, ImportDay(), keyed_by_name=by_name)
    values["signed_day"] = FirstOf(tuple(days))
    values["effective_day"] = FirstOf(tuple(reversed(days)))
    return RowRule("contracts", values, FirstOf(tuple(days)), keyed_by_name=by_name)


def _place_of_person(values: Mapping[str, Origin], keys: Mapping[str, str]) -> list[RowRule]:
    """Return the home of a person and the role over it."""
    person = values["code"]
    if "home" not in keys:
        return []
    home = FromColumn(keys["home"])
    filled = (Condition(keys["home"], "filled"),)
    rules = [RowRule("assignments", {"person_id": person, "unit_id": home}, when=filled)]
    if "role" in keys:
        role = {"person_id": person, "role": FromColumn(keys["role"]), "unit_id": home}
        rules.append(RowRule("roles", role, when=(*filled, Condition(keys["role"], "filled"))))
    return rules


# Opportunities ---------------------------------------------------------------------------------


def _deal(values: dict[str, Origin], keys: Mapping[str, str], standpoint: Standpoint, by_name: bool) -> RowRule:
    """Return an opportunity: open ones begin when created, closed ones have their outcome on the closing day."""
    created: Origin = DayFrom((keys["created"],), "import") if "created" in keys else ImportDay()
    closed = [one for one in standpoint.stages if one.state != OPEN]
    if "stage" not in keys or not closed:
        return RowRule("deals", values, created, keyed_by_name=by_name)
    stage = keys["stage"]
    steps = [Step(created, {}, (_stage_is(stage, closed, negated=True),))]
    if "created" in keys:
        steps += _open_before(values, keys, standpoint)
    for state in sorted({one.state for one in closed}):
        those = [one for one in closed if one.state == state]
        steps.append(Step(_closing_day(keys), _outcome(values, state), (_stage_is(stage, those),)))
    return RowRule("deals", values, steps=tuple(steps), keyed_by_name=by_name)


def _stage_is(column: str, stages: Sequence[StageSeen], *, negated: bool = False) -> Condition:
    words = {folded(word) for one in stages for word in (one.code, one.name) if word}
    return Condition(column, values=frozenset(words), negated=negated)


def _open_before(values: Mapping[str, Origin], keys: Mapping[str, str], standpoint: Standpoint) -> list[Step]:
    """Return, for each stage set, the time between creation and closing: open at its first stage."""
    steps = []
    for group in sorted({one.group for one in standpoint.stages}):
        own = [one for one in standpoint.stages if one.group == group]
        first = min((one for one in own if one.state == OPEN), key=lambda one: one.position, default=None)
        closed = [one for one in own if one.state != OPEN]
        if first is not None and closed:
            unknown: dict[str, Origin] = {name: Constant("") for name in OUTCOME if name in values}
            when = (_stage_is(keys["stage"], closed), Condition(keys["created"], "filled"))
            steps.append(Step(FromColumn(keys["created"]), {**unknown, "stage_id": Constant(first.code)}, when))
    return steps


def _closing_day(keys: Mapping[str, str]) -> Origin:
    """Return the day an opportunity was closed: its own, else the day it was expected, else today."""
    days = [keys[name] for name in ("closed", "expected") if name in keys]
    return DayFrom(tuple(days), "import") if days else ImportDay()


def _outcome(values: Mapping[str, Origin], state: int) -> dict[str, Origin]:
    """Return what is known from the closing day on; a lost one is worth nothing."""
    outcome = {name: values[name] for name in (*OUTCOME, "stage_id") if name in values}
    return outcome | ({"amount": Constant("0")} if state == LOST else {})
