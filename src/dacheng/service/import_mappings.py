"""Saved mappings for programs: listed, read in any version, written and dropped (保存的映射)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dacheng.core.access import Viewer
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.exchange.chosen import from_plain, plain
from dacheng.exchange.mapping_file import read_mapping, shipped_mapping, shipped_mappings
from dacheng.exchange.texts import header_key
from dacheng.service.imports import require_importing
from dacheng.store.actions.import_mappings import drop_mapping, save_mapping
from dacheng.store.queries.import_mappings import Saved, changes, saved_mapping, saved_mappings, saved_versions

__all__ = ["Saved", "changed", "drop", "every", "go_back", "read", "save", "versions"]

MOST_TABLES, MOST_WORDS = 40, 5_000


def every(actor: Viewer) -> list[Saved]:
    """Return the mappings that read now, by name.

    Raises:
        NotAllowed: the actor may not import.
    """
    require_importing(actor)
    return saved_mappings()


def read(actor: Viewer, name: str, version: int | None = None) -> Saved:
    """Return a saved mapping as it reads now, or one version of it.

    Raises:
        NotAllowed: the actor may not import. NotFound: there is no such mapping or version.
    """
    require_importing(actor)
    found = saved_mapping(name, version)
    if found is None:
        raise _none_called(name)
    return found


def versions(actor: Viewer, name: str) -> list[Saved]:
    """Return every version of a mapping, the latest first; raises as ``read``."""
    require_importing(actor)
    found = saved_versions(name)
    if not found:
        raise _none_called(name)
    return found


def changed(one: Saved, before: Saved | None) -> dict[str, str]:
    """Return what a version reads otherwise than the one before it: its mapping, tables, words."""
    return changes(before or Saved(one.name, "", (), {}), one)


def save(
    actor: Viewer,
    at: datetime,
    name: str,
    *,
    mapping: str = "",
    tables: Sequence[Mapping[str, Any]] = (),
    aliases: Mapping[str, Mapping[str, str]] | None = None,
    version: int | None = None,
) -> int:
    """Save a mapping as the next version of its name; return its number.

    Args:
        mapping: name of a shipped mapping, the YAML text of one, or empty when tables say it.
        tables: columns chosen by hand; aliases: column -> text -> meaning.
        version: the one that was seen, 0 for a new name; None = whatever stands.

    Raises:
        NotAllowed: the actor may not import. NotFound: no mapping of that name ships.
        YamlRefused: the text has mistakes. RuleError: it says nothing, or more than is kept.
        Conflict: somebody saved another version meanwhile.
    """
    require_importing(actor)
    _check(mapping, tables, aliases or {})
    return save_mapping(
        actor=actor,
        at=at,
        name=name,
        mapping=mapping,
        tables=[plain(from_plain(one)) for one in tables],
        aliases={header_key(column): dict(texts) for column, texts in (aliases or {}).items()},
        reserved=shipped_mappings(),
        version=version,
    )


def go_back(actor: Viewer, at: datetime, name: str, number: int, *, version: int | None = None) -> int:
    """Let a mapping read as one of its old versions did, as its next version; return its number.

    Args:
        version: the one that was seen, 0 where it was dropped; None = whatever stands.

    Raises:
        NotAllowed: the actor may not import. NotFound: there is no such version, or it dropped the mapping.
        Conflict: somebody saved another version meanwhile.
    """
    old = read(actor, name, number)
    return save_mapping(
        actor=actor, at=at, name=name, mapping=old.mapping, tables=old.tables, aliases=old.aliases, version=version
    )


def drop(actor: Viewer, at: datetime, name: str) -> None:
    """Let a saved mapping read nothing any more; raises as ``read``."""
    drop_mapping(actor=actor, at=at, name=name)


def _check(mapping: str, tables: Sequence[Mapping[str, Any]], aliases: Mapping[str, Mapping[str, str]]) -> None:
    if "\n" in mapping:
        read_mapping(mapping, "mapping.yaml")
    elif mapping:
        shipped_mapping(mapping)
    words = sum(map(len, aliases.values()))
    if len(tables) > MOST_TABLES or words > MOST_WORDS:
        raise RuleError(
            Text(f"{len(tables)} 张表、{words} 个写法太多。", f"{len(tables)} tables and {words} words are too many."),
            Text(f"最多 {MOST_TABLES} 张表、{MOST_WORDS} 个写法。", f"At most {MOST_TABLES} and {MOST_WORDS}."),
        )
    if not (mapping or tables or words):
        raise RuleError(
            Text("这个映射什么也没有说。", "The mapping says nothing."),
            Text("给出 YAML、各表的列，或写法的含义。", "Give YAML, the columns of tables, or what words mean."),
        )


def _none_called(name: str) -> NotFound:
    return NotFound(
        Text(f"没有名为「{name}」的映射，或没有这一版。", f"There is no mapping “{name}”, or no such version."),
        Text("先列出存好的映射。", "List the saved mappings first."),
    )
