"""The history of a record: what took effect when, by whom, and what stood before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from dacheng.core.relation import Relation
from dacheng.store.merged import merged_into
from dacheng.store.queries.records import LONGEST_HISTORY, Recorded, history_of
from dacheng.store.standing import Standing, named, standing


@dataclass(frozen=True, slots=True)
class Event:
    """One value that changed on a day, with who recorded it and when.

    Args:
        at: microseconds UTC of the log entry; name: the column; empty = the record itself began.
        entry: the log entry's name outside; together: how many records it changed in all.
        of: the record that was merged into this one; empty = this one itself.
    """

    from_day: int
    at: int
    actor_id: int
    action: str
    name: str = ""
    before: Any = None
    after: Any = None
    entry: str = ""
    together: int = 1
    of: str = ""


DECIDED = {"contracts": ("intake", "one_off")}
"""Relation -> columns that nobody types and yet somebody decides, which its history tells."""


def events_of(
    relation: Relation,
    record: Standing,
    recorded: Sequence[Recorded],
    as_of_day: int,
    left_out: Collection[str] = (),
) -> list[Event]:
    """Return what changed up to a day, the latest first: dated values from the facts, labels from the log.

    Args:
        left_out: columns that are not told, beside those that follow from others.
    """
    told = DECIDED.get(relation.name, ())
    shown = [one.name for one in relation.values if (not one.derived or one.name in told) and one.name not in left_out]
    events = [one for one in _dated(relation, record, recorded, shown) if one.from_day <= as_of_day]
    labels = {column.name for column in relation.labels}
    for one in recorded:
        if one.before is not None and one.after is not None and one.from_day <= as_of_day:
            events += [
                _event(one, one.from_day, name, one.before.get(name), one.after[name])
                for name in one.after
                if name in labels
            ]
    return sorted(events, key=lambda one: (one.from_day, one.at), reverse=True)


def whole_history(
    relation: Relation, record: Standing, as_of_day: int, merge: str, left_out: Collection[str] = ()
) -> list[Event]:
    """Return what happened to a record, and to those that had been merged into it by a day, the latest first.

    Args:
        merge: the action whose entry says that something was merged into a record.
    """
    own = history_of(relation.name, record.record_id)
    merged = any(one.action == merge for one in own) or len(own) == LONGEST_HISTORY
    absorbed = (
        standing(relation.name, merged_into(relation.name, record.row["code"]), removed=True).values() if merged else ()
    )
    before = [one for one in absorbed if not one.versions or one.versions[-1].to_day <= as_of_day]
    events = [
        replace(event, of="" if one is record else one.name)
        for one in (record, *before)
        for event in events_of(
            relation, one, own if one is record else history_of(relation.name, one.record_id), as_of_day, left_out
        )
    ]
    return sorted(events, key=lambda one: (one.from_day, one.at), reverse=True)


def _dated(relation: Relation, record: Standing, recorded: Sequence[Recorded], shown: Sequence[str]) -> list[Event]:
    first = recorded[-1] if recorded else None
    events = [_event(first, record.first_day)]
    for before, after in pairwise(record.versions):
        old, new = named(relation, before.values), named(relation, after.values)
        for name in shown:
            if old[name] != new[name]:
                by = _recording(recorded, after.from_day, name) or first
                events.append(_event(by, after.from_day, name, old[name], new[name]))
    return events


def _event(by: Recorded | None, day: int, name: str = "", before: Any = None, after: Any = None) -> Event:
    if by is None:
        return Event(day, 0, 0, "", name, before, after)
    return Event(day, by.at, by.actor_id, by.action, name, before, after, by.entry, by.together)


def _recording(recorded: Sequence[Recorded], day: int, name: str) -> Recorded | None:
    """Return the latest entry that set a column from a day."""
    return next((one for one in recorded if one.from_day == day and one.after and name in one.after), None)
