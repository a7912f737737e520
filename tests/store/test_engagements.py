"""Work beside the home: begun, ended, taken back; figures stay, capacity moves."""

from __future__ import annotations

import pytest

from dacheng.core.access import Viewer
from dacheng.core.errors import NotAllowed, RuleError
from dacheng.core.org.schema import FULL_TIME, PART_TIME, SECONDMENT
from dacheng.core.period import FAR_DAY
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.store.actions.engagements import end_engagement, set_working_share, start_engagement
from dacheng.store.actions.org import close_unit
from dacheng.store.actions.people import mark_left, move_person
from dacheng.store.actions.transfers import transfer_entry, transfer_person, undo_transfer
from dacheng.store.actions.undo import entry_written, undo_edit
from dacheng.store.handing import Ways
from tests.store.company import AT, TODAY, actor, number, on, uid


def lend(person: str = "li", host: str = "SOUTH", share: int = 5_000, **more) -> bool:
    given = {"kind": SECONDMENT, "reason": "支援华南", "on": on(6, 1)} | more
    return start_engagement(
        actor=actor("ops"), at=AT, person=uid("people", person), host=uid("units", host), share_bp=share, **given
    )


def elsewhere(code: str) -> list[tuple[int, int, int]]:
    from tests.store.company import facts

    found = facts("engagements", number("people", code))
    return sorted((one["from_day"], one["to_day"], one["share_bp"]) for one in found)


def capacity(viewer: Viewer, day: int = TODAY, report: str = "org/capacity", **given: str) -> list[tuple[object, ...]]:
    """Return the rows of a report as text, labels of ids by name."""
    names = DatabaseNames()
    table = run_report(report, given, book=open_database(viewer, at=AT, as_of_day=day), names=names).table
    refs = {one.name: one.ref for one in table.columns if one.kind == "ref"}
    called = {name: names.names(ref, set(table.values[name].tolist())) for name, ref in refs.items()}
    shown = [one.name for one in table.columns if one.name != "depth"]
    return [
        tuple(
            called[name][table.cell(name, row)].code
            if name in refs and table.cell(name, row)
            else table.cell(name, row)
            for name in shown
        )
        for row in range(len(table))
    ]


def test_who_is_lent_counts_at_home_with_the_rest_and_at_the_host_with_the_share(database):
    lend()
    set_working_share(actor=actor("ops"), at=AT, uid=uid("people", "wang"), share_bp=8_000, version=1, on=on(6, 1))

    assert capacity(actor("boss")) == [
        ("HQ", 9, 8.8, 1, 1),
        ("EAST", 3, 2.3, 1, 0),
        ("SH", 2, 1.3, 1, 0),
        ("SOUTH", 2, 2.5, 0, 1),
    ]
    assert capacity(actor("boss"), on(5, 31))[0] == ("HQ", 9, 9.0, 0, 0)


def test_the_host_sees_who_is_lent_to_it_and_not_where_from_and_nothing_else(database):
    before = capacity(actor("south"), report="org/people")

    lend()

    assert capacity(actor("south"), report="org/engagements") == [("li", None, "SOUTH", SECONDMENT, 0.5)]
    assert capacity(actor("south")) == [("SOUTH", 2, 2.5, 0, 1)]
    assert capacity(actor("east"), report="org/engagements") == [("li", "SH", "SOUTH", SECONDMENT, 0.5)]
    assert capacity(actor("li"), report="org/engagements") == [("li", "SH", "SOUTH", SECONDMENT, 0.5)]
    assert capacity(actor("zhao"), report="org/engagements") == []
    assert capacity(actor("south"), report="org/people") == before


