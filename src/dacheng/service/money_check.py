"""The check of the books (对账检查), by hand and every night: what is not what its postings add up to (R147)."""

from __future__ import annotations

import logging
from datetime import datetime

from dacheng.service.answering import answer_database
from dacheng.service.reports import Answer
from dacheng.store.company import has_company
from dacheng.store.history import company_day

REPORT = "contracts/checks"

log = logging.getLogger(__name__)


def checked_books(at: datetime) -> Answer:
    """Check the whole company's books of today (R147)."""
    return answer_database(REPORT, {}, at=at)


def unmet(answer: Answer) -> int:
    """Return how many records are not what their postings add up to."""
    return sum(note.count for note in answer.table.notes if note.code == "unmet")


class Nightly:
    """Checks the books once a day of the company, at the first look after midnight; the log says what it found."""

    def __init__(self) -> None:
        self._day = -1

    def look(self, at: datetime) -> None:
        """Check when a day has begun since the last look."""
        if not has_company() or (day := company_day(at)) == self._day:
            return
        self._day = day
        answer = checked_books(at)
        for line in answer.remarks("en"):
            (log.error if unmet(answer) else log.info)("books of the day: %s", line)
        table = answer.table
        for place, row in enumerate(table.rows()):
            if table.cell("looked", place) is None:
                log.error("does not meet: %s", row)
