"""One opportunity for its page: as it stood, its stage path, its contracts, its history; and what can be typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from dacheng.core.access import POLICY, Viewer, may
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.deals.schema import DEALS, LOST, OPEN
from dacheng.core.deals.weighing import stages_of
from dacheng.core.facts import Version
from dacheng.core.schema import RELATIONS
from dacheng.service.choices import field_ids
from dacheng.service.entering import entered
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.record_history import Event, whole_history
from dacheng.service.weighing import Weight, weight_of
from dacheng.store.actions import deals as actions
from dacheng.store.actions.deals import close_deal, move_stage, reassign_deals
from dacheng.store.actions.losses import verify_loss
from dacheng.store.actions.recording import Saved
from dacheng.store.identity import hidden
from dacheng.store.queries.labels import told_before
from dacheng.store.standing import Standing, named, standing_uid

__all__ = [
    "EDITABLE", "DealView", "OwnContract", "StageStep",
    "close_deal", "create", "deal_view", "edit_field", "may_create", "move_stage", "reassign_deals",
    "verify_loss",
]  # fmt: skip

EDITABLE = (
    "name", "amount", "expected_day", "category", "win_bp", "grade", "customer_id", "product_id", "next_step",
    "owner_id", "stage_id",
)  # fmt: skip
"""Columns that are edited on the page, in its order."""

LISTED = ("customers", "products", "people", "loss_reasons")
"""Relations of which a field offers a list."""

RIGHTS = ("deal.edit", "deal.reassign", "deal.verify_loss", "deal.merge", "contract.record")
"""What somebody may do with a deal he sees."""

MERGED = "deal.merged"
"""The action whose entry says that something was merged into a deal."""

SEEN = "SELECT deal_id, unit_id FROM deals WHERE deal_id = :deal ORDER BY deal_id"
CONTRACTS = """
    SELECT contract_id, effective_day, amount FROM contracts WHERE deal_id = :deal
    ORDER BY effective_day, contract_id
"""


@dataclass(frozen=True, slots=True)
class StageStep:
    """A stage of the deal's set: its state; days spent in it up to the as-of day, None = never entered."""

    stage_id: int
    state: int
    days: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class OwnContract:
    """A contract of the deal that the viewer sees; amount in minor units."""

    contract_id: int
    effective_day: int
    amount: int


@dataclass(frozen=True)
class DealView:
    """A deal as it stood at the end of the as-of day.

    Args:
        row: fact columns and labels of that day; code and name are those of now.
        granted: seen only by a grant.
        weight: its win rate by stage and its weighted amount.
        rights: what the viewer may do with it now, of ``RIGHTS``; nothing on a past day.
        choices: relation -> ids that a field may be set to.
        names: relation -> id -> name of everything the page names.
    """

    uid: UUID
    deal_id: int
    version: int
    row: Mapping[str, Any]
    unit_id: int
    granted: bool
    weight: Weight
    rights: frozenset[str]
    stages: Sequence[StageStep]
    contracts: Sequence[OwnContract]
    history: Sequence[Event]
    choices: Mapping[str, Sequence[int]]
    names: Mapping[str, Mapping[int, Name]]


def deal_view(viewer: Viewer, uid: UUID, book: Book) -> DealView:
    """Return a deal for its page.

    Raises:
        NotFound: it does not exist, did not on that day, or the viewer does not see it.
    """
    record = standing_uid("deals", uid)
    seen = book.gather(SEEN, deal=record.record_id)
    if not len(seen):
        raise hidden(DEALS.label)
    row = {**record.row, **record.on(DEALS, book.as_of_day)}
    if book.as_of_day < book.today:
        row |= told_before(DEALS, [record.record_id], book.as_of_day)[record.record_id]
    unit_id = int(seen["unit_id"][0])
    rights = _rights(viewer, book, unit_id, int(row["owner_id"]))
    stages = stages_of(book)
    path = _path(record, stages, row, book.as_of_day)
    contracts = _contracts(book.gather(CONTRACTS, deal=record.record_id))
    history = whole_history(DEALS, record, book.as_of_day, MERGED, ("estimated",))
    choices = _choices(book, row) if "deal.edit" in rights else {}
    return DealView(
        uid=record.uid,
        deal_id=record.record_id,
        version=int(record.row["version"]),
        row=row,
        unit_id=unit_id,
        granted=unit_id == OUTSIDE and not book.scope.whole,
        weight=weight_of(row, stages),
        rights=rights,
        stages=path,
        contracts=contracts,
        history=history,
        choices=choices,
        names=_names(row, unit_id, path, contracts, history, choices),
    )


