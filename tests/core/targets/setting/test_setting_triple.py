"""三指标: contract value, gross margin and cash that agree (golden case G06)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from dacheng.core.errors import RuleError
from dacheng.core.targets.setting.outcome import figure_of
from dacheng.core.targets.setting.triple import TripleInputs, triple_of

MILLION = 1_000_000_00
G06 = TripleInputs(
    contract_incl=113 * MILLION,
    tax_bp=1300,
    margin_ratio=Fraction(35, 100),
    opening_receivable=30 * MILLION,
    opening_rate=Fraction(8, 10),
    in_year_rate=Fraction(6, 10),
    tolerance=Fraction(1, 100),
)


def test_g06_the_three_targets() -> None:
    found = triple_of(G06)

    assert (found.contract_ex, found.margin, found.cash) == (100 * MILLION, 35 * MILLION, 91_800_000_00)
    assert found.asks == ()


def test_what_is_not_known_leaves_its_target_out_with_the_reason() -> None:
    found = triple_of(replace(G06, margin_ratio=None, opening_receivable=None))

    assert (found.margin, found.cash) == (None, None)
    assert all(one.reason for one in found.evidence if one.name in ("margin", "cash"))


def test_a_cash_target_that_does_not_follow_shows_the_collection_it_implies_and_asks() -> None:
    found = triple_of(replace(G06, stated_cash=103_100_000_00))

    assert figure_of(found.evidence, "implied_collection") == Fraction(7, 10)
    assert [one.code for one in found.asks] == ["cash-differs"]
    assert "70%" in found.asks[0].text.zh


def test_a_cash_target_beyond_all_there_is_to_collect_says_so() -> None:
    found = triple_of(replace(G06, stated_cash=150 * MILLION))

    assert [one.code for one in found.asks] == ["cash-beyond-collectable"]
    assert "143,000,000.00" in found.asks[0].text.zh and "104.9%" in found.asks[0].text.zh


def test_collecting_all_there_is_differs_but_is_not_beyond_it() -> None:
    found = triple_of(replace(G06, stated_cash=143 * MILLION))

    assert [one.code for one in found.asks] == ["cash-differs"]


def test_all_there_is_to_collect_is_looked_at_even_without_rates() -> None:
    found = triple_of(replace(G06, opening_rate=None, in_year_rate=None, stated_cash=150 * MILLION))

    assert [one.code for one in found.asks] == ["cash-beyond-collectable"]


def test_a_margin_target_that_does_not_follow_shows_the_margin_it_implies() -> None:
    found = triple_of(replace(G06, stated_margin=40 * MILLION))

    assert figure_of(found.evidence, "implied_margin") == Fraction(4, 10)
    assert [one.code for one in found.asks] == ["margin-differs"]


@pytest.mark.parametrize(("stated", "asks"), [(92_718_000_00, 0), (92_718_000_01, 1), (90_882_000_00, 0)])
def test_within_the_tolerance_nothing_is_asked(stated: int, asks: int) -> None:
    assert len(triple_of(replace(G06, stated_cash=stated)).asks) == asks


def test_a_target_without_contracts_implies_no_rate() -> None:
    found = triple_of(replace(G06, contract_incl=0, stated_margin=5, stated_cash=25 * MILLION))

    assert figure_of(found.evidence, "implied_collection") is None
    assert [one.code for one in found.asks] == ["margin-differs", "cash-differs"]


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"margin_ratio": Fraction(35)}, "毛利率是 3500%"),
        ({"in_year_rate": Fraction(60)}, "当年合同的收款率是 60"),
        ({"opening_rate": Fraction(-1, 2)}, "期初应收的收款率是 -0.5"),
        ({"contract_incl": -1}, "合同额目标是 -0.01"),
        ({"opening_receivable": -1}, "期初应收是 -0.01"),
        ({"tax_bp": -1}, "税率是 -0.01%"),
    ],
)
def test_inputs_that_cannot_be_are_refused_with_what_was_seen(change: dict[str, object], seen: str) -> None:
    with pytest.raises(RuleError) as refused:
        triple_of(replace(G06, **change))  # type: ignore[arg-type]

    assert seen in refused.value.message.zh and refused.value.remedy.en
