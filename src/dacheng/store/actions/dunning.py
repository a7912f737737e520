"""Dunning steps and promises (催收与回款承诺): added on their day, never changed (R151, ADR 0015)."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.cash.schema import PAYMENT_TERMS
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import to_decimal
from dacheng.core.period import date_of
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, saved, typed
from dacheng.store.history import Entry, writing
from dacheng.store.posting import place_of, seen
from dacheng.store.standing import Columns, Standing, standing_uid


def record_step(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Record what was done to collect a payment term.

    Args:
        values: columns; the term as public id. Without a day it is of today.

    Raises:
        NotFound: the actor does not see the term. NotAllowed: it is not his to follow up.
        RuleError: nothing is open of it on that day, the day is still ahead, or a value is not possible.
    """
    with writing(actor, at, "dunning.recorded") as entry:
        rights = rights_of(entry)
        term = _term(rights, values)
        columns = typed(rights, "dunning_steps", values)
        day = _day(entry, term, columns)
        columns |= _placed(term, actor) | {"day": day}
        made = add(entry, "dunning_steps", columns, day, prefix="CS")
        return saved(standing_uid("dunning_steps", made.uid))


def record_promise(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Record what was promised of a payment term; whether it is kept follows from what is allocated.

    Args:
        values: columns; the term as public id. Without a day it was made today, without an amount it is all that is
            open.

    Raises:
        NotFound: the actor does not see the term. NotAllowed: it is not his to follow up.
        RuleError: nothing is open of it on that day, more is promised than that, it is to be paid before it was made,
            the day is still ahead, or a value is not possible.
    """
    with writing(actor, at, "promise.recorded") as entry:
        rights = rights_of(entry)
        term = _term(rights, values)
        columns = typed(rights, "promises", values)
        day = _day(entry, term, columns)
        _check_promise(term, columns, day)
        columns |= _placed(term, actor) | {"day": day}
        made = add(entry, "promises", columns, day, prefix="CN")
        return saved(standing_uid("promises", made.uid))


def _term(rights: Rights, values: FROM_OUTSIDE) -> Standing:
    term = seen(rights, "payment_terms", values.get("term_id"))
    rights.require_on("terms.edit", "payment_terms", term)
    return term


def _placed(term: Standing, actor: Viewer) -> Columns:
    row = term.row
    told = {"contract_id": row["contract_id"], "customer_id": row["customer_id"]}
    return place_of(term) | told | {"person_id": actor.person_id or None}


def _day(entry: Entry, term: Standing, columns: Columns) -> int:
    """Return the day of what is recorded: something is open of the term on it, and it is not ahead."""
    day = int(columns.get("day") or entry.day)
    code, told = term.row["code"], date_of(day)
    if day > entry.day:
        raise RuleError(
            Text(f"{told} 还没有到。", f"{told} is still ahead."),
            Text("填做过的那天；打算做的看催收清单。", "Enter the day it was done; the list tells what is next."),
        )
    if not int(term.on(PAYMENT_TERMS, day).get("open") or 0) > 0:
        raise RuleError(
            Text(f"付款条件 {code} 在 {told} 没有未收的款。", f"Nothing was open of {code} on {told}."),
            Text("换一期，或核对日期。", "Choose another term, or check the day."),
        )
    return day


def _check_promise(term: Standing, columns: Columns, day: int) -> None:
    """Fill what is promised where it is not told, and refuse what cannot be.

    Raises:
        RuleError: says which and what is possible.
    """
    open_amount = int(term.on(PAYMENT_TERMS, day)["open"] or 0)
    amount = columns["amount"] = int(columns.get("amount") or 0) or open_amount
    code, by = term.row["code"], columns.get("promised_day")
    if not 0 < amount <= open_amount:
        raise RuleError(
            Text(
                f"承诺 {to_decimal(amount)}，付款条件 {code} 当天未收 {to_decimal(open_amount)}。",
                f"{to_decimal(amount)} is promised, {to_decimal(open_amount)} was open of {code} that day.",
            ),
            Text("填大于 0、不超过未收的金额。", "Enter more than 0 and not more than is open."),
        )
    if by is not None and int(by) < day:
        raise RuleError(
            Text(f"答应付款日 {date_of(by)} 早于承诺日 {date_of(day)}。", f"{date_of(by)} is before {date_of(day)}."),
            Text("答应付款日填当天或以后。", "It is to be paid on the day it was promised or later."),
        )
