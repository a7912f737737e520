"""Lines of history (历史业绩明细): recorded, corrected from their first day on, removed; imports bring most (R021).

A line is seen from the day it counts on. Months before the company's first closed one are open to history for
ever: nothing of them was ever reported from here; those that were closed keep what they hold (``core.closing``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer, not_allowed
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import apply, overlay
from dacheng.core.history.recording import not_yet
from dacheng.core.history.schema import ACTUALS
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, refuse_taken, saved, typed
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.saving import Becoming, become, check_version
from dacheng.store.standing import Columns, Standing, ids_of_uids, standing, standing_uid

RIGHT = "history.record"


def record_actual(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Record one line; without a code one is made.

    Args:
        values: columns; unit, person, customer, segment and measure as public ids.

    Raises:
        NotAllowed: the unit is out of the actor's reach. RuleError: a value is missing or not possible, the day
            has not come yet, or its month is closed.
    """
    with writing(actor, at, "actual.recorded") as entry:
        rights = rights_of(entry)
        columns = typed(rights, ACTUALS.name, values)
        _require_unit(rights, columns)
        day = _day_in_the_past(entry, columns.get("day"))
        return Saved(add(entry, ACTUALS.name, columns, day, prefix="Y").uid, 1)


def correct_actual(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Correct a line from its first day on, which moves with the day it counts on.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not record there, or where it shall go.
        Conflict: somebody changed it meanwhile. RuleError: a value is not possible, or a closed month rests on it.
    """
    with writing(actor, at, "actual.corrected") as entry:
        rights = rights_of(entry)
        line = standing_uid(ACTUALS.name, uid)
        rights.require_on(RIGHT, ACTUALS.name, line)
        columns = typed(rights, ACTUALS.name, values)
        _require_unit(rights, columns)
        if columns.get("code", line.row["code"]) != line.row["code"]:
            refuse_taken(ACTUALS, columns)
        check_version(ACTUALS, line, version, columns)
        become(entry, ACTUALS.name, {line.record_id: line}, [_corrected(entry, line, columns)])
        return saved(line)


def name_account(*, actor: Viewer, at: datetime, uids: Sequence[UUID], customer: UUID) -> int:
    """Let lines that name no account be of one, as one entry, all or none; return how many (指明客户).

    Raises:
        NotFound: a line does not exist, or the actor does not see it. NotAllowed: he may not record there.
        RuleError: there is no such account, a closed month rests on a line, or it names an account already.

    Source: R057.
    """
    with writing(actor, at, "actual.named") as entry:
        rights = rights_of(entry)
        if not rights.role_may(RIGHT):
            raise not_allowed(RIGHT)
        columns = typed(rights, ACTUALS.name, {"customer_id": customer})
        found = standing(ACTUALS.name, ids_of_uids(ACTUALS.name, uids).values())
        if len(found) < len(set(uids)):
            raise hidden(ACTUALS.label)
        for line in found.values():
            rights.require_on(RIGHT, ACTUALS.name, line)
            _require_nameless(line)
        return len(become(entry, ACTUALS.name, found, [_corrected(entry, one, columns) for one in found.values()]))


def _require_nameless(line: Standing) -> None:
    if not line.row["customer_id"]:
        return
    raise RuleError(
        Text(f"明细 {line.row['code']} 已经有客户了。", f"The line {line.row['code']} names an account already."),
        Text("刷新后再选；要改客户，改那一条明细。", "Reload and choose again; to change it, correct that line."),
    )


def remove_actuals(*, actor: Viewer, at: datetime, uids: Sequence[UUID]) -> int:
    """Remove lines that should never have been, all or none; return how many.

    Raises:
        NotFound: one does not exist, or the actor does not see it. NotAllowed: he may not record there.
        RuleError: a closed month rests on one.
    """
    with writing(actor, at, "actual.removed") as entry:
        rights = rights_of(entry)
        found = standing(ACTUALS.name, ids_of_uids(ACTUALS.name, uids).values())
        if len(found) < len(set(uids)):
            raise hidden(ACTUALS.label)
        for line in found.values():
            rights.require_on(RIGHT, ACTUALS.name, line)
        return len(become(entry, ACTUALS.name, found, [Becoming(one, ()) for one in found]))


def _require_unit(rights: Rights, columns: Columns) -> None:
    """Refuse a unit that the actor does not look after, as if there were none; a missing one is refused later."""
    unit = columns.get("unit_id")
    if not rights.role_may(RIGHT):
        raise not_allowed(RIGHT)
    if unit and not rights.sees_unit(unit):
        raise hidden(ACTUALS.column("unit_id").label)
    if unit:
        rights.require(RIGHT, unit_id=unit)


def _day_in_the_past(entry: Entry, day: int | None) -> int:
    if day is not None and day > entry.day:
        raise not_yet(day, entry.day)
    return entry.day if day is None else day


def _corrected(entry: Entry, line: Standing, columns: Columns) -> Becoming:
    at, first = ACTUALS.positions, line.first_day
    if "day" in columns and columns["day"] != line.row["day"]:
        first = _day_in_the_past(entry, columns["day"])
    steps = {at[name]: [(first, value)] for name, value in columns.items() if name in at}
    labels = {label.name: columns[label.name] or "" for label in ACTUALS.labels if label.name in columns}
    return Becoming(line.record_id, apply(line.versions, overlay(line.versions, steps, first)), labels)
