"""An amount moved from one row of a plan to another in the browser: looked at, then done; who has not answered."""

from __future__ import annotations

import re

from tests.web.test_plan_pages import YEAR, cell, keys_of, page_of, plan, sent  # noqa: F401


def test_a_move_is_looked_at_and_then_done_with_rows_above_as_they_are(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    asked = {"giver": keys["李雷"], "taker": keys["赵敏"], "month": "year", "amount": "60"}

    looked = client.post(f"{plan}move/{YEAR}", asked)
    page = looked.content.decode()
    assert looked.status_code == 200 and "调剂后" in page and "240.00" in page
    sure = re.search(r'name="sure" value="([0-9a-f]+)"', page)[1]
    assert 'value="300"' in cell(page_of(client, plan), keys["李雷"], "year")
    done = client.post(f"{plan}move/{YEAR}", asked | {"sure": sure})

    assert done.status_code == 302
    stands = page_of(client, plan)
    assert 'value="240"' in cell(stands, keys["李雷"], "year") and 'value="1200"' in cell(stands, keys["集团"], "year")


def test_more_than_there_is_and_a_row_to_itself_are_refused(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    asked = {"giver": keys["李雷"], "taker": keys["王强"], "month": "year", "amount": "301"}

    much = client.post(f"{plan}move/{YEAR}", asked)
    same = client.post(f"{plan}move/{YEAR}", asked | {"taker": keys["李雷"]})

    assert much.status_code == 422 and "300" in much.content.decode()
    assert same.status_code == 422 and "同一行" in same.content.decode()


def test_while_some_have_not_submitted_the_unit_says_how_many_have(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    assert sent(client, plan, (keys["李雷"], "year", "submitted", "28000", 1)).status_code == 200

    page = page_of(client, plan, f"{YEAR}&below=1")

    beside = dict(re.findall(r'<tr data-row="([0-9a-f]{32})".*?<td data-difference="year">(.*?)</td>', page, re.S))
    assert beside[keys["上海组"]] == "1/2" and beside[keys["李雷"]] == "+20"
    assert beside[keys["王强"]] == ""


def test_a_person_is_taken_under_another_unit_and_every_sum_follows(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    assert client.post(f"{plan}steps/propose/", {"version": "1"}).status_code == 302
    asked = {"row": keys["李雷"], "under": keys["华南"]}

    page = client.post(f"{plan}rows/place/{YEAR}", asked).content.decode()
    sure = re.search(r'name="sure" value="([0-9a-f]+)"', page)[1]
    done = client.post(f"{plan}rows/place/{YEAR}", asked | {"sure": sure})

    assert done.status_code == 302
    stands = page_of(client, plan)
    years = {name: re.search('value="([^"]*)"', cell(stands, key, "year"))[1] for name, key in keys_of(stands).items()}
    assert years == {
        "集团": "1200",
        "华东": "300",
        "上海组": "300",
        "王强": "300",
        "华南": "900",
        "李雷": "300",
        "赵敏": "600",
    }
    assert "Σ 一致" in stands
    assert sent(client, plan, (keys["李雷"], "2027-01", "amount", "3000", 2)).status_code == 200


def test_a_row_that_stays_or_a_pinned_unit_above_is_refused(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    keys = keys_of(page_of(client, plan))
    sent(client, plan, (keys["华南"], "year", "pinned", "1", 1))

    pinned = client.post(f"{plan}rows/place/{YEAR}", {"row": keys["李雷"], "under": keys["华南"]})
    there = client.post(f"{plan}rows/place/{YEAR}", {"row": keys["李雷"], "under": keys["上海组"]})

    assert pinned.status_code == 422 and "固定" in pinned.content.decode()
    assert there.status_code == 422
    assert client.post(f"{plan}rows/place/{YEAR}", {"row": keys["华东"], "under": keys["上海组"]}).status_code == 422


def test_a_unit_is_taken_under_another_with_its_people_and_put_back_by_one_click(plan, signed_in):  # noqa: F811
    client = signed_in("ops")
    before = page_of(client, plan)
    keys = keys_of(before)
    asked = {"row": keys["上海组"], "under": keys["华南"]}

    page = client.post(f"{plan}rows/place/{YEAR}", asked).content.decode()
    sure = re.search(r'name="sure" value="([0-9a-f]+)"', page)[1]
    assert client.post(f"{plan}rows/place/{YEAR}", asked | {"sure": sure}).status_code == 302
    stands = page_of(client, plan)

    assert list(keys_of(stands)) == ["集团", "华东", "华南", "上海组", "李雷", "王强", "赵敏"]
    undo = re.search(r'action="([^"]*/undo/[^"]*)"', stands)[1]
    assert client.post(undo).status_code in (200, 302)
    assert list(keys_of(page_of(client, plan))) == list(keys)
