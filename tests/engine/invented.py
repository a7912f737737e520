"""Small random companies with a history, and what a patient person would see in them day by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from dacheng.core.access import MANAGER, REP, Held, Viewer
from dacheng.core.cash.schema import ALLOCATIONS
from dacheng.core.contracts.schema import CONTRACTS
from dacheng.core.deals.schema import DEALS, WHOLE_BP
from dacheng.core.deals.splitting import Arranged, Span, arranged
from dacheng.core.period import FAR_DAY
from dacheng.core.relation import Relation

LAST = 12
"""Everything happens on days 0 to 12."""

Row = dict[str, int | None]


@dataclass(frozen=True)
class Invented:
    """Facts, and somebody who looks."""

    facts: Mapping[str, list[Row]]
    viewer: Viewer
    today: int


def dated(from_day: int, to_day: int, **values: int | None) -> Row:
    """Return a fact row known from the beginning."""
    return {**values, "from_day": from_day, "to_day": to_day, "seq_from": 0, "seq_to": FAR_DAY}


def filled(relation: Relation, **values: int | None) -> Row:
    """Return values for every fact column of a relation; those not given are 1, and nothing is shared."""
    return {
        column.name: values.get(column.name, WHOLE_BP if column.name == "own_bp" else 1) for column in relation.facts
    }


@st.composite
def companies(draw: st.DrawFn) -> Invented:
    """Draw units that move, people who move, deals that change hands and close, contracts, a grant, a viewer."""
    units = draw(st.integers(2, 5))
    people = draw(st.integers(1, 4))
    days = st.integers(0, LAST)
    facts: dict[str, list[Row]] = {
        "units": [],
        "people": [],
        "assignments": [],
        "deals": [],
        "contracts": [],
        "allocations": [],
        "deal_splits": [],
    }
    for unit in range(1, units + 1):
        for start, stop in _cuts(draw, FAR_DAY):
            parent = draw(st.integers(1, unit - 1)) if unit > 1 else 0
            facts["units"].append(dated(start, stop, unit_id=unit, parent_id=parent, closed=0))
    for person in range(1, people + 1):
        facts["people"].append(dated(0, FAR_DAY, person_id=person, left=0, fte_bp=10_000))
        for start, stop in _cuts(draw, FAR_DAY):
            facts["assignments"].append(dated(start, stop, person_id=person, unit_id=draw(st.integers(1, units))))
    for deal in range(1, draw(st.integers(0, 4)) + 1):
        closed = draw(st.one_of(st.just(FAR_DAY), days))
        for start, stop in _cuts(draw, FAR_DAY):
            here = closed if closed <= start else FAR_DAY
            values = filled(DEALS, deal_id=deal, owner_id=draw(st.integers(1, people)), closed_day=here)
            values["amount"] = draw(st.one_of(st.none(), st.integers(-1000, 1000)))
            facts["deals"].append(dated(start, stop, **values))
    _share(draw, facts, people)
    for contract in range(1, draw(st.integers(0, 3)) + 1):
        values = filled(CONTRACTS, contract_id=contract, owner_id=draw(st.integers(1, people)))
        values |= {"effective_day": draw(days), "cost": 7, "amount": draw(st.integers(-99, 99))}
        facts["contracts"].append(dated(draw(days), FAR_DAY, **values))
    for number in range(1, draw(st.integers(0, 4)) + 1):
        nothing: Row = {"contract_id": None, "deal_id": None, "owner_id": draw(st.integers(1, people))}
        of = draw(st.sampled_from([nothing | {"effective_day": draw(days)}, *facts["contracts"]]))
        values = filled(ALLOCATIONS, allocation_id=number, amount=draw(st.integers(-99, 99)))
        values |= {name: of[name] for name in ("contract_id", "deal_id", "owner_id", "effective_day")}
        facts["allocations"].append(dated(draw(days), FAR_DAY, **values))
    facts["grants"] = [
        dated(draw(days), FAR_DAY, person_id=1, kind=kind, object_id=1) for kind in (1, 2) if draw(st.booleans())
    ]
    facts["engagements"] = [
        dated(start, stop, person_id=person, host_id=draw(st.integers(1, units)), kind=person % 2 + 1, share_bp=5_000)
        for person in range(1, people + 1)
        for start, stop in _cuts(draw, FAR_DAY)
    ]
    role, over = draw(st.sampled_from([REP, MANAGER])), draw(st.integers(1, units))
    return Invented(facts, Viewer(1, (Held(role, over),)), draw(days))


def _share(draw: st.DrawFn, facts: dict[str, list[Row]], people: int) -> None:
    """Let some deals be shared for a while."""
    whole, facts["deals"] = facts["deals"], []
    plans: dict[int, Arranged] = {}
    for deal in sorted({row["deal_id"] or 0 for row in whole}):
        partners = draw(st.sets(st.integers(1, people), max_size=3))
        spans = {one: [Span(*draw(st.sampled_from(list(_spans()))), draw(st.integers(1, 3333)))] for one in partners}
        plans[deal] = arranged(spans, 0)
        facts["deal_splits"] += [
            dated(
                one.from_day,
                one.to_day,
                deal_id=deal,
                person_id=person,
                share_bp=one.values[0],
                before_bp=one.values[1],
            )
            for person, versions in plans[deal].partners.items()
            for one in versions
        ]
    for row in whole:
        own = plans[row["deal_id"] or 0].own
        for (begin, share), (end, _) in pairwise([*own, (FAR_DAY, 0)]):
            first, last = max(begin, row["from_day"] or 0), min(end, row["to_day"] or 0)
            if first < last:
                facts["deals"].append({**row, "own_bp": share, "from_day": first, "to_day": last})


def _spans() -> Iterator[tuple[int, int]]:
    """Return spans of days on which a split may hold."""
    return ((start, stop) for start in range(0, LAST, 3) for stop in (*range(start + 2, LAST, 4), FAR_DAY))


def _cuts(draw: st.DrawFn, end: int) -> Iterator[tuple[int, int]]:
    """Return one to three spans that follow one another from day 0 to the end."""
    inside = sorted(draw(st.sets(st.integers(1, LAST), max_size=2)))
    starts = [0, *inside]
    return zip(starts, [*inside, end], strict=True)


def seen_by_hand(company: Invented, relation: Relation, day: int, org_day: int) -> list[tuple[Any, ...]]:
    """Return (key, unit) of the rows of deals or contracts that the viewer sees at the end of a day, sorted."""
    parents = {row["unit_id"]: row["parent_id"] for row in _on(company.facts["units"], org_day)}
    tops = {held.unit_id for held in company.viewer.held if held.role == MANAGER}
    found = []
    for row in _on(company.facts[relation.name], day):
        posted = row[relation.place_day]
        assert posted is not None
        place_day = min(posted, org_day) if org_day == day else org_day
        homes = [home for home in _on(company.facts["assignments"], place_day) if home["person_id"] == row["owner_id"]]
        unit = homes[0]["unit_id"]
        if tops & set(_upwards(unit, parents)) or row["owner_id"] == company.viewer.person_id:
            found.append((row[relation.key[0]], unit))
        elif _granted(company, relation, _granted_by(relation, row)) or _has_part(
            company, relation, row, day, place_day, org_day
        ):
            found.append((row[relation.key[0]], 0))
    return sorted(found)


def hosted_by_hand(company: Invented, day: int, org_day: int) -> list[tuple[Any, ...]]:
    """Return (person, host, unit) of the engagements that the viewer sees at the end of a day, sorted."""
    parents = {row["unit_id"]: row["parent_id"] for row in _on(company.facts["units"], org_day)}
    tops = {held.unit_id for held in company.viewer.held if held.role == MANAGER}
    found = []
    for row in _on(company.facts["engagements"], day):
        homes = [one for one in _on(company.facts["assignments"], org_day) if one["person_id"] == row["person_id"]]
        unit = homes[0]["unit_id"]
        if tops & set(_upwards(unit, parents)) or row["person_id"] == company.viewer.person_id:
            found.append((row["person_id"], row["host_id"], unit))
        elif tops & set(_upwards(row["host_id"], parents)):
            found.append((row["person_id"], row["host_id"], 0))
    return sorted(found)


def credits_by_hand(
    company: Invented, relation: Relation, day: int, org_day: int
) -> list[tuple[int, int, int, int, int | None]]:
    """Return (key, part, person, unit, amount) of the parts of deals or contracts a viewer sees, sorted.

    The rule word for word: of the whole each has what all shares up to his come to, less what those before him have.
    """
    found = []
    for row in _on(company.facts[relation.name], day):
        place_day = _place_day(relation, row, day, org_day)
        amount, before, key = row["amount"], 0, row[relation.key[0]] or 0
        parts = []
        for split in sorted(_splits(company, relation, row, day), key=lambda one: one["person_id"] or 0):
            share = split["share_bp"] or 0
            parts.append((1, split["person_id"] or 0, _rounded(amount, before + share, before)))
            before += share
        parts.append((0, row["owner_id"] or 0, _rounded(amount, 10_000, before)))
        for part, person, money in parts:
            unit = _home(company, person, place_day)
            if _seen(company, unit, person, org_day):
                found.append((key, part, person, unit, money))
            elif part == 0 and _granted(company, relation, _granted_by(relation, row)):
                found.append((key, part, person, 0, money))
    return sorted(found, key=lambda one: one[:3])


def _rounded(amount: int | None, upto: int, before: int) -> int | None:
    if amount is None:
        return None
    whole = [(2 * abs(amount) * share + 10_000) // 20_000 for share in (upto, before)]
    return (whole[0] - whole[1]) * (1 if amount >= 0 else -1)


def _splits(company: Invented, relation: Relation, row: Row, day: int) -> list[Row]:
    """Return the splits that part a deal on a day, or a contract on its effective day when its deal stood.

    What came before a contract takes effect is its owner's until then.
    """
    deal = row["deal_id"]
    if relation.name == "allocations" and (row["effective_day"] or 0) > day:
        return []
    split_day = day if relation.name == "deals" else min(row["effective_day"] or 0, day)
    stands = any(one["deal_id"] == deal for one in _on(company.facts["deals"], split_day))
    return [one for one in _on(company.facts["deal_splits"], split_day) if one["deal_id"] == deal and stands]


def _place_day(relation: Relation, row: Row, day: int, org_day: int) -> int:
    posted = row[relation.place_day]
    assert posted is not None
    return min(posted, org_day) if org_day == day else org_day


def _home(company: Invented, person: int, day: int) -> int:
    return next(one["unit_id"] or 0 for one in _on(company.facts["assignments"], day) if one["person_id"] == person)


def _seen(company: Invented, unit: int, person: int, org_day: int) -> bool:
    parents = {row["unit_id"]: row["parent_id"] for row in _on(company.facts["units"], org_day)}
    tops = {held.unit_id for held in company.viewer.held if held.role == MANAGER}
    return bool(tops & set(_upwards(unit, parents))) or person == company.viewer.person_id


def _has_part(company: Invented, relation: Relation, row: Row, day: int, place_day: int, org_day: int) -> bool:
    """Tell whether the viewer has a part of a row, or of the contract that a posting belongs to."""
    if relation.name == "allocations":
        contracts = [one for one in _on(company.facts["contracts"], day) if one["contract_id"] == row["contract_id"]]
        return any(_has_part(company, CONTRACTS, one, day, place_day, org_day) for one in contracts)
    return any(
        _seen(company, _home(company, one["person_id"] or 0, place_day), one["person_id"] or 0, org_day)
        for one in _splits(company, relation, row, day)
    )


def _on(rows: list[Row], day: int) -> list[Row]:
    return [row for row in rows if (row["from_day"] or 0) <= day < (row["to_day"] or 0)]


def _upwards(unit: int | None, parents: Mapping[int | None, int | None]) -> Iterator[int | None]:
    while unit:
        yield unit
        unit = parents[unit]


def _granted_by(relation: Relation, row: Row) -> int | None:
    return row["contract_id" if relation.name == "allocations" else relation.key[0]]


def _granted(company: Invented, relation: Relation, number: int | None) -> bool:
    kind = 1 if relation.name == "deals" else 2
    return any(
        row["kind"] == kind and row["object_id"] == number for row in _on(company.facts["grants"], company.today)
    )
