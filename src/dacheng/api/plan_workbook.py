"""A plan as a workbook and back (方案工作簿): taken out, edited offline, compared three ways, brought back (R041).

The file comes with each call: nothing is kept between a look and the write; ``seal`` ties the two.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call, Caller
from dacheng.api.fields import Money, Month
from dacheng.api.findings import ShownFinding, shown_findings
from dacheng.api.operations import SEEN, operation
from dacheng.api.plan_fields import MeasureCode, WrittenCells
from dacheng.core.errors import Conflict, Text
from dacheng.core.period import ym_text
from dacheng.service.plan_listing import plan_shown
from dacheng.service.plan_workbook import Returned, answered, compare_workbook, take, write_plan_workbook
from dacheng.service.plans import measure_named, open_plan
from dacheng.service.wire import amount_text

router = Router(tags=["plans"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CELLS = 5_000
"""Cells that an answer holds; the others are counted."""


class WorkbookFile(Schema):
    """The file itself, as an attachment."""


class WorkbookForm(Schema):
    """Which measure the workbook is of."""

    model_config = ConfigDict(extra="forbid")
    measure: MeasureCode = "contract"


class WorkbookAnswers(WorkbookForm):
    """What is to be written of a workbook that was compared."""

    seal: str = Field("", description="of the comparison that was decided upon; another one by now is refused")
    file_wins: str = Field("", description="conflicts that become what the file says: ROW@MONTH, with commas; * = all")
    stays: str = Field("", description="conflicts that stay as they are: ROW@MONTH, with commas; * = all others")


class ComparedCell(Schema):
    """A cell that differs from what the workbook was exported from."""

    row: str = Field(description="row no.")
    name: str
    month: Month
    base: Money | None = Field(description="as it was exported")
    file: Money | None
    now: Money | None
    outcome: Literal["mine", "theirs", "both", "conflict"] = Field(
        description="mine: only the file changed it; theirs: only somebody here; both: to the same; conflict: not"
    )


class WorkbookLook(Schema):
    """What differs, and what taking it would do."""

    cells: list[ComparedCell] = Field(description=f"the first {MOST_CELLS:,}")
    differing: int
    conflicts: int
    follows: int = Field(description="other cells that would change with those taken from the file")
    refused: str = Field(description="why the cells cannot stand together; empty when they can")
    findings: list[ShownFinding]
    seal: str


@operation(
    router, "GET", "/plans/{uuid:uid}/workbook", WorkbookFile, Text("方案工作簿", "Fetch a plan's workbook"), right=SEEN
)
def fetch_plan_workbook(request: Call, uid: UUID, measure: str = "contract") -> Any:
    """One measure of a plan as xlsx: a row for each row, a column for each month; it can be edited and brought back."""
    caller = request.auth
    book, stream = caller.book({}), BytesIO()
    one = open_plan(book, uid, measure_named(measure))
    shown = plan_shown(caller.viewer, book, uid)
    write_plan_workbook(book, one, shown.name, stream, caller.language)
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    name = quote(f"{shown.name} V{shown.plan.number} {measure}.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/workbook/comparison",
    WorkbookLook,
    Text("比较带回的工作簿", "Compare a plan's workbook"),
    right=SEEN,
    prepares=True,
)
def compare_plan_workbook(
    request: Call, uid: UUID, file: File[UploadedFile], form: Form[WorkbookForm]
) -> Callable[[], WorkbookLook]:
    """Compare a workbook cell by cell with what it was exported from and with what stands; nothing is written."""
    caller = request.auth
    answer = _shown(_compared(caller, uid, file, form.measure), caller)
    return lambda: answer


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/workbook",
    WrittenCells,
    Text("带回工作簿", "Bring a plan's workbook back"),
    right="plan.edit",
    prepares=True,
)
def bring_plan_workbook(
    request: Call, uid: UUID, file: File[UploadedFile], form: Form[WorkbookAnswers]
) -> Callable[[], WrittenCells]:
    """Write what the file changed as one entry; each conflict must be answered, else nothing is written."""
    caller = request.auth
    found = _compared(caller, uid, file, form.measure)
    if form.seal and form.seal != found.seen:
        raise Conflict(
            Text("方案在你看的时候又变了。", "The plan became another one since you compared."),
            Text("再比较一次，再写。", "Compare again, then write."),
        )
    places = answered(found, _listed(form.file_wins), _listed(form.stays))
    return lambda: WrittenCells(written=take(caller.viewer, caller.at, uid, found, places))


def _compared(caller: Caller, uid: UUID, file: UploadedFile, measure: str) -> Returned:
    content = Path(file.temporary_file_path()) if hasattr(file, "temporary_file_path") else file.read()
    return compare_workbook(caller.viewer, caller.at, uid, measure_named(measure), content, file.name or "")


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _shown(found: Returned, caller: Caller) -> WorkbookLook:
    one, language = found.one, caller.language
    cells = []
    for cell in found.cells[:MOST_CELLS]:
        at = one.sheet.position(cell.place[0])
        cells.append(
            ComparedCell(
                row=one.codes[at],
                name=one.name(at).in_language(language),
                month=ym_text(cell.place[1]),
                base=_amount(cell.base),
                file=_amount(cell.mine),
                now=_amount(cell.theirs),
                outcome=cell.outcome,
            )
        )
    refused = found.refused.in_language(language) if isinstance(found.refused, Text) else found.refused
    return WorkbookLook(
        cells=cells,
        differing=len(found.cells),
        conflicts=len(found.of("conflict")),
        follows=len(found.follows),
        refused=refused,
        findings=shown_findings(found.findings, language),
        seal=found.seen,
    )


def _amount(amount: int | None) -> str | None:
    return None if amount is None else amount_text(amount)
