"""The organisation (组织): units created, renamed, moved and closed, each from a day on (R004, R029)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.closing import check_lasting
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import Version
from dacheng.core.schema import RELATIONS
from dacheng.core.tree import NO_PARENT
from dacheng.store.access import holds_on, require
from dacheng.store.actions.engagements import end_all_in
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.bulk import select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.models import FAR_SEQ
from dacheng.store.organisation import check_tree, unit_open_on
from dacheng.store.periods import closed_through
from dacheng.store.saving import Becoming, become
from dacheng.store.standing import Standing, every, standing_keys, standing_uid


def create_unit(
    *, actor: Viewer, at: datetime, name: str, parent: UUID | None, code: str = "", on: int | None = None
) -> Saved:
    """Create a unit under another from a day on, today unless given; the first unit of all has no parent.

    Raises:
        NotAllowed: the actor may not edit the organisation. RuleError: a second top, or the
            parent does not stand on that day.
    """
    with writing(actor, at, "unit.created") as entry:
        rights = require(entry, "org.edit")
        day = entry.day if on is None else on
        columns = typed(rights, "units", {"name": name} | ({"code": code} if code else {}))
        columns["parent_id"] = unit_open_on(parent, day) if parent else NO_PARENT
        made = add(entry, "units", columns, day, prefix="U")
        check_tree(day)
        return Saved(made.uid, 1)


def edit_unit(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Change a unit's name or code.

    Raises:
        Conflict: somebody changed it meanwhile. RuleError: a dated column needs its own action.
    """
    with writing(actor, at, "unit.edited") as entry:
        rights = require(entry, "org.edit")
        labels = {label.name for label in RELATIONS["units"].labels}
        if not set(values) <= labels:
            raise RuleError(
                Text("这里只能改名称和编码。", "Only name and code can be changed here."),
                Text("上级用「移动」，撤销用「撤销」。", "Use move for the parent and close to close it."),
            )
        return revise(entry, "units", standing_uid("units", uid), typed(rights, "units", values), version, entry.day)


def move_unit(
    *, actor: Viewer, at: datetime, uid: UUID, parent: UUID, version: int | None, on: int | None = None
) -> Saved:
    """Put a unit under another parent from a day on, until its next recorded move.

    Raises:
        RuleError: it would run in a circle, or the day lies in a closed period.
        Conflict: somebody changed it meanwhile.
    """
    with writing(actor, at, "unit.moved") as entry:
        require(entry, "org.edit")
        day = _lasting_day(entry, on)
        unit, above = standing_uid("units", uid), unit_open_on(parent, day)
        done = revise(entry, "units", unit, {"parent_id": above}, version, day)
        check_tree(day)
        return done


def close_unit(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    version: int | None,
    on: int | None = None,
    people_to: UUID | None = None,
    units_to: UUID | None = None,
) -> Saved:
    """Close a unit from a day on; it stays where it stands, and its past with it; nobody is lent to it any more.

    Args:
        people_to: the new home of everybody who works in it.
        units_to: the new parent of its open units.

    Raises:
        RuleError: people or open units are in it and nothing was said about them; their
            number is named. Or the day lies in a closed period.
    """
    with writing(actor, at, "unit.closed") as entry:
        require(entry, "org.edit")
        day = _lasting_day(entry, on)
        unit = standing_uid("units", uid)
        people, below = _people_of(unit, day), _units_below(unit, day)
        if (people and people_to is None) or (below and units_to is None):
            raise _still_used(unit, len(people), len(below))
        _move_each(entry, "assignments", "unit_id", people, unit, _taking_over(people_to, unit, day), day)
        _move_each(entry, "units", "parent_id", below, unit, _taking_over(units_to, unit, day), day)
        end_all_in(entry, unit.record_id, day)
        done = revise(entry, "units", unit, {"closed": 1}, version, day)
        check_tree(day)
        return done


def _lasting_day(entry: Entry, on: int | None) -> int:
    day = entry.day if on is None else on
    check_lasting(day, closed_through())
    return day


def _taking_over(uid: UUID | None, closing: Standing, day: int) -> int:
    """Return the number of the unit that takes over; 0 for none."""
    if uid is None:
        return 0
    unit = unit_open_on(uid, day)
    if unit == closing.record_id:
        raise RuleError(
            Text("不能移到正在撤销的组织自己。", "They cannot move into the unit that closes."),
            Text("请选另一个组织。", "Choose another unit."),
        )
    return unit


def _people_of(unit: Standing, day: int) -> list[Standing]:
    """Return the home records of those who work in a unit on a day or later; a leaver stays."""
    later = f"to_day > {day} AND seq_to = {FAR_SEQ} AND unit_id = {unit.record_id}"
    people = {row[0] for row in select_rows("fact_assignments", ["person_id"], [(later, None)])}
    left = {row[0] for row in select_rows("fact_people", ["person_id"], [holds_on(day), ('"left" = 1', None)])}
    return list(standing_keys("assignments", [(person,) for person in people - left]).values())


def _units_below(unit: Standing, day: int) -> list[Standing]:
    """Return the open units that stand directly under a unit on a day or later."""
    relation = RELATIONS["units"]
    at = relation.positions
    return [
        one
        for one in every("units").values()
        if any(
            version.to_day > day
            and version.values[at["parent_id"]] == unit.record_id
            and not version.values[at["closed"]]
            for version in one.versions
        )
    ]


def _move_each(
    entry: Entry, name: str, column: str, records: Sequence[Standing], old: Standing, new: int, day: int
) -> None:
    """Wherever records point to a unit from a day on, let them point to another."""
    at = RELATIONS[name].positions[column]
    moved = [
        Becoming(one.record_id, list(_moved(one.versions, at, old.record_id, new, day)), day=day) for one in records
    ]
    become(entry, name, {one.record_id: one for one in records}, moved)


def _moved(versions: Iterable[Version], at: int, old: int, new: int, day: int) -> Iterable[Version]:
    for one in versions:
        if one.values[at] != old or one.to_day <= day:
            yield one
            continue
        if one.from_day < day:
            yield Version(one.from_day, day, one.values)
        values = (*one.values[:at], new, *one.values[at + 1 :])
        yield Version(max(one.from_day, day), one.to_day, values)


def _still_used(unit: Standing, people: int, units: int) -> RuleError:
    return RuleError(
        Text(
            f"组织 {unit.name} 还有 {people} 人和 {units} 个未撤销的下级。",
            f"Unit {unit.name} still has {people} people and {units} open units.",
        ),
        Text(
            "请指定这些人的新归属和这些下级的新上级，再撤销。", "Name their new home and the new parent, then close it."
        ),
    )
