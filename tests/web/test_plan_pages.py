"""Plans in the browser: listed, made, broken down, previewed, changed, locked, with and without JavaScript."""

from __future__ import annotations

import json
import re

import pytest

YEAR = "?show=yuan"


@pytest.fixture
def plan(company, signed_in):
    """Make a plan of the company's next fiscal year, broken down evenly, and return its address."""
    client = signed_in("ops")
    answer = client.post(
        "/targets/plans/new/", {"name": "下年目标", "unit_id": str(company.uid("units", "HQ")), "year": "2027"}
    )
    address = answer.headers["Location"]
    months = {"by": "evenly"}
    looked = client.post(f"{address}break-down/{YEAR}", {"total": "1200", **months})
    sure = re.search(r'name="sure" value="([0-9a-f]+)"', looked.content.decode())[1]
    done = client.post(f"{address}break-down/{YEAR}", {"total": "1200", "sure": sure, **months})
    assert done.status_code == 302
    return address


def page_of(client, plan, query=YEAR):
    answer = client.get(f"{plan}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def keys_of(page):
    """Return the key of each row by its name."""
    rows = re.findall(r'<tr data-row="([0-9a-f]{32})".*?data-name>(.*?)</', page)
    return {name: key for key, name in rows}


def cell(page, key, column):
    """Return the HTML of a cell."""
    line = page[page.index(f'<tr data-row="{key}"') :]
    return line[line.index(f'<td data-at="{column}"') :].partition("</td>")[0]


def sent(client, address, *edits, **more):
    body = {"edits": [dict(zip(("row", "column", "kind", "value", "version"), one, strict=True)) for one in edits]}
    return client.post(f"{address}{YEAR}", json.dumps(body | more), content_type="application/json")


def test_a_plan_is_listed_to_whoever_has_a_part_in_it(plan, signed_in):
    assert "下年目标" in signed_in("east").get("/targets/plans/").content.decode()
    assert "下年目标" not in signed_in("li").get("/targets/plans/").content.decode()
    assert signed_in("li").get(plan).status_code == 404


def test_a_breakdown_is_looked_at_before_it_is_done(plan, signed_in):
    page = page_of(signed_in("ops"), plan)
    keys = keys_of(page)

    assert list(keys) == ["集团", "华东", "上海组", "李雷", "王强", "华南", "赵敏"]
    assert 'value="1200"' in cell(page, keys["集团"], "year")
    assert 'value="25"' in cell(page, keys["李雷"], "2027-01")
    assert cell(page, keys["李雷"], "2027-q1").endswith(">75")
    assert "Σ 一致" in page


def test_a_preview_tells_every_consequence_and_writes_nothing(plan, signed_in):
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))

    answer = sent(client, f"{plan}preview/", (keys["李雷"], "2027-01", "amount", "7500", 1)).json()

    after = {(one["row"], one["column"]): one["value"] for one in answer["cells"]}
    assert after[keys["集团"], "year"] == "125000"
    assert after[keys["上海组"], "2027-q1"] == "20000"
    assert answer["proof"]["tone"] == "good"
    assert "李雷" not in "".join(one["label"] for one in answer["effects"])
    assert 'value="1200"' in cell(page_of(client, plan), keys["集团"], "year")


def test_within_a_level_siblings_take_the_difference(plan, signed_in):
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    edit = (keys["李雷"], "2027-01", "amount", "3000", 1)

    answer = sent(client, f"{plan}preview/", edit, level_only=True).json()

    after = {(one["row"], one["column"]): one["value"] for one in answer["cells"]}
    assert after[keys["王强"], "2027-01"] == "2000"
    assert (keys["集团"], "year") not in after


def test_what_is_saved_is_one_entry_and_stands_on_the_page(plan, signed_in):
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))

    answer = sent(
        client,
        plan,
        (keys["李雷"], "2027-01", "amount", "7500", 1),
        (keys["王强"], "2027-02", "pinned", "1", 1),
        (keys["华南"], "year", "cap", "70000", 1),
    )

    page = page_of(client, plan)
    assert answer.status_code == 200
    assert 'value="1250"' in cell(page, keys["集团"], "year")
    assert 'class="pinned"' in cell(page, keys["王强"], "2027-02")
    assert client.get("/settings/log/").status_code in (200, 403)


