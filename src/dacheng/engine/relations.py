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
from dacheng.core.schema import INTERVAL

GRANT_KIND = {code: number for number, code, _ in GRANTED}
GRANTABLE = {"deals": "deal", "contracts": "contract"}


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


def relation_sql(relation: Relation, at: Standpoint, *, spans: bool = False) -> str:
    """Return the SELECT of a relation in scope.

    Args:
        spans: all versions known at the sequence with their days, instead of those
            that hold on the as-of day.
    """
    branches = [branch for branch in _branches(relation, at, spans) if branch]
    if not branches:
        return f"{_select(relation, at, spans, place='0')} WHERE 1 = 0"
    return "\nUNION ALL\n".join(branches)


def _branches(relation: Relation, at: Standpoint, spans: bool) -> list[str]:
    if relation.place == "public" or at.scope.whole:
        return [_branch(relation, at, spans, [])]
    units = _among(_place(relation), at.scope.units)
    elsewhere = _not_among(_place(relation), at.scope.units)
    own = _own_column(relation)
    found = [_branch(relation, at, spans, units) if at.scope.units else ""]
    if own and at.scope.person_id:
        found.append(_branch(relation, at, spans, [*elsewhere, f"f.{own} = {at.scope.person_id}"]))
    if relation.name in GRANTABLE and at.scope.person_id:
        beyond = [*elsewhere, f"f.{own} <> {at.scope.person_id}", _granted(relation, at)]
        found.append(_branch(relation, at, spans, beyond, place=str(OUTSIDE)))
    return found


def _branch(relation: Relation, at: Standpoint, spans: bool, conditions: list[str], place: str = "") -> str:
    where = [*_holds("f", relation, at, spans), *conditions]
    return f"{_select(relation, at, spans, place or _place(relation))} WHERE {' AND '.join(where)}"


def _select(relation: Relation, at: Standpoint, spans: bool, place: str) -> str:
    columns = [_shown(column, at.scope) for column in relation.facts]
    if spans:
        columns += [f"f.{name}" for name in INTERVAL]
    if relation.placed:
        columns.append(f"{place} AS unit_id")
    return f"SELECT {', '.join(columns)} FROM {fact_table(relation)} f{_home(relation, at)}"


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
        f" JOIN fact_assignments a ON a.person_id = f.{relation.place_column}"
        f" AND a.from_day <= {day} AND a.to_day > {day}"
        f" AND a.seq_from <= {at.seq} AND a.seq_to > {at.seq}"
    )


def _place(relation: Relation) -> str:
    return "a.unit_id" if relation.placed else f"f.{relation.place_column}"


def _own_column(relation: Relation) -> str:
    if relation.placed:
        return relation.place_column
    return "person_id" if "person_id" in {column.name for column in relation.facts} else ""


def _holds(alias: str, relation: Relation, at: Standpoint, spans: bool) -> list[str]:
    known = [f"{alias}.seq_from <= {at.seq}", f"{alias}.seq_to > {at.seq}"]
    if spans or not relation.dated:
        return known
    return [f"{alias}.from_day <= {at.as_of}", f"{alias}.to_day > {at.as_of}", *known]


def _granted(relation: Relation, at: Standpoint) -> str:
    kind = GRANT_KIND[GRANTABLE[relation.name]]
    return (
        f"f.{relation.key[0]} IN (SELECT g.object_id FROM fact_grants g WHERE g.person_id = {at.scope.person_id}"
        f" AND g.kind = {kind} AND g.from_day <= {at.today} AND g.to_day > {at.today}"
        f" AND g.seq_from <= {at.seq} AND g.seq_to > {at.seq})"
    )


def _among(place: str, units: Sequence[int]) -> list[str]:
    return [f"{place} IN ({', '.join(str(unit) for unit in units)})"] if units else []


def _not_among(place: str, units: Sequence[int]) -> list[str]:
    return [f"{place} NOT IN ({', '.join(str(unit) for unit in units)})"] if units else []
