"""A served demo company and a browser for its visitors; without Chromium these tests are skipped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from scripts import screens
from scripts.demo_server import Served, demo_server

INSTALL_LINE = "Chromium is not installed: sudo apt-get install --no-install-recommends chromium"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    if not Path(screens.CHROMIUM).exists():
        pytest.skip(INSTALL_LINE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=screens.CHROMIUM, args=screens.FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def served(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a demo company as `dacheng demo` does, one a module: what one does to it no other sees."""
    with demo_server(tmp_path_factory.mktemp("demo") / "company") as company:
        yield company
