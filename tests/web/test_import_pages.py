"""Imports in the browser: upload, preview, commit, refused rows, undo, and what is kept of the files meanwhile."""

import io
import os
import re
import stat

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dacheng.service.import_templates import OFFERED
from dacheng.store.models import Account, Customer, Deal, ImportBatch

CUSTOMERS = "客户编号,客户名称\nK8,沪东水务\nK9,甬港码头\n"


@pytest.fixture
def uploads(settings, tmp_path):
    """Keep uploads in a folder of the test."""
    settings.UPLOADS = tmp_path / "uploads"
    return settings.UPLOADS


def file(text=CUSTOMERS, name="客户.csv"):
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def upload(client, *files, **more):
    """Upload files and return the address of the preview."""
    return client.post("/imports/", {"files": list(files) or [file()], "mapping": ""} | more)["Location"]


def test_a_file_is_looked_at_first_and_written_by_one_button_that_says_how_much(company, signed_in, uploads):
    client = signed_in("ops")

    url = upload(client)
    page = client.get(url).content.decode()
    assert "写入 2 条</button>" in page and not Customer.objects.filter(code="K8").exists()

    done = client.post(f"{url}commit/", {"refused": "0"}, follow=True)
    assert "已写入 2 条。" in done.content.decode()
    assert Customer.objects.filter(code="K8", name="沪东水务").exists()
    assert list(uploads.iterdir()) == []  # nothing of the file is left


def test_an_import_is_undone_from_the_list(company, signed_in, uploads):
    client = signed_in("ops")
    client.post(f"{upload(client)}commit/", {"refused": "0"})
    listed = client.get("/imports/").content.decode()

    undo = re.search(r'action="(/imports/batches/[^"]*/undo/)"', listed)[1]
    page = client.post(undo, follow=True).content.decode()

    assert "导入已撤销。" in page and "已整批撤销</td>" in page
    assert not Customer.objects.filter(code="K8", removed=False).exists()


def test_an_import_on_which_something_rests_by_now_is_not_undone_and_says_what(company, signed_in, uploads):
    client = signed_in("ops")
    client.post(f"{upload(client)}commit/", {"refused": "0"})
    batch = ImportBatch.objects.get()
    made = Customer.objects.get(code="K8")
    client.post(f"/deals/{company.uid('deals', 'D1')}/customer_id/", {"customer_id": made.uid, "version": 1})

    answer = client.post(f"/imports/batches/{batch.uid}/undo/")

    assert answer.status_code == 422
    assert "之后的记录引用了它们" in answer.content.decode()
    assert Customer.objects.filter(code="K8", removed=False).exists()


def test_the_same_file_again_writes_nothing(company, signed_in, uploads):
    client = signed_in("ops")
    client.post(f"{upload(client)}commit/", {"refused": "0"})

    page = client.get(upload(client)).content.decode()

    assert "都和现有的一样，没有要写入的。" in page and "commit/" not in page


def test_what_would_change_is_shown_old_and_new(company, signed_in, uploads):
    page = signed_in("ops").get(upload(signed_in("ops"), file("客户编号,客户名称\nC1,华能集团\n")))

    text = page.content.decode()
    assert "华能电力</td>" in text and "华能集团</td>" in text


DEALS = (
    "商机编号,商机名称,负责人,阶段,金额,创建日\n"
    "N1,一号,li,线索,12.5万,2026-06-01\n"
    "N2,二号,nobody,线索,3万,2026-06-01\n"
    "N3,三号,wang,报价,many,2026-06-01\n"
)


def test_bad_rows_stay_out_and_the_others_go_in_when_one_agrees(company, signed_in, uploads):
    client = signed_in("ops")
    url = upload(client, file(DEALS, "商机.csv"))
    page = client.get(url).content.decode()
    assert "写入 1 条，留下 2 行</button>" in page
    assert "nobody" in page and "many" in page

    refused = client.post(f"{url}commit/", {"refused": "0"})
    assert refused.status_code == 422 and not Deal.objects.filter(code="N1").exists()

    client.post(f"{url}commit/", {"refused": "2"})
    assert set(Deal.objects.filter(code__startswith="N").values_list("code", flat=True)) == {"N1"}


def test_refused_rows_come_back_as_a_workbook_with_reasons(company, signed_in, uploads):
    client = signed_in("ops")
    url = upload(client, file(DEALS, "商机.csv"))

    answer = client.get(f"{url}refused.xlsx")

    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert rows[0][-1] == "不能导入的原因"
    assert [row[0] for row in rows[1:]] == ["N2", "N3"] and all(row[-1] for row in rows[1:])


def test_a_spelling_is_read_as_known_once_somebody_says_so(company, signed_in, uploads):
    client = signed_in("ops")
    text = "商机编号,商机名称,负责人,客户,阶段,创建日\nN1,一号,li,华能电立,线索,2026-06-01\n"
    url = upload(client, file(text, "商机.csv"))
    page = client.get(url).content.decode()
    column, value, meant = re.search(
        r'name="column" value="([^"]*)"><input type="hidden" name="value" value="([^"]*)">'
        r'<input type="hidden" name="meant" value="([^"]*)"', page,
    ).groups()  # fmt: skip

    client.post(f"{url}spelling/", {"column": column, "value": value, "meant": meant})
    client.post(f"{url}commit/", {"refused": "0"})

    assert Deal.objects.get(code="N1").customer_id == company.number("customers", "C1")


