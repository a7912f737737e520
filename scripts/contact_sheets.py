"""Photograph every page of a demo company and lay the pictures out on contact sheets; the cockpit also by itself.

    python -m scripts.contact_sheets [--out docs/screens] [--pages folder]

contact-zh.png and contact-en.png are wide and light, contact-phone.png is narrow and dark. With --pages every page is
kept as well, in full size.
"""

from __future__ import annotations

import argparse
import base64
import html
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from scripts import screens
from scripts.demo_server import demo_server
from scripts.places import files, places
from scripts.tour import STOPS, Stop
from scripts.visiting import Visitors, arrive

STYLE = """
body { margin: 24px; background: #e9ecf1; font: 13px/20px "Noto Sans CJK SC", sans-serif; color: #171e29 }
main { display: flex; flex-wrap: wrap; gap: 16px 12px }
figure { margin: 0 } figcaption { color: #434e5e }
img { display: block; border: 1px solid #c8ced8 }
"""


@dataclass(frozen=True)
class Sheet:
    """One contact sheet: how pages are seen, and how wide a picture of one is, in px."""

    name: str
    look: screens.Look
    picture_width: int


SHEETS = (
    Sheet("contact-zh", screens.Look(1280, "light", "zh-hans"), 340),
    Sheet("contact-en", screens.Look(1280, "light", "en"), 340),
    Sheet("contact-phone", screens.Look(360, "dark", "zh-hans"), 170),
)


def photographed(visitors: Visitors, found: dict[str, str], sheet: Sheet) -> dict[Stop, bytes]:
    """Return a PNG of the first screen of every stop."""
    pages: dict[str, Page] = {}
    pictures = {}
    for stop in STOPS:
        if stop.role not in pages:
            pages[stop.role] = visitors.page(stop.role, sheet.look)
        arrive(pages[stop.role], stop, found)
        pictures[stop] = pages[stop.role].screenshot()
    for page in pages.values():
        page.close()
    return pictures


def sheet_html(sheet: Sheet, pictures: dict[Stop, bytes]) -> str:
    """Return the contact sheet as a page that holds its pictures."""
    figures = "".join(
        f'<figure><img alt="" width="{sheet.picture_width}" src="{_address(picture)}">'
        f"<figcaption>{html.escape(str(stop))}</figcaption></figure>"
        for stop, picture in pictures.items()
    )
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><main>{figures}</main>'


def _address(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def lay_out(browser: Browser, sheet: Sheet, pictures: dict[Stop, bytes], target: Path) -> None:
    """Write one PNG of all pictures."""
    page = browser.new_page(viewport={"width": 1560, "height": 900})
    page.set_content(sheet_html(sheet, pictures), wait_until="load")
    page.screenshot(path=target, full_page=True)
    page.close()


def write_sheets(out: Path, pages: Path | None, company: Path) -> None:
    """Write the contact sheets, and the cockpit of each language, into a folder."""
    with sync_playwright() as playwright, demo_server(company) as served:
        browser = playwright.chromium.launch(executable_path=screens.CHROMIUM, args=screens.FLAGS)
        visitors = Visitors(browser, served, scale=1.5)
        found = places(visitors, files(served))
        for sheet in SHEETS:
            pictures = photographed(visitors, found, sheet)
            lay_out(browser, sheet, pictures, out / f"{sheet.name}.png")
            for stop, picture in pictures.items():
                if pages:
                    (pages / f"{sheet.name}-{stop}.png").write_bytes(picture)
                if str(stop) == "cockpit" and sheet.look.width > 600:
                    (out / f"{sheet.name.replace('contact', 'cockpit')}.png").write_bytes(picture)
        browser.close()


def main() -> int:
    """Write everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=screens.ROOT / "docs" / "screens", help="folder of the sheets")
    parser.add_argument("--pages", type=Path, help="folder for every page in full size")
    options = parser.parse_args()
    for folder in filter(None, (options.out, options.pages)):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as company:
        write_sheets(options.out, options.pages, Path(company) / "company")
    return 0


if __name__ == "__main__":
    sys.exit(main())
