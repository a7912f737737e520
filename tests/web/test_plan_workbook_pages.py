"""A plan's workbook in the browser: taken out, compared cell by cell, brought back without overwriting anybody."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.web.test_plan_pages import YEAR, cell, keys_of, page_of, plan, sent  # noqa: F401

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_of(client, plan, query=YEAR):  # noqa: F811
    answer = client.get(f"{plan}workbook/file/{query}")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == XLSX
    return answer.content


def changed(content, cells):
    """Return the workbook with other cells, by name of the row and title of the column."""
    workbook = openpyxl.load_workbook(BytesIO(content))
    page = workbook.worksheets[0]
    titles = [one.value for one in page[1]]
    names = {str(row[titles.index("名称")].value).strip("　"): row for row in page.iter_rows(min_row=2)}
    for (name, title), value in cells.items():
        names[name][titles.index(title)].value = value
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def brought(client, plan, content, query=YEAR):  # noqa: F811
    return client.post(f"{plan}workbook/{query}", {"file": SimpleUploadedFile("方案.xlsx", content, XLSX)})


def looked(client, answer):
    """Return the address and the page of the comparison that an upload leads to."""
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"], client.get(answer.headers["Location"]).content.decode()


def seen_of(page):
    return re.search(r'name="seen" value="([0-9a-f]+)"', page)[1]


def test_a_workbook_is_compared_and_then_written_as_one_entry(plan, signed_in, settings, tmp_path):  # noqa: F811
    settings.UPLOADS = tmp_path
    client = signed_in("ops")
    file = changed(workbook_of(client, plan), {("李雷", "2027-01"): 35})

    address, page = looked(client, brought(client, plan, file))
    assert "写入 1 格" in page and "随之变动的上级和同级" in page
    done = client.post(address, {"seen": seen_of(page)})

    assert done.status_code == 302
    stands = page_of(client, plan)
    keys = keys_of(stands)
    assert 'value="35"' in cell(stands, keys["李雷"], "2027-01")
    assert 'value="1210"' in cell(stands, keys["集团"], "year")
    assert client.get(address).status_code == 404


def test_what_both_sides_changed_is_chosen_cell_by_cell(plan, signed_in, settings, tmp_path):  # noqa: F811
    settings.UPLOADS = tmp_path
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    out = workbook_of(client, plan)
    saved = [(keys["李雷"], "2027-01", "amount", "4000", 1), (keys["赵敏"], "2027-02", "amount", "6000", 1)]
    assert sent(client, plan, *saved).status_code == 200
    file = changed(out, {("李雷", "2027-01"): 35, ("赵敏", "2027-02"): 70, ("王强", "2027-03"): 30})

    address, page = looked(client, brought(client, plan, file))
    radio = f'name="c.{keys["李雷"]}.{2027 * 12}"'
    assert radio in page and "两边都改了 2 格" in page
    done = client.post(address, {"seen": seen_of(page), radio[6:-1]: "mine"})

    assert done.status_code == 302
    stands = page_of(client, plan)
    months = [cell(stands, keys[name], month) for name, month in (("李雷", "2027-01"), ("赵敏", "2027-02"))]
    assert 'value="35"' in months[0] and 'value="60"' in months[1]
    assert 'value="30"' in cell(stands, keys["王强"], "2027-03")


def test_what_changed_after_the_look_is_looked_at_again(plan, signed_in, settings, tmp_path):  # noqa: F811
    settings.UPLOADS = tmp_path
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    file = changed(workbook_of(client, plan), {("李雷", "2027-01"): 35})
    address, page = looked(client, brought(client, plan, file))
    sent(client, plan, (keys["李雷"], "2027-01", "amount", "4000", 1))

    late = client.post(address, {"seen": seen_of(page)})

    assert late.status_code == 409 and "请再看一遍" in late.content.decode()
    assert 'value="40"' in cell(page_of(client, plan), keys["李雷"], "2027-01")


def test_a_workbook_of_another_measure_or_for_a_reader_is_refused(plan, signed_in, settings, tmp_path):  # noqa: F811
    settings.UPLOADS = tmp_path
    client = signed_in("ops")

    other = brought(client, plan, workbook_of(client, plan), f"{YEAR}&measure=margin")

    assert other.status_code == 422 and "contract" in other.content.decode()
    assert brought(client, plan, b"not a workbook").status_code == 422
    assert signed_in("li").get(f"{plan}workbook/file/").status_code == 404
