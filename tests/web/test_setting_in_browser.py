"""The estimate as people fill it: fields typed faster than the server answers are all kept."""

import pytest
from playwright.sync_api import expect, sync_playwright

from scripts import screens
from tests.web.test_target_grid_in_browser import served  # noqa: F401

pytestmark = pytest.mark.browser

PAGE = "/targets/setting/?unit=SH&period=2027&show=yuan"
TYPED = {
    "actual.1": "1000000",
    "growth.1": "12",
    "source.growth.1": "行业年报",
    "growth.2": "3",
    "growth.3": "4",
    "growth.4": "5",
    "source.growth.4": "价目表",
    "leads.0": "9000",
    "average.0": "2000",
    "forced_growth.0": "25",
    "margin.0": "13",
}


@pytest.fixture
def page(served):  # noqa: F811
    address, session = served
    base = address.partition("/targets")[0]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=screens.CHROMIUM, args=screens.FLAGS)
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
        page = context.new_page()
        page.goto(base + PAGE)
        yield page
        chromium.close()


def test_fields_filled_one_after_the_other_are_all_kept_and_counted(page):
    for name, text in TYPED.items():
        page.locator(f"[name='{name}']").focus()
        page.keyboard.type(text)
        page.keyboard.press("Tab")

    expect(page.locator(".method.forced .figure")).to_contain_text("1,250,000.00")
    for name, text in TYPED.items():
        expect(page.locator(f"[name='{name}']")).to_have_value(text)
    page.reload()
    for name, text in TYPED.items():
        expect(page.locator(f"[name='{name}']")).to_have_value(text)


def test_what_is_being_typed_while_an_answer_comes_stands(page):
    page.locator("[name='growth.1']").fill("7")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Tab")
        page.locator("[name='mandate.0']").focus()
        page.keyboard.type("12")
    page.wait_for_load_state("networkidle")
    page.keyboard.type("34")
    page.keyboard.press("Tab")

    expect(page.locator("[name='mandate.0']")).to_have_value("1234")
