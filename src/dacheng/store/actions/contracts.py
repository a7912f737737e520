"""Contracts (合同) with their lines: recorded once, corrected while their month is open (R016, R222)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.checking import check_values
from dacheng.core.closing import posting_day
from dacheng.core.contracts.drawing import check_framework
from dacheng.core.contracts.posting import LATE_APPROVAL, check_reason, check_waiting
from dacheng.core.contracts.recording import LineAmounts, check_changed, check_total, taxed, totals
from dacheng.core.contracts.schema import CHANGES, COUNTED, FRAMEWORK, NORMAL, REFUSED, WAITING
from dacheng.core.currency import OWN, check_foreign
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import Version, apply, overlay
from dacheng.core.period import date_of
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, refuse_taken, revise, saved, typed
from dacheng.store.bulk import select_rows
from dacheng.store.contracting import FOLLOWED, lines_follow, lines_of, mark_contracted
from dacheng.store.history import Entry, writing
from dacheng.store.identity import given_uid, hidden, taken
from dacheng.store.periods import closed_through, intake_rules
from dacheng.store.saving import Becoming, New, become, check_version, create, touch
from dacheng.store.settling import money_follows
from dacheng.store.standing import (
    Columns,
    Standing,
    ids_of_codes,
    ids_of_uids,
    record_table,
    standing,
    standing_uid,
)

AMOUNTS = ("amount", "amount_ex", "cost")
COUNTS_ON = ("effective_day", "executable_day")
"""Columns that decide on which day a contract counts."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a contract.

    Args:
        code: blank = numbered within the contract; an existing code keeps that line.
        amount, amount_ex, cost: minor units; None = not known. Without tax follows from the rate where it is not told.
        tax_bp: VAT rate in basis points; None = not known.
    """

    amount: int
    product: UUID | None = None
    amount_ex: int | None = None
    cost: int | None = None
    code: str = ""
    tax_bp: int | None = None

    def taxed(self) -> LineAmounts:
        """Return its money, without tax too where the rate is known."""
        return taxed(LineAmounts(self.amount, self.amount_ex, self.cost, self.tax_bp))


def record_contract(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE, lines: Sequence[Line]) -> Saved:
    """Record a contract with its lines; it counts from its effective day, its deal has one from then on.

    The amount is the sum of the lines. One that takes effect in a closed month posts on the
    first day of the next open one, where it is no order until it is approved; the log keeps both
    days. Owner and customer default to the deal's. An amendment or a cancellation is a contract of its own,
    with its own sign.

    Args:
        values: columns; owner, customer and deal as public ids; ``amount`` only to check the sum.

    Raises:
        NotAllowed: the owner is out of the actor's reach. NotFound: he does not see the deal.
        RuleError: a value is missing or not possible, or the amount is not the sum.
    """
    with writing(actor, at, "contract.recorded") as entry:
        rights = rights_of(entry)
        columns = typed(rights, "contracts", values)
        columns = _from_deal(rights, values.get("deal_id")) | columns
        if columns.get("owner_id"):
            rights.require("contract.record", owner_id=columns["owner_id"])
        rights.require_columns("contract_lines", _filled(lines))
        _check_framework(rights, columns)
        columns = _from_changed(rights, columns) | columns
        columns |= _summed(columns, lines)
        check_foreign(int(columns.get("currency") or OWN), int(columns["amount"]), columns.get("foreign_amount"))
        columns |= _posted(entry, columns)
        made = add(entry, "contracts", columns, columns["posted_day"], prefix="C")
        contract = standing_uid("contracts", made.uid)
        _create_lines(entry, contract, lines)
        if columns.get("deal_id"):
            mark_contracted(entry, [columns["deal_id"]])
        return saved(contract)


def edit_contract(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    values: FROM_OUTSIDE,
    version: int | None,
    lines: Sequence[Line] | None = None,
) -> Saved:
    """Correct a contract from its first day on, while its month is open.

    Args:
        lines: all lines as they shall be; None = as they are.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he sees it only. Conflict: somebody
            changed it meanwhile. RuleError: a closed month rests on it, or the amount is
            not the sum of the lines.
    """
    with writing(actor, at, "contract.edited") as entry:
        rights = rights_of(entry)
        contract = standing_uid("contracts", uid)
        rights.require_on("contract.edit", "contracts", contract)
        columns = typed(rights, "contracts", values)
        if "owner_id" in columns:
            rights.require("contract.edit", owner_id=columns["owner_id"])
        if columns.get("code", contract.row["code"]) != contract.row["code"]:
            refuse_taken(RELATIONS["contracts"], columns)
        _from_deal(rights, values.get("deal_id"))
        _check_framework(rights, columns, contract)
        _from_changed(rights, columns, contract)
        deals = {contract.row["deal_id"], columns.get("deal_id")} - {None}
        rights.require_columns("contract_lines", _filled(lines or ()))
        edited = _correct(entry, contract, columns, lines, version)
        if lines is not None and _replace_lines(entry, contract, lines) and not edited:
            touch("contracts", contract)
        lines_follow(entry, [contract.record_id])
        money_follows(entry, [contract.record_id])
        mark_contracted(entry, deals)
        return saved(contract)


def decide_late(
    *, actor: Viewer, at: datetime, uid: UUID, approve: bool, version: int | None, reason: str = ""
) -> Saved:
    """Approve a late signing, or refuse it: approved it is an order from today on, of the month open by then.

    Args:
        reason: kept with the contract; a refusal must have one.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not approve. Conflict: somebody
            changed it meanwhile. RuleError: it waits for nobody, or a refusal has no reason.
    """
    with writing(actor, at, "contract.decided") as entry:
        rights = rights_of(entry)
        contract = standing_uid("contracts", uid)
        rights.require_on("contract.approve", "contracts", contract)
        check_waiting(contract.row["code"], int(contract.row["intake"]))
        check_reason(contract.row["code"], approve=approve, reason=reason)
        columns: Columns = {"intake": COUNTED if approve else REFUSED, "intake_note": reason.strip()}
        check_version(RELATIONS["contracts"], contract, version, columns)
        if approve:
            columns["posted_day"] = posting_day(int(contract.row["posted_day"]), closed_through())
        done = revise(entry, "contracts", contract, columns, None, max(entry.day, contract.first_day))
        mark_contracted(entry, {contract.row["deal_id"]} - {None})
        return done


def _correct(
    entry: Entry, contract: Standing, columns: Columns, lines: Sequence[Line] | None, version: int | None
) -> bool:
    """Let the contract become what is typed, from its first day on; tell whether anything changed.

    The first day moves with the day it counts on. A late one of another amount asks for approval again.
    """
    relation, at = RELATIONS["contracts"], RELATIONS["contracts"].positions
    if lines is not None:
        columns = columns | _summed(columns, lines)
    check_version(relation, contract, version, columns)
    told = contract.row | columns
    check_foreign(int(told["currency"]), int(told["amount"]), told["foreign_amount"])
    if lines is None and any(name in columns for name in AMOUNTS):
        own = [_amounts(one.row) for one in lines_of([contract.record_id]).values()]
        check_total(columns.get("amount", contract.row["amount"]), totals(own))
    first = contract.first_day
    if any(columns.get(name, contract.row[name]) != contract.row[name] for name in COUNTS_ON):
        columns = columns | _posted(entry, contract.row | columns)
        first = columns["posted_day"]
    elif columns.get("amount", contract.row["amount"]) != contract.row["amount"]:
        columns = columns | _asked_again(entry, contract)
    steps = {at[name]: [(first, value)] for name, value in columns.items() if name in at}
    labels = {label.name: columns[label.name] or "" for label in relation.labels if label.name in columns}
    versions = apply(contract.versions, overlay(contract.versions, steps, first))
    becoming = Becoming(contract.record_id, versions, labels)
    return bool(become(entry, "contracts", {contract.record_id: contract}, [becoming]))


def _from_deal(rights: Rights, uid: object) -> Columns:
    """Return owner and customer of the deal, if there is one; the actor must see it."""
    if not uid:
        return {}
    deal = standing_uid("deals", uid)
    if not rights.sees("deals", deal):
        raise hidden(RELATIONS["deals"].label)
    return {name: deal.row[name] for name in ("owner_id", "customer_id")}


def _check_framework(rights: Rights, columns: Columns, contract: Standing | None = None) -> None:
    """Refuse a framework that is none, that the actor does not see, or that others are drawn from and is to be none.

    Args:
        contract: as it stands, where it is corrected.
    """
    stands = contract.row if contract else {}
    kind = int(columns.get("kind") or stands.get("kind") or NORMAL)
    number = columns.get("framework_id", stands.get("framework_id"))
    if number and ("framework_id" in columns or "kind" in columns):
        framework = standing("contracts", [number])[number]
        if "framework_id" in columns and not rights.sees("contracts", framework):
            raise hidden(RELATIONS["contracts"].label)
        check_framework(kind, int(framework.row["kind"]), str(framework.row["code"]))
    if contract and int(stands["kind"]) == FRAMEWORK != kind:
        _refuse_drawn(contract)


def _from_changed(rights: Rights, columns: Columns, contract: Standing | None = None) -> Columns:
    """Return owner, customer and mark as one-off of the contract that one changes; the actor must see it.

    Args:
        contract: as it stands, where it is corrected.

    Raises:
        NotFound: he does not see it. RuleError: it changes none, or that one cannot be changed.
    """
    stands = contract.row if contract else {}
    number = columns.get("amends_id", stands.get("amends_id"))
    if not number or not {"amends_id", "kind"} & columns.keys():
        return {}
    base = standing("contracts", [number])[number]
    if "amends_id" in columns and not rights.sees("contracts", base):
        raise hidden(RELATIONS["contracts"].label)
    kind = int(columns.get("kind") or stands.get("kind") or NORMAL)
    changes = base.row["kind"] in CHANGES and bool(base.row["amends_id"])
    check_changed(kind, int(base.row["kind"]), changes, str(base.row["code"]))
    return {name: base.row[name] for name in ("owner_id", "customer_id", "one_off", "one_off_note")}


def _refuse_drawn(contract: Standing) -> None:
    """Refuse to make something else of a framework that contracts are drawn from."""
    conditions = [("framework_id = %s", contract.record_id), ("NOT removed", None)]
    drawn = select_rows(record_table("contracts"), ["code"], conditions, order=("id",))
    if drawn:
        code, first = contract.row["code"], drawn[0][0]
        raise RuleError(
            Text(
                f"{len(drawn)} 份合同从框架 {code} 下单，例如 {first}。",
                f"{len(drawn)} contracts are drawn from {code}, such as {first}.",
            ),
            Text("先改那些合同的所属框架。", "Change their framework first."),
        )


def _summed(columns: Columns, lines: Sequence[Line]) -> Columns:
    """Return the contract's amounts as the sums of its lines; a stated amount must agree."""
    summed = totals([line.taxed() for line in lines])
    check_total(columns.get("amount"), summed)
    return {name: getattr(summed, name) for name in AMOUNTS}


