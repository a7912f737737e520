"""Contracts: recorded from a deal or on their own, shown, corrected, and what two people at once are told."""

import re

import pytest

from dacheng.store.actions.periods import close_period
from dacheng.store.models import Contract, ContractLine
from tests.store.company import AT, actor, month


@pytest.fixture
def head(company):
    """Return the header of a contract of D1 as the form sends it."""
    return {
        "deal": "D1",
        "name": "云平台合同",
        "code": "HT-1",
        "customer_id": "",
        "owner_id": "",
        "signed_day": "2026-06-10",
        "effective_day": "2026-06-12",
        "amount": "",
    }


def lines(*rows, initial=0):
    """Return lines as the form sends them: (product, amount, amount_ex, cost, code)."""
    sent = {"lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": initial, "lines-MAX_NUM_FORMS": 200}
    for at, row in enumerate(rows):
        for name, value in zip(("product", "amount", "amount_ex", "cost", "code"), row, strict=False):
            sent[f"lines-{at}-{name}"] = value
    return sent


def recorded(client, head, *rows):
    """Record a contract and return its page."""
    return client.post("/contracts/new/?show=yuan", head | lines(*rows), follow=True).content.decode()


def of(code="HT-1"):
    return Contract.objects.get(code=code, removed=False)


def amounts():
    return list(ContractLine.objects.filter(removed=False).order_by("code").values_list("code", "amount", "cost"))


