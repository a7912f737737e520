"""Duplicates (疑似重复) and their merge: proposed, shown field by field before it is done, done as one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dacheng.core.access import POLICY, Viewer, classes_seen, may, not_allowed
from dacheng.core.book import OUTSIDE, Book
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.core.merging.likeness import Candidate, Pair, meant, pairs_alike, pairs_of_group, squashed
from dacheng.core.money import percent
from dacheng.core.relation import Column
from dacheng.core.schema import RELATIONS
from dacheng.service.deal_edits import end_of_part
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.questions import identified
from dacheng.service.seeing import SeenNames
from dacheng.store.access import Rights, tree_on
from dacheng.store.actions.merges import (
    TAKEN,
    Merged,
    Merging,
    SplitAnew,
    merge_customers,
    merge_deals,
    require_whole,
)
from dacheng.store.history import company_day
from dacheng.store.merged import leads_to
from dacheng.store.queries.labels import labels_of
from dacheng.store.sounding import sound_of
from dacheng.store.standing import Standing, standing_uid

__all__ = [
    "TAKEN", "Merged", "Merging", "Preview", "Proposal", "called", "duplicates", "merge", "moved_to", "of_splits",
    "preview", "require_merge",
]  # fmt: skip

RIGHT = {"customers": "customer.merge", "deals": "deal.merge"}
MERGE = {"customers": merge_customers, "deals": merge_deals}
MOST_SHOWN = 200

DEALS = "SELECT deal_id, customer_id, owner_id, unit_id, amount, created_day, expected_day FROM deals"
CUSTOMERS = "SELECT customer_id FROM customers ORDER BY customer_id"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two records that may be the same, the earlier recorded first, with why."""

    first: Name
    second: Name
    pair: Pair


@dataclass(frozen=True)
class Preview:
    """What a merge would do.

    Args:
        fields: columns that may be taken and differ, with the value that goes and the one that stays.
        moved: relation -> records that move; empty when it is refused.
        said: what becomes of splits, in words.
        refused: why it cannot be done; None = it can.
        names: relation -> id -> name of everything in the fields.
    """

    goes: Standing
    stays: Standing
    fields: Sequence[tuple[Column, Any, Any]]
    moved: Mapping[str, int]
    refused: RuleError | None
    names: Mapping[str, Mapping[int, Name]]
    said: Sequence[Text] = ()


def duplicates(relation: str, viewer: Viewer, at: datetime, book: Book) -> list[Proposal]:
    """Return the pairs of records that may be the same, of those that the viewer may merge.

    Raises:
        NotFound: nothing of this kind can be merged. NotAllowed: the viewer may not merge them.
    """
    _require(relation, viewer, at)
    pairs = pairs_alike(_customers(book)) if relation == "customers" else pairs_of_group(_deals(viewer, book))
    shown = pairs[:MOST_SHOWN]
    names = DatabaseNames().names(relation, {one for pair in shown for one in (pair.first, pair.second)})
    return [Proposal(names[pair.first], names[pair.second], pair) for pair in shown]


def require_merge(relation: str, viewer: Viewer, at: datetime, uid: UUID) -> str:
    """Refuse who may not merge a record; return what it is called.

    Raises:
        NotFound: he does not see it. NotAllowed: he may see it only.
    """
    day, record = company_day(at), standing_uid(_known(relation), uid)
    rights = Rights(viewer, day, tree_on(day))
    if relation == "customers":
        _require(relation, viewer, at)
    else:
        rights.require_on(RIGHT[relation], relation, record)
    return record.name


def merge(relation: str, actor: Viewer, at: datetime, merging: Merging) -> Merged:
    """Merge two records. Raises as the actions."""
    return MERGE[_known(relation)](actor=actor, at=at, merging=merging)


def preview(relation: str, actor: Viewer, at: datetime, merging: Merging) -> Preview:
    """Return what a merge would do; it is tried and taken back, so a refusal is the one the merge itself gives.

    Raises:
        NotFound, NotAllowed, Conflict: as the merge.
    """
    done: Merged | None = None
    refused: RuleError | None = None
    try:
        with transaction.atomic():
            done = merge(relation, actor, at, merging)
            transaction.set_rollback(True)
    except RuleError as problem:
        refused = problem
    goes, stays = (standing_uid(relation, uid) for uid in (merging.goes, merging.stays))
    seen = classes_seen(actor)
    fields = [
        (column, goes.row[name], stays.row[name])
        for name in TAKEN[relation]
        for column in (RELATIONS[relation].column(name),)
        if goes.row[name] != stays.row[name] and column.field_class in seen
    ]
    moved, said = (done.moved, of_splits(done)) if done else ({}, [])
    return Preview(goes, stays, fields, moved, refused, _names(fields), said)


