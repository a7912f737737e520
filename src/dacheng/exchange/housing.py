"""Where people are at home in a folder, and rows that would have no place (归属)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from dacheng.core.company import Company, Frame
from dacheng.core.errors import Finding, Text
from dacheng.core.org.schema import PEOPLE
from dacheng.core.period import FAR_DAY, FIRST_DAY, date_of
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.exchange.canonical import Codes, read_value
from dacheng.exchange.completing import empty_frame
from dacheng.exchange.csvtables import Sheet
from dacheng.exchange.problems import ValueProblem

UNIT = RELATIONS["assignments"].column("unit_id")


class Home(NamedTuple):
    """A person's home unit on ``[from_day, to_day)``."""

    from_day: int
    to_day: int


def homes_from_people(
    sheet: Sheet, frames: Mapping[str, Frame], codes: Mapping[str, Codes]
) -> tuple[Frame, list[Finding]]:
    """Return the homes of a folder: those of assignments.csv and those of the column ``unit`` of people.csv."""
    given = frames.get("assignments", empty_frame(RELATIONS["assignments"]))
    columns = {name: list(values) for name, values in given.columns.items()}
    findings = []
    listed = set(columns["person_id"])
    for row, (code, unit) in enumerate(zip(sheet.columns.get("code", ()), sheet.columns.get("unit", ()), strict=False)):
        person = codes["people"].get(code)
        if not unit or person is None:
            continue
        try:
            home = _home(person, unit, listed, codes)
        except ValueProblem as problem:
            findings.append(sheet.at(row, "unit", problem))
            continue
        listed.add(person)
        for name, value in {"person_id": person, "unit_id": home, "from_day": FIRST_DAY, "to_day": FAR_DAY}.items():
            columns[name].append(value)
    return Frame(columns, given.labels), findings


def _home(person: int, unit: str, listed: set[int | None], codes: Mapping[str, Codes]) -> int | None:
    if person in listed:
        raise ValueProblem(
            "csv/two-homes",
            Text("这个人的归属已经写过了。", "The home of this person is given already."),
            Text(
                "归属只写一处：assignments.csv 或第一行的 unit。", "Give it once: assignments.csv, or the first unit."
            ),
            value=unit,
        )
    return read_value(UNIT, unit, codes["units"])


def homeless_rows(company: Company) -> list[Finding]:
    """Find people without a home on some day, and rows that count on a day before their owner has one."""
    homes = _homes(company.frames["assignments"])
    people = dict(
        zip(company.frames["people"].columns["person_id"], company.frames["people"].labels["code"], strict=True)
    )
    findings = []
    for row, (person, since) in enumerate(_first_days(company.frames["people"], PEOPLE.key[0])):
        if not _lasting(homes.get(person, []), since):
            findings.append(_homeless(people[person], row))
    starts = {person: found[0].from_day for person, found in homes.items()}
    for name, relation in RELATIONS.items():
        if relation.place == "owner":
            findings += _too_early(relation, company.frames[name], starts, people)
    return findings


def _homes(frame: Frame) -> dict[int, list[Home]]:
    found: dict[int, list[Home]] = {}
    names = ("person_id", "from_day", "to_day")
    for person, start, end in zip(*(frame.columns[name] for name in names), strict=True):
        found.setdefault(person or 0, []).append(Home(start or 0, end or 0))
    return {person: sorted(homes) for person, homes in found.items()}


def _first_days(frame: Frame, key: str) -> Iterator[tuple[int, int]]:
    first: dict[int, int] = {}
    for number, start in zip(frame.columns[key], frame.columns["from_day"], strict=True):
        first[number or 0] = min(start or 0, first.get(number or 0, FAR_DAY))
    return iter(first.items())


def _lasting(homes: list[Home], since: int) -> bool:
    """Tell whether homes follow one another without a gap from a day on, for ever."""
    follows = all(one.to_day == other.from_day for one, other in pairwise(homes))
    return bool(homes) and follows and homes[0].from_day <= since and homes[-1].to_day == FAR_DAY


def _too_early(
    relation: Relation, frame: Frame, starts: Mapping[int, int], people: Mapping[int | None, str]
) -> Iterator[Finding]:
    """Find the rows of owners who have no home yet on the first day the row counts."""
    posted = frame.columns[relation.place_day] if relation.place_day else frame.columns["to_day"]
    owners = frame.columns[relation.place_column]
    for row, (owner, start, day) in enumerate(zip(owners, frame.columns["from_day"], posted, strict=True)):
        first = min(start or 0, day or 0)
        if first < starts.get(owner or 0, FAR_DAY):
            yield _unplaced(relation, frame.labels["code"][row], people.get(owner, ""), first)


def _homeless(person: str, row: int) -> Finding:
    return Finding(
        "csv/no-home",
        Text(
            f"人员「{person}」不是每一天都有且只有一个归属组织。",
            f"“{person}” does not have one home unit on every day.",
        ),
        Text(
            "在 people.csv 写 unit，或在 assignments.csv 从第一天起首尾相接；离职的人留在最后的组织。",
            "Give unit in people.csv, or homes in assignments.csv without gap or overlap; a leaver keeps the last one.",
        ),
        sheet="people.csv",
        column="unit",
        value=person,
    )


def _unplaced(relation: Relation, code: str, owner: str, day: int) -> Finding:
    shown = date_of(day).isoformat()
    return Finding(
        "csv/no-place",
        Text(
            f"「{code}」在 {shown} 计入，那天负责人「{owner}」还没有归属组织。",
            f"“{code}” counts on {shown}, when its owner “{owner}” has no home unit yet.",
        ),
        Text("让归属从更早的一天开始。", "Let the owner's home begin earlier."),
        sheet=f"{relation.name}.csv",
        column="owner",
        value=owner,
    )
