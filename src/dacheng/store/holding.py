"""What is held from a day until another and is nothing but its key: roles and grants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dacheng.core.access import ADMIN
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import Version, merged
from dacheng.core.period import FAR_DAY
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import select_rows
from dacheng.store.history import Entry
from dacheng.store.models import FAR_SEQ
from dacheng.store.saving import Becoming, New, become, create
from dacheng.store.standing import Columns, standing_keys


def hold(entry: Entry, name: str, columns: Columns, from_day: int, until_day: int = FAR_DAY) -> bool:
    """Let a key be held on ``[from_day, until_day)`` as well; tell whether that is new."""
    relation = RELATIONS[name]
    key = tuple(columns[column] for column in relation.key)
    record = standing_keys(name, [key]).get(key)
    if record is None:
        create(entry, name, [New(columns, from_day, until_day=until_day)])
        return True
    versions = joined([*record.versions, Version(from_day, until_day, ())])
    becoming = Becoming(record.record_id, versions, _labels(relation, columns), from_day)
    return bool(become(entry, name, {record.record_id: record}, [becoming]))


def joined(versions: Iterable[Version]) -> list[Version]:
    """Return stretches without values as few that do not overlap."""
    found: list[Version] = []
    for one in sorted(versions):
        if found and one.from_day <= found[-1].to_day:
            found[-1] = replace(found[-1], to_day=max(found[-1].to_day, one.to_day))
        else:
            found.append(one)
    return merged(found)


def administrators() -> set[int]:
    """Return who holds the role of administrator without an end."""
    open_ended = f"role = {ADMIN} AND to_day = {FAR_DAY} AND seq_to = {FAR_SEQ}"
    return {person for (person,) in select_rows("fact_roles", ["person_id"], [(open_ended, None)])}


def refuse_without_administrator(before: set[int]) -> None:
    """Refuse to take the role from the last administrator.

    Args:
        before: who held it before the change.

    Raises:
        RuleError: nobody is left who could grant a role.
    """
    if before and not administrators():
        raise RuleError(
            Text("这是最后一位系统管理员。", "This is the last administrator."),
            Text("先给另一个人管理员角色。", "Give somebody else the role first."),
        )


def _labels(relation: Relation, columns: Columns) -> Columns:
    return {label.name: columns[label.name] for label in relation.labels if columns.get(label.name)}
