"""Derived columns of a deal: what its own history says about stages, closing and pushed dates (R149)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dacheng.core.deals.schema import DEALS, OPEN
from dacheng.core.facts import Version
from dacheng.core.period import FAR_DAY

_AT = {column.name: at for at, column in enumerate(DEALS.values)}
STAGE, STATE, STAGE_DAY, CLOSED_DAY = (_AT[name] for name in ("stage_id", "state", "stage_day", "closed_day"))
CREATED_DAY, EXPECTED_DAY = _AT["created_day"], _AT["expected_day"]
FIRST_EXPECTED_DAY, PUSH_COUNT = _AT["first_expected_day"], _AT["push_count"]


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
    before = previous.values if previous else (None,) * len(values)
    stage, expected, first_day = values[STAGE], values[EXPECTED_DAY], version.from_day
    assert stage is not None
    state = stage_state[stage]
    values[STATE] = state
    values[STAGE_DAY] = before[STAGE_DAY] if before[STAGE] == stage else first_day
    values[CLOSED_DAY] = FAR_DAY if state == OPEN else before[CLOSED_DAY] if before[STATE] == state else first_day
    values[CREATED_DAY] = created
    values[FIRST_EXPECTED_DAY] = _first(before[FIRST_EXPECTED_DAY], expected)
    values[PUSH_COUNT] = (before[PUSH_COUNT] or 0) + _pushed(before[EXPECTED_DAY], expected, state)
    derived = tuple(values)
    return version if derived == version.values else Version(first_day, version.to_day, derived)


def _first(known: int | None, now: int | None) -> int | None:
    return now if known is None else known


def _pushed(before: int | None, now: int | None, state: int) -> int:
    later = before is not None and now is not None and now > before
    return 1 if later and state == OPEN else 0
