"""The attainment board: which target counts, what is done, and the pace between them."""

from __future__ import annotations

import pytest

from dacheng.core.customers.accounts import accounts
from dacheng.core.period import parse_period
from dacheng.core.targets.attainment import attainment
from dacheng.core.targets.cells import cells
from dacheng.core.targets.done import done
from tests.reports.company import MEASURES, Company

UNITS = (("CN", ""), ("East", "CN"), ("West", "CN"))
PEOPLE = (("li", "East"), ("wang", "West"))
CONTRACT = MEASURES["contract"]
MARGIN = MEASURES["margin"]


def monthly(unit: str, person: str, amount: float, measure: str = "contract", months: int = 12):
    """Return the same target for the first months of 2026."""
    return [(unit, person, measure, f"2026-{number:02d}", amount) for number in range(1, months + 1)]


def figures(company: Company, table, *names: str):
    """Return (unit, person) -> the named columns, for tables of one measure."""
    rows = company.read(table, "unit_id", "person_id", *names)
    return {one[:2]: one[2:] if len(names) > 1 else one[2] for one in rows}


def test_the_golden_half_year_with_its_linear_and_seasonal_gap():
    targets = monthly("CN", "", 7_000_000, months=6)
    targets += [("CN", "", "contract", f"2026-{number:02d}", 9_666_666.67) for number in range(7, 12)]
    targets += [("CN", "", "contract", "2026-12", 58_000_000 - 5 * 9_666_666.67)]
    company = Company(
        targets=targets, contracts=[{"code": "K", "owner": "li", "day": "2026-05-06", "amount": 39_900_000}]
    )

    table = attainment(company.book("2026-06-30"))

    assert company.read(table, "target", "done", "gap", "due", "required") == [
        (100_000_000, 39_900_000, 60_100_000, 42_000_000, 10_016_666.67)
    ]
    ratios = [table.cell(name, 0) for name in ("attainment_ratio", "due_ratio", "due_gap")]
    assert ratios == pytest.approx([0.399, 0.42, -0.021])
    assert table.cell("pace_gap", 0) == pytest.approx(0.399 - 181 / 365)


def test_attainment_is_not_capped_negative_where_done_is_and_not_applicable_at_zero():
    company = Company(
        units=UNITS,
        people=PEOPLE,
        targets=[
            ("CN", "", "contract", "2026-01", 0),
            ("East", "", "contract", "2026-01", 1_000_000),
            ("West", "", "contract", "2026-01", 1_000_000),
        ],
        contracts=[
            {"code": "A", "owner": "li", "day": "2026-01-05", "amount": -50_000},
            {"code": "B", "owner": "wang", "day": "2026-01-05", "amount": 1_300_000},
        ],
    )

    table = attainment(company.book("2026-01-31"), period=parse_period("2026-01"))

    assert figures(company, table, "attainment_ratio") == {
        ("CN", None): None,
        ("East", None): -0.05,
        ("West", None): 1.3,
    }


def test_a_unit_without_an_own_target_has_the_sum_below_month_by_month():
    company = Company(
        units=UNITS,
        people=PEOPLE,
        targets=[
            ("CN", "", "contract", "2026-01", 100),
            ("East", "", "contract", "2026-01", 70),
            ("East", "li", "contract", "2026-01", 50),
            ("East", "li", "contract", "2026-02", 30),
            ("West", "wang", "contract", "2026-01", 20),
        ],
    )

    table = attainment(company.book("2026-01-31"), people=True)

    assert figures(company, table, "target", "below", "below_gap") == {
        ("CN", None): (130, 120, 10),
        ("East", None): (100, 80, 20),
        ("East", "li"): (80, None, None),
        ("West", None): (20, 20, 0),
        ("West", "wang"): (20, None, None),
    }
    assert table.totals["target"] == 13_000


def test_what_lies_two_levels_below_an_own_target_is_not_added_to_it():
    company = Company(
        units=[("CN", ""), ("East", "CN"), ("Shanghai", "East")],
        people=[("li", "Shanghai")],
        targets=[
            ("CN", "", "contract", "2026-01", 100),
            ("Shanghai", "", "contract", "2026-01", 70),
            ("Shanghai", "li", "contract", "2026-01", 60),
        ],
    )
    book = company.book("2026-01-31")

    assert figures(company, attainment(book), "target") == {
        ("CN", None): 100,
        ("East", None): 70,
        ("Shanghai", None): 70,
    }
    assert company.read(cells(book), "unit_id", "person_id", "amount") == [("CN", None, 100)]
    assert company.read(cells(book, unit=company.id("units", "East")), "unit_id", "amount") == [("Shanghai", 70)]


