"""The columnar replica (列存副本): which segments it is made of, up to which entry of the log, and when it is due.

Two segments at most: the base holds every version up to a sequence; the later one every
version of the records that changed since. What changed after both is read from the
database, so a Book is as fresh as without a replica.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dacheng.core.errors import Text

Mode = Literal["auto", "on", "off"]
"""``auto``: as the dated rule ``replica.use`` says."""

MODES: tuple[Mode, ...] = ("auto", "on", "off")

USE, EVERY = "replica.use", "replica.every"
"""Rules: whether there is one, and after how many seconds it is brought up to date."""

WORTH_DEALS = 300_000
"""Opportunities from which a replica is offered."""

MOST_CHANGES = 10_000
"""Changed records since the segments beyond which the database answers alone."""

WIDE_ONE_IN = 20
"""A Book of one unit in so many, or more, is worth a replica; rows of fewer are found faster through an index."""

COMPACT_PERCENT = 20
"""A later segment of more than this share of the base becomes one base with it."""


def is_wide(seen: int, units: int) -> bool:
    """Tell whether a Book that sees some of all units is worth a replica, where each question takes some 10 ms."""
    return seen * WIDE_ONE_IN >= units and seen > 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of the replica.

    Args:
        rows: relation -> versions in it; a relation without any has no table.
        size: bytes; digest: SHA-256.
    """

    name: str
    rows: Mapping[str, int]
    size: int
    digest: str

    @property
    def versions(self) -> int:
        """Return the number of versions in it."""
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a replica holds.

    Args:
        edition: the tables and the file format; another one cannot be read.
        seq, hash: the last entry of the log that the segments know.
        at: when that was looked up, microseconds UTC.
    """

    edition: str
    seq: int
    hash: str
    at: int
    base: Segment
    later: Segment | None = None

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Return the segments, the oldest first."""
        return (self.base,) if self.later is None else (self.base, self.later)

    @property
    def size(self) -> int:
        """Return the bytes of all segments."""
        return sum(one.size for one in self.segments)

    @property
    def versions(self) -> int:
        """Return the versions in all segments."""
        return sum(one.versions for one in self.segments)


def is_crowded(base: int, later: int) -> bool:
    """Tell whether so many later versions should become part of the base."""
    return later * 100 > base * COMPACT_PERCENT


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh the answers of a replica are.

    Args:
        at: its segments know everything up to this moment, microseconds UTC.
        since: versions read from the database since.
    """

    at: int
    since: int


OFF = Text("没有开启。", "It is not switched on.")
NOT_THERE = Text("还没有建立，后台进程会建。", "It is not built yet; the worker will build it.")
OTHER_EDITION = Text("是另一个版本建的，后台进程会重建。", "Another version built it; it will be built anew.")
OTHER_HISTORY = Text("不是这个数据库的副本，后台进程会重建。", "It is of another database; it will be built anew.")
DAMAGED = Text("文件缺失或损坏，后台进程会重建。", "A file is missing or damaged; it will be built anew.")
BEHIND = Text(
    f"落后超过 {MOST_CHANGES:,} 条变更，后台进程会补上。",
    f"It is more than {MOST_CHANGES:,} changes behind; the worker will catch up.",
)
