"""The parts that people have in a decision to buy (决策角色, R095): at a customer and in each deal."""

from __future__ import annotations

from collections.abc import Iterable

from dacheng.core.errors import Text

PARTS = (
    (1, "eb", Text("决策者", "Economic buyer")),
    (2, "ub", Text("使用者", "User buyer")),
    (3, "tb", Text("技术把关者", "Technical buyer")),
    (4, "coach", Text("教练", "Coach")),
    (5, "other", Text("其他", "Other")),
)
"""The part somebody has in a decision to buy: EB, UB, TB, Coach, or another one."""

WANTED = tuple(number for number, code, _ in PARTS if code != "other")
"""The four parts that a deal wants covered: EB, UB, TB and Coach."""


def uncovered(parts: Iterable[int | None]) -> list[int]:
    """Return those of ``WANTED`` that nobody has.

    >>> uncovered([1, None, 5, 4])
    [2, 3]
    """
    known = set(parts)
    return [one for one in WANTED if one not in known]
