"""How files were read, so that a person can see it and say otherwise: columns, words, what was left out (怎么读的)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from dacheng.core.errors import Text
from dacheng.core.relation import Column
from dacheng.core.schema import RELATIONS
from dacheng.exchange.drafting import headers_of
from dacheng.exchange.mapping import ColumnRule, FileRule, MonthCell, RowRule, columns_read, typed_columns
from dacheng.exchange.matching import Matched
from dacheng.exchange.noticing import Words
from dacheng.exchange.own_export import VERSION_KEYS, VERSION_TITLE
from dacheng.exchange.own_headers import is_month
from dacheng.exchange.problems import ValueProblem
from dacheng.exchange.referring import Directory
from dacheng.exchange.texts import folded
from dacheng.exchange.typed_cells import typed

MOST_WORDS = 200
"""Words of all tables that are explained."""

BECAUSE: dict[str, Text] = {
    "said": Text("你说的", "you said so"),
    "alias": Text("映射里的别名", "an alias of the mapping"),
    "words": Text("随产品的词表", "the list of words that ships"),
    "code": Text("编码相同", "the same code"),
    "name": Text("名称相同", "the same name"),
    "like": Text("不计大小写、全半角、空格", "but for case, width and spaces"),
}
"""Why a word means what it means."""

SINCE, TELLS, MONTHS = (
    Text("从哪天起", "First day"), Text("分辨哪些行", "Tells rows apart"), Text("各月金额", "Amount of a month"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """One column of a table and what it became.

    Args:
        key: of its header; title: as the file calls it.
        taken_as: labels of our fields, or what else it is for; empty = it is not read.
    """

    key: str
    title: str
    taken_as: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class WordRead:
    """A word of a column and what it means here.

    Args:
        column: key of the column, as an alias names it; title: as the file calls it.
        rows: how many rows hold it.
        meant: name of the record, or label of the choice.
        because: a key of ``BECAUSE``.
        of: the relation whose record it is, or ``relation.column`` of a choice.
    """

    column: str
    title: str
    text: str
    rows: int
    meant: Text
    because: str
    of: str


@dataclass(frozen=True, slots=True)
class TableRead:
    """How one table was read.

    Args:
        relations: what its rows yield.
    """

    label: str
    relations: tuple[str, ...]
    columns: tuple[ColumnRead, ...]
    words: tuple[WordRead, ...]


def explained(
    matched: Sequence[Matched],
    words: Words,
    directories: Mapping[str, Directory],
    aliases: Mapping[str, Mapping[str, str]],
) -> tuple[TableRead, ...]:
    """Return how tables were read.

    Args:
        words: (table, column key) -> text -> rows.
        directories: the records that references may mean.
        aliases: spellings that a person confirmed.
    """
    left = MOST_WORDS
    told = []
    for number, one in enumerate(matched):
        listed = list(islice(_words(number, one, words, directories, aliases), left))
        left -= len(listed)
        relations = tuple(dict.fromkeys(rule.relation for rule in one.rule.yields))
        told.append(TableRead(one.label, relations, _columns(one), tuple(listed)))
    return tuple(told)


# Columns ---------------------------------------------------------------------------------------


def _columns(one: Matched) -> tuple[ColumnRead, ...]:
    keys: dict[str, list[str]] = {header.key: [] for header in one.table.headers}
    for key, header in headers_of(one.table, one.rule).items():
        keys[header.key].append(key)
    by_month = any(row.by_month for row in one.rule.yields)
    read = {
        header.key: _taken_as(one.rule, keys[header.key], by_month and is_month(header)) for header in one.table.headers
    }
    read |= dict.fromkeys(VERSION_KEYS & set(read), (VERSION_TITLE,))
    return tuple(ColumnRead(header.key, header.title, read[header.key]) for header in one.table.headers)


def _taken_as(rule: FileRule, keys: Sequence[str], is_months: bool) -> tuple[Text, ...]:
    """Return what a column became: our fields first, else that it dates a row or tells rows apart."""
    fields = [text for row in rule.yields for text in _fields(row, keys)]
    if fields or (is_months and not keys):
        return tuple(dict.fromkeys(fields or [MONTHS]))
    dated = any(set(keys) & set(_since(row)) for row in rule.yields)
    tells = {one.column for one in rule.where} | {one for row in rule.yields for one in row.columns}
    tells |= {rule.year_column, rule.year_amount, rule.currency_column}
    return (SINCE,) if dated else (TELLS,) if tells & set(keys) else ()


def _fields(row: RowRule, keys: Sequence[str]) -> Iterable[Text]:
    labels = {one.name: one.label for one in typed_columns(RELATIONS[row.relation]).values()}
    for name, origin in row.origins:
        if set(columns_read(origin)) & set(keys) and not isinstance(origin, MonthCell):
            yield labels[name]


def _since(row: RowRule) -> list[str]:
    origins = [*([row.since] if row.since else []), *(step.since for step in row.steps)]
    return [key for origin in origins for key in columns_read(origin)]


# Words -----------------------------------------------------------------------------------------


def _words(
    number: int,
    one: Matched,
    words: Words,
    directories: Mapping[str, Directory],
    aliases: Mapping[str, Mapping[str, str]],
) -> Iterator[WordRead]:
    titles = {key: header.title for key, header in headers_of(one.table, one.rule).items()}
    for key, (relation, column) in one.rule.worded_columns.items():
        of = column.ref or f"{relation}.{column.name}"
        for text, rows in words.get((number, key), {}).items():
            because, said = _said(text, one.rule.columns[key], aliases.get(key, {}))
            meant = _record(said, directories.get(column.ref)) if column.ref else _choice(said, column)
            if meant is not None:
                why = because or _likeness(text, *meant)
                yield WordRead(key, titles.get(key, key), text, rows, meant[1], why, of)


def _said(text: str, rule: ColumnRule, confirmed: Mapping[str, str]) -> tuple[str, str]:
    """Return why a text is read as another one, and that; no reason where it is read as it stands."""
    for because, meant in (
        ("said", confirmed.get(text)),
        ("alias", rule.aliases.get(text)),
        ("words", rule.words.get(folded(text))),
    ):
        if meant is not None:
            return because, meant
    return "", text


def _record(text: str, directory: Directory | None) -> tuple[str, Text] | None:
    """Return code and name of the one record that a text means."""
    codes = directory.meant(text) if directory else frozenset()
    if directory is None or len(codes) != 1:
        return None
    (code,) = codes
    name = directory.names[code] or code
    return code, Text(name, name)


def _choice(text: str, column: Column) -> tuple[str, Text] | None:
    try:
        number = typed(column, text)
    except ValueProblem:
        return None
    return next(((code, label) for one, code, label in column.choices if one == number), None)


def _likeness(text: str, code: str, name: Text) -> str:
    if text in (name.zh, name.en):
        return "name"
    return "code" if text == code else "like"
