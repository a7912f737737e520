"""Bringing back a plan that was changed elsewhere (三方合并): cell by cell, nothing is overwritten unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Place = tuple[int, int]
"""A row of the plan and a month."""

Outcome = Literal["mine", "theirs", "both", "conflict"]


@dataclass(frozen=True, slots=True)
class Merged:
    """A cell that is not what it was when the file was made.

    Args:
        base, mine, theirs: minor units then, in the file, and now; None = blank.
        outcome: changed in the file only, here only, on both sides alike, or differently.
    """

    place: Place
    base: int | None
    mine: int | None
    theirs: int | None
    outcome: Outcome


def merged(
    base: Mapping[Place, int | None], mine: Mapping[Place, int | None], theirs: Mapping[Place, int | None]
) -> list[Merged]:
    """Compare three states of a plan; cells that nobody changed are left out.

    A cell that the file does not have was not changed there: a column or row that was cut away deletes nothing.

    >>> [one.outcome for one in merged({(1, 1): 5, (1, 2): 5}, {(1, 1): 6, (1, 2): 7}, {(1, 1): 5, (1, 2): 8})]
    ['mine', 'conflict']
    """
    found = []
    for place in sorted({*base, *mine, *theirs}):
        was, now = base.get(place), theirs.get(place)
        wanted = mine.get(place, was)
        outcome = _outcome(was, wanted, now)
        if outcome is not None:
            found.append(Merged(place, was, wanted, now, outcome))
    return found


def _outcome(was: int | None, wanted: int | None, now: int | None) -> Outcome | None:
    if wanted == was:
        return None if now == was else "theirs"
    if now == was:
        return "mine"
    return "both" if wanted == now else "conflict"
