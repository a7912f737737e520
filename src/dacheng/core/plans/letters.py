"""Target letters (目标责任书): what is signed, how much each measure counts, whether it still holds (R032, R164)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dacheng.core.errors import Text
from dacheng.core.money import BP_PER_WHOLE, split
from dacheng.core.plans.schema import ACCEPTED

UNSIGNED, SIGNED, SUPERSEDED = range(3)
STATES: tuple[tuple[int, str, Text], ...] = (
    (UNSIGNED, "unsigned", Text("未签", "Not signed")),
    (SIGNED, "signed", Text("已签", "Signed")),
    (SUPERSEDED, "superseded", Text("已失效", "Superseded")),
)

WEIGHTS: Mapping[str, Mapping[str, int]] = {
    "growth": {"contract": 50, "margin": 20, "cash": 30},
    "integrator": {"contract": 30, "margin": 40, "cash": 30},
    "cash": {"contract": 30, "margin": 20, "cash": 50},
    "state": {"contract": 40, "margin": 30, "cash": 30},
}
"""Template (rule ``letters.weights``) -> measure's code -> percent (R018)."""

PBC: Mapping[str, tuple[int, int, int]] = {"70-20-10": (70, 20, 10), "80-10-10": (80, 10, 10), "60-30-10": (60, 30, 10)}
"""Template (rule ``letters.pbc``) -> percent of results, execution, team (R164)."""


def weights_bp(template: str, measures: Sequence[str]) -> list[int | None]:
    """Return how much each measure of a letter counts, basis points that add up to a whole.

    Measures outside the template do not count; where a letter has only some of the template's measures, these
    share the whole in their proportion. An unknown template gives no weights.

    Source: R018.

    >>> weights_bp("growth", ["contract", "margin", "cash"]), weights_bp("growth", ["contract", "other"])
    ([5000, 2000, 3000], [10000, None])
    """
    shares = [WEIGHTS.get(template, {}).get(code, 0) for code in measures]
    if not any(shares):
        return [None] * len(measures)
    parts = split(BP_PER_WHOLE, np.array(shares, dtype=np.int64)).tolist()
    return [part if share else None for part, share in zip(parts, shares, strict=True)]


@dataclass(frozen=True, slots=True)
class Signature:
    """A measure that was accepted: the fingerprint of its months then, and the day."""

    seal: str
    day: int


@dataclass(frozen=True, slots=True)
class Promise:
    """A measure of a letter: how it stands, its fingerprint now, and how it was ever accepted, the latest first."""

    stands: int
    seal: str
    signatures: Sequence[Signature]

    @property
    def signed_day(self) -> int | None:
        """Return since when these very months are accepted; None where they are not."""
        days = [one.day for one in self.signatures if one.seal == self.seal]
        return min(days) if days and self.stands == ACCEPTED else None


def letter_state(promises: Sequence[Promise]) -> tuple[int, int | None]:
    """Return how a letter stands, and the day from which all of it is signed.

    Signed when every measure is accepted as it is now. Superseded when one of them was accepted as another amount.

    Source: R032: a target that changes after it was signed makes the letter void.
    """
    days = [one.signed_day for one in promises]
    signed = [day for day in days if day is not None]
    if promises and len(signed) == len(days):
        return SIGNED, max(signed)
    other = any(day is None and one.signatures for one, day in zip(promises, days, strict=True))
    return (SUPERSEDED if other else UNSIGNED), None
