"""80/20 in the browser: offered for rows that have none below, kind where it is not meaningful (R046)."""

from __future__ import annotations

from tests.web.test_plan_pages import YEAR, keys_of, page_of, plan  # noqa: F401


def test_the_page_offers_rows_without_others_below_and_says_why_few_accounts_mean_nothing(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))

    page = client.get(f"{plan}rows/split/{YEAR}&from={keys['李雷']}").content.decode()
    few = client.post(f"{plan}rows/split/{YEAR}", {"row": keys["李雷"], "period": "2026"})
    wrong = client.post(f"{plan}rows/split/{YEAR}", {"row": keys["李雷"], "period": "上年"})

    assert f'value="{keys["李雷"]}" selected' in page and keys["华东"] not in page
    assert few.status_code == 422 and "没有意义" in few.content.decode() and "换一个期间" in few.content.decode()
    assert wrong.status_code == 422
    assert client.post(f"{plan}rows/split/{YEAR}", {"row": keys["华东"]}).status_code == 422


def test_the_cell_panel_leads_there_and_who_only_looks_may_not(plan, signed_in):  # noqa: F811
    keys = keys_of(page_of(signed_in("ops"), plan))
    panel = signed_in("ops").get(f"{plan}cell/{YEAR}&row={keys['李雷']}&column=year").content.decode()
    above = signed_in("ops").get(f"{plan}cell/{YEAR}&row={keys['华东']}&column=year").content.decode()

    assert "rows/split/" in panel and "rows/split/" not in above
    assert signed_in("fin").get(f"{plan}rows/split/").status_code in (403, 404)
