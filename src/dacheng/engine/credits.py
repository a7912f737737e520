"""The SQL of credits: deals, contracts and cash parted among those who are credited with them.

A row of the owner costs nothing where a deal is not shared: his share stands in the deal's
own facts. Rows of partners are led by the few splits. Rights apply to every row by its own
person's home, so an owner in one unit and a partner in another each see and sum their part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dacheng.core.book import OUTSIDE
from dacheng.core.deals.schema import WHOLE_BP
from dacheng.core.relation import Relation
from dacheng.core.schema import CREDITS, RELATIONS
from dacheng.engine.relations import (
    MET_THROUGH,
    Standpoint,
    earlier,
    elsewhere,
    fact_table,
    granted,
    holding,
    home_of,
    known,
    later,
    place_of,
    relation_sql,
    scope_branches,
    shown,
)

PARTED = {
    "credits": ("amount",),
    "contract_credits": ("amount", "amount_ex", "cost"),
    "allocation_credits": ("amount", "received"),
}
"""Relation of parts -> the amounts that are parted."""

OF = {
    "credits": RELATIONS["deals"],
    "contract_credits": RELATIONS["contracts"],
    "allocation_credits": RELATIONS["allocations"],
}
"""Relation of parts -> what it parts."""

STORED = re.compile(r"[a-z]\.[a-z_]+")
"""A column of a table, as a branch names it."""

SEEN_BY_PART = {
    "deals": "credits",
    "contracts": "contract_credits",
    "contract_lines": "contract_credits",
    "allocations": "contract_credits",
}
"""Relation -> the parts that open its rows to whoever has one in scope."""


def seen_sql(relation: Relation, at: Standpoint) -> str:
    """Return the SELECT of a relation that tables hold, with what a part in scope opens."""
    if relation.place in MET_THROUGH and not at.scope.whole:
        through = MET_THROUGH[relation.place]
        return relation_sql(relation, at, met={name: seen_sql(RELATIONS[name], at) for name in through})
    parts = SEEN_BY_PART.get(relation.name)
    open_by_part = at.splits and parts and not at.scope.whole and (at.scope.units or at.scope.person_id)
    return relation_sql(relation, at, shared=_keys_in_scope(parts, at) if open_by_part and parts else "")


def credits_sql(name: str, at: Standpoint) -> str:
    """Return the SELECT of a relation of parts in scope on the as-of day."""
    relation = OF[name]
    branches = [one for owned in _owned(name, at) for one in _of_owner(owned, relation, at)]
    if at.splits:
        partners, picks = _partners(name, at), partner_columns(name, at)
        of_both = _of_partners(name, at)
        branches += [_select(picks, partners, relation, at, [*of_both, *one]) for one in _scoped("s.person_id", at)]
    return "\nUNION ALL\n".join(branches) or _select(
        owner_columns(name, at), _owned(name, at)[0].source, relation, at, ["1 = 0"]
    )


@dataclass(frozen=True, slots=True)
class Owned:
    """Rows of owners: what they show, the FROM, and the condition."""

    columns: list[str]
    source: str
    where: list[str]


def _owned(name: str, at: Standpoint) -> list[Owned]:
    """Return the rows of owners: of what is not shared, plain as it stands; and of the few that are, parted.

    A contract whose deal was ever shared is looked at day by day, all others are not.
    """
    relation, whole = OF[name], str(WHOLE_BP)
    facts, home = f"{fact_table(relation)} f", home_of(relation, at, f"f.{relation.place_column}")
    plain = _columns(name, at, {}, "f.owner_id", ("0", whole, "0"))
    if not at.splits:
        return [Owned(plain, f"{facts}{home}", [])]
    parted = owner_columns(name, at)
    if name == "credits":
        return [
            Owned(plain, f"{facts}{home}", [f"f.own_bp = {whole}"]),
            Owned(parted, f"{facts}{home}", [f"f.own_bp < {whole}"]),
        ]
    never = f" LEFT JOIN fact_deal_splits s ON s.deal_id = f.deal_id AND {known('s', at.seq)}"
    ever = f"f.deal_id IN (SELECT s.deal_id FROM fact_deal_splits s WHERE {known('s', at.seq)})"
    deal = f" LEFT JOIN fact_deals d ON d.deal_id = f.deal_id AND {_shared_deal(name, at)}"
    return [
        Owned(plain, f"{facts}{never}{home}", ["s.deal_id IS NULL"]),
        Owned(parted, f"{facts}{deal}{home}", [ever]),
    ]


def _of_owner(owned: Owned, relation: Relation, at: Standpoint) -> list[str]:
    """Return the SELECTs of owners' rows in scope, and of those that only a part or a grant shows."""
    selects = [
        _select(owned.columns, owned.source, relation, at, [*owned.where, *one]) for one in _scoped("f.owner_id", at)
    ]
    if not at.scope.whole and at.scope.person_id:
        beyond = [*owned.where, *elsewhere(place_of(relation), "f.owner_id", at), granted(relation, at)]
        outside = [*owned.columns[:-1], f"{_whole_number(str(OUTSIDE))} AS unit_id"]
        selects.append(_select(outside, owned.source, relation, at, beyond))
    return selects


