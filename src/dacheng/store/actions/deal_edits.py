"""Many deals in one step (批量修改): previewed, then written all or none as one entry that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.errors import Finding, RuleError, Text
from dacheng.core.jobs import WRITING, Progress, Step, chunks, quiet
from dacheng.store.access import rights_of
from dacheng.store.actions.deal_plans import DealPlan, DealRow, PlannedRow, planned_deals
from dacheng.store.history import Entry, company_day, writing
from dacheng.store.saving import become, create

__all__ = ["DealPlan", "DealRow", "PlannedRow", "RowsRefused", "WrittenDeals", "edit_deals", "preview_deals"]

REASSIGNED = frozenset({"owner_id"})


class RowsRefused(RuleError):
    """Rows of a step that cannot be done; nothing of it was written.

    Args:
        plan: of all rows, so that the others can be tried without them.
    """

    def __init__(self, plan: DealPlan) -> None:
        self.plan = plan
        self.findings = tuple(finding_of(one) for one in plan.refused)
        first = self.findings[0]
        super().__init__(
            Text(
                f"什么都没有写入：{len(self.findings)} 条不能改，第一条：{first.message.zh}",
                f"Nothing was written: {len(self.findings)} rows are refused, the first: {first.message.en}",
            ),
            Text("去掉这些行，或改正后再试。", "Leave these rows out, or correct them."),
        )


@dataclass(frozen=True, slots=True)
class WrittenDeals:
    """How many deals a step created and changed."""

    created: int
    changed: int


def preview_deals(
    *, actor: Viewer, at: datetime, rows: Sequence[DealRow], on: int | None = None, step: Step = quiet
) -> DealPlan:
    """Return what a step would do now; nothing is written and no lock is held.

    Args:
        step: told how many rows are compared; it may raise to stop.

    Raises:
        RuleError: there are too many rows, or the day is in the future.
    """
    entry = Entry(0, actor, at, company_day(at), "deal.previewed")
    return planned_deals(entry, rights_of(entry), rows, on, step)


def edit_deals(
    *, actor: Viewer, at: datetime, rows: Sequence[DealRow], on: int | None = None, step: Step = quiet
) -> WrittenDeals:
    """Change and create deals from a day on, all or none, as one entry; what stands already writes nothing.

    Args:
        rows: with the versions that were seen, so that nobody's work is overwritten.
        step: told how many deals are written; it may raise to stop, then none is.

    Raises:
        RowsRefused: a row cannot be done, or somebody changed its deal meanwhile.
        RuleError: there are too many rows, or the day is in the future.
    """
    with writing(actor, at, _action(rows)) as entry:
        plan = planned_deals(entry, rights_of(entry), rows, on, step)
        if plan.refused:
            raise RowsRefused(plan)
        progress = Progress(step, WRITING, len(rows))
        made = create(entry, "deals", [one.new for one in plan.rows if one.new])
        progress.add(len(made))
        changed = 0
        for some in chunks([one.becoming for one in plan.rows if one.becoming]):
            changed += len(become(entry, "deals", plan.found, some))
            progress.add(len(some))
        if entry.action == "deal.reassigned":
            entry.detail |= {"to": str(rows[0].values["owner_id"])}
        return WrittenDeals(len(made), changed)


def finding_of(row: PlannedRow) -> Finding:
    """Return why a row cannot be done; rows count from 1."""
    assert row.problem is not None
    rule = "deals/conflict" if row.conflict else "deals/refused"
    value = row.record.name if row.record else ""
    return Finding(rule, row.problem.message, row.problem.remedy, row=row.at + 1, value=value)


def _action(rows: Sequence[DealRow]) -> str:
    """Return what the log calls the step: all to one new owner is a handover."""
    only_owner = all(row.uid and row.values.keys() == REASSIGNED for row in rows)
    owners = {str(row.values.get("owner_id")) for row in rows}
    return "deal.reassigned" if rows and only_owner and len(owners) == 1 else "deal.bulk_edited"
