"""A plan as a workbook and back (方案工作簿): edited offline, brought back without overwriting anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.errors import Finding, RuleError, Text
from dacheng.core.period import ym_text
from dacheng.core.plans.editing import Change, Edit
from dacheng.core.plans.merging import Merged, Outcome, Place, merged
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import KINDS
from dacheng.core.plans.sheet import Sheet
from dacheng.exchange.plan_file import PlanFile, PlanRow, measure_line, read_plan, write_plan
from dacheng.exchange.reading import Source
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.plans import OpenPlan, edit_cells, effects, open_plan
from dacheng.service.workbooks import version_line
from dacheng.store.history import moment
from dacheng.store.queries.plans import cell_versions
from dacheng.store.queries.versions import version_called
from dacheng.store.standing import standing_uid

ALL_OF_THEM = "*"


@dataclass(frozen=True, slots=True)
class Returned:
    """A plan that came back.

    Args:
        one: the plan as it stands.
        cells: what differs, cell by cell. follows: what else would change with the cells taken from the file.
        findings: cells of the file that are no amounts, and rows that the plan does not have.
        refused: why the cells taken from the file cannot stand together; empty when they can.
        versions: of the cells as they stood when they were compared, so that none is overwritten that was set since.
    """

    one: OpenPlan
    cells: Sequence[Merged]
    follows: Sequence[Change]
    findings: tuple[Finding, ...]
    refused: str | Text = ""
    versions: Mapping[Place, int] = field(default_factory=dict)

    def of(self, *outcomes: Outcome) -> list[Merged]:
        """Return the cells of some outcomes."""
        return [cell for cell in self.cells if cell.outcome in outcomes]

    @property
    def taken(self) -> list[Edit]:
        """Return the edits that the file makes where nobody else changed anything."""
        return _edits(self.one.sheet, self.of("mine"))

    @property
    def seen(self) -> str:
        """Return a name for all that differs: another one when anything became otherwise since."""
        told = [(*cell.place, cell.base, cell.mine, cell.theirs) for cell in self.cells]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def write_plan_workbook(book: Book, one: OpenPlan, title: str, stream: BinaryIO, language: str) -> None:
    """Write one measure of a plan as a workbook that can be brought back."""
    sheet = one.sheet
    kinds = {number: label.in_language(language) for number, _, label in KINDS}
    rows = [
        PlanRow(
            one.codes[at],
            "　" * int(sheet.tree.depth[at]) + one.name(at).in_language(language),
            kinds.get(int(sheet.kind[at]), ""),
            [
                int(sheet.amount[at, month]) if sheet.cells.amount.known[at, month] else None
                for month in range(sheet.plan.months)
            ],
        )
        for at in range(1 if sheet.shared_top else 0, len(sheet))
    ]
    notes = [
        *_told(sheet, language),
        measure_line(_measure(sheet.measure_id).code, language),
        *version_line(book, language),
    ]
    write_plan(stream, title, sheet.plan.from_ym, rows, notes, language)


def compare_workbook(viewer: Viewer, at: datetime, uid: UUID, measure_id: int, source: Source, name: str) -> Returned:
    """Read a plan that came back and tell what differs, without writing anything.

    Raises:
        FileRefused, RuleError: the file is none of a plan, or was not exported from this company.
    """
    file = read_plan(source, name)
    _refuse_other_measure(file, measure_id)
    versions = cell_versions(standing_uid("plans", uid).record_id, measure_id)  # before the figures
    base = _base(viewer, at, uid, measure_id, file)
    one = open_plan(open_database(viewer, at=at), uid, measure_id)
    rows = {code: int(row) for row, code in zip(one.sheet.tree.unit_ids, one.codes, strict=True)}
    mine = {(rows[code], ym): amount for (code, ym), amount in file.amounts.items() if code in rows}
    cells = merged(_amounts(base), mine, _amounts(one.sheet))
    strange = sorted({code for code, _ in file.amounts if code not in rows})
    findings = (*file.findings, *(_unknown_row(code) for code in strange))
    edits = _edits(one.sheet, [cell for cell in cells if cell.outcome == "mine"])
    try:
        follows = [change for change in effects(one, edits) if not change.asked] if edits else []
    except RuleError as refused:
        return Returned(one, cells, [], findings, refused.message, versions)
    return Returned(one, cells, follows, findings, versions=versions)


def take_workbook(
    viewer: Viewer,
    at: datetime,
    uid: UUID,
    measure_id: int,
    source: Source,
    name: str,
    *,
    mine: frozenset[Place] = frozenset(),
) -> int:
    """Take what the file changed, as one entry; return how many cells were written.

    Args:
        mine: places of conflicts in which the file goes before what stands; the others stay as they stand.

    Raises:
        As ``compare_workbook`` and ``edit_cells``; nothing is written.
    """
    found = compare_workbook(viewer, at, uid, measure_id, source, name)
    return take(viewer, at, uid, found, mine)


def take(viewer: Viewer, at: datetime, uid: UUID, found: Returned, mine: frozenset[Place] = frozenset()) -> int:
    """Write what was taken of a workbook that was compared, as one entry; as ``take_workbook``.

    Raises:
        Conflict: somebody set one of the cells since they were compared.
    """
    preferred = [cell for cell in found.of("conflict") if cell.place in mine]
    edits = [*found.taken, *_edits(found.one.sheet, preferred)]
    if not edits:
        return 0
    first, ids = found.one.sheet.plan.from_ym, found.one.sheet.tree.unit_ids
    places = [(int(ids[one.position]), first + one.month) for one in edits]
    seen = {place: found.versions.get(place, 0) for place in places}
    return edit_cells(viewer, at, uid, found.one.sheet.measure_id, edits, seen).written


def answered(found: Returned, file_wins: Collection[str], stays: Collection[str]) -> frozenset[Place]:
    """Return the conflicts in which the file goes first, once each of them is answered.

    Args:
        file_wins, stays: conflicts as ``ROW@2027-03``; ``*`` = all that are not named on the other side.

    Raises:
        RuleError: a conflict is not answered, or a place that is named is none; nothing may be lost unseen.
    """
    called = {
        f"{found.one.codes[found.one.sheet.position(row)]}@{ym_text(ym)}": (row, ym) for row, ym in _clashes(found)
    }
    strange = sorted({*file_wins, *stays} - {ALL_OF_THEM, *called})
    if strange:
        raise RuleError(
            Text(f"{strange[0]} 不是冲突。", f"{strange[0]} is no conflict."),
            Text("按比较结果里 conflict 的格写，例如 行号@2027-03。", "Name conflicts as compared: ROW@2027-03."),
        )
    wins = {one for one in called if one in file_wins or (ALL_OF_THEM in file_wins and one not in stays)}
    left = sorted(one for one in called if one not in wins and one not in stays and ALL_OF_THEM not in stays)
    both = sorted(one for one in wins if one in stays)
    if left or both:
        named = (left or both)[0]
        raise RuleError(
            Text(
                f"{len(left or both)} 处冲突没有明确的答复：{named}。",
                f"{len(left or both)} conflicts have no clear answer: {named}.",
            ),
            Text("每一处说用文件里的，还是保持现状。", "Say of each whether the file wins or it stays as it is."),
        )
    return frozenset(called[one] for one in wins)


def _clashes(found: Returned) -> list[Place]:
    return [cell.place for cell in found.of("conflict")]


def _measure(measure_id: int) -> Name:
    return DatabaseNames().names("measures", [measure_id])[measure_id]


def _refuse_other_measure(file: PlanFile, measure_id: int) -> None:
    """Refuse a file of another measure: its rows are the same, so every amount of it would be a change."""
    here = _measure(measure_id)
    if file.measure not in ("", here.code):
        raise RuleError(
            Text(
                f"文件是指标 {file.measure} 的，现在打开的是「{here.name}」（{here.code}）。",
                f"The file is of the measure {file.measure}; {here.in_language('en')} ({here.code}) is open.",
            ),
            Text("先换到那个指标，再带回。", "Switch to that measure first, then bring it back."),
        )


def _base(viewer: Viewer, at: datetime, uid: UUID, measure_id: int, file: PlanFile) -> Sheet:
    """Return the plan as it was when the file was made."""
    if file.version is None or version_called(file.version.name) is None:
        raise RuleError(
            Text(
                "文件没有写明是从哪个版本导出的，不能三方比较。",
                "The file does not say what it was exported from.",
            ),
            Text("请重新导出，在导出的文件上修改。", "Export the plan anew and change that file."),
        )
    known_at = moment(int(file.version.name.rpartition("-")[2]))
    book = open_database(viewer, at=at, as_of_day=file.version.day, known_at=known_at)
    return open_plan(book, uid, measure_id).sheet


def _amounts(sheet: Sheet) -> dict[Place, int | None]:
    ids = sheet.tree.unit_ids.tolist()
    known, amount = sheet.cells.amount.known, sheet.amount
    return {
        (row, sheet.plan.from_ym + month): int(amount[at, month]) if known[at, month] else None
        for at, row in enumerate(ids)
        for month in range(sheet.plan.months)
        if not (sheet.shared_top and at == 0)
    }


def _edits(sheet: Sheet, cells: Sequence[Merged]) -> list[Edit]:
    return [
        Edit(sheet.position(cell.place[0]), cell.place[1] - sheet.plan.from_ym, cell.mine)
        for cell in cells
        if cell.mine is not None
    ]


def _told(sheet: Sheet, language: str) -> list[str]:
    sums = sums_of(sheet)
    return [
        f"{sums.checked:,} sums, {sums.broken} do not hold."
        if language.startswith("en")
        else f"共 {sums.checked:,} 项相加，{sums.broken} 项不一致。改单元格后带回，上级和同级按规则重算。"
    ]


def _unknown_row(code: str) -> Finding:
    return Finding(
        rule="plan/unknown-row",
        message=Text(f"方案里没有行 {code}，或不在你的范围。", f"The plan has no row {code} that you see."),
        remedy=Text("删去这一行，或在方案里先加上。", "Remove it, or add it to the plan first."),
        value=code,
        severity="warn",
    )
