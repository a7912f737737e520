"""Customer types in the browser: drawn from accounts, set on an account's page, the seed of a cut (R043)."""

from __future__ import annotations

import re

from tests.web.test_plan_pages import YEAR, plan  # noqa: F401

PAGE = "/customers/types/"


def account(company, name, industry):
    from dacheng.store.actions.customers import create_customer

    values = {"name": name, "industry": industry}
    return create_customer(actor=company.actor("ops"), at=company.AT, values=values).uid


def test_types_are_looked_at_then_drawn_and_stand_on_the_account(signed_in, company):
    one = account(company, "甲车厂", "汽车")
    client = signed_in("ops")

    form = client.get(PAGE).content.decode()
    looked = client.post(PAGE, {"by": "industry"}).content.decode()
    sure = re.search(r'name="sure" value="([0-9a-f]+)"', looked)[1]
    before = client.get(f"/customers/{one}/").content.decode()
    done = client.post(PAGE, {"by": "industry", "sure": sure})
    after = client.get(f"/customers/{one}/").content.decode()

    assert "行业" in form and "汽车" in looked and "新建" in looked
    assert 'id="edit-segment_id"' in before and "汽车</option>" not in before
    assert done.status_code == 302
    assert re.search(r'id="edit-segment_id"[^>]*data-value="[0-9a-f-]{36}"[^>]*>汽车<', after)


def test_a_type_is_changed_on_the_page_of_the_account(signed_in, company):
    from dacheng.store.actions.segments import create_segment

    one = account(company, "乙车厂", "")
    kind = create_segment(actor=company.actor("ops"), at=company.AT, values={"name": "重点客户", "dimension": 2}).uid
    client = signed_in("ops")

    edit = client.get(f"/customers/{one}/value/segment_id/").content.decode()
    done = client.post(f"/customers/{one}/value/segment_id/", {"segment_id": str(kind), "version": "1"})

    assert "重点客户" in edit
    assert done.status_code in (200, 302), done.content.decode()
    assert f'data-value="{kind}"' in client.get(f"/customers/{one}/").content.decode()


def test_the_page_of_a_cut_leads_there_and_who_may_not_is_not_led(plan, signed_in):  # noqa: F811
    cut = f"{plan}cut/{YEAR}&by=customer"

    assert PAGE in signed_in("ops").get(cut).content.decode()
    assert PAGE not in signed_in("east").get(cut).content.decode()
    assert signed_in("east").get(PAGE).status_code == 403
    nothing = signed_in("ops").post(PAGE, {"by": "region"})
    assert nothing.status_code == 422 and "没有一个客户填了地区" in nothing.content.decode()


def test_an_account_is_joined_to_a_partner_on_a_page_of_its_own(signed_in, company):
    main, other = account(company, "苏北渠道", ""), account(company, "苏北分公司", "")
    client = signed_in("ops")
    field = f"/customers/{other}/value/partner_id/"

    page = client.get(f"/customers/{other}/").content.decode()
    form = client.get(field).content.decode()
    done = client.post(field, {"partner_id": str(main), "version": "1"})
    refused = client.post(f"/customers/{main}/value/partner_id/", {"partner_id": str(other), "version": "1"})

    assert field in page and "苏北渠道" not in page
    assert "苏北渠道" in form and ">苏北分公司</option>" not in form
    assert done.status_code in (200, 302), done.content.decode()
    assert "苏北渠道" in client.get(f"/customers/{other}/").content.decode()
    assert refused.status_code == 422 and "不能作所属渠道" in refused.content.decode()
