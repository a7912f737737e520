"""Our own export, worked on in Excel and brought back while others went on working here."""

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dacheng.store.models import Deal


@pytest.fixture
def uploads(settings, tmp_path):
    """Keep uploads in a folder of the test."""
    settings.UPLOADS = tmp_path / "uploads"


def exported(client):
    """Return the list of opportunities as a workbook, and the column of each title."""
    book = openpyxl.load_workbook(io.BytesIO(client.get("/reports/deals/list/export.xlsx").content))
    titles = {cell.value: cell.column for cell in book.worksheets[0][1]}
    return book, titles


def row_of(book, titles, code):
    """Return the number of the row of an opportunity."""
    sheet = book.worksheets[0]
    found = {str(cell.value): cell.row for cells in sheet.iter_rows() for cell in cells if cell.value == code}
    return found[code]


def brought_back(client, book):
    """Upload a workbook; return the address of its preview."""
    stream = io.BytesIO()
    book.save(stream)
    file = SimpleUploadedFile("商机.xlsx", stream.getvalue())
    return client.post("/imports/", {"files": [file], "mapping": ""})["Location"].removesuffix("columns/")


def amount_here(client, company, code, amount):
    """Change an amount on the page of its opportunity."""
    client.post(f"/deals/{company.uid('deals', code)}/amount/", {"amount": amount, "unit": "yuan", "version": 1})


def amounts():
    return dict(Deal.objects.filter(code__in=["D1", "D2", "D3"]).values_list("code", "amount"))


def test_what_was_changed_in_the_file_only_is_taken_and_what_was_changed_here_only_stays(company, signed_in, uploads):
    client = signed_in("ops")
    book, titles = exported(client)
    sheet = book.worksheets[0]
    sheet.cell(row_of(book, titles, "D1"), titles["金额"]).value = 111_000
    before = amounts()
    amount_here(client, company, "D2", "22222元")
    assert amounts()["D2"] == 2_222_200 != before["D2"]

    look = brought_back(client, book)
    page = client.get(look).content.decode()
    client.post(f"{look}commit/", {"refused": "0"})

    assert "写入 1 条</button>" in page
    assert amounts() == {"D1": 11_100_000, "D2": 2_222_200, "D3": None}


def test_what_was_changed_on_both_sides_is_told_with_three_values_and_stays_as_it_is_here(company, signed_in, uploads):
    client = signed_in("ops")
    book, titles = exported(client)
    book.worksheets[0].cell(row_of(book, titles, "D2"), titles["金额"]).value = 33_000
    amount_here(client, company, "D2", "22222元")

    look = brought_back(client, book)
    page = client.get(look).content.decode()

    assert "导出时 20,000.00，这里现在 22,222.00，文件里 33,000.00" in page
    client.post(f"{look}commit/", {"refused": "0"})
    assert amounts()["D2"] == 2_222_200


def test_the_same_change_on_both_sides_is_no_contradiction(company, signed_in, uploads):
    client = signed_in("ops")
    book, titles = exported(client)
    book.worksheets[0].cell(row_of(book, titles, "D2"), titles["金额"]).value = 22_222
    amount_here(client, company, "D2", "22222元")

    page = client.get(brought_back(client, book)).content.decode()

    assert "两边都改了" not in page and "都和现有的一样，没有要写入的。" in page


def csv_back(client):
    """Return the list of opportunities as the csv to be brought back: header and rows by code."""
    text = client.get("/reports/deals/list/export.import.csv").content.decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    return header, {next(cell for cell in row if cell.startswith("D")): row for row in rows}


def csv_brought_back(client, header, rows):
    """Upload rows as a csv of another name; return the address of its preview."""
    stream = io.StringIO()
    csv.writer(stream).writerows([header, *rows])
    file = SimpleUploadedFile("改过名.csv", stream.getvalue().encode("utf-8-sig"))
    return client.post("/imports/", {"files": [file], "mapping": ""})["Location"].removesuffix("columns/")


def test_a_csv_to_be_brought_back_is_compared_with_what_it_showed(company, signed_in, uploads):
    client = signed_in("ops")
    header, rows = csv_back(client)
    rows["D1"][header.index("金额")] = "111000"
    amount_here(client, company, "D2", "22222元")

    look = csv_brought_back(client, header, reversed(rows.values()))
    client.post(f"{look}commit/", {"refused": "0"})

    assert header[-1] == "数据版本"
    assert amounts() == {"D1": 11_100_000, "D2": 2_222_200, "D3": None}


def test_the_fixed_csv_has_no_version_and_its_values_count(company, signed_in, uploads):
    client = signed_in("ops")

    header = client.get("/reports/deals/list/export.csv").content.decode().splitlines()[0]

    assert "version" not in header and "版本" not in header


def test_rows_of_two_exports_put_together_are_told_and_read_like_any_other_file(company, signed_in, uploads):
    client = signed_in("ops")
    header, first = csv_back(client)
    _, second = csv_back(client)

    page = client.get(csv_brought_back(client, header, [first["D1"], second["D2"]])).content.decode()

    assert "2 个数据版本" in page
