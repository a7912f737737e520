"""One opportunity for its page: as it stood, its stage path, its history; and what can be typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer, may
from dacheng.core.book import OUTSIDE, Book
from dacheng.core.deals.schema import DEALS, LOST, OPEN
from dacheng.core.facts import Version
from dacheng.core.schema import RELATIONS
from dacheng.service.entering import entered
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.store.access import home_of, tree_on
from dacheng.store.actions import deals as actions
from dacheng.store.actions.recording import Saved
from dacheng.store.history import company_day
from dacheng.store.identity import hidden
from dacheng.store.queries.records import Recorded, history_of
from dacheng.store.standing import Standing, named, standing_uid

EDITABLE = (
    "name", "amount", "expected_day", "category", "win_bp", "grade", "customer_id", "product_id", "next_step",
    "owner_id", "stage_id",
)  # fmt: skip
"""Columns that are edited on the page, in its order."""

SEEN = "SELECT deal_id, unit_id FROM deals WHERE deal_id = :deal ORDER BY deal_id"


@dataclass(frozen=True, slots=True)
class StageStep:
    """A stage of the deal's set: days spent in it up to the as-of day; None = never entered."""

    stage_id: int
    days: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One value that changed on a day, with who recorded it and when.

    Args:
        at: microseconds UTC of the log entry; name: the column; empty = the record itself began.
    """

    from_day: int
    at: int
    actor_id: int
    action: str
    name: str = ""
    before: Any = None
    after: Any = None


@dataclass(frozen=True)
class DealView:
    """A deal as it stood at the end of the as-of day.

    Args:
        row: fact columns of that day and the labels of now; label columns have no history of values.
        granted: seen only by a grant.
        editable: the viewer may change it now.
        names: relation -> id -> name of everything the page names.
    """

    uid: UUID
    version: int
    row: Mapping[str, Any]
    unit_id: int
    granted: bool
    editable: bool
    stages: Sequence[StageStep]
    history: Sequence[Event]
    names: Mapping[str, Mapping[int, Name]]


def deal_view(viewer: Viewer, at: datetime, uid: UUID, book: Book) -> DealView:
    """Return a deal for its page.

    Raises:
        NotFound: it does not exist, did not on that day, or the viewer does not see it.
    """
    record = standing_uid("deals", uid)
    seen = book.gather(
        "SELECT deal_id, unit_id FROM deals WHERE deal_id = :deal ORDER BY deal_id", deal=record.record_id
    )
    if not len(seen):
        raise hidden(DEALS.label)
    row = {**record.row, **record.on(DEALS, book.as_of_day)}
    stages = book.gather("SELECT stage_id, set_id, position, state FROM stages ORDER BY position, stage_id")
    unit_id = int(seen["unit_id"][0])
    history = _events(record, history_of("deals", record.record_id), book.as_of_day)
    return DealView(
        uid=record.uid,
        version=int(record.row["version"]),
        row=row,
        unit_id=unit_id,
        granted=unit_id == OUTSIDE and not book.scope.whole,
        editable=_editable(viewer, at, record),
        stages=_path(record, stages, row, book.as_of_day),
        history=history,
        names=_names(row, unit_id, stages["stage_id"].tolist(), history),
    )


def edit_field(actor: Viewer, at: datetime, uid: UUID, *, name: str, text: str, version: int, money_unit: str) -> Saved:
    """Change one column of a deal from today on, from what was typed.

    Raises:
        RuleError: it cannot be read, or a rule refuses it. Conflict: somebody changed it meanwhile.
    """
    value = entered("deals", name, text, money_unit=money_unit)
    return actions.edit_deal(actor=actor, at=at, uid=uid, values={name: value}, version=version)


def create(actor: Viewer, at: datetime, typed: Mapping[str, str], *, money_unit: str) -> Saved:
    """Create a deal from a form."""
    values = {name: entered("deals", name, text, money_unit=money_unit) for name, text in typed.items() if text.strip()}
    return actions.create_deal(actor=actor, at=at, values=values)


def _editable(viewer: Viewer, at: datetime, record: Standing) -> bool:
    """Tell whether the viewer may edit it; the action asks again under the lock."""
    if viewer.whole:
        return True
    day = company_day(at)
    owner = int(record.row["owner_id"])
    return may(viewer, "deal.edit", tree_on(day), unit_id=home_of(owner, day), owner_id=owner)


def _path(record: Standing, stages: Any, row: Mapping[str, Any], as_of_day: int) -> list[StageStep]:
    """Return the stages of the deal's set with the days spent in each, its own closing stage last."""
    spent = _days_in_stages(record.versions, as_of_day)
    current = row["stage_id"]
    lost = set(stages["stage_id"][stages["state"] == LOST].tolist())
    own_set = dict(zip(stages["stage_id"].tolist(), stages["set_id"].tolist(), strict=True)).get(current)
    return [
        StageStep(stage, spent.get(stage), stage == current)
        for stage, set_id in zip(stages["stage_id"].tolist(), stages["set_id"].tolist(), strict=True)
        if set_id == own_set and (stage in spent or (row["state"] == OPEN and stage not in lost))
    ]