@dataclass(frozen=True, slots=True)
class Versions:
    """Where versions through time come from.

    Args:
        columns: what a version shows, but its unit.
        source: the FROM; person: whose home places a version.
        begin, end: the days between which it holds.
        posted: the day whose home places it on all its days; empty when the relation says.
    """

    columns: list[str]
    source: str
    person: str
    begin: str = "f.from_day"
    end: str = "f.to_day"
    where: list[str] = field(default_factory=list)
    posted: str = ""


def part_versions(name: str, at: Standpoint) -> list[Versions]:
    """Return the versions of parts: those of owners, and those of partners as long as their split holds.

    A contract has parts from its effective day on: by the split, and at the home, of that day. So has what was paid
    on it; what came before that day is until then its owner's.
    """
    owner, partner = owner_columns(name, at)[:-1], partner_columns(name, at)[:-1]
    table = fact_table(OF[name])
    split = f"fact_deal_splits s JOIN {table} f ON f.deal_id = s.deal_id"
    if name == "credits":
        together = f"f.own_bp < {WHOLE_BP} AND s.from_day < f.to_day AND s.to_day > f.from_day"
        begin, end = later("f.from_day", "s.from_day"), earlier("f.to_day", "s.to_day")
        found = [Versions(owner, f"{table} f", "f.owner_id")]
        return [*found, Versions(partner, split, "s.person_id", begin, end, [known("s", at.seq), together])]
    day = "f.effective_day"
    begin, begun = later("f.from_day", day), f"f.to_day > {day}"
    deal = f"d.own_bp < {WHOLE_BP} AND {holding('d', day)} AND {known('d', at.seq)}"
    left = f" LEFT JOIN fact_deals d ON d.deal_id = f.deal_id AND {deal}" if at.splits else ""
    whole = Versions(owner, f"{table} f{left}", "f.owner_id", begin, where=[begun], posted=day)
    source = f"{split} JOIN fact_deals d ON d.deal_id = s.deal_id AND {deal}"
    of_day = [holding("s", day), known("s", at.seq), begun]
    found = [whole, Versions(partner, source, "s.person_id", begin, where=of_day, posted=day)]
    if name == "contract_credits":
        return found
    alone = _columns(name, at, {}, "f.owner_id", ("0", str(WHOLE_BP), "0"))[:-1]
    early = Versions(alone, f"{table} f", "f.owner_id", end=earlier("f.to_day", day), where=[f"f.from_day < {day}"])
    return [*found, early]


def owner_columns(name: str, at: Standpoint) -> list[str]:
    """Return what a row of the owner shows, ``unit_id`` last."""
    own = _own_share(name, at)
    amounts = {column: f"f.{column}" for column in PARTED[name]}
    if at.splits:
        amounts = {
            column: f"CASE WHEN {own} = {WHOLE_BP} THEN f.{column}"
            f" ELSE f.{column} - {_up_to(f'f.{column}', f'({WHOLE_BP} - {own})')} END"
            for column in PARTED[name]
        }
    return _columns(name, at, amounts, "f.owner_id", ("0", own, f"{WHOLE_BP} - {own}"))


