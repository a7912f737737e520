"""Factors of breakdowns (分解因子): the company's own, and their figures of units and people, day by day (R048)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer, not_allowed
from dacheng.core.errors import RuleError, Text
from dacheng.core.factors.schema import FACTOR_FIGURES
from dacheng.core.period import FIRST_DAY
from dacheng.store.access import Rights, require, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.factor_checks import check_figure
from dacheng.store.history import writing
from dacheng.store.identity import hidden
from dacheng.store.saving import Becoming, become
from dacheng.store.standing import Columns, ids_of_uids, standing, standing_uid

RIGHT = "figure.record"
FIGURES = FACTOR_FIGURES.name
WHOSE = ("factor_id", "unit_id", "person_id", "day")
"""What a figure is of: another one is another figure."""


def create_factor(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a factor of the company's own; without a code one is made.

    Raises:
        NotAllowed: the actor may not. RuleError: the code is in use, or a value is not possible.
    """
    with writing(actor, at, "factor.created") as entry:
        rights = require(entry, "factor.edit")
        return Saved(add(entry, "factors", typed(rights, "factors", values), FIRST_DAY, prefix="YZ").uid, 1)


def edit_factor(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Change the names of a factor.

    Raises:
        NotAllowed: the actor may not. Conflict: somebody changed it meanwhile. RuleError: a value is not possible.
    """
    with writing(actor, at, "factor.edited") as entry:
        rights, factor = require(entry, "factor.edit"), standing_uid("factors", uid)
        return revise(entry, "factors", factor, typed(rights, "factors", values), version, factor.first_day)


def record_figure(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """State a figure of a factor of the company's own at a unit or of a person, which holds from its day on.

    Raises:
        NotFound: the unit is out of reach. NotAllowed: the actor may not state figures there. RuleError: the factor
            is counted here, the day has not come, or the factor has a figure there on that day.
    """
    with writing(actor, at, "figure.recorded") as entry:
        rights = rights_of(entry)
        columns = typed(rights, FIGURES, values)
        _require_unit(rights, columns)
        day = int(columns.get("day") or entry.day)
        whole = {**columns, "day": day}
        check_figure(whole, entry.day)
        return Saved(add(entry, FIGURES, whole, day, prefix="YS").uid, 1)


def correct_figure(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Correct a figure or its source, from its day on; what it is of stays.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not state figures there. Conflict: somebody changed
            it meanwhile. RuleError: it shall be of another factor, place or day.
    """
    with writing(actor, at, "figure.corrected") as entry:
        rights, figure = rights_of(entry), standing_uid(FIGURES, uid)
        rights.require_on(RIGHT, FIGURES, figure)
        columns = typed(rights, FIGURES, values)
        if any(columns.get(name, figure.row[name]) != figure.row[name] for name in WHOSE):
            raise RuleError(
                Text(
                    "一个数属于哪个因子、组织、人员和哪天不能改。", "What a figure is of and its day cannot be changed."
                ),
                Text("删掉它，再填一个。", "Remove it and state another one."),
            )
        return revise(entry, FIGURES, figure, columns, version, figure.first_day)


def remove_figures(*, actor: Viewer, at: datetime, uids: Sequence[UUID]) -> int:
    """Remove figures that should never have been, all or none; return how many.

    Raises:
        NotFound: one does not exist, or the actor does not see it. NotAllowed: he may not state figures there.
    """
    with writing(actor, at, "figure.removed") as entry:
        rights = rights_of(entry)
        found = standing(FIGURES, ids_of_uids(FIGURES, uids).values())
        if len(found) < len(set(uids)):
            raise hidden(FACTOR_FIGURES.label)
        for figure in found.values():
            rights.require_on(RIGHT, FIGURES, figure)
        return len(become(entry, FIGURES, found, [Becoming(one, ()) for one in found]))


def _require_unit(rights: Rights, columns: Columns) -> None:
    """Refuse a unit that the actor does not look after, as if there were none; a missing one is refused later."""
    unit = columns.get("unit_id")
    if not rights.role_may(RIGHT):
        raise not_allowed(RIGHT)
    if unit and not rights.sees_unit(unit):
        raise hidden(FACTOR_FIGURES.column("unit_id").label)
    if unit:
        rights.require(RIGHT, unit_id=unit)
