"""The pipeline table on small companies: what a row says, what is summed, what is left out."""

from __future__ import annotations

import pytest

from dacheng.core.errors import RuleError
from dacheng.core.period import parse_period
from dacheng.core.table import Page
from dacheng.core.tables.pipeline import pipeline
from tests.reports.company import Company, day

UNITS = (("CN", ""), ("East", "CN"), ("Shanghai", "East"), ("West", "CN"))
PEOPLE = (("li", "Shanghai"), ("wang", "West"), ("boss", "East"))


def notes(table) -> dict[str, int]:
    return {note.code: note.count for note in table.notes}


def test_an_open_deal_is_one_row_with_its_weighted_amount():
    company = Company(deals=[("D1", "2026-01-05", {"stage": "proposal", "amount": 100.01, "expected": "2026-03-01"})])

    table = pipeline(company.book("2026-01-15"))

    assert company.read(table, "deal_id", "stage_id", "stage_days", "amount", "weighted", "expected_day") == [
        ("D1", "proposal", 10, 100.01, 50.01, "2026-03-01")
    ]
    assert company.read(table, "stage_ratio", "win_ratio") == [(0.5, None)]
    assert table.totals["weighted"] == 5001


def test_the_weighted_total_is_the_sum_of_rows_rounded_one_by_one():
    company = Company(deals=[(f"D{n}", "2026-01-05", {"stage": "proposal", "amount": 0.01}) for n in range(3)])

    table = pipeline(company.book("2026-01-15"))

    assert company.read(table, "weighted") == [(0.01,)] * 3
    assert table.totals["weighted"] == 3


def test_a_manual_win_rate_counts_before_the_stages():
    company = Company(deals=[("D1", "2026-01-05", {"stage": "proposal", "amount": 100, "win_bp": 7000})])

    table = pipeline(company.book("2026-01-15"))

    assert company.read(table, "stage_ratio", "win_ratio", "weighted") == [(0.5, 0.7, 70)]


def test_a_deal_is_in_the_pipeline_from_its_first_day_to_the_day_before_it_closes():
    company = Company(deals=[("D1", "2026-01-05", {"amount": 1}), ("D1", "2026-02-01", {"stage": "won"})])

    listed = {
        when: len(pipeline(company.book(when))) for when in ("2026-01-04", "2026-01-05", "2026-01-31", "2026-02-01")
    }

    assert listed == {"2026-01-04": 0, "2026-01-05": 1, "2026-01-31": 1, "2026-02-01": 0}


def test_an_expected_day_is_overdue_only_after_it_has_passed():
    company = Company(deals=[("D1", "2026-01-05", {"amount": 1, "expected": "2026-02-10"})])

    on_the_day, after = (pipeline(company.book(when)) for when in ("2026-02-10", "2026-02-11"))

    assert company.read(on_the_day, "overdue") == [(0,)]
    assert company.read(after, "overdue") == [(1,)]
    assert notes(after)["overdue"] == 1
    assert "overdue" not in notes(on_the_day)


def test_a_deal_is_stalled_from_the_day_the_rule_says():
    company = Company(deals=[("D1", "2026-01-01", {"amount": 1})], rules={"deals.stalled_days": 20})

    found = {
        when: company.read(pipeline(company.book(when)), "stalled", "stage_days")
        for when in ("2026-01-20", "2026-01-21")
    }

    assert found == {"2026-01-20": [(0, 19)], "2026-01-21": [(1, 20)]}


def test_pushes_are_counted_and_flagged_and_the_first_date_is_kept():
    pushes = [("D1", f"2026-01-0{n}", {"expected": f"2026-0{n + 2}-01"}) for n in range(2, 5)]
    company = Company(deals=[("D1", "2026-01-01", {"amount": 1, "expected": "2026-03-01"}), *pushes])

    table = pipeline(company.book("2026-01-10"))

    assert company.read(table, "first_expected_day", "expected_day", "push_count", "pushed", "red_flags") == [
        ("2026-03-01", "2026-06-01", 3, 1, 1)
    ]


