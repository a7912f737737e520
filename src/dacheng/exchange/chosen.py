"""What a person chooses for a table by hand: which of our fields takes which column (手工对列).

The choices are plain data, so that they can be kept between two pages and under a name.
They become the same rules that a written mapping has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from dacheng.core.errors import Finding, Text
from dacheng.core.relation import csv_name
from dacheng.core.schema import RELATIONS
from dacheng.exchange.amounts import MONEY_UNITS
from dacheng.exchange.history_rows import also_given
from dacheng.exchange.layout import SheetTable, find_table
from dacheng.exchange.mapping import (
    ColumnRule,
    Condition,
    FileRule,
    FromColumn,
    ImportMapping,
    Origin,
    RowRule,
    TopUnit,
)
from dacheng.exchange.matching import Matched, label_of, sheets_with_rows, table_findings
from dacheng.exchange.own_headers import all_titles, fields_of, is_month, reads_months, said_in_words, unread_columns
from dacheng.exchange.own_rows import Standpoint, row_rules
from dacheng.exchange.refusal import FileRefused
from dacheng.exchange.sheets import Workbook

FIXED = "="
"""How the key of a column begins that the file does not have."""

CREATED_BESIDE = {
    "deals": ("customer",),
    "contracts": ("customer",),
    "contacts": ("customer",),
    "actuals": ("unit", "segment", "customer"),
}
"""Relation -> our references whose unknown names may become records of their own."""

BESIDE: Mapping[str, Mapping[str, Origin]] = {"units": {"parent_id": TopUnit()}}
"""Relation -> what such a record is told beside its name."""

FIGURE = frozenset({"unit", "day", "amount"})
"""Without these there is no figure of past results."""

HAND = "by-hand"
"""The name of a mapping that was put together on the page."""


@dataclass(frozen=True, slots=True)
class ChosenField:
    """Where one of our fields comes from.

    Args:
        column: header key of the file's column; empty = none.
        fixed: what every row has instead.
    """

    column: str = ""
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class ChosenTable:
    """How one table is read.

    Args:
        relation: what its rows are; empty = the table is not read.
        fields: our field -> where it comes from.
        unit: what a bare number of money counts, a key of ``MONEY_UNITS``.
        creates: accounts that are named and not known become records.
        label: what messages call the table it was chosen for; another of the same titles is read by it too.
        header_row: its row number, where it was not found right.
    """

    relation: str
    fields: Mapping[str, ChosenField] = field(default_factory=dict)
    unit: str = "元"
    creates: bool = False
    label: str = ""
    header_row: int | None = None

    @property
    def columns(self) -> frozenset[str]:
        """Return the header keys that it reads."""
        return frozenset(one.column for one in self.fields.values() if one.column)


def reads(chosen: ChosenTable, table: SheetTable) -> bool:
    """Tell whether a table has every column that the choices name."""
    return bool(chosen.columns) and chosen.columns <= set(table.keys)


def chosen_rule(chosen: ChosenTable, table: SheetTable, standpoint: Standpoint) -> FileRule:
    """Return the rule that reads a table as it was chosen."""
    columns: dict[str, ColumnRule] = {}
    keys: dict[str, str] = {}
    for name, one in chosen.fields.items():
        if one.column or one.fixed:
            keys[name] = one.column or f"{FIXED}{name}"
            columns[keys[name]] = _column(keys[name], one, chosen.unit)
    by_month = reads_months(chosen.relation, keys, table)
    said = said_in_words(chosen.relation, keys, columns)
    columns |= {rule.key: rule for rule in said.values()}
    keys |= {name: rule.key for name, rule in said.items()}
    rules = row_rules(chosen.relation, keys, standpoint, by_month=by_month, said=said)
    beside = _beside(chosen, keys)
    return FileRule((), columns, (*beside, *rules), year_column=keys.get("year", "") if by_month else "")


def _column(key: str, chosen: ChosenField, unit: str) -> ColumnRule:
    titles = (chosen.column,) if chosen.column else ()
    return ColumnRule(key, titles, unit=unit, percent="%" in key, fixed="" if chosen.column else chosen.fixed)


def _beside(chosen: ChosenTable, keys: Mapping[str, str]) -> tuple[RowRule, ...]:
    """Return the rules by which names that are not known become records; one that stands is left alone."""
    names = CREATED_BESIDE.get(chosen.relation, ()) if chosen.creates else ()
    return tuple(_created(chosen.relation, name, keys) for name in names if name in keys)


def _created(relation: str, name: str, keys: Mapping[str, str]) -> RowRule:
    origin = FromColumn(keys[name])
    there = {csv_name(one.name): one.ref for one in RELATIONS[relation].columns}[name]
    filled = () if keys[name].startswith(FIXED) else (Condition(keys[name], "filled"),)
    values: dict[str, Origin] = {"code": origin, "name": origin, **BESIDE.get(there, {})}
    if there == "segments" and "dimension" in keys:
        values["dimension"] = FromColumn(keys["dimension"])
    return RowRule(there, values, when=filled, repeats=True, keyed_by_name=True, only_new=True)


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table of the files that somebody brings.

    Args:
        label: what messages call it; names: of its sheet and file.
    """

    label: str
    table: SheetTable
    names: tuple[str, ...]
    from_1904: bool = False


