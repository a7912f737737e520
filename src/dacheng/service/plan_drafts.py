"""What somebody changes in a plan's grid: previewed without writing, saved as one entry (R041)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dacheng.core.access import Viewer, not_allowed
from dacheng.core.plans.drafting import Draft, Term, drafted
from dacheng.core.plans.editing import WHOLE_YEAR, Change, Edit, changes
from dacheng.core.plans.schema import BUFFER
from dacheng.core.plans.sheet import Sheet
from dacheng.service.labels import DatabaseNames
from dacheng.service.plan_grid import PlanGrid
from dacheng.service.plans import Begun, Done, OpenPlan, keep_draft
from dacheng.store.queries.plans import changes_of_cells

AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class PlanEdit:
    """A change as a page sends it.

    Args:
        row: key of the row. month: its place within the plan, or ``WHOLE_YEAR``.
        kind: ``amount``, or a term of ``core.plans.drafting``.
        value: as the page shows it: the amount of a buffer is above zero.
        version: of the cell that was seen.
    """

    row: str
    month: int
    kind: str
    value: int | None
    version: int = 0


@dataclass(frozen=True)
class Preview:
    """What edits would do: the sheet as it would be, and the cells that differ."""

    sheet: Sheet
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Stale:
    """An edited cell that somebody set meanwhile: its amount as it stands, its version, by whom."""

    edit: PlanEdit
    amount: int | None
    version: int
    by: str


def preview(grid: PlanGrid, edits: Sequence[PlanEdit], *, level_only: bool = False) -> Preview:
    """Return what edits would do.

    Raises:
        RuleError: they cannot all be; names the cell. NotFound, NotAllowed: a row is not the viewer's to change.
    """
    draft = _draft(grid, edits, level_only)(grid.opened)
    after = drafted(grid.sheet, draft, grid.opened.name, held=grid.opened.held)
    return Preview(after, changes(grid.sheet, after, draft.edits))


def save_draft(
    viewer: Viewer, at: datetime, grid: PlanGrid, edits: Sequence[PlanEdit], *, level_only: bool = False
) -> Done:
    """Save edits and all that follows from them, as one entry.

    Raises:
        Conflict: somebody set one of the cells meanwhile; ``stale`` says which. Else as ``preview``.
    """
    seen = {_place(grid, one): one.version for one in edits if one.kind == AMOUNT and one.month != WHOLE_YEAR}
    seen |= {_place(grid, one): one.version for one in edits if one.kind != AMOUNT}
    begun = Begun(grid.book, grid.opened)
    return keep_draft(viewer, at, grid.shown.uid, grid.measure_id, _draft(grid, edits, level_only), seen, begun)


def stale(grid: PlanGrid, edits: Sequence[PlanEdit]) -> list[Stale]:
    """Return the edited cells that are of another version in a grid opened anew."""
    found = [one for one in edits if one.month != WHOLE_YEAR and one.version != grid.versions.get(_place(grid, one), 0)]
    by = _by_whom(grid, [_place(grid, one) for one in found])
    return [
        Stale(one, _amount(grid, one), grid.versions.get(_place(grid, one), 0), by.get(_place(grid, one), ""))
        for one in found
    ]


def _by_whom(grid: PlanGrid, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Return who set each cell last."""
    last: dict[tuple[int, int], int] = {}
    for change in changes_of_cells(grid.measure_id, places):
        last.setdefault(change.place, change.actor_id)
    people = DatabaseNames().names("people", set(last.values()))
    return {place: people[actor].name for place, actor in last.items() if actor in people}


def _amount(grid: PlanGrid, one: PlanEdit) -> int | None:
    at = (grid.position(one.row), one.month)
    amount = grid.sheet.cells.amount
    return int(amount.value[at]) * _sign(grid, one.row) if amount.known[at] else None


def _place(grid: PlanGrid, one: PlanEdit) -> tuple[int, int]:
    row = int(grid.sheet.tree.unit_ids[grid.position(one.row)])
    return row, 0 if one.month == WHOLE_YEAR else grid.sheet.plan.from_ym + one.month


def _sign(grid: PlanGrid, row: str) -> int:
    return -1 if int(grid.sheet.kind[grid.position(row)]) == BUFFER else 1


def _draft(grid: PlanGrid, edits: Sequence[PlanEdit], level_only: bool) -> Callable[[OpenPlan], Draft]:
    """Return how edits are put to a plan, whatever rows it has by then."""
    rows = _rows(grid, edits)

    def of(one: OpenPlan) -> Draft:
        at = {key: one.sheet.position(row) for key, row in rows.items()}
        return Draft(
            edits=[
                Edit(at[each.row], each.month, (each.value or 0) * _sign(grid, each.row))
                for each in edits
                if each.kind == AMOUNT
            ],
            terms=[Term(at[each.row], each.month, each.kind, each.value) for each in edits if each.kind != AMOUNT],
            level_only=level_only,
        )

    return of


def _rows(grid: PlanGrid, edits: Sequence[PlanEdit]) -> Mapping[str, int]:
    """Return the number of each edited row.

    Raises:
        NotFound: it is not the viewer's to see. NotAllowed: it is, and not to change.
    """
    for one in edits:
        at = grid.position(one.row)
        allowed = grid.submittable if one.kind == "submitted" else grid.editable
        if not allowed[at]:
            raise not_allowed("plan.edit")
    return {one.row: int(grid.sheet.tree.unit_ids[grid.position(one.row)]) for one in edits}
