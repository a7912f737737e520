"""The organisation through time: units, their trees, the homes of people, and who sees what when."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from dacheng.core.access import Scope, Viewer, scope_of
from dacheng.core.book import BoolArray, IntArray, Rows
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.core.tree import Tree
from dacheng.engine.gathering import Engine

_NAMED_AT_MOST = 10


_PERSON, _HOME, _UNIT, _SPLIT = 0, 1, 2, 3


def read_units(engine: Engine, seq: int) -> tuple[Rows, bool]:
    """Return every version of every unit as known at a sequence, having checked that everybody has a home.

    And whether any deal was ever shared, as far as this engine knows.

    One query for all of it: it is asked on every page.

    Raises:
        RuleError: somebody has no home unit, or two, on a day; names the people.
    """
    known = known_at(seq)
    rows = engine.fetch(
        f"SELECT {_PERSON} AS kind, person_id AS id, 0 AS parent_id, MIN(from_day) AS from_day, 0 AS to_day"
        f" FROM fact_people WHERE {known} GROUP BY person_id"
        f" UNION ALL SELECT {_HOME}, person_id, 0, from_day, to_day FROM fact_assignments WHERE {known}"
        f" UNION ALL SELECT {_UNIT}, unit_id, parent_id, from_day, to_day FROM fact_units WHERE {known}"
        f" UNION ALL SELECT {_SPLIT}, COUNT(*), 0, 0, 0 FROM (SELECT 1 AS one FROM fact_deal_splits LIMIT 1) shared"
        " ORDER BY kind, id, from_day"
    )
    people, homes, units = (rows.only(rows["kind"] == kind) for kind in (_PERSON, _HOME, _UNIT))
    check_homes(_identified(people, "person_id"), _identified(homes, "person_id"))
    shared = rows["id"][rows["kind"] == _SPLIT]
    return _identified(units, "unit_id"), bool(shared.sum())


def _identified(rows: Rows, name: str) -> Rows:
    kept = ("parent_id", "from_day", "to_day")
    return Rows({name: rows["id"], **{column: rows[column] for column in kept}})


def tree_on(units: Rows, day: int) -> Tree:
    """Return the tree of the units that stood on a day.

    Raises:
        RuleError: the organisation of that day is broken; the units are named.
    """
    standing = units.only((units["from_day"] <= day) & (units["to_day"] > day))
    return Tree.of(standing["unit_id"], standing["parent_id"])


def scopes_through_time(viewer: Viewer, units: Rows) -> list[tuple[int, int, Scope]]:
    """Return the scope of a viewer on every day as (from, to, scope), cut where the organisation changes."""
    days = np.unique(np.concatenate((units["from_day"], units["to_day"], [FIRST_DAY, FAR_DAY])))
    cuts = days[(days >= FIRST_DAY) & (days <= FAR_DAY)].tolist()
    return [(first, end, scope_of(viewer, tree_on(units, first))) for first, end in pairwise(cuts)]


def seen_units(scopes: list[tuple[int, int, Scope]], units: Rows) -> Rows:
    """Return on which days each unit is inside a scope: ``unit_id, inside, from_day, to_day``, no gaps."""
    every = np.unique(units["unit_id"])
    inside = np.array([np.isin(every, np.array(scope.units, dtype=np.int64)) for _, _, scope in scopes])
    starts = np.array([first for first, _, _ in scopes], dtype=np.int64)
    ends = np.array([end for _, end, _ in scopes], dtype=np.int64)
    found = [_spans_of(int(unit), inside[:, at], starts, ends) for at, unit in enumerate(every.tolist())]
    return Rows(
        {
            name: np.concatenate([one[place] for one in found]) if found else np.zeros(0, dtype=np.int64)
            for place, name in enumerate(("unit_id", "inside", "from_day", "to_day"))
        }
    )


def _spans_of(unit: int, inside: BoolArray, starts: IntArray, ends: IntArray) -> tuple[IntArray, ...]:
    """Merge neighbouring spans in which a unit is inside, or outside, alike."""
    first = np.flatnonzero(np.concatenate(([True], inside[1:] != inside[:-1])))
    last = np.concatenate((first[1:] - 1, [len(inside) - 1]))
    return np.full(len(first), unit), inside[first].astype(np.int64), starts[first], ends[last]


def check_homes(people: Rows, homes: Rows) -> None:
    """Refuse a company in which somebody has no home unit, or two, on any day since he is known.

    Args:
        people: ``person_id`` and the first day, ``from_day``; homes: by person and day.

    Raises:
        RuleError: names the people; rows of theirs would fall out of the sums or count twice.
    """
    wrong = people["person_id"][~_housed(people, homes)]
    if wrong.size:
        named = "、".join(f"#{person}" for person in wrong[:_NAMED_AT_MOST].tolist())
        more = f" … (+{wrong.size - _NAMED_AT_MOST})" if wrong.size > _NAMED_AT_MOST else ""
        raise RuleError(
            Text(
                f"这些人不是每天都恰有一个归属组织：{named}{more}。",
                f"These people do not have exactly one home on every day: {named}{more}.",
            ),
            Text(
                "补上或更正归属：从第一天起首尾相接，离职的人留在最后的组织。",
                "Correct their homes: no gap and no overlap from the first day on; a leaver keeps the last one.",
            ),
        )


def _housed(people: Rows, homes: Rows) -> BoolArray:
    """Return who has homes that follow one another from his first day to forever, shape (people,)."""
    person, start, end = homes["person_id"], homes["from_day"], homes["to_day"]
    same_as_next = person[1:] == person[:-1]
    broken = np.concatenate((same_as_next & (start[1:] != end[:-1]), [False])) if len(homes) else person > 0
    is_last = np.concatenate((~same_as_next, [True])) if len(homes) else person > 0
    is_first = np.concatenate(([True], ~same_as_next)) if len(homes) else person > 0
    broken |= is_last & (end < FAR_DAY)
    first_home = dict(zip(person[is_first].tolist(), start[is_first].tolist(), strict=True))
    wrong = set(person[broken].tolist())
    return np.array(
        [
            one not in wrong and first_home.get(one, FAR_DAY) <= since
            for one, since in zip(people["person_id"].tolist(), people["from_day"].tolist(), strict=True)
        ],
        dtype=np.bool_,
    )


def known_at(seq: int) -> str:
    """Return the condition that a fact was known at a sequence."""
    return f"seq_from <= {seq} AND seq_to > {seq}"
