"""Search (搜索): records by a part of their name or code, by pinyin or initials, contacts by telephone number too."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from dacheng.api.asking import Call
from dacheng.api.operations import SEEN, operation
from dacheng.core.errors import Text
from dacheng.core.searching import LONGEST_TEXT
from dacheng.service.searching import search

router = Router(tags=["search"])

MOST = 30


class Found(Schema):
    """A record that holds every word; ``beside`` says what it belongs to: account, owner, unit."""

    id: UUID
    code: str
    name: str
    beside: list[str]


class Group(Schema):
    """The records of one relation, the best fit first; ``more`` when there are others."""

    relation: str = Field(examples=["deals", "contracts", "customers", "contacts", "people", "units"])
    rows: list[Found]
    more: bool


class Groups(Schema):
    """What was found, by relation; the relation with the best fit first."""

    groups: list[Group]


Words = Annotated[
    str, Query(max_length=LONGEST_TEXT, description="words, pinyin or initials, all of which a record holds")
]
Most = Annotated[int, Query(ge=1, le=MOST, description="at most so many of each relation")]


@operation(router, "GET", "/search", Groups, Text("搜索", "Search records"), right=SEEN)
def search_records(request: Call, q: Words, as_of: str = "", limit: Most = 8) -> Groups:
    """Opportunities, contracts, accounts, contacts, people and units that the caller sees and that hold every word."""
    language = request.auth.language
    found = sorted(search(request.auth.book({"as_of": as_of}), q, limit=limit), key=lambda one: one.fit)
    return Groups(
        groups=[
            Group(
                relation=one.relation,
                rows=[
                    Found(
                        id=UUID(hit.name.uid),
                        code=hit.name.code,
                        name=hit.name.in_language(language),
                        beside=list(hit.beside),
                    )
                    for hit in one.hits
                ],
                more=one.more,
            )
            for one in found
        ]
    )
