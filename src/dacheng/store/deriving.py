"""Derived columns are computed whenever facts are written, by the core's own rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dacheng.core.cash.deriving import derive_term
from dacheng.core.deals.deriving import derive_deal
from dacheng.core.facts import Version
from dacheng.store.bulk import select_rows

Deriver = Callable[[list[Version]], list[Version]]


def deriver(name: str, new_stages: Mapping[int, int] | None = None) -> Deriver:
    """Return the function that fills the derived columns of a relation's versions.

    Args:
        new_stages: stage id -> state of stages that are about to be created.
    """
    if name == "payment_terms":
        return derive_term
    if name != "deals":
        return lambda versions: versions
    states = dict(select_rows("rec_stages", ["id", "state"], [])) | dict(new_stages or {})
    return lambda versions: derive_deal(versions, states)
