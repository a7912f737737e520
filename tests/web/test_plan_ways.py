"""Every finding of a plan's health leads to the page where it is mended, a partner to his letter (R052, R057)."""

from __future__ import annotations

import re
from html import unescape

from tests.web.test_plan_pages import YEAR, keys_of, page_of, plan, sent  # noqa: F401


def lines_of(page):
    body = page[page.index("<tbody") : page.index("</tbody>")]
    return re.findall(r"<tr.*?</tr>", body, re.S)


def links_of(page):
    """Return the addresses that the rows of a report lead to, without those of numbers, which open the side sheet."""
    return [
        unescape(href)
        for line in lines_of(page)
        for href in re.findall(r'<a [^>]*?href="([^"]+)"', line)
        if "/reports/" not in href
    ]


def partner_of(client, plan):  # noqa: F811
    """Add a partner with a target below 华南; return his row."""
    before = keys_of(page_of(client, plan))
    form = {"under": before["华南"], "kind": "channel", "name": "华南渠道"}
    assert client.post(f"{plan}rows/new/{YEAR}", form).status_code == 302
    row = keys_of(page_of(client, plan))["华南渠道"]
    assert sent(client, plan, (row, "2027-04", "amount", "100", 0)).status_code == 200
    return row


def test_every_finding_leads_to_a_page_that_opens(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    partner_of(client, plan)

    page = client.get("/reports/plans/health/", {"flagged": "1"}).content.decode()

    links = links_of(page)
    assert len(links) == len(lines_of(page)) > 3
    assert any("/actions/plan/?person=" in one for one in links)
    for one in links:
        assert client.get(one).status_code == 200, one


def test_a_partner_who_signed_nothing_leads_to_his_letter_once_the_plan_is_proposed(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    partner_of(client, plan)
    assert client.post(f"{plan}steps/propose/").status_code == 302

    health = client.get("/reports/plans/health/", {"flagged": "1"}).content.decode()
    listed = client.get("/reports/plans/channels/").content.decode()

    unsigned = next(line for line in lines_of(health) if "渠道还没有签数" in line)
    (talk,) = re.findall(r'href="(/targets/plans/[^"]+/rows/[^"]+)"', unsigned)
    assert talk in links_of(listed)
    assert client.get(f"{talk}letter/").status_code == 200
    assert "华南渠道" in client.get(f"{talk}letter/").content.decode()
