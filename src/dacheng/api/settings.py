"""What holds for the whole company: closed periods, rules, the working calendar."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path, Router, Schema
from pydantic import ConfigDict, Field, StrictBool, StrictInt

from dacheng.api.asking import Call
from dacheng.api.fields import MONTH_FORM, Dated, Day, Done, Month, Words
from dacheng.api.operations import SEEN, operation
from dacheng.core.errors import Text
from dacheng.core.period import day_of, ym_text
from dacheng.service.ruling import RuleInForce, rules_in_force, set_rule
from dacheng.service.wire import month_of
from dacheng.store.actions.calendar import set_calendar_days
from dacheng.store.actions.periods import close_period, reopen_period
from dacheng.store.periods import closed_through

router = Router(tags=["settings"])

MOST_DAYS = 1000

InPath = Annotated[str, Path(pattern=MONTH_FORM)]


class Periods(Schema):
    """Which months are closed."""

    closed_through: Month | None = Field(description="every month up to this one is closed; null: none is")


class Reopening(Schema):
    """Why a month is reopened; the log keeps it."""

    model_config = ConfigDict(extra="forbid")
    reason: Words


class Rule(Schema):
    """A rule: what it means, its value on a day, and what it may be."""

    name: str
    label: str
    help: str
    unit: str
    source: str
    value: int | str | None
    lowest: int
    highest: int
    choices: list[str] = Field(description="the words it may be; none: a whole number")


class RuleList(Schema):
    """Every rule."""

    rows: list[Rule]


class RuleSetting(Dated):
    """A value of a rule from a day on, with its reason."""

    value: StrictInt | Words
    reason: Words


class CalendarDay(Schema):
    """Whether a day is worked."""

    model_config = ConfigDict(extra="forbid")
    day: Day
    working: StrictBool


class CalendarDays(Schema):
    """Days of the working calendar and where they come from."""

    model_config = ConfigDict(extra="forbid")
    source: Words = Field(examples=["国务院公布"])
    days: list[CalendarDay] = Field(min_length=1, max_length=MOST_DAYS)


class ChangedDays(Schema):
    """How many days changed."""

    changed: int


@operation(router, "GET", "/periods", Periods, Text("关账到哪个月", "Closed periods"), right=SEEN)
def show_periods(request: Call) -> Periods:
    """Which months are closed: they are closed in order, so one month says it all."""
    last = closed_through()
    return Periods(closed_through=ym_text(last.through) if last else None)


@operation(router, "POST", "/periods/{month}/close", Done, Text("关账", "Close a month"), right="period.close")
def close_month(request: Call, month: InPath) -> Done:
    """Close a month: what is posted in it never changes again."""
    caller = request.auth
    close_period(actor=caller.viewer, at=caller.at, ym=month_of(month))
    return Done(changed=True)


@operation(
    router,
    "POST",
    "/periods/{month}/reopen",
    Done,
    Text("重新打开期间", "Reopen a month"),
    right="period.reopen",
    body=Reopening,
)
def reopen_month(request: Call, month: InPath, body: Reopening) -> Done:
    """Reopen the last closed month, with a reason that the log keeps."""
    caller = request.auth
    reopen_period(actor=caller.viewer, at=caller.at, ym=month_of(month), reason=body.reason)
    return Done(changed=True)


@operation(router, "GET", "/rules", RuleList, Text("规则", "List rules"), right=SEEN)
def list_rules(request: Call, as_of: str = "") -> Any:
    """Every rule with the value that is in force on a day."""
    language = request.auth.language
    return RuleList(rows=[_shown(one, language) for one in rules_in_force(request.auth.book({"as_of": as_of}))])


@operation(router, "PUT", "/rules/{name}", Done, Text("修改规则", "Set a rule"), right="rule.edit", body=RuleSetting)
def put_rule(request: Call, name: str, body: RuleSetting) -> Done:
    """Let a rule have a value from a day on, until its next value."""
    caller = request.auth
    done = set_rule(actor=caller.viewer, at=caller.at, name=name, value=body.value, reason=body.reason, on=body.day)
    return Done(changed=done)


@operation(
    router,
    "PUT",
    "/calendar",
    ChangedDays,
    Text("修改工作日历", "Set working days"),
    right="calendar.edit",
    body=CalendarDays,
)
def put_calendar(request: Call, body: CalendarDays) -> ChangedDays:
    """Say for days whether they are worked."""
    caller = request.auth
    days = {day_of(one.day): one.working for one in body.days}
    return ChangedDays(changed=set_calendar_days(actor=caller.viewer, at=caller.at, days=days, source=body.source))


def _shown(rule: RuleInForce, language: str) -> Rule:
    kind = rule.kind
    return Rule(
        name=kind.name,
        label=kind.label.in_language(language),
        help=kind.help.in_language(language),
        unit=kind.unit.in_language(language),
        source=kind.source,
        value=rule.value,
        lowest=kind.lowest,
        highest=kind.highest,
        choices=[code for code, _label in kind.choices],
    )
