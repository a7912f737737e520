"""What contracts, revenue and receivables do at their edges, one by one (catalogue §6; R016, R150, R151, R222)."""

from __future__ import annotations

import pytest

from dacheng.core.errors import RuleError
from dacheng.core.period import date_of, parse_period
from dacheng.core.report import REPORTS
from dacheng.service.books import open_database
from dacheng.service.rule_history import rule_named
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.invoices import record_invoice
from dacheng.store.actions.receipts import record_receipt
from dacheng.store.actions.recognitions import record_recognition
from dacheng.store.actions.rules import set_rule
from dacheng.store.actions.terms import set_terms
from dacheng.store.standing import standing_uid
from tests.store.company import AT, actor, facts, number, on, uid
from tests.store.test_cash_actions import BILL, REFUND, agreed, opened, received, shown, signed, terms

AMENDMENT, CREDIT, CANCELLATION, BOUNCED = 4, 5, 6, 5


def recognised(contract, amount_ex: int, day=(5, 31)):
    values = {"contract_id": contract, "day": on(*day), "amount_ex": amount_ex}
    record_recognition(actor=actor("fin"), at=AT, values=values)


def one_term(contract, amount: int, due=(2, 1), **values):
    set_terms(actor=actor("ops"), at=AT, contract=contract, terms=[{"amount": amount, "due_day": on(*due)} | values])
    return terms(contract)[0]


def at_day(report: str, *day: int, **params):
    return REPORTS[report].run(open_database(actor("ops"), at=AT).at(on(*day)), **params)


def unrecognised():
    table = shown("tables/unrecognised")
    return table.totals["unrecognised_ex"], table.totals["over_ex"]


def lines_of(*lines: Line, **values):
    given = {"signed_day": on(1, 5), "effective_day": on(1, 5), "owner_id": uid("people", "li")} | values
    return record_contract(actor=actor("ops"), at=AT, values=given, lines=lines).uid


# Contracts ---------------------------------------------------------------------------------------


def test_an_amendment_up_and_one_down_move_what_is_unrecognised_on_their_own_days(database):
    contract = signed()
    signed(113_000_00, 100_000_00, day=(3, 1), kind=AMENDMENT, amends_id=contract)
    signed(-226_000_00, -200_000_00, day=(5, 1), kind=AMENDMENT, amends_id=contract)

    days = [at_day("tables/unrecognised", *day).totals["unrecognised_ex"] for day in ((2, 28), (3, 1), (5, 1))]
    assert days == [1_000_000_00, 1_100_000_00, 900_000_00]


def test_a_contract_amended_to_zero_leaves_nothing_and_stays_told(database):
    contract = signed()
    signed(-1_130_000_00, -1_000_000_00, day=(5, 1), kind=AMENDMENT, amends_id=contract)

    assert unrecognised() == (0, 0)
    with pytest.raises(RuleError, match="合同的不含税金额是 0"):
        recognised(contract, 1_00)
    assert shown("deals/contracts").count == 2


def test_what_is_taken_off_after_full_recognition_is_an_error_line_until_revenue_is_taken_back(database):
    contract = signed()
    recognised(contract, 1_000_000_00)
    signed(-113_000_00, -100_000_00, day=(6, 10), kind=AMENDMENT, amends_id=contract)

    assert unrecognised() == (0, 100_000_00)
    recognised(contract, -100_000_00, day=(6, 11))
    assert unrecognised() == (0, 0)
    assert standing_uid("contracts", contract).row["recognised"] == 1_017_000_00


def test_a_credit_above_the_contract_is_a_negative_rest_and_every_identity_still_meets(database):
    contract = signed(113_00, 100_00)
    signed(-169_50, -150_00, day=(5, 1), kind=CREDIT, amends_id=contract)

    assert unrecognised() == (-50_00, 0)
    assert shown("contracts/rollforward").notes == ()


