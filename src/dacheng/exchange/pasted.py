"""A block pasted from a spreadsheet (粘贴的一块): cells between tabs, the first line the titles."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from dacheng.core.errors import Finding, RuleError, Text
from dacheng.core.relation import Column
from dacheng.core.schema import RELATIONS
from dacheng.exchange.mapping import typed_columns
from dacheng.exchange.own_headers import UNIT_IN_TITLE, vocabularies
from dacheng.exchange.texts import header_key, visible

MOST_LINES = 10_000


@dataclass(frozen=True, slots=True)
class PastedColumn:
    """A column of a block.

    Args:
        at: its place in a line, from 0; unit: of money, in its title; empty = none is told.
    """

    at: int
    title: str
    column: Column
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A pasted block: the columns that are known, and its lines of texts, each with its number from 1.

    Args:
        findings: titles that are not read.
    """

    columns: Sequence[PastedColumn]
    lines: Sequence[tuple[int, Sequence[str]]]
    findings: Sequence[Finding]


def read_block(text: str, relation_name: str) -> Block:
    """Return a block as the columns of a relation.

    Raises:
        RuleError: the first line holds no title that is known, or there are too many lines.
    """
    lines = [(number, cells) for number, cells in _cells(text) if any(cell.strip() for cell in cells)]
    if len(lines) > MOST_LINES + 1:
        raise RuleError(
            Text(
                f"一次最多粘贴 {MOST_LINES:,} 行，现有 {len(lines) - 1:,} 行。",
                f"At most {MOST_LINES:,} lines at once.",
            ),
            Text("分几次粘贴，或用导入。", "Paste it in parts, or import it."),
        )
    columns, findings = _columns(lines[0][1] if lines else (), relation_name)
    if not columns:
        raise RuleError(
            Text("第一行没有认识的列名。", "The first line holds no title that is known."),
            Text("连同表头一起复制。", "Copy the titles as well."),
        )
    return Block(columns, lines[1:], findings)


def _cells(text: str) -> list[tuple[int, list[str]]]:
    """Return the cells of each line with its number; a quoted cell may hold tabs and line breaks."""
    reader = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), delimiter="\t", strict=False)
    return [(number, [visible(cell) for cell in cells]) for number, cells in enumerate(reader, 1)]


def _columns(titles: Sequence[str], relation_name: str) -> tuple[list[PastedColumn], list[Finding]]:
    relation = RELATIONS[relation_name]
    known = next(one for one in vocabularies() if one.relation == relation_name)
    typed = typed_columns(relation)
    columns: list[PastedColumn] = []
    findings: list[Finding] = []
    for at, title in enumerate(titles):
        key = header_key(title)
        unit = UNIT_IN_TITLE.search(key)
        column = typed.get(known.titles.get(UNIT_IN_TITLE.sub("", key), ""))
        if column is not None and all(one.column is not column for one in columns):
            columns.append(PastedColumn(at, title, column, unit[1] if unit else ""))
        elif title.strip():
            findings.append(_not_read(title))
    return columns, findings


def _not_read(title: str) -> Finding:
    return Finding(
        "paste/unread-column",
        Text(f"没有读取的列：{title}。", f"A column that is not read: {title}."),
        Text("列名要和清单里的一样；不需要的列可以不管。", "Titles are those of the list; leave what is not needed."),
        severity="note",
        row=1,
        column=title,
    )
