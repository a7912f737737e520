"""Dunning steps and promises: where they stand, what is refused, what follows from postings (R151, ADR 0015)."""

from __future__ import annotations

import pytest

from dacheng.core.errors import NotAllowed, NotFound, RuleError
from dacheng.store.actions.contracts import edit_contract
from dacheng.store.actions.dunning import record_promise, record_step
from dacheng.store.standing import standing
from tests.store.company import AT, actor, on, record, uid
from tests.store.test_cash_actions import agreed, received, shown, signed, terms


@pytest.fixture
def term(database):
    """Agree the terms of a contract of 李雷; return the first, due on 10 January, of which 339,000 is open."""
    contract = signed()
    agreed(contract)
    return terms(contract)[0]


def stepped(term, who="li", **values):
    return record_step(actor=actor(who), at=AT, values={"term_id": term.uid} | values)


def promised(term, who="li", **values):
    return record_promise(actor=actor(who), at=AT, values={"term_id": term.uid, "promised_day": on(6, 25)} | values)


def row(report, name, **params):
    """Return a column of a report's rows."""
    return shown(report, **params).values[name].tolist()


def test_a_step_is_of_today_and_takes_the_term_off_the_list_for_a_week(term):
    before = row("dunning/list", "term_id")
    stepped(term, name="财务说月底付")

    assert term.record_id in before
    assert term.record_id not in row("dunning/list", "term_id")
    every = shown("dunning/list", when="all")
    at = every.values["term_id"].tolist().index(term.record_id)
    assert every.values["next_day"][at] == on(6, 22)
    assert row("dunning/steps", "person_id") == [record("people", "li").pk]


def test_a_promise_waits_until_its_day_is_over_and_is_kept_by_what_comes(term):
    promised(term, amount=300_000_00)
    assert row("dunning/promises", "state") == [1]

    received(200_000_00, day=(6, 14))
    assert row("dunning/promises", "kept") == [0], "it came before the promise"
    received(120_000_00, day=(6, 15))

    assert shown("dunning/promises").totals == {"amount": 300_000_00, "kept": 120_000_00}


def test_without_an_amount_all_that_is_open_is_promised(term):
    promised(term)

    assert shown("dunning/promises").totals["amount"] == 339_000_00


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"amount": 339_000_01}, "当天未收 339"),
        ({"amount": -1}, "当天未收"),
        ({"promised_day": on(6, 14)}, "早于承诺日"),
        ({"day": on(6, 16)}, "还没有到"),
        ({"day": on(1, 2)}, "没有未收的款"),
        ({"promised_day": None}, "不能是"),
    ],
)
def test_what_cannot_be_promised_is_refused_with_the_way_out(term, values, words):
    with pytest.raises(RuleError, match=words):
        promised(term, **values)
    assert shown("dunning/promises").count == 0


def test_nothing_is_dunned_of_what_is_collected(term):
    received(339_000_00)

    with pytest.raises(RuleError, match="没有未收的款"):
        stepped(term)


def test_who_does_not_see_the_term_records_nothing_and_who_only_sees_it_neither(term):
    with pytest.raises(NotFound):
        stepped(term, "zhao")
    with pytest.raises(NotAllowed):
        stepped(term, "boss")
    assert shown("dunning/steps", "zhao").count == 0


def test_steps_and_promises_move_with_their_contract(term):
    stepped(term)
    promised(term)
    contract = standing("contracts", [term.row["contract_id"]])[term.row["contract_id"]]

    edit_contract(actor=actor("ops"), at=AT, uid=contract.uid, values={"owner_id": uid("people", "zhao")}, version=None)

    assert row("dunning/steps", "owner_id") == row("dunning/promises", "owner_id") == [record("people", "zhao").pk]
    assert shown("dunning/steps", "li").count == 0
