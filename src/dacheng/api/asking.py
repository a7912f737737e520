"""Who calls, in which language, from which standpoint: read off a request once, handed inwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from dacheng.core.access import SYSTEM, Viewer, may
from dacheng.core.book import Book
from dacheng.core.tree import Tree
from dacheng.service.books import open_database
from dacheng.service.questions import asked_day, parsed_moment, understood_basis

NOWHERE = Tree.of([], [])
STANDPOINT = ("as_of", "basis", "compare", "known_at")
CHINESE, ENGLISH = "zh-hans", "en"


@dataclass(frozen=True, slots=True)
class Caller:
    """A person who calls, by a token or signed in.

    Args:
        account: the store's account; answers that are kept belong to it.
        viewer: with the roles held today.
        at: the moment of the call, the only clock below the shell.
        token: the token's hash; empty for somebody signed in.
    """

    account: Any
    viewer: Viewer
    at: datetime
    language: str
    token: str = ""

    def book(self, given: Mapping[str, str], *, editing: str = "") -> Book:
        """Open the Book of a standpoint: ``as_of``, ``basis``, ``known_at``; empty = today, then, now.

        Args:
            editing: an action; who may do it anywhere sees everything that it is about.

        Raises:
            RuleError: one of them is not understood.
        """
        known_at = given.get("known_at", "").strip()
        everywhere = bool(editing) and may(self.viewer, editing, NOWHERE)
        return open_database(
            SYSTEM if everywhere else self.viewer,
            at=self.at,
            as_of_day=asked_day(given.get("as_of", "")),
            basis=understood_basis(given.get("basis", "")),
            known_at=parsed_moment(known_at) if known_at else None,
        )


class Call(HttpRequest):
    """A request whose caller is known."""

    auth: Caller


def now() -> datetime:
    """Return the moment of a call."""
    return datetime.now(UTC)


def language_of(request: HttpRequest, own: str = CHINESE) -> str:
    """Return the language of an answer: the one accepted first, else the caller's own.

    >>> request = HttpRequest()
    >>> request.META["HTTP_ACCEPT_LANGUAGE"] = "fr, en-GB;q=0.8, zh;q=0.5"
    >>> language_of(request)
    'en'
    """
    for wanted, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if wanted.startswith("en"):
            return ENGLISH
        if wanted.startswith("zh"):
            return CHINESE
    return own
