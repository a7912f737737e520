"""Random organisations: trees that are re-arranged, people who move, roles, grants, and what they own and plan.

Everything is told in codes, as in a folder of CSV files. U1 is the top; P1 looks after all of it. The viewer P2
never looks after U3, where P3 always works, so that there is always somebody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st

from dacheng.core.access import ROLE_NUMBER, SEES_UNITS
from tests.proofs.world import TODAY, iso, on

Row = Mapping[str, str]
Span = tuple[str, str]
"""Days as written in a file: from, to; blank for always."""

TOP, BOSS, VIEWER, ELSEWHERE, SOMEBODY = "U1", "P1", "P2", "U3", "P3"
FIRST = on(1, 1)
DAYS = st.integers(FIRST + 1, TODAY - 1)
STAGES = ("plan", "trust", "need", "terms", "won", "lost")
MEASURES = ("contract", "margin")
AMOUNTS = st.one_of(st.just(""), st.integers(-9_99, 9_999_999_99).map(lambda fen: f"{fen / 100:.2f}"))
LOOKS_AFTER = tuple(code for code, number in ROLE_NUMBER.items() if number in SEES_UNITS and code != "sales_ops")
SEES = frozenset(LOOKS_AFTER) | {"sales_ops"}


@dataclass(frozen=True)
class Organisation:
    """Rows of every relation, by name, as in CSV files."""

    rows: Mapping[str, tuple[Row, ...]]

    def write(self, folder: Path) -> None:
        """Write the folder of CSV files."""
        folder.mkdir(parents=True)
        (folder / "company.toml").write_text('name = "随机公司"\ncurrency = "CNY"\n', encoding="utf-8")
        for name, rows in self.rows.items():
            header = list(dict.fromkeys(column for row in rows for column in row))
            lines = [header, *([row.get(column, "") for column in header] for row in rows)]
            text = "".join(",".join(line) + "\n" for line in lines)
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")

    def ever(self, relation: str, column: str, **of: str) -> set[str]:
        """Return every value that a column ever has in the rows with these values; blanks left out."""
        rows = [row for row in self.rows[relation] if all(row[name] == value for name, value in of.items())]
        return {row[column] for row in rows} - {""}

    def codes(self, relation: str) -> list[str]:
        """Return the codes of a relation, each once."""
        return list(dict.fromkeys(row["code"] for row in self.rows[relation]))


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    """Draw a whole organisation with a history since 1 January."""
    units = [f"U{number}" for number in range(1, draw(st.integers(4, 7)) + 1)]
    people = [f"P{number}" for number in range(1, draw(st.integers(4, 7)) + 1)]
    customers = [f"K{number}" for number in range(1, draw(st.integers(2, 4)) + 1)]
    owners = st.sampled_from(people)
    deals = [row for at in range(draw(st.integers(3, 8))) for row in _deal(draw, f"D{at + 1}", owners, customers)]
    codes = list(dict.fromkeys(row["code"] for row in deals))
    contracts = [_contract(draw, f"C{at + 1}", owners, customers, codes) for at in range(draw(st.integers(1, 4)))]
    homes = [row for code in people for row in _homes(draw, code, units)]
    rows = {
        "units": [row for at in range(len(units)) for row in _unit(draw, units, at)],
        "people": [_named(code) | {"email": f"{code.lower()}@example.com"} for code in people],
        "assignments": homes,
        "engagements": _engagements(draw, units, people, homes),
        "roles": _roles(draw, units, people),
        "customers": [_named(code) for code in customers],
        "contacts": [_named(f"L{code}") | {"customer": code, "phone": "13900000001"} for code in customers],
        "deals": deals,
        "deal_contacts": _key_people(draw, deals),
        "contracts": contracts,
        "grants": _grants(draw, people, codes, [row["code"] for row in contracts]),
        "targets": _targets(draw, units, people),
    }
    return Organisation({name: tuple(one) for name, one in rows.items()})


def _named(code: str) -> Row:
    return {"code": code, "name": f"名{code}"}


def _spans(draw: st.DrawFn, first: str = "", most: int = 1) -> list[Span]:
    """Draw one to three spans that follow one another."""
    cuts = sorted(draw(st.sets(DAYS, max_size=most)))
    return list(pairwise([first, *map(iso, cuts), ""]))


def _dated(row: Row, span: Span) -> Row:
    return {**row, "from": span[0], "to": span[1]}


def _unit(draw: st.DrawFn, units: list[str], at: int) -> Iterable[Row]:
    """A unit stands under one that comes before it, so that nothing runs in a circle."""
    if units[at] in (TOP, "U2", ELSEWHERE):
        return [_dated(_named(units[at]) | {"parent": TOP if at else ""}, ("", ""))]
    parents = st.sampled_from(units[:at])
    return [_dated(_named(units[at]) | {"parent": draw(parents)}, span) for span in _spans(draw)]


def _homes(draw: st.DrawFn, person: str, units: list[str]) -> Iterable[Row]:
    home = st.just(ELSEWHERE) if person == SOMEBODY else st.sampled_from(units)
    return [_dated({"person": person, "unit": draw(home)}, span) for span in _spans(draw)]


def _engagements(draw: st.DrawFn, units: list[str], people: list[str], homes: list[Row]) -> list[Row]:
    """Draw who works in a unit beside his homes: of each at most two, so that they fit into what he works."""
    found = []
    for person in people:
        own = {row["unit"] for row in homes if row["person"] == person}
        others = [unit for unit in units if unit not in own]
        hosts = draw(st.sets(st.sampled_from(others), max_size=2)) if others else set()
        for host in sorted(hosts):
            about = {"person": person, "host": host, "kind": draw(st.sampled_from(["secondment", "part-time"]))}
            share = {"share": f"{draw(st.integers(1, 50))}%", "reason": "支援"}
            found.append(_dated(about | share, draw(st.sampled_from(_spans(draw)))))
    return found


def _roles(draw: st.DrawFn, units: list[str], people: list[str]) -> list[Row]:
    kinds = st.sampled_from((*LOOKS_AFTER, "rep"))
    found = {(BOSS, "executive", TOP): ("", "")}
    for person in people[1:]:
        within = [unit for unit in units if person != VIEWER or unit not in (TOP, ELSEWHERE)]
        held = st.sets(st.tuples(kinds, st.sampled_from(within)), min_size=person == VIEWER, max_size=2)
        for role, unit in sorted(draw(held)):
            found[person, role, unit] = draw(st.sampled_from(_spans(draw)))
    return [_dated({"person": who, "role": role, "unit": unit}, span) for (who, role, unit), span in found.items()]


def _deal(draw: st.DrawFn, code: str, owners: st.SearchStrategy[str], customers: list[str]) -> Iterable[Row]:
    own = _named(code) | {"customer": draw(st.sampled_from(["", *customers]))}
    for span in _spans(draw, iso(draw(st.integers(FIRST, FIRST + 60))), most=3):
        if span[1] and span[1] <= span[0]:
            continue
        expected = iso(draw(st.integers(FIRST, on(12, 31))))
        state = {"stage": draw(st.sampled_from(STAGES)), "amount": draw(AMOUNTS), "expected": expected}
        yield _dated(own | {"owner": draw(owners)} | state, span)


def _key_people(draw: st.DrawFn, deals: list[Row]) -> list[Row]:
    """Draw what some opportunities say of the one contact of their customer, from their first day on."""
    first = {row["code"]: row for row in reversed(deals) if row["customer"]}
    said = draw(st.sets(st.sampled_from(sorted(first)))) if first else set()
    return [
        _dated(
            {"deal": code, "contact": f"L{first[code]['customer']}", "part": draw(st.sampled_from(["eb", "ub", ""]))},
            (first[code]["from"], ""),
        )
        for code in sorted(said)
    ]


def _contract(
    draw: st.DrawFn, code: str, owners: st.SearchStrategy[str], customers: list[str], deals: list[str]
) -> Row:
    effective = iso(draw(DAYS))
    amounts = {"amount": f"{draw(st.integers(-9_999, 999_999_99)) / 100:.2f}", "amount_ex": "1.00", "cost": "0.50"}
    known = {"owner": draw(owners), "customer": draw(st.sampled_from(customers)), "signed": effective}
    about = {"deal": draw(st.sampled_from(["", *deals])), "effective": effective}
    return _dated({**_named(code), **known, **about, **amounts}, (effective, ""))


def _grants(draw: st.DrawFn, people: list[str], deals: list[str], contracts: list[str]) -> list[Row]:
    about = st.one_of(
        st.tuples(st.just("deal"), st.sampled_from(deals)), st.tuples(st.just("contract"), st.sampled_from(contracts))
    )
    found = draw(st.sets(st.tuples(st.sampled_from(people), about), max_size=3))
    return [
        _dated({"person": who, "kind": kind, "object": code, "reason": "协同"}, draw(st.sampled_from(_spans(draw))))
        for who, (kind, code) in sorted(found)
    ]


def _targets(draw: st.DrawFn, units: list[str], people: list[str]) -> list[Row]:
    keys = st.tuples(
        st.sampled_from(units),
        st.sampled_from(["", *people]),
        st.sampled_from(MEASURES),
        st.integers(1, 12).map(lambda month: f"2026-{month:02d}"),
    )
    names = ("unit", "person", "measure", "month")
    return [
        _dated(dict(zip(names, key, strict=True)) | {"amount": draw(AMOUNTS)}, span)
        for key in sorted(draw(st.sets(keys, min_size=2, max_size=8)))
        for span in _spans(draw, iso(FIRST))
    ]


def contact_of(organisation: Organisation, customer: str) -> str:
    """Return the code of the contact of a customer; empty where it is none of the organisation's own."""
    return next((row["code"] for row in organisation.rows["contacts"] if row["customer"] == customer), "")


