"""Payment terms (付款条件) of a contract: agreed as a whole, corrected one by one (R151, R160)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.cash.schema import AFTER_SIGNING, ON_A_DAY
from dacheng.core.cash.terms import amounts_of, untold
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import apply, patch
from dacheng.core.money import to_decimal
from dacheng.core.period import FAR_DAY
from dacheng.core.schema import RELATIONS
from dacheng.store.access import rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, refuse_taken, revise, saved, typed
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, company_day, moment, writing
from dacheng.store.identity import taken
from dacheng.store.models import LogEntry
from dacheng.store.posting import add_up, base_contract, family, place_of
from dacheng.store.saving import Becoming, New, become, create, touch
from dacheng.store.settling import recount_terms
from dacheng.store.standing import Columns, Standing, fact_table, ids_of_codes, record_table, standing, standing_uid
from dacheng.store.triggering import trigger_terms

MAY_CHANGE = frozenset(
    {"name", "kind", "due_day", "expected_day", "chance_bp", "disputed", "reason", "reason_note", "collector_id"}
)
"""Columns of one term that are corrected by themselves; amounts are agreed for the contract as a whole."""


NOTHING: Columns = {"amount": 0, "share_bp": None}
"""A term that is dropped and whose past is kept."""


def set_terms(*, actor: Viewer, at: datetime, contract: UUID, terms: Sequence[FROM_OUTSIDE]) -> Saved:
    """Let a contract be paid as given from today on: known codes are changed, others come and go.

    What was agreed before today or ever paid keeps its past: dropped, it comes to nothing from today on. What was
    agreed only today is corrected as if it had never been.

    Each term has an amount or a share of the contract with what changed it; shares come to 100 % and to the contract,
    to the minor unit. What the terms leave untold stays 待定. One that waits for an event has no due day until then.

    Args:
        terms: columns of ``payment_terms``; ``share_bp`` for all of them, or ``amount`` for each.

    Raises:
        NotFound: the actor does not see the contract. NotAllowed: he may not agree its terms.
        RuleError: they come to more than the contract, a term got more already than it shall be, a paid one would
            go, or a value is not possible.
    """
    with writing(actor, at, "payment_term.agreed") as entry:
        rights = rights_of(entry)
        base = base_contract(rights, contract)
        rights.require_on("terms.edit", "contracts", base)
        columns = [typed(rights, "payment_terms", one) for one in terms]
        whole, _ = add_up(family(base), FAR_DAY)
        _fill_amounts(columns, whole)
        untold(whole, [int(one["amount"]) for one in columns])
        stands = terms_of([base.record_id])
        _replace(entry, base, stands, columns)
        touch("contracts", base)
        return saved(base)


def edit_term(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Correct one term from today on: when it is due or expected, why it is late, who collects it.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he sees it only. Conflict: somebody changed it meanwhile.
        RuleError: a column is agreed for the contract as a whole, or a value is not possible.
    """
    with writing(actor, at, "payment_term.edited") as entry:
        rights = rights_of(entry)
        term = standing_uid("payment_terms", uid)
        rights.require_on("terms.edit", "payment_terms", term)
        for name in values:
            if name not in MAY_CHANGE:
                _refuse_column(name)
        columns = typed(rights, "payment_terms", values)
        return revise(entry, "payment_terms", term, columns, version, max(entry.day, term.first_day))


def terms_of(contract_ids: Sequence[int]) -> dict[int, Standing]:
    """Return the terms of contracts by their own id, the first agreed first."""
    conditions: list[tuple[str, Any]] = [("NOT removed", None)]
    rows = [
        number
        for contract in contract_ids
        for (number,) in select_rows(
            record_table("payment_terms"), ["id"], [*conditions, ("contract_id = %s", contract)], order=("id",)
        )
    ]
    found = standing("payment_terms", rows)
    return {number: found[number] for number in sorted(found)}


def _fill_amounts(columns: list[Columns], whole: int) -> None:
    """Give terms that are agreed as shares their amounts, and days to what is due some days after signing."""
    if columns and all(one.get("share_bp") is not None for one in columns):
        for one, amount in zip(columns, amounts_of([int(one["share_bp"]) for one in columns], whole), strict=True):
            one["amount"] = amount
    for number, one in enumerate(columns, 1):
        if one.get("amount") is None:
            raise RuleError(
                Text(f"第 {number} 期没有金额。", f"Term {number} has no amount."),
                Text("每期填金额，或每期都填比例。", "Enter an amount for each, or a share for all."),
            )


