"""Saved views (视图) as the shells show them: named, with who shares them; opened with the opener's own rights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.report import REPORTS, Report, report_named
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.questions import understood
from dacheng.store.access import tree_on
from dacheng.store.actions.views import (
    change_view,
    delete_view,
    order_pins,
    own_view,
    pin_view,
    restore_view,
    save_view,
    seen_view,
    units_to_share_with,
)
from dacheng.store.history import company_day
from dacheng.store.queries.views import KeptView, views_kept, views_of

__all__ = [
    "KeptView", "View", "change_view", "delete_view", "menu_views", "move_pin", "order_pins", "own_view",
    "parsed_query", "pin_view", "query_of", "restore_view", "save_view", "seen_view", "sharing_units",
    "understood_query", "views_kept", "views_seen",
]  # fmt: skip

BESIDE = ("col", "basis")
"""What a view keeps beside the report's own parameters; the day, the comparison and the unit are the opener's."""

NOT_KEPT = ("page", "only")


@dataclass(frozen=True, slots=True)
class View:
    """A view as it is listed.

    Args:
        own: of whoever asks; by: who made it; unit: that it is shared with, None = nobody.
    """

    uid: UUID
    report: Report
    name: str
    query: str
    pinned: bool
    own: bool
    by: Name
    unit: Name | None


def views_seen(
    viewer: Viewer, at: datetime, *, report: str = "", among: Sequence[KeptView] | None = None
) -> list[View]:
    """Return the views that somebody sees, pinned ones first.

    Args:
        report: only of this one. among: what ``views_kept`` returned, where it was asked already.
    """
    day = company_day(at)
    kept = views_of(viewer, lambda: tree_on(day), day, report=report, kept=among)
    if not kept:
        return []
    names = DatabaseNames().names_of(
        {"people": {one.person_id for one in kept}, "units": {one.unit_id for one in kept if one.unit_id}}
    )
    nobody = Name("", "")
    return [
        View(
            uid=one.uid,
            report=report_named(one.report),
            name=one.name,
            query=one.query,
            pinned=one.pinned,
            own=one.person_id == viewer.person_id,
            by=names["people"].get(one.person_id, nobody),
            unit=names["units"].get(one.unit_id) if one.unit_id else None,
        )
        for one in _known(kept)
    ]


def menu_views(viewer: Viewer, at: datetime, among: Sequence[KeptView] | None = None) -> list[KeptView]:
    """Return the views that somebody has pinned, in his order; ``among`` as of ``views_seen``."""
    day = company_day(at)
    return _known(views_of(viewer, lambda: tree_on(day), day, pinned=True, kept=among))


def move_pin(viewer: Viewer, at: datetime, uid: UUID, by: int) -> None:
    """Move a pinned view up or down among the others; one that is not pinned stays where it is.

    Args:
        by: places, negative = up.
    """
    uids = [one.uid for one in menu_views(viewer, at)]
    if uid in uids:
        place = min(max(uids.index(uid) + by, 0), len(uids) - 1)
        uids.remove(uid)
        order_pins(actor=viewer, uids=[*uids[:place], uid, *uids[place:]])


def _known(kept: Sequence[KeptView]) -> list[KeptView]:
    """Leave out views of reports that there are no more."""
    return [one for one in kept if one.report in REPORTS]


def query_of(name: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return what a view of a report keeps of an address: filter, order, columns, basis."""
    report = report_named(name)
    wanted = {one.name for one in report.parameters if one.kind.name not in NOT_KEPT} | set(BESIDE)
    return urlencode([(key, text) for key, text in pairs if key in wanted and text])


def parsed_query(name: str, query: str) -> str:
    """Return what a view of a report keeps of a query as text.

    Raises:
        NotFound: there is no such report.
    """
    return query_of(name, parse_qsl(query))


def understood_query(name: str, query: str, book: Book) -> None:
    """Refuse a view whose filter cannot be understood by somebody.

    Raises:
        RuleError: a value is unknown, or of something that the Book's viewer does not see.
    """
    given = {key: text for key, text in parse_qsl(query) if key not in BESIDE}
    understood(report_named(name), given, book, DatabaseNames())


def sharing_units(viewer: Viewer, at: datetime) -> list[tuple[int, Name]]:
    """Return the units that somebody may share a view with."""
    day = company_day(at)
    units = units_to_share_with(viewer, day, tree_on(day))
    names = DatabaseNames().names("units", units)
    return [(one, names[one]) for one in units if one in names]
