"""Who asks, and from which standpoint: read off a request once, handed inwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from django.http import HttpRequest

from dacheng.core.access import Viewer
from dacheng.core.book import Basis, Book
from dacheng.service.books import open_database
from dacheng.service.people import viewer_now
from dacheng.service.questions import asked_day, understood_basis


@dataclass(frozen=True)
class Asking:
    """A signed-in person's question.

    Args:
        at: the moment of the request, the only clock below the shell.
        as_of_day: the day asked for; None = today.
        compare_day: the day to compare with; None = no comparison.
    """

    viewer: Viewer
    at: datetime
    as_of_day: int | None
    compare_day: int | None
    basis: Basis

    @cached_property
    def book(self) -> Book:
        """Return the Book of the question, opened once per request."""
        return open_database(self.viewer, at=self.at, as_of_day=self.as_of_day, basis=self.basis)


def asking(request: HttpRequest) -> Asking:
    """Return the question of a request, understood once; the URL is the state.

    Raises:
        RuleError: a day or the basis in the URL is not understood.
    """
    known: Asking | None = getattr(request, "asked", None)
    if known is not None:
        return known
    at = datetime.now(UTC)
    asked = Asking(
        viewer=viewer_now(request.user.person_id, at),
        at=at,
        as_of_day=asked_day(request.GET.get("as_of", "")),
        compare_day=asked_day(request.GET.get("compare", "")),
        basis=understood_basis(request.GET.get("basis", "")),
    )
    request.asked = asked
    return asked
