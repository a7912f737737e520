"""What partners signed (渠道已签): the year of the letter they accepted, else what they told from below (R057)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book
from dacheng.core.errors import Text
from dacheng.core.plans.schema import ACCEPT, ACCEPTED, CHANNEL
from dacheng.core.plans.sheet import Sheet
from dacheng.core.table import Note
from dacheng.core.targets.feasibility import Stated

LETTER, FORMER_LETTER, FROM_BELOW = 1, 2, 3
SOURCES = (
    (LETTER, "letter", Text("责任书", "Letter")),
    (FORMER_LETTER, "former-letter", Text("责任书，之后改过", "Letter, changed since")),
    (FROM_BELOW, "bottom-up", Text("自下而上，没有签", "Bottom-up, no letter")),
)
"""By what a partner is taken to have signed."""

SIGNED = """
    SELECT r.plan_row_id, r.unit_id, r.customer_id, t.amount
    FROM plan_talks t
    JOIN plan_rows r ON r.plan_row_id = t.plan_row_id
    JOIN plans p ON p.plan_id = r.plan_id
    WHERE t.kind = :accept AND t.measure_id = :measure AND t.ym = 0 AND r.kind = :channel
        AND p.plan_id <= :plan AND p.from_ym = :first AND p.until_ym = :until
    ORDER BY r.plan_id, r.plan_row_id, t.number"""


@dataclass(frozen=True, slots=True, eq=False)
class Signed:
    """What the partners of a plan signed, by row; nothing is known of rows that are no partner's.

    Args:
        years: minor units, shape (n,). months: minor units, shape (n, m); of a letter that was changed since, no
            month is known, as a letter keeps their fingerprint and their sum.
        source: shape (n,), one of ``SOURCES``; 0 = nothing was signed.
    """

    years: Stated
    months: Stated
    source: IntArray

    @property
    def from_below(self) -> int:
        """Return how many partners signed no letter and count by what they told from below."""
        return int(np.count_nonzero(self.source == FROM_BELOW))


def signed_by_partners(book: Book, sheet: Sheet) -> Signed:
    """Return what each partner of a plan signed in the sheet's measure (渠道已签).

    The year that was accepted last counts, in this version of the plan or in an earlier one of the same months; a
    target that changed since leaves it as it was signed. Without a letter what he told from below counts.

    Source: R057, R052.
    """
    channel = sheet.kind == CHANNEL
    letters = _letters(book, sheet)
    below = _from_below(sheet)
    years = letters.or_else(Stated(below.value, below.known & channel))
    holds = letters.known & (sheet.years.agreed == ACCEPTED)
    source = np.where(
        holds, LETTER, np.where(letters.known, FORMER_LETTER, np.where(years.known, FROM_BELOW, 0))
    ).astype(np.int64)
    return Signed(years, _months(sheet, channel, letters.known, holds), source)


def told_from_below(signed: Signed) -> list[Note]:
    """Return the note that says of how many partners the figure is no signature."""
    count = signed.from_below
    words = Text(
        f"{count} 个渠道没有签责任书，按自下而上的数算已签；在该行的协商页接受全年目标就是签字。",
        f"Partners without a signed letter, who count by bottom-up: {count}. Accepting the year on the page of the "
        "row's talk signs the letter.",
    )
    return [Note("plans/signed-from-below", words, count)] if count else []


def _letters(book: Book, sheet: Sheet) -> Stated:
    """Return the year that was accepted last of each partner, shape (n,)."""
    plan = sheet.plan
    rows = book.gather(
        SIGNED,
        accept=ACCEPT,
        measure=sheet.measure_id,
        channel=CHANNEL,
        plan=plan.plan_id,
        first=plan.from_ym,
        until=plan.until_ym,
    )
    rows = rows.only(rows.known("amount"))
    own: dict[int, int] = {}
    versions: dict[tuple[int, int], int] = {}
    accounts = np.where(rows.known("customer_id"), rows["customer_id"], 0).tolist()
    for row, unit, account, amount in zip(
        rows["plan_row_id"].tolist(), rows["unit_id"].tolist(), accounts, rows["amount"].tolist(), strict=True
    ):
        own[row] = amount
        if account:
            versions[unit, account] = amount
    value, known = np.zeros(len(sheet), dtype=np.int64), np.zeros(len(sheet), dtype=np.bool_)
    for at in np.flatnonzero(sheet.kind == CHANNEL).tolist():
        found = own.get(int(sheet.tree.unit_ids[at]))
        found = versions.get((int(sheet.unit_id[at]), int(sheet.customer_id[at]))) if found is None else found
        if found is not None:
            value[at], known[at] = found, True
    return Stated(value, known)


def _from_below(sheet: Sheet) -> Stated:
    """Return what was told of the year, else of all its months, shape (n,)."""
    cells = sheet.cells.submitted
    whole: BoolArray = np.count_nonzero(cells.known, axis=1) == cells.known.shape[1]
    return sheet.years.submitted.or_else(Stated(np.where(cells.known, cells.value, 0).sum(axis=1), whole))


def _months(sheet: Sheet, channel: BoolArray, letter: BoolArray, holds: BoolArray) -> Stated:
    cells, amount = sheet.cells.submitted, sheet.cells.amount
    told = cells.known & (channel & ~letter)[:, np.newaxis]
    agreed = amount.known & holds[:, np.newaxis]
    return Stated(np.where(agreed, sheet.amount, np.where(told, cells.value, 0)), agreed | told)
