"""/why: which rule lets somebody see a deal, asked by who sees it himself."""

import re


def text_of(answer):
    main = answer.content.decode().partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_an_owner_sees_it_because_it_is_his(signed_in):
    text = text_of(signed_in("li").get("/why/?deal=D1"))

    assert "李雷 看得到「云平台一期」。" in text
    assert "成立 本人是负责人。" in text and "不成立 没有今天有效的单独授权。" in text
    assert "修改商机" in text and "成本和毛利不显示。" in text


def test_a_manager_sees_it_through_his_unit(signed_in):
    text = text_of(signed_in("east").get("/why/?deal=云平台一期"))

    assert "成立 角色「销售管理者」的范围是「华东」，包含所在组织「上海组」。" in text


def test_sales_operations_asks_for_others(signed_in):
    text = text_of(signed_in("ops").get("/why/?deal=D1&person=south"))

    assert "华南经理 看不到「云平台一期」。" in text
    assert "不成立 角色「销售管理者」的范围是「华南」，不包含所在组织「上海组」。" in text


def test_who_may_ask_about_himself_only_does_not_learn_who_else_there_is(signed_in):
    client = signed_in("li")

    known, unknown = client.get("/why/?deal=D1&person=boss"), client.get("/why/?deal=D1&person=nobody")

    assert (known.status_code, unknown.status_code) == (403, 403)
    assert text_of(known).replace("boss", "") == text_of(unknown).replace("nobody", "")
    assert "谁（工号或姓名）" not in text_of(client.get("/why/"))


def test_a_deal_out_of_sight_is_answered_like_one_that_does_not_exist(signed_in):
    client = signed_in("li")

    hidden, missing = client.get("/why/?deal=D3"), client.get("/why/?deal=D9")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert text_of(hidden).replace("D3", "") == text_of(missing).replace("D9", "")


def test_the_deal_page_leads_to_it(company, signed_in):
    page = signed_in("li").get(f"/deals/{company.uid('deals', 'D1')}/").content.decode()

    assert 'href="/why/?deal=D1"' in page