def test_a_cancelled_contract_takes_the_whole_backlog_out_and_keeps_what_was_recognised(database):
    contract = signed()
    recognised(contract, 300_000_00)
    signed(-791_000_00, -700_000_00, day=(6, 1), kind=CANCELLATION, amends_id=contract)

    assert unrecognised() == (0, 0)
    rolled = shown("contracts/rollforward")
    lines = dict(zip(rolled.values["line"].tolist(), rolled.values["amount"].tolist(), strict=True))
    assert (lines[4], lines[5], lines[6]) == (-791_000_00, -339_000_00, 0)


def test_signed_in_december_and_effective_in_january_counts_in_january(database):
    late = signed(day=(1, 3), signed_day=on(1, 1) - 1)

    assert date_of(standing_uid("contracts", late).row["signed_day"]).year == 2025
    assert at_day("tables/unrecognised", 1, 2).count == 0
    assert at_day("tables/unrecognised", 1, 3).totals["unrecognised_ex"] == 1_000_000_00
    assert shown("deals/contracts", period=parse_period("2026-01")).count == 1


def test_a_back_dated_signing_day_does_not_move_when_the_contract_counts(database):
    contract = signed(day=(6, 1), signed_day=on(2, 1))

    assert standing_uid("contracts", contract).row["posted_day"] == on(6, 1)
    assert at_day("tables/unrecognised", 5, 31).count == 0


# Tax and margin ----------------------------------------------------------------------------------


def test_lines_of_several_rates_and_a_change_of_the_rate_add_up_to_the_cent(database):
    contract = lines_of(Line(113_00, tax_bp=1300), Line(106_00, tax_bp=600))
    lines_of(Line(109_00, tax_bp=900), kind=AMENDMENT, amends_id=contract, effective_day=on(5, 1))

    assert [standing_uid("contracts", contract).row[name] for name in ("amount", "amount_ex")] == [219_00, 200_00]
    for part in (99_99, 100_01, 100_00):
        recognised(contract, part)
    done = standing_uid("contracts", contract).row
    assert (done["recognised"], done["recognised_ex"]) == (328_00, 300_00)
    assert unrecognised() == (0, 0)


def test_a_tax_free_export_is_the_same_with_and_without_tax(database):
    contract = lines_of(Line(88_00, tax_bp=0))

    row = standing_uid("contracts", contract).row
    assert (row["amount"], row["amount_ex"]) == (88_00, 88_00)


@pytest.mark.parametrize("amount", [1, 99, 100_01, 10_000_03, 999_999_99])
def test_amount_without_tax_and_tax_are_the_amount(sqlite_database, amount):
    row = standing_uid("contracts", lines_of(Line(amount, tax_bp=1300))).row

    assert abs(row["amount_ex"] * 113 - amount * 100) * 2 <= 113, "rounded once, to the nearest cent"


def test_a_loss_is_a_negative_margin_and_a_missing_cost_is_no_margin(database):
    lines_of(Line(113_00, tax_bp=1300, cost=120_00), code="LOSS")
    lines_of(Line(113_00, tax_bp=1300), code="OPEN")

    done = shown("targets/done", period=parse_period("2026"), measure=number("measures", "margin"))
    amounts = {done.cell("contract_id", at): done.cell("amount", at) for at in range(len(done))}
    assert amounts == {number("contracts", "LOSS"): -20_00, number("contracts", "OPEN"): None}
    with pytest.raises(RuleError, match="成本"):
        lines_of(Line(113_00, tax_bp=1300, cost=-1))


# Terms and what is due ---------------------------------------------------------------------------


def test_a_retention_of_years_to_come_is_open_and_neither_due_nor_overdue(database):
    contract = signed()
    one_term(contract, 56_500_00, due=(1, 5, 2028), name="质保5%")

    assert shown("tables/receivable", state="not-due").totals["open"] == 56_500_00
    assert shown("tables/receivable", state="due").totals["open"] == 0


def test_what_falls_due_on_a_weekend_is_due_that_day_and_overdue_on_the_next(database):
    contract = signed(100_00, 100_00)
    one_term(contract, 100_00, due=(6, 13))
    assert date_of(on(6, 13)).isoweekday() == 6

    assert at_day("tables/receivable", 6, 13, state="today").totals["open"] == 100_00
    assert at_day("tables/receivable", 6, 14).values["days"].tolist() == [1]


