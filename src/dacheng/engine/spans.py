"""The SQL of a relation's versions through time, each with the unit it counts for.

A version is cut where its owner moves, where it is posted, and where its unit enters or
leaves the viewer's scope. So the pieces that hold on a day are the rows of the Book of
that day, and a history of many days is one pass.
"""

from __future__ import annotations

from collections.abc import Sequence

from dacheng.core.book import OUTSIDE
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.core.relation import Relation
from dacheng.engine.relations import (
    GRANTABLE,
    Standpoint,
    fact_table,
    granted,
    holding,
    known,
    own_column,
    relation_columns,
    shown,
)


def spans_sql(relation: Relation, at: Standpoint, *, seen: str) -> str:
    """Return the SELECT of all versions in scope with ``from_day`` and ``to_day``.

    Args:
        seen: a SELECT of ``unit_id, inside, from_day, to_day`` that says on which days
            each unit is in scope; empty when every row is.
    """
    pieces = "\nUNION ALL\n".join(_pieces(relation, at))
    columns = [*relation_columns(relation), "from_day", "to_day"]
    if not seen:
        return f"WITH pieces AS ({pieces})\nSELECT {', '.join(f'f.{name}' for name in columns)} FROM pieces f"
    branches = "\nUNION ALL\n".join(_scoped(relation, at, columns))
    return f"WITH pieces AS ({pieces}),\nseen AS ({seen}),\nscoped AS ({branches})\nSELECT * FROM scoped"


def _pieces(relation: Relation, at: Standpoint) -> list[str]:
    """Return the versions cut by the homes of their owners, one SELECT or two."""
    if not relation.dated:
        return [_piece(relation, at, str(FIRST_DAY), str(FAR_DAY), "", [])]
    if not relation.placed:
        return [_piece(relation, at, "f.from_day", "f.to_day", "", [])]
    if at.restated:
        return [_piece(relation, at, "f.from_day", "f.to_day", holding("a", at.org_day), [])]
    overlap = "a.from_day < f.to_day AND a.to_day > f.from_day"
    begin, end = _later("f.from_day", "a.from_day"), _earlier("f.to_day", "a.to_day")
    if not relation.place_day:
        return [_piece(relation, at, begin, end, overlap, [])]
    posted = f"f.{relation.place_day}"
    before = [f"f.from_day < {posted}", f"a.from_day < {posted}"]
    return [
        _piece(relation, at, begin, _earlier(posted, end), overlap, before),
        _piece(relation, at, _later("f.from_day", posted), "f.to_day", holding("a", posted), [f"f.to_day > {posted}"]),
    ]


def _piece(relation: Relation, at: Standpoint, begin: str, end: str, home: str, where: Sequence[str]) -> str:
    columns = [*shown(relation, at.scope), *(["a.unit_id AS unit_id"] if home else [])]
    join = (
        f" JOIN fact_assignments a ON a.person_id = f.{relation.place_column} AND {home} AND {known('a', at.seq)}"
        if home
        else ""
    )
    conditions = " AND ".join([known("f", at.seq), *where])
    return (
        f"SELECT {', '.join(columns)}, {begin} AS from_day, {end} AS to_day"
        f" FROM {fact_table(relation)} f{join} WHERE {conditions}"
    )


def _scoped(relation: Relation, at: Standpoint, columns: Sequence[str]) -> list[str]:
    """Return the pieces inside the scope, the viewer's own elsewhere, and those opened by a grant."""
    own, me = own_column(relation), at.scope.person_id
    branches = [_seen(relation, columns, "s.inside = 1")]
    if own and me:
        branches.append(_seen(relation, columns, f"s.inside = 0 AND f.{own} = {me}"))
    if relation.name in GRANTABLE and me:
        by_grant = f"s.inside = 0 AND f.{own} <> {me} AND {granted(relation, at)}"
        branches.append(_seen(relation, columns, by_grant, place=str(OUTSIDE)))
    if relation.host:
        branches.append(_hosted(relation, columns, f"s.inside = 0 AND f.{own} <> {me}"))
    return branches


def _seen(relation: Relation, columns: Sequence[str], condition: str, place: str = "") -> str:
    unit = "unit_id" if relation.placed else relation.place_column
    exact = {
        "from_day": f"{_later('f.from_day', 's.from_day')} AS from_day",
        "to_day": f"{_earlier('f.to_day', 's.to_day')} AS to_day",
    }
    if place:
        exact["unit_id"] = f"{place} AS unit_id"
    picks = ", ".join(exact.get(name, f"f.{name}") for name in columns)
    return (
        f"SELECT {picks} FROM pieces f JOIN seen s ON s.unit_id = f.{unit}"
        f" AND s.from_day < f.to_day AND s.to_day > f.from_day WHERE {condition}"
    )


def _hosted(relation: Relation, columns: Sequence[str], condition: str) -> str:
    """Return the pieces that only the unit they go to is in scope for, while it is; where they come from is hidden."""
    exact = {
        "from_day": f"{_later('f.from_day', _later('s.from_day', 'h.from_day'))} AS from_day",
        "to_day": f"{_earlier('f.to_day', _earlier('s.to_day', 'h.to_day'))} AS to_day",
        "unit_id": f"{OUTSIDE} AS unit_id",
    }
    picks = ", ".join(exact.get(name, f"f.{name}") for name in columns)
    return (
        f"SELECT {picks} FROM pieces f"
        " JOIN seen s ON s.unit_id = f.unit_id AND s.from_day < f.to_day AND s.to_day > f.from_day"
        f" JOIN seen h ON h.unit_id = f.{relation.host} AND h.from_day < f.to_day AND h.to_day > f.from_day"
        f" AND h.from_day < s.to_day AND h.to_day > s.from_day WHERE h.inside = 1 AND {condition}"
    )


def _later(one: str, other: str) -> str:
    return f"CASE WHEN {one} < {other} THEN {other} ELSE {one} END"


def _earlier(one: str, other: str) -> str:
    return f"CASE WHEN {one} < {other} THEN {one} ELSE {other} END"
