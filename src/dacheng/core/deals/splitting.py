"""What a split (业绩分成) may be, and what follows from it: the owner's share and the order of the parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from dacheng.core.deals.schema import DEALS, WHOLE_BP
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import Version, apply, end_key, merged, overlay
from dacheng.core.money import percent
from dacheng.core.period import FAR_DAY


class Span(NamedTuple):
    """A share (basis points) that a person has of a deal on ``[from_day, to_day)``."""

    from_day: int
    to_day: int
    share_bp: int


Shares = Mapping[int, Sequence[Span]]
"""Person -> his shares of one deal by day."""

Steps = Sequence[tuple[int, int]]
"""Day -> value until the next, ascending."""

OWN, OWNER = DEALS.positions["own_bp"], DEALS.positions["owner_id"]


@dataclass(frozen=True)
class Arranged:
    """What follows from the splits of one deal.

    Args:
        partners: person -> versions of (share, shares before his), by day.
        own: the owner's share from each day on; the first day is that of the deal.
    """

    partners: Mapping[int, list[Version]]
    own: Steps


def arranged(shares: Shares, first_day: int) -> Arranged:
    """Return the splits with the order of the parts, by the number of the person, and the owner's share."""
    days = sorted({first_day, *(day for spans in shares.values() for span in spans for day in span[:2])} - {FAR_DAY})
    partners: dict[int, list[Version]] = {person: [] for person in shares}
    own: list[tuple[int, int]] = []
    for begin, end in pairwise([*days, FAR_DAY]):
        before = 0
        for person, share in sorted(on_day(shares, begin).items()):
            partners[person].append(Version(begin, end, (share, before)))
            before += share
        if begin >= first_day and (not own or own[-1][1] != WHOLE_BP - before):
            own.append((begin, WHOLE_BP - before))
    return Arranged({person: merged(versions) for person, versions in partners.items()}, own)


def on_day(shares: Shares, day: int) -> dict[int, int]:
    """Return the share of each partner on a day."""
    return {
        person: span.share_bp
        for person, spans in shares.items()
        for span in spans
        if span.from_day <= day < span.to_day
    }


def from_day_on(shares: Shares, wanted: Mapping[int, int], day: int) -> dict[int, list[Span]]:
    """Return the shares with those wanted from a day on in place of all that followed; before it nothing changes."""
    found = {
        person: [Span(one.from_day, min(one.to_day, day), one.share_bp) for one in spans if one.from_day < day]
        for person, spans in shares.items()
    }
    for person, share in wanted.items():
        found.setdefault(person, []).append(Span(day, FAR_DAY, share))
    return found


def is_shared(versions: Iterable[Version]) -> bool:
    """Tell whether a deal was, is or will be shared on any day."""
    return any(one.values[OWN] not in (None, WHOLE_BP) for one in versions)


def owners_of(versions: Iterable[Version]) -> list[Version]:
    """Return who owns a deal through time, each as one value."""
    return merged(Version(one.from_day, one.to_day, (one.values[OWNER],)) for one in versions)


def apart_from_owner(shares: Shares, owners: Iterable[Version]) -> dict[int, list[Span]]:
    """Return shares without those that somebody has of a deal on days on which he owns it: the rest is his anyway.

    >>> apart_from_owner({7: [Span(0, FAR_DAY, 4000)]}, [Version(0, 10, (1,)), Version(10, FAR_DAY, (7,))])
    {7: [Span(from_day=0, to_day=10, share_bp=4000)]}
    """
    found = {person: list(spans) for person, spans in shares.items()}
    for one in owners:
        (owner,) = one.values
        if owner in found:
            found[owner] = [part for span in found[owner] for part in _outside(span, one)]
    return found


def with_own(versions: Sequence[Version], own: Steps) -> list[Version]:
    """Return the versions of a deal with the owner's share of each day."""
    first, end = versions[0].from_day, versions[-1].to_day
    after = apply(versions, overlay(versions, {OWN: [(first, WHOLE_BP), *own]}, first))
    return apply(after, end_key(after, end)) if end < FAR_DAY else after


def _outside(span: Span, days: Version) -> list[Span]:
    """Return what of a span lies outside some days."""
    before = Span(span.from_day, min(span.to_day, days.from_day), span.share_bp)
    after = Span(max(span.from_day, days.to_day), span.to_day, span.share_bp)
    return [one for one in (before, after) if one.from_day < one.to_day]


def check_split(wanted: Iterable[tuple[int, int]], owner_id: int) -> None:
    """Refuse a split that cannot be.

    Args:
        wanted: (person, share in basis points) of each partner.

    Raises:
        RuleError: somebody stands twice or is the owner, a share is no part of a whole, or they are more than one.
    """
    pairs = list(wanted)
    people = [person for person, _ in pairs]
    if len(set(people)) < len(people):
        raise RuleError(
            Text("有人出现了两次。", "Somebody stands twice."), Text("每人只留一行。", "Keep one row each.")
        )
    if owner_id in people:
        raise RuleError(
            Text("负责人不能再分一份：其余本来就归他。", "The owner cannot have a share beside the rest."),
            Text("去掉负责人这一行。", "Leave the owner out."),
        )
    if any(not 1 <= share <= WHOLE_BP for _, share in pairs):
        raise RuleError(
            Text("比例要在 0.01% 到 100% 之间。", "A share lies between 0.01% and 100%."),
            Text("不分的人去掉这一行。", "Leave out who has none."),
        )
    total = sum(share for _, share in pairs)
    if total > WHOLE_BP:
        raise RuleError(
            Text(f"比例合计 {percent(total)}，超过 100%。", f"The shares come to {percent(total)}, more than 100%."),
            Text(
                "一笔业绩只能分一次：把比例改到合计不超过 100%。辅助业绩（合计超过 100%）不在这里记。",
                "A deal is credited once: lower the shares to 100% at most. Overlay credit is not kept here.",
            ),
        )
