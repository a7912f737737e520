"""The strategy chain as people read and set it: one record with its names, and what a field of it may refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dacheng.core.access import Viewer, may
from dacheng.core.book import Book
from dacheng.core.schema import RELATIONS
from dacheng.core.strategy.coverage import distinct
from dacheng.core.strategy.goals import Goal, Value, attained, goals_of, linked_to, value_of
from dacheng.core.strategy.schema import REFUSED, WAITING
from dacheng.core.strategy.smart import missing_checks
from dacheng.service.choices import field_ids
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.questions import identified
from dacheng.service.seeing import SeenNames
from dacheng.store.identity import hidden
from dacheng.store.standing import Standing, standing_keys, standing_uid

LISTED = frozenset({"themes", "goals", "ogsm_nodes"})
DEAL = "SELECT deal_id, owner_id, unit_id FROM deals WHERE deal_id = :deal ORDER BY deal_id"
OF_DEAL = """
    SELECT s.came_from, s.strategic_type, s.horizon, s.assignee_id, s.answer, g.goal_id
    FROM deals d
    LEFT JOIN deal_strategy s ON s.deal_id = d.deal_id
    LEFT JOIN goal_deals g ON g.deal_id = d.deal_id
    WHERE d.deal_id = :deal
    ORDER BY CASE WHEN g.goal_id IS NULL THEN 1 ELSE 0 END, g.goal_id
"""


@dataclass(frozen=True, slots=True)
class GoalView:
    """A strategic goal on the Book's day.

    Args:
        attainment: value ÷ target, None where it is not applicable.
        missing: names of the SMART checks it fails.
        deals: (name, linked itself) of open and won opportunities that carry it; others carry a goal below.
        editable: the viewer may edit it now.
    """

    record: Standing
    goal: Goal
    value: Value
    attainment: float | None
    missing: tuple[str, ...]
    deals: Sequence[tuple[Name, bool]]
    editable: bool
    names: Mapping[str, Mapping[int, Name]]


def seen_record(name: str, uid: UUID, book: Book) -> Standing:
    """Return a record that the viewer sees on the Book's day.

    Raises:
        NotFound: there is none, or he does not see it.
    """
    record, key = standing_uid(name, uid), RELATIONS[name].key[0]
    found = book.gather(f"SELECT {key} FROM {name} WHERE {key} = :record ORDER BY {key}", record=record.record_id)
    if not len(found):
        raise hidden(RELATIONS[name].label)
    return record


def goal_view(viewer: Viewer, uid: UUID, book: Book) -> GoalView:
    """Return a goal for its page. Raises as ``seen_record``."""
    record = seen_record("goals", uid, book)
    goal = next(one for one in goals_of(book) if one["goal_id"] == record.record_id)
    links = linked_to(book)
    carrying = distinct(links.only(links["goal_id"] == record.record_id))["deal_id"].tolist()
    own = {key[1] for key in standing_keys("goal_deals", [(record.record_id, one) for one in carrying])}
    value = value_of(book, goal)
    share = attained(goal, value.value)
    refs = {column.ref: {goal.get(column.name) or 0} for column in RELATIONS["goals"].facts if column.kind == "ref"}
    names = DatabaseNames().names_of({**refs, "goals": {goal["parent_id"] or 0}, "deals": carrying})
    return GoalView(
        record=record,
        goal=goal,
        value=value,
        attainment=None if share is None else float(share),
        missing=missing_checks(goal),
        deals=[(names["deals"][one], one in own) for one in carrying if one in names["deals"]],
        editable=book.as_of_day == book.today
        and may(viewer, "goal.edit", book.tree, unit_id=int(goal["unit_id"] or 0), owner_id=0),
        names=names,
    )


def offered(book: Book, relation: str, also: Iterable[int | None] = ()) -> list[tuple[int, Name]]:
    """Return number and name of what a field may refer to; ``also`` are ids that stand in it already."""
    key = RELATIONS[relation].key[0]
    if relation in LISTED:
        ids = book.gather(f"SELECT {key} FROM {relation} ORDER BY {key}")[key].tolist()
    else:
        ids = field_ids(book, relation)
    ids = list(dict.fromkeys([*ids, *(one for one in also if one)]))
    names = DatabaseNames().names(relation, ids)
    return [(one, names[one]) for one in ids if one in names]


def deals_called(book: Book, texts: Iterable[str]) -> list[UUID]:
    """Return the public ids of opportunities by code or name, each on a line.

    Raises:
        RuleError: one is not known, or several bear the name.
    """
    names = DatabaseNames()
    ids = [identified("deals", one.strip(), SeenNames(book, names)) for one in texts if one.strip()]
    known = names.names("deals", ids)
    return [UUID(known[one].uid) for one in ids]


@dataclass(frozen=True, slots=True)
class DealStrategyView:
    """What an opportunity carries of the strategy.

    Args:
        said: its strategic attributes and assignment; empty where nothing was said.
        reason: why its owner refused it.
        goals: the goals it carries that the viewer sees.
        waits_for_viewer: it was assigned to the viewer, who has not answered.
        rights: of ``deal.edit`` and ``deal.assign`` what the viewer may do now.
    """

    said: Mapping[str, int | None]
    reason: str
    goals: Sequence[Name]
    waits_for_viewer: bool
    rights: frozenset[str]
    assignee: str


def deal_strategy_view(viewer: Viewer, uid: UUID, book: Book) -> tuple[Standing, DealStrategyView]:
    """Return an opportunity and what it carries.

    Raises:
        NotFound: the viewer does not see the opportunity.
    """
    record = seen_record("deals", uid, book)
    place = book.gather(DEAL, deal=record.record_id)
    unit, owner = int(place["unit_id"][0]), int(place["owner_id"][0])
    rights = [one for one in ("deal.edit", "deal.assign") if may(viewer, one, book.tree, unit_id=unit, owner_id=owner)]
    return record, shown_strategy(viewer, record.record_id, rights, book)


def shown_strategy(viewer: Viewer, deal_id: int, rights: Iterable[str], book: Book) -> DealStrategyView:
    """Return what an opportunity carries that the viewer is known to see.

    Args:
        rights: what he may do with it.
    """
    rows = book.gather(OF_DEAL, deal=deal_id).records()
    said = {} if not rows or rows[0]["came_from"] is None else rows[0]
    goals = [one["goal_id"] for one in rows if one["goal_id"] is not None]
    seen = {one["goal_id"] for one in goals_of(book)} if goals else set()
    assignee = int(said.get("assignee_id") or 0)
    names = DatabaseNames().names_of({"goals": goals, "people": [assignee]}) if goals or assignee else {}
    people = names.get("people", {})
    today = book.as_of_day == book.today
    return DealStrategyView(
        said=said,
        reason=_why_refused(deal_id) if said.get("answer") == REFUSED else "",
        goals=[names["goals"][one] for one in goals if one in seen],
        waits_for_viewer=today and said.get("answer") == WAITING and assignee == viewer.person_id,
        rights=frozenset(rights) if today else frozenset(),
        assignee=people[assignee].name if assignee in people else "",
    )


def _why_refused(deal_id: int) -> str:
    record = standing_keys("deal_strategy", [(deal_id,)]).get((deal_id,))
    return str(record.row["reason"]) if record else ""
