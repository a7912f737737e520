"""Undoing one save of target cells (撤销一次填报), by whoever may set them all."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.schema import RELATIONS
from dacheng.store.access import rights_of
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.undoing import undo_entry

CAN_BE_UNDONE = ("targets.set", "targets.undone")
"""An undo can be undone too: that is how one takes it back."""


def undo_save(*, actor: Viewer, at: datetime, entry_hash: str) -> int:
    """Let the cells of one save hold again what they held before it; return how many changed.

    Args:
        entry_hash: the save's name outside.

    Raises:
        NotFound: there is no such save, or a cell of it is not the actor's to see.
        NotAllowed: he sees them only. RuleError: a cell was set again since, or a closed
            month rests on it.
    """
    with writing(actor, at, "targets.undone", undone=entry_hash) as entry:
        seq = _save_named(entry_hash)
        _check_rights(entry, seq)
        undo_entry(entry, seq)
        return len(entry.changes)


def _save_named(entry_hash: str) -> int:
    found = select_rows("log", ["seq", "action"], [("hash = %s", entry_hash)])
    if not found or found[0][1] not in CAN_BE_UNDONE:
        raise hidden(RELATIONS["targets"].label)
    return int(found[0][0])


def _check_rights(entry: Entry, seq: int) -> None:
    rights = rights_of(entry)
    set_then = [(f"seq = {seq} AND relation = 'targets'", None)]
    cells = {row[0] for row in select_rows("log_change", ["record_id"], set_then)}
    places = sorted(set(select_rows("rec_targets", ["unit_id", "person_id"], [among("id", cells)])))
    for unit, person in places:
        if not rights.sees_unit(unit) and person != rights.viewer.person_id:
            raise hidden(RELATIONS["targets"].label)
        rights.require("target.set", unit_id=unit)