def test_findings_are_paged_the_blocking_ones_first(company, signed_in, uploads):
    rows = "".join(f"N{at},商机{at},nobody{at},线索,1万,2026-06-01\n" for at in range(70))
    client = signed_in("ops")
    url = upload(client, file("商机编号,商机名称,负责人,阶段,金额,创建日\n" + rows, "商机.csv"))

    first, second = (client.get(f"{url}?offset={at}").content.decode() for at in ("", "50"))

    assert first.count("不收</span>") == 50
    assert "下一页" in first and "上一页" in second


def test_dropped_files_are_gone(company, signed_in, uploads):
    client = signed_in("ops")
    url = upload(client)

    assert "已放弃" in client.post(f"{url}drop/", follow=True).content.decode()
    assert client.get(url).status_code == 404 and list(uploads.iterdir()) == []


def test_files_belong_to_whoever_brought_them(company, signed_in, uploads):
    url = upload(signed_in("ops"))
    other = signed_in("boss")
    Account.objects.get(username="boss")

    assert other.get(url).status_code == 404
    assert other.post(f"{url}commit/", {"refused": "0"}).status_code == 404


def test_files_are_private_and_what_they_are_called_is_no_path(company, signed_in, uploads):
    upload(signed_in("ops"), file(name="../../etc/passwd.csv"))

    (folder,) = uploads.iterdir()
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", folder.name)
    assert sorted(one.name for one in folder.iterdir()) == ["0", "about.json", "notes.json"]
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in folder.iterdir())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_waits_longer_than_a_day_is_swept_away(company, signed_in, uploads):
    client = signed_in("ops")
    old = upload(client)
    folder = uploads / old.split("/")[-2]
    about = folder / "about.json"
    about.write_text(re.sub(r'"at": \d+', '"at": 1', about.read_text()))
    os.utime(folder, (0, 0))

    assert client.get(old).status_code == 404
    upload(client)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([file(b"\x00\x01\x02\x03" * 50, "x.xlsx")], "x.xlsx"),
        ([file("一,二\n1,2\n", "别的.csv")], "别的.csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_nothing_can_be_written(company, signed_in, uploads, files, words):
    client = signed_in("ops")

    page = client.get(upload(client, *files).removesuffix("columns/")).content.decode()

    assert "现在还不能写入，原因在下面。" in page and "commit/" not in page
    assert words in page


def test_a_mapping_of_ones_own_is_read_and_its_mistakes_are_told_by_line(company, signed_in, uploads):
    client = signed_in("ops")

    answer = client.post("/imports/", {"files": [file()], "mapping_file": file("mapping: x\nfiles: 3\n", "m.yaml")})

    assert answer.status_code == 422
    assert "发现的问题" in answer.content.decode()
    assert not uploads.exists()


def test_without_a_file_the_form_says_so(company, signed_in, uploads):
    answer = signed_in("ops").post("/imports/", {"mapping": ""})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


@pytest.mark.parametrize("who", ["li", "east", "boss", "admin", "fin"])
def test_only_sales_operations_import(company, signed_in, uploads, who):
    client = signed_in(who)

    answers = [client.get("/imports/"), client.get("/imports/templates/deals.xlsx")]
    answers.append(client.post("/imports/", {"files": [file()]}))

    assert [one.status_code for one in answers] == [403, 403, 403]
    assert "销售运营" in answers[0].content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_template_is_understood_without_a_mapping(company, signed_in, uploads, language):
    client = signed_in("ops", language)
    files = [client.get(f"/imports/templates/{name}.xlsx").content for name in OFFERED]

    assert client.get("/imports/templates/grants.xlsx").status_code == 404
    for name, content in zip(OFFERED, files, strict=True):
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert book.worksheets[0].freeze_panes == "A2" and len(book.worksheets) == 2, name
        page = client.get(upload(client, file(content, f"{name}.xlsx"))).content.decode()
        unread = re.findall(r"没有用到[^<]*|not used[^<]*", page)
        assert unread == [], name


def test_the_examples_of_all_templates_together_are_a_company_that_can_be_imported(company, signed_in, uploads):
    client = signed_in("ops")
    files = [
        file(client.get(f"/imports/templates/{name}.xlsx").content, f"{name}.xlsx")
        for name in ("customers", "products", "people", "deals", "contracts", "contract_lines", "targets")
    ]

    page = client.get(upload(client, *files)).content.decode()

    assert "不收</span>" not in page
    assert re.search(r"写入 \d+ 条</button>", page)


def test_pages_ask_little(company, signed_in, uploads, django_assert_max_num_queries):
    client = signed_in("ops")
    url = upload(client)
    client.get(url)

    with django_assert_max_num_queries(12):
        client.get("/imports/")
    with django_assert_max_num_queries(12):
        client.get(url)
