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
from scripts.places import Records
from scripts.visiting import Visitors, settled, watched
from tests.browser.turns import in_turn

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


@pytest.mark.parametrize(("look", "tag"), in_turn("zh", (ZH, "甲"), (EN, "乙")))
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


# J3: a total is broken down to people and months, talked about, signed, locked; every sum is exact on the way.

UNIT_OF = (
    "SELECT u.name FROM rec_people p JOIN rec_assignments a ON a.person_id = p.id"
    " JOIN rec_units u ON u.id = a.unit_id WHERE p.name = ? AND a.removed = 0 ORDER BY a.id DESC"
)


ROWS = "main .plan-form tbody tr[data-row]"
TOTAL = 1_200_07_00_00
"""分; 1,200.07 in units of ten thousand."""


@pytest.mark.parametrize(("look", "tag"), in_turn("zh", (ZH, "甲"), (EN, "乙")))
def test_j3_from_a_total_to_signed_targets(visitors, look, tag, tmp_path):
    ops, rep = visitors.page("sales_ops", look), visitors.page("rep", screens.Look(360, "light", look.language))
    said = watched(ops) + watched(rep)
    who = visitors.served.people["rep"]
    unit = Records(visitors.served.database).one(UNIT_OF, who)

    plan = breaks_a_total_down(ops, f"{tag}责任目标", unit)
    moves_an_amount(ops, who)
    press(ops, "propose")
    asks_for_less(rep, f"{tag}责任目标")
    answers_everybody(ops, plan, who)
    accepts_and_takes_the_letter(rep, f"{tag}责任目标", tmp_path)
    locks_it(ops, plan)

    assert said == []


def breaks_a_total_down(page: Page, name: str, unit: str) -> str:
    """A total is weighed by season and person: exact in every month and every row."""
    page.goto("/targets/plans/new/")
    fill(page, {"name": name, "unit_id": unit, "year": str(YEAR + 2)})
    save(page)
    plan = page.url
    page.locator("main .answer a[href*='/break-down/']").click()
    fill(page, {"total": "1200.07"})
    save(page)
    expect(page.locator("main table tbody tr").first).to_be_visible()
    save(page)
    settled(page)
    assert proved(page) == TOTAL
    faultless(page)
    return plan


def proved(page: Page) -> int:
    """The rows directly below add up to the head in every month, the months to the year: 分 for 分. Return it."""
    rows = [
        {one.get_attribute("name").split(".")[2]: int(one.get_attribute("data-minor")) for one in line.all()}
        for line in (each.locator("td[data-at] input") for each in page.locator(ROWS).all())
    ]
    head, below = rows[0], rows[1:]
    months = [at for at in head if re.fullmatch(r"\d{4}-\d\d", at)]
    assert len(months) == 12 and head["year"] == sum(head[at] for at in months)
    assert all(sum(one[at] for one in below) == head[at] for at in (*months, "year"))
    return head["year"]


def moves_an_amount(page: Page, who: str) -> None:
    """A month of somebody is raised: everything above follows, the proof stands, the draft is saved."""
    mine = page.locator(ROWS).filter(has=page.get_by_role("rowheader", name=who, exact=True))
    cell = mine.locator(f"td[data-at='{YEAR + 2}-03'] input")
    cell.focus()
    page.keyboard.type("=+12%")
    page.keyboard.press("Enter")
    expect(page.locator("[data-effect-list] li").first).to_be_visible()
    with page.expect_response(lambda one: one.request.method == "POST" and one.url.endswith("/")) as saved:
        page.locator("main .proof .button.primary").click()
    assert saved.value.ok and "/preview/" not in saved.value.url
    page.reload()
    settled(page)
    assert proved(page) > TOTAL


def press(page: Page, step_of_plan: str) -> None:
    """Move the plan on by one step, which may be asked first."""
    asked = page.locator(f"main a[href$='/steps/{step_of_plan}/']")
    if asked.count():
        asked.click()
        save(page)
    else:
        save(page, f"main form[action$='/steps/{step_of_plan}/'] button")


