"""Imports of contract to cash: what follows from contracts, terms and receipts; what a file may not do (R151, R188)."""

from __future__ import annotations

import pytest

from dacheng.core.staging import Batch, Staged
from dacheng.store.actions.imports import ImportRefused, commit_import, undo_import
from dacheng.store.models import RECORDS
from tests.store.company import AT, actor, facts, number, on, record
from tests.store.test_cash_actions import agreed, opened, received, signed

SHEET = "流水"


def row(relation: str, code: str, day: int | None = None, **values) -> Staged:
    """Return a row of a file; what happened on a day tells it."""
    told = values | ({"day": day} if day is not None and relation != "payment_terms" else {})
    return Staged(relation, code, told, 0 if day is None else day, sheet=SHEET, row=2)


def bring(*rows: Staged):
    return commit_import(actor=actor("ops"), at=AT, batch=Batch("erp", "资金.xlsx", "CNY", rows))


def count(*names: str) -> list[int]:
    return [RECORDS[name].objects.filter(removed=False).count() for name in names]


def contract() -> Staged:
    values = {"owner_id": "li", "customer_id": "C1", "signed_day": on(1, 5), "effective_day": on(1, 5)}
    return Staged("contracts", "H9", values | {"amount": 1_130_00, "amount_ex": 1_000_00}, on(1, 5), row=2)


def term(number: int, amount: int, due: int) -> Staged:
    return Staged("payment_terms", f"H9/{number}", {"contract_id": "H9", "amount": amount, "due_day": due}, 0, row=2)


def test_a_contract_comes_with_terms_that_receipts_pay_first_due_first(database):
    done = bring(
        contract(),
        term(1, 400_00, on(2, 1)),
        term(2, 730_00, on(1, 20)),
        row("receipts", "S1", on(1, 25), owner_id="wang", customer_id="C1", amount=900_00),
        row("receipts", "S2", on(3, 1), owner_id="wang", customer_id="C1", amount=300_00),
        row("recognitions", "Q1", on(2, 10), contract_id="H9", amount_ex=333_33),
        row("recognitions", "Q2", on(2, 20), contract_id="H9", amount_ex=666_67),
        row("write_offs", "W1", on(3, 5), term_id="H9/1", amount=0),
    )

    first, second = (record("payment_terms", f"H9/{one}") for one in (1, 2))
    assert (first.open, second.open, first.allocated, second.allocated) == (0, 0, 400_00, 730_00)
    assert (first.owner_id, first.effective_day) == (number("people", "li"), on(1, 5))
    assert done.counts["allocations"]["created"] == 4, "S1 pays 2 and part of 1, S2 the rest of 1 and is over by 70"
    over = RECORDS["allocations"].objects.get(term_id=None)
    assert (over.amount, over.owner_id, over.posted_day) == (70_00, number("people", "wang"), on(3, 1))
    held = {one["from_day"]: one["open"] for one in facts("payment_terms", "H9/1")}
    assert held == {on(1, 5): 400_00, on(1, 25): 230_00, on(3, 1): 0}
    assert record("contracts", "H9").recognised == 1_130_00, "the last recognition takes the remainder of the tax"


def test_the_same_file_again_writes_nothing_and_its_undo_leaves_nothing(database):
    rows = [
        contract(),
        term(1, 1_130_00, on(2, 1)),
        row("invoices", "F1", on(1, 6), contract_id="H9", term_id="H9/1", amount=1_130_00),
        row("receipts", "S1", on(1, 25), owner_id="li", customer_id="C1", amount=900_00),
        row("allocations", "A1", on(1, 25), receipt_id="S1", term_id="H9/1", amount=850_00, received=850_00),
    ]
    names = ("contracts", "payment_terms", "invoices", "receipts", "allocations")
    before = count(*names)
    done = bring(*rows)
    between = count(*names)
    again = bring(*rows)
    undo_import(actor=actor("ops"), at=AT, uid=done.uid)

    assert [one - was for one, was in zip(between, before, strict=True)] == [1, 1, 1, 1, 2], "50 are over"
    assert again.uid is None
    assert count(*names) == before


def test_an_invoice_without_a_contract_is_owed_by_a_term_of_its_own(database):
    bring(
        row("invoices", "F1", on(1, 6), seller_id="li", customer_id="C1", due_day=on(2, 5), amount=500_00),
        row("receipts", "S1", on(1, 25), owner_id="li", customer_id="C1", amount=200_00),
    )

    own = record("payment_terms", "F1")
    assert (own.amount, own.open, own.due_day, own.owner_id) == (500_00, 300_00, on(2, 5), number("people", "li"))
    assert record("invoices", "F1").term_id == own.pk
    assert facts("payment_terms", "F1")[0]["from_day"] == on(1, 6)


