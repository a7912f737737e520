"""What follows from contracts: the first day a deal has one, and whose the lines are."""

from __future__ import annotations

from dacheng.core.contracts.deriving import ContractVersion, contract_starts, line_spans
from dacheng.core.period import FAR_DAY


def version(from_day: int, to_day: int = FAR_DAY, *, owner: int = 1, effective: int = 10, deal: int | None = 7):
    return ContractVersion(from_day, to_day, owner, effective, effective, deal)


def test_a_deal_has_a_contract_from_its_effective_day_but_not_before_it_is_known():
    assert contract_starts({1: [version(5, effective=10)]}) == {7: 10}
    assert contract_starts({1: [version(12, effective=10)]}) == {7: 12}


def test_of_several_contracts_of_a_deal_the_first_counts_and_a_free_one_none():
    assert contract_starts({1: [version(5, effective=30)], 2: [version(5, effective=20)]}) == {7: 20}
    assert contract_starts({1: [version(5, deal=None)]}) == {}


def test_a_line_follows_the_owner_of_its_contract():
    versions = [version(5, 20, owner=1), version(20, owner=2)]

    assert line_spans(5, FAR_DAY, versions) == [(5, 20, 1, 10), (20, FAR_DAY, 2, 10)]


def test_a_line_older_than_its_contract_takes_the_contract_s_first_day():
    assert line_spans(0, FAR_DAY, [version(5, owner=3)]) == [(0, FAR_DAY, 3, 10)]


def test_a_change_that_does_not_touch_owner_or_day_does_not_cut_the_line():
    assert line_spans(0, FAR_DAY, [version(0, 9, deal=1), version(9, deal=2)]) == [(0, FAR_DAY, 1, 10)]
