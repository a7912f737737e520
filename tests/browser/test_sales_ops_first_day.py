"""The first day of sales operations: three messy workbooks, each mapped, mended and brought in; one taken back."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from scripts import screens
from scripts.places import Records
from scripts.visiting import Visitors, watched
from tests.browser.turns import in_turn

pytestmark = pytest.mark.browser

COLUMNS = {
    "code": "单子",
    "name": "单子",
    "owner": "跟单",
    "customer": "甲方",
    "stage": "进度",
    "amount": "万元数",
    "expected": "大概何时签",
}
ZH, EN = screens.Look(1280, "light", "zh-hans"), screens.Look(1280, "light", "en")


@pytest.fixture(scope="module")
def visitors(browser, served):
    return Visitors(browser, served)


def xlsx(*rows: list[object], sheet: str = "Sheet1", merged: str = "") -> bytes:
    """Return a workbook of one sheet."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(row)
    if merged:
        page.merge_cells(merged)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def people(tag: str) -> bytes:
    """Return a list of users below two rows of notes, with departments as paths."""
    titles = ["工号", "姓名", "性别", "部门", "职位", "手机号", "邮箱", "直属上级", "员工类型"]
    notes = ["填写说明：红色为必填，部门用 / 分隔"]
    one = [
        f"{tag}-01",
        f"迟{tag}远",
        "男",
        f"总部/{tag}大区/{tag}一组",
        "销售",
        "13900000001",
        f"{tag}@example.com",
        "",
        "正式",
    ]
    return xlsx(notes, ["请勿改动列名"], titles, one, sheet="用户", merged="A1:I1")


def ledger(tag: str, owner: str) -> bytes:
    """Return somebody's own list: a title above, unknown columns, 万元, a strange stage, a bad amount, a total."""
    return xlsx(
        ["销售台账（单位：万元）"],
        ["单子", "甲方", "跟单", "进度", "万元数", "大概何时签"],
        [f"{tag}-1", f"{tag}水务", owner, "在谈着呢", 12.5, "2030-12-01"],
        [f"{tag}-2", f"{tag}水务", owner, "客户规划", "很多", "2030-11-01"],
        [f"{tag}-3", f"{tag}能源", owner, "客户规划", "1,200", "2030-11-01"],
        ["合计", None, None, None, 1212.5, None],
        merged="A1:F1",
    )


def export(tag: str, owner: str) -> bytes:
    """Return an export of HubSpot, in GBK and with titles in another case."""
    rows = [
        "Record ID,Deal Name,Deal Stage,Amount,Close date,Deal Owner,Pipeline,Create Date,Associated Company",
        f"{tag}900,{tag}二期,Contract Sent,860000,2030-06-15 00:00,{owner},Sales Pipeline,2026-01-08 11:12,{tag}水务",
        f"{tag}901,{tag}三期,Vendor check,54000.5,2030-03-31 18:00,{owner},Sales Pipeline,2025-12-02 09:30,{tag}水务",
    ]
    return "\n".join([*rows, ""]).encode("gb18030")