def _filled(lines: Sequence[Line]) -> set[str]:
    return {name for name in AMOUNTS if any(getattr(line, name) is not None for line in lines)}


def _posted(entry: Entry, columns: Columns) -> Columns:
    """Return when a contract posts and whether it waits for approval; a late one is told in the log."""
    effective, executable = columns.get("effective_day"), columns.get("executable_day")
    if effective is None:
        raise RuleError(
            Text("合同没有生效日。", "The contract has no effective day."),
            Text("请填写生效日；业绩按这一天计。", "Enter it: the contract counts on that day."),
        )
    rules = intake_rules()
    counts_on = rules.counting_day(effective, executable)
    posting = rules.posting(effective, executable, closed_through(), entry.day)
    if posting.posted_day != counts_on:
        entry.detail["late"] = {"effective": str(date_of(counts_on)), "posted": str(date_of(posting.posted_day))}
    return posting._asdict() | {"intake_note": ""}


def _asked_again(entry: Entry, contract: Standing) -> Columns:
    """Return what makes a late contract wait again: whoever decided on it saw another amount."""
    row, rules = contract.row, intake_rules()
    late = row["posted_day"] != rules.counting_day(row["effective_day"], row["executable_day"])
    return {"intake": WAITING, "intake_note": ""} if late and rules.holds(LATE_APPROVAL, entry.day) else {}


