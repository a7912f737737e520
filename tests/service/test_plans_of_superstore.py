"""Three years of a retailer's order lines become next year's plan: by region, category and month, to the 分."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.history.schema import LINE
from dacheng.core.period import ym_at
from dacheng.core.plans.cutting import segment_years
from dacheng.core.plans.editing import Edit
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import SEGMENT
from dacheng.service import imports
from dacheng.service.books import open_database
from dacheng.service.imports import Upload
from dacheng.service.labels import DatabaseNames
from dacheng.service.plan_workbook import compare_workbook, take_workbook, write_plan_workbook
from dacheng.service.plans import break_down, cut, edit_cells, measure_named, open_plan, set_row_terms, weigh
from dacheng.service.reports import run_report
from dacheng.store.actions.plans import create_plan
from dacheng.store.standing import standing_uid
from tests.service.databases import url_of
from tests.store.switching import using

AT = datetime(2017, 1, 10, 2, tzinfo=UTC)
MAPPING = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "mappings" / "superstore-history.yaml"
TOTAL, EAST = 6_500_000_00, 2_000_000_00


@pytest.fixture(scope="module")
def planned(public_set, migrated, tmp_path_factory, django_db_blocker):
    """Return a plan of 2017 broken down from the imported history, in a database of this module's own."""
    (workbook,) = public_set("superstore_cn").glob("*.xlsx")
    file = tmp_path_factory.mktemp("superstore") / "plan.sqlite3"
    shutil.copyfile(migrated("sqlite").removeprefix("sqlite:///"), file)
    with django_db_blocker.unblock(), using(url_of(file)):
        day = imports.day_of_import(AT)
        text = MAPPING.read_text("utf-8")
        imports.commit(SYSTEM, AT, imports.prepare([Upload(workbook.name, workbook)], on_day=day, mapping=text))
        yield _broken_down()


def _broken_down():
    measure, top = measure_named("contract"), open_database(SYSTEM, at=AT).tree.unit_ids[0]
    values = {
        "name": "2017 目标",
        "unit_id": _uid_of_unit(int(top)),
        "from_ym": ym_at(2017, 1),
        "until_ym": ym_at(2018, 1),
    }
    plan = create_plan(actor=SYSTEM, at=AT, values=values).uid
    weigh(SYSTEM, AT, plan, measure, {"history": 100})
    one = opened(plan)
    east = row(one, "华东")
    edits = [(east, at, {"amount": EAST // 12 + (at < EAST % 12)}) for at in range(12)]
    set_row_terms(SYSTEM, AT, one, [*edits, (east, -1, {"pinned": 1})])
    break_down(SYSTEM, AT, plan, measure, TOTAL)
    cut(SYSTEM, AT, plan, measure, LINE)
    return plan


def _uid_of_unit(number: int):
    from uuid import UUID

    return UUID(DatabaseNames().names("units", [number])[number].uid)


def opened(plan, dimension: int = 0, at: datetime = AT + timedelta(hours=1)):
    return open_plan(open_database(SYSTEM, at=at), plan, measure_named("contract"), dimension)


def row(one, name: str) -> int:
    return [called.zh for called in one.names].index(name)


def test_the_total_is_broken_down_to_six_regions_by_last_years_results_with_one_pinned(planned):
    one = opened(planned)

    assert len(one.sheet) == 7
    assert one.sheet.year[0] == TOTAL
    assert one.sheet.year[row(one, "华东")] == EAST
    assert sums_of(one.sheet).broken == 0
    others = [at for at in range(1, 7) if at != row(one, "华东")]
    weights, years = one.sheet.years.weight[others], one.sheet.year[others]
    shares = (TOTAL - EAST) * weights / weights.sum()
    assert np.all(np.abs(years - shares) < 1)


def test_months_follow_the_season_of_three_years(planned):
    one = opened(planned)
    january, november = one.sheet.amount[0, 0], one.sheet.amount[0, 10]

    assert november > 2 * january  # the lines of the set say so: its last quarter is its strongest


def test_every_region_is_cut_by_three_categories_and_twelve_months_true_every_way(planned):
    one = opened(planned, LINE)
    cells = one.sheet.amount[one.sheet.kind == SEGMENT]

    assert cells.shape == (18, 12)
    assert cells.sum() == TOTAL
    assert sums_of(one.sheet).broken == 0
    assert sum(segment_years(one.sheet).values()) == TOTAL


def test_the_proof_lists_every_sum(planned):
    book = open_database(SYSTEM, at=AT + timedelta(hours=1))
    code = standing_uid("plans", planned).row["code"]

    found = run_report("plans/proof", {"plan": code, "cut": "line"}, book=book, names=DatabaseNames()).table

    assert len(found) == 7
    assert set(found.values["difference"].tolist()) == {0}
    assert found.notes[0].text.zh == "共核对 91 项相加，0 项不一致。"


def test_a_workbook_edited_offline_comes_back_beside_what_others_did(planned):
    stream = BytesIO()
    book = open_database(SYSTEM, at=AT + timedelta(hours=1))
    write_plan_workbook(book, opened(planned), "方案", stream, "zh")
    one = opened(planned)
    west = row(one, "西北")
    edit_cells(SYSTEM, AT + timedelta(hours=2), planned, one.sheet.measure_id, [Edit(west, 0, 50_000_00)], {})

    workbook = openpyxl.load_workbook(BytesIO(stream.getvalue()))
    page = workbook.worksheets[0]
    titles = [cell.value for cell in page[1]]
    north = next(cells for cells in page.iter_rows(min_row=2) if str(cells[1].value).strip("　") == "东北")
    north[titles.index("2017-03")].value = 99_999.99
    out = BytesIO()
    workbook.save(out)
    at = AT + timedelta(hours=3)
    found = compare_workbook(SYSTEM, at, planned, one.sheet.measure_id, out.getvalue(), "方案.xlsx")

    assert [cell.outcome for cell in found.cells].count("mine") == 1
    assert [cell.outcome for cell in found.cells].count("theirs") >= 1
    take_workbook(SYSTEM, at, planned, one.sheet.measure_id, out.getvalue(), "方案.xlsx")
    for dimension in (0, LINE):
        after = opened(planned, dimension, at + timedelta(hours=1))
        assert sums_of(after.sheet).broken == 0
    main = opened(planned, at=at + timedelta(hours=1))
    assert main.sheet.amount[row(main, "东北"), 2] == 99_999_99
    assert main.sheet.amount[row(main, "西北"), 0] == 50_000_00
