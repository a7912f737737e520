"""Mappings (映射) are saved under a name, version by version, and dropped; the log tells who changed what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dacheng.core.access import Viewer
from dacheng.core.errors import Conflict, NotFound, RuleError, Text
from dacheng.store.access import require
from dacheng.store.history import Entry, microseconds, writing
from dacheng.store.identity import new_uids
from dacheng.store.models import SavedMapping
from dacheng.store.queries.import_mappings import Saved, changes, saved_mapping, saved_names, saved_versions

MOST_MAPPINGS = 100
LONGEST_NAME = 60
NEVER = 0
"""The version of a name under which nothing was saved."""


def save_mapping(
    *,
    actor: Viewer,
    at: datetime,
    name: str,
    mapping: str,
    tables: Sequence[Mapping[str, Any]],
    aliases: Mapping[str, Mapping[str, str]],
    reserved: Sequence[str] = (),
    version: int | None = None,
) -> int:
    """Keep how files are read under a name, as its next version; return its number. The same again writes nothing.

    Args:
        reserved: names that other mappings have.
        version: the one that was seen, 0 for a new name; None = whatever stands.

    Raises:
        NotAllowed: the actor may not import. RuleError: the name is missing, too long or
            reserved, or there are too many. Conflict: somebody saved another version meanwhile.
    """
    with writing(actor, at, "mapping.saved") as entry:
        require(entry, "import.commit")
        called = _checked_name(name, reserved)
        before = saved_mapping(called)
        _refuse_stale(called, before, version)
        if before and (before.mapping, list(before.tables), before.aliases) == (mapping, list(tables), aliases):
            return before.version
        _refuse_too_many(called)
        kept = {"mapping": mapping, "tables": list(tables), "aliases": {key: dict(one) for key, one in aliases.items()}}
        number = _write(entry, called, kept)
        after = Saved(called, mapping, tables, aliases)
        entry.detail |= changes(before or Saved(called, "", (), {}), after)
        return number


def drop_mapping(*, actor: Viewer, at: datetime, name: str) -> None:
    """Let a saved mapping read nothing any more; its versions stay, and it can be saved again.

    Raises:
        NotAllowed: the actor may not import. NotFound: there is none of that name.
    """
    with writing(actor, at, "mapping.dropped") as entry:
        require(entry, "import.commit")
        if saved_mapping(name) is None:
            raise NotFound(
                Text(f"没有名为「{name}」的映射。", f"There is no mapping “{name}”."),
                Text("看一下导入页面的列表。", "Look at the list on the import page."),
            )
        _write(entry, name, {"dropped": True})


def _write(entry: Entry, name: str, kept: Mapping[str, Any]) -> int:
    """Write the next version of a name and note it."""
    versions = saved_versions(name)
    number = versions[0].version + 1 if versions else 1
    (uid,) = new_uids(entry.at, 1)
    told = {"person_id": entry.actor.person_id, "at": microseconds(entry.at), **kept}
    SavedMapping.objects.create(uid=uid, name=name, version=number, **told)
    entry.detail |= {"name": name, "version": number}
    entry.keep = True
    return number


def _checked_name(name: str, reserved: Sequence[str]) -> str:
    called = " ".join(name.split())
    if not 0 < len(called) <= LONGEST_NAME or called in reserved or "/" in called or not called.strip("."):
        raise RuleError(
            Text(f"名称「{called}」不能用。", f"The name “{called}” cannot be used."),
            Text(
                f"写 1 到 {LONGEST_NAME} 个字，不带 /，不和随产品提供的映射同名。",
                f"Write 1 to {LONGEST_NAME} characters without /, and not the name of a mapping that ships.",
            ),
        )
    return called


def _refuse_stale(name: str, before: Saved | None, version: int | None) -> None:
    stands = before.version if before else NEVER
    if version is not None and version != stands:
        raise Conflict(
            Text(f"映射「{name}」现在是第 {stands} 版。", f"The mapping “{name}” is at version {stands} by now."),
            Text("看一下它，再存。", "Look at it, then save again."),
            yours={"version": version},
            theirs={"version": stands},
        )


def _refuse_too_many(name: str) -> None:
    if len([one for one in saved_names() if one != name]) >= MOST_MAPPINGS:
        raise RuleError(
            Text(f"最多 {MOST_MAPPINGS} 个映射。", f"At most {MOST_MAPPINGS} mappings."),
            Text("先删掉不用的。", "Delete some that are not used."),
        )
