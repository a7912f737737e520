"""Terms, receipts, invoices, recognition and write-offs: what is open follows every posting (R150, R151, ADR 0015)."""

from __future__ import annotations

import pytest

import dacheng.core.reports  # noqa: F401  fills the registry
from dacheng.core.errors import NotAllowed, NotFound, RuleError
from dacheng.core.report import REPORTS
from dacheng.service.books import open_database
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.invoices import record_invoice
from dacheng.store.actions.receipts import allocate, record_receipt
from dacheng.store.actions.recognitions import record_recognition, write_off
from dacheng.store.actions.terms import edit_term, set_terms, terms_of
from dacheng.store.standing import standing_uid
from tests.store.company import AT, actor, on, uid

ADVANCE, DELIVERY, ACCEPTANCE, RETENTION = 1, 2, 4, 5
RED, REFUND, BILL = 2, 4, 2
USD = 840


def signed(amount: int = 1_130_000_00, amount_ex: int | None = 1_000_000_00, day=(1, 5), **values):
    given = {"signed_day": on(*day), "effective_day": on(*day), "owner_id": uid("people", "li")}
    given |= {"customer_id": uid("customers", "C1")} | values
    return record_contract(actor=actor("ops"), at=AT, values=given, lines=[Line(amount, amount_ex=amount_ex)]).uid


def agreed(contract, who: str = "ops"):
    terms = [
        {"name": "签约预付30%", "kind": ADVANCE, "share_bp": 3000, "due_day": on(1, 10)},
        {"name": "到货40%", "kind": DELIVERY, "share_bp": 4000, "due_day": on(4, 10)},
        {"name": "终验25%", "kind": ACCEPTANCE, "share_bp": 2500, "due_day": on(6, 1)},
        {"name": "质保5%", "kind": RETENTION, "share_bp": 500, "falls_due": 4, "days_after": 365},
    ]
    return set_terms(actor=actor(who), at=AT, contract=contract, terms=terms)


def received(amount: int, day=(1, 12), who: str = "fin", parts=None, **values):
    given = {"amount": amount, "day": on(*day), "customer_id": uid("customers", "C1")} | values
    return record_receipt(actor=actor(who), at=AT, values=given, parts=parts).uid


def shown(report: str, who: str = "ops", **params):
    return REPORTS[report].run(open_database(actor(who), at=AT), **params)


def terms(contract):
    return list(terms_of([standing_uid("contracts", contract).record_id]).values())


def opened(contract) -> list[int]:
    return [one.row["open"] for one in terms(contract)]


def test_shares_become_amounts_that_add_up_and_what_waits_has_no_due_day(database):
    contract = signed()

    agreed(contract)

    assert [one.row["amount"] for one in terms(contract)] == [339_000_00, 452_000_00, 282_500_00, 56_500_00]
    assert [one.row["due_day"] for one in terms(contract)][-1] is None
    assert {one.row["owner_id"] for one in terms(contract)} == {standing_uid("contracts", contract).row["owner_id"]}


def test_a_receipt_pays_what_is_due_first_and_the_table_shows_it_on_every_day(database):
    contract = signed()
    agreed(contract)

    received(700_000_00)

    assert opened(contract) == [0, 91_000_00, 282_500_00, 56_500_00]
    table = shown("tables/receivable")
    assert table.totals["open"] == 430_000_00
    before = REPORTS["tables/receivable"].run(open_database(actor("ops"), at=AT).at(on(1, 11)))
    assert before.totals["open"] == 1_130_000_00


def test_what_no_term_takes_stays_unallocated_and_is_allocated_later(database):
    first = signed(100_00, 100_00)
    set_terms(actor=actor("ops"), at=AT, contract=first, terms=[{"amount": 100_00, "due_day": on(2, 1)}])
    receipt = received(150_00)
    notes = {note.code: note for note in shown("tables/receivable").notes}
    assert notes["unallocated"].amounts == (50_00,)
    second = signed(80_00, 80_00)
    set_terms(actor=actor("ops"), at=AT, contract=second, terms=[{"amount": 80_00, "due_day": on(3, 1)}])

    allocate(actor=actor("fin"), at=AT, receipt=receipt)

    assert opened(second) == [30_00]
    rows = shown("receivable/allocations")
    assert rows.totals["received"] == 150_00
    assert "unallocated" not in {note.code for note in shown("tables/receivable").notes}


def test_a_part_is_given_back_to_the_receipt_and_goes_elsewhere(database):
    contract = signed(200_00, 200_00)
    given = [{"amount": 100_00, "due_day": on(2, 1)}, {"amount": 100_00, "due_day": on(3, 1)}]
    set_terms(actor=actor("ops"), at=AT, contract=contract, terms=given)
    receipt = received(100_00)
    first, second = terms(contract)

    allocate(actor=actor("fin"), at=AT, receipt=receipt, parts={first.uid: -40_00, second.uid: 40_00})

    assert opened(contract) == [40_00, 60_00]
    with pytest.raises(RuleError, match="最多可退"):
        allocate(actor=actor("fin"), at=AT, receipt=receipt, parts={first.uid: -70_00})
    with pytest.raises(RuleError, match="收款只剩"):
        allocate(actor=actor("fin"), at=AT, receipt=receipt, parts={first.uid: 10_00})