def _create_lines(entry: Entry, contract: Standing, lines: Sequence[Line], first_number: int = 1) -> None:
    followed = {name: contract.row[name] for name in FOLLOWED} | {"contract_id": contract.record_id}
    codes = [line.code or f"{contract.row['code']}-{number}" for number, line in enumerate(lines, first_number)]
    in_use = sorted({code for code in codes if codes.count(code) > 1} | ids_of_codes("contract_lines", codes).keys())
    if in_use:
        raise taken(RELATIONS["contract_lines"].label, in_use[0])
    news = [
        New(columns | followed | {"code": code}, contract.first_day)
        for code, columns in zip(codes, _line_columns(lines), strict=True)
    ]
    create(entry, "contract_lines", news)


def _replace_lines(entry: Entry, contract: Standing, lines: Sequence[Line]) -> bool:
    """Let the lines become those given: known codes are corrected, others come and go; tell whether any did."""
    stands = lines_of([contract.record_id])
    known = {one.row["code"]: one for one in stands.values()}
    new = [line for line in lines if line.code not in known]
    kept = {line.code: line for line in lines if line.code in known}
    if len(new) + len(kept) < len(lines):
        raise RuleError(
            Text("两行合同行的行号相同。", "Two lines have the same number."),
            Text("每行用不同的行号。", "Give each line its own."),
        )
    columns = dict(zip(kept, _line_columns(list(kept.values())), strict=True))
    wanted = [
        Becoming(one.record_id, _line_versions(one, columns[code]) if code in kept else [])
        for code, one in known.items()
    ]
    changed = become(entry, "contract_lines", stands, wanted)
    _create_lines(entry, contract, new, _next_number(known))
    return bool(changed or new)


