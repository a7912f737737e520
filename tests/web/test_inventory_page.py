"""The opportunity inventory in the browser: a block is pasted, a line is challenged, what does not count says why."""

from __future__ import annotations

PAGE = "/targets/inventory/?period=2027&show=yuan"
HEAD = "内容\t类别\t客户\t商机\t金额\t概率\t年内比例"


def paste(client, *lines: str):
    return client.post(PAGE, {"act": "fill", "block": "\n".join((HEAD, *lines))}, follow=True)


def code_of(company) -> str:
    from dacheng.store.models import InventoryLine

    return str(InventoryLine.objects.order_by("id").first().code)


def test_a_rep_pastes_lines_and_what_has_no_account_is_not_counted(company, signed_in):
    page = paste(
        signed_in("li"),
        "维保续约\t续约\tC1\t\t10000\t95%\t1",
        "平台二期\tnamed\t\tD1\t20000\t0.5\t100%",
        "未名\t尚无名目的潜力\t\t\t500\t20%\t1",
    )

    text = page.content.decode()
    assert page.status_code == 200
    assert "19,500.00" in text, "9,500 and 10,000: the second line takes the account of its opportunity"
    assert "无主" in text


def test_a_probability_of_sixty_is_asked_back_and_the_block_stands_as_it_was(company, signed_in):
    page = paste(signed_in("li"), "维保续约\t续约\tC1\t\t10000\t60\t1")

    text = page.content.decode()
    assert page.status_code == 422 and "第 1 行「概率」" in text
    assert "维保续约\t续约" in text


def test_a_manager_reduces_a_line_with_a_comment_and_the_rep_cannot(company, signed_in):
    paste(signed_in("li"), "维保续约\t续约\tC1\t\t10000\t100%\t1")
    at = f"{PAGE}&line={code_of(company)}"
    form = {"act": "challenge", "verdict": "reduced", "verdict_amount": "8000", "version": "1"}

    refused = signed_in("li").post(at, form | {"comment": "x"})
    unsaid = signed_in("east").post(at, form)
    done = signed_in("east").post(at, form | {"comment": "预算只批八成"}, follow=True)

    assert (refused.status_code, unsaid.status_code) == (403, 422)
    assert "8,000.00" in done.content.decode() and "预算只批八成" in done.content.decode()


def test_a_line_is_corrected_and_dropped_by_whoever_fills_it(company, signed_in):
    client = signed_in("li")
    paste(client, "维保续约\t续约\tC1\t\t10000\t100%\t1")
    at = f"{PAGE}&line={code_of(company)}"

    edited = client.post(
        at, {"act": "edit", "amount": "9000", "win_bp": "50%", "in_year_bp": "1", "version": "1"}, follow=True
    )
    dropped = client.post(at, {"act": "drop", "version": "2"}, follow=True)

    assert "4,500.00" in edited.content.decode()
    assert "还没有盘点" in dropped.content.decode()


def test_each_row_of_a_block_is_read_before_anything_is_written_then_all_at_once(company, signed_in):
    from dacheng.store.models import InventoryLine

    client = signed_in("li")
    good, bad = "维保续约\t续约\tC1\t\t10000\t95%\t1", "平台二期\tnamed\t\tD1\t20000\t60\t100%"
    hidden = "别人的\tnamed\t\tD3\t20000\t60%\t100%"

    def looked(*lines):
        return client.post(PAGE, {"act": "look", "block": "\n".join((HEAD, *lines))}).content.decode()

    mixed = looked(good, bad, hidden, "只有一列")
    assert "3 行要改，1 行可以填；还没有写入。" in mixed and mixed.count("可以填</td>") == 1
    assert "第 2 行「概率」" in mixed and "第 4 行有 1 列" in mixed
    assert "只有一列</textarea>" in mixed and 'value="fill"' not in mixed, "nothing is lost and nothing can be written"
    assert not InventoryLine.objects.exists()

    fine = looked(good, bad.replace("60", "60%"))
    assert 'value="fill">填入 2 行' in fine and not InventoryLine.objects.exists()
    paste(client, good, bad.replace("60", "60%"))
    assert InventoryLine.objects.count() == 2