def _replace(entry: Entry, contract: Standing, stands: Mapping[int, Standing], columns: Sequence[Columns]) -> None:
    signed = int(contract.row["signed_day"])
    relation = RELATIONS["payment_terms"]
    known = {str(one.row["code"]): one for one in stands.values()}
    numbered = _coded(contract, columns, known)
    kept = {code: one for code, one in numbered.items() if code in known}
    _refuse_paid(known, kept)
    at = relation.positions
    lasting = _lasting(entry, stands)
    first = contract.first_day
    wanted = []
    for code, one in known.items():
        record = stands[one.record_id]
        told = kept.get(code)
        day = max(entry.day, record.first_day) if record.record_id in lasting else record.first_day
        if told is None and record.record_id not in lasting:
            wanted.append(Becoming(record.record_id, []))
        else:
            wanted.append(_becoming(record, NOTHING if told is None else _dated(told, signed), at, day))
    become(entry, "payment_terms", stands, wanted)
    followed = place_of(contract) | {"contract_id": contract.record_id, "customer_id": contract.row["customer_id"]}
    begins = max(entry.day, first) if lasting else first
    news = [
        New(_dated(one, signed) | followed | {"code": code}, begins)
        for code, one in numbered.items()
        if code not in known
    ]
    made = create(entry, "payment_terms", news)
    recount_terms(entry, [one.record_id for one in made])
    trigger_terms(entry, contract.record_id)


def _lasting(entry: Entry, stands: Mapping[int, Standing]) -> set[int]:
    """Return the terms whose past is kept: agreed before today, or ever paid or written off."""
    ids = among("term_id", stands)
    paid = {
        number
        for relation in ("allocations", "write_offs")
        for (number,) in select_rows(record_table(relation), ["term_id"], [ids])
    }
    told = dict(reversed(select_rows(fact_table("payment_terms"), ["term_id", "seq_from"], [ids], order=("seq_from",))))
    moments = dict(LogEntry.objects.filter(seq__in=set(told.values())).values_list("seq", "at"))
    return paid | {
        number for number, seq in told.items() if seq in moments and company_day(moment(moments[seq])) < entry.day
    }


def _becoming(record: Standing, told: Columns, at: Mapping[str, int], day: int) -> Becoming:
    facts = {at[name]: value for name, value in told.items() if name in at}
    labels: Columns = {name: told[name] or "" for name in ("name", "reason_note") if name in told}
    return Becoming(record.record_id, apply(record.versions, patch(record.versions, facts, day)), labels)


def _dated(columns: Columns, signed: int) -> Columns:
    """Return a term with its due day where the agreement says it: some days after signing."""
    if columns.get("falls_due", ON_A_DAY) == AFTER_SIGNING and columns.get("due_day") is None:
        return columns | {"due_day": signed + int(columns.get("days_after") or 0)}
    return dict(columns)


def _coded(contract: Standing, columns: Sequence[Columns], known: Mapping[str, Standing]) -> dict[str, Columns]:
    """Return the terms by code; one without a code is numbered within the contract."""
    found: dict[str, Columns] = {}
    ends = [code.rpartition("/")[2] for code in known]
    number = max((int(end) for end in ends if end.isdecimal()), default=0)
    for one in columns:
        code = str(one.get("code") or "")
        if not code:
            number += 1
            code = f"{contract.row['code']}/{number}"
        if code in found:
            raise taken(RELATIONS["payment_terms"].label, code)
        found[code] = one
    elsewhere = ids_of_codes("payment_terms", [code for code in found if code not in known])
    if elsewhere:
        refuse_taken(RELATIONS["payment_terms"], {"code": next(iter(elsewhere))})
    return found


def _refuse_paid(known: Mapping[str, Standing], kept: Mapping[str, Columns]) -> None:
    """Refuse to drop a term that was paid or written off, or to make it smaller than that."""
    for code, one in known.items():
        settled = int(one.row["allocated"]) + int(one.row["written_off"])
        told = int(kept[code]["amount"]) if code in kept else 0
        if settled * (1 if settled >= 0 else -1) > told * (1 if settled >= 0 else -1) and settled:
            raise RuleError(
                Text(
                    f"付款条件 {code} 已收或已核销 {to_decimal(settled)}，不能改成 {to_decimal(told)}。",
                    f"Of {code} {to_decimal(settled)} is collected or written off: {to_decimal(told)} is too little.",
                ),
                Text("先把收款转出，或保留这一期。", "Release the receipts first, or keep the term."),
            )


def _refuse_column(name: str) -> None:
    label = next((one.label for one in RELATIONS["payment_terms"].columns if one.name == name), Text(name, name))
    raise RuleError(
        Text(f"「{label.zh}」不能单独改。", f"“{label.en}” is not changed for one term."),
        Text("金额和约定请在合同的付款条件里一起改。", "Change amounts and terms with all terms of the contract."),
    )
