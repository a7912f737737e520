"""The pipeline waterfall: each way a deal can move, and that opening and movements make the closing."""

from __future__ import annotations

import pytest

from dacheng.core.deals.waterfall import moves, waterfall
from dacheng.core.errors import RuleError
from dacheng.core.period import parse_period
from tests.reports.company import Company, day

SINCE, AS_OF = "2026-03-01", "2026-03-31"
BEFORE, MEANWHILE = "2026-01-10", "2026-03-15"

THREE_UNITS = (("CN", ""), ("East", "CN"), ("West", "CN"))
TWO_REPS = (("li", "East"), ("wang", "West"))


def lines(company: Company, book, **params) -> dict[str, tuple[int, float]]:
    """Return the lines that are not empty: movement -> (opportunities, 元)."""
    table = waterfall(book, since=day(SINCE), **params)
    return {move: (deals, amount) for move, deals, amount in company.read(table, "move", "deals", "amount") if deals}


def test_the_golden_waterfall_closes_at_34_million():
    deal = {"stage": "proposal", "expected": "2026-04-10"}
    company = Company(
        deals=[
            ("stays", BEFORE, deal | {"amount": 15_000_000}),
            ("grows", BEFORE, deal | {"amount": 3_500_000}),
            ("shrinks", BEFORE, deal | {"amount": 2_500_000}),
            ("slips", BEFORE, deal | {"amount": 6_000_000}),
            ("is won", BEFORE, deal | {"amount": 9_000_000}),
            ("is lost", BEFORE, deal | {"amount": 4_000_000}),
            ("comes earlier", BEFORE, deal | {"amount": 2_000_000, "expected": "2026-09-01"}),
            ("grows", MEANWHILE, {"amount": 5_000_000}),
            ("shrinks", MEANWHILE, {"amount": 0}),
            ("slips", MEANWHILE, {"expected": "2026-08-01"}),
            ("is won", MEANWHILE, {"stage": "won"}),
            ("is lost", MEANWHILE, {"stage": "lost", "amount": 0}),
            ("comes earlier", MEANWHILE, {"expected": "2026-05-20"}),
            ("is new", MEANWHILE, deal | {"amount": 12_000_000}),
        ]
    )

    found = lines(company, company.book(AS_OF), closing=parse_period("2026-Q2"))

    assert found == {
        "opening": (6, 40_000_000),
        "new": (1, 12_000_000),
        "amount-up": (1, 1_500_000),
        "amount-down": (1, -2_500_000),
        "slipped-out": (1, -6_000_000),
        "pulled-in": (1, 2_000_000),
        "won": (1, -9_000_000),
        "lost": (1, -4_000_000),
        "closing": (5, 34_000_000),
    }


def test_a_deal_that_changes_hands_leaves_one_unit_and_enters_the_other_but_not_the_company():
    company = Company(
        units=THREE_UNITS,
        people=TWO_REPS,
        deals=[("D1", BEFORE, {"owner": "li", "amount": 100}), ("D1", MEANWHILE, {"owner": "wang", "amount": 120})],
    )

    book = company.book(AS_OF)

    assert lines(company, book, unit=company.id("units", "East")) == {"opening": (1, 100), "transferred-out": (1, -100)}
    assert lines(company, book, unit=company.id("units", "West")) == {"transferred-in": (1, 120), "closing": (1, 120)}
    assert lines(company, book) == {"opening": (1, 100), "amount-up": (1, 20), "closing": (1, 120)}


def test_a_deal_whose_owner_moves_is_transferred_not_new():
    company = Company(
        units=THREE_UNITS,
        people=[("li", "East", "", "2026-03-10"), ("li", "West", "2026-03-10", "")],
        deals=[("D1", BEFORE, {"owner": "li", "amount": 100})],
    )

    assert lines(company, company.book(AS_OF), unit=company.id("units", "West")) == {
        "transferred-in": (1, 100),
        "closing": (1, 100),
    }


