"""My targets, the thread of a row, and what is open: accepted, countered and imposed on pages without scripts."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def proposed(company):
    """Propose a plan of 1,000.00 and return its id and a function from a name to the address of its row."""
    from tests.store.test_plan_talks import aim, proposed

    plan = proposed()
    return plan, lambda name: f"/targets/plans/{plan}/rows/{aim(plan, name).row}/"


def stands(plan, name: str) -> int:
    """Return how the year of somebody's target stands now: what pages write they write today."""
    from dacheng.store.models import PlanTerm
    from tests.store.test_plan_talks import records_of

    return PlanTerm.objects.get(plan_row_id=records_of(plan, name)).agreed


def test_a_person_sees_his_own_target_and_accepts_it(proposed, signed_in):
    plan, row = proposed
    client = signed_in("li")

    page = client.get("/targets/mine/?show=yuan").content.decode()
    seen = re.search(r'name="seen_contract" value="(\d+)"', page)
    answer = client.post(row("李雷"), {"do": "accept", "measure": "contract", "seen_contract": seen[1], "from": "mine"})

    assert "下年目标" in page and "250.00" in page and "已提出" in page
    assert answer["Location"] == "/targets/mine/"
    assert stands(plan, "李雷") == 3
    assert "已认同" in client.get("/targets/mine/").content.decode()


def test_without_a_proposed_plan_the_page_says_what_to_wait_for(company, signed_in):
    page = signed_in("li").get("/targets/mine/").content.decode()

    assert "还没有提给你的目标" in page


def test_a_counter_offer_needs_a_reason_and_is_granted_by_the_manager(proposed, signed_in):
    plan, row = proposed
    rep, manager = signed_in("li"), signed_in("east")
    form = {"do": "counter", "measure": "contract", "amount": "200元"}

    refused = rep.post(row("李雷"), form)
    told = rep.post(row("李雷"), form | {"said": "大客户已迁走"}, follow=True).content.decode()
    listed = manager.get(f"/targets/plans/{plan}/agreement/?show=yuan").content.decode()
    manager.post(row("李雷"), {"do": "grant", "measure": "contract"})
    after = manager.get(row("李雷") + "?show=yuan").content.decode()

    assert refused.status_code == 422 and "没有写原因" in refused.content.decode()
    assert "大客户已迁走" in told and "还价" in told
    assert "李雷" in listed and "200.00" in listed
    assert "200.00" in after and "250.00" in after and stands(plan, "李雷") == 1


def test_imposing_shows_as_not_agreed(proposed, signed_in):
    plan, row = proposed

    page = signed_in("east").post(row("李雷"), {"do": "impose", "measure": "contract", "said": "已核定"}, follow=True)

    assert "未认同" in page.content.decode()
    assert stands(plan, "李雷") == 4


def test_what_somebody_else_has_is_not_there(proposed, signed_in):
    _plan, row = proposed

    assert signed_in("wang").get(row("李雷")).status_code == 404
    assert signed_in("fin").post(row("李雷"), {"do": "accept", "measure": "contract"}).status_code == 403
    assert signed_in("li").get(row("王强")).status_code == 404


def test_a_stale_target_is_not_accepted(proposed, signed_in):
    _plan, row = proposed

    answer = signed_in("li").post(row("李雷"), {"do": "accept", "measure": "contract", "seen_contract": "1"})

    assert answer.status_code == 409 and "你看到的是" in answer.content.decode()


def test_progress_counts_by_unit_in_english_too(proposed, signed_in):
    plan, _row = proposed

    page = signed_in("boss", "en").get(f"/targets/plans/{plan}/agreement/").content.decode()

    assert "Agreement" in page and "认同" not in page


def test_a_letter_is_read_and_downloaded(proposed, signed_in):
    plan, row = proposed
    client = signed_in("li")

    page = client.get(row("李雷") + "letter/").content.decode()
    word = client.get(row("李雷") + "letter.docx")
    every = signed_in("east").get(f"/targets/plans/{plan}/letters.docx.zip")

    assert "目标责任书" in page and "250.00" in page
    assert word.content.startswith(b"PK") and "attachment" in word["Content-Disposition"]
    assert every["Content-Type"] == "application/zip"
    assert client.get(row("王强") + "letter/").status_code == 404
    assert client.get(row("李雷") + "letter.exe").status_code == 404


def test_what_waits_for_an_answer_is_told_to_the_one_who_is_asked(proposed, signed_in):
    plan, row = proposed
    rep, manager, other = signed_in("li"), signed_in("east"), signed_in("wang")

    offered = rep.get("/targets/mine/").content.decode()
    rep.post(row("李雷"), {"do": "counter", "measure": "contract", "amount": "200元", "said": "大客户已迁走"})
    countered = manager.get("/targets/mine/").content.decode()

    assert "「下年目标」有 1 项目标提给你" in offered and f"#plan-{plan}" in offered
    assert "「下年目标」有 1 项还价等上级答复" in countered and f"/targets/plans/{plan}/agreement/" in countered
    assert "项目标提给你" not in rep.get("/targets/mine/").content.decode()
    assert "还价等上级答复" not in other.get("/targets/mine/").content.decode()
    assert "还价等上级答复" in manager.get("/").content.decode()


def test_my_page_begins_with_how_far_this_year_is(company, signed_in):
    page = signed_in("li").get("/targets/mine/?show=yuan").content.decode()

    assert "data-progress" in page and "data-closing" in page
    assert page.index("data-progress") < page.index("还没有提给你的目标")
