"""Target sheets of other systems brought into plans: looked at, then written as one entry.

The files come with each call: nothing is kept between a look and the write; ``seal`` ties the two.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from uuid import UUID

from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call, Caller
from dacheng.api.findings import ShownFinding, shown_findings
from dacheng.api.operations import operation
from dacheng.api.problems import FieldsRefused
from dacheng.core.errors import Text
from dacheng.core.period import ym_text
from dacheng.core.plans.incoming import Line
from dacheng.service.plan_imports import Aim, ImportLook, MeasureLook, Sums, bring_plan, look_at_plan
from dacheng.service.wire import amount_text

router = Router(tags=["plans"])

MOST_CELLS = 5_000
"""Cells that an answer holds; the others are counted."""


class PlanImportForm(Schema):
    """Where the files are to go and how they are read."""

    model_config = ConfigDict(extra="forbid")
    plan: str = Field("", description="id, code or name of a plan that stands; blank = a new draft")
    name: str = Field("", max_length=100, description="of a new plan; default the first file's name")
    unit: str = Field("", description="code or name of a new plan's unit; default the topmost one")
    period: str = Field("", description="of a new plan, such as 2027; default the year of the lines")
    measure: str = Field("contract", description="of lines that name none")
    shape: Literal["auto", "wukong", "yudao", "erpnext", "salesforce", "adventureworks", "free"] = "auto"
    season: Literal["even", "history"] = Field("even", description="how quarters and years are spread to months")
    take: Literal["own", "below"] = Field("own", description="what counts where a row and rows below it have a line")
    year: int | None = Field(None, ge=1900, le=2200, description="of months that are written without one")
    every: Literal[0, 1, 3] = Field(0, description="months of a quota of Salesforce; 0 = as the first days tell")
    matches: str = Field("", description='who is who as JSON: {"118": "李想"}')
    prefer_file: bool = Field(False, description="where both changed a cell the file goes first")
    seal: str = Field("", description="of the look that was decided upon; another one by now is refused")


class MoneySums(Schema):
    """Where the money of the lines went; `file` is the sum of the next five."""

    file: str
    counted: str
    counted_already: str
    unmatched: str
    other_months: str
    said_twice: str
    plan: str = Field(description="the topmost rows of the plan as they would be")


class ImportedCell(Schema):
    """A cell of a line that differs from what stands, or from what was brought the last time."""

    row: str = Field(description="row no.; blank in a plan that is yet to be made")
    name: str
    month: str
    now: str | None
    file: str | None
    outcome: Literal["mine", "theirs", "both", "conflict"]


class ImportedMeasure(Schema):
    """What the files make of one measure."""

    measure: str
    sums: MoneySums
    cells: list[ImportedCell] = Field(description=f"the first {MOST_CELLS:,}")


class UnmatchedLine(Schema):
    """A line of nobody in the plan; say who it is through `matches`."""

    code: str
    name: str
    amount: str
    sheet: str
    row: int
    near: list[str] = Field(description="what rows are called that look like it")


class PlanImportLook(Schema):
    """What writing would do now."""

    shape: str
    plan: UUID | None = Field(description="null: a new draft")
    name: str
    lines: int
    changed: int = Field(description="cells that would be written")
    measures: list[ImportedMeasure]
    unmatched: list[UnmatchedLine]
    findings: list[ShownFinding]
    seal: str


class ImportedPlan(Schema):
    """The plan that the files were written into."""

    id: UUID
    written: int = Field(description="cells")


@operation(
    router,
    "POST",
    "/plans/imports/preview",
    PlanImportLook,
    Text("预览导入目标表", "Look at target sheets"),
    right="plan.edit",
    prepares=True,
)
def look_at_plan_import(
    request: Call, files: File[list[UploadedFile]], form: Form[PlanImportForm]
) -> Callable[[], PlanImportLook]:
    """Read target sheets of other systems and say what they would do to a plan; nothing is written."""
    caller = request.auth
    found = look_at_plan(caller.viewer, caller.at, _given(files), _aim(form))
    answer = _shown(found, caller)
    return lambda: answer


@operation(
    router,
    "POST",
    "/plans/imports",
    ImportedPlan,
    Text("导入目标表", "Bring target sheets into a plan"),
    right="plan.edit",
    status=201,
    prepares=True,
)
def bring_plan_import(
    request: Call, files: File[list[UploadedFile]], form: Form[PlanImportForm]
) -> Callable[[], ImportedPlan]:
    """Write what target sheets say into a plan, or into a new draft, as one entry."""
    caller, given, aim = request.auth, _given(files), _aim(form)
    preferred = look_at_plan(caller.viewer, caller.at, given, aim).conflicts if form.prefer_file else ()

    def act() -> ImportedPlan:
        uid, written = bring_plan(caller.viewer, caller.at, given, aim, preferred, form.seal)
        return ImportedPlan(id=uid, written=written)

    return act


def _given(files: list[UploadedFile]) -> list[tuple[Path | bytes, str]]:
    return [
        (Path(one.temporary_file_path()) if hasattr(one, "temporary_file_path") else one.read(), one.name or "")
        for one in files
    ]


def _aim(form: PlanImportForm) -> Aim:
    fields = ("plan", "name", "unit", "period", "measure", "shape", "season", "take", "year", "every")
    return Aim(**{name: getattr(form, name) for name in fields}, matches=_matches(form.matches))


def _matches(text: str) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        reason = Text("写成 JSON：文件里的 → 方案里的。", "Write JSON: in the file -> in the plan.")
        raise FieldsRefused([("form", "matches", reason)])
    return found


def _shown(found: ImportLook, caller: Caller) -> PlanImportLook:
    return PlanImportLook(
        shape=found.reading.shape,
        plan=found.uid,
        name=found.name,
        lines=len(found.reading.lines),
        changed=found.changed,
        measures=[_measure(look, caller.language) for look in found.measures],
        unmatched=[_unmatched(line, near) for line, near in found.unmatched],
        findings=shown_findings(found.findings, caller.language),
        seal=found.seal,
    )


def _measure(look: MeasureLook, language: str) -> ImportedMeasure:
    cells = []
    for cell in look.found.cells[:MOST_CELLS]:
        at = look.one.sheet.position(cell.place[0])
        cells.append(
            ImportedCell(
                row=look.one.codes[at],
                name=look.one.name(at).in_language(language),
                month=ym_text(cell.place[1]),
                now=_amount(cell.theirs),
                file=_amount(cell.mine),
                outcome=cell.outcome,
            )
        )
    return ImportedMeasure(measure=look.measure.code, sums=_sums(look.sums), cells=cells)


def _sums(one: Sums) -> MoneySums:
    return MoneySums(
        file=amount_text(one.file),
        counted=amount_text(one.once),
        counted_already=amount_text(one.double),
        unmatched=amount_text(one.unmatched),
        other_months=amount_text(one.outside),
        said_twice=amount_text(one.twice),
        plan=amount_text(one.plan),
    )


def _amount(amount: int | None) -> str | None:
    return None if amount is None else amount_text(amount)


def _unmatched(line: Line, near: tuple[str, ...]) -> UnmatchedLine:
    return UnmatchedLine(
        code=line.code, name=line.name, amount=amount_text(line.total), sheet=line.sheet, row=line.row, near=list(near)
    )