def test_receipts_of_a_file_pay_what_stands(database):
    told = signed()
    agreed(told)

    bring(row("receipts", "S1", on(1, 12), owner_id="li", customer_id="C1", amount=400_000_00))

    assert opened(told) == [0, 391_000_00, 282_500_00, 56_500_00]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([row("invoices", "F1", on(1, 6), customer_id="C1", amount=500_00)], "money/invoice-alone"),
        ([Staged("payment_terms", "T1", {"amount": 5_00, "customer_id": "C1"}, 0, row=2)], "money/term-alone"),
        (
            [
                contract(),
                term(1, 100_00, on(2, 1)),
                row("receipts", "S1", on(2, 1), owner_id="li", customer_id="C1", amount=200_00),
                row("allocations", "A1", on(2, 1), receipt_id="S1", term_id="H9/1", amount=150_00, received=150_00),
            ],
            "money/more-than-open",
        ),
        (
            [
                row("receipts", "S1", on(2, 1), owner_id="li", customer_id="C1", amount=200_00),
                row("allocations", "A1", on(2, 1), receipt_id="S1", amount=201_00, received=201_00),
            ],
            "money/more-than-received",
        ),
        (
            [contract(), term(1, 100_00, on(2, 1)), row("write_offs", "W1", on(2, 1), term_id="H9/1", amount=101_00)],
            "money/more-than-open",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_row_and_nothing_is_written(database, rows, rule):
    before = count("receipts", "payment_terms", "invoices", "contracts")

    with pytest.raises(ImportRefused) as refused:
        bring(*rows)

    assert [one.rule for one in refused.value.findings] == [rule]
    assert refused.value.findings[0].remedy.zh and refused.value.findings[0].message.en
    assert count("receipts", "payment_terms", "invoices", "contracts") == before


def test_a_posting_that_stands_is_not_changed_by_a_file(database):
    agreed(signed())
    received(100_00, code="S1")

    with pytest.raises(ImportRefused) as refused:
        bring(row("receipts", "S1", on(1, 12), owner_id="li", customer_id="C1", amount=900_00))

    assert [one.rule for one in refused.value.findings] == ["money/posted"]
    assert record("receipts", "S1").amount == 100_00


def test_a_file_moves_the_due_day_of_a_term_that_stands(database):
    told = signed()
    agreed(told)
    code = next(iter(RECORDS["payment_terms"].objects.order_by("pk"))).code

    bring(Staged("payment_terms", code, {"amount": 339_000_00, "due_day": on(5, 1)}, on(3, 1), row=2))

    assert (record("payment_terms", code).due_day, opened(told)[0]) == (on(5, 1), 339_000_00)


def test_what_is_allocated_later_stands_against_nothing_until_then(database):
    rows = [
        contract(),
        term(1, 1_130_00, on(2, 1)),
        row("receipts", "S1", on(1, 25), owner_id="li", customer_id="C1", amount=900_00),
        row("allocations", "A1", on(2, 20), receipt_id="S1", term_id="H9/1", amount=850_00, received=850_00),
    ]

    bring(*rows)

    posted = sorted((one.posted_day, one.received) for one in RECORDS["allocations"].objects.all())
    assert posted == [(on(1, 25), 900_00), (on(2, 20), -850_00), (on(2, 20), 850_00)]


def test_a_receipt_of_before_its_contract_is_an_advance_until_the_contract_is_in_force(database):
    bring(
        contract(),
        term(1, 1_130_00, on(2, 1)),
        row("receipts", "S1", on(1, 2), owner_id="li", customer_id="C1", amount=900_00),
    )

    posted = sorted((one.posted_day, one.received) for one in RECORDS["allocations"].objects.all())
    assert posted == [(on(1, 2), 900_00), (on(1, 5), -900_00), (on(1, 5), 900_00)]


def test_a_file_allocates_of_a_receipt_that_stands_what_is_left_of_it_and_no_more(database):
    bring(row("receipts", "S1", on(1, 25), owner_id="li", amount=900_00))
    later = [contract(), term(1, 1_130_00, on(2, 1))]
    part = {"receipt_id": "S1", "term_id": "H9/1"}

    bring(*later, row("allocations", "A1", on(2, 20), **part, amount=850_00, received=850_00))
    with pytest.raises(ImportRefused) as refused:
        bring(row("allocations", "A2", on(2, 21), **part, amount=60_00, received=60_00))

    assert [one.rule for one in refused.value.findings] == ["money/more-than-received"]
    assert sum(one.received for one in RECORDS["allocations"].objects.all()) == 900_00
    assert record("payment_terms", "H9/1").open == 280_00


def test_nothing_is_recognised_by_a_file_of_a_contract_that_is_no_order_yet(database):
    bring(contract())
    RECORDS["contracts"].objects.filter(code="H9").update(intake=2)

    with pytest.raises(ImportRefused) as refused:
        bring(row("recognitions", "Q1", on(2, 10), contract_id="H9", amount_ex=333_33))

    assert [one.rule for one in refused.value.findings] == ["money/no-order"]
