"""The benchmarks of decomposition check their answers before they time them; here on little."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from dacheng.bench.bounded import Question, check
from dacheng.bench.months import YearTree, months
from dacheng.bench.planning import Company
from dacheng.bench.plans_in_app import in_app
from scripts.bench import renewed


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


def test_a_plan_is_measured_in_a_database_of_the_app_and_every_sum_holds(tmp_path):
    url, at = f"sqlite:///{tmp_path / 'plans.sqlite3'}", datetime(2026, 6, 15, 4, tzinfo=UTC)

    (line,) = in_app({"SQLite": url}, at, people=16, levels=(2, 2, 2))

    assert (line.row, line.scale) == ("8", "16 people × 48 cells")
    kept_with_a_row = 4  # what the months of each measure follow
    assert f"{(1 + 2 + 4 + 8 + 16) * (48 + kept_with_a_row):,} cells broken down" in line.note


def test_a_part_measured_by_itself_takes_the_place_of_its_rows_and_tells_its_day():
    head = "# Benchmarks\n\nMeasured 2026-11-22 on 2 cores; peak memory of the bench 1 MB.\n\n"
    table = "| goal | work |\n|---|---|\n"
    page = f"{head}{table}| 1 | kept |\n| 6 | old |\n| 14 | kept |\n\n- Goal 6: old note.\n- Goal 14: kept note.\n"
    part = f"{head.replace('22', '23')}{table}| 6 | new |\n| 8 | new |\n\n- Goal 8: new note.\n"

    found = renewed(page, part)

    days = "- Goal 6: measured 2026-11-23 on 2 cores.\n- Goal 8: measured 2026-11-23 on 2 cores.\n"
    rows = "| 1 | kept |\n| 6 | new |\n| 8 | new |\n| 14 | kept |\n"
    assert found == f"{head}{table}{rows}\n- Goal 14: kept note.\n- Goal 8: new note.\n{days}"
    assert renewed(found, part) == found
