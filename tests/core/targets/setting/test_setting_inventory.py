"""机会盘点法, the opportunity inventory (golden case G03)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.targets.setting.inventory import (
    COUNTED,
    INCOMPLETE,
    NO_CUSTOMER,
    TWICE,
    Challenge,
    InventoryLine,
    by_inventory,
    faults_of,
)
from dacheng.core.targets.setting.naming import ACCEPTED, REDUCED, REJECTED

MILLION = 1_000_000_00


def line(name: str, kind: str, millions: int, probability: str, share: str = "1") -> InventoryLine:
    return InventoryLine(name, kind, millions * MILLION, Fraction(probability), Fraction(share), customer_id=7)


G03 = (
    line("E1", "renewal", 20, "0.95"),
    line("E2", "expansion", 15, "0.6"),
    line("E3", "call_off", 30, "0.8", "0.7"),
    line("N1", "named", 24, "0.5"),
    line("N2", "named", 40, "0.3", "0.8"),
    line("P", "potential", 35, "0.2", "0.9"),
)
ONE = replace(line("续约", "renewal", 10, "0.5"), deal_id=42)


def test_g03_every_line_and_the_target() -> None:
    found = by_inventory(G03)

    expected = [one.expected for one in found.lines]
    assert expected == [19_000_000_00, 9_000_000_00, 16_800_000_00, 12_000_000_00, 9_600_000_00, 6_300_000_00]
    assert found.outcome.amount == 72_700_000_00
    assert found.outcome.figure("kind.named") == 21_600_000_00


def test_the_same_deal_counts_once_and_it_is_told_which_one() -> None:
    overlay = replace(ONE, name="专家填的", amount=12 * MILLION)

    found = by_inventory([ONE, overlay])

    assert found.outcome.amount == 5 * MILLION
    assert [(one.fate, one.stands) for one in found.lines] == [(COUNTED, None), (TWICE, 0)]
    assert found.outcome.notes[0].text.zh == (
        "第 2 行「专家填的」与第 1 行「续约」是同一个商机，只计后者 5,000,000.00 元，不计 6,000,000.00 元。"
    )


def test_a_rejected_or_unowned_line_leaves_its_deal_to_the_next() -> None:
    rejected = replace(ONE, challenge=Challenge(REJECTED, comment="与下行重复"))
    unowned = replace(ONE, customer_id=None)

    found = by_inventory([rejected, unowned, ONE])

    assert [one.fate for one in found.lines] == [REJECTED, NO_CUSTOMER, COUNTED]


def test_lines_without_a_deal_are_never_the_same() -> None:
    assert by_inventory([replace(ONE, deal_id=None)] * 2).outcome.amount == 10 * MILLION


def test_a_line_without_a_customer_is_listed_and_not_counted() -> None:
    found = by_inventory([ONE, replace(ONE, customer_id=None, deal_id=None)])

    assert found.outcome.amount == 5 * MILLION
    assert found.outcome.figure("left_out.no_customer") == 5 * MILLION
    assert found.outcome.notes[0].text.zh == "1 行无主（没有客户），5,000,000.00 元 没有计入。"
    assert [one.en for one in found.outcome.confidence.missing] == ["lines without a customer: 1"]


@pytest.mark.parametrize("lacking", ["amount", "probability", "in_year_share"])
def test_what_is_not_known_is_not_zero(lacking: str) -> None:
    found = by_inventory([ONE, replace(ONE, deal_id=None, **{lacking: None})])  # type: ignore[arg-type]

    assert found.lines[1].fate == INCOMPLETE and found.lines[1].expected is None
    assert found.outcome.figure("left_out.incomplete") is None
    assert found.outcome.confidence.ratio == Fraction(1, 2)


def test_what_is_left_out_without_an_amount_is_not_zero() -> None:
    unpriced = replace(ONE, customer_id=None, amount=None)

    assert by_inventory([ONE, unpriced]).outcome.figure("left_out.no_customer") is None
    assert (
        by_inventory([unpriced, replace(ONE, customer_id=None)]).outcome.figure("left_out.no_customer") == 5 * MILLION
    )


def test_a_probability_of_60_is_asked_back() -> None:
    with pytest.raises(RuleError) as refused:
        by_inventory([ONE, replace(ONE, probability=Fraction(60))])

    assert refused.value.message.zh == "盘点第 2 行「续约」的概率不能是 60。"
    assert refused.value.remedy.en == "60 or 0.6? Write 0.6 for 60%."


def test_everything_wrong_is_told_at_once() -> None:
    bad = replace(ONE, kind="gift", amount=-1, in_year_share=Fraction(2), challenge=Challenge("maybe"))

    found = faults_of([ONE, bad, replace(ONE, challenge=Challenge(REJECTED))])

    seen = [(one.row, one.column, one.value) for one in found]
    assert seen == [
        (2, "kind", "gift"),
        (2, "verdict", "maybe"),
        (2, "in_year_share", "2"),
        (2, "amount", "-0.01"),
        (3, "comment", ""),
    ]


def test_a_reduced_amount_stands_and_the_effect_is_shown() -> None:
    reduced = replace(ONE, challenge=Challenge(REDUCED, 8 * MILLION, "预算已砍"))

    found = by_inventory([reduced]).outcome

    assert found.amount == 4 * MILLION
    assert found.figure("reduced") == -1 * MILLION


@pytest.mark.parametrize("to", [None, -1, 11 * MILLION])
def test_a_reduction_to_more_than_the_line_or_to_nothing_said_is_refused(to: int | None) -> None:
    found = faults_of([replace(ONE, challenge=Challenge(REDUCED, to, "过高"))])

    assert [one.column for one in found] == ["reduced_to"]
    assert found[0].remedy.zh == "请填 0 到原金额 10,000,000.00 之间的数。"


def test_lines_that_nobody_challenged_are_counted_and_told() -> None:
    accepted = replace(ONE, deal_id=None, challenge=Challenge(ACCEPTED))

    found = by_inventory([ONE, accepted]).outcome

    assert [(one.code, one.count) for one in found.notes] == [("not-challenged", 1)]


def test_no_line_that_counts_switches_it_off() -> None:
    for lines in ([], [replace(ONE, customer_id=None)]):
        found = by_inventory(lines).outcome

        assert found.amount is None and found.off is not None


def test_a_name_with_braces_stands_in_its_note() -> None:
    found = by_inventory([replace(ONE, name="{A}"), ONE]).outcome

    assert "「{A}」" in found.notes[0].text.zh


KINDS_SEEN = st.sampled_from(["renewal", "named"])
CHALLENGES = st.sampled_from([Challenge(), Challenge(REJECTED, comment="否")])
MAYBE = st.none() | st.integers(1, 3)
ROW = st.tuples(KINDS_SEEN, st.integers(0, 10**12), st.integers(0, 100), MAYBE, MAYBE, CHALLENGES)
ROWS = st.lists(ROW, max_size=6)


@settings(max_examples=30)
@given(ROWS)
def test_the_target_is_the_sum_of_the_lines_that_count_and_no_deal_counts_twice(
    rows: list[tuple[str, int, int, int | None, int | None, Challenge]],
) -> None:
    lines = [
        InventoryLine("行", kind, amount, Fraction(percent, 100), Fraction(1, 3), customer, deal, challenge)
        for kind, amount, percent, customer, deal, challenge in rows
    ]

    found = by_inventory(lines)

    counting = [one for one in found.lines if one.fate == COUNTED]
    deals = [one.line.deal_id for one in counting if one.line.deal_id is not None]
    kinds = [one.value for one in found.outcome.evidence if one.name.startswith("kind.")]
    assert (found.outcome.amount or 0) == sum(one.expected or 0 for one in counting) == sum(filter(None, kinds))
    assert len(deals) == len(set(deals))
    assert all(one.line.customer_id is not None for one in counting)
