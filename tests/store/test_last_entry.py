"""How fresh the actions are that somebody sees: the moment of the last entry, and when it is too old (R054)."""

from datetime import timedelta

from dacheng.core.access import SYSTEM
from dacheng.core.activity.schema import VISIT
from dacheng.service.activity import last_entry
from dacheng.service.books import open_database
from dacheng.store.actions.activity import Done, record_actions
from tests.store.company import AT, TODAY, actor, uid


def entered(person: str, at, day: int = TODAY) -> None:
    record_actions(actor=SYSTEM, at=at, done=[Done(uid("people", person), day, VISIT, 3)])


def seen(who: str, at):
    return last_entry(open_database(actor(who), at=at))


def test_without_an_action_there_is_no_last_entry(database):
    assert seen("boss", AT) is None


def test_an_entry_is_fresh_for_24_hours_and_stale_after(database):
    entered("li", AT)
    last = seen("boss", AT)

    book = open_database(actor("boss"), at=AT)
    assert (last.day, last.at) == (TODAY, AT)
    assert [last.stale(book, AT + timedelta(hours=hours)) for hours in (24, 25)] == [False, True]


def test_what_others_enter_out_of_sight_makes_nothing_fresh(database):
    later = AT + timedelta(hours=2)
    entered("li", AT)
    entered("wang", later)

    assert (seen("li", later).at, seen("boss", later).at) == (AT, later)


def test_an_earlier_day_filled_in_late_is_a_new_entry_of_an_old_day(database):
    later = AT + timedelta(hours=2)
    entered("li", AT)
    entered("li", later, TODAY - 3)

    assert (seen("boss", later).day, seen("boss", later).at) == (TODAY, later)
