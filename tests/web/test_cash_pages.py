"""Contract to cash on pages: terms, receipts looked at first, invoices, recognition, write-offs (R151)."""

import re

import pytest

from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.models import Account
from tests.store.company import AT, SYSTEM, on


@pytest.fixture
def contract(company):
    """Record a contract of 李雷 with 华能电力 over 1,130.00; return the address of its page."""
    values = {"name": "一期", "code": "HT-1", "owner_id": company.uid("people", "li")}
    values |= {"customer_id": company.uid("customers", "C1"), "signed_day": on(6, 1), "effective_day": on(6, 1)}
    made = record_contract(actor=SYSTEM, at=AT, values=values, lines=[Line(amount=1_130_00, tax_bp=1300)])
    return f"/contracts/{made.uid}/"


def rows(*terms, initial=0):
    """Return terms as the form sends them: (name, share, amount, trigger, days, due, code)."""
    sent = {"terms-TOTAL_FORMS": len(terms), "terms-INITIAL_FORMS": initial, "terms-MAX_NUM_FORMS": 60}
    names = ("name", "share_bp", "amount", "falls_due", "days_after", "due_day", "code")
    for at, term in enumerate(terms):
        sent |= {f"terms-{at}-{name}": value for name, value in zip(names, term, strict=False)}
        sent[f"terms-{at}-kind"] = "6"
    return sent


TWO = (("预付", "30%", "", "1", "", "2026-06-10"), ("验收", "70%", "", "4", "30", ""))


@pytest.fixture
def visitor(signed_in):
    """Return a function from a person's code to a client that shows amounts in 元."""

    def client_of(code):
        client = signed_in(code)
        Account.objects.update(money_unit="yuan")
        return client

    return client_of


def text(client, url, **sent):
    return client.post(url, sent, follow=True).content.decode() if sent else client.get(url).content.decode()


def receipt(**more):
    return {"day": "2026-06-12", "amount": "500元", "kind": "transfer", "currency": "CNY"} | more


def test_terms_are_agreed_at_once_and_stand_on_the_contract(contract, visitor):
    client = visitor("li")

    page = text(client, f"{contract}terms/", **rows(*TWO))

    assert "339.00" in page and "待触发" in page
    again = text(client, f"{contract}terms/?show=yuan")
    assert 'value="30%"' in again and 'value="2026-06-10"' in again
    codes = re.findall(r'name="terms-\d+-code" value="([^"]*)"', again)
    assert codes[:2] == ["HT-1/1", "HT-1/2"]


def test_terms_that_come_to_more_than_the_contract_are_refused_with_what_was_typed(contract, visitor):
    answer = visitor("li").post(f"{contract}terms/", rows(("预付", "", "2000元", "1", "", "2026-06-10")))

    page = answer.content.decode()
    assert answer.status_code == 422 and "2000元" in page and "870.00" in page


def test_a_receipt_is_looked_at_first_and_pays_what_is_due_first(contract, company, visitor):
    text(visitor("li"), f"{contract}terms/", **rows(*TWO))
    client, sent = visitor("ops"), receipt(customer_id=company.uid("customers", "C1"))

    looked = text(client, "/receipts/new/", **sent, look="1")

    parts = dict(re.findall(r'name="(part-[0-9a-f-]+)" value="([^"]*)"', looked))
    assert sorted(parts.values()) == ["161", "339"] and 'name="looked"' in looked
    saved = text(client, "/receipts/new/", **sent, looked="1", **parts)
    assert "161.00" in saved and "339.00" in saved
    assert "还没有核销" not in saved


def test_what_a_receipt_pays_is_changed_and_given_back_later(contract, company, visitor):
    text(visitor("li"), f"{contract}terms/", **rows(*TWO))
    client, sent = visitor("ops"), receipt(customer_id=company.uid("customers", "C1"))
    looked = text(client, "/receipts/new/", **sent, look="1")
    names = [
        name
        for name, _ in sorted(re.findall(r'name="(part-[0-9a-f-]+)" value="([^"]*)"', looked), key=lambda one: one[1])
    ]

    by_hand = dict(zip(names, ("100元", ""), strict=True))
    answer = client.post("/receipts/new/", sent | {"looked": "1"} | by_hand)
    page = text(client, answer["Location"])

    assert "100.00" in page and "400.00" in page
    back = text(client, f"{answer['Location']}allocate/", **{names[0]: "-40元"})
    assert "440.00" in back
    wrong = client.post(f"{answer['Location']}allocate/", {names[0]: "-400元"})
    assert wrong.status_code == 422 and "60.00" in wrong.content.decode()


def test_more_than_is_open_of_a_term_is_refused_and_nothing_is_lost(contract, company, visitor):
    text(visitor("li"), f"{contract}terms/", **rows(*TWO))
    client, sent = visitor("ops"), receipt(customer_id=company.uid("customers", "C1"))
    looked = text(client, "/receipts/new/", **sent, look="1")
    (name,) = re.findall(r'name="(part-[0-9a-f-]+)" value="339"', looked)

    answer = client.post("/receipts/new/", sent | {"looked": "1", name: "400元"})

    page = answer.content.decode()
    assert answer.status_code == 422 and "最多可收 339.00" in page and "400元" in page


