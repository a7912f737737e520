"""Which method fits, and whether to assess gross margin."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from dacheng.core.errors import RuleError
from dacheng.core.targets.setting.guidance import (
    BusinessFacts,
    GuidanceLimits,
    MarginFacts,
    margin_advice,
    methods_that_fit,
)

LIMITS = GuidanceLimits(repeat_share=Fraction(6, 10), many_deals=200, few_deals=30, largest_share=Fraction(1, 2))
PLAIN = BusinessFacts(Fraction(1, 10), 100, Fraction(1, 10), new_market=False, must_win=False)


@pytest.mark.parametrize(
    ("facts", "methods"),
    [
        (PLAIN, []),
        (replace(PLAIN, repeat_share=Fraction(6, 10)), ["weighted"]),
        (replace(PLAIN, deals=200), ["funnel"]),
        (replace(PLAIN, deals=200, largest_share=Fraction(1, 2)), ["inventory"]),
        (replace(PLAIN, deals=30), ["inventory"]),
        (replace(PLAIN, new_market=True), ["forced"]),
        (replace(PLAIN, must_win=True), ["forced"]),
        (replace(PLAIN, repeat_share=Fraction(9, 10), deals=300), ["weighted", "funnel"]),
    ],
)
def test_facts_speak_for_methods(facts: BusinessFacts, methods: list[str]) -> None:
    found = methods_that_fit(facts, LIMITS)

    assert [one.method for one in found.suggestions] == methods
    assert found.unknown == ()


def test_the_reason_tells_what_was_seen() -> None:
    found = methods_that_fit(replace(PLAIN, repeat_share=Fraction(2, 3)), LIMITS)

    assert found.suggestions[0].reason.zh == "老客户业绩占 66.7%，业务稳定重复。"


def test_what_is_not_known_speaks_for_nothing_and_is_listed() -> None:
    found = methods_that_fit(BusinessFacts(None, 300, None), LIMITS)

    assert found.suggestions == ()
    assert [one.zh for one in found.unknown] == ["老客户业绩占比", "大单占比", "是否新市场", "是否战略必争"]


def test_a_share_typed_as_percent_is_refused() -> None:
    with pytest.raises(RuleError, match="老客户业绩占比是 60"):
        methods_that_fit(replace(PLAIN, repeat_share=Fraction(60)), LIMITS)


@pytest.mark.parametrize("fact", ["seller_sets_price", "mixed_products", "integrator"])
def test_margin_is_worth_assessing_where_sellers_move_it_and_it_can_be_measured(fact: str) -> None:
    found = margin_advice(MarginFacts(cost_known=True, **{fact: True}))

    assert found.suggested is True
    assert len(found.reasons) == 2


def test_margin_is_not_assessed_where_prices_are_central_or_costs_unknown() -> None:
    central = margin_advice(MarginFacts(cost_known=True, integrator=True, standard_list=True, central_pricing=True))
    unmeasured = margin_advice(MarginFacts(cost_known=False, integrator=True))

    assert (central.suggested, unmeasured.suggested) == (False, False)
    assert "成本不清楚" in unmeasured.reasons[0].zh


def test_facts_that_do_not_say_leave_it_open() -> None:
    found = margin_advice(MarginFacts(integrator=True))

    assert found.suggested is None
    assert "签约时成本是否清楚" in [one.zh for one in found.unknown]