# What lies outside --------------------------------------------------------------------------


class Outside:
    """What the viewer has never seen, and may therefore never hear of: worked out by hand from the rows.

    It leaves out more than it must: a unit that ever stood under one that he ever looked after, whoever ever
    worked in such a unit, and all that such people ever owned count as his. A contract of his may name a deal that
    is not: its figures are hidden from him, its name is not (``unnamed_deals`` are the others).
    """

    def __init__(self, organisation: Organisation) -> None:
        self.of = organisation
        self.tops = {
            row["unit"] for row in organisation.rows["roles"] if row["person"] == VIEWER and row["role"] in SEES
        }
        self.people = [one for one in organisation.codes("people") if one not in (VIEWER, BOSS) and self._is_away(one)]
        self.units = [one for one in organisation.codes("units") if not self._above(one) & self.tops]
        self.deals = [one for one in organisation.codes("deals") if self._is_others("deals", one)]
        inside = set(organisation.codes("deals")) - set(self.deals)
        self.contracts = [
            one
            for one in organisation.codes("contracts")
            if self._is_others("contracts", one) and not organisation.ever("contracts", "deal", code=one) & inside
        ]
        named = {row["deal"] for row in organisation.rows["contracts"] if row["code"] not in self.contracts}
        self.unnamed_deals = [one for one in self.deals if one not in named]
        self.customers = [one for one in organisation.codes("customers") if not self._is_met(one)]
        met = self._met_people()
        self.strangers = [one for one in self.people if one not in met]

    def free_units(self) -> list[str]:
        """Return outside units that he cannot know of: nobody of his worked, no role or target of his was there."""
        of_him = ("assignments", "roles", "targets")
        own = {unit for name in of_him for unit in self.of.ever(name, "unit", person=VIEWER)}
        homes = {unit for one in self._met_people() for unit in self.of.ever("assignments", "unit", person=one)}
        near = {unit for one in self.of.codes("people") if one not in self.people for unit in self._workplaces(one)}
        known = {above for unit in own | homes | near for above in self._above(unit)} | self._seen_units_and_above()
        return [one for one in self.units if one not in known]

    def _above(self, unit: str) -> set[str]:
        """Return a unit and every unit that it ever stood under."""
        found, waiting = set(), [unit]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += self.of.ever("units", "parent", code=one)
        return found

    def _seen_units_and_above(self) -> set[str]:
        return {above for one in self.of.codes("units") if one not in self.units for above in self._above(one)}

    def _is_away(self, person: str) -> bool:
        """Tell whether somebody never worked in a unit of his, at home or beside it."""
        return not any(self._above(unit) & self.tops for unit in self._workplaces(person))

    def _workplaces(self, person: str) -> set[str]:
        at_home = self.of.ever("assignments", "unit", person=person)
        return at_home | self.of.ever("engagements", "host", person=person)

    def _is_others(self, relation: str, code: str) -> bool:
        """Tell whether only people elsewhere ever owned a record, and it was never granted to him."""
        kind = relation.removesuffix("s")
        granted = self.of.ever("grants", "object", person=VIEWER, kind=kind)
        return code not in granted and self._all_away(self.of.ever(relation, "owner", code=code))

    def _all_away(self, owners: Collection[str]) -> bool:
        return all(one != VIEWER and self._is_away(one) for one in owners)

    def _is_met(self, customer: str) -> bool:
        """Tell whether he meets a customer through anything of his own."""
        return any(
            row["customer"] == customer and row["code"] not in others
            for relation, others in (("deals", self.deals), ("contracts", self.contracts))
            for row in self.of.rows[relation]
        )

    def _met_people(self) -> set[str]:
        """Return people elsewhere whom he meets as owners of what he sees, or by a target in a unit of his."""
        aimed = {row["person"] for row in self.of.rows["targets"] if row["unit"] not in self.units}
        return aimed | {
            row["owner"]
            for relation, others in (("deals", self.deals), ("contracts", self.contracts))
            for row in self.of.rows[relation]
            if row["code"] not in others
        }
