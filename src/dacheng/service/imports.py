"""Imports (导入): files are prepared, looked at, committed as one batch, and undone as one.

Reading and mapping write nothing and may take their time; the action that commits looks
again at what stands, and writes all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from dacheng.core.access import POLICY, Viewer, not_allowed
from dacheng.core.errors import Finding, NotFound, Text
from dacheng.core.jobs import READING, Step, quiet
from dacheng.core.staging import Base, Batch
from dacheng.exchange.chosen import from_plain, match_chosen
from dacheng.exchange.defaults import (
    default_expense_categories,
    default_factors,
    default_loss_reasons,
    default_measures,
    default_templates,
)
from dacheng.exchange.fitting import Fit, fitting
from dacheng.exchange.mapping import Founding, ImportMapping
from dacheng.exchange.mapping_file import read_mapping, shipped_mapping, shipped_mappings
from dacheng.exchange.matching import Matched, label_of, match
from dacheng.exchange.own_export import exported_version, versions_in_rows
from dacheng.exchange.own_headers import OWN, match_own
from dacheng.exchange.own_rows import StageSeen, Standpoint
from dacheng.exchange.reading import FileRefused, Limits, Workbook, read_workbook
from dacheng.exchange.referring import Homes, Known, KnownRecord, NothingKnown
from dacheng.exchange.refused_rows import rejected_workbook, told_rows
from dacheng.exchange.stage_words import with_states
from dacheng.exchange.staging import Aliases, StagedFiles, stage
from dacheng.exchange.telling import Suggestion
from dacheng.exchange.texts import header_key
from dacheng.exchange.yaml_parts import YamlRefused
from dacheng.service.setting_up import company_exists, found_company
from dacheng.store.actions.imports import (
    Imported,
    ImportRefused,
    Preview,
    commit_import,
    preview_import,
    undo_import,
)
from dacheng.store.company import company_setting
from dacheng.store.history import company_day
from dacheng.store.identity import given_uid, hidden
from dacheng.store.queries.batches import Committed, batches_committed
from dacheng.store.queries.import_mappings import saved_mapping
from dacheng.store.queries.importing import homes_of, records_called, records_listed, top_unit_code
from dacheng.store.queries.versions import version_called

__all__ = [
    "Committed", "ImportRefused", "Prepared", "Upload", "YamlRefused", "batch_called", "batches", "check_mapping",
    "commit", "day_of_import", "files_in", "joined_aliases", "mapping_labels", "prepare", "preview", "read_files",
    "refused_rows", "refused_told", "require_importing", "shipped_mappings", "undo",
]  # fmt: skip

READ = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls"})
"""Files of a folder that are looked at; what they are is told by their content."""

MOST_STAGES = 1_000
BATCH = Text("导入批次", "Import")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody brings.

    Args:
        name: what the person calls it.
    """

    name: str
    content: Path | bytes | BinaryIO


