"""Looking at uploaded files before they are written: read once, shown page by page, committed or dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from dacheng.core.access import Viewer
from dacheng.core.errors import Finding, Text
from dacheng.core.jobs import Step, quiet
from dacheng.core.schema import RELATIONS
from dacheng.exchange.telling import Suggestion
from dacheng.service import imports
from dacheng.service.import_readings import Reading, reading_from, readings_of
from dacheng.service.imports import Prepared, require_importing
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.uploads import Kept
from dacheng.store.actions.imports import ComingChange, Imported, ImportRefused, Preview
from dacheng.store.queries.importing import records_listed

SHOWN_CHANGES = 200
"""Coming changes that are kept for the page; the number of all is told."""

SHOWN_WORDS, MOST_PICKS = 50, 80
"""Words that are not known, and names that one of them may mean, as far as the page shows them."""

UNSURE = frozenset({"import/nothing-to-read", "import/missing-column", "import/mapping-fits"})
"""What is found when nobody said how the tables are to be read, and it is not clear."""

SEVERITIES = ("block", "warn", "note")


@dataclass(frozen=True)
class Spelling:
    """A word of the files that is not known.

    Args:
        column: key of the column; title: as the file calls it.
        meant: what it probably means; empty when nothing is near.
        rows: how many rows hold it.
        picks: names that it may mean, where they are few.
    """

    sheet: str
    column: str
    value: str
    meant: str
    rows: int
    title: str = ""
    picks: Sequence[str] = ()


@dataclass(frozen=True)
class Look:
    """What committing the files would do, as it stood when somebody looked.

    Args:
        counts: relation -> created, changed, unchanged.
        refused: rows that stay out; the others can be written without them.
        impossible: something keeps out all of them.
        findings: what blocks first.
        changes: the first ``SHOWN_CHANGES``; all_changes: how many there are.
        readings: how each table was read; picks: what a word of them may mean instead, by what it is the name of.
    """

    source: str
    rows_read: int
    counts: Mapping[str, Mapping[str, int]]
    refused: int
    impossible: bool
    findings: Sequence[Finding]
    spellings: Sequence[Spelling]
    changes: Sequence[ComingChange]
    all_changes: int
    readings: Sequence[Reading] = ()
    picks: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def needs_choosing(self) -> bool:
        """Tell whether somebody should look at how the tables are read first."""
        return any(one.rule in UNSURE for one in self.findings)

    @property
    def writes(self) -> int:
        """Return how many records would be created or changed."""
        return self.total("created") + self.total("changed")

    def total(self, kind: str) -> int:
        """Return how many records of all relations are created, changed or unchanged."""
        return sum(counts.get(kind, 0) for counts in self.counts.values())


def look(kept: Kept, actor: Viewer, at: datetime, step: Step = quiet) -> Look:
    """Return what committing would do; the files are read the first time only.

    Args:
        step: told how far it is; it may raise to stop.

    Raises:
        NotAllowed: the actor may not import. YamlRefused: the mapping has mistakes.
    """
    require_importing(actor)
    noted = kept.noted()
    if noted is not None:
        return _from_notes(noted)
    found = _looked(kept, actor, at, step)
    if kept.is_as_it_was():
        kept.note(asdict(found))
    return found


def commit(kept: Kept, actor: Viewer, at: datetime, *, refused: int) -> Imported:
    """Write the files, all that is sound or nothing, and remove them.

    Args:
        refused: how many rows the person saw staying out, and agreed to leave out.

    Raises:
        ImportRefused: something is not possible with what stands by now; it is looked at again.
    """
    require_importing(actor)
    prepared = prepared_from(kept, at)
    try:
        agreed = refused == len(prepared.files.refused)
        done = imports.commit(actor, at, prepared, without_refused=agreed)
    except ImportRefused:
        kept.forget()
        raise
    kept.drop()
    return done


def refused_workbook(kept: Kept, actor: Viewer, at: datetime, language: str) -> bytes:
    """Return the rows that stay out as a workbook with a reason beside each; empty when there are none."""
    require_importing(actor)
    return imports.refused_rows(prepared_from(kept, at), language)


def prepared_from(kept: Kept, at: datetime, step: Step = quiet) -> Prepared:
    """Read and map the files; nothing is written."""
    return imports.prepare(
        kept.uploads(),
        on_day=imports.day_of_import(at),
        mapping=kept.mapping,
        aliases=kept.aliases,
        chosen=kept.chosen,
        step=step,
    )


def names_in(changes: Sequence[ComingChange]) -> dict[str, Mapping[int, Name]]:
    """Return the names of everything that coming changes refer to, in one query."""
    wanted: dict[str, set[int]] = {}
    for one in changes:
        relation = RELATIONS[one.relation]
        wanted.setdefault(one.relation, set()).add(one.record_id)
        for name, pair in one.columns.items():
            column = relation.column(name)
            if column.kind == "ref":
                wanted.setdefault(column.ref, set()).update(value for value in pair if value)
    return dict(DatabaseNames().names_of(wanted))


def _looked(kept: Kept, actor: Viewer, at: datetime, step: Step) -> Look:
    prepared = prepared_from(kept, at, step)
    seen = imports.preview(actor, at, prepared, step) if prepared.batch.rows else Preview({}, (), ())
    readings = readings_of(prepared)
    findings = sorted((*prepared.findings, *seen.findings), key=lambda one: SEVERITIES.index(one.severity))
    return Look(
        source=prepared.batch.source,
        rows_read=prepared.files.rows_read,
        counts={name: dict(counts) for name, counts in seen.counts.items()},
        refused=len(prepared.files.refused),
        impossible=seen.is_blocked or not prepared.batch.rows,
        findings=tuple(dict.fromkeys(findings)),
        spellings=_spellings(prepared.unknown[:SHOWN_WORDS]),
        changes=seen.changes[:SHOWN_CHANGES],
        all_changes=len(seen.changes),
        readings=readings,
        picks={of: _meanings(of) for of in {word.of for one in readings for word in one.table.words}},
    )


def _spellings(words: Sequence[Suggestion]) -> tuple[Spelling, ...]:
    """Return words with what they may mean."""
    relation_of = {relation.label: name for name, relation in RELATIONS.items()}
    picks = {label: _picks(relation_of[label]) for label in {one.label for one in words} if label in relation_of}
    return tuple(
        Spelling(one.sheet, one.column, one.value, one.meant, one.rows, one.title, picks.get(one.label, ()))
        for one in words
    )


def _meanings(of: str) -> tuple[str, ...]:
    """Return what a word may mean: names of a relation, or codes of the choices of ``relation.column``."""
    relation, _, column = of.partition(".")
    return tuple(code for _, code, _ in RELATIONS[relation].column(column).choices) if column else _picks(relation)


def _picks(relation: str) -> tuple[str, ...]:
    """Return the names of a relation; none when there are many."""
    listed = records_listed(relation, MOST_PICKS + 1)
    return tuple(one.name or one.code for one in listed) if len(listed) <= MOST_PICKS else ()


def _from_notes(noted: Mapping[str, Any]) -> Look:
    findings = [
        Finding(**{**one, "message": Text(**one["message"]), "remedy": Text(**one["remedy"])})
        for one in noted["findings"]
    ]
    changes = [
        ComingChange(**{**one, "columns": {name: tuple(pair) for name, pair in one["columns"].items()}})
        for one in noted["changes"]
    ]
    spellings = [Spelling(**one) for one in noted["spellings"]]
    readings = [reading_from(one) for one in noted["readings"]]
    told = {"findings": findings, "changes": changes, "spellings": spellings, "readings": readings}
    return Look(**{**noted, **told})
