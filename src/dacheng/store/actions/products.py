"""Products (产品) and their dated list prices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.period import FIRST_DAY
from dacheng.store.access import require
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.history import writing
from dacheng.store.standing import standing_uid


def create_product(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a product; it holds always, its first list price too."""
    with writing(actor, at, "product.created") as entry:
        rights = require(entry, "product.edit")
        return Saved(add(entry, "products", typed(rights, "products", values), FIRST_DAY, prefix="M").uid, 1)


def edit_product(
    *, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None = None
) -> Saved:
    """Change a product; a list price holds from a day on, today unless given, until its next change.

    Raises:
        Conflict: somebody changed it meanwhile. RuleError: a value is not possible.
    """
    with writing(actor, at, "product.edited") as entry:
        rights = require(entry, "product.edit")
        day = entry.day if on is None else on
        return revise(entry, "products", standing_uid("products", uid), typed(rights, "products", values), version, day)
