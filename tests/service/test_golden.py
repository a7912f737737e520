"""The golden cases, and the runner that compares them cell by cell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dacheng.core.errors import RuleError
from dacheng.service.golden import compared, run_case, run_cases

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
CASES = sorted(path.parent for path in GOLDEN.rglob("case.toml"))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_every_figure_is_the_one_worked_out_by_hand(folder: Path):
    assert [str(one) for one in run_case(folder)] == []


def a_copy(tmp_path: Path, name: str) -> Path:
    """Return a copy of a case that a test may spoil."""
    return Path(shutil.copytree(GOLDEN / name, tmp_path / name))


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_wrong_cell_is_named_with_what_was_expected_and_seen(tmp_path: Path):
    case = a_copy(tmp_path, "a-moved-rep")
    spoil(case / "expected" / "targets_attainment.csv", "500000.00,300000.00", "500000.01,300000.00")

    assert [str(one) for one in run_case(case)] == [
        "a-moved-rep/targets_attainment.csv row 4 done: expected 500000.01, seen 500000.00"
    ]


def test_a_changed_fact_shows_in_every_figure_it_reaches(tmp_path: Path):
    case = a_copy(tmp_path, "a-moved-rep")
    spoil(case / "book" / "contracts.csv", "500000.00", "600000.00")

    wrong = {(one.file, one.row, one.column) for one in run_case(case)}

    assert {
        ("targets_attainment.csv", 2, "done"),
        ("targets_attainment.csv", 4, "done"),
        ("targets_attainment.csv", 0, "done"),
        ("targets_done.csv", 3, "amount"),
        ("targets_done.csv", 0, "amount"),
    } <= wrong


def test_weights_of_a_score_that_are_not_100_are_refused_with_the_rules_to_change(tmp_path: Path):
    case = a_copy(tmp_path, "composite-score")
    (case / "book" / "rules.csv").write_text(
        "rule,from,value\nsetting.score_state_cash,1970-01-01,40\n", encoding="utf-8"
    )

    (refused,) = [str(one) for one in run_case(case)]

    assert "“State-owned” add up to 110%" in refused and "setting.score_state_contract" in refused


def test_a_wrong_total_is_a_difference(tmp_path: Path):
    case = a_copy(tmp_path, "won-without-contract-not-counted")
    spoil(case / "case.toml", "480000.00", "480000.01")

    assert [str(one) for one in run_case(case)] == [
        "won-without-contract-not-counted/targets_done.csv total amount: expected 480000.01, seen 480000.00"
    ]


def test_missing_and_surplus_rows_and_unknown_columns_are_differences():
    seen = (["unit", "amount"], [["a", "1"], ["b", "2"]])

    assert list(compared((["unit"], [["a"]]), seen)) == [(3, "unit", "(no row)", "b")]
    assert list(compared((["unit"], [["a"], ["b"], ["c"]]), seen)) == [(4, "unit", "c", "(no row)")]
    assert list(compared((["unit", "target"], [["a", ""], ["b", ""]]), seen)) == [(1, "target", "target", "")]
    assert list(compared((["amount"], [["1"], ["2"]]), seen)) == []


def test_a_book_with_faults_is_told_and_the_other_cases_run(tmp_path: Path):
    case = a_copy(tmp_path, "a-moved-rep")
    a_copy(tmp_path, "run-rate")
    spoil(case / "book" / "contracts.csv", "c2,li", "c2,lee")

    found = dict(run_cases(tmp_path))

    assert list(found) == ["a-moved-rep", "run-rate"]
    assert found["run-rate"] == []
    assert "contracts.csv 3 owner" in found["a-moved-rep"][0].seen


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('as_of = "2026-06-30"', ""),
        ('as_of = "2026-06-30"', 'as_of = "30.6.2026"'),
        ("report =", "raport ="),
        ("params =", "parameters ="),
        ('report = "targets/attainment"', 'report = "targets/nothing"'),
        ('period = "2026"', 'periode = "2026"'),
    ],
)
def test_a_case_that_is_not_understood_is_a_difference(tmp_path: Path, old: str, new: str):
    case = a_copy(tmp_path, "run-rate")
    spoil(case / "case.toml", old, new)

    assert len(run_case(case)) == 1


def test_a_case_without_its_expected_file_is_a_difference(tmp_path: Path):
    case = a_copy(tmp_path, "run-rate")
    (case / "expected" / "targets_attainment.csv").unlink()

    assert "targets_attainment.csv is missing" in run_case(case)[0].seen


def test_a_folder_without_a_case_is_an_error(tmp_path: Path):
    with pytest.raises(RuleError, match=str(tmp_path)):
        list(run_cases(tmp_path))
