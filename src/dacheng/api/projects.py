"""Delivery projects (交付项目) and milestones: listed, planned, followed, reached, slipped, recognised (R150, R161)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field, create_model

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import Limit, Offset, Saved, edit_schema, listed_schema, many, new_schema, shown_schema
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.core.delivery.schema import BY_MILESTONE, OBSTACLES, OVER_TIME
from dacheng.core.errors import Text
from dacheng.core.period import day_of
from dacheng.service.records import listed, one_record, parts_of
from dacheng.store.actions import projects as delivering

router = Router(tags=["delivery"])

MOST_MILESTONES = 200
WAYS = {"milestone": BY_MILESTONE, "over-time": OVER_TIME}
OBSTACLE_CODES = {code: number for number, code, _ in OBSTACLES}

ProjectRow = shown_schema("ProjectRow", "projects")
ProjectList = listed_schema("ProjectList", ProjectRow)
MilestoneRow = shown_schema("MilestoneRow", "milestones")
MilestoneList = listed_schema("MilestoneList", MilestoneRow)
NewMilestone = new_schema(
    "PlannedMilestone", "milestones", made=("code",), leave=("project_id", "reached_day", "reason", "reason_note")
)
STEPS = Field(min_length=1, max_length=MOST_MILESTONES, description="known numbers are changed, others come and go")
NewProject = new_schema("NewProject", "projects", made=("code",), milestones=(many(NewMilestone), STEPS))
ProjectEdit = edit_schema("ProjectEdit", "projects", leave=("contract_id",))
PlannedMilestones: Any = create_model(
    "PlannedMilestones", __base__=Schema, milestones=(many(NewMilestone), STEPS), version=(int | None, None)
)
MilestonesOfProject: Any = create_model("MilestonesOfProject", __base__=Schema, rows=(many(MilestoneRow), ...))
Version = Annotated[int | None, Field(description="the version that was seen; left out: whatever stands")]


class Reached(Schema):
    """The day a milestone was reached; null takes it back."""

    model_config = ConfigDict(extra="forbid")
    on: date | None
    version: Version = None


class Slipped(Schema):
    """The day a milestone is expected now, and why it slipped."""

    model_config = ConfigDict(extra="forbid")
    on: date
    reason: (
        Literal["customer-not-ready", "acceptance", "scope", "supply", "staff", "technical", "payment", "other"] | None
    ) = None
    note: Annotated[str, Field(max_length=300)] = ""
    version: Version = None


class Recognise(Schema):
    """On which day what is earned is recognised: by milestones, or over time by how much is done."""

    model_config = ConfigDict(extra="forbid")
    day: date
    way: Literal["milestone", "over-time"] = "milestone"


@operation(router, "GET", "/projects", ProjectList, Text("交付项目清单", "List delivery projects"), right=SEEN)
def list_projects(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """Delivery projects that exist at the end of a day, the first recorded first."""
    page = listed("projects", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return ProjectList(count=page.count, rows=page.rows)


@operation(router, "GET", "/projects/{uuid:uid}", ProjectRow, Text("交付项目", "Show a delivery project"), right=SEEN)
def show_project(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One delivery project as it stood at the end of a day."""
    return ProjectRow(**one_record("projects", uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "POST",
    "/projects",
    Saved,
    Text("登记交付项目", "Record a delivery project"),
    right="project.edit",
    body=NewProject,
    status=201,
)
def record_project(request: Call, body: Any) -> Saved:
    """Record a delivery project of a contract with its milestones."""
    caller = request.auth
    values = {name: value for name, value in body.columns().items() if name != "milestones"}
    steps = [one.columns() for one in body.milestones]
    return saved(delivering.record_project(actor=caller.viewer, at=caller.at, values=values, milestones=steps))


@operation(
    router,
    "PATCH",
    "/projects/{uuid:uid}",
    Saved,
    Text("跟进交付项目", "Follow a delivery project"),
    right="project.edit",
    body=ProjectEdit,
)
def edit_project(request: Call, uid: UUID, body: Any) -> Saved:
    """Correct its manager, costs, how much is done, what stands in the way and what is next, from today on."""
    caller, values = request.auth, body.columns()
    with telling_conflicts("projects", caller):
        return saved(
            delivering.edit_project(actor=caller.viewer, at=caller.at, uid=uid, values=values, version=body.version)
        )


@operation(
    router,
    "GET",
    "/projects/{uuid:uid}/milestones",
    MilestonesOfProject,
    Text("项目的里程碑", "Show the milestones of a project"),
    right=SEEN,
)
def milestones_of_project(request: Call, uid: UUID, as_of: str = "") -> Any:
    """The milestones of a project as they stood at the end of a day."""
    book = request.auth.book({"as_of": as_of})
    one_record("projects", uid, book)
    return MilestonesOfProject(rows=parts_of("milestones", "project_id", uid, book))


@operation(
    router,
    "PUT",
    "/projects/{uuid:uid}/milestones",
    Saved,
    Text("计划里程碑", "Plan milestones"),
    right="project.edit",
    body=PlannedMilestones,
)
def plan_milestones(request: Call, uid: UUID, body: Any) -> Saved:
    """Let a project have the milestones given from today on; one that was reached stays."""
    caller = request.auth
    steps = [one.columns() for one in body.milestones]
    return saved(
        delivering.set_milestones(
            actor=caller.viewer, at=caller.at, project=uid, milestones=steps, version=body.version
        )
    )


@operation(router, "GET", "/milestones", MilestoneList, Text("里程碑清单", "List milestones"), right=SEEN)
def list_milestones(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """Milestones that exist at the end of a day, the first recorded first."""
    page = listed("milestones", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return MilestoneList(count=page.count, rows=page.rows)


@operation(
    router,
    "POST",
    "/milestones/{uuid:uid}/reach",
    Saved,
    Text("里程碑完成", "Reach a milestone"),
    right="project.edit",
    body=Reached,
)
def reach_milestone(request: Call, uid: UUID, body: Reached) -> Saved:
    """Say when a milestone was reached: terms that wait for it fall due from that day. Null takes it back."""
    caller, on = request.auth, None if body.on is None else day_of(body.on)
    return saved(delivering.reach_milestone(actor=caller.viewer, at=caller.at, uid=uid, on=on, version=body.version))


@operation(
    router,
    "POST",
    "/milestones/{uuid:uid}/slip",
    Saved,
    Text("改里程碑预计日", "Slip a milestone"),
    right="project.edit",
    body=Slipped,
)
def slip_milestone(request: Call, uid: UUID, body: Slipped) -> Saved:
    """Expect a milestone on another day and say why; what waits for it is expected later too."""
    caller = request.auth
    return saved(
        delivering.slip_milestone(
            actor=caller.viewer,
            at=caller.at,
            uid=uid,
            on=day_of(body.on),
            reason=OBSTACLE_CODES.get(body.reason or ""),
            note=body.note,
            version=body.version,
        )
    )


@operation(
    router,
    "POST",
    "/projects/{uuid:uid}/recognise",
    Saved,
    Text("按进度确收", "Recognise progress"),
    right="cash.record",
    body=Recognise,
    status=201,
)
def recognise_progress(request: Call, uid: UUID, body: Recognise) -> Saved:
    """Recognise what a project has earned and nobody recognised yet."""
    caller = request.auth
    return saved(
        delivering.recognise_progress(
            actor=caller.viewer, at=caller.at, project=uid, way=WAYS[body.way], day=day_of(body.day)
        )
    )
