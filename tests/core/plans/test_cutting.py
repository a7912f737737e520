"""A second cut of a plan: units by segments, both margins kept whatever is edited (R043, R044)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.plans.cutting import cut_down, cut_table, recut
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import SEGMENT
from dacheng.core.plans.sheet import Sheet
from tests.core.plans.sheets import sheet


def cut(years: list[list[int]]) -> Sheet:
    """Return a plan of a top, a unit a line of years, and a row a segment below each, over two months."""
    segments = len(years[0])
    parents, kinds, cells, of = [0], {}, {}, [0]
    for line in years:
        parents.append(1)
        of.append(0)
        unit = len(parents)
        for at, amount in enumerate(line):
            parents.append(unit)
            kinds[len(parents)] = SEGMENT
            of.append(at + 1)
            for month, part in enumerate((amount // 3, amount - amount // 3)):
                cells[len(parents), month] = {"amount": part}
                for above in (1, unit):
                    cells.setdefault((above, month), {"amount": 0})["amount"] += part
    assert segments
    one = sheet(parents, months=2, kinds=kinds, cells=cells)
    segment = np.zeros(len(one), dtype=np.int64)
    segment[one.tree.position_of(np.arange(1, len(parents) + 1))] = of
    return replace(one, segment_id=segment, unit_id=one.tree.unit_ids.copy())


def test_an_edited_cell_is_made_up_for_in_its_row_and_in_its_column():
    one = cut([[300, 100], [100, 300]])
    table = cut_table(one)
    assert table.totals.tolist() == [400, 400]

    after = cut_table(recut(one, {int(table.rows[table.lowest][0, 0]): 350}))

    assert after.amount[after.lowest].tolist() == [[350, 50], [50, 350]]


def test_a_cell_that_leaves_no_room_is_refused():
    one = cut([[300, 100], [100, 300]])
    table = cut_table(one)

    with pytest.raises(RuleError):
        recut(one, {int(table.rows[table.lowest][0, 0]): 401})


def test_a_unit_without_a_past_follows_the_one_above_it():
    one = cut([[0, 0], [0, 0]])
    amount = one.amount
    for unit, month in ((1, 0), (1, 1), (4, 0), (4, 1)):
        amount[unit, month] = 500
    amount[0] = amount[1] + amount[4]
    one = one.with_amounts(amount)

    table = cut_table(cut_down(one, {(int(one.unit_id[0]), 1): 70, (int(one.unit_id[0]), 2): 30}))

    assert table.amount[table.lowest].tolist() == [[700, 300], [700, 300]]


tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(st.integers(1, 10**6), min_size=width, max_size=width), min_size=2, max_size=4)
)


@given(tables, st.data())
def test_every_margin_holds_after_any_edit_that_there_is_room_for(years, data):
    one = cut(years)
    table = cut_table(one)
    cells = table.amount[table.lowest]
    row, column = (data.draw(st.integers(0, size - 1)) for size in cells.shape)
    room = int(min(cells[row].sum(), cells[:, column].sum()))
    wanted = data.draw(st.integers(max(0, room - 10**5), room))

    try:
        after = recut(one, {int(table.rows[table.lowest][row, column]): wanted})
    except RuleError:
        return  # what is left of the other cells may not have room for it

    found = cut_table(after)
    assert found.amount[found.lowest][row, column] == wanted
    assert found.broken == 0 and found.totals.tolist() == table.totals.tolist()
    assert sums_of(after).broken == 0
