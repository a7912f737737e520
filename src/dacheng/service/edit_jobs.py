"""Steps on many opportunities in the background: written all or none, and taken back as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import Text
from dacheng.core.jobs import DEAL_EDIT, EDIT_UNDO
from dacheng.core.money import Scale
from dacheng.service.deal_edits import DealRow, edit_deals
from dacheng.service.job_work import Ending, Work
from dacheng.service.jobs import ask
from dacheng.service.undoing import changes_of, entry_written, undo_edit

IMMEDIATE_DEALS = 2_000
"""Steps on more opportunities are written, and taken back, in the background."""


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