def test_only_flagged_deals_are_left_when_asked_for():
    company = Company(
        deals=[
            ("late", "2026-01-05", {"amount": 5, "expected": "2026-01-10"}),
            ("fine", "2026-01-05", {"amount": 7, "expected": "2026-03-10"}),
        ]
    )

    table = pipeline(company.book("2026-01-20"), flagged=True)

    assert company.read(table, "deal_id", "red_flags") == [("late", 1)]
    assert table.totals["amount"] == 500
    assert table.totals["red_flags"] == 1


def test_a_deal_without_amount_is_listed_last_and_noted_but_not_summed():
    company = Company(
        deals=[
            ("blank", "2026-01-05", {"amount": None, "estimated": 1}),
            ("guess", "2026-01-05", {"amount": 10, "estimated": 1}),
            ("known", "2026-01-05", {"amount": 5, "tax_bp": 1300}),
        ]
    )

    table = pipeline(company.book("2026-01-15"))

    assert company.read(table, "deal_id", "amount", "weighted") == [
        ("guess", 10, 1),
        ("known", 5, 0.5),
        ("blank", None, None),
    ]
    assert table.totals["amount"] == 1500
    assert table.totals["amount_ex"] == 442
    assert notes(table) == {"without-amount": 1, "estimated": 1, "undated": 3, "without-tax": 1}


def test_sums_of_nothing_known_are_not_zero_but_sums_of_nothing_are():
    blank = Company(deals=[("D1", "2026-01-05", {"amount": None})])

    assert pipeline(blank.book("2026-01-15")).totals["weighted"] is None
    assert pipeline(blank.book("2026-01-01")).totals["weighted"] == 0


def test_a_granted_deal_stands_apart_after_all_others():
    company = Company(
        units=UNITS,
        people=PEOPLE,
        roles=[("boss", "manager", "East")],
        grants=[("boss", "deal", "granted")],
        deals=[
            ("granted", "2026-01-05", {"owner": "wang", "amount": 900}),
            ("hidden", "2026-01-05", {"owner": "wang", "amount": 700}),
            ("ours", "2026-01-05", {"owner": "li", "amount": 1}),
        ],
    )

    table = pipeline(company.book("2026-01-15", "boss"))

    assert company.read(table, "deal_id", "unit_id", "amount") == [("ours", "Shanghai", 1), ("granted", None, 900)]
    assert table.outside.tolist() == [False, True]
    assert (table.count, table.counted, table.totals["amount"]) == (2, 1, 100)
    assert notes(table)["outside"] == 1
    assert table.bars == ()


def test_expected_margin_is_not_a_column_for_who_may_not_see_it():
    company = Company(roles=[("li", "rep", "CN")], deals=[("D1", "2026-01-05", {"amount": 1, "margin_bp": 3000})])

    assert company.read(pipeline(company.book("2026-01-15")), "margin_ratio") == [(0.3,)]
    assert "margin_ratio" not in {column.name for column in pipeline(company.book("2026-01-15", "li")).columns}


def test_a_unit_means_everything_below_it_and_direct_the_unit_alone():
    company = Company(
        units=UNITS,
        people=PEOPLE,
        deals=[
            ("D1", "2026-01-05", {"owner": "li", "amount": 1}),
            ("D2", "2026-01-05", {"owner": "boss", "amount": 2}),
            ("D3", "2026-01-05", {"owner": "wang", "amount": 4}),
        ],
    )
    book, east = company.book("2026-01-15"), company.id("units", "East")

    assert company.read(pipeline(book, unit=east), "deal_id") == [("D2",), ("D1",)]
    assert company.read(pipeline(book, unit=east, direct=True), "deal_id") == [("D2",)]


def test_bars_break_the_weighted_amount_down_one_level_below_the_unit():
    company = Company(
        units=UNITS,
        people=PEOPLE,
        deals=[
            ("D1", "2026-01-05", {"owner": "li", "amount": 10, "expected": "2026-03-05", "category": "commit"}),
            ("D2", "2026-01-05", {"owner": "boss", "amount": 20, "expected": "2026-02-05"}),
            ("D3", "2026-01-05", {"owner": "wang", "amount": 40, "stage": "closing"}),
        ],
    )
    book, east, shanghai = company.book("2026-01-15"), company.id("units", "East"), company.id("units", "Shanghai")

    whole, narrow = pipeline(book), pipeline(book, unit=east)

    def drawn(table):
        return {bars.title.en: dict(zip(bars.keys.tolist(), bars.amounts.tolist(), strict=True)) for bars in table.bars}

    assert drawn(whole) == {
        "By unit": {east: 300, company.id("units", "West"): 3200},
        "By category": {1: 100, 3: 3400},
        "By expected month": {12 * 2026 + 1: 200, 12 * 2026 + 2: 100},
        "By stage": {1: 300, 3: 3200},
    }
    assert drawn(narrow)["By unit"] == {east: 200, shanghai: 100}
    assert narrow.bars[0].also == {east: {"direct": 1}}


