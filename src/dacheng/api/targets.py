"""Targets (目标): the cells of a grid, read and set together."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.fields import Dated, Money, Month
from dacheng.api.me import Reference, referred
from dacheng.api.operations import SEEN, operation
from dacheng.core.errors import Conflict, Text
from dacheng.service.target_cells import TargetCell, target_cells
from dacheng.service.wire import amount_of, amount_text, month_of
from dacheng.store.actions.targets import Cell, set_targets

router = Router(tags=["targets"])

MOST_CELLS = 20_000


class ShownCell(Schema):
    """A cell: a unit's own target, or a person's at a unit, of a measure in a month."""

    unit: Reference
    person: Reference | None = Field(description="null: the unit's own target")
    measure: Reference
    month: Month
    amount: Money | None = Field(description="null: no target")
    version: int = Field(description="to send with a change of this cell")


class CellList(Schema):
    """The cells that hold on a day."""

    as_of: str
    currency: str
    rows: list[ShownCell]


class GivenCell(Schema):
    """A cell as it shall be."""

    model_config = ConfigDict(extra="forbid")
    unit_id: UUID
    person_id: UUID | None = None
    measure_id: UUID
    month: Month
    amount: Money | None = Field(description="null: no target")
    version: int | None = Field(
        None, ge=0, description="the version you saw, 0 for an empty cell; null = whatever stands"
    )


class GivenCells(Dated):
    """Cells to set from a day on, all or none."""

    currency: Annotated[str, Field(max_length=3)] = Field("", description="of the amounts, to be checked")
    cells: list[GivenCell] = Field(min_length=1, max_length=MOST_CELLS)


class SetCells(Schema):
    """How many cells were new, how many changed, how many stood already."""

    created: int
    changed: int
    unchanged: int


@operation(router, "GET", "/targets/cells", CellList, Text("目标格", "List target cells"), right=SEEN)
def list_target_cells(
    request: Call, unit: str = "", person: str = "", measure: str = "", period: str = "", as_of: str = ""
) -> Any:
    """Cells that hold at the end of a day; unit (with everything below it), person and measure by code or name."""
    book = request.auth.book({"as_of": as_of})
    found = target_cells(book, unit=unit, person=person, measure=measure, period=period)
    return CellList(as_of=found.as_of, currency=found.currency, rows=[_shown(one) for one in found.rows])


@operation(
    router,
    "PUT",
    "/targets/cells",
    SetCells,
    Text("填写目标", "Set target cells"),
    right="target.set",
    body=GivenCells,
)
def set_target_cells(request: Call, body: GivenCells) -> SetCells:
    """Set cells from a day on, all or none, as one entry of the log; a conflict names each cell with both amounts."""
    caller = request.auth
    cells = [_given(one) for one in body.cells]
    try:
        done = set_targets(actor=caller.viewer, at=caller.at, cells=cells, on=body.day, currency=body.currency)
    except Conflict as conflict:
        raise Conflict(
            conflict.message, conflict.remedy, yours=_amounts(conflict.yours), theirs=_amounts(conflict.theirs)
        ) from None
    return SetCells(created=done.created, changed=done.changed, unchanged=done.unchanged)


def _given(cell: GivenCell) -> Cell:
    return Cell(
        unit=cell.unit_id,
        person=cell.person_id,
        measure=cell.measure_id,
        ym=month_of(cell.month),
        amount=None if cell.amount is None else amount_of(cell.amount),
        version=cell.version,
    )


def _shown(cell: TargetCell) -> ShownCell:
    return ShownCell(
        unit=referred(cell.unit),
        person=None if cell.person is None else referred(cell.person),
        measure=referred(cell.measure),
        month=cell.month,
        amount=None if cell.amount is None else amount_text(cell.amount),
        version=cell.version,
    )


def _amounts(values: dict[str, Any]) -> dict[str, Any]:
    """Return the amounts of cells as decimal text."""
    return {name: None if value is None else amount_text(value) for name, value in values.items()}
