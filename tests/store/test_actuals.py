"""Lines of history: recorded, corrected, removed and taken back; closed months keep what they hold."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dacheng.core.errors import NotAllowed, NotFound, RuleError
from dacheng.core.period import ym_at
from dacheng.store.actions.actuals import correct_actual, record_actual, remove_actuals
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.undo import undo_edit
from dacheng.store.models import FACTS, FAR_SEQ, RECORDS, LogEntry
from dacheng.store.standing import standing_uid
from tests.store.company import AT, TODAY, actor, on, uid


def line(day: int, amount: int, unit: str = "EAST") -> dict[str, object]:
    return {"unit_id": uid("units", unit), "measure_id": uid("measures", "contract"), "day": day, "amount": amount}


def record(day: int, amount: int = 100_00):
    return record_actual(actor=actor("fin"), at=AT, values=line(day, amount))


def test_a_line_is_seen_from_the_day_it_counts_on(sqlite_database):
    made = record(on(3, 31), 250_000_00)

    (fact,) = FACTS["actuals"].objects.filter(seq_to=FAR_SEQ).values()

    assert (fact["from_day"], fact["amount"], fact["kind"], fact["one_off"]) == (on(3, 31), 250_000_00, 1, 0)
    assert standing_uid("actuals", made.uid).row["code"].startswith("Y")


def test_a_corrected_day_moves_the_line_and_no_version_stays_before_it(sqlite_database):
    made = record(on(3, 31))

    done = correct_actual(actor=actor("fin"), at=AT, uid=made.uid, values={"day": on(4, 30), "amount": 7}, version=1)

    (one,) = standing_uid("actuals", made.uid).versions
    assert (one.from_day, done.version) == (on(4, 30), 2)
    assert standing_uid("actuals", made.uid).row["amount"] == 7


def test_a_day_that_has_not_come_is_no_history(sqlite_database):
    with pytest.raises(RuleError, match="2026-06-16"):
        record(TODAY + 1)


def test_removed_lines_come_back_when_the_step_is_taken_back(sqlite_database):
    made = [record(on(2, day)) for day in (1, 2)]
    remove_actuals(actor=actor("fin"), at=AT + timedelta(seconds=1), uids=[one.uid for one in made])
    assert RECORDS["actuals"].objects.filter(removed=False).count() == 0

    entry = LogEntry.objects.latest("seq").hash
    undo_edit(actor=actor("fin"), at=AT + timedelta(seconds=2), entry=entry)

    assert RECORDS["actuals"].objects.filter(removed=False).count() == 2


def test_a_closed_month_keeps_its_lines_and_years_before_the_first_closing_stay_open(sqlite_database):
    kept = record(on(5, 31))
    close_period(actor=actor("fin"), at=AT, ym=ym_at(2026, 5))

    record(on(4, 30))  # never closed from here: history may still come

    with pytest.raises(RuleError, match="关账"):
        record(on(5, 2))
    with pytest.raises(RuleError, match="关账"):
        remove_actuals(actor=actor("fin"), at=AT, uids=[kept.uid])
    with pytest.raises(RuleError, match="关账"):
        correct_actual(actor=actor("fin"), at=AT, uid=kept.uid, values={"amount": 1}, version=None)


def test_who_may_not_record_is_told_and_who_does_not_see_a_line_learns_nothing(sqlite_database):
    made = record(on(3, 31))

    with pytest.raises(NotAllowed):
        correct_actual(actor=actor("east"), at=AT, uid=made.uid, values={"amount": 1}, version=None)
    with pytest.raises(NotFound):
        remove_actuals(actor=actor("south"), at=AT, uids=[made.uid])


def test_whom_a_line_names_does_not_see_it_because_a_margin_tells_cost(sqlite_database):
    values = line(on(3, 31), 1, "SH") | {"person_id": uid("people", "li")}
    made = record_actual(actor=actor("fin"), at=AT, values=values)

    with pytest.raises(NotFound):
        correct_actual(actor=actor("li"), at=AT, uid=made.uid, values={"amount": 2}, version=None)
    with pytest.raises(NotAllowed):
        correct_actual(actor=actor("east"), at=AT, uid=made.uid, values={"amount": 2}, version=None)
