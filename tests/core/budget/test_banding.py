"""Bands of release written as a table: any number, read exactly, refused with the part that does not hold."""

from datetime import date
from fractions import Fraction

import pytest

from dacheng.core.budget.banding import read_bands
from dacheng.core.budget.releasing import Band, Bands, Release, propose_release
from dacheng.core.budget.ruling import bands_in, bands_of
from dacheng.core.errors import RuleError
from dacheng.core.months import CALENDAR_MONTHS
from dacheng.core.period import Period, day_of, ym_at
from dacheng.core.rules import DatedRule, in_force
from dacheng.exchange.defaults import default_rules
from tests.core.budget.test_releasing import plan_of

FIVE = "40, 50:60, 60:85, 80:100+, 120.5：100+"


def test_one_band_and_five_are_read_alike():
    assert read_bands("100").bands == (Band(None, 10_000),)
    assert [(one.lower, one.release_bp, one.unfreezes) for one in read_bands(FIVE).bands] == [
        (None, 4_000, False),
        (Fraction(1, 2), 6_000, False),
        (Fraction(3, 5), 8_500, False),
        (Fraction(4, 5), 10_000, True),
        (Fraction(241, 200), 10_000, True),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "档位「」读不懂"),
        ("60:85, 80:100", "档位「60:85」读不懂"),
        ("70, 60-85", "档位「60-85」读不懂"),
        ("70, 80:85, 60:100", "逐档升高"),
        ("70, 60:101", "0–100 %"),
    ],
)
def test_a_table_that_does_not_hold_is_refused_with_its_part(text, words):
    with pytest.raises(RuleError) as refused:
        read_bands(text)

    assert words in refused.value.sentence("zh")


def test_the_rule_that_ships_is_g09s_and_every_other_value_is_checked_when_it_is_set():
    kinds, values = default_rules()
    kind = next(one for one in kinds if one.name == "release.bands")

    kind.check(FIVE)
    with pytest.raises(RuleError, match="读不懂"):
        kind.check("much")
    assert bands_in(in_force(values, day_of(date(2026, 1, 1)))).at(Fraction(59_999, 100_000)).release_bp == 7_000


def test_each_period_goes_by_the_bands_of_the_day_it_begins():
    rules = in_force(
        [
            DatedRule("release.bands", day_of(date(2026, 1, 1)), "50"),
            DatedRule("release.bands", day_of(date(2026, 4, 2)), "90"),
        ],
        day_of(date(2026, 12, 31)),
    )
    quarters = [Period(ym_at(2026, month), ym_at(2026, month + 2) + 1) for month in (1, 4, 7)]

    of = bands_of(rules, CALENDAR_MONTHS, quarters)

    assert [one.bands[0].release_bp for one in of] == [5_000, 5_000, 9_000]


def test_what_was_released_by_the_bands_of_then_is_not_taken_off_by_those_of_now():
    plan, ledger = plan_of([0] * 3, [100] * 3), [Release(0, 0, 100), Release(1, 0, 80)]
    then, now = Bands((Band(None, 8_000),)), Bands((Band(None, 5_000),))

    by_period = propose_release(plan, ledger, [Fraction(1, 2)] * 2, [then, then, now])
    by_todays = propose_release(plan, ledger, [Fraction(1, 2)] * 2, now)

    assert (by_period.variable, by_period.reduced) == (50, 0)
    assert (by_todays.variable, by_todays.reduced) == (20, 30)
