"""A table whose titles we know is read without a mapping: its columns name themselves (自动对应).

Titles are our own labels in Chinese and English, the names of our CSV, and what other
systems call the same thing (``defaults/headers.yaml``). A table that is not understood is
told with what it lacks; nothing is guessed from the values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from itertools import takewhile
from pathlib import PurePath
from typing import Any

import yaml

from dacheng.core.errors import Finding, Text
from dacheng.core.relation import csv_name
from dacheng.core.schema import RELATIONS
from dacheng.exchange.amounts import MONEY_UNITS
from dacheng.exchange.defaults import words_of
from dacheng.exchange.history_rows import also_given
from dacheng.exchange.layout import Header, SheetTable, find_table
from dacheng.exchange.likeness import nearest
from dacheng.exchange.mapping import (
    BY_MONTH,
    NOT_IMPORTED,
    ColumnRule,
    FileRule,
    ImportMapping,
    is_required,
    key_columns,
    typed_columns,
)
from dacheng.exchange.matching import Matched, label_of, table_findings
from dacheng.exchange.own_export import VERSION_KEYS
from dacheng.exchange.own_rows import Standpoint, row_rules
from dacheng.exchange.problems import ValueProblem
from dacheng.exchange.refusal import FileRefused
from dacheng.exchange.sheets import Sheet, Workbook
from dacheng.exchange.texts import folded, header_key
from dacheng.exchange.values import parse_month

OWN = "dacheng"
UNITS = "|".join(map(re.escape, MONEY_UNITS))
UNIT_IN_TITLE = re.compile(rf"\((?:单位:?)?({UNITS})\)$")
UNIT_ABOVE = re.compile(rf"单位(?:[:：]|为|是)?(?:人民币)?({UNITS})")
LEAST_KNOWN = 2
"""A table with fewer known titles, and no telling name, is not ours."""

CERTAIN = 2
"""From so many telling titles on, a table that lacks a column is refused and not passed over."""

TELLING, COMMON = 3, 1
"""How much a title counts that only one relation has, and one that many tables have."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The titles of one relation.

    Args:
        names: folded names of sheets and files.
        titles: header key -> our column, as a CSV of ours names it.
        own_titles: those of columns that are no references, and that few other tables have.
    """

    relation: str
    names: frozenset[str]
    titles: Mapping[str, str]
    own_titles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Understood:
    """A table as one of our relations.

    Args:
        columns: our column -> the header that it stands under.
        twice: columns whose title stands more than once.
        lacking: columns without which no record can be found or made.
        partial: the table has not all that a new record needs, so it only speaks of those that stand.
        telling: how many titles only this relation has.
        named: the name of the sheet or file says it.
    """

    relation: str
    columns: Mapping[str, Header]
    twice: tuple[str, ...]
    lacking: tuple[str, ...]
    partial: bool
    telling: int
    named: bool

    @property
    def is_certain(self) -> bool:
        """Tell whether no other table would look like this."""
        return self.named or self.telling >= CERTAIN


@lru_cache(maxsize=1)
def vocabularies() -> tuple[Vocabulary, ...]:
    """Return the titles of every relation that a file may bring."""
    return tuple(_vocabulary(name, _elsewhere().get(name, {})) for name in RELATIONS if name not in NOT_IMPORTED)


def _vocabulary(name: str, elsewhere: Mapping[str, Any]) -> Vocabulary:
    relation = RELATIONS[name]
    titles = {
        header_key(title): column for column, several in elsewhere.get("columns", {}).items() for title in several
    }
    for column, one in typed_columns(relation).items():
        for title in (column, one.name, one.label.zh, one.label.en):
            titles.setdefault(header_key(title), column)
    if relation.dated:
        titles |= {"from": "from", "起始日": "from", "to": "to", "截止日": "to"}
    names = {name, relation.label.zh, relation.label.en, *elsewhere.get("names", ())}
    references = {column for column, one in typed_columns(relation).items() if one.kind == "ref"}
    also = {header_key(title): column for column, several in elsewhere.get("also", {}).items() for title in several}
    titles = also | titles
    own = frozenset(title for title, column in titles.items() if column not in references) - _common() - set(also)
    return Vocabulary(name, frozenset(map(folded, names)), titles, own)


def match_own(
    workbooks: Sequence[Workbook], standpoint: Standpoint, source: str = OWN
) -> tuple[list[Matched], list[Finding], ImportMapping]:
    """Return the tables whose titles tell what they hold, what was noticed, and the mapping made of them.

    Args:
        standpoint: the company's stages, which tell an open opportunity from a closed one.
    """
    matched: list[Matched] = []
    findings: list[Finding] = []
    for workbook in workbooks:
        for sheet in workbook.sheets:
            if sheet.row_count:
                label = label_of(workbook, sheet, len(workbooks))
                one, noticed = _matched(workbook, sheet, label, standpoint)
                matched += [one] if one else []
                findings += noticed
    if not matched and not any(one.severity == "block" for one in findings):
        findings.append(_nothing_known())
    mapping = ImportMapping(OWN, Text("按表头自动对应", "By its titles"), source, tuple(one.rule for one in matched))
    return matched, findings, mapping


def _matched(
    workbook: Workbook, sheet: Sheet, label: str, standpoint: Standpoint
) -> tuple[Matched | None, list[Finding]]:
    try:
        table = find_table(sheet, all_titles())
    except FileRefused as refusal:
        return None, [replace(refusal.finding, severity="note")]
    understood = understand(table, _names(workbook, sheet))
    if understood is None:
        return None, [_not_understood(label)]
    noticed = [*table_findings(table, label), *_same_titles(understood, label)]
    if understood.partial and not understood.is_certain:
        return None, [_not_understood(label)]
    if understood.lacking:
        return None, [*noticed, _lacking(understood, table, label)]
    rule = file_rule(understood, table, standpoint)
    noticed += [*unread_columns(rule, table, label), *_unit_told(unit_above(table), label)]
    return Matched(label, table, rule, workbook.from_1904), noticed


def understand(table: SheetTable, names: Iterable[str]) -> Understood | None:
    """Return which of our relations a table is, by the name of its sheet or file, else by its titles.

    A table that is called by the name of a relation that no file brings is none, whatever its titles say.
    """
    called = {folded(name) for name in names}
    if called & NOT_IMPORTED:
        return None
    read = [_understood(table, one, bool(one.names & called)) for one in vocabularies()]
    candidates = [one for one in read if one.named and one.columns]
    candidates = candidates or [one for one in read if one.telling and len(one.columns) >= LEAST_KNOWN]
    return max(candidates, key=_likelihood, default=None)


def understood_as(table: SheetTable, relation: str) -> Understood:
    """Return which of a table's titles are fields of one relation."""
    (vocabulary,) = (one for one in vocabularies() if one.relation == relation)
    return _understood(table, vocabulary, named=True)


