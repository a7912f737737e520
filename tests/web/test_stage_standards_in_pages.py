"""What a stage asks for, asked in place: on the board and on the page of the deal, saved with the move in one step."""

from dacheng.core.deals.standards import ASKED_FROM
from dacheng.exchange.defaults import default_rules
from dacheng.store.actions.rules import set_rule


def ask(company, name="expected_day"):
    kind = next(one for one in default_rules()[0] if one.name == ASKED_FROM[name])
    set_rule(actor=company.actor("ops"), at=company.AT, kind=kind, value=2, reason="阶段标准", on=company.START)


def fields(company, **typed):
    version = company.record("deals", "D1").version
    return {"stage": company.uid("stages", "offer"), "from": company.uid("stages", "lead"), "version": version} | typed


def test_the_board_asks_for_what_is_missing_and_moves_with_it(company, signed_in):
    ask(company)
    ask(company, "grade")
    client, url = signed_in("li"), f"/deals/board/move/{company.uid('deals', 'D1')}/"

    asked = client.post(url, fields(company), headers={"HX-Request": "true"})
    moved = client.post(url, fields(company, expected_day="2026-12-01", grade="A"), headers={"HX-Request": "true"})

    text = asked.content.decode()
    assert asked.status_code == 422 and "预计签约日、级别" in text
    assert 'type="date" name="expected_day"' in text and 'name="grade"' in text
    assert moved.status_code == 200
    assert company.record("deals", "D1").stage_id == company.number("stages", "offer")


def test_the_page_of_the_deal_asks_the_same_without_javascript(company, signed_in):
    ask(company)
    client, url = signed_in("li"), f"/deals/{company.uid('deals', 'D1')}/move/"

    asked = client.post(url, fields(company))
    client.post(url, fields(company, expected_day="2026-12-01"))

    assert asked.status_code == 422 and 'name="expected_day"' in asked.content.decode()
    assert company.record("deals", "D1").stage_id == company.number("stages", "offer")


def test_what_cannot_be_read_is_said_and_moves_nothing(company, signed_in):
    ask(company)
    url = f"/deals/board/move/{company.uid('deals', 'D1')}/"

    answer = signed_in("li").post(url, fields(company, expected_day="bald"), headers={"HX-Request": "true"})

    assert answer.status_code == 422 and "bald" in answer.content.decode()
    assert 'value="bald"' in answer.content.decode()  # what was typed stays, to be mended
    assert company.record("deals", "D1").stage_id == company.number("stages", "lead")
