"""Setting targets in the browser: inputs typed move the result, plans are kept apart, a submitted one stands."""

from __future__ import annotations

import re
from io import BytesIO

from openpyxl import load_workbook

PAGE = "/targets/setting/?unit=SH&period=2027&show=yuan"


def typed(client, query: str = "", act: str = "", **fields: str):
    """Send fields of the form as they were changed from blank."""
    sent = {name: value for one, value in fields.items() for name in [one.replace("__", ".")]}
    sent |= {f"was.{name}": "" for name in list(sent)} | ({"act": act} if act else {})
    return client.post(PAGE + query, sent, follow=True)


def test_typed_inputs_work_out_a_method_and_blank_takes_them_back(company, signed_in):
    client = signed_in("east")

    typed(client, actual__1="1000000", growth__1="12%", growth__2="0", growth__3="0", growth__4="0")
    page = typed(client, forced_growth__0="25")
    gone = client.post(PAGE, {"forced_growth.0": "", "was.forced_growth.0": "25"}, follow=True)

    assert "1,042,000.00" in page.content.decode(), "1,000,000 × (1 + 35 % × 12 %)"
    assert "1,250,000.00" in page.content.decode()
    assert "1,250,000.00" not in gone.content.decode()


def test_htmx_gets_the_form_alone_and_a_refused_value_stands_as_it_was_typed(company, signed_in):
    client = signed_in("east")

    answer = client.post(PAGE, {"growth.1": "很多", "was.growth.1": ""}, headers={"HX-Request": "true"})

    text = answer.content.decode()
    assert answer.status_code == 422 and "<html" not in text
    assert "市场增长率" in text and 'value="很多"' in text


def test_weights_that_do_not_sum_ask_before_they_are_normalised(company, signed_in):
    client = signed_in("east")
    typed(client, actual__1="1000000", forced_growth__0="25")

    asked = typed(client, method_weight__4="30").content.decode()
    done = typed(client, normalise__0="1").content.decode()

    assert "不是 100%" in asked and "按比例归一" in asked
    assert "不是 100%" not in done


def test_a_plan_is_saved_as_another_and_submitted_with_its_tiers(company, signed_in):
    client = signed_in("east")
    typed(client, actual__1="1000000", forced_growth__0="25")

    copied = typed(client, act="copy-B")
    sent = typed(client, "&scheme=B", act="submit")
    locked = typed(client, "&scheme=B", forced_growth__0="30")
    other = client.get(PAGE).content.decode()

    assert copied.redirect_chain[-1][0].endswith("scheme=B")
    assert "送审" in sent.content.decode() and "1,250,000.00" in sent.content.decode()
    assert locked.status_code == 422 and "要先是「草稿」" in locked.content.decode()
    assert "草稿" in other


def test_methods_far_apart_ask_for_a_reason_before_submitting(company, signed_in):
    client = signed_in("east")
    weights = {f"growth__{at}": "0" for at in range(1, 5)}
    typed(client, actual__1="1000000", forced_growth__0="90", **weights)

    refused = typed(client, act="submit")
    sent = typed(client, act="submit", reason="战略必争")

    assert refused.status_code == 422 and "写明取值理由" in refused.content.decode()
    assert sent.status_code == 200 and "退回草稿" in sent.content.decode()


def test_three_measures_show_what_follows_and_advise_on_margin(company, signed_in):
    client = signed_in("east")
    typed(client, target="1130000", margin__0="35", opening_receivable__0="300000")
    typed(client, opening_rate__0="80", in_year_rate__0="60", margin_fact__1="1", margin_fact__2="1")

    page = client.get(PAGE + "&tab=triple").content.decode()

    assert "1,000,000.00" in page and "350,000.00" in page and "918,000.00" in page
    assert "适合考核毛利" in page and "50%" in page
    assert "/reports/targets/score/?unit=SH&amp;period=2027&amp;enterprise=state" in page


def test_the_exported_workbook_goes_on_calculating(company, signed_in):
    client = signed_in("east")
    typed(client, actual__1="1000000", forced_growth__0="25")

    book = load_workbook(BytesIO(client.get(PAGE.replace("setting/", "setting/export.xlsx")).content))

    blend = book.worksheets[0]
    assert blend["B5"].value == 1_250_000 and blend["D6"].value == "=SUM(D2:D5)"
    assert book.worksheets[1]["D2"].value == "=B2*C2"


