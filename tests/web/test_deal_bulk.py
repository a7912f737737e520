"""Many opportunities changed from their list: selected, previewed, written as one step, taken back."""

import re

import pytest

from dacheng.store.models import LogEntry


def selected(company, *codes, column="amount", report="deals/list"):
    deals = "".join(f"&deal={company.uid('deals', code)}" for code in codes)
    return f"/deals/bulk/?report={report}&column={column}{deals}"


def form(page, **more):
    """Return what the button of a preview sends."""
    found = re.findall(r'<input type="hidden" name="(value|on|seen)" value="([^"]*)"', page)
    return dict(found) | more


def looked(client, url, value, on="2026-06-10"):
    return client.post(url, {"value": value, "on": on}).content.decode()


def test_a_manager_hands_a_leavers_deals_over_and_takes_it_back(company, signed_in):
    client, url = signed_in("east"), selected(company, "D1", column="owner_id", report="tables/pipeline")

    preview = looked(client, url, company.uid("people", "wang"))
    assert "会改 1 条。" in preview and "改 1 条</button>" in preview
    assert company.record("deals", "D1").owner_id == company.number("people", "li")  # nothing is written yet

    page = client.post(url, form(preview), follow=True)
    text = page.content.decode()
    assert page.redirect_chain[-1][0] == "/reports/tables/pipeline/"
    assert "已改 1 条。" in text
    assert company.record("deals", "D1").owner_id == company.number("people", "wang")

    client.post(re.search(r'action="(/undo/[0-9a-f]{64}/)"', text)[1])
    assert company.record("deals", "D1").owner_id == company.number("people", "li")


def test_the_preview_shows_the_sums_of_units_before_and_after(company, signed_in):
    client, url = signed_in("ops"), selected(company, "D1", column="owner_id") + "&show=yuan"

    preview = looked(client, url, company.uid("people", "zhao"))

    rows = dict(re.findall(r'<th[^>]*scope="row"[^>]*>(上海组|华南|合计)</th>(.*?)</tr>', preview, re.S))
    cells = {name: re.findall(r"<td[^>]*>([^<]*)</td>", row) for name, row in rows.items()}
    assert cells["上海组"][:5] == ["2", "1", "120,000.00", "20,000.00", "−100,000.00"]
    assert cells["华南"][:5] == ["1", "2", "0.00", "100,000.00", "+100,000.00"]
    assert cells["合计"][4] == "0.00"


def test_what_is_refused_is_said_and_left_out_by_choice(company, signed_in):
    client, url = signed_in("east"), selected(company, "D1", "D3")

    preview = looked(client, url, "7万")

    assert "会改 1 条，不能改 1 条。" in preview and "改 1 条，留下 1 条</button>" in preview
    assert "产线改造" not in preview  # of another region: not even its name
    client.post(url, form(preview))
    assert company.record("deals", "D1").amount == 70_000_00


def test_what_somebody_changed_since_the_preview_keeps_all_out_and_shows_his_value(company, signed_in):
    client, url = signed_in("east"), selected(company, "D1", "D2")
    preview = looked(client, url, "7万")
    signed_in("li").post(f"/deals/{company.uid('deals', 'D1')}/amount/", {"amount": "3万", "version": 1})

    answer = client.post(url, form(preview))

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "还没有写入" in text and "3.00" in text and "改 1 条，留下 1 条</button>" in text
    assert company.record("deals", "D2").amount == 20_000_00
    client.post(url, form(text))
    assert (company.record("deals", "D1").amount, company.record("deals", "D2").amount) == (30_000_00, 70_000_00)


def test_all_of_the_filter_is_more_than_the_page(company, signed_in):
    client = signed_in("east")
    url = "/deals/bulk/?report=tables/pipeline&all=1&owner=li&column=expected_day"

    asked = client.get(url).content.decode()
    preview = looked(client, url, "2026-09-30")

    assert "已选 1 条" in asked and "会改 1 条。" in preview
    client.post(url, form(preview))
    assert company.record("deals", "D1").expected_day == company.on(9, 30)
    assert LogEntry.objects.filter(action="deal.bulk_edited").count() == 1


