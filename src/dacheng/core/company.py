"""A company's facts as columns: what a CSV folder, the demo generator and an export hold.

Ids are local (1 … n in the order of first appearance), so a folder can be loaded
into an empty database or an engine as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dacheng.core.rules import DatedRule


@dataclass(frozen=True)
class Frame:
    """The dated rows of one relation.

    Args:
        columns: every fact column of the relation, and ``from_day``, ``to_day``;
            lists of equal length n, None = not known.
        labels: text column -> n texts; of several rows of one key the last counts.
    """

    columns: Mapping[str, Sequence[int | None]]
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


@dataclass(frozen=True)
class Company:
    """Everything of one company.

    Args:
        currency: ISO 4217 code of all its money.
        frames: relation name -> rows; a missing relation is empty.
        rules: the company's own dated rules, beside the defaults.
    """

    name: str
    currency: str
    frames: Mapping[str, Frame]
    rules: tuple[DatedRule, ...] = ()
