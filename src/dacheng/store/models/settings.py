"""The company's name and currency, and its own dated rules."""

from __future__ import annotations

from django.db import models


class CompanySetting(models.Model):
    """The one company of this database."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="CNY")
    time_zone = models.CharField(max_length=60, default="Asia/Shanghai")
    demo = models.BooleanField(default=False)

    class Meta:
        db_table = "company"


class RuleValue(models.Model):
    """A value of a rule from a day on, known from a sequence on."""

    name = models.CharField(max_length=60)
    from_day = models.BigIntegerField()
    value = models.JSONField()
    reason = models.CharField(max_length=300, default="")
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(default=2**62)

    class Meta:
        db_table = "rule_value"
        constraints = [
            models.UniqueConstraint(
                fields=("name", "from_day"), condition=models.Q(seq_to=2**62), name="rule_value_current"
            )
        ]
