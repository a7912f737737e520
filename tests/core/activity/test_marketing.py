"""Leads among the channels that bring them: exactly those that the gap asks for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.activity.marketing import _among

PARTS = st.lists(st.integers(0, 1000), min_size=5, max_size=5)


@given(leads=st.integers(0, 10**6), parts=PARTS.filter(any))
def test_channels_bring_exactly_the_leads_that_are_needed(leads: int, parts: list[int]) -> None:
    told, known = _among(leads, np.array(parts))

    assert told.sum() == leads and known.all()
    assert all(share == 0 for share, part in zip(told, parts, strict=True) if part == 0)
    assert all(abs(share * sum(parts) - leads * part) < sum(parts) for share, part in zip(told, parts, strict=True))


@pytest.mark.parametrize(("leads", "parts"), [(None, [1, 1, 1, 1, 1]), (10, [0, 0, 0, 0, 0])])
def test_what_cannot_be_told_is_missing_and_not_zero(leads: int | None, parts: list[int]) -> None:
    _told, known = _among(leads, np.array(parts))

    assert not known.any()
