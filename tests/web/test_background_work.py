"""Large imports and large steps in the browser: done in the background, watched, cancelled, and told truly."""

import html
import re
import threading
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dacheng.conf.jobs import now
from dacheng.core.jobs import DONE
from dacheng.service import edit_jobs, import_jobs, uploads
from dacheng.service.job_running import run
from dacheng.store.models import Customer, Deal, ImportBatch, Job

CUSTOMERS = "客户编号,客户名称\n" + "".join(f"K{at},客户{at}\n" for at in range(9))
DEALS = "商机编号,商机名称,负责人,阶段,创建日\n" + "".join(
    f"N{at},商机{at},{'nobody' if at == 3 else 'li'},线索,2026-06-01\n" for at in range(9)
)


@pytest.fixture(autouse=True)
def small_limits(settings, tmp_path, monkeypatch):
    """Let what is large be small, in folders of the test."""
    settings.UPLOADS, settings.RESULTS = tmp_path / "uploads", tmp_path / "results"
    monkeypatch.setattr(import_jobs, "IMMEDIATE_ROWS", 5)
    monkeypatch.setattr(import_jobs, "IMMEDIATE_RECORDS", 5)
    monkeypatch.setattr(edit_jobs, "IMMEDIATE_DEALS", 1)


def uploaded(client, text=CUSTOMERS, name="客户.csv"):
    """Upload a file and return the address of its preview."""
    file = SimpleUploadedFile(name, text.encode())
    return client.post("/imports/", {"files": [file], "mapping": ""})["Location"]


def worked(settings, address):
    """Do the job of an address, as a worker does."""
    uid = UUID(address.split("/")[-2])
    ending = threading.Event()
    run(uid, clock=now, worker="w", root=settings.RESULTS, ending=ending)
    return Job.objects.get(uid=uid)


def watched(client, address):
    """Ask for a job as its page does while it is under way."""
    return client.get(address, headers={"HX-Request": "true", "HX-Target": "job"})


def looked(client, settings, *file):
    """Upload a large file and let it be read; return the address of its preview."""
    url = uploaded(client, *file)
    worked(settings, client.get(url)["Location"])
    return url


def test_a_large_file_is_read_in_the_background_and_leads_to_its_preview(company, signed_in, settings):
    client = signed_in("ops")

    url = uploaded(client)
    job = client.get(url)["Location"]
    waiting = client.get(job).content.decode()
    worked(settings, job)

    assert "等待中" in waiting and 'hx-trigger="every 1s"' in waiting
    assert watched(client, job)["HX-Redirect"] == url
    assert "写入 9 条</button>" in client.get(url).content.decode()
    assert Customer.objects.filter(code="K8").count() == 0


def test_it_is_written_in_the_background_once_and_leads_to_its_batch(company, signed_in, settings):
    client = signed_in("ops")
    url = looked(client, settings)

    first, again = (client.post(f"{url}commit/", {"refused": "0"})["Location"] for _ in range(2))
    worked(settings, first)

    batch = ImportBatch.objects.get()
    assert first == again
    assert watched(client, first)["HX-Redirect"] == f"/imports/batches/{batch.uid}/"
    assert Customer.objects.filter(code__startswith="K").count() == 9
    assert "已写入 9 条。" in client.get(url, follow=True).content.decode()  # the preview's own address, afterwards
    assert list(settings.UPLOADS.iterdir()) == []


def test_rows_that_stay_out_are_the_file_of_the_job(company, signed_in, settings):
    client = signed_in("ops")
    url = looked(client, settings, DEALS, "商机.csv")

    job = client.post(f"{url}commit/", {"refused": "1"})["Location"]
    worked(settings, job)

    page = client.get(job).content.decode()
    file = client.get(re.search(r'href="(/jobs/[^"]*/file)"', page)[1])
    assert "已写入 8 条。" in page and Deal.objects.filter(code__startswith="N").count() == 8
    assert 'filename="refused-rows.xlsx"' in file["Content-Disposition"] and next(iter(file))[:2] == b"PK"


