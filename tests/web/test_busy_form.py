"""A form on its way: sent once however often it is pressed, and a slow one says so (modules/busy.js)."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from dacheng import web
from scripts import screens

MODULE = (Path(web.__file__).parent / "assets" / "modules" / "busy.js").read_text("utf-8")
FORM = '<form method="post" action="/slow"><button data-busy="正在写入…">写入 3 条</button></form>'
COUNTING = """
window.sent = 0;
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) window.sent += 1;
  event.preventDefault(); // the answer never comes
});
"""

pytestmark = pytest.mark.browser


@pytest.fixture
def page():
    """Open a page with one form whose answer never comes; what is sent is counted in ``window.sent``."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=screens.CHROMIUM, args=screens.FLAGS)
        opened = browser.new_page()
        opened.set_content(FORM)
        opened.add_script_tag(content=re.sub(r"^export ", "", MODULE, flags=re.M) + "start();" + COUNTING)
        yield opened
        browser.close()


def test_a_form_pressed_twice_is_sent_once(page):
    page.locator("button").dblclick()

    assert page.evaluate("window.sent") == 1


def test_a_slow_answer_shows_on_the_button(page):
    page.locator("button").click()

    expect(page.locator("button")).to_have_text("正在写入…")
    expect(page.locator("button")).to_have_attribute("aria-busy", "true")
