"""Spoiling the future of a database by raw SQL: everything that begins after a day, in three ways.

Rights are today's by definition, so roles and grants stay as they are.
"""

from __future__ import annotations

from django.db import connection

from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.core.relation import Column, Relation
from dacheng.core.schema import RELATIONS

RIGHTS = ("roles", "grants")
DATED = tuple(one for one in RELATIONS.values() if one.dated and one.name not in RIGHTS)
SHIFT = 37

NONSENSE = {
    "money": 777_777_777,
    "ref": 4,
    "day": FIRST_DAY,
    "ym": 12,
    "count": 99,
    "bp": 9_999,
    "flag": 1,
    "choice": 1,
}
"""Kind of a column -> a value that is possible and wrong; 4 is a unit, a person, a customer, a stage."""

TOP = 1


def garbled(day: int) -> None:
    """Give every fact that begins after a day other values: amounts, owners, stages, parents, homes, rules."""
    for relation in DATED:
        sets = ", ".join(f'"{column.name}" = {_nonsense(relation, column)}' for column in relation.values)
        if sets:
            _run(f"UPDATE fact_{relation.name} SET {sets} WHERE from_day > {day}")
    _run(f"UPDATE rule_value SET value = '3' WHERE from_day > {day}")


def erased(day: int) -> None:
    """Let nothing have happened after a day: later facts are gone, what they cut short goes on."""
    for relation in DATED:
        _run(f"DELETE FROM fact_{relation.name} WHERE from_day > {day}")
        _run(f"UPDATE fact_{relation.name} SET to_day = {FAR_DAY} WHERE to_day > {day}")
    _run(f"DELETE FROM rule_value WHERE from_day > {day}")


def shifted(day: int) -> None:
    """Let everything after a day happen some weeks later."""
    for relation in DATED:
        _run(f"UPDATE fact_{relation.name} SET to_day = to_day + {SHIFT} WHERE to_day > {day} AND to_day < {FAR_DAY}")
        _run(f"UPDATE fact_{relation.name} SET from_day = -from_day - {SHIFT} WHERE from_day > {day}")
        _run(f"UPDATE fact_{relation.name} SET from_day = -from_day WHERE from_day < 0")


def without_current_values() -> None:
    """Spoil the current values beside the labels: reports read dated facts only."""
    for relation in DATED:
        columns = [one for one in relation.values if one.name not in relation.key]
        sets = ", ".join(f'"{column.name}" = {_nonsense(relation, column)}' for column in columns)
        if sets:
            _run(f"UPDATE rec_{relation.name} SET {sets}")


def without_corrected() -> None:
    """Spoil what was corrected since: it is kept for questions about what was known, and for nothing else."""
    for relation in DATED:
        sets = ", ".join(f'"{column.name}" = {_nonsense(relation, column)}' for column in relation.values)
        if sets:
            _run(f"UPDATE fact_{relation.name} SET {sets} WHERE seq_to <= (SELECT seq FROM chain)")


def _nonsense(relation: Relation, column: Column) -> str:
    if column.ref == relation.name:
        return f'CASE WHEN "{column.name}" = 0 THEN 0 ELSE {TOP} END'  # any other parent could make a circle
    if column.kind == "flag":
        return f'1 - "{column.name}"'
    return str(NONSENSE[column.kind])


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
