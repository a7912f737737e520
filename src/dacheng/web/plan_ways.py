"""The ways out of a plan's health (怎么办): each finding leads to the page where it is mended (R052)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from dacheng.core.plans.health import (
    FINE,
    HALF_PLANNED,
    IDLE,
    NOBODY_THERE,
    NOT_SIGNED,
    STRAINED,
    UNDATED,
    UNLED,
    UNSET,
    UNSIGNED,
)
from dacheng.core.plans.schema import DRAFT
from dacheng.core.plans.sheet import plan_of
from dacheng.service.labels import DatabaseNames
from dacheng.web.links import Pairs, pairs_of, with_query
from dacheng.web.plan_tabs import CHANNELS, HEALTH, KEPT, plan_asked
from dacheng.web.tabling import Showing

ROW, WAY = "plan_row_id", "way"

Way = Callable[["_Found"], str]


class _Found:
    """A finding: of which plan and row, whose."""

    def __init__(self, plan: UUID, row: UUID, person: str, kept: Pairs, *, draft: bool) -> None:
        self.plan, self.row, self.person, self.kept, self.draft = plan, row, person, kept, draft

    def at(self, page: str, **more: str) -> str:
        """Return the address of a page of the plan."""
        return with_query(reverse(f"web:{page}", args=[self.plan]), [*self.kept, *more.items()])


def _grid(found: _Found) -> str:
    return found.at("plan", row=found.row.hex)


def _new_row(found: _Found) -> str:
    return found.at("new-plan-row", row=found.row.hex)


def _talk(found: _Found) -> str:
    """Return where a partner's letter is signed; a draft is signed by nobody, so that its figures are the place."""
    return _grid(found) if found.draft else reverse("web:plan-talk", args=[found.plan, found.row])


def _actions(found: _Found) -> str:
    return with_query(reverse("web:action-plan"), [("person", found.person)])


PAGES: Mapping[int, Way] = {
    UNSET: _grid,
    NOBODY_THERE: _new_row,
    UNSIGNED: _talk,
    NOT_SIGNED: _talk,
    UNLED: _actions,
    IDLE: _actions,
    HALF_PLANNED: _actions,
    UNDATED: _grid,
    STRAINED: _grid,
}
"""What is missing of a row -> the page where it is mended."""


def link_ways(shown: Showing, view: dict[str, Any]) -> None:
    """Let every way out of the health of a plan lead to its page; a row that is fine has none."""
    table = shown.table
    if shown.answer.report.name != HEALTH or not len(table):
        return
    at, plan_id = _column(view, WAY), plan_asked(shown.answer)
    if at is None or plan_id is None:
        return
    plan = _public(plan_id)
    draft = plan_of(shown.answer.book, plan_id).state == DRAFT
    kept = [(key, value) for key, value in pairs_of(shown.request) if key in KEPT]
    for place, line in enumerate(view["rows"]):
        fault = int(table.cell("fault", place) or FINE)
        row = _row(shown, place)
        if fault in PAGES and row:
            person = shown.names.get("people", {}).get(int(table.cell("person_id", place) or 0))
            found = _Found(plan, row, person.uid if person else "", kept, draft=draft)
            line["cells"][at]["href"] = PAGES[fault](found)


def link_partners(shown: Showing, view: dict[str, Any]) -> None:
    """Let each partner of a plan lead to the talk about his target, where his letter is read and signed (R057)."""
    if shown.answer.report.name != CHANNELS or not len(shown.table):
        return
    at, plan_id = _column(view, ROW), plan_asked(shown.answer)
    if at is None or plan_id is None:
        return
    plan = _public(plan_id)
    for place, line in enumerate(view["rows"]):
        if row := _row(shown, place):
            line["cells"][at]["href"] = reverse("web:plan-talk", args=[plan, row])


def _column(view: Mapping[str, Any], name: str) -> int | None:
    return next((place for place, column in enumerate(view["columns"]) if column["key"] == name), None)


def _row(shown: Showing, place: int) -> UUID | None:
    found = shown.names.get("plan_rows", {}).get(int(shown.table.cell(ROW, place) or 0))
    return UUID(found.uid) if found and found.uid else None


def _public(plan_id: int) -> UUID:
    return UUID(DatabaseNames().names("plans", [plan_id])[plan_id].uid)
