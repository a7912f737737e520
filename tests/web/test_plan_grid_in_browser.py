"""The decomposition grid as people use it: a browser against the running pages."""

import re

import pytest
from playwright.sync_api import expect, sync_playwright

from scripts import screens
from tests.store.switching import migrate, using
from tests.web.test_target_grid_in_browser import serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def planned(tmp_path_factory, django_db_blocker):
    """Serve the small company with a plan, broken down; return its address and the sessions of two who plan."""
    from django.test import Client

    from dacheng.service.plans import break_down
    from dacheng.store.actions.plans import create_plan
    from dacheng.store.models import Account
    from tests.store import company

    url = f"sqlite:///{tmp_path_factory.mktemp('planned') / 'planned.sqlite3'}"
    sessions = {}
    with django_db_blocker.unblock(), using(url):
        migrate()
        company.load()
        at, ops = company.AT, company.actor("ops")
        months = {"from_ym": 12 * 2027, "until_ym": 12 * 2028}
        plan = create_plan(actor=ops, at=at, values={"name": "下年", "unit_id": company.uid("units", "HQ"), **months})
        break_down(ops, at, plan.uid, company.number("measures", "contract"), 1200_00, [1] * 12)
        for code in ("ops", "east"):
            account = Account.objects.create(username=code, person_id=company.number("people", code))
            client = Client()
            client.force_login(account, backend="dacheng.store.signing_in.PersonBackend")
            sessions[code] = client.cookies["sessionid"].value
    with serving(url) as address:
        yield f"{address}/targets/plans/{plan.uid}/?show=yuan", sessions


@pytest.fixture
def grid_of(planned):
    """Return a function that opens the plan as somebody; a script or policy error fails the test."""
    address, sessions = planned
    problems = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=screens.CHROMIUM, args=screens.FLAGS)

        def opened(code):
            context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
            base = address.partition("/targets")[0]
            context.add_cookies([{"name": "sessionid", "value": sessions[code], "url": base}])
            page = context.new_page()
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
            page.goto(address)
            return page

        yield opened
        chromium.close()
    assert problems == []


def cell(page, name, column):
    row = page.locator("tbody tr[data-row]").filter(has=page.get_by_role("rowheader", name=name, exact=True))
    return row.locator(f"td[data-at='{column}'] input")


def typed(page, name, column, text):
    cell(page, name, column).focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_an_edit_is_answered_with_all_that_follows_and_taken_back(grid_of):
    page = grid_of("ops")

    typed(page, "李雷", "2027-01", "=+200%")
    expect(cell(page, "集团", "year")).to_have_value("1,250")
    expect(page.locator(".proof")).to_contain_text("Σ 一致")
    expect(page.locator("[data-effects]")).to_contain_text("上海组 1月")

    page.keyboard.press("Control+z")
    expect(cell(page, "集团", "year")).to_have_value("1,200")
    expect(page.locator("[data-unsaved]")).to_have_text("都已保存")


def test_what_cannot_be_is_told_and_the_cell_keeps_what_it_had(grid_of):
    page = grid_of("ops")
    cell(page, "王强", "2027-02").focus()
    page.keyboard.press("Space")
    cell(page, "李雷", "2027-02").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-unsaved]")).to_have_text("未保存 2 处")

    typed(page, "上海组", "2027-02", "70")

    expect(page.locator(".grid-messages")).to_contain_text("没有改")
    expect(cell(page, "上海组", "2027-02")).to_have_value("50")
    page.get_by_role("button", name="放弃").click()
    expect(page.locator("td.pinned")).to_have_count(0)


def test_the_panel_says_how_a_cell_came_about_and_takes_its_bounds(grid_of):
    page = grid_of("ops")
    cell(page, "赵敏", "2027-03").focus()
    panel = page.locator("[data-cell-panel]")
    expect(panel).to_contain_text("赵敏 3月")

    panel.get_by_label("下限").fill("40")
    panel.get_by_role("button", name="设条件").click()
    expect(page.locator("[data-unsaved]")).to_have_text("未保存 1 处")
    typed(page, "赵敏", "2027-03", "40")

    expect(page.locator("td.at-low input")).to_have_value(re.compile("40"))


def test_the_panel_is_read_again_once_a_pin_is_saved(grid_of):
    page = grid_of("ops")
    cell(page, "李雷", "2027-09").focus()
    panel = page.locator("[data-cell-panel]")
    expect(panel).to_contain_text("未固定")

    page.keyboard.press("Space")
    expect(page.locator("[data-unsaved]")).to_have_text("未保存 1 处")
    page.keyboard.press("Control+s")

    expect(page.locator("#toasts")).to_contain_text("已存")
    expect(panel).not_to_contain_text("未固定")
    expect(panel).to_contain_text("固定")
    page.keyboard.press("Space")
    page.keyboard.press("Control+s")
    expect(panel).to_contain_text("未固定")


def test_what_is_saved_is_told_and_a_conflict_shows_both_values(grid_of):
    mine, theirs = grid_of("ops"), grid_of("east")
    typed(theirs, "李雷", "2027-05", "30")
    theirs.keyboard.press("Control+s")
    expect(theirs.locator("#toasts")).to_contain_text("已存 2 格。")

    typed(mine, "李雷", "2027-05", "40")
    mine.keyboard.press("Control+s")
    expect(mine.locator(".grid-messages")).to_contain_text("「李雷 5月」已被 华东经理 改为 30.00，你写的是 40.00。")
    mine.get_by_role("button", name="用我的 40.00").click()
    mine.keyboard.press("Control+s")

    expect(mine.locator("#toasts")).to_contain_text("已存")
    expect(cell(mine, "李雷", "2027-05")).to_have_value("40")


def head_of(page, name):
    return page.locator("tbody tr[data-row] th").filter(has=page.get_by_role("link", name=name, exact=True))


def test_a_row_that_is_dragged_onto_a_unit_shows_what_that_does_before_it_is_done(grid_of):
    page = grid_of("ops")

    head_of(page, "李雷").locator("a").first.drag_to(head_of(page, "华南"))

    page.wait_for_url("**/rows/place/**")
    expect(page.locator("table").first).to_contain_text("华南")
    assert page.locator("input[name=sure]").count() == 1


def test_a_unit_is_lifted_with_keys_and_put_back_or_taken_to_where_it_may_go(grid_of):
    page = grid_of("ops")
    name = head_of(page, "上海组").locator("a").first
    name.focus()
    page.keyboard.press("Space")
    expect(page.locator("tr.lifted")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("tr.lifted, tr.over")).to_have_count(0)

    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr.over th")).to_contain_text("华南")
    page.keyboard.press("Space")

    page.wait_for_url("**/rows/place/**")
    assert page.locator("input[name=sure]").count() == 1
