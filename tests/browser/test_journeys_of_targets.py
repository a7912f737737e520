"""From market to a week's work (J1–J5): the year is planned by those who plan it, through the pages they use."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from scripts import screens
from scripts.visiting import Visitors, settled, watched

pytestmark = pytest.mark.browser

YEAR = 2026
"""The fiscal year of the demo company's today."""

ZH, EN = screens.Look(1280, "light", "zh-hans"), screens.Look(1280, "light", "en")


@pytest.fixture(scope="module")
def visitors(browser, served):
    return Visitors(browser, served)


def fill(page: Page, values: Mapping[str, str]) -> None:
    """Fill the form of the page: a choice by its words, everything else as it is typed."""
    for name, value in values.items():
        field = page.locator(f"main form [name={name}]").first
        if field.evaluate("one => one.tagName") == "SELECT":
            offered = {one.get_attribute("value"): one.inner_text().strip() for one in field.locator("option").all()}
            field.select_option(value if value in offered else next(at for at in offered if offered[at] == value))
        else:
            field.fill(value)


def save(page: Page, button: str = "main form .button.primary") -> None:
    """Press the form's button; the page that answers is no refusal."""
    with page.expect_navigation() as answered:
        page.locator(button).last.click()
    assert answered.value.ok, page.locator("main .form-errors, main .errorlist").all_inner_texts()


def row(page: Page, *words: str) -> Locator:
    """Return the row of the page's table that holds every word."""
    found = page.locator("main table tbody tr")
    for word in words:
        found = found.filter(has_text=word)
    return found.first


def faultless(page: Page) -> None:
    """The page has nothing for axe to complain of and nothing that runs out of it."""
    assert list(screens.violations(page)) == [] and list(screens.wide_elements(page)) == []


# J1: the market is read, goals are set, strategies stated, opportunities carry them, the budget closes the chain.


@pytest.mark.parametrize(("look", "tag"), [(ZH, "甲"), (EN, "乙")], ids=["zh", "en"])
def test_j1_from_market_to_budget(visitors, look, tag):
    ops, rep = visitors.page("sales_ops", look), visitors.page("rep", look)
    said = watched(ops) + watched(rep)

    brings_market_facts(ops, tag)
    goal = sets_a_goal(ops, tag)
    states_the_strategy(ops, tag)
    is_refused_and_taken_over(ops, rep, goal, tag, visitors.served.people["rep"])
    sees_what_carries_every_goal(ops, tag)

    assert said == []


def brings_market_facts(page: Page, tag: str) -> None:
    """The template comes back filled in: more than the whole of a market is refused, mended it is taken."""
    page.goto("/imports/")
    with page.expect_download() as waiting:
        page.locator("main a[href*='market_facts.xlsx']").click()
    book = workbook(waiting.value.path())
    for at, own in ((2, "12%"), (3, "60%")):
        one = [f"{tag}-{at}", f"{tag}水务{at}", "华东大区", YEAR, 8_000_000, "8%", own, "55%", "行业协会年报", None]
        for column, value in enumerate(one, 1):
            book.worksheets[0].cell(at, column, value)
    bring(page, book)
    expect(page.locator("main")).to_contain_text("115%")
    expect(page.locator("main form[action$='/commit/']")).to_have_count(0)

    book.worksheets[0].cell(3, 7, "20%")
    bring(page, book)
    page.locator("main form[action$='/commit/'] button").click()
    page.wait_for_url("**/imports/batches/*/")
    step(page, "market")
    expect(row(page, f"{tag}水务2")).to_contain_text("33.0%")
    expect(row(page, f"{tag}水务3")).to_contain_text("25.0%")


