"""Contract to cash (J9): signed with tax and terms, delivered late, recognised, owed, paid in part and in dollars."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from scripts import screens
from scripts.visiting import Visitors, watched
from tests.browser.test_journeys_of_targets import faultless, fill, row, save
from tests.browser.turns import in_turn

pytestmark = pytest.mark.browser

ZH, EN = screens.Look(1280, "light", "zh-hans"), screens.Look(1280, "light", "en")

TERMS = (
    {"name": "签约30%", "share_bp": "30%", "falls_due": "1", "due_day": "2026-06-10"},
    {"name": "到货40%", "share_bp": "40%", "falls_due": "3", "days_after": "0"},
    {"name": "终验25%", "share_bp": "25%", "falls_due": "4", "days_after": "30"},
    {"name": "质保5%", "share_bp": "5%", "falls_due": "4", "days_after": "365"},
)
STEPS = (
    {"name": "到货", "kind": "delivery", "planned_day": "2026-07-01", "share_bp": "60%"},
    {"name": "终验", "kind": "acceptance", "planned_day": "2026-07-20", "share_bp": "40%"},
)


@pytest.fixture(scope="module")
def visitors(browser, served):
    return Visitors(browser, served)


@pytest.mark.parametrize(("look", "code"), in_turn("zh", (ZH, "HT-J9"), (EN, "HT-J9E")))
def test_j9_from_the_contract_to_the_cash(visitors, look, code):
    ops, finance = visitors.page("sales_ops", look), visitors.page("finance", look)
    said = watched(ops) + watched(finance)

    customer = who_owes_nothing(ops)
    contract = signs_with_two_rates_of_tax(ops, code, visitors.served.people["rep"], customer)
    agrees_four_terms(ops, contract)
    plans_the_delivery_which_slips_and_costs_more(ops, contract)
    finance_recognises_what_is_earned(finance, contract)
    what_is_left_stands_in_both_tables(ops, code, contract)
    finance_bills_and_credits(finance, contract)
    is_asked_for_what_is_overdue_and_promises_it(ops, code)
    is_paid_in_part_and_in_dollars(finance, ops, code, customer)
    the_promise_was_kept_by_what_came(ops, code)

    assert said == []


def who_owes_nothing(page: Page) -> str:
    """Return the name of an account without anything open, so that receipts pay the new contract alone."""
    page.goto("/reports/tables/receivable/?limit=5000")
    owing = set(page.locator("main table tbody tr td:nth-child(3)").all_inner_texts())
    page.goto("/contracts/new/")
    names = page.locator("[name=customer_id] option").all_inner_texts()
    return next(one.strip() for one in names[1:] if one.strip() and one.strip() not in owing)


def signs_with_two_rates_of_tax(page: Page, code: str, seller: str, customer: str) -> str:
    """1,130,000.00 at 13 % and 106,000.00 at 6 % are 1,100,000.00 without tax."""
    page.goto("/contracts/new/")
    fill(page, {"code": code, "name": f"储能站 {code}", "owner_id": seller, "customer_id": customer})
    fill(page, {"signed_day": "2026-06-01", "effective_day": "2026-06-01"})
    fill(page, {"lines-0-amount": "1130000元", "lines-0-tax_bp": "13%"})
    fill(page, {"lines-1-amount": "106000元", "lines-1-tax_bp": "6%"})
    save(page)
    faultless(page)
    return re.sub(r"\?.*", "", page.url)


def agrees_four_terms(page: Page, contract: str) -> None:
    page.goto(f"{contract}terms/")
    for at, term in enumerate(TERMS):
        fill(page, {f"terms-{at}-{name}": value for name, value in term.items()})
    save(page)
    expect(row(page, "质保5%")).to_be_visible()


def plans_the_delivery_which_slips_and_costs_more(page: Page, contract: str) -> None:
    """What arrives gives its term a due day; what is accepted later moves only the expected day; overrun is shown."""
    page.goto(f"{contract}projects/new/")
    fill(page, {"name": "储能站交付", "start_day": "2026-06-05", "budget": "600000元"})
    for at, step in enumerate(STEPS):
        fill(page, {f"steps-{at}-{name}": value for name, value in step.items()})
    save(page)
    project = re.sub(r"\?.*", "", page.url)
    page.goto(f"{project}follow/")
    fill(page, {"estimate": "690000元"})
    save(page)
    expect(page.locator("main")).to_contain_text("15.0%")

    into(page, "终验")
    page.goto(f"{page.url}slip/")
    fill(page, {"on": "2026-07-30", "why": "customer-not-ready", "note": "场地未完工"})
    twice(page)
    page.goto(project)
    into(page, "到货")
    page.goto(f"{page.url}reach/")
    fill(page, {"on": "2026-07-02"})
    twice(page)
    page.goto(project)
    expect(row(page, "终验")).to_contain_text("07-30")


def into(page: Page, name: str) -> None:
    """Open a milestone of the page's project."""
    page.goto(row(page, name).locator("a").first.get_attribute("href") or "")


