"""Factors by their names (分解因子): which there are, what they shall count, and figures as people type them (R048)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.factors.choosing import check_counts
from dacheng.core.factors.schema import COUNTED
from dacheng.core.plans.weighing import LABELS
from dacheng.service.entering import entered
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.questions import identified
from dacheng.store.actions.factors import record_figure
from dacheng.store.actions.recording import Saved


def factors_named() -> dict[int, Name]:
    """Return every factor by number, those that are counted here first; a name of theirs is the company's to change."""
    counted = {number: Name(code, LABELS[number].zh, "", LABELS[number].en) for number, code in COUNTED}
    found = DatabaseNames().names_of({"factors": None})["factors"]
    return counted | {number: found[number] for number in sorted(found)}


def counts_of(counts: Mapping[str, int]) -> dict[int, int]:
    """Return what factors shall count by number; one that is left out counts nothing.

    Args:
        counts: code or name of a factor -> percent.

    Raises:
        RuleError: there is no such factor, which names those there are; or they do not come to 100 %.
    """
    named = factors_named()
    numbers = {text: number for number, name in named.items() for text in (name.name, name.english, name.code) if text}
    unknown = [text for text in counts if text not in numbers]
    if unknown:
        codes = "、".join(name.code for name in named.values())
        raise RuleError(
            Text(f"没有分解因子“{unknown[0]}”。", f"There is no factor {unknown[0]}."),
            Text(f"可用：{codes}。", f"There are: {codes.replace('、', ', ')}."),
        )
    found = dict.fromkeys(named, 0) | {numbers[text]: count for text, count in counts.items()}
    check_counts(found)
    return found


def state_figure(
    viewer: Viewer,
    at: datetime,
    factor: str,
    unit: str,
    value: int,
    *,
    person: str = "",
    day: str = "",
    source: str = "",
) -> Saved:
    """State a figure of a factor, all by code or name; raises as ``record_figure``, and where a name says nothing.

    Args:
        person: blank = of the whole unit. day: 2026-06-30; blank = today.
    """
    names = DatabaseNames()
    wanted = {"factor_id": ("factors", factor), "unit_id": ("units", unit), "person_id": ("people", person)}
    refs = {column: _uid_of(relation, text, names) for column, (relation, text) in wanted.items() if text.strip()}
    given = {"day": entered("factor_figures", "day", day)} if day else {}
    return record_figure(actor=viewer, at=at, values={**refs, **given, "value": value, "name": source})


def _uid_of(relation: str, text: str, names: DatabaseNames) -> str:
    number = identified(relation, text, names)
    return names.names(relation, [number])[number].uid
