"""Many opportunities in one call: previewed row by row, written all or none, taken back as one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call, Caller
from dacheng.api.deals import NewDeal
from dacheng.api.fields import Dated, Done, edit_schema, many
from dacheng.api.operations import operation
from dacheng.core.deals.effects import OpenSums
from dacheng.core.deals.schema import DEALS
from dacheng.core.errors import Text
from dacheng.core.period import date_of
from dacheng.service.deal_edits import (
    DealPlan,
    DealRow,
    PlannedRow,
    edit_deals,
    names_of_plan,
    parts_ended,
    preview_deals,
    unit_effects,
)
from dacheng.service.entering import scale_of
from dacheng.service.undoing import entry_written, undo_edit
from dacheng.service.wire import Named, amount_text, sent
from dacheng.store.actions.deal_plans import ONE_BY_ONE

router = Router(tags=["deals"])

MOST = 1000
PROPORTION = Field(description="of the amount as it stands on the day: +5%, -12.5%", examples=["+5%"])


class RowScale(Schema):
    """A change of an opportunity's amount in proportion."""

    model_config = ConfigDict(extra="forbid")
    id: UUID = Field(description="the opportunity")
    version: int | None = Field(None, description="the version that was seen; null: whatever stands")
    amount: str = PROPORTION

    def row(self) -> DealRow:
        """Return the row as the action takes it.

        Raises:
            RuleError: it is no proportion.
        """
        return DealRow({"amount": scale_of(self.amount)}, self.id, self.version)


RowEdit = edit_schema("DealRowEdit", "deals", leave=ONE_BY_ONE, id=(UUID, Field(description="the opportunity")))


class DealStep(Dated):
    """Changes of opportunities, each over the version that was seen, amounts in proportion, and new ones."""

    edits: many(RowEdit) = Field(default_factory=list, max_length=MOST)  # type: ignore[valid-type]
    scales: list[RowScale] = Field(default_factory=list, max_length=MOST)
    news: many(NewDeal) = Field(default_factory=list, max_length=MOST)  # type: ignore[valid-type]

    def rows(self) -> list[DealRow]:
        """Return the rows as the action takes them: the edits, those in proportion, then the new ones."""
        edits = [DealRow(one.columns(), one.id, one.version) for one in self.edits]
        return [*edits, *(one.row() for one in self.scales), *(DealRow(one.columns()) for one in self.news)]


class RowOutcome(Schema):
    """What becomes of one row."""

    row: int = Field(description="its place: the edits from 1, then those in proportion, then the new ones")
    id: UUID | None = Field(description="null: new, or not yours to see")
    on: str | None = Field(description="the first day that differs; null: nothing changes")
    before: dict[str, Any]
    after: dict[str, Any]
    refused: str = Field(description="why it cannot be done; empty: it can")
    said: list[str] = Field([], description="what else it does: parts that end because their partner becomes the owner")
    yours: dict[str, Any] = Field({}, description="of a conflict: the values that were sent")
    theirs: dict[str, Any] = Field({}, description="of a conflict: the values that stand now")


class Sums(Schema):
    """Open opportunities of a unit: how many, their amount and weighted amount."""

    count: int
    amount: str
    weighted: str


class UnitSums(Schema):
    """The open opportunities placed at a unit itself, as the caller sees them."""

    unit: str
    unit_name: str
    before: Sums
    after: Sums


class StepPreview(Schema):
    """What a step would do now; nothing is written."""

    written: int
    refused: int
    rows: list[RowOutcome]
    units: list[UnitSums]


class StepWritten(Schema):
    """What a step wrote; `entry` names it for the undo, empty when nothing changed."""

    created: int
    changed: int
    entry: str


@operation(
    router,
    "POST",
    "/deals/edits/preview",
    StepPreview,
    Text("预览批量修改", "Preview a step on many opportunities"),
    right="deal.edit",
    body=DealStep,
)
def preview_deal_edits(request: Call, body: DealStep) -> StepPreview:
    """What each row would change, which are refused and why, and the open sums of units before and after."""
    caller = request.auth
    plan = preview_deals(actor=caller.viewer, at=caller.at, rows=body.rows(), on=body.day)
    return _previewed(caller, plan)


@operation(
    router,
    "POST",
    "/deals/edits",
    StepWritten,
    Text("批量修改商机", "Change many opportunities"),
    right="deal.edit",
    body=DealStep,
)
def edit_many_deals(request: Call, body: DealStep) -> StepWritten:
    """Change and create opportunities, all or none, as one entry of the log; refused rows are named in `findings`."""
    caller = request.auth
    done = edit_deals(actor=caller.viewer, at=caller.at, rows=body.rows(), on=body.day)
    wrote = done.created + done.changed > 0
    entry = entry_written(caller.viewer, caller.at) if wrote else ""
    return StepWritten(created=done.created, changed=done.changed, entry=entry)


@operation(
    router,
    "POST",
    "/deals/edits/{entry}/undo",
    Done,
    Text("撤销一步", "Undo a step"),
    right="deal.edit",
)
def undo_deal_edit(request: Call, entry: str) -> Done:
    """Take one step on opportunities or contracts back, whole or not at all."""
    caller = request.auth
    undo_edit(actor=caller.viewer, at=caller.at, entry=entry)
    return Done(changed=True)


def _previewed(caller: Caller, plan: DealPlan) -> StepPreview:
    effects = unit_effects(caller.book({}), plan)
    names = names_of_plan(plan, effects)
    units = names["units"]
    return StepPreview(
        written=len(plan.written),
        refused=len(plan.refused),
        rows=[_outcome(one, names, caller.language) for one in plan.rows],
        units=[
            UnitSums(
                unit=units[one.unit_id].code,
                unit_name=units[one.unit_id].in_language(caller.language),
                before=_sums(one.before),
                after=_sums(one.after),
            )
            for one in effects
            if one.unit_id in units
        ],
    )


def _outcome(one: PlannedRow, names: Named, language: str) -> RowOutcome:
    met = one.conflict
    return RowOutcome(
        row=one.at + 1,
        id=one.record.uid if one.record else None,
        on=date_of(one.day).isoformat() if one.writes else None,
        before=_columns({name: pair[0] for name, pair in one.columns.items()} if one.record else {}, names),
        after=_columns({name: pair[1] for name, pair in one.columns.items()}, names),
        refused=one.problem.sentence(language) if one.problem else "",
        said=[text.in_language(language) for text in parts_ended(one, names.get("people", {}))],
        yours=_columns(met.yours, names) if met else {},
        theirs=_columns(met.theirs, names) if met else {},
    )


def _columns(values: dict[str, Any], names: Named) -> dict[str, Any]:
    return sent(DEALS, values, names)


def _sums(one: OpenSums) -> Sums:
    return Sums(count=one.count, amount=amount_text(one.amount), weighted=amount_text(one.weighted))
