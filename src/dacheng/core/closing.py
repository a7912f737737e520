"""Closed periods (关账): what is posted in a closed month never changes again.

Months are closed in order, so one month says it all: every month up to
``Closed.through`` is closed, 0 when none is. Late facts post to the first day of the
next open month; corrections that would change a closed month are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from dacheng.core.budget.schema import COUNTING
from dacheng.core.contracts.schema import COUNTED
from dacheng.core.deals.schema import WON
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import Version, merged
from dacheng.core.months import CALENDAR_MONTHS, Months
from dacheng.core.period import FIRST_DAY, date_of, ym_text
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS


@dataclass(frozen=True, slots=True)
class Closed:
    """How far the months are closed.

    Args:
        through: the last closed month, 0 when none is; months: the days of the company's months.
        first: the first month that was ever closed; months before it were never reported from here. 0 = not told.
    """

    through: int = 0
    months: Months = CALENDAR_MONTHS
    first: int = 0

    def __bool__(self) -> bool:
        return self.through != 0

    @property
    def open_day(self) -> int:
        """Return the first day that is not in a closed month."""
        return self.months.first_day_of(self.through + 1) if self else FIRST_DAY

    @property
    def first_day(self) -> int:
        """Return the first day of the first month that was closed; without one told, of all time."""
        return self.months.first_day_of(self.first) if self.first else FIRST_DAY


NONE_CLOSED = Closed()

Key = tuple[int, ...]
Part = frozenset[tuple[int | None, ...]]
"""What may not change; two equal parts say the same about closed months."""


def posting_day(day: int, closed: Closed) -> int:
    """Return the day a fact of a day posts on: late ones post to the next open month.

    Source: architecture "late facts post to the open period with the original day".
    """
    return max(day, closed.open_day)


def check_close(ym: int, *, closed: Closed, today: int) -> None:
    """Refuse to close a month out of order, twice, or before it has ended.

    Raises:
        RuleError: says which month is next.
    """
    if ym <= closed.through:
        raise RuleError(
            Text(f"{ym_text(ym)} 已经关账。", f"{ym_text(ym)} is closed already."),
            Text("无需再次关账。", "There is nothing to do."),
        )
    if closed and closed.through != ym - 1:
        following = ym_text(closed.through + 1)
        raise RuleError(
            Text(f"{ym_text(ym)} 之前还有未关的月份。", f"Months before {ym_text(ym)} are still open."),
            Text(f"请先关 {following}。", f"Close {following} first."),
        )
    last = closed.months.last_day_of(ym)
    if today < last:
        ends = date_of(last)
        raise RuleError(
            Text(f"{ym_text(ym)} 还没有结束。", f"{ym_text(ym)} has not ended yet."),
            Text(f"从 {ends} 起可以关账。", f"It can be closed from {ends} on."),
        )


def check_reopen(ym: int, *, closed: Closed) -> None:
    """Refuse to reopen any month but the last closed one.

    Raises:
        RuleError: says which one can be reopened.
    """
    if closed and ym == closed.through:
        return
    last = ym_text(closed.through) if closed else ""
    raise RuleError(
        Text(f"不能重新打开 {ym_text(ym)}。", f"{ym_text(ym)} cannot be reopened."),
        Text(f"只能重新打开最后关账的月份 {last}。", f"Only the last closed month can: {last}.")
        if last
        else Text("还没有关账的月份。", "No month is closed."),
    )


def check_lasting(day: int, closed: Closed) -> None:
    """Refuse a change that holds from a day on and would reach into a closed month.

    Raises:
        RuleError: names the first day that is possible.
    """
    if day < closed.open_day:
        raise RuleError(
            Text(
                f"{date_of(day)} 在已关账的期间内（关账至 {ym_text(closed.through)}）。",
                f"{date_of(day)} lies in a closed period (closed through {ym_text(closed.through)}).",
            ),
            way_out(closed),
        )


def way_out(closed: Closed) -> Text:
    """Say what to do instead of changing a closed month."""
    first = date_of(closed.open_day)
    return Text(
        f"请从 {first} 起生效，用一笔调整记入开放期间，或请财务重新打开该月。",
        f"Let it take effect from {first} on, post an adjustment to the open period, or ask finance to reopen it.",
    )


def frozen_part(name: str, key: Key, versions: Sequence[Version], closed: Closed) -> Part:
    """Return the part of a key's history that closed months rest on.

    - contracts and their lines: amounts, owner, customer and days of those that count in a closed month;
    - deals: the same of those won in a closed month;
    - home units and places in the tree: every day before the first open one;
    - targets: every day before the first open one, and always for a closed month's own cell;
    - lines of history: everything of those that count in a month that was closed. Months before the first
      closed one take history for ever: a company that has closed this year still brings in the years before.
    - expenses: amounts, units and days of those posted in a closed month.
    - recognition, invoices, receipts, allocations and write-offs: what was posted in a closed month.

    Relations that no closed month rests on have none.
    """
    part = FROZEN.get(name)
    if part is None or not closed:
        return frozenset()
    return part(key, versions, closed)


def refuse_frozen(relation: Relation, label: str, closed: Closed) -> RuleError:
    """Return the error of a change that a closed month does not allow.

    Args:
        label: the record as its users know it.
    """
    return RuleError(
        Text(
            f"{relation.label.zh} {label} 已计入关账期间（关账至 {ym_text(closed.through)}），不能这样修改。",
            f"{relation.label.en} {label} counts in a closed period (closed through {ym_text(closed.through)}).",
        ),
        way_out(closed),
    )


def _before_open(key: Key, versions: Sequence[Version], closed: Closed) -> Part:
    """Return what holds before the first open day, whatever follows."""
    end = closed.open_day
    clipped = [replace(one, to_day=min(one.to_day, end)) for one in versions if one.from_day < end]
    return _whole(merged(clipped))


def _of_target(key: Key, versions: Sequence[Version], closed: Closed) -> Part:
    month = key[RELATIONS["targets"].key.index("ym")]
    return _whole(versions) if month <= closed.through else _before_open(key, versions, closed)


def _whole(versions: Sequence[Version]) -> Part:
    return frozenset((one.from_day, one.to_day, *one.values) for one in versions)


def _of_contract(key: Key, versions: Sequence[Version], closed: Closed) -> Part:
    at = _POSITION["contracts"]["intake"]
    versions = [one for one in versions if one.values[at] == COUNTED]
    names = ("posted_day", "effective_day", "owner_id", "customer_id", "amount", "amount_ex", "cost", "kind")
    return _posted("contracts", versions, names, closed)


def _of_line(key: Key, versions: Sequence[Version], closed: Closed) -> Part:
    names = ("effective_day", "contract_id", "product_id", "owner_id", "amount", "amount_ex", "cost")
    begun = [one for one in versions if one.from_day < closed.open_day]
    return _posted("contract_lines", begun, names, closed)


def _of_deal(key: Key, versions: Sequence[Version], closed: Closed) -> Part:
    state = _POSITION["deals"]["state"]
    won = [one for one in versions if one.values[state] == WON]
    names = ("closed_day", "owner_id", "customer_id", "product_id", "amount", "own_bp")
    return _posted("deals", won, names, closed)


def _of_actual(key: Key, versions: Sequence[Version], closed: Closed) -> Part:
    at = _POSITION["actuals"]["day"]
    return _whole(
        merged(one for one in sorted(versions) if closed.first_day <= (one.values[at] or FIRST_DAY) < closed.open_day)
    )


def _of_expense(key: Key, versions: Sequence[Version], closed: Closed) -> Part:
    at = _POSITION["expenses"]["overspend"]
    versions = [one for one in versions if one.values[at] in COUNTING]
    return _posted("expenses", versions, ("posted_day", "day", "unit_id", "line_id", "amount", "state"), closed)


POSTED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "recognitions": ("posted_day", "contract_id", "owner_id", "effective_day", "amount_ex", "amount", "cost"),
    "invoices": ("posted_day", "contract_id", "term_id", "owner_id", "effective_day", "amount", "amount_ex"),
    "receipts": ("posted_day", "owner_id", "amount"),
    "allocations": (
        "posted_day",
        "receipt_id",
        "term_id",
        "deal_id",
        "owner_id",
        "effective_day",
        "amount",
        "received",
    ),
    "write_offs": ("posted_day", "term_id", "owner_id", "effective_day", "amount"),
}
"""What a closed month rests on of each posting; the first is the day it is posted on."""


def _of_posting(name: str) -> Callable[[Key, Sequence[Version], Closed], Part]:
    return lambda key, versions, closed: _posted(name, versions, POSTED_COLUMNS[name], closed)


def _posted(name: str, versions: Sequence[Version], names: Sequence[str], closed: Closed) -> Part:
    """Return when the versions whose first named column, a day, is in a closed month held, by these columns."""
    at = [_POSITION[name][column] for column in names]
    end = closed.open_day
    shown = (replace(one, values=tuple(one.values[column] for column in at)) for one in sorted(versions))
    return _whole(merged(one for one in shown if one.values[0] is not None and one.values[0] < end))


FROZEN: Mapping[str, Callable[[Key, Sequence[Version], Closed], Part]] = {
    "units": _before_open,
    "assignments": _before_open,
    "targets": _of_target,
    "contracts": _of_contract,
    "contract_lines": _of_line,
    "deals": _of_deal,
    "actuals": _of_actual,
    "expenses": _of_expense,
    **{name: _of_posting(name) for name in POSTED_COLUMNS},
}
_POSITION = {name: {column.name: at for at, column in enumerate(RELATIONS[name].values)} for name in FROZEN}

MAY_BEGIN_EARLIER = frozenset({"units", "assignments"})
"""A new unit or person changes no closed month merely by having begun before."""