def test_a_target_that_is_not_set_is_not_a_target_of_zero():
    company = Company(contracts=[{"code": "A", "owner": "li", "day": "2026-01-05", "amount": 10}])

    table = attainment(company.book("2026-01-31"))

    assert company.read(table, "target", "done", "gap", "due", "required", "attainment_ratio") == [
        (None, 10, None, None, None, None)
    ]


def test_a_target_counts_from_the_day_it_was_agreed_not_from_its_month():
    company = Company(targets=[("CN", "", "contract", "2026-12", 100, "2026-02-01", "")])

    agreed, before = company.book("2026-02-01"), company.book("2026-01-31")

    assert len(attainment(before)) == 0
    assert company.read(attainment(agreed), "target") == [(100,)]


def test_what_is_due_in_a_month_goes_by_working_days():
    company = Company(targets=monthly("CN", "", 100.03), holidays=["2026-01-01", "2026-01-02"])

    table = attainment(company.book("2026-01-09"))

    assert table.cell("due", 0) == 2501  # 5 of 20 working days, half away from zero
    assert table.notes == ()


def test_a_month_the_calendar_does_not_know_goes_by_all_days_and_says_so():
    company = Company(targets=[("CN", "", "contract", "2031-01", 310)])

    table = attainment(company.book("2031-01-10"))

    assert table.cell("due", 0) == 10_000
    assert [note.code for note in table.notes] == ["no-calendar"]


def test_a_period_that_is_over_needs_nothing_more():
    company = Company(targets=monthly("CN", "", 100))

    table = attainment(company.book("2027-01-05"), period=parse_period("2026"))

    assert company.read(table, "due", "required", "time_ratio") == [(1200, None, 1.0)]


def test_a_contract_counts_where_its_owner_was_on_the_effective_day():
    company = Company(
        units=UNITS,
        people=[("li", "East", "", "2026-03-01"), ("li", "West", "2026-03-01", "")],
        contracts=[
            {"code": "before", "owner": "li", "day": "2026-02-10", "amount": 100},
            {"code": "after", "owner": "li", "day": "2026-03-10", "amount": 40},
        ],
    )

    table = attainment(company.book("2026-06-30"), people=True)

    assert figures(company, table, "done") == {
        ("CN", None): 140,
        ("East", None): 100,
        ("East", "li"): 100,
        ("West", None): 40,
        ("West", "li"): 40,
    }


def test_a_late_contract_counts_in_the_month_it_is_posted():
    company = Company(
        contracts=[{"code": "A", "owner": "li", "day": "2025-12-30", "posted": "2026-01-04", "amount": 7}]
    )

    book = company.book("2026-01-31")

    assert company.read(attainment(book, period=parse_period("2026-01")), "done") == [(7,)]
    assert len(attainment(book, period=parse_period("2025"))) == 0


def test_a_contract_that_becomes_effective_later_does_not_count_yet():
    company = Company(contracts=[{"code": "A", "owner": "li", "day": "2026-03-01", "known": "2026-02-01", "amount": 7}])

    assert len(attainment(company.book("2026-02-15"))) == 0
    assert company.read(attainment(company.book("2026-03-01")), "done") == [(7,)]


def test_a_won_deal_counts_until_it_has_a_contract_and_only_if_the_rule_says_so():
    deals = [
        ("D", "2026-01-02", {"amount": 100}),
        ("D", "2026-01-10", {"stage": "won"}),
        ("E", "2026-01-02", {"amount": 30}),
        ("E", "2026-01-10", {"stage": "won"}),
    ]
    contracts = [{"code": "K", "owner": "li", "day": "2026-01-20", "amount": 90, "deal": "D"}]

    company = Company(deals=deals, contracts=contracts)
    strict = Company(deals=deals, contracts=contracts, rules={"done.won_without_contract": 0})

    assert company.read(attainment(company.book("2026-01-15")), "done") == [(130,)]
    assert company.read(attainment(company.book("2026-01-25")), "done") == [(120,)]
    assert strict.read(attainment(strict.book("2026-01-25")), "done") == [(90,)]


