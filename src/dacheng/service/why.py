"""Why a person sees an opportunity or not, asked by somebody who sees it himself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dacheng.core.access import ADMIN, SALES_OPS, Viewer
from dacheng.core.deals.schema import DEALS
from dacheng.core.errors import NotAllowed, Text
from dacheng.core.explaining import Explanation, explain
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.questions import identified
from dacheng.store.access import home_of, tree_on, viewer_of
from dacheng.store.history import company_day
from dacheng.store.identity import hidden
from dacheng.store.queries.grants import is_granted


@dataclass(frozen=True, slots=True)
class Why:
    """The question again with names, and its answer."""

    person: str
    deal: str
    owner: str
    unit: str
    explanation: Explanation


def why(asker: Viewer, at: datetime, *, deal: str, person: str = "") -> Why:
    """Explain why a person (default: the asker) sees a deal or not.

    Raises:
        NotFound: the asker himself does not see the deal; the same answer as if there were none.
        NotAllowed: asking about others is for administrators and sales operations.
    """
    names, day = DatabaseNames(), company_day(at)
    deal_id, owner_id = _seen(asker, at, deal, names)
    person_id = _asked_about(asker, person, names) if person else asker.person_id
    viewer = viewer_of(person_id, day)
    unit_id = home_of(owner_id, day)
    units = names.names("units", {unit_id, *(one.unit_id for one in viewer.held)})
    explanation = explain(
        viewer,
        tree_on(day),
        {unit: name.name for unit, name in units.items()},
        owner_id=owner_id,
        unit_id=unit_id,
        granted=is_granted(person_id, "deal", deal_id, day),
    )
    people, deals = names.names("people", {person_id, owner_id}), names.names("deals", {deal_id})
    return Why(people[person_id].name, deals[deal_id].name, people[owner_id].name, units[unit_id].name, explanation)


def _asked_about(asker: Viewer, person: str, names: DatabaseNames) -> int:
    """Return who is asked about; whoever may ask about himself only does not learn who else there is."""
    own = names.names("people", [asker.person_id]).get(asker.person_id)
    if own is not None and person in (own.code, own.name):
        return asker.person_id
    if not asker.holds(ADMIN, SALES_OPS):
        raise NotAllowed(
            Text("只能问自己为什么看得到。", "You may ask about yourself only."),
            Text("管理员和销售运营可以问别人。", "Administrators and sales operations may ask about others."),
        )
    return identified("people", person, names)


def _seen(asker: Viewer, at: datetime, deal: str, names: DatabaseNames) -> tuple[int, int]:
    found = names.find("deals", deal)
    book = open_database(asker, at=at)
    rows = book.gather("SELECT deal_id, owner_id FROM deals WHERE deal_id IN (:ids) ORDER BY deal_id", ids=found)
    if len(rows) != 1:
        raise hidden(DEALS.label)
    return int(rows["deal_id"][0]), int(rows["owner_id"][0])