def test_a_secondment_moves_no_figure(database):
    def figures(who: str) -> list[object]:
        book = open_database(actor(who), at=AT)
        tables = [run_report(name, {}, book=book, names=DatabaseNames()).table for name in REPORTS]
        return [(one.rows(), dict(one.totals)) for one in tables]

    REPORTS = ("targets/attainment", "tables/pipeline", "tables/forecast", "customers/accounts")
    before = [figures(who) for who in ("boss", "east", "south", "li")]

    lend(share=10_000)

    assert [figures(who) for who in ("boss", "east", "south", "li")] == before


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"share": 0}, "比例不能是 0%"),
        ({"host": "SH"}, "就归属这个组织"),
        ({"until": on(6, 1)}, "早于开始"),
        ({"share": 6_000, "kind": PART_TIME}, "占用比例合计 110%，超过工作比例 100%"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_seen(database, given, words):
    lend(on=on(5, 1))

    with pytest.raises(RuleError, match=words):
        lend(**{"on": on(6, 1)} | given)


def test_a_working_share_below_what_is_lent_is_refused(database):
    lend(share=6_000)

    with pytest.raises(RuleError, match="合计 60%，超过工作比例 50%"):
        set_working_share(actor=actor("ops"), at=AT, uid=uid("people", "li"), share_bp=5_000, version=1, on=on(6, 1))


@pytest.mark.parametrize("who", ["boss", "fin", "east", "south", "li"])
def test_only_who_keeps_people_lends_them(database, who):
    with pytest.raises(NotAllowed):
        start_engagement(
            actor=actor(who), at=AT, person=uid("people", "li"), host=uid("units", "SOUTH"), kind=1, share_bp=1
        )


def test_a_start_and_an_end_are_taken_back_and_lead_to_the_person(database):
    lend()
    end_engagement(
        actor=actor("ops"), at=AT, person=uid("people", "li"), host=uid("units", "SOUTH"), kind=SECONDMENT, on=TODAY
    )
    assert elsewhere("li") == [(on(6, 1), TODAY, 5_000)]

    undone = undo_edit(actor=actor("admin"), at=AT, entry=entry_written(actor("ops"), AT))

    assert elsewhere("li") == [(on(6, 1), FAR_DAY, 5_000)]
    assert (undone.relation, undone.uids) == ("people", (uid("people", "li"),))


def test_leaving_and_a_closed_host_end_what_somebody_does_elsewhere(database):
    lend("li")
    lend("wang")

    mark_left(actor=actor("ops"), at=AT, uid=uid("people", "li"), version=1, on=on(6, 10))
    close_unit(
        actor=actor("ops"), at=AT, uid=uid("units", "SOUTH"), version=1, on=on(6, 12), people_to=uid("units", "HQ")
    )

    assert elsewhere("li") == [(on(6, 1), on(6, 10), 5_000)]
    assert elsewhere("wang") == [(on(6, 1), on(6, 12), 5_000)]


def test_a_transfer_ends_it_or_lets_it_go_on_and_is_taken_back_with_it(database):
    lend(host="SOUTH")
    lend(host="EAST", share=2_000, kind=PART_TIME)
    moved = {"actor": actor("ops"), "at": AT, "uid": uid("people", "li"), "unit": uid("units", "SOUTH"), "on": TODAY}

    transfer_person(**moved, ways=Ways(engagements="keep"), version=1)

    assert elsewhere("li") == [(on(6, 1), TODAY, 5_000), (on(6, 1), FAR_DAY, 2_000)]
    undo_transfer(actor=actor("ops"), at=AT, entry=transfer_entry(number("people", "li")))
    assert elsewhere("li") == [(on(6, 1), FAR_DAY, 2_000), (on(6, 1), FAR_DAY, 5_000)]


def test_a_plain_move_to_the_host_ends_the_secondment_there(database):
    lend()

    move_person(actor=actor("ops"), at=AT, uid=uid("people", "li"), unit=uid("units", "SOUTH"), version=1, on=TODAY)

    assert elsewhere("li") == [(on(6, 1), TODAY, 5_000)]
    assert capacity(actor("boss"))[-1] == ("SOUTH", 3, 3.0, 0, 0)


def test_shares_of_a_whole_company_add_up_to_what_its_people_work(database):
    lend()
    lend("wang", "HQ", 3_000, kind=PART_TIME)

    heads, fte = capacity(actor("boss"))[0][1:3]

    assert (heads, fte) == (9, 9 * FULL_TIME / 10_000)
