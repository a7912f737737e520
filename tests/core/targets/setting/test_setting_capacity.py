"""产能: what people can bring in a year (golden case G59)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from dacheng.core.errors import RuleError
from dacheng.core.period import Period
from dacheng.core.targets.setting.capacity import Headcount, capacity_of

MILLION = 1_000_000_00
JANUARY = 12 * 2026
YEAR = Period(JANUARY, JANUARY + 12)
G59 = (
    Headcount("熟手", Fraction(10), 5 * MILLION, Fraction(1)),
    Headcount("爬坡", Fraction(4), 5 * MILLION, Fraction(1, 2)),
    Headcount("新人", Fraction(2), 5 * MILLION, Fraction(0)),
)
VACANT = Headcount("空缺", Fraction(1), 12 * MILLION, Fraction(1), vacancy=True)


def test_g59_capacity_before_and_after_attrition_and_against_the_target() -> None:
    found = capacity_of(G59, Fraction(1, 10), YEAR, 60 * MILLION)

    assert (found.capacity, found.after_attrition) == (60 * MILLION, 54 * MILLION)
    assert found.vs_target == Fraction(9, 10)
    assert found.notes[0].text.zh == "产能 54,000,000.00 元 只够目标 60,000,000.00 元 的 90%。"


def test_capacity_that_just_carries_the_target_needs_no_note() -> None:
    found = capacity_of(G59, Fraction(1, 10), YEAR, 54 * MILLION)

    assert found.vs_target == 1 and found.notes == ()


def test_the_total_is_the_sum_of_the_rounded_lines() -> None:
    thirds = [replace(G59[0], people=Fraction(1, 3), productivity=1_00)] * 3

    found = capacity_of(thirds, Fraction(), YEAR)

    assert [one.capacity for one in found.lines] == [33, 33, 33] and found.capacity == 99


def test_a_vacancy_without_a_start_month_is_refused_by_name() -> None:
    with pytest.raises(RuleError) as refused:
        capacity_of([*G59, VACANT, replace(VACANT, name="空缺二")], Fraction(), YEAR)

    assert refused.value.message.zh == "「空缺」、「空缺二」是空缺，不能当作全年在岗的人。"
    assert refused.value.remedy.zh == "请填预计到岗月份。"


@pytest.mark.parametrize(("start", "months"), [(-3, 12), (0, 12), (3, 9), (11, 1), (12, 0), (20, 0)])
def test_who_starts_in_the_year_counts_from_that_month(start: int, months: int) -> None:
    found = capacity_of([replace(VACANT, start_ym=JANUARY + start)], Fraction(), YEAR)

    assert found.capacity == months * MILLION


@pytest.mark.parametrize("target", [None, 0])
def test_without_a_target_nothing_is_compared(target: int | None) -> None:
    found = capacity_of(G59, Fraction(), YEAR, target)

    assert found.vs_target is None and found.notes == ()


@pytest.mark.parametrize(
    ("group", "attrition", "seen"),
    [
        (replace(G59[0], ramp=Fraction(50)), Fraction(), "「熟手」的爬坡系数是 50"),
        (replace(G59[0], people=Fraction(-1)), Fraction(), "「熟手」是 -1 人"),
        (G59[0], Fraction(10), "流失率是 10"),
    ],
)
def test_inputs_that_cannot_be_are_refused_with_what_was_seen(group: Headcount, attrition: Fraction, seen: str) -> None:
    with pytest.raises(RuleError) as refused:
        capacity_of([group], attrition, YEAR)

    assert seen in refused.value.message.zh
