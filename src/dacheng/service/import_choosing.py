"""Choosing by hand how uploaded tables are read: which field takes which column, or a fixed value (对列)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dacheng.core.access import Viewer
from dacheng.core.errors import Text
from dacheng.core.schema import RELATIONS
from dacheng.exchange.amounts import MONEY_UNITS
from dacheng.exchange.chosen import (
    CREATED_BESIDE,
    ChosenField,
    ChosenTable,
    FoundTable,
    choice_for,
    found_tables,
    from_plain,
    plain,
)
from dacheng.exchange.fitting import Fit, fitting
from dacheng.exchange.layout import Header
from dacheng.exchange.mapping import is_needed, typed_columns
from dacheng.exchange.mapping_file import shipped_mapping, shipped_mappings
from dacheng.exchange.own_headers import fields_of, is_month
from dacheng.exchange.suggesting import Suggested, missing, samples, suggested
from dacheng.service.import_readings import FIRST_ROWS, field_label, reread
from dacheng.service.import_templates import OFFERED
from dacheng.service.imports import KnownHere, joined_aliases, read_files, require_importing
from dacheng.service.uploads import Kept
from dacheng.store.actions.import_mappings import save_mapping
from dacheng.store.queries.import_mappings import saved_mapping, saved_names
from dacheng.store.queries.importing import records_listed

__all__ = [
    "UNITS", "Choosing", "FieldChoice", "TableChoice", "answered", "choose", "choosing", "correct", "name_to_save",
    "offered", "read_by", "save", "saved_names",
]  # fmt: skip

UNITS = tuple(MONEY_UNITS)
PICKED, MOST_PICKS = ("stages", "measures", "products", "units", "people", "segments"), 60
"""Relations whose names are offered for a fixed value."""


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One of our fields and what fills it.

    Args:
        needed: a new record needs it; a name will do for a code.
        examples: the first texts of its column.
        by_content: the column was told by its cells, not by its title.
        by_name: a record without it is found again by its name.
        picks: what a fixed value is mostly one of.
    """

    name: str
    label: Text
    needed: bool
    column: str
    fixed: str
    examples: tuple[str, ...] = ()
    by_content: bool = False
    picks: tuple[str, ...] = ()
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class TableChoice:
    """One table and how it is read.

    Args:
        rows: read of it; has_more: there are more.
        lacking: fields that a new record needs and nothing fills.
        can_create: accounts that are named and not known may be made with it.
    """

    label: str
    rows: int
    has_more: bool
    headers: tuple[Header, ...]
    examples: Mapping[str, tuple[str, ...]]
    chosen: ChosenTable
    header_row: int
    fields: tuple[FieldChoice, ...] = ()
    lacking: tuple[Text, ...] = ()
    can_create: bool = False


@dataclass(frozen=True, slots=True)
class Choosing:
    """All tables of an upload.

    Args:
        fits: mappings that were made for files like these, the likeliest first.
        mapping: the label of the mapping that reads them now; empty when they are chosen by hand.
    """

    tables: tuple[TableChoice, ...]
    fits: tuple[Fit, ...]
    mapping: Text


def choosing(kept: Kept, actor: Viewer) -> Choosing:
    """Return how uploaded tables are read, or would be.

    Raises:
        NotAllowed: the actor may not import.
    """
    require_importing(actor)
    workbooks, _ = read_files(kept.uploads(), first_rows=FIRST_ROWS)
    pool = [from_plain(one) for one in kept.chosen]
    tables, _ = found_tables(workbooks, pool)
    fits = fitting(workbooks, map(shipped_mapping, shipped_mappings()))
    return Choosing(tuple(_table(one, _chosen(one, pool)) for one in tables), tuple(fits), _label(kept))


def choose(kept: Kept, actor: Viewer, answers: Sequence[ChosenTable]) -> None:
    """Remember how the tables are read; a table that became something else is suggested anew.

    Raises:
        NotAllowed: the actor may not import.
    """
    require_importing(actor)
    workbooks, _ = read_files(kept.uploads(), first_rows=FIRST_ROWS)
    tables = {one.label: one for one in found_tables(workbooks, answers)[0]}
    kept.choose([plain(_completed(one, tables.get(one.label))) for one in answers])


def correct(kept: Kept, actor: Viewer, label: str, fields: Mapping[str, str]) -> None:
    """Let the columns of one table be read as somebody says, right from the preview; raises as ``reread``.

    Raises:
        NotAllowed: the actor may not import.
    """
    require_importing(actor)
    reread(kept, label, fields)


def name_to_save(kept: Kept) -> str:
    """Return the saved mapping that the reading began with, whose next version it may become; empty = none."""
    if kept.began_with or "\n" in kept.mapping or kept.chosen:
        return kept.began_with
    return kept.mapping if kept.mapping in saved_names() else ""


