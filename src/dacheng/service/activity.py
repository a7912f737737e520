"""What a page of actions starts from: whom somebody may record or plan for, and what stands already (R053, R054)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dacheng.core.access import Viewer, may
from dacheng.core.activity.weeks import DONE, PLANNED
from dacheng.core.book import Book
from dacheng.core.filtering import equal
from dacheng.core.table import Table
from dacheng.service.books import sequence_of
from dacheng.service.labels import DatabaseNames
from dacheng.store.actions import activity as actions
from dacheng.store.actions.activity import Done, SetActions, WeeklyPlan
from dacheng.store.queries.entries import actions_entered, moment_of

PEOPLE = "SELECT p.person_id, p.unit_id FROM people p WHERE p.left = 0 ORDER BY p.person_id"
LATEST = "SELECT day, COUNT(*) AS there FROM actions_done GROUP BY day ORDER BY day"
SEEN_SINCE = """
    SELECT person_id, day, COUNT(*) AS there FROM actions_done WHERE day >= :first GROUP BY person_id, day
    ORDER BY person_id, day"""
LOOKED_BACK = 31
"""Days before the latest one with an action whose entries are looked at."""

FRESH = timedelta(hours=24)
"""What was entered no longer ago than this is fresh (R054)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody whose actions may be entered."""

    person_id: int
    uid: UUID
    name: str


def people_for(viewer: Viewer, book: Book, right: str) -> list[Actor]:
    """Return the people for whom somebody may record or plan, himself first, then by name."""
    rows = book.gather(PEOPLE)
    reached = [
        person
        for person, unit in zip(rows["person_id"].tolist(), rows["unit_id"].tolist(), strict=True)
        if may(viewer, right, book.tree, unit_id=unit, owner_id=person)
    ]
    names = DatabaseNames().names("people", reached)
    found = [Actor(one, UUID(names[one].uid), names[one].name) for one in dict.fromkeys(reached) if one in names]
    return sorted(found, key=lambda one: (one.person_id != viewer.person_id, one.name, one.person_id))


def done_on(book: Book, person: int, day: int) -> dict[int, int]:
    """Return how often a person did what on a day, by kind."""
    wanted = equal(person_id=person, day=day)
    rows = book.gather(f"{DONE} {wanted.where}", **wanted.params)
    return dict(zip(rows["kind"].tolist(), rows["times"].tolist(), strict=True))


def planned_in(book: Book, person: int, ym: int) -> dict[int, int]:
    """Return what a person plans a week in a month, by kind; a kind without a plan is left out."""
    wanted = equal(person_id=person, ym=ym)
    rows = book.gather(f"{PLANNED} {wanted.where}", **wanted.params)
    rows = rows.only(rows.known("per_week"))
    return dict(zip(rows["kind"].tolist(), rows["per_week"].tolist(), strict=True))


def record_actions(*, actor: Viewer, at: datetime, done: Sequence[Done]) -> SetActions:
    """Record what somebody did; see ``store.actions.activity``."""
    return actions.record_actions(actor=actor, at=at, done=done)


def plan_actions(*, actor: Viewer, at: datetime, plans: Sequence[WeeklyPlan]) -> SetActions:
    """Set what people plan a week; see ``store.actions.activity``."""
    return actions.plan_actions(actor=actor, at=at, plans=plans)


@dataclass(frozen=True, slots=True)
class LastEntry:
    """The latest actions that a viewer sees.

    Args:
        day: the last day of which there is an action. at: when one was last entered, of that day or a month before;
            None where the log does not tell, as with a folder of files.
    """

    day: int
    at: datetime | None

    def stale(self, book: Book, at: datetime) -> bool:
        """Tell whether it was entered over 24 hours before a moment, or is of before yesterday.

        A Book of a past day is as fresh as it was that day: its days alone are compared.
        """
        if self.day < book.as_of_day - 1:
            return True
        return book.as_of_day == book.today and self.at is not None and at - self.at > FRESH


def last_entry(book: Book) -> LastEntry | None:
    """Return the latest actions that a viewer sees (R054); None without any.

    What others record out of his sight makes nothing fresh: he could not see it on the wall.
    """
    days = book.gather(LATEST)["day"]
    if not len(days):
        return None
    first = int(days[-1]) - LOOKED_BACK
    seen = book.gather(SEEN_SINCE, first=first)
    entered = actions_entered(first, sequence_of(book))
    keys = zip(seen["person_id"].tolist(), seen["day"].tolist(), strict=True)
    return LastEntry(int(days[-1]), moment_of(max((entered.get(key, 0) for key in keys), default=0)))


@dataclass(frozen=True, slots=True)
class Acted:
    """What a team planned this week, has done, and should have done by now."""

    planned: int = 0
    done: int = 0
    due: float = 0.0

    @property
    def behind(self) -> bool:
        """Tell whether less is done than is due by now."""
        return self.done < self.due


def by_unit(board: Table) -> dict[tuple[int, int], Acted]:
    """Return what each (unit, kind) of an action board planned and did, its people together."""
    found: dict[tuple[int, int], Acted] = {}
    names = ("unit_id", "kind", "planned", "times", "due")
    for unit, kind, planned, done, due in zip(*(board.values[name].tolist() for name in names), strict=True):
        before = found.get((unit, kind), Acted())
        found[unit, kind] = Acted(before.planned + planned, before.done + done, before.due + due)
    return found
