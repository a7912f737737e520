"""Saved views of reports: the caller's own and those shared with his unit."""

from __future__ import annotations

from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call, Caller
from dacheng.api.fields import Done
from dacheng.api.operations import OWN, operation
from dacheng.core.errors import NotAllowed, Text
from dacheng.service.views import (
    View,
    change_view,
    delete_view,
    order_pins,
    parsed_query,
    pin_view,
    restore_view,
    save_view,
    sharing_units,
    understood_query,
    views_seen,
)

router = Router(tags=["views"])

QUERY = Field("", description="as in an address: owner=T0016&sort=-amount&col=deal_id")


class SavedView(Schema):
    """A report with its filter, columns and order under a name."""

    id: UUID
    report: str
    name: str
    query: str = QUERY
    pinned: bool
    own: bool = Field(description="false: somebody else shares it")
    by: str
    unit: str | None = Field(description="the code of the unit that it is shared with; null: nobody")


class ViewList(Schema):
    """The views that the caller sees, pinned ones first."""

    rows: list[SavedView]


class NewView(Schema):
    """A view to keep."""

    model_config = ConfigDict(extra="forbid")
    report: str
    name: str
    query: str = QUERY
    unit_id: UUID | None = Field(None, description="one's own unit that it is shared with; null: nobody")
    pinned: bool = False


class ViewEdit(Schema):
    """What changes of a view; a field that is left out stays."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = None
    query: str | None = None
    unit_id: UUID | None = Field(None, description="share it with this unit; null: with nobody")
    pinned: bool | None = None


class PinOrder(Schema):
    """The order of pinned views."""

    model_config = ConfigDict(extra="forbid")
    ids: list[UUID] = Field(max_length=100)


class Kept(Schema):
    """The public id of a view."""

    id: UUID


@operation(router, "GET", "/views", ViewList, Text("视图", "List views"), right=OWN)
def list_views(request: Call, report: str = "") -> ViewList:
    """The caller's own views and those shared with his unit, of one report or of all."""
    caller = request.auth
    return ViewList(rows=[_shown(one) for one in views_seen(caller.viewer, caller.at, report=report)])


@operation(router, "POST", "/views", Kept, Text("存视图", "Save a view"), right=OWN, body=NewView, status=201)
def create_view(request: Call, body: NewView) -> Kept:
    """Keep a report's filter, columns and order under a name."""
    caller = request.auth
    uid = save_view(
        actor=caller.viewer,
        at=caller.at,
        report=body.report,
        name=body.name,
        query=_understood(caller, body.report, body.query),
        unit_id=_unit(caller, body.unit_id),
    )
    if body.pinned:
        pin_view(actor=caller.viewer, at=caller.at, uid=uid, pinned=True)
    return Kept(id=uid)


@operation(router, "PUT", "/views/pins", Done, Text("排置顶的视图", "Order pinned views"), right=OWN, body=PinOrder)
def order_views(request: Call, body: PinOrder) -> Done:
    """Let the caller's pinned views stand in this order in the menu; those left out follow."""
    order_pins(actor=request.auth.viewer, uids=body.ids)
    return Done(changed=True)


@operation(router, "PATCH", "/views/{uuid:uid}", Done, Text("改视图", "Edit a view"), right=OWN, body=ViewEdit)
def edit_view(request: Call, uid: UUID, body: ViewEdit) -> Done:
    """Rename a view of one's own, share it or no longer, let it be another filter; pin any view that one sees."""
    caller, given = request.auth, body.model_fields_set
    if given - {"pinned"}:
        report = next((one.report.name for one in views_seen(caller.viewer, caller.at) if one.uid == uid), "")
        change_view(
            actor=caller.viewer,
            at=caller.at,
            uid=uid,
            name=body.name,
            unit_id=_unit(caller, body.unit_id) if "unit_id" in given else None,
            query=_understood(caller, report, body.query) if body.query is not None and report else None,
        )
    if body.pinned is not None:
        pin_view(actor=caller.viewer, at=caller.at, uid=uid, pinned=body.pinned)
    return Done(changed=True)


@operation(router, "DELETE", "/views/{uuid:uid}", Done, Text("删视图", "Delete a view"), right=OWN, name="delete_view")
def remove_view(request: Call, uid: UUID) -> Done:
    """Delete a view of one's own, for everybody it was shared with."""
    caller = request.auth
    delete_view(actor=caller.viewer, at=caller.at, uid=uid)
    return Done(changed=True)


@operation(
    router, "POST", "/views/{uuid:uid}/restore", Done, Text("恢复视图", "Restore a view"), right=OWN,
    name="restore_deleted_view",
)  # fmt: skip
def have_view_back(request: Call, uid: UUID) -> Done:
    """Have a view of one's own back, within 30 days of its deletion."""
    caller = request.auth
    restore_view(actor=caller.viewer, at=caller.at, uid=uid)
    return Done(changed=True)


def _understood(caller: Caller, report: str, query: str) -> str:
    """Return a query as it is kept.

    Raises:
        NotFound: there is no such report. RuleError: a value is not understood.
    """
    kept = parsed_query(report, query)
    understood_query(report, kept, caller.book({}))
    return kept


def _unit(caller: Caller, uid: UUID | None) -> int:
    """Return the unit to share with; 0 = nobody.

    Raises:
        NotAllowed: it is not the caller's own.
    """
    if uid is None:
        return 0
    for unit, name in sharing_units(caller.viewer, caller.at):
        if name.uid == str(uid):
            return unit
    raise NotAllowed(
        Text("只能分享给自己的组织。", "A view is shared with one's own unit."),
        Text("选自己所在或所管的组织。", "Choose the unit you are in or look after."),
    )


def _shown(one: View) -> SavedView:
    return SavedView(
        id=one.uid,
        report=one.report.name,
        name=one.name,
        query=one.query,
        pinned=one.pinned,
        own=one.own,
        by=one.by.name,
        unit=one.unit.code if one.unit else None,
    )