@dataclass(frozen=True)
class Prepared:
    """Files that were read and mapped, and not yet written.

    Args:
        founding: the company that committing founds first, because there is none.
        fits: mappings that were made for files like these, when none was named; the likeliest first.
        chosen: the choices by hand that read them, also those of a saved mapping; empty = none did.
    """

    files: StagedFiles
    mapping: ImportMapping
    founding: Founding | None = None
    fits: tuple[Fit, ...] = ()
    chosen: Sequence[Mapping[str, Any]] = ()

    @property
    def batch(self) -> Batch:
        """Return the rows that are ready to be written."""
        return self.files.batch

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was noticed, what blocks first."""
        return self.files.findings

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """Return spellings that a person may confirm."""
        return tuple(one for one in self.files.suggestions if one.meant)

    @property
    def unknown(self) -> tuple[Suggestion, ...]:
        """Return words of the files that are not known, those with a probable meaning first."""
        return self.files.suggestions

    @property
    def counts(self) -> dict[str, int]:
        """Return relation -> records that are ready."""
        return self.files.counts

    @property
    def is_blocked(self) -> bool:
        """Tell whether something stays out."""
        return self.files.is_blocked


def files_in(paths: Sequence[Path]) -> list[Upload]:
    """Return the tables among files and folders, by name; folders are not searched any deeper.

    Raises:
        NotFound: a path does not exist, or a folder holds no table.
    """
    found: list[Upload] = []
    for path in paths:
        inside = sorted(one for one in path.iterdir() if one.suffix.lower() in READ) if path.is_dir() else [path]
        if not path.exists() or not inside:
            raise NotFound(
                Text(f"“{path}”不存在，或里面没有表。", f"“{path}” does not exist, or holds no table."),
                Text("请给出 xlsx、xls、csv 文件，或含有它们的文件夹。", "Name xlsx, xls or csv files, or a folder."),
            )
        found += [Upload(one.name, one) for one in inside]
    return found


def prepare(
    uploads: Sequence[Upload],
    *,
    on_day: int,
    mapping: str = "",
    name: str = "",
    source: str = "",
    aliases: Aliases | None = None,
    chosen: Sequence[Mapping[str, Any]] = (),
    step: Step = quiet,
) -> Prepared:
    """Read and map files; nothing is written.

    Args:
        on_day: the day of the import.
        mapping: name of a shipped or saved mapping, or the YAML text of one; empty = by the files' own titles.
        name: what the batch is called; default the files' names.
        source: the system they come from; default the mapping's.
        aliases: spellings that a person confirmed: column -> text -> meaning.
        chosen: how the tables are read, when somebody chose the columns by hand; goes before the mapping.
        step: told how far it is; it may raise to stop.

    Raises:
        YamlRefused: the mapping has mistakes. NotFound: there is no mapping of that name.
    """
    workbooks, findings = read_files(uploads, step)
    saved = saved_mapping(mapping) if mapping and not chosen and "\n" not in mapping else None
    if saved is not None:
        mapping, chosen, aliases = saved.mapping, saved.tables, joined_aliases(saved.aliases, aliases or {})
    described, matched, noticed = _matched(workbooks, mapping, chosen)
    described = replace(described, source=source or described.source)
    fits = fitting(workbooks, map(shipped_mapping, shipped_mappings())) if mapping in ("", OWN) and not chosen else []
    findings += [*noticed, *_company_findings(described), *map(_fit_finding, fits[:1])]
    exists = company_exists()
    bases, mixed = _bases(workbooks) if exists else ({}, [])
    findings += mixed
    files = stage(
        matched,
        described,
        name=name or _names(uploads),
        known=KnownHere() if exists else _known_when_founded(described.company),
        on_day=on_day,
        currency=company_setting().currency if exists else described.currency,
        aliases={header_key(column): texts for column, texts in (aliases or {}).items()},
        findings=findings,
        step=step,
    )
    if exists and bases:
        files = replace(files, batch=replace(files.batch, bases=bases))
    return Prepared(files, described, None if exists else described.company, tuple(fits), tuple(chosen))


def _bases(workbooks: Sequence[Workbook]) -> tuple[dict[str, Base], list[Finding]]:
    """Return what the sheets show that are exports of ours, and which were put together of several."""
    bases: dict[str, Base] = {}
    mixed: list[Finding] = []
    for workbook in workbooks:
        noted = exported_version(workbook)
        for sheet in workbook.sheets:
            label = label_of(workbook, sheet, len(workbooks))
            versions = {noted} if noted else versions_in_rows(sheet)
            known = [Base(seq, one.day) for one in versions if (seq := version_called(one.name)) is not None]
            if len(known) == 1:
                bases[label] = known[0]
            mixed += [_mixed_finding(label, len(known))] if len(known) > 1 else []
    return bases, mixed


def _mixed_finding(label: str, count: int) -> Finding:
    """Say that a table was put together of several exports, so that nothing can be compared with what it showed."""
    return Finding(
        "import/mixed-versions",
        Text(
            f"这张表有 {count} 个数据版本，按普通文件读，文件里的值算数。",
            f"The table has {count} data versions: it is read like any other file, and its values count.",
        ),
        Text("要和导出时比，请把各次导出分开导入。", "Import each export by itself to compare it with what it showed."),
        "warn",
        label,
    )


def _fit_finding(fit: Fit) -> Finding:
    """Say which mapping was made for files like these."""
    return Finding(
        "import/mapping-fits",
        Text(f"列名像是{fit.label.zh}的导出。", f"The titles are those of {fit.label.en}."),
        Text(f"可按映射“{fit.name}”读取。", f"Read it with the mapping “{fit.name}”."),
        "note",
        value=fit.name,
    )


def joined_aliases(first: Aliases, then: Aliases) -> dict[str, dict[str, str]]:
    """Return the aliases of both; what is said later goes before."""
    return {column: {**first.get(column, {}), **then.get(column, {})} for column in {**first, **then}}


def _matched(
    workbooks: Sequence[Workbook], mapping: str, chosen: Sequence[Mapping[str, Any]] = ()
) -> tuple[ImportMapping, list[Matched], list[Finding]]:
    """Return the mapping, the tables it reads, and what was noticed."""
    if chosen:
        pool = [from_plain(one) for one in chosen]
        matched, findings, described = match_chosen(workbooks, pool, Standpoint(tuple(_stages())))
        return described, matched, findings
    if mapping in ("", OWN):
        matched, findings, described = match_own(workbooks, Standpoint(tuple(_stages())))
        return described, matched, findings
    described = read_mapping(mapping, "mapping.yaml") if "\n" in mapping else shipped_mapping(mapping)
    described = with_states(described, Standpoint(tuple(_stages())))
    return described, *match(workbooks, described)


def read_files(
    uploads: Sequence[Upload], step: Step = quiet, *, first_rows: int = 0
) -> tuple[list[Workbook], list[Finding]]:
    """Return the files that can be read; a refused one hides none of the others.

    Args:
        first_rows: so many rows of each table only; 0 = all.
    """
    workbooks: list[Workbook] = []
    findings: list[Finding] = []
    for number, one in enumerate(uploads):
        step(READING, number, len(uploads))
        try:
            workbook = read_workbook(one.content, one.name, Limits(first_rows=first_rows))
        except FileRefused as refusal:
            findings.append(replace(refusal.finding, sheet=refusal.finding.sheet or one.name))
            continue
        workbooks.append(workbook)
        findings += [replace(finding, sheet=finding.sheet or one.name) for finding in workbook.findings]
    return workbooks, findings


def _names(uploads: Sequence[Upload]) -> str:
    """Return what a batch is called when nobody says: its first file, and how many more."""
    more = f" +{len(uploads) - 1}" if len(uploads) > 1 else ""
    return f"{uploads[0].name}{more}" if uploads else ""


def _company_findings(mapping: ImportMapping) -> list[Finding]:
    """Return why the files cannot come into this company at all."""
    if not company_exists():
        return [] if mapping.company else [NO_COMPANY]
    own = company_setting().currency
    if mapping.currency in ("", own):
        return []
    return [
        Finding(
            "import/currency",
            Text(f"文件是 {mapping.currency}，公司是 {own}。", f"The files are in {mapping.currency}, not {own}."),
            Text(
                "请换算成公司的币种，或用另一个库。", "Convert them to the company's currency, or use another database."
            ),
            value=mapping.currency,
        )
    ]


NO_COMPANY = Finding(
    "import/no-company",
    Text("这个数据库里还没有公司。", "The database holds no company yet."),
    Text("先运行 dacheng init --name 公司名。", "Run dacheng init --name NAME first."),
)


# Looking and writing -----------------------------------------------------------------------


def require_importing(viewer: Viewer) -> None:
    """Refuse who may not import, before anything is read.

    Raises:
        NotAllowed: names the roles that may.
    """
    if not viewer.holds(*POLICY["import.commit"]):
        raise not_allowed("import.commit")


def day_of_import(at: datetime) -> int:
    """Return the company's day of a moment: what has no day of its own begins on it."""
    return company_day(at)