def workbook(path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


def bring(page: Page, book: openpyxl.Workbook) -> None:
    """Upload a workbook that is told by its headers, and look at what it holds."""
    stream = io.BytesIO()
    book.save(stream)
    file = {"name": "市场.xlsx", "mimeType": "application/octet-stream", "buffer": stream.getvalue()}
    page.goto("/imports/")
    page.set_input_files("#id_files", file)
    page.locator("main form .button.primary").first.click()
    page.wait_for_url(re.compile(r"/imports/files/"))
    if page.url.endswith("/columns/"):
        page.locator("form[action$='/read-by/'] button").first.click()
    page.wait_for_url(re.compile(r"/imports/files/[^/]+/$"))


def sets_a_goal(page: Page, tag: str) -> str:
    """A mountain-top goal stays a draft until it says everything; then it is put in force. Return its address."""
    step(page, "targets")
    page.locator("main a[href$='/strategy/themes/new/']").click()
    fill(page, {"name": f"{tag}主题", "unit_id": "汀岚智控"})
    save(page)
    page.goto("/strategy/goals/new/")
    values = {
        "name": f"{tag}山头",
        "unit_id": "汀岚智控",
        "theme_id": f"{tag}主题",
        "aim": "new-product",
        "form": "amount",
    }
    fill(page, values | {"metric": "linked-amount", "target_amount": "1000"})
    save(page)
    page.locator("main button[value=activate]").click()
    expect(page.locator("main .bad")).not_to_have_count(0)
    faultless(page)

    page.locator("main a[href$='/edit/']").first.click()
    fill(page, {"person_id": "黎望川", "due_ym": f"{YEAR}-12"})
    save(page)
    page.locator("main button[value=activate]").click()
    expect(page.locator("main button[value=draft]")).to_have_count(1)
    return page.url


def states_the_strategy(page: Page, tag: str) -> None:
    """An OGSM page grows from objective to measure: what has nothing below it is told until it has."""
    names = {"O": f"{tag}目的", "G": f"{tag}目标", "S": f"{tag}策略", "M": f"{tag}衡量"}
    above = ""
    for kind, name in names.items():
        page.goto("/strategy/ogsm/new/")
        fill(page, {"kind": kind, "name": name, "unit_id": "汀岚智控", "person_id": "黎望川", "due_ym": f"{YEAR}-12"})
        fill(page, ({"parent_id": above} if above else {}) | ({"goal_id": f"{tag}山头"} if kind in "GM" else {}))
        save(page)
        above = name
        if kind == "S":
            expect(row(page, name)).to_contain_text("M")
    step(page, "strategy")
    for name in names.values():
        expect(row(page, name)).not_to_contain_text(re.compile("不完整|无效|incomplete|invalid", re.IGNORECASE))
    faultless(page)


def is_refused_and_taken_over(ops: Page, rep: Page, goal: str, tag: str, owner: str) -> None:
    """The company assigns two opportunities: one is refused with a reason, one is taken over and carries the goal."""
    for name in (f"{tag}重点一期", f"{tag}重点二期"):
        ops.goto("/strategy/assign/")
        fill(ops, {"name": name, "owner_id": owner, "customer_id": "澄浦水务集团", "stage_id": "客户规划"})
        fill(ops, {"amount": "500", "expected_day": f"{YEAR}-12-20", "strategic_type": "new-product"})
        save(ops)
        rep.goto(ops.url)
        rep.locator("main a[href$='/assignment/']").click()
        if name.endswith("一期"):
            rep.locator("main button[name=refuse]").click()
            expect(rep.locator("main .form-errors")).to_be_visible()
            fill(rep, {"reason": "客户今年没有预算"})
            rep.locator("main button[name=refuse]").click()
        else:
            rep.locator("main form .button.primary").click()
        expect(rep.locator("main a[href$='/assignment/']")).to_have_count(0)

    step(ops, "plan", beside="assigned")
    ops.get_by_role("link", name=f"{tag}重点一期").first.click()
    expect(ops.locator("main")).to_contain_text("客户今年没有预算")
    ops.goto(goal)
    ops.locator("main a[href$='/link/']").first.click()
    fill(ops, {"deals": f"{tag}重点二期"})
    save(ops)
    expect(ops.locator("main")).to_contain_text(f"{tag}重点二期")


def sees_what_carries_every_goal(page: Page, tag: str) -> None:
    """The goal has a number, an owner and an opportunity; coverage is printed; the fifth step holds the budgets."""
    step(page, "plan")
    mine = row(page, f"{tag}山头")
    expect(mine).to_contain_text("1,000.00")
    expect(mine).to_contain_text("50.0%")
    faultless(page)
    page.locator(".tools details").last.locator("summary").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Excel", exact=True).click()
    cells = [one for line in workbook(waiting.value.path()).worksheets[0].values for one in line]
    assert f"{tag}山头" in cells

    page.goto("/targets/strategy/")
    expect(page.locator("main [data-step]")).to_have_count(5)
    step(page, "budget")
    expect(page).to_have_url(re.compile("/reports/budget/plan/"))
    assert page.locator("main tbody tr").count() > 0


def step(page: Page, code: str, beside: str = "") -> None:
    """Open a step of the five where it is done, or what stands beside it."""
    page.goto("/targets/strategy/")
    page.locator(f"main [data-step={code}] a" + (f"[href*='{beside}']" if beside else "[data-do]")).click()
    settled(page)