def test_a_save_is_taken_back_whole_and_only_once_nothing_was_set_on_it(plan, signed_in):
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    first = sent(client, plan, (keys["李雷"], "2027-01", "amount", "7500", 1)).json()["undo_url"]
    second = sent(client, plan, (keys["李雷"], "2027-01", "amount", "8000", 2)).json()["undo_url"]

    assert client.post(first).status_code == 422
    assert signed_in("li").post(second).status_code == 403
    assert client.post(second).json()["undone"] == 4
    assert client.post(first).status_code == 200
    assert 'value="1200"' in cell(page_of(client, plan), keys["集团"], "year")


def test_what_cannot_be_is_refused_with_the_reason(plan, signed_in):
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    sent(client, plan, (keys["李雷"], "2027-01", "cap", "3000", 1))

    answer = sent(client, f"{plan}preview/", (keys["李雷"], "2027-01", "amount", "3100", 2))

    assert answer.status_code == 422
    assert "上限是 30.00，填的是 31.00" in answer.json()["detail"]


def test_a_cell_somebody_set_meanwhile_is_shown_with_both_values(plan, signed_in):
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    sent(signed_in("east"), plan, (keys["李雷"], "2027-01", "amount", "3000", 1))

    answer = sent(client, plan, (keys["李雷"], "2027-01", "amount", "4000", 1))

    assert answer.status_code == 409
    (clash,) = answer.json()["conflicts"]
    assert (clash["value"], clash["by"]) == ("3000", "华东经理")


def test_a_manager_changes_what_is_below_him_and_not_what_he_is_given(plan, signed_in):
    client = signed_in("east")
    keys = keys_of(page_of(client, plan))

    assert list(keys) == ["华东", "上海组", "李雷", "王强"]
    assert sent(client, f"{plan}preview/", (keys["华东"], "2027-01", "amount", "1", 1)).status_code == 403
    assert sent(client, plan, (keys["李雷"], "2027-01", "amount", "3000", 1)).status_code == 200


def test_without_javascript_the_form_saves_what_differs(plan, signed_in):
    client = signed_in("ops")
    page = page_of(client, plan)
    fields = dict(re.findall(r'<input name="(c\.[^"]+)" value="([^"]*)"', page))
    key = keys_of(page)["李雷"]
    fields[f"c.{key}.2027-01.1"] = "75"

    answer = client.post(f"{plan}{YEAR}", fields)

    assert answer.status_code == 302
    assert 'value="1250"' in cell(page_of(client, plan), keys_of(page)["集团"], "year")


def test_a_cell_says_how_it_came_about_and_who_changed_it(plan, signed_in):
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    sent(client, plan, (keys["李雷"], "2027-01", "amount", "7500", 1))

    page = client.get(f"{plan}cell/?show=yuan&row={keys['李雷']}&column=2027-01").content.decode()

    assert "自动值" in page and "25.00" in page and "+50.00" in page
    assert "周运营" in page
    assert client.post(f"{plan}cell/?show=yuan&row={keys['李雷']}&column=2027-01", {"floor": "70"}).status_code == 302
    assert "不低于 70.00" in client.get(f"{plan}cell/?show=yuan&row={keys['李雷']}&column=2027-01").content.decode()


def test_the_steps_lead_from_draft_to_locked_and_on_to_a_new_version(plan, signed_in):
    ops, boss = signed_in("ops"), signed_in("boss")
    assert ops.post(f"{plan}steps/propose/").status_code == 302
    assert "下年目标" in signed_in("li").get("/targets/plans/").content.decode()
    assert signed_in("li").post(f"{plan}steps/approve/").status_code == 403
    own = signed_in("li").get(f"{plan}cell/?row={keys_of(page_of(ops, plan))['李雷']}").content.decode()
    talk = re.search(r'href="([^"]+)">协商<', own)[1]
    assert signed_in("li").get(talk).status_code == 200

    boss.post(f"{plan}steps/approve/")
    assert "锁定之后不能再改" in boss.get(f"{plan}steps/lock/").content.decode()
    boss.post(f"{plan}steps/lock/")

    page = page_of(ops, plan)
    assert "已锁定 V1" in page and "保存草稿" not in page and "生成新版本" in page
    made = ops.post(f"{plan}copy/", {"name": "年中调整", "effective_ym": str(12 * 2027 + 6)})
    assert "草稿 V2" in page_of(ops, made.headers["Location"])


