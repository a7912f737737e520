"""The forecast table and trends: what is open on top of what is done, and how both stood on earlier days."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.deals.schema import BEST, COMMIT, OMITTED, OPEN
from dacheng.core.errors import RuleError, Text
from dacheng.core.months import CALENDAR_MONTHS
from dacheng.core.period import parse_period
from dacheng.core.table import Note
from dacheng.core.tables.forecast import forecast
from dacheng.core.tables.open_list import open_in_forecast
from dacheng.core.tables.pipeline import pipeline
from dacheng.core.tables.trends import trends
from dacheng.core.targets.attainment import attainment
from dacheng.core.targets.cells import cells
from dacheng.core.targets.done import done
from tests.reports.company import Company, day
from tests.reports.invented import DAYS, invented, path, seen, units_seen

QUICK = settings(max_examples=12, deadline=None)
FEW = settings(max_examples=6, deadline=None)
COMPANIES = st.integers(0, 10**6)
AS_OF = st.sampled_from(DAYS)
VIEWERS = st.sampled_from(["", "boss", "li"])
UNITS = st.sampled_from([None, 1, 2, 4])
PERIODS = st.sampled_from(["2026", "2026-H1", "2026-Q3", "2026-05..2026-07"])
CONTRACT, MARGIN = 1, 2


def half_away(amount: Fraction) -> int:
    """Return the nearest whole number, halves away from zero."""
    size = int(abs(amount) + Fraction(1, 2))
    return -size if amount < 0 else size


def opened_by_hand(company: Company, viewer: str, when: int, period: str, measure: int) -> list[tuple[Any, ...]]:
    """Return (unit, owner, category, amount, weighted) of the open deals that a forecast counts."""
    span = parse_period(period)
    weight = {one["stage_id"]: one["weight_bp"] for one in company.rows["stages"]}
    excl = next(one["basis"] for one in company.rows["measures"] if one["measure_id"] == CONTRACT) == 2
    found = []
    for fact, place in seen(company, "deals", viewer, when):
        expected = fact["expected_day"]
        if not place or fact["state"] != OPEN or fact["category"] == OMITTED or expected is None or expected < when:
            continue
        if not CALENDAR_MONTHS.from_day(span) <= expected < CALENDAR_MONTHS.to_day(span):
            continue
        amount, tax = fact["amount"], fact["tax_bp"]
        if measure == MARGIN or excl:
            amount = None if amount is None or tax is None else half_away(Fraction(amount * 10_000, 10_000 + tax))
        if measure == MARGIN:
            margin = fact["margin_bp"] if viewer != "li" else None
            amount = None if amount is None or margin is None else half_away(Fraction(amount * margin, 10_000))
        rate = weight[fact["stage_id"]] if fact["win_bp"] is None else fact["win_bp"]
        weighted = None if amount is None else half_away(Fraction(amount * rate, 10_000))
        found.append((place, fact["owner_id"], fact["category"], amount, weighted))
    return found


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, PERIODS, st.sampled_from([CONTRACT, MARGIN]))
def test_the_forecast_is_what_is_done_and_what_a_walk_through_open_deals_adds(seed, as_of, viewer, period, measure):
    company = invented(seed)
    book, when = company.book(as_of, viewer), day(as_of)
    deals = opened_by_hand(company, viewer, when, period, measure)

    table = forecast(book, period=parse_period(period), measure=measure, people=True)

    assert {owner for _, owner, *_ in deals} <= {table.cell("person_id", row) for row in range(len(table))}
    for row in range(len(table)):
        unit, person = table.cell("unit_id", row), table.cell("person_id", row)
        own = [one for one in deals if (one[:2] == (unit, person) if person else unit in path(company, one[0], when))]
        weighted = sum(one[4] or 0 for one in own)
        if any(one[4] is not None for one in own):
            assert table.cell("commit", row) == sum(one[3] or 0 for one in own if one[2] == COMMIT)
            assert table.cell("best", row) == sum(one[3] or 0 for one in own if one[2] == BEST)
            assert table.cell("weighted", row) == weighted
        achieved, target = table.cell("done", row), table.cell("target", row)
        assert table.cell("forecast", row) == (None if achieved is None else achieved + weighted)
        expected = None if achieved is None or target is None else target - achieved - weighted
        assert table.cell("forecast_gap", row) == expected
    board = attainment(book, period=parse_period(period), measure=measure)
    assert [table.totals[name] for name in ("target", "done", "gap")] == [
        board.totals[name] for name in ("target", "done", "gap")
    ]


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, PERIODS)
def test_every_figure_of_the_forecast_opens_rows_that_add_up_to_it(seed, as_of, viewer, period):
    book, span = invented(seed).book(as_of, viewer), parse_period(period)

    table = forecast(book, period=span, people=True)

    for row in range(len(table)):
        where = {"unit": table.cell("unit_id", row), "direct": bool(table.cell("direct", row))}
        where |= {"measure": table.cell("measure_id", row), "period": span}
        person = table.cell("person_id", row)
        opened = open_in_forecast(book, owner=person, **where)
        assert table.cell("weighted", row) == opened.totals["weighted"]
        for category in ("commit", "best"):
            part = open_in_forecast(book, owner=person, category=category, **where)
            assert table.cell(category, row) in (part.totals["amount"], part.totals["amount"] or 0, None)
        assert done(book, owner=person, **where).totals["amount"] == table.cell("done", row)
        assert (cells(book, person=person, **where).totals.get("amount") or 0) == (table.cell("target", row) or 0)


@FEW
@given(COMPANIES, AS_OF, VIEWERS, UNITS)
def test_the_previous_forecast_is_the_one_of_a_week_ago(seed, as_of, viewer, unit):
    company, span = invented(seed), parse_period("2026")
    book = company.book(as_of, viewer)

    table = forecast(book, unit=unit, measure=CONTRACT, period=span, people=True)

    before = forecast(book.at(book.as_of_day - 7), unit=unit, measure=CONTRACT, period=span, people=True)
    was = {
        (before.cell("unit_id", row), before.cell("person_id", row)): before.cell("forecast", row)
        for row in range(len(before))
    }
    for row in range(len(table)):
        key = table.cell("unit_id", row), table.cell("person_id", row)
        assert table.cell("previous", row) == was.get(key)
    assert table.totals["previous"] == before.totals["forecast"]


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, UNITS, st.sampled_from([CONTRACT, MARGIN]), st.sampled_from(["week", "month"]))
def test_every_point_of_a_trend_is_what_the_reports_of_that_day_say(seed, as_of, viewer, unit, measure, step):
    company, span = invented(seed), parse_period("2026")
    book = company.book(as_of, viewer)
    if unit is not None and any(unit not in units_seen(company, viewer, day(one)) for one in DAYS):
        unit = None  # a unit that is not his has no row on the boards

    table = trends(book, step=step, since=day(as_of) - 100, unit=unit, measure=measure, period=span)

    assert table.cell("day", len(table) - 1) == day(as_of)
    for row in range(len(table)):
        then = book.at(table.cell("day", row))
        listed = pipeline(then, unit=unit)
        assert table.cell("deals", row) == listed.counted
        assert (table.cell("amount", row), table.cell("weighted", row)) == (
            listed.totals["amount"],
            listed.totals["weighted"],
        )
        board = forecast(then, unit=unit, measure=measure, period=span)
        names = ("target", "done", "attainment_ratio", "forecast")
        assert [table.cell(name, row) for name in names] == [board.totals[name] for name in names]


@FEW
@given(COMPANIES, st.sampled_from(["then", "today"]))
def test_trends_in_todays_organisation_are_the_reports_in_it(seed, basis):
    book = invented(seed).book("2026-09-20", "boss", today="2026-12-28", basis=basis)

    table = trends(book, unit=2, period=parse_period("2026"))

    for row in range(len(table)):
        assert table.cell("amount", row) == pipeline(book.at(table.cell("day", row)), unit=2).totals["amount"]


def test_a_trend_reads_versions_once_however_many_days_it_shows():
    company = invented(7)
    asked: list[str] = []
    book, other = company.book("2026-12-28"), company.book("2026-12-28")
    fetch = book.source.engine.fetch
    book.source.engine.fetch = lambda sql, *more: asked.append(sql) or fetch(sql, *more)

    trends(book, since=day("2026-12-01"))
    few = len(asked)
    trends(other, since=day("2026-01-01"))

    assert few == len(asked) - few


def test_the_golden_forecast_with_its_two_gaps():
    def deal(code: str, stage_rate: int, category: str, amount: float) -> Any:
        values = {"owner": "li", "amount": amount, "category": category, "win_bp": stage_rate, "expected": "2026-11-30"}
        return code, "2026-01-05", values

    company = Company(
        deals=[
            deal("c", 9000, "commit", 6_000_000),
            deal("b", 6000, "best", 8_000_000),
            deal("p", 2000, "pipeline", 20_000_000),
            deal("o", 9000, "omitted", 1_000_000),
        ],
        contracts=[{"code": "k", "owner": "li", "day": "2026-03-01", "amount": 12_000_000}],
        targets=[("CN", "", "contract", "2026-06", 30_000_000)],
    )

    table = forecast(company.book("2026-07-31"))

    names = ("done", "commit", "best", "weighted", "forecast", "gap", "forecast_gap")
    assert company.read(table, *names) == [
        (12_000_000, 6_000_000, 8_000_000, 14_200_000, 26_200_000, 18_000_000, 3_800_000)
    ]


def test_an_overdue_deal_is_left_out_and_told():
    company = Company(
        deals=[("d", "2026-01-05", {"owner": "li", "amount": 100, "expected": "2026-03-31", "win_bp": 5000})],
        targets=[("CN", "", "contract", "2026-06", 1000)],
    )

    on_the_day, after = (forecast(company.book(one)) for one in ("2026-03-31", "2026-04-01"))

    assert (on_the_day.totals["forecast"], after.totals["forecast"]) == (5000, 0)
    assert [note.code for note in after.notes] == ["overdue"]
    assert after.totals["change"] == -5000


@pytest.mark.parametrize(("since", "words"), [("2026-04-01", "晚于截至日"), ("2000-01-01", "最多 400 个")])
def test_a_trend_that_cannot_be_drawn_says_why(since, words):
    book = Company().book("2026-03-31")

    with pytest.raises(RuleError, match=words):
        trends(book, since=day(since))


def test_what_is_not_the_managers_is_in_no_point_of_his_trend():
    company = Company(
        units=[("CN", ""), ("East", "CN"), ("West", "CN")],
        people=[("boss", "East"), ("li", "East"), ("wang", "West")],
        roles=[("boss", "manager", "East")],
        deals=[
            ("a", "2026-01-05", {"owner": "li", "amount": 5}),
            ("a", "2026-02-15", {"owner": "wang"}),
            ("b", "2026-01-05", {"owner": "wang", "amount": 9}),
        ],
    )

    table = trends(company.book("2026-03-01", "boss"), step="month", since=day("2026-01-01"))

    assert company.read(table, "day", "amount") == [("2026-01-31", 5), ("2026-02-28", 0), ("2026-03-01", 0)]
    assert units_seen(company, "boss", day("2026-03-01")) == {company.id("units", "East")}


def test_a_note_about_an_amount_is_told_in_yuan_and_in_the_unit_of_a_page():
    note = Note.of_amounts("overdue", Text("逾期 2 单，金额 {}。", "Overdue: 2, worth {}."), [1_234_567_00], 2)

    assert note.text == Text("逾期 2 单，金额 1,234,567.00 元。", "Overdue: 2, worth 1,234,567.00.")
    assert note.said("zh-hans", lambda minor: f"{minor / 1_000_000:,.2f} 万元") == "逾期 2 单，金额 123.46 万元。"
    assert Note("plain", Text("没有金额。", "No amount.")).said("en", str) == "No amount."
