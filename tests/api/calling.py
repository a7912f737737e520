"""Calling the API as a person: signed in, or by a token."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from dacheng.core.access import ADMIN, EXECUTIVE, FINANCE, MANAGER, REP, SALES_OPS
from dacheng.store.actions.accounts import issue_token
from dacheng.store.models import Account
from tests.store.company import AT, actor, number

BASE = "/api/v1"
PERSON_OF_ROLE = {REP: "li", MANAGER: "east", SALES_OPS: "ops", EXECUTIVE: "boss", ADMIN: "admin", FINANCE: "fin"}


def account(code: str) -> Account:
    """Return the account of a person, made when there is none."""
    return Account.objects.get_or_create(person_id=number("people", code), defaults={"username": code})[0]


def token(code: str, *scopes: str, days: int = 90) -> str:
    """Return a token of a person; without scopes it has both."""
    account(code)
    return issue_token(actor=actor(code), at=AT, name="test", scopes=scopes or ("read", "write"), days=days).secret


class Caller:
    """Somebody who calls: signed in as a person, by a token, or nobody."""

    def __init__(self, code: str = "", *, bearer: str = "", language: str = "en", csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=csrf, raise_request_exception=True)
        self.headers = {"Accept-Language": language} if language else {}
        if bearer:
            self.headers["Authorization"] = f"Bearer {bearer}"
        if code:
            self.client.force_login(account(code))

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(BASE + path, query, headers=self.headers)

    def send(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """Send JSON, or a form where the body holds files."""
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        if isinstance(body, Form):
            for file in body.values():
                if hasattr(file, "seek"):
                    file.seek(0)  # somebody may have sent the same before
            return self.client.post(BASE + path, body, headers=headers)
        data = "" if body is None else json.dumps(body)
        return self.client.generic(method, BASE + path, data, content_type="application/json", headers=headers)

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        return self.send("POST", path, body, key=key)

    def patch(self, path: str, body: Any) -> Any:
        return self.send("PATCH", path, body)


class Form(dict[str, Any]):
    """A body that is sent as a form with files."""
