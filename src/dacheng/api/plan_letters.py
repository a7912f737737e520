"""Target letters (目标责任书) as files: that of a row of a plan, or all of a plan as a zip (R032)."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema

from dacheng.api.asking import Call
from dacheng.api.operations import SEEN, operation
from dacheng.core.errors import Text
from dacheng.service import letters
from dacheng.service.plan_talks import row_called

router = Router(tags=["plans"])

LetterRow = Annotated[str, Query(description="code of the row; left out: everybody's letters as a zip")]
LetterKind = Annotated[Literal["docx", "pdf"], Query(description="docx or pdf")]


class LetterFile(Schema):
    """The file itself, as an attachment."""


@operation(
    router, "GET", "/plans/{uuid:uid}/letters", LetterFile, Text("目标责任书", "Fetch target letters"), right=SEEN
)
def fetch_letters(request: Call, uid: UUID, row: LetterRow = "", format: LetterKind = "docx") -> Any:
    """The target letter of a row as Word or PDF, or those of everybody whom the caller sees in a zip."""
    caller = request.auth
    book = caller.book({})
    if not row:
        content = letters.letters_zip(caller.viewer, book, uid, format, caller.language)
        return _attached(content, "application/zip", f"letters.{format}.zip")
    found = letters.letter(caller.viewer, book, uid, row_called(row), caller.language)
    content_type, content = letters.letter_file(found, format)
    return _attached(content, content_type, f"{found.file_name}.{format}")


def _attached(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
