"""Invoices (发票): of a contract's term, or without a contract, which makes a term of its own (R151, ADR 0015)."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.cash.schema import INVOICES, RED
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import to_decimal
from dacheng.core.period import FAR_DAY
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, refuse_taken, saved, typed
from dacheng.store.bulk import select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.posting import base_contract, place_of, posted, seen
from dacheng.store.saving import Edit, New, change, create
from dacheng.store.settling import recount_terms
from dacheng.store.standing import Columns, Standing, record_table, standing, standing_uid


def record_invoice(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Record an invoice or a credit note.

    One of a contract may name the term it bills, and moves no receivable: the terms do. One without a contract is
    owed by itself: it makes a payment term with its due day. A credit note lowers what the invoice it credits made.

    Args:
        values: columns; contract, account, term, whose it is and what it credits as public ids. Whose it is and when
            it is due are told of one without a contract only.

    Raises:
        NotFound: the actor does not see what it names. NotAllowed: he may not post for it.
        RuleError: a credit note is not below zero or is more than its invoice, an invoice without a contract names no
            account, owner or due day, or a value is missing or not possible.
    """
    with writing(actor, at, "invoice.recorded") as entry:
        rights = rights_of(entry)
        columns = typed(rights, "invoices", values)
        day = posted(entry, columns.get("day"), INVOICES.label)
        columns["posted_day"] = day
        credited = _credited(rights, columns, values)
        if credited is not None:
            columns |= {name: credited.row[name] for name in ("contract_id", "customer_id", "term_id", *PLACED)}
            rights.require_on("cash.record", "invoices", credited)
        elif columns.get("contract_id"):
            contract = base_contract(rights, values["contract_id"])
            rights.require_on("cash.record", "contracts", contract)
            columns |= place_of(contract) | {"customer_id": contract.row["customer_id"]}
            _check_term(rights, columns, values)
        else:
            columns |= _alone(rights, columns, day)
        code = str(columns.get("code") or "")
        if credited is None and not columns.get("contract_id"):
            columns["term_id"] = _own_term(entry, columns, code, day)
        made = add(entry, "invoices", columns, day, prefix="FP")
        if credited is not None:
            _lower(entry, credited, columns, day)
        return saved(standing_uid("invoices", made.uid))


PLACED = ("owner_id", "effective_day")


def _credited(rights: Rights, columns: Columns, values: FROM_OUTSIDE) -> Standing | None:
    """Return the invoice that a credit note credits."""
    amount, red = int(columns.get("amount") or 0), columns.get("kind") == RED
    if red != (amount < 0):
        raise RuleError(
            Text("红字发票金额为负，蓝字为正。", "A credit note is below zero, an invoice above."),
            Text("改金额的正负，或改红蓝。", "Change the sign or the kind."),
        )
    if not columns.get("reverses_id"):
        return None
    invoice = seen(rights, "invoices", values["reverses_id"])
    credited = [("reverses_id = %s", invoice.record_id), ("NOT removed", None)]
    left = int(invoice.row["amount"]) + sum(
        row[0] for row in select_rows(record_table("invoices"), ["amount"], credited)
    )
    if not red or -amount > left:
        told = to_decimal(left)
        raise RuleError(
            Text(f"发票 {invoice.row['code']} 还可冲红 {told}。", f"{told} of {invoice.row['code']} can be credited."),
            Text("改小红字金额。", "Credit less."),
        )
    return invoice


def _check_term(rights: Rights, columns: Columns, values: FROM_OUTSIDE) -> None:
    if columns.get("term_id"):
        term = seen(rights, "payment_terms", values["term_id"])
        if term.row["contract_id"] != columns["contract_id"]:
            raise RuleError(
                Text(f"付款条件 {term.row['code']} 不是这份合同的。", f"{term.row['code']} is of another contract."),
                Text("选这份合同的付款条件。", "Choose a term of the contract."),
            )


def _alone(rights: Rights, columns: Columns, day: int) -> Columns:
    """Return where an invoice without a contract stands."""
    if any(columns.get(name) in (None, "") for name in ("customer_id", "seller_id", "due_day", "code")):
        raise RuleError(
            Text(
                "没有合同的发票要有发票号、客户、负责人和应收日。",
                "Number, account, owner or due day is missing.",
            ),
            Text("补上它们，或选一份合同。", "Enter them, or choose a contract."),
        )
    rights.require("cash.record", owner_id=columns["seller_id"])
    return {"owner_id": columns["seller_id"], "effective_day": day}


def _own_term(entry: Entry, columns: Columns, code: str, day: int) -> int:
    """Make the term by which an invoice without a contract is owed."""
    refuse_taken(RELATIONS["payment_terms"], {"code": code})
    told = {name: columns.get(name) for name in ("customer_id", "amount", "due_day", *PLACED)}
    term = told | {"code": code, "name": columns.get("name") or "", "disputed": 0}
    (made,) = create(entry, "payment_terms", [New(term, day)])
    return made.record_id


def _lower(entry: Entry, invoice: Standing, note: Columns, day: int) -> None:
    """Let what an invoice without a contract made owed be less by its credit note."""
    if invoice.row["contract_id"] or not invoice.row["term_id"]:
        return
    term = standing("payment_terms", [invoice.row["term_id"]])[invoice.row["term_id"]]
    amount = int(term.row["amount"]) + int(note["amount"])
    edit = Edit(term.record_id, {"amount": amount}, max(day, term.first_day), FAR_DAY)
    change(entry, "payment_terms", [edit], {term.record_id: term})
    recount_terms(entry, [term.record_id])
