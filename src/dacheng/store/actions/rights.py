"""Roles and explicit grants, each from a day on and logged (R004)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import ADMIN, ROLE_LABEL, Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FAR_DAY
from dacheng.core.schema import RELATIONS
from dacheng.store.access import GRANT_KIND, require, works_here
from dacheng.store.actions.recording import day_not_after
from dacheng.store.history import Entry, writing
from dacheng.store.holding import administrators, hold, refuse_without_administrator
from dacheng.store.identity import hidden
from dacheng.store.saving import end
from dacheng.store.standing import Key, standing_keys, standing_uid


def grant_role(
    *, actor: Viewer, at: datetime, person: UUID, role: int, unit: UUID, on: int | None = None, until: int = FAR_DAY
) -> bool:
    """Give a person a role over a unit and everything under it; tell whether it is new.

    Args:
        until: the day after the last one, for somebody who stands in.

    Raises:
        NotAllowed: the actor is no administrator. RuleError: there is no such role, or the
            person has left.
    """
    with writing(actor, at, "role.granted", person=str(person), role=role, unit=str(unit)) as entry:
        return hold_role(entry, person, role, unit, entry.day if on is None else on, until)


def hold_role(entry: Entry, person: UUID, role: int, unit: UUID, day: int, until: int = FAR_DAY) -> bool:
    """Give a role as part of an entry; raises as ``grant_role`` does."""
    require(entry, "role.grant")
    _check_role(role)
    holder, over = standing_uid("people", person), standing_uid("units", unit)
    if not works_here(holder.record_id, day):
        raise RuleError(
            Text(f"{holder.name} 当天不在职。", f"{holder.name} does not work here on that day."),
            Text("只能给在职的人授予角色。", "Give roles to people who do."),
        )
    columns = {"person_id": holder.record_id, "role": role, "unit_id": over.record_id}
    return hold(entry, "roles", columns, day, until)


def revoke_role(*, actor: Viewer, at: datetime, person: UUID, role: int, unit: UUID, on: int | None = None) -> bool:
    """Take a role over a unit away from a day on; tell whether it was held.

    Raises:
        NotAllowed: the actor is no administrator. RuleError: nobody would be left to grant roles.
    """
    with writing(actor, at, "role.revoked", person=str(person), role=role, unit=str(unit)) as entry:
        require(entry, "role.grant")
        before = administrators()
        key = (standing_uid("people", person).record_id, role, standing_uid("units", unit).record_id)
        day = entry.day if on is None else on
        ended = [one.record_id for one in standing_keys("roles", [key]).values()]
        done = end(entry, "roles", ended, day)
        if role == ADMIN:
            refuse_without_administrator(before)
        return bool(done)


def give_grant(
    *,
    actor: Viewer,
    at: datetime,
    person: UUID,
    relation: str,
    uid: UUID,
    reason: str,
    on: int | None = None,
    until: int = FAR_DAY,
) -> bool:
    """Let a person see one deal or contract outside his units; tell whether that is new.

    Args:
        relation: ``deals`` or ``contracts``.
        until: the day after the last one.

    Raises:
        NotAllowed: the actor may not grant. NotFound: there is no such record or person.
        RuleError: no reason is given.
    """
    with writing(actor, at, "grant.given", person=str(person), relation=relation, uid=str(uid)) as entry:
        require(entry, "grant.give")
        if not reason.strip():
            raise RuleError(
                Text("授权没有写原因。", "The grant has no reason."),
                Text("写明为什么要看，之后可以查到。", "Say why; it can be looked up later."),
            )
        key = _grant_key(person, relation, uid)
        columns = dict(zip(RELATIONS["grants"].key, key, strict=True)) | {"reason": reason.strip()}
        return hold(entry, "grants", columns, day_not_after(entry, on), until)


def withdraw_grant(
    *, actor: Viewer, at: datetime, person: UUID, relation: str, uid: UUID, on: int | None = None
) -> bool:
    """Withdraw a grant from a day on; tell whether it was held."""
    with writing(actor, at, "grant.withdrawn", person=str(person), relation=relation, uid=str(uid)) as entry:
        require(entry, "grant.give")
        held = standing_keys("grants", [_grant_key(person, relation, uid)]).values()
        return bool(end(entry, "grants", [one.record_id for one in held], entry.day if on is None else on))


def _grant_key(person: UUID, relation: str, uid: UUID) -> Key:
    if relation not in GRANT_KIND:
        raise hidden(RELATIONS["grants"].label)
    return standing_uid("people", person).record_id, GRANT_KIND[relation], standing_uid(relation, uid).record_id


def _check_role(role: int) -> None:
    if role not in ROLE_LABEL:
        names = "、".join(label.zh for label in ROLE_LABEL.values())
        raise RuleError(
            Text(f"没有角色 {role}。", f"There is no role {role}."),
            Text(f"可选：{names}。", f"Choose one of: {names}."),
        )
