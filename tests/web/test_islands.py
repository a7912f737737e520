"""The islands and components in a real browser, on the gallery: keys, sheet, search, edits in place, the grid."""

import json
import subprocess
import sys
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from scripts import screens

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [
    "/", "/report", "/report?empty=1", "/drill", "/deal?toast=1", "/grid", "/people", "/import", "/sign-in", "/problem",
]  # fmt: skip
LOOKS = screens.looks([1280, 360], ["light", "dark"], ["zh-hans", "en"])
CHECKED = [screens.Look(1280, "light", "zh-hans"), screens.Look(360, "dark", "en")]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def gallery():
    """Serve the gallery on a free port and return its address."""
    command = [sys.executable, "-m", "scripts.gallery", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout
    port = json.loads(process.stdout.readline())["port"]
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=screens.CHROMIUM, args=screens.FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(gallery, browser):
    """Return a function that opens a page of the gallery; a script or policy error fails the test."""
    contexts, problems = [], []

    def opened(path: str, look: screens.Look = CHECKED[0], **options: object) -> Page:
        context = browser.new_context(
            viewport={"width": look.width, "height": 800},
            has_touch=look.width < 600,
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
            **options,
        )
        context.add_cookies(screens.cookies_for(gallery, look, []))
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
        page.goto(gallery + path)
        contexts.append(context)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def writes_of(page: Page) -> list[str]:
    """Return a list that fills with the addresses the page writes to from now on."""
    written: list[str] = []
    page.on("request", lambda request: written.append(request.url) if request.method != "GET" else None)
    return written


@pytest.mark.parametrize(("path", "look"), [
    pytest.param(path, look, id=f"{path}-{look}", marks=[] if look in CHECKED else pytest.mark.slow)
    for path, look in product(PAGES, LOOKS)
])  # fmt: skip
def test_every_page_is_accessible_and_fits_the_screen(visit, path, look):
    page = visit(path, look)

    assert list(screens.violations(page)) == []
    assert list(screens.wide_elements(page)) == []


@pytest.mark.parametrize("look", [CHECKED[0], screens.Look(1280, "dark", "en")], ids=str)
def test_what_opens_is_accessible_too(visit, look):
    page = visit("/report", look)
    page.click("thead .total a.door >> nth=1")
    expect(page.locator("#sheet-title")).to_be_focused()
    found = list(screens.violations(page))

    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("水务")
    expect(page.get_by_role("option")).to_have_count(2)
    found += list(screens.violations(page))

    assert found == []


def test_a_number_opens_beside_the_table_and_gives_the_focus_back(visit):
    page = visit("/report")
    number = page.locator("thead .total a.door").nth(1)
    number.focus()

    page.keyboard.press("Enter")
    expect(page.locator("#sheet")).to_be_visible()
    expect(page.locator("#sheet-title")).to_be_focused()
    expect(number).to_have_attribute("aria-expanded", "true")

    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(number).to_be_focused()


def test_backspace_goes_back_to_the_number_one_came_from(visit):
    page = visit("/report")
    page.click("thead .total a.door >> nth=1")
    inner = page.locator("#sheet tbody a.door").first
    inner.click()
    expect(page.locator("#sheet .value")).to_contain_text("3,397.41")

    page.keyboard.press("Backspace")

    expect(page.locator("#sheet .value")).to_contain_text("5,478.13")
    expect(inner).to_be_focused()


def test_a_pinned_sheet_leaves_the_table_its_room(visit):
    page = visit("/report")
    page.click("thead .total a.door >> nth=1")
    expect(page.locator("#sheet-title")).to_be_focused()

    page.keyboard.press("p")

    table, sheet = page.locator(".table-region").first.bounding_box(), page.locator("#sheet").bounding_box()
    assert table and sheet and table["x"] + table["width"] <= sheet["x"]


def test_a_link_to_the_sheet_is_a_page_without_javascript(visit):
    page = visit("/report", java_script_enabled=False)

    page.click("thead .total a.door >> nth=1")

    expect(page.locator("h1")).to_have_text("加权额 合计")
    expect(page.locator(".sheet-body .value")).to_contain_text("5,478.13")


def test_every_look_from_another_day_is_an_address_without_javascript(visit):
    page = visit("/report", java_script_enabled=False)
    page.click(".asof summary >> nth=0")

    page.fill("input[name=as_of]", "2026-10-31")
    page.click(".asof form button >> nth=0")

    assert "as_of=2026-10-31" in page.url
    assert "scope=east" in page.url and "compare=2026-11-13" in page.url


def test_search_jumps_with_the_keyboard_alone(visit):
    page = visit("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("水务")
    expect(page.get_by_role("option")).to_have_count(2)

    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("鹭岛水务")
    page.keyboard.press("Enter")

    page.wait_for_url("**/deal")


def test_search_says_what_to_do_when_it_finds_nothing(visit):
    page = visit("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("没有的词")

    expect(page.locator("#palette [role=status]")).to_have_text("没有找到「没有的词」。换一个词，或写编号。")


def test_rows_are_walked_and_opened_by_single_keys_that_can_be_switched_off(visit):
    page = visit("/report")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#deal-1")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#deal-0")).to_be_focused()

    page.keyboard.press("?")
    page.uncheck("[data-single-keys]")
    page.keyboard.press("Escape")
    page.keyboard.press("j")

    expect(page.locator("#deal-1")).not_to_be_focused()


def test_a_touch_anywhere_on_a_row_opens_it(visit):
    page = visit("/report", screens.Look(360, "light", "zh-hans"))

    page.tap("#deal-1 td >> nth=0")

    page.wait_for_url("**/deal")


def test_a_changed_number_shows_its_old_value_on_hover_and_on_focus(visit):
    page = visit("/report")
    page.hover("#deal-0 td >> nth=4")
    expect(page.get_by_role("tooltip")).to_have_text("原 80.0%")

    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()

    page.focus("#deal-1 td:nth-child(6) a")
    expect(page.get_by_role("tooltip")).to_have_text("原 70.0%")


def test_only_a_table_that_scrolls_takes_the_focus(visit):
    wide, narrow = visit("/people"), visit("/report", screens.Look(360, "light", "zh-hans"))

    expect(wide.locator(".table-region")).not_to_have_attribute("tabindex", "0")
    expect(narrow.locator(".table-region").first).to_have_attribute("tabindex", "0")


def test_an_edit_in_place_saves_with_enter_and_is_undone_with_control_z(visit):
    page = visit("/deal")
    page.focus("#edit-amount")
    page.keyboard.press("F2")
    page.keyboard.type("870")
    with page.expect_request("**/edit/amount") as sent:
        page.keyboard.press("Enter")

    headers = sent.value.all_headers()
    assert sent.value.post_data == "value=870&version=3"
    assert headers["x-csrftoken"] and len(headers["idempotency-key"]) == 32
    expect(page.locator("#edit-amount")).to_be_focused()
    expect(page.locator("#edit-amount")).to_contain_text("870")
    expect(page.locator("#toasts")).to_contain_text("已存。")

    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_have_text("已撤销。")


def test_escape_keeps_the_old_value_and_leaves_no_request(visit):
    page = visit("/deal")
    sent = writes_of(page)
    page.click("#edit-amount")
    page.keyboard.type("1")

    page.keyboard.press("Escape")

    expect(page.locator("#edit-amount")).to_be_focused()
    expect(page.locator("#edit-amount")).to_contain_text("860.00")
    assert sent == []


def test_a_refused_edit_keeps_what_was_typed_and_says_why(visit):
    page = visit("/deal")
    page.click("#edit-amount")
    page.keyboard.type("422")
    page.keyboard.press("Enter")

    field = page.get_by_role("textbox", name="金额 含税")
    expect(field).to_have_value("422")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("金额要大于 500。写成 600，或先降级。")


@pytest.mark.parametrize(("choice", "value"), [("用我的", "409"), ("用现在的", "860.00")])
def test_a_conflict_shows_both_values_and_one_is_chosen(visit, choice, value):
    page = visit("/deal")
    page.click("#edit-amount")
    page.keyboard.type("409")
    page.keyboard.press("Enter")
    conflict = page.locator(".conflict")
    expect(conflict).to_be_focused()
    expect(conflict).to_contain_text("409")
    expect(conflict).to_contain_text("900.00")

    conflict.get_by_text(choice).click()

    expect(page.locator("#edit-amount")).to_contain_text(value)
    expect(conflict).to_have_count(0)


def test_charts_become_tables_and_back(visit):
    page = visit("/")
    page.keyboard.press("t")
    expect(page.locator(".waterfall .drawing svg").first).to_be_hidden()

    page.keyboard.press("t")
    expect(page.locator(".waterfall .drawing svg").first).to_be_visible()


def grid_page(visit, path="/grid", **options):
    """Return the grid with short ways to its parts."""
    page = visit(path, **options)
    return SimpleNamespace(
        page=page,
        cell=lambda row, column: page.locator(f"tr[data-row={row}] td[data-at={column}]"),
        input=lambda row, column: page.locator(f"tr[data-row={row}] td[data-at={column}] input"),
        proof=page.locator(".proof"),
    )


def test_the_grid_adds_up_and_proves_itself_after_every_edit(visit):
    grid = grid_page(visit)
    expect(grid.proof).to_contain_text("Σ 一致")
    before = grid.cell("u2", "q1").inner_text()

    grid.input("u2", "m1").focus()
    grid.page.keyboard.type("=+20")
    grid.page.keyboard.press("Enter")

    assert int(grid.cell("u2", "q1").inner_text()) == int(before) + 20
    expect(grid.input("u3", "m1")).to_be_focused()
    expect(grid.cell("u2", "m1")).to_have_class("dirty")
    expect(grid.proof).to_contain_text("Σ 不一致 1 项，差异 −20.00")
    expect(grid.proof).to_contain_text("未保存 1 格")


def test_a_grid_that_does_not_add_up_is_not_saved_and_leads_to_the_cell(visit):
    grid = grid_page(visit)
    sent = writes_of(grid.page)
    grid.input("u2", "m1").focus()
    grid.page.keyboard.type("=+20")
    grid.page.keyboard.press("Control+s")

    expect(grid.page.locator("#toasts")).to_contain_text("先改平再保存")
    grid.proof.get_by_role("button", name="江苏 1 月").click()

    expect(grid.input("u1", "m1")).to_be_focused()
    assert sent == []


def test_the_changed_cells_are_saved_as_one_action_with_their_versions(visit):
    grid = grid_page(visit)
    for row in ("u1", "u2"):
        grid.input(row, "m1").focus()
        grid.page.keyboard.type("=+0.01")
        grid.page.keyboard.press("Tab")
    with grid.page.expect_request("**/grid/save") as sent:
        grid.page.keyboard.press("Control+s")

    cells = sent.value.post_data_json["cells"]
    assert [(cell["row"], cell["column"], cell["version"]) for cell in cells] == [("u1", "m1", "1"), ("u2", "m1", "1")]
    assert all(cell["value"].isdigit() for cell in cells)
    expect(grid.proof).to_contain_text("都已保存")
    expect(grid.input("u1", "m1")).to_have_attribute("data-version", "1")

    grid.input("u1", "m1").focus()
    grid.page.keyboard.type("=-0.01")
    grid.input("u2", "m1").focus()
    grid.page.keyboard.type("=-0.01")
    with grid.page.expect_request("**/grid/save") as again:
        grid.page.keyboard.press("Control+s")
    assert {cell["version"] for cell in again.value.post_data_json["cells"]} == {"2"}


def test_a_conflict_in_the_grid_shows_both_values_and_writes_nothing(visit):
    grid = grid_page(visit, "/grid?show=1")
    grid.input("u2", "m1").focus()
    grid.page.keyboard.type("409")
    grid.page.keyboard.press("Control+s")
    conflict = grid.page.locator(".grid-messages .conflict")
    expect(conflict).to_have_text("「陆知远 1 月」已被 贺明川 改为 88.00，你写的是 409.00。用我的 409.00用对方的 88.00")

    conflict.get_by_role("button", name="用对方的 88.00").click()

    expect(grid.input("u2", "m1")).to_have_value("88")
    expect(grid.proof).to_contain_text("都已保存")


def test_a_refused_cell_keeps_what_was_typed_and_says_why(visit):
    grid = grid_page(visit, "/grid?show=1")
    grid.input("u2", "m1").focus()
    grid.page.keyboard.type("422")
    grid.page.keyboard.press("Control+s")

    expect(grid.page.locator(".grid-messages")).to_have_text("「陆知远 1 月」没有存上：超过上限 400.00。")
    expect(grid.cell("u2", "m1")).to_have_class("dirty refused")
    expect(grid.proof).to_contain_text("未保存 1 格")


def test_what_cannot_be_read_stays_red_and_the_old_amount_is_kept(visit):
    grid = grid_page(visit)
    before = grid.cell("u2", "q1").inner_text()
    grid.input("u2", "m1").focus()
    grid.page.keyboard.type("十万")
    grid.page.keyboard.press("Enter")

    expect(grid.input("u2", "m1")).to_be_focused()
    expect(grid.input("u2", "m1")).to_have_attribute("aria-invalid", "true")
    expect(grid.page.locator("#toasts")).to_contain_text("「十万」不是数字")
    assert grid.cell("u2", "q1").inner_text() == before


def test_a_block_from_excel_is_shown_before_it_is_pasted(visit):
    grid = grid_page(visit, "/grid?show=1")
    grid.input("u2", "m1").focus()
    grid.page.evaluate("navigator.clipboard.writeText('90\\t61\\n80\\tx')")
    grid.page.keyboard.press("Control+v")
    preview = grid.page.get_by_role("dialog", name="从 Excel 粘贴")
    expect(preview).to_contain_text("2 行 × 2 列，从「陆知远 1 月」起：改 3 格，不变 0 格，跳过 0 格。")
    expect(preview).to_contain_text("1 格读不懂，会跳过：x")
    expect(grid.proof).to_contain_text("都已保存")

    preview.get_by_role("button", name="粘贴 3 格").click()
    expect(grid.proof).to_contain_text("未保存 3 格")

    grid.page.keyboard.press("Control+z")
    expect(grid.proof).to_contain_text("都已保存")
    grid.page.keyboard.press("Control+y")
    expect(grid.proof).to_contain_text("未保存 3 格")


def test_a_selection_is_filled_and_copied_as_a_block(visit):
    grid = grid_page(visit, "/grid?show=1")
    grid.input("u2", "m1").focus()
    grid.page.keyboard.press("Shift+ArrowRight")
    grid.page.keyboard.press("Shift+ArrowDown")
    grid.page.keyboard.type("5")
    grid.page.keyboard.press("Control+Enter")
    expect(grid.proof).to_contain_text("未保存 4 格")

    grid.page.keyboard.press("Control+c")

    assert grid.page.evaluate("navigator.clipboard.readText()") == "5\t5\n5\t5"


def test_sums_are_stepped_over_and_cannot_be_typed(visit):
    grid = grid_page(visit)
    grid.input("u2", "m3").focus()

    grid.page.keyboard.press("ArrowRight")

    expect(grid.input("u2", "m4")).to_be_focused()
    expect(grid.cell("u2", "q2").locator("input")).to_have_count(0)


def test_the_grid_is_a_form_without_javascript(visit):
    grid = grid_page(visit, java_script_enabled=False)
    grid.input("u2", "m1").fill("123.456789")
    grid.page.click(".proof button[type=submit]")

    posted = dict(line.split("=", 1) for line in grid.page.locator("body").inner_text().splitlines())
    assert posted["c.u2.m1.1"] == "123.456789"
    assert posted["c.u5.m1.1"] == ""
    assert len([name for name in posted if name.startswith("c.")]) == 8 * 12
