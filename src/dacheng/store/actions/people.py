"""People (人员): joined with a home unit, moved, left (R004).

The first home holds from the beginning: what somebody brings along from before the day he
was entered counts there, as it does after an import.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.closing import check_lasting
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.core.schema import RELATIONS
from dacheng.store.access import require
from dacheng.store.actions.engagements import end_all_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.actions.transfers import leave
from dacheng.store.handing import Ways
from dacheng.store.history import Entry, writing
from dacheng.store.organisation import no_home, unit_open_on
from dacheng.store.periods import closed_through
from dacheng.store.saving import New, create
from dacheng.store.standing import standing_keys, standing_uid


def create_person(
    *, actor: Viewer, at: datetime, values: FROM_OUTSIDE, home: UUID | None, on: int | None = None
) -> Saved:
    """Create a person from a day on, today unless given, with a home unit that was always his.

    Args:
        values: code, name, e-mail; without a code one is made.

    Raises:
        RuleError: no home unit, or a value is not possible.
    """
    with writing(actor, at, "person.created") as entry:
        return Saved(add_person(entry, values, home, entry.day if on is None else on), 1)


def add_person(entry: Entry, values: FROM_OUTSIDE, home: UUID | None, day: int) -> UUID:
    """Create a person as part of an entry and return his public id; raises as ``create_person`` does."""
    rights = require(entry, "person.edit")
    if home is None:
        raise no_home([str(values.get("name") or values.get("code") or "")])
    unit = unit_open_on(home, day)
    made = add(entry, "people", typed(rights, "people", values), day, prefix="P")
    create(entry, "assignments", [New({"person_id": made.record_id, "unit_id": unit}, FIRST_DAY)])
    return made.uid


def edit_person(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Change a person's name, code or e-mail.

    Raises:
        Conflict: somebody changed it meanwhile. RuleError: a dated column needs its own action.
    """
    with writing(actor, at, "person.edited") as entry:
        rights = require(entry, "person.edit")
        if not set(values) <= {label.name for label in RELATIONS["people"].labels}:
            raise RuleError(
                Text("这里只能改姓名、工号和邮箱。", "Only name, number and e-mail can be changed here."),
                Text("离职用「离职」，归属用「调动」。", "Use leave and move for the rest."),
            )
        return revise(entry, "people", standing_uid("people", uid), typed(rights, "people", values), version, entry.day)


def move_person(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    unit: UUID,
    version: int | None = None,
    on: int | None = None,
    until: int = FAR_DAY,
) -> Saved:
    """Give a person another home unit from a day on, until the next recorded move; he works there beside no more.

    Args:
        version: of the home, as the organisation page carries it.

    Returns:
        The person and the new version of the home.

    Raises:
        RuleError: the day lies in a closed period.
        Conflict: somebody moved the person meanwhile.
    """
    with writing(actor, at, "person.moved") as entry:
        require(entry, "person.edit")
        day = entry.day if on is None else on
        check_lasting(day, closed_through())
        person = standing_uid("people", uid)
        home = standing_keys("assignments", [(person.record_id,)])[person.record_id,]
        new = unit_open_on(unit, day)
        done = revise(entry, "assignments", home, {"unit_id": new}, version, day, until)
        end_all_of(entry, person.record_id, day, new)
        return Saved(person.uid, done.version)


def mark_left(*, actor: Viewer, at: datetime, uid: UUID, version: int | None, on: int | None = None) -> Saved:
    """Mark a person as left from a day on and hand nothing over; roles end, the account is disabled.

    Raises:
        RuleError: he is the last administrator, or the day lies in the future.
        Conflict: somebody changed the person meanwhile.
    """
    done = leave(actor=actor, at=at, uid=uid, ways=Ways(), version=version, on=on)
    return Saved(done.uid, done.version)
