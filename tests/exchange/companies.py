"""Random companies made from the schema itself: every relation, every kind of column, awkward texts."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from dacheng.core.checking import range_of
from dacheng.core.company import Company, Frame
from dacheng.core.period import FAR_DAY, FIRST_DAY, ym_at
from dacheng.core.relation import Column, Relation
from dacheng.core.rules import DatedRule
from dacheng.core.schema import INTERVAL, RELATIONS

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
NAMES = st.one_of(
    st.sampled_from(["华东", "a,b", 'say "hi"', "two\nlines", "\rreturn", " space ", "=1+1", "０"]), TEXTS
)


@st.composite
def companies(draw: st.DrawFn) -> Company:
    """Draw a company with a few rows in every relation, homes included; nothing is left out."""
    sizes = {name: draw(st.integers(1, 3)) for name, relation in RELATIONS.items() if relation.entity}
    frames = {name: _frame(draw, relation, sizes) for name, relation in RELATIONS.items() if name != "assignments"}
    people = list(range(1, sizes["people"] + 1))
    homes = [draw(st.integers(1, sizes["units"])) for _ in people]
    always = {"from_day": [FIRST_DAY] * len(people), "to_day": [FAR_DAY] * len(people)}
    frames["assignments"] = Frame({"person_id": people, "unit_id": homes, **always})
    rules = tuple(
        DatedRule("deals.stalled_days", day, 30 + day) for day in draw(st.sets(st.integers(0, 9), max_size=2))
    )
    return Company(draw(NAMES), "CNY", frames, rules)


def _frame(draw: st.DrawFn, relation: Relation, sizes: dict[str, int]) -> Frame:
    names = [column.name for column in relation.facts]
    columns: dict[str, list[int | None]] = {name: [] for name in (*names, *INTERVAL)}
    labels: dict[str, list[str]] = {column.name: [] for column in relation.labels}
    for key in _keys(draw, relation, sizes):
        for start, end in _spans(draw, relation):
            for column in relation.facts:
                value = key.get(column.name)
                columns[column.name].append(_value(draw, column, sizes) if value is None else value)
            columns["from_day"].append(start)
            columns["to_day"].append(end)
            for column in relation.labels:
                labels[column.name].append(_label(draw, relation, column, key))
    return Frame(columns, labels)


def _keys(draw: st.DrawFn, relation: Relation, sizes: dict[str, int]) -> list[dict[str, int]]:
    if relation.entity:
        return [{relation.key[0]: number} for number in range(1, sizes[relation.name] + 1)]
    keys = [relation.column(name) for name in relation.key]
    one = st.tuples(*(st.integers(1, sizes[column.ref]) if column.ref else of_kind(column) for column in keys))
    least = 1 if relation.name == "calendar" else 0  # an empty one is filled in
    found = draw(st.sets(one, min_size=least, max_size=3))
    return [dict(zip(relation.key, key, strict=True)) for key in sorted(found)]


def _spans(draw: st.DrawFn, relation: Relation) -> list[tuple[int, int]]:
    if not relation.dated:
        return [(FIRST_DAY, FAR_DAY)]
    inside = sorted(draw(st.sets(st.integers(1, 20_000), max_size=2)))
    edges = [FIRST_DAY, *inside, FAR_DAY]
    return list(pairwise(edges))


def _value(draw: st.DrawFn, column: Column, sizes: dict[str, int]) -> int | None:
    if column.nullable and draw(st.booleans()):
        return None
    if column.ref:
        lowest = 0 if column.default == 0 else 1
        return draw(st.integers(lowest, sizes[column.ref]))
    return draw(of_kind(column))


def of_kind(column: Column) -> st.SearchStrategy[int]:
    if column.kind == "choice":
        return st.sampled_from([number for number, _, _ in column.choices])
    if column.name == "object_id":
        return st.just(1)
    if column.kind == "ym":
        return st.integers(ym_at(1970, 1), ym_at(9999, 12))
    return st.integers(*range_of(column))


SHIPPED = {"measures": ["contract", "margin", "cash"], "factors": ["potential", "history", "capacity"]}
"""Relations of which the core knows the first records by their numbers -> their codes."""


def _label(draw: st.DrawFn, relation: Relation, column: Column, key: dict[str, int]) -> str:
    if column.name == "code":
        return (SHIPPED.get(relation.name) or [f"{relation.name[0]}{number}," for number in (1, 2, 3)])[
            key[relation.key[0]] - 1
        ]
    text = draw(NAMES)
    return text if column.default is not None or text.strip() else "名"
