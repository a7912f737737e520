"""Contract to cash by numbers and as typed: terms, invoices, receipts, recognition, write-offs (R150, R151)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.cash.schema import TRIGGERS
from dacheng.core.errors import RuleError, Text
from dacheng.core.report import number_of
from dacheng.core.schema import RELATIONS
from dacheng.service.entering import entered, entered_money
from dacheng.service.questions import parsed_day
from dacheng.store.actions.dunning import record_promise, record_step
from dacheng.store.actions.invoices import record_invoice
from dacheng.store.actions.receipts import allocate, record_receipt
from dacheng.store.actions.recognitions import record_recognition, write_off
from dacheng.store.actions.recording import Saved
from dacheng.store.actions.terms import edit_term, set_terms
from dacheng.store.standing import standing_code


def agree_named(viewer: Viewer, at: datetime, contract: str, terms: Sequence[str]) -> Saved:
    """Agree how the contract of a number is paid.

    Args:
        terms: ``name;share or amount;due day`` or ``name;share or amount;event;days after`` each.

    Raises:
        NotFound: no contract has the number. RuleError: a term cannot be read; as ``set_terms``.
    """
    own = standing_code("contracts", contract)
    return set_terms(actor=viewer, at=at, contract=own.uid, terms=[_term(one) for one in terms])


def follow_named(viewer: Viewer, at: datetime, term: str, values: Mapping[str, str]) -> Saved:
    """Correct columns of the payment term of a number, as typed; those left blank stay."""
    uid = standing_code("payment_terms", term).uid
    return edit_term(actor=viewer, at=at, uid=uid, values=_typed("payment_terms", values), version=None)


def receive_named(viewer: Viewer, at: datetime, values: Mapping[str, str], pays: Sequence[str]) -> Saved:
    """Record a receipt as typed, first due first, or as told.

    Args:
        pays: ``term=amount`` each; none = first due first.
    """
    return record_receipt(actor=viewer, at=at, values=_typed("receipts", values), parts=_parts(pays))


def allocate_named(viewer: Viewer, at: datetime, receipt: str, pays: Sequence[str]) -> Saved:
    """Set what is left of the receipt of a number against terms, first due first, or as told."""
    return allocate(actor=viewer, at=at, receipt=standing_code("receipts", receipt).uid, parts=_parts(pays))


def bill_named(viewer: Viewer, at: datetime, values: Mapping[str, str]) -> Saved:
    """Record an invoice or a credit note as typed."""
    return record_invoice(actor=viewer, at=at, values=_typed("invoices", values))


def recognise_named(viewer: Viewer, at: datetime, values: Mapping[str, str]) -> Saved:
    """Record what finance recognised of a contract as typed."""
    return record_recognition(actor=viewer, at=at, values=_typed("recognitions", values))


def write_off_named(viewer: Viewer, at: datetime, values: Mapping[str, str]) -> Saved:
    """Write off what will not be collected of a payment term, as typed."""
    return write_off(actor=viewer, at=at, values=_typed("write_offs", values))


def step_named(viewer: Viewer, at: datetime, values: Mapping[str, str]) -> Saved:
    """Record what was done to collect a payment term, as typed."""
    return record_step(actor=viewer, at=at, values=_typed("dunning_steps", values))


def promise_named(viewer: Viewer, at: datetime, values: Mapping[str, str]) -> Saved:
    """Record what was promised of a payment term, as typed."""
    return record_promise(actor=viewer, at=at, values=_typed("promises", values))


def _typed(relation: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed as an action takes it; records are named by their numbers, what is blank is left out."""
    columns = {name: RELATIONS[relation].column(name) for name, text in values.items() if text.strip()}
    return {
        name: standing_code(column.ref, values[name]).uid
        if column.kind == "ref"
        else entered(relation, name, values[name])
        for name, column in columns.items()
    }


def _parts(pays: Sequence[str]) -> dict[UUID, int] | None:
    if not pays:
        return None
    found: dict[UUID, int] = {}
    for one in pays:
        term, _, amount = one.partition("=")
        worth = entered_money(amount, "yuan")
        if worth is None:
            raise RuleError(
                Text(f"读不懂「{one}」。", f"“{one}” cannot be read."),
                Text(
                    "写成：付款条件编号=金额，例如 HT26-0001/1=300元。", "Write term=amount, such as HT26-0001/1=300."
                ),
            )
        found[standing_code("payment_terms", term).uid] = worth
    return found


def _term(text: str) -> dict[str, Any]:
    """Return a term that was written as ``预付;30%;2026-07-10`` or ``验收;70%;acceptance;30``."""
    parts = [one.strip() for one in text.replace("；", ";").split(";")]
    if len(parts) not in (3, 4) or not all(parts):
        raise RuleError(
            Text(f"读不懂付款条件「{text}」。", f"“{text}” cannot be read as a payment term."),
            Text(
                "写成：名称;比例或金额;应收日，或 名称;比例或金额;事件;之后几天。",
                "Write name;share or amount;due day, or name;share or amount;event;days after.",
            ),
        )
    name, size, when, *after = parts
    share = size.endswith("%") or size.endswith("％")
    column, value = ("share_bp", entered("payment_terms", "share_bp", size)) if share else ("amount", _amount(size))
    found: dict[str, Any] = {"name": name, column: value}
    if not after:
        return found | {"due_day": parsed_day(when)}
    return found | {
        "falls_due": number_of(TRIGGERS, when),
        "days_after": entered("payment_terms", "days_after", after[0]),
    }


def _amount(text: str) -> int | None:
    return entered_money(text, "yuan")
