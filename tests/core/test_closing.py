"""Closed months: what posts where, and which part of a history they rest on."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.closing import (
    NONE_CLOSED,
    Closed,
    check_close,
    check_lasting,
    check_reopen,
    frozen_part,
    posting_day,
)
from dacheng.core.contracts.schema import COUNTED, WAITING
from dacheng.core.deals.schema import OPEN, WON
from dacheng.core.errors import RuleError
from dacheng.core.facts import Version, apply, patch
from dacheng.core.period import FAR_DAY, day_of, first_day_of, ym_at
from dacheng.core.schema import RELATIONS

MAY = ym_at(2026, 5)
CLOSED_MAY = Closed(MAY)


def on(month: int, day: int) -> int:
    return day_of(date(2026, month, day))


def versions_of(name: str, *steps: tuple[int, dict[str, int]]) -> list[Version]:
    """Return versions that begin on the days given, each with the columns changed so far; others are 0."""
    names, held, found = RELATIONS[name].value_names, {}, []
    for at, (day, columns) in enumerate(steps):
        held = {**held, **columns}
        to_day = steps[at + 1][0] if at + 1 < len(steps) else FAR_DAY
        found.append(Version(day, to_day, tuple(held.get(one, 0) for one in names)))
    return found


def position(name: str, column: str) -> int:
    return RELATIONS[name].value_names.index(column)


def test_a_fact_of_an_open_month_posts_on_its_day_and_a_late_one_on_the_next_open_day():
    assert posting_day(on(6, 20), CLOSED_MAY) == on(6, 20)
    assert posting_day(on(5, 31), CLOSED_MAY) == on(6, 1)
    assert posting_day(on(5, 31), NONE_CLOSED) == on(5, 31)


@given(st.integers(0, 40_000), st.integers(ym_at(1971, 1), ym_at(2070, 1)))
def test_nothing_ever_posts_into_a_closed_month(day, closed):
    assert posting_day(day, Closed(closed)) == max(day, first_day_of(closed + 1))


def test_months_are_closed_one_after_the_other_when_they_have_ended():
    check_close(MAY, closed=NONE_CLOSED, today=on(5, 31))
    check_close(MAY + 1, closed=CLOSED_MAY, today=on(6, 30))

    for ym, today, words in (
        (MAY, on(6, 1), "已经关账"),
        (MAY + 2, on(8, 1), "先关 2026-06"),
        (MAY + 1, on(6, 29), "没有结束"),
    ):
        with pytest.raises(RuleError) as refused:
            check_close(ym, closed=CLOSED_MAY, today=today)
        assert words in refused.value.sentence("zh")


def test_the_last_closed_month_is_the_only_one_to_reopen():
    check_reopen(MAY, closed=CLOSED_MAY)

    for ym, closed in ((MAY - 1, CLOSED_MAY), (MAY + 1, CLOSED_MAY), (MAY, NONE_CLOSED)):
        with pytest.raises(RuleError, match="不能重新打开"):
            check_reopen(ym, closed=closed)


def test_a_change_that_lasts_begins_on_the_first_open_day_or_later():
    check_lasting(on(6, 1), CLOSED_MAY)

    with pytest.raises(RuleError) as refused:
        check_lasting(on(5, 31), CLOSED_MAY)
    assert "2026-06-01" in refused.value.remedy.zh and "2026-06-01" in refused.value.remedy.en


@given(st.integers(on(4, 1), on(7, 31)), st.integers(1, 3))
def test_a_home_may_change_from_the_first_open_day_on_and_not_before(day, unit):
    before = versions_of("assignments", (on(1, 1), {"unit_id": 9}))
    after = apply(before, patch(before, {0: unit}, day))

    same = frozen_part("assignments", (1,), before, CLOSED_MAY) == frozen_part("assignments", (1,), after, CLOSED_MAY)

    assert same == (day >= on(6, 1))


def test_what_was_won_in_a_closed_month_is_frozen_to_its_end_and_only_that():
    won = versions_of(
        "deals", (on(1, 1), {"amount": 5, "closed_day": FAR_DAY}), (on(5, 9), {"state": WON, "closed_day": on(5, 9)})
    )
    frozen = frozen_part("deals", (1,), won, CLOSED_MAY)

    later_amount = apply(won, patch(won, {position("deals", "amount"): 6}, on(6, 9)))
    reopened = apply(won, patch(won, {position("deals", "state"): OPEN}, on(6, 9)))
    graded = apply(won, patch(won, {position("deals", "grade"): 2}, on(5, 1)))
    earlier_amount = apply(won, patch(won, {position("deals", "amount"): 7}, on(2, 1), on(3, 1)))

    assert frozen_part("deals", (1,), later_amount, CLOSED_MAY) != frozen
    assert frozen_part("deals", (1,), reopened, CLOSED_MAY) != frozen
    assert frozen_part("deals", (1,), graded, CLOSED_MAY) == frozen
    assert frozen_part("deals", (1,), earlier_amount, CLOSED_MAY) == frozen


def test_a_deal_won_in_an_open_month_is_not_frozen():
    won = versions_of("deals", (on(6, 9), {"state": WON, "closed_day": on(6, 9)}))

    assert frozen_part("deals", (1,), won, CLOSED_MAY) == frozenset()


def test_a_contract_is_frozen_by_the_month_it_posted_in_not_by_its_effective_day():
    days = {"effective_day": on(5, 20), "posted_day": on(6, 1)}
    late = versions_of("contracts", (on(6, 1), {**days, "amount": 5, "intake": COUNTED}))
    waiting = versions_of("contracts", (on(6, 1), {**days, "amount": 5, "intake": WAITING}))

    assert frozen_part("contracts", (1,), late, CLOSED_MAY) == frozenset()
    assert frozen_part("contracts", (1,), late, Closed(MAY + 1)) != frozenset()
    assert frozen_part("contracts", (1,), waiting, Closed(MAY + 1)) == frozenset()


def test_the_deal_of_a_frozen_contract_may_still_be_named():
    days = {"effective_day": on(5, 20), "posted_day": on(5, 20)}
    posted = versions_of("contracts", (on(5, 20), {**days, "amount": 5, "intake": COUNTED}))

    assert frozen_part("contracts", (1,), posted, CLOSED_MAY) != frozenset()
    named = apply(posted, patch(posted, {position("contracts", "deal_id"): 8}, on(5, 20)))

    assert frozen_part("contracts", (1,), named, CLOSED_MAY) == frozen_part("contracts", (1,), posted, CLOSED_MAY)


def test_a_line_is_frozen_with_the_month_in_which_it_began_to_count():
    late = versions_of("contract_lines", (on(6, 1), {"effective_day": on(5, 20), "amount": 5}))

    assert frozen_part("contract_lines", (1,), late, CLOSED_MAY) == frozenset()
    assert frozen_part("contract_lines", (1,), late, Closed(MAY + 1)) != frozenset()


def test_a_target_of_a_closed_month_is_frozen_whole_and_of_an_open_one_up_to_the_first_open_day():
    before = versions_of("targets", (on(1, 1), {"amount": 5}))
    today = apply(before, patch(before, {0: 6}, on(6, 9)))
    key = (1, 0, 1)

    assert frozen_part("targets", (*key, MAY), before, CLOSED_MAY) != frozen_part(
        "targets", (*key, MAY), today, CLOSED_MAY
    )
    assert frozen_part("targets", (*key, MAY + 1), before, CLOSED_MAY) == frozen_part(
        "targets", (*key, MAY + 1), today, CLOSED_MAY
    )


@pytest.mark.parametrize("name", ["customers", "people", "stages", "roles"])
def test_closed_months_rest_on_nothing_else(name):
    versions = versions_of(name, (on(1, 1), {}))

    assert frozen_part(name, (1,), versions, CLOSED_MAY) == frozenset()


def test_while_no_month_is_closed_nothing_is_frozen():
    versions = versions_of("assignments", (on(1, 1), {"unit_id": 9}))

    assert frozen_part("assignments", (1,), versions, NONE_CLOSED) == frozenset()
