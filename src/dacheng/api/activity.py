"""Actions (动作): weekly plans and what was done on a day, set together; read them as reports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.fields import Day, Month
from dacheng.api.operations import SEEN, operation
from dacheng.core.activity.schema import KINDS, MOST_A_DAY
from dacheng.core.errors import Text
from dacheng.core.period import date_of, day_of
from dacheng.service.activity import last_entry
from dacheng.service.wire import month_of
from dacheng.store.actions.activity import Done, SetActions, WeeklyPlan, plan_actions, record_actions

router = Router(tags=["actions"])

MOST_ROWS = 5_000
ActionCode = Literal["visit", "key-visit", "report", "lead", "proposal", "call"]
"""The codes of ``core.activity.schema.KINDS``; a test compares them."""

KIND_NUMBER = {code: number for number, code, _ in KINDS}


class GivenPlan(Schema):
    """What a person shall do a week in a month."""

    model_config = ConfigDict(extra="forbid")
    person_id: UUID
    action: ActionCode
    month: Month
    per_week: Annotated[int, Field(ge=0, le=7 * MOST_A_DAY)] | None = Field(description="null: nothing planned")


class GivenPlans(Schema):
    """Action targets to set from today on, all or none."""

    model_config = ConfigDict(extra="forbid")
    targets: list[GivenPlan] = Field(min_length=1, max_length=MOST_ROWS)


class GivenDone(Schema):
    """How often a person did something on a day."""

    model_config = ConfigDict(extra="forbid")
    person_id: UUID
    day: Day
    action: ActionCode
    times: int = Field(ge=0, le=MOST_A_DAY)


class GivenActions(Schema):
    """What was done, all or none; a day entered again is corrected."""

    model_config = ConfigDict(extra="forbid")
    done: list[GivenDone] = Field(min_length=1, max_length=MOST_ROWS)


class SetRows(Schema):
    """How many rows were new, how many changed, how many stood already."""

    created: int
    changed: int
    unchanged: int


@operation(
    router,
    "PUT",
    "/actions/targets",
    SetRows,
    Text("填写动作目标", "Set action targets"),
    right="action.plan",
    body=GivenPlans,
)
def set_action_targets(request: Call, body: GivenPlans) -> SetRows:
    """Set what people plan a week, from today on; read it as the report targets/action_board."""
    plans = [
        WeeklyPlan(one.person_id, KIND_NUMBER[one.action], month_of(one.month), one.per_week) for one in body.targets
    ]
    return _told(plan_actions(actor=request.auth.viewer, at=request.auth.at, plans=plans))


@operation(
    router,
    "PUT",
    "/actions/done",
    SetRows,
    Text("登记动作", "Record actions"),
    right="action.record",
    body=GivenActions,
)
def set_actions_done(request: Call, body: GivenActions) -> SetRows:
    """Record what people did on days of the last two months; read it as the report targets/actions_done."""
    done = [Done(one.person_id, day_of(one.day), KIND_NUMBER[one.action], one.times) for one in body.done]
    return _told(record_actions(actor=request.auth.viewer, at=request.auth.at, done=done))


class LastActions(Schema):
    """The latest actions that the caller sees; both null without any."""

    day: Day | None
    entered_at: datetime | None = Field(description="when one was last entered; null where the log does not tell")
    stale: bool = Field(description="entered over 24 hours ago, or of before yesterday")


@operation(
    router,
    "GET",
    "/actions/last",
    LastActions,
    Text("动作最后登记", "When actions were last entered"),
    right=SEEN,
)
def show_last_actions(request: Call, as_of: str = "") -> LastActions:
    """How fresh the action board and the wall are: the last day with an action and the moment of the last entry."""
    caller = request.auth
    book = caller.book({"as_of": as_of})
    last = last_entry(book)
    if last is None:
        return LastActions(day=None, entered_at=None, stale=False)
    return LastActions(day=date_of(last.day), entered_at=last.at, stale=last.stale(book, caller.at))


def _told(done: SetActions) -> SetRows:
    return SetRows(created=done.created, changed=done.changed, unchanged=done.unchanged)
