"""Two cuts at once: golden G60, the laws of fitting and controlled rounding, conflicts by name."""

from __future__ import annotations

import doctest
from decimal import Decimal
from itertools import chain, combinations, product
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import RuleError
from dacheng.core.targets import controlled, margins, transport
from dacheng.core.targets.controlled import round_table
from dacheng.core.targets.margins import Fitted, Names, Pins, fit
from dacheng.core.targets.transport import can_hold, fill

NAMES = Names(("华东", "华北", "华南"), ("软件", "硬件", "服务"))


def cents(table: list[list[str]]) -> list[list[int]]:
    return [[int(Decimal(cell) * 100) for cell in row] for row in table]


def array(table: list[list[int]]) -> IntArray:
    return np.array(table, dtype=np.int64)


def assert_exact(found: Fitted, rows: IntArray, columns: IntArray) -> None:
    assert found.cells.sum(axis=1).tolist() == rows.tolist()
    assert found.cells.sum(axis=0).tolist() == columns.tolist()
    off = (found.cells << found.bits) - found.parts
    assert (np.abs(off) < 1 << found.bits).all()


def tables(most: int = 4) -> st.SearchStrategy[IntArray]:
    def of(shape: tuple[int, int]) -> st.SearchStrategy[IntArray]:
        row = st.lists(st.integers(0, 9), min_size=shape[1], max_size=shape[1])
        return st.lists(row, min_size=shape[0], max_size=shape[0]).map(array)

    return st.tuples(st.integers(1, most), st.integers(1, most)).flatmap(of)


def fits_by_subsets(is_open: BoolArray, rows: IntArray, columns: IntArray) -> bool:
    """Gale's condition, every set of rows looked at: none needs more than the columns it reaches."""
    every = chain.from_iterable(combinations(range(len(rows)), size) for size in range(1, len(rows) + 1))
    return all(rows[list(some)].sum() <= columns[is_open[list(some)].any(axis=0)].sum() for some in every) and int(
        rows.sum()
    ) == int(columns.sum())


def least_change(parts: IntArray, bits: int) -> int:
    """The smallest Σ |rounded − exact| with both margins kept, by trying everything, in 2^-bits."""
    floor, rest = parts >> bits, parts & ((1 << bits) - 1)
    whole = parts.sum(axis=1) >> bits, parts.sum(axis=0) >> bits
    found = []
    for up in product(*([0, 1] if one else [0] for one in rest.ravel().tolist())):
        cells = floor + np.array(up).reshape(parts.shape)
        if (cells.sum(axis=1) == whole[0]).all() and (cells.sum(axis=0) == whole[1]).all():
            found.append(int(np.abs((cells << bits) - parts).sum()))
    return min(found)


@pytest.mark.parametrize("module", [margins, controlled, transport])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_the_golden_table_of_regions_and_products() -> None:
    found = fit(array([[30, 20], [10, 40]]), array([[6600, 5400]])[0], array([[4800, 7200]])[0])

    a, b, c, d = (found.exact / 100).ravel()
    assert [f"{one:.4f}" for one in (a, b, c, d)] == ["38.0258", "27.9742", "9.9742", "44.0258"]
    assert abs(a - (690 - sqrt(95_940)) / 10) < 1e-7
    assert f"{a:.6f}" == "38.025817"
    assert abs(a * d / (b * c) - 6) < 1e-6
    assert found.cells.tolist() == cents([["38.03", "27.97"], ["9.97", "44.03"]])


def test_proportions_that_fit_already_are_kept_and_whole_cells_stay_whole() -> None:
    seed = array([[1, 2, 3], [4, 5, 6]])

    found = fit(seed, np.array([600, 1500]), np.array([500, 700, 900]))

    assert found.cells.tolist() == (seed * 100).tolist()
    assert found.parts.tolist() == (seed * 100 << found.bits).tolist()


@settings(max_examples=40, deadline=None)
@given(tables(), st.data())
def test_margins_that_some_table_has_are_met_and_odds_are_kept(filled: IntArray, data: st.DataObject) -> None:
    seed = np.where(filled > 0, data.draw(st.just(filled)) * 7 % 10 + 1, 0)
    rows, columns = filled.sum(axis=1), filled.sum(axis=0)

    found = fit(seed, rows, columns)

    assert_exact(found, rows, columns)
    assert (found.cells[seed == 0] == 0).all()
    for row, column in product(range(len(rows) - 1), range(len(columns) - 1)):
        square, odds = found.exact[row : row + 2, column : column + 2], seed[row : row + 2, column : column + 2]
        if (odds > 0).all() and (square > 0.5).all():
            kept = square[0, 0] * square[1, 1] * odds[0, 1] * odds[1, 0]
            assert kept == pytest.approx(square[0, 1] * square[1, 0] * odds[0, 0] * odds[1, 1], rel=1e-3)


