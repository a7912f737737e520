"""Background jobs: what somebody asked for, how far it is, what it came to, and where its file lies."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """One job. Times are microseconds UTC; the file of a result lies beside the uploads, named by ``uid``.

    ``attempt`` counts how often a worker took it up; only the latest may finish it. ``beat_at`` is when a worker
    last gave a sign of life, or when the job was put in the queue. ``title`` says in both languages what it is
    about; ``outcome`` is what it did, as plain data, written in the transaction that did it.
    """

    uid = models.UUIDField(unique=True)
    kind = models.CharField(max_length=40)
    person_id = models.BigIntegerField(db_index=True)
    title = models.JSONField(default=dict)
    parameters = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    asked_at = models.BigIntegerField()
    state = models.CharField(max_length=10, db_index=True)
    phase = models.CharField(max_length=20, default="", blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    stopping = models.BooleanField(default=False)
    attempt = models.IntegerField(default=0)
    task = models.CharField(max_length=64, default="", blank=True)
    worker = models.CharField(max_length=120, default="", blank=True)
    beat_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    expires_at = models.BigIntegerField(null=True)
    outcome = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    file_name = models.CharField(max_length=200, default="", blank=True)
    content_type = models.CharField(max_length=100, default="", blank=True)
    size = models.BigIntegerField(default=0)

    class Meta:
        db_table = "job"
