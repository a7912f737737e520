"""A plan in the browser by the organisation of today, beside the rows that it was drawn with."""

from __future__ import annotations

import re

import pytest

from dacheng.store.actions.people import move_person
from tests.web.test_plan_pages import YEAR, cell, keys_of, page_of, plan, sent  # noqa: F401

TODAY = f"{YEAR}&organisation=today"


@pytest.fixture
def moved(company):
    """Let 王强 go from 上海组 to 华南 after the plan was drawn."""

    def move():
        by = {"actor": company.actor("ops"), "at": company.AT, "on": company.on(6, 1)}
        move_person(**by, uid=company.uid("people", "wang"), unit=company.uid("units", "SOUTH"), version=1)

    return move


def names_of(page):
    return re.findall(r"data-name>(.*?)</", page[page.index("<tbody>") : page.index("</tbody>")])


def test_a_moved_person_stands_in_his_unit_of_today_and_the_total_stays(plan, moved, signed_in):  # noqa: F811
    client = signed_in("ops")
    before = keys_of(page_of(client, plan))
    moved()

    page = page_of(client, plan, TODAY)

    assert names_of(page) == ["集团", "华东", "上海组", "李雷", "华南", "王强 · 换了组织，原 上海组", "赵敏"]
    assert "按今天的组织合计 1,200 元，制定时 1,200 元" in page
    assert "Σ 一致" in page
    assert re.findall(r"<small[^>]*>([^<]+)<", cell(page, before["上海组"], "year")) == ["−300", "−50.0%"]
    assert "<small" not in cell(page, before["集团"], "year")
    assert "换了组织 1" in page


def test_what_it_was_drawn_with_is_still_what_the_page_shows_first(plan, moved, signed_in):  # noqa: F811
    client = signed_in("ops")
    before = names_of(page_of(client, plan))
    moved()

    assert names_of(page_of(client, plan)) == before


def test_nobody_types_into_the_organisation_of_today(plan, moved, signed_in):  # noqa: F811
    client = signed_in("ops")
    moved()

    page = page_of(client, plan, TODAY)

    assert "<input name=" not in page[page.index("<tbody>") : page.index("</tbody>")]
    assert "data-plan-panel" not in page


def test_the_list_of_the_same_view_says_where_each_row_was_drawn(plan, moved, signed_in):  # noqa: F811
    client = signed_in("ops")
    moved()
    link = re.search(r'href="(/reports/plans/standing/[^"]+)">列表和导出', page_of(client, plan, TODAY))[1]

    page = client.get(link.replace("&amp;", "&")).content.decode()

    assert "王强" in page and "换了组织" in page and "上海组" in page