def preview(actor: Viewer, at: datetime, prepared: Prepared, step: Step = quiet) -> Preview:
    """Return what committing would do now; nothing is written.

    Args:
        step: told how many rows are compared; it may raise to stop.

    Raises:
        NotAllowed: the actor may not import.
    """
    if prepared.founding is not None:
        counts = {name: {"created": count, "changed": 0, "unchanged": 0} for name, count in prepared.counts.items()}
        return Preview(counts, (), ())
    return preview_import(actor=actor, at=at, batch=prepared.batch, step=step)


def commit(
    actor: Viewer, at: datetime, prepared: Prepared, *, without_refused: bool = False, step: Step = quiet
) -> Imported:
    """Write what was prepared, all or nothing; an empty database gets its company first.

    Args:
        without_refused: write the rows that are sound although others stay out.
        step: told how many rows are written; it may raise to stop, then nothing is.

    Raises:
        ImportRefused: rows stay out, and nobody said to go on without them; or something
            is not possible with what stands by now. NotAllowed: the actor may not import.
    """
    refusals = [one for one in prepared.findings if one.severity == "block"]
    if refusals and not (without_refused and prepared.batch.rows):
        raise ImportRefused(refusals)
    if prepared.founding is not None:
        brings_stages = "stages" in prepared.counts
        founding = prepared.founding
        found_company(at, founding.name, founding.currency, code=founding.code, with_stages=not brings_stages)
    return commit_import(actor=actor, at=at, batch=prepared.batch, step=step)


