"""What a deal needs when it is closed."""

from __future__ import annotations

import pytest

from dacheng.core.deals.outcome import check_outcome
from dacheng.core.deals.schema import LOST, OPEN, WON
from dacheng.core.errors import RuleError


@pytest.mark.parametrize(
    ("state", "amount", "reason"), [(OPEN, None, ""), (WON, 0, ""), (WON, 5, ""), (LOST, None, "价格")]
)
def test_an_outcome_with_what_it_needs_is_fine(state, amount, reason):
    check_outcome(state, amount=amount, reason=reason)


@pytest.mark.parametrize(
    ("state", "amount", "reason", "words"),
    [(WON, None, "x", "没有金额"), (LOST, 5, "", "原因"), (LOST, 5, "  ", "原因")],
)
def test_an_outcome_without_it_is_refused(state, amount, reason, words):
    with pytest.raises(RuleError, match=words):
        check_outcome(state, amount=amount, reason=reason)
