"""Transfers and leaving as a wizard asks for them: what goes where by the company's rules, what it does, doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import MANAGER, POLICY, REP, ROLE_LABEL, Viewer, not_allowed
from dacheng.core.book import Book
from dacheng.core.deals.schema import OPEN
from dacheng.core.errors import Text
from dacheng.core.filtering import equal
from dacheng.core.handover.handing import KINDS, WAYS, Handover, Terms, Way
from dacheng.core.handover.transfer import effect
from dacheng.core.money import percent
from dacheng.core.org.effects import Handing, Receiving, When, handover_effects
from dacheng.core.org.schema import ENGAGED_LABEL
from dacheng.core.period import FAR_DAY
from dacheng.core.table import Table
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.store.actions import transfers
from dacheng.store.actions.transfers import Transferred, transfer_entry, undo_transfer
from dacheng.store.handing import Ways, handover_of, taker_of
from dacheng.store.queries.organisation import EngagementStanding, engagements_of, homes_of_person, roles_of
from dacheng.store.shared_views import Heir, heirs_of
from dacheng.store.standing import standing_uid

__all__ = [
    "KINDS", "WAYS", "Foreseen", "Transferred", "Ways", "entry_of", "foreseen", "leave", "may_hand_over", "transfer",
    "transfer_entry", "undo_transfer", "usual_ways", "works_elsewhere",
]  # fmt: skip

DEALS = "SELECT COUNT(*) AS there FROM deals {where}"
SHARES = "SELECT COUNT(*) AS there FROM credits WHERE owner_id = :owner AND part = 1 AND state = :open"
OWN = "SELECT deal_id FROM credits WHERE owner_id = :owner AND part = :part AND state = :open ORDER BY deal_id"
CONTRACTS = "SELECT COUNT(*) AS there FROM contracts WHERE owner_id = :owner AND effective_day >= :day"


@dataclass(frozen=True)
class Foreseen:
    """What a handover will do: in words, and node by node; ``names`` are those of the table's units."""

    said: Sequence[Text]
    table: Table
    names: Mapping[int, Name]


def usual_ways(book: Book, *, leaves: bool) -> dict[str, Way]:
    """Return the way in which each kind goes by the rules of the Book's day; nobody who leaves takes anything along."""
    found: dict[str, Way] = {}
    for kind in KINDS:
        word = book.rules.word(f"transfer.{kind}")
        found[kind] = "person" if word == "person" and not (leaves and kind != "credit") else "unit"
    return found


def may_hand_over(viewer: Viewer) -> bool:
    """Tell whether a viewer may hand deals, contracts and targets over at all; else they go along."""
    return all(viewer.holds(*POLICY[right]) for right in transfers.RIGHT.values())


def foreseen(viewer: Viewer, at: datetime, uid: UUID, unit: UUID | None, on: int, ways: Ways) -> Foreseen:
    """Return what a transfer, or without a unit a leaving, will do, as far as the viewer sees.

    Raises:
        NotAllowed: the viewer may not move people. RuleError: as the action.
    """
    if not viewer.holds(*POLICY["person.edit"]):
        raise not_allowed("person.edit")
    book = open_database(viewer, at=at, as_of_day=on)
    person = standing_uid("people", uid)
    plan = handover_of(person, unit, on, ways, terms_in(book), taker_of(ways))
    table = effect(book, plan)
    units = {*plan.places(), *table.values["unit_id"].tolist()}
    heirs = [] if unit else heirs_of(plan.person, on)
    people = {plan.person, *plan.takers, *(one.person_id for one in heirs if one.person_id)}
    elsewhere = _elsewhere(plan.person, on)
    units |= {one.host_id for one in elsewhere}
    names = DatabaseNames().names_of({"units": units, "people": people})
    _, homes = homes_of_person(plan.person)
    following = min((one.from_day for one in homes if one.from_day > on), default=0)
    said = handover_effects(_named(book, plan, names), When(on, book.today, following))
    said += [_engagement_said(one, plan, ways, names["units"]) for one in elsewhere]
    return Foreseen([*said, *_views_said(heirs, names["people"])], table, names["units"])


def transfer(
    *, actor: Viewer, at: datetime, uid: UUID, unit: UUID, ways: Ways, version: int | None, on: int | None = None
) -> Transferred:
    """Move a person and hand over, on the terms of the company's rules of that day."""
    terms = terms_in(open_database(actor, at=at, as_of_day=on))
    return transfers.transfer_person(
        actor=actor, at=at, uid=uid, unit=unit, ways=ways, version=version, on=on, terms=terms
    )