def _likelihood(understood: Understood) -> tuple[int, bool]:
    common = len(understood.columns) - understood.telling
    return TELLING * understood.telling + COMMON * common, not understood.partial


def _understood(table: SheetTable, vocabulary: Vocabulary, named: bool) -> Understood:
    columns: dict[str, Header] = {}
    twice = []
    for header in table.headers:
        title, _, occurrence = header.key.partition("#")
        column = vocabulary.titles.get(UNIT_IN_TITLE.sub("", title))
        if column in columns:
            twice += [header.title] if occurrence else []
        elif column is not None:
            columns[column] = header
    telling = sum(_is_telling(vocabulary, UNIT_IN_TITLE.sub("", header.key)) for header in columns.values())
    by_month = vocabulary.relation in BY_MONTH and any(map(is_month, table.headers))
    needed = _lacks(vocabulary.relation, columns, by_month)
    lacking = () if "code" in columns else needed
    telling += by_month and vocabulary.relation == "targets"
    return Understood(vocabulary.relation, columns, tuple(twice), lacking, bool(needed), telling, named)


def _lacks(name: str, columns: Mapping[str, Header], months: bool) -> tuple[str, ...]:
    """Return the columns that a new record needs and the table has not; a name will do for a code."""
    relation = RELATIONS[name]
    typed = typed_columns(relation)
    needed = [column for column, one in typed.items() if one.name in key_columns(relation) and one.default is None]
    needed += [column for column, one in typed.items() if is_required(one) and column not in needed]
    given = set(columns) | also_given(name, columns, by_month=months)
    if "name" in given and "code" not in given:
        given.add("code")
    if name == "expenses" and given >= {"day", "unit", "amount"}:
        given.add("code")
    if name == "factor_figures" and given >= {"factor", "unit", "day"}:
        given.add("code")
    if name == "contracts" and given & {"signed", "effective"}:
        given |= {"signed", "effective"}
    return tuple(column for column in needed if column not in given)


