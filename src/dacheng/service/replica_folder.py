"""Where the replica of the database in use lies, who may write it, and what is no longer needed there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import connection

from dacheng.core.errors import Text
from dacheng.core.replica import DAMAGED, NOT_THERE, OTHER_EDITION, OTHER_HISTORY, Manifest, Segment
from dacheng.engine.layers import SegmentFile, edition
from dacheng.exchange.replica_manifest import MANIFEST
from dacheng.store.queries.since import hash_at

try:
    import fcntl
except ImportError:  # a system without it; two workers there would only do the same work twice
    fcntl = None  # type: ignore[assignment]

LOCK, SPILL, DAMAGE = "lock", "spill-", ".damaged"


def replica_folder() -> Path:
    """Return the folder of the replica of the database in use; another database has another."""
    told = connection.settings_dict
    address = [connection.vendor, *(str(told.get(key) or "") for key in ("HOST", "PORT", "NAME"))]
    return Path(settings.REPLICAS) / sha256("\n".join(address).encode()).hexdigest()[:16]


@contextmanager
def alone_in(folder: Path) -> Iterator[bool]:
    """Tell whether nobody else writes the replica, and keep others from it until the block ends, however it ends."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        if fcntl is None:
            yield True
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def files_of(folder: Path, manifest: Manifest) -> tuple[SegmentFile, SegmentFile | None]:
    """Return the segments of a replica as files: the base and, where there is one, the later one."""
    base, later = _file(folder, manifest.base), manifest.later
    return base, (_file(folder, later) if later else None)


def is_whole(folder: Path, manifest: Manifest) -> bool:
    """Tell whether every file is there in its size, and nobody found one damaged."""
    for one in manifest.segments:
        file = folder / one.name
        if not file.is_file() or file.stat().st_size != one.size or _damage(folder, one).exists():
            return False
    return True


def why_unusable(folder: Path, manifest: Manifest | None) -> Text | None:
    """Return why a replica cannot answer for the database in use; None when it can."""
    if manifest is None:
        return NOT_THERE
    if manifest.edition != edition():
        return OTHER_EDITION
    if not is_whole(folder, manifest):
        return DAMAGED
    return None if manifest.hash == hash_at(manifest.seq) else OTHER_HISTORY


def tell_damaged(folder: Path, segment: Segment) -> None:
    """Let the writer know that a segment is damaged."""
    _damage(folder, segment).touch()


def spill_folder(folder: Path) -> Path:
    """Return where this process puts what a query cannot hold in memory."""
    return folder / f"{SPILL}{os.getpid()}"


def sweep(folder: Path, manifest: Manifest | None, is_gone: Callable[[int], bool]) -> None:
    """Remove what no reader will open any more; one that has a file open keeps it.

    Args:
        is_gone: tells of the number of a process whether it has ended.
    """
    wanted = {LOCK, *((MANIFEST, *(one.name for one in manifest.segments)) if manifest else ())}
    for file in folder.iterdir():
        if file.name.startswith(SPILL):
            if is_gone(int(file.name.removeprefix(SPILL))):
                shutil.rmtree(file, ignore_errors=True)
        elif file.name.removesuffix(DAMAGE) not in wanted:
            file.unlink(missing_ok=True)


def _file(folder: Path, segment: Segment) -> SegmentFile:
    return SegmentFile(folder / segment.name, frozenset(segment.rows))


def _damage(folder: Path, segment: Segment) -> Path:
    return folder / f"{segment.name}{DAMAGE}"
