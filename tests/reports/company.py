"""A small company written as people would say it, loaded into an engine and opened as Books.

Codes stand for ids, ISO dates for days, 元 for money. Deals are told as histories: each
entry changes some columns from a day on; what a deal's history implies (stage day,
state, closing day, pushes) is derived as in the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from dacheng.core.access import ROLE_NUMBER, SYSTEM, Held, Viewer
from dacheng.core.book import Basis, Book
from dacheng.core.deals.deriving import derive_deal
from dacheng.core.deals.schema import CATEGORIES, DEALS, GRADES, LOST, OPEN, WHOLE_BP, WON
from dacheng.core.deals.splitting import Span, arranged
from dacheng.core.facts import Version
from dacheng.core.period import FAR_DAY, FIRST_DAY, day_of
from dacheng.core.rules import DatedRule
from dacheng.core.schema import RELATIONS
from dacheng.core.table import Table
from dacheng.engine.opening import open_book
from dacheng.exchange.defaults import default_rules
from tests.reports.small import engine_from

RULES = {
    "fiscal.start_month": 1,
    "done.won_without_contract": 1,
    "orders.frameworks": 0,
    "deals.stalled_days": 30,
    "deals.pushed_limit": 3,
}
KNOWN_NOW = 1
MEASURES = {"contract": 1, "margin": 2, "cash": 3}
LOSS_REASONS = ("price", "competition", "relation")
STAGES = {
    "lead": (OPEN, 1000),
    "proposal": (OPEN, 5000),
    "closing": (OPEN, 8000),
    "won": (WON, 10000),
    "lost": (LOST, 0),
}


def day(text: str) -> int:
    """Return the day number of an ISO date; "" is the beginning."""
    return day_of(date.fromisoformat(text)) if text else FIRST_DAY


def end(text: str) -> int:
    """Return the day number of an ISO date; "" is for ever."""
    return day(text) if text else FAR_DAY


def month(text: str) -> int:
    """Return the month number of ``2026-03``."""
    year, number = text.split("-")
    return 12 * int(year) + int(number) - 1


def fen(yuan: float | int | str | None) -> int | None:
    """Return 元 as 分."""
    return None if yuan is None else int((Decimal(str(yuan)) * 100).to_integral_exact())


class Company:
    """People-readable facts and the Books on them.

    Args:
        units: (code, parent code[, from, to]), the top with parent "".
        people: (code, home unit[, from, to]); several rows make a move.
        roles: (person, role, unit).
        grants: (person, "deal" | "contract", code).
        stages: code -> (state, win rate[, conversion baseline, usual days]), rates in basis points.
        deals: (code, day, changes) in order of days.
        contracts: mappings with at least code, owner, day and amount.
        targets: (unit, person or "", measure, month, 元 or None[, from, to]).
        splits: (deal, person, basis points[, from, to]).
        holidays: weekdays that are not worked; Monday to Friday of 2025–2027 otherwise are.
    """

    def __init__(
        self,
        *,
        units: Sequence[Sequence[str]] = (("CN", ""),),
        people: Sequence[Sequence[str]] = (("li", "CN"),),
        roles: Sequence[tuple[str, str, str]] = (),
        grants: Sequence[tuple[str, str, str]] = (),
        stages: Mapping[str, tuple[int | None, ...]] = STAGES,
        deals: Sequence[tuple[str, str, Mapping[str, Any]]] = (),
        contracts: Sequence[Mapping[str, Any]] = (),
        targets: Sequence[Sequence[Any]] = (),
        basis: Mapping[str, int] | None = None,
        holidays: Iterable[str] = (),
        rules: Mapping[str, int] | None = None,
        splits: Sequence[tuple[Any, ...]] = (),
    ) -> None:
        self.codes: dict[str, dict[str, int]] = {"measures": dict(MEASURES)}
        own = RULES | dict(rules or {})
        shipped = tuple(one for one in default_rules()[1] if one.name not in own)
        self.rules = (*shipped, *(DatedRule(name, FIRST_DAY, value) for name, value in own.items()))
        self.stages = stages
        for relation, code in [("people", one[0]) for one in people] + [("units", one[0]) for one in units]:
            self.id(relation, code)
        for code in stages:
            self.id("stages", code)
        self.rows: dict[str, list[dict[str, Any]]] = {
            "units": [self._unit(*one) for one in units],
            "assignments": [self._home(*one) for one in people],
            "people": [
                _always(person_id=one, left=0, fte_bp=10_000) for one in sorted(set(self.codes["people"].values()))
            ],
            "stage_sets": [_always(set_id=1)],
            "loss_reasons": [
                _always(loss_reason_id=self.id("loss_reasons", code), position=at, offered=1)
                for at, code in enumerate(LOSS_REASONS)
            ],
            "stages": [self._stage(at, code) for at, code in enumerate(stages)],
            "measures": [
                _always(measure_id=one, basis=(basis or {}).get(code, 2 if code == "margin" else 1))
                for code, one in MEASURES.items()
            ],
            "calendar": _calendar({day(one) for one in holidays}),
            "targets": [self._target(*one) for one in targets],
            "contracts": [self._contract(**one) for one in contracts],
        }
        self.rows["deals"] = self._deals(deals, contracts)
        self.rows["deal_splits"] = []
        self.share(splits)
        self.rows["roles"] = [
            _always(person_id=self.id("people", person), role=ROLE_NUMBER[role], unit_id=self.id("units", unit))
            for person, role, unit in roles
        ]
        self.rows["grants"] = [
            _always(
                person_id=self.id("people", person),
                kind=1 if kind == "deal" else 2,
                object_id=self.id(f"{kind}s", code),
            )
            for person, kind, code in grants
        ]
        self.engine = engine_from(self.rows)

    def share(self, splits: Sequence[tuple[Any, ...]]) -> None:
        """Let deals be shared: the splits, and what owners have of them, cut where a split begins or ends."""
        shares: dict[int, dict[int, list[Span]]] = {}
        for code, person, share, *days in splits:
            start, stop = (*days, "", "")[:2]
            own = shares.setdefault(self.id("deals", code), {})
            own.setdefault(self.id("people", person), []).append(Span(day(start), end(stop), share))
        plans = {deal: arranged(own, FIRST_DAY) for deal, own in shares.items()}
        self.rows["deal_splits"] = [
            {"deal_id": deal, "person_id": person, "share_bp": one.values[0], "before_bp": one.values[1]}
            | {"from_day": one.from_day, "to_day": one.to_day, "seq_from": 0, "seq_to": FAR_DAY}
            for deal, plan in plans.items()
            for person, versions in plan.partners.items()
            for one in versions
        ]
        whole = arranged({}, FIRST_DAY)
        self.rows["deals"] = [
            {**row, "own_bp": share, "from_day": max(begin, row["from_day"]), "to_day": min(stop, row["to_day"])}
            for row in self.rows["deals"]
            for (begin, share), (stop, _) in pairwise([*plans.get(row["deal_id"], whole).own, (FAR_DAY, 0)])
            if max(begin, row["from_day"]) < min(stop, row["to_day"])
        ]

    def shared(self, splits: Sequence[tuple[Any, ...]]) -> Company:
        """Return the same company with other splits."""
        other = self.holding({**self.rows, "deals": [{**one, "own_bp": WHOLE_BP} for one in self.rows["deals"]]})
        other.share(splits)
        other.engine = engine_from(other.rows)
        return other

    def holding(self, rows: dict[str, list[dict[str, Any]]]) -> Company:
        """Return the same company with other facts."""
        other = copy(self)
        other.rows, other.engine = rows, engine_from(rows)
        return other

    def id(self, relation: str, code: str) -> int:
        """Return the number of a code, a new one at its first appearance."""
        known = self.codes.setdefault(relation, {})
        return known.setdefault(code, len(known) + 1)

    def book(self, as_of: str, viewer: str = "", *, today: str = "", basis: Basis = "then") -> Book:
        """Open a Book for a person, or for the system itself."""
        return open_book(
            self.engine,
            viewer=self.viewer(viewer),
            as_of_day=day(as_of),
            today=day(today or as_of),
            seq=KNOWN_NOW,
            rules=self.rules,
            basis=basis,
        )

    def viewer(self, person: str) -> Viewer:
        """Return a person with the roles held."""
        if not person:
            return SYSTEM
        number = self.id("people", person)
        held = [Held(one["role"], one["unit_id"]) for one in self.rows["roles"] if one["person_id"] == number]
        return Viewer(number, tuple(held))

    def read(self, table: Table, *names: str) -> list[tuple[Any, ...]]:
        """Return some columns of a table as people read them."""
        return [tuple(self.cell(table, name, row) for name in names) for row in range(len(table))]

    def cell(self, table: Table, name: str, row: int) -> Any:
        """Return one cell: a code, 元, an ISO date, a choice's code or a number."""
        column, value = table.column(name), table.cell(name, row)
        if value is None:
            return None
        if column.kind == "ref":
            return next((code for code, one in self.codes[column.ref].items() if one == value), None)
        if column.kind == "choice":
            return next(code for number, code, _ in column.choices if number == value)
        if column.kind == "day":
            return (date(1970, 1, 1) + timedelta(days=int(value))).isoformat()
        if column.kind == "ym":
            return f"{int(value) // 12}-{int(value) % 12 + 1:02d}"
        return yuan(int(value)) if column.kind == "money" else value

    def _unit(self, code: str, parent: str, start: str = "", stop: str = "", closed: int = 0) -> dict[str, Any]:
        parent_id = self.id("units", parent) if parent else 0
        return _dated(start, stop, unit_id=self.id("units", code), parent_id=parent_id, closed=closed)

    def _home(self, person: str, unit: str, start: str = "", stop: str = "") -> dict[str, Any]:
        return _dated(start, stop, person_id=self.id("people", person), unit_id=self.id("units", unit))

    def _stage(self, position: int, code: str) -> dict[str, Any]:
        state, weight, *expected = self.stages[code]
        baseline, usual = expected or (None, None)
        return _always(
            stage_id=self.id("stages", code),
            set_id=1,
            position=position,
            state=state,
            weight_bp=weight,
            baseline_bp=baseline,
            benchmark_days=usual,
        )

    def _target(
        self, unit: str, person: str, measure: str, ym: str, amount: float | None, start: str = "", stop: str = ""
    ) -> dict[str, Any]:
        return _dated(
            start,
            stop,
            unit_id=self.id("units", unit),
            person_id=self.id("people", person) if person else 0,
            measure_id=MEASURES[measure],
            ym=month(ym),
            amount=fen(amount),
        )

    def _contract(self, code: str, owner: str, day: str, amount: float, **more: Any) -> dict[str, Any]:
        return untold("contracts") | _dated(
            more.get("known", day),
            "",
            contract_id=self.id("contracts", code),
            owner_id=self.id("people", owner),
            customer_id=self.id("customers", more["customer"]) if more.get("customer") else None,
            deal_id=self.id("deals", more["deal"]) if more.get("deal") else None,
            signed_day=globals()["day"](day),
            effective_day=globals()["day"](day),
            posted_day=globals()["day"](more.get("posted", day)),
            kind=more.get("kind", 1),
            amount=fen(amount),
            amount_ex=fen(more.get("amount_ex")),
            cost=fen(more.get("cost")),
        )

    def _deals(
        self, entries: Sequence[tuple[str, str, Mapping[str, Any]]], contracts: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        told: dict[str, dict[int, dict[str, Any]]] = {}
        for code, when, changes in entries:
            told.setdefault(code, {}).setdefault(day(when), {}).update(self._values(changes))
        for one in contracts:
            if one.get("deal"):
                told[one["deal"]].setdefault(day(one.get("known", one["day"])), {})["contracted"] = 1
        state = {self.id("stages", code): one[0] for code, one in self.stages.items()}
        return [row for code, changes in told.items() for row in _deal(self.id("deals", code), changes, state)]

    def _values(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in changes.items():
            if name in ("owner", "customer", "product", "stage"):
                relation = "people" if name == "owner" else f"{name}s"
                values[f"{name}_id"] = None if value is None else self.id(relation, value)
            elif name in ("loss_reason", "verified_reason"):
                values[f"{name}_id"] = None if value is None else self.id("loss_reasons", value)
            elif name == "expected":
                values["expected_day"] = None if value is None else day(value)
            elif name == "amount":
                values["amount"] = fen(value)
            elif name in ("category", "grade"):
                choices = CATEGORIES if name == "category" else GRADES
                values[name] = next(number for number, code, _ in choices if code == value)
            else:
                values[name] = value
        return values


def yuan(amount: int) -> Any:
    """Return 分 as 元, a whole number where it is one."""
    whole, rest = divmod(amount, 100)
    return whole if not rest else float(Decimal(amount).scaleb(-2))


def untold(relation: str) -> dict[str, Any]:
    """Return the values that a record has where nothing is told of it."""
    columns = RELATIONS[relation].facts
    return {one.name: one.default for one in columns if one.nullable or one.default is not None}


def _dated(start: str, stop: str, **values: Any) -> dict[str, Any]:
    return {**values, "from_day": day(start), "to_day": end(stop), "seq_from": 0, "seq_to": FAR_DAY}


def _always(**values: Any) -> dict[str, Any]:
    return _dated("", "", **values)


_DEAL_NAMES = [column.name for column in DEALS.values]
_DEAL_DEFAULTS = {"owner_id": 1, "estimated": 0, "category": 3, "push_count": 0, "contracted": 0, "own_bp": WHOLE_BP}


def _deal(deal_id: int, changes: Mapping[int, Mapping[str, Any]], state: Mapping[int, int]) -> list[dict[str, Any]]:
    days = sorted(changes)
    values = {name: _DEAL_DEFAULTS.get(name) for name in _DEAL_NAMES} | {"stage_id": 1}
    versions = []
    for start, stop in zip(days, [*days[1:], FAR_DAY], strict=True):
        values = {**values, **changes[start]}
        versions.append(Version(start, stop, tuple(values[name] for name in _DEAL_NAMES)))
    return [
        {
            "deal_id": deal_id,
            **dict(zip(_DEAL_NAMES, one.values, strict=True)),
            "from_day": one.from_day,
            "to_day": one.to_day,
            "seq_from": 0,
            "seq_to": FAR_DAY,
        }
        for one in derive_deal(versions, state)
    ]


def _calendar(free: set[int]) -> list[dict[str, Any]]:
    days = range(day("2025-01-01"), day("2028-01-01"))
    return [
        _always(
            day=one,
            ym=12 * (date(1970, 1, 1) + timedelta(days=one)).year + (date(1970, 1, 1) + timedelta(days=one)).month - 1,
            working=int((one + 3) % 7 < 5 and one not in free),
        )
        for one in days
    ]