def edit_field(actor: Viewer, at: datetime, uid: UUID, *, name: str, text: str, version: int, money_unit: str) -> Saved:
    """Change one column of a deal from today on, from what was typed.

    Raises:
        RuleError: it cannot be read, or a rule refuses it. Conflict: somebody changed it meanwhile.
    """
    value = entered("deals", name, text, money_unit=money_unit)
    return actions.edit_deal(actor=actor, at=at, uid=uid, values={name: value}, version=version)


def move_filled(
    actor: Viewer, at: datetime, uid: UUID, *, stage: UUID, typed: Mapping[str, str], version: int, money_unit: str
) -> Saved:
    """Move a deal to another stage with what was typed for it, in one step. Raises as ``move_stage``."""
    filled = {name: entered("deals", name, text, money_unit=money_unit) for name, text in typed.items()}
    return move_stage(actor=actor, at=at, uid=uid, stage=stage, version=version, filled=filled)


def create(actor: Viewer, at: datetime, typed: Mapping[str, str], *, money_unit: str) -> Saved:
    """Create a deal from a form."""
    values = {name: entered("deals", name, text, money_unit=money_unit) for name, text in typed.items() if text.strip()}
    return actions.create_deal(actor=actor, at=at, values=values)


def may_create(viewer: Viewer) -> bool:
    """Tell whether somebody may create deals for himself or for others."""
    return viewer.holds(*POLICY["deal.create"])


def _rights(viewer: Viewer, book: Book, unit_id: int, owner_id: int) -> frozenset[str]:
    """Return what the viewer may do; the actions ask again under the lock."""
    if book.as_of_day != book.today:
        return frozenset()
    return frozenset(one for one in RIGHTS if may(viewer, one, book.tree, unit_id=unit_id, owner_id=owner_id))


def _choices(book: Book, row: Mapping[str, Any]) -> dict[str, list[int]]:
    """Return what fields may refer to: customers the viewer deals with, products, people in reach."""
    chosen: dict[str, list[int]] = {}
    for relation in LISTED:
        ids = field_ids(book, relation)
        held = {row[column.name] for column in DEALS.facts if column.ref == relation}
        chosen[relation] = [*ids, *sorted(one for one in held - set(ids) if one)]
    return chosen


def _contracts(rows: Rows) -> list[OwnContract]:
    columns = (rows[name].tolist() for name in ("contract_id", "effective_day", "amount"))
    return [OwnContract(*one) for one in zip(*columns, strict=True)]


def _path(record: Standing, stages: Rows, row: Mapping[str, Any], as_of_day: int) -> list[StageStep]:
    """Return the stages of the deal's set with the days spent in each, its own closing stage last."""
    spent = _days_in_stages(record.versions, as_of_day)
    current = row["stage_id"]
    in_order = stages.only(np.lexsort((stages["stage_id"], stages["position"])))
    listed = list(zip(*(in_order[name].tolist() for name in ("stage_id", "set_id", "state")), strict=True))
    own_set = next((set_id for stage, set_id, _state in listed if stage == current), 0)
    return [
        StageStep(stage, state, spent.get(stage), stage == current)
        for stage, set_id, state in listed
        if set_id == own_set and (stage in spent or (row["state"] == OPEN and state != LOST))
    ]


def _days_in_stages(versions: Sequence[Version], as_of_day: int) -> dict[int, int]:
    spent: dict[int, int] = {}
    for version in versions:
        if version.from_day > as_of_day:
            continue
        stage = named(DEALS, version.values)["stage_id"]
        spent[stage] = spent.get(stage, 0) + min(version.to_day, as_of_day) - version.from_day
    return spent


def _names(
    row: Mapping[str, Any],
    unit_id: int,
    stages: Sequence[StageStep],
    contracts: Sequence[OwnContract],
    history: Sequence[Event],
    choices: Mapping[str, Sequence[int]],
) -> dict[str, Mapping[int, Name]]:
    """Return the names of everything the page shows, in one query."""
    wanted: dict[str, set[int]] = {
        "units": {unit_id},
        "stages": {step.stage_id for step in stages},
        "people": {one.actor_id for one in history},
        "contracts": {one.contract_id for one in contracts},
    }
    rows = [row, *({one.name: value} for one in history for value in (one.before, one.after) if value)]
    for column in RELATIONS["deals"].facts:
        if column.kind == "ref":
            wanted.setdefault(column.ref, set()).update(one[column.name] for one in rows if one.get(column.name))
    for relation, ids in choices.items():
        wanted.setdefault(relation, set()).update(ids)
    return DatabaseNames().names_of(wanted)
