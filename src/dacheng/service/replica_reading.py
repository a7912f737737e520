"""Answering from the replica (列存副本): each process opens it once and reads what changed since by itself.

A Book is as fresh as the database: before it is opened the layers are brought up to the
head of the log. Where that cannot be done, the database answers alone and says why.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.conf import settings

from dacheng.core.errors import Text
from dacheng.core.replica import (
    BEHIND,
    DAMAGED,
    MOST_CHANGES,
    NOT_THERE,
    Freshness,
    Manifest,
)
from dacheng.core.replica import USE as USE_RULE
from dacheng.core.rules import Rules
from dacheng.core.schema import RELATIONS
from dacheng.engine.connection import ConnectionEngine
from dacheng.engine.gathering import Engine
from dacheng.engine.layers import Layers
from dacheng.engine.replica import ReplicaEngine
from dacheng.engine.segments import segment_digest
from dacheng.exchange.replica_manifest import MANIFEST, read_replica_manifest
from dacheng.service.replica_folder import files_of, replica_folder, spill_folder, tell_damaged, why_unusable
from dacheng.store.queries.since import changes_between, hash_at, keys_changed, versions_of_keys

FAILURES = (duckdb.Error, OSError)


def is_wanted(rules: Rules) -> bool:
    """Tell whether there is to be a replica: as the setting of the machine says, else the rule."""
    mode = settings.REPLICA
    return mode == "on" or (mode == "auto" and rules.number(USE_RULE) == 1)


def engine_at(seq: int, hashed: str) -> Engine:
    """Return the replica brought up to the head of the log, or the database's own connection with the reason.

    Args:
        seq, hashed: the head of the log.
    """
    found = _opened_at(seq, hashed)
    if isinstance(found, Text):
        return ConnectionEngine(remark=found)
    freshness = Freshness(found.manifest.at, found.layers.since)
    return ReplicaEngine(found.layers, ConnectionEngine(), freshness)


def why_not(seq: int, hashed: str) -> Text | None:
    """Return why the replica does not answer; None when it does."""
    found = _opened_at(seq, hashed)
    return found if isinstance(found, Text) else None


@dataclass
class _Opened:
    """A replica that this process has open.

    Args:
        stamp: of the manifest's file, to see another one.
        seq, hash: up to where the layers know everything.
        changes: how many records changed since the segments.
    """

    folder: Path
    stamp: tuple[int, int]
    manifest: Manifest
    layers: Layers
    seq: int
    hash: str
    changes: int = 0


_open: dict[Path, _Opened] = {}
_lock = threading.Lock()


def close_replicas() -> None:
    """Let go of every replica that this process has open."""
    with _lock:
        _open.clear()


def _opened_at(seq: int, hashed: str) -> _Opened | Text:
    folder = replica_folder()
    with _lock:
        try:
            return _brought_up(folder, seq, hashed)
        except FAILURES:
            _open.pop(folder, None)
            return DAMAGED


def _brought_up(folder: Path, seq: int, hashed: str) -> _Opened | Text:
    opened = _current(folder)
    if isinstance(opened, Text):
        return opened
    if (hashed if seq == opened.seq else hash_at(opened.seq)) != opened.hash:
        # what it knows was taken back, or another database was put in the place of this one
        _open.pop(folder, None)
        opened = _current(folder)
    return opened if isinstance(opened, Text) else _reach(opened, seq, hashed)


def _current(folder: Path) -> _Opened | Text:
    """Return the replica as its manifest names it now, opened; or why there is none."""
    stamp = _stamp(folder)
    opened = _open.get(folder)
    if opened is not None and opened.layers.damaged:
        for one in opened.manifest.segments:
            tell_damaged(folder, one)
    if opened is not None and opened.stamp == stamp:
        return DAMAGED if opened.layers.damaged else opened
    manifest = read_replica_manifest(folder)
    if opened is not None and manifest and not opened.layers.damaged and opened.manifest.segments == manifest.segments:
        opened.stamp, opened.manifest = stamp, manifest
        return opened
    _open.pop(folder, None)
    problem = why_unusable(folder, manifest)
    if problem or manifest is None:
        return problem or NOT_THERE
    if not _as_written(folder, manifest):
        return DAMAGED
    base, later = files_of(folder, manifest)
    layers = Layers(base, later, spill=spill_folder(folder))
    _open[folder] = _Opened(folder, stamp, manifest, layers, manifest.seq, manifest.hash)
    return _open[folder]


def _reach(opened: _Opened, seq: int, hashed: str) -> _Opened | Text:
    """Bring the layers up to the head of the log; return why that cannot be."""
    if seq <= opened.seq:
        return opened
    changes = opened.changes + changes_between(opened.seq, seq)
    if changes > MOST_CHANGES:
        return BEHIND
    changed = keys_changed(opened.seq, seq)
    opened.layers.extend(
        {name: (keys, versions_of_keys(RELATIONS[name], keys)) for name, keys in changed.items() if keys}
    )
    opened.seq, opened.hash, opened.changes = seq, hashed, changes
    return opened


def _as_written(folder: Path, manifest: Manifest) -> bool:
    """Tell whether every segment has the bytes that were written; one that has not is told to the writer."""
    changed = [one for one in manifest.segments if segment_digest(folder / one.name) != one.digest]
    for one in changed:
        tell_damaged(folder, one)
    return not changed


def _stamp(folder: Path) -> tuple[int, int]:
    try:
        told = (folder / MANIFEST).stat()
    except FileNotFoundError:
        return 0, 0
    return told.st_ino, told.st_mtime_ns
