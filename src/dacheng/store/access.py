"""Who is asking: roles held today, and today's organisation, read at the head of the log."""

from __future__ import annotations

import numpy as np

from dacheng.core.access import Held, Viewer, allow
from dacheng.core.errors import NotFound, Text
from dacheng.core.tree import Tree
from dacheng.store.bulk import select_rows
from dacheng.store.history import Entry
from dacheng.store.models import FAR_SEQ


def viewer_of(person_id: int, day: int) -> Viewer:
    """Return a person with the roles held on a day; everybody is at least a rep of his own rows."""
    rows = select_rows("fact_roles", ["role", "unit_id"], [*_current(day), ("person_id = %s", person_id)])
    return Viewer(person_id, tuple(Held(role, unit) for role, unit in sorted(rows)))


def tree_on(day: int) -> Tree:
    """Return the organisation of a day, as known now."""
    rows = select_rows("fact_units", ["unit_id", "parent_id"], _current(day), order=("unit_id",))
    units, parents = zip(*rows, strict=True) if rows else ((), ())
    return Tree.of(np.array(units, dtype=np.int64), np.array(parents, dtype=np.int64))


def home_of(person_id: int, day: int) -> int:
    """Return the home unit of a person on a day; 0 when there is none."""
    rows = select_rows("fact_assignments", ["unit_id"], [*_current(day), ("person_id = %s", person_id)])
    return rows[0][0] if rows else 0


def require(entry: Entry, action: str, *, unit_id: int = 0, owner_id: int = 0) -> None:
    """Refuse what the entry's actor may not do; the place is his today's or the given unit.

    Args:
        owner_id: whose the thing is; its place is the owner's home today.
    """
    if entry.actor.whole:
        return
    tree = tree_on(entry.day)
    place = unit_id or (home_of(owner_id, entry.day) if owner_id else 0)
    allow(entry.actor, action, tree, unit_id=place, owner_id=owner_id)


def hidden(label: Text) -> NotFound:
    """Return the one answer for what does not exist and for what one may not see."""
    return NotFound(
        Text(f"没有这条{label.zh}，或者你看不到它。", f"There is no such {label.en.lower()}, or you may not see it."),
        Text("检查链接；需要查看请联系销售运营。", "Check the link, or ask sales operations for access."),
    )


def _current(day: int) -> list[tuple[str, None]]:
    return [(f"from_day <= {day} AND to_day > {day} AND seq_to = {FAR_SEQ}", None)]
