"""A cell as the value of one of our columns: what a column allows beyond its kind."""

from __future__ import annotations

from datetime import date

import pytest

from dacheng.core.deals.schema import DEALS
from dacheng.core.period import day_of
from dacheng.exchange.problems import ValueProblem
from dacheng.exchange.typed_cells import typed


@pytest.mark.parametrize(
    ("written", "end"),
    [("2027年3月", date(2027, 3, 31)), ("2028/2", date(2028, 2, 29)), ("Dec 2026", date(2026, 12, 31))],
)
def test_an_expected_day_that_is_only_a_month_is_its_last_day_and_says_so(written, end):
    notes = []

    day = typed(DEALS.column("expected_day"), written, notes=notes)

    assert day == day_of(end)
    assert [one.rule for one in notes] == ["date/end-of-month"] and str(end) in notes[0].message.zh


@pytest.mark.parametrize("written", ["3月", "2027年", "Jan-26", "2027年13月", "第三季度"])
def test_a_month_without_its_year_or_no_month_at_all_is_refused(written):
    with pytest.raises(ValueProblem):
        typed(DEALS.column("expected_day"), written)


def test_a_day_on_which_something_happened_needs_its_day():
    with pytest.raises(ValueProblem, match="2027年3月"):
        typed(DEALS.column("closed_day"), "2027年3月")
