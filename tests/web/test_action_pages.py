"""Actions in the browser: entered in seconds, planned by who leads, seen on the board and on a wall."""

from __future__ import annotations

from dacheng.core.activity.schema import VISIT
from dacheng.store.models import FACTS, FAR_SEQ
from tests.store.company import uid

RECORD, PLAN, BOARD, WALL = (
    "/targets/actions/record/",
    "/targets/actions/plan/",
    "/reports/targets/action_board/",
    "/targets/wall/",
)


def rows(name):
    value = "times" if name == "actions_done" else "per_week"
    return list(FACTS[name].objects.filter(seq_to=FAR_SEQ).values_list("kind", value))


def test_a_rep_enters_today_and_sees_it_on_the_board(signed_in):
    client = signed_in("li")

    answer = client.post(RECORD, {"person": uid("people", "li"), "on": shown_day(client.get(RECORD)), "visit": "3"})

    assert answer.status_code == 302
    assert rows("actions_done") == [(VISIT, 3)]
    assert "拜访" in client.get(BOARD).content.decode()


def test_nothing_entered_is_said(signed_in):
    client = signed_in("li")

    answer = client.post(RECORD, {"person": uid("people", "li"), "on": shown_day(client.get(RECORD))})

    assert answer.status_code == 422 and "什么都没有填" in answer.content.decode()


def test_only_who_leads_plans(signed_in):
    assert signed_in("li").get(PLAN).status_code == 403

    client = signed_in("ops")
    answer = client.post(PLAN, {"person": uid("people", "li"), "month": "2026-06", "visit": "8"})

    assert answer.status_code == 302
    assert rows("action_targets") == [(VISIT, 8)]


def test_the_wall_names_teams_and_what_to_do_first(signed_in):
    text = signed_in("ops").get(WALL).content.decode()

    assert "目标看板" in text and "先填「动作目标」" in text


def shown_day(page):
    return page.content.decode().partition('name="on"')[2].partition('value="')[2].partition('"')[0]
