"""Months of a row split by the same weights: every month and every year exact (R046)."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.money import split
from dacheng.core.plans.eighty_twenty import by_months

AMOUNTS = st.lists(st.integers(0, 10**13), min_size=1, max_size=15)
WEIGHTS = st.lists(st.integers(0, 10**13), min_size=1, max_size=12).filter(any)


@given(AMOUNTS, WEIGHTS)
def test_months_add_up_to_the_row_and_years_are_those_of_the_row_split_at_once(amounts, weights):
    months, by = np.array(amounts, dtype=np.int64), np.array(weights, dtype=np.int64)

    found = by_months(months, by)

    assert found.sum(axis=0).tolist() == amounts
    assert found.sum(axis=1).tolist() == split(int(months.sum()), by).tolist()
    assert not found[:, months == 0].any()
