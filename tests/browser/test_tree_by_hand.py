"""The tree of units with real hands: a unit dragged to another parent, a person taken elsewhere with keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scripts.visiting import Visitors, settled, watched

pytestmark = pytest.mark.browser

TREE = "/settings/organisation/"


@pytest.fixture(scope="module")
def visitors(browser, served):
    return Visitors(browser, served)


@pytest.fixture
def tree(visitors):
    """Open the tree; what the page complains of fails the test."""
    page = visitors.page("sales_ops")
    page.set_default_timeout(10_000)
    said = watched(page)
    page.goto(TREE)
    settled(page)
    yield page
    assert said == []


def unit(page: Page, at: int):
    return page.locator("[data-unit][data-depth='1']").nth(at)


def test_a_unit_that_is_dragged_onto_another_shows_what_the_move_does(tree):
    moved, target = unit(tree, 0), unit(tree, 1)
    name, parent = moved.locator("a").inner_text(), target.get_attribute("data-unit")

    moved.drag_to(target.locator("xpath=ancestor::tr"))

    tree.wait_for_url("**/move/")
    expect(tree.locator("ul.effects")).to_contain_text(name)
    expect(tree.locator("select[name=parent]")).to_have_value(parent or "")
    assert tree.locator("input[name=sure]").count() == 1


def test_a_person_is_taken_to_another_unit_with_keys_and_leads_to_the_handover(tree):
    link = tree.locator("[data-person][data-movable] a").last
    link.focus()
    tree.keyboard.press("Space")
    tree.keyboard.press("ArrowUp")
    expect(tree.locator("tr.over")).to_have_count(1)
    chosen = tree.locator("tr.over [data-unit]").get_attribute("data-unit")

    tree.keyboard.press("Space")

    tree.wait_for_url(f"**/move/?unit={chosen}")
    expect(tree.locator("select[name=unit]")).to_have_value(chosen or "")


def test_escape_puts_back_and_nothing_is_opened(tree):
    unit(tree, 0).locator("a").focus()
    tree.keyboard.press("Space")
    expect(tree.locator("tr.lifted")).to_have_count(1)
    tree.keyboard.press("ArrowDown")
    tree.keyboard.press("Escape")

    expect(tree.locator("tr.lifted, tr.over")).to_have_count(0)
    assert tree.url.endswith(TREE)
