"""Imports: files are looked at, committed as one batch, and undone as one.

The files come with each call: nothing is kept between a preview and a commit, and the
commit looks again at what stands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call, Caller
from dacheng.api.fields import Done
from dacheng.api.findings import ShownFinding, shown_findings
from dacheng.api.operations import operation
from dacheng.api.problems import FieldsRefused
from dacheng.core.access import allow
from dacheng.core.errors import Text
from dacheng.core.tree import Tree
from dacheng.service import imports

router = Router(tags=["imports"])

MOST_BATCHES = 50
MOST_REFUSED = 1_000
"""Refused rows that an answer holds; a background import gives all of them as a file."""


class ImportForm(Schema):
    """How the files are read."""

    model_config = ConfigDict(extra="forbid")
    mapping: str = Field("", description="name of a mapping that ships, or the YAML text of one; blank = own titles")
    name: str = Field("", max_length=200, description="what the batch is called; default the files' names")
    source: str = Field("", max_length=60, description="the system they come from; default the mapping's")
    aliases: str = Field("", description='confirmed spellings as JSON: {"product": {"GTXPro": "GTX Pro"}}')
    skip_refused: bool = Field(False, description="commit the sound rows although others stay out")


class Counts(Schema):
    """How many records of a relation."""

    created: int
    changed: int
    unchanged: int


class SpellingSuggestion(Schema):
    """A spelling that probably means something known; confirm it through `aliases`."""

    sheet: str
    column: str
    value: str
    meant: str
    rows: int


class RefusedRow(Schema):
    """A row that stays out, as it was read."""

    sheet: str
    row: int
    cells: dict[str, str] = Field(description="title -> text")
    reasons: list[str]


class ImportPreview(Schema):
    """What committing would do now."""

    blocked: bool = Field(description="rows stay out; commit with `skip_refused`, or correct them")
    counts: dict[str, Counts]
    findings: list[ShownFinding]
    suggestions: list[SpellingSuggestion]
    refused: int = Field(description="how many rows stay out")
    refused_rows: list[RefusedRow] = Field(description=f"the first {MOST_REFUSED:,} of them")


class CommittedImport(Schema):
    """What an import did; `id` null: everything stood already, nothing was written."""

    id: UUID | None
    counts: dict[str, Counts]
    findings: list[ShownFinding]
    refused: int = Field(description="how many rows stayed out")
    refused_rows: list[RefusedRow] = Field(description=f"the first {MOST_REFUSED:,} of them")


class Batch(Schema):
    """A committed import."""

    id: UUID
    at: datetime
    by: str = Field(description="name of the person; blank: the command line")
    source: str
    name: str
    counts: dict[str, Counts]
    undone: bool


class BatchList(Schema):
    """Committed imports, the latest first."""

    rows: list[Batch]


@operation(router, "GET", "/imports", BatchList, Text("导入批次", "List imports"), right="import.commit")
def list_imports(request: Call) -> BatchList:
    """The latest imports."""
    _allowed(request.auth, "import.commit")
    rows = [
        Batch(
            id=UUID(one.uid),
            at=one.at,
            by=one.by,
            source=one.source,
            name=one.name,
            counts=_counts(one.counts),
            undone=one.undone,
        )
        for one in imports.batches(MOST_BATCHES)
    ]
    return BatchList(rows=rows)


@operation(
    router,
    "POST",
    "/imports/preview",
    ImportPreview,
    Text("预览导入", "Preview an import"),
    right="import.commit",
    prepares=True,
)
def preview_import(
    request: Call, files: File[list[UploadedFile]], form: Form[ImportForm]
) -> Callable[[], ImportPreview]:
    """Read files and say what committing them would do; nothing is written."""
    caller = request.auth
    prepared = _prepared(caller, files, form)
    seen = imports.preview(caller.viewer, caller.at, prepared)
    answer = ImportPreview(
        blocked=seen.is_blocked or prepared.is_blocked,
        counts=_counts(seen.counts),
        findings=shown_findings((*prepared.findings, *seen.findings), caller.language),
        suggestions=[_suggestion(one) for one in prepared.suggestions],
        refused=len(prepared.files.refused),
        refused_rows=_refused(prepared, caller.language),
    )
    return lambda: answer


@operation(
    router,
    "POST",
    "/imports",
    CommittedImport,
    Text("导入", "Import files"),
    right="import.commit",
    status=201,
    prepares=True,
)
def commit_import(
    request: Call, files: File[list[UploadedFile]], form: Form[ImportForm]
) -> Callable[[], CommittedImport]:
    """Read files and write them as one batch, all or nothing; what stands already writes nothing."""
    caller = request.auth
    prepared = _prepared(caller, files, form)

    def act() -> CommittedImport:
        done = imports.commit(caller.viewer, caller.at, prepared, without_refused=form.skip_refused)
        findings = shown_findings((*prepared.findings, *done.findings), caller.language)
        return CommittedImport(
            id=done.uid,
            counts=_counts(done.counts),
            findings=findings,
            refused=len(prepared.files.refused),
            refused_rows=_refused(prepared, caller.language),
        )

    return act


@operation(
    router,
    "POST",
    "/imports/{uuid:uid}/undo",
    Done,
    Text("撤销导入", "Undo an import"),
    right="import.undo",
)
def undo_import(request: Call, uid: UUID) -> Done:
    """Let every record of a batch be as it was before it; refused when something rests on it by now."""
    caller = request.auth
    imports.undo(caller.viewer, caller.at, str(uid))
    return Done(changed=True)


def _prepared(caller: Caller, files: list[UploadedFile], form: ImportForm) -> imports.Prepared:
    """Return the files read and mapped; the right is asked first, for reading takes time and tells names."""
    _allowed(caller, "import.commit")
    return imports.prepare(
        [imports.Upload(one.name or "", _content(one)) for one in files],
        on_day=imports.day_of_import(caller.at),
        mapping=form.mapping,
        name=form.name,
        source=form.source,
        aliases=confirmed_spellings(form.aliases),
    )


def _refused(prepared: imports.Prepared, language: str) -> list[RefusedRow]:
    return [
        RefusedRow(sheet=sheet, row=row, cells=cells, reasons=[one.in_language(language) for one in reasons])
        for sheet, row, cells, reasons in imports.refused_told(prepared, MOST_REFUSED)
    ]


def _content(file: UploadedFile) -> Path | bytes:
    """Return where an upload lies; a small one may be held in memory."""
    return Path(file.temporary_file_path()) if hasattr(file, "temporary_file_path") else file.read()


def _allowed(caller: Caller, action: str) -> None:
    allow(caller.viewer, action, Tree.of([], []))


def confirmed_spellings(text: str) -> dict[str, dict[str, str]]:
    """Return confirmed spellings: column -> text -> meaning.

    Raises:
        FieldsRefused: they are not written so.
    """
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(_is_words(one) for one in found.values()):
        reason = Text("写成 JSON：列 → 写法 → 含义。", "Write JSON: column -> spelling -> meaning.")
        raise FieldsRefused([("form", "aliases", reason)])
    return {column.casefold(): words for column, words in found.items()}


def _is_words(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(meant, str) for meant in value.values())


def _counts(counts: Mapping[str, Mapping[str, int]]) -> dict[str, Counts]:
    return {name: Counts(**{key: one.get(key, 0) for key in Counts.model_fields}) for name, one in counts.items()}


def _suggestion(one: Any) -> SpellingSuggestion:
    return SpellingSuggestion(sheet=one.sheet, column=one.column, value=one.value, meant=one.meant, rows=one.rows)
