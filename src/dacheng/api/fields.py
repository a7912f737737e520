"""Schemas of records, made from the description of their relation, so that a column is named once."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from ninja import Schema
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    create_model,
)
from pydantic_core import PydanticCustomError

from dacheng.core.checking import LONGEST_TEXT
from dacheng.core.period import FAR_DAY, FIRST_DAY, day_of
from dacheng.core.relation import Column, Relation
from dacheng.core.schema import RELATIONS
from dacheng.service.wire import received

MONEY_FORM = r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$"
MONTH_FORM = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


def _written(value: Any) -> Any:
    """Refuse a number where a date is written: pydantic would take it for seconds."""
    if isinstance(value, (str, date)):
        return value
    raise PydanticCustomError("date_type", "Input should be a valid date")


def _in_range(value: date) -> date:
    """Refuse a day that facts cannot hold."""
    if FIRST_DAY <= day_of(value) < FAR_DAY:
        return value
    raise PydanticCustomError("date_out_of_range", "Input should be between 1970-01-01 and 9999-12-30")


Day = Annotated[date, BeforeValidator(_written), AfterValidator(_in_range), Field(examples=["2026-06-30"])]
Money = Annotated[str, StringConstraints(pattern=MONEY_FORM), Field(examples=["1200000.00"])]
Month = Annotated[str, StringConstraints(pattern=MONTH_FORM), Field(examples=["2026-06"])]
Words = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
VersionSeen = Annotated[int | None, Field(description="the version to edit; null on a day that is over")]
Version = Annotated[StrictInt, Field(ge=0, description="the version you saw; another one answers 409 with both values")]


def end_of(until: Day | None) -> int:
    """Return the day on which something that holds until a day ends; without one it never does."""
    return FAR_DAY if until is None else day_of(until)


MOST_ROWS = 1000
Offset = Annotated[int, Field(ge=0, description="records to skip")]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS, description="records of one page")]


class Given(Schema):
    """What a call says about a record; a field that is left out is not touched."""

    model_config = ConfigDict(extra="forbid")
    relation: ClassVar[str]

    def columns(self) -> dict[str, Any]:
        """Return the columns that were given, as an action takes them."""
        relation = RELATIONS[self.relation]
        known = {column.name for column in relation.columns}
        return received(relation, {name: getattr(self, name) for name in self.model_fields_set & known})


class Dated(Schema):
    """What takes effect on a day."""

    model_config = ConfigDict(extra="forbid")
    on: Day | None = Field(None, description="the day it takes effect; default today")

    @property
    def day(self) -> int | None:
        """Return the day it takes effect; None = today."""
        return None if self.on is None else day_of(self.on)


class RecordEdit(Given):
    """Columns to change."""

    version: Version


class VersionedAct(Dated):
    """An action on a record as somebody saw it."""

    version: Version


class Saved(Schema):
    """The record's public id, and the version to edit next."""

    id: UUID
    version: int


class Done(Schema):
    """Whether anything changed; false = it was so already."""

    changed: bool


def new_schema(
    name: str,
    relation_name: str,
    *,
    made: tuple[str, ...] = (),
    leave: tuple[str, ...] = (),
    dated: bool = False,
    **more: Any,
) -> Any:
    """Return the schema of a new record of a relation.

    Args:
        made: columns that get a value of their own where none is given.
        leave: columns that are not taken.
        dated: it begins on a day.
        more: further fields, as pydantic takes them.
    """
    relation = RELATIONS[relation_name]
    fields: dict[str, Any] = {}
    for column in _typed(relation, leave):
        required = column.default is None and not column.nullable and column.name not in made
        kind = _taken(column) if required else _taken(column) | None
        fields[column.name] = (kind, _field(column, ... if required else None))
    return _made(name, (Given, Dated) if dated else (Given,), relation, fields | more)


def edit_schema(name: str, relation_name: str, *, leave: tuple[str, ...] = (), dated: bool = False, **more: Any) -> Any:
    """Return the schema of an edit of a record: every column may be left out.

    Args:
        dated: the values hold from a day on.
        more: further fields, as pydantic takes them.
    """
    relation = RELATIONS[relation_name]
    fields = {one.name: (_taken(one) | None, _field(one, None)) for one in _typed(relation, leave)}
    return _made(name, (RecordEdit, Dated) if dated else (RecordEdit,), relation, fields | more)


def shown_schema(name: str, relation_name: str, **more: Any) -> Any:
    """Return the schema of a record as it is shown, references with code and name beside them.

    Args:
        more: further fields, as pydantic takes them.
    """
    relation = RELATIONS[relation_name]
    fields: dict[str, Any] = {"id": (UUID, ...), "version": (VersionSeen, ...)}
    for column in relation.columns:
        if relation.entity and column.name == relation.key[0]:
            continue
        if column.kind == "ref":
            fields |= _reference(column.name, column)
        else:
            fields[column.name] = (_given_out(column) | None, _field(column, None))
    if relation.placed:
        fields |= _reference("unit_id", None) | {"granted": (bool, Field(False, description=GRANTED_HELP))}
    return create_model(name, __base__=Schema, **fields, **more)


GRANTED_HELP = "seen only by a grant: it counts in no sum of yours"


def listed_schema(name: str, shown: Any) -> Any:
    """Return the schema of one page of records."""
    return create_model(
        name, __base__=Schema, count=(int, Field(description="records in all")), rows=(many(shown), ...)
    )


def many(shown: Any) -> Any:
    """Return the type of a list of a schema that was made here."""
    return list[shown]


def _made(name: str, bases: tuple[type[Schema], ...], relation: Relation, fields: dict[str, Any]) -> Any:
    made: Any = create_model(name, __base__=bases, __doc__=f"{relation.label.zh} · {relation.label.en}", **fields)
    made.relation = relation.name
    return made


def _typed(relation: Relation, leave: tuple[str, ...]) -> list[Column]:
    """Return the columns that people type."""
    own = relation.key[0] if relation.entity else ""
    return [one for one in relation.columns if not one.derived and one.name != own and one.name not in leave]


def _taken(column: Column) -> Any:
    """Return the type of a column as it comes in."""
    if column.kind == "choice":
        return Literal[tuple(code for _, code, _ in column.choices)]
    return {"text": Words, "money": Money, "day": Day, "ym": Month, "ref": UUID, "flag": StrictBool}.get(
        column.kind, StrictInt
    )


def _given_out(column: Column) -> Any:
    """Return the type of a column as it goes out."""
    if column.kind == "choice":
        return Literal[tuple(code for _, code, _ in column.choices)]
    return {"text": str, "money": Money, "day": date, "ym": Month, "flag": bool}.get(column.kind, int)


def _reference(name: str, column: Column | None) -> dict[str, Any]:
    bare = name.removesuffix("_id")
    return {
        name: (UUID | None, None if column is None else _field(column, None)),
        bare: (str | None, None),
        f"{bare}_name": (str | None, None),
    }


def _field(column: Column, default: Any) -> Any:
    words = f"{column.label.zh} · {column.label.en}"
    unit = {"bp": " (基点 · basis points)", "money": " (元 · major units)"}.get(column.kind, "")
    return Field(default, description=words + unit)