@lru_cache(maxsize=1)
def all_titles() -> frozenset[str]:
    """Return every title that is understood."""
    return frozenset(title for one in vocabularies() for title in one.titles)


def _is_telling(vocabulary: Vocabulary, title: str) -> bool:
    """Tell whether only this relation has such a column of its own; a reference to it does not count."""
    return title in vocabulary.own_titles and _owners(title) == 1


@lru_cache(maxsize=4_096)
def _owners(title: str) -> int:
    return sum(title in one.own_titles for one in vocabularies())


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(map(header_key, _elsewhere()["common"]))


@lru_cache(maxsize=1)
def _elsewhere() -> Mapping[str, Any]:
    listed: Mapping[str, Any] = yaml.safe_load((files("dacheng") / "defaults" / "headers.yaml").read_text("utf-8"))
    return listed


def fields_of(relation: str) -> tuple[str, ...]:
    """Return the fields that a file may fill: columns of the relation, and those beside it such as a home."""
    (vocabulary,) = (one for one in vocabularies() if one.relation == relation)
    typed = tuple(typed_columns(RELATIONS[relation]))
    beside = dict.fromkeys(vocabulary.titles.values())
    return (*typed, *(one for one in beside if one not in typed and one not in ("from", "to")))


def is_month(header: Header) -> bool:
    """Tell whether a title names a month."""
    try:
        return parse_month(header.title, year=2000) is not None
    except ValueProblem:
        return False


def reads_months(relation: str, given: Collection[str], table: SheetTable) -> bool:
    """Tell whether each month has a column: titles name months, and no column of its own does.

    Args:
        given: our fields that the table has.
    """
    told = csv_name(BY_MONTH.get(relation, ""))
    return relation in BY_MONTH and told not in given and any(map(is_month, table.headers))


def _names(workbook: Workbook, sheet: Sheet) -> list[str]:
    return [name for name in (sheet.name, PurePath(workbook.name).stem) if name]


def file_rule(understood: Understood, table: SheetTable, standpoint: Standpoint) -> FileRule:
    """Return the rule that reads a table whose columns are understood."""
    above = unit_above(table)
    columns = {header.key: _column_rule(header, above) for header in understood.columns.values()}
    keys = {column: header.key for column, header in understood.columns.items()}
    by_month = reads_months(understood.relation, keys, table)
    said = said_in_words(understood.relation, keys, columns)
    columns |= {rule.key: rule for rule in said.values()}
    keys |= {name: rule.key for name, rule in said.items()}
    rules = row_rules(understood.relation, keys, standpoint, by_month=by_month, said=said)
    return FileRule((), columns, rules, year_column=keys.get("year", "") if by_month else "")


SAID_IN_WORDS = {"deals": ("lost_reason", "loss_reason")}
"""Relation -> our text that people fill in, and the reference that its words may mean."""


def said_in_words(relation: str, keys: Mapping[str, str], columns: Mapping[str, ColumnRule]) -> dict[str, ColumnRule]:
    """Return the columns that read a text once more for the record it names, as mappings that ship do.

    Nothing where the file has the reference itself, or nothing to read it from.

    Args:
        keys: our column -> key of the file's column.
    """
    text, reference = SAID_IN_WORDS.get(relation, ("", ""))
    if text not in keys or reference in keys:
        return {}
    column = typed_columns(RELATIONS[relation])[reference]
    read, key = columns[keys[text]], header_key(column.label.zh)
    return {reference: replace(read, key=key, optional=True, words=words_of(column.ref))}


