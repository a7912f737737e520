"""What the invented people plan a week and did on the last days: visits, visits to key leads, requirement reports."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dacheng.core.activity.schema import KEY_VISIT, REPORT, VISIT
from dacheng.core.arrays import IntArray
from dacheng.core.company import Frame
from dacheng.core.period import FAR_DAY, ym_of
from dacheng.demo.framing import framed
from dacheng.demo.organisation import People
from dacheng.demo.timeline import Timeline, stream

PLANNED = ((VISIT, 8), (KEY_VISIT, 3), (REPORT, 2))
"""A week, as the course materials have it: 8 visits, 3 of them to key leads, and 2 requirement reports."""

CHANCES = ((VISIT, 1.7), (KEY_VISIT, 0.62), (REPORT, 0.42))
"""How often on a working day, on average."""

DAYS, PLANNED_MONTHS, MOST_PEOPLE = 35, 3, 60


def action_targets_frame(timeline: Timeline, people: People) -> Frame:
    """Return the plans of the last months and the current one, agreed when each began."""
    rows = [
        (person, kind, int(ym_of(timeline.month_start(back))), per_week, timeline.month_start(back))
        for back in reversed(range(PLANNED_MONTHS))
        for person in _people(timeline, people)
        for kind, per_week in PLANNED
    ]
    return _framed(("person_id", "kind", "ym", "per_week", "from_day"), sorted(rows))


def actions_done_frame(seed: int, timeline: Timeline, people: People) -> Frame:
    """Return what was recorded on the working days of the last five weeks."""
    rng = stream(seed, "actions")
    days = timeline.worked[(timeline.worked > timeline.as_of - DAYS) & (timeline.worked <= timeline.as_of)]
    rows = []
    for person in _people(timeline, people):
        times = {kind: rng.poisson(often, len(days)) for kind, often in CHANCES}
        times[VISIT] = np.maximum(times[VISIT], times[KEY_VISIT])  # a visit to a key lead is a visit
        for at, day in enumerate(days.tolist()):
            rows += [(person, day, kind, int(times[kind][at]), day) for kind, _ in CHANCES if times[kind][at]]
    return _framed(("person_id", "day", "kind", "times", "from_day"), rows)


def _people(timeline: Timeline, people: People) -> list[int]:
    """Return those who sell now and have been here for all these months, the first of them."""
    there = people.sells_on(timeline.as_of) & (people.joined <= timeline.month_start(PLANNED_MONTHS))
    return [int(person) for person in np.flatnonzero(there)[:MOST_PEOPLE] + 1]


def _framed(names: tuple[str, ...], rows: Sequence[tuple[int, ...]]) -> Frame:
    table: IntArray = np.array(rows, dtype=np.int64).reshape(-1, len(names))
    columns = {name: table[:, at] for at, name in enumerate(names)}
    return framed({**columns, "to_day": np.full(len(table), FAR_DAY)})
