"""Steps on many opportunities in the background: written all or none, and taken back as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.deals.effects import OpenSums, UnitEffect
from dacheng.core.errors import Text
from dacheng.core.jobs import COMPUTING, DEAL_EDIT, DEAL_LOOK, DONE, EDIT_UNDO
from dacheng.core.money import Scale
from dacheng.service.books import open_database
from dacheng.service.deal_edits import DealRow, edit_deals, preview_deals, seen_text, unit_effects, versions_shown
from dacheng.service.job_work import Ending, Work
from dacheng.service.jobs import ask, own_job, parameters_of
from dacheng.service.undoing import changes_of, entry_written, undo_edit
from dacheng.store.identity import hidden

IMMEDIATE_DEALS = 2_000
"""Steps on more opportunities are looked at, written, and taken back in the background."""

MOST_LISTED = 100
"""Rows that change, and rows that are refused, of a look: the page lists so many, and counts the others."""


def is_large(rows: Sequence[DealRow]) -> bool:
    """Tell whether a step is so large that it is written in the background."""
    return len(rows) > IMMEDIATE_DEALS


def ask_edit(viewer: Viewer, at: datetime, rows: Sequence[DealRow], on: int | None, language: str) -> UUID:
    """Ask for a step on opportunities to be written; returns the public id of the job.

    Raises:
        RuleError: the person has too many jobs under way.
    """
    count = f"{len(rows):,}"
    parameters = {"rows": [_plain(one) for one in rows], "on": on}
    title = Text(f"{count} 条商机", f"{count} opportunities")
    return ask(viewer, at, DEAL_EDIT, title=title, parameters=parameters, language=language)


def ask_look(
    viewer: Viewer, at: datetime, rows: Sequence[DealRow], on: int | None, language: str, *, asked: Mapping[str, str]
) -> UUID:
    """Ask for a look at what a step on opportunities would do; returns the public id of the job.

    Args:
        asked: what the page needs to show it: the value as it was typed, the address it was chosen on; of a block
            what ``plain_block`` tells.

    Raises:
        RuleError: the person has too many jobs under way.
    """
    count = f"{len(rows):,}"
    parameters = {"rows": [_plain(one) for one in rows], "on": on, "asked": dict(asked)}
    title = Text(f"{count} 条商机", f"{count} opportunities")
    return ask(viewer, at, DEAL_LOOK, title=title, parameters=parameters, language=language)


@dataclass(frozen=True)
class LookedAt:
    """What a step on many opportunities would do, as a job found it.

    Args:
        seen: the opportunities that change with the versions that were seen; effects: on the sums of units.
        shown: the first rows of those that change and of those that are refused; places: where they stand in the step.
        decided: the rows that can be done, over the versions that were seen; new ones have none.
    """

    asked: Mapping[str, str]
    on: int | None
    count: int
    written: int
    refused: int
    seen: str
    effects: tuple[UnitEffect, ...]
    shown: tuple[DealRow, ...]
    places: tuple[int, ...] = ()
    decided: tuple[DealRow, ...] = ()


def looked_at(viewer: Viewer, uid: UUID, language: str) -> LookedAt:
    """Return what a person's own look at a step came to.

    Raises:
        NotFound: there is no such job of his, or it did not end well.
    """
    job, parameters = own_job(viewer, uid, language), parameters_of(viewer, uid)
    if job.code != DEAL_LOOK or job.state != DONE:
        raise hidden(Text("预览", "Preview"))
    told = job.outcome
    effects = tuple(UnitEffect(unit, OpenSums(*before), OpenSums(*after)) for unit, before, after in told["effects"])
    return LookedAt(
        asked=parameters["asked"],
        on=parameters["on"],
        count=len(parameters["rows"]),
        written=told["written"],
        refused=told["refused"],
        seen=told["seen"],
        effects=effects,
        shown=tuple(_row(parameters["rows"][at]) for at in told["shown"]),
        places=tuple(told["shown"]),
        decided=tuple(_as_seen([_row(parameters["rows"][at]) for at in told["places"]], versions_shown(told["seen"]))),
    )


def _as_seen(rows: Sequence[DealRow], versions: Mapping[UUID, int]) -> Iterator[DealRow]:
    for row in rows:
        yield replace(row, version=versions[row.uid]) if row.uid else row


def ask_undo(viewer: Viewer, at: datetime, entry: str, language: str) -> UUID:
    """Ask for a step to be taken back; returns the public id of the job. Raises as ``ask_edit``."""
    count = f"{changes_of(entry):,}"
    title = Text(f"{count} 条记录", f"{count} records")
    return ask(viewer, at, EDIT_UNDO, title=title, parameters={"entry": entry}, language=language)


def undoes_in_background(entry: str) -> bool:
    """Tell whether a step is so large that it is taken back in the background."""
    return changes_of(entry) > IMMEDIATE_DEALS


# The worker's side ----------------------------------------------------------------------------


def edit_many(work: Work) -> Ending:
    """Write a step on opportunities over the versions that were seen."""
    rows = [_row(one) for one in work.parameters["rows"]]

    def act(at: datetime) -> Mapping[str, Any]:
        done = edit_deals(actor=work.viewer, at=at, rows=rows, on=work.parameters["on"], step=work.step)
        wrote = done.created + done.changed > 0
        entry = entry_written(work.viewer, at) if wrote else ""
        return {"created": done.created, "changed": done.changed, "entry": entry}

    return Ending(rows=len(rows), act=act)


def look_at_many(work: Work) -> Ending:
    """Find out what a step on opportunities would do; nothing is written."""
    rows = [_row(one) for one in work.parameters["rows"]]
    plan = preview_deals(actor=work.viewer, at=work.at, rows=rows, on=work.parameters["on"], step=work.step)
    work.step(COMPUTING, 0, 0)
    effects = unit_effects(open_database(work.viewer, at=work.at), plan)
    shown = [one.at for one in (*plan.refused[:MOST_LISTED], *plan.written[:MOST_LISTED])]
    outcome = {
        "written": len(plan.written),
        "refused": len(plan.refused),
        "seen": seen_text(plan.written),
        "effects": [[one.unit_id, list(astuple(one.before)), list(astuple(one.after))] for one in effects],
        "shown": shown,
        "places": [one.at for one in plan.written],
    }
    return Ending(rows=len(rows), outcome=outcome)


def undo_step(work: Work) -> Ending:
    """Take a step on opportunities or contracts back, whole or not at all."""
    entry = str(work.parameters["entry"])

    def act(at: datetime) -> Mapping[str, Any]:
        undone = undo_edit(actor=work.viewer, at=at, entry=entry, step=work.step)
        return {"relation": undone.relation, "records": len(undone.uids)}

    return Ending(act=act)


def _plain(row: DealRow) -> dict[str, Any]:
    """Return a row as plain data; references are public ids already, and kept as text."""
    values = {name: _sent(value) for name, value in row.values.items()}
    return {"id": row.uid.hex if row.uid else None, "version": row.version, "values": values}


def _sent(value: Any) -> Any:
    if isinstance(value, Scale):
        return {"bp": value.bp}
    return str(value) if isinstance(value, UUID) else value


def _row(told: Mapping[str, Any]) -> DealRow:
    values = {name: Scale(value["bp"]) if isinstance(value, dict) else value for name, value in told["values"].items()}
    row = DealRow(values, version=told["version"])
    return replace(row, uid=UUID(told["id"])) if told["id"] else row
