"""The SQL of a Book's relations: scoped, as of a day, at a log sequence.

Every engine holds the same fact tables, ``fact_<relation>``: the relation's integer
columns and ``from_day, to_day, seq_from, seq_to``. Rights are applied here and
nowhere else: by unit as an integer list, by owner as a second branch, by grant as a
third, joined with UNION ALL, because OR and people lists are many times slower.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dacheng.core.access import Scope
from dacheng.core.book import OUTSIDE
from dacheng.core.org.schema import GRANTED
from dacheng.core.relation import Column, Relation

OF_CONTRACT = (
    "payment_terms", "recognitions", "invoices", "allocations", "write_offs", "projects", "milestones",
    "dunning_steps", "promises",
)  # fmt: skip
"""Relations whose rows stand with a contract, and are opened with it."""

GRANT_KIND = {code: number for number, code, _ in GRANTED}
GRANTABLE = {
    "deals": ("deal", "deal_id"),
    "contracts": ("contract", "contract_id"),
    "contract_lines": ("contract", "contract_id"),
    **dict.fromkeys(OF_CONTRACT, ("contract", "contract_id")),
}
"""Relation -> what a grant names and the column that holds its number."""

MET_THROUGH: Mapping[str, tuple[str, ...]] = {"customer": ("deals", "contracts"), "deal": ("deals",)}
"""Place -> relations of which one sees a row, be it by a grant, to see what belongs to its customer or its deal."""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """From where relations are seen: whose scope, which days, which sequence.

    Args:
        as_of: facts hold at the end of this day.
        org_day: open rows are placed by the homes of this day.
        today: the day on which grants must hold.
        restated: 今日口径; posted rows too are placed by the homes of ``org_day``.
        splits: whether any deal was ever shared; without one nothing is joined for it.
    """

    scope: Scope
    as_of: int
    org_day: int
    today: int
    seq: int
    restated: bool = False
    splits: bool = True


def fact_table(relation: Relation) -> str:
    """Return the name of the table that holds a relation's facts."""
    return f"fact_{relation.name}"


def relation_columns(relation: Relation) -> dict[str, bool]:
    """Return the columns a report sees of a relation, with their nullability."""
    columns = {column.name: column.nullable or column.field_class == "money-private" for column in relation.facts}
    return columns | ({"unit_id": False} if relation.placed else {})


def relation_sql(relation: Relation, at: Standpoint, shared: str = "", met: Mapping[str, str] | None = None) -> str:
    """Return the SELECT of a relation in scope on the as-of day.

    Args:
        met: relation -> a SELECT of the viewer's rows, for one that is seen through its customer or its deal.
        shared: a SELECT of the keys whose rows are opened to the viewer because a part of them
            is in his scope; they stand outside, as by a grant.
    """
    if relation.place == "public" or at.scope.whole:
        return _branch(relation, at, [])
    if relation.place in MET_THROUGH:
        return _branch(relation, at, [_met(relation, met or {})])
    place, own = place_of(relation), own_column(relation)
    who = f"f.{own}" if own else ""
    branches = [_branch(relation, at, one) for one in scope_branches(place, who, at)]
    opened = _opened(relation, at, shared)
    if opened:
        branches.append(_branch(relation, at, [*elsewhere(place, who, at), opened], place=str(OUTSIDE)))
    if relation.host and at.scope.units:
        hosted = [*elsewhere(place, who, at), f"f.{relation.host} IN ({_units(at)})"]
        branches.append(_branch(relation, at, hosted, place=str(OUTSIDE)))
    return "\nUNION ALL\n".join(branches) or _branch(relation, at, ["1 = 0"])


def scope_branches(place: str, own: str, at: Standpoint) -> list[list[str]]:
    """Return the conditions of each branch of a scope: by unit, and the viewer's own elsewhere.

    Args:
        place, own: the unit a row is placed at and whose it is; empty when it is nobody's.
    """
    inside, beyond = _units(at), elsewhere(place, "", at)
    branches = [[f"{place} IN ({inside})"]] if inside else []
    if own and at.scope.person_id:
        branches.append([*beyond, f"{own} = {at.scope.person_id}"])
    return branches


def elsewhere(place: str, own: str, at: Standpoint) -> list[str]:
    """Return the conditions of rows that are neither at the viewer's units nor his own."""
    inside = _units(at)
    others = [f"{own} <> {at.scope.person_id}"] if own and at.scope.person_id else []
    return [*([f"{place} NOT IN ({inside})"] if inside else []), *others]


def _units(at: Standpoint) -> str:
    return ", ".join(str(unit) for unit in at.scope.units)


def _opened(relation: Relation, at: Standpoint, shared: str) -> str:
    """Return the condition of rows opened by a grant of today, or because a part of them is in scope."""
    if relation.name not in GRANTABLE:
        return ""
    by_grant = [_grants(relation, at)] if at.scope.person_id else []
    found = "\nUNION ALL\n".join([*by_grant, *([shared] if shared else [])])
    return f"f.{GRANTABLE[relation.name][1]} IN ({found})" if found else ""


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
    if not relation.seen_by_person:
        return ""
    return "person_id" if "person_id" in {column.name for column in relation.facts} else ""


def granted(relation: Relation, at: Standpoint) -> str:
    """Return the condition that a row is opened to the viewer by a grant of today."""
    return f"f.{GRANTABLE[relation.name][1]} IN ({_grants(relation, at)})"


def _grants(relation: Relation, at: Standpoint) -> str:
    return (
        f"SELECT g.object_id FROM fact_grants g WHERE g.person_id = {at.scope.person_id}"
        f" AND g.kind = {GRANT_KIND[GRANTABLE[relation.name][0]]} AND {holding('g', at.today)} AND {known('g', at.seq)}"
    )


def known(alias: str, seq: int) -> str:
    """Return the condition that a fact was known at a sequence."""
    return f"{alias}.seq_from <= {seq} AND {alias}.seq_to > {seq}"


def holding(alias: str, day: int | str) -> str:
    """Return the condition that a fact holds at the end of a day (a number or a column)."""
    return f"{alias}.from_day <= {day} AND {alias}.to_day > {day}"


def _met(relation: Relation, met: Mapping[str, str]) -> str:
    """Return the condition that the viewer sees, on the as-of day, a row of what a row belongs to."""
    column = relation.place_column
    seen = " UNION ALL ".join(f"SELECT {name}.{column} FROM ({select}) {name}" for name, select in met.items())
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
    return home_of(relation, at, f"f.{relation.place_column}") if relation.placed else ""


def home_of(relation: Relation, at: Standpoint, person: str) -> str:
    """Join the home unit of a person on the day a row of a relation counts for."""
    day = str(at.org_day)
    if relation.place_day and not at.restated:
        day = earlier(f"f.{relation.place_day}", day)
    return f" JOIN fact_assignments a ON a.person_id = {person} AND {holding('a', day)} AND {known('a', at.seq)}"


def earlier(one: str, other: str) -> str:
    """Return the earlier of two days."""
    return f"CASE WHEN {one} < {other} THEN {one} ELSE {other} END"


def later(one: str, other: str) -> str:
    """Return the later of two days."""
    return f"CASE WHEN {one} < {other} THEN {other} ELSE {one} END"