def talk(page: Page, name: str) -> Locator:
    """Return what is said of somebody's own target in a plan, on his own page."""
    found = page.locator("[data-talk]", has=page.get_by_role("heading", name=name, exact=False))
    if not found.is_visible():
        page.locator("details.older-plan", has=found).locator("summary").first.click()
    return found


def asks_for_less(page: Page, name: str) -> None:
    """On a phone: the year so far, his own row, and another amount with a reason."""
    page.goto("/targets/mine/")
    expect(page.locator("[data-progress]")).to_be_visible()
    faultless(page)
    mine = talk(page, name)
    mine.locator("details:has(button[value=counter]) > summary").first.click()
    mine.locator("[name=amount]").first.fill("380")
    mine.locator("button[value=counter]").first.click()
    expect(page.locator("main .form-errors")).to_be_visible()
    page.locator("[name=amount]").first.fill("380")
    page.locator("[name=said]").first.fill("大客户已经迁走")
    page.locator("button[value=counter]").first.click()
    expect(page.locator("main")).to_contain_text("大客户已经迁走")


def answers_everybody(page: Page, plan: str, who: str) -> None:
    """What waits is told; the counter-offer is granted, and one target is imposed, which shows as not agreed."""
    page.goto("/targets/mine/")
    page.locator(f"[data-waiting] a[href*='{plan.split('/')[-2]}']").click()
    page.get_by_role("link", name=who).first.click()
    page.locator("button[value=grant]").first.click()
    expect(page.locator("button[value=grant]")).to_have_count(0)

    page.goto(f"{plan}agreement/")
    others = [one for one in page.locator("main tbody a[href*='/rows/']").all() if one.inner_text().strip() != who]
    others[-1].click()
    page.locator("details:has(button[value=impose]) > summary").first.click()
    page.locator("[name=said]").first.fill("按公司核定")
    page.locator("button[value=impose]").first.click()
    page.goto(plan)
    expect(page.locator("main td.not-agreed").first).to_be_visible()


def accepts_and_takes_the_letter(page: Page, name: str, folder: Path) -> None:
    """He accepts what is now offered, to the cent, and takes his letter as a Word file."""
    page.goto("/targets/mine/")
    mine = talk(page, name)
    expect(mine).to_contain_text("380.00")
    letter = mine.locator("a[href$='/letter/']").get_attribute("href")
    mine.locator("button[value=accept]").first.click()
    page.wait_for_load_state()
    page.goto(letter)
    expect(page.locator("main")).to_contain_text(re.compile(r"380\.00|3,800,000"))
    faultless(page)
    with page.expect_download() as waiting:
        page.locator("main a[href$='letter.docx']").click()
    waiting.value.save_as(folder / "letter.docx")
    assert (folder / "letter.docx").read_bytes().startswith(b"PK")


def locks_it(page: Page, plan: str) -> None:
    """Approved and locked, the first version stands: nothing can be typed; the next version is another plan."""
    page.goto(plan)
    press(page, "approve")
    press(page, "lock")
    page.goto(plan)
    expect(page.locator("main .plan-form input[name^='c.']")).to_have_count(0)
    expect(page.locator("main .proof .button.primary")).to_have_count(0)
    page.goto("/targets/plans/")
    expect(page.locator("main table tbody")).to_contain_text("V1")


# J2: four methods work on the history, are compared and blended, a target is taken and adopted.


@pytest.mark.parametrize(("look", "unit"), in_turn("en", (ZH, "BF"), (EN, "XB")))
def test_j2_from_four_methods_to_an_adopted_target(visitors, look, unit, tmp_path):
    ops, boss = visitors.page("sales_ops", look), visitors.page("executive", look)
    said = watched(ops) + watched(boss)

    looks_at_the_history(ops)
    works_out_the_weighted_estimate(ops, unit)
    takes_a_target(ops, unit, tmp_path)
    adopts_it(boss, unit)

    assert said == []


def looks_at_the_history(page: Page) -> None:
    page.goto("/targets/past/")
    settled(page)
    assert page.locator("main table tbody tr").count() > 0
    faultless(page)


