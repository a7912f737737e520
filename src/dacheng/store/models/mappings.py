"""How files are read, kept under a name for the next time."""

from __future__ import annotations

from django.db import models


class SavedMapping(models.Model):
    """What somebody chose for the columns and the words of a file.

    ``mapping`` is the shipped mapping it begins with, or empty; ``tables`` are the choices made
    by hand; ``aliases`` is column -> text -> meaning. It is the company's: whoever imports may
    use it. ``at`` is microseconds since 1970-01-01 UTC.
    """

    uid = models.UUIDField(unique=True)
    name = models.CharField(max_length=60, unique=True)
    mapping = models.TextField(default="", blank=True)
    tables = models.JSONField(default=list)
    aliases = models.JSONField(default=dict)
    person_id = models.BigIntegerField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "saved_mapping"
