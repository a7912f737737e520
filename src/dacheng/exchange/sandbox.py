"""Run the reading child: little memory, little time, no secrets, no way to take the server along (沙箱)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from typing import Any, BinaryIO

from dacheng.core.errors import Text, Unavailable
from dacheng.exchange.limits import MEGABYTE, Limits
from dacheng.exchange.refusal import FileRefused, damaged, finding_from_json, refused

CHILDREN_AT_ONCE = 2
"""So that many uploads at once cannot fill the machine: the others wait."""

OFFSET_DIGITS = 20
LARGEST_SUMMARY = 8 * MEGABYTE
KEPT_ENVIRONMENT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT")
"""Nothing else: the child gets no database address and no key."""

_turns = threading.BoundedSemaphore(CHILDREN_AT_ONCE)


def request_for(kind: str, limits: Limits, *, encoding: str, delimiter: str) -> str:
    """Return the command line argument that says how the child shall read."""
    return json.dumps({"kind": kind, "limits": asdict(limits), "encoding": encoding, "delimiter": delimiter})


def read_in_child(file: BinaryIO, request: str, limits: Limits) -> tuple[BinaryIO, dict[str, Any]]:
    """Return the spool that the child wrote and its summary.

    Raises:
        FileRefused: the child refused the file, or ended over it.
        Unavailable: no turn came in time.
    """
    if not _turns.acquire(timeout=limits.wall_seconds):
        raise Unavailable(
            Text("正在读取的文件太多。", "Too many files are being read."),
            Text("请稍后再试。", "Try again in a moment."),
        )
    try:
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the last sheet that reads it
        status = _run(file, spool, request, limits)
    finally:
        _turns.release()
    if status:
        raise _ended(status, limits)
    summary = _summary(spool)
    if "exhausted" in summary:
        raise _out_of_memory(limits)
    if "refused" in summary:
        raise FileRefused(finding_from_json(summary["refused"]))
    return spool, summary


def _run(file: BinaryIO, spool: BinaryIO, request: str, limits: Limits) -> int:
    """Return the child's exit status, negative for a signal; SIGALRM stands for our own patience."""
    file.seek(0)
    environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    command = [sys.executable, "-P", "-X", "utf8", "-m", "dacheng.exchange.worker", request]
    try:
        return subprocess.run(
            command,
            stdin=file,
            stdout=spool,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=limits.wall_seconds,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return -signal.SIGALRM


def _summary(spool: BinaryIO) -> dict[str, Any]:
    end = spool.seek(0, os.SEEK_END) - OFFSET_DIGITS
    if end < 0:
        raise damaged("the reader wrote nothing")
    spool.seek(end)
    start = int(spool.read(OFFSET_DIGITS))
    if not 0 <= start < end or end - start > LARGEST_SUMMARY:
        raise damaged("the reader wrote no summary")
    spool.seek(start)
    summary: dict[str, Any] = json.loads(spool.read(end - start))
    return summary


def _ended(status: int, limits: Limits) -> FileRefused:
    if -status in (signal.SIGXCPU, signal.SIGALRM):
        return refused(
            "file/time",
            Text(
                f"读取超过 {limits.cpu_seconds} 秒，已停止。",
                f"Reading took more than {limits.cpu_seconds} s and was stopped.",
            ),
            Text("请拆成几个文件再导入。", "Split it into several files."),
        )
    if -status in (signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV):
        return _out_of_memory(limits)
    return damaged(f"the reader ended with {status}")


def _out_of_memory(limits: Limits) -> FileRefused:
    most = f"{limits.memory_bytes // MEGABYTE:,} MB"
    return refused(
        "file/memory",
        Text(
            f"读取该文件需要超过 {most} 内存，已停止。",
            f"Reading this file needs more than {most} of memory; it was stopped.",
        ),
        Text(
            "请删除数据区域以外的行列，或拆成几个文件，或另存为 csv 再导入。",
            "Delete rows and columns outside the data, split it into several files, or save it as csv.",
        ),
        value=most,
    )
