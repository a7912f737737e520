"""Which values columns take: the same answer for a form, a call and a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.checking import check_values, missing_columns, problem_of, range_of
from dacheng.core.errors import RuleError
from dacheng.core.schema import RELATIONS

DEALS = RELATIONS["deals"]


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        ("amount", [0, -5, 10**14, None], [10**14 + 1, "5", 5.0, True]),
        ("owner_id", [1], [None, "", "li", -1]),
        ("expected_day", [0, 20_000, None], [-1, 3_000_000]),
        ("win_bp", [0, 10_000, None], [-1, 10_001]),
        ("margin_bp", [-5_000, 10_000, None], [10_001]),
        ("estimated", [0, 1], [2, None, True]),
        ("category", [1, 4], [0, 5, None]),
        ("grade", [1, None], [9]),
        ("name", ["云平台", "𠮷", " x "], ["", "  ", None, 5, "a\nb", "x" * 301]),
        ("next_step", ["", None, "约见"], ["a\tb", "x" * 301]),
    ],
)
def test_a_column_takes_what_it_can_be_and_nothing_else(column, good, bad):
    described = DEALS.column(column)

    assert [problem_of(described, value) for value in good] == [None] * len(good)
    assert all(problem_of(described, value) is not None for value in bad)


@given(st.sampled_from([column for relation in RELATIONS.values() for column in relation.facts]), st.integers())
def test_a_whole_number_is_possible_exactly_inside_the_columns_range(column, value):
    if column.kind == "choice":
        expected = value in {number for number, _, _ in column.choices}
    else:
        lowest, highest = range_of(column)
        expected = lowest <= value <= highest

    assert (problem_of(column, value) is None) == expected


@pytest.mark.parametrize(
    ("values", "words"), [({"state": 1}, "state"), ({"colour": 1}, "colour"), ({"win_bp": -1}, "赢率")]
)
def test_a_refusal_names_the_column(values, words):
    with pytest.raises(RuleError, match=words):
        check_values(DEALS, values)


def test_a_new_record_lacks_what_has_no_default_and_is_not_derived():
    assert [column.name for column in missing_columns(DEALS, {"name": "x", "owner_id": 1})] == ["code", "stage_id"]
