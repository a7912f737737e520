"""产能 (capacity): what the people of a team can bring in a year, against a target (R019)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.period import Period
from dacheng.core.table import Note
from dacheng.core.targets.setting.bounds import check_ratio
from dacheng.core.targets.setting.outcome import rounded
from dacheng.core.targets.setting.wording import in_number, in_percent, listed


@dataclass(frozen=True, slots=True)
class Headcount:
    """People of one kind, such as a team's full performers, its joiners or its vacancies.

    Args:
        people: full-time equivalents, >= 0.
        productivity: minor units one brings in a whole year when fully productive, >= 0.
        ramp: how far they are productive, 0–1.
        vacancy: nobody is there yet; such a row must say from when on.
        start_ym: month from which on they count; None = all year.
    """

    name: str
    people: Fraction
    productivity: int
    ramp: Fraction
    vacancy: bool = False
    start_ym: int | None = None


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """What a group can bring.

    Args:
        present: part of the year in which it is there, 0–1.
        capacity, after_attrition: minor units, rounded as a row.
    """

    group: Headcount
    present: Fraction
    capacity: int
    after_attrition: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """What all groups can bring, minor units: the sums of the lines.

    Args:
        vs_target: after attrition ÷ target; None where there is no target above zero.
    """

    lines: tuple[CapacityLine, ...]
    capacity: int
    after_attrition: int
    vs_target: Fraction | None
    notes: tuple[Note, ...] = ()


def capacity_of(groups: Sequence[Headcount], attrition: Fraction, year: Period, target: int | None = None) -> Capacity:
    """Return what people can bring in a year and how far that carries a target (人均产能).

    Defined as::  Σ people × productivity × ramp × part of the year present × (1 − attrition)
    The part of the year is whole months from the start month on, of those of the year.

    Args:
        attrition: part of the capacity that leaves in the year, 0–1.
        target: minor units; None = there is none.

    Raises:
        RuleError: a vacancy without a start month, a negative number of people or productivity, a ramp or
            attrition outside 0–1; names the groups.

    Source: R019; golden case G59.
    """
    _check(groups, attrition)
    lines = tuple(_line(one, attrition, year) for one in groups)
    left = sum(one.after_attrition for one in lines)
    vs_target = Fraction(left, target) if target is not None and target > 0 else None
    return Capacity(lines, sum(one.capacity for one in lines), left, vs_target, _notes(left, target, vs_target))


def _line(group: Headcount, attrition: Fraction, year: Period) -> CapacityLine:
    present = _present(group.start_ym, year)
    exact = group.people * group.productivity * group.ramp * present
    return CapacityLine(group, present, rounded(exact), rounded(exact * (1 - attrition)))


def _present(start_ym: int | None, year: Period) -> Fraction:
    """Return the part of the months of a year from a month on."""
    if start_ym is None:
        return Fraction(1)
    return Fraction(year.to_ym - min(max(start_ym, year.from_ym), year.to_ym), len(year))


def _check(groups: Sequence[Headcount], attrition: Fraction) -> None:
    check_ratio(attrition, Text("流失率", "The attrition"))
    without = [one.name for one in groups if one.vacancy and one.start_ym is None]
    if without:
        names = listed(without)
        raise RuleError(
            Text(
                f"{names.zh}是空缺，不能当作全年在岗的人。",
                f"{names.en}: a vacancy is not a person who is there all year.",
            ),
            Text("请填预计到岗月份。", "Give the month from which on it is filled."),
        )
    for one in groups:
        check_ratio(one.ramp, Text(f"「{one.name}」的爬坡系数", f"The ramp of “{one.name}”"))
        if one.people < 0 or one.productivity < 0:
            zh, en = f"{in_number(one.people)} 人", f"{in_number(one.people)} people"
            each = in_yuan(one.productivity)
            raise RuleError(
                Text(
                    f"「{one.name}」是 {zh}、人均 {each} 元，不能为负。",
                    f"“{one.name}”: {en} at {each} each; neither is negative.",
                ),
                Text("请填 0 或正数。", "Enter zero or more."),
            )


def _notes(left: int, target: int | None, vs_target: Fraction | None) -> tuple[Note, ...]:
    if target is None or vs_target is None or vs_target >= 1:
        return ()
    seen = in_percent(vs_target, 2)
    pattern = Text(f"产能 {{}} 只够目标 {{}} 的 {seen}。", f"The capacity {{}} carries {seen} of the target {{}}.")
    return (Note.of_amounts("short-of-capacity", pattern, (left, target)),)