def twice(page: Page) -> None:
    """Look at what a step does, then do it."""
    save(page)
    if page.locator("main form [name=sure]").count():
        save(page)


def finance_recognises_what_is_earned(page: Page, contract: str) -> None:
    page.goto(f"{contract}recognitions/new/")
    fill(page, {"day": "2026-07-05", "amount_ex": "660000元"})
    save(page)
    faultless(page)


def what_is_left_stands_in_both_tables(page: Page, code: str, contract: str) -> None:
    """440,000.00 are unrecognised; 30 % and 40 % of 1,236,000.00 are due."""
    page.goto(f"/reports/tables/unrecognised/?contract={code}&show=yuan")
    expect(row(page, code)).to_contain_text("440,000.00")
    page.goto(f"/reports/tables/receivable/?contract={code}&state=overdue&show=yuan")
    expect(row(page, "签约30%")).to_contain_text("370,800.00")
    expect(row(page, "到货40%")).to_contain_text("494,400.00")
    expect(page.locator("main table")).to_contain_text("865,200.00")


def finance_bills_and_credits(page: Page, contract: str) -> None:
    for kind, amount in (("blue", "370800元"), ("red", "-20000元")):
        page.goto(f"{contract}invoices/new/")
        fill(page, {"day": "2026-06-08", "kind": kind, "amount": amount, "code": f"{contract[-6:-1]}-{kind}"})
        save(page)


def is_asked_for_what_is_overdue_and_promises_it(page: Page, code: str) -> None:
    """A letter goes out for the advance, the account promises all of it within twelve days."""
    page.goto(f"/reports/tables/receivable/?contract={code}&state=overdue&show=yuan")
    term = row(page, "签约30%").locator("a[href*='/terms/']").first.get_attribute("href") or ""
    term = re.sub(r"\?.*", "", term)
    page.goto(f"{term}step/")
    fill(page, {"day": "2026-07-08", "kind": "letter", "name": "催款函已签收"})
    save(page)
    page.goto(f"{term}promise/")
    fill(page, {"day": "2026-07-08", "amount": "370800元", "promised_day": "2026-07-20", "name": "财务总监"})
    save(page)
    faultless(page)
    page.goto(f"{term}?show=yuan")
    expect(row(page, "370,800.00").first).to_be_visible()


def the_promise_was_kept_by_what_came(page: Page, code: str) -> None:
    """Both receipts together pay the advance before the promised day."""
    page.goto(f"/reports/dunning/promises/?contract={code}&state=kept&show=yuan")
    expect(page.locator("main table")).to_contain_text("370,800.00")
    faultless(page)


def is_paid_in_part_and_in_dollars(finance: Page, ops: Page, code: str, customer: str) -> None:
    """300,000.00 and 10,000 dollars worth 71,000.00 pay the first term, and 200.00 of the second."""
    for given in (
        {"day": "2026-07-10", "amount": "300000元"},
        {"day": "2026-07-15", "amount": "71000元", "currency": "USD", "foreign_amount": "10000元"},
    ):
        finance.goto("/receipts/new/")
        fill(finance, {"customer_id": customer, **given})
        finance.locator("button[name=look]").click()
        save(finance)
    ops.goto(f"/reports/tables/receivable/?contract={code}&state=overdue&show=yuan")
    expect(row(ops, "到货40%")).to_contain_text("494,200.00")
    expect(row(ops, "签约30%")).to_have_count(0)
    faultless(ops)