def read_by(kept: Kept, actor: Viewer, mapping: str) -> None:
    """Read the files by a mapping that ships or was saved.

    Raises:
        NotAllowed: the actor may not import. NotFound: there is none of that name.
    """
    require_importing(actor)
    if mapping and saved_mapping(mapping) is None:
        shipped_mapping(mapping)
    kept.read_by(mapping)


def save(kept: Kept, actor: Viewer, at: datetime, name: str) -> None:
    """Keep how the files are read, with the words that were confirmed, under a name.

    Raises:
        NotAllowed: the actor may not import. RuleError: the name cannot be used.
    """
    require_importing(actor)
    before = saved_mapping(kept.mapping) if kept.mapping and not kept.chosen else None
    mapping = "" if kept.chosen else before.mapping if before else kept.mapping
    tables: Sequence[Mapping[str, Any]] = () if mapping else before.tables if before else kept.chosen
    if not (mapping or tables):
        tables = [plain(one.chosen) for one in choosing(kept, actor).tables]
    save_mapping(
        actor=actor,
        at=at,
        name=name,
        mapping=mapping,
        tables=tables,
        aliases=joined_aliases(before.aliases if before else {}, kept.aliases),
        reserved=shipped_mappings(),
    )


# One table -------------------------------------------------------------------------------------


def _chosen(found: FoundTable, pool: Sequence[ChosenTable]) -> Suggested:
    chosen = choice_for(found, pool)
    if chosen is None and not pool:
        return suggested(found.table, found.names, KnownHere())
    if chosen is None or not chosen.relation:
        return Suggested(replace(chosen or ChosenTable(""), label=found.label))
    fresh = suggested(found.table, found.names, KnownHere(), chosen.relation)
    told = {name for name in fresh.by_content if chosen.fields.get(name) == fresh.chosen.fields[name]}
    return Suggested(replace(chosen, label=found.label), frozenset(told))


def _completed(chosen: ChosenTable, found: FoundTable | None) -> ChosenTable:
    """Return choices of a table; suggestions where only its kind was chosen."""
    if found is None or not chosen.relation or chosen.fields:
        return chosen
    fresh = suggested(found.table, found.names, KnownHere(), chosen.relation).chosen
    return replace(fresh, label=chosen.label, header_row=chosen.header_row, creates=chosen.relation in CREATED_BESIDE)


def _table(found: FoundTable, suggestion: Suggested) -> TableChoice:
    chosen, table = suggestion.chosen, found.table
    examples = samples(table)
    lacking: tuple[Text, ...] = ()
    if chosen.relation:
        by_month = any(map(is_month, table.headers))
        lacking = tuple(field_label(chosen.relation, name) for name in missing(chosen, by_month))
    return TableChoice(
        found.label,
        table.row_count,
        table.sheet.row_count >= FIRST_ROWS,
        table.headers,
        examples,
        replace(chosen, label=found.label),
        table.header_row,
        tuple(_field(suggestion, name, examples) for name in (fields_of(chosen.relation) if chosen.relation else ())),
        lacking,
        chosen.relation in CREATED_BESIDE,
    )


def _field(suggestion: Suggested, name: str, examples: Mapping[str, tuple[str, ...]]) -> FieldChoice:
    chosen = suggestion.chosen
    one = chosen.fields.get(name, ChosenField())
    typed = typed_columns(RELATIONS[chosen.relation])
    column = typed.get(name)
    named = name == "code" and "name" in typed
    return FieldChoice(
        name,
        field_label(chosen.relation, name),
        column is not None and is_needed(chosen.relation, column) and not named,
        one.column,
        one.fixed,
        examples.get(one.column, ()),
        name in suggestion.by_content,
        _picks(chosen.relation, name),
        named and not (one.column or one.fixed),
    )


def _picks(relation: str, name: str) -> tuple[str, ...]:
    """Return what a fixed value of a field is mostly one of."""
    column = typed_columns(RELATIONS[relation]).get(name)
    if column is None:
        return tuple(one.name for one in records_listed("units", MOST_PICKS)) if name == "home" else ()
    if column.choices:
        return tuple(code for _, code, _ in column.choices)
    return tuple(one.name or one.code for one in records_listed(column.ref, MOST_PICKS)) if column.ref in PICKED else ()


def _label(kept: Kept) -> Text:
    if kept.chosen or not kept.mapping:
        return Text("", "")
    if "\n" in kept.mapping:
        return Text("我的映射文件", "My mapping file")
    saved = saved_mapping(kept.mapping)
    return Text(saved.name, saved.name) if saved else shipped_mapping(kept.mapping).label


def offered() -> tuple[str, ...]:
    """Return the relations that a table may hold."""
    return OFFERED


def answered(told: Mapping[str, Any]) -> ChosenTable:
    """Return choices from plain data, such as a form."""
    return from_plain(told)
