"""Mappings that were saved under a name, version by version (保存的映射)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dacheng.store.models import Person, SavedMapping

MOST_WORDS_TOLD = 20
"""Changed words that are named."""


@dataclass(frozen=True, slots=True)
class Saved:
    """How files are read: the mapping it begins with, the choices by hand, and the words that mean others.

    Args:
        mapping: name of a shipped mapping, the YAML text of one, or empty.
        by: name of who saved this version; empty = the command line.
        at: microseconds since 1970-01-01 UTC.
        dropped: it ended with this version.
    """

    name: str
    mapping: str
    tables: Sequence[Mapping[str, Any]]
    aliases: Mapping[str, Mapping[str, str]]
    version: int = 1
    by: str = ""
    at: int = 0
    dropped: bool = False


def saved_mapping(name: str, version: int | None = None) -> Saved | None:
    """Return the mapping of a name as it reads now, or one version of it; None when there is none."""
    found = SavedMapping.objects.filter(name=name).order_by("-version")
    if version is not None:
        return next(iter(_saved(found.filter(version=version, dropped=False)[:1])), None)
    latest = _saved(found[:1])
    return latest[0] if latest and not latest[0].dropped else None


def saved_versions(name: str) -> list[Saved]:
    """Return all versions of a name, the latest first; none when it was never saved."""
    return _saved(SavedMapping.objects.filter(name=name).order_by("-version"))


def saved_mappings() -> list[Saved]:
    """Return the mappings that read now, by name."""
    latest: dict[str, SavedMapping] = {}
    for one in SavedMapping.objects.order_by("name", "version"):
        latest[one.name] = one
    return _saved([one for one in latest.values() if not one.dropped])


def saved_names() -> list[str]:
    """Return the names of all that are saved, in order."""
    return [one.name for one in saved_mappings()]


def _saved(found: Any) -> list[Saved]:
    listed = list(found)
    people = dict(Person.objects.filter(pk__in={one.person_id for one in listed}).values_list("pk", "name"))
    return [
        Saved(
            one.name, one.mapping, one.tables, one.aliases, one.version, people.get(one.person_id, ""), one.at,
            one.dropped,
        )
        for one in listed
    ]  # fmt: skip


# What changed between two versions -----------------------------------------------------------------


def changes(before: Saved, after: Saved) -> dict[str, str]:
    """Return which words and tables a version reads otherwise, as the log and the page of the mapping tell it."""
    told = {"words": _words_changed(before, after), "tables": _tables_changed(before, after)}
    if before.mapping != after.mapping:
        told["mapping"] = "YAML" if "\n" in after.mapping else after.mapping or "—"
    return {key: text for key, text in told.items() if text}


def _words_changed(before: Saved, after: Saved) -> str:
    was, now = (
        {(column, text): meant for column, texts in one.aliases.items() for text, meant in texts.items()}
        for one in (before, after)
    )
    changed = [key for key in {**was, **now} if was.get(key) != now.get(key)]
    listed = [f"{column}: {text} → {now.get((column, text), '—')}" for column, text in changed[:MOST_WORDS_TOLD]]
    more = [f"+{len(changed) - len(listed)}"] if len(changed) > len(listed) else []
    return "；".join([*listed, *more])


def _tables_changed(before: Saved, after: Saved) -> str:
    was, now = ({str(one.get("label", "")): one for one in saved.tables} for saved in (before, after))
    return "、".join(label for label in {**was, **now} if was.get(label) != now.get(label))
