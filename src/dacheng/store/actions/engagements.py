"""Secondment and part-time (借调、兼职): who works where beside his home, for how much, between two days (R191).

Nothing of money follows from it: the home unit stays where everything counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import percent
from dacheng.core.org.engaging import ended, engaged, refuse_overbooked
from dacheng.core.org.schema import ENGAGED_AS
from dacheng.core.period import FAR_DAY, date_of
from dacheng.core.schema import RELATIONS
from dacheng.store.access import require, works_here
from dacheng.store.actions.recording import Saved, revise
from dacheng.store.bulk import Condition, select_rows
from dacheng.store.engaging import engagements_where, shares_taken, working_shares
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.models import FAR_SEQ
from dacheng.store.organisation import unit_open_on
from dacheng.store.saving import Becoming, New, become, create
from dacheng.store.standing import Columns, Key, Standing, standing, standing_keys, standing_uid

FULL_BP = 10_000


def start_engagement(
    *,
    actor: Viewer,
    at: datetime,
    person: UUID,
    host: UUID,
    kind: int,
    share_bp: int,
    reason: str = "",
    on: int | None = None,
    until: int = FAR_DAY,
) -> bool:
    """Let a person work in another unit from a day on, beside his home; tell whether anything changed.

    What was recorded of the same person, unit and kind for these days is replaced.

    Args:
        share_bp: of full time, 1 to 10,000.
        until: the day after the last one.

    Raises:
        NotAllowed: the actor may not edit people. RuleError: the person does not work here then, the
            unit is closed or his home, the days run backwards, or the shares exceed what he works.
    """
    with writing(actor, at, "engagement.started", person=str(person), unit=str(host)) as entry:
        require(entry, "person.edit")
        day = entry.day if on is None else on
        who = standing_uid("people", person)
        _check(who, kind, share_bp, day, until)
        where = unit_open_on(host, day)
        _refuse_home(who, where, day, until)
        columns: Columns = {"person_id": who.record_id, "host_id": where, "kind": kind, "share_bp": share_bp}
        changed = _engage(entry, columns | {"reason": reason.strip()}, day, until)
        refuse_overbooked(who.name, working_shares(who), shares_taken(who.record_id))
        return changed


def end_engagement(*, actor: Viewer, at: datetime, person: UUID, host: UUID, kind: int, on: int | None = None) -> bool:
    """Let somebody work in another unit no longer from a day on; tell whether he did.

    Raises:
        NotAllowed: the actor may not edit people.
    """
    with writing(actor, at, "engagement.ended", person=str(person), unit=str(host)) as entry:
        require(entry, "person.edit")
        key = standing_uid("people", person).record_id, standing_uid("units", host).record_id, kind
        return bool(end_some(entry, standing_keys("engagements", [key]).values(), entry.day if on is None else on))


def set_working_share(
    *, actor: Viewer, at: datetime, uid: UUID, share_bp: int, version: int | None, on: int | None = None
) -> Saved:
    """Say how much of full time a person works from a day on, until the next recorded change.

    Args:
        share_bp: basis points, 1 to 10,000.

    Raises:
        NotAllowed: the actor may not edit people. Conflict: somebody changed the person meanwhile.
        RuleError: he works more than that elsewhere, or the share is not possible.
    """
    with writing(actor, at, "person.share_set", person=str(uid)) as entry:
        require(entry, "person.edit")
        person = standing_uid("people", uid)
        refuse_no_share(share_bp)
        done = revise(entry, "people", person, {"fte_bp": share_bp}, version, entry.day if on is None else on)
        refuse_overbooked(person.name, working_shares(person), shares_taken(person.record_id))
        return done


def end_all_of(entry: Entry, person: int, day: int, host: int | None = None) -> set[int]:
    """End what a person does elsewhere from a day on: everything, or only in one unit."""
    conditions: list[Condition] = [("person_id = %s", person)]
    return end_some(
        entry, engagements_where([*conditions, *([("host_id = %s", host)] if host is not None else [])]), day
    )


def end_all_in(entry: Entry, host: int, day: int) -> set[int]:
    """End what anybody does in a unit beside his home from a day on."""
    return end_some(entry, engagements_where([("host_id = %s", host)]), day)


def end_some(entry: Entry, records: Iterable[Standing], day: int) -> set[int]:
    """End engagements from a day on; one that had not begun is removed."""
    found = {one.record_id: one for one in records if any(version.to_day > day for version in one.versions)}
    wanted = [Becoming(one.record_id, ended(one.versions, day), day=day) for one in found.values()]
    return become(entry, "engagements", found, wanted)


def people_of(ids: Iterable[int]) -> list[UUID]:
    """Return the public ids of the people whom engagements are about."""
    people = {one.key[0] for one in standing("engagements", ids, removed=True).values()}
    return [one.uid for one in standing("people", people).values()]


def refuse_no_share(share_bp: int) -> None:
    """Refuse a share of nothing, or of more than full time."""
    if not 0 < share_bp <= FULL_BP:
        raise RuleError(
            Text(f"比例不能是 {percent(share_bp)}。", f"A share cannot be {percent(share_bp)}."),
            Text("填大于 0%、不超过 100% 的比例。", "Enter more than 0% and at most 100%."),
        )


def _engage(entry: Entry, columns: Columns, day: int, until: int) -> bool:
    key: Key = tuple(int(columns[name]) for name in RELATIONS["engagements"].key)
    record = standing_keys("engagements", [key]).get(key)
    if record is None:
        create(entry, "engagements", [New(columns, day, until_day=until)])
        return True
    labels = {"reason": columns["reason"]} if columns["reason"] else {}
    versions = engaged(record.versions, int(columns["share_bp"]), day, until)
    becoming = Becoming(record.record_id, versions, labels, day)
    return bool(become(entry, "engagements", {record.record_id: record}, [becoming]))


def _check(person: Standing, kind: int, share_bp: int, day: int, until: int) -> None:
    refuse_no_share(share_bp)
    if kind not in {number for number, _, _ in ENGAGED_AS}:
        raise hidden(RELATIONS["engagements"].label)
    if until <= day:
        raise RuleError(
            Text("借调、兼职到期的日子早于开始的日子。", "The engagement ends before it begins."),
            Text(f"请选 {date_of(day)} 或更晚。", f"Choose {date_of(day)} or later."),
        )
    if not works_here(person.record_id, day):
        raise RuleError(
            Text(f"{person.name} 在 {date_of(day)} 不在职。", f"{person.name} does not work here on {date_of(day)}."),
            Text("请选在职的日子。", "Choose a day on which the person does."),
        )


def _refuse_home(person: Standing, host: int, day: int, until: int) -> None:
    """Refuse the home unit itself: there nothing is lent."""
    at_home = [f"person_id = {person.record_id} AND unit_id = {host} AND seq_to = {FAR_SEQ}", f"to_day > {day}"]
    rows = select_rows("fact_assignments", ["from_day"], [(" AND ".join([*at_home, f"from_day < {until}"]), None)])
    if rows:
        first = date_of(max(day, min(row[0] for row in rows)))
        raise RuleError(
            Text(f"{person.name} 在 {first} 就归属这个组织。", f"{person.name} is at home in this unit on {first}."),
            Text("请选归属以外的组织，或改日期。", "Choose another unit, or other days."),
        )
