"""Actions: planned a week, recorded on a day, corrected by entering again; nobody records for whom he does not lead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dacheng.core.activity.schema import KEY_VISIT, VISIT
from dacheng.core.errors import NotAllowed, NotFound, RuleError
from dacheng.store.actions.activity import Done, WeeklyPlan, plan_actions, record_actions
from dacheng.store.models import FACTS, FAR_SEQ, LogEntry
from tests.store.company import AT, TODAY, actor, month, uid


def record(*rows: tuple[int, int, int], who: str = "li", whose: str = "li", later: int = 0):
    done = [Done(uid("people", whose), day, kind, times) for day, kind, times in rows]
    return record_actions(actor=actor(who), at=AT + timedelta(seconds=later), done=done)


def test_days_are_recorded_together_and_each_is_seen_from_itself_on(sqlite_database):
    saved = record((TODAY, VISIT, 3), (TODAY - 1, KEY_VISIT, 1))

    facts = FACTS["actions_done"].objects.filter(seq_to=FAR_SEQ).order_by("day").values_list("from_day", "day", "times")
    assert (saved.created, list(facts)) == (2, [(TODAY - 1, TODAY - 1, 1), (TODAY, TODAY, 3)])
    assert LogEntry.objects.filter(action="actions.recorded").count() == 1


def test_entering_a_day_again_corrects_it(sqlite_database):
    record((TODAY - 1, VISIT, 3))

    saved = record((TODAY - 1, VISIT, 5), later=1)

    (fact,) = FACTS["actions_done"].objects.filter(seq_to=FAR_SEQ).values()
    assert (saved.changed, fact["times"], fact["from_day"]) == (1, 5, TODAY - 1)


@pytest.mark.parametrize(
    "row", [(TODAY + 1, VISIT, 1), (TODAY - 63, VISIT, 1), (TODAY, VISIT, -1), (TODAY, VISIT, 1001)]
)
def test_what_cannot_be_is_refused_in_words(sqlite_database, row):
    with pytest.raises(RuleError):
        record(row)


def test_a_rep_records_his_own_and_plans_nothing(sqlite_database):
    with pytest.raises(NotFound):
        record((TODAY, VISIT, 1), whose="zhao")
    with pytest.raises(NotAllowed, match="动作目标"):
        plan_actions(actor=actor("li"), at=AT, plans=[WeeklyPlan(uid("people", "li"), VISIT, month(6), 8)])


def test_one_action_of_one_person_stands_once(sqlite_database):
    twice = [WeeklyPlan(uid("people", "li"), VISIT, month(6), 8)] * 2

    with pytest.raises(RuleError, match="两次"):
        plan_actions(actor=actor("ops"), at=AT, plans=twice)