def test_a_closed_deal_that_is_open_again_is_reopened():
    company = Company(
        deals=[
            ("D1", BEFORE, {"amount": 100}),
            ("D1", "2026-02-01", {"stage": "lost", "amount": 0}),
            ("D1", MEANWHILE, {"stage": "proposal", "amount": 80}),
        ]
    )

    assert lines(company, company.book(AS_OF)) == {"reopened": (1, 80), "closing": (1, 80)}


def test_a_deal_that_comes_and_closes_in_between_is_in_no_line():
    company = Company(deals=[("D1", "2026-03-05", {"amount": 100}), ("D1", MEANWHILE, {"stage": "won"})])

    assert lines(company, company.book(AS_OF)) == {}


def test_an_amount_that_becomes_known_counts_as_up_and_the_gap_is_noted():
    company = Company(deals=[("D1", BEFORE, {"amount": None}), ("D1", MEANWHILE, {"amount": 70})])

    table = waterfall(company.book(AS_OF), since=day(SINCE))

    assert lines(company, company.book(AS_OF)) == {"opening": (1, 0), "amount-up": (1, 70), "closing": (1, 70)}
    assert [(note.code, note.count) for note in table.notes] == [("without-amount", 1)]


def test_each_line_opens_the_deals_that_make_it_largest_first():
    company = Company(
        deals=[
            ("small", MEANWHILE, {"amount": 10, "expected": "2026-05-01"}),
            ("large", MEANWHILE, {"amount": 90, "stage": "closing"}),
            ("old", BEFORE, {"amount": 5}),
        ]
    )

    table = moves(company.book(AS_OF), since=day(SINCE), move="new")

    assert company.read(table, "deal_id", "stage_id", "before", "after", "delta", "expected_after") == [
        ("large", "closing", None, 90, 90, None),
        ("small", "lead", None, 10, 10, "2026-05-01"),
    ]
    assert table.totals == {"delta": 10_000}


def test_a_deal_transferred_out_is_described_as_the_view_last_knew_it():
    company = Company(
        units=THREE_UNITS,
        people=TWO_REPS,
        deals=[
            ("D1", BEFORE, {"owner": "li", "amount": 100, "stage": "lead"}),
            ("D1", MEANWHILE, {"owner": "wang", "amount": 120, "stage": "closing"}),
        ],
    )

    table = moves(company.book(AS_OF), since=day(SINCE), unit=company.id("units", "East"))

    assert company.read(table, "deal_id", "move", "owner_id", "stage_id", "before", "after") == [
        ("D1", "transferred-out", "li", "lead", 100, None)
    ]


def test_without_a_first_day_the_last_week_is_compared():
    company = Company(deals=[("D1", "2026-03-24", {"amount": 1}), ("D2", "2026-03-25", {"amount": 10})])

    table = waterfall(company.book(AS_OF))

    assert [row for row in company.read(table, "move", "amount") if row[1]] == [
        ("opening", 1),
        ("new", 10),
        ("closing", 11),
    ]


def test_a_first_day_after_the_as_of_day_is_refused():
    with pytest.raises(RuleError, match="2026-04-01"):
        waterfall(Company().book(AS_OF), since=day("2026-04-01"))


def test_a_deal_created_elsewhere_on_the_first_day_is_transferred_in_and_one_created_later_is_new():
    company = Company(
        units=THREE_UNITS,
        people=TWO_REPS,
        deals=[
            ("that day", SINCE, {"owner": "li", "amount": 1}),
            ("day after", "2026-03-02", {"owner": "li", "amount": 10}),
            ("that day", MEANWHILE, {"owner": "wang"}),
            ("day after", MEANWHILE, {"owner": "wang"}),
        ],
    )

    found = lines(company, company.book(AS_OF), unit=company.id("units", "West"))

    assert found == {"transferred-in": (1, 1), "new": (1, 10), "closing": (2, 11)}
