"""A manager's Monday, with real hands: what changed, what is overdue, a leaver's deals, three amounts, an export.

Walked in Chinese at a desk and in English on a phone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from scripts import screens
from scripts.visiting import Visitors, settled, watched

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Words:
    """What is pressed and read, in a language."""

    week_ago: str
    flagged: str
    yes: str
    save_as: str
    view: str
    owner: str
    hand_over: str
    look: str
    will: str
    changed: str
    undo: str
    undone: str
    edit: str
    saved: str
    export: str
    my_changes: str


ZH = Words(
    "一周前", "红旗", "是", "存为视图", "周一先看", "负责人", "转移", "看影响", "会改", "已改", "撤销", "已撤销。",
    "就地改", "已存。", "导出", "我的改动",
)  # fmt: skip
EN = Words(
    "A week ago", "Flagged", "Yes", "Save as view", "Monday first", "Owner", "Hand over", "See the effect",
    "will change", "Changed", "Undo", "Undone.", "Edit in place", "Saved.", "Export", "My changes",
)  # fmt: skip
MONDAYS = [
    pytest.param(ZH, screens.Look(1280, "light", "zh-hans"), 1, id="desk-zh"),
    pytest.param(EN, screens.Look(360, "dark", "en"), 2, id="phone-en"),
]
PIPELINE = "/reports/tables/pipeline/?show=yuan"


@pytest.fixture(scope="module")
def visitors(browser, served):
    return Visitors(browser, served)


def chip(page: Page, name: str) -> Locator:
    """Return the picker of a filter."""
    return page.locator(".bar details.picker").filter(has=page.locator(f"summary .name:text-is('{name}')"))


def total_of(page: Page) -> Decimal:
    """Return the sum of amounts as the header says it."""
    titles = page.locator("main thead tr:first-child th").all_inner_texts()
    at = next(at for at, title in enumerate(titles) if re.match("金额$|金额 |Amount", title.strip(" ↑↓\u00a0")))
    text = page.locator("main thead tr.total").locator("th, td").nth(at).inner_text()
    return Decimal(text.strip().replace(",", "").replace("−", "-"))


def owners_on(page: Page, words: Words) -> list[str]:
    """Return the owners of the rows that are shown, each once."""
    titles = [one.strip() for one in page.locator("main thead tr:first-child th").all_inner_texts()]
    cells = page.locator(f"main tbody tr > :nth-child({titles.index(words.owner) + 1})").all_inner_texts()
    return list(dict.fromkeys(one.strip() for one in cells if one.strip()))


def toast(page: Page, words: str) -> None:
    expect(page.locator("#toasts")).to_contain_text(words)


@pytest.mark.parametrize(("words", "look", "nth"), MONDAYS)
def test_a_managers_monday(visitors, words, look, nth, tmp_path):
    page = visitors.page("manager", look)
    said = watched(page)

    sees_what_changed(page, words)
    keeps_what_is_overdue_at_hand(page, words)
    hands_deals_over_and_takes_it_back(page, words, nth)
    adjusts_three_amounts(page, words)
    exports_for_the_boss(page, words, tmp_path)

    assert said == []


def sees_what_changed(page: Page, words: Words) -> None:
    page.goto("/")
    settled(page)
    expect(page.locator(".waterfall").first).to_be_visible()
    page.goto(PIPELINE)
    page.locator(".asof details").nth(1).locator("summary").click()
    page.locator(".asof details[open]").get_by_role("link", name=re.compile(words.week_ago)).click()
    page.wait_for_url("**compare=*")
    assert list(screens.violations(page)) == []


def keeps_what_is_overdue_at_hand(page: Page, words: Words) -> None:
    page.goto(PIPELINE)
    chip(page, words.flagged).locator("summary").click()
    chip(page, words.flagged).get_by_role("link", name=words.yes, exact=True).click()
    page.wait_for_url("**flagged=1*")
    page.get_by_role("link", name=words.save_as).click()
    page.locator("#id_name").fill(words.view)
    page.locator("#id_pinned").check()
    page.locator("main form .button.primary").click()
    page.wait_for_url("**view=*")

    page.goto("/")
    page.locator(".views").get_by_role("link", name=words.view).click()
    page.wait_for_url("**flagged=1*view=*")
    expect(page.locator(".views [aria-current=page]")).to_have_text(re.compile(words.view))


def hands_deals_over_and_takes_it_back(page: Page, words: Words, nth: int) -> None:
    page.goto(PIPELINE)
    name = owners_on(page, words)[nth]
    chip(page, words.owner).locator("summary").click()
    chip(page, words.owner).get_by_role("link", name=name).click()
    page.wait_for_url("**owner=*")
    of_leaver = page.url
    before = page.locator("main tbody tr").count()
    assert before > 0

    choose_all_and_hand_over(page, words, name)
    toast(page, words.changed)
    page.locator("#toasts").get_by_role("button", name=re.compile(words.undo)).click()
    toast(page, words.undone)
    page.goto(of_leaver)
    expect(page.locator("main tbody tr")).to_have_count(before)

    choose_all_and_hand_over(page, words, name)
    page.goto(of_leaver)
    expect(page.locator("main tbody tr")).to_have_count(0)
    page.goto("/changes/")
    expect(page.locator("h1")).to_have_text(words.my_changes)
    page.locator("main tbody tr").first.get_by_role("button").click()
    toast(page, words.undone)
    page.goto(of_leaver)
    expect(page.locator("main tbody tr")).to_have_count(before)


def choose_all_and_hand_over(page: Page, words: Words, leaver: str) -> None:
    """Select every row of the filter, choose another owner, look at the effect and decide."""
    bar = page.locator(".selection")
    expect(bar).to_be_hidden()
    page.locator("main tbody .pick input").first.check()
    bar.locator("input[name=all]").check()
    bar.get_by_role("button", name=words.hand_over).click()
    field = page.locator("#id_value")
    expect(field).to_be_visible()
    names = [one for one in field.locator("option").all_inner_texts()[1:] if one.strip() != leaver]
    field.select_option(label=names[0])
    page.get_by_role("button", name=words.look).click()
    expect(page.locator("p.answer")).to_contain_text(words.will)
    assert list(screens.violations(page)) == [] and list(screens.wide_elements(page)) == []
    page.locator(".decide .button.primary").click()
    page.wait_for_url("**/reports/tables/pipeline/**")


def adjusts_three_amounts(page: Page, words: Words) -> None:
    page.goto(PIPELINE)
    page.get_by_role("link", name=words.edit).click()
    page.wait_for_url("**edit=1*")
    expected = total_of(page)
    for at in range(3):
        cell = page.locator(f"#edit-amount-{at}")
        old = Decimal(cell.get_attribute("data-value"))
        cell.click()
        page.keyboard.type(str(old + 1000))
        page.keyboard.press("Enter")
        expect(cell).to_have_attribute(
            "data-value", f"{old + 1000:f}".rstrip("0").rstrip(".") if "." in str(old) else str(old + 1000)
        )
        expected += 1000
        expect(page.locator("main thead tr.total")).to_contain_text(f"{expected:,.2f}")
    toast(page, words.saved)
    page.reload()
    assert total_of(page) == expected


def exports_for_the_boss(page: Page, words: Words, folder) -> None:
    page.goto(f"{PIPELINE}&flagged=1&col=deal_id&col=owner_id&col=amount")
    page.locator(".tools details").filter(has_text=words.export).locator("summary").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Excel", exact=True).click()
    waiting.value.save_as(folder / "boss.xlsx")

    sheets = load_workbook(folder / "boss.xlsx").worksheets

    assert max(one.max_row for one in sheets) > page.locator("main table.report tbody tr").count() > 0
