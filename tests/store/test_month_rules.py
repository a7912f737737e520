"""A company that counts its months in weeks: rules, the calendar, closing and posting, handing over midway."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dacheng.core.errors import RuleError
from dacheng.core.handover.handing import USUAL, kept_and_passed
from dacheng.core.months import CALENDAR_MONTHS
from dacheng.core.period import date_of
from dacheng.service.closing import closing
from dacheng.service.month_rules import months_foreseen
from dacheng.service.ruling import set_rule
from dacheng.store.actions.calendar import set_calendar_days
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.people import move_person
from dacheng.store.actions.periods import close_period
from dacheng.store.handing import Ways, handover_of
from dacheng.store.models import CalendarDay, Contract
from dacheng.store.periods import company_months
from dacheng.store.standing import standing_uid
from tests.store.company import AT, actor, month, on, uid


def divide(pattern: str = "4-4-5", day: int | None = None, name: str = "fiscal.pattern") -> bool:
    return set_rule(
        actor=actor("ops"), at=AT, name=name, value=pattern, reason="集团口径", on=on(1, 1) if day is None else day
    )


def test_the_calendar_names_the_months_that_the_rule_makes(database):
    days = {on(1, 25): True, on(1, 26): True, on(1, 27): True}
    set_calendar_days(actor=actor("ops"), at=AT, days=days, source="手工")

    divide()
    set_calendar_days(actor=actor("ops"), at=AT, days={on(1, 28): True}, source="手工")

    named = dict(CalendarDay.objects.filter(day__in=[on(1, at) for at in (25, 26, 28)]).values_list("day", "ym"))
    assert named == {on(1, 25): month(1), on(1, 26): month(2), on(1, 28): month(2)}


def test_a_rule_that_would_move_a_closed_month_is_refused_and_nothing_is_written(database):
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    with pytest.raises(RuleError, match="关账"):
        divide()

    assert company_months() == CALENDAR_MONTHS


def test_a_rule_for_later_years_is_let_through_though_months_are_closed(database):
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    assert divide(day=on(12, 31))

    assert company_months().first_day_of(month(1) + 12) == on(12, 31) + 4  # Monday 4 January 2027


def test_a_month_of_weeks_is_closed_when_its_last_week_has_ended(database):
    divide()
    early, then = (datetime(2026, 5, day, 4, tzinfo=UTC) for day in (23, 24))  # May ends on Sunday 24

    assert [date_of(company_months().last_day_of(month(5))).isoformat()] == ["2026-05-24"]
    assert closing(early).next[-1] == month(4) and closing(then).next[-1] == month(5)
    with pytest.raises(RuleError, match="还没有结束") as refused:
        close_period(actor=actor("fin"), at=early, ym=month(5))
    assert "2026-05-24 起可以关账" in refused.value.remedy.zh
    close_period(actor=actor("fin"), at=AT, ym=month(5))


def test_what_comes_late_posts_on_the_first_day_of_the_next_month_of_weeks(database):
    divide()
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    days = {"signed_day": on(5, 20), "effective_day": on(5, 20)}
    values = {"code": "K1", "owner_id": uid("people", "li"), **days}
    record_contract(actor=actor("ops"), at=AT, values=values, lines=[Line(amount=7_000_00)])

    assert date_of(Contract.objects.get(code="K1").posted_day).isoformat() == "2026-05-25"
    with pytest.raises(RuleError, match="已关账") as refused:
        move_person(actor=actor("ops"), at=AT, uid=uid("people", "li"), unit=uid("units", "SOUTH"), on=on(5, 24))
    assert "2026-05-25 起生效" in refused.value.remedy.zh


def test_a_target_handed_over_midway_is_divided_by_the_days_of_its_month_of_weeks(database):
    divide()

    plan = handover_of(standing_uid("people", uid("people", "li")), uid("units", "SOUTH"), on(6, 1), Ways(), USUAL, 0)

    assert kept_and_passed(35_00, month(6), plan) == (7_00, 28_00)  # 25 May to 28 June, 7 of 35 days


def test_what_a_rule_will_do_is_told_month_by_month(database):
    told = months_foreseen("fiscal.pattern", "4-4-5", on(12, 1))

    assert [one.ym - month(12) for one in told] == list(range(13))
    assert [one.weeks for one in told[1:]] == [4, 4, 5] * 4
    assert (date_of(told[0].last).isoformat(), told[0].moves) == ("2027-01-03", True)


def test_a_weekday_alone_divides_nothing(database):
    divide("sunday", name="fiscal.weekday")

    assert company_months() == CALENDAR_MONTHS
    with pytest.raises(RuleError, match="可取|不能是"):
        divide("someday", name="fiscal.weekday")
