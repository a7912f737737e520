"""Lines of the opportunity inventory (机会盘点): filled by whoever sells, challenged by whoever manages (R013)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import DachengError, RuleError, Text
from dacheng.core.estimates.lines import KIND_CODE, VERDICT_CODE
from dacheng.core.estimates.schema import INVENTORY_LINES, OPEN_VERDICT
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.targets.setting.inventory import Challenge, InventoryLine, faults_of
from dacheng.store.access import Rights, rights_of, working_here
from dacheng.store.actions.customers import sees_customer
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, refuse_missing, revise, saved, typed
from dacheng.store.history import Entry, company_day, writing
from dacheng.store.identity import hidden
from dacheng.store.saving import check_version, end
from dacheng.store.standing import Columns, Standing, standing, standing_uid

NAME = "inventory_lines"
VERDICT = ("verdict", "verdict_amount", "comment")
"""Columns that only a challenge sets."""

MOST_LINES = 500
UNNUMBERED = "-"
"""Stands for the code that a line is given when it is filled."""


def fill_line(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Add a line. Raises as ``fill_lines``."""
    return fill_lines(actor=actor, at=at, rows=[values])[0]


def fill_lines(*, actor: Viewer, at: datetime, rows: Sequence[FROM_OUTSIDE]) -> list[Saved]:
    """Add lines to the inventory, all or none; without a code one is made.

    Raises:
        NotFound: the account or opportunity is none that the actor sees. NotAllowed: the line is not his to fill.
        RuleError: a value is not possible; a probability of 60 is asked back as 0.6.
    """
    with writing(actor, at, "inventory_line.filled") as entry:
        rights = require_somewhere(entry, "inventory.fill")
        return [_filled(entry, rights, values) for values in rows]


def problems_of_lines(*, actor: Viewer, at: datetime, rows: Sequence[FROM_OUTSIDE]) -> list[DachengError | None]:
    """Return for each line why ``fill_lines`` would refuse it now, None where it would not; nothing is written.

    Raises:
        NotAllowed: the actor fills no line at all.
    """
    entry = Entry(0, actor, at, company_day(at), "inventory_line.previewed")
    rights = require_somewhere(entry, "inventory.fill")
    return [_problem(entry, rights, values) for values in rows]


def _problem(entry: Entry, rights: Rights, values: FROM_OUTSIDE) -> DachengError | None:
    try:
        refuse_missing(INVENTORY_LINES, {"code": UNNUMBERED} | _checked(entry, rights, values))
    except DachengError as problem:
        return problem
    return None