def _events(record: Standing, recorded: Sequence[Recorded], as_of_day: int) -> list[Event]:
    """Return what changed up to a day, the latest first: dated values from the facts, labels from the log."""
    events = [one for one in _dated(record, recorded) if one.from_day <= as_of_day]
    labels = {column.name for column in DEALS.labels}
    for one in recorded:
        if one.before is not None and one.after is not None and one.from_day <= as_of_day:
            events += [
                Event(one.from_day, one.at, one.actor_id, one.action, name, one.before.get(name), one.after[name])
                for name in one.after
                if name in labels
            ]
    return sorted(events, key=lambda one: (one.from_day, one.at), reverse=True)


def _dated(record: Standing, recorded: Sequence[Recorded]) -> list[Event]:
    shown = [column.name for column in DEALS.values if not column.derived and column.name != "estimated"]
    first = recorded[-1] if recorded else None
    at, actor, action = (first.at, first.actor_id, first.action) if first else (0, 0, "")
    events = [Event(record.first_day, at, actor, action)]
    for before, after in pairwise(record.versions):
        old, new = named(DEALS, before.values), named(DEALS, after.values)
        for name in shown:
            if old[name] != new[name]:
                by = _recording(recorded, after.from_day, name) or first
                when = (by.at, by.actor_id, by.action) if by else (0, 0, "")
                events.append(Event(after.from_day, *when, name, old[name], new[name]))
    return events


def _recording(recorded: Sequence[Recorded], day: int, name: str) -> Recorded | None:
    """Return the latest entry that set a column from a day."""
    return next((one for one in recorded if one.from_day == day and one.after and name in one.after), None)


def _days_in_stages(versions: Sequence[Version], as_of_day: int) -> dict[int, int]:
    spent: dict[int, int] = {}
    for version in versions:
        if version.from_day > as_of_day:
            continue
        stage = named(DEALS, version.values)["stage_id"]
        spent[stage] = spent.get(stage, 0) + min(version.to_day, as_of_day) - version.from_day
    return spent


def _names(
    row: Mapping[str, Any], unit_id: int, stages: Sequence[int], history: Sequence[Event]
) -> dict[str, Mapping[int, Name]]:
    """Return the names of everything the page shows: one query per relation."""
    wanted: dict[str, set[int]] = {
        "units": {unit_id},
        "stages": set(stages),
        "people": {one.actor_id for one in history},
    }
    rows = [row, *({one.name: value} for one in history for value in (one.before, one.after) if value)]
    for column in RELATIONS["deals"].facts:
        if column.kind == "ref":
            wanted.setdefault(column.ref, set()).update(one[column.name] for one in rows if one.get(column.name))
    names = DatabaseNames()
    return {relation: names.names(relation, ids) for relation, ids in wanted.items()}
