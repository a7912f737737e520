"""The working calendar (工作日历): days set by hand or from a published year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.period import FIRST_DAY
from dacheng.store.access import require
from dacheng.store.history import writing
from dacheng.store.integrity import refuse_gap
from dacheng.store.periods import company_months
from dacheng.store.saving import Edit, New, change, create
from dacheng.store.standing import standing_keys


def set_calendar_days(*, actor: Viewer, at: datetime, days: Mapping[int, bool], source: str) -> int:
    """Say for days whether they are worked; return how many changed.

    Args:
        days: day -> working.
        source: where it comes from, for example 国务院公布 or 手工.

    Raises:
        NotAllowed: the actor may not. RuleError: a day between the calendar and the new days
            would be missing, and nobody could count working days any more.
    """
    with writing(actor, at, "calendar.set", source=source) as entry:
        require(entry, "calendar.edit")
        refuse_gap(days)
        months = company_months()
        found = standing_keys("calendar", [(day,) for day in days])
        by_id = {one.record_id: one for one in found.values()}
        edits = [
            Edit(one.record_id, {"working": int(days[key[0]]), "source": source}, FIRST_DAY)
            for key, one in found.items()
            if one.row["working"] != int(days[key[0]])
        ]
        news = [
            New({"day": day, "ym": months.ym_of(day), "working": int(working), "source": source}, FIRST_DAY)
            for day, working in sorted(days.items())
            if (day,) not in found
        ]
        return len(change(entry, "calendar", edits, by_id)) + len(create(entry, "calendar", news))