def test_margin_says_of_how_many_results_it_is_known():
    company = Company(
        contracts=[
            {"code": "A", "owner": "li", "day": "2026-01-05", "amount": 113, "amount_ex": 100, "cost": 70},
            {"code": "B", "owner": "li", "day": "2026-01-05", "amount": 113, "amount_ex": 100},
        ],
    )

    table = attainment(company.book("2026-01-31"), measure=MARGIN)

    assert company.read(table, "done", "left_out") == [(30, 1)]
    assert [note.count for note in table.notes] == [1]
    assert "2 笔业绩中的 1 笔" in table.notes[0].text.zh


def test_contract_value_without_tax_takes_tax_off_won_deals_row_by_row():
    company = Company(
        basis={"contract": 2},
        deals=[(code, "2026-01-02", {"amount": 0.1, "tax_bp": 1300, "stage": "won"}) for code in ("D1", "D2", "D3")],
        contracts=[{"code": "A", "owner": "li", "day": "2026-01-05", "amount": 113, "amount_ex": 100}],
    )

    table = attainment(company.book("2026-01-31"))

    assert company.read(table, "done") == [(100.27,)]
    assert company.read(done(company.book("2026-01-31")), "amount") == [(100,), (0.09,), (0.09,), (0.09,)]


def test_a_measure_without_recorded_results_has_no_done():
    company = Company(targets=monthly("CN", "", 100, measure="cash"))

    table = attainment(company.book("2026-01-31"))

    assert company.read(table, "target", "done", "gap", "attainment_ratio", "due") == [(1200, None, None, None, 100)]
    assert [note.code for note in table.notes] == ["cash-not-counted"]


def test_a_rep_sees_only_his_own_rows_and_no_margin():
    company = Company(
        units=UNITS,
        people=[("li", "East"), ("zhao", "East")],
        roles=[("li", "rep", "East")],
        targets=[
            ("East", "", "contract", "2026-01", 500),
            ("East", "li", "contract", "2026-01", 100),
            ("East", "li", "margin", "2026-01", 10),
            ("East", "zhao", "contract", "2026-01", 300),
        ],
        contracts=[
            {"code": "A", "owner": "li", "day": "2026-01-05", "amount": 60, "amount_ex": 50, "cost": 20},
            {"code": "B", "owner": "zhao", "day": "2026-01-05", "amount": 999},
        ],
    )

    table = attainment(company.book("2026-01-31", "li"))

    assert company.read(table, "unit_id", "person_id", "measure_id", "target", "done") == [
        ("East", "li", "contract", 100, 60),
        ("East", "li", "margin", 10, None),
    ]


def test_a_managers_own_results_elsewhere_are_a_row_and_in_the_total_but_in_no_unit_of_his():
    company = Company(
        units=UNITS,
        people=[*PEOPLE, ("boss", "West")],
        roles=[("boss", "manager", "East")],
        contracts=[
            {"code": "A", "owner": "li", "day": "2026-01-05", "amount": 10},
            {"code": "B", "owner": "boss", "day": "2026-01-05", "amount": 5},
            {"code": "C", "owner": "wang", "day": "2026-01-05", "amount": 99},
        ],
    )

    table = attainment(company.book("2026-01-31", "boss"))

    assert figures(company, table, "done") == {("East", None): 10, ("West", "boss"): 5}
    assert table.totals["done"] == 1500


def test_a_closed_unit_is_shown_only_while_it_has_something():
    company = Company(
        units=[("CN", ""), ("East", "CN", "", "2026-02-01"), ("East", "CN", "2026-02-01", "", 1)],
        people=[("li", "East")],
        contracts=[{"code": "A", "owner": "li", "day": "2026-01-05", "amount": 60}],
    )

    book = company.book("2026-12-31")

    assert company.read(attainment(book), "unit_id") == [("CN",), ("East",)]
    assert company.read(attainment(book, measure=CONTRACT, period=parse_period("2026-12")), "unit_id") == [("CN",)]


