"""Estimates (目标测算): inputs typed, tiers chosen, submitted, adopted, copied to another plan (R011–R019)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.checking import check_values
from dacheng.core.errors import Conflict, RuleError, Text
from dacheng.core.estimates.inputs import BY_NUMBER, Input, check_input, input_called
from dacheng.core.estimates.schema import ADOPTED, DRAFT, ESTIMATE_INPUTS, ESTIMATES, SCHEMES, STATES, SUBMITTED
from dacheng.store.access import Rights, rights_of
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.saving import Edit, New, change, create
from dacheng.store.standing import Columns, Key, Standing, ids_of_uids, record_table, standing, standing_keys

TIERS = ("floor", "target", "stretch")
NOT_SET = 0
"""The version of an input that nobody has typed yet."""

MOST_INPUTS = 500


@dataclass(frozen=True, slots=True)
class Estimated:
    """Which estimate is meant.

    Args:
        ym: first month of the fiscal year. scheme: number of the plan.
    """

    unit: UUID
    ym: int
    measure: UUID
    scheme: int = 1


@dataclass(frozen=True, slots=True)
class Typed:
    """One input as it shall be.

    Args:
        code, line: which input. value: minor units, basis points or a whole number; None = as the past says.
        source: where it comes from; None = as it was.
        version: what the editor saw, 0 for one that nobody typed; None = whatever stands.
    """

    code: str
    line: int
    value: int | None
    source: str | None = None
    version: int | None = None


def set_inputs(*, actor: Viewer, at: datetime, of: Estimated, inputs: Sequence[Typed]) -> int:
    """Type inputs of an estimate from today on, all or none; return how many really changed.

    Raises:
        NotFound: the actor does not look after the unit. NotAllowed: he may not estimate there.
        Conflict: somebody typed one of them meanwhile. RuleError: there is no such input, a value is not
            possible, one stands twice, or the estimate is no draft.
    """
    with writing(actor, at, "estimate_input.set") as entry:
        key = _key(entry, of, "estimate.edit")
        _require_draft(key)
        wanted = _wanted(key, inputs)
        found = standing_keys("estimate_inputs", wanted)
        _refuse_stale(wanted, found)
        return _save_inputs(entry, wanted, found)


def choose_tiers(*, actor: Viewer, at: datetime, of: Estimated, values: Mapping[str, Any], version: int | None) -> int:
    """Choose tiers of an estimate, or take them back, and say why; return its version.

    Args:
        values: of ``floor``, ``target``, ``stretch`` in minor units (None = as proposed) and ``reason``.

    Raises:
        NotFound, NotAllowed: as ``set_inputs``. Conflict: somebody changed it meanwhile. RuleError: a value is
            not possible, the tiers are out of order, or the estimate is no draft.
    """
    with writing(actor, at, "estimate.tiers_chosen") as entry:
        key = _key(entry, of, "estimate.edit")
        _require_draft(key)
        return _save_estimate(entry, key, dict(values), version)


def submit_estimate(
    *, actor: Viewer, at: datetime, of: Estimated, tiers: Mapping[str, int | None], version: int | None = None
) -> int:
    """Submit an estimate with its tiers as they stand; return its version.

    Raises:
        NotFound, NotAllowed, Conflict: as ``choose_tiers``. RuleError: there is no target, or it is no draft.
    """
    with writing(actor, at, "estimate.submitted") as entry:
        key = _key(entry, of, "estimate.edit")
        _require_draft(key)
        if tiers.get("target") is None:
            raise RuleError(
                Text("还没有目标，不能送审。", "There is no target to submit."),
                Text("填一种方法的输入，或手工填写目标。", "Fill in a method, or enter a target by hand."),
            )
        return _save_estimate(entry, key, {**tiers, "state": SUBMITTED}, version)


def adopt_estimate(*, actor: Viewer, at: datetime, of: Estimated, version: int | None = None) -> int:
    """Adopt a submitted estimate; return its version. Raises as ``submit_estimate``."""
    with writing(actor, at, "estimate.adopted") as entry:
        key = _key(entry, of, "estimate.adopt")
        _require_state(key, SUBMITTED)
        return _save_estimate(entry, key, {"state": ADOPTED}, version)


def reopen_estimate(*, actor: Viewer, at: datetime, of: Estimated, version: int | None = None) -> int:
    """Make a submitted or adopted estimate a draft again; return its version. Raises as ``submit_estimate``."""
    with writing(actor, at, "estimate.reopened") as entry:
        key = _key(entry, of, "estimate.edit")
        if _state(key) == ADOPTED:
            _rights(entry, key[0], "estimate.adopt")
        return _save_estimate(entry, key, {"state": DRAFT}, version)


def copy_estimate(*, actor: Viewer, at: datetime, of: Estimated, to: int) -> int:
    """Copy an estimate to another plan of the same unit, year and measure; return how many inputs were copied.

    Raises:
        NotFound, NotAllowed: as ``set_inputs``. RuleError: it is the same plan, or the other one is no draft.
    """
    with writing(actor, at, "estimate.copied") as entry:
        key = _key(entry, of, "estimate.edit")
        other = (*key[:3], to)
        if to == of.scheme or to not in {number for number, _, _ in SCHEMES}:
            raise RuleError(
                Text("请选另一个方案。", "Choose another plan."),
                Text(" · ".join(code for _, code, _ in SCHEMES), " · ".join(code for _, code, _ in SCHEMES)),
            )
        _require_draft(other)
        copied = _copied(other, _inputs_of(key), _inputs_of(other))
        chosen = standing_keys("estimates", [key]).get(key)
        values = {name: chosen.row[name] for name in (*TIERS, "reason")} if chosen else {}
        _save_estimate(entry, other, values, None)
        return _save_inputs(entry, copied, standing_keys("estimate_inputs", copied))


# Inputs ------------------------------------------------------------------------------------------


def _wanted(key: Key, inputs: Sequence[Typed]) -> dict[Key, Typed]:
    wanted: dict[Key, Typed] = {}
    for one in inputs:
        kind = input_called(one.code, one.line)
        check_input(kind, one.value, one.line)
        own = (*key, kind.number, one.line)
        if own in wanted:
            raise RuleError(
                Text(f"输入 {one.code} 第 {one.line} 行出现了两次。", f"{one.code}, line {one.line} stands twice."),
                Text("每个输入只填一次。", "Give each input once."),
            )
        check_values(ESTIMATE_INPUTS, _columns(own, one, kind))
        wanted[own] = one
    return wanted


def _columns(key: Key, one: Typed, kind: Input) -> Columns:
    columns: Columns = dict(zip(ESTIMATE_INPUTS.key, key, strict=True))
    columns |= {"amount": None, "rate_bp": None, "number": None, kind.column: one.value}
    if one.source is not None:
        columns |= {"source": one.source, "sourced": int(bool(one.source.strip()))}
    return columns


def _save_inputs(entry: Entry, wanted: Mapping[Key, Typed], found: Mapping[Key, Standing]) -> int:
    news, edits = [], []
    for key, one in wanted.items():
        columns = _columns(key, one, BY_NUMBER[key[-2]])
        if key in found:
            values = {name: value for name, value in columns.items() if name not in ESTIMATE_INPUTS.key}
            edits.append(Edit(found[key].record_id, values, entry.day))
        elif one.value is not None or one.source:
            news.append(New(columns, entry.day))
    changed = change(entry, "estimate_inputs", edits, {one.record_id: one for one in found.values()})
    create(entry, "estimate_inputs", news)
    return len(changed) + len(news)


def _inputs_of(key: Key) -> dict[Key, Standing]:
    """Return the inputs of an estimate that somebody typed, by key."""
    conditions = [among(name, [value]) for name, value in zip(ESTIMATES.key, key, strict=True)]
    ids = select_rows(record_table("estimate_inputs"), ["id"], [*conditions, ("NOT removed", None)])
    return {one.key: one for one in standing("estimate_inputs", (number for (number,) in ids)).values()}


def _copied(key: Key, given: Mapping[Key, Standing], there: Mapping[Key, Standing]) -> dict[Key, Typed]:
    """Return the inputs of one plan as those of another; what only the other has is taken away."""
    places = {own[4:]: one.row for own, one in given.items()}
    copied = {}
    for place in {*places, *(own[4:] for own in there)}:
        kind, row = BY_NUMBER[place[0]], places.get(place)
        value, source = (row[kind.column], str(row["source"])) if row else (None, "")
        copied[(*key, *place)] = Typed(kind.code, place[1], value, source)
    return copied


def _refuse_stale(wanted: Mapping[Key, Typed], found: Mapping[Key, Standing]) -> None:
    stale = {
        key: one
        for key, one in wanted.items()
        if one.version is not None and one.version != (found[key].row["version"] if key in found else NOT_SET)
    }
    if not stale:
        return
    names = {key: f"{one.code} {one.line}".removesuffix(" 0") for key, one in stale.items()}
    columns = {key: BY_NUMBER[key[-2]].column for key in stale}
    raise Conflict(
        Text(f"有 {len(stale)} 个输入刚被别人改过。", f"{len(stale)} inputs were changed by somebody else meanwhile."),
        Text("看一下两个值，再决定保留哪个。", "Compare both values, then choose one."),
        yours={names[key]: one.value for key, one in stale.items()},
        theirs={names[key]: found[key].row[columns[key]] if key in found else None for key in stale},
    )


# The estimate itself -----------------------------------------------------------------------------


def _save_estimate(entry: Entry, key: Key, values: Columns, version: int | None) -> int:
    check_values(ESTIMATES, values)
    record = standing_keys("estimates", [key]).get(key)
    _refuse_disorder({**(record.row if record else {}), **values})
    if record is None:
        if version not in (None, NOT_SET):
            raise _gone()
        create(entry, "estimates", [New({**dict(zip(ESTIMATES.key, key, strict=True)), **values}, entry.day)])
        return 1
    change(entry, "estimates", [Edit(record.record_id, values, entry.day, version=version)], {record.record_id: record})
    return int(record.row["version"])


def _gone() -> Conflict:
    return Conflict(
        Text("这套测算刚被别人改过。", "The estimate was changed by somebody else meanwhile."),
        Text("刷新后再改。", "Read it again first."),
        yours={},
        theirs={},
    )


def _refuse_disorder(row: Columns) -> None:
    """Refuse tiers that are negative or out of order: floor <= target <= stretch."""
    known = [int(row[name]) for name in TIERS if row.get(name) is not None]
    if known == sorted(known) and min(known, default=0) >= 0:
        return
    raise RuleError(
        Text("三档应是 0 ≤ 保底 ≤ 目标 ≤ 挑战。", "The tiers must be 0 ≤ floor ≤ target ≤ stretch."),
        Text("改其中一个，或清空按建议。", "Change one of them, or clear it to take what is proposed."),
    )


def _key(entry: Entry, of: Estimated, action: str) -> Key:
    units, measures = ids_of_uids("units", [of.unit]), ids_of_uids("measures", [of.measure])
    if of.unit not in units:
        raise hidden(Text("组织", "Unit"))
    if of.measure not in measures:
        raise hidden(Text("指标", "Measure"))
    _rights(entry, units[of.unit], action)
    return units[of.unit], of.ym, measures[of.measure], of.scheme


def _rights(entry: Entry, unit: int, action: str) -> Rights:
    rights = rights_of(entry)
    if rights.role_may(action) and not rights.sees_unit(unit):
        raise hidden(Text("组织", "Unit"))
    rights.require(action, unit_id=unit)
    return rights


def _state(key: Key) -> int:
    record = standing_keys("estimates", [key]).get(key)
    return int(record.row["state"]) if record else DRAFT


def _require_draft(key: Key) -> None:
    _require_state(key, DRAFT)


def _require_state(key: Key, wanted: int) -> None:
    state = _state(key)
    if state == wanted:
        return
    is_now, asked = (next(label for number, _, label in STATES if number == one) for one in (state, wanted))
    raise RuleError(
        Text(f"这套测算现在是「{is_now.zh}」，要先是「{asked.zh}」。", f"The estimate is {is_now.en}, not {asked.en}."),
        Text("退回草稿再改，或先送审。", "Make it a draft again, or submit it first."),
    )
