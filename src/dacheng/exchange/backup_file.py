"""A backup as one file: a zip of one text file a table, and a manifest with the SHA-256 of each (备份文件).

A table is JSON lines, one array a row, in the order of its primary key. The same company gives the same bytes:
no moment of writing, no machine and no kind of database is in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from dacheng.core.backup import KINDS, Manifest, Origin, Row, Shape, Written
from dacheng.core.errors import RuleError, Text

PRODUCT = "dacheng-backup"
FORMAT = 1
MANIFEST = "manifest.json"
LINES_AT_ONCE = 2_000
BYTES_AT_ONCE = 2**20
LONGEST_MANIFEST = 2**20
FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
DAMAGES = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, OverflowError, RuntimeError,
    KeyError, ValueError, TypeError,
)  # fmt: skip
"""What reading a file raises when it is no zip, was cut, or says something else than a manifest says."""

encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def write_backup(path: Path, origin: Origin, tables: Iterable[tuple[Shape, Iterable[Row]]]) -> tuple[Manifest, str]:
    """Write a backup; return its manifest and its fingerprint, the SHA-256 of the manifest.

    The file appears whole or not at all: it is written beside its place, synced, then renamed.

    Raises:
        RuleError: the file is there already.
    """
    if path.exists():
        raise RuleError(
            Text(f"文件 {path} 已经存在。", f"The file {path} is there already."),
            Text("换一个文件名；备份从不覆盖。", "Choose another name; a backup overwrites nothing."),
        )
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with open(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as out:
            with zipfile.ZipFile(out, "w") as archive:
                manifest = Manifest(origin, tuple(_write_table(archive, *table) for table in tables))
                body = _told(manifest)
                _write_entry(archive, MANIFEST, [body])
            out.flush()
            os.fsync(out.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return manifest, hashlib.sha256(body).hexdigest()


@dataclass(frozen=True)
class BackupFile:
    """A backup that is open for reading."""

    archive: zipfile.ZipFile
    manifest: Manifest
    fingerprint: str

    def check(self) -> None:
        """Read every table and compare it with the manifest.

        Raises:
            RuleError: names the first table that differs.
        """
        for table in self.manifest.tables:
            digest, rows = hashlib.sha256(), 0
            for block in self._blocks(table.shape.name):
                digest.update(block)
                rows += block.count(b"\n")
            if (digest.hexdigest(), rows) != (table.digest, table.rows):
                raise damaged(
                    Text(f"表 {table.shape.name} 与清单不符", f"the table {table.shape.name} is not what was listed")
                )

    def rows(self, table: Written) -> Iterator[Row]:
        """Return the rows of a table.

        Raises:
            RuleError: a row does not have one value for each column.
        """
        width = len(table.shape.columns)
        with _telling_damage(), self.archive.open(_file_name(table.shape.name)) as lines:
            for line in lines:
                row = tuple(json.loads(line))
                if len(row) != width:
                    raise ValueError(f"{table.shape.name}: {len(row)} values for {width} columns")
                yield row

    def _blocks(self, name: str) -> Iterator[bytes]:
        with _telling_damage(), self.archive.open(_file_name(name)) as file:
            while block := file.read(BYTES_AT_ONCE):
                yield block


@contextmanager
def opened_backup(path: Path) -> Iterator[BackupFile]:
    """Open a backup and read its manifest.

    Raises:
        RuleError: there is no such file, it is no backup, it is damaged, or a newer Dacheng wrote it.
    """
    if not path.is_file():
        raise RuleError(
            Text(f"没有文件 {path}。", f"There is no file {path}."), Text("请核对路径。", "Check the path.")
        )
    with _telling_damage():
        archive = zipfile.ZipFile(path)
    with archive:
        with _telling_damage():
            body = _manifest_bytes(archive)
            told = json.loads(body)
            newer = told["product"] == PRODUCT and told["format"] > FORMAT
        if newer:
            raise newer_file()
        with _telling_damage():
            manifest = _understood(told)
            _check_names(archive, manifest)
        yield BackupFile(archive, manifest, hashlib.sha256(body).hexdigest())


def damaged(what: Text) -> RuleError:
    """Return the answer to a file that is not as it was written."""
    return RuleError(
        Text(f"备份不完整或被改过：{what.zh}。", f"The backup is damaged or was changed: {what.en}."),
        Text("没有写入任何数据。请用另一份备份。", "Nothing was written. Use another backup."),
    )


def newer_file() -> RuleError:
    """Return the answer to a file of a newer Dacheng."""
    return RuleError(
        Text("这份备份来自更新的达成版本。", "A newer Dacheng made this backup."),
        Text("没有写入任何数据。请先升级达成，再恢复。", "Nothing was written. Upgrade Dacheng first, then restore."),
    )


@contextmanager
def _telling_damage() -> Iterator[None]:
    try:
        yield
    except DAMAGES as problem:
        raise damaged(Text(f"读不下去（{problem}）", f"it cannot be read ({problem})")) from problem


def _write_table(archive: zipfile.ZipFile, shape: Shape, rows: Iterable[Row]) -> Written:
    digest, count = hashlib.sha256(), 0

    def blocks() -> Iterator[bytes]:
        nonlocal count
        waiting = iter(rows)
        while block := list(islice(waiting, LINES_AT_ONCE)):
            count += len(block)
            lines = "".join(f"{encode(row)}\n" for row in block).encode()
            digest.update(lines)
            yield lines

    _write_entry(archive, _file_name(shape.name), blocks())
    return Written(shape, count, digest.hexdigest())


def _write_entry(archive: zipfile.ZipFile, name: str, blocks: Iterable[bytes]) -> None:
    entry = zipfile.ZipInfo(name, FIRST_DAY_OF_ZIP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = 3, 0o600 << 16  # alike from every system
    with archive.open(entry, "w", force_zip64=True) as out:
        for block in blocks:
            out.write(block)


def _file_name(table: str) -> str:
    return f"tables/{table}.jsonl"


def _told(manifest: Manifest) -> bytes:
    """Return a manifest as text."""
    origin = manifest.origin
    told = {
        "product": PRODUCT,
        "format": FORMAT,
        "version": origin.version,
        "company": origin.company,
        "schema": list(origin.migrations),
        "head": {"seq": origin.head_seq, "hash": origin.head_hash, "at": origin.head_at},
        "tables": [
            {
                "name": table.shape.name,
                "columns": [[name, kind] for name, kind in table.shape.columns.items()],
                "rows": table.rows,
                "sha256": table.digest,
            }
            for table in manifest.tables
        ],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _manifest_bytes(archive: zipfile.ZipFile) -> bytes:
    with archive.open(MANIFEST) as file:
        body = file.read(LONGEST_MANIFEST + 1)
    if len(body) > LONGEST_MANIFEST:
        raise ValueError("its manifest is too long")
    return body


def _understood(told: dict[str, Any]) -> Manifest:
    """Return a manifest; anything but what ``_told`` writes raises one of ``DAMAGES``."""
    if told["product"] != PRODUCT:
        raise ValueError("it is not a backup of Dacheng")
    head = told["head"]
    origin = Origin(
        version=str(told["version"]),
        migrations=tuple(map(str, told["schema"])),
        company=str(told["company"]),
        head_seq=int(head["seq"]),
        head_hash=str(head["hash"]),
        head_at=int(head["at"]),
    )
    return Manifest(origin, tuple(_table(one) for one in told["tables"]))


def _table(told: dict[str, Any]) -> Written:
    columns = {str(name): kind for name, kind in told["columns"]}
    if not set(columns.values()) <= set(KINDS):
        raise ValueError(f"unknown kinds of columns in {told['name']}")
    return Written(Shape(str(told["name"]), columns), int(told["rows"]), str(told["sha256"]))


def _check_names(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    listed = sorted([MANIFEST, *(_file_name(table.shape.name) for table in manifest.tables)])
    if sorted(archive.namelist()) != listed:
        raise ValueError("it holds other files than its manifest lists")
