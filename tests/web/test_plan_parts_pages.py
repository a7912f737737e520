"""80/20 in the browser: offered for rows that have none below, kind where it is not meaningful (R046)."""

from __future__ import annotations

import re

from tests.web.test_contract_pages import head, recorded  # noqa: F401
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


def test_a_split_is_told_with_its_undo_and_the_rows_go_in_one_step(plan, head, signed_in, company):  # noqa: F811
    from dacheng.service.ruling import set_rule

    actor = company.actor("ops")
    set_rule(actor=actor, at=company.AT, name="pareto.fewest", value=1, reason="客户少", on=company.START)
    recorded(signed_in("li"), head, ("", "5000"))
    client = signed_in("ops")
    before = keys_of(page_of(client, plan))
    asked = {"row": before["李雷"], "period": "2026"}

    looked = client.post(f"{plan}rows/split/{YEAR}", asked).content.decode()
    sure = re.search(r'name="sure" value="([0-9a-f]+)"', looked)[1]
    assert keys_of(page_of(client, plan)) == before
    client.post(f"{plan}rows/split/{YEAR}", asked | {"sure": sure})
    split = page_of(client, plan)
    undo = re.search(r'action="([^"]+/undo/[^"]+)"', split)[1]
    refused = signed_in("li").post(undo, headers={"Accept": "text/html"})
    kept = page_of(client, plan)
    answer = client.post(undo, headers={"Accept": "text/html"})

    assert refused.status_code == 403 and keys_of(kept) == keys_of(split)
    assert len(keys_of(split)) > len(before)
    assert answer.status_code == 302 and keys_of(page_of(client, plan)) == before


def test_a_unit_of_people_is_split_into_people_and_the_page_tells_who_gets_what(plan, head, signed_in, company):  # noqa: F811
    from dacheng.service.ruling import set_rule

    set_rule(actor=company.actor("ops"), at=company.AT, name="pareto.fewest", value=1, reason="人少", on=company.START)
    recorded(signed_in("li"), head, ("", "5000"))
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    team = next(name for name in keys if f'value="{keys[name]}"' in _split_page(client, plan) and name != "李雷")
    asked = {"row": keys["李雷"], "period": "2026", "into": "owner"}

    alone = client.post(f"{plan}rows/split/{YEAR}", asked).content.decode()
    looked = client.post(f"{plan}rows/split/{YEAR}", asked | {"row": keys[team]}).content.decode()

    assert "是一个人" in alone
    assert "李雷" in looked and 'name="sure"' in looked


def _split_page(client, plan):  # noqa: F811
    return client.get(f"{plan}rows/split/{YEAR}").content.decode()
