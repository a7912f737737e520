"""Duplicates proposed, and two records merged into one: previewed, done as one step, taken back as one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call, Caller
from dacheng.api.operations import operation, telling_conflicts
from dacheng.core.errors import Text
from dacheng.core.schema import RELATIONS
from dacheng.service.merging import TAKEN, Merging, Proposal, duplicates, merge, preview
from dacheng.service.undoing import entry_written
from dacheng.service.wire import sent

router = Router(tags=["merging"])


class Twin(Schema):
    """A record of a pair."""

    id: UUID
    code: str
    name: str


class TwinPair(Schema):
    """Two records that may be the same, and why."""

    first: Twin
    second: Twin
    likeness: float = Field(description="of the names, 0 to 1")
    same_amount: bool
    near_days: bool


class Twins(Schema):
    """The pairs, the most alike first."""

    rows: list[TwinPair]


class MergeStep(Schema):
    """What a record is merged into, and which of its values are kept."""

    model_config = ConfigDict(extra="forbid")
    into: UUID = Field(description="the record that stays")
    taken: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="columns whose value of the record that goes is kept; "
        + "; ".join(f"{name}: {', '.join(columns)}" for name, columns in TAKEN.items()),
    )
    version: int | None = Field(None, description="of the record that goes, as it was seen")
    into_version: int | None = Field(None, description="of the record that stays, as it was seen")

    def merging(self, goes: UUID) -> Merging:
        """Return the step as the action takes it."""
        both = None if self.version is None or self.into_version is None else (self.version, self.into_version)
        return Merging(goes, self.into, tuple(self.taken), both)


class MergePreview(Schema):
    """What a merge would do now; nothing is written."""

    goes: dict[str, Any] = Field(description="the values that differ, of the record that goes")
    stays: dict[str, Any]
    moved: dict[str, int] = Field(description="relation -> records that move")
    said: list[str] = Field([], description="what becomes of splits: contracts credited otherwise, parts that end")
    refused: str = Field(description="why it cannot be done; empty: it can")


class MergeDone(Schema):
    """The record that stays; `entry` names the step for its undo."""

    id: UUID
    version: int
    moved: dict[str, int]
    entry: str


def _add(relation: str, right: str, label: Text) -> None:
    def propose(request: Call) -> Twins:
        """Pairs of records that may be the same, of those that the caller may merge."""
        caller = request.auth
        found = duplicates(relation, caller.viewer, caller.at, caller.book({}))
        return Twins(rows=[_twins(one, caller.language) for one in found])

    def look(request: Call, uid: UUID, body: Any) -> MergePreview:
        """The values that differ, what would move, and whether the merge is refused."""
        caller = request.auth
        seen = preview(relation, caller.viewer, caller.at, body.merging(uid))
        described = seen.goes.row.keys()
        goes = {column.name: value for column, value, _ in seen.fields if column.name in described}
        stays = {column.name: value for column, _, value in seen.fields}
        return MergePreview(
            goes=_columns(relation, goes, seen.names),
            stays=_columns(relation, stays, seen.names),
            moved=dict(seen.moved),
            said=[one.in_language(caller.language) for one in seen.said],
            refused=seen.refused.sentence(caller.language) if seen.refused else "",
        )

    def act(request: Call, uid: UUID, body: Any) -> MergeDone:
        """From today on the record ends and leads to the one that stays; what referred to it moves."""
        caller = request.auth
        with telling_conflicts(relation, caller):
            done = merge(relation, caller.viewer, caller.at, body.merging(uid))
        return _done(caller, done)

    one = relation.removesuffix("s")
    zh, en = label.zh, label.en
    titles = (
        Text(f"疑似重复的{zh}", f"Propose duplicate {en}"),
        Text(f"预览合并{zh}", f"Preview a merge of {en}"),
        Text(f"合并{zh}", f"Merge {en}"),
    )
    path = f"/{relation}/{{uuid:uid}}/merge"
    operation(router, "GET", f"/duplicates/{relation}", Twins, titles[0], right=right, name=f"duplicate_{relation}")(
        propose
    )
    operation(
        router,
        "POST",
        f"{path}/preview",
        MergePreview,
        titles[1],
        right=right,
        body=MergeStep,
        name=f"look_at_{one}_merge",
    )(look)
    operation(router, "POST", path, MergeDone, titles[2], right=right, body=MergeStep, name=f"merge_{one}")(act)


def _columns(relation: str, values: dict[str, Any], names: Any) -> dict[str, Any]:
    return sent(RELATIONS[relation], values, names)


def _twins(one: Proposal, language: str) -> TwinPair:
    first, second = (
        Twin(id=UUID(name.uid), code=name.code, name=name.in_language(language)) for name in (one.first, one.second)
    )
    pair = one.pair
    return TwinPair(
        first=first,
        second=second,
        likeness=round(pair.likeness, 3),
        same_amount=pair.same_amount,
        near_days=pair.near_days,
    )


def _done(caller: Caller, done: Any) -> MergeDone:
    return MergeDone(
        id=done.saved.uid,
        version=done.saved.version,
        moved=dict(done.moved),
        entry=entry_written(caller.viewer, caller.at),
    )


_add("deals", "deal.merge", Text("商机", "opportunities"))
_add("customers", "customer.merge", Text("客户", "accounts"))
