"""The settings: who sees which pages, and what each of them writes."""

import re

import pytest


def text_of(answer):
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


@pytest.mark.parametrize(
    ("code", "shown", "absent"),
    [
        ("li", ["我的账号", "工作日历", "规则", "关账"], ["日志"]),
        ("ops", ["我的账号", "日志"], []),
        ("admin", ["我的账号", "日志"], []),
    ],
)
def test_the_index_lists_what_one_may_open(signed_in, code, shown, absent):
    text = text_of(signed_in(code).get("/settings/"))

    assert all(label in text for label in shown)
    assert not any(label in text for label in absent)


PAGES = [
    "/settings/", "/settings/account/", "/settings/account/password/", "/settings/calendar/?month=2026-06",
    "/settings/rules/", "/settings/rules/deals.stalled_days/", "/settings/stages/", "/settings/periods/", "/why/",
    "/search/?q=华", "/targets/saves/",
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_everybody_may_read_how_the_company_computes(signed_in, address, language):
    answer = signed_in("li", language).get(address)

    assert answer.status_code == 200
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_nobody_reads_anything_before_signing_in(company, client, address):
    answer = client.get(address)

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/sign-in/")


# The working calendar


@pytest.fixture
def june(company):
    """Fill the days of June 2026: Monday to Friday are worked."""
    from dacheng.store.actions.calendar import set_calendar_days

    days = {day: (day + 3) % 7 < 5 for day in range(company.on(6, 1), company.on(7, 1))}
    set_calendar_days(actor=company.actor("ops"), at=company.AT, days=days, source="国务院公布")
    return days


def ticked(page):
    return re.findall(r'name="day" value="([^"]+)" checked', page)


def test_a_month_shows_which_days_are_worked(june, signed_in):
    page = signed_in("ops").get("/settings/calendar/?month=2026-06")

    assert len(ticked(page.content.decode())) == 22
    assert "22 个工作日" in text_of(page)


def test_a_day_is_turned_with_its_source(june, company, signed_in):
    from dacheng.store.queries.calendar import calendar_days

    client, address = signed_in("ops"), "/settings/calendar/?month=2026-06"
    was = ticked(client.get(address).content.decode())

    answer = client.post(address, {"was": was, "day": [*was[1:], "2026-06-06"], "source": "公司通知"})

    assert answer.status_code == 302
    days = calendar_days(company.on(6, 1), company.on(6, 8))
    assert [(day.working, day.source) for day in days.values()][::5] == [(False, "公司通知"), (True, "公司通知")]
    assert days[company.on(6, 2)].source == "国务院公布"


def test_days_that_somebody_else_turned_meanwhile_stay(june, company, signed_in):
    from dacheng.store.actions.calendar import set_calendar_days
    from dacheng.store.queries.calendar import calendar_days

    client, address = signed_in("ops"), "/settings/calendar/?month=2026-06"
    was = ticked(client.get(address).content.decode())
    set_calendar_days(actor=company.actor("ops"), at=company.AT, days={company.on(6, 2): False}, source="别人")

    client.post(address, {"was": was, "day": was[1:], "source": "我"})

    assert calendar_days(company.on(6, 2), company.on(6, 3))[company.on(6, 2)].working is False


def test_a_day_without_a_source_is_refused(june, signed_in):
    answer = signed_in("ops").post("/settings/calendar/?month=2026-06", {"day": ["2026-06-06"], "source": " "})

    assert answer.status_code == 422
    assert "没有写依据。" in text_of(answer)


def test_only_sales_operations_turns_days(june, signed_in):
    client = signed_in("li")

    page = client.get("/settings/calendar/?month=2026-06").content.decode()
    answer = client.post("/settings/calendar/?month=2026-06", {"day": ["2026-06-06"], "source": "x"})

    assert 'name="day"' not in page and "保存这个月" not in page
    assert answer.status_code == 403 and "你没有这项权限" in answer.content.decode()


def test_a_year_is_filled_from_the_published_arrangement_without_a_gap(company, signed_in):
    client = signed_in("ops")

    assert client.post("/settings/calendar/2026/fill/").status_code == 302
    assert "18 个工作日" in text_of(client.get("/settings/calendar/?month=2026-10"))
    assert client.post("/settings/calendar/2028/fill/").status_code == 422
    assert "按国务院安排填 2027 年" in text_of(client.get("/settings/calendar/?month=2028-05"))


# Rules


def test_a_rule_gets_another_value_from_a_day_with_a_reason(company, signed_in):
    client, address = signed_in("ops"), "/settings/rules/deals.stalled_days/"

    answer = client.post(address, {"value": "60", "on": "2026-07-01", "reason": "总经理办公会"})

    assert answer.status_code == 302
    text = text_of(client.get(address))
    assert "2026-07-01 60 天 周运营 总经理办公会" in text.replace(" 还没到", "")
    assert "一开始 90 天 默认" in text


@pytest.mark.parametrize(
    "given",
    [
        {"value": "0", "on": "2026-07-01", "reason": "x"},
        {"value": "60", "on": "2026-07-01", "reason": " "},
        {"value": "很多", "on": "2026-07-01", "reason": "x"},
        {"value": "60", "on": "2026-02-30", "reason": "x"},
    ],
)
def test_a_value_that_is_not_possible_is_refused(company, signed_in, given):
    from dacheng.store.models import RuleValue

    assert signed_in("ops").post("/settings/rules/deals.stalled_days/", given).status_code == 422
    assert not RuleValue.objects.exists()


def test_a_rule_about_months_shows_the_days_of_each_before_it_holds_and_the_calendar_follows(company, signed_in):
    client, address = signed_in("ops"), "/settings/rules/fiscal.pattern/"
    form = {"value": "4-4-5", "on": "2026-12-01", "reason": "集团口径"}

    looked = client.post(address, form).content.decode()
    before = client.get("/settings/calendar/?month=2027-03").content.decode()
    sure = re.search(r'name="sure" value="([^"]*)"', looked)[1]
    done = client.post(address, form | {"sure": sure}, follow=True).content.decode()
    after = client.get("/settings/calendar/?month=2027-03").content.decode()

    assert "2027-01-04" in looked and "2027-12" in looked and "各月的日子" in looked
    assert "4-4-5 周" in done and "规则已改。" in done
    assert ">4-4<" not in before and ">4-4<" in after  # March is 1 March to 4 April


def test_months_that_are_closed_are_not_divided_again(company, signed_in):
    signed_in("fin").post("/settings/periods/close/", {"month": str(12 * 2026 + 4)})

    answer = signed_in("ops").post(
        "/settings/rules/fiscal.pattern/", {"value": "5-4-4", "on": "1970-01-01", "reason": "试"}
    )

    assert answer.status_code == 422 and "已经关账，这样分月会改它们的日子" in answer.content.decode()


def test_bands_of_release_are_a_table_of_any_length_and_one_that_does_not_hold_is_refused(company, signed_in):
    client, address = signed_in("ops"), "/settings/rules/release.bands/"
    given = {"on": "2026-06-15", "reason": "四档"}

    refused = client.post(address, given | {"value": "70, 80:85, 60:100"})
    taken = client.post(address, given | {"value": "50, 60:70, 80:90, 100:100+"}, follow=True).content.decode()

    assert refused.status_code == 422 and "逐档升高" in refused.content.decode()
    assert "50, 60:70, 80:90, 100:100+" in taken and "70, 60:85, 80:100+" in taken


def test_others_read_rules_and_cannot_set_them(signed_in):
    client, address = signed_in("li"), "/settings/rules/deals.stalled_days/"

    assert "加一个值" not in text_of(client.get(address))
    assert client.post(address, {"value": "60", "on": "2026-07-01", "reason": "x"}).status_code == 403
    assert client.get("/settings/rules/no.such/").status_code == 404


# Stages


def stage(company, code="offer"):
    return f"/settings/stages/{company.uid('stages', code)}/"


def test_a_win_rate_changes_from_a_day(company, signed_in):
    client = signed_in("ops")

    answer = client.post(
        stage(company), {"version": "1", "name": "报价", "position": "2", "weight_bp": "45%", "on": "2026-07-01"}
    )

    assert answer.status_code == 302
    text = text_of(client.get(stage(company)))
    assert "2026-07-01 45.0%" in text.replace(" 还没到", "") and "2026-01-01 50.0%" in text
    assert "周运营 阶段赢率" in text


def test_baseline_and_usual_days_change_from_a_day(company, signed_in):
    client = signed_in("ops")
    given = {"version": "1", "name": "报价", "position": "2", "weight_bp": "50%", "on": "2026-07-01"}

    answer = client.post(stage(company), given | {"baseline_bp": "40%", "benchmark_days": "20"})

    assert answer.status_code == 302
    shown = text_of(client.get(stage(company))).replace(" 还没到", "")
    assert "2026-07-01 50.0% 40.0% 20" in shown and "2026-01-01 50.0% – –" in shown
    again = client.post(stage(company), given | {"version": "2", "baseline_bp": "", "on": "2026-08-01"})
    assert again.status_code == 302
    shown = text_of(client.get(stage(company))).replace(" 还没到", "")
    assert "2026-08-01 50.0% – 20" in shown and "2026-07-01 50.0% 40.0% 20" in shown
    assert client.post(stage(company), given | {"version": "3", "benchmark_days": "0"}).status_code == 422


def test_a_closing_stage_has_no_baseline(company, signed_in):
    text = signed_in("ops").get(stage(company, "won")).content.decode()

    assert 'name="weight_bp"' in text and 'name="baseline_bp"' not in text


def test_two_people_changing_a_stage_meet(company, signed_in):
    given = {"version": "1", "name": "报价", "position": "2", "weight_bp": "45%", "on": "2026-07-01"}
    signed_in("ops").post(stage(company), given)

    answer = signed_in("ops").post(stage(company), given | {"weight_bp": "40%"})

    assert answer.status_code == 409
    assert "阶段赢率，你写的 40.0%" in text_of(answer) and "阶段赢率，现在的 45.0%" in text_of(answer)


def test_a_stage_and_a_set_are_created(company, signed_in):
    client = signed_in("ops")
    made = {"set_id": str(company.uid("stage_sets", "S")), "name": "谈判", "position": "3", "state": "open"}

    assert client.post("/settings/stages/new/", made | {"weight_bp": "70%"}).status_code == 302
    assert client.post("/settings/stages/new-set/", {"name": "续约"}).status_code == 302
    text = text_of(client.get("/settings/stages/"))
    assert "谈判 3 在途 70.0%" in text and "续约" in text


def test_others_do_not_change_stages(company, signed_in):
    client = signed_in("east")

    given = {"version": "1", "name": "x", "position": "2", "weight_bp": "45%", "on": "2026-07-01"}
    assert client.post(stage(company), given).status_code == 403
    assert client.post("/settings/stages/new-set/", {"name": "x"}).status_code == 403
    assert "新建阶段" not in text_of(client.get("/settings/stages/"))


# Closing months


def test_months_are_closed_in_order_and_the_last_one_reopened_with_a_reason(signed_in):
    client = signed_in("fin")

    first = client.post("/settings/periods/close/", {"month": str(12 * 2026 + 4)})
    refused = client.post("/settings/periods/close/", {"month": str(12 * 2026 + 6)})
    without = client.post("/settings/periods/reopen/", {"reason": " "})
    reopened = client.post("/settings/periods/reopen/", {"reason": "漏了一张发票"})

    assert [first.status_code, refused.status_code] == [302, 422]
    assert [without.status_code, reopened.status_code] == [422, 302]
    text = text_of(client.get("/settings/periods/"))
    assert "还没有关过账" in text
    assert "财务 重新打开 2026-05 漏了一张发票" in text and "财务 关账到 2026-05" in text


def test_others_see_what_is_closed_and_close_nothing(company, signed_in):
    from dacheng.store.actions.periods import close_period

    close_period(actor=company.actor("ops"), at=company.AT, ym=company.month(5))
    client = signed_in("li")

    text = text_of(client.get("/settings/periods/"))

    assert "已关账到 2026-05 ，从 2026-06-01 起还可以改。" in text and "关到哪个月" not in text
    assert client.post("/settings/periods/close/", {"month": str(12 * 2026 + 5)}).status_code == 403
    assert client.post("/settings/periods/reopen/", {"reason": "x"}).status_code == 403
