"""Where a person works beside his home (借调、兼职): shares of a day never exceed what he works (I16)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import Version, merged
from dacheng.core.money import percent
from dacheng.core.period import date_of


@dataclass(frozen=True, slots=True)
class Overbooked:
    """A day on which somebody is given more work elsewhere than he works at all; shares in basis points."""

    day: int
    works: int
    taken: int


def first_overbooked(works: Sequence[Version], taken: Iterable[Version]) -> Overbooked | None:
    """Return the first day on which shares taken elsewhere exceed the working share; None when there is none.

    Args:
        works, taken: versions whose one value is a share in basis points; a day without ``works`` counts 0.

    >>> first_overbooked([Version(0, 99, (8_000,))], [Version(3, 9, (5_000,)), Version(5, 7, (4_000,))])
    Overbooked(day=5, works=8000, taken=9000)
    """
    elsewhere = list(taken)
    for day in sorted({one.from_day for one in (*works, *elsewhere)}):
        own, others = _share_on(works, day), _share_on(elsewhere, day)
        if others > own:
            return Overbooked(day, own, others)
    return None


def refuse_overbooked(name: str, works: Sequence[Version], taken: Iterable[Version]) -> None:
    """Refuse shares that exceed what a person works.

    Raises:
        RuleError: names the first day, both shares and the way out.
    """
    found = first_overbooked(works, taken)
    if found is not None:
        raise RuleError(
            Text(
                f"{name} 在 {date_of(found.day)} 的占用比例合计 {percent(found.taken)}，"
                f"超过工作比例 {percent(found.works)}。",
                f"On {date_of(found.day)} {name} would give {percent(found.taken)} elsewhere and works "
                f"{percent(found.works)}.",
            ),
            Text(
                "减小比例，或先让另一段借调、兼职到那天为止。", "Take a smaller share, or end another engagement first."
            ),
        )


def engaged(versions: Sequence[Version], share: int, from_day: int, until_day: int) -> list[Version]:
    """Return versions with a share on ``[from_day, until_day)``, whatever stood there before."""
    later = [replace(one, from_day=max(one.from_day, until_day)) for one in versions if one.to_day > until_day]
    return merged(sorted([*ended(versions, from_day), Version(from_day, until_day, (share,)), *later]))


def ended(versions: Sequence[Version], day: int) -> list[Version]:
    """Return versions of which nothing stands from a day on."""
    return [replace(one, to_day=min(one.to_day, day)) for one in versions if one.from_day < day]


def _share_on(versions: Iterable[Version], day: int) -> int:
    return sum(one.values[0] or 0 for one in versions if one.from_day <= day < one.to_day)
