"""Templates of checklists (清单模板), read, set, and as a list begins with them (R051, R058, R059)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.checklists.schema import CHECKLIST_TEMPLATES
from dacheng.core.checklists.starting import Item, template_on
from dacheng.core.errors import RuleError, Text
from dacheng.exchange.defaults import default_checklists
from dacheng.service.entering import entered
from dacheng.store.actions import checklist_templates as actions
from dacheng.store.actions.recording import Saved
from dacheng.store.identity import hidden
from dacheng.store.standing import Columns, Standing, every, ids_of_codes, standing, standing_uid

TYPED = ("name", "name_en", "kind", "part", "position", "after_days", "month", "required", "offered")
FLAGS = ("required", "offered")


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """An item of a template on a day; ``row`` holds its columns as they are on that day."""

    uid: UUID
    version: int
    row: Columns

    @property
    def kind(self) -> int:
        """Return the kind of checklist."""
        return int(self.row["kind"])

    @property
    def offered(self) -> bool:
        """Tell whether lists that begin have it."""
        return bool(self.row["offered"])


def template_items(day: int) -> list[TemplateItem]:
    """Return the items of every template on a day, by kind and order; retired ones too."""
    found = [_on(one, day) for one in every("checklist_templates").values() if one.on(CHECKLIST_TEMPLATES, day)]
    return sorted(found, key=lambda one: (one.kind, int(one.row["position"]), str(one.row["code"])))


def template_of(kind: int, day: int) -> tuple[Item, ...]:
    """Return what a checklist that begins on a day begins with; what ships, where a company never had a template.

    Raises:
        RuleError: its template has no item in use that day.
    """
    stands = [one for one in template_items(day) if one.kind == kind]
    if not stands:
        return template_on(default_checklists(), kind, day).items
    items = [one.row for one in stands if one.offered]
    if not items:
        raise RuleError(
            Text("这种清单的模板没有启用的事项。", "The template of this checklist has no item in use."),
            Text("先在「设置 → 清单模板」里加。", "Add one under Settings → Checklist templates."),
        )
    return tuple(
        Item(
            part=int(row["part"]),
            name=str(row["name"]),
            name_en=str(row["name_en"] or ""),
            after_days=row["after_days"],
            month=row["month"],
            required=bool(row["required"]),
        )
        for row in items
    )


def template_item(uid: UUID, day: int) -> TemplateItem:
    """Return one item on a day.

    Raises:
        NotFound: there is none.
    """
    return _on(standing_uid("checklist_templates", uid), day)


def template_item_called(code: str, day: int) -> TemplateItem:
    """Return the item with a code.

    Raises:
        NotFound: there is none.
    """
    number = ids_of_codes("checklist_templates", [code.strip()]).get(code.strip())
    if number is None:
        raise hidden(CHECKLIST_TEMPLATES.label)
    return _on(standing("checklist_templates", [number])[number], day)


def create_template_item(actor: Viewer, at: datetime, given: Mapping[str, str]) -> Saved:
    """Add an item to a template. Raises as the action."""
    return actions.create_checklist_template(actor=actor, at=at, values=_values(given))


def edit_template_item(
    actor: Viewer, at: datetime, uid: UUID, given: Mapping[str, str], *, version: int, on: int | None
) -> Saved:
    """Change an item from a day on. Raises as the action."""
    return actions.edit_checklist_template(actor=actor, at=at, uid=uid, values=_values(given), version=version, on=on)


def _values(given: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {
        name: entered("checklist_templates", name, given[name]) for name in TYPED if name in given
    }
    return values | {name: values.get(name) or 0 for name in FLAGS if name in given}


def _on(record: Standing, day: int) -> TemplateItem:
    row = {**record.row, **(record.on(CHECKLIST_TEMPLATES, day) or {})}
    return TemplateItem(record.uid, int(record.row["version"]), row)
