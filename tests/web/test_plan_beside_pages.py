"""Two versions of a plan in the browser: each cell with its difference, rows of one version only named."""

from __future__ import annotations

import re
from uuid import UUID

from tests.web.test_plan_pages import YEAR, cell, keys_of, page_of, plan, sent  # noqa: F401


def next_version(client, plan):  # noqa: F811
    answer = client.post(f"{plan}copy/", {"name": "下年目标", "effective_ym": str(2027 * 12)})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def beside(plan):  # noqa: F811
    return f"{YEAR}&with={UUID(plan.strip('/').rpartition('/')[2]).hex}"


def test_each_cell_says_how_it_differs_from_another_version(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    later = next_version(client, plan)
    keys = keys_of(page_of(client, later))
    assert sent(client, later, (keys["李雷"], "2027-01", "amount", "3500", 1)).status_code == 200

    page = page_of(client, later, beside(plan))

    assert re.findall(r"<small[^>]*>([^<]+)<", cell(page, keys["李雷"], "2027-01")) == ["+10", "+40.0%"]
    assert re.findall(r"<small[^>]*>([^<]+)<", cell(page, keys["集团"], "year")) == ["+10", "+0.8%"]
    assert "<small" not in cell(page, keys["赵敏"], "2027-01")
    assert "下年目标 V1 +10.00" in page and "<input name=" not in page[page.index("<tbody>") : page.index("</tbody>")]


def test_rows_of_one_version_only_are_named(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    later = next_version(client, plan)
    keys = keys_of(page_of(client, later))
    given = {"under": keys["上海组"], "kind": "channel", "name": "苏北渠道"}
    assert client.post(f"{later}rows/new/{YEAR}", given).status_code == 302

    assert re.search(r"只在本版的行\s+苏北渠道", page_of(client, later, beside(plan)))
    assert re.search(r"只在 下年目标 V2 的行\s+苏北渠道", page_of(client, plan, beside(later)))


def test_a_version_that_is_not_of_the_same_months_is_not_found(plan, signed_in):  # noqa: F811
    client = signed_in("ops")

    assert client.get(f"{plan}?with=nonsense").status_code == 404
    assert client.get(f"{plan}{beside(plan)}").status_code == 404


def test_the_report_tells_the_same_differences(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    later = next_version(client, plan)
    keys = keys_of(page_of(client, later))
    sent(client, later, (keys["李雷"], "2027-01", "amount", "3500", 1))

    page = client.get("/reports/plans/diff/?show=yuan").content.decode()

    rows = [re.findall(r">([^<>]+)<", row) for row in re.findall(r"<tr.*?</tr>", page, re.S)]
    assert next(row[4:8] for row in rows if "李雷" in row) == ["300.00", "310.00", "10.00", "3.3%"], rows
