"""Actions in the browser: entered in seconds, planned by who leads, seen on the board and on a wall."""

from __future__ import annotations

from dacheng.core.access import SYSTEM
from dacheng.core.activity.schema import VISIT
from dacheng.store.actions.activity import Done, record_actions
from dacheng.store.models import FACTS, FAR_SEQ
from tests.store.company import AT, TODAY, uid

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


def test_the_wall_reads_itself_again_and_can_be_paused(signed_in):
    client = signed_in("ops")

    going, paused = client.get(WALL).content.decode(), client.get(f"{WALL}?pause=1").content.decode()

    assert 'hx-trigger="every 60s"' in going and "暂停自动刷新" in going and "读于" in going
    assert "hx-trigger" not in paused and "继续自动刷新" in paused and "已暂停" in paused


def test_the_wall_of_a_past_day_does_not_read_itself_again(signed_in):
    text = signed_in("ops").get(f"{WALL}?as_of=2026-06-01").content.decode()

    assert "hx-trigger" not in text and "自动刷新" not in text


def test_the_watermark_tells_day_and_hour_of_the_last_entry(signed_in):
    client = signed_in("ops")
    record_actions(actor=SYSTEM, at=AT, done=[Done(uid("people", "li"), TODAY, VISIT, 3)])

    old = client.get(WALL).content.decode()
    client.post(RECORD, {"person": uid("people", "li"), "on": shown_day(client.get(RECORD)), "visit": "1"})
    fresh = client.get(WALL).content.decode()

    assert "数据停在 2026-06-15 10:00" in old
    assert "数据停在" not in fresh and "动作最后登记" in fresh


def shown_day(page):
    return page.content.decode().partition('name="on"')[2].partition('value="')[2].partition('"')[0]