def undo(actor: Viewer, at: datetime, uid: str, step: Step = quiet) -> None:
    """Undo a committed batch as a whole.

    Args:
        step: told how many records are turned back; it may raise to stop, then none is.

    Raises:
        NotAllowed: the actor may not. NotFound: there is no such batch. RuleError: it is
            undone already, or something rests on it by now.
    """
    undo_import(actor=actor, at=at, uid=given_uid(uid, BATCH), step=step)


def batches(limit: int = 50) -> list[Committed]:
    """Return the latest batches, the last first."""
    return batches_committed(limit)


def mapping_labels() -> list[tuple[str, Text]]:
    """Return the mappings that come with the product, by name and label."""
    return [(name, shipped_mapping(name).label) for name in shipped_mappings()]


def check_mapping(text: str) -> None:
    """Read a mapping that somebody brings, before any file is read with it.

    Raises:
        YamlRefused: it has mistakes; its findings name their lines.
    """
    read_mapping(text, "mapping.yaml")


def batch_called(uid: UUID) -> Committed:
    """Return one committed batch.

    Raises:
        NotFound: there is none.
    """
    found = batches_committed(1, uid)
    if not found:
        raise hidden(BATCH)
    return found[0]


def refused_rows(prepared: Prepared, language: str = "zh") -> bytes:
    """Return the rows that stay out, as a workbook with a reason beside each; empty when there are none."""
    files = prepared.files
    return rejected_workbook(files.matched, files.refused, language) if files.refused else b""


def refused_told(prepared: Prepared, most: int) -> list[tuple[str, int, dict[str, str], list[Text]]]:
    """Return the first rows that stay out: table, row number, title -> what was read, reasons."""
    return list(told_rows(prepared.files.matched, prepared.files.refused, most))


# What stands ---------------------------------------------------------------------------------


class KnownHere:
    """The records of this database, for references of a file."""

    def find(self, relation: str, texts: Collection[str], columns: Sequence[str] = ()) -> Iterable[KnownRecord]:
        """Return the records whose code or name is one of the texts."""
        return [KnownRecord(one.code, one.name, one.values) for one in records_called(relation, texts, columns)]

    def listed(self, relation: str, limit: int) -> Iterable[KnownRecord]:
        """Return records to compare a misspelt name with."""
        return [KnownRecord(one.code, one.name, one.values) for one in records_listed(relation, limit)]

    def top_unit(self) -> str:
        """Return the code of the unit at the top."""
        return top_unit_code()

    def homes(self, people: Collection[str]) -> Homes:
        """Return where people are at home, day by day."""
        return homes_of(people)


def _known_when_founded(founding: Founding | None) -> Known:
    """Return what founding a company will make, for a file that is the first to come."""
    if founding is None:
        return NothingKnown()
    frames = {
        "measures": default_measures(),
        "factors": default_factors(),
        "checklist_templates": default_templates(),
        "expense_categories": default_expense_categories(),
        "loss_reasons": default_loss_reasons(),
    }
    records = {
        name: [KnownRecord(*one) for one in zip(frame.labels["code"], frame.labels["name"], strict=True)]
        for name, frame in frames.items()
    }
    return NothingKnown(founding.code, {"units": [KnownRecord(founding.code, founding.name)], **records})


def _stages() -> Iterable[StageSeen]:
    for one in records_listed("stages", MOST_STAGES, ("set_id", "position", "state")):
        yield StageSeen(one.code, one.name, one.values["set_id"], one.values["position"], one.values["state"])
