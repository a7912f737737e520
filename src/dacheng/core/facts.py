"""The bitemporal patch (更正): how the versions of one key change when a column is corrected.

A version says what was true on ``[from_day, to_day)``. Only current versions are looked
at here; the store keeps closed ones, so that what was known then can be seen again.

What counts as a recorded change
    A column changes on a day when its value differs from the day before, on what is
    known now. So the effect of a correction depends only on what is true on each day,
    never on how the versions happen to be cut.

Merging
    Versions opened by one patch are merged where they meet with equal values; a version
    that the patch leaves as it is, is neither closed nor opened again. The same patches
    in the same order therefore always leave the same versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter

from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FAR_DAY, date_of

Values = tuple[int | None, ...]
_FIRST_DAY = attrgetter("from_day")
Steps = Sequence[tuple[int, int | None]]


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """What was true of a key on ``[from_day, to_day)``; None is a missing value."""

    from_day: int
    to_day: int
    values: Values


@dataclass(frozen=True, slots=True)
class Patch:
    """The versions a change closes and opens, in one log sequence.

    Args:
        close: ``from_day`` of each current version that stops being current, ascending.
        open: the versions that take their place, ascending.
        until: for each changed column the day (exclusive) up to which its value was set:
            the next recorded change, or the end that was given, whichever is first.
    """

    close: tuple[int, ...] = ()
    open: tuple[Version, ...] = ()
    until: Mapping[int, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether anything changes."""
        return bool(self.close or self.open)


def end_key(versions: Sequence[Version], day: int) -> Patch:
    """Return the patch after which nothing stands from a day on.

    Raises:
        RuleError: no version stands on that day.
    """
    ordered = in_order(versions)
    _check_stands(ordered, day)
    touched = [version for version in ordered if version.to_day > day]
    kept = tuple(replace(version, to_day=day) for version in touched if version.from_day < day)
    return Patch(close=tuple(version.from_day for version in touched), open=kept)


def patch(
    versions: Sequence[Version], changes: Mapping[int, int | None], from_day: int, until_day: int = FAR_DAY
) -> Patch:
    """Correct columns of a key from a day on.

    Each changed column takes its new value from that day until the next recorded change
    of the same column, or until the end given, whichever is first.

    Args:
        versions: the current versions of one key, in any order, not overlapping.
        changes: column position -> its new value.
        from_day: the first day of the new values.
        until_day: the day after their last (exclusive).

    Raises:
        RuleError: no version stands on ``from_day``, or the end is not after it.

    Source: architecture "A correction patches columns".

    >>> known = [Version(0, 50, (1, 9)), Version(50, FAR_DAY, (2, 9))]
    >>> patch(known, {0: 7}, from_day=20).open
    (Version(from_day=0, to_day=20, values=(1, 9)), Version(from_day=20, to_day=50, values=(7, 9)))
    """
    _check_span(from_day, until_day)
    ordered = in_order(versions)
    _check_stands(ordered, from_day)
    if len(ordered) == 1:
        return _patch_of_one(ordered[0], changes, from_day, min(until_day, ordered[0].to_day))
    until = {column: min(next_change(ordered, column, from_day), until_day) for column in changes}
    last = max(until.values(), default=from_day)
    close: list[int] = []
    pieces: list[Version] = []
    for version in ordered:
        if version.to_day <= from_day or version.from_day >= last:
            continue
        changed = merged(_pieces(version, changes, from_day, until))
        if changed != [version]:
            close.append(version.from_day)
            pieces.extend(changed)
    return Patch(close=tuple(close), open=tuple(merged(pieces)), until=until)


def _patch_of_one(version: Version, changes: Mapping[int, int | None], from_day: int, until: int) -> Patch:
    """Return the patch of a key that never changed, which most never did: nothing cuts it but the two days."""
    before, values = version.values, list(version.values)
    for column, value in changes.items():
        values[column] = value
    ends = dict.fromkeys(changes, until)
    after = tuple(values)
    if after == before:
        return Patch(until=ends)
    pieces = [Version(from_day, until, after)]
    if version.from_day < from_day:
        pieces.insert(0, Version(version.from_day, from_day, before))
    if until < version.to_day:
        pieces.append(Version(until, version.to_day, before))
    return Patch((version.from_day,), tuple(pieces), ends)


def next_change(versions: Sequence[Version], column: int, day: int) -> int:
    """Return the first day after ``day`` on which a column changes or its key stops; FAR_DAY for never.

    Raises:
        RuleError: no version stands on ``day``.
    """
    ordered = in_order(versions)
    _check_stands(ordered, day)
    later = [version for version in ordered if version.to_day > day]
    for one, following in pairwise(later):
        if one.to_day < following.from_day or one.values[column] != following.values[column]:
            return one.to_day
    return later[-1].to_day


