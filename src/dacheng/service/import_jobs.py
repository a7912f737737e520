"""Imports in the background: large files are looked at, written and undone while somebody does other things."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.jobs import IMPORT, IMPORT_LOOK, IMPORT_UNDO
from dacheng.service import imports
from dacheng.service.exporting import FORMATS
from dacheng.service.import_looking import look, prepared_from
from dacheng.service.imports import Prepared, require_importing
from dacheng.service.job_work import Ending, Work
from dacheng.service.jobs import ShownJob, ask, latest_job, parameters_of
from dacheng.service.uploads import Kept, opened
from dacheng.store.actions.imports import ImportRefused

IMMEDIATE_ROWS = 5_000
"""Files with likely more rows are read and written in the background."""

IMMEDIATE_RECORDS = 5_000
"""An import that wrote more is undone in the background."""

CHANGED = RuleError(
    Text("排队以后，又改了文件的读法。", "How the files are read was changed since."),
    Text("再看一遍预览，再写入。", "Look at the preview again, then import."),
)
REFUSED_FILE = "refused-rows.xlsx"
OF_FILES = (IMPORT_LOOK, IMPORT)


def is_large(kept: Kept) -> bool:
    """Tell whether files are read and written in the background."""
    return kept.rows_likely > IMMEDIATE_ROWS


def is_looked_at(kept: Kept) -> bool:
    """Tell whether what the files would do can be shown at once."""
    return not is_large(kept) or kept.noted() is not None


def ask_look(kept: Kept, actor: Viewer, at: datetime, language: str) -> UUID:
    """Ask for a look at what committing the files would do; returns the public id of the job.

    Raises:
        NotAllowed: the actor may not import. RuleError: he has too many jobs under way.
    """
    require_importing(actor)
    return _ask(kept, actor, at, language, IMPORT_LOOK, {"reading": kept.reading})


def ask_commit(kept: Kept, actor: Viewer, at: datetime, language: str, *, refused: int) -> UUID:
    """Ask for the files to be written, all that is sound or nothing; returns the public id of the job.

    Args:
        refused: how many rows the person saw staying out, and agreed to leave out; any number where it is below 0.

    Raises:
        NotAllowed, RuleError: as ``ask_look``.
    """
    require_importing(actor)
    return _ask(kept, actor, at, language, IMPORT, {"reading": kept.reading, "refused": refused})


def ask_undo(uid: UUID, actor: Viewer, at: datetime, language: str) -> UUID:
    """Ask for an import to be undone as a whole; returns the public id of the job. Raises as ``ask_look``."""
    require_importing(actor)
    name = imports.batch_called(uid).name
    return ask(actor, at, IMPORT_UNDO, title=Text(name, name), parameters={"batch": str(uid)}, language=language)


def latest_of_files(token: str, viewer: Viewer, language: str) -> ShownJob | None:
    """Return a person's latest job on uploaded files; None when there was none."""
    return latest_job(viewer, OF_FILES, "token", token, language)


def is_of_reading(job: ShownJob, kept: Kept, viewer: Viewer) -> bool:
    """Tell whether a job was about the files as they are read now."""
    return parameters_of(viewer, job.uid).get("reading") == kept.reading


def undoes_in_background(counts: Mapping[str, Mapping[str, int]]) -> bool:
    """Tell whether an import is large enough to be undone in the background."""
    return sum(one.get("created", 0) + one.get("changed", 0) for one in counts.values()) > IMMEDIATE_RECORDS


# The worker's side ----------------------------------------------------------------------------


def look_at_files(work: Work) -> Ending:
    """Read the files and keep what committing them would do; nothing is written."""
    seen = look(_opened(work), work.viewer, work.at, work.step)
    outcome = {"writes": seen.writes, "refused": seen.refused, "choose": seen.needs_choosing}
    return Ending(rows=seen.rows_read, outcome=outcome)


def commit_files(work: Work) -> Ending:
    """Write the files as one batch; the rows that stay out become the job's file."""
    require_importing(work.viewer)
    kept, refused = _opened(work), int(work.parameters["refused"])
    if kept.reading != work.parameters["reading"]:
        raise CHANGED
    prepared = prepared_from(kept, work.at, work.step)
    agreed = refused < 0 or refused == len(prepared.files.refused)
    if agreed and prepared.files.refused:
        work.out.write(imports.refused_rows(prepared, work.language))
    return Ending(
        rows=prepared.files.rows_read,
        file=(REFUSED_FILE, FORMATS["xlsx"]) if agreed and prepared.files.refused else None,
        act=lambda at: _committed(work, kept, prepared, at, agreed=agreed),
        after=kept.drop,
    )


def undo_batch(work: Work) -> Ending:
    """Let every record of a batch be as it was before it."""
    batch = str(work.parameters["batch"])

    def act(at: datetime) -> Mapping[str, Any]:
        imports.undo(work.viewer, at, batch, work.step)
        return {"batch": batch}

    return Ending(act=act)


def _committed(work: Work, kept: Kept, prepared: Prepared, at: datetime, *, agreed: bool) -> Mapping[str, Any]:
    try:
        done = imports.commit(work.viewer, at, prepared, without_refused=agreed, step=work.step)
    except ImportRefused:
        kept.forget()
        raise
    return {"batch": str(done.uid or ""), "counts": done.counts}


def _opened(work: Work) -> Kept:
    return opened(settings.UPLOADS, str(work.parameters["token"]), work.viewer.person_id, work.at)


def _ask(kept: Kept, actor: Viewer, at: datetime, language: str, kind: str, more: Mapping[str, Any]) -> UUID:
    return ask(
        actor, at, kind, title=Text(kept.title, kept.title), parameters={"token": kept.token, **more}, language=language
    )
