"""Writers that meet: nothing is lost, and of two that contradict each other one is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from dacheng.core.errors import Conflict, DachengError, RuleError
from dacheng.store.access import tree_on
from dacheng.store.actions.contracts import Line, edit_contract, record_contract
from dacheng.store.actions.org import move_unit
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.targets import Cell, set_targets
from dacheng.store.audit import verify
from dacheng.store.models import LogEntry, Target
from tests.store.company import AT, TODAY, actor, month, number, on, record, uid

WRITERS, ROUNDS = 8, 5
PATIENCE = 60


def at_once(work: list[Callable[[], object]]) -> list[object]:
    """Run functions in threads of their own that begin together; an expected error is a result."""
    ready = threading.Barrier(len(work))

    def run(one: Callable[[], object]) -> object:
        ready.wait(PATIENCE)
        try:
            return one()
        except DachengError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_eight_writers_of_one_cell_lose_no_update_and_a_conflict_shows_both_values(shared_database):
    who, unit, measure = actor("ops"), uid("units", "SOUTH"), uid("measures", "contract")
    conflicts: list[Conflict] = []

    def raise_by_one() -> None:
        for _ in range(ROUNDS):
            while True:
                stands = Target.objects.filter(unit_id=number("units", "SOUTH"), ym=month(9)).first()
                amount, version = (stands.amount, stands.version) if stands else (0, 0)
                cell = Cell(unit, None, measure, month(9), amount + 1, version)
                try:
                    set_targets(actor=who, at=AT, cells=[cell])
                    break
                except Conflict as conflict:
                    conflicts.append(conflict)

    results = at_once([raise_by_one] * WRITERS)

    stands = Target.objects.get(ym=month(9))
    assert results == [None] * WRITERS
    assert (stands.amount, stands.version) == (WRITERS * ROUNDS, WRITERS * ROUNDS)
    assert all(one.yours.keys() == one.theirs.keys() and len(one.yours) == 1 for one in conflicts)
    assert verify() == []


def test_two_units_that_move_under_each_other_do_not_both_move(shared_database):
    ops, east, south = actor("ops"), uid("units", "EAST"), uid("units", "SOUTH")

    results = at_once(
        [
            lambda: move_unit(actor=ops, at=AT, uid=east, parent=south, version=1),
            lambda: move_unit(actor=ops, at=AT, uid=south, parent=east, version=1),
        ]
    )

    refused = [one for one in results if isinstance(one, RuleError)]
    assert len(refused) == 1 and "成环" in refused[0].message.zh
    assert len(tree_on(TODAY)) == 4


def test_an_edit_does_not_slip_behind_a_closing(shared_database):
    given = {"code": "H1", "owner_id": uid("people", "li"), "signed_day": on(5, 20), "effective_day": on(5, 20)}
    contract = record_contract(actor=actor("li"), at=AT, values=given, lines=[Line(100)]).uid
    ops, fin = actor("ops"), actor("fin")

    results = at_once(
        [
            lambda: close_period(actor=fin, at=AT, ym=month(5)),
            lambda: edit_contract(actor=ops, at=AT, uid=contract, values={}, version=1, lines=[Line(200)]),
        ]
    )

    edited = record("contracts", "H1").amount == 200
    order = list(LogEntry.objects.order_by("-seq").values_list("action", flat=True)[:2])
    assert edited == (not isinstance(results[1], RuleError))
    assert order[0] == "period.closed" if edited else "period.closed" in order


# Stepped by hand on PostgreSQL: the second transaction begins while the first is still open ------


class Stepped:
    """Another connection that holds an action's transaction open until told to go on."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.done = threading.Event()
        self.began = threading.Event()
        self.result: object = None
        self.thread = threading.Thread(target=self._run, args=(act,))
        self.thread.start()

    def _run(self, act: Callable[[], object]) -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                self.result = act()
                self.began.set()
                self.done.wait(PATIENCE)
        except DachengError as error:
            self.result = error
        finally:
            self.began.set()
            connection.close()

    def commit(self) -> None:
        """Let the transaction end."""
        self.done.set()
        self.thread.join(PATIENCE)


def waiting_for_a_lock(url: str) -> int:
    with psycopg.connect(url) as other:
        found = other.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchone()
    assert found is not None
    return int(found[0])


def one_after_the_other(url: str, first: Callable[[], object], second: Callable[[], object]) -> tuple[object, object]:
    """Begin the first action, begin the second while the first is uncommitted, then let both end."""
    one = Stepped(first)
    assert one.began.wait(PATIENCE)
    other = Stepped(second)
    while not waiting_for_a_lock(url):
        assert other.thread.is_alive()
    assert not other.began.is_set()
    one.commit()
    other.done.set()
    other.thread.join(PATIENCE)
    return one.result, other.result


@pytest.fixture
def stepping(postgres_company: str) -> Callable[..., tuple[object, object]]:
    return lambda first, second: one_after_the_other(postgres_company, first, second)


def test_an_edit_that_waited_for_a_closing_is_refused(stepping):
    given = {"code": "H1", "owner_id": uid("people", "li"), "signed_day": on(5, 20), "effective_day": on(5, 20)}
    contract = record_contract(actor=actor("li"), at=AT, values=given, lines=[Line(100)]).uid
    fin, ops = actor("fin"), actor("ops")

    closed, edited = stepping(
        lambda: close_period(actor=fin, at=AT, ym=month(5)),
        lambda: edit_contract(actor=ops, at=AT, uid=contract, values={}, version=1, lines=[Line(200)]),
    )

    assert closed is None and isinstance(edited, RuleError) and "2026-05" in edited.message.zh
    assert record("contracts", "H1").amount == 100


def test_a_closing_that_waited_for_an_edit_closes_what_was_edited(stepping):
    given = {"code": "H1", "owner_id": uid("people", "li"), "signed_day": on(5, 20), "effective_day": on(5, 20)}
    contract = record_contract(actor=actor("li"), at=AT, values=given, lines=[Line(100)]).uid
    fin, ops = actor("fin"), actor("ops")

    edited, closed = stepping(
        lambda: edit_contract(actor=ops, at=AT, uid=contract, values={}, version=1, lines=[Line(200)]),
        lambda: close_period(actor=fin, at=AT, ym=month(5)),
    )

    assert closed is None and not isinstance(edited, DachengError)
    assert record("contracts", "H1").amount == 200


@pytest.mark.parametrize(("first", "second"), [("EAST", "SOUTH"), ("SOUTH", "EAST")])
def test_a_move_that_waited_for_the_opposite_move_is_refused(stepping, first, second):
    ops, one, other = actor("ops"), uid("units", first), uid("units", second)

    moved, refused = stepping(
        lambda: move_unit(actor=ops, at=AT, uid=one, parent=other, version=1),
        lambda: move_unit(actor=ops, at=AT, uid=other, parent=one, version=1),
    )

    assert not isinstance(moved, DachengError)
    assert isinstance(refused, RuleError) and "成环" in refused.message.zh
    assert tree_on(TODAY).is_under(number("units", first), number("units", second))


def test_two_closings_of_one_month_close_it_once(stepping):
    fin, ops = actor("fin"), actor("ops")

    first, second = stepping(
        lambda: close_period(actor=fin, at=AT, ym=month(5)), lambda: close_period(actor=ops, at=AT, ym=month(5))
    )

    assert first is None and isinstance(second, RuleError) and "已经关账" in second.message.zh
