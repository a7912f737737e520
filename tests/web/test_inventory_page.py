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
