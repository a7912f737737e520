"""Budgets, releases and expenses as reports: who is charged, what is seen, and the laws that hold for each row."""

from __future__ import annotations

import dacheng.core.reports  # noqa: F401  registers every report
from dacheng.core.budget.overspending import room_for
from dacheng.core.budget.schema import (
    APPROVED,
    AWAITING,
    COMMITTED,
    DECLINED,
    FIXED,
    GRANTED,
    NOT_ASKED,
    PROJECT,
    SPENT,
)
from dacheng.core.report import REPORTS
from dacheng.exchange.defaults import default_rules
from tests.reports.company import Company, day, month

UNITS = (("CN", ""), ("EAST", "CN"), ("SH", "EAST"), ("SOUTH", "CN"))
PEOPLE = (("boss", "CN"), ("east", "EAST"), ("li", "SH"), ("zhao", "SOUTH"))
ROLES = (("boss", "executive", "CN"), ("east", "manager", "EAST"))
YEAR = {"first_ym": month("2026-01"), "last_ym": month("2026-12")}
ALWAYS = {"from_day": day("2026-01-01"), "to_day": 2_932_896, "seq_from": 0, "seq_to": 2_932_896}


def company(expenses=(), budgets=("EAST",), released: int = 1_000) -> Company:
    """Return a company whose units have budgets of 12,000 分 and a project of 600, with ``released`` of each out."""
    made = Company(
        units=UNITS,
        people=PEOPLE,
        roles=ROLES,
        rules={one.name: one.value for one in default_rules()[1] if one.name.startswith(("budget.", "release."))},
    )
    rows = {name: [] for name in ("budgets", "budget_lines", "budget_cells", "releases", "expenses")}
    for number, unit in enumerate(budgets, 1):
        place = {"unit_id": made.id("units", unit)}
        head = {"budget_id": number, "measure_id": 1, "release_months": 3, "state": APPROVED, "approver_id": None}
        rows["budgets"].append({**head, **place, **YEAR, **ALWAYS})
        for kind, amount in ((FIXED, 12_000), (PROJECT, 600)):
            line = 2 * number - (kind == FIXED)
            none = dict.fromkeys(("purpose", "measure_id", "rate_bp", "target", "approver_id"))
            own = {"line_id": line, "budget_id": number, "kind": kind, "amount": amount, "effective": 1}
            rows["budget_lines"].append({**none, **own, **place, **YEAR, **ALWAYS})
            rows["budget_cells"] += [
                {"line_id": line, "ym": month("2026-01") + at, "amount": amount // 12, **place, **ALWAYS}
                for at in range(12)
            ]
        release = dict.fromkeys(("done", "target", "release_bp", "frozen", "approver_id"))
        release |= {"release_id": number, "budget_id": number, "kind": 1, "state": GRANTED, "fixed": released}
        release |= {"variable": 0, "project": 0, "unfrozen": 0, "reduced": 0}
        rows["releases"].append({**release, **place, **YEAR, **ALWAYS, "last_ym": month("2026-03")})
    for number, (unit, when, amount, *more) in enumerate(expenses, 1):
        own = {"expense_id": number, "unit_id": made.id("units", unit), "person_id": 0, "amount": amount}
        own |= {"day": day(when), "posted_day": day(when), "state": SPENT, "category_id": 1, "overspend": NOT_ASKED}
        own |= dict.fromkeys(
            ("line_id", "purpose", "customer_id", "deal_id", "settles_id", "asked_by_id", "approver_id")
        )
        rows["expenses"].append({**own, **(more[0] if more else {}), **ALWAYS, "from_day": day(when)})
    return made.holding({**made.rows, **rows})


def usage(made: Company, viewer: str = "") -> list[tuple[object, ...]]:
    table = REPORTS["budget/usage"].run(made.book("2026-06-30", viewer))
    return [tuple(table.cell(name, row) for name in ("part", "released", "committed", "actual", "left", "warning"))
            for row in range(len(table))]  # fmt: skip


def test_an_expense_is_charged_to_the_nearest_budget_above_and_never_twice():
    found = usage(company([("SH", "2026-02-01", 300), ("CN", "2026-02-01", 50)], budgets=("CN", "EAST")))

    ordinary = [row for row in found if row[0] == 1]
    assert [(row[3], row[4]) for row in ordinary] == [(50, 950), (300, 700)]


def test_an_expense_without_a_budget_stands_apart_and_in_no_budget():
    found = usage(company([("SOUTH", "2026-02-01", 300)]))

    assert [row[:4] for row in found if row[0] == 3] == [(3, None, 0, 300)]


def test_an_expense_of_a_project_line_is_charged_to_the_project():
    found = usage(company([("SH", "2026-02-01", 300, {"line_id": 2})]))

    assert {row[0]: row[3] for row in found} == {1: 0, 2: 300}


def test_a_commitment_is_open_as_far_as_nothing_settles_it_and_a_refund_lowers_what_was_spent():
    promise = ("SH", "2026-02-01", 500, {"state": COMMITTED})
    made = company([promise, ("SH", "2026-03-01", 200, {"settles_id": 1}), ("SH", "2026-04-01", -50)])

    assert usage(made)[0][1:5] == (1_000, 300, 150, 550)


def test_warnings_stand_at_eighty_and_hundred_percent_and_beyond():
    reached = [usage(company([("SH", "2026-02-01", amount)]))[0][5] for amount in (799, 800, 1_000, 1_001)]

    assert reached == [None, 1, 2, 3]


def test_an_expense_of_tomorrow_is_not_seen_today():
    found = usage(company([("SH", "2026-07-01", 300)]))

    assert found[0][3] == 0


def test_a_manager_sees_the_budgets_of_his_units_and_the_sum_is_what_the_executive_sees_there():
    made = company([("SH", "2026-02-01", 300), ("SOUTH", "2026-02-01", 70)], budgets=("EAST", "SOUTH"))

    assert usage(made, "east") == [row for row in usage(made, "boss") if row[3] != 70][:2]


def test_months_quarters_and_the_year_of_a_budget_are_the_same_sum():
    book = company().book("2026-06-30")

    sums = {step: REPORTS["budget/plan"].run(book, step=step).totals["amount"] for step in ("month", "quarter", "year")}

    assert sums == {"month": 12_600, "quarter": 12_600, "year": 12_600}


def test_without_a_target_the_next_release_is_left_to_a_person():
    table = REPORTS["budget/release"].run(company().book("2026-06-30"))

    assert [note.code for note in table.notes] == ["budget/by-hand"]
    assert [table.cell("proposed", row) for row in range(4)] == [None, None, None, None]


def test_what_waits_for_approval_or_was_rejected_takes_of_no_budget_and_settles_nothing():
    promise = ("SH", "2026-02-01", 500, {"state": COMMITTED})
    waits = ("SH", "2026-03-01", 900, {"overspend": AWAITING, "settles_id": 1})
    made = company([promise, waits, ("SH", "2026-03-02", 700, {"overspend": DECLINED})])

    table = REPORTS["budget/usage"].run(made.book("2026-06-30"))
    opened = REPORTS["budget/expenses"].run(made.book("2026-06-30"), overspend="waiting")

    assert usage(made)[0][1:5] == (1_000, 500, 0, 500)
    assert (table.cell("waiting", 0), opened.totals["waiting"], opened.count) == (900, 900, 1)


def room(expenses: list[tuple[object, ...]], amount: int, own: int = 0, **more: object):
    made = company(expenses)
    expense = {"unit_id": made.id("units", "SH"), "amount": amount, "state": SPENT, "posted_day": day("2026-06-10")}
    return room_for(made.book("2026-06-30"), {"day": day("2026-06-10"), "person_id": 0, **expense, **more}, own)


def test_an_expense_overspends_by_what_it_takes_beyond_the_released_budget():
    before = [("SH", "2026-02-01", 700)]

    assert [room(before, amount).over for amount in (300, 301)] == [0, 1]
    assert room(before, 900, own=1).over == 0


def test_an_expense_that_settles_a_commitment_of_as_much_and_a_refund_are_held_back_by_nothing():
    before = [("SH", "2026-02-01", 1_500, {"state": COMMITTED})]

    assert room(before, 1_500, settles_id=1) is None
    assert room(before, -100) is None
    assert room(before, 1_600, settles_id=1).over == 600


def test_an_expense_of_a_line_is_held_against_the_line_as_well():
    found = room([("SH", "2026-02-01", 500, {"line_id": 2})], 200, line_id=2)

    assert (found.line_amount, found.line_used, found.over) == (600, 700, 700)


def test_an_expense_without_a_budget_overspends_nothing():
    made = company([], budgets=("EAST",))
    expense = {"unit_id": made.id("units", "SOUTH"), "amount": 900, "state": SPENT, "posted_day": day("2026-06-10")}

    assert room_for(made.book("2026-06-30"), {"day": day("2026-06-10"), "person_id": 0, **expense}) is None
