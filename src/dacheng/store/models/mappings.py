"""How files are read, kept under a name for the next time."""

from __future__ import annotations

from django.db import models


class SavedMapping(models.Model):
    """One version of what somebody chose for the columns and the words of a file; a version never changes.

    ``mapping`` is the shipped mapping it begins with, the YAML text of one, or empty; ``tables``
    are the choices made by hand; ``aliases`` is column -> text -> meaning. The last version of a
    name is the one that reads; ``dropped`` ends it. It is the company's: whoever imports may use
    it. ``at`` is microseconds since 1970-01-01 UTC; ``person_id`` 0 is the command line.
    """

    uid = models.UUIDField(unique=True)
    name = models.CharField(max_length=60)
    version = models.IntegerField()
    dropped = models.BooleanField(default=False)
    mapping = models.TextField(default="", blank=True)
    tables = models.JSONField(default=list)
    aliases = models.JSONField(default=dict)
    person_id = models.BigIntegerField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "saved_mapping"
        constraints = [models.UniqueConstraint(fields=("name", "version"), name="version_of_mapping")]
