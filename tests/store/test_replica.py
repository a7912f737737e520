"""The columnar replica: the same rows as the database after any history, whole segments, another history refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dacheng.core.access import SYSTEM
from dacheng.core.errors import DachengError, RuleError
from dacheng.core.replica import BEHIND, DAMAGED, NOT_THERE, OTHER_EDITION, OTHER_HISTORY, is_wide
from dacheng.core.schema import RELATIONS
from dacheng.engine.connection import ConnectionEngine
from dacheng.engine.parquet import fact_columns
from dacheng.engine.relations import fact_table
from dacheng.engine.replica import ReplicaEngine
from dacheng.exchange.replica_manifest import MANIFEST, read_replica_manifest
from dacheng.service import imports, replica_reading, replicating, working
from dacheng.service.books import open_database
from dacheng.service.exporting import exported
from dacheng.service.imports import Upload
from dacheng.service.labels import DatabaseNames
from dacheng.service.replica_folder import alone_in, replica_folder
from dacheng.service.replica_reading import close_replicas, engine_at, why_not
from dacheng.service.replica_status import freshness_of, remark_on, replica_status
from dacheng.service.reports import run_report
from dacheng.service.ruling import set_rule
from dacheng.store.actions.deals import close_deal, create_deal, edit_deal, reassign_deals
from dacheng.store.actions.people import create_person, move_person
from dacheng.store.actions.targets import Cell, set_targets
from dacheng.store.actions.undo import entry_written, undo_edit
from dacheng.store.history import microseconds
from dacheng.store.queries.rules import head_and_rules
from tests.store.company import AT, TODAY, actor, month, uid

DEALS = ("D1", "D2", "D3")
UNITS = ("EAST", "SH", "SOUTH", "HQ")
SELLERS = ("li", "wang", "zhao")


@pytest.fixture(autouse=True)
def for_narrow_books_too(replicas, monkeypatch):
    """Have a replica answer every Book."""
    monkeypatch.setattr("dacheng.service.books.is_wide", lambda seen, units: True)


def refresh(at=AT, step=lambda: None):
    """Bring the replica up to the head of the log."""
    return replicating.refresh(microseconds(at), step=step, is_gone=lambda _number: True)


def engine():
    """Return what answers now."""
    head = head_and_rules()
    return engine_at(head.seq, head.hash)


def problem():
    """Return why the replica does not answer now."""
    head = head_and_rules()
    return why_not(head.seq, head.hash)


def facts(source):
    """Return every version of every relation, ordered, with None where nothing is known."""
    found = {}
    for name, relation in RELATIONS.items():
        columns = ", ".join(f'"{column}"' for column in fact_columns(relation))
        rows = source.fetch(f"SELECT {columns} FROM {fact_table(relation)}")
        values = [
            [
                value if known else None
                for value, known in zip(rows[one].tolist(), rows.known(one).tolist(), strict=True)
            ]
            for one in fact_columns(relation)
        ]
        found[name] = sorted(zip(*values, strict=True), key=repr)
    return found


def answered(book, *names):
    """Return reports as the bytes that people get."""
    return [
        exported(run_report(name, {}, book=book, names=DatabaseNames()), "json", columns=(), language="zh-hans")
        for name in names or ("tables/pipeline", "deals/list", "targets/attainment", "tables/trends")
    ]


def on_both(viewer, **standpoint):
    """Return the answers of the replica and of the database to a viewer."""
    book = open_database(viewer, at=AT + timedelta(days=1), **standpoint)
    assert isinstance(book.source.engine, ReplicaEngine), remark_on(book)
    settings.REPLICA = "off"
    plain = open_database(viewer, at=AT + timedelta(days=1), **standpoint)
    settings.REPLICA = "on"
    return answered(book), answered(plain)


def edit(code, **values):
    """Correct a deal."""
    edit_deal(actor=SYSTEM, at=AT, uid=uid("deals", code), values=values, version=None)


# One history after another ---------------------------------------------------------------------

money = st.one_of(st.none(), st.integers(0, 10**9))
days = st.integers(TODAY - 60, TODAY)
steps = st.one_of(
    st.tuples(st.just("edit"), st.sampled_from(DEALS), money, days),
    st.tuples(st.just("close"), st.sampled_from(DEALS), st.sampled_from(["won", "lost"])),
    st.tuples(st.just("create"), st.sampled_from(SELLERS), money),
    st.tuples(st.just("reassign"), st.sets(st.sampled_from(DEALS), min_size=1), st.sampled_from(SELLERS), days),
    st.tuples(st.just("move"), st.sampled_from(SELLERS), st.sampled_from(UNITS), days),
    st.tuples(st.just("target"), st.sampled_from(["EAST", "SH"]), st.integers(1, 12), money),
    st.tuples(st.just("join"), st.sampled_from(UNITS)),
    st.tuples(st.just("import"), st.integers(1, 3)),
    st.tuples(st.just("undo")),
    st.tuples(st.just("refresh")),
)


class History:
    """Does steps; what a rule refuses leaves all as it was."""

    def __init__(self):
        self.at, self.count = AT, 0

    def do(self, kind, *values):
        self.at += timedelta(minutes=1)
        self.count += 1
        try:
            getattr(self, kind)({"actor": SYSTEM, "at": self.at}, *values)
        except DachengError:
            pass

    def edit(self, who, code, amount, day):
        edit_deal(**who, uid=uid("deals", code), values={"amount": amount}, version=None, on=day)

    def close(self, who, code, outcome):
        close_deal(**who, uid=uid("deals", code), outcome=outcome, version=None, reason="价格", amount=5_000_00)

    def create(self, who, owner, amount):
        values = {"code": f"N{self.count}", "name": "新商机", "owner_id": uid("people", owner), "amount": amount}
        create_deal(**who, values=values | {"stage_id": uid("stages", "lead"), "customer_id": uid("customers", "C1")})

    def reassign(self, who, codes, owner, day):
        reassign_deals(**who, uids=[uid("deals", code) for code in sorted(codes)], to=uid("people", owner), on=day)

    def move(self, who, person, unit, day):
        move_person(**who, uid=uid("people", person), unit=uid("units", unit), on=day)

    def target(self, who, unit, number, amount):
        set_targets(**who, cells=[Cell(uid("units", unit), None, uid("measures", "contract"), month(number), amount)])

    def join(self, who, unit):
        create_person(**who, values={"code": f"P{self.count}", "name": "新人"}, home=uid("units", unit))

    def import_(self, who, rows):
        lines = "".join(f"I{self.count}-{row},进口客户{row}\n" for row in range(rows))
        prepared = imports.prepare(
            [Upload("customers.csv", f"客户编号,客户名称\n{lines}".encode())], on_day=imports.day_of_import(self.at)
        )
        imports.commit(who["actor"], who["at"], prepared)

    def undo(self, who):
        undo_edit(**who, entry=entry_written(SYSTEM, self.at - timedelta(minutes=1)))

    def refresh(self, who):
        refresh(who["at"])


setattr(History, "import", History.import_)


@pytest.mark.parametrize("vendor", ["sqlite", "postgres"])
def test_after_any_history_the_replica_holds_exactly_the_versions_of_the_database(vendor, opened, tmp_path):
    @hypothesis_settings(
        max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    )
    @given(st.lists(steps, min_size=1, max_size=14))
    def histories(history):
        close_replicas()
        with opened(vendor, with_company=True, alone=vendor == "sqlite"):
            refresh()
            doing = History()
            for number, step in enumerate(history, 1):
                doing.do(*step)
                source = engine()
                assert isinstance(source, ReplicaEngine), problem()
                if number % 5 == 0 or number == len(history):
                    assert facts(source) == facts(ConnectionEngine())

    histories()


def test_a_replica_answers_earlier_moments_and_days_and_everybody_as_the_database_does(shared_database):
    refresh()
    edit("D1", amount=7_000_00)
    close_deal(actor=SYSTEM, at=AT, uid=uid("deals", "D2"), outcome="won", version=None, amount=33_00)
    refresh()
    move_person(actor=SYSTEM, at=AT + timedelta(hours=1), uid=uid("people", "li"), unit=uid("units", "SOUTH"), on=TODAY)

    for viewer in (SYSTEM, actor("east"), actor("li"), actor("fin"), actor("ops")):
        for standpoint in ({}, {"as_of_day": TODAY - 30}, {"known_at": AT - timedelta(hours=1)}, {"basis": "today"}):
            replica, plain = on_both(viewer, **standpoint)
            assert replica == plain, (viewer, standpoint)


# Segments ---------------------------------------------------------------------------------------


def test_what_changed_goes_into_a_later_segment_and_a_crowded_one_becomes_a_base(sqlite_database, replicas):
    first = refresh()
    edit("D1", amount=1_00)
    second = refresh(AT + timedelta(minutes=1))
    for amount in range(2, 30):
        edit("D2", amount=amount * 100)
    third = refresh(AT + timedelta(minutes=2))

    assert (first.later, second.base, second.later.rows["deals"]) == (None, first.base, 3)
    assert third.later is None and third.base != first.base
    assert {one.name for one in replica_folder().iterdir()} == {"lock", MANIFEST, third.base.name}
    assert facts(engine()) == facts(ConnectionEngine())


def test_nothing_changed_writes_no_segment_but_says_that_it_looked(sqlite_database):
    first = refresh()

    second = refresh(AT + timedelta(minutes=1))

    assert second.segments == first.segments
    assert second.at - first.at == 60 * 1_000_000


def test_a_reader_goes_on_with_the_files_it_opened_while_others_replace_them(sqlite_database):
    refresh()
    source = engine()
    before = facts(source)
    edit("D1", amount=9_00)
    for amount in range(30):
        edit("D3", amount=amount * 100)

    refresh()

    assert facts(source) == before
    assert facts(engine()) == facts(ConnectionEngine()) != before


def test_giving_up_half_way_leaves_the_replica_that_was_there(sqlite_database):
    whole = refresh()
    edit("D1", amount=9_00)

    class Enough(Exception):
        pass

    def give_up():
        raise Enough

    with pytest.raises(Enough):
        refresh(step=give_up)

    assert read_replica_manifest(replica_folder()) == whole
    assert facts(engine()) == facts(ConnectionEngine())
    assert refresh().seq == whole.seq + 1


def test_one_writer_at_a_time(sqlite_database):
    with alone_in(replica_folder()) as alone:
        other = refresh()

    assert (alone, other) == (True, None)


# Where the database answers instead -------------------------------------------------------------


def test_without_a_replica_the_database_answers_and_says_why(sqlite_database):
    book = open_database(SYSTEM, at=AT)

    assert isinstance(book.source.engine, ConnectionEngine)
    assert remark_on(book) == NOT_THERE == problem()


def test_a_replica_that_nobody_wants_is_not_asked(sqlite_database, monkeypatch):
    refresh()
    monkeypatch.setattr(settings, "REPLICA", "auto")

    book = open_database(SYSTEM, at=AT)

    assert isinstance(book.source.engine, ConnectionEngine) and remark_on(book) is None


def test_the_rule_switches_it_on_and_the_worker_builds_it_and_removes_it_again(sqlite_database, monkeypatch):
    monkeypatch.setattr(settings, "REPLICA", "auto")
    kept = {"step": lambda: None, "is_gone": lambda _number: True}
    assert not working.keep_replica(AT, **kept)

    set_rule(actor=SYSTEM, at=AT, name="replica.use", value=1, on=TODAY, reason="大了")
    built = working.keep_replica(AT, **kept)
    again = working.keep_replica(AT + timedelta(seconds=5), **kept)
    later = working.keep_replica(AT + timedelta(seconds=500), **kept)
    assert (built, again, later) == (True, False, True)
    assert isinstance(open_database(SYSTEM, at=AT).source.engine, ReplicaEngine)

    set_rule(actor=SYSTEM, at=AT, name="replica.use", value=0, on=TODAY, reason="不要了")
    assert working.keep_replica(AT + timedelta(seconds=505), **kept)
    assert [one.name for one in replica_folder().iterdir()] == ["lock"]


@pytest.mark.parametrize("where", [0, 5_000, -1])
def test_a_damaged_segment_is_never_believed_and_built_anew(where, sqlite_database):
    file = replica_folder() / refresh().base.name
    bytes_ = bytearray(file.read_bytes())
    bytes_[where] ^= 0xFF
    file.write_bytes(bytes_)

    assert problem() == DAMAGED
    assert facts(engine()) == facts(ConnectionEngine())
    refresh()
    assert problem() is None
    assert facts(engine()) == facts(ConnectionEngine())


def test_a_segment_damaged_while_it_is_open_gives_the_database_s_answer(sqlite_database):
    file = replica_folder() / refresh().base.name
    source = engine()
    with file.open("r+b") as opened:
        opened.seek(12_288)
        opened.write(b"\xff" * (file.stat().st_size - 12_288))

    assert facts(source) == facts(ConnectionEngine())
    assert facts(engine()) == facts(ConnectionEngine())


def test_a_missing_segment_a_short_one_and_a_manifest_of_another_version_are_not_read(sqlite_database):
    file = replica_folder() / refresh().base.name
    whole = file.read_bytes()

    file.unlink()
    gone = problem()
    file.write_bytes(whole[:-1])
    close_replicas()
    short = problem()
    file.write_bytes(whole)
    manifest = replica_folder() / MANIFEST
    manifest.write_text(manifest.read_text().replace('"edition": "', '"edition": "0'))
    other = problem()
    manifest.write_text("{")

    assert (gone, short, other, problem()) == (DAMAGED, DAMAGED, OTHER_EDITION, NOT_THERE)


def test_the_replica_of_another_history_is_not_read_and_built_anew(opened, replicas, monkeypatch):
    monkeypatch.setattr(replica_reading, "replica_folder", lambda: replicas / "same")
    monkeypatch.setattr(replicating, "replica_folder", lambda: replicas / "same")
    with opened("sqlite", with_company=True, alone=True):
        edit("D1", amount=1_00)
        refresh()
        assert isinstance(engine(), ReplicaEngine)

    with opened("sqlite", with_company=True, alone=True):
        edit("D1", amount=2_00)
        edit("D1", amount=3_00)
        refused = problem()
        refresh()
        assert (refused, problem()) == (OTHER_HISTORY, None)
        assert facts(engine()) == facts(ConnectionEngine())


def test_what_was_taken_back_is_not_remembered(shared_database):
    from django.db import transaction

    refresh()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        edit("D1", amount=1_00)
        assert facts(engine()) == facts(ConnectionEngine())
        raise ZeroDivisionError
    edit("D2", amount=5_00)

    assert facts(engine()) == facts(ConnectionEngine())


def test_too_many_changes_are_left_to_the_database(sqlite_database, monkeypatch):
    refresh()
    monkeypatch.setattr(replica_reading, "MOST_CHANGES", 3)
    for amount in range(3):
        edit("D1", amount=amount * 100)
    enough = problem()
    edit("D1", amount=5_00)

    assert (enough, problem()) == (None, BEHIND)
    assert facts(engine()) == facts(ConnectionEngine())


def test_before_there_is_a_company_there_is_no_replica(opened):
    with opened("sqlite", with_company=False, alone=True), pytest.raises(RuleError, match="还没有公司"):
        refresh()


# What is told -----------------------------------------------------------------------------------


def test_the_status_says_how_large_and_how_far_behind_and_a_book_how_fresh(sqlite_database):
    refresh()
    edit("D1", amount=9_00)

    stands, book = replica_status(AT), open_database(SYSTEM, at=AT)
    unasked = freshness_of(book)
    run_report("tables/pipeline", {}, book=book, names=DatabaseNames())

    assert (stands.wanted, stands.deals, stands.behind, stands.problem, stands.offered) == (True, 3, 1, None, False)
    assert stands.manifest.size > 0
    assert unasked is None
    assert (freshness_of(book).at, freshness_of(book).since) == (microseconds(AT), 3)


@pytest.mark.parametrize(("person", "answers"), [("boss", True), ("east", True), ("li", False)])
def test_a_book_of_ones_own_rows_is_answered_by_the_database(sqlite_database, monkeypatch, person, answers):
    monkeypatch.setattr("dacheng.service.books.is_wide", is_wide)
    refresh()

    book = open_database(actor(person), at=AT)

    assert isinstance(book.source.engine, ReplicaEngine) is answers


def test_it_is_offered_to_large_companies_only(sqlite_database, monkeypatch):
    from dacheng.service import replica_status as status

    monkeypatch.setattr(settings, "REPLICA", "auto")
    small = replica_status(AT).offered
    monkeypatch.setattr(status, "WORTH_DEALS", 3)

    assert (small, replica_status(AT).offered) == (False, True)
