"""Every fact with its knowledge, as Parquet: the owner's own copy for other engines (事实导出).

Unlike the folder of CSVs it holds what was known when; like it, it is for the owner of the machine: nobody's rights
are applied. ``facts_folder`` opens it again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from dacheng.core.backup import Row, Shape
from dacheng.core.errors import RuleError, Text
from dacheng.core.schema import RELATIONS
from dacheng.engine.parquet import NAMES, fact_columns, write_parquet
from dacheng.exchange.facts_manifest import FactsManifest, OwnRule, file_digest, write_manifest
from dacheng.service.labels import NAMED
from dacheng.store.company import company_setting, forget_company
from dacheng.store.merged import successors
from dacheng.store.queries.rules import every_rule
from dacheng.store.standing import fact_table, record_table
from dacheng.store.tables import head_of_log, rows_of, shapes, snapshot

ROWS_OF_A_FILE = 250_000
LOG = ("seq", "at")
LEADS_TO = "leads_to"
"""Column of the names: the number of the record that stays where one was merged away, else 0."""


def export_facts(folder: Path) -> tuple[FactsManifest, int, str]:
    """Write all facts, the names of records and the moments of the log, from one moment.

    The folder appears whole or not at all.

    Returns:
        the manifest, how many facts, and the SHA-256 of the manifest.

    Raises:
        RuleError: the folder holds something already, or there is no company.
    """
    if folder.exists() and any(folder.iterdir()):
        raise RuleError(
            Text(f"文件夹 {folder} 不是空的。", f"The folder {folder} is not empty."),
            Text("换一个新文件夹。", "Choose a new folder."),
        )
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        manifest, facts = _write(part)
        digest = write_manifest(part, manifest)
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return manifest, facts, digest


def _write(folder: Path) -> tuple[FactsManifest, int]:
    with snapshot():
        seq, hashed, _ = head_of_log()
        if not seq:
            raise RuleError(
                Text("这个数据库里还没有公司。", "The database holds no company yet."),
                Text("用 --db 指定数据库。", "Name the database with --db."),
            )
        described = {shape.name: shape for shape in shapes()}
        facts = 0
        for name, relation in RELATIONS.items():
            (folder / "facts" / name).mkdir(parents=True)
            table = _picked(described[fact_table(name)], fact_columns(relation))
            facts += _write_numbers(folder / "facts" / name, table)
        for name in sorted(NAMED):
            (folder / "names" / name).mkdir(parents=True)
            _write_names(folder / "names" / name, name, described[record_table(name)])
        (folder / "log").mkdir()
        _write_numbers(folder / "log", _picked(described["log"], LOG))
        forget_company()
        setting = company_setting()
        return (
            FactsManifest(
                version=version("dacheng"),
                company=setting.name,
                currency=setting.currency,
                time_zone=setting.time_zone,
                head_seq=seq,
                head_hash=hashed,
                rules=tuple(OwnRule(*one) for one in every_rule()),
                columns={name: tuple(fact_columns(relation)) for name, relation in RELATIONS.items()},
                files=_digests(folder),
            ),
            facts,
        )


def _picked(shape: Shape, columns: Sequence[str]) -> Shape:
    return Shape(shape.name, {name: shape.columns[name] for name in columns})


def _write_numbers(folder: Path, shape: Shape) -> int:
    count = 0
    for number, rows in enumerate(_parts(shape)):
        columns = dict(zip(shape.columns, zip(*rows, strict=True), strict=True))
        write_parquet(folder / f"{number:05}.parquet", columns)
        count += len(rows)
    return count


def _write_names(folder: Path, relation: str, record: Shape) -> None:
    """Write codes and names; a record that was merged away names the one that stays, others 0."""
    texts = [name for name in ("code", "name", "name_en") if name in record.columns]
    for number, rows in enumerate(_parts(_picked(record, ["id", "removed", "uid", *texts]))):
        found: dict[str, Sequence[Any]] = dict(
            zip(("id", "removed", "uid", *texts), zip(*rows, strict=True), strict=True)
        )
        blank = [""] * len(rows)
        leads = successors(relation, found["id"])
        told = {"english" if name == "name_en" else name: found[name] for name in ("uid", *texts)}
        write_parquet(
            folder / f"{number:05}.parquet",
            {
                "id": found["id"],
                "removed": [int(one) for one in found["removed"]],
                LEADS_TO: [leads.get(one, 0) for one in found["id"]],
            },
            {name: told.get(name, blank) for name in NAMES},
        )


def _parts(shape: Shape) -> Iterator[list[Row]]:
    waiting = rows_of(shape)
    while rows := list(islice(waiting, ROWS_OF_A_FILE)):
        yield rows


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(folder.rglob("*.parquet"))
    return {file.relative_to(folder).as_posix(): file_digest(file) for file in files}
