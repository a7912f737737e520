"""Many opportunities in one step: planned row by row, written all or none, taken back as one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.store.actions.deal_edits import DealRow, RowsRefused, edit_deals, preview_deals
from dacheng.store.actions.deal_plans import MOST_ROWS
from dacheng.store.actions.deals import close_deal, edit_deal
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.undo import undo_edit
from dacheng.store.audit import verify
from dacheng.store.models import Deal, LogEntry
from tests.store.company import AT, TODAY, actor, facts, month, number, on, record, uid


def row(code, version=None, **values):
    return DealRow(values, uid("deals", code), version)


def write(who, *rows, day=None):
    return edit_deals(actor=actor(who), at=AT, rows=rows, on=day)


def problems(who, *rows, day=None):
    plan = preview_deals(actor=actor(who), at=AT, rows=rows, on=day)
    return [None if one.problem is None else type(one.problem) for one in plan.rows]


def many(count, owner="li"):
    values = {"owner_id": uid("people", owner), "stage_id": uid("stages", "lead"), "amount": 10_00}
    write("east", *(DealRow(values | {"name": f"批量{at}", "code": f"B{at:04}"}) for at in range(count)))
    return [row(f"B{at:04}", 1, owner_id=uid("people", "wang")) for at in range(count)]


def log_head():
    return LogEntry.objects.order_by("-seq").first()


def test_a_step_on_many_deals_is_one_entry_and_one_undo(database):
    before = {code: facts("deals", code) for code in ("D1", "D2")}

    done = write("east", row("D1", expected_day=on(9, 30)), row("D2", expected_day=on(9, 30)), day=on(6, 10))

    assert (done.created, done.changed, log_head().action, log_head().changes) == (0, 2, "deal.bulk_edited", 2)
    assert facts("deals", "D2")[-1]["from_day"] == on(6, 10) and record("deals", "D2").expected_day == on(9, 30)
    undo_edit(actor=actor("east"), at=AT, entry=log_head().hash)
    assert {code: facts("deals", code) for code in before} == before
    assert verify() == []


def test_all_to_one_owner_is_a_handover_in_the_log(database):
    write("east", row("D1", owner_id=uid("people", "wang")))

    assert log_head().action == "deal.reassigned"
    assert str(uid("people", "wang")) in log_head().detail


def test_a_row_that_somebody_changed_meanwhile_keeps_all_rows_out_and_shows_both_values(database):
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"amount": 5_00}, version=1)
    entries = LogEntry.objects.count()

    with pytest.raises(RowsRefused) as refused:
        write("east", row("D1", 1, amount=7_00), row("D2", 1, amount=7_00))

    (met,) = refused.value.plan.refused
    assert isinstance(met.problem, Conflict) and met.problem.yours["amount"] == 7_00
    assert met.problem.theirs["amount"] == 5_00
    assert record("deals", "D2").amount == 20_000_00 and LogEntry.objects.count() == entries


def test_each_row_says_why_it_cannot_be_done(database):
    wang, zhao = uid("people", "wang"), uid("people", "zhao")
    close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="won", version=None, amount=5_00)

    assert problems("east", row("D1", owner_id=wang), row("D3", amount=1), row("D2", owner_id=zhao)) == [
        RuleError,  # closed
        NotFound,  # of another region
        NotAllowed,  # to somebody of another region
    ]
    assert problems("li", row("D2", amount=1)) == [NotFound]
    assert problems("east", row("D2", stage_id=uid("stages", "won"))) == [RuleError]
    assert problems("east", row("D2", amount=1), row("D2", amount=2)) == [None, RuleError]
    assert problems("east", row("D2", lost_reason="价格")) == [RuleError]


def test_a_closed_month_keeps_its_row_out_and_no_other(database):
    day = on(1, 20)
    close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="won", version=None, on=day, amount=5_00)
    close_period(actor=actor("ops"), at=AT, ym=month(1))

    assert problems("east", row("D1", amount=6_00), row("D2", amount=6_00), day=on(1, 21)) == [RuleError, None]


def test_new_deals_and_changes_go_together_and_come_back_together(database):
    new = DealRow({"name": "三期", "owner_id": uid("people", "li"), "stage_id": uid("stages", "lead")})

    done = write("east", new, row("D1", amount=1_00))
    undo_edit(actor=actor("east"), at=AT, entry=log_head().hash)

    assert (done.created, done.changed) == (1, 1)
    assert not Deal.objects.filter(name="三期", removed=False).exists()
    assert record("deals", "D1").amount == 100_000_00


def test_a_new_deal_lacks_nothing_and_takes_no_code_of_another(database):
    lacking = DealRow({"name": "三期", "owner_id": uid("people", "li")})
    taken = DealRow({"code": "D3", "name": "x", "owner_id": uid("people", "li"), "stage_id": uid("stages", "lead")})

    assert problems("east", lacking, taken) == [RuleError, RuleError]


def test_the_plan_tells_what_stood_what_comes_and_until_when(database):
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"amount": 9_00}, version=None, on=on(6, 12))

    plan = preview_deals(actor=actor("east"), at=AT, rows=[row("D1", amount=8_00)], on=on(6, 1))

    (one,) = plan.rows
    assert dict(one.columns) == {"amount": (100_000_00, 8_00)} and one.until == {"amount": on(6, 12)}
    assert (one.was["amount"], one.becomes["amount"]) == (9_00, 9_00)  # today's sums do not move
    assert one.was["unit_id"] == number("units", "SH")


def test_what_stands_already_writes_nothing(database):
    entries = LogEntry.objects.count()

    done = write("east", row("D1", amount=100_000_00))

    assert done.changed == 0 and LogEntry.objects.count() == entries


def questions(asked):
    """Return how often the database was asked, without the test's own savepoints."""
    return len([one for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]])


def test_a_step_asks_the_database_as_often_for_two_hundred_rows_as_for_two(database):
    rows, east = many(200), actor("east")

    counts = []
    for some in (rows[:2], rows[2:]):
        with CaptureQueriesContext(connection) as asked:
            edit_deals(actor=east, at=AT, rows=some)
        counts.append(questions(asked))

    assert counts[1] <= counts[0] + 2 and counts[1] <= 20, counts
    assert Deal.objects.filter(owner_id=number("people", "wang"), code__startswith="B").count() == 200


def test_undoing_a_step_of_two_hundred_rows_takes_few_questions(database):
    write("east", *many(200))
    east, entry = actor("east"), log_head().hash

    with CaptureQueriesContext(connection) as asked:
        undo_edit(actor=east, at=AT, entry=entry)

    assert questions(asked) <= 26
    assert Deal.objects.filter(owner_id=number("people", "li"), code__startswith="B").count() == 200


def test_nobody_changes_more_than_one_step_takes(database):
    with pytest.raises(RuleError, match="一次最多"):
        preview_deals(actor=actor("east"), at=AT, rows=[DealRow({})] * (MOST_ROWS + 1))


def test_a_day_to_come_is_refused(database):
    with pytest.raises(RuleError):
        preview_deals(actor=actor("east"), at=AT, rows=[row("D1", amount=1)], on=TODAY + 1)


@pytest.mark.parametrize("who", ["boss", "fin", "admin"])
def test_somebody_who_edits_no_deals_gets_no_plan(database, who):
    with pytest.raises(NotAllowed):
        preview_deals(actor=actor(who), at=AT, rows=[row("D2", amount=1)])