def test_an_invoice_before_recognition_owes_nothing_by_itself(database):
    contract = signed(113_00, 100_00)
    one_term(contract, 113_00, due=(6, 30))
    values = {"code": "F1", "contract_id": contract, "day": on(3, 1), "amount": 113_00}
    record_invoice(actor=actor("fin"), at=AT, values=values)

    assert shown("tables/receivable").totals["open"] == 113_00
    assert shown("tables/receivable", state="due").totals["open"] == 0
    assert unrecognised() == (100_00, 0)


# Receipts ----------------------------------------------------------------------------------------


def test_an_advance_before_its_contract_is_unallocated_until_the_contract_is_in_force(database):
    contract = signed(113_00, 100_00, day=(3, 1))
    one_term(contract, 113_00, due=(3, 10))

    received(50_00, day=(2, 10))

    notes = {note.code: note for note in at_day("tables/receivable", 2, 15).notes}
    assert notes["unallocated"].amounts == (50_00,)
    assert at_day("tables/receivable", 3, 1).totals["open"] == 63_00
    assert "unallocated" not in {note.code for note in at_day("tables/receivable", 3, 1).notes}


def test_somebody_else_may_pay_and_an_account_may_pay_for_another_by_hand(database):
    contract = signed(100_00, 100_00)
    term = one_term(contract, 100_00)

    received(30_00, payer="华能财务公司")
    received(40_00, customer_id=uid("customers", "C2"), parts={term.uid: 40_00})

    assert opened(contract) == [30_00]
    rows = shown("receivable/allocations")
    assert set(rows.values["customer_id"].tolist()) == {term.row["customer_id"]}, "it is the debt of who owes it"


def test_a_bill_that_bounces_is_owed_again_from_that_day(database):
    contract = signed(100_00, 100_00)
    one_term(contract, 100_00)
    bill = received(100_00, day=(2, 1), kind=BILL, maturity_day=on(5, 1))

    received(-100_00, day=(5, 6), kind=BOUNCED, reverses_id=bill)

    days = [at_day("tables/receivable", *day).totals["open"] for day in ((4, 30), (5, 1), (5, 5), (5, 6))]
    assert days == [100_00, 0, 0, 100_00]
    assert shown("contracts/rollforward").notes == ()


def test_by_rule_a_bill_is_cash_when_it_comes(database):
    set_rule(
        actor=actor("ops"),
        at=AT,
        kind=rule_named("cash.bills"),
        value="receipt",
        reason="按收到日",
        on=on(1, 1),
    )
    contract = signed(100_00, 100_00)
    one_term(contract, 100_00)

    received(100_00, day=(5, 1), kind=BILL, maturity_day=on(11, 1))

    assert shown("tables/receivable").totals["open"] == 0


def test_a_refund_of_what_was_never_set_against_anything_takes_that_back_first(database):
    received(50_00, owner_id=uid("people", "li"))
    record_receipt(
        actor=actor("fin"),
        at=AT,
        values={
            "amount": -50_00,
            "day": on(3, 1),
            "customer_id": uid("customers", "C1"),
            "owner_id": uid("people", "li"),
            "kind": REFUND,
        },
    )

    assert "unallocated" not in {note.code for note in shown("tables/receivable").notes}
    assert shown("contracts/rollforward").notes == ()


def test_revenue_taken_back_is_unrecognised_again_with_its_tax(database):
    contract = signed()
    agreed(contract)
    recognised(contract, 600_000_00)
    recognised(contract, -200_000_00, day=(6, 2))

    table = shown("tables/unrecognised")
    assert (table.totals["unrecognised_ex"], table.totals["unrecognised"]) == (600_000_00, 678_000_00)
    assert facts("contracts", standing_uid("contracts", contract).row["code"])[-1]["recognised"] == 452_000_00
