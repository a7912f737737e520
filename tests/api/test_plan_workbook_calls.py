"""A plan as a workbook by API: out, edited, compared, and brought back with every conflict answered (R041)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from dacheng.api.plan_workbook import XLSX
from dacheng.core.plans.editing import Edit
from tests.api.calling import Caller, Form
from tests.store.company import AT
from tests.store.test_plan_workbook import with_cells
from tests.store.test_plans import at, broken_down, made, opened, set_cells


def sent(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("plan.xlsx", content, XLSX)


def changed_on_both_sides() -> tuple[UUID, bytes]:
    """Return a plan of which 李雷's September became 40 here and 45 in the workbook, and 王强's July 35.50 there."""
    plan = made()
    broken_down(plan)
    file = Caller("ops", language="zh-hans").get(f"/plans/{plan}/workbook")
    assert file.status_code == 200 and file["Content-Type"] == XLSX
    set_cells(plan, [Edit(at(opened(plan), "李雷"), 2, 40_00)], at=AT + timedelta(seconds=1))
    return plan, with_cells(BytesIO(file.content), {("王强", "2026-07"): 35.5, ("李雷", "2026-09"): 45})


def test_a_conflict_that_is_not_answered_keeps_everything_as_it_is(sqlite_database):
    plan, content = changed_on_both_sides()
    looked = (
        Caller("ops", language="zh-hans").post(f"/plans/{plan}/workbook/comparison", Form(file=sent(content))).json()
    )
    mine = {(cell["name"], cell["month"], cell["outcome"], cell["file"], cell["now"]) for cell in looked["cells"]}
    assert looked["conflicts"] == 1
    assert {("王强", "2026-07", "mine", "35.50", "25.00"), ("李雷", "2026-09", "conflict", "45.00", "40.00")} <= mine

    refused = Caller("ops", language="zh-hans").post(f"/plans/{plan}/workbook", Form(file=sent(content)))

    assert refused.status_code == 422 and "2026-09" in refused.content.decode()
    assert int(opened(plan).sheet.amount[at(opened(plan), "王强"), 0]) == 25_00


def test_a_conflict_is_answered_by_name_and_the_rest_is_taken(sqlite_database):
    plan, content = changed_on_both_sides()
    looked = (
        Caller("ops", language="zh-hans").post(f"/plans/{plan}/workbook/comparison", Form(file=sent(content))).json()
    )
    clash = next(cell for cell in looked["cells"] if cell["outcome"] == "conflict")
    answers = {"seal": looked["seal"], "file_wins": f"{clash['row']}@{clash['month']}"}

    done = Caller("ops", language="zh-hans").post(f"/plans/{plan}/workbook", Form(file=sent(content), **answers))

    assert done.status_code == 200 and done.json()["written"] > 2
    after, one = opened(plan).sheet, opened(plan)
    assert (int(after.amount[at(one, "李雷"), 2]), int(after.amount[at(one, "王强"), 0])) == (45_00, 35_50)
    again = Caller("ops", language="zh-hans").post(f"/plans/{plan}/workbook", Form(file=sent(content), **answers))
    assert again.status_code == 409
