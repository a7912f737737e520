"""The board: columns that say what the pipeline table says, cards that move, and what happens when they may not."""

import re

import pytest

from dacheng.service.board import CARDS
from dacheng.store.actions.deals import create_deal

BOARD = "/deals/board/"
PARTIAL = {"HX-Request": "true"}


def heads(page):
    """Return stage -> (count, amount, weighted) of the columns of a board."""
    columns = page.split("data-head=")[1:]
    found = [re.findall(r"<(?:h2|b|a class=\"door)[^>]*>([^<]*)<", column.split("</header>")[0]) for column in columns]
    return {stage: tuple(figures) for stage, *figures in found if figures}


def version(company, code="D1"):
    return company.record("deals", code).version


def move(client, company, *, stage, at, code="D1", query="", before="lead"):
    fields = {"stage": company.uid("stages", stage), "from": company.uid("stages", before), "version": at}
    return client.post(f"{BOARD}move/{company.uid('deals', code)}/?{query}", fields, headers=PARTIAL)


def fill_column(company, count):
    """Give 李雷 more deals in the first stage."""
    actor = company.actor("li")
    own = {"owner_id": company.uid("people", "li"), "stage_id": company.uid("stages", "lead"), "amount": 1_00}
    for number in range(count):
        create_deal(actor=actor, at=company.AT, values=own | {"name": f"单{number}"})


def test_each_column_says_what_the_pipeline_table_of_its_stage_says(company, signed_in):
    client = signed_in("boss")

    page = client.get(f"{BOARD}?show=yuan").content.decode()

    assert heads(page)["线索"] == ("3", "120,000.00", "12,000.00")
    assert heads(page)["报价"] == ("0", "0.00", "0.00")
    table = client.get("/reports/tables/pipeline/?show=yuan&stage=lead").content.decode()
    total = table[table.index('class="total"') :]
    assert "120,000.00" in total and "12,000.00" in total


def test_filters_and_the_day_are_those_of_the_report(company, signed_in):
    client = signed_in("boss")

    mine = client.get(f"{BOARD}?show=yuan&owner=wang").content.decode()
    before = client.get(f"{BOARD}?as_of=2025-12-31").content.decode()

    assert heads(mine)["线索"] == ("1", "20,000.00", "2,000.00")
    assert "运维续约" in mine and "云平台一期" not in mine
    assert "data-card" not in before and "看" in before


def test_nobody_sees_cards_of_others(company, signed_in):
    page = signed_in("li").get(BOARD).content.decode()

    assert "云平台一期" in page
    assert "运维续约" not in page and "产线改造" not in page


def test_a_move_returns_the_card_and_both_heads_as_they_stand(company, signed_in):
    client = signed_in("li")

    answer = move(client, company, stage="offer", at=version(company), query="show=yuan")

    text = answer.content.decode()
    assert answer.status_code == 200
    assert heads(text) == {"线索": ("0", "0.00", "0.00"), "报价": ("1", "100,000.00", "50,000.00")}
    assert f'data-version="{version(company)}"' in text and "已存。" in text
    assert company.record("deals", "D1").stage_id == company.number("stages", "offer")


def test_a_card_that_somebody_else_moved_shows_both_values_and_stays(company, signed_in):
    stale = version(company)
    move(signed_in("east"), company, stage="offer", at=stale)

    answer = move(signed_in("li"), company, stage="lead", at=stale, before="offer")

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "阶段，你写的</dt><dd>线索" in text and "阶段，现在的</dt><dd>报价" in text
    assert f'name="version" value="{version(company)}"' in text
    assert company.record("deals", "D1").stage_id == company.number("stages", "offer")


def test_a_card_that_the_filter_leaves_out_after_its_move_does_not_come_back(company, signed_in):
    client = signed_in("li")

    answer = move(client, company, stage="offer", at=version(company), query="flagged=1")

    assert answer.status_code == 200
    assert "data-card" not in answer.content.decode()


def test_who_only_sees_a_deal_has_nothing_to_move_and_moves_nothing(company, signed_in):
    client = signed_in("boss")

    page = client.get(BOARD).content.decode()
    answer = move(client, company, stage="offer", at=version(company))

    assert "data-movable" not in page
    assert answer.status_code == 403
    assert company.record("deals", "D1").stage_id == company.number("stages", "lead")


def test_a_long_column_brings_its_cards_page_by_page(company, signed_in):
    fill_column(company, CARDS + 3)
    client = signed_in("li")

    page = client.get(BOARD).content.decode()
    more = re.search(r'<li class="more" data-more><a href="([^"]+)"', page)[1].replace("&amp;", "&")
    rest = client.get(more, headers=PARTIAL).content.decode()

    assert page.count("data-card=") == CARDS
    assert rest.count("data-card=") == 4 and "data-more" not in rest
    shown = re.findall('data-card="([^"]+)"', page + rest)
    assert len(set(shown)) == CARDS + 4


def test_the_next_cards_are_the_pipeline_table_without_javascript(company, signed_in):
    answer = signed_in("li").get(f"{BOARD}stages/{company.uid('stages', 'lead')}/?offset=20&owner=li")

    assert answer.status_code == 302
    assert answer.url == "/reports/tables/pipeline/?owner=li&stage=lead"


def test_a_past_day_moves_nothing(company, signed_in):
    page = signed_in("li").get(f"{BOARD}?as_of=2026-06-10").content.decode()

    assert "云平台一期" in page
    assert "data-movable" not in page and "只能看" in page


@pytest.mark.parametrize("more", [0, 30])
def test_the_number_of_queries_does_not_depend_on_the_cards(company, signed_in, django_assert_max_num_queries, more):
    client = signed_in("boss")
    fill_column(company, more)

    with django_assert_max_num_queries(30):
        page = client.get(BOARD)

    assert page.status_code == 200