def test_the_signing_period_keeps_only_deals_expected_in_it():
    company = Company(
        deals=[
            ("in", "2026-01-05", {"amount": 1, "expected": "2026-03-31"}),
            ("after", "2026-01-05", {"amount": 2, "expected": "2026-04-01"}),
            ("undated", "2026-01-05", {"amount": 4}),
        ]
    )

    table = pipeline(company.book("2026-01-15"), closing=parse_period("2026-Q1"))

    assert company.read(table, "deal_id") == [("in",)]


def test_narrowed_to_some_rows_the_totals_stay_those_of_the_filter():
    company = Company(deals=[(f"D{n}", "2026-01-05", {"amount": n}) for n in (1, 2, 4)])

    table = pipeline(company.book("2026-01-15"), only=(2,))

    assert company.read(table, "deal_id") == [("D2",)]
    assert (table.count, table.totals["amount"]) == (3, 700)


def test_the_stages_win_rate_is_that_of_the_as_of_day():
    company = Company(deals=[("D1", "2026-01-05", {"stage": "proposal", "amount": 100})])
    changed = day("2026-03-01")
    proposal = next(one for one in company.rows["stages"] if one["stage_id"] == company.id("stages", "proposal"))
    others = [one for one in company.rows["stages"] if one is not proposal]
    dated = [proposal | {"to_day": changed}, proposal | {"from_day": changed, "weight_bp": 6000}]
    company = company.holding({**company.rows, "stages": [*others, *dated]})

    before, after = (pipeline(company.book(when)) for when in ("2026-02-28", "2026-03-01"))

    assert company.read(before, "stage_ratio", "weighted") == [(0.5, 50)]
    assert company.read(after, "stage_ratio", "weighted") == [(0.6, 60)]


def test_a_stage_that_does_not_stand_that_day_weighs_nothing_and_is_noted():
    company = Company(deals=[("D1", "2026-01-05", {"stage": "proposal", "amount": 100})])
    proposal = company.id("stages", "proposal")
    rows = {**company.rows, "stages": [one for one in company.rows["stages"] if one["stage_id"] != proposal]}

    table = pipeline(company.holding(rows).book("2026-01-15"))

    assert company.read(table, "stage_ratio", "weighted") == [(None, None)]
    assert notes(table)["without-win-rate"] == 1


def test_todays_view_places_deals_by_todays_homes():
    company = Company(
        units=UNITS,
        people=[("li", "West", "", "2026-03-01"), ("li", "East", "2026-03-01", "")],
        deals=[("D1", "2026-01-05", {"owner": "li", "amount": 1})],
    )

    then = pipeline(company.book("2026-02-01", today="2026-04-01"))
    today = pipeline(company.book("2026-02-01", today="2026-04-01", basis="today"))

    assert company.read(then, "unit_id") == [("West",)]
    assert company.read(today, "unit_id") == [("East",)]


def test_a_word_the_table_does_not_sort_by_is_refused_with_those_it_does():
    book = Company().book("2026-01-15")

    with pytest.raises(RuleError, match="name") as refused:
        pipeline(book, sort="name")

    assert "expected_day" in refused.value.remedy.en


def test_a_page_of_a_long_list_keeps_count_and_totals():
    company = Company(deals=[(f"D{n}", "2026-01-05", {"amount": n}) for n in range(10)])

    table = pipeline(company.book("2026-01-15"), page=Page(2, 3))

    assert company.read(table, "deal_id") == [("D7",), ("D6",), ("D5",)]
    assert (table.count, table.totals["amount"]) == (10, 4500)
