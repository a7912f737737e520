"""A job in the hands of a worker: what it is given, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from dacheng.core.access import Viewer
from dacheng.core.jobs import Step


@dataclass(frozen=True, slots=True)
class Work:
    """What a job is to do, and with what.

    Args:
        viewer: whose job it is, with the rights that he has now.
        at: the moment; language: of what it says and writes.
        step: told how far it is; raises when the job is not to go on.
        out: the file that it may write.
    """

    viewer: Viewer
    at: datetime
    language: str
    parameters: Mapping[str, Any]
    step: Step
    out: BinaryIO


def _nothing() -> None:
    """Leave all as it is."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What a job comes to once it is prepared.

    Args:
        rows: in its file, or as many as ``act`` touches at most.
        file: name and content type of what it wrote; None = it makes no file.
        act: does what is to be done to the company, at the moment it is given, and returns what it did, as plain
            data. It runs in one transaction with the end of the job: killed before, nothing is done and the job
            is taken up again; killed after, it is done and nobody takes it up.
        outcome: the same where nothing is done to the company.
        after: clears up, once it is done.
    """

    rows: int = 0
    file: tuple[str, str] | None = None
    act: Callable[[datetime], Mapping[str, Any]] | None = None
    outcome: Mapping[str, Any] = field(default_factory=dict)
    after: Callable[[], None] = field(default=_nothing)


Run = Callable[[Work], Ending]
"""Does what a job of a kind is for, up to its effect."""