def leave(
    *, actor: Viewer, at: datetime, uid: UUID, ways: Ways, version: int | None, on: int | None = None
) -> Transferred:
    """Mark a person as left and hand over, on the terms of the company's rules of that day."""
    terms = terms_in(open_database(actor, at=at, as_of_day=on))
    return transfers.leave(actor=actor, at=at, uid=uid, ways=ways, version=version, on=on, terms=terms)


def entry_of(uid: UUID) -> str:
    """Return the name of the entry that last moved a person or let him leave; empty where nothing can be undone."""
    return transfer_entry(standing_uid("people", uid).record_id)


def works_elsewhere(person: int, day: int) -> bool:
    """Tell whether somebody works beside his home on a day or later."""
    return bool(_elsewhere(person, day))


def _elsewhere(person: int, day: int) -> list[EngagementStanding]:
    return [one for one in engagements_of(person) if one.to_day > day]


def _engagement_said(one: EngagementStanding, plan: Handover, ways: Ways, units: Mapping[int, Name]) -> Text:
    """Say whether a secondment or part-time work elsewhere ends on the day or goes on."""
    label = ENGAGED_LABEL[one.kind]
    share, unit = percent(one.share_bp), units[one.host_id].name
    if plan.leaves or ways.engagements == "end" or one.host_id == plan.new:
        return Text(f"到这天为止：{label.zh}（{unit}，{share}）。", f"Ends on that day: {label.en} ({unit}, {share}).")
    return Text(f"照旧：{label.zh}（{unit}，{share}）。", f"Goes on: {label.en} ({unit}, {share}).")


def terms_in(book: Book) -> Terms:
    """Return the terms of handing over that are in force on a Book's day."""
    month = book.rules.word("transfer.month")
    return Terms("giver" if month == "giver" else "taker" if month == "taker" else "days", _follow(book))


def _follow(book: Book) -> bool:
    return book.rules.number("transfer.unit_targets") == 1


def _named(book: Book, plan: Handover, names: Mapping[str, Mapping[int, Name]]) -> Handing:
    units, people = names["units"], names["people"]
    takes = {
        kind: Receiving(people[plan.takes(kind)].name, units[plan.place(kind)].name, not plan.handed(kind))
        for kind in KINDS
    }
    return Handing(
        person=people[plan.person].name,
        old=units[plan.old].name,
        new=units[plan.new].name,
        leaves=plan.leaves,
        takes=takes,
        deals=_open_deals(book, plan.person),
        contracts=int(book.at(FAR_DAY - 1).gather(CONTRACTS, owner=plan.person, day=plan.day)["there"][0]),
        roles=[] if plan.leaves else _ending(plan, units),
        unit_targets=plan.terms.unit_targets,
        shares=int(book.at(book.today).gather(SHARES, owner=plan.person, open=OPEN)["there"][0]),
        own_parts=_own_parts(book.at(book.today), plan) if plan.handed("deals") else 0,
    )


def _views_said(heirs: Sequence[Heir], names: Mapping[int, Name]) -> list[Text]:
    """Say who keeps each view that the person shares."""
    said = []
    for one in heirs:
        view, heir = one.view.name, names[one.person_id].name if one.person_id else ""
        kept = Text(f"他分享的视图「{view}」归{heir}。", f"The view “{view}” that he shares becomes {heir}'s.")
        alone = Text(f"他分享的视图「{view}」没有人接。", f"Nobody is there to keep the view “{view}” that he shares.")
        said.append(kept if heir else alone)
    return said


def _own_parts(book: Book, plan: Handover) -> int:
    """Return of how many of his open deals the taker has a part."""
    his, of_taker = (
        book.gather(OWN, owner=person, part=part, open=OPEN)["deal_id"]
        for person, part in ((plan.person, 0), (plan.deals, 1))
    )
    return len(set(his.tolist()) & set(of_taker.tolist()))


def _open_deals(book: Book, person: int) -> int:
    wanted = equal(state=OPEN, owner_id=person)
    return int(book.at(book.today).gather(DEALS.format(where=wanted.where), **wanted.params)["there"][0])


def _ending(plan: Handover, units: Mapping[int, Name]) -> list[Text]:
    """Return the roles over the old unit that end."""
    held = [one for one in roles_of(plan.person) if one.unit_id == plan.old and one.to_day > plan.day]
    return [
        Text(
            f"{ROLE_LABEL[one.role].zh}（{units[plan.old].name}）",
            f"{ROLE_LABEL[one.role].en} ({units[plan.old].name})",
        )
        for one in held
        if one.role in (REP, MANAGER)
    ]
