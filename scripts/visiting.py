"""Visit a served demo company as its people do: signed in by link, in a language and a theme of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from scripts import screens
from scripts.demo_server import Served
from scripts.tour import NOBODY, Stop

ZH_LIGHT = screens.Look(1280, "light", "zh-hans")
ON_ITS_WAY = "[hx-trigger=load], .htmx-request"
"""What a page asks for by itself and does not have yet."""

ANSWERED = (409, 422)
"""Statuses of a value that somebody else has changed, and of one that is refused: both are answers to a person."""


class Visitors:
    """The people of a served demo company, each signed in once; a context for every person, width and language."""

    def __init__(self, browser: Browser, served: Served, scale: float = 1) -> None:
        self._browser = browser
        self._scale = scale
        self._states: dict[str, Any] = {}
        self._looks: dict[str, tuple[str, str]] = {}
        self._contexts: dict[tuple[str, int, str], BrowserContext] = {}
        self.served = served

    def page(self, role: str, look: screens.Look = ZH_LIGHT) -> Page:
        """Return a new page of a person of a role, who has chosen the look's language and theme."""
        self.choose(role, look)
        page = self._context(role, look).new_page()
        page.set_default_timeout(15_000)
        return page

    def stranger(self, look: screens.Look = ZH_LIGHT) -> BrowserContext:
        """Return the context of somebody who has not signed in, and asks for a look as a browser does."""
        context = self.fresh(look.width, locale=screens.LOCALES[look.language])
        context.add_cookies(screens.cookies_for(self.served.url, look, []))
        return context

    def fresh(self, width: int = 1280, **more: Any) -> BrowserContext:
        """Return a context of its own, by default signed out."""
        return self._browser.new_context(
            base_url=self.served.url,
            viewport={"width": width, "height": screens.HEIGHTS.get(width, 800)},
            device_scale_factor=self._scale,
            has_touch=width < 600,
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
            **more,
        )

    def again(self, role: str, look: screens.Look = ZH_LIGHT) -> BrowserContext:
        """Return another context of somebody who is signed in: a second browser."""
        return self.fresh(look.width, locale=screens.LOCALES[look.language], storage_state=self._state(role))

    def _context(self, role: str, look: screens.Look) -> BrowserContext:
        if role == NOBODY:
            return self.stranger(look)
        key = (role, look.width, look.language)
        if key not in self._contexts:
            self._contexts[key] = self.again(role, look)
        return self._contexts[key]

    def _state(self, role: str) -> Any:
        if role not in self._states:
            self._states[role] = self._signed_in(role)
        return self._states[role]

    def _signed_in(self, role: str) -> Any:
        """Use the role's one-time link, leave the password for later, and return the session."""
        context = self.fresh()
        page = context.new_page()
        page.goto(self.served.links[role])
        page.click("main form .button.primary")
        page.wait_for_url("**/settings/account/password/")
        state = context.storage_state()
        context.close()
        return state

    def choose(self, role: str, look: screens.Look) -> None:
        """Choose language and theme on the page of the person's own account, where they differ."""
        if role == NOBODY or self._looks.get(role) == (look.language, look.theme):
            return
        page = self._context(role, look).new_page()
        page.goto("/settings/account/")
        for name, value in (("language", look.language), ("theme", look.theme)):
            button = page.locator(f"main button[name={name}][value={value}]")
            if button.get_attribute("aria-pressed") != "true":
                button.click()
                page.wait_for_load_state()
        page.close()
        self._looks[role] = (look.language, look.theme)


def arrive(page: Page, stop: Stop, places: Mapping[str, str]) -> int:
    """Go to a stop, type and press what it says, and return the status that its address answered with."""
    answer = page.goto(stop.path.format_map(places))
    settled(page)
    for selector, text in stop.fills:
        page.locator(selector).fill(text)
    for selector in stop.presses:
        page.locator(selector).first.click()
        settled(page)
    return answer.status if answer else 0


def settled(page: Page) -> None:
    """Wait until the page has everything that it asks for by itself."""
    page.wait_for_load_state("load")
    expect(page.locator(ON_ITS_WAY)).to_have_count(0)


def watched(page: Page) -> list[str]:
    """Return a list that fills with what the page complains of: console, scripts, missing parts, its policy."""
    said: list[str] = []
    page.on("console", lambda message: said.extend(_complaints(message)))
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    page.on("response", lambda answer: said.extend(_missing(answer)))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " event => console.error(`policy ${event.violatedDirective} ${event.blockedURI}`))"
    )
    return said


def _complaints(message: ConsoleMessage) -> Iterator[str]:
    if not message.text.startswith("Failed to load resource"):  # told with its address by _missing
        yield f"console {message.type}: {message.text}"


def _missing(answer: Response) -> Iterator[str]:
    """Yield what failed to load; a page has a status of its own."""
    if answer.status >= 400 and answer.status not in ANSWERED and answer.request.resource_type != "document":
        yield f"{answer.request.method} {answer.url}: {answer.status}"


CHINESE_TEXTS = """() => {
  const chinese = /[\\u3400-\\u9fff]/;
  const found = new Set();
  const own = element => element?.closest('[lang^=zh]')?.tagName !== undefined
    && element.closest('[lang]').lang.startsWith('zh');
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (chinese.test(node.data) && !own(node.parentElement)) found.add(node.data.trim());
  }
  for (const element of document.querySelectorAll('*'))
    for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'data-label', 'data-error', 'data-tip',
      'data-busy', 'content'])
      if (chinese.test(element.getAttribute(name) ?? '') && !own(element)) found.add(element.getAttribute(name));
  return [...found];
}"""


class Names:
    """Names of a company, thousands of them, which are told in every language; looked up by how they begin."""

    def __init__(self, names: Iterable[str]) -> None:
        self._beginning: dict[str, list[str]] = {}
        for name in names:
            self._beginning.setdefault(name[:2], []).append(name)

    def taken_out(self, text: str, also: Iterable[str] = ()) -> str:
        """Return a text without the names in it, the longest taken out first."""
        starts = {text[at : at + size] for at in range(len(text)) for size in (1, 2)}
        named = {name for start in starts for name in self._beginning.get(start, ()) if name in text}
        for name in sorted(named | set(also), key=len, reverse=True):
            text = text.replace(name, "")
        return text


def left_in_chinese(page: Page, names: Names, also: Iterable[str] = ()) -> Iterator[str]:
    """Yield every text of the page, hidden ones too, that holds Chinese beside names and is not marked as Chinese."""
    also = list(also)
    for text in page.evaluate(CHINESE_TEXTS):
        if re.search("[\u3400-\u9fff]", names.taken_out(text, also)):
            yield f"not in English: {text}"
