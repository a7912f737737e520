"""Which saved views somebody sees: his own, and those shared with a unit that he belongs to or looks after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db.models import Q

from dacheng.core.access import SEES_UNITS, Viewer
from dacheng.core.tree import Tree
from dacheng.store.access import home_of
from dacheng.store.models import SavedView, ViewPin


@dataclass(frozen=True, slots=True)
class KeptView:
    """A view as it is kept.

    Args:
        unit_id: that it is shared with; 0 = nobody. pinned: by whoever asks.
    """

    uid: UUID
    person_id: int
    report: str
    name: str
    query: str
    unit_id: int
    pinned: bool


def views_of(
    viewer: Viewer, tree: Callable[[], Tree], day: int, *, report: str = "", pinned: bool = False
) -> list[KeptView]:
    """Return the views that somebody sees: pinned ones first, then his own, then by name.

    Args:
        tree: today's organisation, asked for only where something is shared.
        report: only of this one; empty = of all. pinned: only those he has pinned.
    """
    views = SavedView.objects.filter(Q(person_id=viewer.person_id) | Q(unit_id__gt=0), deleted_at=None)
    views = views.filter(report=report) if report else views
    pins = ViewPin.objects.filter(person_id=viewer.person_id)
    views = views.filter(pk__in=pins.values("view_id")) if pinned else views
    rows = list(views.values_list("uid", "person_id", "report", "name", "query", "unit_id", "pk"))
    once, home = cache(tree), cache(lambda: home_of(viewer.person_id, day))
    held = set(pins.values_list("view_id", flat=True)) if rows else set()
    shown = [
        KeptView(uid, person, of, name, query, unit, pk in held)
        for uid, person, of, name, query, unit, pk in rows
        if is_shown_to(viewer, person, unit, once, home)
    ]
    return sorted(shown, key=lambda one: (not one.pinned, one.person_id != viewer.person_id, one.name, one.uid))


def is_shown_to(
    viewer: Viewer, person_id: int, unit_id: int, tree: Callable[[], Tree], home: Callable[[], int]
) -> bool:
    """Tell whether a view is somebody's own or shared with a unit that he belongs to or looks after.

    Args:
        tree, home: today's organisation and the viewer's home unit in it, asked for only where needed.
    """
    if person_id == viewer.person_id:
        return True
    units = tree()
    if not unit_id or unit_id not in units:
        return False
    looked_after = [one.unit_id for one in viewer.held if one.role in SEES_UNITS and one.unit_id in units]
    if any(units.is_under(unit_id, one) or units.is_under(one, unit_id) for one in looked_after):
        return True
    return home() in units and units.is_under(home(), unit_id)
