"""The queue that jobs wait in, django-tasks, and where their files lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django_tasks.exceptions import TaskResultDoesNotExist


def enqueue(uid: str) -> str:
    """Put a job in the queue; return the queue's name for it."""
    return str(import_string(settings.JOB_TASK).enqueue(uid).id)


def is_queued(task: str) -> bool:
    """Tell whether the queue still holds a job that waits; its worker may have been killed as it took it out."""
    try:
        return str(import_string(settings.JOB_TASK).get_result(task).status) == "READY"
    except TaskResultDoesNotExist:
        return False


def file_of(root: Path, job: Any) -> Path:
    """Return where the file lies that the latest attempt at a job made."""
    return root / f"{job.uid.hex}-{job.attempt}"
