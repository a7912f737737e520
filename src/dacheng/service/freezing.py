"""Frozen Books (存档): a day as it was known at a moment, kept as Parquet that nobody can change unseen (R152, R154).

A frozen Book is a facts export with the day it is looked at; its SHA-256 stands in the log. What is shown of it is
read from its own files, so that a meeting's numbers never change, whatever is recorded or reopened later.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from dacheng.core.access import POLICY, Viewer, not_allowed
from dacheng.core.book import Book
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.core.jobs import FREEZE, WRITING, Step, quiet
from dacheng.core.period import date_of
from dacheng.exchange.facts_manifest import manifest_digest
from dacheng.service.facts_export import export_facts
from dacheng.service.facts_folder import OpenFacts
from dacheng.service.job_work import Ending, Work
from dacheng.service.jobs import ask
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.store.actions.freezing import FROZEN, check_freezable, record_frozen
from dacheng.store.history import company_day
from dacheng.store.queries.log import EntryHead, entries_of

MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen Book.

    Args:
        name: what it is called outside: its day and the last entry it knows.
        day: it is looked at; known: the last entry of the log that it knows.
        at: microseconds since 1970-01-01 UTC; by: who froze it. digest: SHA-256 of its manifest. facts: how many.
    """

    name: str
    day: int
    known: int
    at: int
    by: Name
    digest: str
    facts: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Files of a Book that lie in their place."""

    name: str
    known: int
    digest: str
    facts: int


def may_freeze(viewer: Viewer) -> bool:
    """Tell whether somebody may freeze Books."""
    return viewer.whole or viewer.holds(*POLICY["book.freeze"])


def freeze(actor: Viewer, at: datetime, day: int, step: Step = quiet) -> Frozen:
    """Freeze the Book of a day as it is known now, and return it.

    Raises:
        NotAllowed: the actor may not. RuleError: the day lies ahead.
    """
    _check(actor, at, day)
    kept = _keep(day, step)
    _note(actor, at, day, kept)
    return frozen_named(kept.name)


def ask_freeze(actor: Viewer, at: datetime, day: int, language: str) -> UUID:
    """Ask for the Book of a day to be frozen; returns the public id of the job.

    Raises:
        NotAllowed, RuleError: as ``freeze``; or the person has too many jobs under way.
    """
    _check(actor, at, day)
    title = Text(f"存档 {date_of(day)}", f"Freeze {date_of(day)}")
    return ask(actor, at, FREEZE, title=title, parameters={"day": day}, language=language)


def freeze_asked(work: Work) -> Ending:
    """Freeze the Book that a job asks for."""
    day = int(work.parameters["day"])
    _check(work.viewer, work.at, day)
    kept = _keep(day, work.step)

    def note(at: datetime) -> dict[str, str]:
        _note(work.viewer, at, day, kept)
        return {"frozen": kept.name}

    return Ending(rows=kept.facts, act=note)


def frozen_books() -> list[Frozen]:
    """Return the frozen Books, the latest day first; of one frozen twice with nothing between, the first."""
    heads = entries_of((FROZEN,), MOST_LISTED)
    people = DatabaseNames().names("people", {head.actor_id for head in heads})
    found = {one.name: one for one in (_frozen(head, people.get(head.actor_id, Name("", ""))) for head in heads)}
    return sorted(found.values(), key=lambda one: (one.day, one.known), reverse=True)


def frozen_named(name: str) -> Frozen:
    """Return a frozen Book by its name.

    Raises:
        NotFound: there is none.
    """
    found = next((one for one in frozen_books() if one.name == name), None)
    if found is None:
        raise NotFound(
            Text(f"没有存档「{name}」。", f"There is no frozen Book “{name}”."),
            Text("从存档列表里选一份。", "Choose one from the list."),
        )
    return found


def frozen_before(frozen: Frozen) -> Frozen | None:
    """Return the frozen Book of the latest earlier day; None where there is none."""
    return next((one for one in frozen_books() if one.day < frozen.day), None)


def opened(frozen: Frozen, viewer: Viewer, at: datetime) -> tuple[Book, OpenFacts]:
    """Open a frozen Book for somebody, with the rights that he has now.

    Raises:
        RuleError: its files are missing, or not those that were frozen.
    """
    folder = _place() / frozen.name
    if manifest_digest(folder) != frozen.digest:
        raise RuleError(
            Text(
                f"存档 {frozen.name} 的文件不在，或不是当时的文件。",
                f"The files of {frozen.name} are missing, or not those that were frozen.",
            ),
            Text(f"从备份恢复文件夹 {folder}。", f"Bring the folder {folder} back from a backup."),
        )
    facts = OpenFacts.read(folder)
    return facts.book(at=at, as_of_day=frozen.day, viewer=viewer), facts


def _check(actor: Viewer, at: datetime, day: int) -> None:
    if not may_freeze(actor):
        raise not_allowed("book.freeze")
    check_freezable(day, company_day(at))


def _place() -> Path:
    return Path(settings.FROZEN)


def _keep(day: int, step: Step) -> Kept:
    """Write the files; the same day with the same knowledge lies there already."""
    step(WRITING, 0, 0)
    _place().mkdir(parents=True, exist_ok=True)
    fresh = _place() / f"new-{uuid4().hex}"
    try:
        manifest, facts, digest = export_facts(fresh)
        name = f"{date_of(day)}-{manifest.head_seq}"
        folder = _place() / name
        if folder.exists() and manifest_digest(folder) != digest:
            shutil.rmtree(folder)
        if not folder.exists():
            fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Kept(name, manifest.head_seq, digest, facts)


def _note(actor: Viewer, at: datetime, day: int, kept: Kept) -> None:
    record_frozen(actor=actor, at=at, day=day, seq=kept.known, folder=kept.name, digest=kept.digest, facts=kept.facts)


def _frozen(head: EntryHead, by: Name) -> Frozen:
    told = json.loads(head.detail)
    return Frozen(told["folder"], told["day"], told["known"], head.at, by, told["digest"], told["facts"])
