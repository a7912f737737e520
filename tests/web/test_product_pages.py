"""Products in the browser: listed for everybody, made and changed by who may, with their motion (R056)."""

from __future__ import annotations

import re

from dacheng.core.products.schema import CUSTOM, FLOW

ADDRESS = "/settings/products/"


def standing():
    from dacheng.store.standing import every

    return {one.row["name"]: one.row for one in every("products").values()}


def test_a_product_is_made_and_its_motion_changed_from_a_day_on(company, signed_in):
    client = signed_in("ops")
    made = client.post(f"{ADDRESS}new/", {"name": "流量计", "line": "仪表", "list_price": "1.28", "motion": "flow"})
    assert made.status_code == 302
    assert (standing()["流量计"]["motion"], standing()["流量计"]["line"]) == (FLOW, "仪表")

    page = client.get(ADDRESS).content.decode()
    link = re.search(rf'href="({ADDRESS}[0-9a-f-]{{36}}/)"[^>]*>流量计', page)[1]
    assert "流量型" in page
    version = re.search(r'name="version" value="(\d+)"', client.get(link).content.decode())[1]
    given = {"name": "流量计", "line": "仪表", "list_price": "1.28", "version": version, "on": "2026-09-01"}
    assert client.post(link, given | {"motion": "custom"}).status_code == 302
    assert standing()["流量计"]["motion"] == CUSTOM
    assert client.post(link, given | {"motion": "flow"}).status_code == 409

    blank = {**given, "version": str(int(version) + 1), "motion": ""}
    assert client.post(link, blank).status_code == 302 and standing()["流量计"]["motion"] is None


def test_a_rep_sees_products_and_may_not_change_them(company, signed_in):
    client = signed_in("li")
    page = client.get(ADDRESS)
    assert page.status_code == 200 and "新建产品" not in page.content.decode()
    assert client.get(f"{ADDRESS}new/").status_code == 403
