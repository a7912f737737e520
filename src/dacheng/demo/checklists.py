"""Checklists of the invented company: before the coming plan, of new managers' first 90 days, of the running year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dacheng.core.access import MANAGER
from dacheng.core.checklists.schema import CALENDAR, CHECKLIST_ITEMS, FOUNDATIONS, OPENING
from dacheng.core.checklists.starting import due_days, template_on
from dacheng.core.company import Frame
from dacheng.core.period import FAR_DAY, FiscalYear, date_of
from dacheng.demo.framing import framed
from dacheng.demo.organisation import TOP, People, Units
from dacheng.demo.timeline import Timeline
from dacheng.exchange.defaults import default_checklists, default_templates

IN_POST_DAYS = 45
"""The newest manager of each region took over so many days ago."""

DONE_OF_PLAN = 5
"""So many of the items before the plan are done."""

NOTES = {1: "三家合计 46%，西区最紧", 4: "与各区逐一核对过"}


def checklist_frames(timeline: Timeline, units: Units, people: People, plans: Frame) -> dict[str, Frame]:
    """Return the items: before the latest plan where there is one, of a manager, of the year."""
    leader = int(np.flatnonzero(people.over == TOP)[0]) + 1
    year, began = date_of(timeline.as_of).year, timeline.as_of - IN_POST_DAYS
    rows: list[tuple[Any, ...]] = []
    labels: list[tuple[str, str, str]] = []

    def begin(kind: int, unit: int, plan: int, person: int, of_year: int, since: int, done: int | None) -> None:
        items = template_on(default_checklists(), kind, timeline.as_of).items
        days = due_days(items, kind, start_day=since, year=of_year, fiscal=FiscalYear(1))
        for at, (item, due) in enumerate(zip(items, days, strict=True), start=1):
            ticked = at <= done if done is not None else due is not None and due + 5 <= timeline.as_of
            ticked = ticked and since < timeline.as_of
            when = max(min(due or since + at, timeline.as_of), since + 1) if ticked else FAR_DAY
            number = rows[-1][0] + 1 if rows else 1
            stated = (number, kind, item.part, unit, plan, person, of_year, at, 0, due)
            rows.append((*stated, None, 0, since, when))
            labels.append((item.name, item.name_en, NOTES.get(at, "") if kind == FOUNDATIONS and ticked else ""))
            if ticked:
                rows.append((*stated, when, person or leader, when, FAR_DAY))
                labels.append(labels[-1])

    ids: Sequence[int | None] = plans.columns["plan_id"]
    if len(ids):
        unit, since = plans.columns["unit_id"][-1], plans.columns["from_day"][-1]
        begin(FOUNDATIONS, int(unit or TOP), int(ids[-1] or 0), 0, 0, int(since or 0), DONE_OF_PLAN)
    for manager in _newest_managers(timeline, units, people):
        home = int(people.home_on(np.array([manager]), timeline.as_of)[0])
        begin(OPENING, home, 0, manager, 0, began, None)
    begin(CALENDAR, TOP, 0, 0, year, timeline.year_start, None)
    names = [column.name for column in CHECKLIST_ITEMS.facts]
    columns = {
        name: np.array([row[at] for row in rows], dtype=object)
        for at, name in enumerate((*names, "from_day", "to_day"))
    }
    return {
        "checklist_templates": default_templates(),
        "checklist_items": framed(
            columns,
            code=[f"Q{row[0]:03d}" for row in rows],
            name=[one[0] for one in labels],
            name_en=[one[1] for one in labels],
            note=[one[2] for one in labels],
        ),
    }


def _newest_managers(timeline: Timeline, units: Units, people: People) -> list[int]:
    """Return the manager who came last in each region, by id."""
    parent = units.parent_on(timeline.as_of)
    newest: dict[int, int] = {}
    for person in np.flatnonzero((people.role == MANAGER) & (people.over > TOP)).tolist():
        region = int(people.over[person])
        while parent[region - 1] > TOP:
            region = int(parent[region - 1])
        newest[region] = person + 1
    return sorted(newest.values())
