"""How uploaded files were read, table by table, and columns that somebody wants read otherwise (怎么读的)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from dacheng.core.errors import RuleError, Text
from dacheng.core.schema import RELATIONS
from dacheng.exchange.chosen import HAND, ChosenField, ChosenTable, FoundTable, choice_for, found_tables, plain
from dacheng.exchange.chosen import from_plain as chosen_from
from dacheng.exchange.correcting import NOT_READ, corrected, corrections, fields_correctable
from dacheng.exchange.explained import BECAUSE, ColumnRead, TableRead, WordRead
from dacheng.exchange.layout import SheetTable
from dacheng.exchange.mapping import typed_columns
from dacheng.exchange.mapping_file import read_mapping, shipped_text
from dacheng.exchange.matching import match
from dacheng.exchange.own_headers import (
    OWN,
    fields_of,
    match_own,
    money_unit,
    understood_as,
    unit_above,
    units_in_titles,
)
from dacheng.exchange.own_rows import Standpoint
from dacheng.exchange.sheets import Workbook
from dacheng.service.import_templates import FURTHER
from dacheng.service.imports import Prepared, joined_aliases, read_files
from dacheng.service.uploads import Kept
from dacheng.store.queries.import_mappings import saved_mapping

__all__ = [
    "BECAUSE", "FIRST_ROWS", "NOT_READ", "ColumnRead", "Reading", "WordRead", "field_label", "fields_correctable",
    "fields_offered", "reading_from", "readings_of", "reread",
]  # fmt: skip

Way = Literal["titles", "hand", "mapping"]

FIRST_ROWS = 1_000
"""Columns are told by the beginning of a table."""

HISTORY = frozenset({"from", "to"})
YEAR = Text("年份", "Year")


@dataclass(frozen=True, slots=True)
class Reading:
    """How one table was read.

    Args:
        way: by its titles, by columns that somebody chose, or by a mapping.
        mapping: label of the mapping.
        fields: header key -> our field, where all columns are chosen right here; None where they are not.
    """

    table: TableRead
    way: Way
    mapping: Text
    fields: Mapping[str, str] | None = None

    @property
    def relation(self) -> str:
        """Return what the table is, beside records that it makes on the way."""
        return self.table.relations[0] if self.way == "titles" else self.table.relations[-1]


def readings_of(prepared: Prepared) -> tuple[Reading, ...]:
    """Return how the tables of an import were read."""
    name = prepared.mapping.name
    way: Way = "titles" if name == OWN else "hand" if name == HAND else "mapping"
    pool = [chosen_from(one) for one in prepared.chosen]
    return tuple(
        Reading(told, way, prepared.mapping.label, _fields(way, FoundTable(told.label, one.table, ()), told, pool))
        for one, told in zip(prepared.files.matched, prepared.files.explained, strict=True)
    )


def reading_from(told: Mapping[str, Any]) -> Reading:
    """Return a reading from plain data."""
    table = told["table"]
    columns = tuple(
        ColumnRead(one["key"], one["title"], tuple(Text(**text) for text in one["taken_as"]))
        for one in table["columns"]
    )
    words = tuple(WordRead(**{**one, "meant": Text(**one["meant"])}) for one in table["words"])
    read = TableRead(table["label"], tuple(table["relations"]), columns, words)
    return Reading(read, told["way"], Text(**told["mapping"]), told["fields"])


def field_label(relation: str, name: str) -> Text:
    """Return what a person calls a field of ours that a file may fill."""
    column = typed_columns(RELATIONS[relation]).get(name)
    beside = {one: label for one, label, *_ in FURTHER.get(relation, ())}
    return column.label if column else beside.get(name, YEAR)


def fields_offered(relation: str) -> list[tuple[str, Text]]:
    """Return the fields that a column may be read as."""
    return [(name, field_label(relation, name)) for name in fields_of(relation)]


def reread(kept: Kept, label: str, fields: Mapping[str, str]) -> None:
    """Let the columns of one table be read as somebody says; the other tables are read as before.

    Args:
        label: of the table; fields: header key -> our field. Of a table that titles or choices read, all of them:
            a column that is left out is not read. Of one that a written mapping reads ``relation.field`` or
            ``NOT_READ``, and only what is to be read otherwise.

    Raises:
        RuleError: two columns are to be one field. YamlRefused: a mapping would lack what a record needs.
    """
    _refuse_twice(fields)
    workbooks, _ = read_files(kept.uploads(), first_rows=FIRST_ROWS)
    begun = _begun(kept)
    if begun.mapping not in ("", OWN) and not begun.chosen:
        text = begun.mapping if "\n" in begun.mapping else shipped_text(begun.mapping)
        begun.corrected(_rewritten(text, workbooks, label, fields), (), begun.aliases, begun.began_with)
        return
    pool = [chosen_from(one) for one in begun.chosen]
    if not pool:
        pool = [
            _as_chosen(one.label, one.table, one.rule.yields[0].relation) for one in match_own(workbooks, NOBODY)[0]
        ]
    found = found_tables(workbooks, pool)[0]
    read = [replace(chosen, label=one.label) for one in found if (chosen := choice_for(one, pool))]
    tables = [plain(_otherwise(one, fields) if one.label == label else one) for one in read]
    begun.corrected(begun.mapping, tables, begun.aliases, begun.began_with)


NOBODY = Standpoint()


def _begun(kept: Kept) -> Kept:
    """Return files as they are read now, with what a saved mapping says in place of its name."""
    saved = saved_mapping(kept.mapping) if kept.mapping and not kept.chosen and "\n" not in kept.mapping else None
    if saved is None:
        return kept
    aliases = joined_aliases(saved.aliases, kept.aliases)
    return replace(kept, mapping=saved.mapping, chosen=tuple(saved.tables), aliases=aliases, began_with=saved.name)


def _rewritten(text: str, workbooks: Sequence[Workbook], label: str, fields: Mapping[str, str]) -> str:
    """Return the text of a mapping that reads columns of one table as somebody says."""
    mapping = read_mapping(text)
    for one in match(workbooks, mapping)[0]:
        if one.label == label:
            at = next(at for at, rule in enumerate(mapping.files) if rule is one.rule)
            changed = corrected(text, at, corrections(one, fields))
            read_mapping(changed)
            return changed
    return text


def _refuse_twice(fields: Mapping[str, str]) -> None:
    names = [name for name in fields.values() if name != NOT_READ]
    for name in names:
        if names.count(name) > 1:
            raise RuleError(
                Text("两列读成了同一个字段。", "Two columns are read as one field."),
                Text("每个字段只取一列。", "Let each field take one column."),
            )


def _otherwise(chosen: ChosenTable, fields: Mapping[str, str]) -> ChosenTable:
    fixed = {name: one for name, one in chosen.fields.items() if not one.column}
    known = set(fields_of(chosen.relation))
    taken = {name: ChosenField(key) for key, name in fields.items() if name in known}
    return replace(chosen, fields={**fixed, **taken})


def _fields(way: Way, found: FoundTable, told: TableRead, pool: Sequence[ChosenTable]) -> dict[str, str] | None:
    """Return header key -> our field; None where a choice of columns could not say what the table is read as."""
    if way == "mapping":
        return None
    chosen = choice_for(found, pool) if way == "hand" else _as_chosen(told.label, found.table, told.relations[0])
    if chosen is None or (way == "titles" and _says_more(chosen, found.table)):
        return None
    return {one.column: name for name, one in chosen.fields.items() if one.column}


def _as_chosen(label: str, table: SheetTable, relation: str) -> ChosenTable:
    """Return the choices that a table's own titles come to."""
    columns = understood_as(table, relation).columns
    units = units_in_titles(columns.values()) or [unit_above(table)]
    fields = {name: ChosenField(header.key) for name, header in columns.items() if name not in HISTORY}
    return ChosenTable(relation, fields, units[0] or "元", label=label)


def _says_more(chosen: ChosenTable, table: SheetTable) -> bool:
    """Tell whether titles say what choices cannot: a history, or amounts in several units."""
    columns = understood_as(table, chosen.relation).columns
    money = [one for one in columns if typed_columns(RELATIONS[chosen.relation]).get(one, NO_MONEY).kind == "money"]
    above = unit_above(table)
    units = {money_unit(columns[one], above) for one in money}
    return bool(HISTORY & set(columns)) or len(units) > 1


NO_MONEY = RELATIONS["deals"].column("name")
