"""The annual plan (年度计划): its five steps, locked in versions, each opened again beside what stands now (R027)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict

from dacheng.api.asking import Call
from dacheng.api.fields import Words
from dacheng.api.operations import SEEN, operation
from dacheng.core.errors import Text
from dacheng.core.strategy.smart import check_year
from dacheng.core.strategy.steps import STATES, Step, steps_of
from dacheng.service.annual_plans import LockedPlan, compared, lock, locked_plan, locked_plans
from dacheng.store.history import moment

router = Router(tags=["strategy"])


class StepOfPlan(Schema):
    """One of the five steps: market, targets, strategy, plan, budget."""

    code: str
    name: str
    state: str
    told: str


class PlanVersion(Schema):
    """A version over all five steps; `unfinished` names the steps that were not done."""

    version: str
    unit: str
    number: int
    locked_at: datetime
    by: str
    note: str
    unfinished: list[str]


class AnnualPlan(Schema):
    """The five steps of a fiscal year as they are, and its versions, the latest first."""

    year: int
    steps: list[StepOfPlan]
    versions: list[PlanVersion]


class StepsThenAndNow(Schema):
    """The five steps as they were known when they were locked, and as they are."""

    version: PlanVersion
    then: list[StepOfPlan]
    now: list[StepOfPlan]


class PlanToLock(Schema):
    """Whose plan gets a version; a note is needed where a step is not done."""

    model_config = ConfigDict(extra="forbid")
    unit_id: UUID
    note: Words = ""


@operation(router, "GET", "/annual-plans/{int:year}", AnnualPlan, Text("年度计划", "Show an annual plan"), right=SEEN)
def show_annual_plan(request: Call, year: int) -> AnnualPlan:
    """The five steps of a fiscal year, as far as the caller sees, and the versions of units he sees."""
    check_year(year)
    return _plan(request, year)


@operation(
    router, "GET", "/annual-plans/{int:year}/versions/{version}", StepsThenAndNow,
    Text("年度计划的一版", "Show a version of an annual plan"), right=SEEN,
)  # fmt: skip
def show_annual_version(request: Call, year: int, version: str) -> StepsThenAndNow:
    """Each step as the caller would have seen it when the version was locked, beside the one of now."""
    caller = request.auth
    book = caller.book({})
    found = locked_plan(book, year, version)
    pairs = compared(caller.viewer, caller.at, found, book)
    return StepsThenAndNow(
        version=_version(found, caller.language),
        then=[_step(one.then, caller.language) for one in pairs],
        now=[_step(one.now, caller.language) for one in pairs],
    )


@operation(
    router, "POST", "/annual-plans/{int:year}/lock", AnnualPlan, Text("锁定年度计划", "Lock an annual plan"),
    right="goal.edit", body=PlanToLock, status=201,
)  # fmt: skip
def lock_annual_plan(request: Call, year: int, body: PlanToLock) -> AnnualPlan:
    """Give the five steps of a unit's fiscal year a version."""
    caller = request.auth
    lock(caller.viewer, caller.at, body.unit_id, year, body.note)
    return _plan(request, year)


def _plan(request: Call, year: int) -> AnnualPlan:
    book, language = request.auth.book({}), request.auth.language
    steps = [_step(one, language) for one in steps_of(book, year)]
    return AnnualPlan(year=year, steps=steps, versions=[_version(one, language) for one in locked_plans(book, year)])


def _step(one: Step, language: str) -> StepOfPlan:
    return StepOfPlan(
        code=one.code,
        name=one.name.in_language(language),
        state=STATES[one.state].in_language(language),
        told=one.told.in_language(language),
    )


def _version(one: LockedPlan, language: str) -> PlanVersion:
    return PlanVersion(
        version=one.name,
        unit=one.unit.in_language(language),
        number=one.number,
        locked_at=moment(one.at),
        by=one.by.in_language(language),
        note=one.note,
        unfinished=list(one.unfinished),
    )
