"""One-off contracts are left out of the history that estimates rest on, and stay results (R011, R045)."""

from __future__ import annotations

import pytest

from dacheng.core.errors import NotAllowed, NotFound, RuleError
from dacheng.core.history.past import season_history, yearly_totals
from dacheng.core.period import parse_period
from dacheng.core.targets.schema import CONTRACT
from dacheng.service.books import open_database
from dacheng.store.actions.one_offs import mark_one_off
from dacheng.store.standing import standing_uid
from tests.store.company import AT, actor, on
from tests.store.test_cash_actions import shown, signed


def marked(contract, who="ops", one_off=True, reason="一次性大单"):
    mark_one_off(actor=actor(who), at=AT, uid=contract, one_off=one_off, reason=reason)


def book(day=None):
    found = open_database(actor("ops"), at=AT)
    return found if day is None else found.at(day)


def year_of(found, regular):
    return yearly_totals(found, measure=CONTRACT, first=2026, last=2026, without_one_offs=regular).whole.get(2026, 0)


def test_a_mega_deal_is_left_out_of_years_and_seasons_from_the_day_it_is_marked(database):
    signed(100_00, 90_00)
    mega = signed(900_00, 800_00, day=(2, 5))

    marked(mega)

    now, before = book(), book(on(6, 14))
    assert (year_of(now, False), year_of(now, True)) == (1_000_00, 100_00)
    assert (year_of(before, True), year_of(before, False)) == (1_000_00, 1_000_00), "it was not marked yet"
    assert season_history(now, measure=CONTRACT, last=2026).excluded.sum() == 900_00
    done = shown("targets/done", period=parse_period("2026"))
    assert done.totals["amount"] == 1_000_00, "it stays a result"


def test_a_result_without_one_offs_opens_the_contracts_that_make_it(database):
    signed(100_00, 90_00)
    marked(signed(900_00, 800_00, day=(2, 5)))

    (row,) = [one for one in shown("history/years", regular=True).values["posted"].tolist() if one]
    opened = shown("targets/done", period=parse_period("2026"), regular=True)

    assert (row, opened.totals["amount"]) == (100_00, 100_00)
    assert shown("deals/contracts", one_off=True).totals["amount"] == 900_00


def test_what_changes_a_one_off_follows_its_mark_recorded_before_or_after_it(database):
    mega = signed(900_00, 800_00)
    before = signed(-100_00, -90_00, day=(5, 1), kind=4, amends_id=mega)
    marked(mega)
    after = signed(-50_00, -45_00, day=(5, 2), kind=4, amends_id=mega)

    assert [standing_uid("contracts", one).row["one_off"] for one in (mega, before, after)] == [1, 1, 1]
    assert (year_of(book(), True), year_of(book(), False)) == (0, 750_00)
    marked(mega, one_off=False, reason="明年还有")

    assert year_of(book(), True) == 750_00


def test_the_mark_is_kept_with_its_reason_and_taken_back(database):
    mega = signed(900_00, 800_00)

    marked(mega, reason=" 政策性采购 ")
    assert [standing_uid("contracts", mega).row[name] for name in ("one_off", "one_off_note")] == [1, "政策性采购"]
    with pytest.raises(RuleError, match="已经是"):
        marked(mega)
    marked(mega, one_off=False, reason="明年还有")

    assert (year_of(book(), True), standing_uid("contracts", mega).row["one_off"]) == (900_00, 0)


def test_without_a_reason_or_a_right_or_of_a_change_nothing_is_marked(database):
    mega = signed(900_00, 800_00)
    change = signed(-100_00, -90_00, day=(5, 1), kind=4, amends_id=mega)

    with pytest.raises(RuleError, match="没有写原因"):
        marked(mega, reason=" ")
    with pytest.raises(RuleError, match="变更"):
        marked(change)
    with pytest.raises(NotAllowed):
        marked(mega, "li")
    with pytest.raises(NotFound):
        marked(mega, "zhao")
    assert standing_uid("contracts", mega).row["one_off"] == 0
