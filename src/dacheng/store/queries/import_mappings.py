"""Mappings that were saved under a name (保存的映射)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dacheng.store.models import SavedMapping


@dataclass(frozen=True, slots=True)
class Saved:
    """How files are read: the shipped mapping, the choices by hand, and the words that mean others."""

    name: str
    mapping: str
    tables: Sequence[Mapping[str, Any]]
    aliases: Mapping[str, Mapping[str, str]]


def saved_mapping(name: str) -> Saved | None:
    """Return the mapping of a name; None when there is none."""
    found = SavedMapping.objects.filter(name=name).first()
    return None if found is None else Saved(found.name, found.mapping, found.tables, found.aliases)


def saved_names() -> list[str]:
    """Return the names of all that are saved, in order."""
    return list(SavedMapping.objects.order_by("name").values_list("name", flat=True))
