"""What a worker does for each kind of background job."""

from __future__ import annotations

from collections.abc import Mapping

from dacheng.core.jobs import DEAL_EDIT, DEAL_LOOK, EDIT_UNDO, EXPORT, FREEZE, IMPORT, IMPORT_LOOK, IMPORT_UNDO
from dacheng.service import edit_jobs, freezing, import_jobs, report_jobs
from dacheng.service.job_work import Run

RUNS: Mapping[str, Run] = {
    EXPORT: report_jobs.write_asked,
    IMPORT_LOOK: import_jobs.look_at_files,
    IMPORT: import_jobs.commit_files,
    IMPORT_UNDO: import_jobs.undo_batch,
    DEAL_LOOK: edit_jobs.look_at_many,
    DEAL_EDIT: edit_jobs.edit_many,
    EDIT_UNDO: edit_jobs.undo_step,
    FREEZE: freezing.freeze_asked,
}
"""Kind of a job -> what does it; its words stand in ``core/jobs.py``."""
