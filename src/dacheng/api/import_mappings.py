"""Saved mappings: how files are read, under a name, version by version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.fields import Done
from dacheng.api.operations import operation
from dacheng.core.access import POLICY, not_allowed
from dacheng.core.errors import Text
from dacheng.service import import_mappings as service
from dacheng.store.history import moment

router = Router(tags=["imports"])

LONGEST_YAML = 200_000


class MappingVersion(Schema):
    """One version of a saved mapping."""

    name: str
    version: int
    by: str = Field(description="name of who saved it; blank: the command line")
    at: datetime
    dropped: bool = Field(description="it ended with this version")


class MappingList(Schema):
    """Saved mappings, by name; or versions of one, the latest first."""

    rows: list[MappingVersion]


class WholeMapping(MappingVersion):
    """A saved mapping with all that it says."""

    mapping: str = Field(description="name of a mapping that ships, the YAML text of one, or blank")
    tables: list[dict[str, Any]] = Field(description="columns that were chosen by hand")
    aliases: dict[str, dict[str, str]] = Field(description="column -> spelling -> meaning")


class MappingText(Schema):
    """What a mapping says; the whole of it."""

    model_config = ConfigDict(extra="forbid")
    mapping: str = Field("", max_length=LONGEST_YAML, description="name of a mapping that ships, or YAML")
    tables: list[dict[str, Any]] = Field(default_factory=list, description="as read from a saved mapping")
    aliases: dict[str, dict[str, str]] = Field(default_factory=dict, description="column -> spelling -> meaning")
    version: int | None = Field(None, description="the version that was seen; 0: a new name; null: whatever stands")


class SavedVersion(Schema):
    """The version that stands now."""

    version: int


@operation(
    router, "GET", "/import-mappings", MappingList, Text("存好的映射", "List saved mappings"), right="import.commit"
)
def list_mappings(request: Call) -> MappingList:
    """The mappings that were saved under a name, as they read now."""
    _allowed(request)
    return MappingList(rows=[MappingVersion(**_head(one)) for one in service.every(request.auth.viewer)])


@operation(
    router, "GET", "/import-mappings/{name}", WholeMapping, Text("一个映射", "Show a saved mapping"),
    right="import.commit",
)  # fmt: skip
def show_mapping(request: Call, name: str, version: int | None = None) -> WholeMapping:
    """A saved mapping as it reads now, or one of its versions."""
    _allowed(request)
    one = service.read(request.auth.viewer, name, version)
    aliases = {column: dict(texts) for column, texts in one.aliases.items()}
    return WholeMapping(**_head(one), mapping=one.mapping, tables=[dict(told) for told in one.tables], aliases=aliases)


@operation(
    router, "GET", "/import-mappings/{name}/versions", MappingList, Text("映射的版本", "Versions of a mapping"),
    right="import.commit",
)  # fmt: skip
def list_mapping_versions(request: Call, name: str) -> MappingList:
    """Who saved a mapping when; each version can still be read, and saved again."""
    _allowed(request)
    return MappingList(rows=[MappingVersion(**_head(one)) for one in service.versions(request.auth.viewer, name)])


@operation(
    router, "PUT", "/import-mappings/{name}", SavedVersion, Text("存映射", "Save a mapping"), right="import.commit",
    body=MappingText,
)  # fmt: skip
def put_mapping(request: Call, name: str, body: MappingText) -> SavedVersion:
    """Save a mapping as the next version of its name; the log tells what it reads otherwise."""
    caller = request.auth
    told = service.save(
        caller.viewer,
        caller.at,
        name,
        mapping=body.mapping,
        tables=body.tables,
        aliases=body.aliases,
        version=body.version,
    )
    return SavedVersion(version=told)


@operation(router, "DELETE", "/import-mappings/{name}", Done, Text("删映射", "Drop a mapping"), right="import.commit")
def drop_mapping(request: Call, name: str) -> Done:
    """Let a mapping read nothing any more; its versions stay readable."""
    service.drop(request.auth.viewer, request.auth.at, name)
    return Done(changed=True)


def _allowed(request: Call) -> None:
    """Refuse first, so that nobody learns names from an answer."""
    if not request.auth.viewer.holds(*POLICY["import.commit"]):
        raise not_allowed("import.commit")


def _head(one: service.Saved) -> dict[str, Any]:
    return {"name": one.name, "version": one.version, "by": one.by, "at": moment(one.at), "dropped": one.dropped}
