"""Mappings (映射) are saved under a name and dropped; they change no record, and the log does not tell of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dacheng.core.access import POLICY, Viewer, not_allowed
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.store.history import lock_chain, microseconds
from dacheng.store.identity import new_uids
from dacheng.store.models import SavedMapping

MOST_MAPPINGS = 100
LONGEST_NAME = 60


def save_mapping(
    *,
    actor: Viewer,
    at: datetime,
    name: str,
    mapping: str,
    tables: Sequence[Mapping[str, Any]],
    aliases: Mapping[str, Mapping[str, str]],
    reserved: Sequence[str] = (),
) -> None:
    """Keep how files are read under a name; one of that name becomes this.

    Args:
        reserved: names that other mappings have.

    Raises:
        NotAllowed: the actor may not import. RuleError: the name is missing, too long or
            reserved, or there are too many.
    """
    _require(actor)
    called = " ".join(name.split())
    if not 0 < len(called) <= LONGEST_NAME or called in reserved:
        raise RuleError(
            Text(f"名称「{called}」不能用。", f"The name “{called}” cannot be used."),
            Text(
                f"写 1 到 {LONGEST_NAME} 个字，不和随产品提供的映射同名。",
                f"Write 1 to {LONGEST_NAME} characters, and not the name of a mapping that ships.",
            ),
        )
    with transaction.atomic():
        lock_chain()
        others = SavedMapping.objects.exclude(name=called)
        if others.count() >= MOST_MAPPINGS:
            raise RuleError(
                Text(f"最多 {MOST_MAPPINGS} 个映射。", f"At most {MOST_MAPPINGS} mappings."),
                Text("先删掉不用的。", "Delete some that are not used."),
            )
        kept: dict[str, Any] = {"mapping": mapping, "tables": list(tables), "aliases": dict(aliases)}
        kept |= {"person_id": actor.person_id, "at": microseconds(at)}
        (uid,) = new_uids(at, 1)
        SavedMapping.objects.update_or_create(name=called, defaults=kept, create_defaults={**kept, "uid": uid})


def drop_mapping(*, actor: Viewer, name: str) -> None:
    """Delete a saved mapping.

    Raises:
        NotAllowed: the actor may not import. NotFound: there is none of that name.
    """
    _require(actor)
    with transaction.atomic():
        lock_chain()
        deleted, _ = SavedMapping.objects.filter(name=name).delete()
    if not deleted:
        raise NotFound(
            Text(f"没有名为「{name}」的映射。", f"There is no mapping “{name}”."),
            Text("看一下导入页面的列表。", "Look at the list on the import page."),
        )


def _require(actor: Viewer) -> None:
    if not actor.holds(*POLICY["import.commit"]):
        raise not_allowed("import.commit")
