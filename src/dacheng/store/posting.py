"""What every posting needs: the day it posts on, the contract it stands with, what its recorder may see."""

from __future__ import annotations

from dacheng.core.closing import posting_day
from dacheng.core.contracts.schema import CHANGES, FRAMEWORK
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import date_of
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights
from dacheng.store.bulk import select_rows
from dacheng.store.history import Entry
from dacheng.store.identity import hidden
from dacheng.store.periods import closed_through
from dacheng.store.settling import PLACE
from dacheng.store.standing import Columns, Standing, record_table, standing, standing_uid


def posted(entry: Entry, day: int | None, what: Text) -> int:
    """Return the day something of a day posts on; a late one is told in the log.

    Args:
        what: as the message calls it.

    Raises:
        RuleError: it has no day.
    """
    if day is None:
        raise RuleError(
            Text(f"{what.zh}没有日期。", f"{what.en}: the day is missing."),
            Text("请填写发生的日期。", "Enter the day it happened."),
        )
    posts = posting_day(day, closed_through())
    if posts != day:
        entry.detail["late"] = {"day": str(date_of(day)), "posted": str(date_of(posts))}
    return posts


def seen(rights: Rights, relation: str, uid: object) -> Standing:
    """Return a record that the actor sees.

    Raises:
        NotFound: there is none, or he does not see it.
    """
    found = standing_uid(relation, uid)
    if not rights.sees(relation, found):
        raise hidden(RELATIONS[relation].label)
    return found


def place_of(contract: Standing) -> Columns:
    """Return where everything of a contract stands."""
    return {name: contract.row[name] for name in PLACE}


def base_contract(rights: Rights, uid: object) -> Standing:
    """Return a contract that money is posted to: not a framework, and not what merely changes another one.

    Raises:
        NotFound: the actor does not see it. RuleError: it is one of those; says what to name instead.
    """
    contract = seen(rights, "contracts", uid)
    code = contract.row["code"]
    if contract.row["kind"] in CHANGES and contract.row["amends_id"]:
        base = standing("contracts", [contract.row["amends_id"]])[contract.row["amends_id"]].row["code"]
        raise RuleError(
            Text(f"合同 {code} 是对 {base} 的变更。", f"{code} only changes {base}."),
            Text(f"请记在原合同 {base} 上。", f"Record it with {base}."),
        )
    if contract.row["kind"] == FRAMEWORK:
        raise RuleError(
            Text(f"{code} 是框架合同，不直接交付和收款。", f"{code} is a framework: nothing is paid of it."),
            Text("请记在它的下单上。", "Record it with a call-off."),
        )
    return contract


def family(contract: Standing) -> list[tuple[int, int, int | None]]:
    """Return (posted day, amount incl. tax, excl. tax) of a contract and of what changed it, minor units."""
    own = [(int(contract.row["posted_day"]), int(contract.row["amount"]), contract.row["amount_ex"])]
    conditions = [("amends_id = %s", contract.record_id), ("NOT removed", None)]
    changes = select_rows(record_table("contracts"), ["posted_day", "amount", "amount_ex"], conditions)
    return own + [(day, amount, amount_ex) for day, amount, amount_ex in changes]


def add_up(rows: list[tuple[int, int, int | None]], day: int) -> tuple[int, int | None]:
    """Return what a contract comes to by a day incl. and excl. tax; excl. is None where a part is not known."""
    by_then = [(amount, amount_ex) for posts, amount, amount_ex in rows if posts <= day] or [(0, 0)]
    without = [amount_ex for _, amount_ex in by_then if amount_ex is not None]
    return sum(amount for amount, _ in by_then), sum(without) if len(without) == len(by_then) else None