def test_every_target_and_done_opens_rows_that_add_up_to_it():
    company = Company(
        units=UNITS,
        people=[*PEOPLE, ("zhao", "CN")],
        targets=[
            ("CN", "zhao", "contract", "2026-01", 5),
            ("CN", "", "contract", "2026-02", 900),
            ("East", "", "contract", "2026-01", 70),
            ("East", "li", "contract", "2026-01", 50),
            ("East", "li", "contract", "2026-02", 30),
            ("West", "wang", "contract", "2026-01", 20),
            ("West", "wang", "contract", "2026-02", None),
        ],
        deals=[("D", "2026-01-02", {"owner": "wang", "amount": 8, "stage": "won"})],
        contracts=[
            {"code": "A", "owner": "li", "day": "2026-01-05", "amount": 60},
            {"code": "B", "owner": "zhao", "day": "2026-01-06", "amount": 1},
        ],
    )
    book = company.book("2026-01-31")

    table = attainment(book, people=True, measure=CONTRACT)

    for row in range(len(table)):
        unit, person = table.cell("unit_id", row), table.cell("person_id", row)
        where = {"unit": unit, "direct": bool(table.cell("direct", row))}
        opened = cells(book, **where, person=person, measure=CONTRACT)
        assert opened.totals["amount"] == (table.cell("target", row) or 0)
        assert opened.values["amount"].sum() == opened.totals["amount"]
        assert done(book, **where, owner=person).totals["amount"] == table.cell("done", row)


def test_the_board_takes_the_same_few_gathers_whatever_the_number_of_goals(monkeypatch):
    many = [(f"U{number}", "CN") for number in range(50)]
    targets = [one for unit, _ in many for one in monthly(unit, "", 10)]
    company = Company(units=[("CN", ""), *many], people=[("li", "CN")], targets=targets)
    book = company.book("2026-03-31")
    asked = []
    gather = type(book.source).gather
    monkeypatch.setattr(type(book.source), "gather", lambda *given: asked.append(given[2]) or gather(*given))

    table = attainment(book, people=True)

    assert len(table) == 51
    assert len(asked) <= 6


def test_what_is_seen_only_by_a_grant_is_listed_apart_and_in_no_figure():
    company = Company(
        units=UNITS,
        people=[*PEOPLE, ("boss", "East")],
        roles=[("boss", "manager", "East")],
        grants=[("boss", "contract", "W"), ("boss", "deal", "D")],
        deals=[("D", "2026-01-04", {"owner": "wang", "amount": 50, "stage": "won", "customer": "acme"})],
        contracts=[
            {"code": "E", "owner": "li", "day": "2026-01-05", "amount": 10},
            {"code": "W", "owner": "wang", "day": "2026-01-05", "amount": 99, "customer": "acme"},
        ],
    )
    book = company.book("2026-01-31", "boss")

    board, opened = attainment(book), done(book)

    assert figures(company, board, "done") == {("East", None): 10}
    assert board.notes == ()
    assert company.read(opened, "contract_id", "deal_id", "unit_id", "amount") == [
        ("E", None, "East", 10),
        ("W", None, None, 99),
        (None, "D", None, 50),
    ]
    assert opened.outside.tolist() == [False, True, True]
    assert opened.totals == {"amount": 1000}
    assert opened.counted == 1
    assert company.read(accounts(book), "customer_id", "done") == [("acme", 0)]


def test_levels_count_from_the_topmost_unit_that_the_viewer_sees():
    company = Company(
        units=[("CN", ""), ("East", "CN"), ("Shanghai", "East")],
        people=[("boss", "East"), ("li", "Shanghai")],
        roles=[("boss", "manager", "East")],
        contracts=[{"code": "A", "owner": "li", "day": "2026-01-05", "amount": 10}],
    )

    of_all, of_boss = (attainment(company.book("2026-01-31", viewer), people=True) for viewer in ("", "boss"))

    assert company.read(of_all, "unit_id", "person_id", "depth") == [
        ("CN", None, 0),
        ("East", None, 1),
        ("Shanghai", None, 2),
        ("Shanghai", "li", 3),
    ]
    assert company.read(of_boss, "unit_id", "person_id", "depth") == [
        ("East", None, 0),
        ("Shanghai", None, 1),
        ("Shanghai", "li", 2),
    ]
