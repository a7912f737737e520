"""Closing months (关账): what is closed, what can be closed or reopened next, who did it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.months import Months
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.store.actions.periods import close_period, reopen_period
from dacheng.store.history import company_day
from dacheng.store.periods import closed_through, company_months
from dacheng.store.queries.log import entries_of

__all__ = ["Closing", "Turn", "close_month", "closing", "reopen_month"]

OFFERED = 12
"""How many months back the first closing may reach; it closes everything before too."""

SHOWN = 60
ACTIONS = ("period.closed", "period.reopened")


@dataclass(frozen=True, slots=True)
class Turn:
    """A month that was closed or reopened; ``at`` in microseconds since 1970-01-01 UTC."""

    ym: int
    closed: bool
    at: int
    by: Name
    reason: str


@dataclass(frozen=True, slots=True)
class Closing:
    """Where closing stands.

    Args:
        through: the last closed month, 0 when none is. months: the days of the company's months.
        next: the months that can be closed now, the earliest first.
    """

    through: int
    months: Months
    next: tuple[int, ...]
    turns: Sequence[Turn]


def closing(at: datetime) -> Closing:
    """Return where closing stands at a moment."""
    months = company_months()
    through, ended = closed_through().through, _last_ended(months, company_day(at))
    if through:
        following: tuple[int, ...] = (through + 1,) if through + 1 <= ended else ()
    else:
        following = tuple(range(ended - OFFERED + 1, ended + 1))
    return Closing(through, months, following, _turns())


def close_month(actor: Viewer, at: datetime, ym: int) -> None:
    """Close a month. Raises as the action."""
    close_period(actor=actor, at=at, ym=ym)


def reopen_month(actor: Viewer, at: datetime, ym: int, reason: str) -> None:
    """Reopen the last closed month. Raises as the action."""
    reopen_period(actor=actor, at=at, ym=ym, reason=reason)


def _last_ended(months: Months, today: int) -> int:
    """Return the last month that has ended by the end of a day."""
    return months.ym_of(today + 1) - 1


def _turns() -> list[Turn]:
    heads = entries_of(ACTIONS, SHOWN)
    people = DatabaseNames().names("people", {head.actor_id for head in heads})
    found = []
    for head in heads:
        detail = json.loads(head.detail)
        by = people.get(head.actor_id, Name("", ""))
        found.append(Turn(int(detail["ym"]), head.action == ACTIONS[0], head.at, by, detail.get("reason", "")))
    return found