def works_out_the_weighted_estimate(page: Page, unit: str) -> None:
    """G01: the last year, the weighted history and the growth carried on, each times 1.198."""
    page.goto(f"/targets/setting/?unit={unit}")
    assert page.locator(".method").count() == 4
    typed = {"actual": ("10000", "9200", "8000"), "year_weight": ("50", "30", "20")}
    typed |= {"growth": ("12", "20", "30", "0", "0"), "factor_weight": ("40", "30", "30", "0", "0")}
    for name, values in typed.items():
        for at, value in enumerate(values, 1):
            put(page, f"{name}.{at}", value)
    method = page.locator(".method").first
    for base in ("11,980.00", "11,213.28", "13,394.05"):
        expect(method).to_contain_text(base)
    choice = page.locator("[name='base.0']")
    choice.select_option(choice.locator("option").nth(1).get_attribute("value"))
    answered(page)
    expect(page.locator(".method .figure").first).to_have_text("11,213.28")


def put(page: Page, name: str, value: str) -> None:
    """Type an input of the estimate, which is worked out again; what is known already is not sent."""
    field = page.locator(f"[name='{name}']")
    if field.input_value() == value:
        return
    with page.expect_response(lambda one: one.request.method == "POST"):
        field.fill(value)
        field.press("Tab")
    answered(page)


def answered(page: Page) -> None:
    expect(page.locator(".htmx-request")).to_have_count(0)
    settled(page)


def takes_a_target(page: Page, unit: str, folder: Path) -> None:
    """Methods far apart need a reason; floor, target and stretch are taken; Excel goes on calculating."""
    for name, value in (("floor", "9000"), ("target", "11000"), ("stretch", "12500")):
        put(page, name, value)
    submit(page)
    if page.locator("main .form-errors").count():
        put(page, "reason", "战略必争，按历年加权")
        submit(page)
    expect(page.locator("button[value=submit]")).to_have_count(0)
    faultless(page)
    with page.expect_download() as waiting:
        page.locator("main a[href*='export.xlsx']").click()
    cells = [one for sheet in workbook(waiting.value.path()) for line in sheet.values for one in line]
    assert any(str(one).startswith("=") for one in cells)
    page.goto(f"/targets/setting/?unit={unit}&tab=triple")
    expect(page.locator("main")).to_contain_text("11,000.00")


def submit(page: Page) -> None:
    with page.expect_navigation():
        page.locator("button[value=submit]").click()
    settled(page)


