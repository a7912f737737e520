"""What people do, with real hands on the demo company: sign in, drill, edit, plan, import, invite."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from scripts import screens
from scripts.places import Records, files
from scripts.visiting import Visitors, settled, watched

pytestmark = pytest.mark.browser

PASSWORD = "江上清风 山间明月 9 只白鹭"
WRONG = "江上清风 山间明月 8 只白鹭"


@pytest.fixture(scope="module")
def visitors(browser, served):
    return Visitors(browser, served)


@pytest.fixture
def open_page(visitors):
    """Return a function that opens a page of a role, or of a browser given; what a page complains of fails the test."""
    opened, said = [], []

    def page_of(role="", *, browser=None) -> Page:
        page = browser.new_page() if browser else visitors.page(role)
        page.set_default_timeout(15_000)
        opened.append(page)
        said.append(watched(page))
        return page

    yield page_of
    for page in opened:
        page.close()
    assert [one for each in said for one in each] == []


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def come_by_link(page: Page, link: str) -> str:
    """Sign in by a one-time link, set the password, and return the name of the account."""
    page.goto(link)
    press(page, "登录")
    page.get_by_label("新密码").fill(PASSWORD)
    page.get_by_label("再写一次").fill(PASSWORD)
    name = page.locator("main p b").inner_text()
    page.locator("main form .button.primary").click()
    toast(page, "密码")
    return name


def leave(page: Page) -> None:
    page.locator("details.account summary").click()
    press(page, "退出")
    expect(page).to_have_url(re.compile("/sign-in/"))


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def amount_of(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def toast(page: Page, words: str) -> None:
    expect(page.locator("#toasts")).to_contain_text(words)


def test_a_link_is_used_once_and_from_then_on_the_password_opens(visitors, open_page):
    link = visitors.served.links["finance"]
    page = open_page(browser=visitors.stranger())
    name = come_by_link(page, link)
    leave(page)

    sign_in(page, name, PASSWORD)
    expect(page.locator("details.account")).to_contain_text(visitors.served.people["finance"])
    leave(page)
    page.goto(link)
    press(page, "登录")
    expect(page.locator("main")).to_contain_text("请管理员")


def test_five_wrong_passwords_lock_the_door_in_the_words_of_the_first(visitors, open_page):
    page = open_page(browser=visitors.stranger())
    name = come_by_link(page, visitors.served.links["executive"])
    leave(page)
    sign_in(page, name, PASSWORD)
    leave(page)
    answers = set()
    for _ in range(5):
        sign_in(page, name, WRONG)
        answers.add(page.locator(".form-errors").inner_text().strip())

    sign_in(page, name, PASSWORD)

    answers.add(page.locator(".form-errors").inner_text().strip())
    assert answers == {"账号或密码不对，或者试得太多被暂时锁定。15 分钟后再试，或请管理员发一个登录链接。"}


def rows_of_every_page(page):
    while True:
        yield from page.locator("main tbody tr td:last-child").all_inner_texts()
        following = page.get_by_role("link", name="下一页")
        if not following.count():
            return
        page.goto(urljoin(page.url, following.get_attribute("href")))


def test_a_number_of_the_cockpit_opens_to_the_rows_that_add_up_to_it(open_page):
    page = open_page("manager")
    page.goto("/?show=yuan")
    number = page.locator("p.answer a.door")
    told = number.inner_text()

    number.click()
    expect(page.locator("#sheet .value")).to_contain_text(told)
    page.locator("#sheet").get_by_role("link", name="打开这些行").click()
    page.wait_for_url("**/reports/targets/done/**")

    header = page.locator("main thead .total td").last.inner_text()
    rows = list(rows_of_every_page(page))
    assert header == told
    assert len(rows) > 1 and sum(map(amount_of, rows)) == amount_of(told)


def test_the_second_of_two_edits_of_an_amount_is_shown_both_values(visitors, open_page):
    deal = "/deals/" + Records(visitors.served.database).one(
        "SELECT uid FROM rec_deals WHERE state = 0 AND owner_id = (SELECT id FROM rec_people WHERE name = ?)",
        visitors.served.people["rep"],
    )
    first, second = open_page("rep"), open_page(browser=visitors.again("rep"))
    for page in (first, second):
        page.goto(f"{deal}/")
        page.locator("#edit-amount").click()
    first.keyboard.type("321.50")
    first.keyboard.press("Enter")
    toast(first, "已存。")

    second.keyboard.type("654")
    second.keyboard.press("Enter")
    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("654.00")
    expect(conflict).to_contain_text("321.50")
    assert list(screens.violations(second)) == []
    conflict.get_by_role("button", name="用我的").click()

    expect(second.locator("#edit-amount")).to_contain_text("654.00")
    first.reload()
    expect(first.locator("#edit-amount")).to_contain_text("654.00")


def test_a_target_is_typed_saved_and_undone_with_the_keyboard_alone(open_page):
    page = open_page("sales_ops")
    page.goto("/targets/grid/")
    cell = page.locator("tr[data-row]").nth(1).locator("td[data-at$='-12'] input")
    before = cell.input_value()
    cell.focus()

    page.keyboard.type("=+5%")
    page.keyboard.press("Enter")
    expect(page.locator("[data-unsaved]")).to_contain_text("1")
    page.keyboard.press("Control+s")
    toast(page, "已存 1 格。")
    page.reload()
    expect(cell).not_to_have_value(before)

    page.goto("/targets/saves/")
    page.locator("main tbody a").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="撤销这次填报").press("Enter")
    page.wait_for_load_state()
    page.goto("/targets/grid/")
    expect(cell).to_have_value(before)


def test_a_file_is_looked_at_written_and_taken_back(visitors, open_page):
    page = open_page("sales_ops")
    page.goto("/imports/")
    text = files(visitors.served)["商机.csv"]
    page.set_input_files("#id_files", {"name": "商机.csv", "mimeType": "text/csv", "buffer": text.encode()})
    press(page, "看预览")
    expect(page.locator("p.answer")).to_have_text("可以写入 2 条，另有 2 行不收。")
    found = page.locator("main .results a", has_text="二期泵站智控")

    page.locator("main form .button.primary").click()
    toast(page, "已写入 2 条。")
    batch = page.url
    page.goto("/search/?q=二期泵站智控")
    expect(found).to_have_count(1)

    page.goto(batch)
    press(page, "撤销导入")
    expect(page.locator("main table").last).to_contain_text("已整批撤销")
    page.goto("/search/?q=二期泵站智控")
    expect(found).to_have_count(0)


def test_a_new_person_comes_in_by_link_and_the_log_and_why_tell_about_it(visitors, open_page):
    admin = open_page("admin")
    admin.goto("/settings/people/new/")
    admin.get_by_label("姓名").fill("燕归来")
    admin.get_by_label("归属组织").select_option(index=2)
    press(admin, "建人员")
    admin.wait_for_load_state()
    press(admin, "发登录链接")
    link = admin.get_by_label("登录链接").input_value()

    guest = open_page(browser=visitors.stranger())
    come_by_link(guest, link)
    expect(guest.locator("details.account")).to_contain_text("燕归来")
    settled(guest)

    admin.goto("/settings/log/")
    expect(admin.locator("table.log")).to_contain_text("燕归来")
    operations = open_page("sales_ops")
    operations.goto("/why/")
    operations.get_by_label("商机号或商机名称").fill(
        Records(visitors.served.database).one("SELECT code FROM rec_deals WHERE state = 0 ORDER BY id")
    )
    operations.get_by_label("谁").fill("燕归来")
    press(operations, "看原因")
    expect(operations.locator("main .answer")).to_contain_text("燕归来 看不到")
    expect(operations.locator(".reasons li")).to_contain_text(["不成立"] * 3)


@pytest.mark.parametrize(
    ("text", "label", "leads_to"),
    [
        ("日志", "日志", "/settings/log/"),
        ("sjztb", "商机在途表", "/reports/tables/pipeline/"),
        ("forecast", "预测", "/reports/tables/forecast/"),
    ],
)
def test_the_palette_finds_by_characters_by_initials_and_in_english_and_enter_opens(open_page, text, label, leads_to):
    page = open_page("sales_ops")
    page.goto("/")
    settled(page)

    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="搜索或跳转")
    box.fill(text)
    chosen = page.locator('#palette-list [role="option"][aria-selected="true"]').filter(has_text=label)
    chosen.wait_for()
    box.press("Enter")

    page.wait_for_url(f"**{leads_to}**")
