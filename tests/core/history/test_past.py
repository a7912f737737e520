"""Past results as arrays: nothing is lost or counted twice on the way to seasons and tickets."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.history.past import A_CONTRACT, A_LINE, Past, seasons_in
from dacheng.core.history.years import single_sales
from dacheng.core.period import Period, first_day_of, ym_at

SPAN = Period(ym_at(2023, 1), ym_at(2026, 1))
RESULT = st.tuples(
    st.sampled_from([A_CONTRACT, A_LINE]),
    st.integers(1, 9),  # number
    st.integers(0, 3),  # account, 0 = none
    st.integers(SPAN.from_ym, SPAN.to_ym - 1),
    st.integers(-(10**13), 10**13),
    st.booleans(),  # single
    st.booleans(),  # one-off
)


def past(results: list[tuple[int, int, int, int, int, bool, bool]]) -> Past:
    """Return results of one unit, each on the first day of its month."""
    source, number, customer, ym, amount, single, one_off = (
        np.array([one[at] for one in results], dtype=np.int64) for at in range(7)
    )
    ones = np.ones(len(results), dtype=np.int64)
    return Past(
        source=source,
        number=np.arange(len(results)) if not len(results) else number,
        customer_id=customer,
        unit_id=ones,
        segment_id=0 * ones,
        day=first_day_of(ym),
        ym=ym,
        year=ym // 12,
        amount=amount,
        known=ones == 1,
        single=single == 1,
        one_off=one_off == 1,
    )


@given(st.lists(RESULT, max_size=12))
def test_seasons_hold_every_amount_once_and_what_may_be_left_out_of_it(results):
    found = past(results)

    seasons = seasons_in(found, SPAN)

    assert seasons.amounts.shape == (3, 12)
    assert int(seasons.amounts.sum()) == sum(one[4] for one in results)
    assert int(seasons.excluded.sum()) == sum(one[4] for one in results if one[6])
    told = np.flatnonzero(seasons.known.ravel())
    assert told.tolist() == (list(range(told[0], told[-1] + 1)) if len(told) else [])


@given(st.lists(RESULT, max_size=12))
def test_single_sales_hold_every_single_amount_once(results):
    sales = single_sales(past(results))

    assert int(sales.amount.sum()) == sum(one[4] for one in results if one[5])
    assert len(sales.amount) <= sum(one[5] for one in results)


def test_lines_of_one_account_on_one_day_are_one_sale_and_lines_without_one_are_each():
    month = SPAN.from_ym
    lines = [(A_LINE, 1, 7, month, 100, True, False), (A_LINE, 2, 7, month, 50, True, False)]
    nobody = [(A_LINE, 3, 0, month, 10, True, False), (A_LINE, 4, 0, month, 10, True, False)]

    sales = single_sales(past([*lines, *nobody]))

    assert sorted(sales.amount.tolist()) == [10, 10, 150]
