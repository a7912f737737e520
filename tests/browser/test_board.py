"""The board with real hands: a card dragged, moved with keys, moved from its menu, and put back when refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scripts import screens
from scripts.visiting import Visitors, settled, watched

pytestmark = pytest.mark.browser

BOARD = "/deals/board/"


@pytest.fixture(scope="module")
def visitors(browser, served):
    return Visitors(browser, served)


@pytest.fixture
def board(visitors):
    """Return a function that opens the board; what the page complains of fails the test."""
    said = []

    def opened(role="sales_ops", look=None) -> Page:
        page = visitors.page(role, look) if look else visitors.page(role)
        page.set_default_timeout(10_000)
        said.append(watched(page))
        page.goto(BOARD)
        settled(page)
        return page

    yield opened
    assert [one for each in said for one in each] == []


def lane(page: Page, at: int):
    return page.locator("[data-lane]").nth(at)


def count(page: Page, at: int) -> int:
    return int(lane(page, at).locator(".count").inner_text().replace(",", ""))


def cards(page: Page, at: int):
    return lane(page, at).locator("[data-card]")


def test_a_card_is_dragged_to_another_stage_and_undone(board):
    page = board()
    before = [count(page, at) for at in (0, 1)]
    card = cards(page, 0).first
    uid = card.get_attribute("data-card")

    card.drag_to(lane(page, 1).locator(".lane-cards"))

    expect(page.locator("#toasts .toast")).to_be_visible()
    expect(lane(page, 1).locator(f"[data-card='{uid}']")).to_have_count(1)
    assert [count(page, at) for at in (0, 1)] == [before[0] - 1, before[1] + 1]
    page.keyboard.press("Control+z")
    page.wait_for_url(f"**/deals/{uid}/**")
    page.goto(BOARD)
    assert [count(page, at) for at in (0, 1)] == before


def test_keys_lift_carry_and_drop_a_card_and_say_so(board):
    page = board()
    before = [count(page, at) for at in (0, 1)]
    cards(page, 0).first.locator(".card-name").focus()
    page.keyboard.press("ArrowDown")
    expect(cards(page, 0).nth(1).locator(".card-name")).to_be_focused()
    name = cards(page, 0).nth(1).locator(".card-name span").inner_text()

    page.keyboard.press("Space")
    expect(page.locator("[data-announce]")).to_contain_text("提起")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-announce]")).to_contain_text("第 2 列")
    page.keyboard.press("Space")

    expect(page.locator("[data-announce]")).to_contain_text("已移到")
    expect(cards(page, 1).first.locator(".card-name span")).to_have_text(name)
    expect(cards(page, 1).first.locator(".card-name")).to_be_focused()
    assert [count(page, at) for at in (0, 1)] == [before[0] - 1, before[1] + 1]


def test_escape_puts_a_lifted_card_back(board):
    page = board()
    before = count(page, 0)
    cards(page, 0).first.locator(".card-name").focus()

    for key in ("Space", "ArrowRight", "Escape"):
        page.keyboard.press(key)

    expect(page.locator("[data-announce]")).to_contain_text("留在原处")
    assert count(page, 0) == before


def test_a_finger_moves_a_card_from_its_menu(board):
    page = board(look=screens.Look(360, "light", "zh-hans"))
    name = cards(page, 1).first.locator(".card-name span").inner_text()
    cards(page, 1).first.locator("[data-move]").click()
    assert list(screens.violations(page)) == []

    page.locator("#board-dialog .move-to button").first.click()

    expect(cards(page, 0).first.locator(".card-name span")).to_have_text(name)


def test_a_card_moved_meanwhile_returns_with_both_values(board):
    first, second = board(), board()
    uid = cards(first, 0).first.get_attribute("data-card")
    first.locator(f"[data-card='{uid}'] [data-move]").click()
    first.locator("#board-dialog .move-to button").nth(0).click()
    expect(lane(first, 1).locator(f"[data-card='{uid}']")).to_have_count(1)

    second.locator(f"[data-card='{uid}'] [data-move]").click()
    second.locator("#board-dialog .move-to button").nth(1).click()

    expect(second.locator("#board-dialog .conflict dt")).to_have_count(2)
    expect(lane(second, 0).locator(f"[data-card='{uid}']")).to_have_count(1)
    assert list(screens.violations(second)) == []
    second.locator("#board-dialog .button.primary").click()
    expect(lane(second, 2).locator(f"[data-card='{uid}']")).to_have_count(1)


def test_winning_a_card_leads_to_the_page_that_asks_for_the_amount(board):
    page = board()
    uid = cards(page, 0).first.get_attribute("data-card")

    cards(page, 0).first.drag_to(page.locator("[data-outcome='won']"))

    page.wait_for_url(f"**/deals/{uid}/won/")


def test_a_long_column_fills_as_one_scrolls(board):
    page = board()
    longest = max(range(4), key=lambda at: count(page, at) if lane(page, at).locator(".count").count() else 0)
    before, whole = cards(page, longest).count(), count(page, longest)
    if whole <= before:
        pytest.skip("no column of the demo company is longer than a page of cards")

    lane(page, longest).locator("[data-more]").scroll_into_view_if_needed()

    expect(cards(page, longest)).to_have_count(min(before + 12, whole))
