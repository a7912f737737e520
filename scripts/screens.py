"""Take screenshots of pages and lay them out on one contact sheet.

    python -m scripts.screens --out docs/screens 驾驶舱=http://localhost:8000/ 商机=http://localhost:8000/deals
        [--cookie sessionid=…] [--widths 1280 360] [--themes light dark] [--languages zh-hans en] [--axe]

Each page is taken at every width, light and dark, Chinese and English, by Chromium. Theme and language are asked for
as a browser does (prefers-color-scheme, Accept-Language) and by the cookies `theme` and `language`.
With --axe every page is also checked for accessibility, and anything that breaks the content security policy or
writes to the console is told; the exit code is then 1.
The contact sheet is an HTML page of the screenshots, photographed by Chromium itself.
"""

from __future__ import annotations

import argparse
import base64
import html
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
HEIGHTS = {1280: 800, 360: 740}
LOCALES = {"zh-hans": "zh-CN", "en": "en-US"}
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passes need not be told in full
    "preload": False,  # style sheets and media are asked for by experimental rules only
}


@dataclass(frozen=True)
class Look:
    """One way to see a page."""

    width: int
    theme: str
    language: str

    def __str__(self) -> str:
        return f"{self.language}-{self.theme}-{self.width}"


@dataclass
class Shot:
    """One screenshot and what was found on the way."""

    name: str
    look: Look
    file: Path
    problems: list[str] = field(default_factory=list)


def looks(widths: list[int], themes: list[str], languages: list[str]) -> list[Look]:
    """Return every combination."""
    return [Look(*one) for one in itertools.product(widths, themes, languages)]


def context_for(browser: Browser, look: Look, cookies: list[Any]) -> BrowserContext:
    """Return a browser context that asks for a look."""
    context = browser.new_context(
        viewport={"width": look.width, "height": HEIGHTS.get(look.width, 800)},
        device_scale_factor=2 if look.width < 600 else 1.5,
        color_scheme="dark" if look.theme == "dark" else "light",
        locale=LOCALES.get(look.language, look.language),
        reduced_motion="reduce",
        has_touch=look.width < 600,
    )
    context.add_cookies(cookies)
    return context


def cookies_for(url: str, look: Look, given: list[str]) -> list[Any]:
    """Return the cookies of a visit: those given, and the look's own."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    pairs = [one.split("=", 1) for one in given]
    pairs += [["theme", look.theme], ["language", look.language], ["django_language", look.language]]
    return [{"name": name, "value": value, "url": origin} for name, value in pairs]


def take(browser: Browser, name: str, url: str, look: Look, options: argparse.Namespace) -> Shot:
    """Visit a page in one look, photograph it, and check it when asked."""
    shot = Shot(name, look, options.out / f"{name}-{look}.png")
    context = context_for(browser, look, cookies_for(url, look, options.cookie))
    page = context.new_page()
    page.on("console", lambda message: shot.problems.append(f"console {message.type}: {message.text}"))
    page.on("pageerror", lambda error: shot.problems.append(f"script: {error}"))
    page.goto(url, wait_until="networkidle")
    page.screenshot(path=shot.file, full_page=options.full)
    shot.problems += list(wide_elements(page))
    if options.axe:
        shot.problems += list(violations(page))
    context.close()
    return shot


def wide_elements(page: Page) -> Iterator[str]:
    """Yield a sentence when the page is wider than the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        yield f"the page is {wide} px wider than the screen"


def violations(page: Page) -> Iterator[str]:
    """Yield what axe-core finds, one line an element."""
    # Evaluated by the debugger, which the page's content security policy does not concern.
    page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    found = page.evaluate("options => axe.run(options).then(result => result.violations)", AXE_OPTIONS)
    for violation in found:
        for node in violation["nodes"]:
            yield f"axe {violation['id']} ({violation['impact']}): {' '.join(map(str, node['target']))}"


def contact_sheet(browser: Browser, shots: list[Shot], target: Path) -> None:
    """Write one picture of all screenshots: a line a page, a column a look."""
    target.with_suffix(".html").write_text(sheet_html(shots), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.set_content(sheet_html(shots, embedded=True), wait_until="load")
    page.screenshot(path=target, full_page=True)
    page.close()


def sheet_html(shots: list[Shot], *, embedded: bool = False) -> str:
    """Return the contact sheet as a page; pictures by name, or inside it."""
    lines = [line_html(name, list(group), embedded) for name, group in itertools.groupby(shots, lambda shot: shot.name)]
    style = (
        "body{margin:24px;background:#e9ecf1;font:14px/20px 'Noto Sans CJK SC',sans-serif;color:#171e29}"
        "h2{font-size:15px;margin:20px 0 8px}div{display:flex;gap:12px;align-items:flex-start;flex-wrap:wrap}"
        "figure{margin:0}figcaption{font-size:12px;color:#434e5e}"
        "img{display:block;height:250px;border:1px solid #c8ced8}"
    )
    head = f'<meta charset="utf-8"><title>Dacheng</title><style>{style}</style>'
    return f'<!doctype html><html lang="zh-Hans">{head}{"".join(lines)}</html>'


def line_html(name: str, shots: list[Shot], embedded: bool) -> str:
    """Return the screenshots of one page, wide ones first."""
    ordered = sorted(shots, key=lambda shot: -shot.look.width)
    figures = "".join(
        f'<figure><img src="{source_of(shot.file, embedded)}" alt="{html.escape(f"{name} {shot.look}")}">'
        f"<figcaption>{shot.look}</figcaption></figure>"
        for shot in ordered
    )
    return f"<h2>{html.escape(name)}</h2><div>{figures}</div>"


def source_of(file: Path, embedded: bool) -> str:
    if not embedded:
        return html.escape(file.name)
    return "data:image/png;base64," + base64.b64encode(file.read_bytes()).decode()


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", help="name=address")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--cookie", action="append", default=[], help="name=value, for example a session")
    parser.add_argument("--widths", type=int, nargs="+", default=[1280, 360])
    parser.add_argument("--themes", nargs="+", default=["light", "dark"])
    parser.add_argument("--languages", nargs="+", default=["zh-hans", "en"])
    parser.add_argument("--full", action="store_true", help="the whole page, not only the first screen")
    parser.add_argument("--axe", action="store_true", help="check every page with axe-core and the console")
    return parser.parse_args(arguments)


def main() -> int:
    """Take every page in every look; return 1 when a check found something."""
    options = parsed()
    options.out.mkdir(parents=True, exist_ok=True)
    ways = looks(options.widths, options.themes, options.languages)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        pages = [named.partition("=") for named in options.pages]
        shots = [take(browser, name, url, look, options) for name, _, url in pages for look in ways]
        contact_sheet(browser, shots, options.out / "contact-sheet.png")
        browser.close()
    for shot in shots:
        for problem in shot.problems:
            print(f"{shot.name} {shot.look}: {problem}")
    print(f"{len(shots)} screenshots in {options.out}")
    return 1 if options.axe and any(shot.problems for shot in shots) else 0


if __name__ == "__main__":
    sys.exit(main())
