"""How a checklist begins: its template, what it is about, when each item is due (R051, R058, R059, R222)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dacheng.core.checklists.schema import CALENDAR, KINDS, NOTHING, OF_A_PLAN, OPENING
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FiscalYear, last_day_of


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a template.

    Args:
        part: number of one of ``PARTS``.
        after_days: due so many days after the start; None = no due day of this kind.
        month: due at the end of the fiscal year's month; 1 = its first, 0 = the month before it; None = none.
        required: it cannot be taken off a list.
    """

    part: int
    name: str
    name_en: str = ""
    after_days: int | None = None
    month: int | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """The items of a kind of checklist from a day on."""

    kind: int
    from_day: int
    items: tuple[Item, ...]
    source: str


def template_on(templates: Sequence[Template], kind: int, day: int) -> Template:
    """Return the template of a kind in force at the end of a day, the latest one.

    Raises:
        KeyError: none ships for that kind and day.
    """
    found = [one for one in templates if one.kind == kind and one.from_day <= day]
    if not found:
        raise KeyError(kind)
    return max(found, key=lambda one: one.from_day)


def check_about(columns: Mapping[str, Any]) -> None:
    """Refuse a checklist that is not about what its kind is about: a plan, a person, or a year.

    Items of a plan are nobody's own, so that a draft is seen only by who looks after its unit.

    Raises:
        RuleError: says which is missing or too much.
    """
    kind = int(columns.get("kind") or 0)
    label = next((label for number, _, label in KINDS if number == kind), None)
    if label is None:
        return  # a missing kind is refused like any missing column
    needed = "plan_id" if kind in OF_A_PLAN else "person_id" if kind == OPENING else "year"
    words = {
        "plan_id": Text("目标方案", "a plan"),
        "person_id": Text("一个人", "a person"),
        "year": Text("一个年份", "a year"),
    }
    if not columns.get(needed):
        word = words[needed]
        raise RuleError(
            Text(f"「{label.zh}」没有说是哪个{word.zh}的。", f"“{label.en}” does not say of which it is: {word.en}."),
            Text(f"选{word.zh}。", f"Choose {word.en}."),
        )
    more = ("year", "person_id") if kind in OF_A_PLAN else ("plan_id", "year")
    for name in more:
        if name != needed and columns.get(name):
            raise RuleError(
                Text(f"「{label.zh}」不属于{words[name].zh}。", f"“{label.en}” is not of {words[name].en}."),
                Text("空着这一项。", "Leave it blank."),
            )


def about(row: Mapping[str, Any]) -> tuple[int, ...]:
    """Return what makes items one checklist: kind, unit, plan, year, and the person where it is a person's."""
    kind = int(row["kind"])
    person = int(row["person_id"] or NOTHING) if kind == OPENING else NOTHING
    return kind, int(row["unit_id"]), int(row["plan_id"] or NOTHING), int(row["year"] or 0), person


def due_days(items: Sequence[Item], kind: int, *, start_day: int, year: int, fiscal: FiscalYear) -> list[int | None]:
    """Return when each item is due, days since 1970-01-01; None = no due day.

    Args:
        start_day: counts for ``after_days``. year: the fiscal year for ``month``.

    >>> due_days([Item(1, "x", after_days=30), Item(2, "y")], 2, start_day=100, year=0, fiscal=FiscalYear(1))
    [130, None]
    """
    begins = fiscal.year(year).from_ym if kind == CALENDAR else 0
    found: list[int | None] = []
    for one in items:
        if one.month is not None and kind == CALENDAR:
            found.append(int(last_day_of(begins + one.month - 1)))
        else:
            found.append(None if one.after_days is None else start_day + one.after_days)
    return found
