"""Versions of the annual plan (年度计划的版本): locked over all five steps, opened beside what stands now (R027)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.errors import NotFound, Text
from dacheng.core.strategy.steps import DONE, Step, refuse_unfinished, steps_of
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.store.actions.annual_plans import LOCKED, lock_annual_plan
from dacheng.store.history import company_day, moment
from dacheng.store.queries.log import EntryHead, entries_of

MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class LockedPlan:
    """A version of the annual plan of a unit and a fiscal year.

    Args:
        name: what it is called outside: the hash of its entry. number: 1 = the first of its unit and year.
        at: microseconds since 1970-01-01 UTC; day: the company's day of it. by: who locked it.
        unfinished: codes of the steps that were not done; note: why, or what was agreed.
    """

    name: str
    unit_id: int
    unit: Name
    year: int
    number: int
    at: int
    day: int
    by: Name
    note: str
    unfinished: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A step as it was locked, and as it is now."""

    then: Step
    now: Step

    @property
    def changed(self) -> bool:
        """Tell whether its numbers are no longer those that were locked."""
        return self.then != self.now


def lock(actor: Viewer, at: datetime, unit: UUID, year: int, note: str) -> None:
    """Lock the five steps of a fiscal year as the actor sees them now.

    Raises:
        RuleError: a step is not done and no note says why. NotFound, NotAllowed: as ``lock_annual_plan``.
    """
    steps = steps_of(open_database(actor, at=at), year)
    refuse_unfinished(steps, note)
    undone = [one.code for one in steps if one.state != DONE]
    lock_annual_plan(actor=actor, at=at, unit=unit, year=year, unfinished=undone, note=note.strip())


def locked_plans(book: Book, year: int) -> list[LockedPlan]:
    """Return the versions of a fiscal year of the units that the viewer sees, the latest first."""
    heads = sorted(entries_of((LOCKED,), MOST_LISTED), key=lambda one: one.seq)
    told = [(head, json.loads(head.detail)) for head in heads]
    seen = [(head, one) for head, one in told if one["year"] == year and _sees(book, one["unit"])]
    names = DatabaseNames()
    people = names.names("people", {head.actor_id for head, _ in seen})
    units = names.names("units", {one["unit"] for _, one in seen})
    counted: Counter[int] = Counter()
    found = []
    for head, one in seen:
        counted[one["unit"]] += 1
        by = people.get(head.actor_id, Name("", ""))
        found.append(_version(head, one, units[one["unit"]], by, counted[one["unit"]]))
    return found[::-1]


def locked_plan(book: Book, year: int, name: str) -> LockedPlan:
    """Return one of them by its name.

    Raises:
        NotFound: there is none that the viewer sees.
    """
    found = next((one for one in locked_plans(book, year) if one.name == name), None)
    if found is None:
        raise NotFound(
            Text("没有这个年度计划版本。", "There is no such version of the annual plan."),
            Text("从版本列表里选一个。", "Choose one from the list."),
        )
    return found


def compared(viewer: Viewer, at: datetime, locked: LockedPlan, now: Book) -> Sequence[Compared]:
    """Return each of the five steps as it was known when it was locked, beside the one of a Book of now."""
    then = open_database(viewer, at=at, as_of_day=locked.day, known_at=moment(locked.at))
    pairs = zip(steps_of(then, locked.year), steps_of(now, locked.year), strict=True)
    return [Compared(one, other) for one, other in pairs]


def _sees(book: Book, unit: int) -> bool:
    return book.scope.whole or unit in book.scope.units


def _version(head: EntryHead, told: dict[str, object], unit: Name, by: Name, number: int) -> LockedPlan:
    return LockedPlan(
        head.entry,
        int(str(told["unit"])),
        unit,
        int(str(told["year"])),
        number,
        head.at,
        company_day(moment(head.at)),
        by,
        str(told["note"]),
        tuple(str(one) for one in told["unfinished"]) if isinstance(told["unfinished"], list) else (),
    )
