"""The target grid as people use it: a browser against the running pages."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect, sync_playwright

from scripts import screens
from tests.store.switching import migrate, using

pytestmark = pytest.mark.browser


SERVE = """
from wsgiref.simple_server import WSGIRequestHandler, make_server
from dacheng.conf.wsgi import application
WSGIRequestHandler.log_message = lambda *_: None
server = make_server("127.0.0.1", 0, application)
print(server.server_port, flush=True)
server.serve_forever()
"""


@contextmanager
def serving(url):
    """Serve the pages of a database on a free port."""
    environment = os.environ | {"DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", SERVE], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def served(tmp_path_factory, django_db_blocker):
    """Serve the small company and return the address, with the session of 华东's manager."""
    from django.test import Client

    from dacheng.store.models import Account
    from tests.store import company

    url = f"sqlite:///{tmp_path_factory.mktemp('served') / 'served.sqlite3'}"
    with django_db_blocker.unblock(), using(url):
        migrate()
        company.load()
        account = Account.objects.create(username="east", person_id=company.number("people", "east"))
        client = Client()
        client.force_login(account, backend="dacheng.store.signing_in.PersonBackend")
    with serving(url) as address:
        yield address, client.cookies["sessionid"].value


@pytest.fixture
def grid(served):
    """Return a browser's page on the grid of 2026; a script or policy error fails the test."""
    address, session = served
    problems = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=screens.CHROMIUM, args=screens.FLAGS)
        context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{address}/targets/grid/?year=2026&show=yuan")
        yield page
        chromium.close()
    assert problems == []


def row(page, name):
    return page.locator("tbody tr[data-row]").filter(has=page.get_by_role("rowheader", name=name, exact=True))


def cell(page, name, month):
    return row(page, name).locator(f"td[data-at='{month}'] input")


def test_what_is_typed_adds_up_is_saved_told_and_undone(grid):
    expect(cell(grid, "上海组", "2026-06")).to_have_attribute("placeholder", "300,000")

    cell(grid, "王强", "2026-06").focus()
    grid.keyboard.type("10万")
    grid.keyboard.press("Enter")
    expect(cell(grid, "上海组", "2026-06")).to_have_attribute("placeholder", "400,000")
    expect(row(grid, "华东").locator("[data-difference]")).to_have_text("+100,000")

    grid.keyboard.press("Control+s")
    expect(grid.locator("#toasts")).to_contain_text("已存 1 格。")
    cell(grid, "王强", "2026-06").focus()
    grid.keyboard.press("Alt+h")
    expect(grid.locator("#sheet")).to_contain_text("华东经理")

    grid.keyboard.press("Escape")
    grid.locator("#toasts").get_by_role("button", name="撤销").click()
    expect(cell(grid, "王强", "2026-06")).to_have_value("–")


def test_what_is_folded_away_is_stepped_over(grid):
    row(grid, "上海组").get_by_role("button", name="收起 上海组 的下级").click()

    expect(row(grid, "李雷")).to_be_hidden()
    cell(grid, "华东", "2026-06").focus()
    grid.keyboard.press("ArrowDown")
    grid.keyboard.press("ArrowDown")
    expect(cell(grid, "上海组", "2026-06")).to_be_focused()
    row(grid, "上海组").get_by_role("button", name="展开 上海组 的下级").click()
    expect(row(grid, "李雷")).to_be_visible()
