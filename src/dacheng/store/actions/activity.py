"""Actions (动作): what people plan a week, and what they did on a day; set together as one entry (R053, R054)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer, sees
from dacheng.core.activity.schema import ACTION_TARGETS, ACTIONS_DONE, MOST_A_DAY
from dacheng.core.checking import check_values
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import Version, apply, patch
from dacheng.core.period import date_of
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, rights_of
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.saving import Becoming, New, become, create
from dacheng.store.standing import Key, Standing, ids_of_uids, standing_keys

OLDEST_DAYS = 62
"""So many days back a day may still be filled in; what is older stays as it was told."""


@dataclass(frozen=True, slots=True)
class WeeklyPlan:
    """What a person shall do a week in a month: ``per_week`` None = nothing planned."""

    person: UUID
    kind: int
    ym: int
    per_week: int | None


@dataclass(frozen=True, slots=True)
class Done:
    """How often a person did something on a day."""

    person: UUID
    day: int
    kind: int
    times: int


@dataclass(frozen=True, slots=True)
class SetActions:
    """How many rows were new, changed, or stood already."""

    created: int
    changed: int
    unchanged: int


def plan_actions(*, actor: Viewer, at: datetime, plans: Sequence[WeeklyPlan]) -> SetActions:
    """Set what people plan a week, from today on, all or none.

    Raises:
        NotFound: a person does not exist or is not seen. NotAllowed: the actor may not plan for him.
        RuleError: a number is not possible, or a row stands twice.
    """
    with writing(actor, at, "actions.planned") as entry:
        people = _people(entry, "action.plan", [one.person for one in plans])
        wanted = _keyed(ACTION_TARGETS, [((people[one.person], one.kind, one.ym), one.per_week) for one in plans])
        return _save(entry, ACTION_TARGETS, wanted, entry.day)


def record_actions(*, actor: Viewer, at: datetime, done: Sequence[Done]) -> SetActions:
    """Record what people did on days that have come, all or none; entering a day again corrects it.

    Raises:
        NotFound: a person does not exist or is not seen. NotAllowed: the actor may not record for him.
        RuleError: a day has not come or lies too far back, a number is not possible, or a row stands twice.
    """
    with writing(actor, at, "actions.recorded") as entry:
        people = _people(entry, "action.record", [one.person for one in done])
        for one in done:
            _check_day(one, entry.day)
        rows = [((people[one.person], one.day, one.kind), one.times) for one in done]
        found = SetActions(0, 0, 0)
        wanted = _keyed(ACTIONS_DONE, rows)
        for day in sorted({key[1] for key in wanted}):
            saved = _save(entry, ACTIONS_DONE, {key: times for key, times in wanted.items() if key[1] == day}, day)
            found = SetActions(
                found.created + saved.created, found.changed + saved.changed, found.unchanged + saved.unchanged
            )
        return found


def _people(entry: Entry, right: str, uids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the numbers of people for whom the actor may do something."""
    rights, ids = rights_of(entry), ids_of_uids("people", set(uids))
    if len(ids) < len(set(uids)):
        raise hidden(RELATIONS["people"].label)
    rights.read_homes(ids.values(), entry.day)
    for person in ids.values():
        _require(rights, right, person)
    return ids


def _require(rights: Rights, right: str, person: int) -> None:
    """Refuse a person who is out of reach, as if there were none where he is not seen either."""
    home = 0 if rights.viewer.whole else rights.home(person, rights.day)
    if rights.role_may(right) and not sees(rights.viewer, rights.tree, unit_id=home, owner_id=person):
        raise hidden(RELATIONS["people"].label)
    rights.require(right, unit_id=home, owner_id=person)


def _check_day(one: Done, today: int) -> None:
    if not today - OLDEST_DAYS <= one.day <= today:
        raise RuleError(
            Text(f"{date_of(one.day)} 不能填动作。", f"Actions of {date_of(one.day)} cannot be recorded."),
            Text(
                f"可填 {date_of(today - OLDEST_DAYS)} 到今天 {date_of(today)}。",
                f"From {date_of(today - OLDEST_DAYS)} to today, {date_of(today)}.",
            ),
        )
    if not 0 <= one.times <= MOST_A_DAY:
        raise RuleError(
            Text(f"一天 {one.times} 次不可能。", f"{one.times} times on a day is not possible."),
            Text(f"请填 0 到 {MOST_A_DAY} 的整数。", f"Enter a whole number from 0 to {MOST_A_DAY}."),
        )


def _keyed(relation: Relation, rows: Sequence[tuple[Key, int | None]]) -> dict[Key, int | None]:
    """Return the value of each key, checked; no key twice."""
    value = relation.columns[-1].name
    keyed: dict[Key, int | None] = {}
    for key, amount in rows:
        if key in keyed:
            raise RuleError(
                Text("同一个人的同一动作填了两次。", "One action of one person stands twice."),
                Text("每格只填一次。", "Enter each once."),
            )
        check_values(relation, {**dict(zip(relation.key, key, strict=True)), value: amount})
        if amount is not None and amount < 0:
            raise RuleError(
                Text(f"次数不能是 {amount}。", f"A number of actions cannot be {amount}."),
                Text("请填 0 或正整数。", "Enter zero or more."),
            )
        keyed[key] = amount
    return keyed


def _save(entry: Entry, relation: Relation, wanted: Mapping[Key, int | None], day: int) -> SetActions:
    """Let rows hold values from a day on."""
    value, found = relation.columns[-1].name, standing_keys(relation.name, wanted)
    news = [
        New({**dict(zip(relation.key, key, strict=True)), value: amount}, day)
        for key, amount in wanted.items()
        if key not in found and amount is not None
    ]
    again = [Becoming(one.record_id, _set(one, wanted[key], day), day=day) for key, one in found.items()]
    changed = become(entry, relation.name, {one.record_id: one for one in found.values()}, again)
    create(entry, relation.name, news)
    return SetActions(len(news), len(changed), len(wanted) - len(news) - len(changed))


def _set(record: Standing, amount: int | None, day: int) -> Sequence[Version]:
    if day < record.first_day:
        return [Version(day, record.first_day, (amount,)), *record.versions]
    return apply(record.versions, patch(record.versions, {0: amount}, day))
