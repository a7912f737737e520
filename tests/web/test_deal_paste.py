"""A block from Excel pasted into the list: read like an import, matched by number, written and taken back as one."""

import html
import re

import pytest

from dacheng.store.models import Deal, LogEntry

URL = "/deals/paste/"
TITLES = ("商机号", "名称", "负责人", "客户", "阶段", "金额(万元)", "预计签约日", "人工赢率", "预测类别")


def block(*lines, titles=TITLES):
    return "\r\n".join("\t".join(line) for line in (titles, *lines))


def looked(client, text):
    return client.post(URL, {"text": text, "on": "2026-06-10"}).content.decode()


def written(client, page):
    """Press the button of a preview."""
    fields = dict(re.findall(r'<input type="hidden" name="(on|lines|seen)" value="([^"]*)"', page))
    text = html.unescape(re.search(r'<textarea name="text" hidden>\n(.*?)</textarea>', page, re.S)[1])
    return client.post(URL, fields | {"text": text}, follow=True)


CHANGED = ("D1", "", "", "", "", "1.2亿", "2026年9月30日", "60%", "承诺")
NEW = ("", "三期", "李雷", "华能电力", "线索", "12.5", "9/30/2026", "", "")


def test_rows_are_changed_and_created_in_one_step_that_comes_back_whole(company, signed_in):
    client = signed_in("east")

    preview = looked(client, block(CHANGED, ("", "三期", "李雷", "华能电力", "线索", "12.5", "2026-09-30", "", "")))
    assert "会写入 2 条，新建 1 条。" in preview and not Deal.objects.filter(name="三期").exists()
    page = written(client, preview).content.decode()

    old, new = company.record("deals", "D1"), Deal.objects.get(name="三期")
    assert (old.amount, old.expected_day, old.win_bp, old.category) == (120_000_000_00, company.on(9, 30), 6000, 1)
    assert (new.amount, new.customer_id) == (125_000_00, company.number("customers", "C1"))
    assert "已写入 2 条。" in page and LogEntry.objects.filter(action="deal.bulk_edited").count() == 1
    client.post(re.search(r'action="(/undo/[0-9a-f]{64}/)"', page)[1])
    assert company.record("deals", "D1").amount == 100_000_00
    assert not Deal.objects.filter(name="三期", removed=False).exists()


def test_what_cannot_be_read_is_found_by_row_and_column_and_the_rest_goes_on(company, signed_in):
    client = signed_in("east")
    bad = ("D2", "", "张三", "", "", "很多", "", "", "")

    preview = looked(client, block(CHANGED, bad, ("", "四期", "李雷", "", "", "1", "", "", "")))

    assert "会写入 1 条，不收 2 行。" in preview and "写入 1 条，留下 2 行</button>" in preview
    found = re.findall(r'data-label="所在行">(?:<span[^>]*>[^<]*</span> )?(\d+)</th>\s*<td[^>]*>([^<]*)</td>', preview)
    assert {("3", "负责人"), ("3", "金额(万元)")} <= set(found) and any(row == "4" for row, _ in found)
    written(client, preview)
    assert company.record("deals", "D1").amount == 120_000_000_00


def test_a_number_of_others_is_neither_changed_nor_told(company, signed_in):
    preview = looked(signed_in("li"), block(("D3", "x", "李雷", "", "线索", "1", "", "", "")))

    assert "产线改造" not in preview and "不能用" in preview
    assert "会写入 0 条，不收 1 行。" in preview


def test_a_blank_cell_changes_nothing_and_an_unknown_title_is_told(company, signed_in):
    client = signed_in("li")

    preview = looked(client, block(("D1", "", "秘密"), titles=("商机号", "金额", "备注")))

    assert "没有读取的列：备注。" in preview and "会写入 0 条。" in preview
    assert "</button>" not in re.search(r'<form method="post" class="decide">.*?</form>', preview, re.S)[0]


def test_a_row_changed_since_the_preview_keeps_the_block_out(company, signed_in):
    client = signed_in("east")
    preview = looked(client, block(CHANGED))
    signed_in("li").post(f"/deals/{company.uid('deals', 'D1')}/amount/", {"amount": "3万", "version": 1})

    answer = written(client, preview)

    assert answer.status_code == 409 and "刚被别人改过" in answer.content.decode()
    assert company.record("deals", "D1").amount == 30_000_00


def test_a_rep_owns_what_he_pastes_without_an_owner(company, signed_in):
    client = signed_in("li")

    written(client, looked(client, block(("五期", "线索"), titles=("名称", "阶段"))))

    assert Deal.objects.get(name="五期").owner_id == company.number("people", "li")


@pytest.mark.parametrize("text", ["只是一句话", "甲\t乙\n1\t2", ""])
def test_what_is_no_block_with_our_titles_is_refused_in_words(company, signed_in, text):
    answer = signed_in("li").post(URL, {"text": text, "on": "2026-06-10"})

    assert answer.status_code == 422


def test_a_cell_with_a_line_break_stays_one_cell(company, signed_in):
    client = signed_in("li")
    text = '商机号\t下一步\nD1\t"约技术，\n再报价"'

    preview = looked(client, text)

    assert "不收 1 行" in preview or "约技术" in preview
