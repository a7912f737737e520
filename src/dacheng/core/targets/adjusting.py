"""The adjustment register (目标调整登记): base + dated, signed, approved lines = final target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dacheng.core.errors import Text
from dacheng.core.period import date_of
from dacheng.core.table import Note


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One line of the register.

    Args:
        kind: a number of ``plans.schema.ADJUSTMENTS``. day: from which day it holds. amount: minor units, signed.
        evidence, approver: what it rests on and who approved it; empty = lacking.
    """

    kind: int
    day: int
    amount: int
    evidence: str = ""
    approver: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line in the order in which it holds, and the target after it.

    Args:
        after: minor units; unchanged by a line that is not effective.
        why_not: why it is not effective; None when it is.
    """

    line: Adjustment
    after: int
    why_not: Text | None


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A target with its adjustments on a day.

    Args:
        base: minor units. steps: every line, by its day, ties as handed in.
    """

    base: int
    steps: tuple[Step, ...]

    @property
    def final(self) -> int:
        """Return base + the lines that are effective, minor units."""
        return self.steps[-1].after if self.steps else self.base

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return how many lines are not effective and what they would come to."""
        waiting = [step.line.amount for step in self.steps if step.why_not]
        if not waiting:
            return ()
        return (Note.of_amounts("targets/adjustments-not-effective", _WAITING, [sum(waiting)], len(waiting)),)


_WAITING = Text("有尚未生效的调整，合计 {}。", "Adjustments that are not effective come to {}.")
_LACKING = {
    "evidence": Text("缺依据", "no evidence"),
    "approver": Text("缺批准人", "no approver"),
}


def adjusted(base: int, lines: Sequence[Adjustment], as_of_day: int) -> Adjusted:
    """Return a target with the adjustments that are effective at the end of a day.

    A line without approver or evidence, or whose day has not come, changes nothing and says why.

    Source: R030; signed lines of R031.

    >>> found = adjusted(100, [Adjustment(7, 3, -20, "批假单", "王总"), Adjustment(2, 3, -5)], 5)
    >>> found.final, [step.why_not and step.why_not.zh for step in found.steps]
    (80, [None, '缺依据、缺批准人'])
    """
    steps, running = list[Step](), base
    for line in sorted(lines, key=lambda one: one.day):
        why_not = _why_not(line, as_of_day)
        running += 0 if why_not else line.amount
        steps.append(Step(line, running, why_not))
    return Adjusted(base, tuple(steps))


def _why_not(line: Adjustment, as_of_day: int) -> Text | None:
    lacking = [text for name, text in _LACKING.items() if not getattr(line, name).strip()]
    if line.day > as_of_day:
        lacking.append(Text(f"从 {date_of(line.day)} 起", f"from {date_of(line.day)} on"))
    if not lacking:
        return None
    return Text("、".join(one.zh for one in lacking), ", ".join(one.en for one in lacking))
