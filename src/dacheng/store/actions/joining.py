"""Joining (入职): a person with his home, his role and his first targets, all or nothing, as one entry (R191)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.months import Months
from dacheng.core.period import Period, ym_text
from dacheng.core.targets.spreading import spread
from dacheng.store.actions.people import add_person
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved
from dacheng.store.actions.rights import hold_role
from dacheng.store.actions.targets import Cell, set_cells
from dacheng.store.history import writing
from dacheng.store.periods import company_months

MOST_MONTHS = 36


@dataclass(frozen=True, slots=True)
class FirstRole:
    """A role over a unit and everything under it, from the first day on."""

    role: int
    unit: UUID


@dataclass(frozen=True, slots=True)
class FirstTarget:
    """A total of a measure for some months on end; each month gets an even share, or one by its weeks, and the
    shares add up to it.

    Args:
        first_ym, last_ym: the months, both inclusive. amount: minor units, for all of them together.
    """

    measure: UUID
    first_ym: int
    last_ym: int
    amount: int


def join_person(
    *,
    actor: Viewer,
    at: datetime,
    values: FROM_OUTSIDE,
    home: UUID | None,
    on: int | None = None,
    role: FirstRole | None = None,
    target: FirstTarget | None = None,
) -> Saved:
    """Create a person from a day on, with his role and his targets from that day on.

    Raises:
        NotAllowed: the actor may not do one of the three. RuleError: no home unit, a value is not
            possible, the months run backwards, or one of them is closed.
    """
    with writing(actor, at, "person.created") as entry:
        day = entry.day if on is None else on
        person = add_person(entry, values, home, day)
        if role is not None:
            hold_role(entry, person, role.role, role.unit, day)
        if target is not None and home is not None:
            set_cells(entry, first_cells(home, person, target, company_months()), day)
        return Saved(person, 1)


def first_cells(home: UUID, person: UUID, target: FirstTarget, days: Months) -> list[Cell]:
    """Return a cell of each month of a first target; ``days`` are those of the company's months.

    Raises:
        RuleError: the months run backwards, or are too many.
    """
    months = range(target.first_ym, target.last_ym + 1)
    if not 0 < len(months) <= MOST_MONTHS:
        first, last = ym_text(target.first_ym), ym_text(target.last_ym)
        raise RuleError(
            Text(f"目标月份从 {first} 到 {last} 不行。", f"Targets cannot run from {first} to {last}."),
            Text(
                f"最后一个月不早于第一个月，最多 {MOST_MONTHS} 个月。",
                f"End no earlier than they begin, after {MOST_MONTHS} months at most.",
            ),
        )
    shares = spread(target.amount, Period(target.first_ym, target.last_ym + 1), days).tolist()
    return [Cell(home, person, target.measure, ym, share) for ym, share in zip(months, shares, strict=True)]