def edit_line(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Change a line; one that was challenged is open again, since it is no longer what was looked at.

    Raises:
        NotFound, NotAllowed, RuleError: as ``fill_lines``. Conflict: somebody changed it meanwhile.
    """
    with writing(actor, at, "inventory_line.edited") as entry:
        line, rights = _line(entry, uid, "inventory.fill")
        columns = _typed(rights, values)
        if "owner_id" in columns:
            _require_owner(entry, rights, int(columns["owner_id"]))
        _require_seen(rights, columns)
        _refuse_faults({**line.row, **columns})
        if any(line.row[name] != value for name, value in columns.items()):
            columns |= {"verdict": OPEN_VERDICT, "verdict_amount": None}
        return revise(entry, NAME, line, columns, version, entry.day)


def challenge_line(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    verdict: str,
    amount: int | None = None,
    comment: str = "",
    version: int | None,
) -> Saved:
    """Accept, reduce or reject a line, with a comment.

    Args:
        verdict: code of ``VERDICTS``. amount: minor units that stand instead, where it is reduced.

    Raises:
        NotFound: the actor does not see it. NotAllowed: it is not his to challenge. Conflict: somebody changed
            it meanwhile. RuleError: a reduction without amount or comment, or above the line's own amount.
    """
    with writing(actor, at, "inventory_line.challenged") as entry:
        line, _ = _line(entry, uid, "inventory.challenge")
        number = next((one for one, code in VERDICT_CODE.items() if code == verdict), -1)
        row = {**line.row, "verdict": number, "verdict_amount": amount, "comment": comment}
        _refuse_faults(row, verdict)
        columns: Columns = {name: row[name] for name in VERDICT}
        return revise(entry, NAME, line, columns, version, entry.day)


def drop_line(*, actor: Viewer, at: datetime, uid: UUID, version: int | None) -> Saved:
    """Take a line out from today on; its history stays. Raises as ``edit_line``."""
    with writing(actor, at, "inventory_line.dropped") as entry:
        line, _ = _line(entry, uid, "inventory.fill")
        check_version(INVENTORY_LINES, line, version, {})
        end(entry, NAME, [line.record_id], entry.day)
        return saved(line)


def require_somewhere(entry: Entry, action: str) -> Rights:
    """Return the rights of who may do something to some line; each line is asked for by itself.

    Raises:
        NotAllowed: none of his roles may.
    """
    rights = rights_of(entry)
    if not rights.role_may(action):
        rights.require(action)
    return rights


def _filled(entry: Entry, rights: Rights, values: FROM_OUTSIDE) -> Saved:
    return Saved(add(entry, NAME, _checked(entry, rights, values), entry.day, prefix="P").uid, 1)


def _checked(entry: Entry, rights: Rights, values: FROM_OUTSIDE) -> Columns:
    """Return a line as it is stored, when the actor may fill it and it could be counted."""
    columns = _with_customer(_typed(rights, values))
    if columns.get("owner_id"):
        _require_owner(entry, rights, int(columns["owner_id"]))
    _require_seen(rights, columns)
    _refuse_faults(columns)
    return columns


def _typed(rights: Rights, values: FROM_OUTSIDE) -> Columns:
    if set(values) & set(VERDICT):
        raise RuleError(
            Text("质询结论不在这里填。", "A verdict is not filled in here."),
            Text("由主管逐行质询。", "The manager challenges line by line."),
        )
    return typed(rights, NAME, values)


def _with_customer(columns: Columns) -> Columns:
    """Return a line with the account of its opportunity, where it names none."""
    deal = columns.get("deal_id")
    if not deal or columns.get("customer_id"):
        return columns
    return {**columns, "customer_id": standing("deals", [deal])[deal].row["customer_id"]}


def _line(entry: Entry, uid: UUID, action: str) -> tuple[Standing, Rights]:
    rights = rights_of(entry)
    line = standing_uid(NAME, uid)
    rights.require_on(action, NAME, line)
    return line, rights


def _require_owner(entry: Entry, rights: Rights, owner: int) -> None:
    rights.require("inventory.fill", owner_id=owner)
    if owner not in working_here([owner], entry.day):
        raise RuleError(
            Text("负责人今天不在职。", "The owner does not work here today."),
            Text("请选在职的人。", "Choose somebody who does."),
        )


def _require_seen(rights: Rights, columns: Columns) -> None:
    """Refuse an account or opportunity that the actor does not see, as if it did not exist."""
    for name, column in (("deals", "deal_id"), ("customers", "customer_id")):
        number = columns.get(column)
        if not number:
            continue
        record = standing(name, [number]).get(number)
        seen = record is not None and (rights.sees(name, record) if name == "deals" else sees_customer(rights, record))
        if not seen:
            raise hidden(INVENTORY_LINES.column(column).label)


def _refuse_faults(row: Columns, verdict: str | None = None) -> None:
    """Refuse a line that could not be counted as it is, in the words of the method."""
    known = VERDICT_CODE.get(int(row.get("verdict") or OPEN_VERDICT), "")
    line = InventoryLine(
        name=str(row.get("name") or ""),
        kind=KIND_CODE.get(int(row.get("kind") or 0), ""),
        amount=row.get("amount"),
        probability=_share(row.get("win_bp")),
        in_year_share=_share(row.get("in_year_bp")),
        customer_id=row.get("customer_id"),
        challenge=Challenge(verdict or known, row.get("verdict_amount"), str(row.get("comment") or "")),
    )
    faults = [one for one in faults_of([line]) if one.column != "kind" or row.get("kind")]
    if faults:
        raise RuleError(faults[0].message, faults[0].remedy)


def _share(value: int | None) -> Fraction | None:
    return None if value is None else Fraction(value, BP_PER_WHOLE)