def bring(page: Page, name: str, content: bytes) -> None:
    """Upload a file and wait for the choice of columns."""
    page.goto("/imports/")
    page.set_input_files("#id_files", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.locator("main form .button.primary").first.click()
    page.wait_for_url("**/columns/")


def write(page: Page) -> str:
    """Press the button that writes, and return the address of the batch."""
    page.locator("main form[action$='/commit/'] button").click()
    page.wait_for_url("**/imports/batches/*/")
    return page.url


def say_meaning(page: Page, word: str, meant: str) -> None:
    """Say what a word means: it is no longer among the unknown ones, and stands among those that were read."""
    said = re.compile(f"[“「]{word}[”」]")
    line = page.locator("section:not(.reading) .decisions li", has_text=said)
    line.locator("select").select_option(meant)
    line.locator("button").click()
    page.wait_for_load_state()
    expect(line).to_have_count(0)
    expect(page.locator(".reading .decisions li", has_text=said).filter(has_text=meant)).to_have_count(1)


def found(page: Page, word: str) -> int:
    page.goto(f"/search/?q={word}")
    return page.locator("main .results a", has_text=word).count()


def looked_at(page: Page) -> None:
    """Wait for the preview, which has nothing for axe to complain of."""
    page.wait_for_url(re.compile(r"/imports/files/[^/]+/$"))
    assert list(screens.violations(page)) == []


def bring_people(page: Page, tag: str) -> None:
    """The system is told by its headers, and read by one button."""
    bring(page, "user_import_cn.xlsx", people(tag))
    assert list(screens.violations(page)) == []
    page.locator("form[action$='/read-by/'] button").first.click()
    looked_at(page)
    write(page)


def bring_ledger(page: Page, tag: str, owner: str) -> None:
    """Columns are chosen by hand, a word is explained, a row is refused and comes back, the mapping is saved."""
    bring(page, "台账.xlsx", ledger(tag, owner))
    page.locator("#t0-relation").select_option("deals")
    page.locator("button[name=again]").click()
    page.wait_for_load_state()
    for field, title in COLUMNS.items():
        page.locator(f"select[name='t0-c-{field}']").select_option(label=title)
    page.locator("#t0-unit").select_option(value="万元")
    assert list(screens.violations(page)) == []
    page.locator("button[name=look]").click()
    looked_at(page)
    say_meaning(page, "在谈着呢", "客户规划")
    page.locator("#save-name").fill(f"{tag}台账")
    page.locator("form[action$='/save/'] button").click()
    page.wait_for_load_state()
    with page.expect_download() as refused:
        page.locator("a[href$='/refused.xlsx']").click()
    sheet = openpyxl.load_workbook(io.BytesIO(refused.value.path().read_bytes())).worksheets[0]
    assert f"{tag}-2" in [row[0] for row in sheet.values]
    assert f"{tag}-3" not in [row[0] for row in sheet.values]
    write(page)


def bring_export(page: Page, tag: str, owner: str) -> None:
    """An export of a CRM is told by its headers; a stage of its own is read as one of ours."""
    bring(page, "hubspot.csv", export(tag, owner))
    page.locator("form[action$='/read-by/'] button").first.click()
    looked_at(page)
    say_meaning(page, "Vendor check", "客户规划")
    write(page)


def set_calendar_and_rule(page: Page, place: int) -> None:
    """A day off by a notice of the company, and another number of days for what is stalled."""
    page.goto("/settings/calendar/")
    page.locator("table.calendar input[type=checkbox]").nth(place).click()
    page.locator("#source").fill("公司通知")
    page.locator("main form .button.primary").last.click()
    expect(page.locator("#toasts .toast")).to_have_count(1)
    page.goto("/settings/rules/deals.stalled_days/")
    page.locator("#id_value").fill(str(60 + place))
    page.locator("#id_reason").fill("按去年的周期")
    page.locator("main form .button.primary").click()
    expect(page.locator("main table.history")).to_contain_text(str(60 + place))


@pytest.mark.parametrize(("look", "tag", "place"), in_turn("en", (ZH, "甲", 9), (EN, "乙", 10)))
def test_three_messy_workbooks_come_in_and_one_is_taken_back(visitors, look, tag, place):
    owner = visitors.served.people["rep"]
    page = visitors.page("sales_ops", look)
    said = watched(page)

    bring_people(page, tag)
    bring_ledger(page, tag, owner)
    amount = Records(visitors.served.database).one("SELECT amount FROM rec_deals WHERE code = ?", f"{tag}-3")
    bring_export(page, tag, owner)
    before = found(page, f"{tag}三期")
    page.goto("/imports/")
    page.locator("main form[action$='/undo/'] button").first.click()
    page.wait_for_load_state()
    set_calendar_and_rule(page, place)

    assert amount == str(1200_0000_00)
    assert (before, found(page, f"{tag}三期")) == (1, 0)
    assert (found(page, f"迟{tag}远"), found(page, f"{tag}-3")) == (1, 1)
    assert said == []
    page.close()
