"""A row added to a plan by hand is told with its undo, and goes in one step as long as nothing hangs on it (R041)."""

from __future__ import annotations

import re

from tests.web.test_plan_pages import YEAR, keys_of, page_of, plan, sent  # noqa: F401


def added(client, plan, before):  # noqa: F811
    """Add a vacancy below 华南, and return the page that tells it and the address of its undo."""
    form = {"under": before["华南"], "kind": "vacancy", "name": "待招甲", "from_ym": "2027-03"}
    done = client.post(f"{plan}rows/new/{YEAR}", form)
    assert done.status_code == 302, done.content.decode()
    page = page_of(client, plan)
    return page, re.search(r'action="([^"]+/undo/[^"]+)"', page)[1]


def test_a_row_that_was_added_goes_with_one_click_and_comes_back_with_another(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    before = keys_of(page_of(client, plan))
    page, undo = added(client, plan, before)

    refused = signed_in("li").post(undo, headers={"Accept": "text/html"})
    kept = keys_of(page_of(client, plan))
    done = client.post(undo, headers={"Accept": "text/html"})

    assert "已加一行" in page and "待招甲" in keys_of(page)
    assert refused.status_code in (403, 404) and "待招甲" in kept
    assert done.status_code == 302 and keys_of(page_of(client, plan)) == before


def test_a_row_that_has_figures_by_now_is_not_taken_away(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    page, undo = added(client, plan, keys_of(page_of(client, plan)))
    saved = sent(client, plan, (keys_of(page)["待招甲"], "2027-04", "amount", "100", 0))
    assert saved.status_code == 200, saved.content.decode()

    refused = client.post(undo)

    assert refused.status_code == 422 and "引用了它们" in refused.content.decode()
    assert "待招甲" in keys_of(page_of(client, plan))
