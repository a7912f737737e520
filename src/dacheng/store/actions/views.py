"""Saved views (视图): kept, renamed, shared with a unit, pinned, deleted; each somebody's own.

They are settings of a person, like his language, and change no record: the log does not tell of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from dacheng.core.access import SEES_UNITS, Viewer
from dacheng.core.errors import NotAllowed, NotFound, RuleError, Text
from dacheng.core.tree import Tree
from dacheng.store.access import home_of, tree_on
from dacheng.store.history import company_day, lock_chain, microseconds
from dacheng.store.identity import new_uids
from dacheng.store.models import SavedView, ViewPin
from dacheng.store.queries.views import is_shown_to

MOST_VIEWS = 100
"""Views of one person."""

KEPT_FOR = timedelta(days=30)
"""How long a deleted view can be had back."""

LONGEST_NAME = 60
LONGEST_QUERY = 2000


def save_view(*, actor: Viewer, at: datetime, report: str, name: str, query: str, unit_id: int = 0) -> UUID:
    """Keep a view of a report under a name; return its public id.

    Args:
        unit_id: the unit that it is shared with; 0 = nobody.

    Raises:
        RuleError: the name is missing, too long or used already, the filter is too long, or
            there are too many views. NotAllowed: the unit is not the actor's.
    """
    with transaction.atomic():
        lock_chain()
        _check_unit(actor, at, unit_id)
        _refuse_too_many(actor)
        called = _checked_name(actor, report, name, None)
        (uid,) = new_uids(at, 1)
        values = {"report": report, "name": called, "query": _checked_query(query), "unit_id": unit_id}
        SavedView.objects.create(uid=uid, person_id=actor.person_id, at=microseconds(at), **values)
        return uid


def change_view(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    name: str | None = None,
    unit_id: int | None = None,
    query: str | None = None,
) -> None:
    """Rename a view, share it or no longer, or let it be another filter; what is None stays.

    Raises:
        NotFound: there is none that the actor sees. NotAllowed: it is somebody else's, or the
            unit is not his. RuleError: the name is missing, too long or used already.
    """
    with transaction.atomic():
        lock_chain()
        view = own_view(actor, at, uid)
        if unit_id is not None and unit_id != view.unit_id:
            _check_unit(actor, at, unit_id)
            view.unit_id = unit_id
        if name is not None:
            view.name = _checked_name(actor, view.report, name, view.pk)
        if query is not None:
            view.query = _checked_query(query)
        view.save()


def delete_view(*, actor: Viewer, at: datetime, uid: UUID) -> None:
    """Delete a view, for everybody it was shared with; it can be restored. Raises as ``change_view``."""
    with transaction.atomic():
        lock_chain()
        view = own_view(actor, at, uid)
        view.deleted_at = microseconds(at)
        view.save()
        SavedView.objects.filter(deleted_at__lt=microseconds(at - KEPT_FOR)).delete()


def restore_view(*, actor: Viewer, at: datetime, uid: UUID) -> None:
    """Have a view of one's own back that was deleted, with its sharing and everybody's pins.

    Raises:
        NotFound: there is none, or it was deleted too long ago. RuleError: its name is used by another by now, or
            there are too many views.
    """
    with transaction.atomic():
        lock_chain()
        since = microseconds(at - KEPT_FOR)
        view = SavedView.objects.filter(uid=uid, person_id=actor.person_id, deleted_at__gte=since).first()
        if view is None:
            raise NotFound(
                Text("没有可以恢复的视图。", "There is no view to have back."),
                Text(f"删除后 {KEPT_FOR.days} 天内可以恢复。", f"It can be had back for {KEPT_FOR.days} days."),
            )
        _refuse_too_many(actor)
        _checked_name(actor, view.report, view.name, view.pk)
        view.deleted_at = None
        view.save()


def pin_view(*, actor: Viewer, at: datetime, uid: UUID, pinned: bool) -> None:
    """Show a view first from now on, or no longer; a shared one only for the actor.

    Raises:
        NotFound: there is none that the actor sees.
    """
    with transaction.atomic():
        lock_chain()
        view = seen_view(actor, at, uid)
        if pinned:
            last = ViewPin.objects.filter(person_id=actor.person_id).aggregate(last=Max("position"))["last"]
            fresh = {"at": microseconds(at), "position": (last or 0) + 1}
            ViewPin.objects.get_or_create(view=view, person_id=actor.person_id, defaults=fresh)
        else:
            ViewPin.objects.filter(view=view, person_id=actor.person_id).delete()


def order_pins(*, actor: Viewer, uids: Sequence[UUID]) -> None:
    """Let the pinned views of somebody stand in this order; those that are not named follow as they stood."""
    with transaction.atomic():
        lock_chain()
        pins = list(ViewPin.objects.filter(person_id=actor.person_id).select_related("view").order_by("position", "pk"))
        named = {uid: at for at, uid in enumerate(dict.fromkeys(uids))}
        pins.sort(key=lambda pin: named.get(pin.view.uid, len(named)))
        for at, pin in enumerate(pins, 1):
            pin.position = at
        ViewPin.objects.bulk_update(pins, ["position"])


def seen_view(actor: Viewer, at: datetime, uid: UUID) -> SavedView:
    """Return a view that somebody may open.

    Raises:
        NotFound: there is none, or it is not shared with him.
    """
    view = SavedView.objects.filter(uid=uid, deleted_at=None).first()
    day = company_day(at)
    home = lambda: home_of(actor.person_id, day)  # noqa: E731 - asked for only where a view is shared
    if view is None or not is_shown_to(actor, view.person_id, view.unit_id, lambda: tree_on(day), home):
        raise NotFound(
            Text("没有这个视图，或者你看不到它。", "There is no such view, or it is not shared with you."),
            Text("请存它的人分享给你的组织。", "Ask who made it to share it with your unit."),
        )
    return view


def own_view(actor: Viewer, at: datetime, uid: UUID) -> SavedView:
    """Return a view that somebody may change. Raises as ``change_view``."""
    view = seen_view(actor, at, uid)
    if view.person_id != actor.person_id:
        raise NotAllowed(
            Text("这个视图是别人的。", "This view is somebody else's."),
            Text("打开它，另存一个自己的。", "Open it and save one of your own."),
        )
    return view


def units_to_share_with(actor: Viewer, day: int, tree: Tree) -> list[int]:
    """Return the units that somebody may share with: his home, and those he looks after."""
    held = [one.unit_id for one in actor.held if one.role in SEES_UNITS]
    wanted = dict.fromkeys((home_of(actor.person_id, day), *held))
    return [unit for unit in wanted if unit and unit in tree]


def _refuse_too_many(actor: Viewer) -> None:
    if SavedView.objects.filter(person_id=actor.person_id, deleted_at=None).count() >= MOST_VIEWS:
        raise RuleError(
            Text(f"最多 {MOST_VIEWS} 个视图。", f"At most {MOST_VIEWS} views."),
            Text("先删掉不用的。", "Delete some that are not used."),
        )


def _check_unit(actor: Viewer, at: datetime, unit_id: int) -> None:
    day = company_day(at)
    if unit_id and unit_id not in units_to_share_with(actor, day, tree_on(day)):
        raise NotAllowed(
            Text("只能分享给自己的组织。", "A view is shared with one's own unit."),
            Text("选自己所在或所管的组织。", "Choose the unit you are in or look after."),
        )


def _checked_name(actor: Viewer, report: str, name: str, other_than: int | None) -> str:
    called = " ".join(name.split())
    if not 0 < len(called) <= LONGEST_NAME:
        raise RuleError(
            Text(f"视图名称要有 1 到 {LONGEST_NAME} 个字。", f"The name of a view has 1 to {LONGEST_NAME} characters."),
            Text("换一个名称。", "Choose another name."),
        )
    same = SavedView.objects.filter(person_id=actor.person_id, report=report, name=called, deleted_at=None)
    if same.exclude(pk=other_than).exists():
        raise RuleError(
            Text(f"你已有一个叫「{called}」的视图。", f"You have a view called “{called}” already."),
            Text("换一个名称，或先删掉那一个。", "Choose another name, or delete that one first."),
        )
    return called


def _checked_query(query: str) -> str:
    if len(query) > LONGEST_QUERY:
        raise RuleError(Text("条件太多。", "The filter is too long."), Text("少选几列。", "Choose fewer columns."))
    return query
