"""What factors count comes to a whole, and what is off is named (R048)."""

import pytest

from dacheng.core.errors import RuleError
from dacheng.core.factors.choosing import check_counts


@pytest.mark.parametrize(
    ("counts", "words"),
    [({1: 50, 2: 30}, "合计 80%，还差 20%"), ({1: 90, 4: 30}, "合计 120%，多出 20%"), ({}, "还差 100%")],
)
def test_what_is_no_whole_is_refused_with_what_is_off(counts, words):
    with pytest.raises(RuleError, match=words):
        check_counts(counts)


def test_a_whole_is_taken_and_nothing_below_zero():
    check_counts({1: 60, 4: 40, 2: 0})
    with pytest.raises(RuleError):
        check_counts({1: 120, 4: -20})
