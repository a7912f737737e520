"""Derived columns of deals: by hand, and many at once as one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.book import Rows
from dacheng.core.deals.columnar import cut_at, derived_columns
from dacheng.core.deals.deriving import derive_deal
from dacheng.core.deals.schema import DEALS, LOST, OPEN, WON
from dacheng.core.facts import Version
from dacheng.core.period import FAR_DAY

STATES = {1: OPEN, 2: OPEN, 8: WON, 9: LOST}
NAMES = [column.name for column in DEALS.values]
Step = tuple[int, int, int | None]
"""(day, stage, expected day)"""


def versions_of(steps: list[Step]) -> list[Version]:
    ends = [day for day, _, _ in steps[1:]] + [FAR_DAY]
    return [
        Version(day, end, tuple({"stage_id": stage, "expected_day": expected}.get(name) for name in NAMES))
        for (day, stage, expected), end in zip(steps, ends, strict=True)
    ]


def derived(steps: list[Step], *names: str) -> list[tuple[int | None, ...]]:
    return [
        tuple(version.values[NAMES.index(name)] for name in names)
        for version in derive_deal(versions_of(steps), STATES)
    ]


def test_a_stage_is_entered_on_the_first_day_of_its_unbroken_run():
    steps: list[Step] = [(10, 1, None), (12, 1, 50), (15, 2, 50), (20, 1, 50)]

    assert derived(steps, "stage_day", "created_day") == [(10, 10), (10, 10), (15, 10), (20, 10)]


def test_a_reopened_deal_is_open_again_and_closes_anew():
    steps: list[Step] = [(10, 1, None), (20, 8, None), (25, 8, 60), (30, 2, None), (40, 9, None)]

    assert derived(steps, "state", "closed_day") == [
        (OPEN, FAR_DAY),
        (WON, 20),
        (WON, 20),
        (OPEN, FAR_DAY),
        (LOST, 40),
    ]


def test_a_push_is_a_later_expected_day_while_open():
    steps: list[Step] = [(1, 1, None), (2, 1, 50), (3, 1, 60), (4, 2, 55), (5, 2, 70), (6, 8, 90)]

    assert derived(steps, "first_expected_day", "push_count") == [
        (None, 0),
        (50, 0),
        (50, 1),
        (50, 1),
        (50, 2),
        (50, 2),
    ]


deals = st.lists(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(list(STATES)), st.one_of(st.none(), st.integers(0, 90))),
        min_size=1,
        max_size=6,
        unique_by=lambda step: step[0],
    ).map(sorted),
    max_size=4,
)


@given(deals)
def test_many_deals_at_once_are_derived_as_one_by_one(deals: list[list[Step]]):
    rows = Rows.of(
        ["deal_id", "from_day", "stage_id", "expected_day"],
        [(number, *step) for number, steps in enumerate(deals, 1) for step in steps],
    )

    found = derived_columns(rows, STATES, {})

    names = ["stage_day", "state", "created_day", "closed_day", "first_expected_day", "push_count"]
    one_by_one = [line for steps in deals for line in derived(steps, *names)]
    at_once = [
        tuple(int(found[name][row]) if found.known(name)[row] else None for name in names) for row in range(len(rows))
    ]
    assert at_once == one_by_one


def test_a_contract_cuts_the_version_it_begins_in():
    rows = Rows.of(["deal_id", "from_day", "to_day"], [(1, 0, 10), (1, 10, FAR_DAY), (2, 0, FAR_DAY), (3, 5, 9)])

    source, from_day, to_day = cut_at(rows, {1: 15, 2: 0, 3: 9})

    assert list(zip(source.tolist(), from_day.tolist(), to_day.tolist(), strict=True)) == [
        (0, 0, 10),
        (1, 10, 15),
        (1, 15, FAR_DAY),
        (2, 0, FAR_DAY),
        (3, 5, 9),
    ]


def test_a_deal_is_contracted_from_that_day_on():
    rows = Rows.of(
        ["deal_id", "from_day", "stage_id", "expected_day"], [(1, 0, 1, None), (1, 15, 1, None), (2, 0, 1, None)]
    )

    assert derived_columns(rows, STATES, {1: 15})["contracted"].tolist() == [0, 1, 0]


def test_nothing_is_derived_of_no_deals():
    rows = Rows({name: np.zeros(0, dtype=np.int64) for name in ("deal_id", "from_day", "stage_id", "expected_day")})

    assert len(derived_columns(rows, STATES, {})) == 0
