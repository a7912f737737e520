"""A plan cut by segments, and a row split by 80/20 (切分与 80/20 拆分)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from ninja import Router

from dacheng.api.asking import Call, Caller
from dacheng.api.operations import SEEN, operation
from dacheng.api.plan_fields import (
    ChangedCutCell,
    CutCell,
    CutDone,
    CutEdits,
    CutShown,
    Cutting,
    Drawing,
    Part,
    Parts,
    SegmentWeight,
    Splitting,
    TypeDrawn,
    TypesDrawn,
    Undoing,
    WrittenCells,
)
from dacheng.core.access import not_allowed
from dacheng.core.errors import Text
from dacheng.core.history.schema import DIMENSIONS
from dacheng.core.period import parse_period
from dacheng.core.plans.cutting import CutChange, cut_changes, cut_table, recut
from dacheng.core.report import number_of
from dacheng.core.targets.ranking import CUSTOMER, OWNER, PRODUCT
from dacheng.core.tree import UNKNOWN
from dacheng.service.account_types import look_at_types
from dacheng.service.names import Name
from dacheng.service.plan_matrix import (
    cut_by_default,
    dimension_called,
    dimension_code,
    look_at_cut,
    may_cut,
    segment_named,
    segments_of,
    totals_by,
)
from dacheng.service.plan_parts import proposed_parts, require_right, split_row, uids_of
from dacheng.service.plans import OpenPlan, cut, measure_named, open_plan, opened_sheet, recut_cells, table_seen
from dacheng.service.wire import amount_of, amount_text
from dacheng.store.actions.plan_undo import entry_of_save, undo_plan_cells
from dacheng.store.actions.segments import draw_segments
from dacheng.store.history import microseconds

router = Router(tags=["plans"])

_PART_IDS = {CUSTOMER: "customer_id", OWNER: "person_id", PRODUCT: "product_id"}


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/cuts",
    CutDone,
    Text("切分方案", "Cut a plan"),
    right="plan.edit",
    body=Cutting,
)
def cut_plan(request: Call, uid: UUID, body: Cutting) -> CutDone:
    """Cut the lowest units by segments, both margins exact; where no dimension is said, the products choose it."""
    caller = request.auth
    book, measure = caller.book({}), measure_named(body.measure)
    one = open_plan(book, uid, measure)
    default = cut_by_default(book, one.sheet)
    said = dimension_called(body.dimension) if body.dimension else None
    dimension = said or default.dimension
    why = "" if said else default.why.in_language(caller.language)
    segments = segments_of(book, dimension)
    weights = None if body.weights is None else dict.fromkeys(segments, 0) | _weights(segments, body.weights)
    if not may_cut(caller.viewer, book, one):
        raise not_allowed("plan.edit")
    if body.look:
        look = look_at_cut(book, uid, measure, dimension, weights)
        return _told(caller, look.opened, segments, look.changes, dimension, why=why)
    totals = None if weights is None else totals_by(one.sheet, weights)
    done = cut(caller.viewer, caller.at, uid, measure, dimension, totals)
    found = cut_changes(done.before, done.after)
    return _told(caller, opened_sheet(uid, done.before), segments, found, dimension, why=why, written=done.written)


@operation(
    router,
    "GET",
    "/plans/{uuid:uid}/cuts",
    CutShown,
    Text("看切分", "Show a cut of a plan"),
    right=SEEN,
)
def show_plan_cut(request: Call, uid: UUID, measure: str = "contract", dimension: str = "line") -> CutShown:
    """Years of the lowest units by segment, with how many units do not add up; edits name the row of a cell."""
    caller = request.auth
    number = _dimension(dimension)
    book = caller.book({})
    one = open_plan(book, uid, measure_named(measure), number)
    table, segments = cut_table(one.sheet), segments_of(book, number)
    cells = [
        CutCell(
            row=one.codes[row],
            unit=one.codes[unit],
            unit_name=one.name(unit).in_language(caller.language),
            segment=segments[segment].code,
            segment_name=segments[segment].in_language(caller.language),
            year=amount_text(int(one.sheet.year[row])),
        )
        for unit, rows, lowest in zip(table.units.tolist(), table.rows.tolist(), table.lowest.tolist(), strict=True)
        for row, segment in zip(rows, table.segments.tolist(), strict=True)
        if lowest and row != UNKNOWN
    ]
    return CutShown(dimension=dimension, seen=table_seen(one.sheet), broken=table.broken, cells=cells)


@operation(
    router,
    "PUT",
    "/plans/{uuid:uid}/cuts",
    CutDone,
    Text("改切分的格", "Edit cells of a cut"),
    right="plan.edit",
    body=CutEdits,
)
def edit_plan_cut(request: Call, uid: UUID, body: CutEdits) -> CutDone:
    """Set years of segments; others of their unit and segment make up for them, so that both totals stay."""
    caller = request.auth
    book, measure, dimension = caller.book({}), measure_named(body.measure), _dimension(body.dimension)
    one = open_plan(book, uid, measure, dimension)
    wanted = {one.position(given.row): amount_of(given.year) for given in body.edits}
    if not may_cut(caller.viewer, book, one):
        raise not_allowed("plan.edit")
    segments = segments_of(book, dimension)
    if body.look:
        found = cut_changes(one.sheet, recut(one.sheet, wanted, one.name), wanted)
        return _told(caller, one, segments, found, dimension)
    ids = one.sheet.tree.unit_ids
    amounts = {int(ids[at]): amount for at, amount in wanted.items()}
    done = recut_cells(caller.viewer, caller.at, uid, measure, dimension, amounts, body.seen)
    found = cut_changes(done.before, done.after, wanted)
    return _told(caller, one, segments, found, dimension, written=done.written)


def _dimension(code: str) -> int:
    return number_of(DIMENSIONS, code) or DIMENSIONS[0][0]


def _weights(segments: Mapping[int, Name], given: Sequence[SegmentWeight]) -> dict[int, int]:
    return {segment_named(segments, each.segment): each.weight for each in given}


def _told(
    caller: Caller,
    one: OpenPlan,
    segments: Mapping[int, Name],
    found: Sequence[CutChange],
    dimension: int,
    *,
    why: str = "",
    written: int = 0,
) -> CutDone:
    changes = [
        ChangedCutCell(
            row=one.codes[change.position],
            unit_name=one.name(change.unit).in_language(caller.language),
            segment_name=segments[change.segment_id].in_language(caller.language),
            before=amount_text(change.before),
            after=amount_text(change.after),
            asked=change.asked,
        )
        for change in found
    ]
    return CutDone(dimension=dimension_code(dimension), why=why, written=written, changes=changes)


@operation(
    router,
    "POST",
    "/segments/drawn",
    TypesDrawn,
    Text("从客户得出客户类型", "Draw customer types from accounts"),
    right="segment.edit",
    body=Drawing,
)
def draw_customer_types(request: Call, body: Drawing) -> TypesDrawn:
    """Sort accounts without a type by their industry or region; a type that is not there yet is created."""
    caller = request.auth
    if body.look:
        drawn = look_at_types(caller.viewer, caller.book({}), body.by)
    else:
        drawn = draw_segments(actor=caller.viewer, at=caller.at, by=body.by)
    return TypesDrawn(
        types=[
            TypeDrawn(name=one.name, accounts=len(one.accounts), typed=one.typed, new=not one.segment_id)
            for one in drawn
        ]
    )


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/parts",
    Parts,
    Text("按 80/20 拆分一行", "Split a row by 80/20"),
    right="plan.edit",
    body=Splitting,
)
def split_plan_row(request: Call, uid: UUID, body: Splitting) -> Parts:
    """Split a row into the accounts, people or products that bring most of it and all others, exact, or look."""
    caller = request.auth
    book, measure = caller.book({}), measure_named(body.measure)
    one = open_plan(book, uid, measure)
    row = one.position(body.row)
    require_right(caller.viewer, book, one, row)
    span = parse_period(body.period, book.rules.fiscal) if body.period else None
    if body.look:
        found = proposed_parts(book, one, row, span, body.into)
    else:
        row_id = int(one.sheet.tree.unit_ids[row])
        found = split_row(caller.viewer, caller.at, uid, measure, row_id, span, body.into)
    uids = uids_of(found)
    return Parts(
        entry="" if body.look else entry_of_save(caller.viewer, microseconds(caller.at)),
        left_out=amount_text(found.left_out),
        parts=[
            Part(
                **{name: uids.get(part.member_id) if code == found.into else None for code, name in _PART_IDS.items()},
                name=part.name.in_language(caller.language),
                brought=amount_text(part.brought),
                year=amount_text(part.amount),
            )
            for part in found.parts
        ],
    )


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/undo",
    WrittenCells,
    Text("撤销方案的一步", "Undo a step of a plan"),
    right="plan.edit",
    body=Undoing,
)
def undo_plan_step(request: Call, uid: UUID, body: Undoing) -> WrittenCells:
    """Take a split, a save, a new row or a row taken elsewhere back, whole or not at all; an undo can be undone."""
    caller = request.auth
    open_plan(caller.book({}), uid, measure_named("contract"))  # a plan out of reach is told before any right
    return WrittenCells(written=undo_plan_cells(actor=caller.viewer, at=caller.at, uid=uid, entry_hash=body.entry))
