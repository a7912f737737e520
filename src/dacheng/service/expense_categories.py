"""Categories of expenses (费用类别), as people read and set them (R037)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.budget.schema import EXPENSE_CATEGORIES
from dacheng.service.entering import entered
from dacheng.store.actions import expense_categories as actions
from dacheng.store.actions.recording import Saved
from dacheng.store.identity import hidden
from dacheng.store.standing import Standing, every, ids_of_codes, standing, standing_uid

TYPED = ("name", "name_en", "position", "offered")


@dataclass(frozen=True, slots=True)
class ExpenseCategoryShown:
    """A category of expenses as it is now; ``offered``: whether an expense may choose it."""

    uid: UUID
    version: int
    code: str
    name: str
    name_en: str
    position: int
    offered: bool


def expense_categories() -> list[ExpenseCategoryShown]:
    """Return every category of expenses in order."""
    return sorted(
        (_shown(one) for one in every("expense_categories").values()), key=lambda one: (one.position, one.name)
    )


def expense_category_shown(uid: UUID) -> ExpenseCategoryShown:
    """Return one category of expenses.

    Raises:
        NotFound: there is none.
    """
    return _shown(standing_uid("expense_categories", uid))


def expense_category_called(code: str) -> ExpenseCategoryShown:
    """Return the category with a code.

    Raises:
        NotFound: there is none.
    """
    number = ids_of_codes("expense_categories", [code.strip()]).get(code.strip())
    if number is None:
        raise hidden(EXPENSE_CATEGORIES.label)
    return _shown(standing("expense_categories", [number])[number])


def create_expense_category(actor: Viewer, at: datetime, typed: Mapping[str, str]) -> Saved:
    """Create a category of expenses. Raises as the action."""
    return actions.create_expense_category(actor=actor, at=at, values=_values(typed))


def edit_expense_category(
    actor: Viewer, at: datetime, uid: UUID, typed: Mapping[str, str], *, version: int, on: int | None
) -> Saved:
    """Change a category of expenses; order and offer hold from a day on. Raises as the action."""
    return actions.edit_expense_category(actor=actor, at=at, uid=uid, values=_values(typed), version=version, on=on)


def _values(typed: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {
        name: entered("expense_categories", name, typed[name]) for name in TYPED if name in typed
    }
    return values | ({"offered": values.get("offered") or 0} if "offered" in values else {})


def _shown(record: Standing) -> ExpenseCategoryShown:
    row = record.row
    return ExpenseCategoryShown(
        uid=record.uid,
        version=int(row["version"]),
        code=row["code"],
        name=row["name"] or row["code"],
        name_en=row["name_en"],
        position=int(row["position"]),
        offered=bool(row["offered"]),
    )
