"""Sharing an opportunity on its page: who gets what is told before it is saved, and stands on the page after."""

from __future__ import annotations

import re


def address(company, step: str = "") -> str:
    return f"/deals/{company.uid('deals', 'D1')}/{step}"


def version(company) -> int:
    return company.record("deals", "D1").version


def test_a_manager_shares_a_deal_and_the_page_says_who_gets_what(company, signed_in):
    client = signed_in("east")
    form = {"version": version(company), "on": "2026-05-01", "person_1": "zhao", "share_1": "33.33"}
    form |= {"person_2": "王强", "share_2": "40%"}

    asked = client.get(address(company, "split/"))
    told = client.post(address(company, "split/figures/"), form)
    saved = client.post(address(company, "split/"), form, follow=True)

    assert asked.status_code == 200 and "工号或姓名" in asked.content.decode()
    assert amounts(told) == ["26,670.00", "40,000.00", "33,330.00"]
    assert amounts(saved) == amounts(told)
    assert "改分成" in saved.content.decode() and "33.33%" in saved.content.decode()


def test_a_split_that_cannot_be_is_told_and_nothing_is_written(company, signed_in):
    client = signed_in("east")
    form = {"version": version(company), "on": "2026-05-01", "person_1": "zhao", "share_1": "60"}

    over = client.post(address(company, "split/"), form | {"person_2": "wang", "share_2": "50"})
    nobody = client.post(address(company, "split/figures/"), form | {"person_1": "没有这个人"})
    half = client.post(address(company, "split/"), form | {"person_2": "wang"})
    stale = client.post(address(company, "split/"), form | {"version": 0})

    assert (over.status_code, half.status_code, stale.status_code) == (422, 422, 409)
    assert "合计 110%" in over.content.decode() and "只写了人" in half.content.decode()
    assert "没有人叫" in nobody.content.decode()
    assert version(company) == 1


def test_a_partner_opens_the_deal_and_can_only_look(company, signed_in):
    form = {"version": version(company), "on": "2026-05-01", "person_1": "zhao", "share_1": "25"}
    signed_in("east").post(address(company, "split/"), form)

    client = signed_in("zhao")
    page, step = client.get(address(company)), client.get(address(company, "split/"))
    listed = client.get("/reports/tables/pipeline/?show=yuan").content.decode()

    assert page.status_code == 200 and step.status_code == 403
    assert "split/" not in page.content.decode()
    assert "25,000.00" in listed


def amounts(answer) -> list[str]:
    """Return the amounts of the panel, the owner's first."""
    text = answer.content.decode()
    panel = text[text.index('id="credits"') :]
    return re.findall(r"<dd>([\d,.]+)</dd>", panel[: panel.index("</dl>")])
