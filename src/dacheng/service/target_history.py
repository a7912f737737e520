"""Who set which targets when (填报记录): the saves of a plan, the cells of a save, the changes of a cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dacheng.core.access import POLICY, Viewer
from dacheng.core.book import Book
from dacheng.core.schema import RELATIONS
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.target_grid import GridRow, TargetGrid
from dacheng.store.actions.target_saves import CAN_BE_UNDONE
from dacheng.store.identity import hidden
from dacheng.store.queries.log import EntryHead, entry_heads, seq_named
from dacheng.store.queries.targets import (
    CellChange,
    SavedCells,
    Seen,
    cell_changes,
    cells_of_entry,
    cells_saved,
    saves_seen,
)

NOBODY = Name("", "")
MOST_CHANGES = 200


@dataclass(frozen=True, slots=True)
class CellEvent:
    """A cell that was set: of which row and month, from which day, by whom, what before and what after."""

    row: Name
    unit: Name
    measure: Name
    ym: int
    by: Name
    change: CellChange


@dataclass(frozen=True, slots=True)
class Save:
    """One save, as far as its cells are seen.

    Args:
        cells: one a measure, with the measure's name.
    """

    head: EntryHead
    by: Name
    cells: tuple[tuple[Name, SavedCells], ...]
    undoable: bool


def changes_of_grid(grid: TargetGrid, row: str = "", ym: int | None = None) -> list[CellEvent]:
    """Return who set the cells of a grid, of one of its rows, or of one cell, the latest first.

    Raises:
        NotFound: the grid has no such row.
    """
    rows = {one.subject: one for one in ([grid.row(row)] if row else grid.rows)}
    wanted = {
        record.record_id: (rows[unit, person], month)
        for (unit, person, month), record in grid.records.items()
        if (unit, person) in rows and ym in (None, month)
    }
    changes = cell_changes(wanted, limit=MOST_CHANGES)
    people = DatabaseNames().names("people", {one.actor_id for one in changes})
    return [_event(grid, wanted[one.record_id], people, one) for one in changes]


def saves(viewer: Viewer, book: Book, *, limit: int, offset: int = 0) -> list[Save]:
    """Return the saves that set cells the viewer sees, the latest first."""
    seqs = saves_seen(_seen(book), limit=limit, offset=offset)
    return _saves(viewer, book, seqs)


def save_named(viewer: Viewer, book: Book, entry: str) -> Save:
    """Return one save.

    Raises:
        NotFound: there is none of that name, or nothing of it is seen.
    """
    seq = seq_named(entry)
    found = _saves(viewer, book, [seq]) if seq else []
    if not found or not found[0].cells:
        raise hidden(RELATIONS["targets"].label)
    return found[0]


def cells_of_save(book: Book, save: Save, *, limit: int, offset: int = 0) -> list[CellEvent]:
    """Return the cells a save set, as far as they are seen."""
    rows = cells_of_entry(_seen(book), save.head.seq, limit=limit, offset=offset)
    wanted = {"units": {row[0] for row in rows}, "people": {row[1] for row in rows}}
    names = DatabaseNames().names_of({**wanted, "measures": {row[2] for row in rows}})
    units, people, measures = names["units"], names["people"], names["measures"]
    return [
        CellEvent(
            row=people.get(person) or units.get(unit, NOBODY),
            unit=units.get(unit, NOBODY),
            measure=measures.get(measure, NOBODY),
            ym=ym,
            by=save.by,
            change=change,
        )
        for unit, person, measure, ym, change in rows
    ]


def _saves(viewer: Viewer, book: Book, seqs: Sequence[int]) -> list[Save]:
    cells = cells_saved(_seen(book), seqs)
    heads = entry_heads(seqs)
    wanted = {"people": {head.actor_id for head in heads.values()}, "measures": {one.measure_id for one in cells}}
    names = DatabaseNames().names_of(wanted)
    people, measures = names["people"], names["measures"]
    may_undo = viewer.holds(*POLICY["target.set"])
    return [
        Save(
            head=heads[seq],
            by=people.get(heads[seq].actor_id, NOBODY),
            cells=tuple((measures.get(one.measure_id, NOBODY), one) for one in cells if one.seq == seq),
            undoable=may_undo and heads[seq].action in CAN_BE_UNDONE,
        )
        for seq in seqs
        if seq in heads
    ]


def _event(grid: TargetGrid, cell: tuple[GridRow, int], people: Mapping[int, Name], change: CellChange) -> CellEvent:
    row, ym = cell
    return CellEvent(row.name, row.unit, grid.measure, ym, people.get(change.actor_id, NOBODY), change)


def _seen(book: Book) -> Seen:
    return Seen(book.scope.units, book.scope.person_id, book.scope.whole)


def days_of(save: Save) -> Iterable[int]:
    """Return the days from which the cells of a save hold, first and last."""
    return sorted({day for _, one in save.cells for day in (one.first_day, one.last_day)})
