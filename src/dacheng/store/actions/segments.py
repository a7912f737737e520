"""Segments (划分项): what results and targets are cut by beside units; types drawn from accounts (R043, R045)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.history.schema import CUSTOMER
from dacheng.core.period import FIRST_DAY
from dacheng.store.access import require
from dacheng.store.account_types import DrawnType, types_to_draw
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.history import writing
from dacheng.store.identity import code_from, new_uids
from dacheng.store.saving import Edit, New, change, create
from dacheng.store.standing import standing, standing_uid


def create_segment(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a segment; it holds always, so that past results may be cut by it. Without a code one is made.

    Raises:
        NotAllowed: the actor may not. RuleError: the code is in use, or a value is not possible.
    """
    with writing(actor, at, "segment.created") as entry:
        rights = require(entry, "segment.edit")
        return Saved(add(entry, "segments", typed(rights, "segments", values), FIRST_DAY, prefix="S").uid, 1)


def edit_segment(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Change a segment's names or its dimension; the dimension holds from the beginning.

    Raises:
        NotAllowed: the actor may not. Conflict: somebody changed it meanwhile. RuleError: a value is not possible.
    """
    with writing(actor, at, "segment.edited") as entry:
        rights, segment = require(entry, "segment.edit"), standing_uid("segments", uid)
        columns = typed(rights, "segments", values)
        return revise(entry, "segments", segment, columns, version, segment.first_day)


def draw_segments(*, actor: Viewer, at: datetime, by: str) -> list[DrawnType]:
    """Draw customer types from what is written of accounts, as one entry; return which there are (从客户得出类型).

    A type that is not there yet is created. Accounts that have a type keep it; all others get theirs from the
    beginning on, as what is written of them holds from the beginning too. Later changes hold from their own day.

    Args:
        by: "industry" or "region".

    Raises:
        NotAllowed: the actor may not edit segments or accounts. RuleError: as ``types_to_draw``, or every account
            has a type already.

    Source: R043.
    """
    with writing(actor, at, "segment.drawn") as entry:
        require(entry, "segment.edit")
        drawn = types_to_draw(require(entry, "customer.edit"), by)
        if not any(one.accounts for one in drawn):
            raise RuleError(
                Text("客户都已经分了类型。", "Every account has a type already."),
                Text("要改某个客户的类型，在它的页面上改。", "Change the type of an account on its page."),
            )
        new = [one for one in drawn if not one.segment_id and one.accounts]
        codes = [code_from("S", uid) for uid in new_uids(entry.at, len(new))]
        made = create(
            entry,
            "segments",
            [
                New({"code": code, "name": one.name, "dimension": CUSTOMER}, FIRST_DAY)
                for code, one in zip(codes, new, strict=True)
            ],
        )
        segment = {one.name: its.record_id for one, its in zip(new, made, strict=True)}
        found = standing("customers", [number for one in drawn for number in one.accounts])
        edits = [
            Edit(number, {"segment_id": one.segment_id or segment[one.name]}, found[number].first_day)
            for one in drawn
            for number in one.accounts
        ]
        change(entry, "customers", edits, found)
        return drawn
