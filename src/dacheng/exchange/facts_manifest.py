"""The list of contents of a facts export: its schema, the head of the log, the SHA-256 of every file (事实导出)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dacheng.core.errors import RuleError, Text

PRODUCT = "dacheng-facts"
FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A value of a rule, from a day on, and between which sequences it was known."""

    name: str
    from_day: int
    value: int | str
    seq_from: int
    seq_to: int


@dataclass(frozen=True, slots=True)
class FactsManifest:
    """What a facts export holds beside its Parquet files.

    Args:
        version: of Dacheng; columns: relation -> the columns of its facts.
        head_seq, head_hash: the last entry of the log.
        files: path inside the folder -> SHA-256.
    """

    version: str
    company: str
    currency: str
    time_zone: str
    head_seq: int
    head_hash: str
    rules: tuple[OwnRule, ...]
    columns: Mapping[str, tuple[str, ...]]
    files: Mapping[str, str]


def is_facts_export(folder: Path) -> bool:
    """Tell whether a folder says that it is a facts export."""
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("product") == PRODUCT


def write_manifest(folder: Path, manifest: FactsManifest) -> str:
    """Write the manifest; return its SHA-256."""
    told = {
        "product": PRODUCT,
        "format": FORMAT,
        "version": manifest.version,
        "company": {"name": manifest.company, "currency": manifest.currency, "time_zone": manifest.time_zone},
        "head": {"seq": manifest.head_seq, "hash": manifest.head_hash},
        "rules": [[one.name, one.from_day, one.value, one.seq_from, one.seq_to] for one in manifest.rules],
        "columns": {name: list(columns) for name, columns in manifest.columns.items()},
        "files": dict(manifest.files),
    }
    body = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
    (folder / MANIFEST).write_bytes(body)
    return hashlib.sha256(body).hexdigest()


def read_manifest(folder: Path) -> FactsManifest:
    """Return the manifest, having checked that every file is as it was written.

    Raises:
        RuleError: a newer Dacheng wrote it, or a file is missing, changed or damaged; it is named.
    """
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        if told["format"] > FORMAT:
            raise RuleError(
                Text("这份事实导出来自更新的达成版本。", "A newer Dacheng made this facts export."),
                Text("请升级达成，或用这个版本重新导出。", "Upgrade Dacheng, or export again with this version."),
            )
        manifest = _understood(told)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise _damaged(MANIFEST) from problem
    for name, digest in manifest.files.items():
        if file_digest(folder / name) != digest:
            raise _damaged(name)
    return manifest


def manifest_digest(folder: Path) -> str:
    """Return the SHA-256 of the manifest of a facts export; empty when there is none."""
    return file_digest(folder / MANIFEST)


def file_digest(file: Path) -> str:
    """Return the SHA-256 of a file; empty when there is none."""
    if not file.is_file():
        return ""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _understood(told: dict[str, Any]) -> FactsManifest:
    company, head = told["company"], told["head"]
    return FactsManifest(
        version=str(told["version"]),
        company=str(company["name"]),
        currency=str(company["currency"]),
        time_zone=str(company["time_zone"]),
        head_seq=int(head["seq"]),
        head_hash=str(head["hash"]),
        rules=tuple(OwnRule(*one) for one in told["rules"]),
        columns={name: tuple(columns) for name, columns in told["columns"].items()},
        files={str(name): str(digest) for name, digest in told["files"].items()},
    )


def _damaged(name: str) -> RuleError:
    return RuleError(
        Text(f"事实导出的 {name} 缺失、损坏或被改过。", f"{name} of the facts export is missing, damaged or changed."),
        Text("请重新导出。", "Export again."),
    )
