"""What a stage asks of a deal (阶段标准), checked against the company's dated rules (R124)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dacheng.core.deals.schema import LOST
from dacheng.core.deals.standards import ASKED_FROM, check_standards
from dacheng.core.rules import DatedRule, in_force
from dacheng.store.bulk import select_rows
from dacheng.store.models import FAR_SEQ
from dacheng.store.queries.rules import own_rules

Stage = tuple[str, int, int, int]
"""Name, stage set, order and state of a stage."""


@dataclass(frozen=True)
class StageStandards:
    """The company's stages and what they ask; a rule that it never set asks for nothing."""

    rules: tuple[DatedRule, ...]
    stages: Mapping[int, Stage]

    @classmethod
    def read(cls) -> StageStandards:
        """Read rules and stages; the stages only where a rule asks for anything."""
        asking = set(ASKED_FROM.values())
        rules = tuple(one for one in own_rules(FAR_SEQ - 1) if one.name in asking)
        columns = ["id", "name", "set_id", "position", "state"]
        rows = select_rows("rec_stages", columns, []) if rules else []
        return cls(rules, {number: (name, own, order, state) for number, name, own, order, state in rows})

    @property
    def asked(self) -> bool:
        """Tell whether any stage was ever to ask for anything."""
        return bool(self.rules)

    def check(
        self, deal: Mapping[str, Any], day: int, *, before: int | None = None, also: Mapping[int, Stage] | None = None
    ) -> None:
        """Refuse a deal that comes further without what must be known there.

        Args:
            deal: columns as they would stand; before: its stage until now, None for a new one.
            also: stages that come with the same batch.

        Raises:
            StageNeeds: names what is missing.
        """
        stages = {**self.stages, **(also or {})}
        stage = stages.get(deal.get("stage_id") or 0)
        if stage is None or deal["stage_id"] == before or stage[3] == LOST:
            return
        was = stages.get(before or 0)
        if was is None or was[1] != stage[1] or stage[2] > was[2]:
            check_standards(in_force(self.rules, day), stage[0], stage[2], deal)


def check_stage(deal: Mapping[str, Any], day: int, *, before: int | None = None) -> None:
    """Refuse a deal that comes further without what its new stage asks for. Raises as ``StageStandards.check``."""
    if deal.get("stage_id") and deal["stage_id"] != before:
        StageStandards.read().check(deal, day, before=before)
