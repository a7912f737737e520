"""The benchmarks of decomposition check their answers before they time them; here on little."""

from __future__ import annotations

import numpy as np
import pytest

from dacheng.bench.bounded import Question, check
from dacheng.bench.months import YearTree, months
from dacheng.bench.planning import Company


def test_a_drawn_breakdown_holds_every_sum_and_bound():
    question = Question.drawn(parents=5, each=40)

    check(question)

    assert question.amounts().sum() == question.breakdown.totals.sum()


def test_drawn_years_are_rounded_true_across_and_down():
    tree = YearTree.drawn(nodes=300)

    tree.check(tree.rounded(), "ours")

    with pytest.raises(AssertionError, match="a parent"):
        wrong = tree.rounded()
        wrong[-1, :2] += (1, -1)
        tree.check(wrong, "wrong")


def test_the_rounding_of_months_is_measured_with_whatever_is_installed():
    lines = list(months(nodes=50))

    assert {line.row for line in lines} <= {"7"}


def test_a_drawn_plan_proves_every_sum_and_meets_its_pin():
    company = Company.drawn(people=40, levels=(2, 2, 2))

    cells = company.whole()

    assert cells[-1][-1].sum() == cells[0][-1].sum() * 11 // 10
    assert np.array_equal(cells[-1][0], cells[0][0])
