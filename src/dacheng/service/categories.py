"""Categories that a company keeps itself (类别), with names in both languages, as people read and set them.

Those of losses (R117) and of expenses (R037) are alike: an order, and whether a form still offers them, from a day on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.schema import RELATIONS
from dacheng.service.entering import entered
from dacheng.store.actions import expense_categories, loss_reasons
from dacheng.store.actions.recording import Saved
from dacheng.store.identity import hidden
from dacheng.store.standing import Standing, every, ids_of_codes, standing, standing_uid

TYPED = ("name", "name_en", "position", "offered")


@dataclass(frozen=True, slots=True)
class Category:
    """A category as it is now; ``offered``: whether a form may choose it."""

    uid: UUID
    version: int
    code: str
    name: str
    name_en: str
    position: int
    offered: bool


@dataclass(frozen=True)
class Categories:
    """The categories of one relation.

    Args:
        create_by, edit_by: the actions that write them.
    """

    relation: str
    create_by: Callable[..., Saved]
    edit_by: Callable[..., Saved]

    def listed(self) -> list[Category]:
        """Return every category in order."""
        return sorted(map(_shown, every(self.relation).values()), key=lambda one: (one.position, one.name))

    def one(self, uid: UUID) -> Category:
        """Return one category.

        Raises:
            NotFound: there is none.
        """
        return _shown(standing_uid(self.relation, uid))

    def called(self, code: str) -> Category:
        """Return the category with a code.

        Raises:
            NotFound: there is none.
        """
        number = ids_of_codes(self.relation, [code.strip()]).get(code.strip())
        if number is None:
            raise hidden(RELATIONS[self.relation].label)
        return _shown(standing(self.relation, [number])[number])

    def create(self, actor: Viewer, at: datetime, typed: Mapping[str, str]) -> Saved:
        """Create a category. Raises as the action."""
        return self.create_by(actor=actor, at=at, values=self._values(typed))

    def edit(
        self, actor: Viewer, at: datetime, uid: UUID, typed: Mapping[str, str], *, version: int, on: int | None
    ) -> Saved:
        """Change a category; order and offer hold from a day on. Raises as the action."""
        return self.edit_by(actor=actor, at=at, uid=uid, values=self._values(typed), version=version, on=on)

    def _values(self, typed: Mapping[str, str]) -> dict[str, object]:
        values: dict[str, object] = {name: entered(self.relation, name, typed[name]) for name in TYPED if name in typed}
        return values | ({"offered": values.get("offered") or 0} if "offered" in values else {})


def _shown(record: Standing) -> Category:
    row = record.row
    return Category(
        uid=record.uid,
        version=int(row["version"]),
        code=row["code"],
        name=row["name"] or row["code"],
        name_en=row["name_en"],
        position=int(row["position"]),
        offered=bool(row["offered"]),
    )


LOSSES = Categories("loss_reasons", loss_reasons.create_loss_reason, loss_reasons.edit_loss_reason)
EXPENSES = Categories(
    "expense_categories", expense_categories.create_expense_category, expense_categories.edit_expense_category
)