def adopts_it(page: Page, unit: str) -> None:
    page.goto(f"/targets/setting/?unit={unit}")
    with page.expect_navigation() as adopted:
        page.locator("button[value=adopt]").click()
    assert adopted.value.ok
    page.goto(f"/targets/setting/?unit={unit}")
    expect(page.locator("button[value=adopt]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("11,000.00")


# J4: a budget of a fixed and a variable part is made from the target, approved, and its first quarter released.


@pytest.mark.parametrize(("look", "unit"), in_turn("en", (ZH, "绵阳组"), (EN, "宜昌组")))
def test_j4_from_a_target_to_the_first_release(visitors, look, unit):
    ops, money = visitors.page("sales_ops", look), visitors.page("finance", look)
    boss = visitors.page("executive", look)
    said = watched(ops) + watched(money) + watched(boss)
    code = Records(visitors.served.database).one("SELECT code FROM rec_units WHERE name = ?", unit)

    sets_the_year(ops, code)
    budget = makes_the_budget(money, unit)
    is_approved_and_released(money, boss, budget)

    assert said == []


def sets_the_year(page: Page, unit: str) -> None:
    """A hundred million of next year, by the seasons 18/24/23/35."""
    page.goto(f"/targets/grid/?unit={unit}&year={YEAR + 1}")
    head = page.locator("main tbody tr").first
    for month, amount in (("01", "1800"), ("04", "2400"), ("07", "2300"), ("10", "3500")):
        head.locator(f"input[name*='.{YEAR + 1}-{month}.']").fill(amount)
        page.keyboard.press("Enter")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    settled(page)


def makes_the_budget(page: Page, unit: str) -> str:
    """G08: fixed 300 and 5 % of the target, 75 and 90, 120, 115, 175 a quarter; a project stands beside them."""
    page.goto("/reports/budget/plan/")
    page.locator("main a[href$='/budgets/new/']").click()
    fill(page, {"unit": unit, "first": f"{YEAR + 1}-01", "last": f"{YEAR + 1}-12", "name": f"{unit}费用"})
    page.locator("[name=measure]").select_option(index=1)
    page.locator("[name^=rate_]").first.fill("5")
    fill(page, {"fixed": "300"})
    fill(page, {"project_name_1": "新区域试点", "project_amount_1": "20"})
    fill(page, {"project_first_1": f"{YEAR + 1}-01", "project_last_1": f"{YEAR + 1}-06"})
    page.locator("button[name=look]").click()
    lines = page.locator("main table").last.locator("tbody tr")
    for at, variable in enumerate(("90.00", "120.00", "115.00", "175.00")):
        expect(lines.nth(at - 4 + lines.count())).to_contain_text(re.compile(rf"75\.00.*{variable}", re.DOTALL))
    expect(page.locator("main table").last).to_contain_text("500.00")
    faultless(page)
    save(page)
    return page.url


def is_approved_and_released(money: Page, boss: Page, budget: str) -> None:
    """The first quarter is released in full: 165."""
    boss.goto(budget)
    press_form(boss, "/decide/", holds="approved")
    money.goto(budget)
    press_form(money, "/propose/")
    boss.goto(budget)
    press_form(boss, "/releases/", "approve")
    expect(boss.locator("main")).to_contain_text("165.00")
    faultless(boss)


def press_form(page: Page, address: str, value: str = "", holds: str = "") -> None:
    """Press a button of the form that leads to an address, perhaps the one that holds a hidden value."""
    form = f"main form[action*='{address}']" + (f":has(input[value={holds}])" if holds else "")
    with page.expect_navigation() as answered:
        page.locator(f"{form} button" + (f"[value={value}]" if value else "")).first.click()
    assert answered.value.ok


# J5: what the target asks for a week, planned, recorded on a phone, and seen on the wall.


@pytest.mark.parametrize(("look", "visits"), in_turn("zh", (ZH, 8), (EN, 13)))
def test_j5_from_the_gap_to_the_actions_of_a_week(visitors, look, visits):
    ops, rep = visitors.page("sales_ops", look), visitors.page("rep", screens.Look(360, "light", look.language))
    said = watched(ops) + watched(rep)
    who = visitors.served.people["rep"]

    sees_what_the_gap_needs(ops)
    plans_the_week(ops, who, visits)
    records_it(rep, visits)
    stands_on_the_wall(ops)

    assert said == []


def sees_what_the_gap_needs(page: Page) -> None:
    """The inventory, what is still to be found, and the actions of each kind that it takes, with their rate."""
    page.goto("/targets/inventory/")
    assert page.locator("main table tbody tr").count() > 0
    page.goto("/reports/targets/actions/")
    settled(page)
    assert page.locator("main table tbody tr").count() >= 6
    faultless(page)


def plans_the_week(page: Page, who: str, visits: int) -> None:
    page.goto("/targets/actions/plan/")
    fill(page, {"person": who, "month": f"{YEAR}-11", "visit": str(visits), "key-visit": "3"})
    save(page)


def records_it(page: Page, visits: int) -> None:
    """On a phone: the day's visits in one form; his own page says what is left of the week."""
    page.goto("/targets/actions/record/")
    fill(page, {"visit": str(visits - 1)})
    save(page)
    page.goto("/targets/mine/")
    week = page.locator("[data-week]")
    expect(week).to_contain_text(f"{visits - 1} / {visits}")
    expect(week.locator(".bad").first).to_contain_text("1")
    faultless(page)
    page.goto("/targets/actions/record/")
    fill(page, {"visit": str(visits)})
    save(page)
    page.goto("/targets/mine/")
    expect(week).to_contain_text(f"{visits} / {visits}")
    expect(week.locator(".good").first).to_be_visible()


def stands_on_the_wall(page: Page) -> None:
    page.goto("/targets/wall/")
    expect(page.locator("main, body").first).to_contain_text("/")
    assert list(screens.violations(page)) == []
