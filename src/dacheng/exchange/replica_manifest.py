"""The list of contents of a columnar replica, replaced as a whole so that a reader sees the old or the new one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from dacheng.core.replica import Manifest, Segment

MANIFEST = "manifest.json"
PRODUCT = "dacheng-replica"


def read_replica_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a replica; None when there is none, or none that can be read."""
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        return _understood(told) if told["product"] == PRODUCT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_replica_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest of a replica; after a power cut it is the old or the new one."""
    told = {
        "product": PRODUCT,
        "edition": manifest.edition,
        "seq": manifest.seq,
        "hash": manifest.hash,
        "at": manifest.at,
        "segments": [
            {"name": one.name, "rows": dict(one.rows), "size": one.size, "sha256": one.digest}
            for one in manifest.segments
        ],
    }
    part = folder / f"{MANIFEST}.part"
    with part.open("w", encoding="utf-8") as out:
        json.dump(told, out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    part.replace(folder / MANIFEST)


def _understood(told: dict[str, Any]) -> Manifest:
    base, *later = (_segment(one) for one in told["segments"])
    return Manifest(
        edition=str(told["edition"]),
        seq=int(told["seq"]),
        hash=str(told["hash"]),
        at=int(told["at"]),
        base=base,
        later=later[0] if later else None,
    )


def _segment(told: dict[str, Any]) -> Segment:
    rows = {str(name): int(count) for name, count in told["rows"].items()}
    return Segment(str(told["name"]), rows, int(told["size"]), str(told["sha256"]))
