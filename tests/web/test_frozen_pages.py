"""Frozen Books in the browser: asked for as a job, listed, their tables fetched by everybody as far as he sees."""

import io
import threading
from uuid import UUID

import openpyxl
import pytest

from dacheng.conf.jobs import now
from dacheng.service.freezing import frozen_books
from dacheng.service.job_running import run


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    """Keep files in folders of the test."""
    settings.FROZEN, settings.RESULTS = tmp_path / "frozen", tmp_path / "results"


def worked(settings, address):
    """Do the job of an address, as a worker does."""
    run(UUID(address.split("/")[-2]), clock=now, worker="w", root=settings.RESULTS, ending=threading.Event())


def test_operations_freeze_a_day_and_a_rep_takes_his_tables_of_it(company, signed_in, settings):
    ops, rep = signed_in("ops"), signed_in("li")
    job = ops.post("/settings/frozen/new/", {"day": "2026-05-31"})["Location"]
    worked(settings, job)
    (frozen,) = frozen_books()
    done = ops.get(job).content.decode()
    page = rep.get("/settings/frozen/").content.decode()
    files = [one.get(f"/settings/frozen/{frozen.name}/four-tables.xlsx") for one in (ops, rep)]
    whole, own = (openpyxl.load_workbook(io.BytesIO(one.content)) for one in files)

    assert "存档好了。" in done and frozen.digest[:12] in page and "存下这一天" not in page
    assert [one.status_code for one in files] == [200, 200]
    assert whole.worksheets[1].max_row > own.worksheets[1].max_row
    assert whole.worksheets[0]["A2"].value == own.worksheets[0]["A2"].value == "在途机会 · 金额"


def test_closing_a_month_offers_to_freeze_its_last_day(company, signed_in, settings):
    ops = signed_in("ops")
    job = ops.post("/settings/periods/close/", {"month": str(company.month(5)), "freeze": "on"})["Location"]
    worked(settings, job)

    assert [one.day for one in frozen_books()] == [company.on(5, 31)]


def test_who_may_not_is_refused_and_a_day_ahead_is_said(company, signed_in):
    refused = signed_in("li").post("/settings/frozen/new/", {"day": "2026-05-31"})
    ahead = signed_in("ops").post("/settings/frozen/new/", {"day": "2199-01-01"})
    unknown = signed_in("ops").get("/settings/frozen/2026-01-01-1/four-tables.xlsx")
    live = signed_in("li").get("/settings/frozen/live.xlsx")

    assert (refused.status_code, ahead.status_code, unknown.status_code, live.status_code) == (403, 422, 404, 200)
    assert "还没有到" in ahead.content.decode()
    assert "实时数据" in str(openpyxl.load_workbook(io.BytesIO(live.content)).worksheets[-1]["B2"].value)
