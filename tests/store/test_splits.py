"""Sharing a deal: who may, what is refused with the way out, what the owner keeps, what is taken back."""

from __future__ import annotations

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.handover.handing import Terms
from dacheng.core.handover.transfer import effect
from dacheng.core.period import FAR_DAY
from dacheng.service.books import open_database
from dacheng.store.access import Rights, tree_on
from dacheng.store.actions.deals import close_deal, edit_deal
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.splits import split_deal
from dacheng.store.actions.transfers import leave, transfer_entry, undo_transfer
from dacheng.store.actions.undo import entry_written, undo_edit
from dacheng.store.canonical import company_hash, export_company
from dacheng.store.handing import Ways, handover_of, taker_of
from dacheng.store.models import FACTS, FAR_SEQ, LogEntry
from dacheng.store.standing import standing_uid
from tests.store.company import AT, START, TODAY, actor, facts, month, number, on, record, uid


def split(who: str, shares: dict[str, int], *, code: str = "D1", version: int | None = None, day: int | None = None):
    given = [(uid("people", person), share) for person, share in shares.items()]
    return split_deal(actor=actor(who), at=AT, uid=uid("deals", code), shares=given, version=version, on=day)


def own(code: str = "D1") -> list[tuple[int, int]]:
    return [(fact["from_day"], fact["own_bp"]) for fact in facts("deals", code)]


def shares(code: str = "D1") -> list[tuple[int, int, int, int, int]]:
    """Return (person, from, to, share, before) of every current version."""
    rows = FACTS["deal_splits"].objects.filter(deal_id=number("deals", code), seq_to=FAR_SEQ)
    columns = ("person_id", "from_day", "to_day", "share_bp", "before_bp")
    return list(rows.order_by("person_id", "from_day").values_list(*columns))


def test_a_manager_shares_a_deal_with_somebody_of_another_unit_and_the_owner_keeps_the_rest(database):
    saved = split("east", {"zhao": 4000}, version=1, day=on(5, 1))

    assert (saved.version, record("deals", "D1").version) == (2, 2)
    assert own() == [(START, 10_000), (on(5, 1), 6000)]
    assert shares() == [(number("people", "zhao"), on(5, 1), FAR_DAY, 4000, 0)]


def test_a_new_split_takes_the_place_of_the_old_one_and_its_past_stays(database):
    split("east", {"zhao": 4000, "wang": 1000}, day=on(3, 1))

    split("east", {"wang": 2500}, day=on(5, 1))

    wang, zhao = number("people", "wang"), number("people", "zhao")
    assert own() == [(START, 10_000), (on(3, 1), 5000), (on(5, 1), 7500)]
    assert shares() == [
        (wang, on(3, 1), on(5, 1), 1000, 0),
        (wang, on(5, 1), FAR_DAY, 2500, 0),
        (zhao, on(3, 1), on(5, 1), 4000, 1000),
    ]


def test_a_split_from_the_first_day_can_be_taken_away_whole_and_set_again(database):
    split("east", {"zhao": 10_000}, day=START)
    split("east", {}, day=START)

    split("east", {"zhao": 3333}, day=START)

    assert own() == [(START, 6667)]
    assert [one[3] for one in shares()] == [3333]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"li": 4000}, "负责人不能再分一份"),
        ({"zhao": 6000, "wang": 4001}, "合计 100.01%"),
        ({"zhao": 0}, "0.01%"),
    ],
)
def test_a_split_that_cannot_be_is_refused_with_the_way_out(sqlite_database, wanted, words):
    with pytest.raises(RuleError) as refused:
        split("east", wanted)

    assert words in refused.value.sentence("zh") and refused.value.remedy.en
    assert not LogEntry.objects.filter(action="deal.split").exists()


