"""Revenue recognition (确收) and write-offs (坏账核销): posted by finance (R150, R151)."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.cash.schema import PAYMENT_TERMS, WRITE_OFFS
from dacheng.core.contracts.posting import no_order
from dacheng.core.contracts.schema import CONTRACTS, COUNTED
from dacheng.core.delivery.recognising import Both, with_tax
from dacheng.core.delivery.schema import RECOGNITIONS
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import to_decimal
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, saved, typed
from dacheng.store.history import Entry, writing
from dacheng.store.posting import add_up, base_contract, family, place_of, posted, seen
from dacheng.store.settling import recount_contracts, recount_terms
from dacheng.store.standing import Standing, standing_uid


def record_recognition(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Record revenue of a contract as finance recognised it, without tax; with tax follows by the contract's own.

    It posts no earlier than its contract. More than the contract comes to is let in and told as an error of its own;
    what is taken back is below zero.

    Args:
        values: columns; the contract as public id.

    Raises:
        NotFound: the actor does not see the contract. NotAllowed: he may not post for it.
        RuleError: the contract is no order yet or has no amount without tax, more is taken back than was recognised,
            or a value is missing or not possible.
    """
    with writing(actor, at, "recognition.recorded") as entry:
        rights = rights_of(entry)
        contract = base_contract(rights, values.get("contract_id"))
        return recognise(entry, rights, contract, values)


def recognise(entry: Entry, rights: Rights, contract: Standing, values: FROM_OUTSIDE) -> Saved:
    """Record revenue of a contract within an entry. Raises as ``record_recognition``."""
    rights.require_on("cash.record", "contracts", contract)
    columns = typed(rights, "recognitions", values)
    new = int(columns.get("amount_ex") or 0)
    so_far = Both(int(contract.row["recognised"]), int(contract.row["recognised_ex"]))
    day = max(posted(entry, columns.get("day"), RECOGNITIONS.label), int(contract.row["posted_day"]))
    incl, excl = add_up(family(contract), day)
    code = contract.row["code"]
    if contract.row["intake"] != COUNTED:
        raise RuleError(*no_order(code))
    if excl is None:
        raise RuleError(
            Text(f"合同 {code} 没有不含税金额，不能确认收入。", f"{code} has no amount excl. tax to recognise of."),
            Text("先在合同行里填税率或不含税金额。", "Enter the VAT rate or the amount excl. tax of its lines."),
        )
    least = contract.least(CONTRACTS, "recognised_ex", day)
    if new * (1 if excl >= 0 else -1) < 0 and abs(new) > abs(least):
        done, back = to_decimal(least), to_decimal(abs(new))
        raise RuleError(
            Text(f"合同 {code} 已确收 {done}，不能冲回 {back}。", f"{done} of {code} is recognised, not {back}."),
            Text("减少冲回的金额。", "Take back less."),
        )
    columns |= {"amount": with_tax(new, so_far, Both(incl, excl)), "posted_day": day} | place_of(contract)
    made = add(entry, "recognitions", columns, day, prefix="QS")
    recount_contracts(entry, [contract.record_id])
    return saved(standing_uid("recognitions", made.uid))


def write_off(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Write off what will not be collected of a payment term; what is recovered later is below zero.

    Args:
        values: columns; the term as public id. Who approves is the actor.

    Raises:
        NotFound: the actor does not see the term. NotAllowed: he may not write off.
        RuleError: it is more than is open, more is recovered than was written off, no reason is given, or a value
            is missing or not possible.
    """
    with writing(actor, at, "write_off.recorded") as entry:
        rights = rights_of(entry)
        term = seen(rights, "payment_terms", values.get("term_id"))
        rights.require_on("cash.write_off", "payment_terms", term)
        columns = typed(rights, "write_offs", values)
        amount = int(columns.get("amount") or 0)
        day = max(posted(entry, columns.get("day"), WRITE_OFFS.label), term.first_day)
        kept, sign = ("open", 1) if amount > 0 else ("written_off", -1)
        most = sign * term.least(PAYMENT_TERMS, kept, day)
        if amount == 0 or abs(amount) > abs(most) or amount * most < 0:
            asked, there = to_decimal(amount), to_decimal(most)
            raise RuleError(
                Text(f"要核销 {asked}，可核销的是 {there}。", f"{asked} shall be written off, {there} is possible."),
                Text("改小金额；收回时写负数。", "Enter less; what is recovered is negative."),
            )
        if not str(columns.get("name") or "").strip():
            raise RuleError(
                Text("坏账核销要写原因。", "A write-off needs its reason."),
                Text("写明为什么收不回来，凭什么批准。", "Say why it cannot be collected."),
            )
        columns |= {"contract_id": term.row["contract_id"], "posted_day": day} | place_of(term)
        columns["approver_id"] = actor.person_id or None
        made = add(entry, "write_offs", columns, day, prefix="HZ")
        recount_terms(entry, [term.record_id])
        return saved(standing_uid("write_offs", made.uid))
