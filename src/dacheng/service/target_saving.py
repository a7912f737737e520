"""Saving cells of the target grid as one action, and telling both values where somebody was faster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.targets.cascading import OWN
from dacheng.service.labels import DatabaseNames
from dacheng.service.target_grid import GridRow, TargetGrid
from dacheng.store.actions.target_saves import undo_save
from dacheng.store.actions.targets import Cell, set_targets
from dacheng.store.queries.log import entry_of
from dacheng.store.queries.targets import cell_changes

__all__ = ["CellEdit", "Clash", "Saving", "clashes", "save_cells", "seen_amount", "undo_save"]


@dataclass(frozen=True, slots=True)
class CellEdit:
    """A cell as somebody wants it.

    Args:
        row: the key of its row; amount: minor units, None = no target.
        version: the one he saw, 0 for a cell that was never set.
    """

    row: str
    ym: int
    amount: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Saving:
    """What a save did; ``entry`` names it outside, empty when everything stood so already."""

    changed: int
    entry: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell that somebody else set meanwhile: what stands now, its version, and by whom."""

    edit: CellEdit
    amount: int | None
    version: int
    by: str


def save_cells(actor: Viewer, at: datetime, grid: TargetGrid, edits: Sequence[CellEdit]) -> Saving:
    """Set the cells from the grid's effective day on, all or none.

    Raises:
        Conflict: somebody set cells meanwhile; ``clashes`` tells which. NotAllowed, NotFound,
        RuleError: as the action; nothing is written.
    """
    cells = [_cell(grid, edit) for edit in edits]
    done = set_targets(actor=actor, at=at, cells=cells, on=grid.day)
    changed = done.created + done.changed
    return Saving(changed, entry_of(actor.person_id, at, "targets.set") if changed else "")


def clashes(grid: TargetGrid, edits: Sequence[CellEdit]) -> list[Clash]:
    """Return the edits that would overwrite what the editor has not seen.

    Args:
        grid: as it stands now.
    """
    found = [(edit, grid.row(edit.row)) for edit in edits]
    stale = [
        (edit, row)
        for edit, row in found
        if edit.version != row.cells[edit.ym].version and edit.amount != row.cells[edit.ym].own
    ]
    by = _last_setters(grid, stale)
    return [
        Clash(edit, row.cells[edit.ym].own, row.cells[edit.ym].version, by.get((*row.subject, edit.ym), ""))
        for edit, row in stale
    ]


def seen_amount(grid: TargetGrid, edit: CellEdit) -> int | None:
    """Return the amount an editor saw, so that a plain form tells what he touched from what others changed."""
    row = grid.row(edit.row)
    if edit.version == row.cells[edit.ym].version:
        return row.cells[edit.ym].own
    record = grid.records.get((*row.subject, edit.ym))
    known = list(reversed(cell_changes([record.record_id]))) if record else []
    return known[edit.version - 1].after if 0 < edit.version <= len(known) else None


def _cell(grid: TargetGrid, edit: CellEdit) -> Cell:
    row = grid.row(edit.row)
    person = UUID(row.person.uid) if row.person and row.subject[1] != OWN else None
    return Cell(UUID(row.unit.uid), person, UUID(grid.measure.uid), edit.ym, edit.amount, edit.version)


def _last_setters(grid: TargetGrid, stale: Sequence[tuple[CellEdit, GridRow]]) -> dict[tuple[int, int, int], str]:
    """Return by cell the name of whoever set it last."""
    keys = {(*row.subject, edit.ym) for edit, row in stale}
    ids = {record.record_id: key for key, record in grid.records.items() if key in keys}
    last = {one.record_id: one.actor_id for one in reversed(cell_changes(ids))}
    names = DatabaseNames().names("people", last.values())
    return {ids[record]: names[actor].name for record, actor in last.items() if actor in names}