def sent_again(page):
    """Return every value that the form of a page would send."""
    form = page[page.index('<form method="post">') : page.index('<button class="button primary">')]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        found[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_a_won_deal_leads_to_its_contract_which_begins_with_what_the_deal_says(company, signed_in):
    client = signed_in("li")
    url = f"/deals/{company.uid('deals', 'D1')}/"
    client.post(f"{url}won/", {"amount": "100000元", "on": "2026-06-10", "version": 1})

    link = re.search(r'class="button primary" href="(/contracts/new/[^"]*)"', client.get(url).content.decode())[1]
    page = client.get(link + "&show=yuan").content.decode()

    assert "<h1>登记合同</h1>" in page
    assert 'name="deal" value="D1"' in page and 'name="lines-0-amount" value="100000"' in page
    assert 'name="lines-0-cost"' not in page  # a rep sees no costs


def test_a_contract_is_recorded_with_its_lines_and_shown_on_the_deal(company, signed_in, head):
    client = signed_in("east")
    product = company.uid("products", "P1")

    page = recorded(client, head, (product, "70000", "62000", "40000"), ("", "3万", "", ""), ("", "", "", ""))

    assert "<h1>云平台合同</h1>" in page and "已存。" in page
    assert (of().amount, of().amount_ex, of().cost) == (100_000_00, None, None)
    assert amounts() == [("HT-1-1", 70_000_00, 40_000_00), ("HT-1-2", 30_000_00, None)]
    assert of().owner_id == company.number("people", "li")  # the deal's
    deal = client.get(f"/deals/{company.uid('deals', 'D1')}/").content.decode()
    assert f'href="/contracts/{of().uid}/"' in deal


def test_costs_are_hidden_from_a_rep(company, signed_in, head):
    recorded(signed_in("east"), head, ("", "100", "90", "81"))

    page = signed_in("li").get(f"/contracts/{of().uid}/?show=yuan").content.decode()

    assert "成本" not in page and "81.00" not in page
    assert "90.00" in page


def test_more_rows_are_given_without_saving(company, signed_in, head):
    answer = signed_in("li").post("/contracts/new/?show=yuan", head | lines(("", "5")) | {"more": "1"})

    page = answer.content.decode()
    assert answer.status_code == 200 and not Contract.objects.exists()
    assert 'name="lines-0-amount" value="5"' in page and 'name="lines-3-amount"' in page


@pytest.mark.parametrize(
    ("changes", "rows", "words"),
    [
        ({}, [], "至少填一行"),
        ({"amount": "99"}, [("", "100")], "相差"),
        ({"deal": "D3"}, [("", "100")], "没有商机「D3」，或者你看不到它"),
        ({"effective_day": ""}, [("", "100")], "这个字段是必填项"),
        ({}, [("", "", "90")], "填含税金额"),
        ({}, [("", "many")], "many"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_keeps_what_was_typed(company, signed_in, head, changes, rows, words):
    answer = signed_in("li").post("/contracts/new/?show=yuan", head | changes | lines(*rows))

    page = answer.content.decode()
    assert answer.status_code == 422 and not Contract.objects.exists()
    assert words in page
    assert 'value="云平台合同"' in page


def test_somebody_who_records_none_is_told_who_may(company, signed_in):
    answer = signed_in("boss").get("/contracts/new/")

    assert answer.status_code == 403
    assert "登记合同" in answer.content.decode() and "财务" in answer.content.decode()


def test_a_contract_of_others_is_as_if_it_did_not_exist(company, signed_in, head):
    recorded(signed_in("east"), head, ("", "100"))

    assert signed_in("zhao").get(f"/contracts/{of().uid}/").status_code == 404
    assert signed_in("zhao").get(f"/contracts/{of().uid}/edit/").status_code == 404


def test_a_rep_sees_his_contract_and_cannot_correct_it(company, signed_in, head):
    client = signed_in("li")
    recorded(client, head, ("", "100"))

    assert "/edit/" not in client.get(f"/contracts/{of().uid}/").content.decode()
    assert client.get(f"/contracts/{of().uid}/edit/").status_code == 403


def test_lines_are_corrected_added_and_removed(company, signed_in, head):
    client = signed_in("east")
    recorded(client, head, ("", "60"), ("", "40"))
    url = f"/contracts/{of().uid}/edit/?show=yuan"
    form = sent_again(client.get(url).content.decode())

    client.post(url, form | {"lines-0-amount": "65", "lines-1-amount": "", "lines-2-amount": "5"})

    assert amounts() == [("HT-1-1", 65_00, None), ("HT-1-3", 5_00, None)]
    assert of().amount == 70_00


def test_only_what_was_changed_is_saved_over_what_somebody_else_changed(company, signed_in, head):
    mine, other = signed_in("east"), signed_in("ops")
    recorded(mine, head, ("", "60"))
    url = f"/contracts/{of().uid}/edit/?show=yuan"
    form = sent_again(mine.get(url).content.decode())
    other.post(url, sent_again(other.get(url).content.decode()) | {"name": "别人的名称"})

    asked = mine.post(url, form | {"signed_day": "2026-06-11"})
    assert asked.status_code == 409
    again = sent_again(asked.content.decode())
    mine.post(url, again)

    assert (of().name, str(of().signed_day)) == ("别人的名称", str(company.on(6, 11)))


def test_a_contract_that_takes_effect_later_has_its_page_at_once(company, signed_in, head):
    page = recorded(signed_in("li"), head | {"effective_day": "2099-01-05"}, ("", "100"))

    assert "<h1>云平台合同</h1>" in page and "2099-01-05" in page


def test_the_page_of_a_contract_asks_little(company, signed_in, head, django_assert_max_num_queries):
    client = signed_in("east")
    recorded(client, head, ("", "60"))

    url = f"/contracts/{of().uid}/"

    with django_assert_max_num_queries(28):  # its own, and three tables of the whole company narrowed to it
        client.get(url)
    with django_assert_max_num_queries(12):
        client.get("/contracts/new/")


def test_a_call_off_names_its_framework_and_the_framework_tells_what_remains(company, head, signed_in):
    client = signed_in("ops")
    frame = head | {"deal": "", "owner_id": str(company.uid("people", "li")), "code": "KJ-1", "kind": "2"}
    recorded(client, frame, ("", "500", "", "", ""))
    call_off = frame | {"code": "KJ-1-1", "kind": "3", "framework": "KJ-1"}

    page = recorded(client, call_off, ("", "620", "", "", ""))

    assert re.search(r'href="(/contracts/[^"]+)">云平台合同', page)
    framework = client.get(f"/contracts/{of('KJ-1').uid}/?show=yuan").content.decode()
    assert "已下单 620.00，余额 −120.00 元" in framework and "下单超过框架金额 120.00 元" in framework
    listed = client.get("/reports/deals/contracts/?framework=KJ-1&show=yuan").content.decode()
    assert "620.00" in listed and "500.00" not in listed
    refused = client.post("/contracts/new/", call_off | {"code": "X", "framework": "NO"} | lines(("", "1", "", "", "")))
    assert refused.status_code == 422 and "没有框架合同「NO」" in refused.content.decode()


def test_a_contract_of_three_years_shows_what_it_comes_to_in_one(company, head, signed_in):
    recorded(signed_in("ops"), head | {"term_months": "36"}, ("", "3600", "", "", ""))

    page = signed_in("ops").get(f"/contracts/{of().uid}/?show=yuan").content.decode()
    assert "年化金额" in page and "1,200.00" in page


def late(client, head):
    close_period(actor=actor("fin"), at=AT, ym=month(5))
    recorded(client, head | {"signed_day": "2026-05-20", "effective_day": "2026-05-20"}, ("", "1000", "", "", ""))
    return f"/contracts/{of().uid}/"


def test_a_late_signing_is_approved_on_its_page_by_who_may(company, signed_in, head):
    page = late(signed_in("ops"), head)

    seen = signed_in("ops").get(page).content.decode()
    approver = signed_in("fin")
    answered = approver.post(f"{page}decide/", {"answer": "approve", "version": "1", "reason": "原件已归档"})

    assert "批准前不计订货" in seen and 'name="answer"' not in seen and "财务" in seen
    assert answered.status_code == 302
    told = approver.get(page).content.decode()
    assert "批准意见：原件已归档" in told
    assert re.search(r"订货认定.{0,80}补签待批准.{0,80}计入", told[told.index("历史") :], re.S)


def test_a_refusal_without_a_reason_and_a_second_decision_are_told(company, signed_in, head):
    page, approver = late(signed_in("ops"), head), signed_in("fin")

    silent = approver.post(f"{page}decide/", {"answer": "refuse", "version": "1"})
    stale = approver.post(f"{page}decide/", {"answer": "approve", "version": "0"})
    approver.post(f"{page}decide/", {"answer": "refuse", "version": "1", "reason": "未盖章"})
    again = approver.post(f"{page}decide/", {"answer": "approve", "version": "2"})

    assert (silent.status_code, stale.status_code, again.status_code) == (422, 409, 422)
    assert "没有写理由" in silent.content.decode()
    assert "未盖章" in approver.get(page).content.decode()
