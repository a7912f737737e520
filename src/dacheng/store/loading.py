"""Loading a whole company into an empty database, as one log entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from dacheng.core.company import Company, Frame
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FIRST_DAY
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import Row, insert_rows
from dacheng.store.history import Entry
from dacheng.store.identity import new_uids
from dacheng.store.models import FAR_SEQ, CompanySetting, RuleValue
from dacheng.store.sounding import SOUNDED, sound_of
from dacheng.store.standing import Columns, fact_table, record_columns, record_meta, record_table

ROWS_AT_ONCE = 50_000


def load_company(entry: Entry, company: Company, *, demo: bool = False) -> dict[str, int]:
    """Load every frame; ids stay as they are, so the database must be empty.

    Returns:
        relation name -> how many records.

    Raises:
        RuleError: the database already holds a company.
    """
    refuse_second_company()
    CompanySetting.objects.create(pk=1, name=company.name, currency=company.currency, demo=demo)
    counts = {
        name: _load_frame(entry, RELATIONS[name], company.frames[name]) for name in RELATIONS if name in company.frames
    }
    for rule in company.rules:
        RuleValue.objects.create(name=rule.name, from_day=rule.from_day, value=rule.value, seq_from=entry.seq)
    entry.detail["counts"] = counts
    entry.keep = True
    return counts


def refuse_second_company() -> None:
    """Refuse when the database already holds a company.

    Raises:
        RuleError: it does.
    """
    if CompanySetting.objects.exists():
        raise RuleError(
            Text("这个数据库里已经有一家公司。", "The database already holds a company."),
            Text("用一个新的数据库文件，或先备份再清空。", "Use a new database, or back up and empty this one."),
        )


def _load_frame(entry: Entry, relation: Relation, frame: Frame) -> int:
    columns = [*(column.name for column in relation.facts), "from_day", "to_day"]
    facts = ((*row, entry.seq, FAR_SEQ) for row in _rows(frame, columns))
    _insert(fact_table(relation.name), [*columns, "seq_from", "seq_to"], facts)
    latest = _latest(relation, frame)
    names = ["id", *record_columns(relation), *record_meta(relation)]
    _insert(record_table(relation.name), names, _records(entry, relation, latest))
    return len(latest)


def _records(entry: Entry, relation: Relation, latest: Sequence[tuple[int, Columns]]) -> Iterator[Row]:
    own = record_columns(relation)
    for at, ((first, values), uid) in enumerate(zip(latest, new_uids(entry.at, len(latest)), strict=True), 1):
        number = values[relation.key[0]] if relation.entity else at
        after = {name: values[name] for name in own if values[name] not in (None, "")}
        entry.note(relation.name, number, first, before=None, after=after)
        sound = (sound_of(values["name"]),) if relation.name in SOUNDED else ()
        yield number, *(values[name] for name in own), uid.hex, 1, "", "", False, first, *sound


def _latest(relation: Relation, frame: Frame) -> list[tuple[int, Columns]]:
    """Return (first day, latest values with labels) of each key, in order of appearance."""
    columns = {column.name: _plain(frame.columns[column.name]) for column in relation.facts}
    empty = [""] * len(frame)
    texts = {column.name: frame.labels.get(column.name, empty) for column in relation.labels}
    days = _plain(frame.columns["from_day"])
    first: dict[Any, int] = {}
    last: dict[Any, int] = {}
    for row, key in enumerate(zip(*(columns[name] for name in relation.key), strict=True)):
        day = days[row] or FIRST_DAY
        first[key] = min(day, first.get(key, day))
        if key not in last or day >= (days[last[key]] or FIRST_DAY):
            last[key] = row
    told = [*columns.items(), *texts.items()]
    return [(first[key], {name: column[row] for name, column in told}) for key, row in last.items()]


def _insert(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    waiting = iter(rows)
    while chunk := list(islice(waiting, ROWS_AT_ONCE)):
        insert_rows(table, columns, chunk)


def _rows(frame: Frame, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(_plain(frame.columns[name]) for name in names), strict=True)


def _plain(column: Sequence[int | None]) -> Sequence[int | None]:
    """Return Python integers; NumPy arrays of a generator become lists."""
    listed = getattr(column, "tolist", None)
    return listed() if listed else column
