"""Accounts, one-time sign-in links, API tokens and idempotency keys."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Account(AbstractBaseUser):
    """A person's way in; without a person it sees nothing (R004).

    ``language``, ``theme`` and ``money_unit`` are the person's own display settings;
    ``first_steps`` says whether a fresh company's checklist is shown to him.
    """

    username = models.CharField(max_length=150, unique=True)
    person_id = models.BigIntegerField(unique=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=10, default="auto")
    money_unit = models.CharField(max_length=10, default="wan")
    first_steps = models.BooleanField(default=True)

    objects = BaseUserManager()
    USERNAME_FIELD = "username"

    class Meta:
        db_table = "account"


class SignInLink(models.Model):
    """A one-time link; only the hash of its token is kept. Times are microseconds UTC."""

    token_hash = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    expires_at = models.BigIntegerField()
    used_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "sign_in_link"


class ApiToken(models.Model):
    """A bearer token with scopes and an expiry; only its hash is kept."""

    uid = models.UUIDField(unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    scopes = models.CharField(max_length=200)
    expires_at = models.BigIntegerField()
    revoked_at = models.BigIntegerField(null=True)

    class Meta:
        db_table = "api_token"


class IdempotencyKey(models.Model):
    """The answer that a key got, so that a repeated call gets it again."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.IntegerField()
    body = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "idempotency_key"
        constraints = [models.UniqueConstraint(fields=("account", "key"), name="idempotency_once")]
