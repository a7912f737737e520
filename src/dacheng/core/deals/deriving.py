"""Derived columns of a deal: what its own history says about stages, closing and pushed dates (R149)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dacheng.core.deals.schema import DEALS, OPEN
from dacheng.core.facts import Version
from dacheng.core.period import FAR_DAY

_NAMES = [column.name for column in DEALS.values]
_AT = {name: at for at, name in enumerate(_NAMES)}


def derive_deal(versions: Sequence[Version], stage_state: Mapping[int, int]) -> list[Version]:
    """Return the versions of one deal with their derived columns filled.

    - ``stage_day``: first day of the unbroken run in the same stage.
    - ``state``: of the stage; ``closed_day``: first day of the run in a closed state,
      ``FAR_DAY`` while open, so a reopened deal is open again.
    - ``created_day``: the first day; ``first_expected_day``: the first signing date known.
    - ``push_count``: moves of the expected day to a later one while open.

    Args:
        versions: of one deal, by day, not overlapping; values in the order of the schema.
        stage_state: stage id -> state.
    """
    derived: list[Version] = []
    for version in versions:
        previous = derived[-1] if derived else None
        derived.append(_derive(version, previous, versions[0].from_day, stage_state))
    return derived


def _derive(version: Version, previous: Version | None, created: int, stage_state: Mapping[int, int]) -> Version:
    values = list(version.values)
    stage = values[_AT["stage_id"]]
    assert stage is not None
    state = stage_state[stage]
    before = dict(zip(_NAMES, previous.values, strict=True)) if previous else {}
    same_stage = before.get("stage_id") == stage
    same_state = before.get("state") == state
    expected = values[_AT["expected_day"]]
    values[_AT["state"]] = state
    values[_AT["stage_day"]] = before["stage_day"] if same_stage else version.from_day
    values[_AT["closed_day"]] = FAR_DAY if state == OPEN else before["closed_day"] if same_state else version.from_day
    values[_AT["created_day"]] = created
    values[_AT["first_expected_day"]] = _first(before.get("first_expected_day"), expected)
    values[_AT["push_count"]] = (before.get("push_count") or 0) + _pushed(before.get("expected_day"), expected, state)
    return Version(version.from_day, version.to_day, tuple(values))


def _first(known: int | None, now: int | None) -> int | None:
    return now if known is None else known


def _pushed(before: int | None, now: int | None, state: int) -> int:
    later = before is not None and now is not None and now > before
    return 1 if later and state == OPEN else 0
