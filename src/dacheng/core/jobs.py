"""The states of a background job, and their words (后台任务)."""

from __future__ import annotations

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

KINDS: dict[str, Text] = {
    EXPORT: Text("导出报表", "Export of a report"),
}
"""What kinds of jobs there are."""
