"""Which records are proposed as duplicates, and which merges of deals would change what is done."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.deals.schema import LOST, OPEN, WON
from dacheng.core.errors import RuleError
from dacheng.core.merging.likeness import ALIKE, Candidate, likeness, meant, pairs_alike, pairs_of_group, squashed
from dacheng.core.merging.sums import Counted, check_sums
from dacheng.store.sounding import sound_of

NAMES = st.text("北辰智造华岳能源 a-(（）)ＡＢ有限公司", max_size=12)


def customers(*names: str) -> list[Candidate]:
    plain = [meant(one) for one in names]
    return [Candidate(at, one, sound_of(one)) for at, one in enumerate(plain, 1)]


def test_legal_forms_width_case_and_brackets_do_not_tell_companies_apart():
    assert meant("Ｂｅｉｃｈｅｎ　Ｃｏ．，Ｌｔｄ．") == meant("beichen")
    assert meant("北辰智造（上海）股份有限公司") == meant("北辰智造有限责任公司") == "北辰智造"
    assert meant("有限公司") == "有限公司"


@given(NAMES)
def test_what_is_meant_is_meant_again(name):
    assert meant(meant(name)) == meant(name)


@given(NAMES, NAMES)
def test_likeness_lies_between_nothing_and_the_same_for_both_ways(one, other):
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == (1 if one else 0)
    assert (likeness(one, other) >= ALIKE) == (likeness(other, one) >= ALIKE) or abs(
        likeness(one, other) - likeness(other, one)
    ) < 0.5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北辰智造有限公司", "北辰智造（集团）股份有限公司"),
        ("北辰智造", "北晨智造"),  # the same sound
        ("华岳能源科技", "华岳能源"),
        ("Acme Corporation", "ＡＣＭＥ"),
        ("Technolgy Partners Ltd", "Technology Partners"),
    ],
)
def test_twins_are_proposed(one, other):
    assert [(pair.first, pair.second) for pair in pairs_alike(customers(one, "鹏城制造", other))] == [(1, 3)]


def test_different_companies_are_not_proposed():
    assert pairs_alike(customers("华能电力", "鹏城制造", "上海电气", "上海石化", "中国移动", "中国电信")) == []


def test_deals_of_one_customer_are_proposed_by_name_or_by_amount_and_days():
    def deal(number, name, customer, amount, *days):
        return Candidate(number, squashed(name), "", customer, amount, days)

    deals = [
        deal(1, "云平台一期", 1, 100, 1000, 1100),
        deal(2, "云平台（一期）项目", 1, 90, 1300, 1500),
        deal(3, "年度采购", 1, 100, 1010, 1120),
        deal(4, "云平台一期", 2, 100, 1000, 1100),
        deal(5, "别的事", 1, None, 1000, 1100),
    ]

    found = {(one.first, one.second): (one.same_amount, one.near_days) for one in pairs_of_group(deals)}

    assert found == {(1, 2): (False, False), (1, 3): (True, True)}


@pytest.mark.parametrize(
    ("one", "other"), [("泵站智控一期", "泵站智控二期"), ("东区空分装置", "西区空分装置"), ("新建污水厂", "扩建污水厂")]
)
def test_siblings_of_one_customer_are_proposed_only_with_the_same_amount_and_days(one, other):
    apart = [Candidate(at, name, "", 1, 100 * at, (1000 * at, None)) for at, name in enumerate((one, other), 1)]
    together = [Candidate(at, name, "", 1, 100, (1000, None)) for at, name in enumerate((one, other), 1)]

    assert pairs_of_group(apart) == []
    assert [(pair.first, pair.second) for pair in pairs_of_group(together)] == [(1, 2)]


OWNER, DAY = 7, 20_000


def won(name: str, contracts: int = 0, amount: int = 500, owner: int = OWNER) -> Counted:
    return Counted(name, WON, DAY, owner, amount, contracts)


def not_won(name: str, state: int = OPEN, contracts: int = 0) -> Counted:
    return Counted(name, state, DAY if state == LOST else 10**6, OWNER, 300, contracts)


@pytest.mark.parametrize(
    ("goes", "stays", "after"),
    [
        (not_won("a"), not_won("b"), not_won("b")),
        (not_won("a"), won("b"), won("b")),
        (not_won("a", LOST), won("b"), won("b")),
        (won("a", 1), won("b", 1), won("b", 2)),
        (won("a", 1), not_won("b"), not_won("b", contracts=1)),
    ],
)
def test_a_merge_that_leaves_what_is_done_is_let_through(goes, stays, after):
    check_sums(goes, stays, after)


@pytest.mark.parametrize(
    ("goes", "stays", "after", "words"),
    [
        (won("a"), not_won("b"), not_won("b"), "-5.00"),
        (won("a"), won("b"), won("b"), "都计入业绩"),
        (won("a", 1), won("b"), won("b", 1), "-5.00"),
        (not_won("a"), won("b"), won("b", amount=700), "2.00"),
        (not_won("a"), won("b"), won("b", owner=8), "0.00"),
    ],
)
def test_a_merge_that_would_change_what_is_done_is_refused_with_the_way_out(goes, stays, after, words):
    with pytest.raises(RuleError) as refused:
        check_sums(goes, stays, after)

    assert words in refused.value.sentence("zh") and refused.value.remedy.en