def partner_columns(name: str, at: Standpoint) -> list[str]:
    """Return what a row of a partner shows, ``unit_id`` last."""
    amounts = {
        column: f"{_up_to(f'f.{column}', '(s.before_bp + s.share_bp)')} - {_up_to(f'f.{column}', 's.before_bp')}"
        for column in PARTED[name]
    }
    return _columns(name, at, amounts, "s.person_id", ("1", "s.share_bp", "s.before_bp"))


def _columns(
    name: str, at: Standpoint, amounts: dict[str, str], person: str, shares: tuple[str, str, str]
) -> list[str]:
    """Return the picks of a branch in the order of the relation's columns."""
    special = {**amounts, "owner_id": person, "part": shares[0], "share_bp": shares[1], "before_bp": shares[2]}
    special["whole"] = "f.amount"
    picks = dict(zip((column.name for column in OF[name].facts), shown(OF[name], at.scope), strict=True))
    found = []
    for column in CREDITS[name].facts:
        seen = column.field_class in at.scope.classes
        found.append(
            f"{_whole_number(special[column.name])} AS {column.name}"
            if column.name in special and seen
            else picks[column.name]
        )
    return [*found, "a.unit_id AS unit_id"]


def _whole_number(expression: str) -> str:
    """Return an expression with the type of a stored column.

    SQLite takes the branches of a UNION ALL into the query around it only where their columns are of one type;
    else it makes every row of them first, at more than twice the time.
    """
    return expression if STORED.fullmatch(expression) else f"CAST({expression} AS BIGINT)"


def _own_share(name: str, at: Standpoint) -> str:
    if not at.splits:
        return str(WHOLE_BP)
    return "f.own_bp" if name == "credits" else f"COALESCE(d.own_bp, {WHOLE_BP})"


def _shared_deal(name: str, at: Standpoint) -> str:
    day = earlier("f.effective_day", str(at.as_of))
    begun = f"f.effective_day <= {at.as_of} AND " if name == "allocation_credits" else ""
    return f"{begun}d.own_bp < {WHOLE_BP} AND {holding('d', day)} AND {known('d', at.seq)}"


def _partners(name: str, at: Standpoint) -> str:
    """Return the splits with what they part and the home of each partner.

    CROSS JOIN says in which order to look: the few that are shared, those that count, then homes.
    """
    relation = OF[name]
    home = home_of(relation, at, "s.person_id")
    if name == "credits":
        return f"{fact_table(relation)} f CROSS JOIN fact_deal_splits s{home}"
    return f"fact_deal_splits s CROSS JOIN {fact_table(relation)} f CROSS JOIN fact_deals d{home}"


def _of_partners(name: str, at: Standpoint) -> list[str]:
    """Return the conditions under which a split parts a row."""
    same, shared = ("f.deal_id = s.deal_id", known("s", at.seq)), f"f.own_bp < {WHOLE_BP}"
    if name == "credits":
        return [*same, shared, holding("s", at.as_of)]
    day = earlier("f.effective_day", str(at.as_of))
    return [*same, holding("s", day), "d.deal_id = s.deal_id", _shared_deal(name, at)]


def _scoped(person: str, at: Standpoint) -> list[list[str]]:
    return [[]] if at.scope.whole else scope_branches("a.unit_id", person, at)


def _select(columns: list[str], source: str, relation: Relation, at: Standpoint, conditions: list[str]) -> str:
    where = [holding("f", at.as_of), known("f", at.seq), *conditions]
    return f"SELECT {', '.join(columns)} FROM {source} WHERE {' AND '.join(where)}"


def _keys_in_scope(name: str, at: Standpoint) -> str:
    """Return the keys of what has a partner's part in scope."""
    key = [CREDITS[name].key[0]]
    picks = [f"f.{one}" for one in key]
    partners, of_both = _partners(name, at), _of_partners(name, at)
    return "\nUNION ALL\n".join(
        _select(picks, partners, OF[name], at, [*of_both, *one]) for one in _scoped("s.person_id", at)
    )


def _up_to(amount: str, shares: str) -> str:
    """Return what shares of an amount come to, rounded half away from zero, in whole numbers."""
    twice = 2 * WHOLE_BP
    return (
        f"CASE WHEN {amount} < 0 THEN -((-{amount} * {shares} * 2 + {WHOLE_BP}) / {twice})"
        f" ELSE ({amount} * {shares} * 2 + {WHOLE_BP}) / {twice} END"
    )
