"""Categories of loss (丢单类别), as people read and set them (R117)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.service.entering import entered
from dacheng.store.actions import loss_reasons as actions
from dacheng.store.actions.recording import Saved
from dacheng.store.standing import Standing, every, standing_uid

TYPED = ("name", "name_en", "position", "offered")


@dataclass(frozen=True, slots=True)
class LossReasonShown:
    """A category of loss as it is now; ``offered``: whether a closing may choose it."""

    uid: UUID
    version: int
    name: str
    name_en: str
    position: int
    offered: bool


def loss_reasons() -> list[LossReasonShown]:
    """Return every category of loss in order."""
    return sorted((_shown(one) for one in every("loss_reasons").values()), key=lambda one: (one.position, one.name))


def loss_reason_shown(uid: UUID) -> LossReasonShown:
    """Return one category of loss.

    Raises:
        NotFound: there is none.
    """
    return _shown(standing_uid("loss_reasons", uid))


def create_loss_reason(actor: Viewer, at: datetime, typed: Mapping[str, str]) -> Saved:
    """Create a category of loss. Raises as the action."""
    return actions.create_loss_reason(actor=actor, at=at, values=_values(typed))


def edit_loss_reason(
    actor: Viewer, at: datetime, uid: UUID, typed: Mapping[str, str], *, version: int, on: int | None
) -> Saved:
    """Change a category of loss; order and offer hold from a day on. Raises as the action."""
    return actions.edit_loss_reason(actor=actor, at=at, uid=uid, values=_values(typed), version=version, on=on)


def _values(typed: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {name: entered("loss_reasons", name, typed[name]) for name in TYPED if name in typed}
    return values | ({"offered": values.get("offered") or 0} if "offered" in values else {})


def _shown(record: Standing) -> LossReasonShown:
    row = record.row
    return LossReasonShown(
        uid=record.uid,
        version=int(row["version"]),
        name=row["name"] or row["code"],
        name_en=row["name_en"],
        position=int(row["position"]),
        offered=bool(row["offered"]),
    )
