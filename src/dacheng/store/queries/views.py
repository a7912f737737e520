"""Which saved views somebody sees: his own, and those shared with a unit that he belongs to or looks after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from dacheng.core.access import SEES_UNITS, Viewer
from dacheng.core.tree import Tree
from dacheng.store.access import home_of
from dacheng.store.models import SavedView, ViewPin


@dataclass(frozen=True, slots=True)
class KeptView:
    """A view as it is kept.

    Args:
        unit_id: that it is shared with; 0 = nobody.
        position: among the pins of whoever asks; None = he has not pinned it.
    """

    uid: UUID
    person_id: int
    report: str
    name: str
    query: str
    unit_id: int
    position: int | None

    @property
    def pinned(self) -> bool:
        """Tell whether whoever asks has pinned it."""
        return self.position is not None


def views_kept(viewer: Viewer) -> list[KeptView]:
    """Return somebody's own views and those that anybody shares with any unit; who sees which is not asked yet."""
    views = SavedView.objects.filter(Q(person_id=viewer.person_id) | Q(unit_id__gt=0), deleted_at=None)
    own_pins = ViewPin.objects.filter(person_id=viewer.person_id, view=OuterRef("pk"))
    views = views.annotate(place=Subquery(own_pins.values("position")[:1]))
    columns = ("uid", "person_id", "report", "name", "query", "unit_id", "place")
    return [KeptView(*one) for one in views.values_list(*columns)]


def views_of(
    viewer: Viewer,
    tree: Callable[[], Tree],
    day: int,
    *,
    report: str = "",
    pinned: bool = False,
    kept: Sequence[KeptView] | None = None,
) -> list[KeptView]:
    """Return the views that somebody sees: pinned ones first, in his order, then his own, then by name.

    Args:
        tree: today's organisation, asked for only where something is shared.
        report: only of this one; empty = of all. pinned: only those he has pinned.
        kept: what ``views_kept`` returned, where it was asked already.
    """
    once, home = cache(tree), cache(lambda: home_of(viewer.person_id, day))
    asked = (
        one
        for one in (views_kept(viewer) if kept is None else kept)
        if (not report or one.report == report) and (one.pinned or not pinned)
    )
    shown = [one for one in asked if is_shown_to(viewer, one.person_id, one.unit_id, once, home)]
    return sorted(shown, key=lambda one: _order(one, viewer))


def _order(one: KeptView, viewer: Viewer) -> tuple[bool, int, bool, str, UUID]:
    return (not one.pinned, one.position or 0, one.person_id != viewer.person_id, one.name, one.uid)


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
