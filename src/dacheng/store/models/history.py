"""The change log: append-only, hash-chained; its sequence is the data version."""

from __future__ import annotations

from django.db import models


class Chain(models.Model):
    """The one row that every action locks first."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "chain"


class LogEntry(models.Model):
    """One action: who, when, what, and the hash over itself, its changes and the one before.

    ``at`` is microseconds since 1970-01-01 UTC. ``detail`` is what a reader needs beside
    the changes, as canonical JSON. ``hash`` is also its name outside: the sequence is ours.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.BigIntegerField(db_index=True)
    actor_id = models.BigIntegerField()
    action = models.CharField(max_length=60)
    detail = models.TextField(default="{}")
    changes = models.IntegerField(default=0)
    changes_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "log"


class Change(models.Model):
    """One record changed by an action, in the order of ``position``.

    ``before`` and ``after`` hold the changed columns as canonical JSON; a created
    record has no before, a removed one no after. ``from_day`` is the day it takes effect.
    """

    pk = models.CompositePrimaryKey("seq", "position")
    seq = models.BigIntegerField()
    position = models.IntegerField()
    relation = models.CharField(max_length=30)
    record_id = models.BigIntegerField()
    from_day = models.BigIntegerField()
    before = models.TextField(default="")
    after = models.TextField(default="")

    class Meta:
        db_table = "log_change"
        indexes = [models.Index(fields=("relation", "record_id", "seq"), name="change_of_record")]


class ImportBatch(models.Model):
    """One committed import, so that it can be found and undone."""

    uid = models.UUIDField(unique=True)
    seq = models.BigIntegerField(unique=True)
    undone_seq = models.BigIntegerField(null=True)
    source = models.CharField(max_length=60)
    name = models.CharField(max_length=300)
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "import_batch"
