"""Figures of the company's own factors (因子的数): at units and of people, as of the day (R048)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.factors.schema import CAPACITY, NOBODY
from dacheng.core.tree import UNKNOWN

FACTORS = f"SELECT factor_id FROM factors WHERE factor_id > {CAPACITY} ORDER BY factor_id"
FIGURES = """
    SELECT figure_id, factor_id, unit_id, person_id, day, value FROM factor_figures
    WHERE day < :until ORDER BY factor_id, unit_id, person_id, day, figure_id"""

Place = tuple[int, int]
"""Unit and person."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one factor is at units and of people on the Book's day.

    Args:
        stated: unit and person -> the latest figure. at_units: unit -> its own figure, else the sum of what is known
            of its people and the units below it; a unit of which nothing is known is not in it.
        disagreeing: units whose own figure differs from what is known below them.
    """

    stated: Mapping[Place, int]
    at_units: Mapping[int, int]
    disagreeing: tuple[int, ...] = ()


def own_factors(book: Book) -> list[int]:
    """Return the company's own factors, by number."""
    return [int(one) for one in book.gather(FACTORS)["factor_id"]]


def latest_figures(book: Book) -> Rows:
    """Return the figure that holds of each factor, unit and person: the latest up to the as-of day."""
    rows = book.gather(FIGURES, until=book.as_of_day + 1)
    keys = np.stack([rows[name] for name in ("factor_id", "unit_id", "person_id")])
    last = np.ones(len(rows), dtype=np.bool_)
    last[:-1] = np.any(keys[:, 1:] != keys[:, :-1], axis=0)
    return rows.only(last)


def figures_of(book: Book, factor: int, latest: Rows | None = None) -> Figures:
    """Return what a factor is at every unit of which something is known.

    Args:
        latest: ``latest_figures``, where several factors are asked for.
    """
    rows = latest_figures(book) if latest is None else latest
    own = rows.only(rows["factor_id"] == factor)
    places = zip(own["unit_id"].tolist(), own["person_id"].tolist(), strict=True)
    stated = dict(zip(places, own["value"].tolist(), strict=True))
    below: dict[int, int] = {}
    at_units: dict[int, int] = {}
    for (unit, person), value in stated.items():
        if person != NOBODY:
            below[unit] = below.get(unit, 0) + value
    disagreeing = []
    tree = book.tree
    for at in reversed(range(len(tree))):
        unit = int(tree.unit_ids[at])
        value = stated.get((unit, NOBODY), below.get(unit))
        if value is None:
            continue
        at_units[unit] = value
        if below.get(unit, value) != value:
            disagreeing.append(unit)
        above = int(tree.parent_position[at])
        if above != UNKNOWN:
            parent = int(tree.unit_ids[above])
            below[parent] = below.get(parent, 0) + value
    return Figures(stated, at_units, tuple(reversed(disagreeing)))
