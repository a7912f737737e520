"""Explicit grants."""

from __future__ import annotations

from dacheng.core.org.schema import GRANTED
from dacheng.store.bulk import select_rows
from dacheng.store.models import FAR_SEQ

KIND = {code: number for number, code, _ in GRANTED}


def is_granted(person_id: int, kind: str, object_id: int, day: int) -> bool:
    """Tell whether a grant of a deal or a contract holds on a day."""
    condition = (
        f"from_day <= {day} AND to_day > {day} AND seq_to = {FAR_SEQ} AND person_id = {int(person_id)}"
        f" AND kind = {KIND[kind]} AND object_id = {int(object_id)}"
    )
    return bool(select_rows("fact_grants", ["object_id"], [(condition, None)]))