def test_one_receipt_pays_many_contracts_by_hand_and_never_more_than_is_open(database):
    one, two = signed(100_00, 100_00), signed(100_00, 100_00)
    for contract in (one, two):
        set_terms(actor=actor("ops"), at=AT, contract=contract, terms=[{"amount": 100_00, "due_day": on(2, 1)}])
    (first,), (second,) = terms(one), terms(two)

    received(120_00, parts={first.uid: 50_00, second.uid: 60_00})

    assert (opened(one), opened(two)) == ([50_00], [40_00])
    with pytest.raises(RuleError, match="最多可收"):
        received(100_00, parts={first.uid: 60_00})
    with pytest.raises(RuleError, match="超过收款"):
        received(10_00, parts={first.uid: 20_00})


def test_a_refund_takes_back_what_was_paid_last(database):
    contract = signed(200_00, 200_00)
    given = [{"amount": 100_00, "due_day": on(2, 1)}, {"amount": 100_00, "due_day": on(3, 1)}]
    set_terms(actor=actor("ops"), at=AT, contract=contract, terms=given)
    received(150_00)

    received(-70_00, day=(4, 1), kind=REFUND)

    assert opened(contract) == [20_00, 100_00]


def test_an_acceptance_bill_pays_when_it_matures(database):
    contract = signed(100_00, 100_00)
    set_terms(actor=actor("ops"), at=AT, contract=contract, terms=[{"amount": 100_00, "due_day": on(2, 1)}])

    received(100_00, day=(5, 1), kind=BILL, maturity_day=on(11, 1))

    assert shown("tables/receivable").totals["open"] == 100_00
    assert shown("receivable/receipts").totals["amount"] == 0
    later = REPORTS["tables/receivable"].run(open_database(actor("ops"), at=AT).at(on(11, 1)))
    assert later.totals["open"] == 0


def test_a_dollar_pays_at_the_booked_rate_and_the_difference_stands_apart(database):
    contract = signed(710_000_00, 710_000_00, currency=USD, foreign_amount=100_000_00)
    set_terms(actor=actor("ops"), at=AT, contract=contract, terms=[{"amount": 710_000_00, "due_day": on(2, 1)}])

    received(705_000_00, currency=USD, foreign_amount=100_000_00)

    rows = shown("receivable/allocations")
    assert (opened(contract), rows.totals) == ([0], {"amount": 710_000_00, "received": 705_000_00})


def test_dollars_close_terms_of_the_own_currency_to_the_cent(database):
    contract = signed(1_236_000_00, 1_100_000_00)
    agreed(contract)
    received(300_000_00)

    receipt = received(71_000_00, currency=USD, foreign_amount=10_000_00)

    rows = shown("receivable/allocations", receipt=standing_uid("receipts", receipt).record_id)
    assert opened(contract)[:2] == [0, 494_200_00]
    assert rows.totals == {"amount": 71_000_00, "received": 71_000_00}


def test_recognition_keeps_to_the_contract_and_what_is_over_is_an_error_line(database):
    contract = signed()
    record_recognition(
        actor=actor("fin"), at=AT, values={"contract_id": contract, "day": on(5, 31), "amount_ex": 600_000_00}
    )
    table = shown("tables/unrecognised")
    assert (table.totals["unrecognised_ex"], table.totals["unrecognised"]) == (400_000_00, 452_000_00)

    record_recognition(
        actor=actor("fin"), at=AT, values={"contract_id": contract, "day": on(6, 1), "amount_ex": 500_000_00}
    )

    table = shown("tables/unrecognised")
    assert (table.totals["unrecognised_ex"], table.totals["over_ex"]) == (0, 100_000_00)
    assert "over" in {note.code for note in table.notes}
    with pytest.raises(RuleError, match="不能冲回"):
        record_recognition(
            actor=actor("fin"), at=AT, values={"contract_id": contract, "day": on(6, 2), "amount_ex": -2_000_000_00}
        )


def test_a_contract_without_an_amount_before_tax_is_told_and_recognises_nothing(database):
    contract = signed(100_00, None)

    assert "without-tax" in {note.code for note in shown("tables/unrecognised").notes}
    with pytest.raises(RuleError, match="没有不含税金额"):
        record_recognition(
            actor=actor("fin"), at=AT, values={"contract_id": contract, "day": on(6, 1), "amount_ex": 10_00}
        )


def test_what_changes_a_contract_changes_what_is_unrecognised_and_a_cancellation_takes_it_out(database):
    contract = signed()
    signed(-1_130_000_00, -1_000_000_00, day=(6, 1), kind=6, amends_id=contract)

    assert shown("tables/unrecognised").totals["unrecognised_ex"] == 0
    rolled = shown("contracts/rollforward")
    assert dict(zip(rolled.values["line"].tolist(), rolled.values["amount"].tolist(), strict=True))[4] == -1_130_000_00
    assert rolled.notes == ()


