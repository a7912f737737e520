"""The page of past results: months down, years across, what a number opens, and what an empty one leads to."""

import re
from datetime import date

import pytest

from dacheng.core.period import day_of
from dacheng.store.actions.actuals import record_actual

PAGE = "/targets/past/?show=yuan"


@pytest.fixture
def past(company):
    """Record what 华东 brought in December of three years, and one mega deal."""
    for year, amount, one_off in ((2023, 100, 0), (2024, 200, 0), (2025, 300, 0), (2025, 700, 1)):
        values = {
            "unit_id": company.uid("units", "SH"),
            "person_id": company.uid("people", "li"),
            "measure_id": company.uid("measures", "contract"),
            "day": day_of(date(year, 12, 31)),
            "amount": amount * 100,
            "one_off": one_off,
        }
        record_actual(actor=company.actor("fin"), at=company.AT, values=values)


def december(page: str) -> list[str]:
    """Return the texts of the row of December."""
    row = re.search(r'<tr id="month-12".*?</tr>', page, re.S)[0]
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]


def test_months_stand_under_one_another_and_years_beside_one_another(past, signed_in):
    page = signed_in("ops").get(PAGE).content.decode()
    regular = signed_in("ops").get(PAGE + "&regular=1").content.decode()

    assert december(page) == ["12月", "100.00", "200.00", "1,000.00", "12.00"]
    assert december(regular)[:4] == ["12月", "100.00", "200.00", "300.00"]
    assert "+400.0%" in page and "+50.0%" in regular


def test_a_month_opens_by_unit_and_adds_up_to_the_same(past, signed_in):
    client = signed_in("ops")
    page = client.get(PAGE).content.decode()

    (address,) = set(re.findall(r'href="(/reports/history/monthly/[^"]*2025-12[^"]*)"', page))
    opened = client.get(address.replace("&amp;", "&")).content.decode()

    assert "华东" in opened and "1,000.00" in opened


def test_who_looks_after_a_unit_sees_what_it_brought_and_nobody_else(past, signed_in):
    others = [signed_in(one).get(PAGE).content.decode() for one in ("south", "zhao", "li")]

    assert december(signed_in("east").get(PAGE).content.decode())[1] == "100.00"
    for page in others:
        assert "还没有历史业绩。" in page and "month-12" not in page


def test_an_empty_page_leads_to_the_import_for_who_may_import(company, signed_in):
    ops, manager = (signed_in(one).get(PAGE).content.decode() for one in ("ops", "east"))

    assert 'href="/imports/"' in ops and "上传以前的订单" in ops
    assert 'href="/imports/"' not in manager


def test_results_older_than_the_years_shown_lead_to_their_own_year(past, signed_in):
    client = signed_in("ops")

    page = client.get(PAGE + "&as_of=2030-06-30").content.decode()
    (address,) = re.findall(r'class="button primary" href="([^"]*as_of=2025-12-31[^"]*)"', page)

    assert "最近的是 2025 财年" in page and "period=2026" in page
    assert december(client.get(address.replace("&amp;", "&")).content.decode())[3] == "1,000.00"