def test_a_buffer_is_a_row_above_zero_beside_those_who_carry_it(plan, signed_in):
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    added = client.post(f"{plan}rows/new/", {"under": keys["集团"], "kind": "buffer", "name": ""})
    sent(client, plan, (keys["集团"], "year", "buffer_bp", "1000", 1))
    months = {"by": "evenly"}
    looked = client.post(f"{plan}break-down/{YEAR}", {"total": "1200", **months})
    sure = re.search(r'name="sure" value="([0-9a-f]+)"', looked.content.decode())[1]
    client.post(f"{plan}break-down/{YEAR}", {"total": "1200", "sure": sure, **months})

    page = page_of(client, plan)

    keys = keys_of(page)
    assert added.status_code == 302
    assert 'value="120"' in cell(page, keys["缓冲 +10.0%"], "year")
    assert 'value="660"' in cell(page, keys["华东"], "year")
    assert "缓冲 <b>120</b>" in page and "下达合计 <b>1,320</b>" in page


def test_rows_are_weighed_by_factors_and_their_shares_stand_in_the_panel(plan, signed_in):
    client = signed_in("ops")
    done = client.post(f"{plan}weigh/", {"potential": "0", "history": "0", "capacity": "100"})
    weights = client.get(done.headers["Location"]).content.decode()
    keys = keys_of(page_of(client, plan))
    panel = client.get(f"{plan}cell/{YEAR}&row={next(iter(keys.values()))}&column=year")

    assert done.status_code == 302
    assert "因子的权重（设权重时选的）：潜力 0、历史 0、产能 100" in weights and "因子权重" in weights
    assert panel.status_code == 200


def test_shares_that_leave_something_unsaid_are_refused_with_who_is_left(plan, signed_in):
    client = signed_in("ops")
    form = client.get(f"{plan}shares/").content.decode()
    fields = re.findall(r'name="([0-9a-f]{32})"', form)
    part = client.post(f"{plan}shares/", {fields[0]: "40%"})
    whole = client.post(f"{plan}shares/", {fields[0]: "40%", fields[1]: "60%", **dict.fromkeys(fields[2:], "0")})

    assert part.status_code == 422 and "还差 60%" in part.content.decode()
    assert whole.status_code == 302
    assert "40.0%" in client.get(whole.headers["Location"]).content.decode()


def test_a_fit_beyond_twenty_percent_asks_for_a_reason_and_stands_in_report_and_panel(plan, signed_in):
    client = signed_in("ops")
    counts = {"potential": "0", "history": "0", "capacity": "100"}
    first = re.findall(r'name="([0-9a-f]{32})"', client.get(f"{plan}weigh/").content.decode())[0]

    refused = client.post(f"{plan}weigh/", {**counts, first: "130%"})
    done = client.post(f"{plan}weigh/", {**counts, first: "130%", f"{first}-reason": "新市场刚起步"})
    panel = client.get(f"{plan}cell/{YEAR}&row={first}&column=year").content.decode()

    assert (
        refused.status_code == 422 and "130%" in refused.content.decode() and "写一句理由" in refused.content.decode()
    )
    assert done.status_code == 302 and "130.0%" in client.get(done.headers["Location"]).content.decode()
    assert "适配系数" in panel and "新市场刚起步" in panel


def test_months_follow_working_days_and_a_cell_says_so(company, plan, signed_in):
    from dacheng.service.working_calendar import fill_year  # models can be imported once Django is set up

    fill_year(company.actor("ops"), company.AT, 2027)
    client = signed_in("ops")
    looked = client.post(f"{plan}break-down/{YEAR}", {"total": "1200", "by": "working"}).content.decode()
    sure = re.search(r'name="sure" value="([0-9a-f]+)"', looked)[1]
    client.post(f"{plan}break-down/{YEAR}", {"total": "1200", "by": "working", "sure": sure})

    key = keys_of(page_of(client, plan))["李雷"]
    panel = client.get(f"{plan}cell/?row={key}&column=2027-02&show=yuan").content.decode()
    assert "月份按：各月的工作日。" in looked
    days = client.get(re.search(r'href="([^"]+)">按周按日', panel)[1].replace("&amp;", "&")).content.decode()
    assert "2027-02-26" in days and "工作日" in days
    assert "各月的工作日" in panel and "月份占比" in panel and "按周按日" in panel


