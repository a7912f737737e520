"""Imports (导入): a batch is compared, committed whole or not at all, and undone as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import Finding, NotFound, RuleError, Text
from dacheng.core.jobs import CHECKING, WRITING, Progress, Step, chunks, quiet
from dacheng.core.staging import Batch
from dacheng.store.access import require
from dacheng.store.contracting import lines_follow, mark_contracted
from dacheng.store.history import Entry, company_day, writing
from dacheng.store.identity import new_uids, stored_uid
from dacheng.store.import_checks import checked, currency_findings, without_rights
from dacheng.store.import_money import recount, settle
from dacheng.store.importing import Part, Plan, planned
from dacheng.store.models import ImportBatch
from dacheng.store.organisation import check_homes, check_tree
from dacheng.store.saving import become, create, differences
from dacheng.store.settling import money_follows
from dacheng.store.shares import splits_of
from dacheng.store.splitting import write_splits
from dacheng.store.standing import standing
from dacheng.store.undoing import undo_entry

Counts = Mapping[str, Mapping[str, int]]
"""Relation -> created, changed, unchanged -> how many records."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a committed import did.

    Args:
        uid: of the batch, to find and undo it; None when nothing changed and nothing was written.
        findings: what was let in with a warning.
    """

    uid: UUID | None
    counts: Counts
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ComingChange:
    """A record that stands and what an import would change of it.

    Args:
        columns: column -> (value now, value then), references as numbers.
        day: the first day that differs.
    """

    relation: str
    code: str
    record_id: int
    day: int
    columns: Mapping[str, tuple[Any, Any]]
    sheet: str
    row: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What committing a batch would do now."""

    counts: Counts
    findings: tuple[Finding, ...]
    changes: tuple[ComingChange, ...]

    @property
    def is_blocked(self) -> bool:
        """Tell whether a finding keeps the batch out."""
        return any(one.severity == "block" for one in self.findings)