@pytest.mark.parametrize("far", [10**3, 10**6, 10**9])
def test_a_seed_of_very_unlike_sizes_is_fitted_as_well(far: int) -> None:
    rows, columns = np.array([9_000_00, 1_000_00]), np.array([8_000_00, 2_000_00])

    found = fit(array([[1, far], [far, 1]]), rows, columns)

    # a·d / (b·c) = 1 / far² with b = 900000 − a, c = 800000 − a, d = a − 700000.
    assert_exact(found, rows, columns)
    (a, b), (c, d) = found.exact
    assert a * d / (b * c) == pytest.approx(far**-2, rel=0.1, abs=1e-10)
    assert min(a - 700_000, d) >= 0


def test_a_fit_that_does_not_end_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(margins, "_ROUNDS", 1)

    with pytest.raises(RuleError, match="双向拟合 1 轮后仍未收敛"):
        fit(array([[30, 20], [10, 40]]), np.array([6600, 5400]), np.array([4800, 7200]))


def test_a_chain_of_thin_links_is_fitted_by_newton_steps() -> None:
    seed = array([[10_000, 1, 0, 0], [0, 10_000, 1, 0], [0, 0, 10_000, 1], [0, 0, 0, 10_000]])
    filled = array([[500, 3_000, 0, 0], [0, 400, 2_000, 0], [0, 0, 300, 1_000], [0, 0, 0, 7]])
    rows, columns = filled.sum(axis=1), filled.sum(axis=0)

    found = fit(seed, rows, columns)

    assert found.cells.tolist() == filled.tolist()
    assert margins._PLAIN_ROUNDS < found.rounds < margins._PLAIN_ROUNDS + 30


@settings(max_examples=60, deadline=None)
@given(tables(), st.data())
def test_what_cannot_be_filled_is_known_and_the_conflict_is_one(seed: IntArray, data: st.DataObject) -> None:
    rows = np.array(data.draw(st.lists(st.integers(0, 9), min_size=len(seed), max_size=len(seed))))
    columns = np.bincount(
        data.draw(st.lists(st.integers(0, seed.shape[1] - 1), min_size=int(rows.sum()), max_size=int(rows.sum()))),
        minlength=seed.shape[1],
    )
    is_open = seed > 4

    found = fill(is_open, rows, columns)

    assert found.full == fits_by_subsets(is_open, rows, columns)
    assert (found.amounts >= 0).all() and not found.amounts[~is_open].any()
    if found.full:
        assert found.amounts.sum(axis=1).tolist() == rows.tolist()
    else:
        assert is_open[found.tight_rows].any(axis=0).tolist() == found.tight_columns.tolist()
        assert rows[found.tight_rows].sum() > columns[found.tight_columns].sum()


def test_a_cell_that_no_filling_can_use_is_known() -> None:
    is_open = np.array([[True, False], [True, True]])

    filling = fill(is_open, np.array([3, 2]), np.array([3, 2]))

    assert can_hold(is_open, filling.amounts).tolist() == [[True, False], [False, True]]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 2), st.integers(1, 3), st.data())
def test_rounding_keeps_both_margins_and_changes_least(rows: int, columns: int, data: st.DataObject) -> None:
    bits = 3
    inner = np.array(data.draw(st.lists(st.integers(0, 40), min_size=rows * columns, max_size=rows * columns))).reshape(
        rows, columns
    )
    parts = np.zeros((rows + 1, columns + 1), dtype=np.int64)
    parts[:-1, :-1] = inner
    parts[:-1, -1] = -inner.sum(axis=1) % 8
    parts[-1] = -parts.sum(axis=0) % 8

    cells = round_table(parts, bits)

    assert (cells.sum(axis=1) << bits).tolist() == parts.sum(axis=1).tolist()
    assert (cells.sum(axis=0) << bits).tolist() == parts.sum(axis=0).tolist()
    assert int(np.abs((cells << bits) - parts).sum()) == least_change(parts, bits)


def test_thousands_of_rows_and_tens_of_columns_meet_both_margins() -> None:
    rows, columns = np.indices((2_000, 20))
    filled = rows * 7919 % 1_009 * (columns * 31 % 17 + 1) * 997
    seed = rows * 13 % 11 + columns * 5 % 7 + 1
    across, down = filled.sum(axis=1), filled.sum(axis=0)

    found = fit(seed, across, down)

    assert_exact(found, across, down)


def test_pins_are_taken_out_first_and_the_rest_is_fitted() -> None:
    seed, rows, columns = array([[1, 1, 1], [1, 1, 1]]), np.array([900, 600]), np.array([500, 500, 500])
    pins = Pins(array([[500, 0, 99], [7, 7, 7]]), np.array([[True, True, False], [False, False, False]]))

    found = fit(seed, rows, columns, pins=pins, names=NAMES)

    assert found.cells.tolist() == [[500, 0, 400], [0, 500, 100]]
    assert "2 pinned cells" in found.notes[0].en


