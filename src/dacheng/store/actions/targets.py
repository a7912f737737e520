"""Targets (目标): cells of unit or person × month × measure, set together as one entry (R016, R033)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.checking import check_values
from dacheng.core.closing import Closed, check_lasting
from dacheng.core.errors import Conflict, RuleError, Text
from dacheng.core.facts import Version, apply, patch
from dacheng.core.period import FIRST_DAY, ym_text
from dacheng.core.schema import RELATIONS
from dacheng.store.access import require, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.models import CompanySetting
from dacheng.store.periods import closed_through
from dacheng.store.saving import Becoming, New, become, create
from dacheng.store.standing import Key, Standing, ids_of_uids, record_table, standing_keys, standing_uid

UNIT_OWN = 0
"""The person of a unit's own target."""

NOT_SET = 0
"""The version of a cell that nobody has set yet."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid as it shall be.

    Args:
        person: None = the unit's own target.
        ym: the month it is for.
        amount: minor units; None = no target.
        version: what the editor saw, 0 for an empty cell; None = whatever stands.
    """

    unit: UUID
    person: UUID | None
    measure: UUID
    ym: int
    amount: int | None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class SetCells:
    """How many cells were new, how many changed, and how many stood already."""

    created: int
    changed: int
    unchanged: int


def create_measure(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a measure that targets can be set for."""
    with writing(actor, at, "measure.created") as entry:
        rights = require(entry, "measure.edit")
        return Saved(add(entry, "measures", typed(rights, "measures", values), FIRST_DAY).uid, 1)


def edit_measure(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Change a measure's names or its tax basis; the basis holds from the beginning."""
    with writing(actor, at, "measure.edited") as entry:
        rights = require(entry, "measure.edit")
        measure = standing_uid("measures", uid)
        return revise(entry, "measures", measure, typed(rights, "measures", values), version, measure.first_day)


def set_targets(
    *, actor: Viewer, at: datetime, cells: Sequence[Cell], on: int | None = None, currency: str = ""
) -> SetCells:
    """Set target cells from a day on, all or none, as one entry.

    Args:
        on: the day the targets take effect, today unless given; whatever month they are for.
        currency: of the amounts, to be checked; blank = the company's.

    Raises:
        NotFound: a unit, person or measure does not exist. NotAllowed: a unit is out of reach.
        Conflict: somebody set cells meanwhile; each of them with both amounts.
        RuleError: the day or a cell's month is closed, a cell stands twice, an amount is not
            possible, or the currency is another.
    """
    with writing(actor, at, "targets.set") as entry:
        _check_currency(currency)
        return set_cells(entry, cells, entry.day if on is None else on)


def set_cells(entry: Entry, cells: Sequence[Cell], day: int) -> SetCells:
    """Set target cells as part of an entry; raises as ``set_targets`` does."""
    closed = closed_through()
    check_lasting(day, closed)
    wanted = _keyed(cells)
    _check_rights(entry, wanted)
    _check_months(wanted, closed)
    found = standing_keys("targets", wanted)
    _refuse_stale(wanted, found)
    return _save(entry, {key: cell.amount for key, cell in wanted.items()}, found, day)


def write_amounts(entry: Entry, amounts: Mapping[Key, int | None], day: int) -> SetCells:
    """Let cells hold amounts from a day on, as part of an entry whose action has checked everything.

    Args:
        amounts: numbers of unit, person, measure, and the month -> minor units; None = no target.
    """
    return _save(entry, amounts, standing_keys("targets", amounts), day)


def _save(entry: Entry, amounts: Mapping[Key, int | None], found: Mapping[Key, Standing], day: int) -> SetCells:
    news = [
        New({**dict(zip(RELATIONS["targets"].key, key, strict=True)), "amount": amount}, day)
        for key, amount in amounts.items()
        if key not in found and amount is not None
    ]
    set_again = [Becoming(one.record_id, _set(one, amounts[key], day), day=day) for key, one in found.items()]
    changed = become(entry, "targets", {one.record_id: one for one in found.values()}, set_again)
    create(entry, "targets", news)
    return SetCells(len(news), len(changed), len(amounts) - len(news) - len(changed))


def _set(record: Standing, amount: int | None, day: int) -> Sequence[Version]:
    """Return a cell's versions with an amount from a day on until its next recorded change."""
    if day < record.first_day:
        return [Version(day, record.first_day, (amount,)), *record.versions]
    return apply(record.versions, patch(record.versions, {0: amount}, day))


def _keyed(cells: Sequence[Cell]) -> dict[Key, Cell]:
    """Return the cells by key: numbers of unit, person, measure, and the month."""
    ids = {
        "units": _known("units", (cell.unit for cell in cells)),
        "people": _known("people", (cell.person for cell in cells if cell.person)),
        "measures": _known("measures", (cell.measure for cell in cells)),
    }
    keyed: dict[Key, Cell] = {}
    for cell in cells:
        person = ids["people"][cell.person] if cell.person else UNIT_OWN
        key = (ids["units"][cell.unit], person, ids["measures"][cell.measure], cell.ym)
        if key in keyed:
            raise RuleError(
                Text(f"{ym_text(cell.ym)} 的同一格出现了两次。", f"A cell of {ym_text(cell.ym)} stands twice."),
                Text("每格只填一次。", "Set each cell once."),
            )
        check_values(RELATIONS["targets"], _columns(key, cell))
        keyed[key] = cell
    return keyed


def _known(name: str, uids: Iterable[UUID]) -> dict[UUID, int]:
    wanted = set(uids)
    found = ids_of_uids(name, wanted) if wanted else {}
    if len(found) < len(wanted):
        raise hidden(RELATIONS[name].label)
    return found


def _columns(key: Key, cell: Cell) -> dict[str, int | None]:
    return {**dict(zip(RELATIONS["targets"].key, key, strict=True)), "amount": cell.amount}


def _check_rights(entry: Entry, wanted: Mapping[Key, Cell]) -> None:
    rights = rights_of(entry)
    for unit in sorted({key[0] for key in wanted}):
        if rights.role_may("target.set") and not rights.sees_unit(unit):
            raise hidden(RELATIONS["units"].label)
        rights.require("target.set", unit_id=unit)


def _check_months(wanted: Mapping[Key, Cell], closed: Closed) -> None:
    for key in wanted:
        check_lasting(closed.months.first_day_of(key[3]), closed)


def _check_currency(currency: str) -> None:
    own = CompanySetting.objects.values_list("currency", flat=True).filter(pk=1).first()
    if currency and own and currency != own:
        raise RuleError(
            Text(f"金额是 {currency}，公司的币种是 {own}。", f"The amounts are in {currency}, the company's in {own}."),
            Text(f"换算成 {own} 再填。", f"Convert them to {own} first."),
        )


def _refuse_stale(wanted: Mapping[Key, Cell], found: Mapping[Key, Standing]) -> None:
    """Refuse cells that somebody set meanwhile, even to the same amount, each with both amounts."""
    stale = {
        key: cell
        for key, cell in wanted.items()
        if cell.version is not None and cell.version != _version(found.get(key))
    }
    if stale:
        names = _cell_names(stale)
        raise Conflict(
            Text(f"有 {len(stale)} 格刚被别人改过。", f"{len(stale)} cells were changed by somebody else meanwhile."),
            Text("看一下两个值，再决定保留哪个。", "Compare both values, then choose one."),
            yours={names[key]: cell.amount for key, cell in stale.items()},
            theirs={names[key]: _amount(found.get(key)) for key in stale},
        )


def _version(record: Standing | None) -> int:
    return NOT_SET if record is None else int(record.row["version"])


def _amount(record: Standing | None) -> int | None:
    return None if record is None else record.row["amount"]


def _cell_names(keys: Iterable[Key]) -> dict[Key, str]:
    """Return how people call cells: unit, person, measure and month."""
    listed = list(keys)
    names = [_names(name, {key[at] for key in listed}) for at, name in enumerate(("units", "people", "measures"))]
    return {
        key: " · ".join(
            [*(found[part] for found, part in zip(names, key[:3], strict=True) if part in found), ym_text(key[3])]
        )
        for key in listed
    }


def _names(name: str, ids: set[int]) -> dict[int, str]:
    return dict(select_rows(record_table(name), ["id", "name"], [among("id", ids)]))