class ImportRefused(RuleError):
    """A batch that cannot be written; nothing of it was."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0]
        super().__init__(
            Text(
                f"导入没有写入：{len(self.findings)} 处问题，第一处：{first.message.zh}",
                f"Nothing was imported: {len(self.findings)} problems, the first: {first.message.en}",
            ),
            first.remedy,
        )


def preview_import(*, actor: Viewer, at: datetime, batch: Batch, step: Step = quiet) -> Preview:
    """Return what committing a batch would do now; nothing is written and no lock is held.

    Raises:
        NotAllowed: the actor may not import.
    """
    entry = Entry(0, actor, at, company_day(at), "import.previewed")
    plan = _plan(entry, batch, step)
    changes = tuple(change for part in plan.parts.values() for change in _changes(part))
    return Preview(_counts(plan), tuple(plan.findings), changes)


def commit_import(*, actor: Viewer, at: datetime, batch: Batch, step: Step = quiet) -> Imported:
    """Write a batch, all or nothing, as one entry; what stands already writes nothing.

    Raises:
        NotAllowed: the actor may not import. ImportRefused: something in it is not
            possible; its findings say where and what to do.
    """
    with writing(actor, at, "import.committed", source=batch.source, name=batch.name) as entry:
        plan = _plan(entry, batch, step)
        blocking = [one for one in plan.findings if one.severity == "block"]
        if blocking:
            raise ImportRefused(blocking)
        deals = _deals_of_changed_contracts(plan)
        progress = Progress(step, WRITING, sum(len(one.news) + len(one.wanted) for one in plan.parts.values()))
        for name, part in plan.parts.items():
            _write(entry, name, part, progress)
        _follow(entry, plan, deals)
        recount(entry, plan)
        counts = _counts(plan)
        uid = _keep(entry, batch, counts) if entry.changes else None
        return Imported(uid, counts, tuple(plan.findings))


def undo_import(*, actor: Viewer, at: datetime, uid: UUID, step: Step = quiet) -> None:
    """Undo a committed import: its records become again what they were.

    Raises:
        NotAllowed: the actor may not. NotFound: there is no such import. RuleError: it is
            undone already, a record was changed since, or newer records refer to it.
    """
    with writing(actor, at, "import.undone", batch=str(uid)) as entry:
        require(entry, "import.undo")
        batch = ImportBatch.objects.filter(uid=uid).first()
        if batch is None:
            raise NotFound(Text("没有这次导入。", "There is no such import."), Text("检查链接。", "Check the link."))
        if batch.undone_seq is not None:
            raise RuleError(
                Text(f"导入「{batch.name}」已经撤销。", f"The import “{batch.name}” was undone already."),
                Text("需要时可重新导入。", "Import it again if needed."),
            )
        undo_entry(entry, batch.seq, step)
        check_tree()
        check_homes(record_id for name, record_id, *_ in entry.changes if name == "people")
        ImportBatch.objects.filter(pk=batch.pk).update(undone_seq=entry.seq)


def _plan(entry: Entry, batch: Batch, step: Step) -> Plan:
    """Return what a batch would do, with everything that is wrong with it."""
    rights = require(entry, "import.commit")
    plan = planned(batch, entry.day, step)
    plan.findings += currency_findings(batch)
    without_rights(plan, rights)
    if not any(one.severity == "block" for one in plan.findings):
        settle(plan)
    if not any(one.severity == "block" for one in plan.findings):
        step(CHECKING, 0, 0)
        checked(plan)
    return plan


def _write(entry: Entry, name: str, part: Part, progress: Progress) -> None:
    """Create and change the records of a relation, a few thousand at a time, so that it can be stopped."""
    if part.shares:
        write_splits(entry, standing("deals", part.shares), splits_of(part.shares), part.shares)
        progress.add(len(part.news) + len(part.wanted))
        return
    for some in chunks(list(part.news.items())):
        made = create(entry, name, [new for _, new in some])
        assert [one.record_id for one in made] == [number for number, _ in some], "planned under the same lock"
        progress.add(len(some))
    for wanted in chunks(part.wanted):
        become(entry, name, part.found, wanted)
        progress.add(len(wanted))


def _deals_of_changed_contracts(plan: Plan) -> set[int]:
    """Return the deals that contracts belong to before they change."""
    part = plan.parts.get("contracts")
    return {part.found[one.record_id].row["deal_id"] for one in part.wanted} if part else set()


def _follow(entry: Entry, plan: Plan, deals: set[int]) -> None:
    """Let lines and deals follow the contracts that were created or changed."""
    part = plan.parts.get("contracts")
    if part is None or not (part.news or part.wanted):
        return
    changed = [one.record_id for one in part.wanted]
    now = {one.row["deal_id"] for one in standing("contracts", [*part.news, *changed]).values()}
    lines_follow(entry, changed)
    money_follows(entry, changed)
    mark_contracted(entry, (deals | now) - {None})


def _keep(entry: Entry, batch: Batch, counts: Counts) -> UUID:
    """Keep the batch, so that it can be found and undone."""
    (uid,) = new_uids(entry.at, 1)
    entry.detail |= {"batch": str(uid), "counts": counts}
    ImportBatch.objects.create(uid=uid, seq=entry.seq, source=batch.source, name=batch.name, counts=counts)
    return stored_uid(uid)


def _counts(plan: Plan) -> Counts:
    return {name: part.counts for name, part in plan.parts.items()}


def _changes(part: Part) -> Iterable[ComingChange]:
    relation = part.relation
    for one in part.wanted:
        record, row = part.found[one.record_id], part.rows[one.record_id]
        day, pairs = differences(record.versions, list(one.versions))
        columns = {relation.values[at].name: pair for at, pair in pairs.items() if not relation.values[at].derived}
        labels = {name: (record.row[name], value) for name, value in one.labels.items()}
        yield ComingChange(relation.name, row.code, one.record_id, day, columns | labels, row.sheet, row.row)
