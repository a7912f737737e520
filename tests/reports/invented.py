"""Random small companies with everything that makes reports hard, and a slow second opinion on their facts.

Units are re-parented and closed, people move, deals change owner, stage, amount and
dates, targets are agreed late and withdrawn, contracts come late, some rows are granted.
The second opinion reads the facts one by one in plain Python.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from tests.reports.company import Company, day

DAYS = tuple(f"2026-{month:02d}-{number:02d}" for month in range(1, 13) for number in (1, 10, 20, 28))
MONTHS = tuple(f"2026-{number:02d}" for number in range(1, 13))
MEASURES = ("contract", "margin", "cash")

Fact = Mapping[str, Any]


def invented(seed: int) -> Company:
    """Return a random company; the same for the same seed."""
    dice = random.Random(seed)
    people = ["boss", "li", "wang", "zhao", "qian"]
    return Company(
        units=_units(dice),
        people=[row for person in people for row in _homes(dice, person)],
        roles=[("boss", "manager", dice.choice(["A", "B", "C"])), ("li", "rep", "A")],
        grants=[("boss", "deal", "D1"), ("boss", "contract", "K1"), ("li", "deal", "D2")],
        deals=[row for number in range(dice.randint(3, 14)) for row in _deal(dice, f"D{number}", people)],
        contracts=[_contract(dice, number, people) for number in range(dice.randint(2, 9))],
        targets=_targets(dice, people),
        basis={"contract": dice.choice([1, 1, 2])},
        rules={"fiscal.start_month": dice.choice([1, 1, 4]), "done.won_without_contract": dice.choice([0, 1, 1])},
    )


def splits_of(seed: int, company: Company) -> list[tuple[Any, ...]]:
    """Return random splits of half of the deals, for always or for a while; the same for the same seed."""
    dice = random.Random(f"splits {seed}")
    found: list[tuple[Any, ...]] = []
    for code in company.codes["deals"]:
        for person in dice.sample(["boss", "li", "wang", "zhao", "qian"], dice.choice([0, 0, 1, 2])):
            days = dice.choice([("", ""), (dice.choice(DAYS[:20]), ""), ("2026-03-10", "2026-08-28")])
            found.append((code, person, dice.choice([1, 3333, 4000, 5000]), *days))
    return found


def _units(dice: random.Random) -> list[tuple[Any, ...]]:
    moved, closed = dice.choice(DAYS), dice.choice(DAYS)
    return [
        ("top", ""),
        ("A", "top"),
        ("B", "top"),
        ("C", "A", "", moved),
        ("C", "B", moved, ""),
        ("D", "A", "", closed, 0),
        ("D", "A", closed, "", 1),
        ("E", "C"),
    ]


def _homes(dice: random.Random, person: str) -> list[tuple[str, ...]]:
    moves = sorted(dice.sample(DAYS, dice.randint(0, 2)))
    spans = zip(["", *moves], [*moves, ""], strict=True)
    return [(person, dice.choice(["top", "A", "B", "C", "D", "E"]), start, stop) for start, stop in spans]


def _deal(dice: random.Random, code: str, people: list[str]) -> list[tuple[str, str, dict[str, Any]]]:
    days = sorted(dice.sample(DAYS, dice.randint(1, 4)))
    first = {
        "owner": dice.choice(people),
        "stage": dice.choice(["lead", "proposal", "won"]),
        "amount": _amount(dice),
        "customer": dice.choice([None, "acme", "globex"]),
        "product": dice.choice([None, "gear"]),
        "expected": dice.choice([None, *DAYS]),
        "tax_bp": dice.choice([None, 600, 1300]),
        "win_bp": dice.choice([None, None, 3333]),
        "estimated": dice.choice([0, 0, 1]),
        "margin_bp": dice.choice([None, 2500]),
    }
    return [(code, days[0], first), *((code, when, _change(dice, people)) for when in days[1:])]


def _change(dice: random.Random, people: list[str]) -> dict[str, Any]:
    change = {
        "owner": dice.choice(people),
        "stage": dice.choice(["lead", "proposal", "closing", "won", "lost"]),
        "amount": _amount(dice),
        "expected": dice.choice([None, *DAYS]),
        "category": dice.choice(["commit", "best", "pipeline"]),
        "win_bp": dice.choice([None, 1234]),
        "contracted": dice.choice([0, 1]),
    }
    return {name: change[name] for name in dice.sample(sorted(change), dice.randint(1, 3))}


def _amount(dice: random.Random) -> float | None:
    return dice.choice([None, 0, -5.5, dice.randint(1, 99_999_999) / 100, dice.randint(1, 999)])


def _contract(dice: random.Random, number: int, people: list[str]) -> dict[str, Any]:
    amount_ex, cost = dice.choice([None, dice.randint(1, 9999) / 100]), dice.choice([None, dice.randint(1, 9999) / 100])
    effective = dice.choice(DAYS)
    return {
        "code": f"K{number}",
        "owner": dice.choice(people),
        "day": effective,
        "known": dice.choice([effective, *DAYS]),
        "posted": dice.choice([effective, effective, max(effective, dice.choice(DAYS))]),
        "amount": dice.randint(-999, 99_999) / 100,
        "amount_ex": amount_ex,
        "cost": cost,
        "customer": dice.choice([None, "acme", "initech"]),
    }


def _targets(dice: random.Random, people: list[str]) -> list[tuple[Any, ...]]:
    cells: dict[tuple[str, str, str, str], tuple[Any, ...]] = {}
    months = dice.sample(MONTHS, 2)  # few, so that targets of several levels meet in one month
    for _ in range(dice.randint(0, 40)):
        person = dice.choice(["", "", *people])
        key = (dice.choice(["top", "A", "B", "C", "D", "E"]), person, dice.choice(MEASURES), dice.choice(months))
        stop = dice.choice(["", "", dice.choice(DAYS)])
        start = dice.choice(["", *(one for one in DAYS if not stop or one < stop)])
        cells[key] = (*key, dice.choice([None, 0, dice.randint(1, 999_999) / 100]), start, stop)
    return list(cells.values())


def holding(company: Company, relation: str, when: int) -> list[Fact]:
    """Return the facts of a relation that hold at the end of a day."""
    return [one for one in company.rows[relation] if one["from_day"] <= when < one["to_day"]]


def home(company: Company, person: int, when: int) -> int:
    """Return the home unit of a person on a day."""
    return next(one["unit_id"] for one in holding(company, "assignments", when) if one["person_id"] == person)


def path(company: Company, unit: int, when: int) -> list[int]:
    """Return a unit and all units above it on a day."""
    parent = {one["unit_id"]: one["parent_id"] for one in holding(company, "units", when)}
    found = [unit]
    while parent[found[-1]]:
        found.append(parent[found[-1]])
    return found


def units_seen(company: Company, viewer: str, when: int) -> set[int]:
    """Return the units a person sees on a day: all for the system, those under his roles for a manager."""
    every = {one["unit_id"] for one in company.rows["units"]}
    if not viewer:
        return every
    held = company.viewer(viewer).held
    tops = {one.unit_id for one in held if one.role != 1}
    return {unit for unit in every if tops & set(path(company, unit, when))}


def seen(company: Company, relation: str, viewer: str, when: int) -> Iterator[tuple[Fact, int]]:
    """Yield the deals or contracts a person sees on a day, each with its unit; 0 = seen by a grant only."""
    counts_on = "closed_day" if relation == "deals" else "effective_day"
    key, kind = ("deal_id", 1) if relation == "deals" else ("contract_id", 2)
    units, person = units_seen(company, viewer, when), company.viewer(viewer).person_id
    granted = {one["object_id"] for one in company.rows["grants"] if (one["person_id"], one["kind"]) == (person, kind)}
    for fact in holding(company, relation, when):
        unit = home(company, fact["owner_id"], min(fact[counts_on], when))
        if unit in units or fact["owner_id"] == person:
            yield fact, unit
        elif fact[key] in granted:
            yield fact, 0


def garbled_after(company: Company, when: str, seed: int) -> Company:
    """Return the company with every fact that begins after a day changed beyond recognition."""
    dice, last = random.Random(seed), day(when)
    rows = {name: [dict(one) for one in given] for name, given in company.rows.items()}
    for name in ("deals", "contracts", "targets"):
        rows[name] = [_garbled(dice, one) if one["from_day"] > last else one for one in rows[name]]
    return company.holding(rows)


SMALL = ("owner_id", "stage_id", "state")
LARGE = ("amount", "amount_ex", "cost", "win_bp", "expected_day", "closed_day")


def _garbled(dice: random.Random, fact: dict[str, Any]) -> dict[str, Any]:
    small = {name: dice.randint(1, 2) for name in SMALL if name in fact}
    return fact | small | {name: dice.randint(0, 10**9) for name in LARGE if name in fact}


def changed_outside(company: Company, viewer: str, days: list[int], seed: int) -> Company:
    """Return the company with everything changed that lies outside a person's scope on all these days."""
    dice = random.Random(seed)
    rows = {name: [dict(one) for one in given] for name, given in company.rows.items()}
    units = set().union(*(units_seen(company, viewer, when) for when in days))
    person = company.viewer(viewer).person_id
    homes = {}
    for one in company.rows["assignments"]:
        homes.setdefault(one["person_id"], set()).add(one["unit_id"])
    foreign = {one for one, where in homes.items() if one != person and not where & units}
    for name, kind in (("deals", 1), ("contracts", 2)):
        key = f"{name[:-1]}_id"
        granted = {
            one["object_id"] for one in company.rows["grants"] if (one["person_id"], one["kind"]) == (person, kind)
        }
        theirs = {one[key] for one in rows[name] if one["owner_id"] not in foreign} | granted
        rows[name] = [one if one[key] in theirs else _revalued(dice, one) for one in rows[name]]
    rows["targets"] = [
        one if one["unit_id"] in units or one["person_id"] == person else _revalued(dice, one)
        for one in rows["targets"]
    ]
    return company.holding(rows)


def _revalued(dice: random.Random, fact: dict[str, Any]) -> dict[str, Any]:
    return fact | {name: dice.randint(0, 10**9) for name in ("amount", "amount_ex", "cost", "win_bp") if name in fact}
