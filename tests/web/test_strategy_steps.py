"""The five steps in the browser: of this year and the next, locked, and a version beside what stands now."""

import pytest

from tests.store.company import uid

pytestmark = pytest.mark.django_db
STEPS = "/targets/strategy/"


def test_a_year_is_locked_and_opened_again_beside_what_stands_now(company, signed_in):
    ops = signed_in("ops")
    told = {"unit": str(uid("units", "HQ")), "note": "先锁一版"}
    done = ops.post(f"{STEPS}lock/?year=2027", told)
    fact = {"name": "水务", "unit_id": str(uid("units", "EAST")), "year": "2027"}
    assert ops.post("/strategy/market/new/", fact).status_code == 302
    page = ops.get(done["Location"]).content.decode()
    version = page.split("version=")[1].split('"')[0]
    opened = ops.get(f"{STEPS}?year=2027&version={version}").content.decode()

    assert (done.status_code, done["Location"]) == (302, f"{STEPS}?year=2027")
    assert "第 1 版" in page and "先锁一版" in page and "没完成：看市场、" in page
    assert "锁定时：0 个市场" in opened and "现在：1 个市场" in opened and "与锁定时一样。" in opened


def test_steps_that_are_not_done_need_a_note_and_who_may_not_lock_has_no_form(company, signed_in):
    refused = signed_in("ops").post(f"{STEPS}lock/?year=2027", {"unit": str(uid("units", "HQ")), "note": ""})
    rep = signed_in("li")

    assert refused.status_code == 422 and "还没有完成：看市场、" in refused.content.decode()
    assert rep.post(f"{STEPS}lock/", {"unit": str(uid("units", "SH")), "note": "x"}).status_code == 403
    assert "锁定五步" not in rep.get(STEPS).content.decode()
    assert rep.get(f"{STEPS}?version=nobody").status_code == 404


def test_a_plan_of_the_next_year_is_one_step_away(company, signed_in):
    page = signed_in("ops").get(STEPS).content.decode()

    assert f'href="{STEPS}?year=2027"' in page
    assert "2027 财年" in signed_in("ops").get(f"{STEPS}?year=2027").content.decode()