def test_who_looks_after_no_unit_is_told_the_next_step_and_others_units_do_not_exist(company, signed_in):
    rep = signed_in("li").get("/targets/setting/")
    other = signed_in("south").get(PAGE)
    boss = signed_in("boss").get(PAGE)

    assert rep.status_code == 200 and "没有可测算的目标" in rep.content.decode()
    assert other.status_code == 422 and "没有「SH」" in other.content.decode(), "as a unit that there is not"
    assert boss.status_code == 200 and "保存并重算" not in boss.content.decode()


def test_who_adopts_need_not_be_allowed_to_type(company, signed_in):
    client, boss = signed_in("east"), signed_in("boss")
    typed(client, actual__1="1000000", forced_growth__0="25", act="submit")
    page = boss.get(PAGE).content.decode()
    sent = dict(re.findall(r'name="(was\.[\w.]+)" value="([^"]*)"', page)) | {"act": "adopt", "base.0": "3"}

    answer = boss.post(PAGE, sent, follow=True)

    assert answer.status_code == 200 and 'value="adopt"' not in answer.content.decode()


def test_drivers_are_typed_beside_the_past_and_show_what_each_changes(company, signed_in):
    client = signed_in("east")
    tab = "&tab=drivers"
    empty = client.get(PAGE + tab).content.decode()

    fields = {"buyers__1": "12", "ticket__1": "55000", "repeat__1": "10%", "target": "1000000"}
    page = typed(client, tab, **fields).content.decode()

    assert "726,000.00" in page and "−274,000.00" in page, "12 × 55,000 × 1.1, and what is missing of the target"
    assert "75,757.58" in page, "the ticket that meets the target while the others stand: 1,000,000 ÷ 13.2"
    assert "没有可比的驱动因素" in page, "no year before tells its drivers, so nothing is put down to them"
    assert "726,000.00" not in empty and "不计入" in empty


def test_market_facts_stand_where_nobody_typed_and_say_where_they_are_from(company, signed_in):
    client, ops = signed_in("east"), signed_in("ops")
    fact = {"name": "水务", "year": "2027", "size": "8000000", "growth_bp": "8%", "own_share_bp": "12.5%"}
    made = ops.post("/strategy/market/new/?show=yuan", fact | {"unit_id": str(company.uid("units", "SH"))}, follow=True)
    weights = {f"factor_weight__{at}": "100" if at == 1 else "0" for at in range(1, 6)}

    drawn = typed(client, actual__1="1000000", base__0="1", **weights).content.decode()
    own = typed(client, growth__1="5%", market_size__0="4000000").content.decode()
    listed = ops.get("/reports/strategy/market/?show=yuan").content.decode()

    assert made.status_code == 200
    assert "1,080,000.00" in drawn, "last year × 1.08, the growth of the market"
    assert "1,000,000.00" in drawn, "8,000,000 × 12.5 %, the share held"
    assert "市场数据 2027：未注明来源" in drawn and "取自 2027 年的市场数据" in drawn
    assert "1,050,000.00" in own and "市场数据 8" in own and "按填写的" in own
    assert "未注明来源" in listed


def test_the_back_test_is_read_after_the_page_and_alone_leads_to_its_report(company, signed_in):
    client = signed_in("east")
    address = "/targets/setting/ranges/?unit=SH&period=2027&show=yuan"

    page = client.get(PAGE)
    part = client.get(address, headers={"HX-Request": "true"})
    alone = client.get(address)

    assert 'hx-get="/targets/setting/ranges/?unit=SH' in page.content.decode()
    assert "回测区间" in part.content.decode() and "<html" not in part.content.decode()
    assert "不到 2 年，没有区间" in part.content.decode(), "this company has no years behind it"
    assert alone.status_code == 302 and alone["Location"].startswith("/reports/targets/setting_backtest/")


def test_groups_of_people_are_typed_one_by_one_and_taken_off(company, signed_in):
    client = signed_in("east")

    first = typed(client, people__1="10", productivity__1="2000000", attrition__0="0", forced_growth__0="0")
    offered = 'name="people.2"' in first.content.decode() and 'name="people.3"' not in first.content.decode()
    refused = typed(client, people__2="4", productivity__2="1800000", ramp__2="50", vacancy__2="1")
    second = typed(client, start_month__2="7").content.decode()
    gone = typed(client, act="drop-group-2").content.decode()

    assert offered, "one group stands and one more is offered"
    assert "20,000,000.00" in first.content.decode(), "10 × 2,000,000"
    assert "是空缺，不能当作全年在岗" in refused.content.decode(), "a vacancy says from when on"
    assert "21,800,000.00" in second, "20,000,000 + 4 × 1,800,000 × 50 % × 6 ÷ 12"
    assert 'name="people.3"' in second and 'value="drop-group-2"' in second
    assert "21,800,000.00" not in gone and "20,000,000.00" in gone and 'value="drop-group-2"' not in gone
