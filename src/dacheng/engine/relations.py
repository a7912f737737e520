"""The SQL of a Book's relations: scoped, as of a day, at a log sequence.

Every engine holds the same fact tables, ``fact_<relation>``: the relation's integer
columns and ``from_day, to_day, seq_from, seq_to``. Rights are applied here and
nowhere else: by unit as an integer list, by owner as a second branch, by grant as a
third, joined with UNION ALL, because OR and people lists are many times slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dacheng.core.access import Scope
from dacheng.core.book import OUTSIDE
from dacheng.core.org.schema import GRANTED
from dacheng.core.relation import Column, Relation
from dacheng.core.schema import RELATIONS

GRANT_KIND = {code: number for number, code, _ in GRANTED}
GRANTABLE = {
    "deals": ("deal", "deal_id"),
    "contracts": ("contract", "contract_id"),
    "contract_lines": ("contract", "contract_id"),
}
"""Relation -> what a grant names and the column that holds its number."""

MET_THROUGH = ("deals", "contracts")
"""A customer is met by whoever sees one of its rows here, be it by a grant."""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """From where relations are seen: whose scope, which days, which sequence.

    Args:
        as_of: facts hold at the end of this day.
        org_day: open rows are placed by the homes of this day.
        today: the day on which grants must hold.
        restated: 今日口径; posted rows too are placed by the homes of ``org_day``.
    """

    scope: Scope
    as_of: int
    org_day: int
    today: int
    seq: int
    restated: bool = False


def fact_table(relation: Relation) -> str:
    """Return the name of the table that holds a relation's facts."""
    return f"fact_{relation.name}"


def relation_columns(relation: Relation) -> dict[str, bool]:
    """Return the columns a report sees of a relation, with their nullability."""
    columns = {column.name: column.nullable or column.field_class == "money-private" for column in relation.facts}
    return columns | ({"unit_id": False} if relation.placed else {})


def relation_sql(relation: Relation, at: Standpoint) -> str:
    """Return the SELECT of a relation in scope on the as-of day."""
    if relation.place == "public" or at.scope.whole:
        return _branch(relation, at, [])
    if relation.place == "customer":
        return _branch(relation, at, [_met(relation, at)])
    place, own = place_of(relation), own_column(relation)
    units = ", ".join(str(unit) for unit in at.scope.units)
    elsewhere = [f"{place} NOT IN ({units})"] if units else []
    branches = [_branch(relation, at, [f"{place} IN ({units})"])] if units else []
    if own and at.scope.person_id:
        branches.append(_branch(relation, at, [*elsewhere, f"f.{own} = {at.scope.person_id}"]))
    if relation.name in GRANTABLE and at.scope.person_id:
        beyond = [*elsewhere, f"f.{own} <> {at.scope.person_id}", granted(relation, at)]
        branches.append(_branch(relation, at, beyond, place=str(OUTSIDE)))
    if relation.host and units:
        hosted = [*elsewhere, f"f.{own} <> {at.scope.person_id}", f"f.{relation.host} IN ({units})"]
        branches.append(_branch(relation, at, hosted, place=str(OUTSIDE)))
    return "\nUNION ALL\n".join(branches) or _branch(relation, at, ["1 = 0"])


def shown(relation: Relation, scope: Scope) -> list[str]:
    """Return the integer columns of a relation as a viewer may see them."""
    return [_shown(column, scope) for column in relation.facts]


def place_of(relation: Relation) -> str:
    """Return the unit at which a row is placed."""
    return "a.unit_id" if relation.placed else f"f.{relation.place_column}"


def own_column(relation: Relation) -> str:
    """Return the column that names whose a row is; empty when it is nobody's."""
    if relation.placed:
        return relation.place_column
    return "person_id" if "person_id" in {column.name for column in relation.facts} else ""


def granted(relation: Relation, at: Standpoint) -> str:
    """Return the condition that a row is opened to the viewer by a grant of today."""
    kind, column = GRANTABLE[relation.name]
    return (
        f"f.{column} IN (SELECT g.object_id FROM fact_grants g WHERE g.person_id = {at.scope.person_id}"
        f" AND g.kind = {GRANT_KIND[kind]} AND {holding('g', at.today)} AND {known('g', at.seq)})"
    )


def known(alias: str, seq: int) -> str:
    """Return the condition that a fact was known at a sequence."""
    return f"{alias}.seq_from <= {seq} AND {alias}.seq_to > {seq}"


def holding(alias: str, day: int | str) -> str:
    """Return the condition that a fact holds at the end of a day (a number or a column)."""
    return f"{alias}.from_day <= {day} AND {alias}.to_day > {day}"


def _met(relation: Relation, at: Standpoint) -> str:
    """Return the condition that the viewer sees a deal or a contract of a row's customer on the as-of day."""
    seen = " UNION ALL ".join(
        f"SELECT {name}.customer_id FROM ({relation_sql(RELATIONS[name], at)}) {name}" for name in MET_THROUGH
    )
    return f"f.{relation.place_column} IN ({seen})"


def _branch(relation: Relation, at: Standpoint, conditions: Sequence[str], place: str = "") -> str:
    columns = shown(relation, at.scope)
    if relation.placed:
        columns.append(f"{place or place_of(relation)} AS unit_id")
    where = [*([holding("f", at.as_of)] if relation.dated else []), known("f", at.seq), *conditions]
    return f"SELECT {', '.join(columns)} FROM {fact_table(relation)} f{_home(relation, at)} WHERE {' AND '.join(where)}"


def _shown(column: Column, scope: Scope) -> str:
    if column.field_class in scope.classes:
        return f"f.{column.name}"
    return f"CAST(NULL AS BIGINT) AS {column.name}"


def _home(relation: Relation, at: Standpoint) -> str:
    """Join the home unit of the owner on the day the row counts for."""
    if not relation.placed:
        return ""
    day = str(at.org_day)
    if relation.place_day and not at.restated:
        day = f"CASE WHEN f.{relation.place_day} < {day} THEN f.{relation.place_day} ELSE {day} END"
    return (
        f" JOIN fact_assignments a ON a.person_id = f.{relation.place_column} AND {holding('a', day)}"
        f" AND {known('a', at.seq)}"
    )
