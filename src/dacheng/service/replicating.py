"""Keeping the replica up to date (列存副本): what the worker does when the log moved."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from dacheng.core.errors import RuleError, Text
from dacheng.core.replica import Manifest, Segment, is_crowded
from dacheng.core.schema import RELATIONS
from dacheng.engine.layers import Layers, Versions, edition
from dacheng.engine.segments import PART, WRITER_MEMORY, write_base, write_later
from dacheng.exchange.replica_manifest import MANIFEST, read_replica_manifest, write_replica_manifest
from dacheng.service.replica_folder import alone_in, files_of, replica_folder, spill_folder, sweep, why_unusable
from dacheng.store.company import has_company
from dacheng.store.queries.since import every_version, keys_changed, versions_of_keys
from dacheng.store.tables import head_of_log

Step = Callable[[], None]
"""Called now and then; raises to give up."""

GATHERING = f"gathering{PART}"


def refresh(at: int, *, step: Step, is_gone: Callable[[int], bool]) -> Manifest | None:
    """Bring the replica of the database in use up to the head of the log, or build it; None when another does so.

    Whatever ends it, the manifest names segments that are whole.

    Args:
        at: the moment, microseconds UTC.
        is_gone: tells of the number of a process whether it has ended.

    Raises:
        RuleError: there is no company yet.
    """
    _refuse_nothing()
    folder = replica_folder()
    with alone_in(folder) as alone:
        if not alone:
            return None
        manifest = usable(folder)
        sweep(folder, manifest, is_gone)
        manifest = _refreshed(folder, manifest, at, step)
        write_replica_manifest(folder, manifest)
        sweep(folder, manifest, is_gone)
        return manifest


def drop() -> bool:
    """Remove the replica of the database in use; tell whether there was one and nobody is writing it."""
    folder = replica_folder()
    if not (folder / MANIFEST).exists():
        return False
    with alone_in(folder) as alone:
        if alone:
            sweep(folder, None, lambda _number: False)
        return alone


def usable(folder: Path) -> Manifest | None:
    """Return the manifest of a whole replica of the database in use in this version's tables; else None."""
    manifest = read_replica_manifest(folder)
    return None if why_unusable(folder, manifest) else manifest


def _refreshed(folder: Path, manifest: Manifest | None, at: int, step: Step) -> Manifest:
    seq, hashed, _ = head_of_log()
    if manifest is None:
        return Manifest(edition(), seq, hashed, at, _built(folder, seq, step))
    if manifest.seq == seq:
        return replace(manifest, at=at)
    try:
        base, later = _caught_up(folder, manifest, seq, step)
    except duckdb.Error:
        return Manifest(edition(), seq, hashed, at, _built(folder, seq, step))
    return Manifest(manifest.edition, seq, hashed, at, base, later)


def _built(folder: Path, seq: int, step: Step) -> Segment:
    """Write a base from the database; what is written meanwhile is among what changed since."""
    home = folder / GATHERING
    layers = Layers(None, None, spill=spill_folder(folder), home=home, memory=WRITER_MEMORY)
    try:
        for name, relation in RELATIONS.items():
            layers.gather(name, _watched(every_version(relation), step))
        return write_base(layers, folder, _named("base", seq), step)
    finally:
        layers.close()
        home.unlink(missing_ok=True)


def _caught_up(folder: Path, manifest: Manifest, seq: int, step: Step) -> tuple[Segment, Segment | None]:
    """Write what changed into a new later segment, or, when that grows large, into a new base."""
    changed = keys_changed(manifest.seq, seq)
    if not any(changed.values()):
        return manifest.base, manifest.later
    base, later = files_of(folder, manifest)
    layers = Layers(base, later, spill=spill_folder(folder), memory=WRITER_MEMORY)
    try:
        for name, keys in changed.items():
            layers.extend({name: (keys, _watched(versions_of_keys(RELATIONS[name], keys), step))})
        written = write_later(layers, folder, _named("later", seq), step)
        if not is_crowded(manifest.base.versions, written.versions):
            return manifest.base, written
        return write_base(layers, folder, _named("base", seq), step), None
    finally:
        layers.close()


def _watched(pieces: Iterator[Versions], step: Step) -> Iterator[Versions]:
    for piece in pieces:
        step()
        yield piece


def _named(kind: str, seq: int) -> str:
    return f"{kind}-{seq}-{uuid.uuid4().hex[:8]}.duckdb"


def _refuse_nothing() -> None:
    if not has_company():
        raise RuleError(
            Text("这个数据库里还没有公司。", "The database holds no company yet."),
            Text("先建公司，再建副本。", "Set the company up first."),
        )
