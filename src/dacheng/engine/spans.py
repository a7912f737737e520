"""The SQL of a relation's versions through time, each with the unit it counts for.

A version is cut where its owner moves, where it is posted, and where its unit enters or
leaves the viewer's scope. So the pieces that hold on a day are the rows of the Book of
that day, and a history of many days is one pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dacheng.core.book import OUTSIDE, Ever
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.core.relation import Relation
from dacheng.engine.credits import OF, Versions, part_versions
from dacheng.engine.relations import (
    GRANTABLE,
    Standpoint,
    earlier,
    fact_table,
    granted,
    holding,
    known,
    later,
    own_column,
    relation_columns,
    shown,
)


def spans_sql(relation: Relation, at: Standpoint, *, seen: str, ever: Ever | None = None) -> str:
    """Return the SELECT of all versions in scope with ``from_day`` and ``to_day``.

    Args:
        seen: a SELECT of ``unit_id, inside, from_day, to_day`` that says on which days
            each unit is in scope; empty when every row is.
        ever: only versions of what ever had a value in a range.
    """
    sources = [_narrowed(relation, one, ever) for one in versions_of(relation, at)]
    pieces = "\nUNION ALL\n".join(piece for one in sources for piece in _pieces(relation, at, one))
    columns = [*relation_columns(relation), "from_day", "to_day"]
    if not seen:
        return f"WITH pieces AS ({pieces})\nSELECT {', '.join(f'f.{name}' for name in columns)} FROM pieces f"
    branches = "\nUNION ALL\n".join(_scoped(relation, at, columns))
    return f"WITH pieces AS ({pieces}),\nseen AS ({seen}),\nscoped AS ({branches})\nSELECT * FROM scoped"


def versions_of(relation: Relation, at: Standpoint) -> list[Versions]:
    """Return where the versions of a relation come from; those of parts from an owner's and from partners' side."""
    if relation.name in OF:
        return part_versions(relation.name, at)
    return [Versions(shown(relation, at.scope), f"{fact_table(relation)} f", f"f.{relation.place_column}")]


def _narrowed(relation: Relation, one: Versions, ever: Ever | None) -> Versions:
    """Return versions of those keys alone that ever had a value in a range, as the column was known at any time."""
    if ever is None:
        return one
    (key,) = relation.key
    inside = f"e.{ever.column} >= {ever.first} AND e.{ever.column} < {ever.end}"
    among = f"SELECT e.{key} FROM {fact_table(relation)} e WHERE {inside}"
    return replace(one, where=[*one.where, f"f.{key} IN ({among})"])


def _pieces(relation: Relation, at: Standpoint, one: Versions) -> list[str]:
    """Return the versions cut by the homes of their people, one SELECT or two."""
    if not relation.dated:
        return [_piece(at, one, str(FIRST_DAY), str(FAR_DAY), "", [])]
    begin, end = one.begin, one.end
    if not relation.placed:
        return [_piece(at, one, begin, end, "", [])]
    if at.restated:
        return [_piece(at, one, begin, end, holding("a", at.org_day), [])]
    if one.posted:
        return [_piece(at, one, begin, end, holding("a", one.posted), [])]
    overlap = f"a.from_day < {end} AND a.to_day > {begin}"
    starts, ends = later(begin, "a.from_day"), earlier(end, "a.to_day")
    if not relation.place_day:
        return [_piece(at, one, starts, ends, overlap, [])]
    posted = f"f.{relation.place_day}"
    before = [f"{begin} < {posted}", f"a.from_day < {posted}"]
    return [
        _piece(at, one, starts, earlier(posted, ends), overlap, before),
        _piece(at, one, later(begin, posted), end, holding("a", posted), [f"{end} > {posted}"]),
    ]


def _piece(at: Standpoint, one: Versions, begin: str, end: str, home: str, where: Sequence[str]) -> str:
    columns = [*one.columns, *(["a.unit_id AS unit_id"] if home else [])]
    join = f" JOIN fact_assignments a ON a.person_id = {one.person} AND {home} AND {known('a', at.seq)}" if home else ""
    conditions = " AND ".join([known("f", at.seq), *one.where, *where])
    return (
        f"SELECT {', '.join(columns)}, {begin} AS from_day, {end} AS to_day FROM {one.source}{join} WHERE {conditions}"
    )


def _scoped(relation: Relation, at: Standpoint, columns: Sequence[str]) -> list[str]:
    """Return the pieces inside the scope, the viewer's own elsewhere, and those opened by a grant.

    What only a part in scope opens is not among them: it enters no sum of any history.
    """
    own, me = own_column(relation), at.scope.person_id
    branches = [_seen(relation, columns, "s.inside = 1")]
    if own and me:
        branches.append(_seen(relation, columns, f"s.inside = 0 AND f.{own} = {me}"))
    base = OF.get(relation.name, relation)
    if base.name in GRANTABLE and me:
        owners = " AND f.part = 0" if base is not relation else ""
        by_grant = f"s.inside = 0 AND f.{own} <> {me}{owners} AND {granted(base, at)}"
        branches.append(_seen(relation, columns, by_grant, place=str(OUTSIDE)))
    if relation.host:
        branches.append(_hosted(relation, columns, f"s.inside = 0 AND f.{own} <> {me}"))
    return branches


def _seen(relation: Relation, columns: Sequence[str], condition: str, place: str = "") -> str:
    unit = "unit_id" if relation.placed else relation.place_column
    exact = {
        "from_day": f"{later('f.from_day', 's.from_day')} AS from_day",
        "to_day": f"{earlier('f.to_day', 's.to_day')} AS to_day",
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
        "from_day": f"{later('f.from_day', later('s.from_day', 'h.from_day'))} AS from_day",
        "to_day": f"{earlier('f.to_day', earlier('s.to_day', 'h.to_day'))} AS to_day",
        "unit_id": f"{OUTSIDE} AS unit_id",
    }
    picks = ", ".join(exact.get(name, f"f.{name}") for name in columns)
    return (
        f"SELECT {picks} FROM pieces f"
        " JOIN seen s ON s.unit_id = f.unit_id AND s.from_day < f.to_day AND s.to_day > f.from_day"
        f" JOIN seen h ON h.unit_id = f.{relation.host} AND h.from_day < f.to_day AND h.to_day > f.from_day"
        f" AND h.from_day < s.to_day AND h.to_day > s.from_day WHERE h.inside = 1 AND {condition}"
    )