def test_invoices_and_recognition_of_a_contract_are_recorded_by_finance_only(contract, visitor):
    ops = visitor("ops")
    invoice = {"day": "2026-06-10", "kind": "blue", "amount": "339元", "code": "FP-1"}

    billed = text(ops, f"{contract}invoices/new/", **invoice)
    recognised = text(ops, f"{contract}recognitions/new/", day="2026-06-11", amount_ex="250元", way="finance")

    assert "登记发票" in billed
    assert "25.0%" in recognised
    assert visitor("li").get(f"{contract}invoices/new/").status_code == 403
    wrong = ops.post(f"{contract}invoices/new/", invoice | {"kind": "red", "code": "FP-2"})
    assert wrong.status_code == 422 and "红字发票金额为负" in wrong.content.decode()


def test_an_invoice_without_a_contract_is_owed_by_itself(company, visitor):
    sent = {
        "code": "FP-9",
        "customer_id": company.uid("customers", "C1"),
        "seller_id": company.uid("people", "li"),
    }
    sent |= {"day": "2026-06-10", "due_day": "2026-07-10", "amount": "500元"}

    text(visitor("ops"), "/invoices/new/", **sent)

    assert "FP-9" in text(visitor("ops"), "/reports/tables/receivable/")
    lacking = visitor("ops").post("/invoices/new/", sent | {"due_day": "", "code": "FP-10"})
    assert lacking.status_code == 422


def test_a_term_is_followed_up_and_written_off(contract, visitor, company):
    text(visitor("li"), f"{contract}terms/", **rows(*TWO))
    client = visitor("li")
    term = re.search(r'href="(/terms/[0-9a-f-]+/)', text(client, contract))[1]
    version = re.search(r'name="version" value="(\d+)"', text(client, term))[1]
    follow = {
        "due_day": "2026-06-10",
        "expected_day": "2026-07-05",
        "disputed": "on",
        "kind": "advance",
        "name": "预付",
    }

    page = text(client, term, **follow, reason="customer", reason_note="等验收", version=version)

    assert "2026-07-05" in page and "等验收" in page
    stale = client.post(term, follow | {"version": version, "expected_day": "2026-08-01"})
    assert stale.status_code == 409
    assert client.get(f"{term}write-off/").status_code == 403
    finance = visitor("boss")
    without = finance.post(f"{term}write-off/", {"day": "2026-06-20", "amount": "39元", "name": ""})
    assert without.status_code == 422 and "原因" in without.content.decode()
    done = text(finance, f"{term}write-off/", day="2026-06-20", amount="39元", name="质量扣款")
    assert "300.00" in done


def test_an_amendment_names_the_contract_that_it_changes(contract, visitor):
    client = visitor("li")
    form = text(client, "/contracts/new/?amends=HT-1&show=yuan")
    assert 'value="HT-1"' in form and re.search(r'<option value="4" selected>', form)
    lines = {"lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0, "lines-MAX_NUM_FORMS": 200}
    lines |= {"lines-0-amount": "-113元", "lines-0-tax_bp": "13%", "lines-0-product": "", "lines-0-code": ""}
    head = {"amends": "HT-1", "kind": "4", "signed_day": "2026-06-15", "effective_day": "2026-06-15", "code": "HT-1B"}

    page = text(client, "/contracts/new/?show=yuan", **head, **lines)

    assert "变更的合同" in page and "13.0%" in page and "−100.00" in page
    normal = client.post("/contracts/new/", head | lines | {"kind": "1", "code": "HT-1C"})
    assert normal.status_code == 422 and "不变更别的合同" in normal.content.decode()


def test_a_step_and_a_promise_are_recorded_on_the_term_and_the_next_term_is_a_click_away(contract, visitor):
    client = visitor("li")
    page = text(
        client,
        f"{contract}terms/",
        **rows(("预付", "30%", "", "1", "", "2026-06-10"), ("二", "70%", "", "1", "", "2026-06-12")),
    )
    first = re.findall(r"/terms/[0-9a-f-]{36}/", page)[0]
    page = text(client, first)
    assert "记催收" in page and "下一期要催的" in page
    second = re.search(r'href="(/terms/[0-9a-f-]{36}/)">下一期要催的', page)[1]

    page = text(client, f"{first}step/", day="2026-06-12", kind="call", name="财务说月底付")
    assert "财务说月底付" in page or "电话" in page
    refused = text(client, f"{first}promise/", day="2026-06-12", amount="2000元", promised_day="2026-06-30")
    assert "当天未收 339" in refused
    page = text(client, f"{first}promise/", day="2026-06-12", amount="339元", promised_day="2026-06-30", name="王总")

    assert "回款承诺" in page and "06-30" in page
    listed = text(client, "/reports/dunning/list/?when=all")
    assert first in listed and second in listed and "电话" in listed