def found_tables(
    workbooks: Sequence[Workbook], pool: Sequence[ChosenTable] = ()
) -> tuple[list[FoundTable], list[Finding]]:
    """Return the tables of files, and why a sheet has none.

    Args:
        pool: choices made before; their titles and header rows help to find the tables.
    """
    titles = all_titles() | {key for one in pool for key in one.columns}
    rows = {one.label: one.header_row for one in pool if one.header_row is not None}
    found, findings = [], []
    for workbook, sheet in sheets_with_rows(workbooks):
        label = label_of(workbook, sheet, len(workbooks))
        try:
            table = find_table(sheet, titles, header_row=rows.get(label))
        except FileRefused as refusal:
            findings.append(replace(refusal.finding, severity="note"))
            continue
        names = tuple(name for name in (sheet.name, PurePath(workbook.name).stem) if name)
        found.append(FoundTable(label, table, names, workbook.from_1904))
    return found, findings


def choice_for(found: FoundTable, pool: Sequence[ChosenTable]) -> ChosenTable | None:
    """Return what was chosen for a table, else what was chosen for one of the same titles."""
    own = (one for one in pool if one.label == found.label and one.columns <= set(found.table.keys))
    return next(own, None) or next((one for one in pool if reads(one, found.table)), None)


def match_chosen(
    workbooks: Sequence[Workbook], pool: Sequence[ChosenTable], standpoint: Standpoint
) -> tuple[list[Matched], list[Finding], ImportMapping]:
    """Return the tables that are read as it was chosen, what was noticed, and the mapping made of it."""
    tables, findings = found_tables(workbooks, pool)
    matched = []
    for one in tables:
        chosen = choice_for(one, pool)
        if chosen is None or not chosen.relation or not chosen.columns:
            findings.append(not_read(one.label))
            continue
        if not is_found_again(chosen, one.table):
            findings.append(_without_key(one.label, chosen.relation))
            continue
        rule = chosen_rule(chosen, one.table, standpoint)
        findings += [*table_findings(one.table, one.label), *unread_columns(rule, one.table, one.label)]
        matched.append(Matched(one.label, one.table, rule, one.from_1904))
    mapping = ImportMapping(HAND, Text("手工对列", "By hand"), HAND, tuple(one.rule for one in matched))
    return matched, findings if matched else [*findings, NOTHING_CHOSEN], mapping


def is_found_again(chosen: ChosenTable, table: SheetTable) -> bool:
    """Tell whether the choices say by what a record is found again; a name will do for a code."""
    given = {name for name, one in chosen.fields.items() if one.column or one.fixed}
    relation = RELATIONS[chosen.relation]
    if chosen.relation == "actuals":
        return given | also_given("actuals", given, by_month=any(map(is_month, table.headers))) >= FIGURE
    if relation.entity:
        return bool(given & {"code", "name"})
    by_month = any(map(is_month, table.headers))
    given |= also_given(chosen.relation, given, by_month=by_month)
    keys = [one for one in relation.columns if one.name in relation.key and one.default is None]
    return given >= {csv_name(one.name) for one in keys}


def _without_key(label: str, relation: str) -> Finding:
    name = RELATIONS[relation].label
    message = Text(f"{name.zh}还没有对上编码或名称。", f"{name.en}: neither code nor name has a column.")
    remedy = Text("回到对列，给它选一列。", "Go back to the columns and choose one.")
    return Finding("import/missing-column", message, remedy, "block", label)


def not_read(label: str) -> Finding:
    """Return that a table stays out because nobody chose what it is."""
    message = Text(f"没有读取“{label}”。", f"“{label}” is not read.")
    return Finding(
        "import/unused-table",
        message,
        Text("需要时在对列里选它是什么。", "Say what it holds if needed."),
        "note",
        label,
    )


NOTHING_CHOSEN = Finding(
    "import/nothing-to-read",
    Text("没有一张表选了内容。", "No table was chosen to be read."),
    Text("在对列里选这张表是什么、各字段取哪一列。", "Say what the table holds and which column each field takes."),
)


# Kept as data ----------------------------------------------------------------------------------


def plain(chosen: ChosenTable) -> dict[str, Any]:
    """Return choices as plain data."""
    fields = {name: {"column": one.column, "fixed": one.fixed} for name, one in chosen.fields.items()}
    return {
        "relation": chosen.relation,
        "fields": fields,
        "unit": chosen.unit,
        "creates": chosen.creates,
        "label": chosen.label,
        "header_row": chosen.header_row,
    }


def from_plain(told: Mapping[str, Any]) -> ChosenTable:
    """Return choices from plain data; what is not known by now is left out."""
    relation, label, row = str(told.get("relation", "")), str(told.get("label", "")), told.get("header_row")
    header_row = row if isinstance(row, int) else None
    if relation not in RELATIONS:
        return ChosenTable("", label=label, header_row=header_row)
    known = set(fields_of(relation))
    fields = {
        name: ChosenField(str(one.get("column", "")), str(one.get("fixed", "")))
        for name, one in told.get("fields", {}).items()
        if name in known
    }
    unit = str(told.get("unit", "元"))
    unit = unit if unit in MONEY_UNITS else "元"
    return ChosenTable(relation, fields, unit, bool(told.get("creates")), label, header_row)
