"""Imported lines without an account are matched to one in the browser (R057)."""

from __future__ import annotations

import re

PAGE = "/targets/past/accounts/"


def sold_on(company, amount):
    from dacheng.core.history.schema import SOLD_ON
    from dacheng.store.actions.actuals import record_actual

    values = {"unit_id": company.uid("units", "HQ"), "measure_id": company.uid("measures", "contract")}
    values |= {"day": company.START, "amount": amount, "kind": SOLD_ON}
    return record_actual(actor=company.actor("ops"), at=company.AT, values=values).uid


def test_chosen_lines_get_the_account_and_leave_the_list(signed_in, company):
    from dacheng.store.actions.customers import create_customer
    from dacheng.store.standing import standing_uid

    one, other = sold_on(company, 70_00), sold_on(company, 30_00)
    partner = create_customer(actor=company.actor("ops"), at=company.AT, values={"name": "苏北渠道"}).uid
    client = signed_in("ops")

    page = client.get(PAGE).content.decode()
    nobody = client.post(PAGE, {"account": str(partner)})
    done = client.post(PAGE, {"lines": [str(one)], "account": str(partner)})
    after = client.get(PAGE).content.decode()
    again = client.post(PAGE, {"lines": [str(one)], "account": str(partner)})

    assert len(re.findall(r'type="checkbox" name="lines"', page)) == 2 and "渠道售出" in page
    assert nobody.status_code == 422 and done.status_code == 302 and again.status_code == 422
    assert str(one) not in after and str(other) in after
    named = standing_uid("actuals", one).row["customer_id"]
    assert named == standing_uid("customers", partner).record_id


def test_whoever_records_no_history_may_not(signed_in):
    assert signed_in("li").get(PAGE).status_code == 403
