"""Whoever becomes the owner of a deal has no part beside the rest: however he becomes it, and undo brings it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.access import SYSTEM
from dacheng.core.deals.splitting import Span, apart_from_owner, on_day
from dacheng.core.errors import RuleError
from dacheng.core.facts import Version, standing
from dacheng.core.period import FAR_DAY
from dacheng.core.staging import Batch, Staged
from dacheng.service.books import open_database
from dacheng.service.deal_edits import DealRow, edit_deals, names_of_plan, parts_ended, preview_deals, unit_effects
from dacheng.service.merging import Merging, preview
from dacheng.service.transferring import foreseen
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.deals import close_deal, edit_deal, reassign_deals
from dacheng.store.actions.imports import commit_import, preview_import, undo_import
from dacheng.store.actions.merges import merge_deals
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.splits import split_deal
from dacheng.store.actions.transfers import leave, transfer_entry, undo_transfer
from dacheng.store.actions.undo import entry_written, undo_edit
from dacheng.store.canonical import canonical_hash
from dacheng.store.handing import Ways
from tests.store.company import AT, START, TODAY, actor, facts, month, number, on, uid
from tests.store.test_splits import own, shares

OPS = "ops"


def split(parts: dict[str, int], *, code: str = "D1", day: int):
    given = [(uid("people", person), share) for person, share in parts.items()]
    return split_deal(actor=actor(OPS), at=AT, uid=uid("deals", code), shares=given, version=None, on=day)


def contract(code: str, deal: str, day: int):
    values = {
        "code": code, "owner_id": uid("people", "li"), "deal_id": uid("deals", deal), "signed_day": day,
        "effective_day": day, "amount": 900_00,
    }  # fmt: skip
    return record_contract(actor=actor(OPS), at=AT, values=values, lines=[Line(900_00)])


def close_through(last: int) -> None:
    for one in range(1, last + 1):
        close_period(actor=actor("fin"), at=AT, ym=month(one))


def undo() -> None:
    undo_edit(actor=actor(OPS), at=AT, entry=entry_written(actor(OPS), AT))


def in_place() -> None:
    values = {"owner_id": uid("people", "zhao")}
    edit_deal(actor=actor(OPS), at=AT, uid=uid("deals", "D1"), values=values, version=None)


def reassigned(on: int | None = None) -> None:
    reassign_deals(actor=actor(OPS), at=AT, uids=[uid("deals", "D1")], to=uid("people", "zhao"), on=on)


def rows() -> list[DealRow]:
    return [DealRow({"owner_id": uid("people", "zhao")}, uid("deals", code)) for code in ("D1", "D2")]


def in_bulk() -> None:
    edit_deals(actor=actor(OPS), at=AT, rows=rows())


def merging() -> Merging:
    return Merging(uid("deals", "D3"), uid("deals", "D1"), ("owner_id",))


def merged() -> None:
    merge_deals(actor=actor(OPS), at=AT, merging=merging())


def file_of(day: int = TODAY) -> Batch:
    row = Staged("deals", "D1", {"owner_id": "zhao"}, day, known_start=False, sheet="商机", row=2)
    return Batch("crm", "销售.xlsx", "CNY", (row,))


@pytest.mark.parametrize("hand_over", [in_place, reassigned, in_bulk, merged])
def test_the_part_of_the_new_owner_ends_on_the_day_and_undo_puts_it_back(database, hand_over):
    split({"zhao": 4000, "wang": 1000}, day=on(5, 1))
    before = canonical_hash()

    hand_over()
    wang, zhao = number("people", "wang"), number("people", "zhao")
    left = own(), shares()
    undo()

    assert left == (
        [(START, 10_000), (on(5, 1), 5000), (TODAY, 9000)],
        [(wang, on(5, 1), FAR_DAY, 1000, 0), (zhao, on(5, 1), TODAY, 4000, 1000)],
    )
    assert canonical_hash() == before


def test_the_part_of_a_leavers_taker_in_his_deals_ends_and_the_wizard_says_so(database):
    split({"zhao": 4000}, day=on(5, 1))
    before, person = canonical_hash(), uid("people", "li")
    ways = Ways(deals="taker", to=uid("people", "zhao"))

    told = foreseen(SYSTEM, AT, person, None, TODAY, ways).said
    leave(actor=actor(OPS), at=AT, uid=person, ways=ways, version=None)
    left = own(), shares()
    undo_transfer(actor=actor(OPS), at=AT, entry=transfer_entry(number("people", "li")))

    assert any("其中 1 笔 赵敏 原有分成" in one.zh for one in told)
    assert left[0][-1] == (TODAY, 10_000)
    assert left[1] == [(number("people", "zhao"), on(5, 1), TODAY, 4000, 0)]
    assert canonical_hash() == before


def test_a_file_that_changes_the_owner_ends_his_part_and_its_preview_names_it(database):
    split({"zhao": 4000}, day=on(5, 1))
    before = canonical_hash()

    seen = preview_import(actor=actor(OPS), at=AT, batch=file_of())
    done = commit_import(actor=actor(OPS), at=AT, batch=file_of())
    left = own()
    undo_import(actor=actor(OPS), at=AT, uid=done.uid)

    assert [(one.rule, one.severity, one.row) for one in seen.findings] == [("deals/part-ends", "note", 2)]
    assert left[-1] == (TODAY, 10_000)
    assert canonical_hash() == before


def test_the_preview_of_a_bulk_handover_names_the_part_and_foresees_the_sums(database):
    split({"zhao": 4000, "wang": 1111}, day=on(5, 1))
    book = open_database(SYSTEM, at=AT, as_of_day=TODAY)

    plan = preview_deals(actor=actor(OPS), at=AT, rows=rows())
    effects = {one.unit_id: one.after for one in unit_effects(book, plan)}
    names = names_of_plan(plan, [])["people"]
    in_bulk()
    after = open_database(SYSTEM, at=AT, as_of_day=TODAY)

    said = [text.zh for row in plan.rows for text in parts_ended(row, names)]
    assert said == ["赵敏原有的 40% 分成到 2026-06-15 为止，此后都归他负责。"]
    again = {one.unit_id: one.before for one in unit_effects(after, preview_deals(actor=actor(OPS), at=AT, rows=[
        DealRow({"owner_id": uid("people", "li")}, uid("deals", code)) for code in ("D1", "D2")
    ]))}  # fmt: skip
    assert effects[number("units", "SOUTH")] == again[number("units", "SOUTH")]


def test_a_part_that_a_closed_month_rests_on_does_not_end_and_the_previews_say_why(database):
    split({"zhao": 4000}, day=on(5, 1))
    contract("K1", "D1", on(5, 20))
    close_through(5)

    refused = preview_deals(actor=actor(OPS), at=AT, rows=rows(), on=on(5, 15)).refused
    with pytest.raises(RuleError, match="关账"):
        reassigned(on(5, 15))
    reassigned()

    assert [one.record.row["code"] for one in refused] == ["D1"]
    assert own()[-1] == (TODAY, 10_000)


def test_a_split_set_from_a_day_before_the_partner_became_the_owner_ends_when_he_does(database):
    reassigned(on(6, 1))

    split({"zhao": 4000}, day=on(5, 1))

    assert own() == [(START, 10_000), (on(5, 1), 6000), (on(6, 1), 10_000)]
    assert [one[1:4] for one in shares()] == [(on(5, 1), on(6, 1), 4000)]


def test_an_owner_for_some_weeks_only_has_his_part_again_after_them(database):
    split({"zhao": 4000}, day=on(3, 1))
    values = {"owner_id": uid("people", "zhao")}

    edit_deal(actor=actor(OPS), at=AT, uid=uid("deals", "D1"), values=values, version=None, on=on(4, 1), until=on(5, 1))

    assert own() == [(START, 10_000), (on(3, 1), 6000), (on(4, 1), 10_000), (on(5, 1), 6000)]


def test_undoing_an_exchange_of_partners_is_refused_when_a_closed_month_rests_on_it(database):
    split({"zhao": 4000}, day=on(5, 1))
    contract("K1", "D1", on(5, 20))
    split({"wang": 4000}, day=on(5, 1))
    exchange = entry_written(actor(OPS), AT)
    close_through(5)

    with pytest.raises(RuleError, match="关账"):
        undo_edit(actor=actor(OPS), at=AT, entry=exchange)

    assert [one[0] for one in shares()] == [number("people", "wang")]


def test_undoing_a_handover_after_an_exchange_leaves_no_owner_with_a_part(database):
    split({"wang": 4000}, day=on(5, 1))
    reassigned()
    handover = entry_written(actor(OPS), AT)
    split({"li": 4000}, day=TODAY)

    undo_edit(actor=actor(OPS), at=AT, entry=handover)

    assert facts("deals", "D1")[-1]["owner_id"] == number("people", "li")
    assert own()[-1] == (TODAY, 10_000)


def test_a_merge_names_the_contracts_that_take_another_split_and_does_not_touch_closed_months(database):
    split({"wang": 4000}, code="D1", day=on(5, 1))
    split({"zhao": 1000}, code="D2", day=on(5, 1))
    contract("K1", "D2", on(5, 20))
    seen = preview("deals", actor(OPS), AT, Merging(uid("deals", "D2"), uid("deals", "D1")))

    close_through(5)
    refused = preview("deals", actor(OPS), AT, Merging(uid("deals", "D2"), uid("deals", "D1"))).refused

    assert [one.zh for one in seen.said] == ["合同 K1 改按留下的商机分成：赵敏 10% → 王强 40%。"]
    assert refused is not None and "合同 K1" in refused.message.zh and "分成" in refused.message.zh


def test_a_merge_says_when_the_part_of_the_new_owner_ends(database):
    split({"zhao": 4000}, day=on(5, 1))

    said = preview("deals", actor(OPS), AT, merging()).said

    assert [one.zh for one in said] == ["赵敏原有的 40% 分成到 2026-06-15 为止，此后都归他负责。"]
    assert own()[-1] == (on(5, 1), 6000)


def test_a_won_deal_of_a_closed_month_keeps_owner_and_split(database):
    close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="won", version=None, on=on(5, 20), amount=100)
    split({"zhao": 4000}, day=on(5, 1))
    close_through(5)

    with pytest.raises(RuleError, match="关账"):
        in_place()

    assert own()[-1] == (on(5, 20), 6000)


DAYS = st.integers(0, 30)
SPANS = st.lists(st.tuples(DAYS, st.integers(1, 10), st.integers(1, 3000)), max_size=2).map(
    lambda given: [Span(10 * at + begin % 5, 10 * at + begin % 5 + min(long, 5), bp)
                   for at, (begin, long, bp) in enumerate(given)]
)  # fmt: skip


@given(st.dictionaries(st.integers(1, 4), SPANS), st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_on_no_day_has_the_owner_a_part_and_the_others_keep_theirs(parts, owners):
    through = [Version(7 * at, 7 * at + 7, (owner,)) for at, owner in enumerate(owners)]

    after = apart_from_owner(parts, through)

    for day in range(7 * len(owners)):
        (owner,) = standing(through, day) or (None,)
        kept = {person: share for person, share in on_day(parts, day).items() if person != owner}
        assert on_day(after, day) == kept