def of_splits(done: Merged) -> list[Text]:
    """Return in words what a merge does to splits."""
    people = {person for one in done.split_anew for shares in (one.before, one.after) for person in shares}
    names = DatabaseNames().names("people", people | {one.person for one in done.ended})
    said = [end_of_part(one, names) for one in done.ended]
    return said + [_split_anew(one, names) for one in done.split_anew]


def _split_anew(one: SplitAnew, names: Mapping[int, Name]) -> Text:
    before, after = (_shares(shares, names) for shares in (one.before, one.after))
    return Text(
        f"合同 {one.contract} 改按留下的商机分成：{before.zh} → {after.zh}。",
        f"Contract {one.contract} is credited by the split of the one that stays: {before.en} → {after.en}.",
    )


def _shares(shares: Mapping[int, int], names: Mapping[int, Name]) -> Text:
    if not shares:
        return Text("不分成", "not shared")
    told = [f"{names[person].name} {percent(share)}" for person, share in sorted(shares.items())]
    return Text("、".join(told), ", ".join(told))


def called(relation: str, text: str, book: Book) -> UUID:
    """Return the public id of the record that a code or a name means.

    Raises:
        RuleError: there is none that the viewer knows of, or several.
    """
    names = SeenNames(book, DatabaseNames())
    number = identified(_known(relation), text.strip(), names)
    return UUID(names.names(relation, [number])[number].uid)


def moved_to(relation: str, uid: UUID, book: Book) -> UUID | None:
    """Return the record that stays for one that was merged away, where the viewer sees it on the Book's day."""
    stays = leads_to(relation, uid)
    if stays is None:
        return None
    key = RELATIONS[relation].key[0]
    record = standing_uid(relation, stays).record_id
    return stays if len(book.gather(f"SELECT {key} FROM {relation} WHERE {key} = :record", record=record)) else None


def _known(relation: str) -> str:
    if relation not in MERGE:
        raise NotFound(
            Text("只能合并客户和商机。", "Only accounts and opportunities can be merged."),
            Text("地址里写 customers 或 deals。", "The address says customers or deals."),
        )
    return relation


def _require(relation: str, viewer: Viewer, at: datetime) -> None:
    right, day = RIGHT[_known(relation)], company_day(at)
    if not viewer.holds(*POLICY[right]):
        raise not_allowed(right)
    if relation == "customers":
        require_whole(Rights(viewer, day, tree_on(day)))


def _customers(book: Book) -> list[Candidate]:
    ids = book.gather(CUSTOMERS)["customer_id"].tolist()
    labels = labels_of(RELATIONS["customers"], ids)
    plain = {one: meant(str(labels[one]["name"])) for one in ids}
    return [Candidate(one, name, sound_of(name) if name else "") for one, name in plain.items()]


def _deals(viewer: Viewer, book: Book) -> list[Candidate]:
    rows = book.gather(f"{DEALS} WHERE unit_id <> {OUTSIDE} AND customer_id IS NOT NULL ORDER BY deal_id")
    places = list(zip(rows["unit_id"].tolist(), rows["owner_id"].tolist(), strict=True))
    reach = {one: may(viewer, "deal.merge", book.tree, unit_id=one[0], owner_id=one[1]) for one in set(places)}
    ids = rows["deal_id"].tolist()
    labels = labels_of(RELATIONS["deals"], [one for one, place in zip(ids, places, strict=True) if reach[place]])
    known = {name: rows.known(name) for name in ("amount", "expected_day")}
    return [
        Candidate(
            record_id=number,
            name=squashed(str(labels[number]["name"])),
            group=int(rows["customer_id"][at]),
            amount=int(rows["amount"][at]) if known["amount"][at] else None,
            days=(
                int(rows["created_day"][at]),
                int(rows["expected_day"][at]) if known["expected_day"][at] else None,
            ),
        )
        for at, number in enumerate(ids)
        if reach[places[at]]
    ]


def _names(fields: Sequence[tuple[Column, Any, Any]]) -> Mapping[str, Mapping[int, Name]]:
    wanted: dict[str, set[int]] = {}
    for column, one, other in fields:
        if column.kind == "ref":
            wanted.setdefault(column.ref, set()).update(value for value in (one, other) if value)
    return DatabaseNames().names_of(wanted)
