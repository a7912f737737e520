"""One opportunity: what its page offers to whom, each step of its life, and taking a step back."""

import re

import pytest

from dacheng.store.models import Deal, LogEntry


def deal_url(company, code="D1", step=""):
    return f"/deals/{company.uid('deals', code)}/{step}"


def version(company, code="D1"):
    return company.record("deals", code).version


def state(company, code="D1"):
    deal = company.record("deals", code)
    return deal.state, deal.stage_id


def undo_url(page):
    """Return the address that the toast of a page takes the last step back with."""
    return re.search(r'action="(/undo/[0-9a-f]{64}/)"', page)[1]


def test_a_rep_finds_his_deal_with_its_path_and_its_buttons(company, signed_in, django_assert_max_num_queries):
    client, url = signed_in("li"), deal_url(company)

    with django_assert_max_num_queries(20):
        page = client.get(url)

    text = page.content.decode()
    assert page.status_code == 200
    assert "<h1>云平台一期</h1>" in text
    assert f'href="{deal_url(company, step="won/")}"' in text and f'href="{deal_url(company, step="lost/")}"' in text
    assert "hand-over" not in text  # a rep hands nothing over


@pytest.mark.parametrize("step", ["", "won/", "lost/", "hand-over/", "amount/"])
def test_a_deal_of_others_is_as_if_it_did_not_exist(company, signed_in, step):
    answer = signed_in("li").get(deal_url(company, "D3", step))

    assert answer.status_code == 404
    assert "产线改造" not in answer.content.decode()


def test_one_click_moves_the_stage_and_one_takes_it_back(company, signed_in):
    client = signed_in("li")
    offer = {"stage": company.uid("stages", "offer"), "version": version(company)}

    page = client.post(deal_url(company, step="move/"), offer, follow=True).content.decode()

    assert state(company) == (0, company.number("stages", "offer"))
    assert "已存。" in page
    back = client.post(undo_url(page), follow=True)
    assert "已撤销。" in back.content.decode()
    assert back.redirect_chain[-1][0] == deal_url(company)
    assert state(company) == (0, company.number("stages", "lead"))


def test_a_stage_that_somebody_else_moved_meanwhile_is_asked_about(company, signed_in):
    client, stale = signed_in("li"), version(company)
    signed_in("east").post(deal_url(company, step="move/"), {"stage": company.uid("stages", "offer"), "version": stale})

    answer = client.post(deal_url(company, step="move/"), {"stage": company.uid("stages", "lead"), "version": stale})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "阶段，你写的</dt><dd>线索" in text and "阶段，现在的</dt><dd>报价" in text
    assert f'name="version" value="{version(company)}"' in text  # once more is a choice, not an accident


def test_winning_asks_for_the_amount_and_the_day(company, signed_in):
    client, url = signed_in("li"), deal_url(company, step="won/")
    asked = client.get(url + "?show=yuan").content.decode()
    assert 'name="amount" value="100000"' in asked

    refused = client.post(url, {"amount": "", "on": "2026-06-20", "version": version(company)})
    assert refused.status_code == 422 and state(company)[0] == 0

    client.post(url, {"amount": "12.5万", "on": "2026-06-20", "version": version(company)})
    won = company.record("deals", "D1")
    assert (won.state, won.amount) == (1, 125_000_00)


def test_losing_asks_for_the_reason(company, signed_in):
    client, url = signed_in("li"), deal_url(company, step="lost/")

    refused = client.post(url, {"reason": "", "on": "2026-06-20", "version": version(company)})
    assert refused.status_code == 422 and state(company)[0] == 0

    client.post(url, {"reason": "价格", "on": "2026-06-20", "version": version(company)})
    assert (company.record("deals", "D1").state, company.record("deals", "D1").lost_reason) == (2, "价格")


def test_a_manager_hands_a_deal_over_from_a_day(company, signed_in):
    client, url = signed_in("east"), deal_url(company, step="hand-over/")
    offered = client.get(url).content.decode()
    assert "王强" in offered and "李雷" not in re.findall(r"<option[^>]*>([^<]*)", offered)

    client.post(url, {"to": company.uid("people", "wang"), "on": "2026-06-20"})

    assert company.record("deals", "D1").owner_id == company.number("people", "wang")


def test_a_day_that_is_none_is_said_beside_its_field(company, signed_in):
    url = deal_url(company, step="won/")

    answer = signed_in("li").post(url, {"amount": "1", "on": "20 June", "version": 1})

    assert answer.status_code == 422
    assert "「20 June」不是日期" in answer.content.decode()


def test_a_past_day_only_shows(company, signed_in):
    page = signed_in("li").get(deal_url(company) + "?as_of=2026-06-10").content.decode()

    assert "这是过去某天的样子" in page
    assert "data-edit " not in page and "won/" not in page


def test_a_value_edited_in_place_offers_its_undo(company, signed_in):
    client = signed_in("li")
    form = {"next_step": "约技术", "version": version(company)}

    answer = client.post(deal_url(company, step="next_step/"), form, HTTP_HX_REQUEST="true").content.decode()

    assert "约技术" in answer and "hx-partial" in answer
    undone = client.post(undo_url(answer), HTTP_HX_REQUEST="true")
    assert undone["HX-Redirect"] == deal_url(company)
    assert company.record("deals", "D1").next_step == ""


def test_what_was_changed_since_is_not_undone(company, signed_in):
    client = signed_in("li")
    url = deal_url(company, step="next_step/")
    first = client.post(url, {"next_step": "一", "version": version(company)}, HTTP_HX_REQUEST="true").content.decode()
    client.post(url, {"next_step": "二", "version": version(company)})

    refused = client.post(undo_url(first))

    assert refused.status_code == 422 and "之后又改过" in refused.content.decode()
    assert company.record("deals", "D1").next_step == "二"


def test_the_latest_line_of_the_history_can_be_taken_back_later_by_who_may(company, signed_in):
    rep, manager = signed_in("li"), signed_in("east")
    rep.post(deal_url(company, step="amount/"), {"amount": "9", "version": version(company)})
    manager.post(deal_url(company, step="amount/"), {"amount": "8", "version": version(company)})
    rep.get(deal_url(company))

    own, his = (client.get(deal_url(company)).content.decode() for client in (rep, manager))

    assert "还原</button>" not in own  # the latest step is the manager's
    back = re.search(r'action="(/undo/[0-9a-f]{64}/)">(?:(?!</form>).)*还原', his)[1]
    manager.post(back)
    assert company.record("deals", "D1").amount == 90_000_00


def test_lists_of_deals_lead_to_a_new_one(company, signed_in):
    page = signed_in("li").get("/reports/deals/list/").content.decode()
    board = signed_in("boss").get("/reports/deals/list/").content.decode()

    assert 'class="button primary" href="/deals/new/"' in page
    assert "/deals/new/" not in board  # an executive creates none


def test_a_new_deal_is_created_and_can_be_taken_back(company, signed_in):
    client = signed_in("li")
    form = {"name": "新项目", "owner_id": company.uid("people", "li"), "stage_id": company.uid("stages", "lead")}

    page = client.post("/deals/new/", form, follow=True).content.decode()

    assert "<h1>新项目</h1>" in page
    client.post(undo_url(page))
    assert not Deal.objects.filter(name="新项目", removed=False).exists()
    assert LogEntry.objects.filter(action="edit.undone").count() == 1


def test_a_new_deal_without_a_name_says_so_at_the_field(company, signed_in):
    answer = signed_in("li").post("/deals/new/", {"name": ""})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