def test_what_was_not_agreed_to_is_not_written_and_the_page_says_so(company, signed_in, settings):
    client = signed_in("ops")
    url = looked(client, settings, DEALS, "商机.csv")

    job = client.post(f"{url}commit/", {"refused": "0"})["Location"]
    worked(settings, job)

    page = client.get(job).content.decode()
    assert "什么都没有写入。" in page and "没有完成" in page and "nobody" in page
    assert Deal.objects.filter(code__startswith="N").count() == 0
    assert client.get(url)["Location"] != job  # it is looked at again, with what stands by now


def test_reading_that_was_cancelled_is_begun_again_only_when_asked_for(company, signed_in, settings):
    client = signed_in("ops")
    url = uploaded(client)
    job = client.get(url)["Location"]

    client.post(f"{job}cancel/")
    page = client.get(client.get(url)["Location"]).content.decode()
    again = client.post(re.search(r'action="(/imports/files/[^"]*/read/)"', page)[1])["Location"]

    assert "文件没有读完，什么都没有写入。" in page and again != job
    assert worked(settings, job).state == "cancelled" and worked(settings, again).state == "done"


def test_a_word_that_is_explained_lets_the_file_be_read_again(company, signed_in, settings):
    client = signed_in("ops")
    text = DEALS.replace("创建日", "客户,创建日").replace("线索,", "线索,华能电立,").replace("nobody", "li")
    url = looked(client, settings, text, "商机.csv")
    found = re.search(
        r'name="column" value="([^"]*)"><input type="hidden" name="value" value="([^"]*)">'
        r'<input type="hidden" name="meant" value="([^"]*)"', client.get(url).content.decode(),
    )  # fmt: skip

    client.post(f"{url}spelling/", dict(zip(("column", "value", "meant"), found.groups(), strict=True)))
    worked(settings, client.get(url)["Location"])

    assert "写入 9 条</button>" in client.get(url).content.decode()


def test_how_it_is_read_may_not_change_between_decision_and_writing(company, signed_in, settings):
    client = signed_in("ops")
    url = looked(client, settings)
    job = client.post(f"{url}commit/", {"refused": "0"})["Location"]

    client.post(f"{url}read-by/", {"mapping": "maven"})
    worked(settings, job)

    assert "又改了文件的读法" in client.get(job).content.decode()
    assert ImportBatch.objects.count() == 0


def test_a_large_import_is_undone_in_the_background(company, signed_in, settings):
    client = signed_in("ops")
    url = looked(client, settings)
    worked(settings, client.post(f"{url}commit/", {"refused": "0"})["Location"])
    batch = ImportBatch.objects.get()

    job = client.post(f"/imports/batches/{batch.uid}/undo/")["Location"]
    worked(settings, job)

    assert watched(client, job)["HX-Redirect"] == f"/imports/batches/{batch.uid}/"
    assert Customer.objects.filter(code__startswith="K", removed=False).count() == 0


def previewed(client, company, value, codes=("D1", "D2")):
    """Ask for a preview of a step on opportunities; return the address of the job that makes it."""
    deals = "".join(f"&deal={company.uid('deals', code)}" for code in codes)
    url = f"/deals/bulk/?report=deals/list&column=amount{deals}"
    return client.post(url, {"value": value, "on": "2026-06-10"})["Location"]


def decided(client, company, settings, value):
    """Preview a step on two opportunities and decide on it; return the address of the job."""
    look = previewed(client, company, value)
    worked(settings, look)
    page = client.get(watched(client, look)["HX-Redirect"]).content.decode()
    url = html.unescape(re.search(r'action="([^"]+)" class="decide"', page)[1])
    return client.post(url, dict(re.findall(r'name="(value|on|looked)" value="([^"]*)"', page)))["Location"]


def test_the_preview_of_a_large_step_is_made_in_the_background(company, signed_in, settings):
    client = signed_in("east")

    look = previewed(client, company, "+5%", ("D1", "D2", "D3"))
    job = worked(settings, look)
    url = watched(client, look)["HX-Redirect"]
    page = client.get(url).content.decode()

    assert (job.outcome["written"], job.outcome["refused"]) == (2, 1)
    assert "会改 2 条，不能改 1 条。" in page and "改 2 条，留下 1 条</button>" in page
    assert company.record("deals", "D1").amount == 100_000_00
    assert signed_in("li").get(url).status_code == 404


