"""The editor of checklist templates in the browser: listed by kind, added, changed from a day on, retired (R058)."""

from __future__ import annotations

import re

LIST, NEW = "/settings/checklist-templates/", "/settings/checklist-templates/new/"
ITEM = {"name": "拜访前十名客户", "name_en": "Meet the ten largest", "part": "days30", "position": "1"}


def added(client, **more: str):
    return client.post(f"{NEW}?kind=opening", ITEM | {"after_days": "21", "offered": "on"} | more, follow=True)


def item_url(page) -> str:
    return re.search(rf"{LIST}[0-9a-f-]{{36}}/", page.content.decode())[0]


def test_an_item_is_added_to_a_kind_and_stands_there_with_its_due_day(company, signed_in):
    text = added(signed_in("ops"), required="on").content.decode()

    assert "拜访前十名客户" in text and "第 21 天" in text and "必做" in text and "前 30 天" in text


def test_an_item_is_renamed_and_retired_and_a_running_list_keeps_its_own(company, signed_in):
    client = signed_in("ops")
    url = item_url(added(client))
    begun = {"kind": "opening", "person_id": company.uid("people", "east"), "year": "2026"}
    running = client.post("/targets/checklists/new/", begun, follow=True).request["PATH_INFO"]

    edit = ITEM | {"name": "拜访前二十名客户", "position": "2", "on": "2026-12-01", "version": "1"}
    shown = client.post(url, edit, follow=True).content.decode()

    assert "拜访前二十名客户" in shown
    assert "拜访前十名客户" in client.get(running).content.decode()


def test_a_stale_form_is_a_conflict_and_others_only_read(company, signed_in):
    client = signed_in("ops")
    url = item_url(added(client))
    client.post(url, ITEM | {"position": "3", "offered": "on", "on": "2026-12-01", "version": "1"})

    late = client.post(url, ITEM | {"position": "4", "offered": "on", "on": "2026-12-01", "version": "1"})

    assert late.status_code == 409
    assert "拜访前十名客户" in signed_in("li").get(LIST).content.decode()
    assert signed_in("li").get(url).status_code == 403 and signed_in("li").get(NEW).status_code == 403


def test_the_calendar_asks_for_a_month_and_other_lists_for_days(company, signed_in):
    client = signed_in("ops")

    calendar, opening = (client.get(f"{NEW}?kind={kind}").content.decode() for kind in ("calendar", "opening"))

    assert 'name="month"' in calendar and 'name="after_days"' not in calendar
    assert 'name="after_days"' in opening and 'name="month"' not in opening
