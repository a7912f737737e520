"""The organisation as it stands on a day: units, the people in them, the roles they hold, their ways in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from dacheng.store.bulk import among, select_rows
from dacheng.store.identity import stored_uid
from dacheng.store.models import FAR_SEQ, Account


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """A unit on a day; parent_id 0 = the top."""

    unit_id: int
    uid: UUID
    code: str
    name: str
    parent_id: int
    closed: bool


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """A person on a day.

    Args:
        unit_id: the home. active: the account can be used; None = there is no account.
        fte_bp: how much of full time he works, basis points.
    """

    person_id: int
    uid: UUID
    code: str
    name: str
    left: bool
    unit_id: int
    active: bool | None
    fte_bp: int


@dataclass(frozen=True, slots=True)
class EngagementStanding:
    """Work in a unit beside the home from a day until another; kind as in ``core.org.schema.ENGAGED_AS``."""

    person_id: int
    host_id: int
    kind: int
    share_bp: int
    reason: str
    from_day: int
    to_day: int


@dataclass(frozen=True, slots=True)
class HomeStanding:
    """A home unit from a day until another."""

    unit_id: int
    from_day: int
    to_day: int


@dataclass(frozen=True, slots=True)
class RoleStanding:
    """A role held from a day until another, over a unit."""

    person_id: int
    role: int
    unit_id: int
    from_day: int
    to_day: int


@dataclass(frozen=True, slots=True)
class GrantStanding:
    """A record that a person may see by a grant; kind as in ``core.org.schema.GRANTED``."""

    person_id: int
    kind: int
    object_id: int
    reason: str
    from_day: int
    to_day: int


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """A way in; last_sign_in None = never."""

    username: str
    active: bool
    has_password: bool
    last_sign_in: datetime | None


def units_on(day: int) -> list[UnitStanding]:
    """Return the units that stand on a day, in the order in which they were made."""
    rows = _rows(
        f"""SELECT u.id, u.uid, u.code, u.name, f.parent_id, f.closed FROM rec_units u
            JOIN fact_units f ON f.unit_id = u.id AND {_held("f", day)} ORDER BY u.id"""
    )
    return [
        UnitStanding(at, stored_uid(uid), code, name, parent, bool(end)) for at, uid, code, name, parent, end in rows
    ]


def people_on(day: int) -> list[PersonStanding]:
    """Return the people that stand on a day with their home units, those who left too; by code."""
    rows = _rows(
        f"""SELECT p.id, p.uid, p.code, p.name, f."left", a.unit_id, c.is_active, f.fte_bp FROM rec_people p
            JOIN fact_people f ON f.person_id = p.id AND {_held("f", day)}
            JOIN fact_assignments a ON a.person_id = p.id AND {_held("a", day)}
            LEFT JOIN account c ON c.person_id = p.id ORDER BY p.code, p.id"""
    )
    return [
        PersonStanding(at, stored_uid(uid), code, name, bool(left), unit, None if active is None else bool(active), fte)
        for at, uid, code, name, left, unit, active, fte in rows
    ]


def roles_on(day: int) -> list[RoleStanding]:
    """Return the roles that are held on a day."""
    rows = _rows(
        f"""SELECT f.person_id, f.role, f.unit_id, f.from_day, f.to_day FROM fact_roles f
            WHERE {_held("f", day)} ORDER BY f.person_id, f.role, f.unit_id"""
    )
    return [RoleStanding(*row) for row in rows]


def engagements_on(day: int) -> list[EngagementStanding]:
    """Return the engagements outside the home that hold on a day."""
    return _engagements(_held("f", day), "f.person_id, f.host_id, f.kind")


def engagements_of(person_id: int) -> list[EngagementStanding]:
    """Return every engagement of a person that ever held or will hold, the latest first."""
    current = f"f.person_id = {int(person_id)} AND f.seq_to = {FAR_SEQ}"
    return _engagements(current, "f.from_day DESC, f.host_id, f.kind")


def home_versions(people: Iterable[int]) -> dict[int, int]:
    """Return the versions of people's home records, by person."""
    return dict(
        select_rows("rec_assignments", ["person_id", "version"], [among("person_id", people), ("NOT removed", None)])
    )


def homes_of_person(person_id: int) -> tuple[int, list[HomeStanding]]:
    """Return the version of a person's home record and its home units through time, the latest first."""
    rows = _rows(
        f"""SELECT r.version, a.unit_id, a.from_day, a.to_day FROM fact_assignments a
            JOIN rec_assignments r ON r.person_id = a.person_id AND NOT r.removed
            WHERE a.person_id = {int(person_id)} AND a.seq_to = {FAR_SEQ} ORDER BY a.from_day DESC"""
    )
    return (int(rows[0][0]) if rows else 0), [HomeStanding(*row[1:]) for row in rows]


def roles_of(person_id: int) -> list[RoleStanding]:
    """Return every role a person ever held or will hold, the latest first."""
    rows = _rows(
        f"""SELECT f.person_id, f.role, f.unit_id, f.from_day, f.to_day FROM fact_roles f
            WHERE f.person_id = {int(person_id)} AND f.seq_to = {FAR_SEQ} ORDER BY f.from_day DESC, f.role, f.unit_id"""
    )
    return [RoleStanding(*row) for row in rows]


def grants_of(person_id: int) -> list[GrantStanding]:
    """Return every grant a person ever held or will hold, the latest first."""
    current = f"f.person_id = {int(person_id)} AND f.seq_to = {FAR_SEQ}"
    return _grants(current, "f.from_day DESC, f.kind, f.object_id")


def grants_on(day: int) -> list[GrantStanding]:
    """Return the grants that are held on a day."""
    return _grants(_held("f", day), "f.person_id, f.kind, f.object_id")


def account_of(person_id: int) -> AccountStanding | None:
    """Return a person's way in; None when there is none."""
    account = Account.objects.filter(person_id=person_id).first()
    if account is None:
        return None
    can_type_it = bool(account.password) and account.has_usable_password()
    return AccountStanding(account.username, account.is_active, can_type_it, account.last_login)


def _engagements(where: str, order: str) -> list[EngagementStanding]:
    rows = _rows(
        f"""SELECT f.person_id, f.host_id, f.kind, f.share_bp, r.reason, f.from_day, f.to_day FROM fact_engagements f
            JOIN rec_engagements r ON r.person_id = f.person_id AND r.host_id = f.host_id AND r.kind = f.kind
            AND NOT r.removed
            WHERE {where} ORDER BY {order}"""
    )
    return [EngagementStanding(*row) for row in rows]


def _grants(where: str, order: str) -> list[GrantStanding]:
    rows = _rows(
        f"""SELECT f.person_id, f.kind, f.object_id, g.reason, f.from_day, f.to_day FROM fact_grants f
            JOIN rec_grants g ON g.person_id = f.person_id AND g.kind = f.kind AND g.object_id = f.object_id
            AND NOT g.removed
            WHERE {where} ORDER BY {order}"""
    )
    return [GrantStanding(*row) for row in rows]


def _held(alias: str, day: int) -> str:
    return f"{alias}.from_day <= {int(day)} AND {alias}.to_day > {int(day)} AND {alias}.seq_to = {FAR_SEQ}"


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