PASTED = "商机号\t名称\t负责人\t客户\t阶段\t金额(万元)\r\n" + "\r\n".join(
    ("D1\t\t\t\t\t12", "D2\t\t张三\t\t\t1", "\t三期\t李雷\t华能电力\t线索\t5", "D3\t产线\t\t\t\t7")
)


def pasted(client, settings):
    """Paste a block of four lines and let a worker look at it; return the address of what it found."""
    look = client.post("/deals/paste/", {"text": PASTED, "on": "2026-06-10"})["Location"]
    worked(settings, look)
    return watched(client, look)["HX-Redirect"]


def test_a_large_pasted_block_is_looked_at_and_written_in_the_background(company, signed_in, settings):
    client = signed_in("east")

    url = pasted(client, settings)
    page = client.get(url).content.decode()
    assert company.record("deals", "D1").amount == 100_000_00
    worked(settings, client.post(url)["Location"])

    assert "读了 4 行" in page and "会写入 2 条，新建 1 条，不收 2 行。" in page
    assert {"3", "5"} <= set(re.findall(r'data-label="所在行">(?:<span[^>]*>[^<]*</span> )?(\d+)</th>', page))
    assert company.record("deals", "D1").amount == 120_000_00
    assert Deal.objects.filter(name="三期", amount=50_000_00).count() == 1


def test_a_deal_changed_since_a_pasted_block_was_looked_at_keeps_the_block_out(company, signed_in, settings):
    client = signed_in("east")
    url = pasted(client, settings)
    edit = {"amount": "3万", "version": company.record("deals", "D1").version}
    signed_in("li").post(f"/deals/{company.uid('deals', 'D1')}/amount/", edit)

    job = worked(settings, client.post(url)["Location"])

    assert job.state != DONE and not Deal.objects.filter(name="三期").exists()
    assert signed_in("li").get(url).status_code == 404


def test_a_preview_that_was_cancelled_changes_nothing_and_leads_back(company, signed_in, settings):
    client = signed_in("east")
    look = previewed(client, company, "7万")

    client.post(f"{look}cancel/")
    page = client.get(look).content.decode()

    assert "没有算完，一条都没有改。" in page and "/deals/bulk/?report=deals/list" in page


def test_a_large_step_is_written_and_taken_back_in_the_background(company, signed_in, settings):
    client = signed_in("east")

    job = decided(client, company, settings, "7万")
    worked(settings, job)
    page = client.get(job).content.decode()
    written = company.record("deals", "D1").amount, company.record("deals", "D2").amount
    undo = client.post(re.search(r'action="(/undo/[0-9a-f]{64}/)"', page)[1])["Location"]
    worked(settings, undo)

    assert "已改 2 条。" in page and written == (70_000_00, 70_000_00)
    assert "已撤销 2 条。" in client.get(undo).content.decode()
    assert (company.record("deals", "D1").amount, company.record("deals", "D2").amount) == (100_000_00, 20_000_00)


def test_a_step_over_what_somebody_changed_meanwhile_writes_nothing(company, signed_in, settings):
    client = signed_in("east")
    job = decided(client, company, settings, "7万")
    signed_in("li").post(f"/deals/{company.uid('deals', 'D1')}/amount/", {"amount": "3万", "version": 1})

    worked(settings, job)

    assert "一条都没有改。" in client.get(job).content.decode()
    assert company.record("deals", "D2").amount == 20_000_00


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_jobs_are_listed_with_what_they_are_and_lead_to_their_page(company, signed_in, settings, language):
    client = signed_in("ops", language)
    job = client.get(uploaded(client))["Location"]

    page = client.get("/jobs/").content.decode()

    assert f'href="{job}"' in page and "客户.csv" in page
    assert ("Preview of an import" if language == "en" else "预览导入") in page
    assert signed_in("east").get(job).status_code == 404


def test_rows_of_a_file_are_guessed_without_reading_it(tmp_path):
    text, packed = tmp_path / "a.csv", tmp_path / "b.xlsx"
    text.write_text("一\n" * 7000)
    packed.write_bytes(b"PK\x03\x04" + b"x" * 400_000)

    assert uploads.likely_rows(text) == 7000
    assert uploads.likely_rows(packed) > import_jobs.IMMEDIATE_ROWS
