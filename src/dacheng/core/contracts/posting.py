"""When a contract is an order (订货): signed, effective and executable; a late signing waits for approval (R222).

A contract counts on the day from which it is in force and can be carried out. One whose day lies in a closed month
posts in the next open one and keeps its own day; it is no order until somebody who may has approved it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dacheng.core.closing import Closed, posting_day
from dacheng.core.contracts.schema import COUNTED, INTAKES, WAITING
from dacheng.core.errors import RuleError, Text
from dacheng.core.rules import DatedRule, in_force

EXECUTABLE, LATE_APPROVAL = "orders.executable", "orders.late_approval"
USUAL: Mapping[str, int] = {EXECUTABLE: 1, LATE_APPROVAL: 1}
"""The rules of order intake and what holds until the company sets them; a test compares them with the defaults."""


class Posting(NamedTuple):
    """The day a contract posts on, and whether it is an order or waits to be one."""

    posted_day: int
    intake: int


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """The company's dated values of the rules of order intake, as known now."""

    own: tuple[DatedRule, ...] = field(default_factory=tuple)

    @classmethod
    def of(cls, rules: Iterable[DatedRule]) -> IntakeRules:
        """Return those of all rules that say what an order is."""
        return cls(tuple(one for one in rules if one.name in USUAL))

    def holds(self, name: str, day: int) -> bool:
        """Tell whether a rule holds on a day."""
        return bool(in_force(self.own, day).values.get(name, USUAL[name]))

    def counting_day(self, effective: int, executable: int | None) -> int:
        """Return the day a contract counts on: the later of effective and executable; without one, the effective day.

        Source: R222 (signed, effective and executable); rule ``orders.executable`` of the effective day.
        """
        if executable is None or not self.holds(EXECUTABLE, effective):
            return effective
        return max(effective, executable)

    def posting(self, effective: int, executable: int | None, closed: Closed, today: int) -> Posting:
        """Return when a contract posts; a late one waits for approval where the rule of today asks for it.

        Source: R222 (a signing into a closed period counts in the current one, its day kept, approval needed).
        """
        day = self.counting_day(effective, executable)
        posted = posting_day(day, closed)
        waits = posted != day and self.holds(LATE_APPROVAL, today)
        return Posting(posted, WAITING if waits else COUNTED)


def check_waiting(code: str, intake: int) -> None:
    """Refuse to decide on a contract that waits for nobody.

    Raises:
        RuleError: says what it is.
    """
    if intake == WAITING:
        return
    label = next(one for number, _, one in INTAKES if number == intake)
    raise RuleError(
        Text(f"合同 {code} 不在等批准：{label.zh}。", f"{code} does not wait for approval: {label.en.lower()}."),
        Text(
            "刷新页面看结果；被驳回的合同改了生效日或金额再送批。",
            "Reload to see it; correct the effective day or the amount of a refused one to ask again.",
        ),
    )


def no_order(code: str) -> tuple[Text, Text]:
    """Say why nothing is recognised of a contract that is no order yet, and the way out."""
    return (
        Text(f"合同 {code} 补签未批准，还不是订单，不能确认收入。", f"{code} was signed late and is no order yet."),
        Text("先批准这份合同。", "Approve it first, then recognise its revenue."),
    )


def check_reason(code: str, *, approve: bool, reason: str) -> None:
    """Refuse a refusal that does not say why.

    Raises:
        RuleError: names the contract.
    """
    if not approve and not reason.strip():
        raise RuleError(
            Text(f"驳回合同 {code} 没有写理由。", f"{code} is refused without a reason."),
            Text("请写明为什么不计入订货。", "Say why it is no order."),
        )