def test_only_who_may_reassign_the_deal_may_share_it_and_a_partner_only_sees_it(database):
    with pytest.raises(NotAllowed):
        split("li", {"zhao": 4000})
    with pytest.raises(NotFound):
        split("south", {"zhao": 4000})
    split("east", {"zhao": 4000})

    with pytest.raises(NotAllowed):
        split("south", {"zhao": 9000})
    deal = standing_uid("deals", uid("deals", "D1"))
    seen = {who: Rights(actor(who), TODAY, tree_on(TODAY)).sees("deals", deal) for who in ("zhao", "south", "wang")}
    assert seen == {"zhao": True, "south": True, "wang": False}


def test_a_stale_version_is_a_conflict(database):
    split("east", {"zhao": 4000}, version=1)

    with pytest.raises(Conflict):
        split("east", {"zhao": 5000}, version=1)


def test_to_share_with_another_person_counts_the_version_up_and_is_taken_back_as_one_step(database):
    split("east", {"zhao": 4000}, day=on(5, 1))
    saved = split("east", {"wang": 4000}, day=on(5, 1))

    undo_edit(actor=actor("east"), at=AT, entry=entry_written(actor("east"), AT))

    assert saved.version == 3
    assert own() == [(START, 10_000), (on(5, 1), 6000)]
    assert [one[0] for one in shares()] == [number("people", "zhao")]


def test_the_split_of_what_a_closed_month_counts_stands(database):
    close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="won", version=1, on=on(5, 20), amount=100)
    split("east", {"zhao": 4000}, day=on(5, 1))
    for closing in range(1, 6):
        close_period(actor=actor("fin"), at=AT, ym=month(closing))

    with pytest.raises(RuleError, match="关账"):
        split("east", {"wang": 4000})
    split("east", {"zhao": 1000}, code="D2", day=on(6, 1))

    assert {share for _, share in own()[1:]} == {6000}


def test_the_parts_of_a_leaver_go_to_the_taker_or_back_to_the_owner_and_come_back_with_one_undo(database):
    li, wang = number("people", "li"), number("people", "wang")
    split("east", {"li": 3000}, code="D2", day=on(5, 1))
    split("south", {"li": 2000, "wang": 500}, code="D3", day=on(5, 1))
    before = company_hash(export_company())

    person = uid("people", "li")
    leave(actor=actor("ops"), at=AT, uid=person, ways=Ways(deals="taker", to=uid("people", "wang")), version=1)
    left = {code: (own(code)[-1], shares(code)) for code in ("D2", "D3")}
    undo_transfer(actor=actor("ops"), at=AT, entry=transfer_entry(li))

    assert left["D2"] == ((TODAY, 10_000), [(li, on(5, 1), TODAY, 3000, 0)])
    assert left["D3"][0] == (on(5, 1), 7500)
    assert [one for one in left["D3"][1] if one[2] == FAR_DAY] == [(wang, TODAY, FAR_DAY, 2500, 0)]
    assert company_hash(export_company()) == before


def test_the_preview_of_a_handover_with_parts_is_what_happens(sqlite_database):
    edit_deal(actor=actor("zhao"), at=AT, uid=uid("deals", "D3"), values={"amount": 90_000_01}, version=None, on=START)
    split("east", {"li": 3000}, code="D2", day=on(5, 1))
    split("south", {"li": 3333}, code="D3", day=on(5, 1))
    ways = Ways(deals="taker", to=uid("people", "zhao"))
    plan = handover_of(standing_uid("people", uid("people", "li")), None, TODAY, ways, Terms(), taker_of(ways))

    told = effect(open_database(SYSTEM, at=AT, as_of_day=TODAY), plan)
    leave(actor=actor("ops"), at=AT, uid=uid("people", "li"), ways=ways, version=1)
    now = effect(open_database(SYSTEM, at=AT, as_of_day=TODAY), plan)

    for name in ("deals", "pipeline", "weighted"):
        assert told.values[f"{name}_after"].tolist() == now.values[name].tolist()
    assert told.values["pipeline"].tolist() != told.values["pipeline_after"].tolist()
