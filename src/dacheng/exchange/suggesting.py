"""What a table probably is and which column each of our fields takes: by its titles, then by its cells (对列建议).

A suggestion is shown and can be changed; nothing is read by it until a person says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from dacheng.core.schema import RELATIONS
from dacheng.exchange.cells import Cell
from dacheng.exchange.chosen import ChosenField, ChosenTable
from dacheng.exchange.drafting import text_of
from dacheng.exchange.history_rows import FIRST_MEASURE, also_given
from dacheng.exchange.layout import SheetTable
from dacheng.exchange.mapping import is_needed, typed_columns
from dacheng.exchange.own_headers import fields_of, understand, understood_as, unit_above, units_in_titles
from dacheng.exchange.problems import ValueProblem
from dacheng.exchange.referring import Known
from dacheng.exchange.texts import folded
from dacheng.exchange.values import parse_date, parse_money

ROWS_SEEN = 200
"""The content of a column is told by its first rows."""

MOST_OF_THEM = 0.6
"""So many of the different texts of a column must be known for it to hold names of ours."""

LEAST_MONEY = 1_000_00
"""A column whose numbers are smaller in the middle counts something else."""

GUESSED_DAYS = {"deals": ("created", "expected"), "contracts": ("signed", "effective")}
"""Relation -> the fields of the earliest and the latest day."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """Choices that nobody made yet.

    Args:
        by_content: fields whose column was told by its cells and not by its title.
    """

    chosen: ChosenTable
    by_content: frozenset[str] = frozenset()


def suggested(table: SheetTable, names: Iterable[str], known: Known, relation: str = "") -> Suggested:
    """Return what a table probably is.

    Args:
        names: of its sheet and file.
        relation: what it is, when a person has said so; empty = told by its titles.
    """
    understood = understood_as(table, relation) if relation else understand(table, names)
    if understood is None:
        return Suggested(ChosenTable(relation))
    fields = {
        name: ChosenField(header.key) for name, header in understood.columns.items() if name not in ("from", "to")
    }
    units = set(units_in_titles(understood.columns.values())) or {unit_above(table)}
    unit = units.pop() if len(units) == 1 else ""
    chosen = ChosenTable(understood.relation, fields, unit=unit or "元")
    guessed = _by_content(chosen, table, known)
    if understood.relation == "actuals" and "measure" not in {**fields, **guessed}:
        fields["measure"] = ChosenField(fixed=FIRST_MEASURE)
    return Suggested(replace(chosen, fields={**fields, **guessed}), frozenset(guessed))


def missing(chosen: ChosenTable, by_month: bool = False) -> tuple[str, ...]:
    """Return the fields that a new record needs and that nothing fills; a name will do for a code."""
    relation = RELATIONS[chosen.relation]
    typed = typed_columns(relation)
    given = {name for name, one in chosen.fields.items() if one.column or one.fixed}
    given |= {"code"} if "name" in given else set()
    given |= also_given(chosen.relation, given, by_month=by_month)
    given |= {"signed", "effective"} if chosen.relation == "contracts" and given & {"signed", "effective"} else set()
    given |= {"unit"} if chosen.relation == "people" and "home" in given else set()
    return tuple(name for name, one in typed.items() if is_needed(chosen.relation, one) and name not in given)


def samples(table: SheetTable, most: int = 5) -> dict[str, tuple[str, ...]]:
    """Return header key -> the first different texts of its column."""
    return {key: tuple(list(dict.fromkeys(texts))[:most]) for key, texts in _texts(table).items()}


# By content ------------------------------------------------------------------------------------


def _by_content(chosen: ChosenTable, table: SheetTable, known: Known) -> dict[str, ChosenField]:
    """Return fields that no title names and whose column is told by its cells."""
    taken = set(chosen.columns)
    found: dict[str, ChosenField] = {}
    texts, cells = _texts(table), _cells(table)
    open_fields = [name for name in fields_of(chosen.relation) if name not in chosen.fields]
    for name, holds in _tests(chosen.relation, open_fields, known):
        free = [key for key in table.keys if key not in taken]
        best = max(((holds(texts[key]), key) for key in free), default=(0.0, ""))
        if best[0] >= MOST_OF_THEM:
            found[name] = ChosenField(best[1])
            taken.add(best[1])
    free_cells = {key: cells[key] for key in table.keys if key not in taken}
    for name, key in (*_days(chosen.relation, open_fields, free_cells), *_amount(open_fields, free_cells)):
        found[name] = ChosenField(key)
    return found


def _tests(relation: str, names: Sequence[str], known: Known) -> Iterable[tuple[str, Callable[[Sequence[str]], float]]]:
    """Yield the fields whose values we know, each with the share of a column's texts that are among them."""
    typed = typed_columns(RELATIONS[relation])
    for name in names:
        column = typed.get(name)
        if column is not None and column.kind == "ref":
            yield name, partial(_share_known, column.ref, known)
        elif column is not None and column.choices:
            words = {folded(word) for _, code, label in column.choices for word in (code, label.zh, label.en)}
            yield name, partial(_share_among, words)
        elif name == "home":
            yield name, partial(_share_known, "units", known)


def _share_known(relation: str, known: Known, texts: Sequence[str]) -> float:
    different = set(texts)
    if not different:
        return 0.0
    records = list(known.find(relation, different))
    names = {record.name for record in records} | {record.code for record in records}
    return len(different & names) / len(different)


def _share_among(words: set[str], texts: Sequence[str]) -> float:
    different = set(texts)
    return sum(folded(text) in words for text in different) / len(different) if different else 0.0


def _days(relation: str, names: Sequence[str], cells: Mapping[str, Sequence[Cell]]) -> list[tuple[str, str]]:
    """Return the earliest and the latest column of days, as far as nothing names them."""
    days = sorted((middle, key) for key, column in cells.items() if (middle := _middle_day(column)) is not None)
    first, last = GUESSED_DAYS.get(relation, ("", ""))
    if not days:
        return []
    if len(days) == 1:
        return [(last, days[0][1])] if last in names else []
    return [(name, key) for name, key in ((first, days[0][1]), (last, days[-1][1])) if name in names]


def _middle_day(column: Sequence[Cell]) -> int | None:
    found = []
    for cell in column:
        try:
            day = None if isinstance(cell, int) else parse_date(cell)
        except ValueProblem:
            return None
        if day is not None:
            found.append(day.toordinal())
    return sorted(found)[len(found) // 2] if found else None


def _amount(names: Sequence[str], cells: Mapping[str, Sequence[Cell]]) -> list[tuple[str, str]]:
    """Return the column of the largest amounts, where nothing names the amount."""
    if "amount" not in names:
        return []
    sizes = sorted((middle, key) for key, column in cells.items() if (middle := _middle_amount(column)) >= LEAST_MONEY)
    return [("amount", sizes[-1][1])] if sizes else []


def _middle_amount(column: Sequence[Cell]) -> int:
    found = []
    for cell in column:
        try:
            amount = parse_money(cell)
        except ValueProblem:
            return 0
        if amount is not None:
            found.append(abs(amount))
    return sorted(found)[len(found) // 2] if found else 0


def _cells(table: SheetTable) -> dict[str, list[Cell]]:
    rows = list(islice(table.rows, ROWS_SEEN))
    return {key: [row.cells[key] for row in rows] for key in table.keys}


def _texts(table: SheetTable) -> dict[str, list[str]]:
    return {key: [text for cell in cells if (text := text_of(cell))] for key, cells in _cells(table).items()}
