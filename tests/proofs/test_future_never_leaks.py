"""Facts dated after the as-of day never influence a report: spoil them, and every answer stays byte for byte."""

from __future__ import annotations

import pytest

from tests.proofs import future, world
from tests.proofs.asking import answers, database_book, differing

VIEWERS = (world.EXECUTIVE, world.EAST, world.SOUTH, world.REP)
DAYS = (world.on(8, 13), world.on(4, 30))
WAYS = (future.garbled, future.erased, future.shifted)
IN_TURN = (
    (future.garbled, "postgres", DAYS[0]),
    (future.erased, "sqlite", DAYS[1]),
    (future.shifted, "postgres", DAYS[1]),
)
"""Every way, every day and every database; the exhaustive variant has each with each."""


def every_answer(day, viewers=VIEWERS, *, all_questions):
    """Return what everybody gets of every report as of a day."""
    found = {}
    for viewer in viewers:
        own = answers(database_book(viewer, day), all_questions=all_questions)
        found |= {(viewer, *key): body for key, body in own.items()}
    return found


@pytest.mark.parametrize(("spoil", "engine", "day"), IN_TURN, ids=[spoil.__name__ for spoil, *_ in IN_TURN])
def test_a_report_of_a_day_does_not_depend_on_what_came_after_it(opened, engine, spoil, day):
    with opened(engine, alone=True):
        before = every_answer(day, all_questions=False)
        spoil(day)
        after = every_answer(day, all_questions=False)

    assert differing(before, after) == []


def test_no_parameter_lets_the_future_in(opened):
    day = world.on(8, 13)
    with opened("sqlite", alone=True):
        before = every_answer(day, (world.EAST,), all_questions=True)
        future.garbled(day)
        after = every_answer(day, (world.EAST,), all_questions=True)

    assert differing(before, after) == []


def test_reports_read_neither_current_records_nor_what_was_corrected(opened, engine):
    with opened(engine, alone=True):
        before = every_answer(world.TODAY, all_questions=False)
        future.without_current_values()
        future.without_corrected()
        after = every_answer(world.TODAY, all_questions=False)

    assert differing(before, after) == []


@pytest.mark.parametrize("spoil", WAYS, ids=lambda one: one.__name__)
def test_the_same_spoiling_changes_the_reports_of_later_days(opened, spoil):
    day = world.on(7, 15)
    with opened("sqlite", alone=True):
        before = every_answer(world.TODAY, (world.EXECUTIVE,), all_questions=False)
        spoil(day)
        after = every_answer(world.TODAY, (world.EXECUTIVE,), all_questions=False)

    changed = {(viewer, name) for viewer, name, _ in differing(before, after)}
    expected = {"tables/pipeline", "deals/waterfall", "targets/done", "targets/attainment", "deals/list"}
    assert {(world.EXECUTIVE, name) for name in expected} <= changed


@pytest.mark.slow
@pytest.mark.parametrize("day", (*DAYS, world.on(8, 11), world.on(6, 14), world.on(12, 31, 2025)), ids=world.iso)
@pytest.mark.parametrize("spoil", WAYS, ids=lambda one: one.__name__)
def test_no_parameter_lets_the_future_in_on_any_day(opened, engine, spoil, day):
    with opened(engine, alone=True):
        before = every_answer(day, all_questions=True)
        spoil(day)
        after = every_answer(day, all_questions=True)

    assert differing(before, after) == []