def overlay(versions: Sequence[Version], steps: Mapping[int, Steps], first_day: int) -> Patch:
    """Let a history from outside replace columns of a key (导入的历史).

    A column given takes its steps, a value from each day until the next, and keeps what
    it had before its first step. Every other column keeps its own history. The key then
    stands from ``first_day`` until forever: where that is longer than before, the nearest
    known values fill it; where it is shorter, what stood before is gone.

    Args:
        versions: the current versions of one key, in any order, not overlapping, not none.
        steps: column position -> its (day, value) steps, ascending by day.
        first_day: the day on which the key begins.

    >>> known = [Version(10, FAR_DAY, (1, 9))]
    >>> overlay(known, {0: [(5, 3), (20, 4)]}, first_day=5).open
    (Version(from_day=5, to_day=20, values=(3, 9)), Version(from_day=20, to_day=2932896, values=(4, 9)))
    """
    ordered = in_order(versions)
    _check_stands(ordered, ordered[0].from_day if ordered else first_day)
    known = (one.from_day for one in ordered)
    stepped = (day for history in steps.values() for day, _ in history)
    cuts = [first_day, *sorted({day for day in (*known, *stepped) if day > first_day}), FAR_DAY]
    after = [Version(*span, _overlaid(ordered, steps, span[0])) for span in pairwise(cuts)]
    return difference(ordered, merged(after))


def difference(before: Iterable[Version], after: Iterable[Version]) -> Patch:
    """Return the patch that leads from one set of versions of a key to another."""
    old, new = set(before), set(after)
    return Patch(close=tuple(sorted(one.from_day for one in old - new)), open=tuple(sorted(new - old)))


def apply(versions: Iterable[Version], change: Patch) -> list[Version]:
    """Return the current versions after a patch, in order of days."""
    closed = set(change.close)
    return in_order([*(version for version in versions if version.from_day not in closed), *change.open])


def in_order(versions: Iterable[Version]) -> list[Version]:
    """Return the versions of one key by day; they do not overlap, so their first days tell."""
    return sorted(versions, key=_FIRST_DAY)


def merged(pieces: Iterable[Version]) -> list[Version]:
    """Join neighbours that meet with equal values; the pieces come in order of days."""
    joined: list[Version] = []
    for piece in pieces:
        if joined and joined[-1].to_day == piece.from_day and joined[-1].values == piece.values:
            joined[-1] = replace(joined[-1], to_day=piece.to_day)
        else:
            joined.append(piece)
    return joined


def standing(versions: Iterable[Version], day: int) -> Values | None:
    """Return what is true on a day; None when the key does not stand."""
    return next((version.values for version in versions if version.from_day <= day < version.to_day), None)


def _pieces(
    version: Version, changes: Mapping[int, int | None], from_day: int, until: Mapping[int, int]
) -> list[Version]:
    """Cut a version at the ends of the changes and put the new values in."""
    inside = {day for day in (from_day, *until.values()) if version.from_day < day < version.to_day}
    days = [version.from_day, *sorted(inside), version.to_day]
    return [Version(*span, _changed(version.values, changes, span[0], from_day, until)) for span in pairwise(days)]


def _changed(
    values: Values, changes: Mapping[int, int | None], day: int, from_day: int, until: Mapping[int, int]
) -> Values:
    new = list(values)
    for column, value in changes.items():
        if from_day <= day < until[column]:
            new[column] = value
    return tuple(new)


def _overlaid(ordered: Sequence[Version], steps: Mapping[int, Steps], day: int) -> Values:
    held = ordered[0].values
    for version in ordered:
        if version.from_day <= day:
            held = version.values
    new = list(held)
    for column, history in steps.items():
        for from_day, value in history:
            if from_day <= day:
                new[column] = value
    return tuple(new)


def _check_span(from_day: int, until_day: int) -> None:
    if from_day >= until_day:
        first, end = date_of(from_day), date_of(until_day)
        raise RuleError(
            Text(f"终止日 {end} 必须晚于生效日 {first}。", f"The end {end} must be after the first day {first}."),
            Text(
                "终止日当天不再有效；请把它改晚，或留空。", "The end day itself is excluded: make it later or leave it."
            ),
        )


def _check_stands(ordered: Sequence[Version], day: int) -> None:
    if standing(ordered, day) is not None:
        return
    if not ordered:
        raise RuleError(
            Text("这条记录还没有任何版本。", "The record has no version yet."),
            Text("请先新建它。", "Create it first."),
        )
    first, wanted = date_of(ordered[0].from_day), date_of(day)
    if day < ordered[0].from_day:
        raise RuleError(
            Text(
                f"这条记录从 {first} 开始，不能从 {wanted} 起更正。", f"The record begins on {first}, after {wanted}."
            ),
            Text(f"生效日请选 {first} 或更晚。", f"Choose {first} or a later day."),
        )
    spans = [(str(date_of(one.from_day)), str(date_of(one.to_day))) for one in ordered]
    raise RuleError(
        Text(
            f"这条记录在 {wanted} 没有值；有值的是 {'、'.join('至'.join(span) for span in spans)}（不含末日）。",
            f"The record does not stand on {wanted}, only on {', '.join(' to '.join(span) for span in spans)} (excl.).",
        ),
        Text("请选其中的一天，或重新开始这条记录。", "Choose one of these days, or start the record again."),
    )
