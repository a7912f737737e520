"""A plan cut by segments, and a row split by 80/20 (切分与 80/20 拆分)."""

from __future__ import annotations

from uuid import UUID

from ninja import Router

from dacheng.api.asking import Call
from dacheng.api.operations import operation
from dacheng.api.plan_fields import CutDone, Cutting
from dacheng.core.errors import Text
from dacheng.service.plan_matrix import cut_by_default, dimension_called, dimension_code
from dacheng.service.plans import cut, measure_named, open_plan

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
