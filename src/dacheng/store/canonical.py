"""The company in canonical form: what is known now, the same from every database.

Numbers are compacted in their order (1 … n), what was removed is left out, neighbours
with equal values are one row. So the hash depends on what the company is and not on how
it came about: an import and its undo leave it as it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from dacheng.core.company import Company, Frame
from dacheng.core.org.schema import GRANTED
from dacheng.core.relation import Relation
from dacheng.core.rules import DatedRule
from dacheng.core.schema import INTERVAL, RELATIONS
from dacheng.store.bulk import select_rows
from dacheng.store.models import FAR_SEQ, CompanySetting, RuleValue
from dacheng.store.standing import fact_table, record_table

Numbers = Mapping[str, Mapping[int, int]]
"""Relation -> number in this database -> number in canonical form."""

Row = tuple[Any, ...]

GRANTED_RELATION = {number: f"{code}s" for number, code, _ in GRANTED}

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def export_company() -> Company:
    """Return the whole company as it is known now."""
    setting = CompanySetting.objects.filter(pk=1).first() or CompanySetting(name="")
    numbers = {name: _compacted(name) for name, relation in RELATIONS.items() if relation.entity}
    frames = {name: _frame(relation, numbers) for name, relation in RELATIONS.items()}
    rules = RuleValue.objects.filter(seq_to=FAR_SEQ).order_by("name", "from_day")
    dated = tuple(DatedRule(*one) for one in rules.values_list("name", "from_day", "value"))
    return Company(setting.name, setting.currency, {name: one for name, one in frames.items() if len(one)}, dated)


def canonical_hash() -> str:
    """Return the SHA-256 of the company in canonical form; equal on SQLite and PostgreSQL."""
    return company_hash(export_company())


def company_hash(company: Company) -> str:
    """Return the SHA-256 of a company's name, currency, rules and rows."""
    digest = hashlib.sha256()
    for line in _lines(company):
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _lines(company: Company) -> Iterator[str]:
    yield _encode([company.name, company.currency])
    for rule in company.rules:
        yield _encode([rule.name, rule.from_day, rule.value])
    for name, frame in sorted(company.frames.items()):
        columns = [*sorted(frame.columns), *sorted(frame.labels)]
        yield _encode([name, columns])
        parts = [frame.columns[one] if one in frame.columns else frame.labels[one] for one in columns]
        for row in zip(*parts, strict=True):
            yield _encode(row)


def _compacted(name: str) -> dict[int, int]:
    rows = select_rows(record_table(name), ["id"], [("NOT removed", None)], order=("id",))
    return {row[0]: number for number, row in enumerate(rows, 1)}


def _frame(relation: Relation, numbers: Numbers) -> Frame:
    names = [*(column.name for column in relation.facts), *INTERVAL]
    key = len(relation.key)
    versions = select_rows(fact_table(relation.name), names, [(f"seq_to = {FAR_SEQ}", None)])
    fresh = list(zip(*_renumbered(relation, numbers, versions), strict=True))
    rows = _joined(sorted(fresh, key=itemgetter(*range(key), -2)))
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    return Frame(columns, _labels(relation, numbers, [row[:key] for row in rows]))


def _renumbered(relation: Relation, numbers: Numbers, rows: Sequence[Row]) -> list[Sequence[Any]]:
    """Return rows, which begin with the relation's own columns, as columns with canonical numbers."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    if relation.name == "grants" and rows:
        columns[2] = [numbers[GRANTED_RELATION[kind]].get(one, one) for kind, one in zip(*columns[1:3], strict=True)]
    for at, column in enumerate(relation.facts[: len(columns)]):
        turn = numbers[column.ref] if column.kind == "ref" else numbers[relation.name] if column.kind == "id" else None
        if turn is not None:
            columns[at] = [turn.get(value, value) for value in columns[at]]
    return columns


def _joined(rows: list[Row]) -> list[Row]:
    """Join neighbours of one key that meet with equal values."""
    found: list[Row] = []
    for row in rows:
        if found and found[-1][:-2] == row[:-2] and found[-1][-1] == row[-2]:
            found[-1] = (*found[-1][:-1], row[-1])
        else:
            found.append(row)
    return found


def _labels(relation: Relation, numbers: Numbers, keys: list[Row]) -> dict[str, list[str]]:
    """Return the texts of the record of each key."""
    names = [column.name for column in relation.labels]
    if not names:
        return {}
    key = ["id"] if relation.entity else list(relation.key)
    rows = select_rows(record_table(relation.name), [*key, *names], [("NOT removed", None)])
    fresh = zip(*_renumbered(relation, numbers, [row[: len(key)] for row in rows]), strict=True)
    texts = {one: row[len(key) :] for one, row in zip(fresh, rows, strict=True)}
    return {name: [texts[one][at] for one in keys] for at, name in enumerate(names)}
