"""Win rates, sales velocity and the pipeline needed, against a walk through the facts and the golden numbers."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.deals.averages import Segment, average_of, wins_by_segment
from dacheng.core.deals.closed import closed
from dacheng.core.deals.schema import GRADES, OPEN, WON
from dacheng.core.deals.segments import SEGMENTATIONS
from dacheng.core.deals.velocity import entries_needed, pipeline_needed, shrunk_rate, velocity, wins_needed
from dacheng.core.months import CALENDAR_MONTHS
from dacheng.core.period import parse_period
from dacheng.core.tables.pipeline import pipeline
from dacheng.core.tables.sizes import sizes
from dacheng.core.tables.winning import winning
from dacheng.core.targets.attainment import attainment
from tests.reports.company import Company, day
from tests.reports.invented import DAYS, invented, path, seen

COMPANIES = st.integers(0, 10**6)
AS_OF = st.sampled_from(DAYS)
VIEWERS = st.sampled_from(["", "boss", "li"])
UNITS = st.sampled_from([None, 1, 2, 4])
PERIODS = st.sampled_from(["2026", "2026-H1", "2026-Q3"])
GRADE_CODES = {number: code for number, code, _ in GRADES}
QUICK = settings(max_examples=12, deadline=None)


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, PERIODS)
def test_rates_and_cycle_are_what_a_walk_through_closed_deals_finds(seed, as_of, viewer, period):
    company, span, when = invented(seed), parse_period(period), day(as_of)
    facts = [(fact, place) for fact, place in seen(company, "deals", viewer, when) if place]
    shut = [
        (f, p)
        for f, p in facts
        if f["state"] != OPEN and CALENDAR_MONTHS.from_day(span) <= f["closed_day"] < CALENDAR_MONTHS.to_day(span)
    ]

    table = winning(company.book(as_of, viewer), period=span, people=True)

    for row in range(len(table)):
        unit, person = table.cell("unit_id", row), table.cell("person_id", row)

        def of_row(fact, place, unit=unit, person=person):
            return (place, fact["owner_id"]) == (unit, person) if person else unit in path(company, place, when)

        own = [fact for fact, place in shut if of_row(fact, place)]
        won = [fact for fact in own if fact["state"] == WON]
        assert (table.cell("won", row), table.cell("lost", row)) == (len(won), len(own) - len(won))
        assert table.cell("win_ratio", row) == (pytest.approx(len(won) / len(own)) if own else None)
        taken = [fact["closed_day"] - fact["created_day"] for fact in won]
        assert table.cell("cycle", row) == (pytest.approx(sum(taken) / len(won)) if won else None)
        open_ones = [f["amount"] for f, place in facts if f["state"] == OPEN and of_row(f, place)]
        amounts = [one for one in open_ones if one is not None]
        assert table.cell("open_deals", row) == len(open_ones)
        positive = [one for one in amounts if one > 0]
        effective = sum(positive) ** 2 / sum(one * one for one in positive) if positive else None
        assert table.cell("effective", row) == (pytest.approx(effective) if effective else None)
        pooled = table.totals["win_ratio"]
        if pooled is not None and len(own) < 30:
            shrunk = (len(won) + 10 * pooled) / (len(own) + 10)
            assert table.cell("used_ratio", row) == pytest.approx(shrunk)
            if won and sum(taken):
                a_day = sum(amounts) * shrunk / (sum(taken) / len(won))
                assert table.cell("velocity", row) == pytest.approx(a_day, abs=0.51)


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, UNITS, PERIODS)
def test_every_figure_opens_rows_that_add_up_to_it(seed, as_of, viewer, unit, period):
    book, span = invented(seed).book(as_of, viewer), parse_period(period)

    table = winning(book, unit=unit, period=span, people=True)

    shown = [
        (
            {name: table.cell(name, row) for name in table.values},
            {
                "unit": table.cell("unit_id", row),
                "direct": bool(table.cell("direct", row)),
                "owner": table.cell("person_id", row),
            },
        )
        for row in range(len(table))
    ]
    for figures, where in [*shown, (table.totals, {"unit": unit})]:
        for outcome in ("won", "lost"):
            opened = closed(book, outcome=outcome, period=span, **where)
            assert figures[outcome] == opened.count
            assert figures[f"{outcome}_amount"] == opened.totals["amount"]
        listed = pipeline(book, **where)
        assert (figures["open_deals"], figures["open_amount"]) == (listed.counted, listed.totals["amount"])


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, PERIODS)
def test_target_done_and_gap_are_those_of_the_board(seed, as_of, viewer, period):
    book, span = invented(seed).book(as_of, viewer), parse_period(period)

    table, board = winning(book, period=span), attainment(book, period=span, measure=1)

    names = ("target", "done", "gap")
    assert [table.totals[name] for name in names] == [board.totals[name] for name in names]


def test_the_golden_velocity_and_its_levers():
    amount, rate, cycle = 40 * 25_000_00, Fraction(25, 100), Fraction(90)

    faster = Fraction(velocity(amount, rate, cycle * Fraction(8, 10), 90), velocity(amount, rate, cycle, 90)) - 1
    all_levers = Fraction(11, 10) ** 3 / Fraction(9, 10) - 1

    assert velocity(amount, rate, cycle) == 2777_78
    assert velocity(amount, rate, cycle, 90) == 250_000_00
    assert faster == Fraction(25, 100)
    assert round(float(all_levers) * 100, 2) == 47.89
    tenth_more = velocity(amount * 121 // 100, rate * Fraction(11, 10), cycle * Fraction(9, 10), 90)
    assert round((tenth_more / 250_000_00 - 1) * 100, 2) == 47.89


def test_the_golden_pipeline_need_and_reverse_funnel():
    wins = wins_needed(120_000_000_00, Fraction(2_500_000_00))
    steps = entries_needed(wins, [Fraction(one, 100) for one in (30, 50, 40, 60)])

    assert pipeline_needed(30_000_000_00 - 12_000_000_00, Fraction(25, 100)) == 72_000_000_00
    assert 1 / Fraction(25, 100) == 4
    assert wins == 48
    assert round(float(steps[0]), 4) == 1333.3333
    assert [ceil(one) for one in steps] == [1334, 400, 200, 80]


def test_nothing_is_needed_once_the_target_is_reached_and_a_stage_nobody_leaves_needs_endless_ones():
    assert pipeline_needed(-5, Fraction(1, 4)) == 0
    assert wins_needed(0, Fraction(7)) == 0
    assert entries_needed(Fraction(3), [Fraction(1, 2), Fraction(0), Fraction(1, 2)]) == [None, None, 6]
    assert entries_needed(Fraction(3), [Fraction(1, 2), None, Fraction(1, 2)]) == [None, None, 6]


@given(st.integers(0, 50), st.integers(0, 50), st.fractions(0, 1))
def test_a_shrunk_rate_lies_between_the_rate_and_its_prior(hits, misses, prior):
    found = shrunk_rate(hits, hits + misses, prior, 10)
    rate = Fraction(hits, hits + misses) if hits + misses else prior

    assert min(rate, prior) <= found <= max(rate, prior)


def test_a_large_sample_uses_its_own_rate_and_a_small_one_that_of_the_whole():
    def decided(code: str, owner: str, won: int, lost: int):
        outcomes = ["won"] * won + ["lost"] * lost
        return [
            entry
            for at, outcome in enumerate(outcomes)
            for entry in (
                (f"{code}{at}", "2026-01-05", {"owner": owner, "stage": "lead", "amount": 10}),
                (f"{code}{at}", "2026-02-04", {"owner": owner, "stage": outcome, "amount": 10}),
            )
        ]

    company = Company(
        units=[("CN", ""), ("East", "CN"), ("West", "CN")],
        people=[("li", "East"), ("wang", "West")],
        deals=decided("a", "li", 15, 15) + decided("b", "wang", 5, 5),
    )

    table = winning(company.book("2026-03-01"))

    assert company.read(table, "unit_id", "win_ratio", "used_ratio", "cycle") == [
        ("CN", 0.5, 0.5, 30.0),
        ("East", 0.5, 0.5, 30.0),
        ("West", 0.5, 0.5, 30.0),
    ]
    assert [note.count for note in table.notes if note.code == "small-samples"] == [1]


def test_a_loss_is_worth_what_each_unit_last_saw_of_it():
    company = Company(
        units=[("CN", ""), ("East", "CN"), ("West", "CN")],
        people=[("li", "East"), ("wang", "West")],
        deals=[
            ("d", "2026-01-05", {"owner": "li", "amount": 900}),
            ("d", "2026-02-05", {"owner": "wang", "amount": None}),
            ("d", "2026-03-05", {"stage": "lost", "amount": 0}),
        ],
    )

    table = winning(company.book("2026-04-01"))

    assert company.read(table, "unit_id", "lost", "lost_amount") == [("CN", 1, 900), ("East", 0, 0), ("West", 1, None)]
    assert table.totals["lost_amount"] == 90_000


WINS = st.lists(st.integers(1, 10**9), min_size=1, max_size=40)


@given(WINS)
def test_the_median_and_the_trimmed_mean_lie_among_the_wins_and_one_giant_moves_neither_past_the_others(amounts):
    among = [average_of([*amounts, *amounts], kind) for kind in ("median", "trimmed")]
    with_a_giant = [average_of([*amounts * 6, 10**15], kind) for kind in ("median", "trimmed")]

    assert all(min(amounts) <= one <= max(amounts) for one in (*among, *with_a_giant))


@given(st.integers(0, 10**9), st.lists(WINS, min_size=1, max_size=5))
def test_with_the_mean_products_apart_need_as_many_wins_as_together(gap, wins):
    segments = {number: Segment(number, tuple(amounts)) for number, amounts in enumerate(wins, 1)}
    together = average_of([one for amounts in wins for one in amounts])

    assert wins_by_segment(gap, segments, "mean") == wins_needed(gap, together)


@QUICK
@given(COMPANIES, AS_OF, VIEWERS, UNITS, PERIODS, st.sampled_from(SEGMENTATIONS))
def test_every_segment_opens_the_wins_its_row_is_made_of(seed, as_of, viewer, unit, period, way):
    book, span = invented(seed).book(as_of, viewer), parse_period(period)

    table = sizes(book, unit=unit, period=span, segment=way.name)

    for row in range(len(table)):
        key, apart = table.cell(way.of.name, row), bool(table.cell(way.apart.name, row))
        key = GRADE_CODES.get(key) if way.name == "grade" else key
        of_view = {} if way.name == "unit" else {"unit": unit}
        opened = closed(book, outcome="won", period=span, **of_view, **dict(zip(way.take, (key, apart), strict=True)))
        assert (table.cell("won", row), table.cell("won_amount", row)) == (opened.counted, opened.totals["amount"])
    whole = closed(book, outcome="won", period=span, unit=unit)
    assert (table.totals["won"], table.totals["won_amount"]) == (whole.counted, whole.totals["amount"])
