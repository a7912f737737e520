"""Visit stops of the tour and tell what is wrong with them."""

from __future__ import annotations

import os
import re
from urllib.parse import parse_qsl, urlsplit
from zlib import crc32

import pytest
from playwright.sync_api import Browser, Page

from scripts import screens
from scripts.demo_server import Served
from scripts.places import Records, files, places, words_of
from scripts.tour import STOPS, Stop
from scripts.visiting import Names, Visitors, arrive, left_in_chinese, watched

USUAL = (screens.Look(1280, "light", "zh-hans"), screens.Look(360, "dark", "en"))
"""The looks of every run; the other combinations are for `--full`."""

EVERYTHING = "DACHENG_TEST_EVERYTHING" in os.environ

EXAMPLES = {"1.2万", "12.5万", "1.2亿"}
"""Amounts as one may type them, told in every language."""


def visits(theme: str) -> list[object]:
    """Return (stop, look) of every stop in a theme, language by language: people change it on a page of theirs."""
    every = screens.looks([1280, 360], [theme], ["zh-hans", "en"])
    return [
        pytest.param(stop, look, id=f"{look}-{stop}", marks=[] if look in USUAL else pytest.mark.slow)
        for look in sorted(every, key=lambda look: (look not in USUAL, look.language))
        for stop in STOPS
    ]


def examined(stop: Stop, look: screens.Look) -> bool:
    """Tell whether axe looks at a stop in a look, which takes longer than all else: in one of the usual ones by turns.

    Stops take turns by name: about half are examined light and wide in Chinese, the others dark and narrow in English;
    with ``--full`` every stop is examined in every look.
    """
    return EVERYTHING or look == USUAL[crc32(str(stop).encode()) % len(USUAL)]


class Tour:
    """The people of a demo company on their way through it; everybody keeps a page of a width."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self._visitors = Visitors(browser, served)
        self._pages: dict[tuple[str, int, str], tuple[Page, list[str]]] = {}
        brought = files(served)
        self._places = places(self._visitors, brought)
        self._names = Names(Records(served.database).names() | words_of(brought) | EXAMPLES)

    def problems(self, stop: Stop, look: screens.Look) -> list[str]:
        """Visit a stop and return what is wrong, one sentence each."""
        page, said = self._page(stop.role, look)
        said.clear()
        status = arrive(page, stop, self._places)
        found = [] if status == stop.status else [f"answered {status}, not {stop.status}"]
        found += [*said, *screens.wide_elements(page)]
        if examined(stop, look):
            found += screens.violations(page)
        if look.language == "en":
            found += left_in_chinese(page, self._names, _typed(stop))
        return found

    def _page(self, role: str, look: screens.Look) -> tuple[Page, list[str]]:
        self._visitors.choose(role, look)
        key = (role, look.width, look.language)
        if key not in self._pages:
            page = self._visitors.page(role, look)
            self._pages[key] = page, watched(page)
        return self._pages[key]


def _typed(stop: Stop) -> set[str]:
    """Return the words that the visitor wrote himself: in the address, and in fields, cell by cell."""
    cells = {cell for _, text in stop.fills for cell in (text, *re.split(r"[\t\n]", text))}
    return cells | {word for _, word in parse_qsl(urlsplit(stop.path).query)}
