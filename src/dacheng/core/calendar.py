"""The working calendar (工作日历): which days are worked, counted by prefix sums.

The rows come from the company's own editable table, which knows 调休; nothing here
knows a holiday.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import date_of


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Consecutive days and whether each is worked. Make it with ``Calendar.of``.

    Args:
        day: shape (n,), ascending without a gap.
        working: shape (n,), True for a working day.
    """

    day: IntArray
    working: BoolArray
    _before: IntArray

    @classmethod
    def of(cls, day: IntArray, working: BoolArray) -> Calendar:
        """Build the calendar from its rows, in any order.

        Raises:
            RuleError: a day is missing in between or stands twice (I17); names it.
        """
        order = np.argsort(day)
        day, working = day[order], working[order].astype(np.bool_)
        _check_consecutive(day)
        before = np.concatenate(([0], np.cumsum(working, dtype=np.int64)))
        return cls(day, working, before)

    @property
    def first_day(self) -> int:
        """Return the first day; 0 when the calendar is empty."""
        return int(self.day[0]) if self.day.size else 0

    @property
    def end_day(self) -> int:
        """Return the day after the last one; 0 when the calendar is empty."""
        return int(self.day[-1]) + 1 if self.day.size else 0

    @overload
    def working_days(self, from_day: int, to_day: int) -> int: ...
    @overload
    def working_days(self, from_day: IntArray, to_day: IntArray | int) -> IntArray: ...
    @overload
    def working_days(self, from_day: int, to_day: IntArray) -> IntArray: ...
    def working_days(self, from_day: Any, to_day: Any) -> Any:
        """Count the working days of ``[from_day, to_day)``; negative when the ends are swapped.

        Raises:
            RuleError: an end lies outside the calendar.

        >>> week = Calendar.of(np.arange(4, 11), np.arange(7) < 5)     # Monday 1970-01-05 to Sunday
        >>> week.working_days(4, 11), week.working_days(8, 10)
        (5, 1)
        """
        count = self._before[self._offset(to_day)] - self._before[self._offset(from_day)]
        return count if count.ndim else int(count)

    def _offset(self, day: IntArray | int) -> Any:
        outside = (np.asarray(day) < self.first_day) | (np.asarray(day) > self.end_day)
        if outside.any():
            self._refuse(int(np.asarray(day)[outside].flat[0]))
        return day - self.first_day

    def _refuse(self, day: int) -> None:
        if not self.day.size:
            raise RuleError(
                Text("工作日历是空的。", "The working calendar is empty."),
                Text("请先导入工作日历。", "Load the working calendar first."),
            )
        first, last, wanted = date_of(self.first_day), date_of(self.end_day - 1), date_of(day)
        raise RuleError(
            Text(
                f"工作日历只有 {first} 至 {last}，没有 {wanted}。",
                f"The working calendar covers {first} to {last}, not {wanted}.",
            ),
            Text("请在工作日历中补上这些年份。", "Add these years to the working calendar."),
        )


def _check_consecutive(day: IntArray) -> None:
    steps = np.diff(day)
    wrong = np.flatnonzero(steps != 1)
    if not wrong.size:
        return
    at = int(wrong[0])
    if steps[at] == 0:
        seen = date_of(int(day[at]))
        message = Text(f"工作日历中 {seen} 出现了两次。", f"{seen} stands twice in the working calendar.")
    else:
        seen = date_of(int(day[at]) + 1)
        message = Text(f"工作日历缺少 {seen}。", f"{seen} is missing from the working calendar.")
    raise RuleError(message, Text("每一天必须正好有一行。", "Every day needs exactly one row."))