def unit_above(table: SheetTable) -> str:
    """Return the unit of money that a line above the header names (单位：万元); empty = none, or several."""
    above = takewhile(lambda row: row.number < table.header_row, table.sheet.rows)
    texts = ("".join(cell.split()) for row in above for cell in row.cells if isinstance(cell, str))
    found = {told[1] for text in texts for told in UNIT_ABOVE.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def units_in_titles(headers: Iterable[Header]) -> list[str]:
    """Return the units of money that titles name, in their order."""
    return [told[1] for one in headers if (told := UNIT_IN_TITLE.search(one.key.partition("#")[0]))]


def money_unit(header: Header, above: str) -> str:
    """Return what a bare number of a column counts: the unit in its title, else that above the header, else 元."""
    return next(iter(units_in_titles([header])), above) or "元"


def _column_rule(header: Header, above: str) -> ColumnRule:
    return ColumnRule(header.key, (header.key,), unit=money_unit(header, above), percent="%" in header.key)


# What is told ----------------------------------------------------------------------------------


def _unit_told(unit: str, label: str) -> list[Finding]:
    if not unit:
        return []
    message = Text(
        f"表头上方写着单位：{unit}，没有自带单位的金额按{unit}读。",
        f"A line above the header says 单位：{unit}: amounts without a unit of their own are read so.",
    )
    remedy = Text("不对就在对列里改金额单位。", "If that is wrong, change the unit of amounts with the columns.")
    return [Finding("import/unit-above", message, remedy, "note", label)]


def _same_titles(understood: Understood, label: str) -> list[Finding]:
    return [
        Finding(
            "import/same-title",
            Text(f"列名“{title}”出现不止一次，只读第一列。", f"“{title}” stands more than once; the first is read."),
            Text(
                f"需要后一列时，请写映射并用“{title}#2”。",
                f"If another one is meant, write a mapping with “{title}#2”.",
            ),
            "warn",
            label,
            column=title,
        )
        for title in understood.twice
    ]


def unread_columns(rule: FileRule, table: SheetTable, label: str) -> list[Finding]:
    """Tell which columns are not read, so that nobody believes they were."""
    by_month = any(one.by_month for one in rule.yields)
    used = {column for one in rule.yields for column in one.columns} | {rule.year_column} | _derived(rule)
    used |= VERSION_KEYS
    unread = [one.title for one in table.headers if one.key not in used and not (by_month and is_month(one))]
    if not unread:
        return []
    listed = "、".join(unread)
    return [
        Finding(
            "import/unread-columns",
            Text(f"没有读取的列：{listed}。", f"Columns that are not read: {listed}."),
            Text("需要时请写映射。", "Write a mapping if they are needed."),
            "note",
            label,
        )
    ]


def _derived(rule: FileRule) -> set[str]:
    """Return the columns of our own export that are computed again."""
    columns = [one for row in rule.yields if row.history for one in RELATIONS[row.relation].columns]
    return {csv_name(one.name) for one in columns if one.derived}


def _lacking(understood: Understood, table: SheetTable, label: str) -> Finding:
    relation = RELATIONS[understood.relation]
    typed = typed_columns(relation)
    labels = [typed[column].label for column in understood.lacking]
    titles = [header.title for header in table.headers]
    near = [found for one in labels if (found := nearest(one.zh, titles) or nearest(one.en, titles))]
    asked = (f"是不是“{near[0]}”？", f"Is it “{near[0]}”? ") if near else ("", "")
    return Finding(
        "import/missing-column",
        Text(
            f"看起来是{relation.label.zh}，但缺少：{'、'.join(one.zh for one in labels)}。",
            f"This looks like {relation.label.en}, but lacks: {', '.join(one.en for one in labels)}.",
        ),
        Text(
            f"{asked[0]}请补上列，或把列名改成这些，或写一个映射。",
            f"{asked[1]}Add these columns, title them so, or write a mapping.",
        ),
        "block",
        label,
        table.header_row,
    )


def _not_understood(label: str) -> Finding:
    return Finding(
        "import/unused-table",
        Text(f"看不出“{label}”是什么表，未读取。", f"“{label}” does not tell what it holds; it was not read."),
        Text("用我们的列名，或写一个映射。", "Use our titles, or write a mapping."),
        "note",
        label,
    )


def _nothing_known() -> Finding:
    return Finding(
        "import/nothing-to-read",
        Text("没有一个表的列名是认识的。", "No table has titles that are known."),
        Text(
            "用 --mapping 给出映射；写法见 docs/reference/mapping.md。",
            "Give a mapping with --mapping; see docs/reference/mapping.md.",
        ),
    )
