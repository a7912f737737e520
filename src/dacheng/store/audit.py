"""Does the database still say what was written? The log's chain, the facts, the records (审计).

Every entry of the log holds the hash of the one before it and of its own changes, so a
row that was changed, deleted, inserted or moved is found, and so is a tail that was cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from dacheng.core.errors import Finding, Text
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import fetch_rows, select_rows
from dacheng.store.history import changes_hash, entry_hash
from dacheng.store.models import FAR_SEQ, Chain
from dacheng.store.standing import fact_table, record_table

ROWS_AT_ONCE = 5_000
SHOWN = 20
"""Findings of one kind that are listed; more are counted."""

REMEDY = Text(
    "停止写入，从备份恢复，并查明是谁直接改了数据库。",
    "Stop writing, restore from a backup, and find out who changed the database directly.",
)
ENTRY = ("seq", "at", "actor_id", "action", "detail", "changes", "changes_hash", "previous_hash", "hash")
CHANGE = ("seq", "position", "relation", "record_id", "from_day", "before", "after")


class Summed(NamedTuple):
    """The changes of one entry in short."""

    seq: int
    changes: int
    digest: str


NO_CHANGES = (0, changes_hash([]))


def verify() -> list[Finding]:
    """Return what is wrong with the log, the facts and the records; empty when nothing is."""
    found: list[Finding] = []
    for check in (_chain, _facts_beyond_the_log, _overlaps, _records):
        problems = check()
        found += islice(problems, SHOWN)
        more = sum(1 for _ in problems)
        if more:
            found.append(_problem("audit/more", Text(f"同类问题还有 {more} 处。", f"{more} more of this kind.")))
    return found


def _chain() -> Iterator[Finding]:
    """Walk the log: numbers without a gap, hashes that fit, and a head that is the last entry."""
    expected, previous = 1, ""
    changed = _Changed(_sums())
    for entry in _entries():
        seq = entry["seq"]
        if seq != expected:
            yield _problem("audit/entry-missing", _between(expected, seq))
        if entry["previous_hash"] != previous:
            yield _entry_problem("audit/chain-broken", seq, "与前一条不相连", "does not follow the one before")
        if entry["hash"] != entry_hash(entry["previous_hash"], [entry[name] for name in ENTRY[:7]]):
            yield _entry_problem("audit/entry-changed", seq, "被改过", "was changed")
        yield from changed.strays_before(seq)
        if changed.of(seq) != (entry["changes"], entry["changes_hash"]):
            yield _entry_problem("audit/changes-changed", seq, "的变更明细被改过", "has other changes than written")
        expected, previous = seq + 1, entry["hash"]
    yield from changed.strays_before(FAR_SEQ)
    yield from _head(expected - 1, previous)


class _Changed:
    """Goes along the sums of changes beside the entries, in the same order."""

    def __init__(self, sums: Iterator[Summed]) -> None:
        self.sums = sums
        self.ahead = next(sums, None)

    def of(self, seq: int) -> tuple[int, str]:
        """Return how many changes an entry has, and their hash."""
        if self.ahead is None or self.ahead.seq != seq:
            return NO_CHANGES
        found, self.ahead = self.ahead, next(self.sums, None)
        return found.changes, found.digest

    def strays_before(self, seq: int) -> Iterator[Finding]:
        """Find changes that belong to no entry."""
        while self.ahead is not None and self.ahead.seq < seq:
            yield _entry_problem(
                "audit/stray-change", self.ahead.seq, "不存在，却有变更明细", "is missing, its changes are not"
            )
            self.ahead = next(self.sums, None)


def _sums() -> Iterator[Summed]:
    """Return the number and the hash of the changes of each entry that has any, in order."""
    for seq, rows in groupby(_change_rows(), key=itemgetter(0)):
        own = [row[1:] for row in rows]
        yield Summed(seq, len(own), changes_hash(own))


def _head(seq: int, digest: str) -> Iterator[Finding]:
    """Compare the head with the last entry: a cut tail, or entries that never were."""
    chain = Chain.objects.filter(pk=1).first()
    if chain is None or (chain.seq, chain.hash) != (seq, digest):
        head = 0 if chain is None else chain.seq
        yield _problem(
            "audit/head",
            Text(f"日志到 {seq} 为止，链头却在 {head}。", f"The log ends at {seq}, its head says {head}."),
        )


def _facts_beyond_the_log() -> Iterator[Finding]:
    """Find facts that no entry of the log can have written."""
    for relation in RELATIONS.values():
        unknown = (
            f"seq_from NOT IN (SELECT seq FROM log) OR (seq_to <> {FAR_SEQ} AND seq_to NOT IN (SELECT seq FROM log))"
        )
        rows = select_rows(fact_table(relation.name), [*relation.key, "seq_from"], [(f"({unknown})", None)])
        for row in rows:
            yield _fact_problem(
                "audit/fact-without-entry", relation, row[:-1], "没有对应的日志", "has no entry in the log"
            )


def _overlaps() -> Iterator[Finding]:
    """Find current versions of a key that overlap, or that end before they begin."""
    for relation in RELATIONS.values():
        keys = ", ".join(relation.key)
        following = f"LEAD(from_day) OVER (PARTITION BY {keys} ORDER BY from_day) AS following"
        sql = (
            f"SELECT {keys} FROM (SELECT {keys}, from_day, to_day, {following} FROM {fact_table(relation.name)}"
            f" WHERE seq_to = {FAR_SEQ}) AS versions WHERE following < to_day OR to_day <= from_day"
        )
        for row in fetch_rows(sql):
            yield _fact_problem("audit/overlap", relation, row, "的版本相互重叠", "has versions that overlap")


def _records() -> Iterator[Finding]:
    """Find records that differ from their latest facts, lack facts, or facts without a record."""
    for relation in RELATIONS.values():
        for row in fetch_rows(_differing(relation)):
            yield _fact_problem("audit/record-differs", relation, row, "与它的事实不一致", "differs from its facts")
        for row in fetch_rows(_orphans(relation)):
            yield _fact_problem("audit/fact-without-record", relation, row, "没有对应的记录", "has no record")


def _differing(relation: Relation) -> str:
    """Return the SQL of records that stand and are not what their latest current version says."""
    record, fact = record_table(relation.name), fact_table(relation.name)
    apart = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    same_key = " AND ".join(f"f.{name} = r.{_own(relation, name)}" for name in relation.key)
    differing = " OR ".join(f'r."{name}" {apart} f."{name}"' for name in relation.value_names)
    return (
        f"SELECT {', '.join(f'r.{_own(relation, name)}' for name in relation.key)} FROM {record} r"
        f" LEFT JOIN (SELECT * FROM {fact} v WHERE seq_to = {FAR_SEQ} AND from_day ="
        f" (SELECT MAX(from_day) FROM {fact} w WHERE w.seq_to = {FAR_SEQ} AND {_same(relation, 'w', 'v')})) f"
        f" ON {same_key} WHERE NOT r.removed AND (f.from_day IS NULL{f' OR {differing}' if differing else ''})"
    )


def _orphans(relation: Relation) -> str:
    """Return the SQL of current facts whose record does not stand."""
    record, fact = record_table(relation.name), fact_table(relation.name)
    same_key = " AND ".join(f"r.{_own(relation, name)} = f.{name}" for name in relation.key)
    return (
        f"SELECT DISTINCT {', '.join(f'f.{name}' for name in relation.key)} FROM {fact} f WHERE f.seq_to = {FAR_SEQ}"
        f" AND NOT EXISTS (SELECT 1 FROM {record} r WHERE NOT r.removed AND {same_key})"
    )


def _own(relation: Relation, name: str) -> str:
    """Return what a record calls a column of its key."""
    return "id" if relation.entity and name == relation.key[0] else name


def _same(relation: Relation, one: str, other: str) -> str:
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in relation.key)


def _entries() -> Iterator[dict[str, Any]]:
    """Return the entries in order, a few thousand at a time."""
    for row in _paged("log", ENTRY, ("seq",)):
        yield dict(zip(ENTRY, row, strict=True))


def _change_rows() -> Iterator[tuple[Any, ...]]:
    """Return the changes of all entries in order, a few thousand at a time."""
    return _paged("log_change", CHANGE, ("seq", "position"))


def _paged(table: str, columns: Sequence[str], key: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Return rows in the order of a key that they begin with."""
    order, places = ", ".join(key), ", ".join(["%s"] * len(key))
    rest, params = "1 = 1", ()
    while True:
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {rest} ORDER BY {order} LIMIT {ROWS_AT_ONCE}"
        rows = fetch_rows(sql, params)
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        rest, params = f"({order}) > ({places})", rows[-1][: len(key)]


def _between(expected: int, seq: int) -> Text:
    return Text(
        f"日志第 {expected} 条之后接的是第 {seq} 条。", f"Entry {expected} of the log is missing; {seq} follows."
    )


def _entry_problem(rule: str, seq: int, zh: str, en: str) -> Finding:
    return _problem(rule, Text(f"日志第 {seq} 条{zh}。", f"Entry {seq} of the log {en}."))


def _fact_problem(rule: str, relation: Relation, key: tuple[Any, ...], zh: str, en: str) -> Finding:
    shown = " / ".join(str(part) for part in key)
    return _problem(rule, Text(f"{relation.label.zh} {shown} {zh}。", f"{relation.label.en} {shown} {en}."))


def _problem(rule: str, message: Text) -> Finding:
    return Finding(rule, message, REMEDY)
