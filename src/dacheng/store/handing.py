"""Who takes over what, as of a day: read the same for the preview of a handover and for doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from dacheng.core.access import MANAGER
from dacheng.core.errors import RuleError, Text
from dacheng.core.handover.handing import KINDS, OWN, Cell, Handover, Terms, Way, first_month
from dacheng.core.period import date_of
from dacheng.core.tree import Tree
from dacheng.store.access import holds_on, home_of, homes_of, works_here
from dacheng.store.bulk import among, select_rows
from dacheng.store.organisation import unit_open_on
from dacheng.store.periods import company_months
from dacheng.store.standing import Standing, standing_uid


@dataclass(frozen=True, slots=True)
class Ways:
    """Which way each kind goes.

    Args:
        to: who takes what is handed to somebody, and what stays with the unit where this person is at home in it.
        engagements: secondments and part-time work elsewhere end on the day, or go on; a leaver's end.
    """

    deals: Way = "person"
    targets: Way = "person"
    credit: Way = "person"
    to: UUID | None = None
    engagements: Literal["end", "keep"] = "end"

    @classmethod
    def chosen(
        cls,
        ways: Mapping[str, Way | None],
        to: UUID | None,
        *,
        usual: Mapping[str, Way] | None = None,
        engagements: Literal["end", "keep"] = "end",
    ) -> Ways:
        """Return the ways that were chosen; a kind that nothing is said of goes its usual way, else along."""
        known = {kind: ways.get(kind) or (usual or {}).get(kind) or "person" for kind in KINDS}
        return cls(known["deals"], known["targets"], known["credit"], to, engagements)

    def of(self, kind: str) -> Way:
        """Return the way of a kind."""
        way: Way = getattr(self, kind)
        return way


def handover_of(person: Standing, unit: UUID | None, day: int, ways: Ways, terms: Terms, taker: int) -> Handover:
    """Return who has what from a day on.

    Args:
        unit: the new home; None = the person leaves, and what would go along stays in his name.
        taker: the number of the person that ``ways.to`` names; 0 = none.

    Raises:
        RuleError: the unit is closed or already the home, nobody can take over, or the one who
            shall does not work here on that day.
    """
    old = home_of(person.record_id, day)
    new = old if unit is None else unit_open_on(unit, day)
    if unit is not None and new == old:
        raise RuleError(
            Text(f"{person.name} 在 {date_of(day)} 已经归属这个组织。", f"{person.name} belongs to this unit already."),
            Text("请选另一个组织，或换一个日期。", "Choose another unit, or another day."),
        )
    if taker:
        _check_taker(person, taker, day)
    staying = _staying(person, old, day, taker) if any(ways.of(kind) == "unit" for kind in KINDS) else 0
    who = {"person": person.record_id, "unit": staying, "taker": taker}
    takes = {kind: who[ways.of(kind)] for kind in KINDS}
    if any(ways.of(kind) == "taker" for kind in KINDS) and not taker:
        raise _nobody_named()
    homes = homes_of(set(takes.values()) - {person.record_id}, day) | {person.record_id: new}
    months = company_months()
    return Handover(person.record_id, old, new, day, unit is None, homes=homes, terms=terms, months=months, **takes)


def taker_of(ways: Ways) -> int:
    """Return the number of who takes over; 0 for nobody.

    Raises:
        NotFound: there is no such person.
    """
    return standing_uid("people", ways.to).record_id if ways.to else 0


def successor_in(unit: int, without: int, day: int) -> int:
    """Return who takes over what stays with a unit: who manages it and is at home in it; 0 when nobody does."""
    managing = [holds_on(day), ("role = %s", MANAGER), ("unit_id = %s", unit)]
    managers = {row[0] for row in select_rows("fact_roles", ["person_id"], managing)} - {without}
    homes = homes_of(managers, day)
    there = sorted(one for one in managers if homes.get(one) == unit and works_here(one, day))
    return there[0] if there else 0


def cells_for(plan: Handover, tree: Tree) -> dict[Cell, int]:
    """Return the amounts on the day of the target cells that a handover may change."""
    places = {plan.old, plan.place("targets")}
    units = {one for place in places if place in tree for one in (place, *tree.ancestors(place))}
    people = {OWN, plan.person, plan.targets}
    conditions = [
        holds_on(plan.day),
        among("unit_id", units),
        among("person_id", people),
        (f"ym >= {first_month(plan)} AND amount IS NOT NULL", None),
    ]
    rows = select_rows("fact_targets", ["unit_id", "person_id", "measure_id", "ym", "amount"], conditions)
    return {row[:4]: row[4] for row in rows}


def _staying(person: Standing, old: int, day: int, taker: int) -> int:
    """Return who in the old unit takes over: the one named if he is at home there, else its manager."""
    if taker and home_of(taker, day) == old:
        return taker
    found = successor_in(old, person.record_id, day)
    if not found:
        raise RuleError(
            Text(
                f"{person.name} 的原组织在 {date_of(day)} 没有归属其中的管理者可以接手。",
                f"No manager at home in the old unit of {person.name} can take over on {date_of(day)}.",
            ),
            Text(
                "指定原组织的一个人接手，或改为随人走、交给别人。", "Name somebody of that unit, or choose another way."
            ),
        )
    return found


def _check_taker(person: Standing, taker: int, day: int) -> None:
    if taker == person.record_id:
        raise RuleError(
            Text("不能移交给本人。", "Nobody takes over from himself."),
            Text("请选另一个人，或选随人走。", "Choose somebody else, or let it go with the person."),
        )
    if not works_here(taker, day):
        raise RuleError(
            Text(f"接手的人在 {date_of(day)} 不在职。", f"Who takes over does not work here on {date_of(day)}."),
            Text("请选在职的人。", "Choose somebody who does."),
        )


def _nobody_named() -> RuleError:
    return RuleError(
        Text("没有说交给谁。", "It is not said who takes over."),
        Text("请选接手的人。", "Choose who takes over."),
    )
