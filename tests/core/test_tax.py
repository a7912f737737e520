"""Amounts without value added tax."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.book import Rows
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.tax import amount_before_tax, before_tax


def test_the_golden_rates_give_the_golden_amounts():
    amounts = np.array([113_000_000, 100_000_000, 50_000_000, 10_000_000])
    rates = np.array([1300, 600, 900, 300])

    assert before_tax(amounts, rates).tolist() == [100_000_000, 94_339_623, 45_871_560, 9_708_738]


@given(st.integers(-(10**14), 10**14), st.integers(0, 10_000))
def test_tax_put_on_again_is_off_by_less_than_a_fen_and_its_tax(amount, rate):
    without = int(before_tax(np.array([amount]), rate)[0])

    assert abs(without * (BP_PER_WHOLE + rate) - amount * BP_PER_WHOLE) * 2 <= BP_PER_WHOLE + rate


def test_without_a_rate_an_amount_before_tax_is_not_known():
    rows = Rows.of(("amount", "tax_bp"), [(11_300, 1300), (11_300, None), (None, 1300)])

    amounts, known = amount_before_tax(rows)

    assert known.tolist() == [True, False, False]
    assert amounts[0] == 10_000
