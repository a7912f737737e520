"""Factors of the company's own: figures stated, corrected and refused; what a plan is weighed by is kept (R048)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.service import imports
from dacheng.service.books import open_database
from dacheng.service.imports import Upload
from dacheng.service.labels import DatabaseNames
from dacheng.service.plans import weigh
from dacheng.service.reports import run_report
from dacheng.store.actions.factors import (
    correct_figure,
    create_factor,
    edit_factor,
    record_figure,
    remove_figures,
)
from dacheng.store.actions.plan_undo import undo_plan_cells
from dacheng.store.actions.plans import copy_plan
from dacheng.store.actions.recording import Saved
from dacheng.store.models import RECORDS, LogEntry
from dacheng.store.standing import standing_uid
from tests.store.company import AT, TODAY, actor, number, on, uid
from tests.store.test_plans import at, made, opened


@pytest.fixture
def stores(sqlite_database) -> UUID:
    return create_factor(
        actor=actor("ops"), at=AT, values={"code": "stores", "name": "门店数", "name_en": "Stores"}
    ).uid


def figure(stores: UUID, unit: str, value: int, who: str = "ops", **more: Any) -> Saved:
    values = {"factor_id": stores, "unit_id": uid("units", unit), "value": value, **more}
    return record_figure(actor=actor(who), at=AT, values=values)


def measure() -> int:
    return number("measures", "contract")


def shown(report: str, **asked: str) -> list[dict[str, Any]]:
    """Return the rows of a report about the latest plan."""
    answer = run_report(report, asked, book=open_database(actor("ops"), at=AT), names=DatabaseNames())
    table = answer.table
    return [{column.name: table.cell(column.name, row) for column in table.columns} for row in range(len(table))]


def test_a_figure_holds_from_its_day_until_a_later_one(stores):
    figure(stores, "EAST", 80, day=on(1, 31))
    figure(stores, "EAST", 90, day=on(5, 31))

    assert [(one["value"], one["holds"]) for one in shown("plans/figures")] == [(90, 1), (80, 0)]


def test_a_second_figure_of_a_day_one_to_come_and_one_of_a_counted_factor_are_refused(stores):
    figure(stores, "EAST", 80, day=on(1, 31))

    with pytest.raises(RuleError, match="「门店数」在 华东 2026-01-31 已经有一个数"):
        figure(stores, "EAST", 81, day=on(1, 31))
    with pytest.raises(RuleError, match="2026-06-16 还没有到"):
        figure(stores, "EAST", 81, day=TODAY + 1)
    with pytest.raises(RuleError, match="由系统算"):
        figure(uid("factors", "history"), "EAST", 81)
    with pytest.raises(RuleError, match="数"):
        figure(stores, "SOUTH", -1)


def test_who_may_state_figures_states_them_of_his_own_units(stores):
    figure(stores, "SH", 40, who="east")

    with pytest.raises(NotFound):
        figure(stores, "SOUTH", 40, who="east")
    with pytest.raises(NotAllowed):
        figure(stores, "SH", 40, who="li", day=on(3, 31))
    with pytest.raises(NotAllowed):
        create_factor(actor=actor("east"), at=AT, values={"name": "装机量"})


def test_a_figure_is_corrected_and_removed_but_not_made_another_ones(stores):
    one = figure(stores, "SH", 40)
    done = correct_figure(actor=actor("ops"), at=AT, uid=one.uid, values={"value": 44, "name": "台账"}, version=1)

    assert (done.version, standing_uid("factor_figures", one.uid).row["value"]) == (2, 44)
    with pytest.raises(Conflict):
        correct_figure(actor=actor("ops"), at=AT, uid=one.uid, values={"value": 45}, version=1)
    with pytest.raises(RuleError, match="不能改"):
        correct_figure(actor=actor("ops"), at=AT, uid=one.uid, values={"unit_id": uid("units", "EAST")}, version=2)
    assert remove_figures(actor=actor("ops"), at=AT, uids=[one.uid]) == 1
    assert shown("plans/figures") == []


def test_a_factor_keeps_its_number_behind_other_names(stores):
    edit_factor(actor=actor("ops"), at=AT, uid=stores, values={"name": "在营门店"}, version=1)

    assert standing_uid("factors", stores).row["name"] == "在营门店"
    assert standing_uid("factors", stores).record_id > number("factors", "capacity")


def test_a_plan_is_weighed_by_an_own_factor_and_the_row_without_a_figure_is_told(stores):
    made()
    figure(stores, "EAST", 90)
    plan = RECORDS["plans"].objects.get()
    weigh(actor("ops"), AT, standing_plan(plan), measure(), {"capacity": 40, "stores": 60})

    rows = {(one["plan_row_id"], one["factor_id"]): one for one in shown("plans/factors")}
    sheet = opened(standing_plan(plan)).sheet
    east, south = (int(sheet.tree.unit_ids[at(opened(standing_plan(plan)), name)]) for name in ("华东", "华南"))
    factor = standing_uid("factors", stores).record_id
    assert (rows[east, factor]["figure"], rows[east, factor]["wanted_ratio"]) == (90, 0.6)
    assert (rows[south, factor]["figure"], rows[south, factor]["missing"]) == (None, 1)
    assert rows[south, factor]["share_ratio"] == pytest.approx(1 / 3)  # as by capacity: one person of three
    assert {one["plan_row_id"]: one["result_ratio"] for one in shown("plans/weights")}[south] == pytest.approx(1 / 3)


def standing_plan(plan: Any) -> UUID:
    from dacheng.store.identity import stored_uid

    return stored_uid(plan.uid)


def test_factors_that_are_no_whole_or_unknown_are_refused_and_nothing_changes(stores):
    plan = made()

    with pytest.raises(RuleError, match="合计 90%，还差 10%"):
        weigh(actor("ops"), AT, plan, measure(), {"history": 30, "stores": 60})
    with pytest.raises(RuleError, match="没有分解因子“门面”"):
        weigh(actor("ops"), AT, plan, measure(), {"门面": 100})
    assert RECORDS["plan_factors"].objects.count() == 0


def counted(name: str) -> float:
    """Return what the own factor counts among a row and its siblings in the latest plan."""
    names = {one["plan_row_id"]: one for one in shown("plans/factors", factor="stores")}
    plan = standing_plan(RECORDS["plans"].objects.order_by("-id").first())
    return names[int(opened(plan).sheet.tree.unit_ids[at(opened(plan), name)])]["wanted_ratio"]


def test_a_manager_chooses_for_his_rows_and_a_choice_above_takes_it_back(stores):
    plan = made()
    weigh(actor("ops"), AT, plan, measure(), {"capacity": 40, "stores": 60})
    weigh(actor("east"), AT + timedelta(minutes=1), plan, measure(), {"capacity": 80, "stores": 20})
    assert (counted("华东"), counted("上海组"), counted("李雷")) == (0.6, 0.2, 0.2)

    weigh(actor("ops"), AT + timedelta(minutes=2), plan, measure(), {"capacity": 50, "stores": 50})

    assert (counted("华东"), counted("上海组"), counted("李雷")) == (0.5, 0.5, 0.5)


def test_a_choice_goes_with_the_next_version_and_is_undone_with_the_weights(stores):
    plan = made()
    weigh(actor("ops"), AT + timedelta(minutes=1), plan, measure(), {"capacity": 40, "stores": 60})
    copy_plan(actor=actor("ops"), at=AT + timedelta(minutes=3), uid=plan, values={"name": "V2"})
    assert counted("华东") == 0.6

    entry = LogEntry.objects.get(action="plan.weighed").hash
    undo_plan_cells(actor=actor("ops"), at=AT + timedelta(minutes=4), uid=plan, entry_hash=entry)

    first = RECORDS["plans"].objects.order_by("id").first()
    assert not RECORDS["plan_factors"].objects.filter(plan_id=first.pk, removed=False).exists()
    assert counted("华东") == 0.6


SHEET = "因子,组织,人员,截至,因子数,来源\n门店数,EAST,,2026-05-31,90,台账\n门店数,SH,li,2026-05-31,30,台账\n"


def looked(text: str):
    uploads = [Upload("因子的数.csv", text.encode())]
    return imports.prepare(uploads, on_day=imports.day_of_import(AT))


def test_a_sheet_of_figures_is_imported_and_the_same_again_changes_nothing(stores):
    imports.commit(actor("ops"), AT, looked(SHEET))
    again = imports.preview(actor("ops"), AT, looked(SHEET)).counts["factor_figures"]

    assert [(one["value"], one["at_unit"]) for one in shown("plans/figures")] == [(90, 90), (30, 30)]
    assert (again["created"], again["changed"]) == (0, 0)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("门店数,EAST,,2026-07-31,90,台账", "还没有到"),
        ("potential,EAST,,2026-05-31,90,台账", "由系统算"),
        ("门店数,EAST,,2026-05-31,-3,台账", ""),
        ("门面数,EAST,,2026-05-31,3,台账", "门面数"),
    ],
)
def test_a_line_that_is_not_possible_is_named_and_nothing_is_written(stores, line, words):
    found = looked(f"{SHEET}{line}\n")
    told = [*found.findings]
    if not any(one.severity == "block" for one in told):
        told += imports.preview(actor("ops"), AT, found).findings

    assert any(words in one.message.zh for one in told if one.severity == "block")
    assert RECORDS["factor_figures"].objects.count() == 0
