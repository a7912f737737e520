"""Contracts that are one-off (大单等一次性合同): marked from a day on, with the reason (R011, R045)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.contracts.schema import CHANGES
from dacheng.core.errors import RuleError, Text
from dacheng.store.access import rights_of
from dacheng.store.actions.recording import Saved, revise
from dacheng.store.bulk import select_rows
from dacheng.store.history import writing
from dacheng.store.posting import seen
from dacheng.store.standing import Columns, Standing, record_table, standing


def mark_one_off(
    *, actor: Viewer, at: datetime, uid: UUID, one_off: bool, reason: str, version: int | None = None
) -> Saved:
    """Mark a contract as one-off from today on, or take the mark back: estimates leave it out, results do not.

    What changes the contract follows it, else a cancelled mega deal would leave its cancellation in the base.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not correct it. Conflict: somebody changed it meanwhile.
        RuleError: it is so already, it only changes another contract, or no reason is given.
    """
    with writing(actor, at, "contract.one_off") as entry:
        rights = rights_of(entry)
        contract = seen(rights, "contracts", uid)
        rights.require_on("contract.edit", "contracts", contract)
        _check(contract, one_off, reason)
        columns: Columns = {"one_off": int(one_off), "one_off_note": reason.strip()}
        done = revise(entry, "contracts", contract, columns, version, max(entry.day, contract.first_day))
        for one in _changes_of(contract):
            revise(entry, "contracts", one, columns, None, max(entry.day, one.first_day))
        return done


def _changes_of(contract: Standing) -> list[Standing]:
    """Return the amendments and cancellations of a contract."""
    conditions = [("amends_id = %s", contract.record_id), ("NOT removed", None)]
    rows = select_rows(record_table("contracts"), ["id"], conditions, order=("id",))
    return list(standing("contracts", [number for (number,) in rows]).values())


def _check(contract: Standing, one_off: bool, reason: str) -> None:
    code = contract.row["code"]
    if contract.row["kind"] in CHANGES:
        raise RuleError(
            Text(f"{code} 是对另一份合同的变更。", f"{code} only changes another contract."),
            Text("请标记原合同。", "Mark the contract that it changes."),
        )
    if bool(contract.row["one_off"]) == one_off:
        how = Text("是", "one-off") if one_off else Text("不是", "not one-off")
        raise RuleError(
            Text(f"{code} 已经{how.zh}一次性合同。", f"{code} is {how.en} already."),
            Text("刷新页面看现在的情形。", "Reload to see how it stands."),
        )
    if not reason.strip():
        raise RuleError(
            Text("没有写原因。", "No reason is given."),
            Text("写明为什么，合同会保留。", "Say why; the contract keeps it."),
        )