def _line_versions(record: Standing, columns: Columns) -> list[Version]:
    at = RELATIONS["contract_lines"].positions
    steps = {at[name]: [(record.first_day, value)] for name, value in columns.items()}
    return apply(record.versions, overlay(record.versions, steps, record.first_day))


def _line_columns(lines: Sequence[Line]) -> list[Columns]:
    """Return what lines say of themselves, products as numbers."""
    label = RELATIONS["products"].label
    products = ids_of_uids("products", {given_uid(line.product, label) for line in lines if line.product})
    found = [
        {"product_id": products.get(given_uid(line.product, label)) if line.product else None}
        | {name: getattr(line.taxed(), name) for name in (*AMOUNTS, "tax_bp")}
        for line in lines
    ]
    for line, columns in zip(lines, found, strict=True):
        if line.product and columns["product_id"] is None:
            raise hidden(label)
        check_values(RELATIONS["contract_lines"], columns)
    return found


def _next_number(known: Mapping[str, Standing]) -> int:
    """Return the number after the highest that a line's code ends with."""
    ends = [code.rpartition("-")[2] for code in known]
    return max((int(end) for end in ends if end.isdecimal()), default=0) + 1


def _amounts(row: Columns) -> LineAmounts:
    return LineAmounts(*(row[name] for name in AMOUNTS))
