"""Models made from the description of a relation, so that a column is named once.

A relation has two tables. ``rec_<relation>`` holds the latest values, the labels, a
public id and a version: what forms edit. ``fact_<relation>`` holds every dated
version as integers: what Books read.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from dacheng.core.deals.schema import DEALS, WHOLE_BP, WON
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.core.relation import MERGED_INTO, Column, Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.sounding import LONGEST_SOUND, SOUNDED

FAR_SEQ = 2**62
"""The open end of what is known now."""


def record_model(name: str, relation_name: str, **attributes: Any) -> type[models.Model]:
    """Return the record model of a relation."""
    relation = RELATIONS[relation_name]
    fields: dict[str, Any] = {"id": models.BigAutoField(primary_key=True)}
    fields |= {column.name: _record_field(column) for column in relation.columns if column.name != _own_id(relation)}
    fields |= {
        "uid": models.UUIDField(unique=True, editable=False),
        "version": models.PositiveIntegerField(default=1),
        "origin": models.CharField(max_length=60, blank=True, default=""),
        "origin_code": models.CharField(max_length=200, blank=True, default=""),
        "removed": models.BooleanField(default=False),
        "since_day": models.BigIntegerField(default=FIRST_DAY),
    }
    if relation_name in SOUNDED:
        fields["sound"] = models.CharField(max_length=LONGEST_SOUND, blank=True, default="")
    return _model(name, fields | attributes, _record_meta(relation))


def fact_model(relation_name: str) -> type[models.Model]:
    """Return the fact model of a relation: integers, interval, knowledge, covering indexes."""
    relation = RELATIONS[relation_name]
    fields: dict[str, Any] = {"pk": models.CompositePrimaryKey(*relation.key, "from_day", "seq_from")}
    fields |= {column.name: models.BigIntegerField(null=column.nullable) for column in relation.facts}
    fields |= {
        "from_day": models.BigIntegerField(default=FIRST_DAY),
        "to_day": models.BigIntegerField(default=FAR_DAY),
        "seq_from": models.BigIntegerField(),
        "seq_to": models.BigIntegerField(default=FAR_SEQ),
    }
    return _model(f"{_camel(relation.name)}Fact", fields, _fact_meta(relation))


def _model(name: str, fields: dict[str, Any], meta: dict[str, Any]) -> type[models.Model]:
    body = {**fields, "__module__": "dacheng.store.models", "Meta": type("Meta", (), meta)}
    return type(name, (models.Model,), body)


def _own_id(relation: Relation) -> str:
    return relation.key[0] if relation.entity else ""


def _record_field(column: Column) -> models.Field[Any, Any]:
    if column.is_label:
        return models.CharField(max_length=300, blank=column.default is not None, default=column.default or "")
    if column.nullable:
        return models.BigIntegerField(null=True, blank=True)
    return models.BigIntegerField() if column.default is None else models.BigIntegerField(default=column.default)


def _record_meta(relation: Relation) -> dict[str, Any]:
    constraints = [
        models.UniqueConstraint(
            fields=("origin", "origin_code"),
            condition=~models.Q(origin_code="") & models.Q(removed=False),
            name=f"{relation.name}_origin",
        )
    ]
    key = ("code",) if relation.entity else relation.key
    constraints.append(
        models.UniqueConstraint(fields=key, condition=models.Q(removed=False), name=f"{relation.name}_key")
    )
    indexes = [
        models.Index(fields=(column.name,), name=f"{relation.name[:18]}_{column.name[:10]}")
        for column in relation.facts
        if column.kind == "ref" and column.name in INDEXED_REFERENCES
    ]
    return {"db_table": f"rec_{relation.name}", "constraints": constraints, "indexes": [*indexes, *_merged(relation)]}


def _merged(relation: Relation) -> list[models.Index]:
    """Index the few records that were merged away by where they lead."""
    if MERGED_INTO not in relation.columns:
        return []
    condition = models.Q(merged_into__gt="")
    return [models.Index(fields=(MERGED_INTO.name,), name=f"{relation.name}_merged", condition=condition)]


INDEXED_REFERENCES = {"owner_id", "customer_id", "deal_id", "contract_id", "plan_id", "parent_id"}

FACTS_LED_BY = {
    "plan_rows": ("plan_id",),
    "plan_terms": ("plan_id", "measure_id"),
    "plan_cells": ("plan_id", "measure_id"),
    "plan_talks": ("plan_id",),
    "plan_adjustments": ("plan_id",),
}
"""Relations whose facts are asked for by something else than their place or key."""


def _fact_meta(relation: Relation) -> dict[str, Any]:
    current = models.UniqueConstraint(
        fields=(*relation.key, "from_day"), condition=models.Q(seq_to=FAR_SEQ), name=f"{relation.name}_current"
    )
    names = [column.name for column in relation.facts]
    placed = relation.place_column if relation.place in ("owner", "unit", "customer", "deal") else relation.key[0]
    leads = FACTS_LED_BY.get(relation.name, (placed,))
    covering = [*leads, "to_day", "from_day", "seq_to", "seq_from", *(name for name in names if name not in leads)]
    return {
        "db_table": f"fact_{relation.name}",
        "constraints": [current],
        "indexes": [models.Index(fields=covering, name=f"{relation.name[:18]}_covering"), *_posted(relation)],
    }


def _posted(relation: Relation) -> list[models.Index]:
    """Index the few won deals that count by themselves by the day they count on, the few that are shared, and
    contracts by their deal, which says how they are shared.

    The conditions stand in the query word for word; an index of all deals by day would mislead the planners.
    """
    if relation.name == "contracts":
        return [models.Index(fields=("deal_id", "effective_day"), name="contracts_of_deal")]
    if relation is not DEALS:
        return []
    shared = (
        "deal_id", "from_day", "to_day", "seq_to", "seq_from", "state", "owner_id", "own_bp", "amount", "estimated",
        "created_day", "expected_day", "closed_day", "contracted",
    )  # fmt: skip
    fields = (
        "closed_day",
        "to_day",
        "from_day",
        "seq_to",
        "seq_from",
        "owner_id",
        "own_bp",
        "amount",
        "tax_bp",
        "customer_id",
    )
    return [
        models.Index(fields=fields, name="deals_posted", condition=models.Q(state=WON, contracted=0)),
        models.Index(fields=shared, name="deals_shared", condition=models.Q(own_bp__lt=WHOLE_BP)),
    ]


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
