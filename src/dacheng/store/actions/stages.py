"""Stage sets and stages (阶段) with their dated win rates (R149)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.period import FIRST_DAY
from dacheng.store.access import require
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.history import writing
from dacheng.store.integrity import refuse_rewriting
from dacheng.store.saving import New, create
from dacheng.store.standing import standing_uid


def create_stage_set(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a stage set; stages are added to it one by one."""
    with writing(actor, at, "stage_set.created") as entry:
        rights = require(entry, "stage.edit")
        return Saved(add(entry, "stage_sets", typed(rights, "stage_sets", values), FIRST_DAY, prefix="S").uid, 1)


def create_stage(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a stage of a set; it holds always, its first win rate too."""
    with writing(actor, at, "stage.created") as entry:
        rights = require(entry, "stage.edit")
        return Saved(add(entry, "stages", typed(rights, "stages", values), FIRST_DAY, prefix="T").uid, 1)


def create_stages_of_pack(
    *, actor: Viewer, at: datetime, code: str, name: str, stages: Sequence[Mapping[str, int | str]]
) -> Saved:
    """Create a stage set with all its stages, as one entry of the log.

    Args:
        stages: code, name, position, state and weight_bp of each.
    """
    with writing(actor, at, "stage_set.created") as entry:
        require(entry, "stage.edit")
        (made,) = create(entry, "stage_sets", [New({"code": code, "name": name}, FIRST_DAY)])
        create(entry, "stages", [New({**one, "set_id": made.record_id}, FIRST_DAY) for one in stages])
        return Saved(made.uid, 1)


def edit_stage(
    *, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None = None
) -> Saved:
    """Change a stage; a win rate holds from a day on, today unless given, until its next change.

    Raises:
        RuleError: deals are or were in it and its outcome or set would change, which
            would rewrite their past. Conflict: somebody changed it meanwhile.
    """
    with writing(actor, at, "stage.edited") as entry:
        rights = require(entry, "stage.edit")
        stage, columns = standing_uid("stages", uid), typed(rights, "stages", values)
        refuse_rewriting(stage, columns)
        return revise(entry, "stages", stage, columns, version, entry.day if on is None else on)
