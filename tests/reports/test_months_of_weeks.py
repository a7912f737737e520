"""Reports of a company that counts its months in weeks, against sums made by hand, day after day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.deals.closed import closed_in
from dacheng.core.filtering import EVERYTHING
from dacheng.core.period import parse_period
from dacheng.core.tables.pipeline import pipeline
from dacheng.core.tables.trends import trends
from dacheng.core.targets.attainment import attainment
from tests.reports.company import MEASURES, Company

FIRST, WEEKS = date(2025, 12, 29), (4, 4, 5) * 3 + (4, 4, 6)
"""2026 has 53 weeks: the Monday nearest to 1 January 2027 is the 4th."""

RULES = {"fiscal.pattern": "4-4-5"}
CONTRACT = MEASURES["contract"]
DAYS = st.integers(-20, 400).map(lambda days: (FIRST + timedelta(days)).isoformat())
AMOUNTS = st.integers(1, 10**6)


def month_of(day: str) -> int:
    """Return the month of 2026 in which a day lies, 1 to 12, counting week by week; 0 before, 13 after."""
    week = (date.fromisoformat(day) - FIRST).days // 7
    for month, weeks in enumerate(WEEKS, 1):
        if week < 0:
            return 0
        if week < weeks:
            return month
        week -= weeks
    return 13


def months_in(period: str) -> range:
    whole = {"2026": (1, 13), "2026-H1": (1, 7), "2026-Q1": (1, 4), "2026-Q4": (10, 13), "2026-03": (3, 4)}
    return range(*whole[period])


PERIODS = st.sampled_from(["2026", "2026-H1", "2026-Q1", "2026-Q4", "2026-03"])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(DAYS, AMOUNTS), max_size=8), PERIODS, DAYS)
def test_done_and_pace_of_a_period_are_those_of_its_weeks(contracts, period, as_of):
    told = [
        {"code": f"K{at}", "owner": "li", "day": day, "amount": amount} for at, (day, amount) in enumerate(contracts)
    ]
    targets = [("CN", "", "contract", f"2026-{month:02d}", 1_000) for month in range(1, 13)]
    company = Company(contracts=told, targets=targets, rules=RULES)
    as_of = max(as_of, "2026-01-02")

    table = attainment(company.book(as_of), measure=CONTRACT, period=parse_period(period))

    inside = months_in(period)
    done = sum(amount for day, amount in contracts if month_of(day) in inside and day <= as_of)
    days = [(FIRST + timedelta(at)).isoformat() for at in range(371)]
    wanted = [day for day in days if month_of(day) in inside]
    gone = sum(day <= as_of for day in wanted)
    assert company.read(table, "done", "target") == [(done, 1_000 * len(inside))]
    assert abs((table.cell("time_ratio", 0) or 0) - gone / len(wanted)) < 1e-12


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(DAYS, AMOUNTS), min_size=1, max_size=8), PERIODS)
def test_what_closes_in_a_period_is_listed_by_its_weeks_and_bars_stand_by_month(deals, period):
    told = [
        (f"D{at}", "2025-12-01", {"owner": "li", "stage": "lead", "amount": amount, "expected": day})
        for at, (day, amount) in enumerate(deals)
    ]
    book = Company(deals=told, rules=RULES).book("2026-01-02")

    listed = pipeline(book, closing=parse_period(period))
    months = {int(key) - 12 * 2026 + 1 for one in pipeline(book).bars if one.by.name == "closing" for key in one.keys}

    expected = [amount for day, amount in deals if month_of(day) in months_in(period)]
    assert listed.count == len(expected)
    seen = {min(max(month_of(day), 0), 13) for day, _ in deals}
    assert {min(max(one, 0), 13) for one in months} in (seen, set())


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(DAYS, st.sampled_from(["won", "lost"])), max_size=6), PERIODS)
def test_deals_closed_in_a_period_are_those_of_its_weeks(closings, period):
    told = [
        row
        for at, (day, stage) in enumerate(closings)
        for row in (
            (f"D{at}", "2025-11-01", {"owner": "li", "stage": "lead", "amount": 5}),
            (f"D{at}", day, {"stage": stage}),
        )
    ]
    book = Company(deals=sorted(told, key=lambda one: one[1]), rules=RULES).book("2027-03-01")

    found = closed_in(book, parse_period(period), EVERYTHING)

    assert len(found) == sum(month_of(day) in months_in(period) for day, _ in closings)


def test_the_ends_of_months_of_a_trend_are_those_of_its_weeks():
    book = Company(rules=RULES).book("2026-04-01")

    table = trends(book, step="month", since=book.as_of_day - 60)

    ends = [(date(1970, 1, 1) + timedelta(int(day))).isoformat() for day in table.values["day"]]
    assert ends == ["2026-02-22", "2026-03-29", "2026-04-01"]
