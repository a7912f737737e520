"""The tables of pages, files and answers as texts and numbers that can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

from django.urls import resolve

from tests.proofs.visiting import Got

MISSING = "–"


@dataclass
class Cell:
    """What stands in a cell, and the address that it opens."""

    text: str = ""
    door: str = ""


@dataclass
class PageTable:
    """The report table of a page: the rows of its head, titles first, and of its body."""

    head: list[list[Cell]] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)

    @property
    def total(self) -> list[Cell]:
        """Return the total row; empty where there is none."""
        return self.head[1] if len(self.head) > 1 else []

    def doors(self) -> Iterator[Cell]:
        """Yield every number that opens."""
        for row in (self.total, *self.rows):
            yield from (cell for cell in row if cell.door)


class _Reader(HTMLParser):
    """Reads the first report table of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.table = PageTable()
        self._rows: list[list[Cell]] | None = None
        self._cell: Cell | None = None
        self._done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell, or note where a number opens."""
        given = {name: value or "" for name, value in attrs}
        if tag == "table" and "report" in given.get("class", "").split() and not self._done:
            self._rows = self.table.head
        if self._rows is None:
            return
        if tag == "tbody":
            self._rows = self.table.rows
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._cell = Cell()
            self._rows[-1].append(self._cell)
        elif tag == "a" and self._cell is not None and "data-sheet" in given:
            self._cell.door = given["href"]

    def handle_data(self, data: str) -> None:
        """Add to the text of a cell."""
        if self._cell is not None:
            self._cell.text += data

    def handle_endtag(self, tag: str) -> None:
        """End a cell, or the table."""
        if tag in ("td", "th"):
            self._cell = None
        elif tag == "table" and self._rows is not None:
            self._rows, self._done = None, True


def page_table(page: Got) -> PageTable:
    """Return the report table of a page."""
    reader = _Reader()
    reader.feed(page.text)
    return reader.table


class _Anchors(HTMLParser):
    """Reads every link with its text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Cell] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a link."""
        if tag == "a":
            self.found.append(Cell(door=dict(attrs).get("href") or ""))
            self._open = True

    def handle_data(self, data: str) -> None:
        """Add to the text of a link."""
        if self._open:
            self.found[-1].text += data.strip()

    def handle_endtag(self, tag: str) -> None:
        """End a link."""
        if tag == "a":
            self._open = False


def anchors(page: Got) -> list[Cell]:
    """Return every link of a page: its text and where it leads."""
    reader = _Anchors()
    reader.feed(page.text)
    return reader.found


def number_in(text: str) -> Decimal | None:
    """Return a figure as people read it, ``−1,234.50`` or ``76.9%``; None where it is missing."""
    plain = text.strip().replace(",", "").replace("−", "-").removesuffix("%").removesuffix(" pp")
    return None if plain in (MISSING, "") else Decimal(plain)


def question_of(address: str) -> tuple[str, dict[str, str]]:
    """Return the report and the parameters of a report page's address."""
    parts = urlsplit(address)
    return resolve(parts.path).kwargs["name"], dict(parse_qsl(parts.query))