def test_a_negative_row_can_be_pinned_and_the_others_fitted() -> None:
    pins = Pins(array([[0, 0], [-70, -30], [0, 0]]), np.array([[False, False], [True, True], [False, False]]))

    found = fit(array([[1, 1], [-1, -1], [1, 1]]), np.array([200, -100, 400]), np.array([230, 270]), pins=pins)

    assert found.cells.tolist() == [[100, 100], [-70, -30], [200, 200]]


def test_pins_above_every_sum_are_no_mirror_image() -> None:
    pins = Pins(array([[900, 0], [0, 900]]), np.array([[True, False], [False, True]]))

    with pytest.raises(RuleError, match="3.00 above its 6.00"):
        fit(array([[1, 1], [1, 1]]), np.array([600, 500]), np.array([600, 500]), pins=pins)


def test_everything_pinned_needs_no_seed() -> None:
    pins = Pins(array([[3, 1], [2, 4]]), np.ones((2, 2), dtype=np.bool_))

    found = fit(array([[0, 0], [0, 0]]), np.array([4, 6]), np.array([5, 5]), pins=pins)

    assert found.cells.tolist() == [[3, 1], [2, 4]]


def test_a_cell_with_a_past_that_these_sums_force_to_zero_is_said() -> None:
    found = fit(array([[5, 0], [5, 5]]), np.array([300, 200]), np.array([300, 200]))

    assert found.cells.tolist() == [[300, 0], [0, 200]]
    assert found.forced.tolist() == [[False, False], [True, False]]
    assert "1 cells have a past" in found.notes[0].en


def test_all_sums_below_zero_are_the_mirror_image() -> None:
    seed, rows, columns = array([[30, 20], [10, 40]]), np.array([6600, 5400]), np.array([4800, 7200])

    found = fit(seed, -rows, -columns)

    assert found.cells.tolist() == (-fit(seed, rows, columns).cells).tolist()
    assert "镜像" in found.notes[0].zh


def test_sums_of_nothing_give_a_table_of_nothing() -> None:
    found = fit(array([[0, 1], [0, 0]]), np.array([0, 0]), np.array([0, 0]))

    assert found.cells.tolist() == [[0, 0], [0, 0]]


def test_the_largest_amounts_stay_exact() -> None:
    rows, columns = np.array([6 * 10**13, 4 * 10**13]), np.array([10**13 + 1, 9 * 10**13 - 1])

    assert_exact(fit(array([[3, 1], [1, 5]]), rows, columns), rows, columns)


@pytest.mark.parametrize(
    ("seed", "rows", "columns", "said"),
    [
        ([[1, 1], [1, 1]], [600, 500], [600, 499], "行合计 11.00 元，列合计 10.99 元，相差 0.01 元"),
        ([[0, 0], [1, 1]], [600, 500], [600, 500], "华东 要放 6.00 元，但它没有可用的格子"),
        ([[0, 1], [0, 1]], [600, 500], [600, 500], "华东、华北 要放 11.00 元，但只能用 硬件，那里一共只有 5.00 元"),
        ([[1, 1], [1, -3]], [600, 500], [600, 500], "华北 × 硬件 的种子是 -3"),
        ([[1, 1], [1, 1]], [600, -500], [50, 50], "行列合计有正有负（最小 -5.00 元）"),
        ([[1, 1], [1, 1]], [2 * 10**14, 0], [10**14, 10**14], "超出可记录的范围"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    seed: list[list[int]], rows: list[int], columns: list[int], said: str
) -> None:
    with pytest.raises(RuleError, match=said) as refused:
        fit(array(seed), np.array(rows), np.array(columns), names=NAMES)

    assert refused.value.message.en and refused.value.remedy.zh


def test_a_block_of_zeros_names_its_rows_and_columns() -> None:
    seed = array([[1, 0, 0], [1, 0, 0], [1, 1, 1]])

    with pytest.raises(RuleError, match="华东、华北 要放 8.00 元，但只能用 软件，那里一共只有 6.00 元"):
        fit(seed, np.array([500, 300, 200]), np.array([600, 200, 200]), names=NAMES)


def test_pins_above_a_sum_are_refused_with_the_excess() -> None:
    pins = Pins(array([[400, 300], [0, 0]]), np.array([[True, True], [False, False]]))

    with pytest.raises(RuleError, match="row 1 add up to 7.00, 1.00 above its 6.00"):
        fit(array([[1, 1], [1, 1]]), np.array([600, 500]), np.array([600, 500]), pins=pins)


def test_rows_and_columns_without_names_have_numbers() -> None:
    with pytest.raises(RuleError, match="第 2 列|第 2 行"):
        fit(array([[1, 1], [0, 0]]), np.array([600, 500]), np.array([600, 500]))
