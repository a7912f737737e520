"""What the six grips are measured by (G22, G22b, G64)."""

from __future__ import annotations

import doctest
from fractions import Fraction

import pytest

from dacheng.core.errors import RuleError
from dacheng.core.grips import measuring
from dacheng.core.grips.measuring import Score, amount_accuracy, index, part_of, volume_adequacy, wallet_score


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(measuring).failed == 0


def test_g22_volume_accuracy_and_zombies():
    assert round(float(volume_adequacy(34_000_000, 30_000_000, 12_000_000)), 4) == 1.8889
    assert round(float(amount_accuracy([(100, 90), (50, 60), (30, 0)])) * 100, 2) == 72.22
    assert float(part_of(14, 20)) == 0.7
    assert float(part_of(6, 40)) == 0.15


def test_g22b_the_index_of_a_customer():
    wallet, coverage = wallet_score(Fraction(45, 100), Fraction(60, 100)), Fraction(80)
    scores = zip((Fraction(60), wallet, coverage, Fraction(45), Fraction(90)), (25, 20, 20, 20, 15), strict=True)

    assert index([Score(*one) for one in scores]) == Fraction(685, 10)
    assert wallet_score(Fraction(9, 10), Fraction(6, 10)) == 100


def test_denominators_of_nothing_are_not_known():
    assert volume_adequacy(5, None, 0) is volume_adequacy(5, 10, 10) is None
    assert amount_accuracy([]) is amount_accuracy([(0, 5)]) is part_of(0, 0) is None
    assert index([Score(None, 100)]) is None
    assert amount_accuracy([(10, 100)]) == 0


def test_weights_that_are_not_a_hundred_are_refused():
    with pytest.raises(RuleError, match="90"):
        index([Score(Fraction(1), 90)])
