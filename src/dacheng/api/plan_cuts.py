"""A plan cut by segments, and a row split by 80/20 (切分与 80/20 拆分)."""

from __future__ import annotations

from uuid import UUID

from ninja import Router

from dacheng.api.asking import Call
from dacheng.api.operations import operation
from dacheng.api.plan_fields import CutDone, Cutting, Part, Parts, Splitting
from dacheng.core.errors import Text
from dacheng.core.period import parse_period
from dacheng.service.labels import DatabaseNames
from dacheng.service.plan_matrix import cut_by_default, dimension_called, dimension_code
from dacheng.service.plan_parts import proposed_parts, require_right, split_row
from dacheng.service.plans import cut, measure_named, open_plan
from dacheng.service.wire import amount_text

router = Router(tags=["plans"])


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
    default = cut_by_default(book, open_plan(book, uid, measure).sheet)
    said = dimension_called(body.dimension) if body.dimension else None
    dimension = said or default.dimension
    done = cut(caller.viewer, caller.at, uid, measure, dimension)
    why = "" if said else default.why.in_language(caller.language)
    return CutDone(dimension=dimension_code(dimension), why=why, written=done.written)


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
    """Split a row into the accounts that bring most of it and all others, every figure exact, or look."""
    caller = request.auth
    book, measure = caller.book({}), measure_named(body.measure)
    one = open_plan(book, uid, measure)
    row = one.position(body.row)
    require_right(caller.viewer, book, one, row)
    span = parse_period(body.period, book.rules.fiscal) if body.period else None
    if body.look:
        found = proposed_parts(book, one, row, span)
    else:
        found = split_row(caller.viewer, caller.at, uid, measure, int(one.sheet.tree.unit_ids[row]), span)
    names = DatabaseNames().names("customers", [part.customer_id for part in found.parts if part.customer_id])
    return Parts(
        parts=[
            Part(
                customer_id=UUID(names[part.customer_id].uid) if part.customer_id else None,
                name=part.name.in_language(caller.language),
                brought=amount_text(part.brought),
                year=amount_text(part.amount),
            )
            for part in found.parts
        ]
    )
