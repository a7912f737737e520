"""The kinds, states and steps of background jobs, and their words (后台任务)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from dacheng.core.errors import Text

WAITING, RUNNING, DONE, FAILED, CANCELLED, EXPIRED = "waiting", "running", "done", "failed", "cancelled", "expired"

OPEN = (WAITING, RUNNING)
"""States that a job leaves by itself."""

STATES: dict[str, Text] = {
    WAITING: Text("等待中", "Waiting"),
    RUNNING: Text("进行中", "Running"),
    DONE: Text("已完成", "Done"),
    FAILED: Text("没有完成", "Failed"),
    CANCELLED: Text("已取消", "Cancelled"),
    EXPIRED: Text("结果已过期", "Result expired"),
}

EXPORT = "report.export"
IMPORT_LOOK, IMPORT, IMPORT_UNDO = "import.look", "import.commit", "import.undo"
DEAL_LOOK, DEAL_EDIT, EDIT_UNDO = "deals.look", "deals.edit", "edit.undo"
FREEZE = "book.freeze"

KINDS: dict[str, Text] = {
    EXPORT: Text("导出报表", "Export of a report"),
    IMPORT_LOOK: Text("预览导入", "Preview of an import"),
    IMPORT: Text("导入", "Import"),
    IMPORT_UNDO: Text("撤销导入", "Undo of an import"),
    DEAL_LOOK: Text("预览批量修改", "Preview of a change of many opportunities"),
    DEAL_EDIT: Text("批量修改商机", "Change of many opportunities"),
    EDIT_UNDO: Text("撤销批量修改", "Undo of a step on many records"),
    FREEZE: Text("存档", "Freezing a Book"),
}
"""What kinds of jobs there are; ``service/job_kinds.py`` says how each is done."""

COMPUTING, READING, MATCHING, COMPARING, CHECKING, WRITING = (
    "computing", "reading", "matching", "comparing", "checking", "writing",
)  # fmt: skip

PHASES: dict[str, Text] = {
    COMPUTING: Text("计算", "Computing"),
    READING: Text("读文件", "Reading the files"),
    MATCHING: Text("对列", "Matching rows"),
    COMPARING: Text("和现有的比", "Comparing with what stands"),
    CHECKING: Text("检查", "Checking"),
    WRITING: Text("写入", "Writing"),
}
"""What a job is at."""

Step = Callable[[str, int, int], None]
"""Told the phase and how many of how many rows are done in it; it may raise to stop."""


TOLD_EVERY = 1_000
"""Rows between two words of how far the work is."""

CHUNK = 2_000
"""Records that are written between two looks at whether to stop."""

T = TypeVar("T")


def quiet(phase: str, done: int, total: int) -> None:
    """Tell nobody: for work that somebody waits for."""


def chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield rows in their order, so many at a time that a step takes well under a second."""
    return (rows[at : at + CHUNK] for at in range(0, len(rows), CHUNK))


class Progress:
    """How far work in phases is, where each phase goes through parts.

    Args:
        step: is told; total: rows of all parts.
    """

    def __init__(self, step: Step, phase: str, total: int) -> None:
        self.step, self.phase, self.total, self.before = step, phase, total, 0
        step(phase, 0, total)

    def each(self, part: Iterable[T]) -> Iterator[T]:
        """Yield the rows of the next part, telling now and then how many of all went by."""
        before, at = self.before, 0
        for at, row in enumerate(part, 1):
            if at % TOLD_EVERY == 0:
                self.step(self.phase, before + at, self.total)
            yield row
        self.before = before + at
        self.step(self.phase, self.before, self.total)

    def add(self, rows: int) -> None:
        """Tell that so many more rows are done."""
        self.before += rows
        self.step(self.phase, self.before, self.total)