def test_who_sees_only_rows_below_is_told_what_the_months_followed(company, plan, signed_in):
    from dacheng.service.working_calendar import fill_year  # models can be imported once Django is set up

    fill_year(company.actor("ops"), company.AT, 2027)
    key = keys_of(page_of(signed_in("ops"), plan))["李雷"]
    told = {}
    for by in ("working", "evenly"):
        looked = signed_in("ops").post(f"{plan}break-down/{YEAR}", {"total": "1200", "by": by}).content.decode()
        sure = re.search(r'name="sure" value="([0-9a-f]+)"', looked)[1]
        signed_in("ops").post(f"{plan}break-down/{YEAR}", {"total": "1200", "by": by, "sure": sure})
        told[by] = signed_in("east").get(f"{plan}cell/?row={key}&column=2027-02&show=yuan").content.decode()
        told[by] += signed_in("east").get("/reports/plans/months/").content.decode()

    assert "集团" not in keys_of(page_of(signed_in("east"), plan))
    assert "各月的工作日" in told["working"] and "月份占比" in told["working"]
    assert told["working"].count("各月的工作日") >= 2  # beside the cell, and in the report
    assert "各月的工作日" not in told["evenly"] and "月份按" in told["evenly"]


def test_shares_of_months_are_typed_and_must_make_the_whole(plan, signed_in):
    client = signed_in("ops")
    shares = {f"m{month}": "8" for month in range(11)}

    refused = client.post(f"{plan}break-down/{YEAR}", {"total": "1200", "by": "typed", **shares})
    looked = client.post(f"{plan}break-down/{YEAR}", {"total": "1200", "by": "typed", **shares, "m11": "12"})

    assert refused.status_code == 422 and "还差 12%" in refused.content.decode()
    assert "2027-12 12.00%" in looked.content.decode()


def test_a_past_that_is_too_short_is_told_before_months_follow_it(plan, signed_in):
    page = signed_in("ops").get(f"{plan}break-down/{YEAR}").content.decode()

    assert "季节系数至少要 3 年" in page and "各月相同" in page


def test_a_factor_of_the_companys_own_is_made_filled_and_weighed_by(plan, company, signed_in):
    client = signed_in("ops")
    client.post("/targets/factors/new/", {"name": "门店数", "name_en": "Stores", "code": "stores", "counted_in": "家"})
    factor = str(company.uid("factors", "stores"))
    values = {"factor_id": factor, "unit_id": str(company.uid("units", "EAST")), "day": "2026-06-01", "value": "90"}
    made = client.post("/targets/figures/new/", values)
    listed = client.get(made.headers["Location"]).content.decode()

    form = client.get(f"{plan}weigh/").content.decode()
    short = client.post(f"{plan}weigh/", {"capacity": "40", "factor-stores": "50"})
    done = client.post(f"{plan}weigh/", {"capacity": "40", "factor-stores": "60"})
    keys = keys_of(page_of(client, plan))
    panels = [
        client.get(f"{plan}cell/{YEAR}&row={keys[name]}&column=year").content.decode() for name in ("华东", "华南")
    ]

    assert "/reports/plans/figures/" in form and "/targets/factors/new/" in form
    assert "门店数" in listed and ">90<" in re.sub(r"\s", "", listed)
    assert "下面 2 行里 1 行有数。没有数，按其余因子算：华南。" in form
    assert short.status_code == 422 and "合计 90%，还差 10%" in short.content.decode()
    assert done.status_code == 302
    assert "公司因子 60" in client.get(done.headers["Location"]).content.decode()
    assert "门店数" in panels[0] and "90 →" in panels[0]
    assert "没有数，按其余因子" in panels[1]


def test_a_figure_is_corrected_and_removed_on_its_page(company, signed_in):
    client = signed_in("ops")
    client.post("/targets/factors/new/", {"name": "装机量", "code": "sets"})
    values = {"factor_id": str(company.uid("factors", "sets")), "unit_id": str(company.uid("units", "SH"))}
    client.post("/targets/figures/new/", {**values, "day": "2026-06-01", "value": "7"})
    page = re.search(r"/targets/figures/[0-9a-f-]{36}/", client.get("/reports/plans/figures/").content.decode())[0]

    changed = client.post(page, {"value": "8", "name": "台账", "version": "1"})
    shown = client.get("/reports/plans/figures/").content.decode()
    gone = client.post(page, {"value": "8", "version": "2", "remove": "1"})
    empty = client.get("/reports/plans/figures/").content.decode()

    assert (changed.status_code, gone.status_code) == (302, 302)
    assert "台账" in shown and "台账" not in empty
    assert signed_in("li").get("/targets/figures/new/").status_code == 403
