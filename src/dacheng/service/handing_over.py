"""Somebody's open opportunities handed to another person: looked at, or written as one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.deals.effects import OpenSums
from dacheng.core.errors import Finding, Text
from dacheng.core.money import in_yuan
from dacheng.service.books import open_database
from dacheng.service.deal_edits import (
    DealPlan,
    DealRow,
    PlannedRow,
    edit_deals,
    finding_of,
    names_of_plan,
    open_deals_of,
    parts_ended,
    preview_deals,
    unit_effects,
)
from dacheng.service.labels import DatabaseNames
from dacheng.service.questions import asked_day, identified
from dacheng.service.undoing import entry_written


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was, or would be, handed over.

    Args:
        units: a sentence for each unit: its open opportunities before and after, and for each part that ends.
        entry: the name of the step, for its undo; empty when nothing was written.
    """

    changed: int
    findings: Sequence[Finding]
    units: Sequence[Text]
    entry: str = ""


def handed_over(actor: Viewer, at: datetime, *, owner: str, to: str, on: str, dry_run: bool) -> HandedOver:
    """Hand all open deals of a person over from a day on, all or none.

    Args:
        owner, to: codes or names of people; on: ISO day, empty = today.

    Raises:
        RuleError: somebody is not known, or the day is none.
    """
    book = open_database(actor, at=at)
    names = DatabaseNames()
    person = identified("people", to, names)
    new = UUID(names.names("people", [person])[person].uid)
    rows = [DealRow({"owner_id": new}, uid) for uid in open_deals_of(owner, book)]
    day = asked_day(on)
    plan = preview_deals(actor=actor, at=at, rows=rows, on=day)
    effects = unit_effects(book, plan)
    named = names_of_plan(plan, effects)
    units = named["units"]
    sentences = [
        Text(*(_sentence(units[one.unit_id].name, language, one.before, one.after) for language in ("zh", "en")))
        for one in effects
        if one.unit_id in units
    ]
    for row in plan.written:
        sentences += [_of_deal(row, text) for text in parts_ended(row, named.get("people", {}))]
    findings = [finding_of(one) for one in plan.refused]
    if dry_run or findings:
        return HandedOver(len(plan.written), findings, sentences)
    done = edit_deals(actor=actor, at=at, rows=_with_versions(rows, plan), on=day)
    return HandedOver(done.changed, (), sentences, entry_written(actor, at) if done.changed else "")


def _of_deal(row: PlannedRow, text: Text) -> Text:
    code = row.record.row["code"] if row.record else ""
    return Text(f"{code}：{text.zh}", f"{code}: {text.en}")


def _with_versions(rows: Sequence[DealRow], plan: DealPlan) -> list[DealRow]:
    """Return the rows over the versions that the plan looked at."""
    found = {one.uid: int(one.row["version"]) for one in plan.found.values()}
    return [DealRow(row.values, row.uid, found[row.uid]) for row in rows if row.uid]


def _sentence(unit: str, language: str, before: OpenSums, after: OpenSums) -> str:
    amounts = f"{in_yuan(before.amount)} → {in_yuan(after.amount)}"
    counts = f"{before.count} → {after.count}"
    return f"{unit}：在途 {counts} 单，{amounts} 元" if language == "zh" else f"{unit}: open {counts}, {amounts}"
