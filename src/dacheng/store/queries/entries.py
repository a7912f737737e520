"""When facts were entered: the moments that the log gives to their versions."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from dacheng.store.history import moment
from dacheng.store.models import FACTS, LogEntry


def actions_entered(first_day: int, seq: int) -> dict[tuple[int, int], int]:
    """Return by which sequence the actions of each (person, day) were last entered.

    Args:
        first_day: of this day and later. seq: nothing that was entered after it.
    """
    rows = FACTS["actions_done"].objects.filter(day__gte=first_day, seq_from__lte=seq)
    found = rows.values_list("person_id", "day").annotate(last=Max("seq_from"))
    return {(person, day): last for person, day, last in found}


def moment_of(seq: int) -> datetime | None:
    """Return when an entry of the log was written; None where there is none."""
    at = LogEntry.objects.filter(seq=seq).values_list("at", flat=True).first()
    return None if at is None else moment(at)
