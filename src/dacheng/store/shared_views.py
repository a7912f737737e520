"""What becomes of the views that a leaver shares (共享的视图): whoever looks after the unit next keeps them.

His own ones stay with him and nobody sees them. A view that comes to somebody who has one of that name gets the
leaver's name behind its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dacheng.core.access import MANAGER, SALES_OPS
from dacheng.store.access import holds_on, tree_on, works_here
from dacheng.store.bulk import among, select_rows
from dacheng.store.models import Person, SavedView

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Heir:
    """A view that somebody shares, and who keeps it when he leaves; 0 = nobody is there who could."""

    view: SavedView
    person_id: int


def heirs_of(leaver: int, day: int) -> list[Heir]:
    """Return who keeps each view that a person shares: the nearest manager above its unit, else sales operations."""
    shared = list(SavedView.objects.filter(person_id=leaver, unit_id__gt=0, deleted_at=None).order_by("pk"))
    if not shared:
        return []
    tree, operations = tree_on(day), _holding(SALES_OPS, None, leaver, day)
    found = []
    for view in shared:
        above = (view.unit_id, *tree.ancestors(view.unit_id)) if view.unit_id in tree else ()
        managers = _holding(MANAGER, above, leaver, day) if above else {}
        nearest = [managers[unit] for unit in above if unit in managers]
        found.append(Heir(view, next(iter([*nearest, *operations.values()]), 0)))
    return found


def hand_on(leaver: int, day: int) -> dict[str, int]:
    """Let a leaver's shared views be their heirs'; return public id -> number of who keeps it now."""
    name = str(Person.objects.values_list("name", flat=True).get(pk=leaver))
    handed: dict[str, int] = {}
    for heir in heirs_of(leaver, day):
        if heir.person_id:
            view = heir.view
            view.person_id, view.name = heir.person_id, _free_name(view, heir.person_id, name)
            view.save()
            handed[str(view.uid)] = heir.person_id
    return handed


def take_back(leaver: int, handed: Mapping[str, int]) -> None:
    """Let views that were handed on be the person's again, as far as whoever got them still has them."""
    for uid, heir in handed.items():
        SavedView.objects.filter(uid=uid, person_id=heir).update(person_id=leaver)


def _holding(role: int, units: Iterable[int] | None, without: int, day: int) -> dict[int, int]:
    """Return unit -> who holds a role there and works here; of several the one with the lowest number."""
    conditions = [holds_on(day), ("role = %s", role), *([among("unit_id", units)] if units is not None else [])]
    rows = sorted(select_rows("fact_roles", ["unit_id", "person_id"], conditions), reverse=True)
    return {unit: person for unit, person in rows if person != without and works_here(person, day)}


def _free_name(view: SavedView, heir: int, leaver: str) -> str:
    same = SavedView.objects.filter(person_id=heir, report=view.report, name=view.name, deleted_at=None)
    if not same.exists():
        return view.name
    tail = f"（{leaver}）"
    return view.name[: LONGEST_NAME - len(tail)] + tail
