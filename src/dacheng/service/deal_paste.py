"""A block from a spreadsheet as changes of opportunities and new ones, read like an import (R188)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.deals.schema import DEALS
from dacheng.core.errors import DachengError, Finding, RuleError, Text
from dacheng.core.org.schema import PEOPLE
from dacheng.core.period import day_of
from dacheng.core.relation import Column
from dacheng.exchange.pasted import PastedColumn, read_block
from dacheng.exchange.texts import folded
from dacheng.exchange.values import parse_date, parse_int, parse_money, parse_ratio, parse_text
from dacheng.service.choices import offered_names
from dacheng.service.entering import BP, MONEY_WORDS
from dacheng.service.names import Name
from dacheng.service.settings import currency
from dacheng.store.actions.deal_edits import DealRow
from dacheng.store.identity import stored_uid
from dacheng.store.queries.labels import labels_of
from dacheng.store.standing import ids_of_codes

PASTED = (
    "code", "name", "customer_id", "owner_id", "stage_id", "product_id", "grade", "amount", "expected_day", "category",
    "win_bp", "next_step",
)  # fmt: skip
"""Columns that are read."""

SEEN = "SELECT deal_id FROM deals WHERE deal_id IN (:ids) ORDER BY deal_id"


@dataclass
class Pasted:
    """What a block says.

    Args:
        rows: the lines that can be read, by line number; findings: what is wrong, by line and column.
        read: the titles that are read, as we call them.
    """

    rows: dict[int, DealRow] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    read: Sequence[Column] = ()
    lines: int = 0

    @property
    def refused(self) -> set[int]:
        """Return the lines that stay out."""
        return {one.row for one in self.findings if one.severity == "block" and one.row is not None}


def pasted_deals(text: str, book: Book, *, money_unit: str, own: UUID | None) -> Pasted:
    """Return the rows of a block; a line with the number of a deal that the viewer sees changes it, any other is new.

    A blank cell leaves what stands. A bare amount counts in the unit of its title, else of the page.

    Args:
        own: the viewer as a person: he owns a new deal without an owner.

    Raises:
        RuleError: the titles are not known, or there are too many lines.
    """
    block = read_block(text, "deals")
    columns = [one for one in block.columns if one.column.name in PASTED]
    reading = _Reading(book, columns, money_unit)
    found = Pasted(findings=list(block.findings), read=[one.column for one in columns], lines=len(block.lines))
    lines = ((number, reading.line(number, cells, found)) for number, cells in block.lines)
    told = {number: values for number, values in lines if values is not None}
    deals = _deals_of({str(one["code"]) for one in told.values() if one.get("code")}, book)
    for number, values in told.items():
        uid = deals.get(str(values.get("code") or ""))
        if uid is not None:
            found.rows[number] = DealRow({name: value for name, value in values.items() if name != "code"}, uid)
        else:
            found.rows[number] = DealRow(({"owner_id": own} if own else {}) | values)
    return found


BLOCK, MOST_FINDINGS = "block", 200
"""Under what a look at a block keeps what was read of it, and how many findings."""


def plain_block(found: Pasted) -> str:
    """Return what a page tells of a block beside its rows, as text: line numbers and findings."""
    findings = [asdict(one) for one in found.findings[:MOST_FINDINGS]]
    told = {"numbers": list(found.rows), "lines": found.lines, "refused": sorted(found.refused), "findings": findings}
    return json.dumps(told, ensure_ascii=False)


@dataclass(frozen=True)
class ToldBlock:
    """What a page tells of a block that was looked at before.

    Args:
        numbers: line of each row; lines: of the block; refused: lines that could not be read.
    """

    numbers: Sequence[int]
    lines: int
    refused: Sequence[int]
    findings: Sequence[Finding]


def told_block(text: str) -> ToldBlock:
    """Return a block from what was kept of it."""
    told = json.loads(text)
    findings = [
        Finding(**{**one, "message": Text(**one["message"]), "remedy": Text(**one["remedy"])})
        for one in told["findings"]
    ]
    return ToldBlock(told["numbers"], told["lines"], told["refused"], findings)


def own_uid(viewer: Viewer) -> UUID | None:
    """Return the public id of the viewer as a person; None for the system."""
    return stored_uid(labels_of(PEOPLE, [viewer.person_id])[viewer.person_id]["uid"]) if viewer.person_id else None


@dataclass
class _Reading:
    """Reads the cells of a block.

    Args:
        money_unit: what a bare amount counts where its title does not say: yuan, wan or yi.
    """

    book: Book
    columns: Sequence[PastedColumn]
    money_unit: str

    def __post_init__(self) -> None:
        refs = {one.column.ref: () for one in self.columns if one.column.kind == "ref"}
        self._names = {ref: _by_word(names) for ref, names in offered_names(self.book, refs).items()}
        self._currency = currency()

    def line(self, number: int, cells: Sequence[str], found: Pasted) -> dict[str, Any] | None:
        """Return the values of a line; None where a cell cannot be read, which is found."""
        values: dict[str, Any] = {}
        sound = True
        for one in self.columns:
            text = cells[one.at] if one.at < len(cells) else ""
            if not text.strip():
                continue
            try:
                values[one.column.name] = self._value(one, text.strip())
            except DachengError as problem:
                sound = False
                found.findings.append(
                    Finding(
                        "paste/unreadable", problem.message, problem.remedy, row=number, column=one.title, value=text
                    )
                )
        return values if sound else None

    def _value(self, one: PastedColumn, text: str) -> Any:
        column = one.column
        if column.kind == "money":
            return parse_money(text, one.unit or MONEY_WORDS[self.money_unit], currency=self._currency)
        if column.kind == "day":
            date = parse_date(text)
            return None if date is None else day_of(date)
        if column.kind == "bp":
            ratio = parse_ratio(text, "percent" if "%" in one.title or "％" in one.title else "")
            return None if ratio is None else round(ratio * BP)
        if column.kind == "count":
            return parse_int(text)
        if column.kind == "choice":
            return _chosen(column, text)
        if column.kind == "ref":
            return self._referred(column, text)
        return parse_text(text, placeholders=False)

    def _referred(self, column: Column, text: str) -> UUID:
        found = self._names[column.ref].get(folded(text), set())
        if len(found) == 1:
            return UUID(next(iter(found)))
        raise RuleError(
            Text(f"{column.label.zh}里有 {len(found)} 个「{text}」。", f"{column.label.en}: {len(found)} are “{text}”.")
            if found
            else Text(f"{column.label.zh}里没有「{text}」。", f"{column.label.en}: there is no “{text}”."),
            Text("写编码，或核对名称。", "Write the code, or check the name."),
        )


def _by_word(names: Mapping[int, Name]) -> dict[str, set[str]]:
    """Return folded code or name -> public ids."""
    found: dict[str, set[str]] = {}
    for one in names.values():
        for word in (one.code, one.name, one.english):
            if word:
                found.setdefault(folded(word), set()).add(one.uid)
    return found


def _chosen(column: Column, text: str) -> int:
    for number, code, label in column.choices:
        if folded(text) in (folded(code), folded(label.zh), folded(label.en)):
            return number
    possible = "、".join(label.zh for _, _, label in column.choices)
    english = ", ".join(label.en for _, _, label in column.choices)
    raise RuleError(
        Text(f"{column.label.zh}不能是「{text}」。", f"{column.label.en} cannot be “{text}”."),
        Text(f"可选：{possible}。", f"Choose one of: {english}."),
    )


def _deals_of(codes: set[str], book: Book) -> dict[str, UUID]:
    """Return code -> public id of those deals that the viewer sees."""
    numbers = ids_of_codes("deals", codes) if codes else {}
    seen = set(book.gather(SEEN, ids=tuple(numbers.values()))["deal_id"].tolist()) if numbers else set()
    labels = labels_of(DEALS, seen)
    return {code: labels[number]["uid"] for code, number in numbers.items() if number in seen}
