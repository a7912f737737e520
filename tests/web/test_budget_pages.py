"""Budgets in the browser (J4): made from the target, approved, released, spent; what is refused says why."""

from __future__ import annotations

import re

YEAR = {"first": "2026-01", "last": "2026-12", "release_months": "3", "name": "华东 2026 费用预算"}


def filled(company, **more):
    contract = company.uid("measures", "contract")
    head = {"unit": company.uid("units", "EAST"), "measure": contract, "fixed": "1200000元", "fixed_purpose": ""}
    return YEAR | head | {f"rate_{contract}": "5"} | more


def make(company, client, **more):
    return client.post("/budgets/new/", filled(company, **more), follow=True)


def address(response):
    return re.search(r"/budgets/[0-9a-f-]{36}/", response.request["PATH_INFO"])[0]


def buttons(text, url):
    form = text[text.index(f'action="{url}') :].partition("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def approved(company, signed_in):
    made = make(company, signed_in("fin"))
    url = address(made)
    boss = signed_in("boss")
    given = buttons(boss.get(url).content.decode(), f"{url}decide/")
    boss.post(f"{url}decide/", given | {"state": "approved"})
    return url


def test_a_budget_is_looked_at_before_it_is_saved(company, signed_in):
    client = signed_in("fin")

    page = client.post("/budgets/new/", filled(company, look="1")).content.decode()

    assert "还没有保存" in page and "2026年一季度" in page
    assert company.RECORDS["budgets"].objects.count() == 0


def test_a_budget_takes_the_variable_part_from_the_target_of_the_day(company, signed_in):
    page = make(company, signed_in("fin")).content.decode()

    assert "已存为草稿" in page and "5%" in page and "2026-12" in page
    assert "50.00" in page and "2.50" in page  # 万元: the target of June, and 5 % of it


def test_a_budget_is_approved_released_and_its_ledger_shown(company, signed_in):
    url = approved(company, signed_in)
    fin, boss = signed_in("fin"), signed_in("boss")

    fin.post(f"{url}propose/", buttons(fin.get(url).content.decode(), f"{url}propose/"))
    waiting = boss.get(url).content.decode()
    decide = re.search(r'action="(/budgets/[^"]+/releases/[^"]+/)"', waiting)[1]
    done = boss.post(decide, buttons(waiting, decide) | {"answer": "approve", "reason": ""}, follow=True)

    text = done.content.decode()
    assert "已批准释放" in text and "首期全额" in text and "陈总" in text


def test_who_comes_second_is_told_who_decided(company, signed_in):
    url = approved(company, signed_in)
    fin, boss = signed_in("fin"), signed_in("boss")
    fin.post(f"{url}propose/", buttons(fin.get(url).content.decode(), f"{url}propose/"))
    waiting = boss.get(url).content.decode()
    decide = re.search(r'action="(/budgets/[^"]+/releases/[^"]+/)"', waiting)[1]
    given = buttons(waiting, decide) | {"answer": "approve", "reason": ""}
    boss.post(decide, given)

    late = fin.post(decide, given)

    assert late.status_code == 422 and "已由陈总批准" in late.content.decode()


def test_a_project_told_in_part_is_asked_for_the_rest(company, signed_in):
    page = make(company, signed_in("fin"), project_name_1="试点", project_amount_1="10").content.decode()

    assert "项目要有名称、金额、首月和末月" in page


def test_a_second_budget_of_the_same_months_is_refused_in_the_form(company, signed_in):
    make(company, signed_in("fin"))

    again = make(company, signed_in("fin"))

    assert again.status_code == 422 and "已有2026年的预算" in again.content.decode()


def test_an_expense_is_recorded_in_one_form_and_the_next_one_follows(company, signed_in):
    client = signed_in("li")
    form = {"day": "2026-06-10", "amount": "320元", "name": "拜访", "state": "actual"}
    form |= {"purpose": "", "customer_id": "", "unit_id": "", "person_id": ""}

    again = client.post("/expenses/new/", form | {"more": "1"}, follow=True)
    shown = client.post("/expenses/new/", form, follow=True).content.decode()

    assert again.request["PATH_INFO"] == "/expenses/new/"
    assert "拜访" in shown and "上海组" in shown and "更正" in shown


def test_an_expense_is_corrected_on_its_page(company, signed_in):
    client = signed_in("li")
    form = {"day": "2026-06-10", "amount": "320元", "name": "拜访", "state": "actual"}
    form |= {"purpose": "", "customer_id": "", "unit_id": "", "person_id": ""}
    shown = client.post("/expenses/new/", form, follow=True)
    url, text = shown.request["PATH_INFO"], shown.content.decode()
    seen = dict(re.findall(r'name="initial-(\w+)" value="([^"]*)"', text))
    own = {**form, **{f"initial-{name}": value for name, value in seen.items()}, "amount": "400元", "version": "1"}
    own |= {"unit_id": company.uid("units", "SH"), "person_id": company.uid("people", "li")}

    done = client.post(url, own, follow=True).content.decode()

    assert "已存" in done and "0.04" in done


def test_an_expense_that_reaches_the_released_budget_warns(company, signed_in):
    url = approved(company, signed_in)
    assert url
    client = signed_in("east")
    form = {"day": "2026-06-10", "amount": "320元", "name": "招待", "state": "actual"}
    form |= {"purpose": "", "customer_id": "", "unit_id": "", "person_id": ""}

    page = client.post("/expenses/new/", form, follow=True).content.decode()

    assert "超支" in page


def test_an_expense_settles_the_commitment_that_is_chosen_in_its_form(company, signed_in):
    client = signed_in("li")
    form = {"day": "2026-06-10", "amount": "320元", "name": "会场", "state": "committed"}
    form |= {"purpose": "", "customer_id": "", "unit_id": "", "person_id": ""}
    client.post("/expenses/new/", form)
    offered = client.get("/expenses/new/?show=yuan").content.decode()
    commitment = re.search(r'<option value="([^"]+)">会场 \(320.00\)', offered)[1]
    spent = form | {"amount": "200元", "name": "定金", "state": "actual", "settles_id": commitment}

    page = client.post("/expenses/new/", spent, follow=True).content.decode()

    assert "结算" in page and "会场" in page
    assert "会场 (120.00)" in client.get("/expenses/new/?show=yuan").content.decode()
    wrong = client.post("/expenses/new/", spent | {"state": "committed"})
    assert wrong.status_code == 422 and "只有实际费用才能结算一笔承诺" in wrong.content.decode()


def overspent(client, **more):
    form = {"day": "2026-06-10", "amount": "320元", "name": "展会", "state": "committed", "purpose": ""}
    blank = {"customer_id": "", "unit_id": "", "person_id": "", "category_id": "", "settles_id": "", "reason": ""}
    return client.post("/expenses/new/", form | blank | more, follow=True)


def test_an_overspend_is_asked_for_with_a_reason_and_both_sides_read_the_answer(company, signed_in):
    approved(company, signed_in)
    li, fin = signed_in("li"), signed_in("fin")
    without = overspent(li)
    asked = overspent(li, reason="客户邀请")
    url = asked.request["PATH_INFO"]

    seen = fin.get(url).content.decode()
    fin.post(f"{url}decide/", buttons(seen, f"{url}decide/") | {"decision": "approve", "answer": "同意一次"})

    assert without.status_code == 422 and "写明超支理由" in without.content.decode()
    assert "320.00" not in re.sub(r"<input[^>]*>", "", without.content.decode())  # he does not see the budget
    assert "待批" in asked.content.decode() and f"{url}decide/" not in asked.content.decode()
    assert "客户邀请" in seen and "超支 320.00 元" in seen
    assert "同意一次" in li.get(url).content.decode()


def test_what_waits_is_listed_and_takes_of_no_budget(company, signed_in):
    approved(company, signed_in)
    overspent(signed_in("li"), reason="客户邀请")
    fin = signed_in("fin")

    usage = fin.get("/reports/budget/usage/?show=yuan").content.decode()
    listed = fin.get("/reports/budget/expenses/?overspend=waiting&period=2026&show=yuan").content.decode()

    assert "1 份预算有超支待批" in usage and "超支待批" in usage
    assert "320.00" in listed


def test_a_rejection_without_a_reason_is_refused_and_the_expense_still_waits(company, signed_in):
    approved(company, signed_in)
    url = overspent(signed_in("li"), reason="客户邀请").request["PATH_INFO"]
    fin = signed_in("fin")

    page = fin.post(f"{url}decide/", {"decision": "reject", "answer": "", "version": "1"}, follow=True)

    assert "没有写原因" in page.content.decode() and f"{url}decide/" in page.content.decode()


def test_a_category_is_named_in_both_languages_and_retired_without_losing_its_expenses(company, signed_in):
    ops, li = signed_in("ops"), signed_in("li")
    ops.post(
        "/settings/expense-categories/new/", {"name": "培训", "name_en": "Training", "position": 8, "offered": "on"}
    )
    category = company.RECORDS["expense_categories"].objects.get(name="培训")
    held = overspent(li, category_id=str(category.uid)).request["PATH_INFO"]
    url = f"/settings/expense-categories/{category.uid}/"

    retired = {"name": "培训", "name_en": "Training", "position": 8, "on": "2026-06-15", "version": "1"}
    ops.post(url, retired)

    assert "培训" in li.get(held).content.decode()
    assert "培训" not in li.get("/expenses/new/").content.decode()
    assert "培训" in ops.get("/settings/expense-categories/").content.decode()