def test_a_list_offers_to_select_rows_to_whoever_edits_them_today(company, signed_in):
    manager = signed_in("east").get("/reports/deals/list/").content.decode()
    past = signed_in("east").get("/reports/deals/list/?as_of=2026-06-10").content.decode()
    executive = signed_in("boss").get("/reports/deals/list/").content.decode()

    assert f'form="selection" name="deal" value="{company.uid("deals", "D1")}"' in manager
    assert "选中全部 2 条" in manager and 'value="owner_id">转移</button>' in manager
    assert 'form="selection"' not in past and 'form="selection"' not in executive


def test_a_rep_is_offered_no_new_owner(company, signed_in):
    client = signed_in("li")

    page = client.get("/reports/deals/list/").content.decode()
    asked = client.get(selected(company, "D1", column="owner_id")).content.decode()

    assert ">转移</button>" not in page and "批量修改</button>" in page
    assert "负责人</a>" not in asked


@pytest.mark.parametrize("value", ["", "很多"])
def test_a_value_that_cannot_be_read_is_said_at_the_form(company, signed_in, value):
    answer = signed_in("east").post(selected(company, "D1"), {"value": value, "on": "2026-06-10"})

    assert answer.status_code == 422


def test_without_a_selection_the_page_leads_back(company, signed_in):
    answer = signed_in("east").get("/deals/bulk/?report=deals/list")

    assert answer.status_code == 200 and "还没有选商机。" in answer.content.decode()


def test_values_of_a_list_are_edited_in_their_rows(company, signed_in):
    client = signed_in("li")
    page = client.get("/reports/deals/list/?edit=1&show=yuan").content.decode()
    url = re.search(r'data-url="([^"]*/amount/\?at=\d+[^"]*)"', page)[1].replace("&amp;", "&")

    answer = client.post(url, {"amount": "5000", "version": 1}, HTTP_HX_REQUEST="true").content.decode()

    assert company.record("deals", "D1").amount == 5_000_00
    assert 'id="edit-amount-0"' in answer and "5,000.00" in answer and "at=0" in answer


def test_own_steps_are_listed_with_their_undo(company, signed_in):
    client, url = signed_in("east"), selected(company, "D1", "D2")
    client.post(url, form(looked(client, url, "7万")))

    mine = client.get("/changes/").content.decode()
    his = signed_in("li").get("/changes/").content.decode()

    assert "批量修改商机" in mine and "云平台一期" in mine
    client.post(re.search(r'action="(/undo/[0-9a-f]{64}/)"', mine)[1])
    assert company.record("deals", "D2").amount == 20_000_00
    assert "你还没有改过商机或合同。" in his


def test_the_log_takes_a_step_back_for_who_reads_it_and_may(company, signed_in):
    client, url = signed_in("east"), selected(company, "D1")
    client.post(url, form(looked(client, url, "7万")))
    entry = f"/settings/log/{LogEntry.objects.get(action='deal.bulk_edited').hash}/"

    operations = signed_in("ops").get(entry).content.decode()
    admin = signed_in("admin").get(entry).content.decode()

    assert "撤销这一步</button>" in operations and "撤销这一步</button>" not in admin


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [("+5%", 105_000_00, 21_000_00), ("−12.5％", 87_500_00, 17_500_00), ("+0.01%", 100_010_00, 20_002_00)],
)
def test_amounts_are_changed_in_proportion_each_its_own(company, signed_in, typed, first, second):
    client, url = signed_in("east"), selected(company, "D1", "D2")

    client.post(url, form(looked(client, url, typed)))

    assert (company.record("deals", "D1").amount, company.record("deals", "D2").amount) == (first, second)


def test_a_proportion_of_nothing_is_refused_row_by_row_and_one_without_end_at_once(company, signed_in):
    client, url = signed_in("ops"), selected(company, "D1", "D3")

    preview = looked(client, url, "+5%", on="2026-06-15")
    refused = client.post(url, {"value": "-100%", "on": "2026-06-15"})

    assert "会改 1 条，不能改 1 条。" in preview and "不能按比例改" in preview
    assert refused.status_code == 422


def test_the_history_says_that_taking_back_a_step_takes_back_all_of_it(company, signed_in):
    client, url = signed_in("east"), selected(company, "D1", "D2")
    client.post(url, form(looked(client, url, "+5%")))

    page = client.get(f"/deals/{company.uid('deals', 'D1')}/").content.decode()

    assert "整批还原 2 条</button>" in page
