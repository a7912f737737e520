"""What a line of history must be: something that has happened."""

from __future__ import annotations

from dacheng.core.errors import RuleError, Text
from dacheng.core.period import date_of


def not_yet(day: int, today: int) -> RuleError:
    """Return the error of a line that counts on a day which has not come."""
    return RuleError(
        Text(
            f"{date_of(day)} 还没有到，不能记为历史业绩。",
            f"{date_of(day)} is in the future: it is no history yet.",
        ),
        Text(f"最晚到 {date_of(today)}。", f"The last day possible is {date_of(today)}."),
    )
