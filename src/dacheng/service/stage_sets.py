"""Stage sets and their stages (阶段) with their dated win rates, as people read and set them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.deals.schema import STAGES
from dacheng.core.period import FAR_DAY
from dacheng.service.entering import entered
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.record_history import Event, events_of
from dacheng.store.actions import stages as actions
from dacheng.store.actions.recording import Saved
from dacheng.store.queries.records import history_of
from dacheng.store.standing import Standing, every, standing_uid

DATED = ("weight_bp", "baseline_bp", "benchmark_days")
"""What holds of a stage from a day on, until it is changed."""

TYPED = ("name", "position", "weight_bp")


@dataclass(frozen=True, slots=True)
class Rate:
    """What a stage is measured by from a day on, until the next.

    Args:
        win_bp, baseline_bp: basis points; usual_days: of a stay; None = not set.
    """

    from_day: int
    win_bp: int
    baseline_bp: int | None = None
    usual_days: int | None = None


@dataclass(frozen=True, slots=True)
class StageShown:
    """A stage with its win rate, baseline and usual days through time, the first first."""

    uid: UUID
    version: int
    code: str
    name: str
    position: int
    state: int
    rates: tuple[Rate, ...]

    def rate_on(self, day: int) -> Rate | None:
        """Return the rate that holds on a day; None before the first."""
        return next((one for one in reversed(self.rates) if one.from_day <= day), None)

    def later(self, day: int) -> Rate | None:
        """Return the first rate that begins after a day; None when none does."""
        return next((one for one in self.rates if one.from_day > day), None)


@dataclass(frozen=True, slots=True)
class StageSetShown:
    """A stage set with its stages in order."""

    uid: UUID
    name: str
    stages: tuple[StageShown, ...]


@dataclass(frozen=True, slots=True)
class StageHistory:
    """What changed about a stage, the latest first, with the names of whoever did it."""

    events: Sequence[Event]
    names: Mapping[str, Mapping[int, Name]]


def stage_sets() -> list[StageSetShown]:
    """Return every stage set with its stages."""
    stages = sorted(every("stages").values(), key=lambda one: (one.row["position"], one.record_id))
    return [
        StageSetShown(
            uid=own.uid,
            name=own.row["name"] or own.row["code"],
            stages=tuple(_shown(one) for one in stages if one.row["set_id"] == number),
        )
        for number, own in every("stage_sets").items()
    ]


def stage_shown(uid: UUID) -> StageShown:
    """Return one stage.

    Raises:
        NotFound: there is none.
    """
    return _shown(standing_uid("stages", uid))


def stage_history(uid: UUID) -> StageHistory:
    """Return what changed about a stage."""
    record = standing_uid("stages", uid)
    events = events_of(STAGES, record, history_of("stages", record.record_id), FAR_DAY)
    names = DatabaseNames()
    wanted = {"people": {one.actor_id for one in events}, "stage_sets": {record.row["set_id"]}}
    return StageHistory(events, {relation: names.names(relation, ids) for relation, ids in wanted.items()})


def edit_stage(
    actor: Viewer, at: datetime, uid: UUID, typed: Mapping[str, str], *, version: int, on: int | None
) -> Saved:
    """Change a stage; its order, win rate, baseline and usual days hold from a day on. Raises as the action."""
    values = {name: entered("stages", name, typed[name]) for name in (*TYPED, *DATED) if name in typed}
    return actions.edit_stage(actor=actor, at=at, uid=uid, values=values, version=version, on=on)


def create_stage(actor: Viewer, at: datetime, typed: Mapping[str, str], *, stage_set: str) -> Saved:
    """Create a stage of a set. Raises as the action."""
    values = {name: entered("stages", name, typed[name]) for name in (*TYPED, "state")}
    return actions.create_stage(actor=actor, at=at, values=values | {"set_id": stage_set})


def create_stage_set(actor: Viewer, at: datetime, *, name: str) -> Saved:
    """Create a stage set without stages."""
    return actions.create_stage_set(actor=actor, at=at, values={"name": name})


def _shown(record: Standing) -> StageShown:
    rates: list[Rate] = []
    for version in record.versions:
        win, baseline, usual = (version.values[STAGES.positions[name]] for name in DATED)
        measured = int(win or 0), baseline, usual
        if not rates or (rates[-1].win_bp, rates[-1].baseline_bp, rates[-1].usual_days) != measured:
            rates.append(Rate(version.from_day, *measured))
    row = record.row
    return StageShown(
        uid=record.uid,
        version=int(row["version"]),
        code=row["code"],
        name=row["name"] or row["code"],
        position=int(row["position"]),
        state=int(row["state"]),
        rates=tuple(rates),
    )
