"""Saved views of reports: somebody's own, or shared with a unit; and who has pinned which."""

from __future__ import annotations

from django.db import models


class SavedView(models.Model):
    """A report with its filter, columns and order under a name.

    ``query`` is the report's part of an address. ``unit_id`` is the unit that it is shared
    with, and everybody under it; 0 = nobody. ``at`` is microseconds since 1970-01-01 UTC;
    ``deleted_at`` is when it was deleted: for some days it can be had back.
    """

    uid = models.UUIDField(unique=True)
    person_id = models.BigIntegerField(db_index=True)
    report = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.TextField(default="", blank=True)
    unit_id = models.BigIntegerField(default=0, db_index=True)
    at = models.BigIntegerField()
    deleted_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "saved_view"


class ViewPin(models.Model):
    """Somebody who wants a view first, and in his menu; ``position`` orders his pins, the lowest first."""

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE)
    person_id = models.BigIntegerField()
    position = models.IntegerField(default=0)
    at = models.BigIntegerField()

    class Meta:
        db_table = "view_pin"
        constraints = [models.UniqueConstraint(fields=("view", "person_id"), name="view_pinned_once")]
