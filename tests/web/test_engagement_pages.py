"""Secondment and part-time on the pages of people and on the tree; the tree of another day and what can be taken."""

from __future__ import annotations

import re

from dacheng.store.actions.org import move_unit
from dacheng.store.actions.people import move_person

ORG, PEOPLE = "/settings/organisation/", "/settings/people/"


def person_url(company, code, step=""):
    return f"{PEOPLE}{company.uid('people', code)}/{step}"


def lend(company, client, **more):
    form = {"kind": "1", "host": company.uid("units", "SOUTH"), "share": "60%", "on": "2026-06-01", "last": ""}
    return client.post(person_url(company, "li", "engagements/new/"), form | {"reason": "支援华南"} | more, follow=True)


def row_of(text, unit):
    return text[text.index(f">{unit}<") :].partition("</tr>")[0]


def test_a_secondment_is_begun_shown_at_home_and_at_the_host_ended_and_taken_back(company, signed_in):
    client = signed_in("ops")

    page = lend(company, client).content.decode()
    tree = client.get(f"{ORG}?as_of=2026-06-30").content.decode()

    assert "借调，华南 60%" in page and "支援华南" in page
    assert "借调 华南 60%" in row_of(tree, "上海组") and "1.4" in row_of(tree, "上海组")
    assert "李雷" in row_of(tree, "华南") and "2.6" in row_of(tree, "华南")

    held = {"kind": "1", "host": company.uid("units", "SOUTH")}
    ended = client.post(person_url(company, "li", "engagements/end/"), held, follow=True).content.decode()
    undo = re.search(r'(?:action|hx-post)="(/undo/[^"]+)"', ended)[1]
    client.post(undo)

    [standing] = company.facts("engagements", company.number("people", "li"))
    assert standing["to_day"] > company.on(12, 31)


def test_a_share_above_what_is_worked_is_asked_about_in_the_form(company, signed_in):
    client = signed_in("ops")
    lend(company, client)

    refused = lend(company, client, kind="2", share="50").content.decode()

    assert "占用比例合计 110%，超过工作比例 100%" in refused


def test_a_working_share_stands_beside_the_name(company, signed_in):
    client = signed_in("ops")

    client.post(person_url(company, "wang", "share/"), {"share": "80%", "on": "2026-06-01", "version": 1})

    assert ">80%<" in row_of(client.get(f"{ORG}?as_of=2026-06-30").content.decode(), "上海组")


def test_the_wizard_of_a_transfer_asks_what_becomes_of_a_secondment_and_says_it(company, signed_in):
    client = signed_in("ops")
    lend(company, client)
    along = {"deals": "person", "targets": "person", "credit": "person", "on": "2026-12-01"}
    url, east = person_url(company, "li", "move/"), company.uid("units", "EAST")

    kept, ends = (
        client.post(url, along | {"unit": east, "engagements": word}).content.decode() for word in ("keep", "end")
    )

    assert "照旧：借调（华南，60%）" in kept and "到这天为止：借调（华南，60%）" in ends
    assert 'name="engagements"' not in client.get(person_url(company, "wang", "move/")).content.decode()


def test_a_manager_of_the_host_reads_who_is_lent_to_it(company, signed_in):
    lend(company, signed_in("ops"))

    page = signed_in("south").get("/reports/org/engagements/?as_of=2026-06-30").content.decode()

    assert "李雷" in page and "60.0%" in page and "上海组" not in page


def test_only_todays_tree_lets_units_and_people_be_taken(company, signed_in):
    client = signed_in("ops")

    today = client.get(ORG).content.decode()
    past = client.get(f"{ORG}?as_of=2026-03-31").content.decode()

    shanghai = company.uid("units", "SH")
    assert re.search(rf'data-unit="{shanghai}" data-depth="2" data-movable', today)
    assert "data-tree" in today and "data-look" in today
    assert not re.search(rf'data-unit="{company.uid("units", "HQ")}" data-depth="0" data-movable', today)
    assert "data-movable" not in past and "data-tree" not in past


def test_a_past_day_switches_between_the_organisation_of_then_and_of_today(company, signed_in):
    ops = {"actor": company.actor("ops"), "at": company.AT, "on": company.on(6, 1)}
    move_unit(**ops, uid=company.uid("units", "SH"), parent=company.uid("units", "SOUTH"), version=1)
    move_person(**ops, uid=company.uid("people", "wang"), unit=company.uid("units", "EAST"), version=1)
    client = signed_in("ops")

    then = client.get(f"{ORG}?as_of=2026-05-31").content.decode()
    today = client.get(f"{ORG}?as_of=2026-05-31&basis=today").content.decode()

    assert "今日归 华南" in row_of(then, "上海组") and "今日归 华东" in row_of(then, "上海组")
    assert "今日归" not in today and "王强" in row_of(today, "华东")
    assert "今日组织" in then and "basis=today" in then
    assert "今日组织" not in client.get(ORG).content.decode()


def test_dropping_a_unit_leads_to_what_its_move_does_and_writes_nothing(company, signed_in):
    url = f"{ORG}units/{company.uid('units', 'SH')}/move/"

    looked = signed_in("ops").post(url, {"parent": company.uid("units", "SOUTH"), "on": "2026-12-01"}).content.decode()

    assert "从 2026-12-01 起 上海组 归 华南 管" in looked and "对各级组织的影响" in looked
    assert company.record("units", "SH").parent_id == company.number("units", "EAST")
