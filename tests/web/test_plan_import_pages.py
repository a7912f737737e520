"""A target sheet in the browser: chosen, looked at, said who is who, written as a draft plan."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile

PAGE = "/targets/plans/import/"
SHEET = "部门,姓名,2027-01,2027-02,合计\n上海组,,35,50,85\n上海组,李雷,10,20,30\n上海组,王强,20,40,61\n华南组,,5,0,5\n"


def chosen(client, text=SHEET, **given):
    file = SimpleUploadedFile("明年目标.csv", text.encode())
    return client.post(PAGE, {"files": [file], "name": "来自旧系统", "year": "2027", **given})


def looked(client, **given):
    """Return the address of the look at a sheet, and its page."""
    answer = chosen(client, **given)
    assert answer.status_code == 302, answer.content.decode()
    address = answer.headers["Location"]
    return address, client.get(address).content.decode()


def written(client, address, **given):
    page = client.get(address).content.decode()
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)[1]
    return client.post(address, {"step": "write", "seen": seen, **given})


def test_double_counts_totals_and_strangers_are_flagged_before_anything_is_written(company, signed_in):
    client = signed_in("ops")

    _, page = looked(client)

    assert "差 -5.00" in page or "不相加" in page
    assert "各期相加 60.00" in page and "华南组" in page
    assert "来自旧系统" not in client.get("/targets/plans/").content.decode()


def test_a_stranger_is_said_to_be_somebody_and_the_draft_holds_every_figure(company, signed_in):
    client = signed_in("ops")
    address, _ = looked(client)

    client.post(address, {"step": "match", "m.0": "SOUTH"})
    done = written(client, address)

    assert done.status_code == 302
    plan = client.get(f"{done.headers['Location']}?show=yuan").content.decode()
    assert "未分配" in plan and "缓冲" not in plan.partition("未分配")[0]
    assert client.get(address).status_code == 404, "the files go once they are written"


def test_what_is_below_can_be_made_to_count(company, signed_in):
    client = signed_in("ops")
    address, _ = looked(client)

    client.post(address, {"step": "take", "take": "below"})
    done = written(client, address)

    assert "未分配" not in client.get(done.headers["Location"]).content.decode()


def test_of_a_conflict_the_file_is_chosen(company, signed_in):
    client = signed_in("ops")
    address, _ = looked(client)
    plan = written(client, address).headers["Location"]
    uid = plan.rstrip("/").rpartition("/")[2]
    page = client.get(f"{plan}?show=yuan").content.decode()
    key = re.search(r'<tr data-row="([0-9a-f]{32})"(?:(?!<tr ).)*?data-name>王强<', page, re.S)[1]
    edit = {"row": key, "column": "2027-01", "kind": "amount", "value": "2200", "version": 1}
    saved = client.post(f"{plan}?show=yuan", {"edits": [edit]}, content_type="application/json")
    newer = "姓名,2027-01\n王强,25\n"

    address, page = looked(client, text=newer, plan=uid, name="")
    done = written(client, address, **{"c.0": "mine"})

    assert saved.status_code == 200 and "两边都改了" in page and done.status_code == 302
    row = client.get(f"{plan}?show=yuan").content.decode().partition(f'data-row="{key}"')[2].partition("</tr>")[0]
    shown = re.findall(r'value="([^"]*)"', row)
    assert ("25" in shown, "22" in shown, "2200" in shown) == (True, False, False), shown


def test_a_plan_is_downloaded_for_another_system(company, signed_in):
    client = signed_in("ops")
    address, _ = looked(client)
    plan = written(client, address).headers["Location"]

    page = client.get(f"{plan}workbook/").content.decode()
    file = client.get(f"{plan}workbook/file/?as=salesforce&measure=contract")

    assert "as=yudao" in page and file.headers["Content-Type"].startswith("text/csv")
    assert "li,10.00,CNY,2027-01-01" in file.content.decode()
    assert client.get(f"{plan}workbook/file/?as=nonsense").status_code == 422


def test_a_look_that_is_out_of_date_is_shown_again(company, signed_in):
    client = signed_in("ops")
    address, _ = looked(client)

    answer = client.post(address, {"step": "write", "seen": "0" * 32})

    assert answer.status_code == 409 and "请再看一遍" in answer.content.decode()


def test_a_sheet_that_cannot_be_read_says_why(company, signed_in):
    answer = chosen(signed_in("ops"), text="姓名,电话\n李雷,139\n")

    assert answer.status_code == 422 and "没有一张工作表" in answer.content.decode()


def test_whoever_plans_nothing_is_not_let_in_and_another_persons_files_are_not_there(company, signed_in):
    address, _ = looked(signed_in("ops"))

    assert signed_in("li").get(PAGE).status_code == 403
    assert signed_in("east").get(address).status_code == 404
