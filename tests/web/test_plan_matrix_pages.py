"""The second cut of a plan in the browser: cut, proved both ways, an edited cell made up for, months opened."""

from __future__ import annotations

import re

import pytest

from tests.web.test_plan_pages import YEAR, plan  # noqa: F401

BY = f"{YEAR}&by=line"


@pytest.fixture
def cut(plan, company, signed_in):  # noqa: F811
    """Cut the plan by two product lines, 3 to 1, and return the address of the page."""
    from dacheng.store.actions.segments import create_segment

    for name in ("设备", "服务"):
        create_segment(actor=company.actor("ops"), at=company.AT, values={"name": name, "dimension": 1})
    address = f"{plan}cut/{BY}"
    client, weights = signed_in("ops"), {"do": "cut", "w.0": "75", "w.1": "25"}
    looked = client.post(address, weights)
    assert "<small>" not in looked.content.decode(), "nothing stood before"
    done = client.post(address, weights | hidden_of(looked.content.decode()))
    assert done.status_code == 302, done.content.decode()
    return address


def page_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def rows_of(page):
    """Return name of a unit -> what stands in its cells, and its year."""
    table = page[page.index('<table class="grid">') :]
    found = {}
    for row in re.findall(r"<tr.*?</tr>", table, re.S)[1:]:
        name = re.sub("<[^>]+>", "", re.search(r"<th.*?</th>", row, re.S)[0])
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        found[name] = [re.search('value="([^"]*)"', one)[1] if "<input" in one else one for one in cells]
    return found


def field_of(page, text):
    """Return the name of the first field that holds an amount."""
    return re.search(rf'<input name="(m\.[0-9a-f]{{32}})" value="{text}"', page)[1]


def hidden_of(page):
    return dict(re.findall(r'<input type="hidden" name="(seen|sure)" value="([^"]*)"', page))


def test_a_cut_shows_both_margins_and_their_proof(cut, signed_in):
    page = page_of(signed_in("ops"), cut)

    rows = rows_of(page)
    assert rows["上海组"] == ["450", "150", "600"]
    assert rows["合计"] == ["900", "300", "1,200"]
    assert "Σ 一致" in page and "各列相加 1,200 = 方案 1,200" in page


def test_an_edited_cell_is_looked_at_and_then_written_with_both_margins_kept(cut, signed_in):
    client = signed_in("ops")
    page = page_of(client, cut)
    field = field_of(page, "450")

    looked = client.post(cut, hidden_of(page) | {"do": "look", field: "500"}).content.decode()
    rows = rows_of(looked)
    assert rows["上海组"][0] == "500" and rows["上海组"][1].startswith("100")
    assert [row[0] for name, row in rows.items() if name == "合计"] == ["900"]
    done = client.post(cut, hidden_of(looked) | {"do": "write", field: "500"})

    assert done.status_code == 302
    after = rows_of(page_of(client, cut))
    assert after["上海组"] == ["500", "100", "600"] and after["合计"] == ["900", "300", "1,200"]


def test_a_new_cut_is_looked_at_before_it_is_written_and_other_weights_are_looked_at_again(cut, signed_in):
    client = signed_in("ops")

    looked = client.post(cut, {"do": "cut", "w.0": "50", "w.1": "50"})
    page = looked.content.decode()
    rows = rows_of(page)
    assert looked.status_code == 200 and "还没有写入" in page and 'name="m.' not in page
    assert [re.sub(" <small>.*", "", one) for one in rows["上海组"]] == ["300", "300", "600"]
    assert "<small>−150</small>" in rows["上海组"][0] and rows["合计"] == ["600", "600", "1,200"]
    assert rows_of(page_of(client, cut))["合计"] == ["900", "300", "1,200"]

    other = client.post(cut, {"do": "cut", "w.0": "60", "w.1": "40"} | hidden_of(page))
    assert other.status_code == 200 and rows_of(other.content.decode())["合计"] == ["720", "480", "1,200"]
    done = client.post(cut, {"do": "cut", "w.0": "60", "w.1": "40"} | hidden_of(other.content.decode()))

    assert done.status_code == 302 and rows_of(page_of(client, cut))["合计"] == ["720", "480", "1,200"]


def test_a_unit_opens_to_its_months_by_segment(cut, signed_in):
    client = signed_in("ops")
    url = re.search(r'<a class="door" href="([^"#]+unit=[0-9a-f]{32})#months">上海组', page_of(client, cut))[1]

    page = page_of(client, url.replace("&amp;", "&"))

    months = page[page.index('id="months"') :]
    assert ("上海组各月" in months and ">38<" in months.replace("\n", "")) or ">37.50<" in months


def test_an_edit_without_room_is_refused_and_a_reader_may_not_edit(cut, signed_in):
    client = signed_in("ops")
    page = page_of(client, cut)

    refused = client.post(cut, hidden_of(page) | {"do": "look", field_of(page, "450"): "5000"})

    assert refused.status_code == 422 and rows_of(page_of(client, cut))["上海组"][0] == "450"
    assert signed_in("li").get(cut).status_code == 404
