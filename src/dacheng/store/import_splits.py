"""Splits on their way in (导入业绩分成): each row says what share of a deal somebody has from a day on; 0 ends it.

A row speaks of its person alone: from its first day on it takes the place of what he had,
other partners stay. What owners then have follows when the batch is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from dacheng.core.closing import Closed
from dacheng.core.deals.schema import WHOLE_BP
from dacheng.core.deals.splitting import OWNER, Shares, Span, apart_from_owner, arranged, on_day, owners_of
from dacheng.core.errors import Finding, RuleError, Text
from dacheng.core.facts import Version
from dacheng.core.facts import standing as values_on
from dacheng.core.money import percent
from dacheng.core.period import FAR_DAY, date_of
from dacheng.core.staging import Staged
from dacheng.store.shares import current_shares, refuse_other_split
from dacheng.store.standing import Standing
from dacheng.store.values_in import Moments


def told_shares(before: Sequence[Span], moments: Moments, first_day: int) -> list[Span]:
    """Return the shares of somebody: what he had until the first day told, and from then on what is told.

    >>> told_shares([Span(0, FAR_DAY, 4000)], [(10, {"share_bp": 3000}), (20, {"share_bp": 0})], 5)
    [Span(from_day=0, to_day=10, share_bp=4000), Span(from_day=10, to_day=20, share_bp=3000)]
    """
    steps = [(max(day, first_day), values["share_bp"]) for day, values in moments if "share_bp" in values]
    if not steps:
        return list(before)
    kept = [Span(one.from_day, min(one.to_day, steps[0][0]), one.share_bp) for one in before]
    ends = [*(day for day, _ in steps[1:]), FAR_DAY]
    told = [Span(day, end, share) for (day, share), end in zip(steps, ends, strict=True)]
    return _joined([one for one in (*kept, *told) if one.share_bp and one.from_day < one.to_day])


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Return spans with neighbours of one share as one."""
    found: list[Span] = []
    for one in spans:
        if found and found[-1].to_day == one.from_day and found[-1].share_bp == one.share_bp:
            found[-1] = found[-1]._replace(to_day=one.to_day)
        else:
            found.append(one)
    return found


class RowTold(NamedTuple):
    """A row, the split it is about by its number, and what it says of whose share of which deal."""

    number: int
    deal: int
    person: int
    row: Staged
    moments: Moments


class SplitsTold:
    """What rows make of the splits of their deals.

    Args:
        told: the rows. owners: deal -> its versions as the batch leaves them.
    """

    def __init__(self, told: Sequence[RowTold], owners: Mapping[int, Sequence[Version]]) -> None:
        self.owners = owners
        self.rows: dict[int, list[RowTold]] = {}
        for one in told:
            self.rows.setdefault(one.deal, []).append(one)
        known = current_shares(self.rows)
        self.before = {
            deal: {person: _joined(spans) for person, spans in known.get(deal, {}).items()} for deal in self.rows
        }
        self.after = {deal: self._after(deal, rows) for deal, rows in self.rows.items()}

    def _after(self, deal: int, rows: Sequence[RowTold]) -> dict[int, list[Span]]:
        found = dict(self.before[deal])
        first = self.owners[deal][0].from_day
        for one in rows:
            found[one.person] = told_shares(found.get(one.person, []), one.moments, first)
        return apart_from_owner(found, owners_of(self.owners[deal]))

    def changes(self, one: RowTold) -> bool:
        """Tell whether a row changes anything."""
        before, after = (shares[one.deal].get(one.person, []) for shares in (self.before, self.after))
        return before != after

    def versions(self, one: RowTold) -> list[Version]:
        """Return the versions that the split of a row has then."""
        return arranged(self.after[one.deal], self.owners[one.deal][0].from_day).partners[one.person]

    def findings(self, deals: Mapping[int, Standing], closed: Closed) -> Iterator[Finding]:
        """Find owners who would have a part, more than a whole, and what a closed month rests on."""
        for deal, rows in self.rows.items():
            yield from (_finding("deals/own-split", _OWN, one.row) for one in rows if self._names_owner(one))
            above = _first_above(self.after[deal])
            if above:
                yield _finding("deals/split-above-whole", _above(*above), rows[0].row)
            elif deal in deals:
                try:
                    refuse_other_split(deals[deal], self.before[deal], self.after[deal], closed)
                except RuleError as error:
                    yield _finding("import/closed-period", error, rows[0].row)

    def _names_owner(self, one: RowTold) -> bool:
        versions = self.owners[one.deal]
        (day, values), *_later = one.moments
        held = values_on(versions, max(day, versions[0].from_day)) or versions[-1].values
        return held[OWNER] == one.person and bool(values.get("share_bp"))


def _first_above(shares: Shares) -> tuple[int, int] | None:
    """Return the first day on which the shares come to more than a whole, and what they come to."""
    days = sorted({day for spans in shares.values() for one in spans for day in one[:2]})
    for day, _ in pairwise(days):
        total = sum(on_day(shares, day).values())
        if total > WHOLE_BP:
            return day, total
    return None


def _above(day: int, total: int) -> RuleError:
    shown = percent(total)
    return RuleError(
        Text(f"{date_of(day)} 起比例合计 {shown}，超过 100%。", f"From {date_of(day)} the shares come to {shown}."),
        Text(
            "把比例改到合计不超过 100%；不再分的人写 0%。",
            "Lower the shares to 100% at most; write 0% for who has none any more.",
        ),
    )


_OWN = RuleError(
    Text("负责人不能再分一份：其余本来就归他。", "The owner cannot have a share beside the rest."),
    Text("去掉这一行。", "Leave this row out."),
)


def _finding(rule: str, error: RuleError, row: Staged) -> Finding:
    return Finding(rule, error.message, error.remedy, sheet=row.sheet, row=row.row)
