"""Who is credited with what of one deal (业绩分成): each share with its part of the amount, and how it was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.crediting import part_of
from dacheng.core.deals.schema import DEALS, WHOLE_BP
from dacheng.core.deals.splitting import Shares, check_split, on_day
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FAR_DAY
from dacheng.service.labels import DatabaseNames
from dacheng.service.wire import amount_text
from dacheng.store.actions.splits import split_deal
from dacheng.store.identity import hidden
from dacheng.store.queries.names import ids_of
from dacheng.store.shares import current_shares
from dacheng.store.standing import ids_of_uids, standing_uid

__all__ = [
    "Credit", "PastShare", "credits_among", "credits_if", "credits_on", "partner_called", "past_shares", "sent_splits",
    "shares_through", "split_deal",
]  # fmt: skip

SEEN = "SELECT deal_id FROM deals WHERE deal_id = :deal ORDER BY deal_id"


@dataclass(frozen=True, slots=True)
class Credit:
    """What one person is credited with: basis points, and minor units where the deal has an amount."""

    person_id: int
    share_bp: int
    amount: int | None
    owner: bool


@dataclass(frozen=True, slots=True)
class PastShare:
    """A share that holds or held on ``[from_day, to_day)``; ``FAR_DAY`` = until further notice."""

    person_id: int
    share_bp: int
    from_day: int
    to_day: int


def credits_on(uid: UUID, day: int) -> list[Credit]:
    """Return the credits of a deal at the end of a day, the owner first, partners in the order of their parts."""
    deal = standing_uid("deals", uid)
    return credits_among(deal.on(DEALS, day) or deal.row, shares_through(deal.record_id), day)


def shares_through(deal_id: int) -> Shares:
    """Return the shares of a deal through time, by person."""
    return current_shares([deal_id]).get(deal_id, {})


def credits_among(row: Mapping[str, Any], shares: Shares, day: int) -> list[Credit]:
    """Return the credits of a deal at the end of a day.

    Args:
        row: with ``owner_id`` and ``amount`` of that day.
    """
    return _credits(row, on_day(shares, day))


def credits_if(uid: UUID, day: int, wanted: Sequence[tuple[UUID, int]]) -> list[Credit]:
    """Return what the credits of a deal would be on a day.

    Args:
        wanted: (person, share in basis points) of each partner.

    Raises:
        RuleError: it is no split.
    """
    deal = standing_uid("deals", uid)
    row = {**deal.row, **deal.on(DEALS, day)}
    numbers = ids_of_uids("people", {person for person, _ in wanted})
    shares = [(numbers[person], share) for person, share in wanted]
    check_split(shares, row["owner_id"])
    return _credits(row, dict(shares))


def partner_called(text: str) -> UUID:
    """Return the public id of the one person with a code or name.

    Raises:
        RuleError: there is nobody, or there are several.
    """
    found = ids_of("people", text)
    if len(found) != 1:
        told = ("有多个人叫", "Several people are called") if found else ("没有人叫", "Nobody is called")
        raise RuleError(
            Text(f"{told[0]}「{text}」。", f"{told[1]} “{text}”."),
            Text("请写工号，或完整的姓名。", "Write the employee number, or the full name."),
        )
    return UUID(DatabaseNames().names("people", found)[found[0]].uid)


def _credits(row: Mapping[str, Any], shares: Mapping[int, int]) -> list[Credit]:
    partners = sorted(shares.items())
    before = np.cumsum([0, *(share for _, share in partners)])
    own = WHOLE_BP - int(before[-1])
    people = [(row["owner_id"], own, int(before[-1]), True)]
    people += [(person, share, int(begin), False) for (person, share), begin in zip(partners, before, strict=False)]
    rows = Rows.of(("share_bp", "before_bp"), [(share, begin) for _, share, begin, _ in people])
    amounts: Sequence[int | None] = [None] * len(people)
    if row["amount"] is not None:
        amounts = part_of(np.full(len(people), row["amount"], dtype=np.int64), rows).tolist()
    return [
        Credit(person, share, amount, owner) for (person, share, _, owner), amount in zip(people, amounts, strict=True)
    ]


def past_shares(shares: Shares, day: int) -> list[PastShare]:
    """Return every share that began by a day, the latest first."""
    found = [
        PastShare(person, span.share_bp, span.from_day, span.to_day if span.to_day <= day else FAR_DAY)
        for person, spans in shares.items()
        for span in spans
        if span.from_day <= day
    ]
    return sorted(found, key=lambda one: (-one.from_day, one.person_id))


def sent_splits(uid: UUID, book: Book) -> dict[str, Any]:
    """Return the credits of a deal as they stand outside.

    Raises:
        NotFound: there is none, or the viewer does not see it on the Book's day.
    """
    deal = standing_uid("deals", uid)
    if not len(book.gather(SEEN, deal=deal.record_id)):
        raise hidden(DEALS.label)
    found = credits_on(uid, book.as_of_day)
    names = DatabaseNames().names("people", {one.person_id for one in found})
    over = book.as_of_day < book.today
    return {
        "id": str(deal.uid),
        "version": None if over else deal.row["version"],
        "credits": [
            {
                "person_id": names[one.person_id].uid,
                "person": names[one.person_id].code,
                "person_name": names[one.person_id].name,
                "share_bp": one.share_bp,
                "amount": None if one.amount is None else amount_text(one.amount),
                "owner": one.owner,
            }
            for one in found
        ],
    }