def test_write_offs_lower_what_is_open_and_recover(database):
    contract = signed(100_00, 100_00)
    set_terms(actor=actor("ops"), at=AT, contract=contract, terms=[{"amount": 100_00, "due_day": on(2, 1)}])
    (term,) = terms(contract)
    values = {"term_id": term.uid, "day": on(6, 1), "name": "客户破产"}

    write_off(actor=actor("fin"), at=AT, values=values | {"amount": 60_00})
    assert opened(contract) == [40_00]
    write_off(actor=actor("fin"), at=AT, values=values | {"amount": -10_00, "name": "清算收回"})

    assert opened(contract) == [50_00]
    with pytest.raises(RuleError, match="可核销的是"):
        write_off(actor=actor("fin"), at=AT, values=values | {"amount": 60_00})
    with pytest.raises(RuleError, match="要写原因"):
        write_off(actor=actor("fin"), at=AT, values=values | {"amount": 10_00, "name": ""})


def test_an_invoice_without_a_contract_is_owed_by_itself_and_a_credit_note_lowers_it(database):
    values = {"code": "FP-9", "customer_id": uid("customers", "C1"), "day": on(3, 1), "amount": 94_00}
    values |= {"seller_id": uid("people", "li"), "due_day": on(4, 1)}
    invoice = record_invoice(actor=actor("fin"), at=AT, values=values).uid
    assert shown("tables/receivable").totals["open"] == 94_00

    note = {"code": "FP-10", "day": on(5, 1), "amount": -14_00, "kind": RED, "reverses_id": invoice}
    record_invoice(actor=actor("fin"), at=AT, values=note)

    assert shown("tables/receivable").totals["open"] == 80_00
    with pytest.raises(RuleError, match="还可冲红 80"):
        record_invoice(actor=actor("fin"), at=AT, values=note | {"code": "FP-11", "amount": -81_00})


def test_terms_come_to_no_more_than_the_contract_and_paid_ones_stay(database):
    contract = signed(100_00, 100_00)
    with pytest.raises(RuleError, match="超过合同额"):
        set_terms(actor=actor("ops"), at=AT, contract=contract, terms=[{"amount": 101_00, "due_day": on(2, 1)}])
    set_terms(actor=actor("ops"), at=AT, contract=contract, terms=[{"amount": 100_00, "due_day": on(2, 1)}])
    received(50_00)
    code = terms(contract)[0].row["code"]

    with pytest.raises(RuleError, match="已收"):
        set_terms(actor=actor("ops"), at=AT, contract=contract, terms=[{"code": code, "amount": 40_00}])
    set_terms(actor=actor("ops"), at=AT, contract=contract, terms=[{"code": code, "amount": 60_00}, {"amount": 40_00}])

    assert opened(contract) == [10_00, 40_00]


def test_one_term_is_followed_up_by_itself_but_its_amount_is_not_changed(database):
    contract = signed()
    agreed(contract)
    term = terms(contract)[1]

    edit_term(
        actor=actor("li"),
        at=AT,
        uid=term.uid,
        values={"expected_day": on(7, 1), "chance_bp": 8000, "reason": 1},
        version=None,
    )

    assert terms(contract)[1].row["chance_bp"] == 8000
    with pytest.raises(RuleError, match="不能单独改"):
        edit_term(actor=actor("li"), at=AT, uid=term.uid, values={"amount": 1}, version=None)


def test_who_may_post_and_who_sees(database):
    contract = signed()
    agreed(contract, "li")
    with pytest.raises(NotAllowed):
        received(100_00, who="li")
    with pytest.raises(NotAllowed):
        write_off(actor=actor("ops"), at=AT, values={"term_id": terms(contract)[0].uid, "amount": 1, "name": "x"})
    with pytest.raises(NotFound):
        set_terms(actor=actor("zhao"), at=AT, contract=contract, terms=[])
    assert len(shown("tables/receivable", "zhao")) == 0
    assert len(shown("tables/receivable", "li")) == len(shown("tables/receivable", "east")) == 4


def test_the_rollforward_meets_for_a_unit_over_every_kind_of_posting(database):
    contract = signed()
    agreed(contract)
    received(400_00, day=(1, 12))
    record_recognition(
        actor=actor("fin"), at=AT, values={"contract_id": contract, "day": on(5, 31), "amount_ex": 600_000_00}
    )
    write_off(
        actor=actor("fin"),
        at=AT,
        values={"term_id": terms(contract)[0].uid, "day": on(6, 1), "amount": 5_00, "name": "尾差"},
    )

    for who in ("ops", "east", "li"):
        for tax in ("incl", "excl"):
            assert shown("contracts/rollforward", who, tax=tax).notes == ()
