"""A plan as a workbook and back: what others changed meanwhile stays, what was changed in the file is taken."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import openpyxl
import pytest

from dacheng.core.errors import RuleError
from dacheng.core.plans.editing import Edit
from dacheng.core.plans.proving import sums_of
from tests.store.company import AT, actor, number
from tests.store.test_plans import at, broken_down, made, opened, set_cells

LATER = AT + timedelta(hours=1)


def exported(plan: UUID) -> BytesIO:
    from dacheng.service.books import open_database
    from dacheng.service.plan_workbook import write_plan_workbook

    stream = BytesIO()
    book = open_database(actor("ops"), at=AT)
    write_plan_workbook(book, opened(plan), "方案", stream, "zh")
    return stream


def with_cells(stream: BytesIO, cells: dict[tuple[str, str], float | str]) -> bytes:
    """Return the workbook with other cells, by name of the row and title of the column."""
    workbook = openpyxl.load_workbook(BytesIO(stream.getvalue()))
    page = workbook.worksheets[0]
    titles = [cell.value for cell in page[1]]
    names = {str(row[titles.index("名称")].value).strip("　"): row for row in page.iter_rows(min_row=2)}
    for (name, title), value in cells.items():
        names[name][titles.index(title)].value = value
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def compared(plan: UUID, content: bytes):
    from dacheng.service.plan_workbook import compare_workbook

    return compare_workbook(actor("ops"), LATER, plan, number("measures", "contract"), content, "方案.xlsx")


def taken(plan: UUID, content: bytes, mine: frozenset = frozenset()) -> int:
    from dacheng.service.plan_workbook import take_workbook

    return take_workbook(actor("ops"), LATER, plan, number("measures", "contract"), content, "方案.xlsx", mine=mine)


def test_a_workbook_that_nobody_touched_changes_nothing(sqlite_database):
    plan = made()
    broken_down(plan)

    found = compared(plan, exported(plan).getvalue())

    assert list(found.cells) == [] and found.findings == ()


def test_both_sides_are_kept_and_what_both_changed_is_a_conflict(sqlite_database):
    plan = made()
    broken_down(plan)
    file = exported(plan)
    one = opened(plan)
    set_cells(plan, [Edit(at(one, "赵敏"), 1, 70_00), Edit(at(one, "李雷"), 2, 40_00)], at=LATER)

    content = with_cells(file, {("王强", "2026-07"): 35.5, ("李雷", "2026-09"): 45})
    found = compared(plan, content)

    by_name = {(one.name(one.sheet.position(cell.place[0])).zh, cell.outcome) for cell in found.cells}
    assert {("王强", "mine"), ("李雷", "conflict"), ("赵敏", "theirs")} <= by_name
    assert {one.name(change.position).zh for change in found.follows} == {"上海组", "华东", "集团"}

    taken(plan, content)

    after = opened(plan).sheet
    assert after.amount[at(one, "王强"), 0] == 35_50
    assert after.amount[at(one, "李雷"), 2] == 40_00
    assert after.amount[at(one, "赵敏"), 1] == 70_00
    assert sums_of(after).broken == 0


def test_of_a_conflict_the_file_is_taken_where_it_was_chosen(sqlite_database):
    plan = made()
    broken_down(plan)
    file = exported(plan)
    one = opened(plan)
    set_cells(plan, [Edit(at(one, "李雷"), 2, 40_00)], at=LATER)
    content = with_cells(file, {("李雷", "2026-09"): 45})
    (place,) = [cell.place for cell in compared(plan, content).cells if cell.outcome == "conflict"]

    taken(plan, content, frozenset({place}))

    assert opened(plan).sheet.amount[at(one, "李雷"), 2] == 45_00


def test_a_cell_that_is_no_amount_is_told_with_its_place_and_the_others_are_read(sqlite_database):
    plan = made()
    broken_down(plan)

    found = compared(plan, with_cells(exported(plan), {("王强", "2026-07"): "很多", ("李雷", "2026-09"): "1.2万"}))

    assert [(one.column, one.value) for one in found.findings] == [("E", "很多")]
    assert [cell.mine for cell in found.cells] == [12_000_00]


def test_a_file_that_does_not_say_where_it_comes_from_is_refused(sqlite_database):
    plan = made()
    broken_down(plan)
    workbook = openpyxl.Workbook()
    workbook.active.append(["行号", "2026-07"])
    out = BytesIO()
    workbook.save(out)

    with pytest.raises(RuleError, match="没有写明"):
        compared(plan, out.getvalue())
