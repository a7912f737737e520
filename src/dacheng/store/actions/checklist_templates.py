"""Templates of checklists (清单模板): items added and changed from a day on; lists keep what they began with (R058)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.checklists.schema import CALENDAR
from dacheng.core.errors import RuleError, Text
from dacheng.store.access import require
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.history import writing
from dacheng.store.standing import Columns, standing_uid

NAME = "checklist_templates"
EDIT = "checklist_template.edit"


def create_checklist_template(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Add an item to the template of a kind of checklist; lists that begin from today on have it.

    Raises:
        RuleError: a value is missing or not possible, or its due day is of another kind of checklist.
    """
    with writing(actor, at, "checklist_template.created") as entry:
        columns = typed(require(entry, EDIT), NAME, values)
        _check_due(columns)
        return Saved(add(entry, NAME, columns, entry.day, prefix="QM").uid, 1)


def edit_checklist_template(
    *, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None = None
) -> Saved:
    """Change an item; part, order, due day, required and in use hold from a day on, today unless given.

    A list that began before keeps the item as it was.

    Raises:
        Conflict: somebody changed it meanwhile.
        RuleError: it would be of another kind of checklist, or a value is not possible.
    """
    with writing(actor, at, "checklist_template.edited") as entry:
        rights, item = require(entry, EDIT), standing_uid(NAME, uid)
        columns = typed(rights, NAME, values)
        if columns.get("kind", item.row["kind"]) != item.row["kind"]:
            raise RuleError(
                Text(
                    f"「{item.row['name']}」不能移到别的模板。",
                    f"“{item.row['name']}” cannot move to another template.",
                ),
                Text("停用它，在那个模板里新建一项。", "Take it out of use and add one there."),
            )
        _check_due({**item.row, **columns})
        return revise(entry, NAME, item, columns, version, entry.day if on is None else on)


def _check_due(columns: Columns) -> None:
    """Refuse days in the calendar of a year, and months elsewhere."""
    wrong = "after_days" if columns.get("kind") == CALENDAR else "month"
    if columns.get(wrong) is not None:
        raise RuleError(
            Text(
                "年历的事项按月底到期，其他清单按开始后几天到期。",
                "The calendar is due by month ends, other lists by days after their start.",
            ),
            Text("换成另一种期限，或留空。", "Give the other kind of due day, or none."),
        )
