"""Signs between a worker and those who watch, as files beside the results.

A job that writes holds the database, and SQLite lets nobody else write meanwhile: neither how far it is nor that it
is to stop could be noted there. What is decided stands in the database; these files only tell of it sooner.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

FAR, STOP = ".far", ".stop"


class HowFar(NamedTuple):
    """The phase of a job, and how many of how many rows are done in it."""

    phase: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of one attempt at a job.

    Args:
        base: path of its files without their endings.
    """

    base: Path

    @classmethod
    def of(cls, root: Path, uid: UUID, attempt: int) -> Signs:
        """Return the signs of an attempt, in the folder of the results."""
        return cls(root / f"{uid.hex}-{attempt}")

    def tell(self, far: HowFar) -> None:
        """Tell how far the work is; a reader sees the old word or the new one."""
        fresh = self._file(f"{FAR}.part")
        fresh.write_text(json.dumps(far), "utf-8")
        fresh.replace(self._file(FAR))

    def told(self) -> HowFar | None:
        """Return how far the work is; None where nothing was told."""
        with suppress(OSError, ValueError, TypeError):
            return HowFar(*json.loads(self._file(FAR).read_text("utf-8")))
        return None

    def ask_to_stop(self) -> None:
        """Ask the worker to stop at its next step."""
        self.base.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file(STOP).touch(mode=0o600)

    def is_to_stop(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._file(STOP).exists()

    def clear(self) -> None:
        """Remove the signs."""
        for ending in (FAR, STOP, f"{FAR}.part"):
            self._file(ending).unlink(missing_ok=True)

    def _file(self, ending: str) -> Path:
        return self.base.with_name(self.base.name + ending)
