"""Categories of expenses (费用类别) that expenses are recorded with (R037)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.period import FIRST_DAY
from dacheng.store.access import require
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.history import writing
from dacheng.store.standing import standing_uid


def create_expense_category(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a category of expenses; it holds always, so that past expenses may be put into it."""
    with writing(actor, at, "expense_category.created") as entry:
        rights = require(entry, "expense_category.edit")
        return Saved(
            add(entry, "expense_categories", typed(rights, "expense_categories", values), FIRST_DAY, prefix="FL").uid, 1
        )


def edit_expense_category(
    *, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None = None
) -> Saved:
    """Change a category of expenses; its order, and whether it is offered, hold from a day on, today unless given.

    Raises:
        Conflict: somebody changed it meanwhile. RuleError: a value is not possible.
    """
    with writing(actor, at, "expense_category.edited") as entry:
        rights, category = require(entry, "expense_category.edit"), standing_uid("expense_categories", uid)
        columns = typed(rights, "expense_categories", values)
        return revise(entry, "expense_categories", category, columns, version, entry.day if on is None else on)
