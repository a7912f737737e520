"""Secondment and part-time by code or name (借调、兼职): looked at, or written as one step, with the FTE it moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from dacheng.core.access import Viewer
from dacheng.core.errors import Text
from dacheng.core.org.capacity import capacity_of, staff_of
from dacheng.core.org.schema import FULL_TIME
from dacheng.core.period import FAR_DAY
from dacheng.service.books import open_database
from dacheng.service.entering import entered
from dacheng.service.labels import DatabaseNames
from dacheng.service.questions import asked_day, identified
from dacheng.service.undoing import entry_written
from dacheng.store.actions.engagements import end_engagement, start_engagement
from dacheng.store.history import company_day

FTE = 1
"""Where the FTE stands among the figures of ``core.org.capacity``."""


@dataclass(frozen=True, slots=True)
class Engaging:
    """Who works where: person and unit by code or name, the rest as typed.

    Args:
        share: percentage of full time; empty = the engagement ends.
        on, last: ISO days, the first and the last; empty = today, and no end.
    """

    person: str
    unit: str
    kind: str
    share: str = ""
    on: str = ""
    last: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Engaged:
    """What was, or would be, written.

    Args:
        told: a sentence for each unit whose FTE of the first day changes.
        entry: the name of the step, for its undo; empty when nothing was written.
    """

    changed: bool
    told: Sequence[Text]
    entry: str = ""


def engage(actor: Viewer, at: datetime, wanted: Engaging, *, dry_run: bool) -> Engaged:
    """Let somebody work in another unit beside his home, or no longer.

    Raises:
        RuleError: person or unit is not known, or what is wanted cannot be; as the actions.
        NotAllowed: the actor may not edit people.
    """
    write = _start(actor, at, wanted) if wanted.share else _end(actor, at, wanted)
    day = asked_day(wanted.on)
    day = company_day(at) if day is None else day
    before = _capacity(actor, at, day)
    with transaction.atomic():
        changed = write()
        told = _compared(before, _capacity(actor, at, day))
        transaction.set_rollback(dry_run)
    return Engaged(changed, told, entry_written(actor, at) if changed and not dry_run else "")


def _start(actor: Viewer, at: datetime, wanted: Engaging) -> Callable[[], bool]:
    person, unit = _uids(wanted)
    last = asked_day(wanted.last)
    return lambda: start_engagement(
        actor=actor,
        at=at,
        person=person,
        host=unit,
        kind=entered("engagements", "kind", wanted.kind),
        share_bp=entered("engagements", "share_bp", wanted.share),
        reason=wanted.reason,
        on=asked_day(wanted.on),
        until=FAR_DAY if last is None else last + 1,
    )


def _end(actor: Viewer, at: datetime, wanted: Engaging) -> Callable[[], bool]:
    person, unit = _uids(wanted)
    kind = entered("engagements", "kind", wanted.kind)
    return lambda: end_engagement(actor=actor, at=at, person=person, host=unit, kind=kind, on=asked_day(wanted.on))


def _uids(wanted: Engaging) -> tuple[UUID, UUID]:
    names = DatabaseNames()
    person, unit = identified("people", wanted.person, names), identified("units", wanted.unit, names)
    return UUID(names.names("people", [person])[person].uid), UUID(names.names("units", [unit])[unit].uid)


def _capacity(actor: Viewer, at: datetime, day: int) -> dict[int, int]:
    """Return the FTE of every unit at the end of a day, in basis points."""
    book = open_database(actor, at=at, as_of_day=day)
    figures = capacity_of(book.tree, staff_of(book))[:, FTE]
    return dict(zip(book.tree.unit_ids.tolist(), figures.tolist(), strict=True))


def _compared(before: dict[int, int], after: dict[int, int]) -> list[Text]:
    changed = [unit for unit, share in after.items() if before.get(unit, 0) != share]
    names = DatabaseNames().names("units", changed)
    return [_sentence(names[unit].name, before.get(unit, 0), after[unit]) for unit in changed]


def _sentence(unit: str, before: int, after: int) -> Text:
    change = f"{before / FULL_TIME:g} → {after / FULL_TIME:g}"
    return Text(f"{unit}：人力 {change}", f"{unit}: FTE {change}")
